//! What lists of cleanings take.

use chrono::{DateTime, Utc};

use super::query::{Declared, Formed, Given, Group, Id, Text, Time};
use super::toilet_params::{CURSOR, LIMIT};
use crate::domain::Violation;
use crate::domain::cleaning::CleaningId;
use crate::domain::id::ToiletId;
use crate::usecase::cleanings::Asked;

/// What a list of the log takes.
#[derive(Debug)]
pub(super) struct CleaningParams {
    pub(super) asked: Asked,
    pub(super) limit: usize,
}

/// What a list of the cleanings of one toilet takes.
#[derive(Debug)]
pub(super) struct PageParams {
    pub(super) after: Option<(DateTime<Utc>, CleaningId)>,
    pub(super) limit: usize,
}

const TOILET: Id = Id { name: "toilet", about: "Only at this toilet: its id." };
const PERSON: Formed = Formed {
    text: Text { name: "person", about: "Only done by this person: their id.", longest: 36 },
    pattern: || "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$".to_owned(),
};
const FROM: Time = Time { name: "from", about: "Only what was done at this instant or later." };
const TO: Time = Time { name: "to", about: "Only what was done at this instant or before." };

impl Group for CleaningParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&TOILET, &PERSON, &FROM, &TO, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (toilet, person) = (given.take(&TOILET), given.take(&PERSON)?);
        let person = person.map(|text| text.parse().map_err(|wrong| given.fault(&PERSON, wrong)));
        let (from, to) = (given.take(&FROM), given.take(&TO));
        let PageParams { after, limit } = PageParams::read(given)?;
        let asked =
            Asked { toilet: toilet?.map(ToiletId), person: person.transpose().ok()?, from: from?, to: to?, after };
        Some(Self { asked, limit })
    }
}

impl Group for PageParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (cursor, limit) = (given.take(&CURSOR).flatten(), given.take(&LIMIT));
        let after = match cursor.as_deref().map(read_cursor) {
            None => None,
            Some(Some(after)) => Some(after),
            Some(None) => {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of the page before"));
                return None;
            }
        };
        Some(Self { after, limit: limit? })
    }
}

/// The cursor of a page that goes on after a record.
pub(super) fn cursor((at, id): (DateTime<Utc>, CleaningId)) -> String {
    format!("{}.{id}", at.timestamp_millis())
}

fn read_cursor(text: &str) -> Option<(DateTime<Utc>, CleaningId)> {
    let (at, id) = text.split_once('.')?;
    let at = DateTime::from_timestamp_millis(at.parse().ok()?)?;
    // Beyond these years no record lies, and databases read none.
    let is_time = (1960..2210).contains(&chrono::Datelike::year(&at));
    Some((at, id.parse().ok()?)).filter(|_| is_time)
}
