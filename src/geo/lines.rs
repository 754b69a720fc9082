//! Lines on the Earth, and where a straight way crosses them.

use super::distance::{UnitVector, chord_squared_to_metres};
use super::position::Wgs84;

/// From here down a part of the index is looked at piece by piece.
const FEW: usize = 4;

/// Lines by where they run: each a list of places joined by the shortest ways between them (great circles). The pieces of
/// all lines stand in one list, every half of which has a box around it, so that a way far from all lines meets one box.
#[derive(Debug, Default)]
pub struct LineIndex {
    pieces: Vec<Piece>,
    boxes: Vec<Part>,
}

/// The way between two neighbouring places of a line.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: [f64; 3],
    to: [f64; 3],
    line: usize,
}

/// Where a way crosses a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossed {
    /// The line's number.
    pub line: usize,
    /// How far from the beginning of the way, in metres.
    pub metres: f64,
    /// The place, as a point of the unit sphere.
    place: [f64; 3],
}

impl Crossed {
    /// How far the crossing is from a place, in metres.
    #[must_use]
    pub fn metres_from(&self, place: &UnitVector) -> f64 {
        chord_squared_to_metres(squared(&self.place, &place.components()))
    }
}

/// The box around a part of the pieces.
#[derive(Debug, Clone, Copy)]
struct Part {
    around: Reach,
    /// How many boxes there are for this part, this one included: where to go on if it is passed over.
    boxes: usize,
}

/// A box around points of the unit sphere.
#[derive(Debug, Clone, Copy)]
struct Reach {
    least: [f64; 3],
    most: [f64; 3],
}

impl LineIndex {
    /// The index of these lines; answers name them by their number in this order.
    #[must_use]
    pub fn new<'a>(lines: impl IntoIterator<Item = &'a [Wgs84]>) -> Self {
        let mut pieces = Vec::new();
        for (line, places) in lines.into_iter().enumerate() {
            let places: Vec<[f64; 3]> = places.iter().map(|&place| UnitVector::from(place).components()).collect();
            let ways = places.windows(2).filter_map(|way| Some((*way.first()?, *way.last()?)));
            pieces.extend(ways.map(|(from, to)| Piece { from, to, line }));
        }
        let mut boxes = Vec::new();
        arrange(&mut pieces, &mut boxes);
        Self { pieces, boxes }
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Calls `visit` for every crossing of a line by the shortest way between two places, in no particular order. Where
    /// the way runs through a corner of a line, that counts once if the line goes on to the other side.
    pub fn crossed(&self, from: &UnitVector, to: &UnitVector, visit: &mut impl FnMut(Crossed)) {
        if !self.pieces.is_empty() && from != to {
            let (from, to) = (from.components(), to.components());
            search(&self.pieces, &self.boxes, &Piece { from, to, line: 0 }, &Reach::of(&from, &to), visit);
        }
    }
}

/// Puts neighbours together: halves by the middle of the longest side, the box around the whole before those around its
/// halves.
fn arrange(pieces: &mut [Piece], boxes: &mut Vec<Part>) {
    let Some(around) = pieces.iter().map(|piece| Reach::of(&piece.from, &piece.to)).reduce(Reach::with) else { return };
    let own = boxes.len();
    boxes.push(Part { around, boxes: 1 });
    if pieces.len() <= FEW {
        return;
    }
    let side = |axis: usize| around.most[axis] - around.least[axis];
    let axis = (0..3).max_by(|&a, &b| side(a).total_cmp(&side(b))).unwrap_or_default();
    let middle = pieces.len() / 2;
    let key = |piece: &Piece| piece.from[axis] + piece.to[axis];
    pieces.select_nth_unstable_by(middle, |a, b| key(a).total_cmp(&key(b)));
    let (below, above) = pieces.split_at_mut(middle);
    arrange(below, boxes);
    arrange(above, boxes);
    let all = boxes.len() - own;
    if let Some(part) = boxes.get_mut(own) {
        part.boxes = all;
    }
}

/// Looks through a part of the index whose boxes come next; answers the boxes after them.
fn search<'a>(
    pieces: &[Piece],
    boxes: &'a [Part],
    way: &Piece,
    reach: &Reach,
    visit: &mut impl FnMut(Crossed),
) -> &'a [Part] {
    let Some((part, rest)) = boxes.split_first() else { return boxes };
    if !part.around.meets(reach) {
        return boxes.get(part.boxes..).unwrap_or_default();
    }
    if pieces.len() <= FEW {
        for piece in pieces {
            if let Some(place) = crossing(way, piece) {
                let metres = chord_squared_to_metres(squared(&way.from, &place));
                visit(Crossed { line: piece.line, metres, place });
            }
        }
        return rest;
    }
    let (below, above) = pieces.split_at(pieces.len() / 2);
    let rest = search(below, rest, way, reach, visit);
    search(above, rest, way, reach, visit)
}

/// Where two ways cross: each has its ends on different sides of the other's great circle, and that on this side of the
/// Earth. An end on the other's circle counts as on its left, so that of two pieces that meet there one is crossed.
fn crossing(a: &Piece, b: &Piece) -> Option<[f64; 3]> {
    if left(a, &b.from) == left(a, &b.to) || left(b, &a.from) == left(b, &a.to) {
        return None;
    }
    let (across_a, across_b) = (normal(a), normal(b));
    let line = cross(&across_a, &across_b);
    let length = dot(&line, &line).sqrt();
    if length <= 0.0 {
        // Two ways along one great circle that do not differ: they share places, and none is more the crossing.
        return None;
    }
    let towards = [0, 1, 2].map(|axis| a.from[axis] + a.to[axis]);
    let sign = if dot(&line, &towards) < 0.0 { -1.0 } else { 1.0 };
    let place = line.map(|component| sign * component / length);
    let ahead = [0, 1, 2].map(|axis| b.from[axis] + b.to[axis]);
    (dot(&place, &ahead) > 0.0).then_some(place)
}

/// Whether a point lies to the left of a way or on its great circle. Differences of neighbours are exact, and so the sign
/// holds down to a nanometre.
fn left(way: &Piece, point: &[f64; 3]) -> bool {
    let (along, aside) = (minus(&way.to, &way.from), minus(point, &way.from));
    dot(&way.from, &cross(&along, &aside)) >= 0.0
}

/// The pole of a way's great circle, times the length of the way.
fn normal(way: &Piece) -> [f64; 3] {
    cross(&way.from, &minus(&way.to, &way.from))
}

impl Reach {
    /// The box around a way. It bulges over its chord by at most 1 − cos of half its angle.
    fn of(from: &[f64; 3], to: &[f64; 3]) -> Self {
        let bulge = 1.0 - (1.0 - squared(from, to) / 4.0).max(0.0).sqrt() + 1e-15;
        let bound = |pick: fn(f64, f64) -> f64, bulge: f64| [0, 1, 2].map(|axis| pick(from[axis], to[axis]) + bulge);
        Self { least: bound(f64::min, -bulge), most: bound(f64::max, bulge) }
    }

    fn with(self, other: Self) -> Self {
        let both = |pick: fn(f64, f64) -> f64, a: [f64; 3], b: [f64; 3]| [0, 1, 2].map(|axis| pick(a[axis], b[axis]));
        Self { least: both(f64::min, self.least, other.least), most: both(f64::max, self.most, other.most) }
    }

    fn meets(&self, other: &Self) -> bool {
        (0..3).all(|axis| self.least[axis] <= other.most[axis] && other.least[axis] <= self.most[axis])
    }
}

fn minus(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|axis| a[axis] - b[axis])
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn squared(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let apart = minus(a, b);
    dot(&apart, &apart)
}
