//! The Yellow River as it runs through the county, drawn by hand in WGS-84 (示意图), with two places to cross it.

use serde::Deserialize;

use super::{ATTRIBUTION, table};
use crate::domain::Violation;
use crate::domain::barrier::{Barrier, BarrierKind, Crossing};
use crate::domain::text::{Line, Name};
use crate::geo::{Crs, Wgs84};

#[derive(Deserialize)]
struct Bridge {
    longitude: f64,
    latitude: f64,
    /// How far from there the river bars nobody, in metres.
    radius: f64,
}

/// The barriers of the county.
pub(super) fn barriers() -> Result<Vec<Barrier>, Violation> {
    let river: Vec<(f64, f64)> = table::rows("river.csv", include_str!("data/river.csv"))?;
    let bridges: Vec<Bridge> = table::rows("bridges.csv", include_str!("data/bridges.csv"))?;
    let line = river.into_iter().map(|(longitude, latitude)| place(latitude, longitude));
    let crossings = bridges.into_iter().map(|bridge| {
        let position = place(bridge.latitude, bridge.longitude)?;
        Ok(Crossing { position, radius_metres: bridge.radius })
    });
    Ok(vec![Barrier {
        name: Name::new("黄河")?,
        kind: BarrierKind::River,
        lines: vec![line.collect::<Result<_, _>>()?],
        crossings: crossings.collect::<Result<_, Violation>>()?,
        given: Crs::Wgs84,
        synthetic: true,
        source: Some(Line::new(ATTRIBUTION)?),
    }])
}

fn place(latitude: f64, longitude: f64) -> Result<Wgs84, Violation> {
    Wgs84::new(latitude, longitude).map_err(|error| Violation::new("river.csv", "outOfRange", error.to_string()))
}
