//! A connection that gives up on clients who are silent, dawdle with a head, or do not take their answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::http::door::Door;
use crate::http::meters::Cut;

/// Whether a request is under way on a connection: it counts up when one begins and when its answer is handed over, so
/// it is odd in between.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn(Arc<AtomicU32>);

impl Turn {
    pub(super) fn pass(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn now(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}

/// A socket with deadlines. hyper has one for heads, which counts the time between requests as part of the head; here
/// the first byte, the head, idle time and a reader who stands still have each their own.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    turn: Turn,
    door: Arc<Door>,
    seen: u32,
    in_head: bool,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
    head: Duration,
    idle: Duration,
    stalled: Duration,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, turn: Turn, door: &Arc<Door>) -> Self {
        let limits = &door.limits;
        Self {
            stream,
            turn,
            door: Arc::clone(door),
            seen: 0,
            in_head: false,
            reading: Box::pin(sleep(limits.first_byte_seconds)),
            writing: None,
            head: limits.head_seconds,
            idle: limits.idle_seconds,
            stalled: limits.stalled_reader_seconds,
        }
    }

    fn allow(&mut self, time: Duration) {
        self.reading.as_mut().reset(Instant::now() + time);
    }

    /// Notices that an answer was handed over, with which idle time begins; tells whether the client has the turn.
    fn is_client_to_speak(&mut self) -> bool {
        let turn = self.turn.now();
        let theirs = turn.is_multiple_of(2);
        if turn != self.seen {
            self.seen = turn;
            self.in_head = false;
            if theirs {
                self.allow(self.idle);
            }
        }
        theirs
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            let stalled = self.stalled;
            ready!(self.writing.get_or_insert_with(|| Box::pin(sleep(stalled))).as_mut().poll(cx));
            self.door.meters.cut(Cut::StalledReader);
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.writing = None;
        if self.is_client_to_speak() && !self.in_head {
            // Who still takes the last answer is not idle.
            self.allow(self.idle);
        }
        written
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let theirs = this.is_client_to_speak();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if !theirs {
            return read;
        }
        if read.is_ready() {
            if buffer.filled().len() > before && !this.in_head {
                this.in_head = true;
                this.allow(this.head);
            }
            return read;
        }
        if this.writing.is_none() {
            ready!(this.reading.as_mut().poll(cx));
            let why = if this.in_head {
                Cut::Head
            } else if this.seen == 0 {
                Cut::FirstByte
            } else {
                Cut::Idle
            };
            this.door.meters.cut(why);
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.wrote(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
