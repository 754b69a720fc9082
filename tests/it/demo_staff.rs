//! Whoever tries the demonstration can sign in at once, and nobody else can.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::harness::program::{gongce, run, stdout};

/// A demonstration with what it printed.
struct Demo {
    child: Child,
    address: String,
    printed: String,
}

impl Demo {
    fn start(folder: &Path, listen: &str) -> Self {
        let mut command = gongce(folder);
        command.args(["demo", "--history", "0", "--listen", listen]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut printed = String::new();
        for line in lines {
            printed.push_str(&line);
            printed.push('\n');
            if line.contains("Stop with Ctrl-C") {
                break;
            }
        }
        let open = printed.split("http://").nth(1).unwrap();
        let address = open.split('/').next().unwrap().to_owned();
        Self { child, address, printed }
    }

    /// Login, password and, where one is printed, the code of those who can sign in.
    fn staff(&self) -> Vec<(String, String, Option<String>)> {
        let lines = self
            .printed
            .lines()
            .filter(|line| line.split_whitespace().nth(1).is_some_and(|login| login.starts_with("demo.")));
        let read = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let code = words.iter().position(|word| *word == "code").map(|at| words[at + 1].to_owned());
            (words[1].to_owned(), words[2].to_owned(), code)
        };
        lines.map(read).collect()
    }

    fn sign_in(&self, (login, password, code): &(String, String, Option<String>)) -> u16 {
        let mut body = serde_json::json!({"login": login, "password": password});
        if let Some(code) = code {
            body["code"] = code.as_str().into();
        }
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(stream, "POST /api/v1/sessions HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn everybody_who_is_printed_can_sign_in_and_only_until_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), "127.0.0.1:0");
    let first = demo.staff();
    let roles: Vec<&str> = first.iter().map(|(login, ..)| login.as_str()).collect();
    assert_eq!(roles, ["demo.admin", "demo.supervisor", "demo.cleaner1", "demo.cleaner2"], "{}", demo.printed);
    assert_eq!(
        first.iter().filter(|(.., code)| code.is_some()).count(),
        2,
        "admin and supervisor have a second factor"
    );
    for login in &first {
        assert_eq!(demo.sign_in(login), 201, "{login:?}");
    }
    drop(demo);
    let again = Demo::start(folder.path(), "127.0.0.1:0");
    let second = again.staff();
    assert_eq!(second.len(), 4);
    assert_eq!(again.sign_in(&first[2]), 401, "the password of the last start is gone");
    assert_eq!(again.sign_in(&second[2]), 201);
    drop(again);
    let listed = stdout(&run(folder.path(), &["staff", "list", "--database-url", "sqlite://gongce-demo.db"]));
    assert_eq!(listed.lines().count(), 4, "nobody is made twice: {listed}");
}

#[test]
fn where_others_may_reach_it_nobody_can_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), "0.0.0.0:0");
    assert!(demo.staff().is_empty() && demo.printed.contains("on loopback only"), "{}", demo.printed);
    drop(demo);
    let listed = stdout(&run(folder.path(), &["staff", "list", "--database-url", "sqlite://gongce-demo.db"]));
    assert!(listed.is_empty(), "{listed}");
}
