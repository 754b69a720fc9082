//! Keys as files: made where they may be, shared where they must be, refused where they are not safe or not the right ones.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use gongce::domain::holiday::Calendars;
use gongce::domain::key::KeyId;
use gongce::http::render_fragment;
use gongce::usecase::keys::{KeyError, hold};
use gongce::usecase::{Clock, Ctx};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};

use crate::harness::program::{gongce, run, stderr, stdout};
use crate::harness::stores::{Database, Kind, on_both};

/// Any command that needs the keys.
const ASKS: [&str; 2] = ["staff", "list"];

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The refusal of a command that needs the keys.
fn refusal(folder: &Path) -> String {
    let output = run(folder, &ASKS);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    stderr(&output)
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn beside_sqlite_the_first_start_makes_one_that_only_the_service_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &ASKS);
    let (keys, key) = (folder.join("gongce.db.keys"), folder.join("gongce.db.keys/1.key"));
    assert_eq!((mode(&keys), mode(&key)), (0o700, 0o600));
    let first = std::fs::read(&key).unwrap();
    assert_eq!(first.len(), 32);
    done(folder, &ASKS);
    assert_eq!(std::fs::read(&key).unwrap(), first, "the second start finds it");

    assert!(done(folder, &["keys", "create"]).starts_with("gongce.db.keys/2.key\n"));
    assert_eq!(mode(&folder.join("gongce.db.keys/2.key")), 0o600);
    assert_eq!(done(folder, &["keys", "list"]), "2 seals and opens\n1 opens\n");
    done(folder, &ASKS);
}

#[test]
fn a_key_that_is_not_safe_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &ASKS);
    let (keys, key) = (folder.join("gongce.db.keys"), folder.join("gongce.db.keys/1.key"));
    for open in [0o640, 0o604, 0o620] {
        chmod(&key, open);
        let told = refusal(folder);
        assert!(told.contains("1.key is open to others") && told.contains("chmod 0600"), "{told}");
    }
    chmod(&key, 0o400);
    done(folder, &ASKS);
    chmod(&keys, 0o770);
    assert!(refusal(folder).contains("chmod 0700"));
    chmod(&keys, 0o700);

    chmod(&key, 0o600);
    let right = std::fs::read(&key).unwrap();
    let hexadecimal = data_encoding::HEXLOWER.encode(&right).into_bytes();
    let plain = [
        (right[..31].to_vec(), "exactly 32 bytes, and this has 31"),
        (Vec::new(), "exactly 32 bytes, and this has 0"),
        (hexadecimal, "exactly 32 bytes, and this has 64"),
        (vec![0; 32], "not random"),
        (b"change-me-change-me-change-me-ok".to_vec(), "not random"),
    ];
    for (bytes, words) in plain {
        std::fs::write(&key, bytes).unwrap();
        let told = refusal(folder);
        assert!(told.contains("gongce.db.keys/1.key") && told.contains(words), "{told}");
    }
    std::fs::write(&key, &right).unwrap();
    std::fs::write(keys.join("2.key"), &right).unwrap();
    chmod(&keys.join("2.key"), 0o600);
    assert!(refusal(folder).contains("the keys 1 and 2 are the same"));
    std::fs::rename(keys.join("2.key"), keys.join("key2.key")).unwrap();
    assert!(refusal(folder).contains("key2.key is no key"));
    std::fs::remove_file(keys.join("key2.key")).unwrap();
    std::fs::write(keys.join("README"), "kept in the safe as well").unwrap();
    done(folder, &ASKS);
}

#[test]
fn a_database_goes_on_with_no_other_key_than_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &ASKS);
    let (keys, away) = (folder.join("gongce.db.keys"), folder.join("away"));
    std::fs::rename(&keys, &away).unwrap();
    let told = refusal(folder);
    assert!(told.contains("written with the key 1, which is not in gongce.db.keys"), "{told}");
    assert!(!keys.exists(), "and no other is made in its place");

    done(folder, &["keys", "create"]);
    assert!(refusal(folder).contains("is not the key 1 that this database was written with"));
    std::fs::remove_dir_all(&keys).unwrap();
    std::fs::rename(&away, &keys).unwrap();
    done(folder, &ASKS);

    std::fs::remove_dir_all(&keys).unwrap();
    let asked = run(folder, &["keys", "forget", "1"]);
    assert_eq!(asked.status.code(), Some(2), "{}", stderr(&asked));
    assert!(refusal(folder).contains("keys forget 1 --lose-secrets"));
    assert_eq!(done(folder, &["keys", "forget", "1", "--lose-secrets"]), "forgot the key 1\n");
    done(folder, &ASKS);
    assert!(keys.join("1.key").exists(), "a database without a key is given its first");
    let unknown = run(folder, &["keys", "forget", "7", "--lose-secrets"]);
    assert_eq!(unknown.status.code(), Some(1), "{}", stderr(&unknown));
}

/// A command on a PostgreSQL database, with that folder of keys.
fn on_postgres(folder: &Path, url: &str, keys: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = gongce(folder);
    command.env("GONGCE_DATABASE_URL", url).envs(keys.map(|keys| ("GONGCE_KEYS_DIR", keys))).args(arguments);
    command.output().unwrap()
}

#[tokio::test]
async fn on_postgres_they_are_given_and_shared() {
    let database = Database::migrated(Kind::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let ask = |keys, arguments| on_postgres(folder.path(), &database.url, keys, arguments);
    for asks in [&ASKS[..], &["serve", "--listen", "127.0.0.1:0"], &["keys", "create"]] {
        let unset = ask(None, asks);
        assert_eq!(unset.status.code(), Some(1));
        let told = stderr(&unset);
        assert!(told.contains("GONGCE_KEYS_DIR") && told.contains("gongce keys create"), "{told}");
    }
    let empty = ask(Some("a"), &ASKS);
    assert_eq!(empty.status.code(), Some(1));
    assert!(stderr(&empty).contains("there is no key in a."), "{}", stderr(&empty));
    assert!(!folder.path().join("a").exists(), "none is made by itself");

    for keys in ["a", "b"] {
        assert_eq!(ask(Some(keys), &["keys", "create"]).status.code(), Some(0));
    }
    assert_eq!(ask(Some("a"), &ASKS).status.code(), Some(0));
    let other = ask(Some("b"), &ASKS);
    assert_eq!(other.status.code(), Some(1));
    assert!(stderr(&other).contains("all processes on one database need the same keys"), "{}", stderr(&other));
    std::fs::copy(folder.path().join("a/1.key"), folder.path().join("b/1.key")).unwrap();
    assert_eq!(ask(Some("b"), &ASKS).status.code(), Some(0), "the same mode comes with the copy");

    // A rotation reaches the second process when the file does; until then it does not start again.
    assert_eq!(ask(Some("a"), &["keys", "create"]).status.code(), Some(0));
    assert_eq!(ask(Some("a"), &ASKS).status.code(), Some(0));
    assert!(stderr(&ask(Some("b"), &ASKS)).contains("put 2.key back"));
    std::fs::copy(folder.path().join("a/2.key"), folder.path().join("b/2.key")).unwrap();
    assert_eq!(ask(Some("b"), &ASKS).status.code(), Some(0));
}

on_both! {
    async fn of_processes_that_start_together_one_makes_the_key(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let keys: PathBuf = folder.path().join("keys");
        let tries: Vec<_> = (0..8).map(|_| {
            let (url, keys) = (database.url.clone(), keys.clone());
            tokio::spawn(async move {
                let store = gongce::store::Store::open(&url, None).await.unwrap();
                let ring = hold(&store, Clock::system(), &keys, true).await.unwrap();
                ring.fingerprint(ring.ids().next().unwrap()).unwrap()
            })
        }).collect();
        let mut fingerprints = Vec::new();
        for one in tries {
            fingerprints.push(one.await.unwrap());
        }
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), 1, "{fingerprints:?}");
        let store = database.open().await;
        assert_eq!(store.ring_keys().await.unwrap().len(), 1);
        assert_eq!(store.journal_length().await.unwrap(), 1, "and it is journaled once");
    }
}

on_both! {
    async fn of_two_with_different_keys_at_once_one_starts(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let tries: Vec<_> = ["a", "b", "c", "d"].map(|name| {
            let (url, keys) = (database.url.clone(), folder.path().join(name));
            gongce::usecase::keys::create(Clock::system(), &keys).unwrap();
            tokio::spawn(async move {
                let store = gongce::store::Store::open(&url, None).await.unwrap();
                hold(&store, Clock::system(), &keys, false).await
            })
        }).into();
        let mut started = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => started += 1,
                Err(error) => assert!(matches!(error, KeyError::Other { .. }), "{error:?}"),
            }
        }
        assert_eq!(started, 1);
    }
}

on_both! {
    async fn with_a_forgotten_key_goes_what_it_sealed_and_nothing_else(database: Database) {
        let raw = Connection::connect(&database.url).await.unwrap();
        let store = database.open().await;
        let other = KeyId::FIRST.next().unwrap();
        for key in ["1", "2"] {
            for row in [
                format!("person (id, name, created_at) VALUES ('{key}', 'somebody', '2026-01-01 00:00:00+00:00')"),
                format!("identity (person_id, kind, login, hash, totp, totp_step) VALUES ('{key}', 'password', 'a{key}', '$argon2id$', '{key}xyz', 0)"),
                format!("identity (person_id, kind, login, hash, totp_step) VALUES ('{key}', 'wechat', 'b{key}', '{key}xyz', 0)"),
                format!("phone (person_id, sealed) VALUES ('{key}', '{key}xyz')"),
                format!("wechat_token (app_id, generation, sealed) VALUES ('{key}', 1, '{key}xyz')"),
                format!("answer (person, key, fingerprint, status, body, answered_at) VALUES ('{key}', 'a', 'f', 201, '{key}xyz', '2026-01-01 00:00:00+00:00')"),
                format!("answer (person, key, fingerprint, status, body, answered_at) VALUES ('{key}', 'b', 'f', 201, '{{}}', '2026-01-01 00:00:00+00:00')"),
                format!("ring_key (id, fingerprint) VALUES ('{key}', '{key}')"),
            ] {
                raw.execute_unprepared(&format!("INSERT INTO {row}")).await.unwrap();
            }
        }
        assert!(gongce::usecase::keys::forget(&store, Clock::system(), other).await.unwrap());
        let sealed = "SELECT totp AS sealed FROM identity WHERE totp IS NOT NULL UNION ALL \
                      SELECT hash FROM identity WHERE kind = 'wechat' UNION ALL SELECT sealed FROM phone UNION ALL \
                      SELECT sealed FROM wechat_token WHERE sealed IS NOT NULL UNION ALL \
                      SELECT body FROM answer WHERE body <> '{}'";
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sealed)).await.unwrap();
        let rows: Vec<String> = rows.iter().map(|row| row.try_get("", "sealed").unwrap()).collect();
        assert_eq!(rows, ["1xyz"; 5]);
        let open = "SELECT count(*) AS number FROM answer WHERE body = '{}'";
        let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), open)).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "number").unwrap(), 2, "what is not sealed stays");
        let known: Vec<_> = store.ring_keys().await.unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(known, [KeyId::FIRST]);
    }
}

/// Nothing about keys stands in what is printed of a running product.
#[tokio::test]
async fn a_context_tells_nothing_of_its_keys() {
    let database = Database::bare_sqlite();
    let folder = tempfile::tempdir().unwrap();
    gongce::usecase::keys::create(Clock::system(), folder.path()).unwrap();
    let bytes = std::fs::read(folder.path().join("1.key")).unwrap();
    let ring = gongce::domain::key::KeyRing::new(gongce::gateway::read(folder.path()).unwrap()).unwrap();
    let ctx = Arc::new(Ctx::new(database.open().await, Clock::system(), Calendars::builtin(), ring, render_fragment));
    let printed = format!("{ctx:?} {:?}", gongce::gateway::read(folder.path()));
    assert!(printed.contains("KeyRing(\"1\")") && printed.contains("Key(…)"), "{printed}");
    for secret in
        [data_encoding::HEXLOWER.encode(&bytes), data_encoding::BASE64.encode(&bytes), format!("{:?}", &bytes[..8])]
    {
        assert!(!printed.contains(secret.trim_matches(['[', ']'])), "{secret} is in {printed}");
    }
}
