//! What the front door counts. Every label is known when the process starts: paths by their pattern, never as they were
//! sent, and nothing of whoever sent them.

use std::time::Duration;

use poem::http::{Method, StatusCode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::paths::Paths;

/// Upper bounds in seconds, from a search in memory to the longest that a request may take.
const SECONDS: [f64; 12] = [0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

/// The label of a path that the service does not have, and of a method that a path does not take.
const OTHER: &str = "other";

type Labels = Vec<(&'static str, String)>;
type Counters = Family<Labels, Counter>;

/// Why the door refused a request that could have been answered at another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The client asks too often.
    Rate,
    /// All places are taken.
    Places,
    /// It took too long.
    Time,
    /// The service is about to stop.
    Stopping,
}

/// Why a connection was cut, or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its address has as many as it may.
    PerAddress,
    /// Nothing came.
    FirstByte,
    /// A head took too long.
    Head,
    /// Nothing came between two requests: the ordinary end of a connection that is kept.
    Idle,
    /// The client did not take its answer.
    StalledReader,
    /// It did not end in time.
    Drain,
}

/// Everything that is counted at the door of a process.
#[derive(Debug)]
pub(super) struct Meters {
    requests: Counters,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
    refused: Counters,
    cut: Counters,
    refusals: [(Refusal, Counter); 4],
    cuts: [(Cut, Counter); 6],
    /// Connections that are open.
    pub(super) open: Gauge,
    /// Live streams that are open, and lists that are waited for.
    pub(super) streams: Gauge,
    /// Connections that were ever taken.
    pub(super) taken: Counter,
}

impl Meters {
    pub(super) fn new() -> Self {
        let (refused, cut) = (Counters::default(), Counters::default());
        let of = |family: &Counters, reason: &str| family.get_or_create_owned(&vec![("reason", reason.to_owned())]);
        let refusals = [
            (Refusal::Rate, of(&refused, "rate")),
            (Refusal::Places, of(&refused, "places")),
            (Refusal::Time, of(&refused, "time")),
            (Refusal::Stopping, of(&refused, "stopping")),
        ];
        let cuts = [
            (Cut::PerAddress, of(&cut, "perAddress")),
            (Cut::FirstByte, of(&cut, "firstByte")),
            (Cut::Head, of(&cut, "head")),
            (Cut::Idle, of(&cut, "idle")),
            (Cut::StalledReader, of(&cut, "stalledReader")),
            (Cut::Drain, of(&cut, "drain")),
        ];
        Self {
            requests: Counters::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            refused,
            cut,
            refusals,
            cuts,
            open: Gauge::default(),
            streams: Gauge::default(),
            taken: Counter::default(),
        }
    }

    /// Counts a refusal.
    pub(super) fn refused(&self, why: Refusal) {
        count(&self.refusals, &why);
    }

    /// Counts a connection that was cut.
    pub(super) fn cut(&self, why: Cut) {
        count(&self.cuts, &why);
    }

    /// The meters of each pattern of `paths`, resolved once.
    pub(super) fn traffic(&self, paths: &Paths) -> Traffic {
        let patterns = paths.patterns().iter().map(|pattern| {
            let meters =
                pattern.methods.iter().map(|method| (method.clone(), self.meter(method.as_str(), &pattern.text)));
            (meters.collect(), self.meter(OTHER, &pattern.text))
        });
        Traffic { patterns: patterns.collect(), unknown: self.meter(OTHER, OTHER) }
    }

    fn meter(&self, method: &str, path: &str) -> Meter {
        let labels = vec![("method", method.to_owned()), ("path", path.to_owned())];
        let by_class = CLASSES.map(|class| {
            let labels = [labels.clone(), vec![("status", class.to_owned())]].concat();
            self.requests.get_or_create_owned(&labels)
        });
        Meter { by_class, seconds: self.seconds.get_or_create_owned(&labels) }
    }

    /// Puts everything into a registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Requests that were answered, by pattern of the path and class of the status";
        registry.register("http_requests", help, self.requests.clone());
        let help = "From the head of a request to that of its answer";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, self.seconds.clone());
        let help = "Requests refused with 429 or 503: rate (asked too often), places (all taken), time (given up), \
                    stopping";
        registry.register("http_refused", help, self.refused.clone());
        registry.register("connections_open", "Connections that are open", self.open.clone());
        registry.register(
            "streams_open",
            "Live streams that are open, and lists that are waited for",
            self.streams.clone(),
        );
        registry.register("connections", "Connections that were taken", self.taken.clone());
        registry.register("connections_cut", "Connections that were cut or not taken", self.cut.clone());
    }
}

fn count<R: PartialEq>(counters: &[(R, Counter)], why: &R) {
    if let Some((_, counter)) = counters.iter().find(|(reason, _)| reason == why) {
        counter.inc();
    }
}

/// The classes of a status.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// The meters of every operation.
#[derive(Debug)]
pub(super) struct Traffic {
    patterns: Vec<(Vec<(Method, Meter)>, Meter)>,
    unknown: Meter,
}

impl Traffic {
    /// The meter of a request for the pattern of that number. HEAD counts as GET.
    pub(super) fn meter(&self, pattern: Option<usize>, method: &Method) -> &Meter {
        let Some((meters, other)) = pattern.and_then(|number| self.patterns.get(number)) else { return &self.unknown };
        let asked = if *method == Method::HEAD { &Method::GET } else { method };
        meters.iter().find(|(method, _)| method == asked).map_or(other, |(_, meter)| meter)
    }
}

/// What is counted of one operation.
#[derive(Debug)]
pub(super) struct Meter {
    by_class: [Counter; 4],
    seconds: Histogram,
}

impl Meter {
    /// Counts an answer.
    pub(super) fn answered(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(2);
        if let Some(counter) = self.by_class.get(class) {
            counter.inc();
        }
        self.seconds.observe(took.as_secs_f64());
    }
}
