//! Taking along what is kept of oneself, and being forgotten.

use gongce::domain::policy::PROOF_COUNTS;
use gongce::domain::secret::fingerprint;
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::json;

use super::{PASSWORD, PIN, journal, moment, service};
use crate::harness::stores::{Database, on_both};

const ACCEPT: &str = "/api/v1/invitations/accept";

/// Every text that the tables of persons hold.
async fn kept(database: &Database) -> String {
    let raw = Connection::connect(&database.url).await.unwrap();
    let mut all = String::new();
    for (table, columns) in [
        ("person", "id || ' ' || name"),
        ("identity", "person_id || ' ' || login"),
        ("role_grant", "person_id || ' ' || role"),
        ("session", "person_id || ' ' || id"),
        ("login_counter", "subject"),
        ("invitation", "name || ' ' || COALESCE(person_id, '') || ' by ' || COALESCE(invited_by, '')"),
    ] {
        let sql = format!("SELECT {columns} AS line FROM {table} ORDER BY 1");
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
        all.extend(rows.iter().map(|row| format!("{table} {}\n", row.try_get::<String>("", "line").unwrap())));
    }
    all
}

on_both! {
    async fn everything_that_is_kept_is_told_and_nothing_secret(database: Database) {
        let app = service(&database, 0).await;
        let (token, totp) = app.first_admin().await;
        let invitation = app.invite(&token, "cleaner").await;
        let export = app.ask(Method::GET, "/api/v1/me/export", &token, "").await;
        assert_eq!(export.status, 200, "{}", export.text);
        let told = export.json();
        assert_eq!((&told["name"], &told["grants"][0]["role"]), (&"王丽".into(), &"admin".into()));
        let identity = json!({"kind": "password", "login": "wang.li", "secondFactor": true});
        assert_eq!(told["identities"], json!([identity]));
        assert_eq!((&told["sessions"][0]["current"], &told["invitations"][0]["role"]), (&true.into(), &"cleaner".into()));
        assert_eq!(told["knownSince"], "2026-11-23T08:00:00Z");
        let id = told["id"].as_str().unwrap();
        let entries = told["journal"].as_array().unwrap();
        let acts: Vec<_> = entries.iter().map(|entry| format!("{} {}", entry["kind"], entry["action"]).replace('"', "")).collect();
        let expected = ["invitation create", "session login", "grant create", "person create", "invitation retire"];
        assert_eq!(acts, expected, "newest first");
        assert!(entries.iter().all(|entry| entry["actor"] == id), "nobody else's");
        for secret in [PASSWORD, &totp.reveal(), &token[4..], &invitation[4..], "argon2"] {
            assert!(!export.text.contains(secret), "“{secret}” is told");
        }
        let last = journal(&database).await.pop().unwrap();
        assert_eq!(last[..2], ["person", "export"], "that it was taken is remembered");
    }
}

on_both! {
    async fn who_wants_to_be_forgotten_is_removed_everywhere(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let stays = app.join(&app.invite(&admin, "supervisor").await, "li.na").await.0.text_of("/person");
        let invitation = app.invite(&admin, "inspector").await;
        let body = json!({"invitation": invitation, "login": "zhao.min", "password": PASSWORD});
        let goes = app.post(ACCEPT, "", &body).await.text_of("/person");
        let sign_in = json!({"login": "zhao.min", "password": PASSWORD});
        let session = app.sign_in(&sign_in).await.text_of("/token");
        assert_eq!(app.sign_in(&json!({"login": "zhao.min", "password": "canary-wrong-horse"})).await.status, 401);
        let renewal = app.post(&format!("/api/v1/staff/{goes}/invitations"), &admin, &json!({})).await;
        assert_eq!(renewal.status, 201, "{}", renewal.text);
        let before = kept(&database).await;
        let counter = format!("login_counter {}", fingerprint("password zhao.min"));
        assert!(before.contains(&format!("identity {goes} zhao.min")) && before.contains(&counter), "{before}");

        assert_eq!(app.ask(Method::DELETE, "/api/v1/me", &session, "").await.status, 204);
        let after = kept(&database).await;
        assert!(!after.contains(&goes) && !after.contains("zhao.min"), "{after}");
        assert!(!after.contains(&counter), "nor what was counted under the login: {after}");
        assert!(after.contains(&stays), "and nobody else");
        assert_eq!(app.ask(Method::GET, "/api/v1/me", &session, "").await.status, 401);
        assert_eq!(app.sign_in(&sign_in).await.status, 401);
        let rows = journal(&database).await;
        let last: Vec<_> = rows.iter().map(|[kind, action, ..]| format!("{kind} {action}")).collect();
        assert!(last.ends_with(&["grant revoke".to_owned(), "person delete".to_owned(), "session loginFailed".to_owned()]), "{last:?}");
        assert!(rows.iter().any(|row| row[3].contains(&goes)), "the journal keeps the pseudonym");
    }
}

on_both! {
    async fn invitations_outlive_whoever_sent_them(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let own = app.ask(Method::GET, "/api/v1/me", &admin, "").await.text_of("/id");
        assert_eq!(app.ask(Method::DELETE, "/api/v1/me", &admin, "").await.status, 409, "the last admin stays");
        assert_eq!(app.ask(Method::GET, "/api/v1/me", &admin, "").await.status, 200, "with all that is theirs");
        app.join(&app.invite(&admin, "admin").await, "li.na").await;
        let sent = app.invite(&admin, "cleaner").await;
        assert_eq!(app.ask(Method::DELETE, "/api/v1/me", &admin, "").await.status, 204);
        assert!(kept(&database).await.contains(&format!("by {own}")), "under the pseudonym");
        assert_eq!(app.post(ACCEPT, "", &json!({"invitation": sent, "pin": PIN})).await.status, 201);
    }
}

on_both! {
    async fn being_forgotten_waits_for_a_proof(database: Database) {
        let early = service(&database, 0).await;
        let (admin, totp) = early.first_admin().await;
        early.join(&early.invite(&admin, "admin").await, "li.na").await;
        let seconds = PROOF_COUNTS.num_seconds();
        let app = service(&database, seconds).await;
        let refused = app.ask(Method::DELETE, "/api/v1/me", &admin, "").await;
        assert_eq!((refused.status, refused.text_of("/code")), (403, "stepUpNeeded".to_owned()));
        let code = totp.code_at(moment(seconds).timestamp());
        assert_eq!(app.post("/api/v1/sessions/current/proof", &admin, &json!({"code": code})).await.status, 201);
        assert_eq!(app.ask(Method::DELETE, "/api/v1/me", &admin, "").await.status, 204);
    }
}
