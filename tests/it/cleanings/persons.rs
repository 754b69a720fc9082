//! Who logs for whom, and where.

use gongce::domain::account::Role;

use super::*;
use crate::harness::stores::on_both;

on_both! {
    async fn a_supervisor_records_for_somebody_without_a_phone(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, TOWN).await, service.sign_in(Role::Cleaner, TOWN).await);
        let county = service.sign_in(Role::Supervisor, "410308").await;
        let (here, there) = (toilet(&service, &county, TOWN, 0.0).await, toilet(&service, &county, "410308102", 0.0).await);
        let (performer, recorder) = (me(&service, &cleaner).await, me(&service, &supervisor).await);
        let proxy = |toilet, person: &str| with(round(toilet, "07:00:00"), &json!({
            "performedBy": person, "position": {"latitude": PLACE.0, "longitude": PLACE.1, "crs": "wgs84", "accuracy": 5},
        }));
        let told = put(&service, &supervisor, 1, &proxy(here, &performer)).await.json_of(201)["cleaning"].clone();
        assert_eq!((&told["performedBy"], &told["recordedBy"]), (&json!(performer), &json!(recorder)));
        assert_eq!((&told["presence"], &told["flags"]), (&json!("E0"), &json!(["proxy"])));
        assert_eq!(put(&service, &supervisor, 2, &proxy(there, &performer)).await.problem(403).0, "forbidden", "not in her area");
        assert_eq!(put(&service, &cleaner, 2, &proxy(here, &recorder)).await.problem(403).0, "forbidden", "not for a cleaner");
        let nobody = "0192f0c1-0000-7000-8000-00000000dead";
        assert_eq!(put(&service, &supervisor, 2, &proxy(here, nobody)).await.problem(422).1, ["performedBy"]);
        // For herself it is as if nobody were named.
        let own = put(&service, &cleaner, 3, &proxy(here, &performer)).await.json_of(201);
        assert_eq!((&own["cleaning"]["flags"], &own["cleaning"]["recordedBy"]), (&json!([]), &json!(performer)));
        // It is hers to read, and the supervisor's.
        for token in [&supervisor, &cleaner] {
            assert_eq!(log(&service, token, &format!("&person={performer}")).await.len(), 2);
        }
        assert_whole(&service).await;
    }
}

on_both! {
    async fn outside_her_area_she_is_taken_at_her_word_and_flagged(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let (here, there) = (toilet(&service, &supervisor, TOWN, 0.0).await, toilet(&service, &supervisor, "410308102", 0.0).await);
        for (number, toilet, flags) in [(1, here, json!([])), (2, there, json!(["outOfArea"]))] {
            let told = put(&service, &cleaner, number, &round(toilet, "07:00:00")).await.json_of(201);
            assert_eq!(told["cleaning"]["flags"], flags);
        }
        // One who works for a body alone is out of her area where another runs the toilet.
        let body = service.post("/api/v1/operators", &supervisor, json!({"name": "市政公司", "kind": "contractor"})).await.json_of(201);
        let operator = i32::try_from(body["id"].as_i64().unwrap()).unwrap();
        let limited = service.sign_in_for(Role::Cleaner, TOWN, Some(operator)).await;
        let told = put(&service, &limited, 3, &round(here, "07:00:00")).await.json_of(201);
        assert_eq!(told["cleaning"]["flags"], json!(["outOfArea"]));
        let revision = service.get(&format!("/api/v1/toilets/{here}"), "").await.json_of(200)["revision"].clone();
        let handed = service.patch(&format!("/api/v1/toilets/{here}?crs=wgs84"), &supervisor, revision, json!({"operators": {"operating": {"id": operator}}})).await;
        handed.json_of(200);
        let told = put(&service, &limited, 4, &round(here, "07:00:00")).await.json_of(201);
        assert_eq!(told["cleaning"]["flags"], json!([]));
        // Of what lies elsewhere she sees her own alone; whoever logs nothing anywhere is refused.
        put(&service, &supervisor, 5, &round(there, "07:00:00")).await.json_of(201);
        let seen: Vec<_> = log(&service, &cleaner, "").await.iter().map(|one| one["toilet"].as_i64().unwrap()).collect();
        assert_eq!((seen.len(), seen.iter().filter(|toilet| **toilet == there).count()), (4, 1));
        assert_eq!(service.get(&format!("/api/v1/cleanings/{}", id(2)), &cleaner).await.status, 200);
        assert_eq!(service.get(&format!("/api/v1/cleanings/{}", id(5)), &cleaner).await.status, 404);
        let inspector = service.sign_in(Role::Inspector, "410308").await;
        assert_eq!(put(&service, &inspector, 6, &round(here, "07:00:00")).await.problem(403).0, "forbidden");
        assert_whole(&service).await;
    }
}

on_both! {
    async fn a_toilet_that_another_process_has_just_made_is_known(database: Database) {
        let (one, other) = (service(&database).await, at(&database, NOW).await);
        let (supervisor, cleaner) = (one.sign_in(Role::Supervisor, "410308").await, one.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&one, &supervisor, TOWN, 0.0).await;
        put(&other, &cleaner, 1, &round(toilet, "07:00:00")).await.json_of(201);
    }
}

on_both! {
    async fn who_is_forgotten_takes_along_where_she_was(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let position = json!({"latitude": PLACE.0, "longitude": PLACE.1, "crs": "gcj02", "accuracy": 5.0});
        put(&service, &cleaner, 1, &with(round(toilet, "07:00:00"), &json!({"position": position}))).await.json_of(201);
        put(&service, &supervisor, 2, &with(round(toilet, "07:30:00"), &json!({"position": position}))).await.json_of(201);
        let held = service.get("/api/v1/me/export", &cleaner).await.json_of(200)["cleanings"].clone();
        assert_eq!(held.as_array().unwrap().len(), 1);
        assert_eq!((&held[0]["cleaning"]["id"], &held[0]["position"]), (&json!(id(1)), &position));
        assert_eq!(service.send(Method::DELETE, "/api/v1/me", &cleaner, &[], &Value::Null).await.status, 204);
        let store = &service.ctx.store;
        let fix = async |number: u32| store.cleaning(id(number).parse().unwrap()).await.unwrap().unwrap().cleaning.event.position;
        assert!(fix(1).await.is_none() && fix(2).await.is_some());
        assert_eq!(log(&service, &supervisor, "").await.len(), 2, "the record stays under the pseudonym");
        assert_whole(&service).await;
    }
}
