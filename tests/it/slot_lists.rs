//! The slots of many toilets at once, and the figures by the hour of the week.

use gongce::domain::account::Role;
use gongce::usecase::slots;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::on_both;
use crate::slots::{log, planned, planned_at};

/// The toilets of a page, each with its slots.
async fn listed(service: &Service, query: &str) -> Vec<Value> {
    let page = service.get(&format!("/api/v1/slots?{query}"), "").await.json_of(200);
    page["items"].as_array().unwrap().clone()
}

/// The ids of the toilets of a page.
async fn ids(service: &Service, query: &str) -> Vec<i32> {
    let items = listed(service, query).await;
    items.iter().map(|one| i32::try_from(one["toilet"].as_i64().unwrap()).unwrap()).collect()
}

on_both! {
    async fn the_slots_of_an_area_are_those_of_its_toilets(database: Database) {
        let service = Service::on(&database).await;
        let mut all = Vec::new();
        for place in [34.82, 34.83, 34.84] {
            all.push(planned_at(&service, place).await);
        }
        let admin = service.sign_in(Role::Admin, "").await;
        let bare = json!({"name": "无计划", "area": "410308101", "confirmed": true});
        let bare = service.post("/api/v1/toilets", &admin, bare).await.json_of(201)["id"].clone();
        let closed = json!({"over": {"toilet": all[1]}, "from": "2026-11-24", "to": "2026-11-24", "effect": "closed"});
        service.post("/api/v1/exceptions", &admin, closed).await.json_of(201);
        let morning = Service::at(&database, "2026-11-24T00:05:00Z").await;
        let cleaner = morning.sign_in(Role::Cleaner, "410308101").await;
        assert_eq!(log(&morning, &cleaner, all[0], &[(1, "round", "08:02")]).await, ["created"]);

        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        slots::close_once(&noon.ctx).await.unwrap();
        let day = "from=2026-11-24&to=2026-11-25";
        let together = listed(&noon, &format!("area=410308&{day}")).await;
        assert_eq!(together.len(), 3, "one without a plan has none");
        for (one, id) in together.iter().zip(&all) {
            assert_eq!(one, &noon.get(&format!("/api/v1/toilets/{id}/slots?{day}"), "").await.json_of(200));
        }
        // Today, where nobody names a day.
        assert_eq!(together[0]["items"].as_array().unwrap().len(), 6);
        assert_eq!(listed(&noon, "").await[0]["to"], "2026-11-24");
        // Page by page.
        let mut paged = Vec::new();
        let mut query = format!("limit=1&{day}");
        loop {
            let page = noon.get(&format!("/api/v1/slots?{query}"), "").await.json_of(200);
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("limit=1&{day}&cursor={next}");
        }
        assert_eq!(paged, together);

        assert_eq!(ids(&noon, "from=2026-11-24&state=doneOnTime").await, all[..1]);
        assert_eq!(ids(&noon, "from=2026-11-24&state=cancelled&limit=1").await, all[1..2]);
        assert_eq!(ids(&noon, "from=2026-11-24&state=missed").await, [all[0], all[2]]);
        assert_eq!(ids(&noon, "area=410308102").await, [0; 0]);
        let [first, last] = [all[0], all[2]];
        assert_eq!(ids(&noon, &format!("toilet={last},{first},{bare},999")).await, [first, last]);
        assert_eq!(ids(&noon, &format!("toilet={first}&area=410308102")).await, [0; 0]);
    }
}

on_both! {
    async fn the_slots_of_a_body_are_those_of_the_toilets_that_it_runs(database: Database) {
        let service = Service::on(&database).await;
        let (one, other) = (planned_at(&service, 34.82).await, planned_at(&service, 34.83).await);
        let admin = service.sign_in(Role::Admin, "").await;
        let mut bodies = Vec::new();
        for (id, name) in [(one, "甲公司"), (other, "乙公司")] {
            let body = json!({"name": name, "kind": "contractor"});
            let body = service.post("/api/v1/operators", &admin, body).await.json_of(201)["id"].clone();
            let patch = json!({"operators": {"operating": {"id": body}}});
            assert_eq!(service.patch(&format!("/api/v1/toilets/{id}"), &admin, 1, patch).await.status, 200);
            bodies.push(body);
        }
        let day = "from=2026-11-24";
        assert_eq!(ids(&service, &format!("operator={}&{day}", bodies[1])).await, [other]);
        assert_eq!(ids(&service, &format!("operator={}&{day}&limit=1", bodies[0])).await, [one]);
        assert_eq!(ids(&service, &format!("operator={}&{day}&toilet={one}", bodies[1])).await, [0; 0]);
    }
}

on_both! {
    async fn what_cannot_be_listed_is_said(database: Database) {
        let service = Service::on(&database).await;
        for (query, status, field) in [
            ("area=999", 422, "area"),
            ("from=2026-11-24&to=2026-11-23", 422, "to"),
            ("from=2026-11-24&to=2026-12-01", 422, "to"),
            ("to=2026-11-24", 422, "from"),
            ("toilet=0", 400, "toilet"),
            ("operator=1,2", 400, "operator"),
            ("state=late", 400, "state"),
            ("cursor=x", 400, "cursor"),
        ] {
            let refused = service.get(&format!("/api/v1/slots?{query}"), "").await;
            assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (status, &json!(field)), "{query}");
        }
        assert_eq!(ids(&service, "from=2026-11-24&to=2026-11-30").await, [0; 0]);
    }
}

on_both! {
    async fn the_hours_of_the_week_hold_what_the_figures_hold(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        let morning = Service::at(&database, "2026-11-24T00:05:00Z").await;
        let cleaner = morning.sign_in(Role::Cleaner, "410308101").await;
        let logs = [(1, "round", "08:02")];
        assert_eq!(log(&morning, &cleaner, toilet, &logs).await, ["created"]);
        let later = Service::at(&database, "2026-12-01T12:00:00Z").await;
        slots::close_once(&later.ctx).await.unwrap();
        let supervisor = later.sign_in(Role::Supervisor, "410308").await;
        let days = "from=2026-11-24&to=2026-12-01";
        let hours = later.get(&format!("/api/v1/figures/hours?{days}"), &supervisor).await.json_of(200);
        let figures = later.get(&format!("/api/v1/figures/cleaning?{days}"), &supervisor).await.json_of(200);
        assert_eq!((&hours["total"], &hours["total"]["numerator"]), (&figures["total"], &json!(1)));
        let items = hours["items"].as_array().unwrap();
        assert_eq!(items.len(), 21, "seven days of three");
        assert_eq!((&items[0]["weekday"], &items[0]["hour"], &items[0]["n"]), (&json!("mon"), &json!(8), &json!(1)));
        let tuesday = items.iter().find(|one| one["weekday"] == "tue" && one["hour"] == 8).unwrap();
        assert_eq!(tuesday["onTime"], json!({"numerator": 1, "denominator": 2, "value": 0.5}), "of two Tuesdays");
        assert_eq!((&tuesday["missed"]["numerator"], &tuesday["tooFew"]), (&json!(1), &json!(true)));
        let counted: u64 = items.iter().map(|one| one["n"].as_u64().unwrap()).sum();
        assert_eq!(json!(counted), figures["items"][0]["n"]);

        let town = later.get(&format!("/api/v1/figures/hours?area=410308102&{days}"), &supervisor).await.json_of(200);
        assert_eq!(town["items"], json!([]));
        let elsewhere = later.sign_in(Role::Supervisor, "410308102").await;
        let theirs = later.get(&format!("/api/v1/figures/hours?{days}"), &elsewhere).await.json_of(200);
        assert_eq!(theirs["items"], json!([]));
        let long = later.get("/api/v1/figures/hours?from=2025-01-01&to=2026-11-24", &supervisor).await;
        assert_eq!(long.json_of(422)["errors"][0]["field"], "to");
    }
}
