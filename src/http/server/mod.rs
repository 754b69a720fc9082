//! Listening: an accept loop that hostile, slow and too many clients cannot stop.

mod callers;
mod connection;
mod descriptors;
mod farewell;
mod socket;

pub(super) use connection::ConnectionEnds;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

use self::callers::Callers;
use self::connection::House;
use super::complaint::Complaint;
use super::door::Door;
use super::meters::Cut;
use crate::usecase::Clock;

/// How long to wait after a failed accept: what fails then, such as a lack of file descriptors, needs time to pass.
const BREATH: Duration = Duration::from_millis(100);

/// Answers requests on `listener` until `shutdown` is ready; then says for a while that it is not ready, takes no more
/// connections, and lets requests under way end, each for as long as `door` allows. `clock` names the requests that
/// cannot be read.
///
/// # Errors
/// When the listener's address cannot be read.
pub async fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint<Output = Response> + 'static,
    door: Arc<Door>,
    clock: Clock,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let all_seats = descriptors::affordable(&door.limits);
    let seats = Arc::new(Semaphore::new(all_seats));
    let (stop, stopping) = watch::channel(false);
    let limits = door.limits.clone();
    let house = Arc::new(House { endpoint, door: Arc::clone(&door), clock, seats: Arc::clone(&seats), all_seats });
    let leaving = async {
        shutdown.await;
        door.leave();
        sleep(limits.stop_delay_seconds).await;
    };
    tokio::select! {
        biased;
        () = leaving => {}
        () = accept(&listener, house, stopping) => {}
    }
    drop(listener);
    stop.send_replace(true);
    // Every connection gives its seat back within the time to drain; the second more is for the scheduler.
    let everyone = u32::try_from(all_seats).unwrap_or(u32::MAX);
    let emptied = tokio::time::timeout(limits.drain_seconds + Duration::from_secs(1), seats.acquire_many(everyone));
    if emptied.await.is_err() {
        tracing::warn!(%address, "some connections did not end in time and are cut");
    }
    Ok(())
}

/// Takes connections for as long as it is polled.
async fn accept<E>(listener: &TcpListener, house: Arc<House<E>>, stopping: watch::Receiver<bool>)
where
    E: Endpoint<Output = Response> + 'static,
{
    let callers = Callers::default();
    let failed = Complaint::default();
    let refused = Complaint::default();
    // Who finds no seat waits outside, in the system's queue.
    while let Ok(seat) = Arc::clone(&house.seats).acquire_owned().await {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_client(&error) => continue,
            Err(error) => {
                if let Some(times) = failed.due() {
                    tracing::error!(%error, times, "cannot accept connections");
                }
                sleep(BREATH).await;
                continue;
            }
        };
        let Some(caller) = callers.enter(peer.ip(), &house.door.limits) else {
            house.door.meters.cut(Cut::PerAddress);
            if let Some(times) = refused.due() {
                tracing::warn!(%peer, times, "connections refused: the address has as many as it may");
            }
            continue;
        };
        without_delay(&stream);
        let (house, stopping) = (Arc::clone(&house), stopping.clone());
        tokio::spawn(async move {
            house.door.meters.taken.inc();
            house.door.meters.open.inc();
            house.serve(stream, peer, stopping).await;
            house.door.meters.open.dec();
            drop((caller, seat));
        });
    }
}

/// Answers are written at once, not gathered into larger packets; a socket that cannot do so serves all the same.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
}

/// A client that was gone before it was accepted is no trouble of the listener.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
