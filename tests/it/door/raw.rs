//! A server around endpoints made for attacks, and a client that can misbehave.

use std::net::SocketAddr;
use std::time::Duration;

use gongce::http::{BodyLimit, Door, Limits, behind_front, serve};
use gongce::usecase::Clock;
use poem::{EndpointExt, Response, Route, handler};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Several times every short limit of these tests.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How long a control watches that nothing happens: several times every short limit too.
pub(super) const WATCH: Duration = Duration::from_millis(1_500);

/// A limit that an attacker runs into soon.
pub(super) const SHORT: Duration = Duration::from_millis(250);

/// How much `/long` answers: more than sockets hold.
pub(super) const LONG: usize = 32 << 20;

/// No limit is near.
pub(super) fn lenient() -> Limits {
    let hour = Duration::from_hours(1);
    Limits {
        first_byte_seconds: hour,
        head_seconds: hour,
        idle_seconds: hour,
        stalled_reader_seconds: hour,
        connection_age_seconds: hour,
        body_window_seconds: hour,
        search_seconds: hour,
        request_seconds: hour,
        connections_per_address: 100_000,
        head_fields: 1_000,
        head_bytes: 1 << 20,
        url_bytes: 65_000,
        body_bytes: 64 << 20,
        search_burst: 1_000_000,
        stop_delay_seconds: Duration::ZERO,
        drain_seconds: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// No limit is near but those that `near` sets.
pub(super) fn lenient_but(near: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = lenient();
    near(&mut limits);
    limits
}

#[handler]
fn echo(body: Vec<u8>) -> Vec<u8> {
    body
}

#[handler]
fn long() -> Vec<u8> {
    vec![b'x'; LONG]
}

#[handler]
async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(800)).await;
    "at last"
}

#[handler]
fn quick() -> &'static str {
    "ok"
}

#[handler]
fn json() -> Response {
    let body = format!("{{\"text\":\"{}\"}}", "公厕".repeat(1_000));
    Response::builder().content_type("application/json").header("etag", "\"7-abc\"").body(body)
}

#[handler]
fn photo() -> Response {
    Response::builder().content_type("image/jpeg").body(vec![0; 5_000])
}

/// A running server.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    pub(super) ended: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(super) async fn start(limits: Limits) -> Self {
        let route = Route::new()
            .at("/", quick)
            .at("/livez", quick)
            .at("/readyz", quick)
            .at("/api/v1/toilets/nearest", quick)
            .at("/echo", poem::post(echo))
            .at("/photos", poem::post(echo).with(BodyLimit(2_000)))
            .at("/long", long)
            .at("/slow", slow)
            .at("/json", json)
            .at("/photo", photo);
        let door = Door::new(limits);
        let endpoint = behind_front(Clock::system(), std::sync::Arc::clone(&door), route);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(serve(listener, endpoint, door, Clock::system(), async { drop(stopped.await) }));
        Self { address, stop: Some(stop), ended }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Tells it to stop.
    pub(super) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Sends these bytes on a connection of their own and reads all that comes back.
    pub(super) async fn send(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect().await;
        // The server may answer and close before it has read everything.
        let _sent = stream.write_all(bytes.as_ref()).await;
        Answer::read(&mut stream).await
    }

    /// Asks for a path, with further header lines.
    pub(super) async fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: t\r\n{headers}Connection: close\r\n\r\n")).await
    }

    /// Whether the server ends the attacker's connection before patience does.
    pub(super) async fn cuts(&self, attack: impl AsyncFnOnce(TcpStream), patience: Duration) -> bool {
        tokio::time::timeout(patience, attack(self.connect().await)).await.is_ok()
    }
}

/// All that came back on a connection.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Reads until the server ends the connection.
    pub(super) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let _reset = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }

    /// Its code, if it is the answer to a failure.
    pub(super) fn code(&self) -> String {
        assert!(self.head.contains("content-type: application/problem+json"), "{}", self.head);
        let body = self.json();
        assert_eq!(body["status"], self.status);
        assert!(self.head.contains(&format!("x-request-id: {}", body["requestId"].as_str().unwrap())), "{}", self.head);
        body["code"].as_str().unwrap().to_owned()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Waits until the server ends the connection, whatever it says before.
pub(super) async fn wait_for_end(mut stream: TcpStream) {
    let mut nowhere = [0; 1_024];
    while stream.read(&mut nowhere).await.is_ok_and(|read| read > 0) {}
}

/// Sends `bytes` one by one, slowly, and begins again, until the server ends the connection.
pub(super) async fn dribble(stream: TcpStream, bytes: &[u8]) {
    let (reader, mut writer) = stream.into_split();
    let mut ended = tokio::spawn(async move {
        let mut reader = reader;
        let mut nowhere = [0; 1_024];
        while reader.read(&mut nowhere).await.is_ok_and(|read| read > 0) {}
    });
    for byte in bytes.iter().cycle() {
        tokio::select! {
            _ = &mut ended => return,
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
        if writer.write_all(&[*byte]).await.is_err() {
            return;
        }
    }
}
