//! Dangerous acts ask for a fresh proof of who is calling.

use gongce::domain::account::Role;
use gongce::domain::policy::PROOF_COUNTS;
use poem::http::Method;
use serde_json::{Value, json};

use super::{PASSWORD, PIN, Service, by_password, journal, moment, service};
use crate::harness::stores::{Database, on_both};

const PROOF: &str = "/api/v1/sessions/current/proof";
const INVITATIONS: &str = "/api/v1/staff/invitations";

/// So long after a sign-in its proof counts no more, while an admin's session still lasts.
fn later() -> i64 {
    PROOF_COUNTS.num_seconds()
}

/// A session of the first admin, and their code at a later moment.
async fn admin(database: &Database) -> (Service, String, String) {
    let (token, totp) = service(database, 0).await.first_admin().await;
    (service(database, later()).await, token, totp.code_at(moment(later()).timestamp()))
}

fn invitation(role: &str) -> Value {
    json!({"name": "李娜", "role": role})
}

on_both! {
    async fn a_dangerous_act_waits_for_a_proof(database: Database) {
        let (app, token, code) = admin(&database).await;
        assert_eq!(app.post(INVITATIONS, &token, &invitation("cleaner")).await.status, 201, "this takes little power");
        for role in [Role::Supervisor, Role::Admin] {
            let refused = app.post(INVITATIONS, &token, &invitation(role.as_str())).await;
            assert_eq!((refused.status, refused.text_of("/code")), (403, "stepUpNeeded".to_owned()));
        }
        let proved = app.post(PROOF, &token, &json!({"code": code})).await;
        assert_eq!(proved.status, 201, "{}", proved.text);
        assert_eq!(proved.text_of("/steppedUpAt"), moment(later()).to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        assert_eq!(app.post(INVITATIONS, &token, &invitation("admin")).await.status, 201);
        assert_eq!(app.post(PROOF, &token, &json!({"code": code})).await.status, 403, "a code counts once");
        let rows = journal(&database).await;
        let last: Vec<_> = rows.iter().rev().take(3).map(|[kind, action, ..]| format!("{kind} {action}")).collect();
        assert_eq!(last, ["session loginFailed", "invitation create", "session stepUp"]);
    }
}

on_both! {
    async fn taking_an_admins_role_waits_for_a_proof_and_others_do_not(database: Database) {
        let early = service(&database, 0).await;
        let (token, totp) = early.first_admin().await;
        let (second, _) = early.join(&early.invite(&token, "admin").await, "li.na").await;
        let cleaner = json!({"invitation": early.invite(&token, "cleaner").await, "pin": PIN});
        let cleaner = early.post("/api/v1/invitations/accept", "", &cleaner).await.text_of("/person");
        let app = service(&database, later()).await;
        let grant = async |person: &str| {
            let member = app.ask(Method::GET, &format!("/api/v1/staff/{person}"), &token, "").await;
            format!("/api/v1/staff/{person}/grants/{}", member.json()["grants"][0]["id"])
        };
        assert_eq!(app.ask(Method::DELETE, &grant(&cleaner).await, &token, "").await.status, 204);
        let admins = grant(&second.text_of("/person")).await;
        let refused = app.ask(Method::DELETE, &admins, &token, "").await;
        assert_eq!((refused.status, refused.text_of("/code")), (403, "stepUpNeeded".to_owned()));
        let code = totp.code_at(moment(later()).timestamp());
        assert_eq!(app.post(PROOF, &token, &json!({"code": code})).await.status, 201);
        assert_eq!(app.ask(Method::DELETE, &admins, &token, "").await.status, 204);
    }
}

on_both! {
    async fn wrong_proofs_lock_the_account_like_wrong_logins(database: Database) {
        let (app, token, code) = admin(&database).await;
        let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
        for _ in 0..3 {
            let refused = app.post(PROOF, &token, &json!({"code": wrong})).await;
            assert_eq!((refused.status, refused.text_of("/code")), (403, "stepUpNeeded".to_owned()));
        }
        for _ in 0..2 {
            assert_eq!(app.sign_in(&by_password("canary-wrong-horse", Some(&code))).await.status, 401);
        }
        // Three wrong proofs and two wrong sign-ins: neither way is open any more, whatever is brought.
        for _ in 0..2 {
            assert_eq!(app.post(PROOF, &token, &json!({"code": code})).await.status, 429);
        }
        assert_eq!(app.sign_in(&by_password(PASSWORD, Some(&code))).await.status, 429);
        let told = journal(&database).await.iter().filter(|row| row[1] == "lockOut").count();
        assert_eq!(told, 1, "a lock-out is told once");
        assert_eq!(app.ask(Method::GET, "/api/v1/me", &token, "").await.status, 200, "the session goes on");
    }
}

on_both! {
    async fn each_proves_by_what_they_have(database: Database) {
        let (app, token, _) = admin(&database).await;
        let fields = async |token: &str, body: Value| {
            let refused = app.post(PROOF, token, &body).await;
            assert_eq!(refused.status, 422, "{}", refused.text);
            refused.text_of("/errors/0/field")
        };
        assert_eq!(fields(&token, json!({"password": PASSWORD})).await, "password", "a second factor cannot be left out");
        assert_eq!(fields(&token, json!({})).await, "code");
        let invitation = app.invite(&token, "cleaner").await;
        let joined = app.post("/api/v1/invitations/accept", "", &json!({"invitation": invitation, "pin": PIN})).await;
        let device = joined.text_of("/device");
        let worker = app.sign_in(&json!({"device": device, "pin": PIN})).await.text_of("/token");
        assert_eq!(fields(&worker, json!({"code": "123456"})).await, "code");
        assert_eq!(fields(&worker, json!({"device": "gcd_", "pin": PIN})).await, "device");
        assert_eq!(app.post(PROOF, &worker, &json!({"device": device, "pin": "161803"})).await.status, 403);
        assert_eq!(app.post(PROOF, &worker, &json!({"device": device, "pin": PIN})).await.status, 201);
        let invitation = app.invite(&token, "inspector").await;
        let body = json!({"invitation": invitation, "login": "zhao.min", "password": PASSWORD});
        assert_eq!(app.post("/api/v1/invitations/accept", "", &body).await.status, 201);
        let inspector = app.sign_in(&json!({"login": "zhao.min", "password": PASSWORD})).await.text_of("/token");
        assert_eq!(app.post(PROOF, &inspector, &json!({"password": "canary-wrong-horse"})).await.status, 403);
        assert_eq!(app.post(PROOF, &inspector, &json!({"password": PASSWORD})).await.status, 201);
    }
}
