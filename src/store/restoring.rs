//! Putting records back that were taken away: with their ids, and with the days of their bodies.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelBehavior, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

use super::entity::{outage, tenure, toilet};
use super::{ROWS, StoreError, Tx, rows};
use crate::domain::attested::Attested;
use crate::domain::id::{AreaId, OperatorId, SourceId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::period::Days;
use crate::domain::record::{Closure, Record};

/// A record to put back.
#[derive(Debug, Clone, Copy)]
pub struct Restored<'a> {
    /// What it says.
    pub record: &'a Record,
    /// The id it is to have; without one it gets the next.
    pub id: Option<ToiletId>,
    /// The area of its code.
    pub area: Option<AreaId>,
}

/// A body's tie to a toilet, with its days.
pub type DatedTie = (OperatorRole, OperatorId, Days);

impl Tx {
    /// Those of the ids (at most [`ROWS`]) that toilets have already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn taken_ids(&self, ids: &[ToiletId]) -> Result<HashSet<ToiletId>, StoreError> {
        let found = toilet::Entity::find()
            .filter(toilet::Column::Id.is_in(ids.iter().map(|id| id.0)))
            .select_only()
            .column(toilet::Column::Id)
            .into_tuple::<i32>()
            .all(&self.connection)
            .await?;
        Ok(found.into_iter().map(ToiletId).collect())
    }

    /// Makes the toilets of records (at most [`ROWS`]) of one source, without grades, closures and bodies; answers
    /// their ids by key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a key of the source has a toilet already, and what the database says of an id that
    /// is taken.
    pub async fn restore_toilets(
        &self,
        source: SourceId,
        restored: &[Restored<'_>],
    ) -> Result<HashMap<String, ToiletId>, StoreError> {
        let (with, without): (Vec<&Restored<'_>>, Vec<_>) = restored.iter().partition(|one| one.id.is_some());
        let mut made = HashMap::new();
        for some in [with, without] {
            if some.is_empty() {
                continue;
            }
            let rows = some.iter().map(|one| toilet::ActiveModel {
                id: one.id.map_or(NotSet, |id| Set(id.0)),
                source_id: Set(Some(source.0)),
                source_key: Set(Some(one.record.origin.key.clone())),
                attested: rows::attested_column(&Attested::default()),
                revision: Set(1),
                created_at: Set(self.author.at),
                updated_at: Set(self.author.at),
                ..rows::toilet_columns(&one.record.fact, one.area.map(|id| id.0))
            });
            let rows = toilet::Entity::insert_many(rows).exec_with_returning(&self.connection).await?;
            made.extend(rows.into_iter().filter_map(|row| Some((row.source_key?, ToiletId(row.id)))));
            // Before any gets the next id, which must not be one that came with a record.
            self.count_on().await?;
        }
        Ok(made)
    }

    /// Ties bodies to new toilets, each with its days.
    ///
    /// # Errors
    /// What the database says.
    pub async fn restore_tenures(
        &self,
        source: SourceId,
        given: &[(ToiletId, Vec<DatedTie>)],
    ) -> Result<(), StoreError> {
        let rows = given.iter().flat_map(|(toilet, ties)| {
            ties.iter().map(|(role, operator, days)| tenure::ActiveModel {
                toilet_id: Set(toilet.0),
                operator_id: Set(operator.0),
                role: Set(role.as_str().to_owned()),
                valid_from: Set(days.from()),
                valid_to: Set(days.to()),
                source_id: Set(Some(source.0)),
                ..tenure::ActiveModel::new()
            })
        });
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(ROWS) {
            tenure::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Gives new toilets their closures, each with what is thought of it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn restore_outages(&self, source: SourceId, given: &[(ToiletId, &[Closure])]) -> Result<(), StoreError> {
        let rows = given.iter().flat_map(|(toilet, closures)| {
            closures.iter().map(|closure| outage::ActiveModel {
                toilet_id: Set(toilet.0),
                reason: Set(closure.fact.reason.as_str().to_owned()),
                from_at: Set(closure.fact.span.from()),
                until_at: Set(closure.fact.span.until()),
                note: Set(closure.fact.note.as_ref().map(ToString::to_string)),
                expected_at: Set(closure.expected_until),
                state: Set(closure.state.as_str().to_owned()),
                source_id: Set(Some(source.0)),
                ..outage::ActiveModel::new()
            })
        });
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(ROWS) {
            outage::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Lets the database count on above every id there is; SQLite does so by itself. Never back: another transaction
    /// may hold an id that is not to be seen yet.
    async fn count_on(&self) -> Result<(), StoreError> {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            let sequence = "pg_get_serial_sequence('toilet', 'id')";
            let highest = format!(
                "GREATEST((SELECT MAX(id) FROM toilet), COALESCE(pg_sequence_last_value({sequence}::regclass), 1))"
            );
            self.connection.execute_unprepared(&format!("SELECT setval({sequence}, {highest})")).await?;
        }
        Ok(())
    }
}
