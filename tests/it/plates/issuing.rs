//! Printing plates and putting others in their place.

use gongce::domain::key::KeyId;
use gongce::domain::plate::{Plate, PlateKind};
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};

use super::service;
use crate::coverage::{add, author, sign_in};
use crate::harness::make::keys;
use crate::harness::stores::on_both;

on_both! {
    async fn a_toilet_has_two_plates_and_a_new_one_kills_the_old(database: Database) {
        let app = service(&database, "one").await;
        let (staff, citizen) = (app.token("staff").await, app.token("citizen").await);
        assert!(staff.len() == 32 && citizen.len() == 32 && staff != citizen);
        let listed = app.signed(Method::GET, "", "").await;
        assert_eq!((listed.header("cache-control"), listed.json()["items"].as_array().map(Vec::len)), ("no-store", Some(2)));
        assert_eq!((&listed.json()["items"][0]["serial"], listed.json()["items"][0].get("issuedAt")), (&1.into(), None));

        let made = app.replace("staff", 1).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!((&made.json()["serial"], made.json()["issuedAt"].as_str()), (&2.into(), Some(crate::harness::make::NOW)));
        let repeated = app.replace("staff", 1).await;
        assert_eq!((repeated.status, &repeated.json()["code"]), (409, &"conflict".into()), "a repetition puts no third one");
        let new = app.token("staff").await;
        assert!(made.text.contains(&new));
        for (token, status, page) in [(&staff, 404, 404), (&new, 200, 200), (&citizen, 200, 303)] {
            assert_eq!(app.get(&format!("/api/v1/plates/{token}")).await.status, status);
            assert_eq!(app.get(&format!("/p/{token}")).await.status, page);
        }
        // Every process knows at once.
        let other = app.beside(&database, keys("1"), None).await;
        assert_eq!(other.get(&format!("/api/v1/plates/{staff}")).await.status, 404);
        assert_eq!(other.get(&format!("/api/v1/plates/{new}")).await.status, 200);

        let raw = Connection::connect(&database.url).await.unwrap();
        let sql = "SELECT key || ' ' || action || ' ' || role || ' ' || changes AS entry FROM journal WHERE kind = 'plate'";
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
        let rows: Vec<String> = rows.iter().map(|row| row.try_get("", "entry").unwrap()).collect();
        assert_eq!(rows, [format!("{}/staff update supervisor {{\"serial\":[1,2]}}", app.toilet)]);
    }
}

on_both! {
    async fn of_two_who_replace_a_plate_at_once_one_does(database: Database) {
        let app = service(&database, "one").await;
        let there = app.beside(&database, keys("1"), Some("https://toilets.example")).await;
        let (one, two) = tokio::join!(app.replace("citizen", 1), there.replace("citizen", 1));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
}

on_both! {
    async fn what_cannot_be_is_told_by_its_field(database: Database) {
        // Its plate of the last serial comes about without the journal.
        database.damage();
        let app = service(&database, "one").await;
        for (body, field) in [
            (r#"{"kind": "both", "replaces": 1}"#, "must be one of: staff, citizen"),
            (r#"{"kind": "staff", "replaces": 0}"#, "replaces"),
            (r#"{"kind": "staff", "replaces": 3844}"#, "replaces"),
            (r#"{"kind": "staff"}"#, "replaces: is required"),
            (r#"{"kind": "staff", "replaces": 1, "now": true}"#, "now"),
        ] {
            let answer = app.signed(Method::POST, "", body).await;
            assert!(answer.status == 400 && answer.json()["code"] == "badBody", "{body}: {}", answer.text);
            assert!(answer.text.contains(field), "{body}: {}", answer.text);
        }
        let drawing = app.signed(Method::GET, "/drawing", "").await;
        assert_eq!((drawing.status, &drawing.json()["errors"][0]["field"]), (400, &"kind".into()));
        assert_eq!(app.signed(Method::DELETE, "", "").await.status, 405);

        let (kind, toilet) = (PlateKind::Staff, app.toilet);
        let last = app.ctx.store.write(author(), move |tx| Box::pin(async move {
            tx.put_plate(toilet, kind, gongce::domain::plate::Serial::LAST, KeyId::FIRST).await
        }));
        last.await.map_err(|error: gongce::store::StoreError| error).unwrap();
        let used_up = app.replace("staff", 3843).await;
        assert_eq!(used_up.status, 409, "{}", used_up.text);
    }
}

on_both! {
    async fn out_of_scope_is_as_absent(database: Database) {
        let app = service(&database, "one").await;
        add(&app.ctx, 2, gongce::domain::account::Role::Supervisor, "410308102").await;
        let elsewhere = sign_in(&app.ctx, 2, gongce::domain::account::Role::Supervisor).await;
        let bearer = format!("Bearer {elsewhere}");
        let ask = async |path: &str| {
            let headers = [("authorization", bearer.as_str()), ("x-request-id", "test")];
            let answer = app.ask(Method::GET, path, &headers, "").await;
            (answer.status, answer.text.replace(path.split('?').next().unwrap(), "PATH"))
        };
        for rest in ["plates", "plates/drawing?kind=staff"] {
            let there = ask(&format!("/api/v1/toilets/{}/{rest}", app.toilet)).await;
            assert_eq!((there.0, &there), (404, &ask(&format!("/api/v1/toilets/4711/{rest}")).await));
        }
    }
}

on_both! {
    async fn without_a_public_address_nothing_is_printed_and_nothing_replaced(database: Database) {
        let app = service(&database, "one").await;
        let bare = app.beside(&database, keys("1"), None).await;
        for answer in [bare.signed(Method::GET, "", "").await, bare.replace("staff", 1).await] {
            assert_eq!((answer.status, &answer.json()["code"]), (503, &"notConfigured".into()));
            assert!(answer.text.contains("public_url") && answer.header("retry-after") == "3600", "{}", answer.text);
        }
        assert_eq!(app.signed(Method::GET, "", "").await.json()["items"][0]["serial"], 1);
    }
}

on_both! {
    async fn a_new_key_signs_and_plates_of_the_old_one_hang_on_until_they_are_replaced(database: Database) {
        let app = service(&database, "one").await;
        let (old, citizen) = (app.token("staff").await, app.token("citizen").await);
        let rotated = app.beside(&database, keys("12"), Some("https://toilets.example")).await;
        assert_eq!(rotated.get(&format!("/p/{old}")).await.status, 200);
        assert_eq!(rotated.replace("staff", 1).await.status, 201);
        let new = rotated.token("staff").await;
        assert_eq!(&new[7..10], "022", "the second plate, of the second key");
        // Whoever stole the first key makes the second plate's token with it, and gets nowhere.
        let plate = Plate::verify(&keys("12"), &new).unwrap().0;
        let stolen = plate.token(&keys("1")).unwrap();
        for (token, status) in [(&new, 200), (&stolen, 404), (&old, 404), (&citizen, 200)] {
            assert_eq!(rotated.get(&format!("/api/v1/plates/{token}")).await.status, status);
        }
    }
}
