//! What the slots of toilets depend on of the toilets themselves: read for all that are settled together.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::entity::tenure;
use super::grants::codes;
use super::{StoreError, Tx};
use crate::domain::Violation;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::period::Days;
use crate::domain::slot::Ground;

/// The numbers of placeholders, as `$2, $3`.
pub(super) fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

impl Tx {
    /// The grounds of those toilets (at most 500), in the order of their ids. Whoever wants to write one of these toilets
    /// waits for this transaction to end, as for [`Tx::toilet`]; all who settle several hold them in the same order.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn grounds(&self, toilets: &[ToiletId]) -> Result<Vec<Ground>, StoreError> {
        if toilets.is_empty() {
            return Ok(Vec::new());
        }
        let backend = self.connection.get_database_backend();
        // As much as `Tx::toilet` locks, for the same reason.
        let lock = if backend == DbBackend::Postgres { " FOR NO KEY UPDATE OF t" } else { "" };
        let sql = format!(
            "SELECT t.id, t.zone, t.calendar, a.path FROM toilet t \
             LEFT JOIN area a ON a.id = COALESCE(t.area_id, t.located_area_id) \
             WHERE t.id IN ({}) ORDER BY t.id{lock}",
            places(1, toilets.len())
        );
        let ids = toilets.iter().map(|id| sea_orm::Value::from(id.0));
        let rows = self.connection.query_all_raw(Statement::from_sql_and_values(backend, sql, ids)).await?;
        let ties = tenure::Entity::find().filter(tenure::Column::ToiletId.is_in(toilets.iter().map(|id| id.0)));
        let ties = ties.filter(tenure::Column::Role.eq(OperatorRole::Operating.as_str()));
        let mut running: HashMap<i32, Vec<(OperatorId, Days)>> = HashMap::new();
        for tie in ties.order_by_asc(tenure::Column::Id).all(&self.connection).await? {
            let corrupt = |violation: Violation| StoreError::corrupt("tenure", tie.id, violation);
            let days = Days::new(tie.valid_from, tie.valid_to).map_err(corrupt)?;
            running.entry(tie.toilet_id).or_default().push((OperatorId(tie.operator_id), days));
        }
        let ground = |row: &sea_orm::QueryResult| {
            let id: i32 = row.try_get("", "id")?;
            let corrupt = |message: String| StoreError::corrupt("toilet", id, message);
            let zone: String = row.try_get("", "zone")?;
            let path: Option<String> = row.try_get("", "path")?;
            Ok(Ground {
                toilet: ToiletId(id),
                zone: zone.parse().map_err(|error: chrono_tz::ParseError| corrupt(error.to_string()))?,
                calendar: row.try_get("", "calendar")?,
                path: codes(path.as_deref().unwrap_or_default()).map_err(|wrong| corrupt(wrong.to_string()))?,
                running: running.remove(&id).unwrap_or_default(),
            })
        };
        rows.iter().map(ground).collect()
    }
}
