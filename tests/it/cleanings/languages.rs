//! Why a record was refused is told in the language of whoever reads it.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use super::{TOWN, id, put, round, service, toilet, with};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// All that is wrong with the items of a batch, in that language.
async fn messages(service: &Service, token: &str, items: &[Value], language: &str) -> Vec<String> {
    let path = "/api/v1/cleanings/batch";
    let headers = [("accept-language", language)];
    let answer = service.send(Method::POST, path, token, &headers, &json!({"items": items})).await.json_of(200);
    let items = answer["items"].as_array().unwrap().clone();
    assert!(items.iter().all(|item| item["status"] == "rejected" || item["status"] == "conflict"), "{answer}");
    let errors = items.iter().flat_map(|item| item["errors"].as_array().unwrap().clone());
    errors.map(|error| error["message"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn no_message_of_a_refused_record_lacks_its_chinese(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let (here, other) = (toilet(&service, &supervisor, TOWN, 0.0).await, toilet(&service, &supervisor, TOWN, 500.0).await);
        put(&service, &cleaner, 1, &round(here, "07:00:00")).await.json_of(201);
        put(&service, &cleaner, 2, &with(round(here, "07:10:00"), &json!({"amends": id(1), "reason": "漏写"}))).await;
        let own = |number: u32, event: Value| json!({"id": id(number), "event": event});
        let base = |fields: Value| with(round(here, "07:20:00"), &fields);
        let point = json!({"task": "round", "code": "floor", "ok": true});
        let items = [
            own(1, base(json!({"tasks": ["disinfect"]}))),
            own(10, base(json!({"toilet": 999_999}))),
            own(11, base(json!({"performedBy": "0192f0c1-0000-7000-8000-0000000000ff"}))),
            own(12, base(json!({"voids": id(1), "tasks": [], "reason": "错"}))),
            own(13, with(round(other, "07:20:00"), &json!({"amends": id(2), "reason": "错"}))),
            own(14, base(json!({"amends": id(99), "reason": "错"}))),
            own(15, base(json!({"tasks": [], "remarks": " ", "finishedAt": "1900-01-01T00:00:00Z"}))),
            own(16, base(json!({"supplies": [{"name": "纸", "quantity": -1}], "checklist": {"points": [point, point]}}))),
            own(17, base(json!({"amends": id(1), "voids": id(2)}))),
            own(18, base(json!({"reason": "错", "remarks": "\u{202e}"}))),
            own(19, base(json!({"position": {"latitude": 200, "longitude": 0, "crs": "wgs84"}}))),
            own(20, base(json!({"tasks": ["jacuzzi"], "toilet": "x", "remarks": 7, "more": 1}))),
            json!({"id": "0192f0c1-0000-4000-8000-000000000001", "event": round(here, "07:20:00")}),
            json!({"event": {}}),
            json!(7),
        ];
        let chinese = messages(&service, &cleaner, &items, "zh-CN").await;
        let english = messages(&service, &cleaner, &items, "en").await;
        assert!(chinese.len() == english.len() && chinese.len() > 18, "{english:?}");
        for (chinese, english) in chinese.iter().zip(&english) {
            assert!(is_chinese(chinese) && !is_chinese(english), "{english} is told as {chinese}");
        }
        assert_eq!(messages(&service, &cleaner, &items, "fr").await, chinese, "unless English is asked for");

        let path = format!("/api/v1/cleanings/{}", id(21));
        for (language, says) in [("zh-CN", "没有这座公厕"), ("en", "there is no such toilet")] {
            let body = json!({"event": base(json!({"toilet": 999_999}))});
            let alone = service.send(Method::PUT, &path, &cleaner, &[("accept-language", language)], &body).await.json_of(422);
            assert_eq!(alone["errors"][0]["message"], says);
            assert!(!is_chinese(alone["detail"].as_str().unwrap()), "what is for programmers stays: {alone}");
        }
    }
}
