//! How many hold a grade, under which standard, and who is due for assessment.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::{Body, Within, body, is_in_service};
use crate::domain::Toilet;
use crate::domain::area::AreaCode;
use crate::domain::grade::{Grade, NewGrade, Standard, Standing};
use crate::domain::id::ToiletId;
use crate::domain::operator::OperatorRole;
use crate::domain::share::Share;
use crate::domain::toilet::Kind;

/// A grade to be reached or surpassed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    standard: Standard,
    at_least: Grade,
}

impl Wanted {
    /// That grade or a better one of the standard; `None` if the standard has no such grade.
    #[must_use]
    pub fn new(standard: Standard, at_least: Grade) -> Option<Self> {
        standard.grades().contains(&at_least).then_some(Self { standard, at_least })
    }

    /// Any grade of the standard.
    #[must_use]
    pub fn any_of(standard: Standard) -> Option<Self> {
        standard.grades().last().map(|&at_least| Self { standard, at_least })
    }

    /// The standard.
    #[must_use]
    pub fn standard(self) -> Standard {
        self.standard
    }

    /// The lowest grade that will do.
    #[must_use]
    pub fn at_least(self) -> Grade {
        self.at_least
    }

    /// Whether a record reaches it on that day.
    #[must_use]
    pub fn is_reached(self, fact: &NewGrade, day: NaiveDate) -> bool {
        let rank = |grade: Grade| self.standard.grades().iter().position(|one| *one == grade);
        fact.standard() == self.standard && fact.is_held(day) && rank(fact.grade()) <= rank(self.at_least)
    }
}

/// Grades of the toilets in service on one day.
///
/// A *tourist toilet* here is one of the kind `tourist`, or any other that holds a tourist grade: the sets overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct Grading {
    wanted: Wanted,
    /// Toilets that reach the wanted grade ÷ toilets in service.
    pub attainment: Share,
    /// The same by the area directly below the one the report is about.
    pub by_area: BTreeMap<Option<AreaCode>, Share>,
    /// The same by the body that keeps the toilets running; `None` is unknown.
    pub by_operating: BTreeMap<Option<Body>, Share>,
    /// Tourist toilets that hold a grade of the standard in force ÷ tourist toilets.
    pub on_standard_in_force: Share,
    /// How many tourist toilets there are by the standing of their best tourist record; `None` has none.
    pub by_standing: BTreeMap<Option<Standing>, u64>,
    /// Who is due for assessment or direct determination, the oldest assessment first.
    pub due: Vec<Due>,
    places: HashMap<(u64, u64), Here>,
    tourist: u64,
    in_service: u64,
}

/// How many toilets stand at one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Here {
    all: u64,
    tourist: u64,
}

/// A toilet whose tourist grade is of a standard that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The toilet.
    pub id: ToiletId,
    /// Its name.
    pub name: String,
    /// The area it is registered in.
    pub area: Option<AreaCode>,
    /// Its grade.
    pub grade: Grade,
    /// When that was assessed, if known.
    pub assessed_on: Option<NaiveDate>,
    /// `convertible`, which somebody may determine as I directly, or `reassess`.
    pub standing: Standing,
}

impl Grading {
    /// A report on who reaches that grade.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            attainment: Share::default(),
            by_area: BTreeMap::new(),
            by_operating: BTreeMap::new(),
            on_standard_in_force: Share::default(),
            by_standing: BTreeMap::new(),
            due: Vec::new(),
            places: HashMap::new(),
            tourist: 0,
            in_service: 0,
        }
    }

    /// The grade it is about.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// Counts a toilet.
    pub fn add(&mut self, toilet: &Toilet, within: &Within, day: NaiveDate) {
        if !is_in_service(toilet, day) {
            return;
        }
        self.in_service += 1;
        let reaches = toilet.grades.iter().any(|record| self.wanted.is_reached(&record.fact, day));
        self.attainment.count(reaches);
        self.by_area.entry(within.part(toilet)).or_default().count(reaches);
        let operating = body(toilet, OperatorRole::Operating, day).map(Body::from);
        self.by_operating.entry(operating).or_default().count(reaches);
        let tourist_grade = best_tourist(toilet, day);
        let is_tourist = toilet.fact.kind == Some(Kind::Tourist) || tourist_grade.is_some();
        if is_tourist {
            self.add_tourist(toilet, tourist_grade, day);
        }
        if let Some(place) = toilet.fact.position {
            // Positions are kept to seven decimals, so that equal places are equal to the bit.
            let key = (place.position.latitude().to_bits(), place.position.longitude().to_bits());
            let here = self.places.entry(key).or_default();
            here.all += 1;
            here.tourist += u64::from(is_tourist);
        }
    }

    fn add_tourist(&mut self, toilet: &Toilet, grade: Option<&NewGrade>, day: NaiveDate) {
        self.tourist += 1;
        let standing = grade.map(|grade| grade.standing(day));
        self.on_standard_in_force.count(standing == Some(Standing::Current));
        *self.by_standing.entry(standing).or_default() += 1;
        let Some((grade, standing)) = grade.zip(standing) else { return };
        if matches!(standing, Standing::Convertible | Standing::Reassess) {
            let due = Due {
                id: toilet.id,
                name: toilet.fact.name.to_string(),
                area: toilet.area.as_ref().map(|area| area.code.clone()),
                grade: grade.grade(),
                assessed_on: grade.assessed_on,
                standing,
            };
            let place = self.due.partition_point(|one| (one.assessed_on, one.id) < (due.assessed_on, due.id));
            self.due.insert(place, due);
        }
    }

    /// Toilets in service whose position is good enough for electronic maps ÷ toilets in service. It is good enough if
    /// it is known and no other toilet claims the very same one: lists that give a street or a scenic area for each
    /// of its toilets send people to the same wrong spot.
    #[must_use]
    pub fn mapped(&self) -> Share {
        let alone = self.places.values().filter(|here| here.all == 1).count() as u64;
        Share { numerator: alone, denominator: self.in_service }
    }

    /// The same among tourist toilets, for which the ministry set a target.
    #[must_use]
    pub fn tourist_mapped(&self) -> Share {
        let alone = self.places.values().filter(|here| here.all == 1).map(|here| here.tourist).sum();
        Share { numerator: alone, denominator: self.tourist }
    }
}

/// The tourist record that counts on that day: one of the standard in force, or else the better of those held.
fn best_tourist(toilet: &Toilet, day: NaiveDate) -> Option<&NewGrade> {
    let facts = toilet.grades.iter().map(|record| &record.fact);
    let held = facts.filter(|fact| fact.standard().is_tourist() && fact.is_held(day));
    held.min_by_key(|fact| (fact.standing(day), fact.standard().grades().iter().position(|one| *one == fact.grade())))
}
