//! Ties of bodies to toilets: who owns, runs and rates them, from when to when.

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::tenure;
use super::registering::ROWS;
use super::{Store, StoreError, Tx};
use crate::domain::id::{OperatorId, SourceId, TenureId, ToiletId};
use crate::domain::operator::OperatorRole;

impl Store {
    /// Up to `limit` toilets that a body runs, ran or will run, in the order of their ids.
    ///
    /// # Errors
    /// What the database says.
    pub async fn toilets_run_by(&self, operator: OperatorId, limit: u64) -> Result<Vec<ToiletId>, StoreError> {
        let rows = tenure::Entity::find().filter(tenure::Column::OperatorId.eq(operator.0));
        let rows = rows.filter(tenure::Column::Role.eq(OperatorRole::Operating.as_str()));
        let rows = rows.select_only().column(tenure::Column::ToiletId).distinct();
        let rows = rows.order_by_asc(tenure::Column::ToiletId).limit(limit);
        let ids: Vec<i32> = rows.into_tuple().all(&self.reader).await?;
        Ok(ids.into_iter().map(ToiletId).collect())
    }
}

impl Tx {
    /// Ties bodies to new toilets as a source states it, without a first day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_tenures(
        &self,
        source: SourceId,
        given: &[(ToiletId, Vec<(OperatorRole, OperatorId)>)],
    ) -> Result<(), StoreError> {
        let rows = given.iter().flat_map(|(id, ties)| ties.iter().map(|tie| tenure_row(Some(source), *id, *tie, None)));
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(ROWS) {
            tenure::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Brings the ties that a source gave a toilet to what it states now. One that it no longer states ends the day
    /// before `today`; a new one begins today; the others go on untouched, since figures belong to whoever ran a
    /// toilet at the time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn change_tenures(
        &self,
        source: SourceId,
        toilet: ToiletId,
        wanted: &[(OperatorRole, OperatorId)],
        today: NaiveDate,
    ) -> Result<(), StoreError> {
        let standing = tenure::Entity::find()
            .filter(tenure::Column::SourceId.eq(source.0))
            .filter(tenure::Column::ToiletId.eq(toilet.0))
            .filter(tenure::Column::ValidTo.is_null())
            .all(&self.connection)
            .await?;
        let is_wanted = |row: &tenure::Model| {
            wanted.iter().any(|(role, operator)| row.role == role.as_str() && row.operator_id == operator.0)
        };
        for row in standing.iter().filter(|row| !is_wanted(row)) {
            if row.valid_from.is_some_and(|from| from >= today) {
                // What began only today never held.
                tenure::Entity::delete_by_id(row.id).exec(&self.connection).await?;
            } else {
                let ended = tenure::ActiveModel {
                    id: Unchanged(row.id),
                    valid_to: Set(today.pred_opt()),
                    ..Default::default()
                };
                ended.update(&self.connection).await?;
            }
        }
        let is_standing = |role: OperatorRole, operator: OperatorId| {
            standing.iter().any(|row| row.role == role.as_str() && row.operator_id == operator.0)
        };
        for tie in wanted.iter().filter(|(role, operator)| !is_standing(*role, *operator)) {
            tenure_row(Some(source), toilet, *tie, Some(today)).insert(&self.connection).await?;
        }
        Ok(())
    }

    /// Ties a body to a toilet from that day on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_tenure(
        &self,
        toilet: ToiletId,
        role: OperatorRole,
        operator: OperatorId,
        from: Option<NaiveDate>,
    ) -> Result<(), StoreError> {
        tenure_row(None, toilet, (role, operator), from).insert(&self.connection).await?;
        Ok(())
    }

    /// Ends a tie with that day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_tenure(&self, id: TenureId, last: NaiveDate) -> Result<(), StoreError> {
        let ended = tenure::ActiveModel { id: Unchanged(id.0), valid_to: Set(Some(last)), ..Default::default() };
        ended.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back a tie that never held.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_tenure(&self, id: TenureId) -> Result<(), StoreError> {
        tenure::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }
}

fn tenure_row(
    source: Option<SourceId>,
    toilet: ToiletId,
    (role, operator): (OperatorRole, OperatorId),
    from: Option<NaiveDate>,
) -> tenure::ActiveModel {
    tenure::ActiveModel {
        id: NotSet,
        toilet_id: Set(toilet.0),
        operator_id: Set(operator.0),
        role: Set(role.as_str().to_owned()),
        valid_from: Set(from),
        valid_to: Set(None),
        source_id: Set(source.map(|id| id.0)),
    }
}
