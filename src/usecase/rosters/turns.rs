//! Whose turn it is when.

use chrono::{Days as Length, NaiveDate};

use super::{days, held, is_free, today, works_there};
use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{RosterId, TurnId};
use crate::domain::period::{Days, Ending};
use crate::domain::policy::Action;
use crate::domain::roster::{Cycle, Roster, Turn};
use crate::store::Tx;
use crate::usecase::once::{KeptAnswer, Once};
use crate::usecase::permission::scope;
use crate::usecase::registering::Expected;
use crate::usecase::{By, Ctx, Failure};

/// A turn that somebody is to have.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// Who.
    pub person: PersonId,
    /// Their shifts, day by day from the first day on.
    pub cycle: Cycle,
    /// The first day; today, or the first of the roster, if left out.
    pub from: Option<NaiveDate>,
    /// The last day; that of the roster if left out.
    pub to: Option<NaiveDate>,
}

/// Gives somebody a turn on a roster; the one that they have there is over the day before.
///
/// # Errors
/// [`Failure::NotFound`] where it is not there or out of the caller's scope; [`Failure::Invalid`] for days that are past
/// or that the roster does not have, for shifts that it does not have, for who does not keep all its toilets clean and
/// for who is on another roster on one of these days; [`Failure::Refused`], [`Failure::KeyReused`].
pub async fn turn(
    ctx: &Ctx,
    by: By,
    id: RosterId,
    new: NewTurn,
    once: Option<Once>,
    tell: impl FnOnce(&Turn) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let (plan, toilets) = held(tx, &by.actor, id).await?;
            let days = span(&new, &plan.roster, today(tx, &plan.roster))?;
            new.cycle.fits(&plan.roster.shifts)?;
            works_there(tx, new.person, &toilets, days.from().unwrap_or(NaiveDate::MIN)).await?;
            is_free(tx, new.person, id, days).await?;
            let mut entries = Vec::new();
            for other in plan.turns.iter().filter(|turn| turn.person == new.person && turn.days.meets(days)) {
                entries.extend(end_before(tx, other, days.from().unwrap_or(NaiveDate::MIN)).await?);
            }
            tx.append(entries).await?;
            let NewTurn { person, cycle, .. } = new;
            let made = record(tx, Turn { id: TurnId(0), roster: id, person, cycle, days, revision: 1 }).await?;
            let answer = tell(&made);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// Puts a turn on record whoever has it and whenever it begins (the id is not looked at): for histories that are made up
/// as a whole.
pub(in crate::usecase) async fn record(tx: &Tx, new: Turn) -> Result<Turn, Failure> {
    let made = Turn { id: tx.create_turn(&new).await?, ..new };
    tx.append(vec![entry(&made, event::Action::Create, &Fields::new(), &made.fields())]).await?;
    Ok(made)
}

/// The days of a turn that is to be.
fn span(new: &NewTurn, roster: &Roster, today: NaiveDate) -> Result<Days, Violation> {
    let begins = roster.days.from().unwrap_or(today);
    let from = new.from.unwrap_or(today.max(begins));
    if from < today {
        return Err(Violation::new("from", "outOfRange", format!("{from} is past: begin today or later")));
    }
    if !roster.days.contains(from) {
        let message = format!("the roster does not last to {from}, or has not begun by then");
        return Err(Violation::new("from", "outOfRange", message));
    }
    let to = new.to.or(roster.days.to());
    if let Some(last) = to.filter(|last| roster.days.to().is_some_and(|end| end < *last)) {
        return Err(Violation::new("to", "outOfRange", format!("the roster does not last to {last}")));
    }
    Days::new(Some(from), to)
}

/// Ends somebody's turn with today; one that had not begun is taken back.
///
/// # Errors
/// [`Failure::NotFound`] where it is not there or out of the caller's scope; [`Failure::Conflict`] for one that is over;
/// [`Failure::Stale`], [`Failure::Refused`].
pub async fn end_turn(ctx: &Ctx, by: By, (id, turn): (RosterId, TurnId), expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let (plan, _) = held(tx, &by.actor, id).await?;
            let before = plan.turns.iter().find(|one| one.id == turn).ok_or(Failure::NotFound)?;
            expected.check(before.revision)?;
            let today = today(tx, &plan.roster);
            let begins = before.days.from().is_some_and(|from| from >= today);
            if !begins && before.days.to().is_some_and(|last| last <= today) {
                return Err(Failure::Conflict("it is over already, or is with today".to_owned()));
            }
            let over = if begins { today } else { today + Length::new(1) };
            Ok(tx.append(end_before(tx, before, over).await?.into_iter().collect()).await?)
        })
    });
    written.await
}

/// Has a turn be over before that day; answers what the journal is to tell, if that is anything new.
pub(super) async fn end_before(tx: &Tx, before: &Turn, day: NaiveDate) -> Result<Option<NewEntry>, Failure> {
    Ok(match before.days.over_before(day) {
        None => None,
        Some(Ending::Ends(days)) => {
            let after = Turn { days, revision: before.revision + 1, ..before.clone() };
            tx.end_turn(&after).await?;
            Some(entry(&after, event::Action::Update, &before.fields(), &after.fields()))
        }
        Some(Ending::NeverBegan) => {
            tx.delete_turn(before.id).await?;
            let last = Turn { revision: before.revision + 1, ..before.clone() };
            Some(entry(&last, event::Action::Delete, &before.fields(), &Fields::new()))
        }
    })
}

/// Has somebody who is forgotten be on no roster any more; answers what the journal is to tell. That they were until now
/// stays on record, by the pseudonym.
pub(in crate::usecase) async fn forget(tx: &Tx, person: PersonId) -> Result<Vec<NewEntry>, Failure> {
    // Somewhere it is still yesterday.
    let yesterday = tx.at().date_naive() - Length::new(1);
    let mut entries = Vec::new();
    for turn in tx.turns_by(person, yesterday).await? {
        let Some(plan) = tx.roster(turn.roster).await? else { continue };
        entries.extend(end_before(tx, &turn, today(tx, &plan.roster)).await?);
    }
    for other in tx.roster_days_by(person, yesterday).await? {
        let Some(plan) = tx.roster(other.roster).await? else { continue };
        if today(tx, &plan.roster) <= other.day {
            entries.push(days::remove(tx, &other).await?);
        }
    }
    Ok(entries)
}

fn entry(turn: &Turn, action: event::Action, before: &Fields, after: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::RosterTurn, turn.id.to_string());
    NewEntry { kind, key, version: turn.revision, action, changes: changes(before, after) }
}
