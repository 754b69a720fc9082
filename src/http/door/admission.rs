//! Whether a request is let in, and for how long.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poem::http::{Method, header};
use poem::{Endpoint, Middleware, Request, Result};
use tokio::sync::SemaphorePermit;

use super::Door;
use super::body::Watch;
use super::networks::{client, note};
use crate::http::meters::Refusal;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// After how long to come again when all places are taken: they are held for seconds at most.
const BUSY: Duration = Duration::from_secs(1);

/// Puts the [`Door`] before an endpoint.
#[derive(Debug)]
pub(in crate::http) struct Admitting(pub(in crate::http) Arc<Door>);

impl<E: Endpoint> Middleware<E> for Admitting {
    type Output = Admission<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Admission { inner, door: Arc::clone(&self.0) }
    }
}

/// The endpoint of a [`Door`].
#[derive(Debug)]
pub(in crate::http) struct Admission<E> {
    inner: E,
    door: Arc<Door>,
}

impl<E: Endpoint> Endpoint for Admission<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let door = &*self.door;
        let errand = Errand::of(&request);
        door.readable(&request)?;
        let client = client(&request, &door.limits.trusted_proxies);
        door.measured(client, errand)?;
        if let Some(client) = client {
            note(&mut request, client);
        }
        let _places = door.place(errand)?;
        let watch = Watch::over(&mut request, &door.limits);
        let answered = tokio::time::timeout(door.time(errand), self.inner.call(request)).await;
        match (watch.and_then(|watch| watch.problem()), answered) {
            (Some(problem), _) => Err(problem.into()),
            (None, Ok(answered)) => answered,
            (None, Err(_)) => {
                door.meters.refused(Refusal::Time);
                Err(Problem::unavailable("The request took too long and was given up.", BUSY).into())
            }
        }
    }
}

/// What a request is about, as far as the door treats it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Errand {
    /// Someone on the street looks for a toilet: goes before all others.
    Search,
    /// A watcher asks after the process: always answered, or an overload would get the process killed.
    Liveness,
    /// A balancer asks whether to send requests: always answered.
    Readiness,
    /// Somebody scanned a plate, or tries to hit upon one.
    Plate,
    /// Anything else.
    Other,
}

impl Errand {
    fn of(request: &Request) -> Self {
        match request.uri().path() {
            "/livez" => Self::Liveness,
            "/readyz" => Self::Readiness,
            "/api/v1/toilets/nearest" => Self::Search,
            "/api/v1/toilets" if matches!(*request.method(), Method::GET | Method::HEAD) => Self::Search,
            path if path.starts_with("/p/") || path.starts_with("/api/v1/plates/") => Self::Plate,
            _ => Self::Other,
        }
    }
}

impl Door {
    /// Refuses what would not be read rightly.
    fn readable(&self, request: &Request) -> Result<(), Problem> {
        let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
        let most = self.limits.url_bytes;
        if url > usize::try_from(most).unwrap_or(usize::MAX) {
            let detail = format!("Path and query are longer than {most} bytes.");
            return Err(Problem::new(ProblemCode::UriTooLong, detail));
        }
        let mut codings = request.headers().get_all(header::CONTENT_ENCODING).iter();
        if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            let detail = "Bodies are taken as they are, without Content-Encoding.";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail));
        }
        Ok(())
    }

    /// Refuses who asks too often, and says that a process that is about to stop is not ready.
    fn measured(&self, client: Option<IpAddr>, errand: Errand) -> Result<(), Problem> {
        if errand == Errand::Readiness && self.is_leaving() {
            self.meters.refused(Refusal::Stopping);
            return Err(Problem::unavailable("The service is about to stop.", self.limits.drain_seconds));
        }
        let rates = match errand {
            Errand::Search => &self.searches,
            Errand::Plate => &self.plates,
            _ => return Ok(()),
        };
        let Some(client) = client else { return Ok(()) };
        rates.take(client, Instant::now()).map_err(|wait| {
            self.meters.refused(Refusal::Rate);
            Problem::too_many_requests(wait)
        })
    }

    /// A place among the requests under way.
    fn place(&self, errand: Errand) -> Result<[Option<SemaphorePermit<'_>>; 2], Problem> {
        let full = |_| {
            self.meters.refused(Refusal::Places);
            Problem::unavailable("The service has as much to do as it can.", BUSY)
        };
        match errand {
            Errand::Liveness | Errand::Readiness => Ok([None, None]),
            Errand::Search => Ok([Some(self.places.try_acquire().map_err(full)?), None]),
            Errand::Plate | Errand::Other => {
                let unreserved = self.unreserved.try_acquire().map_err(full)?;
                Ok([Some(self.places.try_acquire().map_err(full)?), Some(unreserved)])
            }
        }
    }

    fn time(&self, errand: Errand) -> Duration {
        match errand {
            Errand::Search => self.limits.search_seconds,
            _ => self.limits.request_seconds,
        }
    }
}
