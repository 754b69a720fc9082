//! How slots came out, and up to when they are settled.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use uuid::Uuid;

use super::entity::{cleaning, settlement, slot_outcome};
use super::people::person_id;
use super::{Store, StoreError, Tx, cleanings};
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
    /// How far the slots of a toilet are settled.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settlement(&self, toilet: ToiletId) -> Result<Option<Settlement>, StoreError> {
        let row = settlement::Entity::find_by_id(toilet.0).one(&self.connection).await?;
        Ok(row.as_ref().map(read_settlement))
    }

    /// When a toilet was last cleaned, as the evidence has it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_cleaned(&self, toilet: ToiletId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let rows = cleanings::in_force(cleaning::Entity::find()).filter(cleaning::Column::ToiletId.eq(toilet.0));
        let rows = rows.select_only().column(cleaning::Column::EffectiveAt);
        let last = rows.order_by_desc(cleaning::Column::EffectiveAt).limit(1).into_tuple();
        Ok(last.one(&self.connection).await?)
    }

    /// Writes how far they are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_settlement(&self, toilet: ToiletId, new: &Settlement) -> Result<(), StoreError> {
        let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let row = settlement::ActiveModel {
            toilet_id: Set(toilet.0),
            settled_at: Set(new.settled_at),
            next_at: Set(new.next_at),
            last_cleaned_at: Set(new.last_cleaned_at),
            next_due_at: Set(new.next_due_at),
            on_time: Set(count(new.on_time.numerator)),
            due: Set(count(new.on_time.denominator)),
        };
        let changed = [
            settlement::Column::SettledAt,
            settlement::Column::NextAt,
            settlement::Column::LastCleanedAt,
            settlement::Column::NextDueAt,
            settlement::Column::OnTime,
            settlement::Column::Due,
        ];
        let over = OnConflict::column(settlement::Column::ToiletId).update_columns(changed).to_owned();
        settlement::Entity::insert(row).on_conflict(over).exec_without_returning(&self.connection).await?;
        self.mark_settled(toilet, *new);
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

    /// What is on record of slots of a toilet that close in a span, both ends in it, with their revisions.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn outcomes_closing(
        &self,
        toilet: ToiletId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<(Outcome, i32)>, StoreError> {
        let rows = slot_outcome::Entity::find().filter(slot_outcome::Column::ToiletId.eq(toilet.0));
        let rows = rows.filter(slot_outcome::Column::ClosesAt.between(from, to)).all(&self.connection).await?;
        rows.iter().map(|row| Ok((read(row)?, row.revision))).collect()
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

    /// Counts the days of a toilet anew: the slots that were over at that instant, so that what was done early does not
    /// count before what was not done can.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recount(
        &self,
        toilet: ToiletId,
        days: &BTreeSet<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let backend = self.connection.get_database_backend();
        for day in days {
            let of_day: [sea_orm::Value; 2] = [toilet.0.into(), (*day).into()];
            self.connection.execute_raw(Statement::from_sql_and_values(backend, FORGET, of_day)).await?;
            let over: [sea_orm::Value; 3] = [toilet.0.into(), (*day).into(), now.into()];
            self.connection.execute_raw(Statement::from_sql_and_values(backend, COUNT, over)).await?;
        }
        Ok(())
    }

    /// The slots of a toilet done on time, of those that counted, from a day on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn on_time_since(&self, toilet: ToiletId, day: NaiveDate) -> Result<Share, StoreError> {
        let backend = self.connection.get_database_backend();
        let values: [sea_orm::Value; 2] = [toilet.0.into(), day.into()];
        let row = self.connection.query_one_raw(Statement::from_sql_and_values(backend, RECENT, values)).await?;
        let Some(row) = row else { return Ok(Share::default()) };
        let count = |column: &str| Ok::<_, StoreError>(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or(0));
        Ok(Share { numerator: count("on_time")?, denominator: count("due")? })
    }
}

const FORGET: &str = "DELETE FROM cleaning_day WHERE toilet_id = $1 AND due_on = $2";

/// One row for each that answers for something of the day.
pub(super) const COUNT: &str = "\
INSERT INTO cleaning_day (toilet_id, due_on, operator_id, person_id, on_time, late, missed, excused, cancelled, \
verified, synced_late, proxy) \
SELECT toilet_id, due_on, operator_id, person_id, \
SUM(CASE WHEN state = 'doneOnTime' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'doneLate' THEN 1 ELSE 0 END), \
SUM(CASE WHEN state = 'missed' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'excused' THEN 1 ELSE 0 END), \
SUM(CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END), \
SUM(CASE WHEN state = 'doneOnTime' AND verified THEN 1 ELSE 0 END), \
SUM(CASE WHEN state IN ('doneOnTime', 'doneLate') AND synced_late THEN 1 ELSE 0 END), \
SUM(CASE WHEN state IN ('doneOnTime', 'doneLate') AND proxy THEN 1 ELSE 0 END) \
FROM slot_outcome WHERE toilet_id = $1 AND due_on = $2 AND closes_at < $3 GROUP BY toilet_id, due_on, operator_id, person_id";

const RECENT: &str = "\
SELECT CAST(COALESCE(SUM(on_time), 0) AS BIGINT) AS on_time, \
CAST(COALESCE(SUM(on_time + late + missed), 0) AS BIGINT) AS due \
FROM cleaning_day WHERE toilet_id = $1 AND due_on >= $2";

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
