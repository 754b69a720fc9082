//! Exceptions from plans.

use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Statement,
};

use super::entity::{area, exception};
use super::rows::text;
use super::together::{marked, marks};
use super::{Store, StoreError, Tx};
use crate::domain::area::AreaCode;
use crate::domain::id::{AreaId, ExceptionId, OperatorId, TemplateId, ToiletId};
use crate::domain::plan::{Exception, Over, Plan};
use crate::domain::{Toilet, Violation};

impl Store {
    /// Up to `limit` exceptions with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn exceptions_after(&self, after: ExceptionId, limit: u64) -> Result<Vec<Exception>, StoreError> {
        let rows = exception::Entity::find().filter(exception::Column::Id.gt(after.0));
        let rows = rows.order_by_asc(exception::Column::Id).limit(limit).all(&self.reader).await?;
        whole(&self.reader, &rows).await
    }

    /// The exception of that id.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn exception(&self, id: ExceptionId) -> Result<Option<Exception>, StoreError> {
        let row = exception::Entity::find_by_id(id.0).one(&self.reader).await?;
        Ok(whole(&self.reader, row.as_slice()).await?.pop())
    }

    /// All exceptions that may concern these versions of a toilet's plan, past ones too.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn exceptions_of(&self, toilet: &Toilet, plans: &[Plan]) -> Result<Vec<Exception>, StoreError> {
        of(&self.reader, toilet, plans).await
    }

    /// All exceptions that may concern the plans of those toilets (at most 500), past ones too.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn exceptions_on(&self, toilets: &[ToiletId]) -> Result<Vec<Exception>, StoreError> {
        if toilets.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i32> = toilets.iter().map(|id| id.0).collect();
        found(&self.reader.query_all_raw(asking(self.backend(), &ids)).await?)
    }
}

impl Tx {
    /// The same in this transaction.
    ///
    /// # Errors
    /// As [`Store::exceptions_of`].
    pub async fn exceptions_of(&self, toilet: &Toilet, plans: &[Plan]) -> Result<Vec<Exception>, StoreError> {
        of(&self.connection, toilet, plans).await
    }

    /// The exception of that id. Whoever wants to end it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn exception(&self, id: ExceptionId) -> Result<Option<Exception>, StoreError> {
        let row = exception::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        Ok(whole(&self.connection, row.as_slice()).await?.pop())
    }

    /// Makes an exception (its id is not looked at), over that area if it is one for an area; answers its id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_exception(&self, new: &Exception, area: Option<AreaId>) -> Result<ExceptionId, StoreError> {
        let corrupt = |error| StoreError::corrupt("exception", "new", error);
        let mut row = exception::ActiveModel {
            id: NotSet,
            area_id: Set(area.map(|id| id.0)),
            operator_id: Set(None),
            template_id: Set(None),
            toilet_id: Set(None),
            occasion: Set(serde_json::to_string(&new.occasion).map_err(corrupt)?),
            effect: Set(serde_json::to_string(&new.effect).map_err(corrupt)?),
            reason: Set(new.reason.as_ref().map(ToString::to_string)),
            made_at: Set(new.made_at),
            ended_at: Set(new.ended_at),
        };
        match new.over {
            Over::Area(_) => {}
            Over::Operator(id) => row.operator_id = Set(Some(id.0)),
            Over::Template(id) => row.template_id = Set(Some(id.0)),
            Over::Toilet(id) => row.toilet_id = Set(Some(id.0)),
        }
        Ok(ExceptionId(row.insert(&self.connection).await?.id))
    }

    /// Writes when an exception was taken back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_exception(&self, ended: &Exception) -> Result<(), StoreError> {
        let row =
            exception::ActiveModel { id: Unchanged(ended.id.0), ended_at: Set(ended.ended_at), ..Default::default() };
        row.update(&self.connection).await?;
        Ok(())
    }
}

/// All exceptions that may concern these versions on those grounds.
async fn of(connection: &impl ConnectionTrait, toilet: &Toilet, plans: &[Plan]) -> Result<Vec<Exception>, StoreError> {
    let path = toilet.path().iter().map(AreaCode::as_str);
    let areas = area::Entity::find().filter(area::Column::Code.is_in(path)).all(connection).await?;
    let operators = toilet.tenures.iter().map(|tie| tie.operator.id.0);
    let templates = plans.iter().filter_map(|plan| plan.template).map(|id| id.0);
    let concerning = Condition::any()
        .add(exception::Column::AreaId.is_in(areas.iter().map(|area| area.id)))
        .add(exception::Column::OperatorId.is_in(operators))
        .add(exception::Column::TemplateId.is_in(templates))
        .add(exception::Column::ToiletId.eq(toilet.id.0));
    let rows = exception::Entity::find().filter(concerning).order_by_asc(exception::Column::Id).all(connection).await?;
    whole(connection, &rows).await
}

async fn whole(connection: &impl ConnectionTrait, rows: &[exception::Model]) -> Result<Vec<Exception>, StoreError> {
    let ids = rows.iter().filter_map(|row| row.area_id);
    let areas = area::Entity::find().filter(area::Column::Id.is_in(ids)).all(connection).await?;
    let codes: HashMap<i32, String> = areas.into_iter().map(|area| (area.id, area.code)).collect();
    rows.iter().map(|row| read(row, &codes)).collect()
}

/// Of those toilets the divisions that they lie in, with all above.
const ABOVE: &str = "\
WITH RECURSIVE above (id, parent_id) AS (SELECT a.id, a.parent_id FROM area a WHERE a.id IN \
(SELECT COALESCE(t.area_id, t.located_area_id) FROM toilet t WHERE t.id IN ({toilets})) \
UNION SELECT p.id, p.parent_id FROM area p JOIN above ON p.id = above.parent_id) SELECT id FROM above";

/// Asks for all exceptions that may concern the plans of those toilets, past ones too.
pub(super) fn asking(backend: DbBackend, toilets: &[i32]) -> Statement {
    let sql = format!(
        "SELECT exception.*, area.code AS area_code FROM exception LEFT JOIN area ON area.id = exception.area_id \
         WHERE exception.toilet_id IN ({{toilets}}) \
         OR exception.template_id IN (SELECT p.template_id FROM plan p WHERE p.toilet_id IN ({{toilets}})) \
         OR exception.operator_id IN (SELECT y.operator_id FROM tenure y WHERE y.toilet_id IN ({{toilets}})) \
         OR exception.area_id IN ({ABOVE}) ORDER BY exception.id"
    );
    let sql = sql.replace("{toilets}", &marks(toilets.len()));
    let ids = || toilets.iter().map(|id| sea_orm::Value::from(*id));
    marked(backend, &sql, ids().chain(ids()).chain(ids()).chain(ids()))
}

/// Them.
pub(super) fn found(rows: &[QueryResult]) -> Result<Vec<Exception>, StoreError> {
    let exception = |row: &QueryResult| {
        let code: Option<String> = row.try_get("", "area_code")?;
        let row = exception::Model::from_query_result(row, "")?;
        read(&row, &row.area_id.into_iter().zip(code).collect())
    };
    rows.iter().map(exception).collect()
}

/// An exception from its row, with the codes of areas by their ids.
pub(super) fn read(row: &exception::Model, codes: &HashMap<i32, String>) -> Result<Exception, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("exception", row.id, message);
    let rule = |violation: Violation| corrupt(violation.to_string());
    let over = match (row.area_id, row.operator_id, row.template_id, row.toilet_id) {
        (Some(area), None, None, None) => {
            let code = codes.get(&area).ok_or_else(|| corrupt(format!("there is no area {area}")))?;
            Over::Area(code.parse().map_err(rule)?)
        }
        (None, Some(id), None, None) => Over::Operator(OperatorId(id)),
        (None, None, Some(id), None) => Over::Template(TemplateId(id)),
        (None, None, None, Some(id)) => Over::Toilet(ToiletId(id)),
        _ => return Err(corrupt("it is for more or less than one".to_owned())),
    };
    Ok(Exception {
        id: ExceptionId(row.id),
        over,
        occasion: serde_json::from_str(&row.occasion).map_err(|error| corrupt(error.to_string()))?,
        effect: serde_json::from_str(&row.effect).map_err(|error| corrupt(error.to_string()))?,
        reason: text(row.reason.as_deref()).map_err(rule)?,
        made_at: row.made_at,
        ended_at: row.ended_at,
    })
}
