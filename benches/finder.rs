//! What the finder costs in process: searches of many kinds, keeping the register, and a search with its answer written,
//! without a network. `FINDER_TOILETS=170,100000` names other sizes; ten million need 12 GB of memory.

mod settlements;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use criterion::{BatchSize, BenchmarkId, Criterion};
use gongce::domain::Toilet;
use gongce::domain::facility::{Facility, Need};
use gongce::domain::holiday::Calendars;
use gongce::domain::key::{Key, KeyId, KeyRing};
use gongce::finder::{Filter, Finder, NearestQuery};
use gongce::geo::Wgs84;
use gongce::http::{Door, Limits, bare_routes, render_fragment};
use gongce::store::Store;
use gongce::usecase::{Clock, Ctx};
use poem::http::Uri;
use poem::{Endpoint, Request};

use settlements::{Land, NOW, instant};

/// Places from which it is searched, in turn.
const PLACES: usize = 4_096;

fn finder(toilets: usize) -> Finder {
    let finder = Finder::new(|_| Vec::new(), Arc::new(Calendars::builtin()));
    finder.replace(Land::new(toilets).toilets(toilets), Vec::new(), 1);
    finder.tend(instant(NOW));
    finder
}

fn queries(toilets: usize, needs: &[Facility], usable: bool, at: &str) -> Vec<NearestQuery> {
    let mut land = Land::new(toilets);
    let needs = needs.iter().map(|facility| Need::Facility(*facility)).collect();
    let filter = Filter { needs, ..Filter::default() };
    let query = |_| NearestQuery {
        from: land.place(),
        limit: 10,
        max_distance: None,
        filter: filter.clone(),
        at: instant(at),
        usable,
    };
    (0..PLACES).map(query).collect()
}

fn searching(criterion: &mut Criterion, toilets: usize) {
    let finder = finder(toilets);
    let kinds: [(&str, &[Facility], bool, &str); 7] = [
        ("any", &[], false, NOW),
        ("usable now", &[], true, NOW),
        ("usable at another time", &[], true, "2026-11-24T20:30:00Z"),
        ("one in 10, strewn", &[Facility::Wheelchair], false, NOW),
        ("one in 100, strewn", &[Facility::Shower], false, NOW),
        ("one in 10, by settlement", &[Facility::FamilyToilet], false, NOW),
        ("one in 100, by settlement", &[Facility::DrinkingWater], false, NOW),
    ];
    let mut group = criterion.benchmark_group("nearest ten");
    for (name, needs, usable, at) in kinds {
        let queries = queries(toilets, needs, usable, at);
        let mut turn = 0;
        group.bench_function(BenchmarkId::new(name, toilets), |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % PLACES;
                finder.glance().nearest(&queries[turn])
            });
        });
    }
    let land = Land::new(toilets);
    let some = (toilets / 10).min(1_000);
    finder.apply(land.clone().toilets(some).map(|toilet| Toilet { revision: 2, ..toilet }), 2);
    let queries = queries(toilets, &[], true, NOW);
    let mut turn = 0;
    group.bench_function(BenchmarkId::new("usable now, some changed", toilets), |bencher| {
        bencher.iter(|| {
            turn = (turn + 1) % PLACES;
            finder.glance().nearest(&queries[turn])
        });
    });
}

fn keeping(criterion: &mut Criterion, toilets: usize) {
    let finder = finder(toilets);
    let mut group = criterion.benchmark_group("keeping");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let (mut land, mut revision) = (Land::new(toilets), 1);
    group.bench_function(BenchmarkId::new("a write", toilets), |bencher| {
        let mut changed = || {
            revision += 1;
            Toilet { revision, ..land.toilet(1) }
        };
        bencher.iter_batched(&mut changed, |toilet| finder.apply([toilet], 2), BatchSize::SmallInput);
    });
    finder.tend(instant(NOW));
    let mut new = i32::try_from(toilets).unwrap_or(i32::MAX);
    let now = std::cell::Cell::new(instant(NOW));
    group.bench_function(BenchmarkId::new("all put in order", toilets), |bencher| {
        bencher.iter_batched(
            || {
                // So many new ones that it is worth it.
                let made: Vec<_> = (0..128)
                    .map(|_| {
                        new += 1;
                        land.toilet(new)
                    })
                    .collect();
                finder.apply(made, 2);
                now.set(now.get() + TimeDelta::seconds(1));
            },
            |()| finder.tend(now.get()),
            BatchSize::PerIteration,
        );
    });
}

/// A search as a request to the routes, answered as to anybody.
fn answering(criterion: &mut Criterion, toilets: usize) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("gongce.db").display());
    let store = runtime.block_on(Store::open(&url, None))?;
    let clock = Clock::system();
    let keys = KeyRing::new([(KeyId::read('1').context("no key")?, Key::new(&clock.random::<32>()?)?)])?;
    let ctx = Arc::new(Ctx::new(store, clock, Calendars::builtin(), keys, render_fragment));
    ctx.finder.replace(Land::new(toilets).toilets(toilets), Vec::new(), 1);
    ctx.finder.tend(ctx.clock.now());
    let routes = bare_routes(ctx, &Door::new(Limits::default()));
    let mut land = Land::new(toilets);
    let path = |place: Wgs84| {
        let (latitude, longitude) = (place.latitude(), place.longitude());
        format!("/api/v1/toilets/nearest?latitude={latitude:.6}&longitude={longitude:.6}&crs=wgs84&usable=false")
    };
    let paths: Vec<Uri> = (0..PLACES).map(|_| path(land.place()).parse()).collect::<Result<_, _>>()?;
    let mut turn = 0;
    let mut group = criterion.benchmark_group("nearest ten, answered");
    group.bench_function(BenchmarkId::new("any", toilets), |bencher| {
        bencher.iter(|| {
            turn = (turn + 1) % PLACES;
            let request = Request::builder().uri(paths[turn].clone()).finish();
            let answer = runtime.block_on(async { routes.get_response(request).await.into_body().into_bytes().await });
            assert!(answer.is_ok_and(|bytes| bytes.len() > 1_000), "ten are answered");
        });
    });
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    let sizes = std::env::var_os("FINDER_TOILETS").unwrap_or_else(|| "170,100000,1000000".into());
    for toilets in sizes.to_string_lossy().split(',').filter_map(|size| size.trim().parse().ok()) {
        searching(&mut criterion, toilets);
        keeping(&mut criterion, toilets);
        answering(&mut criterion, toilets)?;
    }
    criterion.final_summary();
    Ok(())
}
