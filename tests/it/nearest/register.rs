//! A register that changes while it is searched: the tree, what stands beside it, and what time turns, put in order again
//! and again, against a plain look at every toilet.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use gongce::domain::Toilet;
use gongce::domain::holiday::Calendars;
use gongce::domain::id::ToiletId;
use gongce::finder::{Finder, NearestQuery};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::oracle::{Cleanings, a_query, a_toilet, assert_found, oracle, settlement};
use crate::harness::build::instant;
use crate::harness::make::NOW;

/// Toilets at the beginning; more come.
const TOILETS: i32 = 400;

/// Searches between two changes.
const SEARCHES: usize = 4;

/// A register, and the finder that is to know it.
struct Register {
    runner: TestRunner,
    finder: Finder,
    toilets: BTreeMap<i32, Toilet>,
    cleanings: Cleanings,
    now: DateTime<Utc>,
    /// How often the finder was put in order.
    orders: usize,
}

impl Register {
    fn new() -> Self {
        let finder = Finder::new(|_| Vec::new(), Arc::new(Calendars::default()));
        let (toilets, cleanings) = (BTreeMap::new(), Cleanings::new());
        let mut register =
            Self { runner: TestRunner::deterministic(), finder, toilets, cleanings, now: instant(NOW), orders: 0 };
        for id in 1..=TOILETS {
            let made = Toilet { id: ToiletId(id), ..register.draw(&a_toilet()) };
            register.toilets.insert(id, made);
        }
        register.finder.replace(register.toilets.values().cloned(), Vec::new(), 1);
        register
    }

    fn draw<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    fn below(&mut self, bound: usize) -> usize {
        self.draw(&(0..bound))
    }

    /// Something is written: most of it changes toilets where they stand.
    fn write(&mut self) {
        let mut changed = Vec::new();
        for _ in 0..self.below(40) {
            let id = i32::try_from(self.below(self.toilets.len() + 1)).unwrap() + 1;
            let drawn = self.draw(&a_toilet());
            let known = self.toilets.get(&id);
            let mut made = Toilet { id: ToiletId(id), revision: known.map_or(1, |known| known.revision + 1), ..drawn };
            if let Some(known) = known.filter(|_| made.revision % 20 != 0) {
                made.fact.position = known.fact.position;
                made.stations.clone_from(&known.stations);
            }
            self.toilets.insert(id, made.clone());
            changed.push(made);
        }
        self.finder.apply(changed, 1);
        let id = i32::try_from(self.below(self.toilets.len())).unwrap() + 1;
        self.cleanings.insert(id, self.now);
        self.finder.settle([(ToiletId(id), settlement(self.now))]);
    }

    fn pass(&mut self) {
        let minutes = i64::try_from(self.below(200)).unwrap();
        self.now += TimeDelta::minutes(minutes);
        let before = self.finder.snapshot().beside();
        self.finder.tend(self.now);
        self.orders += usize::from(self.finder.snapshot().beside() < before);
    }

    fn search(&mut self) {
        let mut query: NearestQuery = self.draw(&a_query());
        match self.below(4) {
            0 => {}
            1 => query.at = self.now - TimeDelta::minutes(i64::try_from(self.below(600)).unwrap()),
            _ => query.at = self.now + TimeDelta::milliseconds(i64::try_from(self.below(90_000)).unwrap()),
        }
        let register: Vec<Toilet> = self.toilets.values().cloned().collect();
        let found = self.finder.snapshot().nearest(&query);
        assert_found(&found, &oracle(&register, &self.cleanings, &query), query.limit);
    }
}

#[test]
fn what_changes_is_found_as_it_is() {
    let searches: usize = std::env::var("NEAREST_SEARCHES").map_or(800, |number| number.parse().unwrap());
    let mut register = Register::new();
    for round in 0..searches / SEARCHES {
        register.write();
        if round % 3 == 0 {
            register.pass();
        }
        (0..SEARCHES).for_each(|_| register.search());
    }
    assert!(register.orders > 1, "the register was never put in order");
}
