//! Whether a request is let in, and for how long.

use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poem::http::{Method, header};
use poem::{Endpoint, Middleware, Request, Result};
use tokio::sync::{OwnedSemaphorePermit, SemaphorePermit};

use super::Door;
use super::body::{self, Watch};
use super::networks::{client, household, note};
use super::streams::{Full, StreamPlace};
use crate::domain::account::PersonId;
use crate::http::credential::Credential;
use crate::http::meters::Refusal;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// After how long to come again when all places are taken: they are held for seconds at most.
const BUSY: Duration = Duration::from_secs(1);

/// The same where places are held for as long as a file takes.
const LONG: Duration = Duration::from_secs(10);

/// For how long somebody may wait for a list to hold anything.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

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
        door.measured(&request, client, errand)?;
        if let Some(client) = client {
            note(&mut request, client);
        }
        if matches!(errand, Errand::Other | Errand::Import | Errand::Upload | Errand::Batch | Errand::Stream) {
            // Whoever finds out who is calling counts them here.
            request.set_data(Arc::clone(&self.door));
        }
        let _places = door.place(errand)?;
        if errand == Errand::Stream {
            // Whoever answers takes it along for as long as the answer lasts.
            request.set_data(door.stream(client)?);
        }
        let watch = Watch::over(&mut request, &door.limits, door.body_bytes(errand));
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
    /// Somebody sends a photo, over a connection that may be slow.
    Upload,
    /// Somebody brings a file to be taken in, or has one applied.
    Import,
    /// A phone sends what it has saved up without signal.
    Batch,
    /// Somebody wants to be told live: for as long as a connection lasts, in a pool of its own.
    Stream,
    /// Anything else.
    Other,
}

impl Errand {
    fn of(request: &Request) -> Self {
        match request.uri().path() {
            "/livez" => Self::Liveness,
            "/readyz" => Self::Readiness,
            "/api/v1/toilets/nearest" | "/api/v1/toilets/along" | "/api/v1/map/clusters" => Self::Search,
            "/api/v1/photos" if request.method() == Method::POST => Self::Upload,
            "/api/v1/cleanings/batch" if request.method() == Method::POST => Self::Batch,
            "/api/v1/toilets" if matches!(*request.method(), Method::GET | Method::HEAD) => Self::Search,
            path if *request.method() == Method::POST && is_import(path) => Self::Import,
            path if is_stream(path) => Self::Stream,
            path if path.starts_with("/p/") || path.starts_with("/api/v1/plates/") => Self::Plate,
            _ => Self::Other,
        }
    }
}

/// Lets a request bring a photo.
pub(in crate::http) fn allow_photo(request: &Request) {
    if let Some(door) = request.data::<Arc<Door>>() {
        body::allow(request, u64::from(door.limits.photo_kib) * 1024);
    }
}

/// Whether a path is one at which events are told: all of them, or those of an area.
fn is_stream(path: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/v1/") else { return false };
    let path = path.strip_suffix("/list").unwrap_or(path);
    path == "events" || path.strip_prefix("areas/").is_some_and(|rest| rest.ends_with("/events"))
}

fn is_import(path: &str) -> bool {
    path.strip_prefix("/api/v1/imports").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
    /// A session is counted as it was brought, valid or not: looking it up would cost a search more than the search.
    fn measured(&self, request: &Request, client: Option<IpAddr>, errand: Errand) -> Result<(), Problem> {
        if errand == Errand::Readiness && self.is_leaving() {
            self.meters.refused(Refusal::Stopping);
            return Err(Problem::unavailable("The service is about to stop.", self.limits.drain_seconds));
        }
        let now = Instant::now();
        match (errand, client) {
            (Errand::Search, Some(client)) => self.counted(self.searches.take(household(client), now))?,
            (Errand::Plate, Some(client)) => self.counted(self.plates.take(household(client), now))?,
            _ => {}
        }
        if errand == Errand::Search
            && let Some(credential) = Credential::of(request)
        {
            let session = self.hasher.hash_one(credential.token());
            self.counted(self.session_searches.take(session, now))?;
        }
        Ok(())
    }

    /// Counts a write of somebody who is signed in.
    ///
    /// # Errors
    /// `tooManyRequests`.
    pub(in crate::http) fn count_write(&self, person: PersonId) -> Result<(), Problem> {
        self.counted(self.writes.take(person, Instant::now()))
    }

    fn counted(&self, taken: Result<(), Duration>) -> Result<(), Problem> {
        taken.map_err(|wait| {
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
            Errand::Liveness | Errand::Readiness | Errand::Stream => Ok([None, None]),
            Errand::Search => Ok([Some(self.places.try_acquire().map_err(full)?), None]),
            Errand::Plate | Errand::Upload | Errand::Import | Errand::Batch | Errand::Other => {
                let unreserved = self.unreserved.try_acquire().map_err(full)?;
                Ok([Some(self.places.try_acquire().map_err(full)?), Some(unreserved)])
            }
        }
    }

    /// A place among the exports under way, to be kept until the last byte.
    pub(in crate::http) fn exporting(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let full = |_| Problem::unavailable("As many exports are under way as may be.", LONG);
        Arc::clone(&self.exports).try_acquire_owned().map_err(full)
    }

    /// A place among the photos on their way, to be kept until it is stored.
    pub(in crate::http) fn uploading(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let full = |_| Problem::unavailable("As many photos are on their way as may be.", BUSY);
        self.uploads.try_acquire().map_err(full)
    }

    /// A place among the live streams.
    fn stream(&self, client: Option<IpAddr>) -> Result<StreamPlace, Problem> {
        if self.is_leaving() {
            self.meters.refused(Refusal::Stopping);
            return Err(Problem::unavailable("The service is about to stop.", BUSY));
        }
        self.streams.enter(client.map(household)).map_err(|full| match full {
            Full::All => {
                self.meters.refused(Refusal::Places);
                Problem::unavailable("As many live streams are open as may be.", LONG)
            }
            Full::Client => {
                self.meters.refused(Refusal::Rate);
                Problem::too_many_requests(LONG)
            }
        })
    }

    /// How large a body may be. An operation reads it only once it knows who is calling.
    fn body_bytes(&self, errand: Errand) -> u64 {
        match errand {
            Errand::Import => u64::from(self.limits.import_kib) * 1024,
            Errand::Batch => u64::from(self.limits.batch_kib) * 1024,
            _ => self.limits.body_bytes.into(),
        }
    }

    fn time(&self, errand: Errand) -> Duration {
        match errand {
            Errand::Search => self.limits.search_seconds,
            Errand::Upload | Errand::Import => self.limits.upload_seconds,
            Errand::Stream => self.limits.request_seconds + LONGEST_WAIT,
            _ => self.limits.request_seconds,
        }
    }
}
