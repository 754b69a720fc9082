//! Bodies of requests, counted as they come: no more than is allowed, and no slower.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Frame, SizeHint};
use poem::{Body, Endpoint, Middleware, Request, Result};
use tokio::time::{Instant, Sleep};

use super::limits::Limits;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// Lets an operation take a larger (or only a smaller) body than `body_bytes`.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub u64);

/// The endpoint of a [`BodyLimit`].
#[derive(Debug)]
pub struct BodyLimited<E> {
    inner: E,
    bytes: u64,
}

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimited<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodyLimited { inner, bytes: self.0 }
    }
}

impl<E: Endpoint> Endpoint for BodyLimited<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        allow(&request, self.bytes);
        self.inner.call(request).await
    }
}

/// Lets a request bring so many bytes, whatever others may bring.
pub(super) fn allow(request: &Request, bytes: u64) {
    if let Some(watch) = request.data::<Watch>() {
        watch.0.allowed.store(bytes, Ordering::Relaxed);
    }
}

/// What is known of the body of a request while it is read.
#[derive(Debug, Clone)]
pub(super) struct Watch(Arc<Watched>);

#[derive(Debug)]
struct Watched {
    allowed: AtomicU64,
    fault: OnceLock<Fault>,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    TooLarge(u64),
    TooSlow,
}

impl Watch {
    /// Watches the body of a request, if it has one, of so many bytes at most.
    pub(super) fn over(request: &mut Request, limits: &Limits, bytes: u64) -> Option<Self> {
        let body = request.take_body();
        if body.is_empty() {
            return None;
        }
        let watch = Self(Arc::new(Watched { allowed: AtomicU64::new(bytes), fault: OnceLock::new() }));
        request.set_body(Body::from(BoxBody::new(Counted {
            body: body.into(),
            watch: watch.clone(),
            seen: 0,
            window: Window::new(limits.body_rate, limits.body_window_seconds),
        })));
        request.extensions_mut().insert(watch.clone());
        Some(watch)
    }

    /// What was wrong with the body, as far as it was read.
    pub(super) fn problem(&self) -> Option<Problem> {
        Some(match self.0.fault.get()? {
            Fault::TooLarge(allowed) => {
                Problem::new(ProblemCode::TooLarge, format!("The body is larger than {allowed} bytes."))
            }
            Fault::TooSlow => Problem::new(ProblemCode::TooSlow, "The body came too slowly and was given up."),
        })
    }

    fn give_up(&self, fault: Fault) -> io::Error {
        let _first = self.0.fault.set(fault);
        io::Error::other("the body was given up")
    }
}

/// A body that ends in an error when it is too large or too slow.
struct Counted {
    body: BoxBody<Bytes, io::Error>,
    watch: Watch,
    seen: u64,
    window: Window,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        let allowed = this.watch.0.allowed.load(Ordering::Relaxed);
        // An honest length that is too large saves reading it; a dishonest one is found by counting.
        if this.seen + this.body.size_hint().lower() > allowed {
            return Poll::Ready(Some(Err(this.watch.give_up(Fault::TooLarge(allowed)))));
        }
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            ready!(this.window.poll_too_slow(cx));
            return Poll::Ready(Some(Err(this.watch.give_up(Fault::TooSlow))));
        };
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
            this.seen += length;
            this.window.came(length);
        }
        if this.seen > allowed {
            return Poll::Ready(Some(Err(this.watch.give_up(Fault::TooLarge(allowed)))));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Sees whether enough comes in. Only the time spent waiting for the client counts, so that a handler may think as
/// long as it likes.
struct Window {
    enough: f64,
    length: Duration,
    waited: Duration,
    came: u64,
    /// When waiting began, with the alarm that ends it.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Window {
    fn new(rate: u32, length: Duration) -> Self {
        let enough = f64::from(rate) * length.as_secs_f64();
        Self { enough, length, waited: Duration::ZERO, came: 0, waiting: None }
    }

    fn came(&mut self, length: u64) {
        self.came += length;
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of bytes in a few seconds")]
        let is_enough = self.came as f64 >= self.enough;
        if is_enough {
            (self.came, self.waited) = (0, Duration::ZERO);
        }
    }

    /// Ready when a window has passed in which less than enough came.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.length.saturating_sub(self.waited);
        let (_, alarm) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        alarm.as_mut().poll(cx)
    }
}
