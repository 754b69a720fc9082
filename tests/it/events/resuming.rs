//! Going on after having been away: nothing is left out, nothing told twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::domain::event::{Action, Wanted};
use gongce::http::Limits;
use gongce::store::StoreError;
use tokio::sync::oneshot;

use super::{Live, author, slot, slot_entry, write};
use crate::coverage::register;
use crate::harness::stores::{Database, Kind, on_both};

const WRITERS: usize = 8;
const EACH: usize = 10;

on_both! {
    async fn whoever_is_cut_off_goes_on_where_they_stopped_on_any_process(database: Database) {
        let live = Live::on(&database, Limits::default()).await;
        let toilet = register(live.ctx(), "公厕", "410308101").await;
        let token = live.service.sign_in(Role::Supervisor, "410308101").await;
        let mut last = live.stream("/api/v1/events", &token, "").await.block().await.unwrap().id;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let ctx = Arc::clone(live.ctx());
                tokio::spawn(async move {
                    for number in 0..EACH {
                        write(&ctx, vec![slot_entry(&slot(toilet, writer * EACH + number), Action::Miss)]).await;
                    }
                })
            })
            .collect();
        let mut told = Vec::new();
        while told.len() < WRITERS * EACH {
            // Sometimes here, sometimes on a process that has just begun and reads the journal for it.
            let beside = if told.len() % 2 == 0 { None } else { Some(Live::beside(&database).await) };
            let mut reader = beside.as_ref().unwrap_or(&live).stream("/api/v1/events?topic=missed", &token, &last).await;
            for _ in 0..7.min(WRITERS * EACH - told.len()) {
                let event = reader.event().await;
                told.push(event.data["key"].as_str().unwrap().to_owned());
                last = event.id;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let expected: BTreeSet<_> = (0..WRITERS * EACH).map(|number| slot(toilet, number)).collect();
        assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), expected, "each, and each once: {told:?}");
    }
}

/// On PostgreSQL an entry may become visible after another with a higher number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_commits_late_is_told_to_whoever_saw_a_higher_number() {
    let database = Database::migrated(Kind::Postgres).await;
    let live = Live::on(&database, Limits::default()).await;
    let toilet = register(live.ctx(), "公厕", "410308101").await;
    let token = live.service.sign_in(Role::Supervisor, "410308101").await;
    let mut reader = live.stream("/api/v1/events?topic=missed", &token, "").await;
    let (late, quick) = (slot(toilet, 0), slot(toilet, 1));
    let (appended, is_appended) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let (ctx, entry) = (Arc::clone(live.ctx()), slot_entry(&late, Action::Miss));
    let slow = tokio::spawn(async move {
        let written = ctx.store.write(author(&ctx), move |tx| {
            Box::pin(async move {
                tx.append(vec![entry]).await?;
                appended.send(()).unwrap();
                drop(may_go.await);
                Ok::<_, StoreError>(())
            })
        });
        written.await.unwrap();
    });
    is_appended.await.unwrap();
    write(live.ctx(), vec![slot_entry(&quick, Action::Miss)]).await;
    // The control: by its number the later one is there, and the earlier one is not.
    let newest = live.ctx().store.trail(&Wanted::default(), None, 1).await.unwrap();
    assert_eq!(newest[0].key, quick);
    go.send(()).unwrap();
    slow.await.unwrap();
    let by_number = live.ctx().store.trail(&Wanted::default(), None, 2).await.unwrap();
    assert_eq!(by_number[1].key, late, "whoever went by numbers would have passed it over");
    let told = [reader.told().await.0, reader.told().await.0];
    assert_eq!(told, [late, quick], "both are told, in an order that stays");
}

on_both! {
    async fn whoever_is_too_far_behind_is_told_to_load_anew(database: Database) {
        let live = Live::on(&database, Limits::default()).await;
        let toilet = register(live.ctx(), "公厕", "410308101").await;
        let token = live.service.sign_in(Role::Supervisor, "410308101").await;
        let entries = |from: usize, to: usize| (from..to).map(|number| slot_entry(&slot(toilet, number), Action::Overdue)).collect();
        let before = live.stream("/api/v1/events", &token, "").await.block().await.unwrap().id;
        write(live.ctx(), entries(0, 4_000)).await;
        let beside = Live::beside(&database).await;
        let mut near = beside.stream("/api/v1/events?topic=overdue", &token, &before).await;
        assert_eq!(near.told().await.0, slot(toilet, 0), "4,000 are told again");
        write(live.ctx(), entries(4_000, 8_000)).await;
        let beside = Live::beside(&database).await;
        for lost in [before.as_str(), "9223372036854775807-9", "nonsense"] {
            let mut reader = beside.stream("/api/v1/events?topic=missed", &token, lost).await;
            let reset = reader.event().await;
            assert_eq!(reset.name, "reset", "{lost}");
            let now = slot_entry(&slot(toilet, 9_000), Action::Miss);
            write(live.ctx(), vec![now]).await;
            assert_eq!(reader.told().await.0, slot(toilet, 9_000), "and it goes on from there");
        }
    }
}
