//! What is secret or personal comes out nowhere: not in an answer, the journal, a log, an error or `Debug` output.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use gongce::domain::account::{PersonId, Role};
use gongce::domain::wechat::{OpenId, PhoneNumber, Scene};
use gongce::gateway::wechat::{Call, Message};
use gongce::usecase::wechat::sessions::WechatLogin;
use gongce::usecase::wechat::web::{Landing, Return, Wanted};
use gongce::usecase::wechat::{checks, messages, phones};
use serde_json::json;

use super::standin::{PHONE, Reply, SESSION, Standin, TEXT_CHECK, TOKEN};
use super::{APP, PUSH_TOKEN, SECRET, client, journal, rows, service};
use crate::harness::program::{Server, gongce, run, stderr, stdout};
use crate::harness::stores::on_both;

/// What must not be found, wherever it came from.
const SECRETS: [&str; 8] = [
    SECRET,
    PUSH_TOKEN,
    "canary-openid",
    "canary-session-key",
    "canary-access-token",
    "canary-code",
    "canary-errmsg",
    "13800138000",
];

fn is_clean(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "“{secret}” is in {what}: {text}");
    }
}

on_both! {
    async fn nothing_is_journaled_kept_printed_or_answered(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, person) = app.signed_in("canary-code~1").await;
        let invitation = app.invite(Role::Supervisor).await;
        let mut told = vec![
            app.post("/api/v1/me/phone", &token, &json!({"code": "canary-code"})).await.text,
            app.get("/api/v1/me/phone", &token).await.text,
            app.sign_in(&json!({"code": "canary-code~2", "invitation": invitation})).await.text,
        ];
        let mut failures: Vec<gongce::usecase::Failure> = Vec::new();
        for bad in [Reply::code(40013), Reply::Cut, Reply::Silence, Reply::Truncated, Reply::Redirect("http://x/canary-code".to_owned())] {
            // A client of its own, or the breaker would spare the rest.
            let app = service(&database, 0, &wechat).await;
            wechat.next(SESSION, bad.clone());
            told.push(app.sign_in(&json!({"code": "canary-code~3"})).await.text);
            wechat.next(TEXT_CHECK, bad.clone());
            failures.extend(checks::text(&app.ctx, person, Scene::Comment, "canary-code").await.err());
            wechat.next(PHONE, bad);
            failures.extend(phones_failure(&app, person).await);
            failures.extend(messages::send(&app.ctx, person, "canary", "", Vec::new()).await.err());
        }
        assert!(failures.len() >= 15, "{failures:?}");
        for failure in &failures {
            let mut error: Option<&dyn std::error::Error> = Some(failure);
            while let Some(one) = error {
                told.push(format!("{one} {one:?}"));
                error = one.source();
            }
        }
        let openid: OpenId = "canary-openid-x".parse().unwrap();
        let phone = PhoneNumber::new("86", "13800138000").unwrap();
        let wanted = Wanted { page: Landing::Join, invitation: Some("canary-code".to_owned()), totp: Some("canary-code".to_owned()) };
        let back = Return { code: "canary-code".to_owned(), state: "canary-code".to_owned(), pass: Some("canary-code".to_owned()) };
        told.push(format!("{wanted:?} {back:?}"));
        let login = WechatLogin { code: "canary-code".to_owned(), invitation: None, totp: Some("canary-code".to_owned()) };
        let message = Message { to: openid.clone(), template: "t".to_owned(), page: String::new(), values: Vec::new() };
        let client = client("http://127.0.0.1:9");
        told.push(format!("{openid:?} {phone:?} {login:?} {message:?} {client:?} {:?}", app.ctx.wechat));
        told.push(format!("{:?} {:?}", Call::phone_number("canary-code"), Call::message(&message)));
        let kept = app.ctx.store.wechat_token(APP).await.unwrap();
        told.push(format!("{kept:?}"));
        told.extend(journal(&database).await);
        for (table, columns) in [
            ("identity", &["login", "hash", "totp"][..]),
            ("wechat_token", &["sealed"]),
            ("phone", &["sealed"]),
            ("person", &["name"]),
        ] {
            let rows = rows(&database, table, columns).await;
            assert!(!rows.is_empty(), "{table}");
            told.extend(rows.into_iter().map(|row| row.join(" ")));
        }
        for text in told {
            is_clean("what was told", &text);
        }
    }
}

async fn phones_failure(app: &super::Service, person: PersonId) -> Option<gongce::usecase::Failure> {
    let actor = gongce::domain::account::Actor { person, grants: Vec::new() };
    phones::set(&app.ctx, &actor, "canary-code", "test").await.err()
}

/// Posts JSON; answers status and body.
fn post(address: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: https://toilets.example\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Writes the settings of an app into a folder.
fn configure(folder: &Path, url: &str) {
    fs::write(folder.join("secret"), format!("{SECRET}\n")).unwrap();
    fs::write(folder.join("push"), PUSH_TOKEN).unwrap();
    fs::write(folder.join("account"), SECRET).unwrap();
    let settings = format!(
        "wechat_app_id = \"{APP}\"\nwechat_secret_file = \"secret\"\nwechat_push_token_file = \"push\"\n\
         wechat_base_url = \"{url}\"\nwechat_templates = \"slotDue=tmpl-due\"\n\
         wechat_account_app_id = \"wx00112233445566bb\"\nwechat_account_secret_file = \"account\"\n\
         public_url = \"https://toilets.example\"\n"
    );
    fs::write(folder.join("gongce.toml"), settings).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_signs_people_in_and_logs_none_of_it() {
    let wechat = Standin::start().await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), &wechat.url);
    let shown = run(folder.path(), &["--config", "gongce.toml", "config", "show"]);
    assert!(stdout(&shown).contains(APP), "{}", stderr(&shown));
    is_clean("config show", &stdout(&shown));

    let server = Server::start(folder.path(), &["--config", "gongce.toml", "serve"]);
    let sign_in = |code: &str| post(&server.address, "/api/v1/sessions/wechat", &json!({"code": code}).to_string());
    let signed = sign_in("canary-code~1");
    assert!(signed.starts_with("HTTP/1.1 201"), "{signed}");
    for bad in [
        Reply::code(40013),
        Reply::Cut,
        Reply::Status(502, "canary-code".to_owned()),
        Reply::code(40029),
        Reply::Truncated,
    ] {
        wechat.next(SESSION, bad);
        let refused = sign_in("canary-code~2");
        assert!(refused.starts_with("HTTP/1.1 503") || refused.starts_with("HTTP/1.1 401"), "{refused}");
        is_clean("an answer", &refused);
    }
    let body = json!({"code": "canary-code", "state": "canary-code"}).to_string();
    let refused = post(&server.address, "/api/v1/sessions/wechat/page?x=canary-code", &body);
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    for path in ["/api/v1/sessions/wechat/page", "/staff?code=canary-code&state=canary-code"] {
        let refused = post(&server.address, path, &body);
        assert!(refused.starts_with("HTTP/1.1 401") || refused.starts_with("HTTP/1.1 405"), "{refused}");
        is_clean("an answer", &refused);
    }
    wechat.next(TOKEN, Reply::Cut);
    let query = "/api/v1/wechat/push?signature=canary-code&timestamp=1&nonce=1&openid=canary-openid";
    assert!(post(&server.address, query, "{}").starts_with("HTTP/1.1 403"));
    // Somebody else reads what it writes, and may be a moment behind.
    for _ in 0..100 {
        if server.log().contains("WeChat") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = server.log();
    assert!(log.contains("WeChat"), "an outage is told: {log}");
    is_clean("the log", &log);
    assert!(server.stop());
}

#[test]
fn a_setting_that_is_wrong_is_named_and_its_secret_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let with = |settings: &str| {
        configure(folder.path(), "https://wechat.example");
        let file = folder.path().join("more.toml");
        fs::write(&file, fs::read_to_string(folder.path().join("gongce.toml")).unwrap() + settings).unwrap();
        run(folder.path(), &["--config", "more.toml", "--listen", "127.0.0.1:0", "healthcheck"])
    };
    let wrong = with("wechat_proxy = \"socks5://me:canary-code@10.0.0.1\"\nwechat_seconds = \"60\"\n");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("wechat_proxy") && stderr(&wrong).contains("wechat_seconds"), "{}", stderr(&wrong));
    is_clean("the complaint", &stderr(&wrong));
    let mut command = gongce(folder.path());
    command.args(["--config", "gongce.toml", "--listen", "127.0.0.1:0", "serve"]);
    fs::write(folder.path().join("secret"), "canary-code").unwrap();
    let refused = command.output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("an AppSecret has 32 hexadecimal digits"), "{}", stderr(&refused));
    is_clean("the refusal", &stderr(&refused));
}
