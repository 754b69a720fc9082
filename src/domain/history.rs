//! The history of a record as the journal has it, and the record as its history tells it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::draft::Fields;
use super::event::{Action, Actor, Changes};

/// An entry of the journal about one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number in the journal.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, in which role and request.
    pub actor: Actor,
    /// The record's revision after the change.
    pub version: i32,
    /// What was done.
    pub action: Action,
    /// What changed.
    pub changes: Changes,
}

/// A record as its history tells it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Replayed {
    /// Its revision.
    pub revision: i32,
    /// Its fields.
    pub fields: Fields,
}

/// Where a history does not hold together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Gap {
    /// A version is missing or told twice.
    #[error("version {found} follows version {before}")]
    Version {
        /// The version before.
        before: i32,
        /// The one that follows.
        found: i32,
    },
    /// A field did not stand at what it is said to have changed from.
    #[error("version {version} changes {field} from {said}, where {stood} stood")]
    Field {
        /// The version.
        version: i32,
        /// The field.
        field: String,
        /// What it is said to have changed from.
        said: Box<Value>,
        /// What stood there.
        stood: Box<Value>,
    },
}

/// Replays the history of one record, given in the order of its versions.
///
/// # Errors
/// The first [`Gap`].
pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Replayed, Gap> {
    replay_onto(Replayed::default(), entries)
}

/// The same for a record that stood like that before its history began.
///
/// # Errors
/// The first [`Gap`].
pub fn replay_onto<'a>(mut record: Replayed, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Replayed, Gap> {
    for entry in entries {
        if entry.version != record.revision + 1 {
            return Err(Gap::Version { before: record.revision, found: entry.version });
        }
        record.apply(entry)?;
    }
    Ok(record)
}

impl Replayed {
    /// Makes the changes of an entry, whatever its version.
    ///
    /// # Errors
    /// [`Gap::Field`].
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Gap> {
        self.revision = entry.version;
        for (field, [from, to]) in &entry.changes {
            let stood = self.fields.get(field).cloned().unwrap_or_default();
            if stood != *from {
                let (version, field) = (entry.version, field.clone());
                return Err(Gap::Field { version, field, said: Box::new(from.clone()), stood: Box::new(stood) });
            }
            match to {
                Value::Null => self.fields.remove(field),
                to => self.fields.insert(field.clone(), to.clone()),
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::changes;

    fn fields(pairs: &[(&str, i32)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    }

    fn entry(version: i32, before: &Fields, after: &Fields) -> Entry {
        let actor = Actor { name: "test".to_owned(), role: "system".to_owned(), request_id: "test".to_owned() };
        let (number, at) = (i64::from(version), DateTime::UNIX_EPOCH);
        Entry { number, at, actor, version, action: Action::Update, changes: changes(before, after) }
    }

    #[test]
    fn what_was_written_comes_out_again() {
        let stages = [&[][..], &[("a", 1), ("b", 2)], &[("a", 3), ("b", 2)], &[("b", 2), ("c", 4)]].map(fields);
        let steps = stages.windows(2).zip(1..).map(|(pair, version)| entry(version, &pair[0], &pair[1]));
        let entries: Vec<_> = steps.collect();
        assert_eq!(replay(&entries), Ok(Replayed { revision: 3, fields: stages[3].clone() }));
    }

    #[test]
    fn a_gap_is_found() {
        let (one, two) = (fields(&[("a", 1)]), fields(&[("a", 2)]));
        let first = entry(1, &Fields::new(), &one);
        let lost = entry(3, &one, &two);
        assert_eq!(replay([&first, &lost]), Err(Gap::Version { before: 1, found: 3 }));
        let forged = entry(2, &two, &one);
        assert!(matches!(replay([&first, &forged]), Err(Gap::Field { version: 2, .. })));
    }
}
