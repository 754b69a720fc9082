//! Plans over HTTP: put on toilets, followed by exceptions, told as slots.

use std::collections::BTreeSet;
use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::domain::event::RecordKind;
use gongce::domain::history::replay;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::on_both;

/// Rounds every two hours, and the two thorough cleanings.
fn windows() -> Value {
    json!([
        {
            "task": "round", "from": "06:00", "to": "22:00", "everyMinutes": 120,
            "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 60,
            "checklist": [{"code": "floor", "name": "地面无积水", "nameEn": "Floor dry"}],
        },
        {"task": "thorough", "at": ["07:30", "13:00"], "earlyMinutes": 90, "lateMinutes": 0, "graceMinutes": 30},
    ])
}

fn template(name: &str) -> Value {
    json!({"name": name, "windows": windows()})
}

async fn toilet(service: &Service, token: &str, kind: &str, area: &str) -> Value {
    let body = json!({"name": "公厕", "kind": kind, "area": area, "confirmed": true});
    service.post("/api/v1/toilets", token, body).await.json_of(201)["id"].clone()
}

async fn slots(service: &Service, toilet: &Value, days: &str) -> Vec<Value> {
    let answer = service.get(&format!("/api/v1/toilets/{toilet}/slots?{days}"), "").await.json_of(200);
    answer["items"].as_array().unwrap().clone()
}

/// The times that are due on a day, and those that are cancelled.
async fn times(service: &Service, toilet: &Value, day: &str) -> (Vec<String>, Vec<String>) {
    let slots = slots(service, toilet, &format!("from={day}&to={day}")).await;
    let told = |cancelled: bool| {
        let slots = slots.iter().filter(|slot| slot["cancelledBy"].is_null() != cancelled);
        slots.map(|slot| slot["time"].as_str().unwrap().to_owned()).collect()
    };
    (told(false), told(true))
}

/// Holds the journal of plans to what stands.
async fn replayed(service: &Service, kind: RecordKind, key: &str) -> Value {
    let histories = service.ctx.store.history(kind, key, None, 100).await.unwrap();
    let entries: Vec<_> = histories.into_iter().rev().collect();
    json!(replay(&entries).unwrap().fields)
}

on_both! {
    async fn a_template_is_put_on_a_set(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let urban = [toilet(&service, &token, "urban", "410308101").await, toilet(&service, &token, "urban", "410308102").await];
        let tourist = toilet(&service, &token, "tourist", "410308101").await;
        let made = service.post("/api/v1/plan-templates", &token, template("城市公厕")).await;
        let template = made.json_of(201);
        assert_eq!(service.get(made.header("location"), &token).await.json_of(200), template);
        assert_eq!(
            template["description"][0],
            "每天 06:00 至 22:00 每 2 小时一次巡回保洁（9 次）：可提前 30 分钟，推迟 15 分钟以内算按时，再晚 1 小时以内算迟到，之后算漏做"
        );
        assert_eq!(template["windows"][1], json!({
            "task": "thorough", "from": "00:00", "to": "23:59", "at": ["07:30", "13:00"],
            "earlyMinutes": 90, "lateMinutes": 0, "graceMinutes": 30,
        }));
        let apply = json!({"template": template["id"], "filter": {"area": "410308101", "kinds": ["urban"]}});
        let applied = service.post("/api/v1/plans/apply", &token, apply).await.json_of(200);
        assert_eq!(applied, json!({"made": [{"toilet": urban[0], "version": 1}], "left": []}));
        // From tomorrow on.
        assert_eq!(slots(&service, &urban[0], "from=2026-11-23&to=2026-11-23").await.len(), 0);
        let due = slots(&service, &urban[0], "from=2026-11-24&to=2026-11-24").await;
        assert_eq!(due.len(), 11);
        assert_eq!(due[1], json!({
            "key": format!("{}.1.2.20261124T0730", urban[0]), "task": "thorough", "date": "2026-11-24", "time": "07:30",
            "at": "2026-11-23T23:30:00Z", "opens": "2026-11-23T22:00:00Z", "due": "2026-11-23T23:30:00Z",
            "closes": "2026-11-24T00:00:00Z", "state": "planned",
        }));
        for other in [&urban[1], &tourist] {
            assert_eq!(slots(&service, other, "from=2026-11-24").await.len(), 0);
        }
        let listed = json!({"template": template["id"], "toilets": [urban[1], tourist]});
        let applied = service.post("/api/v1/plans/apply", &token, listed).await.json_of(200);
        assert_eq!(applied["made"].as_array().unwrap().len(), 2);
        let plans = service.get("/api/v1/plans?limit=2", &token).await.json_of(200);
        assert_eq!(plans["items"].as_array().unwrap().len(), 2);
        let next = format!("/api/v1/plans?cursor={}", plans["next"].as_str().unwrap());
        assert_eq!(service.get(&next, &token).await.json_of(200)["items"][0]["toilet"], tourist);
        // Whoever answers for the other town sees its toilet alone.
        let other = service.sign_in(Role::Cleaner, "410308102").await;
        let seen = service.get("/api/v1/plans", &other).await.json_of(200);
        assert_eq!(seen["items"].as_array().unwrap().iter().map(|plan| &plan["toilet"]).collect::<Vec<_>>(), [&urban[1]]);
        assert_eq!(service.get(&format!("/api/v1/toilets/{tourist}/plans"), &other).await.status, 404);
        let fields = replayed(&service, RecordKind::Plan, &format!("{tourist}.1")).await;
        assert_eq!((&fields["template"], &fields["from"]), (&template["id"], &json!("2026-11-24")));
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
    }
}

on_both! {
    async fn what_a_plan_comes_to_is_seen_before_it_is_given(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        let (path, preview) = (format!("/api/v1/toilets/{id}/plans"), format!("/api/v1/toilets/{id}/plans/preview"));
        let exception = json!({"over": {"toilet": id}, "from": "2026-11-26", "to": "2026-11-26", "effect": "closed", "reason": "停水"});
        service.post("/api/v1/exceptions", &token, exception).await.json_of(201);
        let template = service.post("/api/v1/plan-templates", &token, template("城市公厕")).await.json_of(201);
        for plan in [json!({"template": template["id"]}), json!({"windows": windows(), "to": "2026-11-27"})] {
            let seen = service.post(&preview, &token, plan.clone()).await.json_of(200);
            // Nothing is kept of it.
            let before = service.get(&path, &token).await.json_of(200)["items"].as_array().unwrap().len();
            let made = service.post(&path, &token, plan).await.json_of(201);
            let after = service.get(&path, &token).await.json_of(200)["items"].as_array().unwrap().len();
            assert!(after <= before + 1 && made["from"] == "2026-11-24", "{made}");
            let span = format!("/api/v1/toilets/{id}/slots?from={}&to={}", seen["from"].as_str().unwrap(), seen["to"].as_str().unwrap());
            let due = service.get(&span, "").await.json_of(200);
            // The numbers of versions may differ, where one was withdrawn.
            let bare = |slots: &Value| {
                let items = slots["items"].as_array().unwrap().iter();
                items.map(|slot| (slot["task"].clone(), slot["at"].clone(), slot["closes"].clone(), slot["state"].clone())).collect::<Vec<_>>()
            };
            assert_eq!((&seen["zone"], bare(&seen)), (&due["zone"], bare(&due)));
            let cancelled = seen["items"].as_array().unwrap().iter().filter(|slot| slot["state"] == "cancelled");
            assert!(cancelled.clone().count() > 0 && cancelled.clone().all(|slot| slot["date"] == "2026-11-26"));
        }
        // It is refused as the plan would be.
        for (plan, field) in [
            (json!({"windows": windows(), "from": "2026-11-22"}), "from"),
            (json!({"template": 999}), "template"),
            (json!({"from": "2026-11-24"}), "windows"),
        ] {
            let (refused, seen) = (service.post(&path, &token, plan.clone()).await, service.post(&preview, &token, plan).await);
            assert_eq!((refused.status, seen.status), (422, 422));
            assert_eq!((&refused.json()["errors"][0]["field"], &seen.json()["errors"][0]["field"]), (&json!(field), &json!(field)));
        }
    }
}

on_both! {
    async fn versions_never_overlap_and_what_has_opened_stays(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        let path = format!("/api/v1/toilets/{id}/plans");
        let first = service.post(&path, &token, json!({"from": "2026-11-23", "windows": windows()})).await.json_of(201);
        assert_eq!((&first["version"], &first["madeAt"]), (&json!(1), &json!("2026-11-23T08:00:00Z")));
        // Made at four in the afternoon, it does not ask for what was due before.
        assert_eq!(times(&service, &id, "2026-11-23").await.0, ["18:00", "20:00", "22:00"]);
        let daily = json!([{"task": "round", "at": ["09:00"], "earlyMinutes": 60, "lateMinutes": 60, "graceMinutes": 0}]);
        let with = |from: &str, to: Option<&str>| match to {
            None => json!({"from": from, "windows": daily}),
            Some(to) => json!({"from": from, "to": to, "windows": daily}),
        };
        // The second waits for the first of December, and is withdrawn by the third.
        service.post(&path, &token, with("2026-12-01", None)).await.json_of(201);
        service.post(&path, &token, with("2026-11-25", Some("2026-12-05"))).await.json_of(201);
        let standing = service.get(&path, &token).await.json_of(200);
        let days: Vec<_> = standing["items"].as_array().unwrap().iter().map(|plan| (&plan["version"], &plan["from"], &plan["to"])).collect();
        assert_eq!(days, [
            (&json!(1), &json!("2026-11-23"), &json!("2026-11-24")),
            (&json!(3), &json!("2026-11-25"), &json!("2026-12-05")),
        ]);
        assert_eq!(times(&service, &id, "2026-11-25").await.0, ["09:00"]);
        assert_eq!(times(&service, &id, "2026-12-06").await.0, Vec::<String>::new());
        assert_eq!(replayed(&service, RecordKind::Plan, &format!("{id}.1")).await["to"], "2026-11-24");
        assert_eq!(replayed(&service, RecordKind::Plan, &format!("{id}.2")).await, json!({}));
        // Two days later, at noon, the slot of nine has opened: no other plan before tomorrow.
        let later = Service::at(&database, "2026-11-25T04:00:00Z").await;
        let refused = later.post(&path, &token, with("2026-11-25", None)).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("conflict")), "{}", refused.text);
        assert_eq!(later.post(&path, &token, with("2026-11-26", None)).await.json_of(201)["version"], 4);
        assert_eq!(times(&later, &id, "2026-11-25").await.0, ["09:00"]);
        // A set tells of each.
        let template = later.post("/api/v1/plan-templates", &token, template("全部")).await.json_of(201);
        let other = toilet(&later, &token, "urban", "410308101").await;
        let apply = json!({"template": template["id"], "from": "2026-11-25", "toilets": [id, other]});
        let applied = later.post("/api/v1/plans/apply", &token, apply).await.json_of(200);
        assert_eq!((&applied["made"][0]["toilet"], &applied["left"][0]["toilet"]), (&other, &id));
        assert_eq!(applied["made"].as_array().unwrap().len() + applied["left"].as_array().unwrap().len(), 2);
    }
}

on_both! {
    async fn exceptions_cancel_and_add_from_when_they_are_made(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        let plan = json!({"from": "2026-11-23", "windows": windows()});
        service.post(&format!("/api/v1/toilets/{id}/plans"), &token, plan).await.json_of(201);
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        let closed = json!({"over": {"area": "410308101"}, "from": "2026-11-24", "to": "2026-11-25", "effect": "closed", "reason": "停水"});
        let made = noon.post("/api/v1/exceptions", &token, closed).await;
        let exception = made.json_of(201);
        assert_eq!(exception["description"][0], "区划 410308101 内的公厕，2026-11-24 至 2026-11-25：停止保洁");
        let path = made.header("location").to_owned();
        // The slot of 13:00 opened at half past eleven.
        let (due, cancelled) = times(&noon, &id, "2026-11-24").await;
        assert_eq!(due, ["06:00", "07:30", "08:00", "10:00", "12:00", "13:00"]);
        assert_eq!(cancelled, ["14:00", "16:00", "18:00", "20:00", "22:00"]);
        assert_eq!(times(&noon, &id, "2026-11-25").await.0.len(), 0);
        assert_eq!(times(&noon, &id, "2026-11-26").await.0.len(), 11);
        // One of the toilet comes after one of its town.
        let extra = json!([{"task": "disinfect", "at": ["09:00"], "earlyMinutes": 60, "lateMinutes": 60, "graceMinutes": 0}]);
        let extra = json!({"over": {"toilet": id}, "season": {"from": "11-20", "to": "11-25"}, "effect": "extra", "windows": extra});
        let extra = noon.post("/api/v1/exceptions", &token, extra).await.json_of(201);
        let added = slots(&noon, &id, "from=2026-11-25&to=2026-11-25").await;
        let added: Vec<_> = added.iter().filter(|slot| slot["cancelledBy"].is_null()).collect();
        assert_eq!(added.len(), 1);
        assert_eq!(added[0]["key"], format!("{id}.1.x{}-1.20261125T0900", extra["id"]));
        // Taken back at half past three in the afternoon, with the slot of four open and cancelled.
        let later = Service::at(&database, "2026-11-24T07:30:00Z").await;
        let end = async |revision| later.send(Method::DELETE, &path, &token, &[("if-match", revision)], &Value::Null).await.status;
        assert_eq!((end("2").await, end("1").await, end("2").await), (412, 204, 204));
        assert_eq!(times(&later, &id, "2026-11-24").await.1, ["14:00", "16:00"]);
        assert_eq!(times(&later, &id, "2026-11-25").await.0.len(), 12);
        let listed = later.get("/api/v1/exceptions", &token).await.json_of(200);
        assert_eq!(listed["items"].as_array().unwrap().iter().map(|one| &one["revision"]).collect::<Vec<_>>(), [2, 1]);
        let told = replayed(&later, RecordKind::Exception, &exception["id"].to_string()).await;
        assert_eq!(told["effect"], "closed");
        assert!(told["endedAt"].as_str().is_some());
    }
}

on_both! {
    async fn what_an_exception_would_change_is_what_it_changes(database: Database) {
        let service = Service::on(&database).await;
        let everything = service.sign_in(Role::Admin, "").await;
        let template = service.post("/api/v1/plan-templates", &everything, template("城市公厕")).await.json_of(201)["id"].clone();
        let mut ids = Vec::new();
        for area in ["410308101", "410308101", "410308102"] {
            ids.push(toilet(&service, &everything, "urban", area).await);
        }
        // The last has a plan of its own.
        for id in &ids[..2] {
            let plan = json!({"from": "2026-11-24", "template": template});
            service.post(&format!("/api/v1/toilets/{id}/plans"), &everything, plan).await.json_of(201);
        }
        let own = json!({"from": "2026-11-24", "windows": [windows()[1]]});
        service.post(&format!("/api/v1/toilets/{}/plans", ids[2]), &everything, own).await.json_of(201);
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        let look = async |body: &Value| noon.post("/api/v1/exceptions/preview", &everything, body.clone()).await.json_of(200);
        let instead = json!([{"task": "round", "at": ["09:00"], "earlyMinutes": 60, "lateMinutes": 60, "graceMinutes": 0}]);
        let body = json!({"over": {"template": template}, "weekdays": ["thu"], "effect": "instead", "windows": instead});
        let seen = look(&body).await;
        assert_eq!((&seen["toilets"], &seen["more"], &seen["day"]), (&json!(2), &json!(false), &json!("2026-11-26")));
        assert_eq!((&seen["cancelled"], &seen["added"]), (&json!(18), &json!(2)), "nine rounds become one at each");
        assert_eq!(seen["items"][0], json!({"toilet": ids[0], "name": "公厕", "cancelled": 9, "added": 1}));
        assert_eq!(times(&noon, &ids[0], "2026-11-26").await.1.len(), 0, "nothing is kept");
        noon.post("/api/v1/exceptions", &everything, body).await.json_of(201);
        let (due, cancelled) = times(&noon, &ids[0], "2026-11-26").await;
        assert_eq!((due, cancelled.len()), (["07:30", "09:00", "13:00"].map(str::to_owned).to_vec(), 9));
        let times = |state: &str| {
            let slots = seen["slots"]["items"].as_array().unwrap().iter();
            slots.filter(|slot| (slot["state"] == "cancelled") == (state == "cancelled")).count()
        };
        assert_eq!((&seen["slots"]["toilet"], times("planned"), times("cancelled")), (&ids[0], 3, 9));

        // Today: what has opened stays.
        let county = look(&json!({"over": {"area": "410308"}, "to": "2026-11-24", "effect": "closed"})).await;
        assert_eq!((&county["toilets"], &county["day"]), (&json!(3), &json!("2026-11-24")));
        assert_eq!(county["cancelled"], 10, "five rounds at two toilets; at one o'clock all have opened");
        // A stronger one has closed that day already.
        let closed = json!({"over": {"toilet": ids[2]}, "from": "2026-12-01", "to": "2026-12-31", "effect": "closed"});
        noon.post("/api/v1/exceptions", &everything, closed).await.json_of(201);
        let town = look(&json!({"over": {"area": "410308102"}, "from": "2026-12-05", "to": "2026-12-06", "effect": "closed"})).await;
        assert_eq!((town.get("day"), &town["toilets"], &town["items"]), (None, &json!(1), &json!([])));
    }
}

on_both! {
    async fn an_exception_is_made_by_whoever_answers_for_it(database: Database) {
        let service = Service::on(&database).await;
        let everything = service.sign_in(Role::Admin, "").await;
        let county = service.sign_in(Role::Supervisor, "410308").await;
        let town = service.sign_in(Role::Supervisor, "410308101").await;
        let cleaner = service.sign_in(Role::Cleaner, "410308").await;
        let id = toilet(&service, &county, "urban", "410308102").await;
        let body = json!({"name": "市政公司", "kind": "contractor"});
        let operator = service.post("/api/v1/operators", &everything, body).await.json_of(201)["id"].clone();
        let template = service.post("/api/v1/plan-templates", &county, template("城市公厕")).await.json_of(201)["id"].clone();
        for (over, expected) in [
            (json!({"area": "410308101"}), [201, 201, 201, 403]),
            (json!({"area": "410308"}), [201, 201, 404, 403]),
            (json!({"toilet": id}), [201, 201, 404, 403]),
            (json!({"toilet": 99}), [404, 404, 404, 403]),
            (json!({"operator": operator}), [201, 403, 403, 403]),
            (json!({"template": template}), [201, 403, 403, 403]),
            (json!({"template": 99}), [422, 403, 403, 403]),
            (json!({"operator": 99}), [422, 403, 403, 403]),
            (json!({"area": "999"}), [422, 422, 422, 403]),
        ] {
            let body = json!({"over": over, "from": "2026-11-24", "to": "2026-11-25", "effect": "closed"});
            for (token, status) in [&everything, &county, &town, &cleaner].into_iter().zip(expected) {
                let seen = service.post("/api/v1/exceptions/preview", token, body.clone()).await.status;
                assert_eq!(seen, if status == 201 { 200 } else { status }, "a look at {over}");
                assert_eq!(service.post("/api/v1/exceptions", token, body.clone()).await.status, status, "{over}");
            }
        }
    }
}

on_both! {
    async fn a_request_that_comes_twice_makes_one(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        let exception = json!({"over": {"toilet": id}, "dayKind": "holiday", "effect": "closed"});
        for (key, (path, body)) in ["a", "b", "c", "d"].into_iter().zip([
            ("/api/v1/plan-templates".to_owned(), template("城市公厕")),
            (format!("/api/v1/toilets/{id}/plans"), json!({"template": 1})),
            ("/api/v1/plans/apply".to_owned(), json!({"template": 1, "toilets": [id]})),
            ("/api/v1/exceptions".to_owned(), exception),
        ]) {
            let ask = async || service.send(Method::POST, &path, &token, &[("idempotency-key", key)], &body).await;
            let first = ask().await;
            assert!(first.status < 300, "{}", first.text);
            let length = service.ctx.store.journal_length().await.unwrap();
            let again = ask().await;
            assert_eq!((again.status, again.text), (first.status, first.text), "{path}");
            assert_eq!(service.ctx.store.journal_length().await.unwrap(), length, "{path}");
        }
    }
}

on_both! {
    async fn what_is_wrong_is_told_in_its_place(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        let (plans, path) = ("/api/v1/plan-templates", format!("/api/v1/toilets/{id}/plans"));
        service.post(plans, &token, template("城市公厕")).await.json_of(201);
        assert_eq!(service.post(plans, &token, template("城市公厕")).await.status, 409);
        let length = service.ctx.store.journal_length().await.unwrap();
        let window = |part: Value| {
            let mut window = json!({"task": "round", "earlyMinutes": 30, "lateMinutes": 0, "graceMinutes": 0});
            window.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            json!({"windows": [windows()[0], window]})
        };
        let exception = |part: Value| {
            let mut whole = json!({"over": {"toilet": id}, "effect": "closed", "to": "2026-12-01"});
            whole.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            whole
        };
        let exceptions = "/api/v1/exceptions".to_owned();
        for (path, body, field) in [
            (&path, window(json!({})), "windows.1.at"),
            (&path, window(json!({"at": ["24:00"]})), "windows.1.at"),
            (&path, window(json!({"at": ["06:00"], "monthDays": [32]})), "windows.1.monthDays"),
            (&path, window(json!({"everyMinutes": 1})), "windows.1.everyMinutes"),
            (&path, window(json!({"at": ["06:00"], "from": "x"})), "windows.1.from"),
            (&path, window(json!({"at": ["06:00"], "checklist": [{"code": "a b", "name": "x"}]})), "windows.1.checklist.0.code"),
            (&path, window(json!({"at": ["06:00"], "checklist": [{"code": "a", "name": " "}]})), "windows.1.checklist.0.name"),
            (&path, json!({"windows": []}), "windows"),
            (&path, json!({}), "windows"),
            (&path, json!({"template": 1, "windows": windows()}), "windows"),
            (&path, json!({"template": 99}), "template"),
            (&path, json!({"template": 1, "from": "2026-11-22"}), "from"),
            (&path, json!({"template": 1, "from": "2026-11-24", "to": "2026-11-23"}), "to"),
            (&path, json!({"template": 1, "to": "2300-01-01"}), "to"),
            (&exceptions, exception(json!({"over": {}})), "over"),
            (&exceptions, exception(json!({"over": {"toilet": id, "area": "410308"}})), "over"),
            (&exceptions, exception(json!({"from": "2026-12-02"})), "to"),
            (&exceptions, exception(json!({"season": {"from": "02-30", "to": "03-01"}})), "season.from"),
            (&exceptions, exception(json!({"effect": "extra"})), "windows"),
            (&exceptions, exception(json!({"windows": windows()})), "windows"),
            (&exceptions, exception(json!({"weekdays": []})), "weekdays"),
            (&exceptions, json!({"over": {"toilet": id}, "effect": "closed", "from": "2026-12-01"}), "to"),
        ] {
            assert_eq!(service.post(path, &token, body.clone()).await.problem(422).1, [field], "{body}");
        }
        let apply = |part: Value| service.post("/api/v1/plans/apply", &token, part);
        assert_eq!(apply(json!({"template": 1})).await.problem(422).1, ["toilets"]);
        assert_eq!(apply(json!({"template": 1, "filter": {}})).await.problem(422).1, ["filter"]);
        assert_eq!(apply(json!({"template": 1, "filter": {"area": "999"}})).await.problem(422).1, ["area"]);
        assert_eq!(apply(json!({"template": 1, "toilets": [id, 99]})).await.status, 404);
        for (days, field) in [("from=2026-11-24&to=2026-11-23", "to"), ("from=2026-11-01&to=2027-01-02", "to")] {
            assert_eq!(service.get(&format!("/api/v1/toilets/{id}/slots?{days}"), "").await.problem(422).1, [field]);
        }
        assert_eq!(service.get(&format!("/api/v1/toilets/{id}/slots?from=2026-11-01&to=2027-01-01"), "").await.status, 200);
        assert_eq!(service.get("/api/v1/toilets/99/slots", "").await.status, 404);
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), length);
    }
}

on_both! {
    async fn slots_are_a_calendar_to_subscribe_to(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        service.post(&format!("/api/v1/toilets/{id}/plans"), &token, json!({"windows": windows()})).await.json_of(201);
        let path = format!("/api/v1/toilets/{id}/slots.ics?from=2026-11-24&to=2026-11-30");
        let found = service.get(&path, "").await;
        assert_eq!((found.status, found.header("content-type")), (200, "text/calendar; charset=utf-8"));
        let uids: BTreeSet<_> = found.text.lines().filter(|line| line.starts_with("UID:")).collect();
        assert_eq!((uids.len(), found.text.matches("BEGIN:VEVENT").count()), (77, 77));
        assert!(found.text.contains("SUMMARY:08:00 巡回保洁 · 公厕"), "{}", found.text);
        let english = service.send(Method::GET, &path, "", &[("accept-language", "en")], &Value::Null).await;
        assert!(english.text.contains("DESCRIPTION:– Floor dry"), "{}", english.text);
    }
}

on_both! {
    async fn those_who_plan_at_once_take_turns(database: Database) {
        let service = Arc::new(Service::on(&database).await);
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let id = toilet(&service, &token, "urban", "410308101").await;
        let path = format!("/api/v1/toilets/{id}/plans");
        let asks: Vec<_> = (0..8)
            .map(|number| {
                let (service, token, path) = (Arc::clone(&service), token.clone(), path.clone());
                let from = format!("2026-12-{:02}", 10 + number % 4);
                tokio::spawn(async move {
                    // Whoever has waited in the line for too long is told to come again, and does.
                    loop {
                        let body = json!({"from": from, "windows": windows()});
                        let status = service.post(&path, &token, body).await.status;
                        if status != 503 {
                            return status;
                        }
                    }
                })
            })
            .collect();
        for ask in asks {
            assert_eq!(ask.await.unwrap(), 201);
        }
        let standing = service.get(&path, &token).await.json_of(200);
        let standing = standing["items"].as_array().unwrap();
        assert!(standing.windows(2).all(|pair| pair[0]["to"].as_str() < pair[1]["from"].as_str() && pair[0]["to"].is_string()));
        let due = slots(&service, &id, "from=2026-12-13&to=2026-12-13").await;
        assert_eq!(due.len(), 11, "one plan, whoever came last");
    }
}
