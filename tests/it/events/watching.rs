//! Who is told of what.

use gongce::domain::account::Role;
use gongce::domain::event::Action;
use gongce::http::Limits;
use poem::http::Method;
use serde_json::json;

use super::{Live, slot, slot_entry, write};
use crate::coverage::register;
use crate::harness::stores::on_both;

on_both! {
    async fn each_is_told_of_their_own_area_and_of_what_they_may_know(database: Database) {
        let live = Live::on(&database, Limits::default()).await;
        let here = live.service.sign_in(Role::Supervisor, "410308101").await;
        let there = live.service.sign_in(Role::Supervisor, "410308102").await;
        let cleaner = live.service.sign_in(Role::Cleaner, "410308").await;
        let mut all = live.stream("/api/v1/events", &cleaner, "").await;
        let mut own = live.stream("/api/v1/events?topic=overdue,missed", &here, "").await;
        let mut other = live.stream("/api/v1/events", &there, "").await;
        let mut public = live.stream("/api/v1/areas/410308101/events", "", "").await;

        let toilet = register(live.ctx(), "这里", "410308101").await;
        let (first, second) = (slot(toilet, 0), slot(toilet, 1));
        write(live.ctx(), vec![slot_entry(&first, Action::Overdue)]).await;
        write(live.ctx(), vec![slot_entry(&first, Action::Miss), slot_entry(&second, Action::Settle)]).await;
        let elsewhere = register(live.ctx(), "那里", "410308102").await;

        let pair = |key: &str, topic: &str| (key.to_owned(), topic.to_owned());
        let registered = pair(&toilet.to_string(), "register");
        for expected in [registered.clone(), pair(&first, "overdue"), pair(&first, "missed"), pair(&second, "settled")] {
            assert_eq!(all.told().await, expected);
        }
        assert_eq!(own.told().await, pair(&first, "overdue"));
        assert_eq!(own.told().await, pair(&first, "missed"));
        assert_eq!(other.told().await, pair(&elsewhere.to_string(), "register"), "nothing of the town beside");
        assert_eq!(public.told().await, registered);
        // What is overdue is between the staff.
        let event = public.event().await.data;
        let expected = json!({"id": event["id"], "topics": ["missed"], "kind": "slot", "key": first, "action": "miss",
            "at": "2026-11-23T08:00:00Z", "toilet": toilet.0, "area": "410308101"});
        assert_eq!(event, expected, "small, and of nobody");
        assert_eq!(public.told().await, pair(&second, "settled"));
    }
}

on_both! {
    async fn a_list_waits_until_another_process_writes(database: Database) {
        let live = Live::on(&database, Limits::default()).await;
        let there = Live::beside(&database).await;
        let toilet = register(live.ctx(), "公厕", "410308101").await;
        let token = live.service.sign_in(Role::Supervisor, "410308101").await;
        let nothing = live.service.get("/api/v1/events/list", &token).await.json_of(200);
        assert_eq!(nothing["items"], json!([]));
        let mut after = nothing["next"].as_str().unwrap().to_owned();
        let list = async |after: &str| {
            let path = format!("/api/v1/events/list?topic=missed&wait=25&after={after}");
            live.service.get(&path, &token).await.json_of(200)
        };
        let (answer, ()) = tokio::join!(list(&after), write(there.ctx(), vec![slot_entry(&slot(toilet, 0), Action::Miss)]));
        assert_eq!(answer["items"][0]["key"], slot(toilet, 0));
        after = answer["next"].as_str().unwrap().to_owned();
        let again = live.service.get(&format!("/api/v1/events/list?wait=0&after={after}"), &token).await.json_of(200);
        assert_eq!(again["items"], json!([]), "nothing is told twice");
        // The public's own list, of a county by its towns.
        let public = live.service.get("/api/v1/areas/410308/events/list?after=0-0&limit=1", "").await.json_of(200);
        assert_eq!(public["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(live.service.get("/api/v1/areas/999999/events/list", "").await.status, 404);
        assert_eq!(live.service.get("/api/v1/events/list?after=x", &token).await.problem(400).0, "badParameter");
        assert_eq!(live.service.get("/api/v1/events/list?area=999999", &token).await.status, 422);
    }
}

on_both! {
    async fn a_cleaning_is_told_to_everybody_and_names_nobody(database: Database) {
        let live = Live::on(&database, Limits::default()).await;
        let toilet = register(live.ctx(), "公厕", "410308101").await;
        let cleaner = live.service.sign_in(Role::Cleaner, "410308101").await;
        let mut public = live.stream("/api/v1/areas/410308101/events?topic=cleaned", "", "").await;
        let id = "0192f0c1-0000-7000-8000-000100000001";
        let event = json!({"toilet": toilet, "tasks": ["round"], "finishedAt": "2026-11-23T07:00:00Z"});
        let path = format!("/api/v1/cleanings/{id}");
        live.service.send(Method::PUT, &path, &cleaner, &[], &json!({"event": event})).await.json_of(201);
        let told = public.event().await.data;
        let expected = json!({"id": told["id"], "topics": ["cleaned"], "kind": "cleaning", "key": id, "action": "create",
            "at": "2026-11-23T08:00:00Z", "toilet": toilet.0, "area": "410308101"});
        assert_eq!(told, expected);
    }
}
