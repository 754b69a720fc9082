//! When it was, whatever the clock of the device shows.

use gongce::domain::account::Role;

use super::*;
use crate::harness::stores::on_both;

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
