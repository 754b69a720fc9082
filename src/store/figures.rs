//! What was due and what became of it, counted over many days.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity::cleaning;
use super::{Store, StoreError, cleanings, months};
use crate::domain::figures::Bucket;
use crate::domain::id::ToiletId;
use crate::domain::tally::DayTally;

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
