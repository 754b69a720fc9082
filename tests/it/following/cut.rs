//! Two processes on one PostgreSQL database, of which one loses its network and gets it back.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::telling::{Outsider, READ, until};
use crate::harness::program::Server;
use crate::harness::stores::Database;
use crate::sign_in::processes::{admin, host};

/// The way to a database, which can be cut.
struct Network {
    address: SocketAddr,
    is_up: watch::Sender<bool>,
}

impl Network {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_up, seen) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, server.clone(), seen.clone()));
            }
        });
        Self { address, is_up }
    }

    /// Cuts all that goes over it, and lets nothing new through.
    fn cut(&self) {
        self.is_up.send_replace(false);
    }

    fn mend(&self) {
        self.is_up.send_replace(true);
    }
}

async fn carry(mut near: TcpStream, server: String, mut is_up: watch::Receiver<bool>) {
    if !*is_up.borrow_and_update() {
        return;
    }
    let mut far = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _ = is_up.wait_for(|is_up| !is_up) => {}
    }
}

/// Starts a process on the database at that URL.
fn start(folder: &Path, url: &str) -> Server {
    Server::start_with(folder, &[("GONGCE_DATABASE_URL", url), ("GONGCE_KEYS_DIR", "keys")])
}

/// Writes a toilet through a process, some way from the others; answers its id.
fn write(server: &Server, token: &str, number: i32) -> i64 {
    let position = json!({"latitude": 34.8 + 0.001 * f64::from(number), "longitude": 112.4});
    let toilet = json!({"name": format!("{number}号公厕"), "position": position, "zone": "Asia/Shanghai"});
    let (status, made) = server.send("POST", "/api/v1/toilets?crs=wgs84", token, &[], &toilet);
    assert_eq!(status, 201, "{made}");
    made["id"].as_i64().unwrap()
}

/// The ids of the toilets nearest to where that one was written.
fn nearest(server: &Server, number: i32) -> Vec<i64> {
    let latitude = 34.8 + 0.001 * f64::from(number);
    let path = format!("/api/v1/toilets/nearest?crs=wgs84&latitude={latitude}&longitude=112.4");
    let (status, found) = server.send("GET", &path, "", &[], &Value::Null);
    assert_eq!(status, 200, "{found}");
    found["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

fn toilet(server: &Server, id: i64) -> (u16, Value) {
    server.send("GET", &format!("/api/v1/toilets/{id}?crs=wgs84"), "", &[], &Value::Null)
}

/// Writes three toilets through one process, each as soon as the one before is what the other finds first.
async fn three(here: &Server, there: &Server, token: &str, from: i32) {
    let begun = Instant::now();
    for number in from..from + 3 {
        let id = write(here, token, number);
        until("the nearest", async || nearest(there, number).first() == Some(&id)).await;
    }
    assert!(begun.elapsed() < READ, "{:?}: it was not told", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_lost_its_network_catches_up_completely() {
    let (_server, database) = Database::with_server_of_its_own().await;
    let folder = database.folder.path();
    let settings = format!("database_url = {:?}\nkeys_dir = \"keys\"\n", database.url);
    std::fs::write(folder.join("gongce.toml"), settings).unwrap();
    host(folder, &["keys", "create"]);
    let (place, name) = database.url.split_once('@').unwrap().1.split_once('/').unwrap();
    let network = Network::to(place.to_owned()).await;
    let (here, there) =
        (start(folder, &database.url), start(folder, &format!("postgres://gongce@{}/{name}", network.address)));
    let token = admin(folder, &here);
    let outsider = Outsider::on(&database.url).await;
    outsider.listeners(2).await;
    three(&here, &there, &token, 0).await;

    let before = write(&here, &token, 9);
    until("the last before", async || toilet(&there, before).0 == 200).await;
    network.cut();
    until("the loss", async || there.log().contains("cannot follow the journal")).await;
    let made: Vec<_> = (10..30).map(|number| write(&here, &token, number)).collect();
    let renamed = json!({"name": "改名公厕"});
    let (path, read) = (format!("/api/v1/toilets/{before}"), [("If-Match", "1")]);
    let (status, changed) = here.send("PATCH", &path, &token, &read, &renamed);
    assert_eq!((status, &changed["revision"]), (200, &json!(2)), "{changed}");
    // The control: it is cut off, and answers from what it knew.
    assert!(made.iter().all(|id| toilet(&there, *id).0 == 404));
    assert_eq!(toilet(&there, before).1["revision"], 1);

    network.mend();
    for id in made.iter().chain([&before]) {
        until("the same answer", async || {
            let answer = toilet(&here, *id);
            assert_eq!(answer.0, 200);
            toilet(&there, *id) == answer
        })
        .await;
    }
    for number in 10..30 {
        assert_eq!(nearest(&there, number), nearest(&here, number));
    }
    outsider.listeners(2).await;
    three(&here, &there, &token, 40).await;
    drop((here, there));
    database.assert_sound().await;
}
