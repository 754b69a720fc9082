//! Toilets are made, changed and taken out of use.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const NEW: &str = "/api/v1/toilets?crs=gcj02";

fn whole() -> Value {
    json!({
        "name": "长华社区公厕", "nameEn": "Changhua", "code": "MJ0017", "kind": "urban", "form": "standalone",
        "access": "public", "zone": "Asia/Shanghai", "calendar": "CN",
        "position": {"latitude": 34.8264, "longitude": 112.4364},
        "address": "英才路中段", "district": "孟津区", "area": "410308101", "hours": "06:00-22:00",
        "hoursNote": "冬季或有变动", "fee": "no",
        "facilities": {"wheelchair": "yes", "paper": "limited", "shower": "no"},
        "stalls": {"women": 12, "men": 3, "urinals": 3},
        "openedOn": "2001-02-03", "rebuiltOn": "2024-05-06", "verifiedAt": "2026-11-20T03:00:00Z",
        "contact": "0379-67912345", "serviceFrom": "2026-01-01T00:00:00Z", "serviceUntil": "2027-01-01T00:00:00Z",
        "note": "一层", "operators": {"operating": {"name": "城管局", "kind": "department"}}
    })
}

on_both! {
    async fn what_is_stated_is_found_at_once(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let made = service.post(NEW, &token, whole()).await;
        let toilet = made.json_of(201);
        let path = format!("/api/v1/toilets/{}", toilet["id"]);
        assert_eq!((made.header("location"), &toilet["revision"]), (path.as_str(), &json!(1)));
        assert!(made.header("etag").starts_with("\"1-"));
        for (name, value) in whole().as_object().unwrap() {
            match name.as_str() {
                "calendar" | "operators" | "hours" | "area" => {}
                _ => assert_eq!(&toilet[name], value, "{name}"),
            }
        }
        assert_eq!((&toilet["operator"]["name"], &toilet["area"]["code"]), (&json!("城管局"), &json!("410308101")));
        assert_eq!((&toilet["open"]["hours"], &toilet["crs"]), (&json!("06:00-22:00"), &json!("gcj02")));
        assert_eq!(toilet["attested"]["facilities.wheelchair"]["at"], "2026-11-23T08:00:00Z");
        assert!(!made.text.contains("\"by\""), "the public is not told who");
        assert_eq!(service.get(&format!("{path}?crs=gcj02"), "").await.json_of(200), toilet);
        let near = "/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=gcj02&need=wheelchair";
        let near = service.get(near, "").await.json_of(200);
        assert_eq!((&near["items"][0]["id"], &near["items"][0]["distance"]), (&toilet["id"], &json!(0.0)));
    }
}

on_both! {
    async fn absent_is_not_null(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = service.post(NEW, &token, whole()).await.json_of(201);
        let path = format!("/api/v1/toilets/{}?crs=gcj02", toilet["id"]);
        let change = json!({
            "address": null, "hours": "24/7", "facilities": {"paper": null, "shower": "yes"}, "stalls": {"men": null}
        });
        let changed = service.patch(&path, &token, 1, change.clone()).await.json_of(200);
        let mut expected = toilet.clone();
        expected.as_object_mut().unwrap().remove("address");
        expected["facilities"].as_object_mut().unwrap().remove("paper");
        expected["attested"].as_object_mut().unwrap().remove("facilities.paper");
        expected["facilities"]["shower"] = json!("yes");
        expected["stalls"].as_object_mut().unwrap().remove("men");
        expected["revision"] = json!(2);
        expected["open"] = changed["open"].clone();
        assert_eq!((&changed["open"]["hours"], &changed), (&json!("24/7"), &expected));
        // The same again changes nothing, and says so by keeping its revision. POST does what PATCH does.
        let again = service.send(Method::POST, &path, &token, &[("if-match", "2")], &change).await.json_of(200);
        assert_eq!((&again["revision"], &again), (&json!(2), &expected));
        let cleared = service.patch(&path, &token, 2, json!({"facilities": null, "stalls": null, "position": null})).await;
        let cleared = cleared.json_of(200);
        for gone in ["facilities", "stalls", "position", "attested"] {
            assert_eq!(cleared.get(gone), None, "{gone}");
        }
        assert_eq!(service.get(&path, "").await.json_of(200)["revision"], 3);
    }
}

on_both! {
    async fn a_write_names_the_revision_that_was_read(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "410308").await;
        let path = format!("/api/v1/toilets/{}", service.post(NEW, &token, whole()).await.json_of(201)["id"]);
        let body = json!({"note": "二层"});
        for method in [Method::PATCH, Method::POST, Method::DELETE] {
            let body = if method == Method::DELETE { Value::Null } else { body.clone() };
            let without = service.send(method.clone(), &path, &token, &[], &body).await;
            assert_eq!(without.problem(428).0, "revisionMissing");
            for (header, status, code) in [
                ("*", 428, "revisionMissing"),
                ("\"9-x\"", 412, "revisionStale"),
                ("W/\"9-x\"", 412, "revisionStale"),
                ("\"8-x\", \"9-x\"", 412, "revisionStale"),
                ("nonsense", 400, "badParameter"),
            ] {
                let refused = service.send(method.clone(), &path, &token, &[("if-match", header)], &body).await;
                assert_eq!(refused.problem(status).0, code, "{method} {header}");
            }
        }
        let stale = service.patch(&path, &token, 7, body.clone()).await;
        assert_eq!(stale.json_of(412)["revision"], 1, "which one it is now");
        // The tag of an answer does, weak or in a list; so what changes by itself meanwhile does no harm.
        let tag = service.get(&path, "").await.header("etag").to_owned();
        assert_eq!(service.patch(&path, &token, format!("\"7-x\", W/{tag}"), body.clone()).await.status, 200);
        assert_eq!(service.patch(&path, &token, &tag, body).await.problem(412).0, "revisionStale");
        let gone = service.send(Method::DELETE, &path, &token, &[("if-match", "2")], &Value::Null).await;
        assert_eq!(gone.status, 204);
    }
}

on_both! {
    async fn a_retired_toilet_stays_on_record_and_can_come_back(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = service.post(NEW, &token, whole()).await.json_of(201);
        let path = format!("/api/v1/toilets/{}", toilet["id"]);
        let retire = async |revision| service.send(Method::DELETE, &path, &token, &[("if-match", revision)], &Value::Null).await;
        assert_eq!(retire("1").await.status, 204);
        assert_eq!(service.get(&path, "").await.json_of(200)["status"], "retired");
        assert_eq!(service.get("/api/v1/toilets", "").await.json_of(200)["items"], json!([]));
        assert_eq!(retire("1").await.status, 412);
        assert_eq!(retire("2").await.status, 204, "which changes nothing");
        let never = service.patch(&path, &token, 2, json!({"lifecycle": "retired"})).await;
        assert_eq!(never.problem(422), ("invalid".to_owned(), vec!["lifecycle".to_owned()]));
        let back = service.patch(&path, &token, 2, json!({"lifecycle": "inService"})).await.json_of(200);
        assert_eq!((&back["status"], &back["revision"]), (&json!("inService"), &json!(3)));
        let other = json!({"name": "另一座", "area": "410308101", "confirmed": true});
        assert_ne!(service.post(NEW, &token, other).await.json_of(201)["id"], toilet["id"]);
    }
}

on_both! {
    async fn what_is_wrong_is_told_by_field_and_changes_nothing(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let length = service.ctx.store.journal_length().await.unwrap();
        for (field, value) in [
            ("name", json!(" ")),
            ("name", json!("厕".repeat(129))),
            ("nameEn", json!("a\u{202e}b")),
            ("zone", json!("Mars/Olympus")),
            ("zone", Value::Null),
            ("calendar", json!("XX")),
            ("position", json!({"latitude": 91.0, "longitude": 0.0})),
            ("area", json!("999999")),
            ("area", json!("a b")),
            ("hours", json!("sometimes")),
            ("stalls.women", json!({"women": 1000})),
            ("openedOn", json!("1066-10-14")),
            ("verifiedAt", json!("9999-01-01T00:00:00Z")),
            ("contact", json!("13800138000")),
            ("serviceUntil", json!("2025-01-01T00:00:00Z")),
            ("operators.owner.id", json!({"owner": {}})),
            ("operators.owner.id", json!({"owner": {"id": 99}})),
        ] {
            let mut body = whole();
            body[field.split('.').next().unwrap()] = value;
            let refused = service.post(NEW, &token, body).await;
            assert_eq!(refused.problem(422), ("invalid".to_owned(), vec![field.to_owned()]));
        }
        let mut twice = whole();
        (twice["contact"], twice["hours"]) = (json!("x"), json!("x"));
        assert_eq!(service.post(NEW, &token, twice).await.problem(422).1, ["hours", "contact"], "all at once");
        let unknown = service.post(NEW, &token, json!({"name": "甲", "nmae": "乙"})).await;
        assert_eq!(unknown.problem(400), ("badBody".to_owned(), vec!["nmae".to_owned()]));
        for (body, field) in [
            (json!({"name": 7, "area": "410308101"}), "name"),
            (json!({"name": "甲", "area": "410308101", "stalls": {"women": "5"}}), "stalls.women"),
            (json!({"name": "甲", "area": "410308101", "kind": "pub"}), "kind"),
            (json!({"name": "甲", "area": "410308101", "verifiedAt": "yesterday"}), "verifiedAt"),
            (json!([]), ""),
        ] {
            let refused = service.post(NEW, &token, body).await;
            assert_eq!(refused.problem(400), ("badBody".to_owned(), vec![field.to_owned()]), "{}", refused.text);
            assert!(!refused.text.contains("NewToilet"), "no name of a type of ours: {}", refused.text);
        }
        let without_datum = service.post("/api/v1/toilets", &token, whole()).await;
        assert_eq!(without_datum.problem(400), ("crsMissing".to_owned(), vec!["crs".to_owned()]));
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), length);
    }
}

on_both! {
    async fn one_that_seems_to_be_there_is_made_only_if_confirmed(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let first = service.post(NEW, &token, whole()).await.json_of(201);
        let at = |name: &str, north: f64| {
            json!({"name": name, "area": "410308101", "position": {"latitude": 34.8264 + north / 111_195.0, "longitude": 112.4364}})
        };
        for (body, distance) in [
            (at("别的名字", 0.0), Some(0.0)),
            (at("别的名字", 29.0), Some(29.0)),
            (at("长华社区公厕", 499.0), Some(499.0)),
            (json!({"name": "长华社区公厕", "area": "410308101"}), None),
        ] {
            let refused = service.post(NEW, &token, body.clone()).await;
            assert_eq!(refused.problem(409).0, "duplicateSuspected");
            let candidate = &refused.json()["candidates"][0];
            assert_eq!((&candidate["id"], &candidate["name"]), (&first["id"], &first["name"]));
            match distance {
                Some(distance) => assert!((candidate["distance"].as_f64().unwrap() - distance).abs() < 1.0, "{candidate}"),
                None => assert_eq!(candidate.get("distance"), None),
            }
        }
        for body in [at("长华社区公厕", 501.0), at("别的名字", 31.0), json!({"name": "长华社区公厕", "area": "410308102"})] {
            assert_eq!(service.post(NEW, &token, body).await.status, 201);
        }
        let mut sure = at("别的名字", 5.0);
        sure["confirmed"] = json!(true);
        assert_eq!(service.post(NEW, &token, sure).await.status, 201);
    }
}

on_both! {
    async fn of_two_who_add_the_same_toilet_at_once_one_is_asked(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let mut statuses: Vec<u16> = Vec::new();
        let eight = [(); 8].map(|()| service.post(NEW, &token, whole()));
        for answer in join_all(eight).await {
            statuses.push(answer.status);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    }
}

/// Runs futures side by side.
pub(crate) async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in waiting.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(output) = future.as_mut().poll(context) {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

on_both! {
    async fn nobody_writes_beyond_their_area_and_none_is_told_what_lies_there(database: Database) {
        let service = Service::on(&database).await;
        let county = service.sign_in(Role::Supervisor, "410308").await;
        let town = service.sign_in(Role::Supervisor, "410308102").await;
        let cleaner = service.sign_in(Role::Cleaner, "410308").await;
        let path = format!("/api/v1/toilets/{}", service.post(NEW, &county, whole()).await.json_of(201)["id"]);
        let body = json!({"note": "x"});
        let (out_of_scope, absent) =
            (service.patch(&path, &town, 1, body.clone()).await, service.patch("/api/v1/toilets/99", &town, 1, body.clone()).await);
        assert_eq!((out_of_scope.problem(404), out_of_scope.json()["detail"].clone()), (absent.problem(404), absent.json()["detail"].clone()));
        assert_eq!(service.patch(&path, &town, 9, body.clone()).await.status, 404, "not even at which revision it stands");
        assert_eq!(service.patch(&path, &cleaner, 1, body).await.status, 403);
        // Nor does anybody push a toilet out of their own area, or pull one in.
        let mut own = whole();
        own["area"] = json!("410308102");
        own["confirmed"] = json!(true);
        let own = format!("/api/v1/toilets/{}", service.post(NEW, &town, own).await.json_of(201)["id"]);
        assert_eq!(service.patch(&own, &town, 1, json!({"area": "410308101"})).await.status, 404);
        assert_eq!(service.patch(&own, &town, 1, json!({"area": null})).await.status, 404);
        let moved = service.patch(&own, &county, 1, json!({"area": "410308101"})).await.json_of(200);
        assert_eq!(moved["area"]["code"], "410308101");
        assert_eq!(service.patch(&own, &town, 2, json!({"note": "x"})).await.status, 404);
    }
}

on_both! {
    async fn bodies_hand_over_by_day_and_stay_on_record(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let path = format!("/api/v1/toilets/{}", service.post(NEW, &token, whole()).await.json_of(201)["id"]);
        let running = |body: Value| json!({"operators": {"operating": body}});
        let same = service.patch(&path, &token, 1, running(json!({"name": "城管局"}))).await.json_of(200);
        assert_eq!(same["revision"], 1, "who has it already goes on");
        let handed = running(json!({"name": "环卫公司", "kind": "contractor", "from": "2026-11-20"}));
        let handed = service.patch(&path, &token, 1, handed).await.json_of(200);
        assert_eq!((&handed["operator"]["name"], &handed["operator"]["kind"]), (&json!("环卫公司"), &json!("contractor")));
        let before = service.patch(&path, &token, 2, running(json!({"name": "城管局", "from": "2026-11-19"}))).await;
        assert_eq!(before.problem(422).1, ["operators.operating.from"]);
        let nobody = service.patch(&path, &token, 2, running(Value::Null)).await.json_of(200);
        assert_eq!(nobody.get("operator"), None);
        let id = gongce::domain::id::ToiletId(i32::try_from(nobody["id"].as_i64().unwrap()).unwrap());
        let toilet = service.ctx.store.toilets(&[id]).await.unwrap().pop().unwrap();
        let ties: Vec<_> = toilet.tenures.iter().map(|tie| (tie.operator.name.to_string(), tie.days)).collect();
        let day = |text: &str| Some(text.parse().unwrap());
        let days = |from, to| gongce::domain::period::Days::new(from, to).unwrap();
        assert_eq!(ties, [
            ("城管局".to_owned(), days(None, day("2026-11-19"))),
            ("环卫公司".to_owned(), days(day("2026-11-20"), day("2026-11-22"))),
        ]);
    }
}
