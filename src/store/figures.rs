//! What was due and what became of it, counted over many days.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::people::person_id;
use super::{Store, StoreError};
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::tally::{DayTally, Tally};

/// Sums over days, and days one by one: the columns are the same.
const SUMS: &str = "\
SELECT toilet_id, $DAY AS due_on, operator_id, person_id, CAST(SUM(on_time) AS BIGINT) AS on_time, \
CAST(SUM(late) AS BIGINT) AS late, CAST(SUM(missed) AS BIGINT) AS missed, CAST(SUM(excused) AS BIGINT) AS excused, \
CAST(SUM(cancelled) AS BIGINT) AS cancelled, CAST(SUM(verified) AS BIGINT) AS verified, \
CAST(SUM(synced_late) AS BIGINT) AS synced_late, CAST(SUM(proxy) AS BIGINT) AS proxy \
FROM cleaning_day WHERE due_on >= $1 AND due_on <= $2 GROUP BY toilet_id, operator_id, person_id$BY";

impl Store {
    /// What was counted on a span of days, both days in it: a row for each toilet and each that answers for it there.
    /// The day of a row is its own where `daily`, else the first of the span.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn tallies(&self, from: NaiveDate, to: NaiveDate, daily: bool) -> Result<Vec<DayTally>, StoreError> {
        let (day, by) = if daily { ("due_on", ", due_on") } else { ("MIN(due_on)", "") };
        let sql = SUMS.replace("$DAY", day).replace("$BY", by);
        let tx = self.read().await?;
        let statement = Statement::from_sql_and_values(self.backend(), sql, [from.into(), to.into()]);
        tx.query_all_raw(statement).await?.iter().map(read).collect()
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
