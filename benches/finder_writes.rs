//! How long searches take while the register is written, beside how long they take at rest: one thread searches, one writes
//! 500 times a second (19 of 20 change a toilet where it stands, the rest put one elsewhere or add one), one puts the
//! register in order as the service does. Prints the median and the 99th percentile of rounds that take turns.
//! usage: cargo bench --bench finder_writes [-- TOILETS [ROUNDS [SECONDS]]]

mod settlements;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use gongce::domain::Toilet;
use gongce::domain::holiday::Calendars;
use gongce::finder::{Filter, Finder, NearestQuery};

use settlements::{Drawn, Land};

/// Writes a second.
const WRITES: u64 = 500;

/// How often the service tends its finder.
const TENDED: Duration = Duration::from_millis(250);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let (toilets, rounds, seconds) =
        (numbers.next().unwrap_or(1_000_000), numbers.next().unwrap_or(7), numbers.next().unwrap_or(4));
    let finder = Arc::new(Finder::new(|_| Vec::new(), Arc::new(Calendars::builtin())));
    let register: Vec<Toilet> = Land::new(toilets).toilets(toilets).collect();
    finder.replace(register.iter().cloned(), Vec::new(), 1);
    finder.tend(Utc::now());
    let mut writer = Writer { finder: Arc::clone(&finder), land: Land::new(toilets), register, drawn: Drawn::new(3) };
    let round = Duration::from_secs(u64::try_from(seconds).unwrap_or(4));
    let (mut at_rest, mut written, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let orders = AtomicUsize::new(0);
    search(&finder, toilets, Duration::from_secs(1));
    for _ in 0..rounds {
        at_rest.push(search(&finder, toilets, round));
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| writer.write(&stop));
            scope.spawn(|| tend(&finder, &stop, &orders));
            written.push(search(&finder, toilets, round));
            stop.store(true, Ordering::Relaxed);
        });
        finder.tend(Utc::now());
        if let (Some(rest), Some(busy)) = (at_rest.last(), written.last()) {
            ratios.push(busy.1.as_secs_f64() / rest.1.as_secs_f64());
        }
    }
    ratios.sort_by(f64::total_cmp);
    let median = |rounds: &mut Vec<(Duration, Duration)>| {
        rounds.sort_by_key(|(_, high)| *high);
        rounds.get(rounds.len() / 2).copied().unwrap_or_default()
    };
    let (rest, busy) = (median(&mut at_rest), median(&mut written));
    println!(
        "{toilets} toilets, {rounds} rounds of {seconds} s, put in order {} times",
        orders.load(Ordering::Relaxed)
    );
    println!("at rest       median {:>9.1?}   99 % {:>9.1?}", rest.0, rest.1);
    println!("while written median {:>9.1?}   99 % {:>9.1?}", busy.0, busy.1);
    println!("99 % while written ÷ at rest, median of the rounds: {:.2}", ratios.get(ratios.len() / 2).unwrap_or(&0.0));
}

/// Searches for that long; answers the median and the 99th percentile.
fn search(finder: &Finder, toilets: usize, long: Duration) -> (Duration, Duration) {
    let mut land = Land::new(toilets);
    let mut query = NearestQuery {
        from: land.place(),
        limit: 10,
        max_distance: None,
        filter: Filter::default(),
        at: Utc::now(),
        usable: true,
    };
    let (begun, mut took) = (Instant::now(), Vec::with_capacity(1 << 22));
    while begun.elapsed() < long {
        query.from = land.place();
        query.at = Utc::now();
        let one = Instant::now();
        let hits = finder.glance().nearest(&query);
        took.push(one.elapsed());
        assert!(hits.len() == 10, "ten are found");
    }
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
    (at(50), at(99))
}

/// Does as the service does.
fn tend(finder: &Finder, stop: &AtomicBool, orders: &AtomicUsize) {
    while !stop.load(Ordering::Relaxed) {
        let before = finder.snapshot().beside();
        finder.tend(Utc::now());
        orders.fetch_add(usize::from(finder.snapshot().beside() < before), Ordering::Relaxed);
        thread::sleep(TENDED);
    }
}

struct Writer {
    finder: Arc<Finder>,
    land: Land,
    register: Vec<Toilet>,
    drawn: Drawn,
}

impl Writer {
    fn write(&mut self, stop: &AtomicBool) {
        let (begun, mut done) = (Instant::now(), 0_u64);
        while !stop.load(Ordering::Relaxed) {
            let due = u64::try_from(begun.elapsed().as_millis()).unwrap_or(0) * WRITES / 1_000;
            while done < due {
                self.write_one(done);
                done += 1;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn write_one(&mut self, number: u64) {
        let (place, count) = (self.drawn.below(self.register.len()), self.register.len());
        let drawn = self.land.toilet(i32::try_from(count + 1).unwrap_or(i32::MAX));
        if number % 40 == 0 {
            self.finder.apply([drawn.clone()], 2);
            self.register.push(drawn);
            return;
        }
        let known = &mut self.register[place];
        known.revision += 1;
        known.updated_at += TimeDelta::seconds(1);
        known.fact.hours = drawn.fact.hours;
        known.fact.facilities = drawn.fact.facilities;
        if number % 40 == 20 {
            known.fact.position = drawn.fact.position;
        }
        self.finder.apply([known.clone()], 2);
    }
}
