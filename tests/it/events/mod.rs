//! Live events, over real sockets, with a follower of the journal as the service has one.

mod limits;
mod resuming;
mod watching;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gongce::domain::event::{Action, NewEntry, RecordKind};
use gongce::domain::id::ToiletId;
use gongce::http::{Door, Limits, routes, serve};
use gongce::store::{Author, StoreError};
use gongce::usecase::{Ctx, following, loading};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::harness::service::Service;
use crate::harness::stores::Database;

/// On PostgreSQL any transaction in the whole cluster, such as another test's, holds events back for a while.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running service with all that is needed to ask it.
struct Live {
    service: Service,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    follower: JoinHandle<()>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

impl Live {
    /// On a database that holds nothing yet.
    async fn on(database: &Database, limits: Limits) -> Self {
        Self::around(Service::on(database).await, limits).await
    }

    /// As a further process on the same database.
    async fn beside(database: &Database) -> Self {
        Self::around(Service::around(database.ctx().await).await, Limits::default()).await
    }

    async fn around(service: Service, limits: Limits) -> Self {
        let ctx = Arc::clone(&service.ctx);
        let cursor = loading::load(&ctx).await.unwrap();
        let follower = tokio::spawn(following::follow(Arc::clone(&ctx), cursor));
        let door = Door::new(Limits { stop_delay_seconds: Duration::ZERO, ..limits });
        let endpoint = routes(Arc::clone(&ctx), Arc::clone(&door));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let clock = ctx.clock;
        tokio::spawn(serve(listener, endpoint, door, clock, async { drop(stopped.await) }));
        Self { service, address, stop: Some(stop), follower }
    }

    fn ctx(&self) -> &Arc<Ctx> {
        &self.service.ctx
    }

    /// Opens a stream; it must be let in.
    async fn stream(&self, path: &str, token: &str, last: &str) -> Reader {
        let reader = self.asked(path, token, last).await;
        assert!(reader.head.starts_with("http/1.0 200"), "{}", reader.head);
        reader
    }

    /// Opens a stream, or is told why not.
    async fn asked(&self, path: &str, token: &str, last: &str) -> Reader {
        Reader::over(TcpStream::connect(self.address).await.unwrap(), path, token, last).await
    }
}

/// Whoever reads a stream.
struct Reader {
    stream: TcpStream,
    head: String,
    rest: String,
}

/// A block of a stream.
#[derive(Debug, Default)]
struct Block {
    id: String,
    name: String,
    data: Value,
}

impl Reader {
    /// Asks in HTTP/1.0, in which an answer without end comes in one piece.
    async fn over(mut stream: TcpStream, path: &str, token: &str, last: &str) -> Self {
        let mut head = format!("GET {path} HTTP/1.0\r\nHost: t\r\nAccept-Encoding: gzip\r\n");
        if !token.is_empty() {
            head = format!("{head}Authorization: Bearer {token}\r\n");
        }
        if !last.is_empty() {
            head = format!("{head}Last-Event-ID: {last}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        let mut reader = Self { stream, head: String::new(), rest: String::new() };
        reader.head = reader.until("\r\n\r\n").await.unwrap().to_lowercase();
        reader
    }

    async fn until(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some(at) = self.rest.find(end) {
                let rest = self.rest.split_off(at + end.len());
                let mut found = std::mem::replace(&mut self.rest, rest);
                found.truncate(at);
                return Some(found);
            }
            let mut bytes = [0; 4_096];
            let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut bytes)).await.unwrap();
            match read {
                Ok(0) | Err(_) => return None,
                Ok(read) => self.rest.push_str(std::str::from_utf8(&bytes[..read]).unwrap()),
            }
        }
    }

    /// The next block, a sign of life too; none when the stream has ended.
    async fn block(&mut self) -> Option<Block> {
        let text = self.until("\n\n").await?;
        let mut block = Block::default();
        for line in text.lines() {
            let (field, value) = line.split_once(':').unwrap();
            match field {
                "id" => value.trim().clone_into(&mut block.id),
                "event" => value.trim().clone_into(&mut block.name),
                "data" => block.data = serde_json::from_str(value).unwrap(),
                "" | "retry" => {}
                other => unreachable!("{other}"),
            }
        }
        Some(block)
    }

    /// The next event.
    async fn event(&mut self) -> Block {
        loop {
            let block = self.block().await.unwrap();
            if !block.data.is_null() {
                return block;
            }
        }
    }

    /// The key and topics of the next event.
    async fn told(&mut self) -> (String, String) {
        told(&self.event().await.data)
    }

    /// Whether the stream ends before patience does.
    async fn ends(mut self, patience: Duration) -> bool {
        tokio::time::timeout(patience, async { while self.block().await.is_some() {} }).await.is_ok()
    }
}

/// Key and topics of an event.
fn told(event: &Value) -> (String, String) {
    let topics: Vec<_> = event["topics"].as_array().unwrap().iter().map(|topic| topic.as_str().unwrap()).collect();
    (event["key"].as_str().unwrap().to_owned(), topics.join(","))
}

/// The key of a slot of that toilet.
fn slot(toilet: ToiletId, number: usize) -> String {
    format!("{toilet}.1.{}.20261123T0800", number + 1)
}

/// As the journal tells that of a slot.
fn slot_entry(key: &str, action: Action) -> NewEntry {
    let changes = [("state".to_owned(), [json!("open"), json!("missed")])].into();
    NewEntry { kind: RecordKind::Slot, key: key.to_owned(), version: 1, action, changes }
}

fn author(ctx: &Ctx) -> Author {
    ctx.author("slots")
}

/// Writes that of slots, all in one transaction.
async fn write(ctx: &Ctx, entries: Vec<NewEntry>) {
    let written = ctx.store.write(author(ctx), move |tx| Box::pin(async move { tx.append(entries).await }));
    written.await.map_err(|error: StoreError| error).unwrap();
}
