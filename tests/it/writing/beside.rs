//! What was changed beside the journal is found, whatever sort of record it is.

use gongce::domain::account::Role;
use gongce::usecase::demonstration;
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection};
use serde_json::{Value, json};

use super::journal::disagreements;
use crate::harness::service::Service;
use crate::harness::stores::{Database, on_both};

/// Writes past the program.
async fn forge(database: &Database, statements: &[&str]) {
    database.damage();
    let raw = Connection::connect(&database.url).await.unwrap();
    for sql in statements {
        raw.execute_unprepared(sql).await.unwrap();
    }
}

/// The tables and keys of what the check finds, with what it says.
async fn found(service: &Service) -> Vec<(String, String, String)> {
    let text = |text: Option<String>| text.unwrap_or_default();
    let found = disagreements(&service.ctx.store).await.into_iter();
    found.map(|fault| (text(fault.table), text(fault.key), fault.message)).collect()
}

/// One record of each kind, and the second version of a plan, which withdrew the first.
async fn fill(service: &Service) {
    let token = service.sign_in(Role::Admin, "").await;
    let toilet =
        json!({"name": "甲", "area": "410308101", "confirmed": true, "operators": {"operating": {"name": "城管局"}}});
    let id = service.post("/api/v1/toilets", &token, toilet).await.json_of(201)["id"].clone();
    let windows = json!([{"task": "round", "at": ["09:00"], "earlyMinutes": 60, "lateMinutes": 60, "graceMinutes": 0}]);
    let template = json!({"name": "城市公厕", "windows": windows});
    service.post("/api/v1/plan-templates", &token, template).await.json_of(201);
    for from in ["2026-12-02", "2026-12-01"] {
        let plan = json!({"from": from, "windows": windows});
        service.post(&format!("/api/v1/toilets/{id}/plans"), &token, plan).await.json_of(201);
    }
    for (over, reason) in [(json!({"area": "410308101"}), "停水"), (json!({"toilet": id}), "修路")] {
        let exception =
            json!({"over": over, "from": "2026-12-01", "to": "2026-12-02", "effect": "closed", "reason": reason});
        service.post("/api/v1/exceptions", &token, exception).await.json_of(201);
    }
    let ended = service.send(Method::DELETE, "/api/v1/exceptions/1", &token, &[("if-match", "1")], &Value::Null).await;
    assert_eq!(ended.status, 204, "{}", ended.text);
    for hours in ["24/7", "06:00-22:00"] {
        let suggestion = json!({"kind": "wrong", "toilet": id, "facts": {"hours": hours}});
        service.post("/api/v1/suggestions", &token, suggestion).await.json_of(201);
    }
    for path in ["/api/v1/suggestions/1/accept", "/api/v1/suggestions/2/reject"] {
        let body = if path.ends_with("accept") { json!({}) } else { json!({"reason": "不属实"}) };
        let decided = service.send(Method::POST, path, &token, &[("if-match", "1")], &body).await;
        assert_eq!(decided.status, 200, "{}", decided.text);
    }
    let file = "\u{feff}公厕名称,详细地址,所在道路,行政区,纬度,经度\n乙,乙路,乙路,越秀区,23.1,113.3\n";
    for profile in ["guangzhou-csv", "guangzhou-csv&sync=true"] {
        let path = format!("/api/v1/imports?profile={profile}");
        let sent = service.upload(&path, &token, &[], ("text/csv", file.as_bytes().to_vec())).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
    }
    let set = json!({"name": "庙会", "from": "2026-12-01T00:00:00Z", "until": "2026-12-02T00:00:00Z",
        "toilets": [{"toilet": {"name": "临时公厕", "area": "410308101", "position": {"latitude": 34.9, "longitude": 112.4}}}]});
    service.post("/api/v1/deployments?crs=wgs84", &token, set).await.json_of(201);
}

/// What is done to each table, and of which record the check must speak with which word.
const FORGED: [(&str, &str, &str, &str); 14] = [
    ("UPDATE operator SET revision = 7", "operator", "1", "revision 7"),
    ("UPDATE deployment SET name = 'forged'", "deployment", "1", "forged"),
    ("UPDATE plan_template SET note = 'forged'", "plan_template", "1", "note"),
    ("UPDATE plan SET made_at = '2026-11-01 00:00:00+00:00' WHERE version = 2", "plan", "1.2", "madeAt"),
    ("UPDATE plan SET withdrawn = '0' WHERE version = 1", "plan", "1.1", "windows"),
    ("UPDATE exception SET ended_at = NULL WHERE id = 1", "exception", "1", "endedAt"),
    ("UPDATE exception SET effect = '\"closed\"', reason = 'forged' WHERE id = 2", "exception", "2", "reason"),
    ("UPDATE suggestion SET state = 'open', decided_by = NULL WHERE id = 1", "suggestion", "1", "decidedBy"),
    ("UPDATE suggestion SET written = 9 WHERE id = 2", "suggestion", "2", "toiletRevision"),
    ("UPDATE import_review SET mark = 'forged' WHERE id = 1", "import_review", "1", "mark"),
    ("DELETE FROM import_file WHERE review_id = 2", "", "", ""),
    ("DELETE FROM import_review WHERE id = 2", "import_review", "2", "not there"),
    (
        "INSERT INTO plate (toilet_id, kind, serial, oldest_key, issued_at) VALUES (1, 'staff', 2, '1', '2026-11-23 00:00:00+00:00')",
        "plate",
        "1/staff",
        "serial",
    ),
    ("UPDATE area SET name = 'forged' WHERE code = '410308103'", "area", "410308103", "forged"),
];

on_both! {
    async fn a_record_of_any_kind_that_was_changed_beside_the_journal_is_found(database: Database) {
        let service = Service::on(&database).await;
        fill(&service).await;
        assert_eq!(found(&service).await, [], "the control: what the program itself wrote");
        let statements: Vec<_> = FORGED.iter().map(|(sql, ..)| *sql).collect();
        forge(&database, &statements).await;
        let found = found(&service).await;
        let expected: Vec<_> = FORGED.iter().filter(|(_, table, ..)| !table.is_empty()).collect();
        for (sql, table, key, word) in &expected {
            let told = found.iter().find(|(of, record, _)| of == table && record == key);
            assert!(told.is_some_and(|(.., message)| message.contains(word)), "{sql}: {found:#?}");
        }
        assert_eq!(found.len(), expected.len(), "{found:#?}");
    }
}

on_both! {
    async fn a_barrier_that_was_drawn_otherwise_beside_the_journal_is_found(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let service = Service::around(ctx).await;
        assert_eq!(found(&service).await, [], "the control");
        forge(&database, &["UPDATE barrier SET crossings = '[]'"]).await;
        let found = found(&service).await;
        assert!(!found.is_empty() && found.iter().all(|(table, _, told)| table == "barrier" && told.contains("drawing")), "{found:#?}");
    }
}
