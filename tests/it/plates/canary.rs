//! A plate's token stands on the plate and nowhere else: searched for in all that is logged and in every problem.

use poem::http::Method;

use super::service;
use crate::harness::logged::Log;
use crate::harness::stores::{Database, Kind};

#[tokio::test]
async fn no_token_is_logged_or_repeated() {
    let database = Database::migrated(Kind::Sqlite).await;
    let app = service(&database, "one").await;
    let (staff, citizen) = (app.token("staff").await, app.token("citizen").await);
    let (log, guard) = Log::begun();
    assert_eq!(app.replace("staff", 1).await.status, 201);
    let mut problems = Vec::new();
    for token in [&staff, &citizen] {
        for path in ["/api/v1/plates/", "/p/", "/P/", "/", "/api/v1/toilets/", "/api/v1/plates/x/", "/livez/"] {
            for rest in ["", "/", "/x", "?a=b"] {
                let answer = app.get(&format!("{path}{token}{rest}")).await;
                if answer.header("content-type") == "application/problem+json" {
                    problems.push(answer.text);
                }
            }
            problems.push(app.ask(Method::POST, &format!("{path}{token}"), &[], "{}").await.text);
        }
    }
    // A failure inside is logged louder: the table is gone.
    let raw = sea_orm::Database::connect(&database.url).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&raw, "DROP TABLE plate").await.unwrap();
    for path in ["/api/v1/plates/", "/p/"] {
        let failed = app.get(&format!("{path}{citizen}")).await;
        assert_eq!(failed.status, 500, "{}", failed.text);
        problems.push(failed.text);
    }
    drop(guard);
    let log = log.text();
    assert!(log.contains("refused") && log.contains("ERROR") && log.contains("/api/v1/plates/***"), "{log}");
    assert!(problems.len() > 30, "{}", problems.len());
    problems.push(log);
    for text in &problems {
        // Without the last characters too: those before tell a toilet and its serial, which is no secret.
        assert!(!text.contains(&staff[..16]) && !text.contains(&citizen[..16]), "a token is in {text}");
    }
}
