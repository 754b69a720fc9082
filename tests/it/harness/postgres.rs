//! A private PostgreSQL for the tests: started from the installed binaries on a free port, once per test process,
//! and gone when that process ends, even when it is killed.
//!
//! Each test gets a database of its own, copied from one migrated template. There is no way around it: where
//! PostgreSQL is not installed, the tests fail and say what to install.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test without its database has failed")]

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

/// The database that is migrated once and copied for each test.
const TEMPLATE: &str = "gongce_template";

/// A port can be taken between choosing it and listening on it, so a start is tried again on another.
const START_ATTEMPTS: u32 = 3;

const NOT_INSTALLED: &str = "PostgreSQL is not installed, and these tests need it.
On Debian or Ubuntu: apt-get install postgresql (the tests start a server of their own; none need be running).
Elsewhere: put the directory of initdb, pg_ctl and psql into PATH.";

/// Owns the server, so that it ends with this process (see there).
const SUPERVISOR: &str = include_str!("postgres.sh");

/// Makes a database for one test alone and returns its URL.
///
/// The first call in a process starts the server and lets `migrate` fill the template, whose URL it is given. Every
/// call must pass the same `migrate`. Sessions it leaves open are cut off.
pub(crate) async fn clone_database<M, F>(migrate: M) -> String
where
    M: FnOnce(String) -> F,
    F: Future<Output = ()>,
{
    static MIGRATED: OnceCell<()> = OnceCell::const_new();
    static CLONES: AtomicU32 = AtomicU32::new(0);

    let cluster = cluster().await;
    MIGRATED.get_or_init(|| cluster.make_template(migrate)).await;
    let name = format!("test_{}", CLONES.fetch_add(1, Ordering::Relaxed));
    cluster.run_sql(vec![format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")]).await;
    cluster.url(&name)
}

/// Starts a server for one test alone; answers it and the URL of its one database, which `migrate` has filled.
pub(crate) async fn server_alone<M, F>(migrate: M) -> (Cluster, String)
where
    M: FnOnce(String) -> F,
    F: Future<Output = ()>,
{
    let cluster = in_background(Cluster::start).await;
    cluster.make_template(migrate).await;
    cluster.run_sql(vec![format!("CREATE DATABASE alone TEMPLATE {TEMPLATE}")]).await;
    let url = cluster.url("alone");
    (cluster, url)
}

/// The server of this process, started on first use.
async fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    in_background(|| CLUSTER.get_or_init(Cluster::start)).await
}

/// A running server and the pipe that keeps it so.
pub(crate) struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    port: u16,
    /// Only held: the supervisor waits for the end of its standard input.
    _supervisor: Child,
}

impl Cluster {
    fn start() -> Self {
        let Some(bin) = find_binaries() else { panic!("{NOT_INSTALLED}") };
        let mut complaint = String::new();
        for _ in 0..START_ATTEMPTS {
            match Self::try_start(&bin) {
                Ok(cluster) => return cluster,
                Err(log) => complaint = log,
            }
        }
        panic!("PostgreSQL in {} does not start: {complaint}", bin.display());
    }

    fn try_start(bin: &Path) -> Result<Self, String> {
        let dir = make_directory().map_err(|error| format!("no directory for it: {error}"))?;
        let port = free_port().map_err(|error| format!("no free port for it: {error}"))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "gongce-test-postgres"])
            .args([bin, &dir])
            .arg(port.to_string())
            .current_dir(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is meant for the tests: the supervisor must outlive them to clean up.
            .process_group(0);
        if let Some(account) = unprivileged_account(&dir)? {
            chown(&dir, Some(account.user), Some(account.group)).map_err(|error| error.to_string())?;
            command.uid(account.user).gid(account.group);
        }
        let mut supervisor = command.spawn().map_err(|error| {
            drop(fs::remove_dir(&dir));
            format!("cannot work in {}: {error}", dir.display())
        })?;
        wait_until_ready(&mut supervisor)?;
        Ok(Self { bin: bin.to_owned(), dir, port, _supervisor: supervisor })
    }

    async fn make_template<M, F>(&self, migrate: M)
    where
        M: FnOnce(String) -> F,
        F: Future<Output = ()>,
    {
        // A test that failed in `migrate` leaves half a template behind.
        let drop = format!("DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)");
        self.run_sql(vec![drop, format!("CREATE DATABASE {TEMPLATE}")]).await;
        migrate(self.url(TEMPLATE)).await;
        // A database with sessions on it cannot be copied: keep out new ones, then end those that linger.
        let close = format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false");
        let end = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{TEMPLATE}'");
        self.run_sql(vec![close, end]).await;
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://gongce@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs each statement by itself (`CREATE DATABASE` refuses a transaction) and panics with the server's words.
    async fn run_sql(&self, statements: Vec<String>) {
        let mut command = Command::new(self.bin.join("psql"));
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]);
        command.arg("-d").arg(self.url("postgres") + "?sslmode=disable");
        for statement in &statements {
            command.args(["-c", statement]);
        }
        let output = in_background(move || command.stdin(Stdio::null()).output()).await;
        match output {
            Ok(output) if output.status.success() => {}
            Ok(output) => panic!("{statements:?}: {}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => panic!("psql in {}: {error} (server files: {})", self.bin.display(), self.dir.display()),
        }
    }
}

/// Runs blocking work off the async threads and passes on its panic.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// Returns when the supervisor reports the server ready; else what it says instead, after it has cleaned up.
fn wait_until_ready(supervisor: &mut Child) -> Result<(), String> {
    let Some(said) = supervisor.stdout.as_mut() else {
        return Err("its output is not connected".to_owned());
    };
    let mut word = [0; b"ready\n".len()];
    if said.read_exact(&mut word).is_ok() && &word == b"ready\n" {
        return Ok(());
    }
    let mut log = word.to_vec();
    said.read_to_end(&mut log).map_err(|error| error.to_string())?;
    Err(String::from_utf8_lossy(&log).into_owned())
}

/// The directory of the server's binaries: from `PATH`, else the newest version where Debian keeps them.
///
/// Debian puts only wrappers into `PATH`, never `pg_ctl`, so finding that one finds its real siblings too.
fn find_binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find_map(|dir| dir.join("pg_ctl").canonicalize().ok());
    if let Some(program) = on_path {
        return program.parent().map(Path::to_owned);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|entry| {
            let dir = entry.ok()?.path();
            let version = dir.file_name()?.to_str()?.parse::<u32>().ok()?;
            let bin = dir.join("bin");
            bin.join("pg_ctl").exists().then_some((version, bin))
        })
        .max()
        .map(|(_, bin)| bin)
}

/// What the databases of all tests take together, with room to spare, in bytes: some 450, of 8 MB each.
const ROOM: u64 = 8 << 30;

/// Where the server keeps its files: in memory, where there is room. Each database is some three hundred files, and a disk
/// takes longer to make them than most tests take.
fn roomiest() -> PathBuf {
    let memory = "/dev/shm";
    let asked = Command::new("df").args(["--output=avail", "--block-size=1", memory]).output();
    let told = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let free = told.lines().nth(1).and_then(|line| line.trim().parse::<u64>().ok());
    if free.is_some_and(|free| free >= ROOM) { PathBuf::from(memory) } else { std::env::temp_dir() }
}

/// Makes a directory that only its owner can enter. The number keeps apart the remains of an earlier process of the
/// same id and the repeated starts of one.
fn make_directory() -> std::io::Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let place = roomiest();
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = place.join(format!("gongce-pg-{}-{number}", std::process::id()));
        match fs::DirBuilder::new().mode(0o700).create(&dir) {
            Ok(()) => return Ok(dir),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Whom to run the server as.
struct Account {
    user: u32,
    group: u32,
}

/// The account for the server when this process, the owner of `dir`, is root, whom PostgreSQL refuses; none when it
/// can run as we do.
fn unprivileged_account(dir: &Path) -> Result<Option<Account>, String> {
    let owner = fs::metadata(dir).map_err(|error| error.to_string())?.uid();
    if owner != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let found = ["postgres", "nobody"].iter().find_map(|name| account(&accounts, name));
    found.map(Some).ok_or_else(|| "it refuses to run as root, and there is no user `postgres` or `nobody`".to_owned())
}

/// Finds `name` in the text of a passwd file (`name:password:user:group:…`, passwd(5)).
fn account(accounts: &str, name: &str) -> Option<Account> {
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    Some(Account { user: numbers.next()?.ok()?, group: numbers.next()?.ok()? })
}

mod tests {
    #![expect(clippy::print_stdout, reason = "a line of output is how two test processes meet here")]

    use std::io::{BufRead, BufReader};
    use std::net::TcpStream;
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    /// Begins the line on which the victim tells where its server is.
    const HERE: &str = "server at ";

    async fn psql(url: String, statement: &'static str) -> String {
        let mut command = Command::new(find_binaries().unwrap().join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-d", &url, "-c", statement]);
        let output = in_background(move || command.output()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A session still open when the template is copied, as a pool that is slow to close would leave it.
    fn linger(url: &str, bin: &Path) {
        let mut command = Command::new(bin.join("psql"));
        command.args(["-X", "-q", "-d", url, "-c", "SELECT pg_sleep(60)"]);
        drop(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    }

    #[tokio::test]
    async fn copies_carry_the_template_and_do_not_see_each_other() {
        let cluster = Cluster::start();
        let made = async |name: &str| {
            cluster.run_sql(vec![format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")]).await;
            cluster.url(name)
        };
        cluster
            .make_template(async |url| {
                psql(url.clone(), "CREATE TABLE migrated (number int)").await;
                linger(&url, &cluster.bin);
            })
            .await;

        let (one, two) = tokio::join!(made("one"), made("two"));
        psql(one.clone(), "INSERT INTO migrated VALUES (1)").await;

        assert_eq!(psql(one, "SELECT count(*) FROM migrated").await, "1");
        assert_eq!(psql(two.clone(), "SELECT count(*) FROM migrated").await, "0");
        assert_eq!(psql(two, "SHOW fsync").await, "on");
    }

    #[tokio::test]
    #[ignore = "not a test: the process that the next test kills"]
    async fn victim() {
        let cluster = cluster().await;
        println!("{HERE}{} {}", cluster.port, cluster.dir.display());
        sleep(Duration::from_mins(1));
    }

    #[test]
    fn a_killed_test_process_leaves_neither_server_nor_files() {
        let (_, module) = module_path!().split_once("::").unwrap();
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", &format!("{module}::victim")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
        let line = said.find_map(|line| line.split_once(HERE).map(|(_, at)| at.to_owned())).unwrap();
        let (port, dir) = line.split_once(' ').unwrap();
        let server = ("127.0.0.1", port.parse::<u16>().unwrap());
        assert!(TcpStream::connect(server).is_ok() && fs::exists(dir).unwrap(), "the victim had no server to leave");

        // SIGKILL: nothing of the victim's own runs after this.
        victim.kill().unwrap();
        victim.wait().unwrap();

        let mut patience = 300;
        while fs::exists(dir).unwrap() {
            assert!(patience > 0, "{dir} is still there");
            patience -= 1;
            sleep(Duration::from_millis(100));
        }
        assert!(TcpStream::connect(server).is_err(), "the server still listens");
    }

    #[test]
    fn accounts_are_read_by_name_and_not_by_prefix() {
        let text = "root:x:0:0::/root:/bin/sh\npostgresql:x:7:8::/:/bin/sh\npostgres:x:101:104::/:/bin/bash\n";

        let found = account(text, "postgres").unwrap();
        assert_eq!((found.user, found.group), (101, 104));
        assert!(account(text, "nobody").is_none());
    }
}
