//! When it was, whatever the clock of the device shows.

use gongce::domain::account::Role;

use super::*;
use crate::harness::stores::on_both;
use crate::photos::pictures::plain;
use crate::photos::{id as photo, send};

on_both! {
    async fn an_evening_sync_from_a_device_that_is_three_hours_wrong(database: Database) {
        let day = service(&database).await;
        let (supervisor, cleaner) = (day.sign_in(Role::Supervisor, "410308").await, day.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&day, &supervisor, TOWN, 0.0).await;
        // Forty records from 01:00 to 07:30, ten minutes apart, by a clock that is three hours fast; received at 12:00.
        let evening = at(&database, "2026-11-23T12:00:00Z").await;
        let truly = |number: i64| instant("2026-11-23T01:00:00Z") + chrono::TimeDelta::minutes(10 * number);
        let shown = |at: DateTime<Utc>| (at + chrono::TimeDelta::hours(3)).to_rfc3339();
        let event = |number: i64| {
            // It was started anew after the twentieth.
            let boot = if number < 20 { "a" } else { "b" };
            let clock = json!({"bootId": boot, "monotonicMs": number * 600_000});
            json!({"toilet": toilet, "tasks": ["round"], "finishedAt": shown(truly(number)), "clock": clock})
        };
        let items: Vec<_> = (0..40).map(|number| json!({"id": id(number), "event": event(number.into())})).collect();
        let now = instant("2026-11-23T12:00:00Z");
        let since = (now - truly(0)).num_milliseconds();
        let sending = json!({"at": shown(now), "clock": {"bootId": "b", "monotonicMs": since}});
        let answer = evening.post("/api/v1/cleanings/batch", &cleaner, json!({"sending": sending, "items": items})).await.json_of(200);
        for (number, outcome) in answer["items"].as_array().unwrap().iter().enumerate() {
            let number = i64::try_from(number).unwrap();
            let cleaning = &outcome["cleaning"];
            assert_eq!(instant(cleaning["at"].as_str().unwrap()), truly(number));
            assert_eq!(cleaning["basis"], if number < 20 { "device" } else { "monotonic" });
            assert_eq!(cleaning["flags"], json!(["clockOff"]));
            assert_eq!(cleaning["receivedAt"], "2026-11-23T12:00:00Z");
        }
        // Whatever judges slots finds them where they truly were.
        let store = &evening.ctx.store;
        let found = store.cleanings_of(gongce::domain::id::ToiletId(toilet.try_into().unwrap()), truly(3), truly(5)).await.unwrap();
        let done: Vec<_> = found.iter().map(|one| (one.done().at, one.done().received_at)).collect();
        assert_eq!(done, [(truly(3), now), (truly(4), now), (truly(5), now)], "both ends included");
    }
}

on_both! {
    async fn the_first_delivery_settles_the_time(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        for (number, shows, sends, at, flags) in [
            (1, "1970-01-01T00:10:00Z", "1970-01-01T01:10:00Z", "2026-11-23T07:00:00Z", json!(["clockOff"])),
            (2, "2100-01-01T00:10:00Z", "2100-01-01T01:10:00Z", "2026-11-23T07:00:00Z", json!(["clockOff"])),
            // Its clock was set between, and nothing counts on: never later than it was received.
            (3, "2100-01-01T00:10:00Z", NOW, NOW, json!(["clockOff"])),
            (4, "1970-01-01T00:10:00Z", NOW, "1970-01-01T00:10:00Z", json!(["clockOff"])),
            (5, "2026-11-23T07:00:00.250Z", "2026-11-23T08:00:00Z", "2026-11-23T07:00:00.250Z", json!([])),
        ] {
            let event = with(round(toilet, "07:00:00"), &json!({"finishedAt": shows}));
            let body = json!({"event": event, "sending": {"at": sends}});
            let told = sent(&service, &cleaner, number, &body).await.json_of(201);
            assert_eq!((&told["cleaning"]["at"], &told["cleaning"]["flags"]), (&json!(at), &flags), "{shows}");
            assert_eq!(told["cleaning"]["basis"], "device");
        }
        // With a clock that counts on, no other matters.
        let clock = |ms: i64| json!({"bootId": "a", "monotonicMs": ms});
        let event = with(round(toilet, "07:00:00"), &json!({"finishedAt": "1970-01-01T00:00:00Z", "clock": clock(0)}));
        let body = json!({"event": event, "sending": {"at": NOW, "clock": clock(1_800_000)}});
        let told = sent(&service, &cleaner, 6, &body).await.json_of(201);
        assert_eq!(told["cleaning"]["at"], "2026-11-23T07:30:00Z");
        let later = at(&database, "2026-11-25T08:00:00Z").await;
        let again = sent(&later, &cleaner, 6, &json!({"event": event, "sending": {"clock": clock(9)}})).await.json_of(200);
        assert_eq!(again["cleaning"], told["cleaning"]);
    }
}

on_both! {
    async fn a_day_without_signal_comes_out_as_it_truly_was(database: Database) {
        let morning = service(&database).await;
        let (supervisor, cleaner) = (morning.sign_in(Role::Supervisor, "410308").await, morning.sign_in(Role::Cleaner, TOWN).await);
        // Rounds at every full hour from 06:00 to 17:00 there, at four toilets: 48 slots.
        let window = json!([{"task": "round", "from": "06:00", "to": "17:30", "everyMinutes": 60,
            "earlyMinutes": 15, "lateMinutes": 15, "graceMinutes": 30}]);
        let mut toilets = Vec::new();
        for number in 0..4 {
            let toilet = toilet(&morning, &supervisor, TOWN, f64::from(number) * 150.0).await;
            let plan = json!({"windows": window, "from": "2026-11-24"});
            morning.post(&format!("/api/v1/toilets/{toilet}/plans"), &supervisor, plan).await.json_of(201);
            toilets.push(toilet);
        }
        // Of each toilet's twelve she did ten: the fourth was twenty minutes late, the last two she did not do.
        let evening = at(&database, "2026-11-24T11:30:00Z").await;
        gongce::usecase::slots::close_once(&evening.ctx).await.unwrap();
        let wrong = chrono::TimeDelta::hours(3);
        let (mut items, mut number) = (Vec::new(), 0_u32);
        for hour in 0..10_i64 {
            for (place, toilet) in toilets.iter().enumerate() {
                let late = if hour == 3 { 20 } else { 0 };
                let minutes = hour * 60 + late + i64::try_from(place).unwrap() * 3;
                let truly = instant("2026-11-23T22:00:00Z") + chrono::TimeDelta::minutes(minutes);
                assert_eq!(send(&evening, &cleaner, number, &plain(u8::try_from(number).unwrap())).await.status, 201);
                let event = json!({"toilet": toilet, "tasks": ["round"], "finishedAt": (truly - wrong).to_rfc3339(),
                    "photos": [photo(number)], "clock": {"bootId": "a", "monotonicMs": minutes * 60_000}});
                items.push(json!({"id": id(number), "event": event}));
                number += 1;
            }
        }
        let now = instant("2026-11-24T11:30:00Z");
        let since = (now - instant("2026-11-23T22:00:00Z")).num_milliseconds();
        let sending = json!({"at": (now - wrong).to_rfc3339(), "clock": {"bootId": "a", "monotonicMs": since}});
        let body = json!({"sending": sending, "items": items});
        let answer = evening.post("/api/v1/cleanings/batch", &cleaner, body.clone()).await.json_of(200);
        let outcomes = answer["items"].as_array().unwrap().clone();
        assert_eq!(outcomes.len(), 40);
        assert!(outcomes.iter().all(|one| one["status"] == "created"), "{outcomes:?}");
        let again = evening.post("/api/v1/cleanings/batch", &cleaner, body).await.json_of(200);
        assert!(again["items"].as_array().unwrap().iter().all(|one| one["status"] == "replayed"));

        for toilet in &toilets {
            let path = format!("/api/v1/toilets/{toilet}/slots?from=2026-11-24&to=2026-11-24");
            let slots = evening.get(&path, &supervisor).await.json_of(200)["items"].as_array().unwrap().clone();
            let states: Vec<_> = slots.iter().map(|slot| slot["state"].as_str().unwrap()).collect();
            let on_time = "doneOnTime";
            let (late, missed) = ("doneLate", "missed");
            let truly = [on_time, on_time, on_time, late, on_time, on_time, on_time, on_time, on_time, on_time, missed, missed];
            assert_eq!(states, truly);
            let synced: Vec<_> = slots.iter().map(|slot| slot["syncedLate"] == true).collect();
            // Those of which the day had seen the end when she came into signal.
            assert_eq!(synced.iter().filter(|late| **late).count(), 10, "{slots:?}");
            // Each shows its photo.
            let listed = log(&evening, &supervisor, &format!("&toilet={toilet}")).await;
            assert_eq!(listed.iter().filter(|one| one["photos"].as_array().is_some_and(|photos| photos.len() == 1)).count(), 10);
        }
        assert_whole(&evening).await;
    }
}
