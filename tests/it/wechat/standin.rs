//! A server that stands in for WeChat on loopback: well-behaved unless it is told otherwise, and then in every bad way.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const SESSION: &str = "/sns/jscode2session";
pub(crate) const ACCOUNT: &str = "/sns/oauth2/access_token";
pub(crate) const TOKEN: &str = "/cgi-bin/stable_token";
pub(crate) const PHONE: &str = "/wxa/business/getuserphonenumber";
pub(crate) const CODE_IMAGE: &str = "/wxa/getwxacodeunlimit";
pub(crate) const SEND: &str = "/cgi-bin/message/subscribe/send";
pub(crate) const TEXT_CHECK: &str = "/wxa/msg_sec_check";
pub(crate) const MEDIA_CHECK: &str = "/wxa/media_check_async";

/// What it would answer next.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// This JSON, or what looks like it.
    Json(String),
    /// This status with this body.
    Status(u16, String),
    /// These bytes, as an image.
    Bytes(Vec<u8>),
    /// A redirect there.
    Redirect(String),
    /// Nothing, while the connection stays open.
    Silence,
    /// Half of what the head promises.
    Truncated,
    /// Far more than anybody wants.
    Huge,
    /// The connection is cut.
    Cut,
}

impl Reply {
    /// The errcode.
    pub(crate) fn code(code: i64) -> Self {
        Self::Json(json!({"errcode": code, "errmsg": format!("canary-errmsg {code}")}).to_string())
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) body: Value,
}

#[derive(Default)]
struct State {
    asked: Mutex<Vec<Asked>>,
    next: Mutex<HashMap<String, VecDeque<Reply>>>,
    always: Mutex<HashMap<String, Reply>>,
    used: Mutex<HashSet<String>>,
    dead_tokens: AtomicUsize,
    traces: AtomicUsize,
    huge: AtomicUsize,
}

/// The server; it ends with the test.
pub(crate) struct Standin {
    pub(crate) url: String,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Standin {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                // A client that goes away is what many tests are about.
                tokio::spawn(async move { drop(serve(stream, &state).await) });
            }
        });
        Self { url, state, task }
    }

    /// Answers the next request to a path so.
    pub(crate) fn next(&self, path: &str, reply: Reply) {
        self.state.next.lock().unwrap().entry(path.to_owned()).or_default().push_back(reply);
    }

    /// Answers every request to a path so, from now on.
    pub(crate) fn always(&self, path: &str, reply: Reply) {
        self.state.always.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// Behaves again.
    pub(crate) fn behave(&self, path: &str) {
        self.state.always.lock().unwrap().remove(path);
    }

    /// Takes none of the tokens given so far any more.
    pub(crate) fn revoke_tokens(&self) {
        self.state.dead_tokens.fetch_add(1, Ordering::SeqCst);
    }

    /// What was asked at a path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        self.state.asked.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    /// How many bytes of a huge answer somebody took.
    pub(crate) fn huge_taken(&self) -> usize {
        self.state.huge.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let asked = read(&mut stream).await?;
    let path = asked.path.clone();
    state.asked.lock().unwrap().push(asked.clone());
    let next = state.next.lock().unwrap().get_mut(&path).and_then(VecDeque::pop_front);
    let always = state.always.lock().unwrap().get(&path).cloned();
    let reply = next.or(always).unwrap_or_else(|| well_behaved(&asked, state));
    match reply {
        Reply::Json(body) => answer(&mut stream, 200, "application/json", body.as_bytes()).await,
        Reply::Status(status, body) => answer(&mut stream, status, "text/html", body.as_bytes()).await,
        Reply::Bytes(body) => answer(&mut stream, 200, "image/jpeg", &body).await,
        Reply::Redirect(to) => {
            let head =
                format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await
        }
        Reply::Silence => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            Ok(())
        }
        Reply::Truncated => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"openid\": \"o-canary\"";
            stream.write_all(head.as_bytes()).await
        }
        Reply::Huge => {
            // JSON that would be right, but for its length; a length that is promised would be refused too early.
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"openid\": \"o-huge\", \"pad\": \"")
                .await?;
            let pad = vec![b'x'; 65536];
            for _ in 0..800 {
                stream.write_all(&pad).await?;
                state.huge.fetch_add(pad.len(), Ordering::SeqCst);
            }
            stream.write_all(b"\"}").await
        }
        Reply::Cut => Ok(()),
    }
}

async fn answer(stream: &mut TcpStream, status: u16, kind: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await
}

fn well_behaved(asked: &Asked, state: &State) -> Reply {
    let dead = state.dead_tokens.load(Ordering::SeqCst);
    let token = format!("canary-access-token-{dead}");
    if ![SESSION, ACCOUNT, TOKEN].contains(&asked.path.as_str()) && asked.query.get("access_token") != Some(&token) {
        return Reply::code(40001);
    }
    let answer = match asked.path.as_str() {
        SESSION | ACCOUNT => {
            let of_page = asked.path == ACCOUNT;
            let code = asked.query[if of_page { "code" } else { "js_code" }].clone();
            if !state.used.lock().unwrap().insert(format!("{of_page} {code}")) {
                return Reply::code(40163);
            }
            // `li~1` and `li~2` are two codes of one person, whom each app knows by another name.
            let person = code.split('~').next().unwrap().to_owned();
            let app = if of_page { "account-" } else { "" };
            let mut answer = json!({"openid": format!("canary-openid-{app}{person}")});
            // Whoever is called so has bound the apps together.
            if person.starts_with("both") {
                answer["unionid"] = format!("canary-openid-union-{person}").into();
            }
            let (name, secret) =
                if of_page { ("access_token", "access-token-page") } else { ("session_key", "session-key") };
            answer[name] = format!("canary-{secret}").into();
            answer
        }
        TOKEN => json!({"access_token": token, "expires_in": 7200}),
        PHONE => json!({"errcode": 0, "phone_info": {"purePhoneNumber": "13800138000", "countryCode": "86"}}),
        CODE_IMAGE => return Reply::Bytes([b"\x89PNG\r\n\x1a\n".to_vec(), vec![0; 100_000]].concat()),
        SEND => json!({"errcode": 0, "errmsg": "ok"}),
        TEXT_CHECK => json!({"errcode": 0, "result": {"suggest": "pass", "label": 100}}),
        MEDIA_CHECK => {
            let number = state.traces.fetch_add(1, Ordering::SeqCst);
            json!({"errcode": 0, "trace_id": format!("trace-{number}")})
        }
        _ => json!({"errcode": 40066}),
    };
    Reply::Json(answer.to_string())
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut part = [0; 4096];
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
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    let mut body = bytes.split_off(end);
    while body.len() < length {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await?;
        body.extend_from_slice(&part[..read]);
    }
    let url = reqwest::Url::parse(&format!("http://wechat{}", head.split_whitespace().nth(1).unwrap())).unwrap();
    let query = url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Asked { path: url.path().to_owned(), query, body })
}
