//! Lists, single toilets, areas, and answering only once.

use gongce::domain::toilet::{Kind, Lifecycle};
use poem::http::Method;

use crate::harness::app::app_with;
use crate::harness::build::{area, instant, toilet};
use crate::harness::make::NOW;

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let app = app_with((1..=45).map(|id| toilet(id).done()).collect(), vec![], instant(NOW)).await;
    let (mut seen, mut path) = (Vec::new(), "/api/v1/toilets?limit=20".to_owned());
    loop {
        let page = app.get(&path).await;
        seen.extend(page.ids());
        let Some(next) = page.json()["next"].as_str().map(ToOwned::to_owned) else { break };
        path = format!("/api/v1/toilets?limit=20&cursor={next}");
    }
    assert_eq!(seen, (1..=45).collect::<Vec<_>>());
    assert_eq!(app.get("/api/v1/toilets?limit=45").await.json().get("next"), None);
}

#[tokio::test]
async fn a_box_reaches_across_the_antimeridian_and_is_meant_in_its_datum() {
    let toilets = vec![
        toilet(1).at(-17.0, 179.5).done(),
        toilet(2).at(-17.0, -179.5).done(),
        toilet(3).at(34.8264, 112.4364).done(),
        toilet(4).unlocated().done(),
    ];
    let app = app_with(toilets, vec![], instant(NOW)).await;
    assert_eq!(app.get("/api/v1/toilets?bbox=179,-18,-179,-16&crs=wgs84").await.ids(), [1, 2]);
    // Toilet 3 lies some 570 m north-west of where GCJ-02 puts it.
    let narrow = "/api/v1/toilets?bbox=112.4360,34.8260,112.4368,34.8268";
    assert_eq!(app.get(&format!("{narrow}&crs=wgs84")).await.ids(), [3]);
    assert_eq!(app.get(&format!("{narrow}&crs=gcj02")).await.ids(), [0_i64; 0]);
    let forgotten = app.get(narrow).await;
    assert_eq!((forgotten.status, &forgotten.json()["code"]), (400, &"crsMissing".into()));
}

#[tokio::test]
async fn an_area_holds_what_lies_below_and_answers_to_its_old_codes() {
    let areas = vec![
        area(1, "孟津区", &["410308"], &["410322"]),
        area(2, "小浪底镇", &["410308", "410308106"], &["410322104"]),
        area(3, "会盟镇", &["410308", "410308104"], &["410308106"]),
    ];
    let toilets = vec![
        toilet(1).area(&["410308"]).done(),
        toilet(2).area(&["410308", "410308106"]).done(),
        toilet(3).area(&["410308", "410308104"]).done(),
        toilet(4).done(),
    ];
    let app = app_with(toilets, areas, instant(NOW)).await;
    assert_eq!(app.get("/api/v1/toilets?area=410308").await.ids(), [1, 2, 3]);
    assert_eq!(app.get("/api/v1/toilets?area=410322").await.ids(), [1, 2, 3]);
    assert_eq!(app.get("/api/v1/toilets?area=410308106").await.ids(), [2]);
    assert_eq!(app.get("/api/v1/toilets?area=410322104,410308104").await.ids(), [2, 3]);
    let unknown = app.get("/api/v1/toilets?area=999999").await;
    assert_eq!((unknown.status, &unknown.json()["errors"][0]["code"]), (422, &"unknownArea".into()));

    assert_eq!(app.get("/api/v1/areas/410308106").await.json()["name"], "小浪底镇");
    assert_eq!(app.get("/api/v1/areas/410322104").await.json()["name"], "小浪底镇");
    assert_eq!(app.get("/api/v1/areas/410308999").await.status, 404);
    let towns = app.get("/api/v1/areas?parent=410308&limit=1").await.json();
    assert_eq!((&towns["items"][0]["code"], &towns["next"]), (&"410308104".into(), &"410308104".into()));
    let rest = app.get("/api/v1/areas?parent=410308&cursor=410308104").await.json();
    assert_eq!((&rest["items"][0]["code"], rest.get("next")), (&"410308106".into(), None));
    assert_eq!(app.get("/api/v1/areas?parent=410322").await.ids().len(), 2);
    let unknown = app.get("/api/v1/areas?parent=999").await;
    assert_eq!((unknown.status, &unknown.json()["errors"][0]["field"]), (422, &"parent".into()));
    assert_eq!(app.get("/api/v1/areas?level=county&q=孟津").await.ids(), [800_000_001]);
}

#[tokio::test]
async fn text_is_found_whatever_its_case_and_width() {
    let app = app_with(vec![toilet(1).named("ＡＢＣ广场公厕").done(), toilet(2).done()], vec![], instant(NOW)).await;
    for q in ["abc", "ABC%E5%B9%BF", "ａｂｃ", "广场"] {
        assert_eq!(app.get(&format!("/api/v1/toilets?q={q}")).await.ids(), [1], "{q}");
    }
}

#[tokio::test]
async fn retired_toilets_are_listed_only_when_asked_for() {
    let toilets = vec![
        toilet(1).lifecycle(Lifecycle::Retired).done(),
        toilet(2).kind(Kind::Tourist).done(),
        toilet(3).outage("2026-11-01T00:00:00Z", None).done(),
    ];
    let app = app_with(toilets, vec![], instant(NOW)).await;
    assert_eq!(app.get("/api/v1/toilets").await.ids(), [2, 3]);
    assert_eq!(app.get("/api/v1/toilets?status=retired,closed").await.ids(), [1, 3]);
    assert_eq!(app.get("/api/v1/toilets?kind=tourist").await.ids(), [2]);
    assert_eq!(app.get("/api/v1/toilets/1").await.json()["status"], "retired");
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let before = app_with(vec![toilet(1).hours("06:00-22:00").revision(4).done()], vec![], instant(NOW)).await;
    let night =
        app_with(vec![toilet(1).hours("06:00-22:00").revision(4).done()], vec![], instant("2026-11-23T15:00:00Z"))
            .await;
    for path in [
        "/api/v1/toilets/1",
        "/api/v1/toilets",
        "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84",
        "/api/v1/areas",
        "/api/openapi.json",
        "/",
    ] {
        let first = before.get(path).await;
        let tag = first.header("etag").to_owned();
        assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"), "{path}");
        let again = before.ask(Method::GET, path, &[("if-none-match", &format!("\"x\", W/{tag}"))]).await;
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", tag.as_str()), "{path}");
        assert_eq!(before.ask(Method::GET, path, &[("if-none-match", "\"x\"")]).await.status, 200);
    }
    let path = "/api/v1/toilets/1";
    let tag = before.get(path).await.header("etag").to_owned();
    assert!(tag.starts_with("\"4-"));
    // The record is the same, but the door has shut meanwhile.
    assert_eq!(night.ask(Method::GET, path, &[("if-none-match", &tag)]).await.status, 200);
}

#[tokio::test]
async fn the_time_alone_does_not_change_the_tag_of_nearest() {
    let toilets = || vec![toilet(1).hours("24/7").done()];
    let path = "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84";
    let now = app_with(toilets(), vec![], instant(NOW)).await;
    let later = app_with(toilets(), vec![], instant("2026-11-23T08:00:01Z")).await;
    assert_eq!(now.get(path).await.header("etag"), later.get(path).await.header("etag"));
    let asked = |at| format!("{path}&at={at}");
    let first = now.get(&asked("2026-11-23T08:00:00Z")).await;
    assert_ne!(first.header("etag"), now.get(&asked("2026-11-23T08:00:01Z")).await.header("etag"));
}

#[tokio::test]
async fn the_reader_of_the_document_needs_nothing_from_elsewhere() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    let page = app.get("/api/docs").await;
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    assert!(!page.text.contains("http"));
    for asset in page.text.split('"').filter(|part| part.starts_with("/api/docs/")) {
        assert_eq!(app.get(asset).await.status, 200, "{asset}");
    }
    assert_eq!((app.get("/livez").await.status, app.get("/readyz").await.status), (200, 200));
}
