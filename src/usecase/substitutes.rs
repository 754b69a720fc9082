//! Who stands in at which toilet: named, ended, handed over.

use chrono::{Days as Length, NaiveDate};

use super::once::{KeptAnswer, Once};
use super::permission::scope;
use super::registering::{Expected, standing};
use super::{By, Ctx, Failure};
use crate::domain::account::PersonId;
use crate::domain::assignment::{Substitute, works_at};
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{SubstituteId, ToiletId};
use crate::domain::period::{Days, Ending};
use crate::domain::policy::Action;
use crate::domain::toilet::Lifecycle;
use crate::domain::{Toilet, Violation};
use crate::store::Tx;

/// Somebody who is to stand in at a toilet.
#[derive(Debug, Clone, Copy)]
pub struct NewSubstitute {
    /// Who.
    pub person: PersonId,
    /// The first day; today if left out.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: NaiveDate,
}

/// Has somebody stand in at a toilet.
///
/// # Errors
/// [`Failure::Invalid`] for a day that is past, for who keeps no toilets clean there, and for who is its custodian or
/// stands in there already on one of these days; [`Failure::Conflict`] for a toilet that is out of use;
/// [`Failure::Refused`], [`Failure::NotFound`], [`Failure::KeyReused`].
pub async fn name(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    new: NewSubstitute,
    once: Option<Once>,
    tell: impl FnOnce(&Substitute) -> KeptAnswer + Send + 'static,
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

async fn name_in(tx: &Tx, toilet: &Toilet, new: NewSubstitute) -> Result<Substitute, Failure> {
    let today = toilet.today(tx.at());
    let from = new.from.unwrap_or(today);
    if from < today {
        return Err(Violation::new("from", "outOfRange", format!("{from} is past: begin today or later")).into());
    }
    let days = Days::new(Some(from), Some(new.to))?;
    if toilet.fact.lifecycle == Lifecycle::Retired {
        return Err(Failure::Conflict("the toilet is retired".to_owned()));
    }
    let grants = tx.grants(new.person).await?;
    if !works_at(&grants, toilet.path(), toilet.operator_on(from).map(|body| body.id)) {
        let message = "is nobody who keeps toilets clean there: give them the role of a cleaner first";
        return Err(Violation::new("person", "unknownPerson", message).into());
    }
    let custodians = tx.custodians_of(toilet.id).await?;
    if custodians.iter().any(|one| one.person == new.person && one.days.meets(days)) {
        return Err(Violation::new("person", "isCustodian", "answers for the toilet on these days themselves").into());
    }
    let others = tx.substitutes_of(toilet.id).await?;
    if others.iter().any(|one| one.person == new.person && one.days.meets(days)) {
        return Err(Violation::new("person", "isSubstitute", "stands in there on one of these days already").into());
    }
    record(tx, Substitute { id: SubstituteId(0), toilet: toilet.id, person: new.person, days, revision: 1 }).await
}

/// Puts on record that somebody stands in, whoever they are and whenever that is (the id is not looked at): for histories
/// that are made up as a whole.
pub(super) async fn record(tx: &Tx, new: Substitute) -> Result<Substitute, Failure> {
    let made = Substitute { id: tx.create_substitute(&new).await?, ..new };
    tx.append(vec![entry(&made, event::Action::Create, &Fields::new(), &made.fields())]).await?;
    Ok(made)
}

/// Ends with today that somebody stands in at a toilet; what had not begun is taken back.
///
/// # Errors
/// [`Failure::NotFound`] where the toilet has no such substitute or lies out of the caller's scope; [`Failure::Conflict`]
/// for one who is over; [`Failure::Stale`], [`Failure::Refused`].
pub async fn end(
    ctx: &Ctx,
    by: By,
    (id, substitute): (ToiletId, SubstituteId),
    expected: Expected,
) -> Result<(), Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let toilet = standing(tx, &by.actor, Action::EditAssignment, id).await?;
            let all = tx.substitutes_of(id).await?;
            let before = all.iter().find(|one| one.id == substitute).ok_or(Failure::NotFound)?;
            expected.check(before.revision)?;
            let today = toilet.today(tx.at());
            if before.days.to().is_some_and(|last| last <= today) && before.days.from().is_some_and(|day| day < today) {
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

/// Has a substitute be over before that day; answers what the journal is to tell, if that is anything new.
async fn end_before(tx: &Tx, before: &Substitute, day: NaiveDate) -> Result<Option<NewEntry>, Failure> {
    Ok(match before.days.over_before(day) {
        None => None,
        Some(Ending::Ends(days)) => {
            let after = Substitute { days, revision: before.revision + 1, ..*before };
            tx.end_substitute(&after).await?;
            Some(entry(&after, event::Action::Update, &before.fields(), &after.fields()))
        }
        Some(Ending::NeverBegan) => {
            tx.delete_substitute(before.id).await?;
            let last = Substitute { revision: before.revision + 1, ..*before };
            Some(entry(&last, event::Action::Delete, &before.fields(), &Fields::new()))
        }
    })
}

/// Has whoever stands in at a toilet be over before the day on which another body begins to run it; answers what the
/// journal is to tell. Those who were named from that day on stay.
pub(super) async fn hand_over(tx: &Tx, toilet: ToiletId, from: NaiveDate) -> Result<Vec<NewEntry>, Failure> {
    let mut entries = Vec::new();
    for one in tx.substitutes_of(toilet).await?.iter().filter(|one| one.days.from().is_some_and(|day| day < from)) {
        entries.extend(end_before(tx, one, from).await?);
    }
    Ok(entries)
}

/// Has somebody who is forgotten stand in nowhere any more; answers what the journal is to tell.
pub(super) async fn forget(tx: &Tx, person: PersonId) -> Result<Vec<NewEntry>, Failure> {
    // Somewhere it is still yesterday.
    let own = tx.substitutes_by(person, tx.at().date_naive() - Length::new(1)).await?;
    let toilets = tx.toilets(&own.iter().map(|one| one.toilet).collect::<Vec<_>>()).await?;
    let mut entries = Vec::new();
    for one in &own {
        let toilet = toilets.iter().find(|toilet| toilet.id == one.toilet).ok_or(Failure::NotFound)?;
        entries.extend(end_before(tx, one, toilet.today(tx.at())).await?);
    }
    Ok(entries)
}

fn entry(substitute: &Substitute, action: event::Action, before: &Fields, after: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::Substitute, substitute.id.to_string());
    NewEntry { kind, key, version: substitute.revision, action, changes: changes(before, after) }
}
