//! Entries of the journal as answers show them.

use std::collections::HashMap;

use poem_openapi::Object;
use poem_openapi::types::Any;
use serde_json::Value;

use super::instant::Instant;
use super::query::{Declared, Given, Group, Text};
use super::words::Word;
use crate::domain::Violation;
use crate::domain::event::{Action, Entry, RecordKind};

/// An entry of the journal. Persons appear under their pseudonyms, and of what changed in one only the names of fields.
#[derive(Debug, Object)]
#[oai(rename = "Entry", rename_all = "camelCase")]
pub(super) struct EntryView {
    /// Its number; later entries have higher ones.
    number: i64,
    /// When.
    at: Instant,
    /// Who: a person's pseudonym, or a part of the system.
    actor: String,
    /// The role in which it was done.
    role: String,
    /// The request or command that did it.
    request_id: String,
    /// What sort of record.
    kind: Word<RecordKind>,
    /// The record's id or code.
    key: String,
    /// The record's revision after the change.
    version: i32,
    /// What was done.
    action: Word<Action>,
    /// What changed: for each field what it was and what it is, as far as each was known and may be told.
    changes: HashMap<String, ChangeView>,
}

/// What a field was and is.
#[derive(Debug, Object)]
#[oai(rename = "Change", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ChangeView {
    /// What it was.
    from: Option<Any<Value>>,
    /// What it is.
    to: Option<Any<Value>>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let known = |value: Value| Some(value).filter(|value| !value.is_null()).map(Any);
        let change = |[from, to]: [Value; 2]| ChangeView { from: known(from), to: known(to) };
        Self {
            number: entry.number,
            at: Instant(entry.at),
            actor: entry.actor.name,
            role: entry.actor.role,
            request_id: entry.actor.request_id,
            kind: Word(entry.kind),
            key: entry.key,
            version: entry.version,
            action: Word(entry.action),
            changes: entry.changes.into_iter().map(|(field, pair)| (field, change(pair))).collect(),
        }
    }
}

/// The parameter with which a list of entries goes on: the number before which it does.
pub(super) struct Before(pub(super) Option<i64>);

/// The same for groups with further parameters.
pub(super) const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };

impl Group for Before {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR];

    fn read(given: &mut Given) -> Option<Self> {
        let Some(cursor) = given.take(&CURSOR)? else { return Some(Self(None)) };
        let read = cursor.parse().map_err(|_| Violation::new("", "unreadable", "is no cursor of this list"));
        read.map_err(|violation| given.fault(&CURSOR, violation)).ok().map(|number| Self(Some(number)))
    }
}
