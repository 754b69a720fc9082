//! Where areas end: the coordinates of a `GeoJSON` `MultiPolygon` in WGS-84, with the box around them.

use std::collections::HashSet;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::area_outline::Column::{Datum, East, North, Outline as Drawn, Source, South, Synthetic, West};
use super::entity::{area, area_outline};
use super::grants::path;
use super::rows::text;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::area::Boundary;
use crate::domain::id::AreaId;
use crate::domain::placing::Bounded;
use crate::domain::text::Text;
use crate::geo::{Bounds, Crs, Outline, Wgs84};

/// Ids of one statement.
const IDS: usize = 500;

impl Store {
    /// Where an area ends, if that is known.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn boundary(&self, area: AreaId) -> Result<Option<Boundary>, StoreError> {
        let row = area_outline::Entity::find_by_id(area.0).one(&self.reader).await?;
        row.map(|row| boundary(&row)).transpose()
    }

    /// The areas whose outlines may hold one of the places, and those of these and above them that have an outline.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn bounded(&self, places: &[Wgs84], stated: &[AreaId]) -> Result<Vec<Bounded>, StoreError> {
        bounded(&self.read().await?, places, stated).await
    }
}

impl Tx {
    /// The areas whose outlines may hold one of the places.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn bounded(&self, places: &[Wgs84]) -> Result<Vec<Bounded>, StoreError> {
        bounded(&self.connection, places, &[]).await
    }

    /// Where an area ends, if that is known.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn boundary(&self, area: AreaId) -> Result<Option<Boundary>, StoreError> {
        let row = area_outline::Entity::find_by_id(area.0).one(&self.connection).await?;
        row.map(|row| boundary(&row)).transpose()
    }

    /// Says where an area ends, in the place of what was said before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_boundary(&self, area: AreaId, boundary: &Boundary) -> Result<(), StoreError> {
        // What is kept is rounded, and so is the box around it.
        let outline = boundary.outline.rounded();
        let bounds = outline.bounds().ok_or_else(|| StoreError::corrupt("area_outline", area, "it has no corner"))?;
        let outline = serde_json::to_string(&outline.rings())
            .map_err(|error| StoreError::corrupt("area_outline", area, error))?;
        let row = area_outline::ActiveModel {
            area_id: Set(area.0),
            outline: Set(outline),
            datum: Set(boundary.given.as_str().to_owned()),
            synthetic: Set(boundary.synthetic),
            source: Set(boundary.source.as_ref().map(ToString::to_string)),
            west: Set(bounds.west()),
            south: Set(bounds.south()),
            east: Set(bounds.east()),
            north: Set(bounds.north()),
        };
        let update = OnConflict::column(area_outline::Column::AreaId)
            .update_columns([Drawn, Datum, Synthetic, Source, West, South, East, North])
            .to_owned();
        area_outline::Entity::insert(row).on_conflict(update).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

async fn bounded(
    connection: &impl ConnectionTrait,
    places: &[Wgs84],
    stated: &[AreaId],
) -> Result<Vec<Bounded>, StoreError> {
    let boxes = area_outline::Entity::find()
        .select_only()
        .columns([
            area_outline::Column::AreaId,
            area_outline::Column::West,
            area_outline::Column::South,
            area_outline::Column::East,
            area_outline::Column::North,
        ])
        .into_tuple::<(i32, f64, f64, f64, f64)>()
        .all(connection)
        .await?;
    let near = boxes.into_iter().filter(|&(_, west, south, east, north)| {
        Bounds::new(west, south, east, north).is_ok_and(|bounds| places.iter().any(|&place| bounds.contains(place)))
    });
    let mut ids: HashSet<i32> = near.map(|(id, ..)| id).collect();
    ids.extend(above(connection, stated).await?);
    let ids: Vec<i32> = ids.into_iter().collect();
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS) {
        let rows = area_outline::Entity::find().find_also_related(area::Entity);
        let rows = rows.filter(area_outline::Column::AreaId.is_in(ids.iter().copied()));
        for (row, area) in rows.order_by_asc(area_outline::Column::AreaId).all(connection).await? {
            let Some(area) = area else { continue };
            let name = Text::new(&area.name).map_err(|violation| StoreError::corrupt("area", area.id, violation))?;
            found.push(Bounded { id: AreaId(area.id), name, path: path(&area)?, boundary: boundary(&row)? });
        }
    }
    Ok(found)
}

/// The ids of areas and of those above them.
async fn above(connection: &impl ConnectionTrait, areas: &[AreaId]) -> Result<Vec<i32>, StoreError> {
    let mut codes = HashSet::new();
    for areas in areas.chunks(IDS) {
        let rows = area::Entity::find().filter(area::Column::Id.is_in(areas.iter().map(|id| id.0)));
        for row in rows.all(connection).await? {
            codes.extend(path(&row)?.iter().map(ToString::to_string));
        }
    }
    let codes: Vec<String> = codes.into_iter().collect();
    let mut ids = Vec::with_capacity(codes.len());
    for codes in codes.chunks(IDS) {
        let rows = area::Entity::find().filter(area::Column::Code.is_in(codes.iter().map(String::as_str)));
        ids.extend(rows.select_only().column(area::Column::Id).into_tuple::<i32>().all(connection).await?);
    }
    Ok(ids)
}

/// Where an area ends, from its row.
pub(super) fn boundary(row: &area_outline::Model) -> Result<Boundary, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("area_outline", row.area_id, message);
    let rings: Vec<Vec<Vec<(f64, f64)>>> =
        serde_json::from_str(&row.outline).map_err(|error| corrupt(error.to_string()))?;
    Ok(Boundary {
        outline: Outline::new(rings).map_err(|error| corrupt(error.to_string()))?,
        given: row.datum.parse::<Crs>().map_err(|error| corrupt(error.to_string()))?,
        synthetic: row.synthetic,
        source: text(row.source.as_deref()).map_err(|violation: Violation| corrupt(violation.to_string()))?,
    })
}
