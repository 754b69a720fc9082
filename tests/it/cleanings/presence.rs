//! What shows that somebody was there.

use gongce::domain::account::Role;
use gongce::geo::{Crs, Wgs84};

use super::*;
use crate::harness::stores::on_both;

/// The token of a plate of a toilet.
async fn plate(service: &Service, supervisor: &str, toilet: i64, kind: &str) -> String {
    let plates = service.get(&format!("/api/v1/toilets/{toilet}/plates"), supervisor).await.json_of(200);
    let plates = plates["items"].as_array().unwrap();
    plates.iter().find(|plate| plate["kind"] == kind).unwrap()["url"].as_str().unwrap().to_owned()
}

/// Where a phone is, so many metres north of the place, in that datum.
fn fix(metres: f64, crs: Crs, accuracy: Option<f64>) -> Value {
    let (latitude, longitude) = crs.write(Wgs84::new(PLACE.0 + metres / 111_195.0, PLACE.1).unwrap());
    let fix = json!({"latitude": latitude, "longitude": longitude, "crs": crs.as_str()});
    accuracy.map_or(fix.clone(), |accuracy| with(fix, &json!({"accuracy": accuracy})))
}

on_both! {
    async fn plate_and_position_are_weighed_here(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let (here, there) = (toilet(&service, &supervisor, TOWN, 0.0).await, toilet(&service, &supervisor, TOWN, 900.0).await);
        let staff = plate(&service, &supervisor, here, "staff").await;
        let token = staff.rsplit('/').next().unwrap();
        let (citizen, other) =
            (plate(&service, &supervisor, here, "citizen").await, plate(&service, &supervisor, there, "staff").await);
        let mut tried = Vec::new();
        for crs in Crs::ALL {
            tried.push((json!({"plate": staff, "position": fix(50.0, crs, Some(20.0))}), "E2"));
            tried.push((json!({"plate": staff, "position": fix(280.0, crs, Some(150.0))}), "E2"));
            tried.push((json!({"plate": staff, "position": fix(320.0, crs, Some(150.0))}), "E1"));
            tried.push((json!({"plate": staff, "position": fix(50.0, crs, None)}), "E1"));
            tried.push((json!({"position": fix(0.0, crs, Some(5.0))}), "E0"));
        }
        let forged = format!("{}A", &token[..31]);
        tried.extend([
            (json!({"plate": token}), "E1"),
            (json!({"plate": citizen, "position": fix(0.0, Crs::Wgs84, Some(5.0))}), "E0"),
            (json!({"plate": other, "position": fix(0.0, Crs::Wgs84, Some(5.0))}), "E0"),
            (json!({"plate": forged}), "E0"),
            (json!({"plate": ""}), "E0"),
            (json!({"plate": "https://elsewhere.example/公厕"}), "E0"),
            (json!({}), "E0"),
        ]);
        for (number, (evidence, level)) in (1..).zip(&tried) {
            let told = put(&service, &cleaner, number, &with(round(here, "07:00:00"), evidence)).await.json_of(201);
            assert_eq!(told["cleaning"]["presence"], *level, "{evidence}");
        }
        // The log tells of no place and of no token, and the journal neither.
        let told: String = log(&service, &supervisor, "").await.iter().map(Value::to_string).collect();
        assert!(!told.contains(token) && !told.contains("34.8"));
        let history = service.ctx.store.history(gongce::domain::event::RecordKind::Cleaning, &id(1), None, 9).await.unwrap();
        let told = format!("{:?}", history[0].changes);
        assert!(!told.contains("34.8") && !told.contains(token) && told.contains("E2"), "{told}");
    }
}

on_both! {
    async fn a_plate_that_was_replaced_no_longer_counts(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let here = toilet(&service, &supervisor, TOWN, 0.0).await;
        let old = plate(&service, &supervisor, here, "staff").await;
        let path = format!("/api/v1/toilets/{here}/plates");
        service.post(&path, &supervisor, json!({"kind": "staff", "replaces": 1})).await.json_of(201);
        let new = plate(&service, &supervisor, here, "staff").await;
        let later = at(&database, "2026-11-23T18:00:00Z").await;
        for (number, plate, done, level) in [
            (1, &old, "07:59:59", "E1"),
            (2, &old, "08:00:00", "E0"),
            (3, &old, "17:00:00", "E0"),
            (4, &new, "17:00:00", "E1"),
        ] {
            let event = with(round(here, done), &json!({"plate": plate}));
            let told = put(&later, &cleaner, number, &event).await.json_of(201);
            assert_eq!(told["cleaning"]["presence"], level, "{number}");
        }
    }
}
