//! Properties of whole families of places, and values that others have published.

mod datum;
mod distance;
mod lines;
mod outline;
mod projection;

use proptest::prelude::{Strategy, prop_oneof};

use super::{Datum, Position, Wgs84, great_circle};

/// A place anywhere, the poles and both sides of the antimeridian more often than chance would have
/// it.
fn anywhere() -> impl Strategy<Value = Wgs84> {
    let latitude = prop_oneof![8 => -90.0..=90.0, 1 => 89.99..=90.0, 1 => -90.0..=-89.99];
    let longitude = prop_oneof![8 => -180.0..=180.0, 1 => 179.99..=180.0, 1 => -180.0..=-179.99];
    (latitude, longitude).prop_map(|(latitude, longitude)| at(latitude, longitude))
}

#[expect(clippy::unwrap_used, reason = "the tests name only places that exist")]
fn at<D>(latitude: f64, longitude: f64) -> Position<D> {
    Position::new(latitude, longitude).unwrap()
}

/// Metres between two pairs of degrees in one datum, whichever it is.
fn metres_apart<D: Datum>(a: Position<D>, b: Position<D>) -> f64 {
    great_circle(at(a.latitude(), a.longitude()), at(b.latitude(), b.longitude()))
}
