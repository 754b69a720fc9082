//! What was due and what became of it, counted over many days.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryResult, QuerySelect, Statement};

use super::entity::cleaning;
use super::people::person_id;
use super::{Store, StoreError, cleanings};
use crate::domain::figures::Bucket;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::tally::{DayTally, Tally};

/// Sums over stretches of days, which the database makes: a year has far more days than months.
const SUMS: &str = "\
SELECT toilet_id, MIN(due_on) AS due_on, operator_id, person_id, CAST(SUM(on_time) AS BIGINT) AS on_time, \
CAST(SUM(late) AS BIGINT) AS late, CAST(SUM(missed) AS BIGINT) AS missed, CAST(SUM(excused) AS BIGINT) AS excused, \
CAST(SUM(cancelled) AS BIGINT) AS cancelled, CAST(SUM(verified) AS BIGINT) AS verified, \
CAST(SUM(synced_late) AS BIGINT) AS synced_late, CAST(SUM(proxy) AS BIGINT) AS proxy \
FROM cleaning_day WHERE due_on >= $1 AND due_on <= $2 GROUP BY toilet_id, operator_id, person_id$BY";

impl Store {
    /// What was counted on a span of days, both days in it: a row for each toilet, each that answers for it there, and
    /// each stretch, under a day that lies in it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn tallies(&self, from: NaiveDate, to: NaiveDate, bucket: Bucket) -> Result<Vec<DayTally>, StoreError> {
        let by = match (bucket, self.backend()) {
            (Bucket::Whole, _) => "",
            (Bucket::Day, _) => ", due_on",
            (Bucket::Week, DbBackend::Postgres) => ", date_trunc('week', due_on)",
            (Bucket::Week, _) => ", date(due_on, 'weekday 0', '-6 days')",
            (Bucket::Month, DbBackend::Postgres) => ", date_trunc('month', due_on)",
            (Bucket::Month, _) => ", substr(due_on, 1, 7)",
        };
        let tx = self.read().await?;
        let sql = SUMS.replace("$BY", by);
        let statement = Statement::from_sql_and_values(self.backend(), sql, [from.into(), to.into()]);
        tx.query_all_raw(statement).await?.iter().map(read).collect()
    }

    /// When cleanings were finished that count, within bounds, of each toilet in their order.
    ///
    /// # Errors
    /// What the database says.
    pub async fn finished(
        &self,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<HashMap<ToiletId, Vec<DateTime<Utc>>>, StoreError> {
        let rows = cleanings::in_force(cleaning::Entity::find());
        let rows = rows.filter(cleaning::Column::EffectiveAt.between(from, until)).select_only();
        let rows = rows.columns([cleaning::Column::ToiletId, cleaning::Column::EffectiveAt]);
        let rows: Vec<(i32, DateTime<Utc>)> = rows.into_tuple().all(&self.read().await?).await?;
        let mut finished: HashMap<ToiletId, Vec<DateTime<Utc>>> = HashMap::new();
        for (toilet, at) in rows {
            finished.entry(ToiletId(toilet)).or_default().push(at);
        }
        for own in finished.values_mut() {
            own.sort_unstable();
        }
        Ok(finished)
    }
}

fn read(row: &QueryResult) -> Result<DayTally, StoreError> {
    let count = |column: &str| Ok::<_, StoreError>(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or(0));
    let person: Option<String> = row.try_get("", "person_id")?;
    Ok(DayTally {
        toilet: ToiletId(row.try_get("", "toilet_id")?),
        day: row.try_get("", "due_on")?,
        operator: row.try_get::<Option<i32>>("", "operator_id")?.map(OperatorId),
        person: person.as_deref().map(person_id).transpose()?,
        tally: Tally {
            on_time: count("on_time")?,
            late: count("late")?,
            missed: count("missed")?,
            excused: count("excused")?,
            cancelled: count("cancelled")?,
            verified: count("verified")?,
            synced_late: count("synced_late")?,
            proxy: count("proxy")?,
        },
    })
}
