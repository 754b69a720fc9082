//! Roles that come and go, and whoever lost their phone.

use poem::http::Method;
use serde_json::{Value, json};

use super::{PASSWORD, PIN, Service, moment, service};
use crate::harness::stores::on_both;

const ACCEPT: &str = "/api/v1/invitations/accept";

/// A cleaner on a device of their own: their id, the device and a session.
async fn cleaner(app: &Service, admin: &str) -> (String, String, String) {
    let invitation = app.invite(admin, "cleaner").await;
    let joined = app.post(ACCEPT, "", &json!({"invitation": invitation, "pin": PIN})).await;
    let device = joined.text_of("/device");
    let opened = app.sign_in(&json!({"device": device, "pin": PIN})).await;
    (joined.text_of("/person"), device, opened.text_of("/token"))
}

async fn status(app: &Service, token: &str) -> u16 {
    app.ask(Method::GET, "/api/v1/me", token, "").await.status
}

async fn renew(app: &Service, admin: &str, person: &str, body: &Value) -> String {
    let sent = app.post(&format!("/api/v1/staff/{person}/invitations"), admin, body).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    sent.text_of("/invitation")
}

on_both! {
    async fn a_further_role_ends_the_sessions_and_counts_once(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let (person, device, session) = cleaner(&app, &admin).await;
        let grants = format!("/api/v1/staff/{person}/grants");
        assert_eq!(status(&app, &session).await, 200);
        let given = app.post(&grants, &admin, &json!({"role": "repairer"})).await;
        assert_eq!((given.status, given.text_of("/role")), (201, "repairer".to_owned()), "{}", given.text);
        assert_eq!(status(&app, &session).await, 401, "no session goes on under other roles");
        let again = app.sign_in(&json!({"device": device, "pin": PIN})).await.text_of("/token");
        let me = app.ask(Method::GET, "/api/v1/me", &again, "").await.json();
        assert_eq!(me["grants"].as_array().map(Vec::len), Some(2));
        assert_eq!(app.post(&grants, &admin, &json!({"role": "repairer"})).await.status, 409);
        assert_eq!(status(&app, &again).await, 200, "what was refused ends nothing");
        let own = app.ask(Method::GET, "/api/v1/me", &admin, "").await.text_of("/id");
        let raised = app.post(&format!("/api/v1/staff/{own}/grants"), &admin, &json!({"role": "cleaner"})).await;
        assert_eq!(raised.status, 403, "nobody grants to themselves");
        let citizen = app.post(&grants, &admin, &json!({"role": "citizen"})).await;
        assert_eq!((citizen.status, citizen.text_of("/errors/0/field")), (422, "role".to_owned()));
    }
}

on_both! {
    async fn who_lacks_the_second_factor_is_invited_to_it(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let (person, device, session) = cleaner(&app, &admin).await;
        let grants = format!("/api/v1/staff/{person}/grants");
        let refused = app.post(&grants, &admin, &json!({"role": "supervisor"})).await;
        assert_eq!((refused.status, refused.text_of("/errors/0/code")), (422, "needsSecondFactor".to_owned()));

        let invitation = renew(&app, &admin, &person, &json!({"role": "supervisor"})).await;
        let by_pin = app.post(ACCEPT, "", &json!({"invitation": invitation, "pin": PIN})).await;
        assert_eq!(by_pin.status, 422, "a PIN is not enough for a supervisor");
        let (joined, totp) = app.join(&invitation, "li.na").await;
        assert_eq!(joined.text_of("/person"), person, "the same person as before");
        assert_eq!(status(&app, &session).await, 401);
        assert_eq!(app.sign_in(&json!({"device": device, "pin": PIN})).await.status, 401, "the PIN is void");
        let code = totp.code_at(moment(0).timestamp());
        let opened = app.sign_in(&json!({"login": "li.na", "password": PASSWORD, "code": code})).await;
        let me = app.ask(Method::GET, "/api/v1/me", &opened.text_of("/token"), "").await.json();
        assert_eq!(me["grants"].as_array().map(Vec::len), Some(2), "{me}");
        let given = app.post(&grants, &admin, &json!({"role": "admin"})).await;
        assert_eq!(given.status, 201, "now they have one: {}", given.text);
    }
}

on_both! {
    async fn a_lost_phone_is_cut_off_and_replaced(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let (person, device, session) = cleaner(&app, &admin).await;
        let (_, _, other) = cleaner(&app, &admin).await;
        let sessions = format!("/api/v1/staff/{person}/sessions");
        assert_eq!(app.ask(Method::DELETE, &sessions, &other, "").await.status, 403);
        assert_eq!(app.ask(Method::DELETE, &sessions, &admin, "").await.status, 204);
        assert_eq!((status(&app, &session).await, status(&app, &other).await), (401, 200));

        let invitation = renew(&app, &admin, &person, &json!({})).await;
        let joined = app.post(ACCEPT, "", &json!({"invitation": invitation, "pin": "314159"})).await;
        assert_eq!((joined.status, joined.text_of("/person")), (201, person));
        assert_eq!(app.sign_in(&json!({"device": device, "pin": PIN})).await.status, 401, "the lost one is void");
        let opened = app.sign_in(&json!({"device": joined.text_of("/device"), "pin": "314159"})).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
    }
}

on_both! {
    async fn a_change_of_role_voids_the_invitation_to_sign_in_anew(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let (person, ..) = cleaner(&app, &admin).await;
        let control = renew(&app, &admin, &person, &json!({})).await;
        let accepted = app.post(ACCEPT, "", &json!({"invitation": control, "pin": PIN})).await;
        assert_eq!(accepted.status, 201, "without a change it counts");
        let invitation = renew(&app, &admin, &person, &json!({})).await;
        let more = app.post(&format!("/api/v1/staff/{person}/grants"), &admin, &json!({"role": "repairer"})).await;
        assert_eq!(more.status, 201, "{}", more.text);
        let accepted = app.post(ACCEPT, "", &json!({"invitation": invitation, "pin": PIN})).await;
        assert_eq!(accepted.status, 404, "whoever sent it may not be allowed to any more");
    }
}

on_both! {
    async fn an_invitation_is_seen_and_taken_back(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let kept = app.invite(&admin, "cleaner").await;
        let taken = app.invite(&admin, "inspector").await;
        let list = async |query: &str| {
            let path = format!("/api/v1/staff/invitations{query}");
            app.ask(Method::GET, &path, &admin, "").await.json()
        };
        let all = list("").await;
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| item["role"].as_str().unwrap()).collect::<Vec<_>>(), ["cleaner", "inspector"]);
        assert!(!all.to_string().contains("gci_") && all.get("next").is_none(), "{all}");
        let first = list("?limit=1").await;
        let second = list(&format!("?limit=1&cursor={}", first["next"].as_str().unwrap())).await;
        assert_eq!((&first["items"][0], &second["items"][0]), (&items[0], &items[1]), "page by page");

        let path = format!("/api/v1/staff/invitations/{}", items[1]["id"]);
        assert_eq!(app.ask(Method::DELETE, &path, &admin, "").await.status, 204);
        assert_eq!(app.ask(Method::DELETE, &path, &admin, "").await.status, 404);
        for (invitation, status) in [(taken, 404), (kept, 201)] {
            let accepted = app.post(ACCEPT, "", &json!({"invitation": invitation, "pin": PIN})).await;
            assert_eq!(accepted.status, status, "{}", accepted.text);
        }
        assert_eq!(list("").await["items"].as_array().map(Vec::len), Some(0), "none waits any more");
        assert_eq!(app.ask(Method::GET, "/api/v1/staff/invitations?cursor=x", &admin, "").await.status, 400);
    }
}
