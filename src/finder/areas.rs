//! The tree of areas, found by code.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::plain::plain;
use super::sought::Sought;
use crate::domain::area::{Area, AreaCode, AreaLevel};

/// All areas, in the order of their codes.
#[derive(Debug, Default)]
pub struct Areas {
    by_code: BTreeMap<AreaCode, Arc<Area>>,
    by_old_code: BTreeMap<AreaCode, Vec<AreaCode>>,
}

/// A list of areas that somebody wants, in the order of their codes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AreaQuery {
    /// The codes of today of the areas directly above that will do; if empty, all.
    pub parents: Vec<AreaCode>,
    /// The levels that will do; if empty, all.
    pub levels: Vec<AreaLevel>,
    /// What must be found in a name.
    pub text: Option<Sought>,
    /// The code after which the page begins.
    pub after: Option<AreaCode>,
    /// How many at most.
    pub limit: usize,
}

/// A page of areas.
#[derive(Debug, Clone)]
pub struct AreaPage {
    /// The areas on it.
    pub areas: Vec<Arc<Area>>,
    /// The code to go on after, if there is more.
    pub next: Option<AreaCode>,
}

impl Areas {
    pub(super) fn new(areas: Vec<Area>) -> Self {
        let mut tree = Self::default();
        for area in areas {
            for old in area.fact.aliases.iter().filter_map(|alias| alias.code.clone()) {
                tree.by_old_code.entry(old).or_default().push(area.fact.code.clone());
            }
            tree.by_code.insert(area.fact.code.clone(), Arc::new(area));
        }
        tree
    }

    /// The areas of that code: the one that bears it today, or else all that bore it or took it over. Codes are given
    /// anew after a while, so that today's bearer comes before any former one.
    #[must_use]
    pub fn find(&self, code: &AreaCode) -> Vec<Arc<Area>> {
        if let Some(area) = self.by_code.get(code) {
            return vec![Arc::clone(area)];
        }
        let successors = self.by_old_code.get(code).into_iter().flatten();
        successors.filter_map(|code| self.by_code.get(code)).cloned().collect()
    }

    /// One page of the areas that will do, in the order of their codes.
    #[must_use]
    pub fn list(&self, query: &AreaQuery) -> AreaPage {
        let start = query.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.by_code.range::<AreaCode, _>((start, Bound::Unbounded)).map(|(_, area)| area);
        let mut areas: Vec<_> = rest.filter(|area| query.admits(area)).take(query.limit + 1).cloned().collect();
        let more = areas.len() > query.limit;
        areas.truncate(query.limit);
        let next = areas.last().filter(|_| more).map(|area| area.fact.code.clone());
        AreaPage { areas, next }
    }
}

impl AreaQuery {
    fn admits(&self, area: &Area) -> bool {
        let fact = &area.fact;
        let parent_fits =
            self.parents.is_empty() || fact.parent.as_ref().is_some_and(|parent| self.parents.contains(parent));
        parent_fits && (self.levels.is_empty() || self.levels.contains(&fact.level)) && self.text_fits(area)
    }

    fn text_fits(&self, area: &Area) -> bool {
        let Some(text) = &self.text else { return true };
        let others = area.fact.aliases.iter().filter_map(|alias| alias.name.as_ref());
        std::iter::once(&area.fact.name).chain(others).any(|name| text.is_in(&plain(name.as_str())))
    }
}
