//! The register in memory follows the journal, whoever wrote to it.

mod cut;
mod telling;

use std::sync::Arc;
use std::time::Duration;

use gongce::usecase::{demonstration, following, loading};

use gongce::store::Cursor;
use gongce::usecase::Ctx;

use crate::harness::make;
use crate::harness::stores::on_both;

/// Follows the journal until that many toilets are there. On PostgreSQL any transaction in the whole cluster, such as
/// another test's, holds the horizon back for a while.
async fn catch_up_to(ctx: &Arc<Ctx>, mut cursor: Cursor, toilets: usize) -> Cursor {
    for _ in 0..600 {
        cursor = following::catch_up(ctx, cursor).await.unwrap();
        if ctx.finder.snapshot().len() == toilets {
            return cursor;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("only {} of {toilets} toilets were told", ctx.finder.snapshot().len());
}

on_both! {
    async fn what_another_process_writes_is_found_here(database: Database) {
        let (here, there) = (database.ctx().await, database.ctx().await);
        let start = loading::load(&here).await.unwrap();
        assert!(here.finder.is_loaded() && here.finder.snapshot().is_empty());

        assert_eq!(demonstration::fill(&there).await.unwrap(), 182);
        let caught_up = catch_up_to(&here, start, 182).await;

        crate::imports::import(&there, &[make::statement("later")]).await;
        catch_up_to(&here, caught_up, 183).await;
    }
}

on_both! {
    async fn a_follower_never_skips_what_commits_late(database: Database) {
        let (here, there) = (database.ctx().await, database.ctx().await);
        let mut cursor = loading::load(&here).await.unwrap();
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let there = Arc::clone(&there);
                tokio::spawn(async move {
                    for number in 0..10 {
                        crate::imports::import(&there, &[make::statement(&format!("{writer}-{number}"))]).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            cursor = following::catch_up(&here, cursor).await.unwrap();
            writer.await.unwrap();
        }
        catch_up_to(&here, cursor, 80).await;
    }
}

on_both! {
    async fn the_demonstration_is_made_once(database: Database) {
        let ctx = database.ctx().await;
        assert_eq!(demonstration::fill(&ctx).await.unwrap(), 182);
        assert_eq!(demonstration::fill(&ctx).await.unwrap(), 0);
    }
}

on_both! {
    async fn a_register_that_holds_anything_gets_no_synthetic_toilets(database: Database) {
        let ctx = database.ctx().await;
        crate::imports::import(&ctx, &[make::statement("real")]).await;
        assert_eq!(demonstration::fill(&ctx).await.unwrap(), 0);
    }
}
