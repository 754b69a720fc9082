//! What became of a toilet: what changed from what to what, when, and in which role.

use std::sync::Arc;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use serde_json::Value;

use super::bearer::Signed;
use super::instant::Instant;
use super::problem::Problem;
use super::query::{Declared, Given, Group, Params};
use super::tag::Tag;
use super::toilet_params::{CURSOR, LIMIT};
use super::words::Word;
use crate::domain::Violation;
use crate::domain::event::Action;
use crate::domain::history::Entry;
use crate::domain::id::ToiletId;
use crate::domain::label;
use crate::usecase::Ctx;
use crate::usecase::history::{self, Page};

/// Every operation on histories.
pub(super) struct HistoryApi(pub(super) Arc<Ctx>);

/// A page of the history of a toilet, the newest first.
#[derive(Debug, Object)]
#[oai(rename = "History", skip_serializing_if_is_none)]
struct HistoryView {
    /// The changes.
    items: Vec<EntryView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// One change of a toilet.
#[derive(Debug, Object)]
#[oai(rename = "HistoryEntry", rename_all = "camelCase", skip_serializing_if_is_none)]
struct EntryView {
    /// The revision at which the toilet stood then.
    revision: i32,
    /// When.
    at: Instant,
    /// What was done.
    action: Word<Action>,
    /// The role in which it was done; `system` for a part of the service.
    role: String,
    /// Who did it: a person's pseudonym, or a part of the service such as `import`.
    by: String,
    /// The suggestion of the public that was taken up so, if one was.
    suggestion: Option<i32>,
    /// What changed.
    changes: Vec<ChangeView>,
}

/// One field that changed.
#[derive(Debug, Object)]
#[oai(rename = "FieldChange", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct ChangeView {
    /// The field, as bodies and the journal name it.
    field: String,
    /// What it is called in Chinese.
    label: String,
    /// What it is called in English.
    label_en: String,
    /// What it was; left out for unknown.
    from: Option<Value>,
    /// What it became; left out for unknown.
    to: Option<Value>,
    /// The change in Chinese.
    text: String,
    /// The change in English.
    text_en: String,
}

/// What a history takes.
#[derive(Debug)]
struct HistoryParams {
    before: Option<i64>,
    limit: usize,
}

impl Group for HistoryParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (cursor, limit) = (given.take(&CURSOR).flatten(), given.take(&LIMIT));
        let before = match cursor.map(|text| text.parse::<i64>().ok().filter(|number| *number > 0)) {
            None => None,
            Some(Some(number)) => Some(number),
            Some(None) => {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of the page before"));
                return None;
            }
        };
        Some(Self { before, limit: limit? })
    }
}

#[OpenApi(tag = "Tag::Toilets")]
impl HistoryApi {
    /// Read the history of a toilet
    ///
    /// What changed from what to what, when and in which role, the newest first: for inspectors, supervisors, admins
    /// and auditors of its area. People stand under pseudonyms.
    #[oai(path = "/api/v1/toilets/:id/history", method = "get", operation_id = "list_toilet_history")]
    async fn list_toilet_history(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<HistoryParams>,
    ) -> Result<Json<HistoryView>, Problem> {
        let Params(HistoryParams { before, limit }) = query;
        let page = history::of_toilet(&self.0, &signed.by().actor, ToiletId(id.0), before, limit).await?;
        let next = page.entries.last().filter(|_| page.more).map(|entry| entry.number.to_string());
        let items = page.entries.iter().map(|entry| view(entry, &page)).collect();
        Ok(Json(HistoryView { items, next }))
    }
}

impl ChangeView {
    /// That a field goes from one value to another; `name` tells the name of a body.
    pub(super) fn of(field: &str, [from, to]: &[Value; 2], name: &dyn Fn(i64) -> Option<String>) -> Self {
        let (label, before, after) = (label::field(field), label::value(from, name), label::value(to, name));
        Self {
            field: field.to_owned(),
            text: format!("{}：{} → {}", label.zh, before.zh, after.zh),
            text_en: format!("{}: {} → {}", label.en, before.en, after.en),
            label: label.zh,
            label_en: label.en,
            from: Some(from.clone()).filter(|value| !value.is_null()),
            to: Some(to.clone()).filter(|value| !value.is_null()),
        }
    }
}

fn view(entry: &Entry, page: &Page) -> EntryView {
    let name = |id: i64| page.bodies.get(&id).cloned();
    EntryView {
        revision: entry.version,
        at: Instant(entry.at),
        action: Word(entry.action),
        role: entry.actor.role.clone(),
        by: entry.actor.name.clone(),
        suggestion: page.credits.get(&entry.version).map(|id| id.0),
        changes: entry.changes.iter().map(|(field, values)| ChangeView::of(field, values, &name)).collect(),
    }
}
