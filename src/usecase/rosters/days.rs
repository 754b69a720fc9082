//! Days that are other than planned.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{held, is_free, today, works_there};
use crate::domain::account::PersonId;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{RosterDayId, RosterId};
use crate::domain::period::Days;
use crate::domain::policy::Action;
use crate::domain::roster::{Change, RosterDay, RosterPlan, Wish};
use crate::domain::{Toilet, Violation, Violations};
use crate::store::Tx;
use crate::usecase::once::{KeptAnswer, Once};
use crate::usecase::permission::scope;
use crate::usecase::{By, Ctx, Failure};

/// Has persons do something else on days of a roster, all of it or nothing; answers how many days are other than before.
/// The same again changes nothing.
///
/// # Errors
/// [`Failure::NotFound`] where it is not there or out of the caller's scope; [`Failure::Invalid`] with the place of each
/// wish that cannot be fulfilled: `days.3.shift`; [`Failure::Refused`].
pub async fn change(ctx: &Ctx, by: By, id: RosterId, wishes: Vec<Wish>) -> Result<usize, Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let (plan, toilets) = held(tx, &by.actor, id).await?;
            let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
            for (place, wish) in wishes.iter().enumerate() {
                if !seen.insert((wish.person, wish.day)) {
                    let message = "is asked for twice";
                    wrong.push(Violation::new(format!("days.{place}"), "repeated", message));
                }
            }
            let places = |place: usize| format!("days.{place}");
            let found = looked_at(tx, &plan, &toilets, &wishes).await?;
            wrong.extend(found.into_iter().map(|(place, violation)| violation.within(&places(place))));
            if !wrong.is_empty() {
                return Err(Failure::Invalid(Violations(wrong)));
            }
            fulfil(tx, &plan, &wishes).await
        })
    });
    written.await
}

/// Has two persons of a roster swap what they do on a day (换班); answers `told`.
///
/// # Errors
/// [`Failure::NotFound`] where it is not there or out of the caller's scope; [`Failure::Invalid`] for a day that is past,
/// and where one of them has nothing to swap or both do the same; [`Failure::Refused`], [`Failure::KeyReused`].
pub async fn swap(
    ctx: &Ctx,
    by: By,
    id: RosterId,
    day: NaiveDate,
    (person, with): (PersonId, PersonId),
    once: Option<Once>,
    told: KeptAnswer,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let (plan, _) = held(tx, &by.actor, id).await?;
            let does = |field: &str, who: PersonId| {
                let nothing = || Violation::new(field, "notOnRoster", format!("has nothing to swap on {day}"));
                plan.shift(who, day).ok_or_else(nothing)
            };
            let (first, second) = (does("person", person)?, does("with", with)?);
            if first == second {
                return Err(Violation::new("with", "sameShift", format!("does the same on {day}")).into());
            }
            let swapped = |person, shift, with| Wish { person, day, shift: Some(shift), swapped_with: Some(with) };
            let wishes = [swapped(person, second, with), swapped(with, first, person)];
            for wish in &wishes {
                plan.change(wish, today(tx, &plan.roster))?;
            }
            fulfil(tx, &plan, &wishes).await?;
            Once::keep(once.as_ref(), tx, &told).await?;
            Ok(told)
        })
    });
    written.await
}

/// What is wrong with wishes, each with its place. Holds those who are new on the roster until the transaction ends.
pub(super) async fn looked_at(
    tx: &Tx,
    plan: &RosterPlan,
    toilets: &[Toilet],
    wishes: &[Wish],
) -> Result<Vec<(usize, Violation)>, Failure> {
    let today = today(tx, &plan.roster);
    let mut wrong = Vec::new();
    let mut placed: Vec<(usize, &Wish)> = wishes.iter().enumerate().collect();
    // All who hold persons do so in the same order, so that no two wait for each other.
    placed.sort_by_key(|(place, wish)| (wish.person, *place));
    let mut known = BTreeSet::new();
    for (place, wish) in placed {
        let change = match plan.change(wish, today) {
            Ok(change) => change,
            Err(violation) => {
                wrong.push((place, violation));
                continue;
            }
        };
        // Whoever has a turn that day is on this roster, and on no other.
        let is_new = matches!(change, Some(Change::Create)) && plan.planned(wish.person, wish.day).is_none();
        if !is_new || wish.shift.is_none() {
            continue;
        }
        if known.insert(wish.person)
            && let Err(fault) = works_there(tx, wish.person, toilets, wish.day).await
        {
            wrong.extend(broken(fault)?.map(|violation| (place, violation)));
            continue;
        }
        let day = Days::new(Some(wish.day), Some(wish.day))?;
        if let Err(fault) = is_free(tx, wish.person, plan.roster.id, day).await {
            wrong.extend(broken(fault)?.map(|violation| (place, violation)));
        }
    }
    wrong.sort_by_key(|(place, _)| *place);
    Ok(wrong)
}

/// The rules that were broken, where that is what went wrong.
fn broken(fault: Failure) -> Result<impl Iterator<Item = Violation>, Failure> {
    match fault {
        Failure::Invalid(violations) => Ok(violations.0.into_iter()),
        fault => Err(fault),
    }
}

/// Writes what wishes take that nothing is wrong with; answers how many took anything.
pub(super) async fn fulfil(tx: &Tx, plan: &RosterPlan, wishes: &[Wish]) -> Result<usize, Failure> {
    let today = today(tx, &plan.roster);
    let mut entries = Vec::new();
    for wish in wishes {
        let Some(change) = plan.change(wish, today)? else { continue };
        entries.push(match (change, wish.shift) {
            (Change::Remove(before), _) | (Change::Put(before), None) => remove(tx, before).await?,
            (Change::Put(before), Some(shift)) => {
                let swapped_with = wish.swapped_with;
                let after = RosterDay { shift, swapped_with, revision: before.revision + 1, ..*before };
                tx.put_roster_day(&after).await?;
                entry(&after, event::Action::Update, &before.fields(), &after.fields())
            }
            (Change::Create, None) => continue,
            (Change::Create, Some(shift)) => {
                let Wish { person, day, swapped_with, .. } = *wish;
                let roster = plan.roster.id;
                let new = RosterDay { id: RosterDayId(0), roster, person, day, shift, swapped_with, revision: 1 };
                let made = RosterDay { id: tx.create_roster_day(&new).await?, ..new };
                entry(&made, event::Action::Create, &Fields::new(), &made.fields())
            }
        });
    }
    let changed = entries.len();
    tx.append(entries).await?;
    Ok(changed)
}

/// Has a day be as planned again; answers what the journal is to tell.
pub(super) async fn remove(tx: &Tx, before: &RosterDay) -> Result<NewEntry, Failure> {
    tx.delete_roster_day(before.id).await?;
    let last = RosterDay { revision: before.revision + 1, ..*before };
    Ok(entry(&last, event::Action::Delete, &before.fields(), &Fields::new()))
}

fn entry(day: &RosterDay, action: event::Action, before: &Fields, after: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::RosterDay, day.id.to_string());
    NewEntry { kind, key, version: day.revision, action, changes: changes(before, after) }
}
