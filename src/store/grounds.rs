//! What the slots of toilets depend on of the toilets themselves: read for all that are settled together.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QueryTrait, Statement,
};

use super::StoreError;
use super::entity::tenure;
use super::grants::codes;
use super::together::{marked, marks};
use crate::domain::Violation;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::period::Days;
use crate::domain::slot::Ground;

/// The numbers of placeholders, as `$2, $3`.
pub(super) fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// Asks for those toilets, in the order of their ids. Whoever wants to write one of them waits for this transaction to
/// end, as for [`super::Tx::toilet`]; all who settle several hold them in the same order.
pub(super) fn toilets(backend: DbBackend, toilets: &[i32]) -> Statement {
    // As much as `Tx::toilet` locks, for the same reason.
    let lock = if backend == DbBackend::Postgres { " FOR NO KEY UPDATE OF t" } else { "" };
    let sql = format!(
        "SELECT t.id, t.zone, t.calendar, a.path FROM toilet t \
         LEFT JOIN area a ON a.id = COALESCE(t.area_id, t.located_area_id) \
         WHERE t.id IN ({}) ORDER BY t.id{lock}",
        marks(toilets.len())
    );
    marked(backend, &sql, toilets.iter().map(|id| (*id).into()))
}

/// Asks who runs those toilets.
pub(super) fn ties(backend: DbBackend, toilets: &[i32]) -> Statement {
    let ties = tenure::Entity::find().filter(tenure::Column::ToiletId.is_in(toilets.iter().copied()));
    let ties = ties.filter(tenure::Column::Role.eq(OperatorRole::Operating.as_str()));
    backend.build(&ties.order_by_asc(tenure::Column::Id).into_query())
}

/// The grounds, from what both answer.
pub(super) fn read(toilets: &[QueryResult], ties: &[QueryResult]) -> Result<Vec<Ground>, StoreError> {
    let mut running: HashMap<i32, Vec<(OperatorId, Days)>> = HashMap::new();
    for tie in ties {
        let tie = tenure::Model::from_query_result(tie, "")?;
        let corrupt = |violation: Violation| StoreError::corrupt("tenure", tie.id, violation);
        let days = Days::new(tie.valid_from, tie.valid_to).map_err(corrupt)?;
        running.entry(tie.toilet_id).or_default().push((OperatorId(tie.operator_id), days));
    }
    let ground = |row: &QueryResult| {
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
    toilets.iter().map(ground).collect()
}
