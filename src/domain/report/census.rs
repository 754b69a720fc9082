//! How many there are, of which sort, and whose.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Body, Within, body, is_in_service};
use crate::domain::Toilet;
use crate::domain::area::AreaCode;
use crate::domain::grade::{Grade, Standard};
use crate::domain::operator::OperatorRole;
use crate::domain::share::Share;
use crate::domain::toilet::{Form, Kind};

/// Counts of the toilets in service on one day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Census {
    /// All in service.
    pub in_service: u64,
    /// Decided or being built.
    pub planned: u64,
    /// By sort; `None` is unknown.
    pub by_kind: BTreeMap<Option<Kind>, u64>,
    /// By form; `None` is unknown.
    pub by_form: BTreeMap<Option<Form>, u64>,
    /// By the area directly below the one the report is about.
    pub by_area: BTreeMap<Option<AreaCode>, u64>,
    /// By the body that owns them; `None` is unknown.
    pub by_owner: BTreeMap<Option<Body>, u64>,
    /// By the body that keeps them running; `None` is unknown.
    pub by_operating: BTreeMap<Option<Body>, u64>,
    /// The urban ones by class, as the statistical yearbook asks.
    pub classes: Classes,
}

/// Urban toilets by class under CJJ 14-2016 (一类, 二类, 三类).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classes {
    /// How many hold each class.
    pub by_class: BTreeMap<Grade, u64>,
    /// Those of class three and above ÷ all urban toilets in service. The yearbook asks for both numbers.
    pub three_and_above: Share,
}

impl Census {
    /// Counts a toilet.
    pub fn add(&mut self, toilet: &Toilet, within: &Within, day: NaiveDate) {
        self.planned += u64::from(toilet.fact.lifecycle == crate::domain::toilet::Lifecycle::Planned);
        if !is_in_service(toilet, day) {
            return;
        }
        self.in_service += 1;
        *self.by_kind.entry(toilet.fact.kind).or_default() += 1;
        *self.by_form.entry(toilet.fact.form).or_default() += 1;
        *self.by_area.entry(within.part(toilet)).or_default() += 1;
        let of = |role| body(toilet, role, day).map(Body::from);
        *self.by_owner.entry(of(OperatorRole::Owner)).or_default() += 1;
        *self.by_operating.entry(of(OperatorRole::Operating)).or_default() += 1;
        if toilet.fact.kind == Some(Kind::Urban) {
            self.classes.add(class(toilet, day));
        }
    }
}

impl Classes {
    fn add(&mut self, class: Option<Grade>) {
        self.three_and_above.count(class.is_some());
        if let Some(class) = class {
            *self.by_class.entry(class).or_default() += 1;
        }
    }
}

/// The urban class that a toilet holds on that day: the last one it was given, the better one of the same day.
pub(super) fn class(toilet: &Toilet, day: NaiveDate) -> Option<Grade> {
    let facts = toilet.grades.iter().map(|record| &record.fact);
    let held = facts.filter(|fact| fact.standard() == Standard::Cjj2016 && fact.is_held(day));
    held.max_by_key(|fact| (fact.assessed_on, std::cmp::Reverse(fact.grade())))
        .map(crate::domain::grade::NewGrade::grade)
}
