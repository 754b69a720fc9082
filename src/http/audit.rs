//! The journal as audit.

use std::sync::Arc;

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::entry_view::{Before, CURSOR, EntryView};
use super::problem::Problem;
use super::query::{Declared, Formed, Given, Group, Integer, Params, Text, Time};
use super::tag::Tag;
use crate::domain::Violation;
use crate::domain::event::{RecordKind, Wanted};
use crate::usecase::{Ctx, audit};

/// Every operation on the path `/api/v1/audit`.
pub(super) struct AuditApi(pub(super) Arc<Ctx>);

/// A page of the journal.
#[derive(Debug, Object)]
#[oai(rename = "EntryPage", rename_all = "camelCase", skip_serializing_if_is_none)]
struct EntryPageView {
    /// The entries on it, the newest first.
    items: Vec<EntryView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

struct AuditParams {
    wanted: Wanted,
    before: Option<i64>,
    limit: usize,
}

const RECORD: Formed = Formed {
    text: Text { name: "record", about: "Only of this record: its kind and key, such as `toilet/17`.", longest: 128 },
    pattern: || {
        let kinds: Vec<_> = RecordKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("^({})/", kinds.join("|"))
    },
};
const PERSON: Formed = Formed {
    text: Text {
        name: "person",
        about: "Only what this person did, and what was done to them: their id.",
        longest: 36,
    },
    pattern: || "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$".to_owned(),
};
const SINCE: Time = Time { name: "since", about: "Only from this instant on." };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

impl Group for AuditParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&RECORD, &PERSON, &SINCE, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let record = given.take(&RECORD)?;
        let record = record.map(|text| record_of(&text).map_err(|wrong| given.fault(&RECORD, wrong)));
        let person = given.take(&PERSON)?;
        let person = person.map(|text| text.parse().map_err(|wrong| given.fault(&PERSON, wrong)));
        let since = given.take(&SINCE)?;
        let Before(before) = Before::read(given)?;
        let wanted = Wanted { record: record.transpose().ok()?, person: person.transpose().ok()?, since };
        Some(Self { wanted, before, limit: given.take(&LIMIT)? })
    }
}

fn record_of(text: &str) -> Result<(RecordKind, String), Violation> {
    let wrong = || Violation::new("", "unreadable", "must be a kind and a key, such as toilet/17");
    let (kind, key) = text.split_once('/').ok_or_else(wrong)?;
    Ok((kind.parse().map_err(|_| wrong())?, key.to_owned()))
}

#[OpenApi(tag = "Tag::Staff")]
impl AuditApi {
    /// List what happened
    ///
    /// The journal, the newest entries first, for auditors and admins. Without the whole register in one's area one asks
    /// for a toilet, an area or a person that lies within it.
    #[oai(path = "/api/v1/audit", method = "get", operation_id = "list_audit")]
    async fn list_audit(&self, signed: Signed, query: Params<AuditParams>) -> Result<Json<EntryPageView>, Problem> {
        let Params(AuditParams { wanted, before, limit }) = query;
        let (entries, more) = audit::list(&self.0, signed.caller(), &wanted, before, limit as u64).await?;
        let next = entries.last().filter(|_| more).map(|last| last.number.to_string());
        Ok(Json(EntryPageView { items: entries.into_iter().map(EntryView::from).collect(), next }))
    }
}
