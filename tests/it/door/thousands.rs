//! Two thousand slow connections beside normal traffic, against the program itself as it is shipped.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::raw::{Answer, PATIENCE, WATCH};
use crate::harness::program;

const ATTACKERS: usize = 2_000;

/// From how many addresses they come: together they hold half of the seats when each address has as many as it may.
const ADDRESSES: usize = 4;

/// How many of them come at the same time.
const AT_ONCE: usize = 200;

/// What this process needs for them and for the tests beside, and the server for all of its seats.
const DESCRIPTORS: u64 = 4_096;

const SEARCH: &str = "/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84";

/// Nobody is cut while the test looks on, so that what makes room is the cap on one address alone.
const PATIENT: [(&str, &str); 2] = [("GONGCE_FIRST_BYTE_SECONDS", "3600"), ("GONGCE_HEAD_SECONDS", "3600")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn normal_requests_succeed_beside_two_thousand_slow_connections() {
    let (soft, hard) = limits_of_open_files();
    if hard < DESCRIPTORS {
        let reason = format!("skipped: this process may not open {DESCRIPTORS} files, {hard} at most\n");
        return std::io::stderr().write_all(reason.as_bytes()).unwrap();
    }
    if soft < DESCRIPTORS {
        return again_with_more_files();
    }
    let answered = answered(&[], 1_000, PATIENCE).await;
    assert!(answered >= 999, "as shipped, {answered} of 1,000 were answered");
    let answered = self::answered(&PATIENT, 200, PATIENCE).await;
    assert_eq!(answered, 200, "where nobody is cut");
    let without = [PATIENT.as_slice(), &[("GONGCE_CONNECTIONS_PER_ADDRESS", "100000")]].concat();
    assert_eq!(self::answered(&without, 1, WATCH).await, 0, "the control: the attackers have all seats");
}

/// How many of so many searches are answered, each on a connection of its own, while the attackers hold on.
async fn answered(settings: &[(&str, &str)], searches: usize, patience: Duration) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let server = program::Server::start_with_descriptors(folder.path(), 2_048, settings);
    let address: SocketAddr = server.address.parse().unwrap();
    let came = Arc::new(AtomicUsize::new(0));
    let mut attackers = JoinSet::new();
    for number in 0..ATTACKERS {
        let from = Ipv4Addr::new(127, 0, 1, u8::try_from(number % ADDRESSES).unwrap() + 1);
        attackers.spawn(attack(address, from, Arc::clone(&came)));
        if (number + 1).is_multiple_of(AT_ONCE) {
            // More at once than the queue of the system holds would not have come, though they believe it. In the end
            // it is full where nobody is turned away.
            let _full = tokio::time::timeout(WATCH, all_of(number + 1, &came)).await;
        }
    }
    let mut answered = 0;
    for _ in 0..searches {
        let status = tokio::time::timeout(patience, search(address)).await;
        answered += usize::from(status == Ok(200));
    }
    answered
}

/// Waits until so many have come.
async fn all_of(number: usize, came: &AtomicUsize) {
    while came.load(Ordering::Relaxed) < number {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn search(address: SocketAddr) -> u16 {
    let Ok(mut stream) = TcpStream::connect(address).await else { return 0 };
    let request = format!("GET {SEARCH} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    let _sent = stream.write_all(request.as_bytes()).await;
    Answer::read(&mut stream).await.status
}

/// Sends a head of one byte a second, and comes back some seconds after it was cut, for as long as it is polled.
async fn attack(server: SocketAddr, from: Ipv4Addr, came: Arc<AtomicUsize>) {
    let mut is_first = true;
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        if let Ok(mut stream) = socket.connect(server).await {
            came.fetch_add(usize::from(std::mem::take(&mut is_first)), Ordering::Relaxed);
            let mut nowhere = [0; 64];
            while stream.write_all(b"G").await.is_ok() {
                let said = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut nowhere)).await;
                if matches!(said, Ok(Ok(0) | Err(_))) {
                    break;
                }
            }
        }
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
}

/// How many files this process may have open, and how many it may allow itself.
fn limits_of_open_files() -> (u64, u64) {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let mut limits = line.split_whitespace().map(|limit| limit.parse().unwrap_or(u64::MAX));
    (limits.next().unwrap(), limits.next().unwrap())
}

/// Runs this test in a process that may open more files, which only a shell can say without unsafe code.
fn again_with_more_files() {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -S -n {DESCRIPTORS} && exec \"$0\" \"$@\""));
    command.arg(std::env::current_exe().unwrap());
    let (_, module) = module_path!().split_once("::").unwrap();
    let name = format!("{module}::normal_requests_succeed_beside_two_thousand_slow_connections");
    let output = command.args(["--exact", &name]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
