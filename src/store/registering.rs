//! Writing toilets: many rows to a statement, since a file brings thousands of them.

use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};

use super::entity::{outage, toilet};
use super::{StoreError, Tx, areas, rows};
use crate::domain::Draft;
use crate::domain::attested::Attested;
use crate::domain::id::{AreaId, SourceId, ToiletId};
use crate::domain::outage::{NewOutage, OutageState};
use crate::domain::statement::Statement;
use crate::domain::text::Name;
use crate::domain::toilet::Lifecycle;

/// A toilet has 49 columns; 500 rows stay below the 32,766 parameters that SQLite takes in one statement.
pub const ROWS: usize = 500;

/// The key of the advisory lock under which toilets are made: "toilet" in ASCII.
const CREATION_LOCK: i64 = 0x74_6f_69_6c_65_74;

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
            attested: rows::attested_column(&Attested::default()),
            revision: Set(1),
            created_at: Set(self.author.at),
            updated_at: Set(self.author.at),
            ..rows::toilet_columns(&statement.draft, *area)
        });
        let made = toilet::Entity::insert_many(rows).exec_with_returning(&self.connection).await?;
        Ok(made.into_iter().filter_map(|row| Some((row.source_key?, ToiletId(row.id)))).collect())
    }

    /// Makes a toilet that no source states; answers its id, which is never used again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_toilet(
        &self,
        draft: &Draft,
        area: Option<AreaId>,
        attested: &Attested,
    ) -> Result<ToiletId, StoreError> {
        let row = toilet::ActiveModel {
            attested: rows::attested_column(attested),
            revision: Set(1),
            created_at: Set(self.author.at),
            updated_at: Set(self.author.at),
            ..rows::toilet_columns(draft, area.map(|id| id.0))
        };
        Ok(ToiletId(row.insert(&self.connection).await?.id))
    }

    /// Writes a toilet's facts if it still stands at `revision`; answers whether it did.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_toilet(
        &self,
        id: ToiletId,
        revision: i32,
        draft: &Draft,
        area: Option<AreaId>,
        attested: &Attested,
    ) -> Result<bool, StoreError> {
        let row = toilet::ActiveModel {
            attested: rows::attested_column(attested),
            revision: Set(revision + 1),
            updated_at: Set(self.author.at),
            ..rows::toilet_columns(draft, area.map(|id| id.0))
        };
        let done = toilet::Entity::update_many()
            .set(row)
            .filter(toilet::Column::Id.eq(id.0))
            .filter(toilet::Column::Revision.eq(revision))
            .exec(&self.connection)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// The toilets in use whose latitude lies in that range, in degrees, and those of that name that have no position:
    /// what may be the one that somebody wants to add.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn toilets_near(
        &self,
        south: f64,
        north: f64,
        name: &Name,
    ) -> Result<Vec<(ToiletId, Draft)>, StoreError> {
        let unplaced = toilet::Column::Latitude.is_null().and(toilet::Column::Name.eq(name.as_str()));
        self.in_use(toilet::Column::Latitude.between(south, north).or(unplaced)).await
    }

    /// The toilets in use of that name.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn toilets_named(&self, name: &Name) -> Result<Vec<(ToiletId, Draft)>, StoreError> {
        self.in_use(toilet::Column::Name.eq(name.as_str())).await
    }

    async fn in_use(&self, that: SimpleExpr) -> Result<Vec<(ToiletId, Draft)>, StoreError> {
        let rows = toilet::Entity::find()
            .filter(that)
            .filter(toilet::Column::Lifecycle.ne(Lifecycle::Retired.as_str()))
            .order_by_asc(toilet::Column::Id)
            .all(&self.connection)
            .await?;
        let areas = areas::refs(&self.connection, rows.iter().filter_map(|row| row.area_id).collect()).await?;
        let memo = rows::Memo::default();
        let read = |row: &toilet::Model| {
            let mut draft = rows::draft(row, Some(&memo))?;
            draft.area = row.area_id.and_then(|id| areas.get(&id)).map(|area| area.code.clone());
            Ok((ToiletId(row.id), draft))
        };
        rows.iter().map(read).collect()
    }

    /// Those who make toilets take turns, each until its commit, so that of two who make the same one at once the second
    /// sees the other's.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_turn_to_create(&self) -> Result<(), StoreError> {
        // On SQLite all writers take turns anyway.
        if self.connection.get_database_backend() == DbBackend::Postgres {
            let turn = format!("SELECT pg_advisory_xact_lock({CREATION_LOCK})");
            self.connection.execute_unprepared(&turn).await?;
        }
        Ok(())
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
                expected_at: Set(None),
                note: Set(new.note.as_ref().map(ToString::to_string)),
                state: Set(OutageState::Confirmed.as_str().to_owned()),
                person_id: Set(None),
                source_id: Set(Some(source.0)),
            })
        });
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(ROWS) {
            outage::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }
}
