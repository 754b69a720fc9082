//! Where somebody was is told to nobody who only reads the log, and a failure does not repeat it.

use gongce::domain::account::Role;

use super::*;
use crate::harness::logged::Log;
use crate::harness::stores::Kind;

/// What no other number looks like: of positions that are right and of some that are not.
const CANARIES: [&str; 3] = ["8765432", "4654321", "7654329"];

#[tokio::test]
async fn no_position_and_no_session_is_logged_or_repeated() {
    let database = Database::migrated(Kind::Sqlite).await;
    let service = service(&database).await;
    let (log, guard) = Log::begun();
    let supervisor = service.sign_in(Role::Supervisor, "410308").await;
    let cleaner = service.sign_in(Role::Cleaner, TOWN).await;
    let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
    let mut answers = Vec::new();
    for place in ["latitude=34.8765432&longitude=112.4654321", "latitude=98.7654329&longitude=112.4654321"] {
        for rest in ["&crs=wgs84", "", "&crs=wgs84&limit=34.8765432", "&crs=wgs84&at=112.4654321"] {
            answers.push(service.get(&format!("/api/v1/toilets/nearest?{place}{rest}"), &cleaner).await);
        }
    }
    let bbox = "bbox=112.4654321,34.8765432,112.9,98.7654329";
    answers.push(service.get(&format!("/api/v1/toilets?{bbox}"), "").await);
    answers.push(service.get(&format!("/api/v1/map/clusters?{bbox}&zoom=9&crs=wgs84"), "").await);
    let way = json!({"line": [[112.465_432_1, 34.876_543_2], [112.465_432_1, 98.765_432_9]]});
    answers.push(service.post("/api/v1/toilets/along?crs=wgs84", "", way).await);
    for (number, latitude) in [(1, 34.876_543_2), (2, 98.765_432_9)] {
        let position = json!({"latitude": latitude, "longitude": 112.465_432_1, "crs": "wgs84", "accuracy": 20});
        let event = with(round(toilet, "07:30:00"), &json!({"position": position}));
        answers.push(put(&service, &cleaner, number, &event).await);
    }
    // A failure inside is logged louder: the table is gone.
    let raw = sea_orm::Database::connect(&database.url).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&raw, "DROP TABLE unsettled").await.unwrap();
    let position = json!({"latitude": 34.876_543_2, "longitude": 112.465_432_1, "crs": "wgs84", "accuracy": 20});
    let failed = put(&service, &cleaner, 3, &with(round(toilet, "09:30:00"), &json!({"position": position}))).await;
    assert!(failed.status >= 500, "{}", failed.text);
    answers.push(failed);
    drop(guard);
    let (good, problems): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status < 300);
    assert!(good.len() >= 2 && problems.len() >= 8, "{} and {}", good.len(), problems.len());
    let log = log.text();
    assert!(log.contains("refused") && log.len() > 1_000, "the log is deaf: {log}");
    for text in problems.iter().map(|problem| &problem.text).chain([&log]) {
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} is in {text}");
        }
        assert!(!text.contains(&cleaner[4..]) && !text.contains(&supervisor[4..]), "a session is in {text}");
    }
}
