//! How slots came out, and up to when they are settled.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use uuid::Uuid;

use super::entity::{settlement, slot_outcome};
use super::grounds::places;
use super::people::person_id;
use super::spans::{self, Span};
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::share::Share;
use crate::domain::slot::{Doing, Outcome, Settlement, SlotKey};

/// Rows of one statement: sixteen columns each, well below the 32,766 parameters that SQLite takes.
const ROWS: usize = 500;

impl Store {
    /// Up to `limit` toilets of which a slot has changed by itself by then, in the order of their ids, from behind
    /// `after` on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn toilets_to_settle(
        &self,
        now: DateTime<Utc>,
        after: Option<ToiletId>,
        limit: u64,
    ) -> Result<Vec<ToiletId>, StoreError> {
        let mut due = settlement::Entity::find().filter(settlement::Column::NextAt.lte(now));
        if let Some(after) = after {
            due = due.filter(settlement::Column::ToiletId.gt(after.0));
        }
        let due = due.order_by_asc(settlement::Column::ToiletId).limit(limit).all(&self.reader).await?;
        Ok(due.into_iter().map(|row| ToiletId(row.toilet_id)).collect())
    }

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

    /// The toilets whose cleaning was settled at that instant or later, and how it stands.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settled_since(&self, since: DateTime<Utc>) -> Result<Vec<(ToiletId, Settlement)>, StoreError> {
        let rows = settlement::Entity::find().filter(settlement::Column::SettledAt.gte(since));
        let rows = rows.all(&self.reader).await?;
        Ok(rows.iter().map(|row| (ToiletId(row.toilet_id), read_settlement(row))).collect())
    }

    /// How far the slots of a toilet are settled.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settlement(&self, toilet: ToiletId) -> Result<Option<Settlement>, StoreError> {
        let row = settlement::Entity::find_by_id(toilet.0).one(&self.reader).await?;
        Ok(row.as_ref().map(read_settlement))
    }
}

impl Tx {
    /// How far the slots of those toilets are settled.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settlements(&self, toilets: &[ToiletId]) -> Result<HashMap<ToiletId, Settlement>, StoreError> {
        let rows = settlement::Entity::find().filter(settlement::Column::ToiletId.is_in(toilets.iter().map(|id| id.0)));
        let rows = rows.all(&self.connection).await?;
        Ok(rows.iter().map(|row| (ToiletId(row.toilet_id), read_settlement(row))).collect())
    }

    /// Writes how far they are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_settlements(&self, new: &[(ToiletId, Settlement)]) -> Result<(), StoreError> {
        let changed = [
            settlement::Column::SettledAt,
            settlement::Column::NextAt,
            settlement::Column::LastCleanedAt,
            settlement::Column::NextDueAt,
            settlement::Column::OnTime,
            settlement::Column::Due,
        ];
        for chunk in new.chunks(ROWS) {
            let over = OnConflict::column(settlement::Column::ToiletId).update_columns(changed).to_owned();
            let rows = chunk.iter().map(|(toilet, new)| settlement_row(*toilet, new));
            settlement::Entity::insert_many(rows).on_conflict(over).exec_without_returning(&self.connection).await?;
        }
        for (toilet, new) in new {
            self.mark_settled(*toilet, *new);
        }
        Ok(())
    }

    /// All toilets with settled slots are looked at again as soon as may be: something that concerns many has changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settle_all_soon(&self) -> Result<(), StoreError> {
        let soon = settlement::ActiveModel { next_at: Set(self.author.at), ..Default::default() };
        settlement::Entity::update_many().set(soon).exec(&self.connection).await?;
        Ok(())
    }

    /// What is on record of slots that close in one of those spans, with their revisions.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn outcomes_closing(&self, asked: &[Span]) -> Result<HashMap<SlotKey, (Outcome, i32)>, StoreError> {
        let mut found = HashMap::new();
        for asked in asked.chunks(spans::SPANS) {
            let lies = spans::within(slot_outcome::Column::ToiletId, slot_outcome::Column::ClosesAt, asked);
            for row in slot_outcome::Entity::find().filter(lies).all(&self.connection).await? {
                let outcome = read(&row)?;
                found.insert(outcome.key, (outcome, row.revision));
            }
        }
        Ok(found)
    }

    /// Writes how slots came out, with the revisions that they are at then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_outcomes(&self, outcomes: &[(Outcome, i32)]) -> Result<(), StoreError> {
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
        for chunk in outcomes.chunks(ROWS) {
            let over = OnConflict::column(Column::SlotKey).update_columns(changed).to_owned();
            let rows = chunk.iter().map(|(outcome, revision)| written(outcome, *revision));
            slot_outcome::Entity::insert_many(rows).on_conflict(over).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Takes back what was on record of slots that turned out to be open still.
    ///
    /// # Errors
    /// What the database says.
    pub async fn remove_outcomes(&self, keys: &[SlotKey]) -> Result<(), StoreError> {
        for chunk in keys.chunks(ROWS) {
            let gone = slot_outcome::Column::SlotKey.is_in(chunk.iter().map(ToString::to_string));
            slot_outcome::Entity::delete_many().filter(gone).exec(&self.connection).await?;
        }
        Ok(())
    }

    /// Counts days of toilets anew: the slots that were over at that instant, so that what was done early does not count
    /// before what was not done can.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recount(&self, days: &BTreeSet<(ToiletId, NaiveDate)>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let backend = self.connection.get_database_backend();
        let all: Vec<_> = days.iter().collect();
        for days in all.chunks(spans::SPANS) {
            let of = |place: usize| format!("(toilet_id = ${} AND due_on = ${})", 2 * place + 1, 2 * place + 2);
            let any = (0..days.len()).map(of).collect::<Vec<_>>().join(" OR ");
            let values = || days.iter().flat_map(|(toilet, day)| [sea_orm::Value::from(toilet.0), (*day).into()]);
            let forget = format!("DELETE FROM cleaning_day WHERE {any}");
            self.connection.execute_raw(Statement::from_sql_and_values(backend, forget, values())).await?;
            let count = counting(&format!("({any}) AND closes_at < ${}", 2 * days.len() + 1));
            let values = values().chain([now.into()]);
            self.connection.execute_raw(Statement::from_sql_and_values(backend, count, values)).await?;
        }
        self.pack(days).await
    }

    /// When those toilets (at most 500) were last cleaned, as the evidence has it, and how many of their slots were done
    /// on time, of those that counted from a day on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recent(
        &self,
        toilets: &[ToiletId],
        day: NaiveDate,
    ) -> Result<HashMap<ToiletId, (Option<DateTime<Utc>>, Share)>, StoreError> {
        let backend = self.connection.get_database_backend();
        let sql = RECENT.replace("{toilets}", &places(2, toilets.len()));
        let values = std::iter::once(day.into()).chain(toilets.iter().map(|id| id.0.into()));
        let rows = self.connection.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        let read = |row: &sea_orm::QueryResult| {
            let count = |column: &str| Ok::<_, StoreError>(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or(0));
            let share = Share { numerator: count("on_time")?, denominator: count("due")? };
            Ok((ToiletId(row.try_get("", "id")?), (row.try_get("", "last")?, share)))
        };
        rows.iter().map(read).collect()
    }
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

/// The last record in force is found by its index, toilet by toilet.
const RECENT: &str = "\
SELECT t.id, (SELECT c.effective_at FROM cleaning c WHERE c.toilet_id = t.id \
AND (c.correction IS NULL OR c.correction <> 'voids') \
AND NOT EXISTS (SELECT 1 FROM cleaning later WHERE later.corrects = c.id) ORDER BY c.effective_at DESC LIMIT 1) AS last, \
(SELECT CAST(COALESCE(SUM(d.on_time), 0) AS BIGINT) FROM cleaning_day d WHERE d.toilet_id = t.id AND d.due_on >= $1) \
AS on_time, (SELECT CAST(COALESCE(SUM(d.on_time + d.late + d.missed), 0) AS BIGINT) FROM cleaning_day d \
WHERE d.toilet_id = t.id AND d.due_on >= $1) AS due FROM toilet t WHERE t.id IN ({toilets})";

fn settlement_row(toilet: ToiletId, new: &Settlement) -> settlement::ActiveModel {
    let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    settlement::ActiveModel {
        toilet_id: Set(toilet.0),
        settled_at: Set(new.settled_at),
        next_at: Set(new.next_at),
        last_cleaned_at: Set(new.last_cleaned_at),
        next_due_at: Set(new.next_due_at),
        on_time: Set(count(new.on_time.numerator)),
        due: Set(count(new.on_time.denominator)),
    }
}

fn read_settlement(row: &settlement::Model) -> Settlement {
    let count = |number: i32| u64::try_from(number).unwrap_or(0);
    Settlement {
        settled_at: row.settled_at,
        next_at: row.next_at,
        last_cleaned_at: row.last_cleaned_at,
        next_due_at: row.next_due_at,
        on_time: Share { numerator: count(row.on_time), denominator: count(row.due) },
    }
}

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
