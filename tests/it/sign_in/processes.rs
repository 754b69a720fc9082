//! Real processes side by side: whoever one of them turns out is out at the others, in the next request.

use std::path::Path;

use gongce::domain::secret::TotpSecret;
use gongce::usecase::Clock;
use serde_json::{Value, json};

use super::{PASSWORD, PIN};
use crate::harness::program::{Server, run, stderr, stdout};
use crate::harness::stores::{Database, Kind};

/// Asks a process; answers status and body.
fn ask(server: &Server, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
    server.send(method, path, token, &[], body)
}

/// Runs a command on the host; answers what it printed.
pub(crate) fn host(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, &[&["--config", "gongce.toml"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// The invitation that a command printed.
fn invitation(printed: &str) -> String {
    printed.lines().next().unwrap().split_whitespace().last().unwrap().to_owned()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// A cleaner whom the host invited: their id and a session.
fn cleaner(folder: &Path, server: &Server) -> (String, String) {
    let sent = invitation(&host(folder, &["staff", "invite", "--name", "李娜", "--role", "cleaner"]));
    let (status, joined) =
        ask(server, "POST", "/api/v1/invitations/accept", "", &json!({"invitation": sent, "pin": PIN}));
    assert_eq!(status, 201, "{joined}");
    let credentials = json!({"device": text(&joined, "device"), "pin": PIN});
    let (status, opened) = ask(server, "POST", "/api/v1/sessions", "", &credentials);
    assert_eq!(status, 201, "{opened}");
    (text(&joined, "person"), text(&opened, "token"))
}

/// The first admin, made by the host: a session.
pub(crate) fn admin(folder: &Path, server: &Server) -> String {
    let sent = invitation(&host(folder, &["staff", "bootstrap"]));
    let body = json!({"invitation": sent, "login": "wang.li", "password": PASSWORD});
    let (status, joined) = ask(server, "POST", "/api/v1/invitations/accept", "", &body);
    assert_eq!(status, 201, "{joined}");
    let uri = text(&joined, "totp");
    let secret = uri.split_once("secret=").and_then(|(_, rest)| TotpSecret::read(rest.split('&').next()?)).unwrap();
    let code = secret.code_at(Clock::system().now().timestamp());
    let body = json!({"login": "wang.li", "password": PASSWORD, "code": code});
    let (status, opened) = ask(server, "POST", "/api/v1/sessions", "", &body);
    assert_eq!(status, 201, "{opened}");
    text(&opened, "token")
}

fn me(server: &Server, token: &str) -> u16 {
    ask(server, "GET", "/api/v1/me", token, &Value::Null).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_turned_out_by_one_process_is_out_at_the_other() {
    let database = Database::migrated(Kind::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let settings = format!("database_url = {:?}\nkeys_dir = \"keys\"\n", database.url);
    std::fs::write(folder.join("gongce.toml"), settings).unwrap();
    host(folder, &["keys", "create"]);
    let start = || Server::start(folder, &["--config", "gongce.toml", "serve"]);
    let (here, there) = (start(), start());
    let admin = admin(folder, &here);
    let (person, token) = cleaner(folder, &here);
    let (_, stays) = cleaner(folder, &here);
    assert_eq!((me(&here, &token), me(&there, &token), me(&there, &stays)), (200, 200, 200));

    let (_, member) = ask(&here, "GET", &format!("/api/v1/staff/{person}"), &admin, &Value::Null);
    let grant = format!("/api/v1/staff/{person}/grants/{}", member["grants"][0]["id"]);
    assert_eq!(ask(&here, "DELETE", &grant, &admin, &Value::Null).0, 204);
    assert_eq!(me(&there, &token), 401, "in its next request");
    assert_eq!((me(&here, &token), me(&there, &stays)), (401, 200), "and nobody else");
}

#[test]
fn who_is_turned_out_on_the_host_is_out_at_the_server_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("gongce.toml"), "database_url = \"sqlite://gongce.db\"\n").unwrap();
    let server = Server::start(folder, &["--config", "gongce.toml", "serve"]);
    let (person, token) = cleaner(folder, &server);
    let (other, stays) = cleaner(folder, &server);
    assert_eq!((me(&server, &token), me(&server, &stays)), (200, 200));
    let list = host(folder, &["staff", "list"]);
    let grant = list.lines().find_map(|line| line.strip_prefix(&format!("{person} "))).unwrap();
    host(folder, &["staff", "revoke", &person, grant.split_whitespace().next().unwrap()]);
    assert_eq!((me(&server, &token), me(&server, &stays)), (401, 200), "in its next request, and nobody else");
    host(folder, &["staff", "grant", &other, "--role", "repairer"]);
    assert_eq!(me(&server, &stays), 401, "nor does a session outlive a further role");
}
