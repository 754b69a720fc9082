//! Prints how long a layout takes: 270 villages and 180 toilets, a million squares of a grid and 10,000 toilets.
//!
//! `cargo bench --bench layout`

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use gongce::domain::layout::{Demand, Question};
use gongce::geo::Wgs84;

/// Numbers that are the same at every run (a linear congruential generator).
struct Draws(u64);

impl Draws {
    /// A number from 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }

    /// So many places in a box of degrees.
    fn places(&mut self, count: usize, (south, west): (f64, f64), (height, width): (f64, f64)) -> Vec<Wgs84> {
        let place = |_| Wgs84::new(south + self.next() * height, west + self.next() * width).ok();
        (0..count).filter_map(place).collect()
    }
}

/// A million squares of 100 m: a hundred kilometres by a hundred.
fn grid() -> Vec<Wgs84> {
    let place = |number: u32| {
        let (row, column) = (f64::from(number / 1_000), f64::from(number % 1_000));
        Wgs84::new(34.0 + row * 0.000_9, 112.0 + column * 0.001_09).ok()
    };
    (0..1_000_000).filter_map(place).collect()
}

fn demand(places: Vec<Wgs84>) -> Vec<Demand> {
    places.into_iter().map(|position| Demand { position, weight: 1.0, name: None }).collect()
}

/// The median of a few runs.
fn timed(runs: usize, question: &Question<'_>) -> Duration {
    let run = |_| {
        let begin = Instant::now();
        black_box(black_box(question).answer());
        begin.elapsed()
    };
    let mut times: Vec<Duration> = (0..runs).map(run).collect();
    times.sort_unstable();
    times.get(runs / 2).copied().unwrap_or_default()
}

fn main() -> std::io::Result<()> {
    let mut draws = Draws(17);
    let county = ((34.7, 112.2), (0.25, 0.6));
    let (villages, toilets) = (demand(draws.places(270, county.0, county.1)), draws.places(180, county.0, county.1));
    let ask = |demand, toilets| Question { demand, toilets, radius_metres: 500.0, gaps: 10, places: 5 };
    let mut out = std::io::stdout().lock();
    let small = timed(51, &ask(&villages, &toilets));
    writeln!(out, "270 villages, 180 toilets: {:.3} ms", small.as_secs_f64() * 1e3)?;
    let (squares, toilets) = (demand(grid()), draws.places(10_000, (34.0, 112.0), (0.9, 1.09)));
    let large = timed(3, &ask(&squares, &toilets));
    writeln!(out, "1,000,000 squares, 10,000 toilets: {:.2} s", large.as_secs_f64())
}
