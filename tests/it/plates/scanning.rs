//! What whoever scans a plate is shown.

use gongce::domain::id::ToiletId;
use gongce::domain::plate::{Plate, PlateKind, Serial};
use poem::http::Method;

use super::service;
use crate::harness::make::keys;
use crate::harness::stores::on_both;

on_both! {
    async fn a_public_plate_leads_to_its_toilet(database: Database) {
        let app = service(&database, "长华<b>&\"").await;
        let token = app.token("citizen").await;
        let led = app.get(&format!("/p/{token}")).await;
        assert_eq!((led.status, led.header("location")), (303, format!("/toilets/{}", app.toilet).as_str()));
        assert_eq!((led.header("cache-control"), led.header("referrer-policy")), ("no-store", "no-referrer"));
        assert_eq!(app.get(led.header("location")).await.status, 200);
        assert_eq!(app.ask(Method::HEAD, &format!("/p/{token}"), &[], "").await.status, 303);
        let post = app.ask(Method::POST, &format!("/p/{token}"), &[], "").await;
        assert_eq!((post.status, post.header("allow"), &post.json()["code"]), (405, "GET, HEAD", &"methodNotAllowed".into()));

        let resolved = app.get(&format!("/api/v1/plates/{token}")).await;
        assert_eq!(resolved.json(), serde_json::json!({"kind": "citizen", "toilet": app.toilet.0, "name": "长华<b>&\""}));
        assert!(!resolved.header("etag").is_empty());
    }
}

on_both! {
    async fn a_cleaners_plate_opens_the_page_of_the_staff(database: Database) {
        let app = service(&database, "one").await;
        let token = app.token("staff").await;
        let page = app.get(&format!("/p/{token}")).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert_eq!(page.text, app.get("/staff").await.text, "the page of the staff, which reads the token where it stands");
        assert!(!page.text.contains(&token), "a page is not the place to copy it from");
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
            assert!(page.text.contains("/js/join/plate.js"), "{}", page.text);
            pages.push(page.text);
            let problem = app.get(&format!("/api/v1/plates/{token}")).await;
            assert_eq!((problem.status, &problem.json()["code"]), (404, &"notFound".into()), "{token}");
            problems.push(told(&problem.text, token));
        }
        pages.dedup();
        problems.dedup();
        assert_eq!((pages.len(), problems.len()), (1, 1), "{problems:?}");
        assert_eq!(app.get(&format!("/p/{good}")).await.status, 303, "while the right one is found");
        let undecodable = app.get("/api/v1/plates/%FF").await;
        assert_eq!((undecodable.status, &undecodable.json()["errors"][0]["field"]), (400, &"token".into()));
        assert_eq!(app.get("/p/").await.status, 404);
    }
}
