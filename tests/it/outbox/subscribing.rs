//! Who may be told of what, and who is told nothing any more.

use gongce::domain::account::Role;
use gongce::usecase::outbox;
use poem::http::Method;
use serde_json::{Value, json};

use super::standin::Standin;
use super::{Town, lenient};
use crate::harness::stores::on_both;

on_both! {
    async fn a_subscription_is_held_to_its_rules(database: Database) {
        let hook = Standin::start().await;
        let strict = gongce::gateway::outbound::Settings::default();
        let town = Town::on(&database, strict).await;
        let create = async |body: Value| town.service.post("/api/v1/subscriptions", &town.token, body).await;
        let hook = hook.url.as_str();
        for (body, status, field) in [
            (json!({"channel": "webhook", "area": "410308101"}), 422, "target"),
            (json!({"channel": "webhook", "area": "410308101", "target": hook}), 422, "target"),
            (json!({"channel": "webhook", "area": "410308101", "target": "https://169.254.169.254/"}), 422, "target"),
            (json!({"channel": "webhook", "area": "410308101", "target": "https://localhost/"}), 422, "target"),
            (json!({"channel": "wecom", "area": "410308101", "target": "https://qyapi.weixin.qq.com/"}), 422, "target"),
            (json!({"channel": "wechat", "area": "410308101", "target": "x"}), 422, "target"),
            (json!({"channel": "wecom", "area": "410308101", "target": "0123456789abcdef", "quiet": {"from": "08:00", "to": "08:00"}}), 422, "quiet"),
            (json!({"channel": "wecom", "area": "410308101", "target": "0123456789abcdef", "zone": "Mengjin"}), 422, "zone"),
            (json!({"channel": "pigeon", "area": "410308101"}), 400, "channel"),
        ] {
            let answer = create(body.clone()).await;
            assert_eq!(answer.problem(status).1, [field], "{body}");
        }
        for area in [json!("410308102"), json!("999999"), json!("410308")] {
            let body = json!({"channel": "wecom", "area": area, "target": "0123456789abcdef"});
            assert_eq!(create(body).await.status, 404, "{area} is not theirs");
        }
        assert_eq!(create(json!({"channel": "wecom", "target": "0123456789abcdef"})).await.status, 404, "nor everything");
        assert_eq!(create(json!({"channel": "wechat", "area": "410308101"})).await.status, 503, "there is no app here");
        for number in 0..21 {
            let body = json!({"channel": "wecom", "area": "410308101", "target": "0123456789abcdef"});
            assert_eq!(create(body).await.status, if number < 20 { 201 } else { 409 });
        }
    }
}

on_both! {
    async fn whoever_leaves_or_loses_their_role_is_told_nothing_more(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let admin = town.service.sign_in(Role::Admin, "410308").await;
        let of_admin = json!({"channel": "webhook", "target": hook.url, "area": "410308", "pace": "atOnce"});
        let of_admin = town.service.post("/api/v1/subscriptions", &admin, of_admin).await.json_of(201);
        let made = town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        let own = town.service.get("/api/v1/me/export", &town.token).await.json_of(200);
        assert_eq!(own["subscriptions"], json!([made["subscription"]]));
        let person = own["id"].as_str().unwrap();
        let grant = own["grants"][0]["id"].clone();
        assert_eq!(town.service.get("/api/v1/subscriptions", &town.token).await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(town.service.get("/api/v1/subscriptions", &admin).await.json()["items"].as_array().unwrap().len(), 2);

        town.miss(&town.service.ctx, 0).await;
        let path = format!("/api/v1/staff/{person}/grants/{grant}");
        let revoked = town.service.send(Method::DELETE, &path, &admin, &[], &Value::Null).await;
        assert_eq!(revoked.status, 204, "{}", revoked.text);
        outbox::send_due(&town.service.ctx).await.unwrap();
        let told: Vec<_> = hook.asked().iter().map(|asked| asked.json()["data"]["subscription"].clone()).collect();
        assert_eq!(told, [of_admin["subscription"]["id"].clone()], "the admin alone");
        let all = town.service.get("/api/v1/subscriptions", &admin).await.json();
        let paused = all["items"].as_array().unwrap().iter().find(|one| one["id"] == made["subscription"]["id"]).unwrap().clone();
        assert_eq!((&paused["trouble"], paused["pausedAt"].is_null()), (&json!("notAllowed"), false));

        let id = of_admin["subscription"]["id"].as_str().unwrap();
        let gone = town.service.send(Method::DELETE, &format!("/api/v1/subscriptions/{id}"), &admin, &[], &Value::Null).await;
        assert_eq!(gone.status, 204);
        town.miss(&town.service.ctx, 1).await;
        assert_eq!(outbox::send_due(&town.service.ctx).await.unwrap(), 0);

        let leaving = town.service.sign_in(Role::Supervisor, "410308101").await;
        let body = json!({"channel": "webhook", "target": hook.url, "area": "410308101"});
        assert_eq!(town.service.post("/api/v1/subscriptions", &leaving, body).await.status, 201);
        assert_eq!(town.service.send(Method::DELETE, "/api/v1/me", &leaving, &[], &Value::Null).await.status, 204);
        assert_eq!(town.service.get("/api/v1/subscriptions", &admin).await.json()["items"].as_array().unwrap().len(), 1);
    }
}

on_both! {
    async fn a_subscription_rests_and_goes_on(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let made = town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        let id = made["subscription"]["id"].as_str().unwrap();
        let pause = async |paused: bool| {
            let path = format!("/api/v1/subscriptions/{id}/paused");
            town.service.send(Method::PUT, &path, &town.token, &[], &json!({"paused": paused})).await.json_of(200)
        };
        town.miss(&town.service.ctx, 0).await;
        assert!(pause(true).await["pausedAt"].is_string());
        town.miss(&town.service.ctx, 1).await;
        assert_eq!(outbox::send_due(&town.service.ctx).await.unwrap(), 0, "nothing is sent or kept");
        assert!(pause(false).await["pausedAt"].is_null());
        assert!(pause(false).await["pausedAt"].is_null(), "twice is once");
        town.miss(&town.service.ctx, 2).await;
        assert_eq!(outbox::send_due(&town.service.ctx).await.unwrap(), 1);
        let asked = hook.asked();
        let items = asked[0].json()["data"]["items"].clone();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["key"]), (1, &json!(town.missed(2).key)));
    }
}

on_both! {
    async fn whoever_names_no_topic_is_told_the_news(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let body = json!({"channel": "wecom", "area": "410308101", "target": "0123456789abcdef"});
        let made = town.service.post("/api/v1/subscriptions", &town.token, body).await.json_of(201);
        let topics = made["subscription"]["topics"].as_array().unwrap().clone();
        assert!(topics.contains(&json!("missed")) && !topics.contains(&json!("cleaned")), "{topics:?}");
    }
}

on_both! {
    async fn whoever_wants_to_hear_of_cleanings_hears_of_each(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let cleaner = town.service.sign_in(Role::Cleaner, "410308101").await;
        let event = json!({"toilet": town.toilet.0, "tasks": ["round"], "finishedAt": "2026-11-23T07:00:00Z"});
        let log = async |number: u32| {
            let path = format!("/api/v1/cleanings/0192f0c1-0000-7000-8000-{number:012x}");
            let made = town.service.send(Method::PUT, &path, &cleaner, &[], &json!({"event": event})).await;
            assert_eq!(made.status, 201, "{}", made.text);
        };
        // Nobody is told who did not ask for it.
        town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        log(1).await;
        assert_eq!(outbox::send_due(&town.service.ctx).await.unwrap(), 0);
        town.subscribe(json!({"channel": "webhook", "target": hook.url, "topics": ["outage", "cleaned"]})).await;
        log(2).await;
        assert_eq!(outbox::send_due(&town.service.ctx).await.unwrap(), 1);
        let told = hook.asked()[0].json()["data"]["items"].clone();
        assert_eq!((told.as_array().unwrap().len(), &told[0]["key"]), (1, &json!("0192f0c1-0000-7000-8000-000000000002")));
    }
}
