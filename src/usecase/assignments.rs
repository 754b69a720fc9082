//! Who answers for which toilet: named, ended, handed over, read.

use chrono::{Days as Length, NaiveDate};

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::registering::{Expected, standing, subject};
use super::{By, Ctx, Failure, substitutes};
use crate::domain::account::{Actor, PersonId};
use crate::domain::assignment::{Assignments, Custodian, works_at};
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{CustodianId, ToiletId};
use crate::domain::period::{Days, Ending};
use crate::domain::policy::Action;
use crate::domain::toilet::Lifecycle;
use crate::domain::{Toilet, Violation};
use crate::store::Tx;

/// Somebody who is to answer for a toilet.
#[derive(Debug, Clone, Copy)]
pub struct NewCustodian {
    /// Who.
    pub person: PersonId,
    /// The first day; today if left out.
    pub from: Option<NaiveDate>,
    /// The last day, if there is one.
    pub to: Option<NaiveDate>,
}

/// Has somebody answer for a toilet; whoever does on these days is over the day before.
///
/// # Errors
/// [`Failure::Invalid`] for a day that is past, and for who keeps no toilets clean there; [`Failure::Conflict`] for a
/// toilet that is out of use; [`Failure::Refused`], [`Failure::NotFound`], [`Failure::KeyReused`].
pub async fn name(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    new: NewCustodian,
    once: Option<Once>,
    tell: impl FnOnce(&Custodian) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let toilet = standing(tx, &by.actor, Action::EditAssignment, id).await?;
            let answer = tell(&name_in(tx, &toilet, new).await?);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

async fn name_in(tx: &Tx, toilet: &Toilet, new: NewCustodian) -> Result<Custodian, Failure> {
    let today = toilet.today(tx.at());
    let from = new.from.unwrap_or(today);
    if from < today {
        return Err(Violation::new("from", "outOfRange", format!("{from} is past: begin today or later")).into());
    }
    let days = Days::new(Some(from), new.to)?;
    if toilet.fact.lifecycle == Lifecycle::Retired {
        return Err(Failure::Conflict("the toilet is retired".to_owned()));
    }
    let grants = tx.grants(new.person).await?;
    if !works_at(&grants, toilet.path(), toilet.operator_on(from).map(|body| body.id)) {
        let message = "is nobody who keeps toilets clean there: give them the role of a cleaner first";
        return Err(Violation::new("person", "unknownPerson", message).into());
    }
    let mut entries = Vec::new();
    for other in tx.custodians_of(toilet.id).await?.iter().filter(|other| other.days.meets(days)) {
        entries.extend(end_before(tx, other, from).await?);
    }
    let new = Custodian { id: CustodianId(0), toilet: toilet.id, person: new.person, days, revision: 1 };
    let made = Custodian { id: tx.create_custodian(&new).await?, ..new };
    entries.push(entry(&made, event::Action::Create, &Fields::new(), &made.fields()));
    tx.append(entries).await?;
    Ok(made)
}

/// Ends with today that somebody answers for a toilet; what had not begun is taken back.
///
/// # Errors
/// [`Failure::NotFound`] where the toilet has no such custodian or lies out of the caller's scope; [`Failure::Conflict`] for
/// one who is over; [`Failure::Stale`], [`Failure::Refused`].
pub async fn end(
    ctx: &Ctx,
    by: By,
    (id, custodian): (ToiletId, CustodianId),
    expected: Expected,
) -> Result<(), Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let toilet = standing(tx, &by.actor, Action::EditAssignment, id).await?;
            let all = tx.custodians_of(id).await?;
            let before = all.iter().find(|one| one.id == custodian).ok_or(Failure::NotFound)?;
            expected.check(before.revision)?;
            let today = toilet.today(tx.at());
            if before.days.to().is_some_and(|last| last <= today) {
                return Err(Failure::Conflict("it is over already, or is with today".to_owned()));
            }
            // Whoever was to begin today did not have the day.
            let begins = before.days.from().is_some_and(|from| from >= today);
            let over = if begins { today } else { today + Length::new(1) };
            Ok(tx.append(end_before(tx, before, over).await?.into_iter().collect()).await?)
        })
    });
    written.await
}

/// Has a custodian be over before that day; answers what the journal is to tell, if that is anything new.
async fn end_before(tx: &Tx, before: &Custodian, day: NaiveDate) -> Result<Option<NewEntry>, Failure> {
    Ok(match before.days.over_before(day) {
        None => None,
        Some(Ending::Ends(days)) => {
            let after = Custodian { days, revision: before.revision + 1, ..*before };
            tx.end_custodian(&after).await?;
            Some(entry(&after, event::Action::Update, &before.fields(), &after.fields()))
        }
        Some(Ending::NeverBegan) => {
            tx.delete_custodian(before.id).await?;
            let last = Custodian { revision: before.revision + 1, ..*before };
            Some(entry(&last, event::Action::Delete, &before.fields(), &Fields::new()))
        }
    })
}

/// Has whoever answers for a toilet or stands in be over before the day on which another body begins to run it. Those who were named
/// from that day on stay.
pub(super) async fn hand_over(tx: &Tx, toilet: ToiletId, from: NaiveDate) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for one in tx.custodians_of(toilet).await?.iter().filter(|one| one.days.from().is_some_and(|day| day < from)) {
        entries.extend(end_before(tx, one, from).await?);
    }
    entries.extend(substitutes::hand_over(tx, toilet, from).await?);
    Ok(tx.append(entries).await?)
}

/// Has somebody who is forgotten answer for nothing and stand in nowhere any more; answers what the journal is to tell. That they did until
/// now stays on record, by the pseudonym.
pub(super) async fn forget(tx: &Tx, person: PersonId) -> Result<Vec<NewEntry>, Failure> {
    // Somewhere it is still yesterday.
    let own = tx.custodians_by(person, tx.at().date_naive() - Length::new(1)).await?;
    let toilets = tx.toilets(&own.iter().map(|one| one.toilet).collect::<Vec<_>>()).await?;
    let mut entries = Vec::new();
    for one in &own {
        let toilet = toilets.iter().find(|toilet| toilet.id == one.toilet).ok_or(Failure::NotFound)?;
        entries.extend(end_before(tx, one, toilet.today(tx.at())).await?);
    }
    entries.extend(substitutes::forget(tx, person).await?);
    Ok(entries)
}

/// Who answered, answers and will answer for a toilet, and who stands in, for the staff of its area.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn of_toilet(ctx: &Ctx, actor: &Actor, id: ToiletId) -> Result<Assignments, Failure> {
    scope(actor, Action::ReadAssignments)?;
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    require(actor, Action::ReadAssignments, subject(&toilet, ctx.clock.now()))?;
    Ok(ctx.store.assignments_of(id).await?)
}

fn entry(custodian: &Custodian, action: event::Action, before: &Fields, after: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::Custodian, custodian.id.to_string());
    NewEntry { kind, key, version: custodian.revision, action, changes: changes(before, after) }
}
