//! One record at a time.

use gongce::domain::account::Role;

use super::*;
use crate::harness::stores::on_both;

/// What the first delivery was told, as it stands in an answer.
fn receipt(answer: &Answered) -> &str {
    answer.text.split_once("\"cleaning\":").unwrap().1
}

on_both! {
    async fn a_record_is_logged_once_and_answered_the_same_for_ever(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let event = with(round(toilet, "07:30:00"), &json!({
            "startedAt": "2026-11-23T07:25:00Z", "remarks": "灯坏了", "clock": {"bootId": "a", "monotonicMs": 1000},
            "supplies": [{"name": "纸", "quantity": 2.5, "unit": "卷"}],
        }));
        let first = put(&service, &cleaner, 1, &event).await;
        let told = first.json_of(201);
        assert_eq!((&told["status"], &told["code"], &told["retry"]), (&json!("created"), &json!("created"), &json!(false)));
        assert_eq!(told["cleaning"]["at"], "2026-11-23T07:30:00Z");
        assert_eq!(told["cleaning"]["startedAt"], "2026-11-23T07:25:00Z");
        assert_eq!((&told["cleaning"]["presence"], &told["cleaning"]["flags"]), (&json!("E0"), &json!([])));
        assert_eq!(service.get(first.header("location"), &cleaner).await.json_of(200)["remarks"], "灯坏了");

        // A day later, by another process, with other sending clocks.
        let later = at(&database, "2026-11-24T08:00:00Z").await;
        let clocks = json!({"at": "2026-11-24T11:00:00Z", "clock": {"bootId": "b", "monotonicMs": 1}});
        for again in [put(&service, &cleaner, 1, &event).await, sent(&later, &cleaner, 1, &json!({"event": event, "sending": clocks})).await] {
            assert_eq!(again.json_of(200)["status"], "replayed");
            assert_eq!(receipt(&again), receipt(&first), "byte for byte");
        }
        let other = put(&service, &cleaner, 1, &with(event.clone(), &json!({"remarks": "灯好了", "tasks": ["disinfect"]}))).await;
        assert_eq!(other.problem(409), ("conflict".to_owned(), vec!["remarks".to_owned(), "tasks".to_owned()]));
        let stranger = service.sign_in(Role::Cleaner, TOWN).await;
        assert_eq!(put(&service, &stranger, 1, &event).await.problem(409).1, ["id"], "and no word of what is there");
        assert_eq!(log(&service, &supervisor, "").await.len(), 1);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn eight_phones_that_send_one_record_at_once_make_one(database: Database) {
        let service = Arc::new(service(&database).await);
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let event = round(toilet, "07:30:00");
        let sends: Vec<_> = (0..8)
            .map(|_| {
                let (service, cleaner, event) = (Arc::clone(&service), cleaner.clone(), event.clone());
                tokio::spawn(async move { put(&service, &cleaner, 1, &event).await })
            })
            .collect();
        let (mut statuses, mut receipts) = (Vec::new(), Vec::new());
        for send in sends {
            let answer = send.await.unwrap();
            statuses.push(answer.status);
            receipts.push(receipt(&answer).to_owned());
        }
        statuses.sort_unstable();
        receipts.dedup();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        assert_eq!(receipts.len(), 1);
        assert_eq!(log(&service, &supervisor, "").await.len(), 1);
    }
}

on_both! {
    async fn what_breaks_rules_is_told_field_by_field(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let length = service.ctx.store.journal_length().await.unwrap();
        let base = || round(toilet, "07:30:00");
        for (fields, status, field) in [
            (json!({"toilet": 999}), 422, "toilet"),
            (json!({"tasks": []}), 422, "tasks"),
            (json!({"tasks": null}), 422, "tasks"),
            (json!({"finishedAt": "2200-01-01T00:00:00Z"}), 422, "finishedAt"),
            (json!({"remarks": " "}), 422, "remarks"),
            (json!({"reason": "x"}), 422, "reason"),
            (json!({"amends": id(9)}), 422, "reason"),
            (json!({"amends": id(9), "voids": id(8), "reason": "x"}), 422, "voids"),
            (json!({"voids": id(1), "reason": "x"}), 422, "voids"),
            (json!({"photos": ["6f9619ff-8b86-d011-b42d-00cf4fc964ff"]}), 422, "photos"),
            (json!({"position": {"latitude": 91, "longitude": 0, "crs": "wgs84"}}), 422, "position"),
            (json!({"position": {"latitude": 34, "longitude": 112}}), 400, "event.position.crs"),
            (json!({"tasks": ["sweep"]}), 400, "event.tasks.0"),
            (json!({"clock": {"bootId": "", "monotonicMs": 1}}), 400, "event.clock.bootId"),
            (json!({"clock": {"bootId": "a", "monotonicMs": -1}}), 400, "event.clock.monotonicMs"),
            (json!({"performedAt": "x"}), 400, "event.performedAt"),
        ] {
            let event = with(base(), &fields);
            assert_eq!(put(&service, &cleaner, 1, &event).await.problem(status).1, [field], "{fields}");
        }
        let random = format!("/api/v1/cleanings/{}", "6f9619ff-8b86-4011-b42d-00cf4fc964ff");
        let answer = service.send(Method::PUT, &random, &cleaner, &[], &json!({"event": base()})).await;
        assert_eq!(answer.problem(422).1, ["id"]);
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), length);
    }
}
