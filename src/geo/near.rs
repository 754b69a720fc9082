//! What lies near a place among many: a tree over points on the unit sphere, exact anywhere on Earth.

use super::distance::{UnitVector, chord_squared_to_metres, metres_to_chord_squared};
use super::position::Wgs84;

/// From here down a slice is looked at point by point.
const FEW: usize = 12;

/// Places by where they are. The points are kept in one list in which the middle of every part splits it in two (a k-d
/// tree over the three components), so that building takes no more than sorting and nothing points to anything.
#[derive(Debug, Default)]
pub struct NearIndex {
    points: Vec<Point>,
}

#[derive(Debug, Clone, Copy)]
struct Point {
    at: [f64; 3],
    index: usize,
    /// Which component splits the part whose middle this is.
    axis: usize,
}

impl NearIndex {
    /// The index of these places; answers name them by their number in this order.
    #[must_use]
    pub fn new(places: impl IntoIterator<Item = Wgs84>) -> Self {
        let at = |place| UnitVector::from(place).components();
        let points = places.into_iter().enumerate().map(|(index, place)| Point { at: at(place), index, axis: 0 });
        let mut points: Vec<Point> = points.collect();
        split(&mut points);
        Self { points }
    }

    /// The nearest place and how many metres away it is along the great circle; of equals the one with the least number.
    #[must_use]
    pub fn nearest(&self, place: Wgs84) -> Option<(usize, f64)> {
        let mut best = (f64::INFINITY, usize::MAX);
        nearest(&self.points, &UnitVector::from(place).components(), &mut best);
        (best.1 != usize::MAX).then(|| (best.1, chord_squared_to_metres(best.0)))
    }

    /// Calls `visit` with the number of every place at most so many metres away, in no particular order.
    pub fn within(&self, place: Wgs84, metres: f64, visit: &mut impl FnMut(usize)) {
        // A little more than what is asked for, and the distance itself decides: the way there and back rounds.
        let reach = metres_to_chord_squared(metres) * (1.0 + 1e-9) + 1e-24;
        let mut judged = |index, squared| {
            if chord_squared_to_metres(squared) <= metres {
                visit(index);
            }
        };
        within(&self.points, &UnitVector::from(place).components(), reach, &mut judged);
    }

    /// The numbers of the places so that neighbours in the list are neighbours on Earth.
    pub fn along(&self) -> impl Iterator<Item = usize> {
        self.points.iter().map(|point| point.index)
    }
}

fn split(points: &mut [Point]) {
    if points.len() <= FEW {
        return;
    }
    let extent = |axis: usize| {
        let components = points.iter().map(|point| point.at[axis]);
        let (least, most) =
            components.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), x| (x.min(least), x.max(most)));
        most - least
    };
    let axis = (0..3).max_by(|&a, &b| extent(a).total_cmp(&extent(b))).unwrap_or_default();
    let middle = points.len() / 2;
    points.select_nth_unstable_by(middle, |a, b| a.at[axis].total_cmp(&b.at[axis]));
    let (below, rest) = points.split_at_mut(middle);
    let Some((point, above)) = rest.split_first_mut() else { return };
    point.axis = axis;
    split(below);
    split(above);
}

fn squared(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let apart = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    apart[0] * apart[0] + apart[1] * apart[1] + apart[2] * apart[2]
}

fn nearest(points: &[Point], to: &[f64; 3], best: &mut (f64, usize)) {
    let mut judge = |point: &Point| {
        let own = (squared(&point.at, to), point.index);
        if own < *best {
            *best = own;
        }
    };
    if points.len() <= FEW {
        return points.iter().for_each(judge);
    }
    let (below, rest) = points.split_at(points.len() / 2);
    let Some((point, above)) = rest.split_first() else { return };
    judge(point);
    let aside = to[point.axis] - point.at[point.axis];
    let (near, far) = if aside < 0.0 { (below, above) } else { (above, below) };
    nearest(near, to, best);
    if aside * aside <= best.0 {
        nearest(far, to, best);
    }
}

fn within(points: &[Point], to: &[f64; 3], reach: f64, visit: &mut impl FnMut(usize, f64)) {
    let mut judge = |point: &Point| {
        let squared = squared(&point.at, to);
        if squared <= reach {
            visit(point.index, squared);
        }
    };
    if points.len() <= FEW {
        return points.iter().for_each(judge);
    }
    let (below, rest) = points.split_at(points.len() / 2);
    let Some((point, above)) = rest.split_first() else { return };
    judge(point);
    let aside = to[point.axis] - point.at[point.axis];
    if aside <= 0.0 || aside * aside <= reach {
        within(below, to, reach, visit);
    }
    if aside >= 0.0 || aside * aside <= reach {
        within(above, to, reach, visit);
    }
}
