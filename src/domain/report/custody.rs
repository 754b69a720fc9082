//! For how many toilets somebody answers (专人率), and for which nobody does.

use chrono::NaiveDate;

use super::is_in_service;
use crate::domain::Toilet;
use crate::domain::id::ToiletId;
use crate::domain::share::Share;

/// For which toilets in service somebody answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Custody {
    /// Toilets in service with somebody who answers for them, of all toilets in service.
    pub kept: Share,
    /// The others.
    pub without: Vec<Without>,
}

/// A toilet in service for which nobody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Without {
    /// Its id.
    pub id: ToiletId,
    /// Its name.
    pub name: String,
    /// Whether somebody is named who keeps toilets there clean no longer.
    pub left: bool,
}

impl Custody {
    /// Counts a toilet on that day; `works` says of whoever is named for it whether they keep toilets there clean.
    pub fn add(&mut self, toilet: &Toilet, day: NaiveDate, works: Option<bool>) {
        if !is_in_service(toilet, day) {
            return;
        }
        self.kept.count(works == Some(true));
        if works != Some(true) {
            let (id, name) = (toilet.id, toilet.fact.name.to_string());
            self.without.push(Without { id, name, left: works.is_some() });
        }
    }
}
