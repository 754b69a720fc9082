//! Second factors at rest: sealed, each for its person alone.

use gongce::domain::key::KeyId;
use gongce::domain::secret::TotpSecret;
use gongce::store::StoreError;
use gongce::usecase::keys;
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};

use super::{PASSWORD, by_password, moment, service, service_with};
use crate::harness::make;
use crate::harness::stores::{Database, Kind, on_both};

/// Everything that the database keeps: on SQLite its files, on PostgreSQL the row.
async fn at_rest(database: &Database) -> Vec<u8> {
    if database.kind == Kind::Postgres {
        let raw = Connection::connect(&database.url).await.unwrap();
        let sql = "SELECT row_to_json(identity)::text AS row FROM identity";
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
        return rows.iter().map(|row| row.try_get::<String>("", "row").unwrap()).collect::<String>().into_bytes();
    }
    let file = database.url.strip_prefix("sqlite://").unwrap();
    let files = ["", "-wal"].map(|ending| std::fs::read(format!("{file}{ending}")).unwrap_or_default());
    files.concat()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn code(totp: &TotpSecret, seconds: i64) -> String {
    totp.code_at(moment(seconds).timestamp())
}

on_both! {
    async fn the_database_holds_no_second_factor_that_anyone_could_use(database: Database) {
        let app = service(&database, 0).await;
        let (_, totp) = app.first_admin().await;
        let kept = at_rest(&database).await;
        assert!(holds(&kept, b"wang.li") && holds(&kept, b"$argon2id$"), "the search finds what is there");
        let hexadecimal = data_encoding::HEXLOWER.encode(totp.as_bytes());
        let base64 = data_encoding::BASE64.encode(totp.as_bytes());
        for secret in [totp.as_bytes(), totp.reveal().as_bytes(), hexadecimal.as_bytes(), base64.as_bytes()] {
            assert!(!holds(&kept, secret), "a second factor is in the database");
        }
    }
}

on_both! {
    async fn a_rotated_key_still_opens_and_a_forgotten_one_never(database: Database) {
        let (_, totp) = service(&database, 0).await.first_admin().await;
        let rotated = service_with(&database, 60, make::keys("12")).await;
        let opened = rotated.sign_in(&by_password(PASSWORD, Some(&code(&totp, 60)))).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        let (store, clock, first) = (&rotated.ctx.store, rotated.ctx.clock, KeyId::FIRST);
        assert!(!keys::forget(store, clock, first).await.unwrap(), "the database does not know it");
        let fingerprint = rotated.ctx.keys.fingerprint(first).unwrap();
        let known = store.write(rotated.ctx.author("test"), move |tx| Box::pin(async move { tx.remember_key(first, fingerprint).await }));
        assert!(known.await.map_err(|error: StoreError| error).unwrap());
        assert!(keys::forget(store, clock, first).await.unwrap());
        let without = service_with(&database, 120, make::keys("2")).await;
        let refused = without.sign_in(&by_password(PASSWORD, Some(&code(&totp, 120)))).await;
        assert_eq!(refused.status, 401, "what it sealed is gone: {}", refused.text);
    }
}

on_both! {
    async fn a_second_factor_moved_to_somebody_else_opens_nothing(database: Database) {
        let app = service(&database, 0).await;
        let (admin, totp) = app.first_admin().await;
        let (_, own) = app.join(&app.invite(&admin, "admin").await, "li.na").await;
        let raw = Connection::connect(&database.url).await.unwrap();
        let moved = "UPDATE identity SET totp = (SELECT totp FROM identity WHERE login = 'li.na') WHERE login = 'wang.li'";
        raw.execute_unprepared(moved).await.unwrap();
        let later = service(&database, 60).await;
        for code in [code(&own, 60), code(&totp, 60)] {
            let answer = later.sign_in(&by_password(PASSWORD, Some(&code))).await;
            assert_eq!((answer.status, answer.text_of("/code")), (500, "internal".to_owned()));
        }
        assert_eq!(app.ask(Method::GET, "/api/v1/me", &admin, "").await.status, 200, "nobody else is in the way");
    }
}
