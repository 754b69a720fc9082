//! What was due and what became of it, counted over many days.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, Statement, TryGetable, Value,
};

use super::entity::cleaning;
use super::grounds::places;
use super::{Store, StoreError, cleanings, months};
use crate::domain::figures::Bucket;
use crate::domain::id::ToiletId;
use crate::domain::tally::{DayTally, Tally};

impl Store {
    /// What was counted on a span of days, both days in it: of each toilet and each that answers for it there, stretch by
    /// stretch (at most a month together), under a day that lies in it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn tallies(&self, from: NaiveDate, to: NaiveDate, bucket: Bucket) -> Result<Vec<DayTally>, StoreError> {
        let mut counted: Vec<DayTally> = Vec::new();
        for row in months::between(&self.read().await?, from, to).await? {
            let mut stretch = None;
            for day in months::read(&row)?.into_iter().filter(|one| (from..=to).contains(&one.day)) {
                let first = bucket.first(day.day, from);
                match counted.last_mut() {
                    Some(last) if stretch == Some(first) => last.tally += day.tally,
                    _ => counted.push(day),
                }
                stretch = Some(first);
            }
        }
        Ok(counted)
    }

    /// What was due at those toilets (at most 1,000) on a span of days, both days in it, and was over at that instant: how
    /// much of it was on time, late and missed, by the day and the hour of the local time at which it was due.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn hours(
        &self,
        toilets: &[ToiletId],
        (from, to): (NaiveDate, NaiveDate),
        now: DateTime<Utc>,
    ) -> Result<Vec<(NaiveDate, u8, Tally)>, StoreError> {
        let tx = self.read().await?;
        let sql = HOURS.replace("{toilets}", &places(4, toilets.len()));
        let values = [Value::from(from), to.into(), now.into()].into_iter();
        let values = values.chain(toilets.iter().map(|id| id.0.into()));
        let rows = tx.query_all_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
        rows.iter().map(read_hour).collect()
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

/// The last four characters of a key are the local time at which its slot is due, whatever the clock showed then.
const HOURS: &str = "\
SELECT due_on, substr(slot_key, length(slot_key) - 3, 2) AS hour, \
SUM(CASE WHEN state = 'doneOnTime' THEN 1 ELSE 0 END) AS on_time, \
SUM(CASE WHEN state = 'doneLate' THEN 1 ELSE 0 END) AS late, \
SUM(CASE WHEN state = 'missed' THEN 1 ELSE 0 END) AS missed \
FROM slot_outcome WHERE due_on BETWEEN $1 AND $2 AND closes_at < $3 AND toilet_id IN ({toilets}) \
GROUP BY due_on, substr(slot_key, length(slot_key) - 3, 2)";

fn read_hour(row: &QueryResult) -> Result<(NaiveDate, u8, Tally), StoreError> {
    fn column<T: TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
        Ok(row.try_get("", name)?)
    }
    let count = |name: &str| Ok::<_, StoreError>(u64::try_from(column::<i64>(row, name)?).unwrap_or(0));
    let (day, hour): (NaiveDate, String) = (column(row, "due_on")?, column(row, "hour")?);
    let read = hour.parse().ok().filter(|hour| *hour < 24);
    let hour = read.ok_or_else(|| StoreError::corrupt("slot_outcome", day, format!("“{hour}” is no hour")))?;
    let (on_time, late, missed) = (count("on_time")?, count("late")?, count("missed")?);
    Ok((day, hour, Tally { on_time, late, missed, ..Tally::default() }))
}
