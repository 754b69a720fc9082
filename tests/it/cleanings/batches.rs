//! Batches: whatever is sent twice, late, out of order, in pieces or together ends in the same.

use std::collections::BTreeMap;
use std::sync::Mutex;

use gongce::domain::account::Role;
use gongce::http::Limits;
use gongce::store::{Listener, Store};

use super::*;
use crate::harness::stores::{Kind, on_both};

on_both! {
    async fn items_do_not_fail_each_other(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        put(&service, &cleaner, 1, &round(toilet, "06:00:00")).await.json_of(201);
        let items = json!({"items": [
            {"id": id(1), "event": round(toilet, "06:00:00")},
            {"id": id(1), "event": round(toilet, "06:30:00")},
            {"id": id(2), "event": round(toilet, "07:00:00")},
            {"id": id(2), "event": round(toilet, "07:00:00")},
            {"id": id(3), "event": round(999, "07:00:00")},
            {"id": id(4), "event": {"toilet": toilet, "tasks": ["sweep"], "finishedAt": "x"}},
            {"id": "6f9619ff-8b86-4011-b42d-00cf4fc964ff", "event": round(toilet, "07:00:00")},
            {"event": round(toilet, "07:00:00")},
            "nonsense",
            {"id": id(5), "event": with(round(toilet, "07:00:00"), &json!({"tasks": []}))},
            {"id": id(6), "event": round(toilet, "07:30:00")},
        ]});
        let answer = service.post("/api/v1/cleanings/batch", &cleaner, items).await.json_of(200);
        let outcomes = answer["items"].as_array().unwrap();
        assert_eq!(told(outcomes), [
            ("replayed", "replayed"), ("conflict", "differs"), ("created", "created"), ("replayed", "replayed"),
            ("rejected", "unknownToilet"), ("rejected", "invalid"), ("rejected", "invalid"), ("rejected", "invalid"),
            ("rejected", "invalid"), ("rejected", "invalid"), ("created", "created"),
        ]);
        assert!(outcomes.iter().all(|one| one["retry"] == false));
        assert_eq!(outcomes[1]["errors"][0]["field"], "finishedAt");
        let faults: Vec<_> = outcomes[5]["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!(faults, ["event.tasks.0", "event.finishedAt"]);
        assert_eq!((&outcomes[2]["cleaning"], &outcomes[3]["id"]), (&outcomes[3]["cleaning"], &json!(id(2))));
        assert_eq!(outcomes[7].get("id"), None);
        assert_eq!(log(&service, &supervisor, "").await.len(), 3);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn a_batch_is_two_hundred_records_and_a_megabyte(database: Database) {
        let ctx = ctx(&database, instant(NOW)).await;
        service(&database).await;
        let service = Service::limited(ctx, Limits { body_bytes: 1_024, ..Limits::default() }).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let cleaner = service.sign_in(Role::Cleaner, TOWN).await;
        let small = service.post("/api/v1/toilets", &supervisor, json!({"name": "公厕", "area": TOWN, "confirmed": true})).await;
        let toilet = small.json_of(201)["id"].as_i64().unwrap();
        let remarks = "厕".repeat(1_000);
        let event = with(round(toilet, "07:00:00"), &json!({"remarks": remarks}));
        let items = |count: u32| (0..count).map(|number| (number, event.clone())).collect::<Vec<_>>();
        let outcomes = batch(&service, &cleaner, &items(200)).await;
        assert!(outcomes.len() == 200 && outcomes.iter().all(|one| one["status"] == "created"));
        let body = |count: u32| {
            let items: Vec<_> = items(count).iter().map(|(number, event)| json!({"id": id(*number), "event": event})).collect();
            json!({"items": items})
        };
        assert_eq!(service.post("/api/v1/cleanings/batch", &cleaner, body(201)).await.problem(400).1, ["items"]);
        assert_eq!(service.post("/api/v1/cleanings/batch", &cleaner, body(0)).await.problem(400).1, ["items"]);
        let padded = json!({"items": [], "padding": "x".repeat(1_048_576)});
        assert_eq!(service.post("/api/v1/cleanings/batch", &cleaner, padded).await.problem(413).0, "tooLarge");
        assert_eq!(put(&service, &cleaner, 900, &event).await.problem(413).0, "tooLarge", "one record has no such room");
    }
}

/// The records of a day: logs, and corrections of them that build upon each other.
fn day(toilet: i64) -> Vec<(u32, Value)> {
    let log = |number: u32| (number, round(toilet, &format!("{:02}:{:02}:00", number / 60, number % 60)));
    let fix = |number: u32, fields: Value| {
        (number, with(with(round(toilet, "07:59:00"), &json!({"reason": "错了"})), &fields))
    };
    let mut all: Vec<_> = (1..20).map(log).collect();
    all.push(fix(21, json!({"amends": id(3), "tasks": ["disinfect"]})));
    all.push(fix(20, json!({"amends": id(21), "tasks": ["deep"]})));
    all.push(fix(22, json!({"voids": id(20), "tasks": []})));
    all.push(fix(24, json!({"voids": id(5), "tasks": []})));
    all.push(fix(23, json!({"amends": id(24), "tasks": ["round"]})));
    all
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// The log without who is in it, since that differs between databases.
async fn nameless(service: &Service, token: &str) -> Vec<Value> {
    let mut all = log(service, token, "").await;
    for one in &mut all {
        one.as_object_mut().unwrap().retain(|field, _| field != "performedBy" && field != "recordedBy");
    }
    all
}

on_both! {
    async fn however_it_is_sent_it_ends_in_the_same(database: Database) {
        let mut expected = None;
        for seed in 0..4 {
            let database = Database::migrated(database.kind).await;
            let service = service(&database).await;
            let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
            let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
            let mut receipts: BTreeMap<String, Value> = BTreeMap::new();
            let (all, mut dice) = (day(toilet), Dice(seed));
            let mut queue = all.clone();
            while !queue.is_empty() {
                // One by one in order the first time; else pieces of any size, in any order, with some sent again.
                let piece = if seed == 0 { 1 } else { 1 + dice.below(9) };
                let mut now: Vec<_> = queue.drain(..piece.min(queue.len())).collect();
                if seed > 0 {
                    now.extend((0..dice.below(4)).map(|_| all[dice.below(all.len())].clone()));
                    for place in (1..now.len()).rev() {
                        now.swap(place, dice.below(place + 1));
                    }
                }
                for ((number, event), outcome) in now.iter().zip(batch(&service, &cleaner, &now).await) {
                    match outcome["status"].as_str().unwrap() {
                        "created" | "replayed" => {
                            let first = receipts.entry(id(*number)).or_insert_with(|| outcome["cleaning"].clone());
                            assert_eq!(*first, outcome["cleaning"]);
                        }
                        _ => {
                            assert_eq!((&outcome["code"], &outcome["retry"]), (&json!("unknownCleaning"), &json!(true)));
                            queue.push((*number, event.clone()));
                        }
                    }
                }
                if seed > 0 {
                    for place in (1..queue.len()).rev() {
                        queue.swap(place, dice.below(place + 1));
                    }
                }
            }
            assert_eq!(receipts.len(), all.len());
            let ends = nameless(&service, &supervisor).await;
            assert_eq!(ends.len(), all.len());
            assert_eq!(*expected.get_or_insert_with(|| ends.clone()), ends, "seed {seed}");
            assert_whole(&service).await;
        }
    }
}

on_both! {
    async fn eight_phones_that_send_one_batch_at_once_make_one(database: Database) {
        let service = Arc::new(service(&database).await);
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let sends: Vec<_> = (0..8)
            .map(|turn| {
                let (service, cleaner, mut items) = (Arc::clone(&service), cleaner.clone(), day(toilet));
                items.rotate_left(turn * 3);
                tokio::spawn(async move { batch(&service, &cleaner, &items).await })
            })
            .collect();
        let mut created = 0;
        for send in sends {
            let outcomes = send.await.unwrap();
            assert!(outcomes.iter().all(|one| one["status"] == "created" || one["status"] == "replayed"), "{outcomes:?}");
            created += outcomes.iter().filter(|one| one["status"] == "created").count();
        }
        assert_eq!(created, day(toilet).len());
        assert_eq!(log(&service, &supervisor, "").await.len(), created);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn a_hundred_records_take_as_many_statements_as_one(database: Database) {
        service(&database).await;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&heard);
        let listener: Listener = Arc::new(move |sql: &str| listener.lock().unwrap().push(sql.to_owned()));
        let store = Store::open_heard(&database.url, None, Some(listener)).await.unwrap();
        let ctx = Ctx::new(store, Clock::fixed(instant(NOW)), Calendars::builtin(), keys("1"), render_fragment);
        let service = Service::around(Arc::new(ctx)).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let mut counted = Vec::new();
        // Who is on duty is remembered from the first on.
        put(&service, &cleaner, 900, &round(toilet, "06:00:00")).await.json_of(201);
        for numbers in [1..2, 2..102] {
            let items: Vec<_> = numbers.map(|number| (number, round(toilet, "07:00:00"))).collect();
            heard.lock().unwrap().clear();
            assert!(batch(&service, &cleaner, &items).await.iter().all(|one| one["status"] == "created"));
            let frame = |sql: &str| ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"].iter().any(|word| sql.starts_with(word));
            let data = |sql: &&String| sql.contains(';') || !frame(sql);
            counted.push(heard.lock().unwrap().iter().filter(data).cloned().collect::<Vec<_>>());
        }
        // The session, the records, the journal, and the marks of what is to be settled; SQLite gets the last three together.
        // More for one record is what makes logging slow.
        let wanted = match database.kind {
            Kind::Sqlite => 2,
            Kind::Postgres => 4,
        };
        assert_eq!(counted.iter().map(Vec::len).collect::<Vec<_>>(), [wanted; 2], "{counted:#?}");
    }
}
