//! Sending a suggestion: by whoever has a session, and by anybody else; few in a day.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};

use super::journaled;
use crate::domain::Violation;
use crate::domain::account::{Actor, PersonId};
use crate::domain::draft::Fields;
use crate::domain::event;
use crate::domain::id::AreaId;
use crate::domain::suggestion::{A_DAY, NewSuggestion, Proposal, Suggestion};
use crate::domain::text::Remark;
use crate::domain::toilet::Lifecycle;
use crate::domain::wechat::{CheckState, Scene};
use crate::store::{Author, Tx};
use crate::usecase::ctx::Home;
use crate::usecase::once::{KeptAnswer, Once};
use crate::usecase::registering::{self, blank};
use crate::usecase::sessions::{Origin, nobody};
use crate::usecase::wechat::checks;
use crate::usecase::{By, Ctx, Failure, placing};

/// What hashes of addresses, and of persons, are counted under. The keys of the service go into them.
const COUNTED: &str = "suggestion.sender";

/// What the requests of visitors are known by.
const ASKED: &str = "suggestion.request";

/// Counters of days that are over so long are cleared away.
const LONG_OVER: TimeDelta = TimeDelta::days(1);

/// WeChat takes so many characters of a text at once, and some more.
const CHECKED_AT_ONCE: usize = 2_000;

/// Who sends a suggestion.
#[derive(Debug, Clone)]
pub enum Sender {
    /// Somebody with a session.
    Person(By),
    /// Anybody else, by the address from which they come.
    Visitor(Origin),
}

impl Sender {
    fn author(&self, ctx: &Ctx) -> Author {
        match self {
            Self::Person(by) => by.author(ctx),
            Self::Visitor(origin) => Author { actor: nobody(origin), at: ctx.clock.now() },
        }
    }

    fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(by) => Some(by.actor.person),
            Self::Visitor(_) => None,
        }
    }

    /// What they are known by for a day, which is kept nowhere as it is: the person, or the address.
    fn name(&self, today: Today) -> String {
        match self {
            Self::Person(by) => format!("{} person {}", today.day, by.actor.person),
            Self::Visitor(origin) => format!("{} address {}", today.day, origin.address),
        }
    }

    /// The key that they gave their request; `asked` tells it from others. A visitor's counts for the day, and hides the
    /// address from which it came.
    #[must_use]
    pub fn once(&self, ctx: &Ctx, key: &str, asked: &[&str]) -> Once {
        match self {
            Self::Person(by) => Once::new(by.actor.person, key, asked),
            Self::Visitor(_) => {
                let name = format!("{} {key}", self.name(Today::of(ctx)));
                let name: String = hashed(ctx, ASKED, &name).chars().take(32).collect();
                Once::of(name, key, asked)
            }
        }
    }
}

/// A day where the service is at home.
#[derive(Debug, Clone, Copy)]
struct Today {
    day: NaiveDate,
    ends: DateTime<Utc>,
}

impl Today {
    fn of(ctx: &Ctx) -> Self {
        let now = ctx.clock.now();
        let (zone, day) = (ctx.home.zone, now.with_timezone(&ctx.home.zone).date_naive());
        let next = day.succ_opt().and_then(|next| zone.from_local_datetime(&next.into()).earliest());
        Self { day, ends: next.map_or(now + TimeDelta::days(1), |next| next.to_utc()) }
    }
}

/// How many suggestions a sender may still send.
#[derive(Debug, Clone)]
struct Quota {
    subject: String,
    wait: Duration,
}

impl Quota {
    /// None for the staff: who looks after toilets finds more that is wrong than who visits one.
    fn of(ctx: &Ctx, sender: &Sender) -> Option<Self> {
        if let Sender::Person(by) = sender
            && by.actor.grants.iter().any(|grant| grant.role.is_staff())
        {
            return None;
        }
        let today = Today::of(ctx);
        let wait = (today.ends - ctx.clock.now()).to_std().unwrap_or(Duration::from_secs(1));
        Some(Self { subject: hashed(ctx, COUNTED, &sender.name(today)), wait })
    }

    /// Counts one more, in the transaction that keeps it: what was not taken is not counted.
    async fn count(&self, tx: &Tx) -> Result<(), Failure> {
        tx.forget_attempts("", tx.at() - LONG_OVER).await?;
        // The name holds the day, so that no window need end within it.
        let counted = tx.count_attempt(&self.subject, LONG_OVER * 2).await?;
        if counted.number > A_DAY { Err(self.used_up()) } else { Ok(()) }
    }

    fn used_up(&self) -> Failure {
        Failure::TooMany { retry_after: self.wait }
    }

    /// Goes on only if there is one left, before WeChat is asked for nothing.
    async fn require(&self, ctx: &Ctx) -> Result<(), Failure> {
        let counted = ctx.store.attempts(&self.subject, ctx.clock.now() - LONG_OVER * 2).await?;
        if counted.is_some_and(|counted| counted.number >= A_DAY) { Err(self.used_up()) } else { Ok(()) }
    }
}

fn hashed(ctx: &Ctx, purpose: &'static str, name: &str) -> String {
    ctx.keys.index(purpose, name.as_bytes()).into_iter().next().unwrap_or_default()
}

/// Keeps a suggestion for those who answer for where it lies; `tell` writes the answer.
///
/// # Errors
/// [`Failure::TooMany`] beyond [`A_DAY`]; [`Failure::Invalid`] for what the register could not hold, or WeChat does not let
/// through; [`Failure::NotFound`] for a toilet that is not there, [`Failure::Conflict`] for one that is gone already;
/// [`Failure::KeyReused`].
pub async fn send(
    ctx: &Ctx,
    sender: Sender,
    proposal: Proposal,
    remark: Option<Remark>,
    once: Option<Once>,
    tell: impl FnOnce(&Suggestion) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let quota = Quota::of(ctx, &sender);
    let mut checked = false;
    if let (Sender::Person(by), Some(_)) = (&sender, &ctx.wechat) {
        let recalled = once.clone();
        let recalled = ctx
            .store
            .write(sender.author(ctx), move |tx| Box::pin(async move { Once::recall(recalled.as_ref(), tx).await }));
        if let Some(kept) = recalled.await? {
            return Ok(kept);
        }
        if let Some(quota) = &quota {
            quota.require(ctx).await?;
        }
        checked = check(ctx, &by.actor, &proposal, remark.as_ref()).await?;
    }
    let (home, by) = (ctx.home.clone(), sender.person());
    let written = ctx.store.write(sender.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            if let Some(quota) = &quota {
                quota.count(tx).await?;
            }
            let area = fits(tx, &home, &proposal).await.map_err(|failure| failure.within("facts"))?;
            let made = tx.create_suggestion(&NewSuggestion { proposal, area, remark, by, checked }).await?;
            let told = event::changes(&Fields::new(), &made.fields());
            tx.append(vec![journaled(made.id, made.revision, event::Action::Create, told)]).await?;
            let answer = tell(&made);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// Whether the register could hold what is proposed; answers the area in which a missing toilet would lie.
async fn fits(tx: &Tx, home: &Home, proposal: &Proposal) -> Result<Option<AreaId>, Failure> {
    if let Some(id) = proposal.toilet {
        let toilet = tx.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
        if toilet.fact.lifecycle == Lifecycle::Retired {
            return Err(Failure::Conflict("the toilet is out of use already".to_owned()));
        }
        registering::area_of(tx, &mut proposal.facts.apply(&toilet.fact)?).await?;
        return Ok(None);
    }
    let name = proposal.name().ok_or_else(|| Violation::new("name", "required", "is missing"))?;
    let mut draft = proposal.facts.apply(&blank(home, &name))?;
    if let Some((stated, _)) = registering::area_of(tx, &mut draft).await? {
        return Ok(Some(stated));
    }
    match placing::lies_in(tx, None, &draft).await? {
        Some(area) => Ok(tx.areas_of(&area.code).await?.pop().map(|(id, _)| id)),
        None => Ok(None),
    }
}

/// Asks WeChat about the words of somebody who signed in with it; answers whether it let them through. Where it cannot be
/// asked they are taken all the same, since nobody reads them but those who decide.
async fn check(ctx: &Ctx, actor: &Actor, proposal: &Proposal, remark: Option<&Remark>) -> Result<bool, Failure> {
    let mut words = proposal.words();
    words.extend(remark.map(Remark::as_str));
    let words: Vec<char> = words.join("\n").chars().collect();
    for piece in words.chunks(CHECKED_AT_ONCE) {
        let piece: String = piece.iter().collect();
        match checks::text(ctx, actor.person, Scene::Comment, &piece).await {
            Ok(CheckState::Refused) => {
                let message = "WeChat does not let these words through";
                return Err(Violation::new("remark", "refusedText", message).into());
            }
            Ok(_) => {}
            // Not everybody signed in with it.
            Err(Failure::NotFound) => return Ok(false),
            Err(failure @ (Failure::Internal(_) | Failure::Unavailable { .. })) => return Err(failure),
            Err(failure) => {
                tracing::warn!(cause = %failure, "the words of a suggestion were not checked");
                return Ok(false);
            }
        }
    }
    Ok(!words.is_empty())
}
