//! Sending what the outbox holds. What is to be told stands there since the transaction in which it happened
//! ([`Tx::append`](crate::store::Tx::append) is the one place that writes it). Here it is put together, one message of a
//! subscription at a time, claimed in the database before it is sent, and tried again until it got there or is not worth
//! it any more. A process that ends between claim and answer leaves a claim that is over in a minute: the message goes
//! again, under the same id.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::subscriptions::{WECHAT_TEMPLATE, journaled, opened};
use super::wechat::messages;
use super::{Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::event;
use crate::domain::events::Topic;
use crate::domain::id::ToiletId;
use crate::domain::language::{Language, Named};
use crate::domain::policy::{Action, Subject, may};
use crate::domain::subscription::{Channel, Delivery, DeliveryState, Notice, Subscription, Trouble, backoff};
use crate::domain::text::Name;
use crate::domain::webhook::WebhookSecret;
use crate::gateway::outbound::{Destination, Robot, SendError, Signed};
use crate::store::Sealing;

/// How often it is looked whether anything is to be sent.
const EVERY: Duration = Duration::from_secs(1);

/// Messages on their way at a time: one that is slow holds up no other but the last.
const AT_ONCE: u64 = 8;

/// For how long a message is claimed: longer than it may take to send it.
const CLAIM: TimeDelta = TimeDelta::seconds(90);

/// For how long it is remembered what was sent.
const KEEP: TimeDelta = TimeDelta::days(30);

/// How many events a message to people names one by one.
const NAMED: usize = 10;

/// Sends for as long as it is polled. What fails is tried again.
pub async fn keep_sending(ctx: Arc<Ctx>) {
    let mut was_failing = false;
    loop {
        match send_due(&ctx).await {
            Ok(_) => was_failing = false,
            Err(failure) if !was_failing => {
                tracing::warn!(cause = %failure, "messages are not sent; trying again");
                was_failing = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Puts together what may be told by now, and sends what may be sent; answers how many messages this process tried.
///
/// # Errors
/// What the store fails with.
pub async fn send_due(ctx: &Arc<Ctx>) -> Result<usize, Failure> {
    for subscription in ctx.store.ripe_subscriptions(ctx.clock.now()).await? {
        let id = ctx.clock.new_id();
        let gathered = ctx.store.write(ctx.author("outbox"), move |tx| {
            Box::pin(async move { Ok::<_, Failure>(tx.gather(subscription, id).await?) })
        });
        gathered.await?;
    }
    let (mut sending, mut tried) = (JoinSet::new(), 0);
    for id in ctx.store.due_deliveries(ctx.clock.now(), AT_ONCE).await? {
        let ctx = Arc::clone(ctx);
        sending
            .spawn(async move { if claim(&ctx, id).await? { send(&ctx, id).await.map(|()| true) } else { Ok(false) } });
    }
    while let Some(sent) = sending.join_next().await {
        let sent: Result<bool, Failure> = sent.map_err(|panic| Failure::Internal(Box::new(panic)))?;
        tried += usize::from(sent?);
    }
    Ok(tried)
}

/// Claims a message; answers whether this process has it now.
///
/// # Errors
/// What the store fails with.
pub async fn claim(ctx: &Ctx, id: Uuid) -> Result<bool, Failure> {
    let claimed = ctx.store.write(ctx.author("outbox"), move |tx| {
        Box::pin(async move { Ok::<_, Failure>(tx.claim_delivery(id, tx.at() + CLAIM).await?) })
    });
    claimed.await
}

/// Forgets what was sent long ago.
///
/// # Errors
/// What the store fails with.
pub(super) async fn sweep(ctx: &Ctx) -> Result<(), Failure> {
    let swept = ctx.store.write(ctx.author("sweep"), |tx| {
        Box::pin(async move { Ok::<_, Failure>(tx.forget_deliveries(tx.at() - KEEP).await?) })
    });
    swept.await
}

/// What came of a message.
enum Fate {
    Sent,
    Unwanted,
    Failed(Trouble),
    /// It will never get there.
    Hopeless(Trouble),
}

/// Sends a message that this process has claimed, and writes what came of it.
async fn send(ctx: &Ctx, id: Uuid) -> Result<(), Failure> {
    let Some(delivery) = ctx.store.delivery(id).await? else { return Ok(()) };
    let Some((subscription, sealing)) = ctx.store.subscription(delivery.subscription).await? else { return Ok(()) };
    let fate = match try_to_send(ctx, &delivery, &subscription, &sealing).await {
        Ok(fate) => fate,
        Err(Failure::WechatNotConfigured) => Fate::Failed(Trouble::NotConfigured),
        Err(Failure::WechatUnavailable { .. } | Failure::TooMany { .. }) => Fate::Failed(Trouble::Unreachable),
        Err(failure @ Failure::Unavailable { .. }) => return Err(failure),
        Err(failure) => {
            tracing::warn!(cause = %failure, subscription = %subscription.id, "a message cannot be made");
            Fate::Failed(Trouble::NotConfigured)
        }
    };
    settle(ctx, &delivery, &subscription, fate).await
}

async fn try_to_send(
    ctx: &Ctx,
    delivery: &Delivery,
    subscription: &Subscription,
    sealing: &Sealing,
) -> Result<Fate, Failure> {
    // Whoever lost their role is told nothing more, wherever they had it sent.
    let owner = Actor { person: subscription.person, grants: ctx.store.grants(subscription.person).await? };
    let about = Subject { path: &subscription.path, operator: subscription.reach.operator, person: None };
    if !may(&owner, Action::Subscribe, about) {
        return Ok(Fate::Hopeless(Trouble::NotAllowed));
    }
    let (target, secret) = opened(ctx, subscription.id, sealing)?;
    let (target, now) = (target.unwrap_or_default(), ctx.clock.now());
    let sent = match subscription.channel {
        Channel::Webhook => {
            let to = Destination::parse(&target, ctx.outbound.settings().loopback);
            let secret = secret.as_deref().and_then(WebhookSecret::of_bytes);
            let (Ok(to), Some(secret)) = (to, secret) else { return Ok(Fate::Hopeless(Trouble::Forbidden)) };
            let (id, body) = (delivery.id.to_string(), payload(delivery).to_string());
            ctx.outbound.send_webhook(&to, Signed { id: &id, at: now, body: &body, secret: &secret }).await
        }
        Channel::Wecom | Channel::Dingtalk => {
            let robot = if subscription.channel == Channel::Wecom {
                Robot::Wecom(target)
            } else {
                Robot::Dingtalk(target, secret.map(|secret| String::from_utf8_lossy(&secret).into_owned()))
            };
            let names = names(ctx, &delivery.notices).await?;
            let (title, text) = (title(&delivery.notices), text(&names, subscription, &delivery.notices));
            ctx.outbound.send_robot(&robot, now, &title, &text).await
        }
        Channel::Wechat => {
            let values = wechat_values(ctx, subscription, delivery);
            return Ok(match messages::send(ctx, subscription.person, WECHAT_TEMPLATE, "", values).await? {
                messages::Sent::Yes => Fate::Sent,
                messages::Sent::Unwanted => Fate::Unwanted,
            });
        }
    };
    Ok(match sent {
        Ok(()) => Fate::Sent,
        Err(error @ SendError::Gone) => Fate::Hopeless(error.trouble()),
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, subscription = %subscription.id, "not sent");
            Fate::Failed(error.trouble())
        }
    })
}

/// Writes what came of a message: that it got there, when it is tried again, or that it is given up; and that its
/// subscription is paused, where none has got there for long.
async fn settle(ctx: &Ctx, delivery: &Delivery, subscription: &Subscription, fate: Fate) -> Result<(), Failure> {
    let [chance] = ctx.clock.random()?;
    let (now, settings) = (ctx.clock.now(), ctx.outbound.settings());
    let next = now + backoff(delivery.attempts, chance);
    let (state, trouble, hopeless) = match fate {
        Fate::Sent => (DeliveryState::Sent, None, false),
        Fate::Unwanted => (DeliveryState::Unwanted, subscription.trouble, false),
        Fate::Failed(trouble) if next - delivery.made_at > settings.give_up => {
            (DeliveryState::GivenUp, Some(trouble), false)
        }
        Fate::Failed(trouble) => (DeliveryState::Waiting, Some(trouble), false),
        Fate::Hopeless(trouble) => (DeliveryState::GivenUp, Some(trouble), true),
    };
    let failing_since = trouble.map(|_| subscription.failing_since.unwrap_or(now));
    let pauses = hopeless || failing_since.is_some_and(|since| now - since >= settings.pause);
    if state == DeliveryState::GivenUp || pauses {
        let (id, trouble) = (subscription.id, trouble.map(Trouble::as_str));
        tracing::warn!(subscription = %id, trouble, pauses, "a message is given up");
    }
    let (id, of) = (delivery.id, subscription.id);
    let written = ctx.store.write(ctx.author("outbox"), move |tx| {
        Box::pin(async move {
            tx.settle_delivery(id, state, next).await?;
            tx.mark_subscription(of, failing_since, pauses.then_some(now), trouble).await?;
            if pauses {
                tx.give_up_deliveries(of).await?;
                tx.append(vec![journaled(of, event::Action::Retire)]).await?;
            }
            Ok::<_, Failure>(())
        })
    });
    written.await
}

/// What a webhook gets: the same however often it is sent.
fn payload(delivery: &Delivery) -> Value {
    let item = |notice: &Notice| {
        let mut item = json!({
            "topics": notice.topics,
            "kind": notice.kind,
            "key": notice.key,
            "action": notice.action,
            "at": written(notice.at),
        });
        if let Some(toilet) = notice.toilet {
            item["toilet"] = toilet.0.into();
        }
        if let Some(area) = &notice.area {
            item["area"] = area.as_str().into();
        }
        item
    };
    let items: Vec<_> = delivery.notices.iter().map(item).collect();
    json!({
        "type": "events",
        "timestamp": written(delivery.made_at),
        "data": {"subscription": delivery.subscription, "items": items},
    })
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// How many of which, in the order of the topics: `漏保 3，停用 1`.
fn title(notices: &[Notice]) -> String {
    let count = |topic: Topic| notices.iter().filter(|notice| notice.topics.contains(&topic)).count();
    let counted = Topic::ALL.iter().map(|topic| (topic.name(Language::Chinese), count(*topic)));
    counted
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect::<Vec<_>>()
        .join("，")
}

/// The names of the toilets that are named one by one.
async fn names(ctx: &Ctx, notices: &[Notice]) -> Result<HashMap<ToiletId, Name>, Failure> {
    let mut ids: Vec<_> = notices.iter().take(NAMED).filter_map(|notice| notice.toilet).collect();
    ids.sort_unstable();
    ids.dedup();
    let toilets = ctx.store.toilets(&ids).await?;
    Ok(toilets.into_iter().map(|toilet| (toilet.id, toilet.fact.name)).collect())
}

/// What a group reads: how many of which, and the first of them one by one.
fn text(names: &HashMap<ToiletId, Name>, subscription: &Subscription, notices: &[Notice]) -> String {
    let mut text = format!("**公厕：{}**", title(notices));
    for notice in notices.iter().take(NAMED) {
        let what: Vec<_> = notice.topics.iter().map(|topic| topic.name(Language::Chinese)).collect();
        let at = notice.at.with_timezone(&subscription.rhythm.zone).format("%m-%d %H:%M");
        // Writing to a string cannot fail.
        let _ = write!(text, "\n> {at} {} ", what.join("、"));
        let name = notice.toilet.and_then(|id| names.get(&id));
        text.push_str(name.map_or(notice.key.as_str(), Name::as_str));
    }
    if notices.len() > NAMED {
        let _ = write!(text, "\n> 另有 {} 条", notices.len() - NAMED);
    }
    text
}

/// The keywords that the template `events` must have: `docs/events.md` says which.
fn wechat_values(ctx: &Ctx, subscription: &Subscription, delivery: &Delivery) -> Vec<(String, String)> {
    let area = subscription.reach.area.as_ref().and_then(|code| super::areas::get(ctx, code).ok());
    // WeChat takes twenty characters of a thing.
    let short = |text: &str| text.chars().take(20).collect::<String>();
    let at = delivery.made_at.with_timezone(&subscription.rhythm.zone).format("%Y-%m-%d %H:%M").to_string();
    vec![
        ("thing1".to_owned(), short(area.as_ref().map_or("全部区域", |area| area.fact.name.as_str()))),
        ("thing2".to_owned(), short(&title(&delivery.notices))),
        ("number3".to_owned(), delivery.notices.len().to_string()),
        ("time4".to_owned(), at),
    ]
}
