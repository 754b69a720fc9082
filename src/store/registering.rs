//! Writing toilets: many rows to a statement, since a file brings thousands of them.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::{grade, outage, tenure, toilet};
use super::{StoreError, Tx, rows};
use crate::domain::grade::NewGrade;
use crate::domain::id::{OperatorId, SourceId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::outage::NewOutage;
use crate::domain::statement::Statement;
use crate::domain::toilet::Lifecycle;

/// A toilet has 45 columns; 500 rows stay below the 32,766 parameters that SQLite takes in one statement.
pub const ROWS: usize = 500;

impl Tx {
    /// Makes the toilets that a source states (at most [`ROWS`]), each with the area id that belongs to its code;
    /// answers their ids by key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a key of the source has a toilet already.
    pub async fn create_toilets(
        &self,
        source: SourceId,
        new: &[(&Statement, Option<i32>)],
    ) -> Result<HashMap<String, ToiletId>, StoreError> {
        if new.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = new.iter().map(|(statement, area)| toilet::ActiveModel {
            source_id: Set(Some(source.0)),
            source_key: Set(Some(statement.key.clone())),
            revision: Set(1),
            created_at: Set(self.author.at),
            updated_at: Set(self.author.at),
            ..rows::toilet_columns(&statement.draft, *area)
        });
        let made = toilet::Entity::insert_many(rows).exec_with_returning(&self.connection).await?;
        Ok(made.into_iter().filter_map(|row| Some((row.source_key?, ToiletId(row.id)))).collect())
    }

    /// Writes a toilet's facts if it still stands at `revision`; answers whether it did.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_toilet(
        &self,
        id: ToiletId,
        revision: i32,
        statement: &Statement,
        area: Option<i32>,
    ) -> Result<bool, StoreError> {
        let row = toilet::ActiveModel {
            revision: Set(revision + 1),
            updated_at: Set(self.author.at),
            ..rows::toilet_columns(&statement.draft, area)
        };
        let done = toilet::Entity::update_many()
            .set(row)
            .filter(toilet::Column::Id.eq(id.0))
            .filter(toilet::Column::Revision.eq(revision))
            .exec(&self.connection)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Takes toilets (at most [`ROWS`]) out of use; answers those that were in use, with the revision they have now and
    /// the lifecycle they had.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn retire_toilets(&self, ids: &[ToiletId]) -> Result<Vec<(ToiletId, i32, Lifecycle)>, StoreError> {
        let retired = Lifecycle::Retired.as_str();
        let in_use = toilet::Column::Id.is_in(ids.iter().map(|id| id.0)).and(toilet::Column::Lifecycle.ne(retired));
        let rows = toilet::Entity::find().filter(in_use.clone()).all(&self.connection).await?;
        toilet::Entity::update_many()
            .col_expr(toilet::Column::Lifecycle, Expr::value(retired))
            .col_expr(toilet::Column::Revision, Expr::col(toilet::Column::Revision).add(1))
            .col_expr(toilet::Column::UpdatedAt, Expr::value(self.author.at))
            .filter(in_use)
            .exec(&self.connection)
            .await?;
        let read = |row: toilet::Model| {
            let corrupt = |violation| StoreError::corrupt("toilet", row.id, violation);
            Ok((ToiletId(row.id), row.revision + 1, row.lifecycle.parse().map_err(corrupt)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Gives toilets the grades that a source states, in the place of those it gave before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_grades(&self, source: SourceId, given: &[(ToiletId, &[NewGrade])]) -> Result<(), StoreError> {
        grade::Entity::delete_many()
            .filter(grade::Column::SourceId.eq(source.0))
            .filter(grade::Column::ToiletId.is_in(given.iter().map(|(id, _)| id.0)))
            .exec(&self.connection)
            .await?;
        let rows = given.iter().flat_map(|(id, grades)| {
            grades.iter().map(|new| grade::ActiveModel {
                id: NotSet,
                toilet_id: Set(id.0),
                standard: Set(new.standard().as_str().to_owned()),
                grade: Set(new.grade().as_str().to_owned()),
                assessed_on: Set(new.assessed_on),
                valid_to: Set(new.valid_to),
                revoked_on: Set(new.revoked_on),
                certificate: Set(new.certificate.as_ref().map(ToString::to_string)),
                source_id: Set(Some(source.0)),
            })
        });
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(ROWS) {
            grade::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Gives toilets the closures that a source states, in the place of those it gave before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_outages(&self, source: SourceId, given: &[(ToiletId, &[NewOutage])]) -> Result<(), StoreError> {
        outage::Entity::delete_many()
            .filter(outage::Column::SourceId.eq(source.0))
            .filter(outage::Column::ToiletId.is_in(given.iter().map(|(id, _)| id.0)))
            .exec(&self.connection)
            .await?;
        let rows = given.iter().flat_map(|(id, outages)| {
            outages.iter().map(|new| outage::ActiveModel {
                id: NotSet,
                toilet_id: Set(id.0),
                reason: Set(new.reason.as_str().to_owned()),
                from_at: Set(new.span.from()),
                until_at: Set(new.span.until()),
                note: Set(new.note.as_ref().map(ToString::to_string)),
                source_id: Set(Some(source.0)),
            })
        });
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(ROWS) {
            outage::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Ties bodies to new toilets as a source states it, without a first day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_tenures(
        &self,
        source: SourceId,
        given: &[(ToiletId, Vec<(OperatorRole, OperatorId)>)],
    ) -> Result<(), StoreError> {
        let rows = given.iter().flat_map(|(id, ties)| ties.iter().map(|tie| tenure_row(source, *id, *tie, None)));
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
            tenure_row(source, toilet, *tie, Some(today)).insert(&self.connection).await?;
        }
        Ok(())
    }
}

fn tenure_row(
    source: SourceId,
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
        source_id: Set(Some(source.0)),
    }
}
