//! What is told live of the journal: to the staff what concerns them, to the public what it may know, never persons.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::Violation;
use super::area::AreaCode;
use super::codes::codes;
use super::event::{Action, Changes, Entry, RecordKind};
use super::id::{OperatorId, ToiletId};
use super::policy::Scope;

codes!(
    /// What an event is about, for whoever wants some and not others.
    Topic {
        /// What the register says of a toilet.
        Register = "register",
        /// A closure began, was changed or ended.
        Outage = "outage",
        /// A grade was recorded, changed or withdrawn.
        Grade = "grade",
        /// An area.
        Area = "area",
        /// The plan of a toilet.
        Plan = "plan",
        /// What was due was not done by then.
        Overdue = "overdue",
        /// It was not done, and is over.
        Missed = "missed",
        /// What had been missed turned out to be done, or was excused.
        Settled = "settled",
        /// A toilet was cleaned, or a record of that was put right.
        Cleaned = "cleaned",
    }
);

impl Topic {
    /// Whether the public is told. What is overdue can still be done: that is between the staff.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Plan | Self::Overdue)
    }

    /// Whether whoever asks for messages of everything means it: not what happens many times a day as it should.
    #[must_use]
    pub const fn is_news(self) -> bool {
        !matches!(self, Self::Cleaned)
    }
}

/// Where an entry stands in the order in which all of them become known: by its transaction, then by its number. On
/// SQLite entries become known in the order of their numbers, and the transaction is 0.
///
/// In text `812-17`, opaque to whoever is told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The transaction that wrote it.
    pub transaction: i64,
    /// Its number.
    pub number: i64,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.transaction, self.number)
    }
}

impl FromStr for Mark {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        let read = || {
            let (transaction, number) = text.split_once('-')?;
            let mark = Self { transaction: transaction.parse().ok()?, number: number.parse().ok()? };
            // Whatever else could be read as it is no spelling of it.
            (mark.to_string() == text && mark.transaction >= 0 && mark.number >= 0).then_some(mark)
        };
        read().ok_or_else(|| Violation::new("", "unreadable", "is no id of an event, nor the next of a list"))
    }
}

/// What is told of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it stands.
    pub mark: Mark,
    /// What sort of record.
    pub kind: RecordKind,
    /// Its key: an id or code.
    pub key: String,
    /// What was done.
    pub action: Action,
    /// When.
    pub at: DateTime<Utc>,
    /// What it is about, at least one.
    pub topics: Vec<Topic>,
    /// The toilet that it concerns, if it does one.
    pub toilet: Option<ToiletId>,
    /// Where that is.
    pub place: Place,
}

/// Where something is, for whoever may see only what is somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The codes from the top of the tree down to the area in which it lies; empty for none.
    pub path: Vec<AreaCode>,
    /// The same of where it lay before, for what was moved by this.
    pub left: Vec<AreaCode>,
    /// The body that runs it.
    pub operator: Option<OperatorId>,
}

impl Event {
    /// What is told of an entry about something in that place; nothing of what is about persons, or of what nobody
    /// waits for.
    #[must_use]
    pub fn of(mark: Mark, entry: &Entry, place: Place) -> Option<Self> {
        let topics = topics(entry.kind, entry.action, &entry.changes);
        let toilet = toilet(entry.kind, &entry.key, &entry.changes);
        let (kind, key, action, at) = (entry.kind, entry.key.clone(), entry.action, entry.at);
        (!topics.is_empty()).then_some(Self { mark, kind, key, action, at, topics, toilet, place })
    }

    /// The area in which it lies.
    #[must_use]
    pub fn area(&self) -> Option<&AreaCode> {
        self.place.path.last()
    }
}

/// The toilet that a record of that kind and key belongs to, of which this was changed.
#[must_use]
pub fn toilet(kind: RecordKind, key: &str, changes: &Changes) -> Option<ToiletId> {
    let id = match kind {
        RecordKind::Toilet => Some(key),
        RecordKind::Plan | RecordKind::Slot => key.split('.').next(),
        RecordKind::Cleaning => {
            let id = changes.get("toilet").and_then(|[_, to]| to.as_i64())?;
            return i32::try_from(id).ok().map(ToiletId);
        }
        _ => None,
    };
    id?.parse().ok().map(ToiletId)
}

/// What an entry is about. A new kind of record is about nothing until this says so.
#[must_use]
pub fn topics(kind: RecordKind, action: Action, changes: &Changes) -> Vec<Topic> {
    match (kind, action) {
        (RecordKind::Toilet, _) => of_toilet(action, changes),
        // That toilets were found to lie in it changes nothing of it.
        (RecordKind::Area, action) if action != Action::Locate => vec![Topic::Area],
        (RecordKind::Plan, _) => vec![Topic::Plan],
        (RecordKind::Slot, Action::Overdue) => vec![Topic::Overdue],
        (RecordKind::Slot, Action::Miss) => vec![Topic::Missed],
        (RecordKind::Slot, Action::Settle) => vec![Topic::Settled],
        (RecordKind::Cleaning, Action::Create) => vec![Topic::Cleaned],
        _ => Vec::new(),
    }
}

fn of_toilet(action: Action, changes: &Changes) -> Vec<Topic> {
    let of_field = |name: &String| match name.split('.').next() {
        Some("outages") => Some(Topic::Outage),
        Some("grades") => Some(Topic::Grade),
        // Who saw something, where it is from, and what is not public before it was checked.
        Some("attested" | "source" | "photos") => None,
        _ => Some(Topic::Register),
    };
    let begins_or_ends = matches!(action, Action::Create | Action::Retire | Action::Restore);
    let mut topics: Vec<_> = changes.keys().filter_map(of_field).collect();
    topics.extend(begins_or_ends.then_some(Topic::Register));
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// Which events somebody is told.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Who it is.
    pub sight: Sight,
    /// Only of what lies in this area, or lay there before, or below it.
    pub area: Option<AreaCode>,
    /// Only of these topics; of all if there are none.
    pub topics: Vec<Topic>,
}

/// What somebody may see.
#[derive(Debug, Clone)]
pub enum Sight {
    /// What everybody may.
    Public,
    /// What lies in their scope.
    Staff(Scope),
}

impl Watch {
    /// What this watch is told of an event: its topics that are wanted and may be told; nothing if there are none.
    #[must_use]
    pub fn told(&self, event: &Event) -> Vec<Topic> {
        let place = &event.place;
        let is_there = self.area.as_ref().is_none_or(|area| place.path.contains(area) || place.left.contains(area));
        let may_see = match &self.sight {
            Sight::Public => !place.path.is_empty(),
            Sight::Staff(scope) => {
                scope.covers(&place.path, place.operator)
                    || !place.left.is_empty() && scope.covers(&place.left, place.operator)
            }
        };
        if !is_there || !may_see {
            return Vec::new();
        }
        let is_public = matches!(self.sight, Sight::Public);
        let wanted = |topic: &&Topic| {
            (self.topics.is_empty() || self.topics.contains(topic)) && (!is_public || topic.is_public())
        };
        event.topics.iter().filter(wanted).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::field_names;

    #[test]
    fn a_mark_has_one_spelling() {
        let mark = Mark { transaction: 812, number: 17 };
        assert_eq!("812-17".parse(), Ok(mark));
        assert!(mark < Mark { transaction: 813, number: 2 }, "the transaction goes before the number");
        for wrong in ["", "-", "17", "812-", "-1-17", "0812-17", "+812-17", "812-17-1", "812-99999999999999999999"] {
            assert!(wrong.parse::<Mark>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_entry_is_about_what_it_changed() {
        let of = |names: &[&str]| topics(RecordKind::Toilet, Action::Update, &field_names(names));
        assert_eq!(of(&["outages.3", "name"]), [Topic::Register, Topic::Outage]);
        assert_eq!(of(&["grades.1"]), [Topic::Grade]);
        assert!(of(&["attested.wheelchair", "photos.x"]).is_empty(), "who saw something is told to nobody");
        for kind in RecordKind::ALL.iter().filter(|kind| matches!(kind, RecordKind::Person | RecordKind::Session)) {
            for action in Action::ALL {
                assert!(topics(*kind, *action, &field_names(&["name"])).is_empty(), "{kind} {action}");
            }
        }
    }

    fn event(topics: &[Topic], path: &[&str], left: &[&str]) -> Event {
        let codes = |codes: &[&str]| codes.iter().filter_map(|code| code.parse().ok()).collect();
        Event {
            mark: Mark { transaction: 0, number: 1 },
            kind: RecordKind::Toilet,
            key: "17".to_owned(),
            action: Action::Update,
            at: DateTime::UNIX_EPOCH,
            topics: topics.to_vec(),
            toilet: Some(ToiletId(17)),
            place: Place { path: codes(path), left: codes(left), operator: None },
        }
    }

    #[test]
    fn the_public_is_told_what_it_may_know_of_the_area_alone() {
        let watch = |area: &str| Watch { sight: Sight::Public, area: area.parse().ok(), topics: Vec::new() };
        let both = event(&[Topic::Overdue, Topic::Missed], &["410308", "410308101"], &["410308", "410308102"]);
        assert_eq!(watch("410308").told(&both), [Topic::Missed]);
        assert_eq!(watch("410308102").told(&both), [Topic::Missed], "what left is told as well");
        assert!(watch("410308103").told(&both).is_empty());
        assert!(watch("410308").told(&event(&[Topic::Plan], &["410308"], &[])).is_empty());
    }
}
