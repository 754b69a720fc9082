//! Closures (停用): opened, changed, reviewed and ended, with where else to go meanwhile.

use chrono::{DateTime, Days, SubsecRound, TimeDelta, Utc};

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::registering::{Expected, settle, subject};
use super::{By, Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::duties::{Charge, Duties};
use crate::domain::facility::{Facility, Fact, Need};
use crate::domain::id::{OutageId, ToiletId};
use crate::domain::outage::{NewOutage, Outage, OutageReason, OutageState};
use crate::domain::period::Span;
use crate::domain::policy::{Action, Closing, OWN_CLOSURE, closing, may};
use crate::domain::text::Remark;
use crate::domain::toilet::Status;
use crate::domain::{Toilet, Violation};
use crate::finder::{Filter, Hit, NearestQuery};
use crate::store::Tx;

/// How many other toilets are named to whoever stands before a closed one.
const ALTERNATIVES: usize = 3;

/// How long ago a closure may have begun that is told of only now.
const TOLD_LATE: TimeDelta = TimeDelta::days(366);

/// A closure to be opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Why.
    pub reason: OutageReason,
    /// From when; now if left out.
    pub from: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// Until when it is hoped to last.
    pub expected_until: Option<DateTime<Utc>>,
    /// What is said of it.
    pub note: Option<Remark>,
}

/// What is to be changed of a closure; what is absent stays, an inner `None` clears.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Why.
    pub reason: Option<OutageReason>,
    /// When it ends by itself.
    pub until: Option<Option<DateTime<Utc>>>,
    /// Until when it is hoped to last.
    pub expected_until: Option<Option<DateTime<Utc>>>,
    /// What is said of it.
    pub note: Option<Option<Remark>>,
    /// What is thought of it, by somebody other than who opened it.
    pub state: Option<OutageState>,
}

/// Closes a toilet; `tell` writes the answer about the toilet and its new closure.
///
/// # Errors
/// [`Failure::Conflict`] for a toilet that is not in service; [`Failure::Invalid`] for a cleaner who closes for longer
/// than she may, or later than now; [`Failure::Refused`], [`Failure::NotFound`], [`Failure::KeyReused`].
pub async fn open(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    asked: Opening,
    once: Option<Once>,
    tell: impl FnOnce(&Toilet, &Outage) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let before = tx.toilet(id).await?.ok_or(Failure::NotFound)?;
            let charge = charge(tx, &by.actor, &before).await?;
            let way = way(tx, &by.actor, &before, charge)?;
            if before.fact.serves(tx.at()) != Status::InService {
                return Err(Failure::Conflict("only a toilet that is in service can be closed".to_owned()));
            }
            let new = read(tx, &by.actor, way, &asked)?;
            let made = tx.create_outage(id, &new).await?;
            let after = settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await?;
            let outage = Outage { id: made, ..new };
            let answer = tell(&after, &outage);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// What that toilet is to the caller now.
async fn charge(tx: &Tx, actor: &Actor, toilet: &Toilet) -> Result<Charge, Failure> {
    let now = tx.at();
    let duties = tx.duties_at(&[toilet.id], now.date_naive() - Days::new(2)).await?;
    let charge = |duties: &Duties| duties.charge(actor.person, toilet.fact.zone, (now, now));
    Ok(duties.get(&toilet.id).map_or(Charge::Nobodys, charge))
}

/// In what way the caller may close a toilet that is that to them.
fn way(tx: &Tx, actor: &Actor, toilet: &Toilet, charge: Charge) -> Result<Closing, Failure> {
    let subject = subject(toilet, tx.at());
    if let Some(way) = closing(actor, subject, charge) {
        return Ok(way);
    }
    if may(actor, Action::CloseOwnToilet, subject) {
        // She sees it, and it is that of others now.
        return Err(Failure::Refused);
    }
    // As for anything else: refused where no role allows it anywhere, and not there where it lies out of scope.
    scope(actor, Action::CloseToilet).or_else(|_| scope(actor, Action::CloseOwnToilet))?;
    Err(Failure::NotFound)
}

fn read(tx: &Tx, actor: &Actor, way: Closing, asked: &Opening) -> Result<Outage, Failure> {
    let now = tx.at().trunc_subsecs(0);
    let from = asked.from.unwrap_or(now);
    let mut until = asked.until;
    if from < now - TOLD_LATE {
        return Err(Violation::new("from", "outOfRange", "must not be more than a year ago").into());
    }
    if way == Closing::Unconfirmed {
        if from > now {
            let message = "a cleaner closes at once; a supervisor can announce a closure";
            return Err(Violation::new("from", "outOfRange", message).into());
        }
        until = until.or(Some(now + OWN_CLOSURE));
        within_own(until, now)?;
    }
    let span = Span::new(from, until)?;
    hoped(asked.expected_until, from)?;
    let state = match way {
        Closing::Confirmed => OutageState::Confirmed,
        Closing::Unconfirmed => OutageState::Unconfirmed,
    };
    let fact = NewOutage { reason: asked.reason, span, note: asked.note.clone() };
    Ok(Outage { id: OutageId(0), fact, expected_until: asked.expected_until, state, by: Some(actor.person) })
}

fn within_own(until: Option<DateTime<Utc>>, since: DateTime<Utc>) -> Result<(), Violation> {
    if until.is_none_or(|until| until > since + OWN_CLOSURE) {
        let message = format!("a cleaner may close for {} hours at most", OWN_CLOSURE.num_hours());
        return Err(Violation::new("until", "tooLong", message));
    }
    Ok(())
}

fn hoped(expected: Option<DateTime<Utc>>, from: DateTime<Utc>) -> Result<(), Violation> {
    if expected.is_some_and(|expected| expected <= from) {
        return Err(Violation::new("expectedUntil", "endsBeforeItBegins", format!("is not after {from}")));
    }
    Ok(())
}

/// Changes a closure, or says what is thought of it; answers how the toilet stands then.
///
/// # Errors
/// [`Failure::NotFound`] where the toilet has no such closure or the caller may not know; [`Failure::Refused`] for a
/// closure that somebody else opened, and for reviewing one's own; [`Failure::Stale`], [`Failure::Invalid`].
pub async fn change(
    ctx: &Ctx,
    by: By,
    (id, outage): (ToiletId, OutageId),
    expected: Expected,
    change: Change,
) -> Result<Toilet, Failure> {
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let (before, mut outage, way) = own(tx, &by.actor, id, outage, &expected).await?;
            if let Some(state) = change.state {
                let about = super::registering::subject(&before, tx.at());
                let about = crate::domain::policy::Subject { person: outage.by, ..about };
                if !may(&by.actor, Action::ReviewOutage, about) {
                    return Err(Failure::Refused);
                }
                outage.state = state;
            }
            let from = outage.fact.span.from();
            outage.fact.reason = change.reason.unwrap_or(outage.fact.reason);
            outage.fact.note = change.note.unwrap_or(outage.fact.note);
            outage.expected_until = change.expected_until.unwrap_or(outage.expected_until);
            let until = change.until.unwrap_or(outage.fact.span.until());
            if way == Closing::Unconfirmed {
                within_own(until, from)?;
            }
            outage.fact.span = Span::new(from, until)?;
            hoped(change.expected_until.flatten(), from)?;
            tx.update_outage(id, &outage).await?;
            settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await
        })
    });
    written.await
}

/// Ends a closure now; one that has not begun is taken back.
///
/// # Errors
/// As [`change`].
pub async fn end(ctx: &Ctx, by: By, (id, outage): (ToiletId, OutageId), expected: Expected) -> Result<(), Failure> {
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let (before, mut outage, _) = own(tx, &by.actor, id, outage, &expected).await?;
            let (now, span) = (tx.at().trunc_subsecs(0), outage.fact.span);
            if span.is_over(now) {
                return Ok(());
            }
            if span.from() < now {
                outage.fact.span = Span::new(span.from(), Some(now))?;
                tx.update_outage(id, &outage).await?;
            } else {
                tx.delete_outage(outage.id).await?;
            }
            settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await.map(drop)
        })
    });
    written.await
}

/// A closure that the caller may change: any for who may close for good, those they opened themselves for a cleaner.
async fn own(
    tx: &Tx,
    actor: &Actor,
    id: ToiletId,
    outage: OutageId,
    expected: &Expected,
) -> Result<(Toilet, Outage, Closing), Failure> {
    let toilet = tx.toilet(id).await?.ok_or(Failure::NotFound)?;
    // Whoever opened one goes on with it when her shift is over.
    let way = way(tx, actor, &toilet, Charge::Own)?;
    let found = toilet.outages.iter().find(|one| one.id == outage).cloned().ok_or(Failure::NotFound)?;
    if way == Closing::Unconfirmed && found.by != Some(actor.person) {
        return Err(Failure::Refused);
    }
    expected.check(toilet.revision)?;
    Ok((toilet, found, way))
}

/// A toilet with all its closures, for the staff of its area.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn of_toilet(ctx: &Ctx, actor: &Actor, id: ToiletId) -> Result<Toilet, Failure> {
    scope(actor, Action::ReadOutages)?;
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    require(actor, Action::ReadOutages, subject(&toilet, ctx.clock.now()))?;
    Ok(toilet)
}

/// Closures looked at in one step of a list.
const STEP: u64 = 200;

/// A page of the closures in that state within the caller's area, in the order of their ids, and whether there is more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: OutageState,
    after: OutageId,
    limit: usize,
) -> Result<(Vec<(Toilet, Outage)>, bool), Failure> {
    let scope = scope(actor, Action::ReadOutages)?;
    let (mut found, mut after, now) = (Vec::new(), after, ctx.clock.now());
    loop {
        let step = ctx.store.outages_in(state, after, STEP).await?;
        let Some((last, _)) = step.last() else { return Ok((found, false)) };
        after = *last;
        let mut ids: Vec<_> = step.iter().map(|(_, toilet)| *toilet).collect();
        ids.sort_unstable();
        ids.dedup();
        let toilets = ctx.store.toilets(&ids).await?;
        for (outage, id) in step {
            let toilet = toilets.iter().find(|toilet| toilet.id == id);
            let seen = toilet.filter(|toilet| {
                let subject = subject(toilet, now);
                scope.covers(subject.path, subject.operator)
            });
            let outage = seen.and_then(|toilet| toilet.outages.iter().find(|one| one.id == outage));
            if let Some((toilet, outage)) = seen.zip(outage) {
                if found.len() == limit {
                    return Ok((found, true));
                }
                found.push((toilet.clone(), outage.clone()));
            }
        }
    }
}

/// The search behind [`alternatives`].
#[must_use]
pub fn search(toilet: &Toilet, at: DateTime<Utc>) -> Option<NearestQuery> {
    let from = toilet.fact.position?.position;
    let filter = Filter::default();
    Some(NearestQuery { from, limit: ALTERNATIVES + 1, max_distance: None, filter, at, usable: true })
}

/// Where else to go: the three nearest toilets that can be used at that instant, and where this one has a stall for
/// wheelchair users, the nearest that has one too.
#[must_use]
pub fn alternatives(ctx: &Ctx, toilet: &Toilet, at: DateTime<Utc>) -> Vec<Hit> {
    let Some(query) = search(toilet, at) else { return Vec::new() };
    let snapshot = ctx.finder.snapshot();
    let is_other = |hit: &Hit| hit.entry.id() != toilet.id;
    let mut hits: Vec<_> = snapshot.nearest(&query).into_iter().filter(is_other).take(ALTERNATIVES).collect();
    if toilet.fact.facilities.get(Facility::Wheelchair) == Some(Fact::Yes) {
        let needs = std::iter::once(Need::Facility(Facility::Wheelchair)).collect();
        let query = NearestQuery { limit: 2, filter: Filter { needs, ..Filter::default() }, ..query };
        let accessible = snapshot.nearest(&query).into_iter().find(is_other);
        let is_new = |hit: &Hit| hits.iter().all(|known| known.entry.id() != hit.entry.id());
        hits.extend(accessible.filter(is_new));
    }
    hits
}
