//! The administration listener: what an operator sees, and nobody else.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::harness::program::{Server, run, stderr, stdout};

const ADMIN: (&str, &str) = ("GONGCE_ADMIN_LISTEN", "127.0.0.1:0");

/// The value of a line of the metrics that begins so.
fn value(metrics: &str, line: &str) -> Option<f64> {
    metrics.lines().find_map(|told| told.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn requests_are_counted_by_pattern_and_nothing_of_whoever_sent_them_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &[ADMIN]);
    for _ in 0..3 {
        let near = "/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84";
        assert_eq!(server.get(near).0, 200);
    }
    for path in ["/api/v1/toilets/4711", "/api/v1/toilets/4712", "/canary-path", "/metrics", "/api/v1/canary"] {
        assert_eq!(server.get(path).0, 404, "{path}");
    }
    assert_eq!(server.get("/api/v1/toilets/nearest?latitude=91.2345").0, 400);
    let (status, metrics) = server.admin("/metrics");
    assert_eq!(status, 200);
    let requests = |method: &str, path: &str, class: &str| {
        let line = format!("gongce_http_requests_total{{method=\"{method}\",path=\"{path}\",status=\"{class}\"}}");
        value(&metrics, &line)
    };
    assert_eq!(requests("GET", "/api/v1/toilets/nearest", "2xx"), Some(3.0), "{metrics}");
    assert_eq!(requests("GET", "/api/v1/toilets/nearest", "4xx"), Some(1.0));
    assert_eq!(requests("GET", "/api/v1/toilets/{id}", "4xx"), Some(2.0));
    assert_eq!(requests("other", "other", "4xx"), Some(3.0), "whatever there is not has one label");
    let seconds = "gongce_http_request_duration_seconds_count{method=\"GET\",path=\"/api/v1/toilets/nearest\"}";
    assert_eq!(value(&metrics, seconds), Some(4.0));
    for (line, expected) in
        [("gongce_ready", 1.0), ("gongce_database_up", 1.0), ("gongce_toilets", 0.0), ("gongce_write_queue", 0.0)]
    {
        assert_eq!(value(&metrics, line), Some(expected), "{line}");
    }
    assert!(value(&metrics, "gongce_connections_total").is_some_and(|taken| taken >= 9.0), "{metrics}");
    for canary in ["canary", "4711", "34.8264", "91.2345", "127.0.0.1"] {
        assert!(!metrics.contains(canary), "{canary} is in the metrics");
    }
    assert!(metrics.ends_with("# EOF\n"), "OpenMetrics ends so");
}

#[test]
fn a_path_that_nobody_has_seen_makes_no_new_label() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &[ADMIN]);
    let lines = || server.admin("/metrics").1.lines().count();
    let before = lines();
    for number in 0..200 {
        server.get(&format!("/api/v1/{number}/x"));
        server.get(&format!("/api/v1/toilets/{number}"));
    }
    assert_eq!(lines(), before);
}

#[test]
fn what_the_door_refuses_and_cuts_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let limits =
        [ADMIN, ("GONGCE_SEARCH_RATE", "1"), ("GONGCE_SEARCH_BURST", "1"), ("GONGCE_FIRST_BYTE_SECONDS", "0.1")];
    let server = Server::start_with(folder.path(), &limits);
    let near = "/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84";
    let refused: u32 = (0..5).map(|_| u32::from(server.get(near).0 == 429)).sum();
    let mut silent = std::net::TcpStream::connect(&server.address).unwrap();
    drop(std::io::Read::read_to_end(&mut silent, &mut Vec::new()));
    let metrics = server.admin("/metrics").1;
    let told = value(&metrics, "gongce_http_refused_total{reason=\"rate\"}");
    assert!(refused > 0);
    assert_eq!(told, Some(f64::from(refused)));
    assert_eq!(value(&metrics, "gongce_connections_cut_total{reason=\"firstByte\"}"), Some(1.0), "{metrics}");
}

#[test]
fn an_operator_is_told_how_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &[ADMIN]);
    let (status, body) = server.admin("/readyz");
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &told["status"], &told["database"]["answers"]), (200, &"ok".into(), &true.into()), "{body}");
    assert_eq!(told["register"]["toilets"], 0);
    assert_eq!(server.admin("/livez").0, 200);
    for path in ["/", "/api/v1/areas", "/api/openapi.json"] {
        assert_eq!(server.admin(path).0, 404, "{path} is for the public");
    }
}

#[test]
fn it_stays_on_this_machine_unless_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let with = |environment: &[(&str, &str)], arguments: &[&str]| {
        crate::harness::program::gongce(folder.path())
            .envs(environment.iter().copied())
            .args(arguments)
            .output()
            .unwrap()
    };
    let beyond = with(&[("GONGCE_ADMIN_LISTEN", "0.0.0.0:8090")], &["config", "show"]);
    assert_eq!(beyond.status.code(), Some(2));
    assert!(stderr(&beyond).contains("admin_beyond_loopback"), "{}", stderr(&beyond));
    let said = [("GONGCE_ADMIN_LISTEN", "0.0.0.0:8090"), ("GONGCE_ADMIN_BEYOND_LOOPBACK", "yes")];
    assert_eq!(with(&said, &["config", "show"]).status.code(), Some(0));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = with(&[("GONGCE_ADMIN_LISTEN", &address)], &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("GONGCE_ADMIN_LISTEN=off"), "{}", stderr(&refused));
}

/// Reads states from a socket of systemd's kind until `wanted` comes.
fn wait_for(socket: &UnixDatagram, wanted: &str) -> bool {
    let mut buffer = [0; 256];
    while let Ok(length) = socket.recv(&mut buffer) {
        if &buffer[..length] == wanted.as_bytes() {
            return true;
        }
    }
    false
}

#[test]
fn systemd_is_told_when_it_is_ready_alive_and_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let environment = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "200000")];
    let server = Server::start_with(folder.path(), &environment);
    assert!(wait_for(&socket, "READY=1"));
    assert_eq!(server.get("/readyz").0, 200, "the first answer is possible by then");
    assert!(wait_for(&socket, "WATCHDOG=1") && wait_for(&socket, "WATCHDOG=1"), "again and again");
    assert!(server.stop());
    assert!(wait_for(&socket, "STOPPING=1"));
}

#[test]
fn a_health_check_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["serve"]);
    let well = run(folder.path(), &["healthcheck", "--listen", &server.address]);
    assert_eq!((well.status.code(), stdout(&well).as_str()), (Some(0), "ready\n"));
    let address = server.address.clone();
    assert!(server.stop());
    let gone = run(folder.path(), &["healthcheck", "--listen", &address]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).contains("nothing listens on"), "{}", stderr(&gone));
}

/// The seconds after a key in a text of settings.
fn seconds_after(text: &str, key: &str) -> u32 {
    let told = text.split(key).nth(1).unwrap().trim_start_matches([':', '=', ' ']);
    told.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[test]
fn whoever_stops_the_service_waits_for_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let limits = gongce::http::Limits::default();
    let takes = (limits.stop_delay_seconds + limits.drain_seconds).as_secs();
    assert!(u64::from(seconds_after(&read("deploy/gongce.service"), "TimeoutStopSec")) > takes + 1);
    assert!(u64::from(seconds_after(&read("docker-compose.yml"), "stop_grace_period")) > takes + 1);
}
