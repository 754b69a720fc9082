//! Sorting points into leaves.

use std::sync::atomic::{AtomicU64, Ordering};

use super::boxes::{Extent, Node};
use super::{FAN, LEAF, NOWHERE, Point, Tree};

/// A point on its way into the tree, with its item.
type Placed = ([f64; 3], u32);

impl Tree {
    /// The tree of those points, each with the number of its item, below `count`; an item has one point at most.
    pub(in crate::finder) fn new(mut points: Vec<Placed>, count: usize, bits: impl Fn(u32) -> u64) -> Self {
        let mut depth = 1;
        while FAN.pow(depth) * LEAF < points.len() {
            depth += 1;
        }
        let total = points.len();
        Splitting { total, leaves: FAN.pow(depth) }.split(&mut points, 0, 0, FAN.pow(depth));
        let mut places = vec![NOWHERE; count];
        for (place, (_, item)) in (0..).zip(&points) {
            places[*item as usize] = place;
        }
        let items = points.iter().map(|(_, item)| *item).collect();
        let points = points.into_iter().map(|(at, item)| Point { at, bits: AtomicU64::new(bits(item)) }).collect();
        let mut tree = Self { points, items, places, nodes: Vec::new(), depth };
        tree.nodes = tree.all_nodes();
        tree
    }

    /// The same points with bits of their own: those of this one, but where `bits` answers others.
    pub(in crate::finder) fn copied(&self, bits: impl Fn(u32, u64) -> u64) -> Self {
        let points = self.points.iter().zip(&self.items).map(|(point, item)| {
            let bits = bits(*item, point.bits.load(Ordering::Relaxed));
            Point { at: point.at, bits: AtomicU64::new(bits) }
        });
        let mut tree = Self {
            points: points.collect(),
            items: self.items.clone(),
            places: self.places.clone(),
            nodes: Vec::new(),
            depth: self.depth,
        };
        tree.nodes = tree.all_nodes();
        tree
    }

    /// All nodes, worked out from the leaves up.
    fn all_nodes(&self) -> Vec<Node> {
        let mut below: Vec<Extent> = (0..self.leaves()).map(|leaf| Extent::of(&self.points[self.leaf(leaf)])).collect();
        let mut levels = Vec::new();
        for _ in 0..self.depth {
            let level: Vec<Node> = below.chunks_exact(FAN).map(Node::of).collect();
            below = below.chunks_exact(FAN).map(Extent::around).collect();
            levels.push(level);
        }
        levels.into_iter().rev().flatten().collect()
    }
}

/// How points are shared out among leaves.
struct Splitting {
    total: usize,
    leaves: usize,
}

impl Splitting {
    /// Sorts a stretch of points, which begins at `start` of all and takes up `count` leaves from the leaf `from` on, so
    /// that what is in one leaf is near together.
    fn split(&self, points: &mut [Placed], start: usize, from: usize, count: usize) {
        if count == 1 || points.len() < 2 {
            return;
        }
        let half = count / 2;
        let middle = (from + half) * self.total / self.leaves - start;
        let axis = widest(points);
        if (1..points.len()).contains(&middle) {
            points.select_nth_unstable_by(middle, |(a, _), (b, _)| a[axis].total_cmp(&b[axis]));
        }
        let (left, right) = points.split_at_mut(middle);
        self.split(left, start, from, half);
        self.split(right, start + middle, from + half, count - half);
    }
}

/// The axis along which points lie farthest apart.
fn widest(points: &[Placed]) -> usize {
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for (at, _) in points {
        for axis in 0..3 {
            low[axis] = low[axis].min(at[axis]);
            high[axis] = high[axis].max(at[axis]);
        }
    }
    (0..3).max_by(|a, b| (high[*a] - low[*a]).total_cmp(&(high[*b] - low[*b]))).unwrap_or(0)
}
