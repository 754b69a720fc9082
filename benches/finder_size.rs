//! Prints what putting the register in order costs: the CPU time of all threads of this process, and the memory of what is
//! made, which is the index beside the toilets themselves with their fragments. `FINDER_TOILETS=100000` names other sizes.
//! usage: `cargo bench --bench finder_size`

mod settlements;

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use chrono::TimeDelta;
use gongce::domain::holiday::Calendars;
use gongce::finder::Finder;

use settlements::{Land, NOW, instant};

const ROUNDS: i32 = 7;

/// So many new ones that it is put in order.
const NEW: i32 = 128;

fn main() -> anyhow::Result<()> {
    let sizes = std::env::var_os("FINDER_TOILETS").unwrap_or_else(|| "100000,1000000".into());
    for toilets in sizes.to_string_lossy().split(',').filter_map(|size| size.trim().parse().ok()) {
        measure(toilets)?;
    }
    Ok(())
}

fn measure(toilets: usize) -> anyhow::Result<()> {
    let finder = Finder::new(|_| Vec::new(), Arc::new(Calendars::builtin()));
    let mut land = Land::new(toilets);
    finder.replace(land.clone().toilets(toilets), Vec::new(), 1);
    finder.tend(instant(NOW));
    let (mut spent, mut grown) = (Vec::new(), Vec::new());
    let (mut id, mut now) = (i32::try_from(toilets)?, instant(NOW));
    for _ in 0..ROUNDS {
        // Whoever reads the register holds what it was, so that what is made stands beside it.
        let before = finder.snapshot();
        finder.apply((1..=NEW).map(|new| land.toilet(id + new)).collect::<Vec<_>>(), 2);
        (id, now) = (id + NEW, now + TimeDelta::seconds(1));
        let (cpu, memory) = (cpu_nanoseconds()?, resident_bytes()?);
        finder.tend(now);
        spent.push((cpu_nanoseconds()? - cpu) / 1_000_000);
        grown.push(resident_bytes()?.saturating_sub(memory) / 1_000_000);
        anyhow::ensure!(finder.snapshot().beside() == 0, "it was not put in order");
        drop(before);
        // It is let go of.
        finder.tend(now);
    }
    spent.sort_unstable();
    grown.sort_unstable();
    let middle = spent.len() / 2;
    writeln!(
        std::io::stdout(),
        "{toilets} toilets put in order: {} ms of CPU, {} MB of index beside the toilets (medians of {ROUNDS})",
        spent[middle],
        grown[middle]
    )?;
    Ok(())
}

/// What all threads of this process have spent so far.
fn cpu_nanoseconds() -> anyhow::Result<u64> {
    let mut all = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let spent = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        all += spent.split_whitespace().next().context("an empty schedstat")?.parse::<u64>()?;
    }
    Ok(all)
}

/// What this process holds in memory.
fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1_024)
}
