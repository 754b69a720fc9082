//! The program itself, run as a person would.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// The program, with an environment that holds none of its settings.
pub(crate) fn gongce(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongce"));
    command.current_dir(folder);
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GONGCE_")) {
        command.env_remove(key);
    }
    command
}

/// Runs it to its end. On PostgreSQL, where keys are given, they lie in a folder of the test's own.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = gongce(folder);
    if let Some(url) = arguments.iter().find(|argument| argument.starts_with("postgres://")) {
        let keys = folder.join("keys");
        if !keys.exists() {
            let mut create = gongce(folder);
            create.env("GONGCE_KEYS_DIR", &keys).env("GONGCE_DATABASE_URL", url).args(["keys", "create"]);
            create.output().unwrap();
        }
        command.env("GONGCE_KEYS_DIR", keys);
    }
    command.args(arguments).output().unwrap()
}

/// What it wrote to standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it wrote to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A server that is stopped with the test.
pub(crate) struct Server {
    child: Child,
    log: Arc<Mutex<String>>,
    pub(crate) address: String,
    /// The address of its administration listener.
    pub(crate) admin: String,
}

impl Server {
    /// Starts `gongce` with those arguments on a free port and waits until it serves.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = gongce(folder);
        command.args(arguments);
        Self::spawn(command)
    }

    /// Starts `gongce serve` with these variables.
    pub(crate) fn start_with(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = gongce(folder);
        command.arg("serve").envs(environment.iter().copied());
        Self::spawn(command)
    }

    /// Starts `gongce serve` as a process that may open so many files, with these variables.
    pub(crate) fn start_with_descriptors(folder: &Path, descriptors: u32, environment: &[(&str, &str)]) -> Self {
        let program = gongce(folder);
        let mut command = Command::new("sh");
        command.current_dir(folder).arg("-c").arg(format!("ulimit -n {descriptors}; exec \"$0\" \"$@\""));
        command.arg(program.get_program()).arg("serve");
        for (key, value) in program.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        command.envs(environment.iter().copied());
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        command.env("GONGCE_STOP_DELAY_SECONDS", "0");
        if !command.get_envs().any(|(key, _)| key == "GONGCE_ADMIN_LISTEN") {
            // Many servers run beside each other here, and the address of each would be the same.
            command.env("GONGCE_ADMIN_LISTEN", "off");
        }
        command.args(["--listen", "127.0.0.1:0", "--log", "gongce=info"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let serving = lines.by_ref().map_while(Result::ok).find(|line| line.contains("serving"));
        let Some(serving) = serving else { panic!("the server did not start: {:?}", child.wait()) };
        let told = |field: &str| serving.split(field).nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
        let (address, admin) = (told("address=").to_owned(), told("admin=").to_owned());
        // Somebody must read on, or the server would block on a full pipe.
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut log = written.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Self { child, log, address, admin }
    }

    /// The status and body that a GET is answered with.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        Self::ask(&self.address, path)
    }

    /// The same from its administration listener.
    pub(crate) fn admin(&self, path: &str) -> (u16, String) {
        Self::ask(&self.admin, path)
    }

    fn ask(address: &str, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Sends any request with a body of JSON, with none for `null`; answers status and body. An empty token is nobody's.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n");
        let authorization = format!("Bearer {token}");
        let authorization = Some(("Authorization", authorization.as_str())).filter(|_| !token.is_empty());
        for (name, value) in authorization.iter().chain(headers) {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let length = body.len();
        write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split_whitespace().nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
    }

    /// What it logged since it serves.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Asks it to stop, as a supervisor would; answers whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Server {
    /// Ends it as nothing that it could hear of would: `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
