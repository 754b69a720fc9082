//! Toilets as a map shows them from far away: those of one cell of a grid as one.
//!
//! The grid is that of web maps (EPSG:3857) with cells of 64 pixels at 256 to a tile, in the datum of the map. It does not
//! depend on what part of the map is looked at, so that a cluster stays the same while the map is moved.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::door::Usability;
use super::entry::Entry;
use super::list::Bbox;
use super::snapshot::Snapshot;
use crate::geo::Bounds;

/// Cells of an answer at most: a map of 4,096 by 4,096 pixels.
const MOST_CELLS: u64 = 4_096;

/// Cells in a row after which the numbers of clusters repeat: far more than an answer has.
const NUMBERS: u64 = 8_192;

/// The part of a map that somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterQuery {
    /// The part, in the datum of the map.
    pub bbox: Bbox,
    /// How far in, from 0 (the world is a tile) to 22.
    pub zoom: u8,
    /// The instant at which they are judged.
    pub at: DateTime<Utc>,
}

/// The part has too many cells at that zoom: so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany(pub u64);

/// The toilets of a cell.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Its number, below 67,108,864: the same whenever this part of the map is looked at, and another than those around.
    pub number: u64,
    /// Where they are on average: latitude and longitude in the datum of the map.
    pub position: (f64, f64),
    /// West, south, east and north of them.
    pub bounds: [f64; 4],
    /// How many they are.
    pub count: usize,
    /// How many of them can be used, as far as anybody knows.
    pub usable: usize,
    /// The toilet, where it is a single one.
    pub single: Option<Arc<Entry>>,
}

/// Cells from one column and row to another.
#[derive(Debug, Clone, Copy)]
struct Cells {
    side: u64,
    columns: (u64, u64),
    rows: (u64, u64),
}

impl Snapshot {
    /// The toilets of all cells of which a part is looked at, in the order of rows and columns.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn clusters(&self, query: &ClusterQuery) -> Result<Vec<Cluster>, TooMany> {
        let cells = Cells::of(query)?;
        let near = self.around(&cells.bounds(), usize::MAX).unwrap_or_default();
        let mut clusters: BTreeMap<(u64, u64), Cluster> = BTreeMap::new();
        for entry in near.into_iter().filter(|entry| entry.is_kept(query.at)) {
            let Some(position) = entry.place_at(query.at).map(|place| place.in_crs(query.bbox.crs)) else { continue };
            let cell = cell(cells.side, position);
            if cells.hold(cell) {
                let is_usable = entry.usability(self.calendars(), query.at) != Usability::Unusable;
                let number = (cell.0 % NUMBERS) * NUMBERS + cell.1 % NUMBERS;
                clusters.entry(cell).or_insert_with(|| Cluster::new(number)).add(entry, position, is_usable);
            }
        }
        Ok(clusters.into_values().collect())
    }
}

impl Cluster {
    fn new(number: u64) -> Self {
        let bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        Self { number, position: (0.0, 0.0), bounds, count: 0, usable: 0, single: None }
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2⁵³")]
    fn add(&mut self, entry: &Arc<Entry>, (latitude, longitude): (f64, f64), is_usable: bool) {
        self.count += 1;
        self.usable += usize::from(is_usable);
        self.single = (self.count == 1).then(|| Arc::clone(entry));
        let share = 1.0 / self.count as f64;
        self.position.0 += (latitude - self.position.0) * share;
        self.position.1 += (longitude - self.position.1) * share;
        let [west, south, east, north] = self.bounds;
        self.bounds = [west.min(longitude), south.min(latitude), east.max(longitude), north.max(latitude)];
    }
}

impl Cells {
    fn of(query: &ClusterQuery) -> Result<Self, TooMany> {
        let side = 1_u64 << (u32::from(query.zoom.min(22)) + 2);
        let bounds = query.bbox.bounds;
        let (mut west, north) = cell(side, (bounds.north(), bounds.west()));
        let (mut east, south) = cell(side, (bounds.south(), bounds.east()));
        if west == east && bounds.crosses_antimeridian() {
            (west, east) = (0, side - 1);
        }
        let cells = Self { side, columns: (west, east), rows: (north, south) };
        let count = cells.width() * (south - north + 1);
        if count > MOST_CELLS { Err(TooMany(count)) } else { Ok(cells) }
    }

    /// Columns from the first to the last, around the back of the map where the first lies east of the last.
    fn width(&self) -> u64 {
        (self.columns.1 + self.side - self.columns.0) % self.side + 1
    }

    fn hold(&self, (column, row): (u64, u64)) -> bool {
        let in_columns = (column + self.side - self.columns.0) % self.side < self.width();
        in_columns && (self.rows.0..=self.rows.1).contains(&row)
    }

    /// The box around all of them.
    fn bounds(&self) -> Bounds {
        let (west, east) = (meridian(self.side, self.columns.0), meridian(self.side, self.columns.1 + 1));
        // The first and the last row go on to the poles.
        let north = if self.rows.0 == 0 { 90.0 } else { parallel(self.side, self.rows.0) };
        let south = if self.rows.1 + 1 == self.side { -90.0 } else { parallel(self.side, self.rows.1 + 1) };
        let world = || Bounds::new(-180.0, -90.0, 180.0, 90.0);
        let bounds = if self.width() == self.side { world() } else { Bounds::new(west, south, east, north) };
        bounds.or_else(|_| world()).unwrap_or_else(|error| unreachable!("the world is a box: {error}"))
    }
}

/// The column and the row in which a position lies.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "within the grid"
)]
fn cell(side: u64, (latitude, longitude): (f64, f64)) -> (u64, u64) {
    let across = (longitude + 180.0) / 360.0;
    let sine = latitude.to_radians().sin().clamp(-1.0 + 1e-15, 1.0 - 1e-15);
    let down = 0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI);
    let place = |part: f64| ((part * side as f64).floor().max(0.0) as u64).min(side - 1);
    (place(across), place(down))
}

/// The western edge of a column.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2⁵³")]
fn meridian(side: u64, column: u64) -> f64 {
    (column as f64 / side as f64 * 360.0 - 180.0).clamp(-180.0, 180.0)
}

/// The northern edge of a row.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2⁵³")]
fn parallel(side: u64, row: u64) -> f64 {
    (std::f64::consts::PI * (1.0 - 2.0 * row as f64 / side as f64)).sinh().atan().to_degrees()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use proptest::prelude::*;

    use super::*;
    use crate::geo::{Crs, Wgs84};

    fn cells(bounds: Bounds, zoom: u8) -> Result<Cells, TooMany> {
        Cells::of(&ClusterQuery { bbox: Bbox { bounds, crs: Crs::Wgs84 }, zoom, at: DateTime::UNIX_EPOCH })
    }

    proptest! {
        #[test]
        fn the_cells_of_a_part_hold_all_of_it(
            latitude in -90.0_f64..=90.0, longitude in -180.0_f64..=180.0, (up, along) in (0.0_f64..=1.0, 0.0_f64..=1.0),
            zoom in 0_u8..=22, (high, wide) in (0.0_f64..2.0, 0.0_f64..=4.0),
        ) {
            // Some sixteen cells either way.
            let cell_degrees = 360.0 / f64::from(1_u32 << (zoom + 2));
            let (south, north) = (latitude, (latitude + high * cell_degrees).min(90.0));
            let wide = (wide * cell_degrees).min(359.0);
            let wrapped = |longitude: f64| (longitude + 540.0).rem_euclid(360.0) - 180.0;
            let bounds = Bounds::new(longitude, south, wrapped(longitude + wide), north).unwrap();
            let Ok(cells) = cells(bounds, zoom) else { return Ok(()) };
            let place = (south + up * (north - south), wrapped(longitude + along * wide));
            prop_assume!(bounds.contains(Wgs84::new(place.0, place.1).unwrap()));
            prop_assert!(cells.hold(cell(cells.side, place)), "{cells:?} {place:?}");
            prop_assert!(cells.bounds().contains(Wgs84::new(place.0, place.1).unwrap()));
        }
    }

    #[test]
    fn a_part_that_is_too_large_for_its_zoom_is_told_so() {
        let world = Bounds::new(-180.0, -90.0, 180.0, 90.0).unwrap();
        assert!(cells(world, 3).is_ok_and(|cells| cells.width() == 32));
        assert_eq!(cells(world, 5).err(), Some(TooMany(128 * 128)));
        let nearly_all = Bounds::new(10.1, 0.0, 10.0, 0.0).unwrap();
        assert!(cells(nearly_all, 2).is_ok_and(|cells| cells.width() == 16));
    }
}
