//! In which areas toilets lie: what is stated of them, and where they stand.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::toilet;
use super::{Store, StoreError, Tx};
use crate::domain::id::{AreaId, ToiletId};
use crate::domain::toilet::Lifecycle;
use crate::geo::Wgs84;

/// Where a toilet is stated to be and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whereabouts {
    /// The toilet.
    pub id: ToiletId,
    /// Its position, if that is known.
    pub position: Option<Wgs84>,
    /// The area that is stated.
    pub stated: Option<AreaId>,
    /// The area it was found to lie in.
    pub located: Option<AreaId>,
}

type Row = (i32, Option<f64>, Option<f64>, Option<i32>, Option<i32>);

impl Store {
    /// Up to `limit` toilets with ids above `after` in the order of their ids, retired ones left out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn whereabouts_after(&self, after: ToiletId, limit: u64) -> Result<Vec<Whereabouts>, StoreError> {
        let rows = columns()
            .filter(toilet::Column::Id.gt(after.0))
            .filter(toilet::Column::Lifecycle.ne(Lifecycle::Retired.as_str()));
        let rows = rows.order_by_asc(toilet::Column::Id).limit(limit);
        rows.into_tuple::<Row>().all(&self.reader).await?.into_iter().map(read).collect()
    }
}

impl Tx {
    /// The whereabouts of those toilets (at most 500). On PostgreSQL whoever wants to move one waits.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn whereabouts(&self, ids: &[ToiletId]) -> Result<Vec<Whereabouts>, StoreError> {
        let rows = columns().filter(toilet::Column::Id.is_in(ids.iter().map(|id| id.0))).lock_exclusive();
        rows.order_by_asc(toilet::Column::Id)
            .into_tuple::<Row>()
            .all(&self.connection)
            .await?
            .into_iter()
            .map(read)
            .collect()
    }

    /// Writes where toilets were found to lie. That is worked out, not stated, and so no revision of the record.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_located(&self, found: &[(ToiletId, Option<AreaId>)]) -> Result<(), StoreError> {
        let mut by_area: BTreeMap<Option<i32>, Vec<i32>> = BTreeMap::new();
        for (toilet, area) in found {
            by_area.entry(area.map(|id| id.0)).or_default().push(toilet.0);
        }
        for (area, toilets) in by_area {
            toilet::Entity::update_many()
                .col_expr(toilet::Column::LocatedAreaId, Expr::value(area))
                .filter(toilet::Column::Id.is_in(toilets))
                .exec(&self.connection)
                .await?;
        }
        Ok(())
    }
}

fn columns() -> sea_orm::Select<toilet::Entity> {
    use toilet::Column::{AreaId, Id, Latitude, LocatedAreaId, Longitude};
    toilet::Entity::find().select_only().columns([Id, Latitude, Longitude, AreaId, LocatedAreaId])
}

fn read((id, latitude, longitude, stated, located): Row) -> Result<Whereabouts, StoreError> {
    let position = latitude.zip(longitude).map(|(latitude, longitude)| Wgs84::new(latitude, longitude));
    let position = position.transpose().map_err(|error| StoreError::corrupt("toilet", id, error))?;
    let (stated, located) = (stated.map(AreaId), located.map(AreaId));
    Ok(Whereabouts { id: ToiletId(id), position, stated, located })
}
