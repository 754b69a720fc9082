//! From the transaction to the other side.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use data_encoding::BASE64;
use gongce::domain::subscription::DeliveryState;
use gongce::gateway::outbound::Settings;
use gongce::store::StoreError;
use gongce::usecase::outbox;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::standin::{Reply, Standin};
use super::{Town, later, lenient};
use crate::harness::build::instant;
use crate::harness::make::NOW;
use crate::harness::stores::on_both;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// As whoever gets a webhook checks it, by what the standard says and none of our code.
fn verified(secret: &str, asked: &super::standin::Asked) -> Value {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let (id, sent) = (&asked.headers["webhook-id"], &asked.headers["webhook-timestamp"]);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{sent}.{}", asked.body).as_bytes());
    let expected = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
    assert_eq!(asked.headers["webhook-signature"], expected);
    asked.json()
}

on_both! {
    async fn a_webhook_gets_what_was_committed_and_nothing_else(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let ctx = &town.service.ctx;
        let made = town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        assert!(!made["subscription"].to_string().contains("127.0.0.1"), "the address is not shown again");
        let undone = town.missed(8);
        let failed = ctx.store.write(ctx.author("slots"), move |tx| {
            Box::pin(async move {
                tx.append(vec![undone]).await?;
                Err::<(), _>(StoreError::Refused("on purpose".to_owned()))
            })
        });
        assert!(failed.await.is_err());
        town.write(ctx, vec![town.missed(0), town.missed(1)]).await;
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 1, "one message for both");
        let [asked] = &hook.asked()[..] else { panic!("{:?}", hook.asked()) };
        let told = verified(made["secret"].as_str().unwrap(), asked);
        assert_eq!(asked.headers["webhook-timestamp"], instant(NOW).timestamp().to_string());
        let keys: Vec<_> = told["data"]["items"].as_array().unwrap().iter().map(|item| item["key"].clone()).collect();
        assert_eq!(json!(keys), json!([town.missed(0).key, town.missed(1).key]));
        let item = json!({"topics": ["missed"], "kind": "slot", "key": town.missed(0).key, "action": "miss",
            "at": NOW, "toilet": town.toilet.0, "area": "410308101"});
        assert_eq!(told["data"]["items"][0], item);
        assert_eq!(outbox::send_due(ctx).await.unwrap(), 0, "and that was all");
    }
}

on_both! {
    async fn a_message_is_tried_again_under_the_same_id_and_then_given_up(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        town.miss(&town.service.ctx, 0).await;
        hook.next([Reply::Status(500, ""), Reply::Silence, Reply::Redirect("http://169.254.169.254/latest/meta-data/")]);
        for minutes in [0, 10, 30, 60] {
            let ctx = later(&database, MINUTE * minutes, lenient(&hook)).await;
            assert_eq!(outbox::send_due(&ctx).await.unwrap(), 1, "after {minutes} minutes");
            let trouble = match minutes {
                0 | 30 => json!("refused"),
                10 => json!("unreachable"),
                _ => Value::Null,
            };
            assert_eq!(town.standing().await["trouble"], trouble, "after {minutes} minutes");
        }
        let asked = hook.asked();
        let ids: BTreeSet<_> = asked.iter().map(|asked| &asked.headers["webhook-id"]).collect();
        assert_eq!((asked.len(), ids.len()), (4, 1), "tried until it got there, always as the same message");
        assert!(asked.windows(2).all(|two| two[0].body == two[1].body));

        // What happens meanwhile goes into the next message; what never gets there is given up, and then all of it.
        hook.next(std::iter::repeat_n(Reply::Status(503, ""), 100));
        let start = later(&database, TimeDelta::hours(2), lenient(&hook)).await;
        town.miss(&start, 1).await;
        for hours in [2, 4, 9, 14, 19, 24, 29] {
            let ctx = later(&database, TimeDelta::hours(hours), lenient(&hook)).await;
            town.miss(&ctx, 2).await;
            outbox::send_due(&ctx).await.unwrap();
        }
        let store = &town.service.ctx.store;
        assert_eq!(store.deliveries(DeliveryState::GivenUp).await.unwrap(), 1);
        assert!(town.standing().await["pausedAt"].is_null());
        for hours in [40, 76, 77] {
            outbox::send_due(&later(&database, TimeDelta::hours(hours), lenient(&hook)).await).await.unwrap();
        }
        let paused = town.standing().await;
        assert_eq!((&paused["pausedAt"].is_null(), &paused["trouble"]), (&false, &json!("refused")));
        let before = hook.asked().len();
        let after = later(&database, TimeDelta::hours(100), lenient(&hook)).await;
        town.miss(&after, 3).await;
        assert_eq!(outbox::send_due(&after).await.unwrap(), 0);
        assert_eq!(hook.asked().len(), before, "nothing is sent any more");
    }
}

on_both! {
    async fn a_process_that_ends_before_it_sends_leaves_the_message_to_others(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        let ctx = &town.service.ctx;
        town.miss(ctx, 0).await;
        // It failed once, so that it is there to be claimed; the process that claims it then ends.
        hook.next([Reply::Status(500, "")]);
        outbox::send_due(ctx).await.unwrap();
        let soon = later(&database, MINUTE, lenient(&hook)).await;
        let id = soon.store.due_deliveries(soon.clock.now(), 9).await.unwrap()[0];
        assert!(outbox::claim(&soon, id).await.unwrap());
        assert!(!outbox::claim(&soon, id).await.unwrap(), "one alone has it");
        assert_eq!(outbox::send_due(&soon).await.unwrap(), 0);
        let over = later(&database, MINUTE * 3, lenient(&hook)).await;
        assert_eq!(outbox::send_due(&over).await.unwrap(), 1);
        let ids: Vec<_> = hook.asked().iter().map(|asked| asked.headers["webhook-id"].clone()).collect();
        assert_eq!(ids, vec![id.to_string(); 2]);
    }
}

on_both! {
    async fn processes_that_look_at_once_send_each_message_once(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        for _ in 0..8 {
            town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        }
        town.miss(&town.service.ctx, 0).await;
        let mut looking = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let ctx = later(&database, TimeDelta::seconds(1), lenient(&hook)).await;
            looking.spawn(async move { outbox::send_due(&ctx).await });
        }
        let mut tried = 0;
        while let Some(one) = looking.join_next().await {
            tried += one.unwrap().unwrap();
        }
        let asked = hook.asked();
        let ids: BTreeSet<_> = asked.iter().map(|asked| asked.headers["webhook-id"].clone()).collect();
        assert_eq!((tried, asked.len(), ids.len()), (8, 8, 8));
    }
}

on_both! {
    async fn a_shift_is_one_message_and_the_night_is_quiet(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let quiet = json!({"from": "22:00", "to": "06:30"});
        let key = "693a91f6-7abc-4bc4-97a0-0ec2sifa5aaa";
        town.subscribe(json!({"channel": "wecom", "target": key, "pace": "shift", "quiet": quiet})).await;
        // 16:00 there and on: the shift ends at 20:00, and the one after it in the night.
        for (number, hours) in [0, 1, 2, 3, 5, 7].into_iter().enumerate() {
            let ctx = later(&database, TimeDelta::hours(hours), lenient(&hook)).await;
            town.miss(&ctx, number).await;
            outbox::send_due(&ctx).await.unwrap();
        }
        let asked = hook.asked();
        assert_eq!(asked.len(), 1, "one for the shift: {asked:?}");
        assert_eq!(asked[0].target, format!("/wecom?key={key}"));
        let told = asked[0].json();
        assert_eq!(told["msgtype"], "markdown");
        let text = told["markdown"]["content"].as_str().unwrap();
        assert!(text.contains("漏做 4") && text.contains("长华社区公厕") && text.len() < 4_096, "{text}");
        outbox::send_due(&later(&database, TimeDelta::minutes(14 * 60 + 29), lenient(&hook)).await).await.unwrap();
        assert_eq!(hook.asked().len(), 1, "before 06:30");
        outbox::send_due(&later(&database, TimeDelta::minutes(14 * 60 + 30), lenient(&hook)).await).await.unwrap();
        assert!(hook.asked()[1].body.contains("漏做 2"), "the night's");
    }
}

on_both! {
    async fn robots_are_believed_in_nothing(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        let (token, secret) = ("0123456789abcdef0123456789abcdef", "SEC0123456789abcdef");
        town.subscribe(json!({"channel": "dingtalk", "target": token, "secret": secret})).await;
        town.miss(&town.service.ctx, 0).await;
        hook.next([
            Reply::Status(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#),
            Reply::Truncated,
            Reply::Huge,
            Reply::Status(200, "<html>"),
        ]);
        for (hours, trouble) in [(0, "refused"), (1, "unreachable"), (2, "nonsense"), (4, "nonsense"), (9, "")] {
            let ctx = later(&database, TimeDelta::hours(hours), lenient(&hook)).await;
            assert_eq!(outbox::send_due(&ctx).await.unwrap(), 1, "after {hours} hours");
            assert_eq!(town.standing().await["trouble"].as_str().unwrap_or(""), trouble, "after {hours} hours");
        }
        let query = hook.asked()[0].target.clone();
        let stamp = instant(NOW).timestamp_millis();
        assert!(query.starts_with(&format!("/dingtalk?access_token={token}&timestamp={stamp}&sign=")), "{query}");
        assert_eq!(hook.asked()[0].json()["markdown"]["title"], "漏做 1");
        // It was taken out of its group.
        let gone = later(&database, TimeDelta::hours(10), lenient(&hook)).await;
        town.miss(&gone, 1).await;
        hook.next([Reply::Status(200, r#"{"errcode":300001}"#)]);
        outbox::send_due(&gone).await.unwrap();
        let standing = town.standing().await;
        assert_eq!((&standing["trouble"], standing["pausedAt"].is_null()), (&json!("gone"), false));
    }
}

on_both! {
    async fn nothing_goes_to_this_machine_unless_that_is_allowed(database: Database) {
        let hook = Standin::start().await;
        let town = Town::on(&database, lenient(&hook)).await;
        town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        town.miss(&town.service.ctx, 0).await;
        let strict = later(&database, TimeDelta::zero(), Settings { loopback: false, ..lenient(&hook) }).await;
        outbox::send_due(&strict).await.unwrap();
        assert_eq!(hook.asked().len(), 0, "though it was taken when that was allowed");
        let standing = town.standing().await;
        assert_eq!((&standing["trouble"], standing["pausedAt"].is_null()), (&json!("forbidden"), false));
        // The control.
        town.subscribe(json!({"channel": "webhook", "target": hook.url})).await;
        town.miss(&town.service.ctx, 1).await;
        outbox::send_due(&town.service.ctx).await.unwrap();
        assert_eq!(hook.asked().len(), 1);
    }
}
