//! Rosters: made, ended, read; whose turn it is, and other days.

mod days;
mod month;
pub(super) mod turns;

use std::collections::{BTreeSet, HashMap};

use chrono::{Days as Length, NaiveDate};

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::registering::{Expected, standing, subject};
use super::{By, Ctx, Failure};
use crate::domain::account::{Actor, PersonId, PersonName};
use crate::domain::assignment::works_at;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{RosterId, ToiletId};
use crate::domain::period::{Days, Ending};
use crate::domain::policy::{Action, Scope};
use crate::domain::roster::{Duty, Roster, RosterPlan, Shifts};
use crate::domain::text::Name;
use crate::domain::toilet::Lifecycle;
use crate::domain::{Toilet, Violation};
use crate::store::{Store, Tx};

pub use days::{change, swap};
pub use month::{Imported, TableChange, import, month, sheet};
pub(super) use turns::forget;
pub use turns::{NewTurn, end_turn, turn};

/// So many days of one's own roster at once.
const MOST_DAYS: i64 = 62;

/// Turns and other days of a person that are read, the latest first.
const MOST_TURNS: u64 = 1_000;

/// A roster to be made.
#[derive(Debug, Clone)]
pub struct NewRoster {
    /// What it is called.
    pub name: Name,
    /// Its toilets.
    pub toilets: BTreeSet<ToiletId>,
    /// Its shifts.
    pub shifts: Shifts,
    /// The first day; today if left out.
    pub from: Option<NaiveDate>,
    /// The last day, if there is one.
    pub to: Option<NaiveDate>,
}

/// A roster with all that is on it, and what those on it are called.
#[derive(Debug, Clone)]
pub struct Named {
    /// The roster.
    pub plan: RosterPlan,
    /// The names; who is forgotten is left out.
    pub names: HashMap<PersonId, PersonName>,
}

/// Puts a roster on record.
///
/// # Errors
/// [`Failure::NotFound`] where a toilet is not there or out of the caller's scope; [`Failure::Invalid`] for toilets in
/// several time zones, and for a day that is past; [`Failure::Conflict`] for a toilet that is out of use;
/// [`Failure::Refused`], [`Failure::KeyReused`].
pub async fn create(
    ctx: &Ctx,
    by: By,
    new: NewRoster,
    once: Option<Once>,
    tell: impl FnOnce(&Roster) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let answer = tell(&create_in(tx, &by.actor, new).await?);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

async fn create_in(tx: &Tx, actor: &Actor, new: NewRoster) -> Result<Roster, Failure> {
    let (mut zone, mut today) = (None, NaiveDate::MIN);
    for (place, id) in new.toilets.iter().enumerate() {
        let toilet = standing(tx, actor, Action::EditAssignment, *id).await?;
        if toilet.fact.lifecycle == Lifecycle::Retired {
            return Err(Failure::Conflict(format!("the toilet {id} is retired")));
        }
        if *zone.get_or_insert(toilet.fact.zone) != toilet.fact.zone {
            let message = "goes by another clock than those before it: make a roster of its own";
            return Err(Violation::new(format!("toilets.{place}"), "otherZone", message).into());
        }
        today = toilet.today(tx.at());
    }
    let Some(zone) = zone else {
        return Err(Violation::new("toilets", "blank", "must have one toilet at least").into());
    };
    let from = new.from.unwrap_or(today);
    if from < today {
        return Err(Violation::new("from", "outOfRange", format!("{from} is past: begin today or later")).into());
    }
    let days = Days::new(Some(from), new.to)?;
    let NewRoster { name, toilets, shifts, .. } = new;
    let new = Roster { id: RosterId(0), name, zone, toilets, shifts, days, revision: 1 };
    record(tx, new).await
}

/// Puts a roster on record whenever it begins (the id is not looked at): for histories that are made up as a whole.
pub(super) async fn record(tx: &Tx, new: Roster) -> Result<Roster, Failure> {
    let made = Roster { id: tx.create_roster(&new).await?, ..new };
    tx.append(vec![entry(&made, event::Action::Create, &Fields::new(), &made.fields())]).await?;
    Ok(made)
}

/// Ends a roster with today, and what is on it; what had not begun is taken back.
///
/// # Errors
/// [`Failure::NotFound`] where it is not there or out of the caller's scope; [`Failure::Conflict`] for one that is over;
/// [`Failure::Stale`], [`Failure::Refused`].
pub async fn end(ctx: &Ctx, by: By, id: RosterId, expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let (plan, _) = held(tx, &by.actor, id).await?;
            let before = &plan.roster;
            expected.check(before.revision)?;
            let today = today(tx, before);
            let begins = before.days.from().is_some_and(|from| from >= today);
            if !begins && before.days.to().is_some_and(|last| last <= today) {
                return Err(Failure::Conflict("it is over already, or is with today".to_owned()));
            }
            let over = if begins { today } else { today + Length::new(1) };
            let mut entries = Vec::new();
            for turn in &plan.turns {
                entries.extend(turns::end_before(tx, turn, over).await?);
            }
            for day in plan.days.iter().filter(|other| over <= other.day) {
                entries.push(days::remove(tx, day).await?);
            }
            match before.days.over_before(over) {
                None => {}
                Some(Ending::Ends(days)) => {
                    let after = Roster { days, revision: before.revision + 1, ..before.clone() };
                    tx.end_roster(&after).await?;
                    entries.push(entry(&after, event::Action::Update, &before.fields(), &after.fields()));
                }
                Some(Ending::NeverBegan) => {
                    tx.delete_roster(id).await?;
                    let last = Roster { revision: before.revision + 1, ..before.clone() };
                    entries.push(entry(&last, event::Action::Delete, &before.fields(), &Fields::new()));
                }
            }
            Ok(tx.append(entries).await?)
        })
    });
    written.await
}

/// A page of the rosters whose toilets all lie within the caller's scope, in the order of their ids, and whether there is
/// more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(ctx: &Ctx, actor: &Actor, after: RosterId, limit: usize) -> Result<(Vec<Roster>, bool), Failure> {
    let scope = scope(actor, Action::ReadAssignments)?;
    let (mut found, mut last) = (Vec::new(), after);
    while found.len() <= limit {
        let page = ctx.store.rosters_after(last, 100).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for roster in page {
            if covers(ctx, &scope, &roster).await? {
                found.push(roster);
            }
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

async fn covers(ctx: &Ctx, scope: &Scope, roster: &Roster) -> Result<bool, Failure> {
    let toilets = toilets(&ctx.store, roster).await?;
    let now = ctx.clock.now();
    Ok(toilets.iter().all(|toilet| scope.covers(toilet.path(), toilet.operator(now).map(|body| body.id))))
}

/// A roster with all that is on it, for the staff of the area of its toilets.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: RosterId) -> Result<Named, Failure> {
    scope(actor, Action::ReadAssignments)?;
    let plan = ctx.store.rosters(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    for toilet in toilets(&ctx.store, &plan.roster).await? {
        require(actor, Action::ReadAssignments, subject(&toilet, ctx.clock.now()))?;
    }
    let persons = plan.turns.iter().map(|turn| turn.person).chain(plan.days.iter().map(|day| day.person));
    let names = ctx.store.names_of(&persons.collect()).await?;
    Ok(Named { plan, names })
}

/// The same without what was over before yesterday.
///
/// # Errors
/// As [`get`].
pub async fn current(ctx: &Ctx, actor: &Actor, id: RosterId) -> Result<Named, Failure> {
    let mut found = get(ctx, actor, id).await?;
    let today = ctx.clock.now().with_timezone(&found.plan.roster.zone).date_naive();
    let since = today - Length::new(1);
    found.plan.turns.retain(|turn| turn.days.to().is_none_or(|last| since <= last));
    found.plan.days.retain(|other| since <= other.day);
    Ok(found)
}

/// One's own shifts on a span of days, both included: today and the thirteen days after it if left out. Each with the
/// roster that it is of.
///
/// # Errors
/// [`Failure::Invalid`] for a span that ends before it begins or is too long.
pub async fn own(
    ctx: &Ctx,
    actor: &Actor,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Vec<(Duty, Roster)>, Failure> {
    let from = from.unwrap_or_else(|| ctx.clock.now().with_timezone(&ctx.home.zone).date_naive());
    let to = to.unwrap_or(from + Length::new(13));
    Days::new(Some(from), Some(to))?;
    if (to - from).num_days() >= MOST_DAYS {
        return Err(Violation::new("to", "tooLong", format!("is more than {MOST_DAYS} days with the first")).into());
    }
    let mut own = Vec::new();
    for plan in of_person(ctx, actor.person, from).await? {
        let duties = plan.duties(from, to).into_iter().filter(|duty| duty.person == actor.person);
        own.extend(duties.map(|duty| (duty, plan.roster.clone())));
    }
    own.sort_by_key(|(duty, roster)| (duty.from, roster.id));
    Ok(own)
}

/// The rosters on which a person has a turn that lasts until that day or longer, or another day from then on.
pub(super) async fn of_person(ctx: &Ctx, person: PersonId, since: NaiveDate) -> Result<Vec<RosterPlan>, Failure> {
    let turns = ctx.store.turns_by(person, MOST_TURNS).await?;
    let days = ctx.store.roster_days_by(person, MOST_TURNS).await?;
    let turns = turns.iter().filter(|turn| turn.days.to().is_none_or(|last| since <= last)).map(|turn| turn.roster);
    let days = days.iter().filter(|other| since <= other.day).map(|other| other.roster);
    let ids: BTreeSet<_> = turns.chain(days).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(ctx.store.rosters(&Vec::from_iter(ids)).await?)
}

async fn toilets(store: &Store, roster: &Roster) -> Result<Vec<Toilet>, Failure> {
    Ok(store.toilets(&roster.toilets.iter().copied().collect::<Vec<_>>()).await?)
}

/// A roster that the caller may write to, held until the transaction ends, with its toilets.
async fn held(tx: &Tx, actor: &Actor, id: RosterId) -> Result<(RosterPlan, Vec<Toilet>), Failure> {
    let plan = tx.roster(id).await?.ok_or(Failure::NotFound)?;
    let toilets = tx.toilets(&plan.roster.toilets.iter().copied().collect::<Vec<_>>()).await?;
    for toilet in &toilets {
        require(actor, Action::EditAssignment, subject(toilet, tx.at()))?;
    }
    Ok((plan, toilets))
}

/// The day that it is for a roster.
fn today(tx: &Tx, roster: &Roster) -> NaiveDate {
    tx.at().with_timezone(&roster.zone).date_naive()
}

/// Goes on only if somebody keeps all those toilets clean on that day.
async fn works_there(tx: &Tx, person: PersonId, toilets: &[Toilet], day: NaiveDate) -> Result<(), Failure> {
    let grants = tx.grants(person).await?;
    let works = |toilet: &Toilet| works_at(&grants, toilet.path(), toilet.operator_on(day).map(|body| body.id));
    if toilets.iter().all(works) {
        return Ok(());
    }
    let message = "is nobody who keeps all toilets of the roster clean: give them the role of a cleaner first";
    Err(Violation::new("person", "unknownPerson", message).into())
}

/// Goes on only if somebody is on no other roster on those days. Holds the person until the transaction ends.
async fn is_free(tx: &Tx, person: PersonId, roster: RosterId, days: Days) -> Result<(), Failure> {
    tx.hold_person(person).await?;
    let since = days.from().unwrap_or(NaiveDate::MIN);
    let turns = tx.turns_by(person, since).await?;
    let others = tx.roster_days_by(person, since).await?;
    let turn = turns.iter().filter(|turn| turn.days.meets(days)).map(|turn| turn.roster);
    let day = others.iter().filter(|other| days.contains(other.day)).map(|other| other.roster);
    match turn.chain(day).find(|other| *other != roster) {
        None => Ok(()),
        Some(other) => {
            let message = format!("is on the roster {other} on one of these days, and nobody is at two at once");
            Err(Violation::new("person", "onAnotherRoster", message).into())
        }
    }
}

fn entry(roster: &Roster, action: event::Action, before: &Fields, after: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::Roster, roster.id.to_string());
    NewEntry { kind, key, version: roster.revision, action, changes: changes(before, after) }
}
