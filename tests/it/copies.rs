//! `gongce db check|backup|restore`: what is damaged is found, a copy holds all that was acknowledged before it, and
//! nothing that is not whole replaces anything.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gongce::domain::operator::OperatorKind;
use gongce::domain::text::Name;
use gongce::store::{Store, StoreError};
use gongce::usecase::{Ctx, demonstration};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use tempfile::TempDir;

use crate::harness::program::{Server, gongce, run, stderr, stdout};
use crate::harness::stores::{Database, Kind, on_both};

/// Runs `gongce db …` on a database.
fn db(folder: &Path, database: &Database, arguments: &[&str]) -> Output {
    run(folder, &[&["db"], arguments, &["--database-url", &database.url]].concat())
}

#[expect(clippy::needless_pass_by_value, reason = "what ran is of no further use")]
fn succeeded(output: Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// A database with the demonstration county, which nobody has open.
async fn county(kind: Kind) -> (Database, TempDir) {
    let database = Database::migrated(kind).await;
    fill(&database).await;
    (database, tempfile::tempdir().unwrap())
}

async fn fill(database: &Database) {
    let ctx = database.ctx().await;
    demonstration::fill(&ctx).await.unwrap();
    ctx.store.clone().close().await.unwrap();
}

async fn tamper(database: &Database, statements: &[&str]) {
    database.damage();
    // No pool: what one statement sets must count for the next.
    let mut options = sea_orm::ConnectOptions::new(&database.url);
    options.max_connections(1).map_sqlx_sqlite_opts(|options| options.foreign_keys(false));
    let raw = Connection::connect(options).await.unwrap();
    for statement in statements {
        raw.execute_unprepared(statement).await.unwrap();
    }
    raw.close().await.unwrap();
}

async fn add_body(ctx: &Ctx, name: String) -> Result<(), StoreError> {
    ctx.store.write(ctx.author("test"), move |tx| Box::pin(put(tx, name))).await
}

async fn put(tx: &gongce::store::Tx, name: String) -> Result<(), StoreError> {
    tx.put_operator(&Name::new(&name).unwrap(), OperatorKind::Other).await.map(drop)
}

async fn names(database: &Database) -> Vec<String> {
    let raw = Connection::connect(&database.url).await.unwrap();
    let sql = Statement::from_string(raw.get_database_backend(), "SELECT name FROM operator ORDER BY id");
    let rows = raw.query_all_raw(sql).await.unwrap();
    raw.close().await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

on_both! {
    async fn a_healthy_database_has_no_findings(database: Database) {
        fill(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let told = succeeded(db(folder.path(), &database, &["check"]));
        assert!(told.contains("rows           ok") && told.contains("revisions      ok"), "{told}");
    }
}

on_both! {
    async fn what_is_damaged_is_named(database: Database) {
        fill(&database).await;
        let guard = match database.kind {
            Kind::Sqlite => "DROP TRIGGER tr_journal_no_update",
            Kind::Postgres => "ALTER TABLE journal DISABLE TRIGGER tr_journal_append_only",
        };
        let orphan = "UPDATE outage SET toilet_id = 999999 WHERE id = (SELECT MIN(id) FROM outage)";
        let mut harm = vec![
            guard,
            "UPDATE toilet SET zone = 'Nowhere/Land' WHERE id = 17",
            "UPDATE toilet SET revision = 9 WHERE id = 18",
            "UPDATE area SET path = '/1/' WHERE code = '410308101001'",
            "INSERT INTO journal (at, actor, role, request_id, kind, key, version, action, changes) \
             VALUES ('2026-11-23 08:00:00+00:00', 'x', 'x', 'x', 'spaceship', '1', 1, 'create', 'no json')",
        ];
        if database.kind == Kind::Postgres {
            harm.push("SET session_replication_role = replica");
        }
        harm.push(orphan);
        tamper(&database, &harm).await;
        let folder = tempfile::tempdir().unwrap();
        let output = db(folder.path(), &database, &["check", "--report", "json"]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(report["ok"], false);
        let found: Vec<String> = report["findings"].as_array().unwrap().iter().map(ToString::to_string).collect();
        for (check, words) in [
            ("journal guard", vec!["is not there"]),
            ("rows", vec!["\"toilet\"", "\"17\"", "zone: "]),
            ("rows", vec!["\"journal\"", "spaceship"]),
            ("revisions", vec!["\"18\"", "revision 9", "says 1"]),
            ("histories", vec!["\"toilet\"", "outages."]),
            ("area paths", vec!["410308101001"]),
            ("references", vec!["\"outage\"", "toilet"]),
        ] {
            let is_it = |finding: &&String| {
                finding.contains(&format!("\"check\":\"{check}\"")) && words.iter().all(|word| finding.contains(word))
            };
            assert!(found.iter().any(|finding| is_it(&finding)), "{check} {words:?} is not in {found:#?}");
        }
        assert_eq!(found.len(), 7, "and nothing else: {found:#?}");
        let text = db(folder.path(), &database, &["check"]);
        assert!(stdout(&text).contains("rows: toilet 17: ") && stderr(&text).contains("7 faults"), "{}", stdout(&text));
    }
}

on_both! {
    async fn a_copy_made_in_a_storm_holds_all_that_was_acknowledged_before(database: Database) {
        fill(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let ctx = database.ctx().await;
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let number = Arc::new(AtomicU32::new(0));
        let storm: Vec<_> = (0..4)
            .map(|_| {
                let (ctx, stop) = (Arc::clone(&ctx), Arc::clone(&stop));
                let (acknowledged, number) = (Arc::clone(&acknowledged), Arc::clone(&number));
                tokio::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        let name = format!("storm {}", number.fetch_add(1, Ordering::Relaxed));
                        add_body(&ctx, name.clone()).await.unwrap();
                        acknowledged.lock().unwrap().push(name);
                    }
                })
            })
            .collect();
        let wait = || async { while acknowledged.lock().unwrap().len() < 50 { tokio::time::sleep(Duration::from_millis(5)).await } };
        tokio::time::timeout(Duration::from_mins(1), wait()).await.unwrap();
        let before = acknowledged.lock().unwrap().clone();
        let (place, url) = (folder.path().to_owned(), database.url.clone());
        let backup = move || run(&place, &["db", "backup", "copy", "--database-url", &url]);
        let output = tokio::task::spawn_blocking(backup).await.unwrap();
        stop.store(true, Ordering::Relaxed);
        for writer in storm {
            writer.await.unwrap();
        }
        succeeded(output);
        let copy = folder.path().join("copy");
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let after = acknowledged.lock().unwrap().len();
        assert!(after > before.len(), "the server wrote on meanwhile");
        add_body(&ctx, "made later".to_owned()).await.unwrap();
        ctx.store.clone().close().await.unwrap();

        let told = succeeded(db(folder.path(), &database, &["restore", "copy"]));
        assert!(told.contains("what was replaced lies in"), "{told}");
        let there = names(&database).await;
        for name in &before {
            assert!(there.contains(name), "{name} was acknowledged before the backup began");
        }
        assert!(!there.contains(&"made later".to_owned()), "the copy is older than that");
        succeeded(db(folder.path(), &database, &["check"]));
    }
}

on_both! {
    async fn a_restore_ends_all_sessions_and_journals_itself(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let person = "INSERT INTO person (id, name, created_at) VALUES \
                      ('0193b3f0-0000-7000-8000-000000000001', 'x', '2026-11-23 08:00:00+00:00')";
        let session = "INSERT INTO session (id, token_hash, person_id, opened_at, last_seen, idle_seconds, idle_until, ends_at) \
                       VALUES ('0193b3f0-0000-7000-8000-000000000002', 'h', '0193b3f0-0000-7000-8000-000000000001', \
                       '2026-11-23 08:00:00+00:00', '2026-11-23 08:00:00+00:00', 60, '2099-11-23 08:00:00+00:00', '2099-11-23 08:00:00+00:00')";
        tamper(&database, &[person, session]).await;
        succeeded(db(folder.path(), &database, &["backup", "copy"]));
        let told = succeeded(db(folder.path(), &database, &["restore", "copy"]));
        assert!(told.contains("1 session ended"), "{told}");
        let raw = Connection::connect(&database.url).await.unwrap();
        let sql = "SELECT (SELECT COUNT(*) FROM session) AS sessions, (SELECT COUNT(*) FROM journal WHERE actor = 'restore') AS told";
        let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap().unwrap();
        let counts: (i64, i64) = (row.try_get("", "sessions").unwrap(), row.try_get("", "told").unwrap());
        assert_eq!(counts, (0, 1));
        raw.close().await.unwrap();
    }
}

/// Copies that must be refused, each with a word of the reason.
fn refusals(folder: &Path, database: &Database) -> Vec<(&'static str, &'static str)> {
    succeeded(db(folder, database, &["backup", "good"]));
    let good = fs::read(folder.join("good")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let mut flipped = good.clone();
    let middle = good.len() / 2;
    flipped[middle] ^= 0x40;
    write("flipped", &flipped);
    write("half", &good[..middle]);
    write("without its last byte", &good[..good.len() - 1]);
    write("text", "a list of toilets\n".repeat(100).as_bytes());
    write("empty", b"");
    vec![
        ("flipped", "damaged"),
        ("half", "lost its end"),
        ("without its last byte", "lost its end"),
        ("text", ""),
        ("empty", ""),
        ("absent", ""),
    ]
}

#[tokio::test]
async fn what_is_not_a_whole_copy_leaves_the_file_as_it_was() {
    let (database, folder) = county(Kind::Sqlite).await;
    let folder = folder.path();
    let mut bad = refusals(folder, &database);
    let raw = Connection::connect(format!("sqlite://{}?mode=rwc", folder.join("foreign").display())).await.unwrap();
    raw.execute_unprepared("CREATE TABLE photo (id INTEGER)").await.unwrap();
    raw.close().await.unwrap();
    succeeded(db(folder, &database, &["backup", "newer"]));
    let url = format!("sqlite://{}", folder.join("newer").display());
    let newer = Database::at(Kind::Sqlite, url, tempfile::tempdir().unwrap());
    tamper(&newer, &["INSERT INTO schema_migration (version, applied_at) VALUES ('m9999_future', 0)"]).await;
    bad.extend([("foreign", "no seal"), ("newer", "")]);

    let path = database.url.strip_prefix("sqlite://").unwrap().to_owned();
    let before = fs::read(&path).unwrap();
    let beside = || {
        fs::read_dir(Path::new(&path).parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect::<Vec<_>>()
    };
    for (name, why) in bad {
        let refused = db(folder, &database, &["restore", name]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(stderr(&refused).contains(why) && stderr(&refused).contains(name), "{name}: {}", stderr(&refused));
        assert!(fs::read(&path).unwrap() == before, "{name} changed the database");
        let left: Vec<_> = beside().into_iter().filter(|file| file.to_string_lossy().contains("unfinished")).collect();
        assert!(left.is_empty(), "{name} left {left:?}");
    }
    // Without the seal what is read must do.
    for (name, why) in [("foreign", "no copy of a database of gongce"), ("half", "damaged"), ("text", "no SQLite")] {
        let refused = db(folder, &database, &["restore", "--plain", name]);
        assert!(stderr(&refused).contains(why), "{name}: {}", stderr(&refused));
        assert!(fs::read(&path).unwrap() == before, "{name} changed the database");
    }
    // The control: the good one is taken, so that the refusals are about what is bad.
    succeeded(db(folder, &database, &["restore", "good"]));
    assert!(fs::read(&path).unwrap() != before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_a_whole_dump_leaves_the_database_as_it_was() {
    let (database, folder) = county(Kind::Postgres).await;
    let folder = folder.path();
    let before = names(&database).await;
    let bad = refusals(folder, &database);
    tamper(&database, &["INSERT INTO operator (name, kind, revision) VALUES ('after the copy', 'other', 1)"]).await;
    for (name, why) in bad {
        let refused = db(folder, &database, &["restore", name]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(stderr(&refused).contains(why) && stderr(&refused).contains(name), "{name}: {}", stderr(&refused));
        assert!(names(&database).await.contains(&"after the copy".to_owned()), "{name} changed the database");
    }
    let plain = db(folder, &database, &["restore", "--plain", "text"]);
    assert_eq!(plain.status.code(), Some(1), "{}", stderr(&plain));
    succeeded(db(folder, &database, &["restore", "good"]));
    assert_eq!(names(&database).await, before, "the control: the good one is taken");
}

#[tokio::test]
async fn a_newer_copy_is_refused() {
    let (database, folder) = county(Kind::Sqlite).await;
    tamper(&database, &["INSERT INTO schema_migration (version, applied_at) VALUES ('m9999_future', 0)"]).await;
    let path = database.url.strip_prefix("sqlite://").unwrap();
    fs::copy(path, folder.path().join("newer")).unwrap();
    let refused = db(folder.path(), &database, &["restore", "--plain", "newer"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("m9999_future") && stderr(&refused).contains("use a newer"),
        "{}",
        stderr(&refused)
    );
}

on_both! {
    async fn a_running_server_keeps_its_database(database: Database) {
        fill(&database).await;
        let folder = tempfile::tempdir().unwrap();
        succeeded(db(folder.path(), &database, &["backup", "copy"]));
        // On PostgreSQL the keys are given, and the demonstration of these tests was written without any.
        let keys = folder.path().join("keys").display().to_string();
        let environment = [("GONGCE_KEYS_DIR", keys.as_str()), ("GONGCE_DATABASE_URL", database.url.as_str())];
        let made = gongce(folder.path()).envs(environment).args(["keys", "create"]).output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
        let server = Server::start_with(folder.path(), &environment);
        let refused = db(folder.path(), &database, &["restore", "copy"]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains("server"), "{}", stderr(&refused));
        assert!(server.stop());
        succeeded(db(folder.path(), &database, &["restore", "copy"]));
        let server = Server::start_with(folder.path(), &environment);
        assert_eq!(server.get("/api/v1/toilets/17").0, 200, "and it serves what was restored");
    }
}

#[tokio::test]
async fn a_program_that_still_writes_keeps_its_database() {
    let (database, folder) = county(Kind::Sqlite).await;
    succeeded(db(folder.path(), &database, &["backup", "copy"]));
    let import = database.ctx().await;
    add_body(&import, "half an import".to_owned()).await.unwrap();
    let refused = db(folder.path(), &database, &["restore", "copy"]);
    assert!(stderr(&refused).contains("another program uses"), "{}", stderr(&refused));
    add_body(&import, "the other half".to_owned()).await.unwrap();
    import.store.clone().close().await.unwrap();
    assert!(names(&database).await.contains(&"the other half".to_owned()));
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_any_more_is_replaced() {
    let (database, folder) = county(Kind::Sqlite).await;
    succeeded(db(folder.path(), &database, &["backup", "copy"]));
    let path = database.url.strip_prefix("sqlite://").unwrap();
    fs::write(path, "the disk was full of this").unwrap();
    fs::write(format!("{path}-wal"), "and its log of that").unwrap();
    let broken = db(folder.path(), &database, &["check"]);
    assert_eq!(broken.status.code(), Some(1));
    succeeded(db(folder.path(), &database, &["restore", "copy"]));
    succeeded(db(folder.path(), &database, &["check"]));
    let aside = fs::read_dir(Path::new(path).parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = aside.filter(|path| path.display().to_string().contains("replaced")).collect();
    assert!(kept.iter().any(|path| fs::read(path).unwrap() == b"the disk was full of this"), "it lies aside: {kept:?}");
}

#[tokio::test]
async fn what_root_restores_belongs_to_whom_the_service_runs_as() {
    let (database, folder) = county(Kind::Sqlite).await;
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let root = fs::metadata(path).unwrap().uid() == 0;
    succeeded(db(folder.path(), &database, &["backup", "copy"]));
    let owner = if root { 10_001 } else { fs::metadata(path).unwrap().uid() };
    if root {
        chown(path, Some(owner), Some(owner)).unwrap();
    }
    succeeded(db(folder.path(), &database, &["restore", "copy"]));
    assert_eq!(fs::metadata(path).unwrap().uid(), owner);
}

#[tokio::test]
async fn nothing_is_made_or_overwritten_by_a_slip() {
    let (database, folder) = county(Kind::Sqlite).await;
    let folder = folder.path();
    fs::write(folder.join("letter"), "dear all").unwrap();
    let refused = db(folder, &database, &["backup", "letter"]);
    assert!(stderr(&refused).contains("never replaces"), "{}", stderr(&refused));
    assert_eq!(fs::read(folder.join("letter")).unwrap(), b"dear all");
    for command in [&["db", "check"][..], &["db", "backup", "copy"]] {
        let absent = run(folder, command);
        assert_eq!(absent.status.code(), Some(1));
        assert!(stderr(&absent).contains("there is no database gongce.db"), "{}", stderr(&absent));
    }
    assert!(!folder.join("gongce.db").exists() && !folder.join("copy").exists());
    succeeded(db(folder, &database, &["backup", "copy"]));
    succeeded(run(folder, &["db", "restore", "copy", "--database-url", "sqlite://new.db"]));
    succeeded(run(folder, &["db", "check", "--database-url", "sqlite://new.db"]));
}

/// Which of two states a database is in: `old` and `new` differ by a body.
async fn state(database: &Database) -> Option<&'static str> {
    let store = Store::open(&database.url, None).await.ok()?;
    let mut found = store.check().await.ok()?;
    store.close().await.ok()?;
    // The body by which they differ came in beside the journal.
    found.retain(|finding| finding.check != "histories");
    if !found.is_empty() {
        return None;
    }
    Some(if names(database).await.contains(&"only in the old".to_owned()) { "old" } else { "new" })
}

#[tokio::test]
async fn a_restore_that_is_killed_leaves_the_old_or_the_new() {
    let (database, folder) = county(Kind::Sqlite).await;
    let folder = folder.path();
    succeeded(db(folder, &database, &["backup", "new"]));
    tamper(&database, &["INSERT INTO operator (name, kind, revision) VALUES ('only in the old', 'other', 1)"]).await;
    succeeded(db(folder, &database, &["backup", "old"]));
    let begun = Instant::now();
    succeeded(db(folder, &database, &["restore", "old"]));
    let whole = begun.elapsed();
    let mut seen = Vec::new();
    for eighth in 1..=8 {
        // The name aside is told to the second, and a second name in the same second would be refused.
        for entry in fs::read_dir(Path::new(database.url.strip_prefix("sqlite://").unwrap()).parent().unwrap()).unwrap()
        {
            let path = entry.unwrap().path();
            if path.display().to_string().contains("replaced") {
                fs::remove_file(path).unwrap();
            }
        }
        let mut command = gongce(folder);
        command
            .args(["db", "restore", "new", "--database-url", &database.url])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(whole * eighth / 8);
        drop(child.kill());
        child.wait().unwrap();
        let state = state(&database).await;
        assert!(state.is_some(), "killed after {eighth} eighths: neither the old nor the new");
        seen.extend(state);
    }
    assert!(seen.contains(&"old"), "at least the first was killed in time: {seen:?}");
    // The control: half a copy in the place of the database is neither.
    let copy = fs::read(folder.join("new")).unwrap();
    fs::write(database.url.strip_prefix("sqlite://").unwrap(), &copy[..copy.len() / 2]).unwrap();
    assert_eq!(state(&database).await, None);
}

#[test]
fn no_table_is_left_out_of_the_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let scans = fs::read_to_string(root.join("check/rows.rs")).unwrap();
    let entities =
        fs::read_dir(root.join("entity")).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let tables: Vec<String> =
        entities.filter_map(|text| Some(text.split("table_name = \"").nth(1)?.split('"').next()?.to_owned())).collect();
    assert!(tables.len() > 15, "{tables:?}");
    for table in tables {
        assert!(
            scans.contains(&format!("(\"{table}\",")),
            "`gongce db check` reads no row of {table}: add a scan of it to check/rows.rs"
        );
    }
}

#[tokio::test]
async fn a_backup_reminds_of_the_keys_and_holds_none() {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = run(folder.path(), &["staff", "bootstrap"]);
    assert_eq!(bootstrap.status.code(), Some(0), "{}", stderr(&bootstrap));
    let told = succeeded(run(folder.path(), &["db", "backup", "copy"]));
    assert!(told.contains("The keys in gongce.db.keys are not in it"), "{told}");
    let key = fs::read(folder.path().join("gongce.db.keys/1.key")).unwrap();
    let copy = fs::read(folder.path().join("copy")).unwrap();
    assert!(!copy.windows(key.len()).any(|bytes| bytes == key));
}
