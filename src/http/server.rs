//! Listening.

use std::future::Future;
use std::io;
use std::time::Duration;

use poem::listener::TcpAcceptor;
use poem::{Endpoint, Server};
use tokio::net::TcpListener;

/// How long requests that are under way may take to finish once the service is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Answers requests on `listener` until `shutdown` is ready and the requests under way are done, or 10 s have passed.
///
/// # Errors
/// When the listener's address cannot be read, or accepting connections fails for good.
pub async fn serve(
    listener: TcpListener,
    app: impl Endpoint + 'static,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(app, shutdown, Some(GRACE)).await
}
