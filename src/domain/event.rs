//! The journal (变更日志): the append-only record of everything that changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::account::PersonId;
use super::codes::codes;
use super::draft::Fields;

codes!(
    /// What sort of record an entry is about.
    RecordKind {
        /// A toilet with its facts, outages, grades and bodies.
        Toilet = "toilet",
        /// An area.
        Area = "area",
        /// A line that a walker cannot cross.
        Barrier = "barrier",
        /// A body.
        Operator = "operator",
        /// A source, with each import of it.
        Source = "source",
        /// A file that was uploaded to be taken in.
        ImportReview = "importReview",
        /// A set of toilets put out together for a time.
        Deployment = "deployment",
        /// What somebody suggested, without the words in which they did.
        Suggestion = "suggestion",
        /// A person of the staff: field names only, never values.
        Person = "person",
        /// A role that somebody holds.
        Grant = "grant",
        /// An invitation to a role.
        Invitation = "invitation",
        /// A session: opened, refused, ended.
        Session = "session",
        /// The plate of a kind at a toilet: `17/staff`.
        Plate = "plate",
        /// A photo that somebody sent.
        Photo = "photo",
        /// A plan for a class of toilets.
        PlanTemplate = "planTemplate",
        /// A version of the plan of a toilet: `17.3`.
        Plan = "plan",
        /// An exception from plans.
        Exception = "exception",
        /// A slot: `17.3.2.20261123T0800`.
        Slot = "slot",
        /// Why a slot could not be done, as somebody says.
        Excuse = "excuse",
        /// A logged cleaning, or a correction of one.
        Cleaning = "cleaning",
        /// Somebody's wish to be told: field names only, never values.
        Subscription = "subscription",
        /// That somebody answers for a toilet.
        Custodian = "custodian",
        /// That somebody stands in at a toilet.
        Substitute = "substitute",
        /// A roster: toilets, and from when to when their shifts are.
        Roster = "roster",
        /// Somebody's turn on a roster.
        RosterTurn = "rosterTurn",
        /// Another day on a roster than somebody's turn plans.
        RosterDay = "rosterDay",
        /// A key that the database is written with: its name alone.
        Key = "key",
    }
);

codes!(
    /// What was done to a record.
    Action {
        /// It was made.
        Create = "create",
        /// Some of its fields were changed.
        Update = "update",
        /// It was taken out of use, not deleted.
        Retire = "retire",
        /// It came back into use.
        Restore = "restore",
        /// Toilets were found to lie in it, or no longer, by where they stand.
        Locate = "locate",
        /// A file was taken in.
        Import = "import",
        /// A suggestion was taken up, or somebody agreed to an excuse.
        Accept = "accept",
        /// A suggestion or an excuse was turned down.
        Reject = "reject",
        /// A slot is no longer on time, and not done.
        Overdue = "overdue",
        /// A slot is over, and was not done.
        Miss = "miss",
        /// A slot that had been missed turned out to be done, or was excused.
        Settle = "settle",
        /// A session was opened.
        Login = "login",
        /// Somebody failed to open a session, or to prove in one who they are.
        LoginFailed = "loginFailed",
        /// Somebody proved in their session who they are.
        StepUp = "stepUp",
        /// An account failed so often that it is locked for a while.
        LockOut = "lockOut",
        /// A session was ended.
        Logout = "logout",
        /// Taken away: a role, or a session by somebody else.
        Revoke = "revoke",
        /// Somebody took with them what is kept of them.
        Export = "export",
        /// It was removed with all that was personal in it; its pseudonym stays.
        Delete = "delete",
    }
);

/// What changed: field → `[from, to]`, `null` standing for unknown.
pub type Changes = BTreeMap<String, [Value; 2]>;

/// Who did it, and in which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A person's pseudonym, or a part of the system such as `import` or `demo`.
    pub name: String,
    /// The role in which it was done.
    pub role: String,
    /// The request or command that did it.
    pub request_id: String,
}

/// An entry as a writer makes it; the store adds its number.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// What sort of record.
    pub kind: RecordKind,
    /// Its key: an id or code.
    pub key: String,
    /// Its revision after the change.
    pub version: i32,
    /// What was done.
    pub action: Action,
    /// What changed.
    pub changes: Changes,
}

/// An entry of the journal as it is read again.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number; later entries have higher ones.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// What sort of record.
    pub kind: RecordKind,
    /// Its key: an id or code.
    pub key: String,
    /// Its revision after the change.
    pub version: i32,
    /// What was done.
    pub action: Action,
    /// What changed.
    pub changes: Changes,
}

/// Which entries of the journal are wanted: all that fit every part that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of one record.
    pub record: Option<(RecordKind, String)>,
    /// By one person, and about them and their roles.
    pub person: Option<PersonId>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
}

/// The differences between two versions of a record.
#[must_use]
pub fn changes(before: &Fields, after: &Fields) -> Changes {
    let mut changes = Changes::new();
    for name in before.keys().chain(after.keys()) {
        let (from, to) = (before.get(name), after.get(name));
        if from != to {
            let pair = [from, to].map(|value| value.cloned().unwrap_or(Value::Null));
            changes.insert(name.clone(), pair);
        }
    }
    changes
}

/// That a field of a person changed, without saying from what to what.
#[must_use]
pub fn field_names(names: &[&str]) -> Changes {
    names.iter().map(|name| ((*name).to_owned(), [Value::Null, Value::Null])).collect()
}
