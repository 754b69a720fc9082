//! A connection that gives up on clients who are silent, dawdle with a head, or do not take their answer; and that
//! answers in the words of this service where hyper would answer by itself.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::farewell;
use crate::http::door::Door;
use crate::http::meters::Cut;
use crate::usecase::Clock;

/// How long to read on after the last answer. A connection that is closed while something was not read is reset, and a
/// reset takes the answer away from a client that is still sending a body that was refused.
const LINGER: Duration = Duration::from_secs(2);

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
    clock: Clock,
    seen: u32,
    /// The turn up to which everything was sent.
    sent: u32,
    in_head: bool,
    /// Until when the client may be silent.
    deadline: Instant,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
    /// What is left to write of the answer to a head that cannot be read.
    farewell: Option<Vec<u8>>,
    lingering: Option<Pin<Box<Sleep>>>,
    head: Duration,
    idle: Duration,
    stalled: Duration,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, turn: Turn, door: &Arc<Door>, clock: Clock) -> Self {
        let limits = &door.limits;
        Self {
            stream,
            turn,
            door: Arc::clone(door),
            clock,
            seen: 0,
            sent: 0,
            in_head: false,
            deadline: Instant::now() + limits.first_byte_seconds,
            reading: Box::pin(sleep(limits.first_byte_seconds)),
            writing: None,
            farewell: None,
            lingering: None,
            head: limits.head_seconds,
            idle: limits.idle_seconds,
            stalled: limits.stalled_reader_seconds,
        }
    }

    fn allow(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }

    /// Ready when the client was silent for too long. The alarm follows the deadline only when it would ring too late
    /// or has rung too early: deadlines move with every request, and moving an alarm takes a lock that all share.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.reading.deadline() > self.deadline {
                self.reading.as_mut().reset(self.deadline);
            }
            ready!(self.reading.as_mut().poll(cx));
            if self.deadline <= Instant::now() {
                return Poll::Ready(());
            }
            self.reading.as_mut().reset(self.deadline);
        }
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

    /// Writes the farewell if `bytes` are an answer of hyper's own. They are, if the client has the turn and was sent
    /// everything that the service had for it.
    fn poll_farewell(&mut self, bytes: &[u8], cx: &mut Context<'_>) -> Option<Poll<io::Result<usize>>> {
        if self.farewell.is_none() {
            let turn = self.turn.now();
            if turn != self.sent || !turn.is_multiple_of(2) {
                return None;
            }
            self.farewell = Some(farewell::in_place_of(bytes, self.clock)?);
        }
        let left = self.farewell.as_mut()?;
        while !left.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, left) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(written)) => drop(left.drain(..written)),
                other => return Some(other),
            }
        }
        Some(Poll::Ready(Ok(bytes.len())))
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
            ready!(this.poll_silence(cx));
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
        let this = &mut *self;
        let farewell = this.poll_farewell(bytes, cx);
        let written = farewell.unwrap_or_else(|| Pin::new(&mut this.stream).poll_write(cx, bytes));
        this.wrote(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        // hyper's own answers are one piece.
        let farewell = if let [bytes] = pieces { this.poll_farewell(bytes, cx) } else { None };
        let written = farewell.unwrap_or_else(|| Pin::new(&mut this.stream).poll_write_vectored(cx, pieces));
        this.wrote(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // hyper flushes when all that it had to write is written. It may not read again before something comes, so that
        // the alarm is set here as well; should it ring at once, reading finds out.
        let theirs = this.is_client_to_speak();
        this.sent = this.seen;
        if theirs && this.poll_silence(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        let lingering = this.lingering.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        let mut nowhere = [0; 4_096];
        while lingering.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut nowhere);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}
