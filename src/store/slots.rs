//! How slots came out, and the counts of days that follow from it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryResult, QueryTrait, Statement, Value,
};
use uuid::Uuid;

use super::entity::slot_outcome;
use super::people::person_id;
use super::spans::{self, Span};
use super::together::{marked, padded};
use super::{Store, StoreError, months};
use crate::domain::Violation;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::slot::{Doing, Outcome, SlotKey};

/// Rows of one statement: sixteen columns each, well below the 32,766 parameters that SQLite takes.
const ROWS: usize = 500;

impl Store {
    /// How the slots of a toilet on a span of days came out, both days in it, as far as they did.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn outcomes_on(
        &self,
        toilet: ToiletId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Outcome>, StoreError> {
        let rows = slot_outcome::Entity::find().filter(slot_outcome::Column::ToiletId.eq(toilet.0));
        let rows = rows.filter(slot_outcome::Column::DueOn.between(from, to)).all(&self.reader).await?;
        rows.iter().map(read).collect()
    }

    /// The same of several toilets (at most 500), in no order.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn outcomes_of_all(
        &self,
        toilets: &[ToiletId],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Outcome>, StoreError> {
        let of = slot_outcome::Column::ToiletId.is_in(toilets.iter().map(|id| id.0));
        let rows = slot_outcome::Entity::find().filter(of);
        let rows = rows.filter(slot_outcome::Column::DueOn.between(from, to)).all(&self.reader).await?;
        rows.iter().map(read).collect()
    }
}

/// Asks what is on record of slots that close in one of those spans.
pub(super) fn closing(backend: DbBackend, asked: &[Span]) -> Vec<Statement> {
    let question = |asked: &[Span]| {
        let lies = spans::within(slot_outcome::Column::ToiletId, slot_outcome::Column::ClosesAt, &padded(asked));
        backend.build(&slot_outcome::Entity::find().filter(lies).into_query())
    };
    asked.chunks(spans::SPANS).map(question).collect()
}

/// It, with the revisions.
pub(super) fn found(rows: &[QueryResult]) -> Result<HashMap<SlotKey, (Outcome, i32)>, StoreError> {
    let outcome = |row: &QueryResult| {
        let row = slot_outcome::Model::from_query_result(row, "")?;
        let outcome = read(&row)?;
        Ok((outcome.key, (outcome, row.revision)))
    };
    rows.iter().map(outcome).collect()
}

/// The statements that write how slots came out, with the revisions that they are at then.
pub(super) fn putting(backend: DbBackend, outcomes: &[(Outcome, i32)]) -> Vec<Statement> {
    use slot_outcome::Column;
    let changed = [
        Column::State,
        Column::CleaningId,
        Column::DoneAt,
        Column::SyncedLate,
        Column::Verified,
        Column::Proxy,
        Column::OperatorId,
        Column::PersonId,
        Column::Revision,
    ];
    let statement = |chunk: &[(Outcome, i32)]| {
        let rows = chunk.iter().map(|(outcome, revision)| written(outcome, *revision));
        let over = OnConflict::column(Column::SlotKey).update_columns(changed).to_owned();
        backend.build(&slot_outcome::Entity::insert_many(rows).on_conflict(over).into_query())
    };
    outcomes.chunks(ROWS).map(statement).collect()
}

/// The statements that take back what was on record of slots that turned out to be open still.
pub(super) fn removing(backend: DbBackend, keys: &[SlotKey]) -> Vec<Statement> {
    let statement = |chunk: &[SlotKey]| {
        let gone = slot_outcome::Column::SlotKey.is_in(chunk.iter().map(ToString::to_string));
        backend.build(&slot_outcome::Entity::delete_many().filter(gone).into_query())
    };
    keys.chunks(ROWS).map(statement).collect()
}

/// The statements that count days of toilets anew: the slots that were over at that instant, so that what was done early
/// does not count before what was not done can.
pub(super) fn recounting(
    backend: DbBackend,
    days: &BTreeSet<(ToiletId, NaiveDate)>,
    now: DateTime<Utc>,
) -> Vec<Statement> {
    let all: Vec<_> = days.iter().collect();
    let statements = |days: &[&(ToiletId, NaiveDate)]| {
        let days = padded(days);
        let any = vec!["(toilet_id = ? AND due_on = ?)"; days.len()].join(" OR ");
        let values = || days.iter().flat_map(|(toilet, day)| [Value::from(toilet.0), (*day).into()]);
        let forget = marked(backend, &format!("DELETE FROM cleaning_day WHERE {any}"), values());
        let count = counting(&format!("({any}) AND closes_at < ?"));
        [forget, marked(backend, &count, values().chain([now.into()]))]
    };
    all.chunks(spans::SPANS).flat_map(statements).chain(months::packing(backend, days)).collect()
}

/// One row for each that answers for something of the day.
const COUNT: &str = "\
INSERT INTO cleaning_day (toilet_id, due_on, operator_id, person_id, on_time, late, missed, excused, cancelled, \
verified, synced_late, proxy) ";

/// Statement that counts those outcomes for which a condition holds.
fn counting(those: &str) -> String {
    format!("{COUNT}{}", counted(those))
}

/// What the counts of days are, of those outcomes for which a condition holds.
pub(super) fn counted(those: &str) -> String {
    COUNTED.replace("{those}", those)
}

const COUNTED: &str = "\
SELECT toilet_id, due_on, operator_id, person_id, \
SUM(CASE WHEN state = 'doneOnTime' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'doneLate' THEN 1 ELSE 0 END), \
SUM(CASE WHEN state = 'missed' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'excused' THEN 1 ELSE 0 END), \
SUM(CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END), \
SUM(CASE WHEN state = 'doneOnTime' AND verified THEN 1 ELSE 0 END), \
SUM(CASE WHEN state IN ('doneOnTime', 'doneLate') AND synced_late THEN 1 ELSE 0 END), \
SUM(CASE WHEN state IN ('doneOnTime', 'doneLate') AND proxy THEN 1 ELSE 0 END) \
FROM slot_outcome WHERE {those} GROUP BY toilet_id, due_on, operator_id, person_id";

fn written(outcome: &Outcome, revision: i32) -> slot_outcome::ActiveModel {
    let doing = outcome.doing;
    slot_outcome::ActiveModel {
        slot_key: Set(outcome.key.to_string()),
        toilet_id: Set(outcome.key.toilet.0),
        task: Set(outcome.task.as_str().to_owned()),
        due_on: Set(outcome.day()),
        at: Set(outcome.at),
        due_at: Set(outcome.due),
        closes_at: Set(outcome.closes),
        state: Set(outcome.state.as_str().to_owned()),
        cleaning_id: Set(doing.map(|doing| doing.cleaning.to_string())),
        done_at: Set(doing.map(|doing| doing.at)),
        synced_late: Set(doing.is_some_and(|doing| doing.synced_late)),
        verified: Set(doing.is_some_and(|doing| doing.is_verified)),
        proxy: Set(doing.is_some_and(|doing| doing.is_proxy)),
        operator_id: Set(outcome.operator.map(|id| id.0)),
        person_id: Set(outcome.person.map(|id| id.to_string())),
        revision: Set(revision),
    }
}

/// How a slot came out, from its row.
pub(super) fn read(row: &slot_outcome::Model) -> Result<Outcome, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("slot_outcome", &row.slot_key, message);
    let rule = |violation: Violation| corrupt(violation.to_string());
    let doing = match (&row.cleaning_id, row.done_at) {
        (Some(id), Some(at)) => Some(Doing {
            cleaning: id.parse::<Uuid>().map_err(|error| corrupt(error.to_string()))?,
            at,
            synced_late: row.synced_late,
            is_verified: row.verified,
            is_proxy: row.proxy,
        }),
        _ => None,
    };
    Ok(Outcome {
        key: row.slot_key.parse().map_err(rule)?,
        task: row.task.parse().map_err(rule)?,
        at: row.at,
        due: row.due_at,
        closes: row.closes_at,
        state: row.state.parse().map_err(rule)?,
        doing,
        operator: row.operator_id.map(OperatorId),
        person: row.person_id.as_deref().map(person_id).transpose()?,
    })
}
