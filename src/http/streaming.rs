//! Answers without an end: server-sent events (HTML, 9.2), never packed, and never held back by what stands before us.

use std::fmt::Write;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::door::{Door, StreamPlace};
use super::events::EventView;
use super::exports::Flow;
use super::server::ConnectionEnds;
use crate::usecase::Failure;
use crate::usecase::events::{Taken, Watcher};

/// The media type.
const EVENT_STREAM: &str = "text/event-stream";

/// Pieces that wait for a slow reader before no more is read.
const WAITING: usize = 1;

/// Events in a piece at most.
const TOGETHER: usize = 200;

/// Milliseconds after which a client comes again, and how many of them differ from one stream to the next: after a restart
/// not all come at once.
const RETRY: (u64, u64) = (1_000, 4_000);

/// A stream that has not begun yet.
pub(super) struct Streaming {
    watcher: Watcher,
    door: Arc<Door>,
    place: Option<StreamPlace>,
    ends: Instant,
    beat: Instant,
}

impl Streaming {
    /// A stream to whoever sent that request.
    pub(super) fn to(request: &Request, watcher: Watcher, door: &Arc<Door>) -> Self {
        let now = Instant::now();
        let age = now + door.limits.stream_age_seconds;
        let ends = request.data::<ConnectionEnds>().map_or(age, |connection| age.min(connection.0));
        let place = request.data::<StreamPlace>().cloned();
        Self { watcher, door: Arc::clone(door), place, ends, beat: now + door.limits.heartbeat_seconds }
    }

    /// Tells until the reader is gone, may not know any more, or the time is over.
    async fn tell(self, pieces: mpsc::Sender<io::Result<Bytes>>) {
        let Self { mut watcher, door, place, ends, mut beat } = self;
        let spread = door.streams_begun().wrapping_mul(997) % RETRY.1;
        let mut piece = format!("retry: {}\nid: {}\n\n", RETRY.0 + spread, watcher.mark());
        let over = async {
            tokio::select! {
                () = sleep_until(ends) => {}
                () = door.left() => {}
                () = pieces.closed() => {}
            }
        };
        tokio::pin!(over);
        loop {
            let told = async {
                // Whoever does not take it is cut by the socket.
                pieces.send(Ok(Bytes::from(std::mem::take(&mut piece)))).await.ok()?;
                next(&mut watcher, &mut beat, door.limits.heartbeat_seconds).await.ok()
            };
            tokio::select! {
                () = &mut over => break,
                next = told => match next {
                    Some(text) => piece = text,
                    None => break,
                },
            }
        }
        drop(place);
    }
}

/// The next piece: events, or a sign of life.
async fn next(watcher: &mut Watcher, beat: &mut Instant, every: Duration) -> Result<String, Failure> {
    loop {
        let Taken { events, reset } = watcher.take(TOGETHER).await?;
        let mut piece = String::new();
        if reset {
            piece = format!("event: reset\nid: {}\ndata: {{}}\n\n", watcher.mark());
        }
        for (event, topics) in events {
            // Writing to a string cannot fail.
            let _ = write!(piece, "id: {}\ndata: {}\n\n", event.mark, EventView::of(&event, &topics).to_json_string());
        }
        if piece.is_empty() {
            tokio::select! {
                () = watcher.moved() => continue,
                () = sleep_until(*beat) => {}
            }
            // An id without data tells nobody of anything, and the client goes on from there all the same.
            piece = format!(":\nid: {}\n\n", watcher.mark());
        }
        watcher.check().await?;
        *beat = Instant::now() + every;
        return Ok(piece);
    }
}

impl IntoResponse for Streaming {
    fn into_response(self) -> Response {
        let (pieces, flow) = mpsc::channel(WAITING);
        tokio::spawn(self.tell(pieces));
        let answer = Response::builder().header(header::CONTENT_TYPE, EVENT_STREAM);
        // What nginx reads; others do not hold back a stream of this type.
        let answer = answer.header("x-accel-buffering", HeaderValue::from_static("no"));
        answer.body(Body::from(BoxBody::new(Flow(flow))))
    }
}

impl ApiResponse for Streaming {
    fn meta() -> MetaResponses {
        // As the framework writes its own streams: the items are what `data` holds.
        let schema = MetaSchema {
            items: Some(Box::new(EventView::schema_ref())),
            ..MetaSchema::new_with_format("array", "event-stream")
        };
        let found = MetaResponse {
            description: "Events as they happen.",
            status: Some(StatusCode::OK.as_u16()),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: EVENT_STREAM,
                schema: MetaSchemaRef::Inline(Box::new(schema)),
            }],
            headers: vec![],
        };
        MetaResponses { responses: vec![found] }
    }

    fn register(registry: &mut Registry) {
        EventView::register(registry);
    }
}
