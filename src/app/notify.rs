//! Telling systemd how the service stands: a datagram with `READY=1`, `WATCHDOG=1` or `STOPPING=1` to the socket that it
//! names (`sd_notify(3)`). Whoever else started the service names none and is told nothing.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

/// Whoever started the service, if it wants to be told.
#[derive(Debug, Clone)]
pub(super) struct Supervisor(Option<Arc<OsString>>, Option<Duration>);

impl Supervisor {
    /// The socket to tell, and within which time a sign of life is expected again and again.
    #[must_use]
    pub(super) fn new(told: Option<(OsString, Option<Duration>)>) -> Self {
        match told {
            Some((socket, watchdog)) => Self(Some(Arc::new(socket)), watchdog),
            None => Self(None, None),
        }
    }

    /// Requests are answered from now on.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The service is about to end.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Gives signs of life, twice as often as they are expected, from the runtime that also answers requests: where that
    /// no longer gets a turn, they stop. Ends when the handle is aborted.
    #[must_use]
    pub(super) fn keep_telling(&self) -> Option<JoinHandle<()>> {
        let every = self.1.filter(|time| !time.is_zero())? / 2;
        let supervisor = self.clone();
        Some(tokio::spawn(async move {
            loop {
                supervisor.tell("WATCHDOG=1");
                tokio::time::sleep(every).await;
            }
        }))
    }

    fn tell(&self, state: &str) {
        let Some(socket) = &self.0 else { return };
        if let Err(error) = send(socket, state) {
            tracing::warn!(%error, state, "cannot tell the supervisor");
        }
    }
}

/// A name that begins with `@` is in Linux's abstract namespace.
fn send(socket: &OsStr, state: &str) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}
