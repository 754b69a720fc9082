//! Whether toilets stand where people need them (布局合理化): what they cover, where the gaps are, where new ones would
//! help most.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::text::Name;
use crate::geo::{NearIndex, Wgs84};

/// The most places that are tried for a new toilet. Of more uncovered points every so manieth is tried, taken so that they
/// are spread over the whole.
pub const MOST_TRIED: usize = 20_000;

/// Somebody's need, such as a village or a square of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Where.
    pub position: Wgs84,
    /// How much it counts; 0 or more.
    pub weight: f64,
    /// What it is called, if anything.
    pub name: Option<Name>,
}

/// What to work out.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The demand.
    pub demand: &'a [Demand],
    /// The toilets that serve it.
    pub toilets: &'a [Wgs84],
    /// How far a toilet serves, in metres along the great circle: standards differ, so somebody has to say.
    pub radius_metres: f64,
    /// How many gaps to tell.
    pub gaps: usize,
    /// How many new toilets to place.
    pub places: usize,
}

/// How toilets are laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// All of the demand.
    pub demand: Amount,
    /// What lies within the radius of a toilet.
    pub covered: Amount,
    /// The largest gaps, the furthest from a toilet first.
    pub gaps: Vec<Gap>,
    /// The best places for new toilets in the order in which they help most.
    pub places: Vec<NewPlace>,
    /// How many places were tried for them; all are points of the demand that is not covered.
    pub tried: usize,
}

/// Demand, counted and weighed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amount {
    /// How many points.
    pub points: usize,
    /// Their weights together.
    pub weight: f64,
}

/// A part of the demand that is far from every toilet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The number of the point that is furthest away; no gap has its point within the radius of another's.
    pub demand: usize,
    /// How far it is from the nearest toilet, in metres; `None` where there is none.
    pub metres: Option<f64>,
    /// What is not covered within the radius of that point.
    pub around: Amount,
}

/// A place for a new toilet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewPlace {
    /// The number of the point of the demand.
    pub demand: usize,
    /// What it covers that neither toilets nor the places before it do.
    pub gain: Amount,
    /// What is covered then.
    pub covered: Amount,
}

impl Amount {
    fn add(&mut self, weight: f64) {
        self.points += 1;
        self.weight += weight;
    }

    /// These of those: by number and by weight; `None` where there is nothing to share.
    #[must_use]
    pub fn share_of(self, all: Self) -> (Option<f64>, Option<f64>) {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
        let by_points = (all.points > 0).then(|| self.points as f64 / all.points as f64);
        (by_points, (all.weight > 0.0).then(|| self.weight / all.weight))
    }
}

impl Question<'_> {
    /// Works it out. New places are found greedily: each is the one that covers the most weight that is left. No choice of
    /// as many of the places tried covers more than 1 ÷ (1 − 1/e) ≈ 1.58 times as much (Nemhauser, Wolsey, Fisher 1978).
    #[must_use]
    pub fn answer(&self) -> Layout {
        let toilets = NearIndex::new(self.toilets.iter().copied());
        let (mut demand, mut covered) = (Amount::default(), Amount::default());
        let mut open = Vec::new();
        for (number, point) in self.demand.iter().enumerate() {
            demand.add(point.weight);
            let metres = toilets.nearest(point.position).map(|(_, metres)| metres);
            if metres.is_some_and(|metres| metres <= self.radius_metres) {
                covered.add(point.weight);
            } else {
                open.push(Open { number, metres: metres.unwrap_or(f64::INFINITY) });
            }
        }
        let around = NearIndex::new(open.iter().filter_map(|open| Some(self.demand.get(open.number)?.position)));
        let gaps = self.gaps(&open, &around);
        let mut greedy = Greedy::new(self, &open, &around);
        let tried = greedy.tried();
        let mut places = Vec::new();
        let mut reached = covered;
        while places.len() < self.places
            && let Some((demand, gain)) = greedy.next()
        {
            reached.points += gain.points;
            reached.weight += gain.weight;
            places.push(NewPlace { demand, gain, covered: reached });
        }
        Layout { demand, covered, gaps, places, tried }
    }

    fn gaps(&self, open: &[Open], around: &NearIndex) -> Vec<Gap> {
        let weight = |open: &Open| self.demand.get(open.number).map_or(0.0, |point| point.weight);
        let mut order: Vec<usize> = (0..open.len()).collect();
        let key = |place: usize| open.get(place).map(|open| (open.metres, weight(open)));
        order.sort_by(|&a, &b| match (key(a), key(b)) {
            (Some(a), Some(b)) => b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)),
            _ => Ordering::Equal,
        });
        let (mut gaps, mut taken) = (Vec::new(), vec![false; open.len()]);
        for place in order {
            if gaps.len() == self.gaps {
                break;
            }
            let (Some(one), Some(false)) = (open.get(place), taken.get(place)) else { continue };
            let Some(point) = self.demand.get(one.number) else { continue };
            let mut amount = Amount::default();
            around.within(point.position, self.radius_metres, &mut |near| {
                if let (Some(taken), Some(open)) = (taken.get_mut(near), open.get(near)) {
                    *taken = true;
                    amount.add(weight(open));
                }
            });
            let metres = one.metres.is_finite().then_some(one.metres);
            gaps.push(Gap { demand: one.number, metres, around: amount });
        }
        gaps
    }
}

/// A point of the demand that no toilet covers.
struct Open {
    number: usize,
    /// How far the nearest toilet is; infinite where there is none.
    metres: f64,
}

/// The greedy choice, lazily: what a place gains only ever shrinks, so a gain that was worked out before is an upper
/// bound, and only places whose bound is at the top are worked out anew.
struct Greedy<'a> {
    question: &'a Question<'a>,
    open: &'a [Open],
    around: &'a NearIndex,
    covered: Vec<bool>,
    waiting: BinaryHeap<Bound>,
    round: usize,
}

/// What a place gained when it was last worked out.
struct Bound {
    gain: Amount,
    place: usize,
    round: usize,
}

impl<'a> Greedy<'a> {
    fn new(question: &'a Question<'a>, open: &'a [Open], around: &'a NearIndex) -> Self {
        let mut greedy =
            Self { question, open, around, covered: vec![false; open.len()], waiting: BinaryHeap::new(), round: 0 };
        if question.places > 0 {
            let step = open.len().div_ceil(MOST_TRIED).max(1);
            let bounds = around.along().step_by(step).map(|place| Bound { gain: greedy.gain(place), place, round: 0 });
            greedy.waiting = bounds.collect();
        }
        greedy
    }

    fn tried(&self) -> usize {
        self.waiting.len()
    }

    /// The place that gains the most, which is then covered, as the number of its point; `None` where none gains anything.
    fn next(&mut self) -> Option<(usize, Amount)> {
        loop {
            let top = self.waiting.pop()?;
            if top.gain.weight <= 0.0 {
                return None;
            }
            if top.round < self.round {
                let gain = self.gain(top.place);
                self.waiting.push(Bound { gain, place: top.place, round: self.round });
                continue;
            }
            let position = self.position(top.place)?;
            let (around, covered) = (self.around, &mut self.covered);
            around.within(position, self.question.radius_metres, &mut |near| {
                if let Some(covered) = covered.get_mut(near) {
                    *covered = true;
                }
            });
            self.round += 1;
            return Some((self.open.get(top.place)?.number, top.gain));
        }
    }

    fn gain(&self, place: usize) -> Amount {
        let mut gain = Amount::default();
        let Some(position) = self.position(place) else { return gain };
        self.around.within(position, self.question.radius_metres, &mut |near| {
            let open = self.open.get(near).filter(|_| self.covered.get(near) == Some(&false));
            if let Some(point) = open.and_then(|open| self.question.demand.get(open.number)) {
                gain.add(point.weight);
            }
        });
        gain
    }

    fn position(&self, place: usize) -> Option<Wgs84> {
        Some(self.question.demand.get(self.open.get(place)?.number)?.position)
    }
}

impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of equal gains the first point, so that the answer is always the same.
        self.gain.weight.total_cmp(&other.gain.weight).then(other.place.cmp(&self.place))
    }
}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Bound {}
