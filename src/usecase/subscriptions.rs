//! What people want to be told: asked for, looked at, taken back.

use chrono::SubsecRound;
use uuid::Uuid;

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::staff::entry;
use super::{By, Ctx, Failure, areas};
use crate::domain::Violation;
use crate::domain::account::{Actor, PersonId, Reach};
use crate::domain::area::AreaCode;
use crate::domain::event::{self, NewEntry, RecordKind, field_names};
use crate::domain::events::Topic;
use crate::domain::id::OperatorId;
use crate::domain::policy::{Action, Subject};
use crate::domain::seal::{Sealed, Slot};
use crate::domain::subscription::{Channel, Rhythm, Subscription};
use crate::domain::webhook::WebhookSecret;
use crate::gateway::outbound::{Destination, Robot};
use crate::store::Sealing;

/// So many a person may have.
const MOST: u64 = 20;

/// The template of WeChat's messages that tell of events.
pub(super) const WECHAT_TEMPLATE: &str = "events";

const TARGET: &str = "subscription.target";
const SECRET: &str = "subscription.secret";

/// A wish to be told.
#[derive(Debug)]
pub struct NewSubscription {
    /// By which way.
    pub channel: Channel,
    /// The code of the area, of today or older; absent is everywhere.
    pub area: Option<AreaCode>,
    /// Only of what this body runs.
    pub operator: Option<OperatorId>,
    /// Of which topics; all [news](Topic::is_news) if empty.
    pub topics: Vec<Topic>,
    /// When.
    pub rhythm: Rhythm,
    /// Where to: the address of a webhook, or the key of a robot.
    pub target: Option<String>,
    /// The secret with which a robot takes signed messages.
    pub secret: Option<String>,
}

/// Asks for messages; `tell` writes the answer about it with the secret that a webhook shares, which is told again to the
/// same request alone.
///
/// # Errors
/// [`Failure::Invalid`]; [`Failure::Refused`] and [`Failure::NotFound`] as the caller's scope says;
/// [`Failure::WechatNotConfigured`], [`Failure::KeyReused`], and [`Failure::Conflict`] where there are too many.
pub async fn create(
    ctx: &Ctx,
    by: By,
    new: NewSubscription,
    once: Option<Once>,
    tell: impl FnOnce(&Subscription, Option<&WebhookSecret>) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let once = once.map(|once| once.telling_a_secret(ctx)).transpose()?;
    scope(&by.actor, Action::Subscribe)?;
    let area = new.area.as_ref().map(|code| areas::get(ctx, code)).transpose()?;
    let path = area.as_ref().map(|area| area.path.clone()).unwrap_or_default();
    require(&by.actor, Action::Subscribe, Subject { path: &path, operator: new.operator, person: None })?;
    if let Some(operator) = new.operator
        && !ctx.store.has_operator(operator).await?
    {
        return Err(Violation::new("operator", "unknownOperator", format!("there is no body {operator}")).into());
    }
    let id = ctx.clock.new_id();
    let shared = (new.channel == Channel::Webhook).then(|| ctx.clock.random().map(WebhookSecret::new)).transpose()?;
    let sealing = sealing(ctx, id, &new, shared.as_ref())?;
    let all = || Topic::ALL.iter().copied().filter(|topic| topic.is_news()).collect();
    let mut topics = if new.topics.is_empty() { all() } else { new.topics };
    topics.sort_unstable();
    topics.dedup();
    let subscription = Subscription {
        id,
        person: by.actor.person,
        channel: new.channel,
        reach: Reach { area: path.last().cloned(), operator: new.operator },
        path,
        topics,
        rhythm: new.rhythm,
        made_at: ctx.clock.now().trunc_subsecs(0),
        failing_since: None,
        paused_at: None,
        trouble: None,
    };
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            if tx.count_subscriptions(subscription.person).await? >= MOST {
                return Err(Failure::Conflict(format!("a person has {MOST} subscriptions at most: take one back")));
            }
            tx.create_subscription(&subscription, area.map(|area| area.id), &sealing).await?;
            tx.append(vec![journaled(subscription.id, event::Action::Create)]).await?;
            let answer = tell(&subscription, shared.as_ref());
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// What is sealed of a new subscription, read as its channel wants it.
fn sealing(ctx: &Ctx, id: Uuid, new: &NewSubscription, shared: Option<&WebhookSecret>) -> Result<Sealing, Failure> {
    let row = id.to_string();
    let seal = |column, plain: &[u8]| ctx.seal(Slot { column, row: &row }, plain);
    let target = || {
        let missing = || Violation::new("target", "missing", "is required for this channel");
        new.target.as_deref().ok_or_else(missing)
    };
    let none = |field: &str, given: bool| {
        if given { Err(Violation::new(field, "unwanted", "is not taken by this channel")) } else { Ok(()) }
    };
    let of_field = |violation: Violation| Violation { field: "target".to_owned(), ..violation };
    match new.channel {
        Channel::Webhook => {
            none("secret", new.secret.is_some())?;
            let target = target()?;
            Destination::parse(target, ctx.outbound.settings().loopback).map_err(of_field)?;
            let secret = shared.map(|secret| seal(SECRET, secret.as_bytes())).transpose()?;
            Ok(Sealing { target: Some(seal(TARGET, target.as_bytes())?), secret })
        }
        Channel::Wecom | Channel::Dingtalk => {
            none("secret", new.secret.is_some() && new.channel == Channel::Wecom)?;
            let key = Robot::key("target", target()?)?;
            let secret = new.secret.as_deref().map(|secret| Robot::key("secret", secret)).transpose()?;
            let secret = secret.map(|secret| seal(SECRET, secret.as_bytes())).transpose()?;
            Ok(Sealing { target: Some(seal(TARGET, key.as_bytes())?), secret })
        }
        Channel::Wechat => {
            none("target", new.target.is_some())?;
            none("secret", new.secret.is_some())?;
            let templates = ctx.wechat.as_ref().ok_or(Failure::WechatNotConfigured)?.templates();
            templates.named(WECHAT_TEMPLATE).ok_or(Failure::WechatNotConfigured)?;
            Ok(Sealing::default())
        }
    }
}

/// Where messages of a subscription go and what is shared with the other side, opened.
pub(super) fn opened(ctx: &Ctx, id: Uuid, sealing: &Sealing) -> Result<(Option<String>, Option<Vec<u8>>), Failure> {
    let row = id.to_string();
    let open = |column, sealed: &Option<Sealed>| {
        sealed.as_ref().map(|sealed| ctx.keys.open(Slot { column, row: &row }, sealed)).transpose()
    };
    let target = open(TARGET, &sealing.target)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok((target, open(SECRET, &sealing.secret)?))
}

/// The subscriptions within the caller's scope, whoever's they are: whoever answers for an area sees where its news go.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Subscription>, Failure> {
    let scope = scope(actor, Action::Subscribe)?;
    let mut all = ctx.store.subscriptions().await?;
    all.retain(|one| one.person == actor.person || scope.covers(&one.path, one.reach.operator));
    Ok(all)
}

/// The subscription of that id, within the caller's scope.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: Uuid) -> Result<Subscription, Failure> {
    list(ctx, actor).await?.into_iter().find(|one| one.id == id).ok_or(Failure::NotFound)
}

/// Pauses a subscription, so that nothing more is sent or kept for it, or has it go on from now; answers how it stands.
/// What it was said to be failing with is forgotten.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn set_paused(ctx: &Ctx, by: By, id: Uuid, paused: bool) -> Result<Subscription, Failure> {
    let mut found = get(ctx, &by.actor, id).await?;
    if found.paused_at.is_some() == paused {
        return Ok(found);
    }
    found.paused_at = paused.then(|| ctx.clock.now().trunc_subsecs(0));
    (found.failing_since, found.trouble) = (None, None);
    let paused_at = found.paused_at;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            tx.mark_subscription(id, None, paused_at, None).await?;
            if paused_at.is_some() {
                tx.give_up_deliveries(id).await?;
            }
            let action = if paused { event::Action::Retire } else { event::Action::Restore };
            Ok::<_, Failure>(tx.append(vec![journaled(id, action)]).await?)
        })
    });
    written.await?;
    Ok(found)
}

/// Takes a subscription back, with what it was still to tell.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn delete(ctx: &Ctx, by: By, id: Uuid) -> Result<(), Failure> {
    get(ctx, &by.actor, id).await?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if !tx.delete_subscription(id).await? {
                return Err(Failure::NotFound);
            }
            Ok(tx.append(vec![journaled(id, event::Action::Delete)]).await?)
        })
    });
    written.await
}

/// Removes all subscriptions of a person; answers what the journal is to tell of that.
pub(super) async fn forget(tx: &crate::store::Tx, person: PersonId) -> Result<Vec<NewEntry>, Failure> {
    let gone = tx.delete_subscriptions(person).await?;
    Ok(gone.into_iter().map(|id| journaled(id, event::Action::Delete)).collect())
}

/// It is somebody's, so that the journal tells the names of its fields alone.
pub(super) fn journaled(id: impl std::fmt::Display, action: event::Action) -> NewEntry {
    entry(RecordKind::Subscription, id, action, field_names(&["channel", "area", "topics", "target"]))
}
