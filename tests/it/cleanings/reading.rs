//! The log as the staff sees it, and as everybody does.

use gongce::domain::account::Role;

use super::*;
use crate::harness::stores::on_both;

on_both! {
    async fn the_public_is_told_when_and_what_and_never_who(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let position = json!({"latitude": 34.826_412_3, "longitude": PLACE.1, "crs": "wgs84", "accuracy": 5});
        for number in 1..=5 {
            let event = with(round(toilet, &format!("07:0{number}:00")), &json!({"position": position, "remarks": "王丽打扫"}));
            put(&service, &cleaner, number, &event).await.json_of(201);
        }
        let void = with(round(toilet, "07:30:00"), &json!({"voids": id(5), "reason": "错了", "tasks": []}));
        put(&service, &cleaner, 6, &void).await.json_of(201);
        let path = format!("/api/v1/toilets/{toilet}/cleanings");
        let first = service.get(&format!("{path}?limit=3"), "").await;
        let page = first.json_of(200);
        assert_eq!(page["items"][0], json!({"at": "2026-11-23T07:04:00Z", "tasks": ["round"], "presence": "E0"}));
        let rest = service.get(&format!("{path}?limit=3&cursor={}", page["next"].as_str().unwrap()), "").await;
        assert_eq!(rest.json_of(200), json!({"items": [{"at": "2026-11-23T07:01:00Z", "tasks": ["round"], "presence": "E0"}]}));
        let who = me(&service, &cleaner).await;
        for word in [who.as_str(), "34.8", "王丽", "E1"] {
            assert!(!first.text.contains(word), "{word}");
        }
        let tag = first.header("etag");
        let same = service.send(Method::GET, &format!("{path}?limit=3"), "", &[("if-none-match", tag)], &Value::Null).await;
        assert_eq!(same.status, 304);
        assert_eq!(service.get("/api/v1/toilets/999/cleanings", "").await.status, 404);
        assert_eq!(service.get(&format!("{path}?cursor=x"), "").await.problem(400).1, ["cursor"]);
    }
}

on_both! {
    async fn the_staff_reads_the_log_of_its_area(database: Database) {
        let service = service(&database).await;
        let (county, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, "410308").await);
        let (here, there) = (toilet(&service, &county, TOWN, 0.0).await, toilet(&service, &county, "410308102", 0.0).await);
        for (number, toilet, time) in [(1, here, "05:00:00"), (2, there, "06:00:00"), (3, here, "07:00:00"), (4, here, "07:00:00")] {
            put(&service, &cleaner, number, &round(toilet, time)).await.json_of(201);
        }
        let town = service.sign_in(Role::Auditor, TOWN).await;
        let numbers = async |token: &str, query: &str| -> Vec<String> {
            log(&service, token, query).await.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(numbers(&county, "").await, [id(4), id(3), id(2), id(1)]);
        assert_eq!(numbers(&town, "").await, [id(4), id(3), id(1)]);
        assert_eq!(numbers(&county, &format!("&toilet={there}")).await, [id(2)]);
        assert_eq!(numbers(&town, &format!("&toilet={there}")).await, [""; 0]);
        assert_eq!(numbers(&county, "&from=2026-11-23T06:00:00Z&to=2026-11-23T06:59:59Z").await, [id(2)]);
        assert_eq!(numbers(&county, &format!("&person={}", me(&service, &cleaner).await)).await.len(), 4);
        assert_eq!(numbers(&county, &format!("&person={}", me(&service, &county).await)).await, [""; 0]);
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = service.get(&format!("/api/v1/cleanings?limit=1{cursor}"), &county).await.json_of(200);
            pages.push(page["items"][0]["id"].as_str().unwrap().to_owned());
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(pages, [id(4), id(3), id(2), id(1)]);
        let get = async |token: &str, number: u32| service.get(&format!("/api/v1/cleanings/{}", id(number)), token).await.status;
        assert_eq!([get(&town, 1).await, get(&town, 2).await, get(&town, 9).await], [200, 404, 404]);
        for wrong in ["toilet=x", "toilet=0", "person=x", "from=x", "cursor=1"] {
            assert_eq!(service.get(&format!("/api/v1/cleanings?{wrong}"), &county).await.status, 400, "{wrong}");
        }
    }
}

on_both! {
    async fn what_is_odd_beside_other_records_shows_whichever_came_first(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let (here, far) = (toilet(&service, &supervisor, TOWN, 0.0).await, toilet(&service, &supervisor, TOWN, 5_000.0).await);
        let still = json!({"position": {"latitude": PLACE.0, "longitude": PLACE.1, "crs": "wgs84", "accuracy": 5}});
        let lasting = |toilet, from: &str, to: &str| with(round(toilet, to), &json!({"startedAt": format!("2026-11-23T{from}Z")}));
        let all = [
            (1, lasting(here, "01:00:00", "01:30:00"), json!(["overlapping"])),
            (2, lasting(here, "01:20:00", "01:40:00"), json!(["overlapping"])),
            (3, lasting(here, "03:00:00", "03:10:00"), json!(["tooFast"])),
            (4, lasting(far, "03:12:00", "03:20:00"), json!(["tooFast"])),
            (5, lasting(here, "04:00:00", "04:10:00"), json!([])),
        ];
        let fixed = (10..15).map(|number| (number, with(lasting(here, &format!("05:{number}:00"), &format!("05:{number}:30")), &still), json!(["tooShort", "sameFix"])));
        let all: Vec<_> = all.into_iter().chain(fixed).collect();
        for (number, event, _) in all.iter().rev() {
            put(&service, &cleaner, *number, event).await.json_of(201);
        }
        let log = log(&service, &supervisor, "").await;
        for (number, _, flags) in &all {
            let found = log.iter().find(|one| one["id"] == id(*number)).unwrap();
            assert_eq!(found["flags"], *flags, "{number}");
        }
        // What no longer counts stands in nobody's way.
        let void = with(round(here, "07:00:00"), &json!({"voids": id(2), "reason": "错了", "tasks": []}));
        put(&service, &cleaner, 20, &void).await.json_of(201);
        let one = service.get(&format!("/api/v1/cleanings/{}", id(1)), &supervisor).await.json_of(200);
        assert_eq!(one["flags"], json!([]));
    }
}

on_both! {
    async fn an_old_checklist_is_taken_and_flagged(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let windows = json!([{"task": "round", "at": ["20:00"], "earlyMinutes": 30, "lateMinutes": 30, "graceMinutes": 0}]);
        let path = format!("/api/v1/toilets/{toilet}/plans");
        for from in ["2026-11-24", "2026-11-26"] {
            service.post(&path, &supervisor, json!({"windows": windows, "from": from})).await.json_of(201);
        }
        let later = at(&database, "2026-11-27T00:00:00Z").await;
        for (number, version, day, flags) in [(1, 1, 25, json!([])), (2, 2, 25, json!(["oldChecklist"])), (3, 1, 26, json!(["oldChecklist"])), (4, 2, 26, json!([]))] {
            let points = json!([{"task": "round", "code": "floor", "ok": false, "note": "有水"}]);
            let event = json!({
                "toilet": toilet, "tasks": ["round"], "finishedAt": format!("2026-11-{day}T04:00:00Z"),
                "checklist": {"version": version, "points": points},
            });
            let told = put(&later, &cleaner, number, &event).await.json_of(201);
            assert_eq!(told["cleaning"]["flags"], flags, "version {version} on the {day}th");
            let read = later.get(&format!("/api/v1/cleanings/{}", id(number)), &cleaner).await.json_of(200);
            assert_eq!(read["checklist"], json!({"version": version, "points": points}));
        }
    }
}
