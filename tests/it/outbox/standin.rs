//! A server that stands in for webhooks and robots on loopback, and misbehaves when it is told to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it answers next.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// This status with this body.
    Status(u16, &'static str),
    /// A redirect there.
    Redirect(&'static str),
    /// Nothing, while the connection stays open.
    Silence,
    /// Half of what the head promises.
    Truncated,
    /// Far more than anybody reads.
    Huge,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) target: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server; it ends with the test.
pub(super) struct Standin {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    next: Arc<Mutex<VecDeque<Reply>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Standin {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (asked, next) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<Mutex<VecDeque<Reply>>>::default());
        let (all, replies) = (Arc::clone(&asked), Arc::clone(&next));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (all, replies) = (Arc::clone(&all), Arc::clone(&replies));
                // A client that goes away is what some tests are about.
                tokio::spawn(async move { drop(serve(stream, &all, &replies).await) });
            }
        });
        Self { url, asked, next, task }
    }

    /// Answers the next requests so, and those after them well.
    pub(super) fn next(&self, replies: impl IntoIterator<Item = Reply>) {
        self.next.lock().unwrap().extend(replies);
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    all: &Mutex<Vec<Asked>>,
    replies: &Mutex<VecDeque<Reply>>,
) -> std::io::Result<()> {
    let asked = read(&mut stream).await?;
    all.lock().unwrap().push(asked);
    let reply = replies.lock().unwrap().pop_front().unwrap_or(Reply::Status(200, r#"{"errcode":0}"#));
    let (status, head, body) = match reply {
        Reply::Status(status, body) => (status, String::new(), body.as_bytes().to_vec()),
        Reply::Redirect(to) => (302, format!("Location: {to}\r\n"), Vec::new()),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            return Ok(());
        }
        Reply::Truncated => return stream.write_all(b"HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{\"errcode\"").await,
        Reply::Huge => (200, String::new(), vec![b'x'; 1 << 20]),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(&[head.into_bytes(), body].concat()).await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let end = loop {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&part[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let target = lines.next().unwrap().split_whitespace().nth(1).unwrap().to_owned();
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: HashMap<_, _> = lines.filter_map(pair).collect();
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = bytes.split_off(end);
    while body.len() < length {
        let read = stream.read(&mut part).await?;
        body.extend_from_slice(&part[..read]);
    }
    Ok(Asked { target, headers, body: String::from_utf8(body).unwrap() })
}
