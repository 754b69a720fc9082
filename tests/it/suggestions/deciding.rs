//! Taking suggestions up, and turning them down.

use gongce::domain::account::Role;
use serde_json::{Value, json};

use super::{PATH, citizen, decide, missing, toilet, wrong};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

on_both! {
    async fn one_call_makes_the_missing_toilet_and_credits_the_suggestion(database: Database) {
        let service = Service::on(&database).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308101").await;
        let mut body = missing("新公厕", "410308101");
        body["facts"]["facilities"] = json!({"wheelchair": "yes"});
        let made = service.post(&format!("{PATH}?crs=gcj02"), "", body).await.json_of(201);
        let listed = service.get(PATH, &supervisor).await.json_of(200)["items"][0].clone();
        assert_eq!((&listed["remark"], &listed["area"]), (&json!("桥头"), &json!("410308101")));
        let change = |field: &str| {
            listed["changes"].as_array().unwrap().iter().find(|change| change["field"] == field).unwrap().clone()
        };
        assert_eq!(change("name")["text"], "名称：未知 → 新公厕");
        assert_eq!(change("position")["to"], json!({"latitude": 34.9, "longitude": 112.5, "crs": "gcj02"}), "as it was given");
        let accepted = decide(&service, &supervisor, &made, "1", "accept", json!({})).await;
        let accepted = accepted.json_of(200);
        assert_eq!((&accepted["state"], &accepted["toiletRevision"], &accepted["revision"]), (&json!("accepted"), &json!(1), &json!(2)));
        let path = format!("/api/v1/toilets/{}", accepted["toilet"]);
        let toilet = service.get(&format!("{path}?crs=gcj02"), "").await.json_of(200);
        assert_eq!((&toilet["name"], &toilet["facilities"]["wheelchair"]), (&json!("新公厕"), &json!("yes")));
        assert_eq!(toilet["position"], json!({"latitude": 34.9, "longitude": 112.5}));
        assert_eq!(toilet.get("attested"), None, "nobody of the staff saw it with their own eyes");
        let history = service.get(&format!("{path}/history"), &supervisor).await.json_of(200);
        assert_eq!((&history["items"][0]["suggestion"], &history["items"][0]["role"]), (&made["id"], &json!("supervisor")));
    }
}

on_both! {
    async fn a_fact_is_put_right_and_its_history_tells_by_whom(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let made = wrong(&service, "", &known, "24/7").await.json_of(201);
        let seen = service.get(&format!("{PATH}/{}", made["id"]), &supervisor).await.json_of(200);
        assert_eq!(seen["changes"][0]["text"], "开放时间：06:00-22:00 → 24/7", "beside what the register says now");
        let path = format!("/api/v1/toilets/{}", known["id"]);
        assert_eq!(service.patch(&path, &supervisor, 1, json!({"note": "一层"})).await.status, 200);
        let how = json!({"facts": {"note": "二层"}});
        let accepted = decide(&service, &supervisor, &made, "1", "accept", how).await.json_of(200);
        assert_eq!(accepted["toiletRevision"], 3, "whatever was changed meanwhile");
        let toilet = service.get(&path, "").await.json_of(200);
        assert_eq!((&toilet["open"]["hours"], &toilet["note"]), (&json!("24/7"), &json!("二层")));
        let history = service.get(&format!("{path}/history"), &supervisor).await.json_of(200);
        let credits: Vec<_> = history["items"].as_array().unwrap().iter().map(|entry| entry.get("suggestion").cloned()).collect();
        assert_eq!(credits, [Some(made["id"].clone()), None, None]);
        // What the register says already is credited to nobody.
        let again = wrong(&service, "", &known, "24/7").await.json_of(201);
        let again = decide(&service, &supervisor, &again, "1", "accept", json!({})).await.json_of(200);
        assert_eq!((&again["state"], again.get("toiletRevision")), (&json!("accepted"), None));
        assert_eq!(service.get(&path, "").await.json_of(200)["revision"], 3);
    }
}

on_both! {
    async fn of_a_suggestion_it_is_taken_up_what_is_right(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let facts = json!({"hours": "24/7", "note": "二层", "facilities": {"paper": "yes", "wheelchair": "yes"}});
        let body = json!({"kind": "wrong", "toilet": known["id"], "facts": facts});
        let made = service.post(PATH, "", body).await.json_of(201);
        let accept = async |how: Value| decide(&service, &supervisor, &made, "1", "accept", how).await;
        for (without, field, code) in [
            (json!(["hours", "hours"]), "without.1", "unknownField"),
            (json!(["name"]), "without.0", "unknownField"),
            (json!(["hours", "note", "facilities.paper", "facilities.wheelchair"]), "without", "nothingLeft"),
        ] {
            let refused = accept(json!({"without": without})).await.json_of(422)["errors"][0].clone();
            assert_eq!((&refused["field"], &refused["code"]), (&json!(field), &json!(code)));
        }
        let how = json!({"without": ["hours", "facilities.wheelchair"], "facts": {"note": "二层东侧"}});
        assert_eq!(accept(how).await.json_of(200)["toiletRevision"], 2);
        let toilet = service.get(&format!("/api/v1/toilets/{}", known["id"]), "").await.json_of(200);
        assert_eq!((&toilet["open"]["hours"], &toilet["note"]), (&json!("06:00-22:00"), &json!("二层东侧")));
        assert_eq!(toilet["facilities"], json!({"paper": "yes"}));

        // Of a missing one a name and a place are needed, whoever states them.
        let made = service.post(&format!("{PATH}?crs=gcj02"), "", missing("新公厕", "410308101")).await.json_of(201);
        let nameless = decide(&service, &supervisor, &made, "1", "accept", json!({"without": ["name"]})).await;
        assert_eq!(nameless.json_of(422)["errors"][0]["field"], "facts.name");
        let how = json!({"without": ["name"], "facts": {"name": "桥头公厕"}});
        let accepted = decide(&service, &supervisor, &made, "1", "accept", how).await.json_of(200);
        let toilet = service.get(&format!("/api/v1/toilets/{}", accepted["toilet"]), "").await.json_of(200);
        assert_eq!(toilet["name"], "桥头公厕");
    }
}

on_both! {
    async fn a_toilet_that_is_gone_is_retired(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let made = service.post(PATH, "", json!({"kind": "gone", "toilet": known["id"]})).await.json_of(201);
        let accepted = decide(&service, &supervisor, &made, "1", "accept", json!({})).await.json_of(200);
        assert_eq!(accepted["toiletRevision"], 2);
        let path = format!("/api/v1/toilets/{}", known["id"]);
        assert_eq!(service.get(&path, "").await.json_of(200)["status"], "retired");
        let entry = service.get(&format!("{path}/history"), &supervisor).await.json_of(200)["items"][0].clone();
        assert_eq!((&entry["action"], &entry["suggestion"]), (&json!("retire"), &made["id"]));
    }
}

on_both! {
    async fn of_many_who_decide_at_once_one_does(database: Database) {
        let service = Service::on(&database).await;
        let there = Service::around(database.ctx().await).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let made = service.post(&format!("{PATH}?crs=wgs84"), "", missing("新公厕", "410308101")).await.json_of(201);
        let all = (0..12).map(|n| {
            let service = if n % 2 == 0 { &service } else { &there };
            let (what, body) = if n % 3 == 0 { ("reject", json!({"reason": "x"})) } else { ("accept", json!({"confirmed": true})) };
            decide(service, &supervisor, &made, "1", what, body)
        });
        let mut statuses: Vec<_> = crate::writing::join_all(all).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[200].as_slice(), &[412; 11]].concat());
        let decided = service.get(&format!("{PATH}/{}", made["id"]), &supervisor).await.json_of(200);
        let toilets = service.ctx.store.toilets(&[1, 2].map(gongce::domain::id::ToiletId)).await.unwrap().len();
        assert_eq!(toilets, usize::from(decided["state"] == "accepted"), "made once, or not at all");
        let late = decide(&service, &supervisor, &made, "2", "reject", json!({"reason": "x"})).await;
        assert_eq!(late.problem(409).0, "conflict", "whoever has read that it was decided is told so");
    }
}

on_both! {
    async fn one_that_seems_to_be_there_is_asked_about(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let mut body = missing("新公厕", "410308101");
        body["facts"]["position"] = json!({"latitude": 34.8264, "longitude": 112.4364});
        let made = service.post(&format!("{PATH}?crs=wgs84"), "", body).await.json_of(201);
        let refused = decide(&service, &supervisor, &made, "1", "accept", json!({})).await;
        assert_eq!((refused.problem(409).0, &refused.json()["candidates"][0]["id"]), ("duplicateSuspected".to_owned(), &known["id"]));
        assert_eq!(decide(&service, &supervisor, &made, "1", "accept", json!({"confirmed": true})).await.status, 200, "it waited");
    }
}

on_both! {
    async fn a_decision_names_the_revision_that_was_read(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let made = wrong(&service, "", &known, "24/7").await.json_of(201);
        for (what, body) in [("accept", json!({})), ("reject", json!({"reason": "x"}))] {
            let path = format!("{PATH}/{}/{what}", made["id"]);
            assert_eq!(service.post(&path, &supervisor, body.clone()).await.problem(428).0, "revisionMissing");
            let stale = decide(&service, &supervisor, &made, "7", what, body).await;
            assert_eq!((stale.problem(412).0, &stale.json()["revision"]), ("revisionStale".to_owned(), &json!(1)));
        }
        let blank = decide(&service, &supervisor, &made, "1", "reject", json!({"reason": " "})).await;
        assert_eq!(blank.problem(422).1, ["reason"]);
        let tag = service.get(&format!("{PATH}/{}", made["id"]), &supervisor).await.header("etag").to_owned();
        assert_eq!(decide(&service, &supervisor, &made, &tag, "reject", json!({"reason": "不是"})).await.status, 200);
    }
}

on_both! {
    async fn nobody_sees_or_decides_what_lies_elsewhere(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let (here, there) = (service.sign_in(Role::Supervisor, "410308101").await, service.sign_in(Role::Supervisor, "410308102").await);
        let everywhere = service.sign_in(Role::Admin, "").await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let of_toilet = wrong(&service, "", &known, "24/7").await.json_of(201);
        let of_area = service.post(&format!("{PATH}?crs=wgs84"), "", missing("新公厕", "410308101")).await.json_of(201);
        let mut nowhere = missing("不知何处", "410308101");
        nowhere["facts"].as_object_mut().unwrap().remove("area");
        let of_nowhere = service.post(&format!("{PATH}?crs=wgs84"), "", nowhere).await.json_of(201);
        let listed = async |token: &str| {
            let items = service.get(PATH, token).await.json_of(200)["items"].clone();
            items.as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<Value>>()
        };
        let ids = [&of_toilet, &of_area, &of_nowhere].map(|made| made["id"].clone());
        assert_eq!(listed(&here).await, ids[..2]);
        assert_eq!(listed(&there).await, [] as [Value; 0]);
        assert_eq!(listed(&everywhere).await, ids, "what lies in no area waits for whoever has all of them");
        for made in [&of_toilet, &of_area, &of_nowhere] {
            let path = format!("{PATH}/{}", made["id"]);
            assert_eq!(service.get(&path, &there).await.json_of(404)["detail"], service.get(&format!("{PATH}/99"), &there).await.json()["detail"]);
            assert_eq!(decide(&service, &there, made, "9", "accept", json!({})).await.status, 404, "not even its revision");
            assert_eq!(decide(&service, &there, made, "1", "reject", json!({"reason": "x"})).await.status, 404);
            assert_eq!(service.get(&path, &cleaner).await.status, 403);
        }
        assert_eq!(service.get(PATH, &citizen(&service.ctx).await).await.status, 403);
        // Nor is anything put where whoever decides may not write.
        let how = json!({"facts": {"area": "410308102"}});
        assert_eq!(decide(&service, &here, &of_area, "1", "accept", how).await.status, 404);
        assert_eq!(decide(&service, &everywhere, &of_nowhere, "1", "accept", json!({"facts": {"area": "410308102"}})).await.status, 200);
    }
}

on_both! {
    async fn a_queue_is_read_page_by_page(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(wrong(&service, &supervisor, &known, "24/7").await.json_of(201));
        }
        assert_eq!(decide(&service, &supervisor, &ids[1], "1", "reject", json!({"reason": "x"})).await.status, 200);
        let (mut found, mut next) = (Vec::new(), String::new());
        loop {
            let page = service.get(&format!("{PATH}?limit=3{next}"), &supervisor).await.json_of(200);
            found.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        let open: Vec<_> = [0, 2, 3, 4].map(|place: usize| ids[place]["id"].clone()).to_vec();
        assert_eq!(found, open);
        let rejected = service.get(&format!("{PATH}?state=rejected"), &supervisor).await.json_of(200);
        assert_eq!((&rejected["items"][0]["id"], &rejected["items"][0]["reason"]), (&ids[1]["id"], &json!("x")));
        for query in ["state=none", "cursor=x", "cursor=-1", "limit=0", "who=me"] {
            assert_eq!(service.get(&format!("{PATH}?{query}"), &supervisor).await.status, 400, "{query}");
        }
    }
}
