//! What sources said, and what they say now: the reading side of an import.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{imported, operator, toilet};
use super::toilets::Parts;
use super::{StoreError, Tx, rows};
use crate::domain::area::AreaCode;
use crate::domain::draft::Fields;
use crate::domain::grade::NewGrade;
use crate::domain::id::{SourceId, ToiletId};
use crate::domain::outage::NewOutage;
use crate::domain::statement::{NamedOperator, Statement};
use crate::domain::text::Text;

/// What a source said last about one of its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The toilet it is about.
    pub toilet: ToiletId,
    /// Its fields as the source stated them.
    pub fields: Fields,
    /// Whether the key was in the source's last complete list.
    pub present: bool,
}

/// What stands here of a toilet that a source speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The draft as it stands, with only those grades, closures and bodies that this source gave.
    pub statement: Statement,
    /// The toilet's revision.
    pub revision: i32,
}

impl Tx {
    /// What the source said last about those keys (at most 500).
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn imported(&self, source: SourceId, keys: &[String]) -> Result<HashMap<String, Imported>, StoreError> {
        let rows = imported::Entity::find()
            .filter(imported::Column::SourceId.eq(source.0))
            .filter(imported::Column::Key.is_in(keys.iter().map(String::as_str)))
            .all(&self.connection)
            .await?;
        let read = |row: imported::Model| {
            let fields = serde_json::from_str(&row.fields).map_err(|e| StoreError::corrupt("imported", &row.key, e))?;
            Ok((row.key, Imported { toilet: ToiletId(row.toilet_id), fields, present: row.present }))
        };
        rows.into_iter().map(read).collect()
    }

    /// The keys that are present in the source, after one in their order, with their toilets.
    ///
    /// # Errors
    /// What the database says.
    pub async fn present_keys(
        &self,
        source: SourceId,
        after: &str,
        limit: u64,
    ) -> Result<Vec<(String, ToiletId)>, StoreError> {
        let rows = imported::Entity::find()
            .filter(imported::Column::SourceId.eq(source.0))
            .filter(imported::Column::Present.eq(true))
            .filter(imported::Column::Key.gt(after))
            .order_by_asc(imported::Column::Key)
            .limit(limit)
            .select_only()
            .columns([imported::Column::Key, imported::Column::ToiletId])
            .into_tuple::<(String, i32)>()
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(|(key, toilet)| (key, ToiletId(toilet))).collect())
    }

    /// Remembers what the source says now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn remember(&self, source: SourceId, said: &[(String, ToiletId, Fields)]) -> Result<(), StoreError> {
        if said.is_empty() {
            return Ok(());
        }
        let rows = said.iter().map(|(key, toilet, fields)| imported::ActiveModel {
            source_id: Set(source.0),
            key: Set(key.clone()),
            toilet_id: Set(toilet.0),
            fields: Set(serde_json::to_string(fields).unwrap_or_default()),
            present: Set(true),
            imported_at: Set(self.author.at),
        });
        let update = OnConflict::columns([imported::Column::SourceId, imported::Column::Key])
            .update_columns([imported::Column::Fields, imported::Column::Present, imported::Column::ImportedAt])
            .to_owned();
        imported::Entity::insert_many(rows).on_conflict(update).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Remembers that the source no longer lists those keys (at most 500).
    ///
    /// # Errors
    /// What the database says.
    pub async fn remember_absent(&self, source: SourceId, keys: &[String]) -> Result<(), StoreError> {
        imported::Entity::update_many()
            .col_expr(imported::Column::Present, Expr::value(false))
            .col_expr(imported::Column::ImportedAt, Expr::value(self.author.at))
            .filter(imported::Column::SourceId.eq(source.0))
            .filter(imported::Column::Key.is_in(keys.iter().map(String::as_str)))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// How those toilets (at most 500) stand here, seen from one source.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn standing(
        &self,
        source: SourceId,
        ids: &[ToiletId],
        areas: &HashMap<i32, AreaCode>,
    ) -> Result<HashMap<ToiletId, Standing>, StoreError> {
        let ids: Vec<i32> = ids.iter().map(|id| id.0).collect();
        let found = toilet::Entity::find().filter(toilet::Column::Id.is_in(ids.clone())).all(&self.connection).await?;
        let mut lists = self.lists(source, &ids).await?;
        let read = |row: toilet::Model| {
            let mut draft = rows::draft(&row, None)?;
            draft.area = row.area_id.and_then(|id| areas.get(&id).cloned());
            let (grades, outages, operators) = lists.remove(&row.id).unwrap_or_default();
            let key = row.source_key.unwrap_or_default();
            let statement = Statement { key, draft, grades, outages, operators };
            Ok((ToiletId(row.id), Standing { statement, revision: row.revision }))
        };
        found.into_iter().map(read).collect()
    }

    async fn lists(&self, source: SourceId, ids: &[i32]) -> Result<HashMap<i32, Lists>, StoreError> {
        let parts = Parts::of(&self.connection, ids).await?;
        let mut lists: HashMap<i32, Lists> = HashMap::new();
        for row in parts.grades.iter().filter(|row| row.source_id == Some(source.0)) {
            lists.entry(row.toilet_id).or_default().0.push(rows::grade(row)?);
        }
        for row in parts.outages.iter().filter(|row| row.source_id == Some(source.0)) {
            lists.entry(row.toilet_id).or_default().1.push(rows::outage(row)?.fact);
        }
        let given = parts.tenures.iter().filter(|row| row.source_id == Some(source.0) && row.valid_to.is_none());
        let given: Vec<_> = given.collect();
        let bodies = operator::Entity::find()
            .filter(operator::Column::Id.is_in(given.iter().map(|row| row.operator_id)))
            .all(&self.connection)
            .await?;
        let bodies: HashMap<i32, operator::Model> = bodies.into_iter().map(|row| (row.id, row)).collect();
        for row in given {
            let corrupt = |violation| StoreError::corrupt("tenure", row.id, violation);
            let Some(body) = bodies.get(&row.operator_id) else { continue };
            let name = Text::new(&body.name).map_err(corrupt)?;
            let kind = body.kind.parse().map_err(corrupt)?;
            let operator = NamedOperator { role: row.role.parse().map_err(corrupt)?, name, kind };
            lists.entry(row.toilet_id).or_default().2.push(operator);
        }
        Ok(lists)
    }
}

type Lists = (Vec<NewGrade>, Vec<NewOutage>, Vec<NamedOperator>);
