//! Up to when the slots of toilets are settled, and what the public is told of their cleaning.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait, Statement, Value,
};

use super::entity::settlement;
use super::together::{marked, marks, padded};
use super::{Store, StoreError, Tx};
use crate::domain::id::ToiletId;
use crate::domain::share::Share;
use crate::domain::slot::Settlement;

/// When a toilet was last cleaned, and how many of its slots were done on time of those that counted.
pub type Recent = (Option<DateTime<Utc>>, Share);

/// Rows of one statement.
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
    /// Writes how far the slots of toilets are settled.
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
}

/// Asks how far the slots of those toilets are settled.
pub(super) fn asking(backend: DbBackend, toilets: &[i32]) -> Statement {
    let rows = settlement::Entity::find().filter(settlement::Column::ToiletId.is_in(toilets.iter().copied()));
    backend.build(&rows.into_query())
}

/// It.
pub(super) fn found(rows: &[QueryResult]) -> Result<HashMap<ToiletId, Settlement>, StoreError> {
    let settled = |row: &QueryResult| {
        let row = settlement::Model::from_query_result(row, "")?;
        Ok((ToiletId(row.toilet_id), read_settlement(&row)))
    };
    rows.iter().map(settled).collect()
}

/// Asks when toilets were last cleaned, as the evidence has it, and how many of their slots were done on time, of those
/// that counted from a day on.
pub(super) fn recent(backend: DbBackend, since: &BTreeMap<NaiveDate, Vec<ToiletId>>) -> Vec<Statement> {
    let question = |(day, toilets): (&NaiveDate, &Vec<ToiletId>)| {
        let toilets = padded(toilets);
        let values = [Value::from(*day), Value::from(*day)].into_iter().chain(toilets.iter().map(|id| id.0.into()));
        marked(backend, &RECENT.replace("{toilets}", &marks(toilets.len())), values)
    };
    since.iter().map(question).collect()
}

/// It.
pub(super) fn read_recent(rows: &[QueryResult]) -> Result<HashMap<ToiletId, Recent>, StoreError> {
    let read = |row: &QueryResult| {
        let count = |column: &str| Ok::<_, StoreError>(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or(0));
        let share = Share { numerator: count("on_time")?, denominator: count("due")? };
        Ok((ToiletId(row.try_get("", "id")?), (row.try_get("", "last")?, share)))
    };
    rows.iter().map(read).collect()
}

/// The last record in force is found by its index, toilet by toilet.
const RECENT: &str = "\
SELECT t.id, (SELECT c.effective_at FROM cleaning c WHERE c.toilet_id = t.id \
AND (c.correction IS NULL OR c.correction <> 'voids') \
AND NOT EXISTS (SELECT 1 FROM cleaning later WHERE later.corrects = c.id) ORDER BY c.effective_at DESC LIMIT 1) AS last, \
(SELECT CAST(COALESCE(SUM(d.on_time), 0) AS BIGINT) FROM cleaning_day d WHERE d.toilet_id = t.id AND d.due_on >= ?) \
AS on_time, (SELECT CAST(COALESCE(SUM(d.on_time + d.late + d.missed), 0) AS BIGINT) FROM cleaning_day d \
WHERE d.toilet_id = t.id AND d.due_on >= ?) AS due FROM toilet t WHERE t.id IN ({toilets})";

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
