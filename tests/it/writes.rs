//! Writes: each whole or not at all, acknowledged after the commit, many of them in one.

use gongce::domain::event::{Action, Changes, NewEntry, RecordKind};
use gongce::domain::operator::OperatorKind;
use gongce::domain::text::Name;
use gongce::store::{Store, StoreError};
use gongce::usecase::Ctx;

use crate::harness::stores::on_both;

/// An entry of a kind of which nothing is replayed.
fn entry(key: &str) -> NewEntry {
    NewEntry {
        kind: RecordKind::Source,
        key: key.to_owned(),
        version: 1,
        action: Action::Create,
        changes: Changes::new(),
    }
}

/// Writes an operator and its journal entry, and then fails if it is told to.
async fn write(ctx: &Ctx, name: String, fails: bool) -> Result<(), StoreError> {
    ctx.store.write(ctx.author("test"), move |tx| Box::pin(write_in(tx, name, fails))).await
}

async fn write_in(tx: &gongce::store::Tx, name: String, fails: bool) -> Result<(), StoreError> {
    tx.put_operator(&Name::new(&name).unwrap(), OperatorKind::Other).await?;
    tx.append(vec![entry(&name)]).await?;
    if fails { Err(StoreError::Refused("on purpose".to_owned())) } else { Ok(()) }
}

on_both! {
    async fn a_failing_write_takes_nothing_of_its_neighbours_with_it(database: Database) {
        let ctx = database.ctx().await;
        let all: Vec<_> = (0..200)
            .map(|number| {
                let ctx = std::sync::Arc::clone(&ctx);
                tokio::spawn(async move { write(&ctx, format!("body {number}"), number % 7 == 0).await.is_ok() })
            })
            .collect();
        let mut kept = 0;
        for one in all {
            kept += u64::from(one.await.unwrap());
        }
        assert_eq!(kept, 171, "200 writes less the 29 that fail");
        assert_eq!(ctx.store.journal_length().await.unwrap(), 2 * kept, "the body's own entry, and ours");
        let other = database.open().await;
        assert_eq!(other.journal_length().await.unwrap(), 2 * kept, "and another process sees the same");
    }
}

on_both! {
    async fn a_caller_that_goes_away_does_not_undo_its_write(database: Database) {
        let ctx = database.ctx().await;
        let gone = std::sync::Arc::clone(&ctx);
        let caller = tokio::spawn(async move { write(&gone, "left alone".to_owned(), false).await });
        tokio::task::yield_now().await;
        caller.abort();
        drop(caller.await);
        // Whether the write had begun is a matter of luck; what must never be is half of one.
        write(&ctx, "after".to_owned(), false).await.unwrap();
        let entries = ctx.store.journal_length().await.unwrap();
        assert!(entries == 2 || entries == 4, "{entries}");
    }
}

on_both! {
    async fn the_same_code_twice_is_a_named_conflict(database: Database) {
        let ctx = database.ctx().await;
        let area = gongce::demo::county().unwrap().areas.into_iter().next().unwrap();
        for expected in [true, false] {
            let area = area.clone();
            let done = ctx.store.write(ctx.author("test"), move |tx| Box::pin(make_area(tx, area))).await;
            assert_eq!(done.is_ok(), expected);
            if let Err(error) = done {
                assert!(matches!(error, StoreError::Conflict { constraint: "uq_area_code" }), "{error:?}");
            }
        }
    }
}

async fn make_area(tx: &gongce::store::Tx, area: gongce::domain::area::NewArea) -> Result<(), StoreError> {
    crate::harness::make::area(tx, &area).await.map(drop)
}

#[tokio::test]
async fn commands_write_beside_a_server() {
    let database = crate::harness::stores::Database::migrated(crate::harness::stores::Kind::Sqlite).await;
    let (server, command) = (database.ctx().await, database.ctx().await);
    let _lock = server.store.lock_server().unwrap();
    let both = [server, command].map(|ctx| {
        tokio::spawn(async move {
            for number in 0..50 {
                write(&ctx, format!("body {number}"), false).await.unwrap();
            }
        })
    });
    for one in both {
        one.await.unwrap();
    }
    let store: Store = database.open().await;
    assert_eq!(store.journal_length().await.unwrap(), 150, "50 bodies, each made once and named twice");
}
