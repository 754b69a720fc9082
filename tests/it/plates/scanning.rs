//! What whoever scans a plate is shown.

use gongce::domain::id::ToiletId;
use gongce::domain::plate::{Plate, PlateKind, Serial};
use poem::http::Method;

use super::service;
use crate::harness::make::keys;
use crate::harness::stores::on_both;

const ENGLISH: (&str, &str) = ("accept-language", "en");

on_both! {
    async fn a_public_plate_leads_to_its_toilet(database: Database) {
        let app = service(&database, "长华<b>&\"").await;
        let token = app.token("citizen").await;
        let page = app.get(&format!("/p/{token}")).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.text.contains("<h1>长华&lt;b&gt;&amp;&quot;</h1>"), "{}", page.text);
        assert!(page.text.contains("开放时间不详") && page.text.contains("<html lang=\"zh-CN\">"), "{}", page.text);
        assert!(page.text.contains(&format!("href=\"/api/v1/toilets/{}\"", app.toilet)), "{}", page.text);
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!((page.header("vary"), page.header("referrer-policy")), ("Accept-Language", "no-referrer"));
        assert!(!page.text.contains("<script"));
        let english = app.ask(Method::GET, &format!("/p/{token}"), &[ENGLISH], "").await;
        assert!(english.text.contains("Opening hours unknown") && english.header("content-language") == "en");
        assert_eq!(app.ask(Method::HEAD, &format!("/p/{token}"), &[], "").await.status, 200);
        let post = app.ask(Method::POST, &format!("/p/{token}"), &[], "").await;
        assert_eq!((post.status, post.header("allow"), &post.json()["code"]), (405, "GET, HEAD", &"methodNotAllowed".into()));

        let resolved = app.get(&format!("/api/v1/plates/{token}")).await;
        assert_eq!(resolved.json(), serde_json::json!({"kind": "citizen", "toilet": app.toilet.0, "name": "长华<b>&\""}));
        assert!(!resolved.header("etag").is_empty());
    }
}

on_both! {
    async fn a_cleaners_plate_says_where_to_scan_it(database: Database) {
        let app = service(&database, "one").await;
        let token = app.token("staff").await;
        let page = app.get(&format!("/p/{token}")).await;
        assert!(page.status == 200 && page.text.contains("<h1>保洁牌</h1>"), "{}", page.text);
        assert!(!page.text.contains(&token), "a page is not the place to copy it from");
        let english = app.ask(Method::GET, &format!("/p/{token}"), &[ENGLISH], "").await;
        assert!(english.text.contains("from within the app"), "{}", english.text);
        assert_eq!(app.get(&format!("/api/v1/plates/{token}")).await.json()["kind"], "staff");
    }
}

on_both! {
    async fn whatever_is_wrong_with_a_plate_strangers_are_told_the_same(database: Database) {
        let app = service(&database, "one").await;
        let replaced = app.token("citizen").await;
        assert_eq!(app.replace("citizen", 1).await.status, 201);
        let good = app.token("citizen").await;
        let plate = Plate { kind: PlateKind::Citizen, toilet: app.toilet, serial: Serial::FIRST };
        let ring = keys("1");
        let forged = format!("{}{}", &good[..31], if good.ends_with('A') { 'Q' } else { 'A' });
        let wrong = [
            replaced,
            forged,
            Plate { serial: Serial::LAST, ..plate }.token(&ring).unwrap(),
            Plate { toilet: ToiletId(4711), ..plate }.token(&ring).unwrap(),
            plate.token(&keys("2")).unwrap(),
            good[..31].to_owned(),
            format!("{good}A"),
            "x".to_owned(),
            "%E5%85%AC".to_owned(),
        ];
        let told = |text: &str, token: &str| text.replace(&format!("/{token}\""), "/***\"");
        let (mut pages, mut problems) = (Vec::new(), Vec::new());
        for token in &wrong {
            let page = app.get(&format!("/p/{token}")).await;
            assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"), "{token}");
            assert!(page.text.contains("这块牌子无效"), "{}", page.text);
            pages.push(page.text);
            let problem = app.get(&format!("/api/v1/plates/{token}")).await;
            assert_eq!((problem.status, &problem.json()["code"]), (404, &"notFound".into()), "{token}");
            problems.push(told(&problem.text, token));
        }
        pages.dedup();
        problems.dedup();
        assert_eq!((pages.len(), problems.len()), (1, 1), "{problems:?}");
        assert_eq!(app.get(&format!("/p/{good}")).await.status, 200, "while the right one is found");
        let undecodable = app.get("/api/v1/plates/%FF").await;
        assert_eq!((undecodable.status, &undecodable.json()["errors"][0]["field"]), (400, &"token".into()));
        assert_eq!(app.get("/p/").await.status, 404);
    }
}
