//! The same of the records of every other kind that counts its revisions: each is what its history says, and none is
//! missing of which the journal tells no end.
//!
//! What the journal does not hold is not compared: the words of visitors, the report of an upload, who sent a suggestion.
//! Of these kinds nothing is replayed, since what the journal tells of them is not what they are:
//!
//! - persons and invitations: it names the fields that changed and never what they held, so that who asks to be forgotten
//!   is forgotten;
//! - sessions and keys: it tells that they were opened and ended, and nothing that would open anything;
//! - grants: it tells who was given what and by whom; where they count moves with the areas;
//! - slots: how they come out follows from other records, and has a check of its own;
//! - sources: it tells which files were taken in, and what a later file said otherwise than the first.

use std::collections::HashMap;
use std::fmt::Display;

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value;

use super::histories::{Codes, disagreement};
use super::{Found, MISSING, texts};
use crate::domain::area::Area;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, RecordKind};
use crate::domain::history::{Entry, Gap, Replayed, replay_onto};
use crate::domain::plate::Serial;
use crate::domain::toilet::AreaRef;
use crate::store::entity::{
    custodian, exception, excuse, import_review, operator, photo, photo_file, plan, plan_template, plate, substitute,
    suggestion,
};
use crate::store::{
    StoreError, assignments, deployments, exceptions, excuses, history, import_reviews, operators, photos, plans,
    substitutes, suggestions,
};

/// Records of which histories are read at a time.
const PAGE: usize = 500;

/// The kinds of records that may not be missing: where they are, and what they are called by in the journal.
const KEPT: [(RecordKind, &str, &str); 14] = [
    (RecordKind::Toilet, "toilet", ID),
    (RecordKind::Operator, "operator", ID),
    (RecordKind::Deployment, "deployment", ID),
    (RecordKind::Plate, "plate", "toilet_id || '/' || kind"),
    (RecordKind::Photo, "photo", "id"),
    (RecordKind::Suggestion, "suggestion", ID),
    (RecordKind::ImportReview, "import_review", ID),
    (RecordKind::PlanTemplate, "plan_template", ID),
    (RecordKind::Plan, "plan", "toilet_id || '.' || version"),
    (RecordKind::Exception, "exception", ID),
    (RecordKind::Excuse, "excuse", ID),
    (RecordKind::Cleaning, "cleaning", "id"),
    (RecordKind::Custodian, "custodian", ID),
    (RecordKind::Substitute, "substitute", ID),
];

const ID: &str = "CAST(id AS TEXT)";

/// A record by its key in the journal: how it began without a word, and how it stands.
struct Standing {
    key: String,
    began: Replayed,
    now: Replayed,
}

impl Standing {
    fn new(key: impl Display, revision: i32, fields: Fields) -> Self {
        Self { key: key.to_string(), began: Replayed::default(), now: Replayed { revision, fields } }
    }
}

type Read = Result<Standing, StoreError>;

/// All of them. A row that cannot be read is told by the check of rows.
pub(super) async fn records(tx: &DatabaseTransaction, areas: &[Area], codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let refs: HashMap<i32, AreaRef> = areas.iter().map(|area| (area.id.0, reference(area))).collect();
    let by_id: HashMap<i32, String> = refs.iter().map(|(id, area)| (*id, area.code.to_string())).collect();
    let look = Look { tx, codes };
    let mut found = look.each::<operator::Entity>(RecordKind::Operator, operator::Column::Id, of_operator).await?;
    found.extend(look.deployments().await?);
    found.extend(look.plates().await?);
    found.extend(look.photos().await?);
    found.extend(
        look.each::<import_review::Entity>(RecordKind::ImportReview, import_review::Column::Id, of_review).await?,
    );
    found.extend(
        look.each::<plan_template::Entity>(RecordKind::PlanTemplate, plan_template::Column::Id, of_template).await?,
    );
    found.extend(look.each::<plan::Entity>(RecordKind::Plan, plan::Column::Id, of_plan).await?);
    found.extend(look.each::<excuse::Entity>(RecordKind::Excuse, excuse::Column::Id, of_excuse).await?);
    found.extend(look.each::<custodian::Entity>(RecordKind::Custodian, custodian::Column::Id, of_custodian).await?);
    found.extend(look.each::<substitute::Entity>(RecordKind::Substitute, substitute::Column::Id, of_substitute).await?);
    let of_suggestion = |row: &suggestion::Model| {
        let read = suggestions::read(row, row.area_id.and_then(|id| refs.get(&id).cloned()))?;
        Ok(Standing::new(read.id, read.revision, read.fields()))
    };
    found.extend(look.each::<suggestion::Entity>(RecordKind::Suggestion, suggestion::Column::Id, of_suggestion).await?);
    let of_exception = |row: &exception::Model| {
        let read = exceptions::read(row, &by_id)?;
        Ok(Standing::new(read.id, read.revision(), read.fields()))
    };
    found.extend(look.each::<exception::Entity>(RecordKind::Exception, exception::Column::Id, of_exception).await?);
    for (kind, table, key) in KEPT {
        found.extend(missing(tx, kind, table, key).await?);
    }
    Ok(found)
}

fn reference(area: &Area) -> AreaRef {
    AreaRef { code: area.fact.code.clone(), name: area.fact.name.clone(), path: area.path.clone() }
}

fn of_operator(row: &operator::Model) -> Read {
    let read = operators::read(row)?;
    Ok(Standing::new(read.id, read.revision, read.fields()))
}

fn of_review(row: &import_review::Model) -> Read {
    let read = import_reviews::read(row)?;
    Ok(Standing::new(read.id, read.revision, read.fields()))
}

fn of_custodian(row: &custodian::Model) -> Read {
    let read = assignments::read(row)?;
    Ok(Standing::new(read.id, read.revision, read.fields()))
}

fn of_substitute(row: &substitute::Model) -> Read {
    let read = substitutes::read(row)?;
    Ok(Standing::new(read.id, read.revision, read.fields()))
}

/// A template never changes.
fn of_template(row: &plan_template::Model) -> Read {
    let read = plans::read_template(row)?;
    Ok(Standing::new(read.id, 1, read.fields()))
}

fn of_excuse(row: &excuse::Model) -> Read {
    let read = excuses::read(row)?;
    Ok(Standing::new(read.id, read.revision, read.fields()))
}

fn of_plan(row: &plan::Model) -> Read {
    let read = plans::read(row)?;
    let fields = if row.withdrawn { Fields::new() } else { read.fields() };
    Ok(Standing::new(read.key(), read.revision, fields))
}

/// The first plate of a kind hangs there without a word; the journal tells of those that replaced it.
fn of_plate(row: &plate::Model) -> Standing {
    let hanging = |serial: i32| {
        let fields = Fields::from([("serial".to_owned(), Value::from(serial))]);
        Replayed { revision: serial, fields }
    };
    let key = format!("{}/{}", row.toilet_id, row.kind);
    Standing { key, began: hanging(Serial::FIRST.get().into()), now: hanging(row.serial) }
}

/// Records in one state of the database, held to their histories.
struct Look<'a> {
    tx: &'a DatabaseTransaction,
    codes: &'a Codes,
}

impl Look<'_> {
    /// All rows of a table in the order of a column that tells them apart.
    async fn each<E: EntityTrait>(
        &self,
        kind: RecordKind,
        by: E::Column,
        read: impl Fn(&E::Model) -> Read,
    ) -> Result<Vec<Found>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        let table = E::default();
        loop {
            let rows = page::<E>(by, after.take()).all(self.tx).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = Some(last.get(by));
            let standing = rows.iter().filter_map(|row| read(row).ok()).collect();
            found.extend(self.compare(kind, table.table_name(), standing).await?);
        }
    }

    /// Photos say how large their files are.
    async fn photos(&self) -> Result<Vec<Found>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let rows = page::<photo::Entity>(photo::Column::Id, after.take()).find_also_related(photo_file::Entity);
            let rows = rows.all(self.tx).await?;
            let Some((last, _)) = rows.last() else { return Ok(found) };
            after = Some(last.id.clone().into());
            let read = rows.into_iter().filter_map(|row| photos::whole(row).ok());
            let standing = read.map(|photo| Standing::new(photo.id, photo.revision, photo.fields())).collect();
            found.extend(self.compare(RecordKind::Photo, "photo", standing).await?);
        }
    }

    /// Sets of toilets, which are few.
    async fn deployments(&self) -> Result<Vec<Found>, StoreError> {
        let sets = match deployments::all(self.tx).await {
            Err(StoreError::Corrupt { .. }) => return Ok(Vec::new()),
            sets => sets?,
        };
        let mut found = Vec::new();
        for sets in sets.chunks(PAGE) {
            let standing = sets.iter().map(|set| Standing::new(set.id, set.revision, set.fields())).collect();
            found.extend(self.compare(RecordKind::Deployment, "deployment", standing).await?);
        }
        Ok(found)
    }

    /// Plates that replaced others. No one column tells them apart.
    async fn plates(&self) -> Result<Vec<Found>, StoreError> {
        let rows = plate::Entity::find().order_by_asc(plate::Column::ToiletId).all(self.tx).await?;
        let mut found = Vec::new();
        for rows in rows.chunks(PAGE) {
            found.extend(self.compare(RecordKind::Plate, "plate", rows.iter().map(of_plate).collect()).await?);
        }
        Ok(found)
    }

    async fn compare(&self, kind: RecordKind, table: &str, standing: Vec<Standing>) -> Result<Vec<Found>, StoreError> {
        let keys: Vec<_> = standing.iter().map(|record| record.key.clone()).collect();
        let mut histories = history::histories(self.tx, kind, &keys).await?;
        let look = |Standing { key, began, now }| {
            let mut history = histories.remove(&key).unwrap_or_default();
            let told = replay_onto(began, since_deleted(&mut history));
            Some(Found::of_row(table, key, self.fault(now, told)?))
        };
        Ok(standing.into_iter().filter_map(look).collect())
    }

    /// In what a record differs from its history, its revision included.
    fn fault(&self, now: Replayed, told: Result<Replayed, Gap>) -> Option<String> {
        let version = told.as_ref().map_or(now.revision, |told| told.revision);
        let counted = format!("it stands at revision {}, the journal says {version}", now.revision);
        let counted = (version != now.revision).then_some(counted);
        let faults = counted.into_iter().chain(disagreement(now.fields, told, self.codes));
        faults.reduce(|all, fault| format!("{all}; {fault}"))
    }
}

/// The next rows after one of them.
fn page<E: EntityTrait>(by: E::Column, after: Option<sea_orm::Value>) -> Select<E> {
    let rows = E::find().order_by_asc(by).limit(PAGE as u64);
    match after {
        Some(after) => rows.filter(by.gt(after)),
        None => rows,
    }
}

/// What is told of a record since it was last deleted: whoever sends a photo anew that was swept takes up its id.
fn since_deleted(history: &mut [Entry]) -> &[Entry] {
    history.sort_by_key(|entry| entry.number);
    let from = history.iter().rposition(|entry| entry.action == Action::Delete).map_or(0, |place| place + 1);
    history.get(from..).unwrap_or_default()
}

/// Records whose story goes on in the journal, and that are not there.
async fn missing(tx: &DatabaseTransaction, kind: RecordKind, table: &str, key: &str) -> Result<Vec<Found>, StoreError> {
    let sql = format!(
        "SELECT key FROM journal WHERE kind = '{kind}' GROUP BY key \
         HAVING MAX(CASE WHEN action = 'delete' THEN number ELSE 0 END) < MAX(number) \
         EXCEPT SELECT {key} AS key FROM {table} ORDER BY key"
    );
    let told = texts(tx, &sql, ["key"]).await?;
    Ok(told.into_iter().map(|[key]| Found::of_row(table, key, MISSING)).collect())
}
