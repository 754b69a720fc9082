//! Boxes in single precision, always a little larger than what they hold.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{FAN, Point};

/// The boxes of four children side by side, and what any point in each may be: two lines of the cache.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Node {
    low: [[f32; FAN]; 3],
    high: [[f32; FAN]; 3],
    pub(super) bits: [AtomicU64; FAN],
}

/// What a stretch of points takes up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    low: [f32; 3],
    high: [f32; 3],
    bits: u64,
}

impl Extent {
    const NONE: Self = Self { low: [f32::INFINITY; 3], high: [f32::NEG_INFINITY; 3], bits: 0 };

    pub(super) fn of(points: &[Point]) -> Self {
        points.iter().fold(Self::NONE, |extent, point| {
            let bits = point.bits.load(Ordering::Relaxed);
            extent.and(&Self { low: point.at.map(downwards), high: point.at.map(upwards), bits })
        })
    }

    pub(super) fn around(parts: &[Self]) -> Self {
        parts.iter().fold(Self::NONE, |extent, part| extent.and(part))
    }

    fn and(self, other: &Self) -> Self {
        Self {
            low: std::array::from_fn(|axis| self.low[axis].min(other.low[axis])),
            high: std::array::from_fn(|axis| self.high[axis].max(other.high[axis])),
            bits: self.bits | other.bits,
        }
    }
}

impl Node {
    /// The node over four parts.
    pub(super) fn of(parts: &[Extent]) -> Self {
        let part = |child: usize| parts.get(child).unwrap_or(&Extent::NONE);
        let side = |of: fn(&Extent) -> [f32; 3]| {
            std::array::from_fn(|axis| std::array::from_fn(|child| of(part(child))[axis]))
        };
        Self {
            low: side(|part| part.low),
            high: side(|part| part.high),
            bits: std::array::from_fn(|child| AtomicU64::new(part(child).bits)),
        }
    }

    /// The squared distance to each child's box, never more than it is.
    pub(super) fn distances(&self, eye: &Eye) -> [f32; FAN] {
        let mut sums = [0.0_f32; FAN];
        for axis in 0..3 {
            for (child, sum) in sums.iter_mut().enumerate() {
                let gap = (self.low[axis][child] - eye.high[axis]).max(eye.low[axis] - self.high[axis][child]).max(0.0);
                *sum += gap * gap;
            }
        }
        // Six roundings at most, each of a part in 2²⁴.
        sums.map(|sum| sum * (1.0 - 1e-6))
    }

    /// Whether the box of a child has something in common with that one.
    pub(super) fn meets(&self, child: usize, reach: &Reach) -> bool {
        (0..3).all(|axis| self.low[axis][child] <= reach.high[axis] && reach.low[axis] <= self.high[axis][child])
    }
}

/// Where a search looks from, as what is no more and what is no less.
pub(super) struct Eye {
    low: [f32; 3],
    high: [f32; 3],
}

impl Eye {
    pub(super) fn new(at: [f64; 3]) -> Self {
        Self { low: at.map(downwards), high: at.map(upwards) }
    }
}

/// A box that is searched.
pub(super) struct Reach {
    low: [f32; 3],
    high: [f32; 3],
}

impl Reach {
    pub(super) fn new(low: [f64; 3], high: [f64; 3]) -> Self {
        Self { low: low.map(downwards), high: high.map(upwards) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rounded to the side that is meant")]
fn downwards(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) > value { near.next_down() } else { near }
}

/// The least number in single precision that is not below.
#[expect(clippy::cast_possible_truncation, reason = "rounded to the side that is meant")]
pub(super) fn upwards(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value { near.next_up() } else { near }
}
