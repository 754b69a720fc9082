//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::http::uri::Scheme;
use poem::http::{HeaderValue, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request, Response};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep};

use super::socket::{Socket, Turn};
use crate::http::door::{Door, Limits};
use crate::http::meters::Cut;
use crate::usecase::Clock;

/// When a connection is too old; laid into its requests, so that an answer without end ends before.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct ConnectionEnds(pub(in crate::http) Instant);

/// What all connections have in common.
#[derive(Debug)]
pub(super) struct House<E> {
    pub(super) endpoint: E,
    pub(super) door: Arc<Door>,
    pub(super) clock: Clock,
    /// A permit for each connection that may be open.
    pub(super) seats: Arc<Semaphore>,
    pub(super) all_seats: usize,
}

impl<E: Endpoint<Output = Response>> House<E> {
    /// Answers the requests of one connection until it ends, is too old, or the service stops.
    pub(super) async fn serve(&self, stream: TcpStream, peer: SocketAddr, mut stopping: watch::Receiver<bool>) {
        let limits = &self.door.limits;
        let turn = Turn::default();
        let local = stream.local_addr().map(|address| LocalAddr(Addr::SocketAddr(address))).unwrap_or_default();
        let socket = TokioIo::new(Socket::new(stream, turn.clone(), &self.door, self.clock));
        let answered = AtomicU32::new(0);
        let ends = ConnectionEnds(Instant::now() + limits.connection_age_seconds);
        let answer = service_fn(|request: hyper::Request<Incoming>| {
            turn.pass();
            let mut request: Request =
                (request, local.clone(), RemoteAddr(Addr::SocketAddr(peer)), Scheme::HTTP).into();
            request.set_data(ends);
            let is_last = answered.fetch_add(1, Ordering::Relaxed).saturating_add(1) >= limits.connection_requests;
            self.answer(request, is_last, turn.clone())
        });
        let mut connection = std::pin::pin!(protocol(limits).serve_connection(socket, answer));
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = sleep(limits.connection_age_seconds) => None,
            _ = stopping.wait_for(|stopping| *stopping) => None,
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = sleep(limits.drain_seconds) => {
                    self.door.meters.cut(Cut::Drain);
                    return tracing::debug!(%peer, "connection cut: its time is over");
                }
            }
        };
        if let Err(error) = ended {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::debug!(%peer, %error, cause, "connection ended early");
        }
    }

    async fn answer(&self, request: Request, is_last: bool, turn: Turn) -> Result<hyper::Response<Handed>, Infallible> {
        let answer: hyper::Response<BoxBody<Bytes, io::Error>> = self.endpoint.get_response(request).await.into();
        let mut answer = answer.map(|body| Handed { body, turn });
        // When seats run out, nobody keeps one while idle.
        if is_last || self.seats.available_permits() < self.all_seats / 10 {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(answer)
    }
}

fn protocol(limits: &Limits) -> http1::Builder {
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let mut protocol = http1::Builder::new();
    protocol
        // The socket has deadlines of its own, and the connection an end.
        .header_read_timeout(None)
        .max_headers(size(limits.head_fields))
        .max_header_size(size(limits.head_bytes))
        .max_buf_size(size(limits.head_bytes));
    protocol
}

/// The body of an answer, which gives the turn back to the client when it has been handed over.
#[derive(Debug)]
struct Handed {
    body: BoxBody<Bytes, io::Error>,
    turn: Turn,
}

impl hyper::body::Body for Handed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        self.turn.pass();
    }
}
