//! Corrections by further records.

use gongce::domain::account::Role;
use gongce::domain::id::ToiletId;

use super::*;
use crate::harness::stores::on_both;

fn fix(toilet: i64, fields: &Value) -> Value {
    with(with(round(toilet, "07:45:00"), &json!({"reason": "点错了"})), fields)
}

/// The numbers and tasks of the records of a toilet that count.
async fn in_force(service: &Service, toilet: i64) -> Vec<(String, Vec<&'static str>)> {
    let (from, to) = (instant("2026-11-22T00:00:00Z"), instant("2026-11-24T00:00:00Z"));
    let toilet = ToiletId(toilet.try_into().unwrap());
    let found = service.ctx.store.cleanings_of(toilet, from, to).await.unwrap();
    found.iter().map(|one| (one.id.to_string(), one.tasks().iter().map(|task| task.as_str()).collect())).collect()
}

on_both! {
    async fn a_record_is_corrected_by_further_ones(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let here = toilet(&service, &supervisor, TOWN, 0.0).await;
        let first = put(&service, &cleaner, 1, &with(round(here, "07:00:00"), &json!({"startedAt": "2026-11-23T06:50:00Z"}))).await.json_of(201);
        let evening = at(&database, "2026-11-23T12:00:00Z").await;
        let amended = put(&evening, &cleaner, 2, &fix(here, &json!({"amends": id(1), "tasks": ["round", "disinfect"]}))).await.json_of(201);
        // It is the same visit, whenever it is told of; what it adds is known since now.
        for field in ["at", "startedAt", "presence", "basis", "performedBy", "flags"] {
            assert_eq!(amended["cleaning"][field], first["cleaning"][field], "{field}");
        }
        assert_eq!(amended["cleaning"]["receivedAt"], "2026-11-23T12:00:00Z");
        assert_eq!(in_force(&service, here).await, [(id(2), vec!["round", "disinfect"])]);
        // What is corrected already is corrected through the newest.
        let again = put(&evening, &cleaner, 3, &fix(here, &json!({"voids": id(1), "tasks": []}))).await;
        assert!(again.json_of(422)["errors"][0]["message"].as_str().unwrap().contains(&id(2)));
        let less = put(&evening, &cleaner, 3, &fix(here, &json!({"amends": id(2), "tasks": ["disinfect"]}))).await.json_of(201);
        assert_eq!(less["cleaning"]["receivedAt"], "2026-11-23T12:00:00Z");
        let void = put(&evening, &supervisor, 4, &fix(here, &json!({"voids": id(3), "tasks": []}))).await.json_of(201);
        assert_eq!((&void["cleaning"]["voids"], &void["cleaning"]["tasks"]), (&json!(id(3)), &json!([])));
        assert_eq!(in_force(&service, here).await, []);
        assert_eq!(put(&evening, &supervisor, 5, &fix(here, &json!({"voids": id(4), "tasks": []}))).await.problem(422).1, ["voids"]);
        // What was voided by mistake is said anew.
        put(&evening, &supervisor, 5, &fix(here, &json!({"amends": id(4), "tasks": ["round"]}))).await.json_of(201);
        assert_eq!(in_force(&service, here).await, [(id(5), vec!["round"])]);
        let log = log(&service, &supervisor, "").await;
        let fates: Vec<_> = log.iter().rev().map(|one| one["correctedBy"].as_str().unwrap_or("none").to_owned()).collect();
        assert_eq!(fates, [id(2), id(3), id(4), id(5), "none".to_owned()]);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn only_she_or_a_supervisor_of_the_area_corrects(database: Database) {
        let service = service(&database).await;
        let (county, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let (here, there) = (toilet(&service, &county, TOWN, 0.0).await, toilet(&service, &county, TOWN, 900.0).await);
        put(&service, &cleaner, 1, &round(here, "07:00:00")).await.json_of(201);
        let void = || fix(here, &json!({"voids": id(1), "tasks": []}));
        let colleague = service.sign_in(Role::Cleaner, TOWN).await;
        let stranger = service.sign_in(Role::Supervisor, "410308102").await;
        for (token, event, outcome, retry) in [
            (&colleague, void(), "forbidden", false),
            // To her it is as if it were not there.
            (&stranger, void(), "unknownCleaning", true),
            (&stranger, fix(here, &json!({"voids": id(99), "tasks": []})), "unknownCleaning", true),
            (&cleaner, fix(there, &json!({"voids": id(1), "tasks": []})), "otherToilet", false),
        ] {
            let outcomes = batch(&service, token, &[(2, event)]).await;
            assert_eq!((&outcomes[0]["code"], &outcomes[0]["retry"]), (&json!(outcome), &json!(retry)));
        }
        assert_eq!(in_force(&service, here).await.len(), 1);
        assert_eq!(batch(&service, &county, &[(2, void())]).await[0]["status"], "created");
        assert_eq!(in_force(&service, here).await, []);
    }
}

on_both! {
    async fn of_those_who_correct_at_once_one_does(database: Database) {
        let service = Arc::new(service(&database).await);
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let here = toilet(&service, &supervisor, TOWN, 0.0).await;
        put(&service, &cleaner, 1, &round(here, "07:00:00")).await.json_of(201);
        let sends: Vec<_> = (10..18)
            .map(|number| {
                let (service, cleaner) = (Arc::clone(&service), cleaner.clone());
                let event = fix(here, &json!({"amends": id(1), "tasks": ["disinfect"]}));
                tokio::spawn(async move { put(&service, &cleaner, number, &event).await.status })
            })
            .collect();
        let mut statuses = Vec::new();
        for send in sends {
            statuses.push(send.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422, 422, 422, 422, 422, 422, 422]);
        assert_eq!(in_force(&service, here).await.len(), 1);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn whoever_did_not_log_it_confirms_it(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, TOWN).await, service.sign_in(Role::Cleaner, TOWN).await);
        let (inspector, stranger) = (service.sign_in(Role::Inspector, TOWN).await, service.sign_in(Role::Inspector, "410308102").await);
        let here = toilet(&service, &supervisor, TOWN, 0.0).await;
        put(&service, &cleaner, 1, &round(here, "07:00:00")).await.json_of(201);
        let proxy = with(round(here, "07:30:00"), &json!({"performedBy": me(&service, &cleaner).await}));
        put(&service, &supervisor, 2, &proxy).await.json_of(201);
        let verify = async |token: &str, number: u32| service.post(&format!("/api/v1/cleanings/{}/verify", id(number)), token, Value::Null).await;
        assert_eq!(verify(&cleaner, 1).await.status, 403);
        assert_eq!(verify(&stranger, 1).await.status, 404);
        assert_eq!(verify(&supervisor, 2).await.status, 403, "she recorded it");
        let told = verify(&supervisor, 1).await.json_of(200);
        assert_eq!((&told["verifiedBy"], &told["verifiedAt"]), (&json!(me(&service, &supervisor).await), &json!(NOW)));
        assert_eq!(verify(&inspector, 1).await.json_of(200)["verifiedBy"], told["verifiedBy"], "the first stays");
        assert_eq!(verify(&inspector, 2).await.status, 200);
        assert_eq!(verify(&inspector, 3).await.status, 404);
        put(&service, &cleaner, 3, &fix(here, &json!({"voids": id(1), "tasks": []}))).await.json_of(201);
        assert_eq!(verify(&inspector, 1).await.status, 409);
        assert_eq!(verify(&inspector, 3).await.status, 409);
        assert_whole(&service).await;
    }
}
