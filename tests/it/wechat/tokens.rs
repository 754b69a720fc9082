//! The access token that all processes share.

use std::sync::Arc;

use chrono::TimeDelta;
use gongce::domain::wechat::Scene;
use gongce::store::StoreError;
use gongce::usecase::wechat::checks;
use gongce::usecase::{Ctx, Failure};
use uuid::Uuid;

use super::standin::{Reply, Standin, TEXT_CHECK, TOKEN};
use super::{APP, Service, moment, rows, service};
use crate::harness::stores::on_both;

/// Makes a call that takes a token, as somebody who signed in.
async fn call(app: &Service, person: gongce::domain::account::PersonId) -> Result<(), Failure> {
    checks::text(&app.ctx, person, Scene::Comment, "公厕很干净").await.map(drop)
}

on_both! {
    async fn processes_that_ask_at_once_fetch_one(database: Database) {
        let wechat = Standin::start().await;
        let (_, person) = service(&database, 0, &wechat).await.signed_in("li").await;
        // Two processes, four requests in each.
        let all = [service(&database, 0, &wechat).await, service(&database, 0, &wechat).await].map(Arc::new);
        let tries: Vec<_> = (0..8).map(|number| {
            let app = Arc::clone(&all[number % 2]);
            tokio::spawn(async move { call(&app, person).await })
        }).collect();
        for one in tries {
            one.await.unwrap().unwrap();
        }
        assert_eq!(wechat.asked(TOKEN).len(), 1);
        assert_eq!(wechat.asked(TEXT_CHECK).len(), 8);
        let body = &wechat.asked(TOKEN)[0].body;
        assert_eq!((body["force_refresh"].clone(), body["grant_type"].clone()), (false.into(), "client_credential".into()));

        // The control: what they share is the database.
        let other = Database::migrated(database.kind).await;
        let app = service(&other, 0, &wechat).await;
        let (_, person) = app.signed_in("wang").await;
        call(&app, person).await.unwrap();
        assert_eq!(wechat.asked(TOKEN).len(), 2);
        let kept = rows(&database, "wechat_token", &["app_id", "sealed", "lease"]).await;
        assert!(kept.len() == 1 && kept[0][2].is_empty() && !kept[0][1].contains("canary"), "{kept:?}");
    }
}

on_both! {
    async fn it_is_renewed_five_minutes_early(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (_, person) = app.signed_in("li").await;
        for (seconds, fetched) in [(0, 1), (6899, 1), (6900, 2), (6900 + 6899, 2), (6900 + 7200, 3)] {
            call(&service(&database, seconds, &wechat).await, person).await.unwrap();
            assert_eq!(wechat.asked(TOKEN).len(), fetched, "after {seconds} s");
        }
        wechat.next(TOKEN, Reply::Json(r#"{"access_token": "canary-access-token-0", "expires_in": 99999999999}"#.to_owned()));
        call(&service(&database, 30_000, &wechat).await, person).await.unwrap();
        call(&service(&database, 30_000 + 6900, &wechat).await, person).await.unwrap();
        assert_eq!(wechat.asked(TOKEN).len(), 5, "a lie about its time is not believed");
    }
}

on_both! {
    async fn one_that_is_revoked_is_dropped_once(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (_, person) = app.signed_in("li").await;
        call(&app, person).await.unwrap();
        wechat.revoke_tokens();
        call(&app, person).await.unwrap();
        assert_eq!((wechat.asked(TOKEN).len(), wechat.asked(TEXT_CHECK).len()), (2, 3));
        for code in [40001, 40014, 42001] {
            wechat.next(TEXT_CHECK, Reply::code(code));
            let fetched = wechat.asked(TOKEN).len();
            call(&app, person).await.unwrap();
            assert_eq!(wechat.asked(TOKEN).len(), fetched + 1, "{code}");
        }
        // For ever revoked: tried once more, and no oftener.
        wechat.always(TEXT_CHECK, Reply::code(40001));
        let (fetched, called) = (wechat.asked(TOKEN).len(), wechat.asked(TEXT_CHECK).len());
        assert!(matches!(call(&app, person).await, Err(Failure::WechatUnavailable { .. })));
        assert_eq!((wechat.asked(TOKEN).len() - fetched, wechat.asked(TEXT_CHECK).len() - called), (1, 2));
        assert!(wechat.asked(TOKEN).iter().all(|asked| asked.body["force_refresh"] == false));
    }
}

async fn lease(ctx: &Ctx) -> bool {
    let until = ctx.clock.now() + TimeDelta::seconds(65);
    let taken = ctx.store.write(ctx.author("test"), move |tx| {
        Box::pin(async move { tx.lease_wechat_token(APP, Uuid::from_u128(7), until).await })
    });
    taken.await.map_err(|error: StoreError| error).unwrap()
}

on_both! {
    async fn a_flight_that_is_lost_holds_nobody_up_for_ever(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (_, person) = app.signed_in("li").await;
        assert!(lease(&app.ctx).await && !lease(&app.ctx).await);
        // The control: while it may still come, it is waited for and no other begun.
        assert!(matches!(call(&app, person).await, Err(Failure::WechatUnavailable { .. })));
        assert!(wechat.asked(TOKEN).is_empty());
        call(&service(&database, 65, &wechat).await, person).await.unwrap();
        assert_eq!(wechat.asked(TOKEN).len(), 1);

        // In its last minutes the one before counts while another is fetched.
        let late = service(&database, 65 + 7000, &wechat).await;
        assert!(lease(&late.ctx).await);
        call(&late, person).await.unwrap();
        assert_eq!(wechat.asked(TOKEN).len(), 1);
        assert!(late.ctx.store.wechat_token(APP).await.unwrap().unwrap().expires_at > moment(65 + 7000));
    }
}

on_both! {
    async fn a_token_that_does_not_come_is_asked_for_again_next_time(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (_, person) = app.signed_in("li").await;
        for bad in [Reply::Cut, Reply::Json("{}".to_owned()), Reply::code(40125), Reply::Json(r#"{"access_token": "a b"}"#.to_owned())] {
            wechat.next(TOKEN, bad.clone());
            assert!(matches!(call(&app, person).await, Err(Failure::WechatUnavailable { .. })), "{bad:?}");
        }
        assert!(wechat.asked(TEXT_CHECK).is_empty());
        call(&app, person).await.unwrap();
    }
}
