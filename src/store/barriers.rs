//! Lines that a walker cannot cross.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::barrier;
use super::rows::text;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::barrier::{Barrier, Crossing};
use crate::domain::text::{Name, Text};
use crate::geo::{Crs, Wgs84};

/// Coordinates as `GeoJSON` has them.
type Lines = Vec<Vec<(f64, f64)>>;
/// Longitude, latitude and radius in metres.
type Crossings = Vec<(f64, f64, f64)>;

impl Store {
    /// All barriers in the order of their names.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn barriers(&self) -> Result<Vec<Barrier>, StoreError> {
        all(&self.reader).await
    }
}

impl Tx {
    /// All barriers in the order of their names.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn barriers(&self) -> Result<Vec<Barrier>, StoreError> {
        all(&self.connection).await
    }

    /// Puts a barrier in the place of the one of its name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_barrier(&self, barrier: &Barrier) -> Result<(), StoreError> {
        let lines: Lines =
            barrier.lines.iter().map(|line| line.iter().map(|&place| written(place)).collect()).collect();
        let crossing = |place: &Crossing| {
            let (longitude, latitude) = written(place.position);
            (longitude, latitude, place.radius_metres)
        };
        let crossings: Crossings = barrier.crossings.iter().map(crossing).collect();
        let corrupt = |error| StoreError::corrupt("barrier", &barrier.name, error);
        let row = barrier::ActiveModel {
            id: NotSet,
            name: Set(barrier.name.to_string()),
            kind: Set(barrier.kind.as_str().to_owned()),
            lines: Set(serde_json::to_string(&lines).map_err(corrupt)?),
            crossings: Set(serde_json::to_string(&crossings).map_err(corrupt)?),
            datum: Set(barrier.given.as_str().to_owned()),
            synthetic: Set(barrier.synthetic),
            source: Set(barrier.source.as_ref().map(ToString::to_string)),
        };
        let update = OnConflict::column(barrier::Column::Name)
            .update_columns([
                barrier::Column::Kind,
                barrier::Column::Lines,
                barrier::Column::Crossings,
                barrier::Column::Datum,
                barrier::Column::Synthetic,
                barrier::Column::Source,
            ])
            .to_owned();
        barrier::Entity::insert(row).on_conflict(update).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Takes the barrier of that name away; answers whether there was one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_barrier(&self, name: &Name) -> Result<bool, StoreError> {
        let named = barrier::Entity::delete_many().filter(barrier::Column::Name.eq(name.as_str()));
        Ok(named.exec(&self.connection).await?.rows_affected > 0)
    }
}

fn written(place: Wgs84) -> (f64, f64) {
    let place = place.rounded();
    (place.longitude(), place.latitude())
}

pub(super) async fn all(connection: &impl ConnectionTrait) -> Result<Vec<Barrier>, StoreError> {
    let rows = barrier::Entity::find().order_by_asc(barrier::Column::Name).all(connection).await?;
    rows.iter().map(read).collect()
}

/// A barrier from its row.
pub(super) fn read(row: &barrier::Model) -> Result<Barrier, StoreError> {
    sound(row).map_err(|message| StoreError::corrupt("barrier", row.id, message))
}

fn sound(row: &barrier::Model) -> Result<Barrier, String> {
    let rule = |violation: Violation| violation.to_string();
    let place = |longitude: f64, latitude: f64| Wgs84::new(latitude, longitude).map_err(|error| error.to_string());
    let lines: Lines = serde_json::from_str(&row.lines).map_err(|error| error.to_string())?;
    let crossings: Crossings = serde_json::from_str(&row.crossings).map_err(|error| error.to_string())?;
    let line = |line: Vec<(f64, f64)>| line.into_iter().map(|(x, y)| place(x, y)).collect::<Result<Vec<_>, _>>();
    let crossing = |(x, y, radius_metres)| Ok(Crossing { position: place(x, y)?, radius_metres });
    Ok(Barrier {
        name: Text::new(&row.name).map_err(rule)?,
        kind: row.kind.parse().map_err(rule)?,
        lines: lines.into_iter().map(line).collect::<Result<_, _>>()?,
        crossings: crossings.into_iter().map(crossing).collect::<Result<_, String>>()?,
        given: row.datum.parse::<Crs>().map_err(|error| error.to_string())?,
        synthetic: row.synthetic,
        source: text(row.source.as_deref()).map_err(rule)?,
    })
}
