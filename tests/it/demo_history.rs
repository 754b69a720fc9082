//! The history of the demonstration: plausible, sound, the same on the same day, and counted right.

use gongce::domain::account::Role;
use gongce::http::cleaning_receipt;
use gongce::usecase::demonstration_history::{Extent, Made, fill, start_over};
use gongce::usecase::slots;
use sea_orm::{ConnectionTrait, Database as Connection, QueryResult, Statement};
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::{Database, on_both};

/// A few toilets of each kind over ten days.
const SOME: Extent = Extent { days: 10, every: 9 };

async fn rows(database: &Database, sql: &str) -> Vec<QueryResult> {
    let raw = Connection::connect(&database.url).await.unwrap();
    raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap()
}

async fn texts(database: &Database, sql: &str) -> Vec<String> {
    rows(database, sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn count(database: &Database, from: &str) -> i64 {
    rows(database, &format!("SELECT COUNT(*) FROM {from}")).await[0].try_get_by_index(0).unwrap()
}

/// All that there is of the records, as texts.
async fn records(database: &Database) -> Vec<String> {
    let cleanings = "SELECT id || performed_by || recorded_by || CAST(effective_at AS TEXT) || CAST(received_at AS TEXT) || \
                     presence || flags || COALESCE(CAST(latitude AS TEXT), '') || event || answer FROM cleaning ORDER BY id";
    let outcomes = "SELECT slot_key || state || COALESCE(cleaning_id, '') || COALESCE(person_id, '') || \
                    CAST(revision AS TEXT) FROM slot_outcome ORDER BY slot_key";
    let excuses = "SELECT slot_key || state || asked_by || CAST(asked_at AS TEXT) || COALESCE(decided_by, '') || \
                   COALESCE(note, '') FROM excuse ORDER BY id";
    let custodians = "SELECT CAST(toilet_id AS TEXT) || person_id FROM custodian ORDER BY id";
    let mut all = Vec::new();
    for sql in [cleanings, outcomes, excuses, custodians] {
        all.extend(texts(database, sql).await);
    }
    all
}

on_both! {
    async fn a_history_is_plausible_and_the_same_on_the_same_day(database: Database) {
        let ctx = database.ctx().await;
        let Made { toilets, cleanings } = fill(&ctx, SOME, cleaning_receipt).await.unwrap();
        assert_eq!(toilets, 182);
        assert!(cleanings > 500, "{cleanings}");
        assert_eq!(fill(&ctx, SOME, cleaning_receipt).await.unwrap().toilets, 0, "made once");

        assert_eq!(slots::differences(&ctx.store, &ctx.calendars).await.unwrap(), []);
        assert_eq!(ctx.store.check().await.unwrap(), []);
        for some in [
            "slot_outcome WHERE state = 'doneOnTime'", "slot_outcome WHERE state = 'doneLate'",
            "slot_outcome WHERE state = 'missed'", "slot_outcome WHERE state = 'excused'",
            "slot_outcome WHERE synced_late AND state = 'doneOnTime'", "cleaning WHERE presence = 'E0'",
            "cleaning WHERE presence = 'E1'", "cleaning WHERE presence = 'E2'", "custodian", "exception",
            "excuse WHERE state = 'approved' AND decided_by <> asked_by",
        ] {
            assert!(count(&database, some).await > 0, "{some}");
        }
        assert_eq!(count(&database, "cleaning WHERE received_at > '2026-11-23T08:00:00+00:00'").await, 0);
        let (done, all) = (count(&database, "slot_outcome WHERE state = 'doneOnTime'").await, count(&database, "slot_outcome").await);
        assert!((80..98).contains(&(done * 100 / all)), "{done} of {all}");

        let again = Database::migrated(database.kind).await;
        let ctx = again.ctx().await;
        fill(&ctx, SOME, cleaning_receipt).await.unwrap();
        let (one, other) = (records(&database).await, records(&again).await);
        assert!(one.len() > 1_000 && one == other, "{} and {}", one.len(), other.len());
    }
}

on_both! {
    async fn a_history_that_was_interrupted_is_made_anew(database: Database) {
        let ctx = database.ctx().await;
        let making = std::sync::Arc::clone(&ctx);
        let made = tokio::spawn(async move { fill(&making, SOME, cleaning_receipt).await });
        while count(&database, "cleaning").await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        made.abort();
        assert!(made.await.is_err_and(|error| error.is_cancelled()), "it was not done yet");
        assert_eq!(fill(&ctx, SOME, cleaning_receipt).await.unwrap().toilets, 0, "half of it is left as it is");

        let whole = Database::migrated(database.kind).await;
        let there = whole.ctx().await;
        fill(&there, SOME, cleaning_receipt).await.unwrap();
        assert!(!start_over(&whole.open().await).await.unwrap(), "one that is whole stays");
        let wanted = records(&whole).await;
        assert_ne!(records(&database).await, wanted);

        assert!(start_over(&ctx.store).await.unwrap());
        fill(&ctx, SOME, cleaning_receipt).await.unwrap();
        assert!(records(&database).await == wanted, "the same as if nothing had happened");
        assert_eq!(ctx.store.check().await.unwrap(), []);
    }
}

on_both! {
    async fn what_anybody_wrote_is_never_thrown_away(database: Database) {
        let ctx = database.ctx().await;
        assert!(!start_over(&ctx.store).await.unwrap(), "an empty register");
        fill(&ctx, Extent { days: 0, every: 1 }, cleaning_receipt).await.unwrap();
        let service = Service::around(database.ctx().await).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = service.get("/api/v1/toilets/1", "").await.json_of(200);
        let told = service.patch("/api/v1/toilets/1", &supervisor, &toilet["revision"], json!({"address": "东门"})).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let before = ctx.store.journal_length().await.unwrap();
        assert!(!start_over(&ctx.store).await.unwrap());
        assert_eq!(ctx.store.journal_length().await.unwrap(), before);
    }
}

on_both! {
    async fn the_staff_is_on_shift_by_rosters(database: Database) {
        let ctx = database.ctx().await;
        fill(&ctx, SOME, cleaning_receipt).await.unwrap();
        for some in [
            "roster", "roster_turn", "roster_day WHERE swapped_with IS NOT NULL", "roster_day WHERE shift = 'off'",
        ] {
            assert!(count(&database, some).await > 0, "{some}");
        }
        let service = Service::around(ctx).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let path = "/api/v1/figures/coverage?from=2026-11-16&to=2026-11-22";
        let covered = service.get(path, &supervisor).await.json_of(200);
        let share = |name: &str| covered["total"][name].as_f64().unwrap();
        let rate = share("numerator") / share("denominator");
        // Toilets that are open day and night are kept from six to nine, and only some of all have a history here.
        assert!(rate > 0.01 && rate < 0.95, "{covered}");
        let odd = count(&database, "cleaning WHERE flags LIKE '%offRoster%'").await;
        let all = count(&database, "cleaning").await;
        assert!(odd * 20 < all, "hardly anybody cleans where they do not belong: {odd} of {all}");
    }
}

/// The query that `docs/figures.md` tells people to run, for those days.
fn by_hand(from: &str, to: &str) -> String {
    let text = include_str!("../../docs/figures.md");
    let sql = text.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(sql.lines().count() <= 10, "ten lines");
    let sql = sql.replace("2026-11-01", from).replace("2026-11-30", to);
    assert!(sql.contains(from) && sql.contains(to));
    sql
}

on_both! {
    async fn the_on_time_rate_is_what_a_query_by_hand_finds(database: Database) {
        let ctx = database.ctx().await;
        fill(&ctx, SOME, cleaning_receipt).await.unwrap();
        let service = Service::around(ctx).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        for (from, to) in [("2026-11-01", "2026-11-30"), ("2026-11-15", "2026-11-15"), ("2026-11-23", "2026-11-23")] {
            let found = rows(&database, &by_hand(from, to)).await;
            let number = |column: &str| found[0].try_get::<i64>("", column).unwrap();
            let path = format!("/api/v1/figures/cleaning?from={from}&to={to}");
            let told = service.get(&path, &supervisor).await.json_of(200);
            assert_eq!(told["total"]["numerator"], number("on_time"), "{from} {told}");
            assert_eq!(told["total"]["denominator"], number("due"), "{from} {told}");
            assert!(number("due") > 20);
        }
        let november = "/api/v1/figures/cleaning?from=2026-11-01&to=2026-11-30";
        // However it is cut, it adds up to the same.
        let total = service.get(november, &supervisor).await.json_of(200)["total"]["numerator"].clone();
        for bucket in ["day", "week", "month"] {
            for by in ["all", "toilet", "area", "operator", "person"] {
                let path = format!("{november}&groupBy={by}&bucket={bucket}");
                let told = service.get(&path, &supervisor).await.json_of(200);
                assert_eq!(told["total"]["numerator"], total, "{by} {bucket}");
            }
        }
    }
}

on_both! {
    async fn gaps_and_names_are_told_to_those_whom_they_concern(database: Database) {
        let ctx = database.ctx().await;
        fill(&ctx, SOME, cleaning_receipt).await.unwrap();
        let service = Service::around(ctx).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let inspector = service.sign_in(Role::Inspector, "410308").await;
        let days = "from=2026-11-16&to=2026-11-22";
        let path = format!("/api/v1/figures/cleaning?{days}&groupBy=toilet&longestGap=true");
        let told = service.get(&path, &supervisor).await.json_of(200);
        let gaps: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|item| &item["longestGap"]).collect();
        let minutes = |gap: &Value| gap["minutes"].as_u64().unwrap_or(0);
        assert!(gaps.iter().any(|gap| minutes(gap) > 0 && minutes(gap) < 7 * 24 * 60), "{gaps:?}");
        let longest = gaps.iter().map(|gap| minutes(gap)).max().unwrap();
        let all = service.get(&path.replace("toilet", "all"), &supervisor).await.json_of(200);
        assert_eq!(minutes(&all["items"][0]["longestGap"]), longest, "the longest of all is that of one");
        let table = service.get(&path.replace("cleaning?", "cleaning.csv?"), &supervisor).await;
        assert!(table.text.lines().any(|line| line.ends_with(&format!(",{longest}"))), "{}", table.text);

        let by_person = format!("/api/v1/figures/cleaning?{days}&groupBy=person");
        let named = |told: &Value| {
            told["items"].as_array().unwrap().iter().filter(|item| item["name"].is_string()).count()
        };
        let told = service.get(&by_person, &supervisor).await.json_of(200);
        assert!(named(&told) > 3, "{told}");
        let told = service.get(&by_person, &inspector).await.json_of(200);
        assert_eq!(named(&told), 0, "an inspector is told pseudonyms alone");
        assert!(told["items"].as_array().unwrap().iter().filter(|item| item["of"].is_string()).count() > 3);
    }
}
