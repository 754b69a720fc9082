//! Places in space: a static tree of boxes over points of the unit sphere, packed for the cache.
//!
//! The points are sorted so that each leaf is a stretch of them, and the tree is complete with four children to a node, so
//! that neither needs pointers: of `n` points and `l` leaves, leaf `i` holds those from `i * n / l` on. A node has the
//! boxes of its four children side by side in `f32`, rounded outwards, to prune by; what remains is measured in `f64`.
//! Beside each box stands what any point in it may be, as bits, so that a search for what is rare passes over whatever
//! has none of it.
//!
//! Points do not move. Their bits may, under the eyes of readers.

mod boxes;
mod building;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use boxes::{Eye, Node, Reach, upwards};

/// Children of a node.
const FAN: usize = 4;

/// Points of a leaf at most.
const LEAF: usize = 16;

/// Levels of nodes at most: four to that power are more leaves than there can be points.
const LEVELS: usize = 16;

/// What stands in the place of an item that is not in the tree.
const NOWHERE: u32 = u32::MAX;

/// A point with what it is.
#[derive(Debug)]
struct Point {
    at: [f64; 3],
    bits: AtomicU64,
}

/// Points that are found by where and what they are, each with the number of its item.
#[derive(Debug)]
pub(super) struct Tree {
    /// The points, leaf after leaf.
    points: Vec<Point>,
    /// The item of each.
    items: Vec<u32>,
    /// The place of each item among the points.
    places: Vec<u32>,
    /// All nodes, level by level from the root down.
    nodes: Vec<Node>,
    /// Levels of nodes; the children of the last are leaves.
    depth: u32,
}

/// What is wanted of a point.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// Bits that must all be set.
    pub(super) all: u64,
    /// Sets of bits of each of which one must be set; an empty set asks nothing.
    pub(super) any: [u64; 2],
}

impl Wanted {
    /// Whether those bits are all that is wanted.
    pub(super) fn fits(self, bits: u64) -> bool {
        bits & self.all == self.all && self.any.iter().all(|any| *any == 0 || bits & any != 0)
    }
}

/// A point that a search came by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Its item.
    pub(super) item: u32,
    /// Where it is.
    pub(super) at: &'a [f64; 3],
    /// What it is.
    pub(super) bits: u64,
    /// How far away it is: the squared chord.
    pub(super) chord_squared: f64,
}

impl Tree {
    /// Where an item is, if it is in the tree.
    pub(super) fn at(&self, item: usize) -> Option<&[f64; 3]> {
        Some(&self.point(item)?.at)
    }

    /// What an item is, if it is in the tree.
    pub(super) fn bits(&self, item: usize) -> Option<u64> {
        Some(self.point(item)?.bits.load(Ordering::Relaxed))
    }

    fn point(&self, item: usize) -> Option<&Point> {
        self.points.get(*self.places.get(item)? as usize)
    }

    /// Comes by the points that may be wanted and within a squared chord, the near ones first by and large. `visit`
    /// answers the bound from then on: what is farther is left out.
    pub(super) fn nearest<'a>(
        &'a self,
        from: [f64; 3],
        mut bound: f64,
        wanted: Wanted,
        mut visit: impl FnMut(Seen<'a>) -> f64,
    ) {
        let eye = Eye::new(from);
        let mut limit = upwards(bound);
        // Three wait at each level at most while the fourth is looked into.
        let mut stack = [(0.0_f32, 0_u32, 0_usize); (FAN - 1) * LEVELS + 1];
        let mut filled = 1;
        while filled > 0 {
            filled -= 1;
            let (near, level, number) = stack[filled];
            if near > limit {
                continue;
            }
            if level == self.depth {
                let leaf = self.leaf(number);
                for (point, &item) in self.points[leaf.clone()].iter().zip(&self.items[leaf]) {
                    let bits = point.bits.load(Ordering::Relaxed);
                    if !wanted.fits(bits) {
                        continue;
                    }
                    let chord_squared = chord_squared(from, point.at);
                    if chord_squared <= bound {
                        bound = visit(Seen { item, at: &point.at, bits, chord_squared });
                        limit = upwards(bound);
                    }
                }
                continue;
            }
            let node = &self.nodes[first(level) + number];
            let distances = node.distances(&eye);
            let before = filled;
            for (child, &distance) in distances.iter().enumerate() {
                if distance <= limit && wanted.fits(node.bits[child].load(Ordering::Relaxed)) {
                    // Sorted in, the nearest last.
                    let mut place = filled;
                    while place > before && stack[place - 1].0 < distance {
                        stack[place] = stack[place - 1];
                        place -= 1;
                    }
                    stack[place] = (distance, level + 1, number * FAN + child);
                    filled += 1;
                }
            }
        }
    }

    /// Comes by all points that may lie between two corners, until `visit` says that it has seen enough.
    pub(super) fn within(&self, low: [f64; 3], high: [f64; 3], wanted: Wanted, mut visit: impl FnMut(u32) -> bool) {
        let reach = Reach::new(low, high);
        let mut stack = vec![(0_u32, 0_usize)];
        while let Some((level, number)) = stack.pop() {
            if level == self.depth {
                let leaf = self.leaf(number);
                for (point, &item) in self.points[leaf.clone()].iter().zip(&self.items[leaf]) {
                    let lies = (0..3).all(|axis| low[axis] <= point.at[axis] && point.at[axis] <= high[axis]);
                    if lies && wanted.fits(point.bits.load(Ordering::Relaxed)) && !visit(item) {
                        return;
                    }
                }
                continue;
            }
            let node = &self.nodes[first(level) + number];
            let met = (0..FAN)
                .filter(|&child| node.meets(child, &reach) && wanted.fits(node.bits[child].load(Ordering::Relaxed)));
            stack.extend(met.map(|child| (level + 1, number * FAN + child)));
        }
    }

    /// Says what an item is from now on. Whoever looks on sees it as it was or as it is.
    pub(super) fn set_bits(&self, item: usize, bits: u64) {
        let Some(place) = self.places.get(item).copied().filter(|place| *place != NOWHERE) else { return };
        let place = place as usize;
        self.points[place].bits.store(bits, Ordering::Relaxed);
        let leaf = ((place + 1) * self.leaves() - 1) / self.points.len();
        debug_assert!(self.leaf(leaf).contains(&place), "a point is in its leaf");
        self.spread(leaf);
    }

    /// The same of many: `bits` answers what an item is, or that it stays as it is.
    pub(super) fn set_all_bits(&self, mut bits: impl FnMut(u32, u64) -> Option<u64>) {
        for leaf in 0..self.leaves() {
            let places = self.leaf(leaf);
            let mut changed = false;
            for (point, &item) in self.points[places.clone()].iter().zip(&self.items[places]) {
                if let Some(new) = bits(item, point.bits.load(Ordering::Relaxed)) {
                    point.bits.store(new, Ordering::Relaxed);
                    changed = true;
                }
            }
            if changed {
                self.spread(leaf);
            }
        }
    }

    /// Carries what the points of a leaf are up to the root.
    fn spread(&self, leaf: usize) {
        let points = &self.points[self.leaf(leaf)];
        let mut union = points.iter().fold(0, |bits, point| bits | point.bits.load(Ordering::Relaxed));
        let mut child = leaf;
        for level in (0..self.depth).rev() {
            let node = &self.nodes[first(level) + child / FAN];
            if node.bits[child % FAN].swap(union, Ordering::Relaxed) == union {
                // What is above follows from this, and so is right.
                return;
            }
            union = node.bits.iter().fold(0, |bits, child| bits | child.load(Ordering::Relaxed));
            child /= FAN;
        }
    }

    fn leaves(&self) -> usize {
        FAN.pow(self.depth)
    }

    fn leaf(&self, number: usize) -> Range<usize> {
        let start = |number: usize| number * self.points.len() / self.leaves();
        start(number)..start(number + 1)
    }
}

/// The place of the first node of a level: the levels above it are complete.
fn first(level: u32) -> usize {
    (FAN.pow(level) - 1) / (FAN - 1)
}

/// The square of the straight line between two points.
fn chord_squared(a: [f64; 3], b: [f64; 3]) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}
