//! The administration listener: how the process does, for whoever runs it and for nobody else.

use std::sync::Arc;

use poem::endpoint::{BoxEndpoint, make};
use poem::http::{StatusCode, header};
use poem::{Response, Route, get};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use serde_json::json;

use super::door::{Door, Limits};
use super::paths::Paths;
use super::problem::Problem;
use super::routes::fronted;
use crate::usecase::Ctx;
use crate::usecase::watching::{Condition, condition};

/// Its paths, all for GET.
const PATHS: [&str; 3] = ["/livez", "/metrics", "/readyz"];

/// How the text format of `OpenMetrics` is called.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The paths of the administration listener as one endpoint, about the service behind `door`, with a door of its own
/// that lets few in at a time.
#[must_use]
pub fn admin(ctx: &Arc<Ctx>, door: &Arc<Door>) -> (BoxEndpoint<'static, Response>, Arc<Door>) {
    let limits = Limits { connections: 32, in_flight: 16, in_flight_for_search: 0, ..door.limits.clone() };
    let own = Door::new(Limits { stop_delay_seconds: std::time::Duration::ZERO, ..limits });
    let gauges = Arc::new(Gauges::of(ctx, door));
    let metrics = {
        let (ctx, door) = (Arc::clone(ctx), Arc::clone(door));
        make(move |_| {
            let (ctx, door, gauges) = (Arc::clone(&ctx), Arc::clone(&door), Arc::clone(&gauges));
            async move { gauges.answer(&condition(&ctx).await, &door) }
        })
    };
    let readiness = {
        let (ctx, door) = (Arc::clone(ctx), Arc::clone(door));
        make(move |_| {
            let (ctx, door) = (Arc::clone(&ctx), Arc::clone(&door));
            async move { Ok::<_, poem::Error>(readiness(&condition(&ctx).await, &door)) }
        })
    };
    let liveness =
        make(|_| async { Ok::<_, poem::Error>(Response::builder().content_type("application/json").body("{}")) });
    let route = Route::new().at("/livez", get(liveness)).at("/metrics", get(metrics)).at("/readyz", get(readiness));
    (fronted(ctx.clock, Arc::clone(&own), Arc::new(Paths::new(&[], &PATHS)), route), own)
}

/// Whether searches are answered, with all that an operator asks next. A database that is away is told and is no reason
/// for 503: searches go on without it.
fn readiness(condition: &Condition, door: &Door) -> Response {
    let stopping = door.is_leaving();
    let ready = condition.loaded && !stopping;
    let status = match (ready, &condition.database) {
        (false, _) => "notReady",
        (true, Ok(_)) => "ok",
        (true, Err(_)) => "searchOnly",
    };
    let mut body = json!({
        "status": status,
        "stopping": stopping,
        "register": {"loaded": condition.loaded, "toilets": condition.toilets, "journal": condition.journal},
        "database": {"answers": condition.database.is_ok()},
    });
    if let Some(lag) = condition.lag {
        body["register"]["lagSeconds"] = json!(lag.as_secs_f64());
    }
    if let Ok(took) = &condition.database {
        body["database"]["seconds"] = json!(took.as_secs_f64());
    }
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Response::builder().status(code).content_type("application/json").body(body.to_string())
}

/// What is measured when somebody asks, beside all that is counted when it happens.
#[derive(Debug)]
struct Gauges {
    registry: Registry,
    in_flight: Gauge,
    ready: Gauge,
    toilets: Gauge,
    journal: Gauge,
    lag: Gauge<f64, std::sync::atomic::AtomicU64>,
    database: Gauge,
    pools: Family<[(&'static str, &'static str); 2], Gauge>,
}

impl Gauges {
    fn of(ctx: &Ctx, door: &Door) -> Self {
        let mut gauges = Self {
            registry: Registry::with_prefix("gongce"),
            in_flight: Gauge::default(),
            ready: Gauge::default(),
            toilets: Gauge::default(),
            journal: Gauge::default(),
            lag: Gauge::default(),
            database: Gauge::default(),
            pools: Family::default(),
        };
        let registry = &mut gauges.registry;
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        door.meters.register(registry);
        ctx.store.register(registry);
        registry.register("http_requests_in_flight", "Requests under way", gauges.in_flight.clone());
        registry.register("ready", "1 while searches are answered", gauges.ready.clone());
        registry.register("toilets", "Toilets in memory", gauges.toilets.clone());
        registry.register(
            "journal_number",
            "Up to where the register in memory holds the journal",
            gauges.journal.clone(),
        );
        let help = "Since the register in memory was last known to hold all that was written; -1 before the first time";
        registry.register_with_unit("register_lag", help, Unit::Seconds, gauges.lag.clone());
        registry.register("database_up", "1 while the database answers within a second", gauges.database.clone());
        registry.register("database_connections", "Connections to the database", gauges.pools.clone());
        gauges
    }

    fn answer(&self, condition: &Condition, door: &Door) -> poem::Result<Response> {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.in_flight.set(number(door.in_flight()));
        self.ready.set((condition.loaded && !door.is_leaving()).into());
        self.toilets.set(number(condition.toilets));
        self.journal.set(condition.journal);
        self.lag.set(condition.lag.map_or(-1.0, |lag| lag.as_secs_f64()));
        self.database.set(condition.database.is_ok().into());
        for (pool, busy, idle) in &condition.pools {
            for (state, count) in [("busy", busy), ("idle", idle)] {
                self.pools.get_or_create_owned(&[("pool", pool), ("state", state)]).set(number(*count));
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|error| Problem::internal(Some(Arc::new(error))))?;
        Ok(Response::builder().header(header::CONTENT_TYPE, OPEN_METRICS).body(text))
    }
}
