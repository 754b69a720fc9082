//! A grid of places inside an outline.

use ::geo::{Line, LineString};

use super::distance::EARTH_RADIUS_METRES;
use super::polygon::Outline;
use super::position::Wgs84;

impl Outline {
    /// Places inside the outline, so many metres apart from west to east and from south to north; `None` where there
    /// would be more than `most`. Each stands for about a square of that side.
    #[must_use]
    pub fn grid(&self, spacing_metres: f64, most: usize) -> Option<Vec<Wgs84>> {
        let Some(bounds) = self.bounds() else { return Some(Vec::new()) };
        let step = (spacing_metres / EARTH_RADIUS_METRES).to_degrees();
        let polygons = self.polygons().iter();
        let rings = polygons.flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let mut coming: Vec<Line> = rings.flat_map(LineString::lines).collect();
        // The southernmost last, so that edges are taken from the end as the rows reach them.
        coming.sort_by(|a, b| south(b).total_cmp(&south(a)));
        let (mut reached, mut places, mut rows) = (Vec::new(), Vec::new(), 0_usize);
        let mut latitude = bounds.south() + step / 2.0;
        while latitude < bounds.north() {
            rows += 1;
            if rows > most {
                return None;
            }
            while let Some(edge) = coming.pop_if(|edge| south(edge) <= latitude) {
                reached.push(edge);
            }
            reached.retain(|edge: &Line| north(edge) > latitude);
            let across = step / latitude.to_radians().cos().max(1e-6);
            if !row(&mut places, &reached, latitude, (bounds.west(), across), most) {
                return None;
            }
            latitude += step;
        }
        Some(places)
    }
}

/// Adds the places of one row: those between every other pair of edges that it crosses. Answers whether they fit.
fn row(places: &mut Vec<Wgs84>, edges: &[Line], latitude: f64, (west, across): (f64, f64), most: usize) -> bool {
    let crossing = |edge: &Line| {
        edge.start.x + (latitude - edge.start.y) / (edge.end.y - edge.start.y) * (edge.end.x - edge.start.x)
    };
    let mut crossings: Vec<f64> = edges.iter().map(crossing).collect();
    crossings.sort_by(f64::total_cmp);
    for pair in crossings.chunks_exact(2) {
        let &[from, to] = pair else { continue };
        let mut column = ((from - west) / across - 0.5).ceil();
        loop {
            let longitude = west + (column + 0.5) * across;
            if longitude >= to {
                break;
            }
            if places.len() >= most {
                return false;
            }
            places.extend(Wgs84::new(latitude, longitude));
            column += 1.0;
        }
    }
    true
}

fn south(edge: &Line) -> f64 {
    edge.start.y.min(edge.end.y)
}

fn north(edge: &Line) -> f64 {
    edge.start.y.max(edge.end.y)
}
