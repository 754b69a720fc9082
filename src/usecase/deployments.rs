//! Toilets for an event: put out with one call, taken away with one call.

use chrono::{DateTime, SubsecRound, Utc};

use super::once::{KeptAnswer, Once};
use super::permission::scope;
use super::registering::{Expected, NewToilet, blank, create_in, settle, standing};
use super::{By, Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::deployment::Deployment;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{DeploymentId, ToiletId};
use crate::domain::place::Place;
use crate::domain::policy::Action;
use crate::domain::text::Name;
use crate::domain::toilet::{Form, Lifecycle};
use crate::domain::{Draft, Toilet, Violation};
use crate::store::Tx;

/// A set to be put out.
#[derive(Debug, Clone)]
pub struct NewDeployment {
    /// What it is for.
    pub name: Name,
    /// From when; now if left out.
    pub from: Option<DateTime<Utc>>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// The toilets.
    pub toilets: Vec<Deployed>,
}

/// A toilet of a set.
#[derive(Debug, Clone)]
pub enum Deployed {
    /// A new one, where it says it stands.
    New(Box<NewToilet>),
    /// A portable one that is on record, and where it is put.
    Known(ToiletId, Option<Place>),
}

/// Puts out a set: all its toilets, or none. They serve from its start to its end.
///
/// # Errors
/// [`Failure::Invalid`] where the span or a toilet breaks a rule; [`Failure::Refused`], and [`Failure::NotFound`] for a
/// toilet that is not there or out of scope; [`Failure::KeyReused`].
pub async fn open(
    ctx: &Ctx,
    by: By,
    new: NewDeployment,
    once: Option<Once>,
    tell: impl FnOnce(&Deployment) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditToilet)?;
    let blank = blank(&ctx.home, &new.name);
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let set = open_in(tx, &by.actor, &blank, &new).await?;
            let answer = tell(&set);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

async fn open_in(tx: &Tx, actor: &Actor, blank: &Draft, new: &NewDeployment) -> Result<Deployment, Failure> {
    let from = new.from.unwrap_or_else(|| tx.at().trunc_subsecs(0));
    let span = crate::domain::period::Span::new(from, Some(new.until))?;
    let id = tx.create_deployment(&new.name, from, new.until).await?;
    let mut toilets = Vec::with_capacity(new.toilets.len());
    for (place, toilet) in new.toilets.iter().enumerate() {
        let toilet = match toilet {
            Deployed::New(new_toilet) => {
                let blank = Draft {
                    form: Some(Form::Portable),
                    service_from: Some(from),
                    service_until: Some(new.until),
                    ..blank.clone()
                };
                let made = create_in(tx, actor, &blank, new_toilet, Some(actor.person)).await?;
                tx.deploy(id, made.id, (from, new.until), None).await?;
                made.id
            }
            Deployed::Known(toilet, put) => {
                let before = standing(tx, actor, Action::EditToilet, *toilet).await?;
                check_portable(&before, place)?;
                if toilets.contains(toilet) {
                    let field = format!("toilets.{place}.id");
                    return Err(Violation::new(field, "repeated", "is in the set already").into());
                }
                tx.deploy(id, *toilet, (from, new.until), *put).await?;
                let draft = Draft {
                    lifecycle: Lifecycle::InService,
                    service_from: Some(from),
                    service_until: Some(new.until),
                    ..before.fact.clone()
                };
                settle(tx, actor, &before, draft, before.attested.clone()).await?.id
            }
        };
        toilets.push(toilet);
    }
    toilets.sort_unstable();
    let set = Deployment { id, name: new.name.clone(), span, toilets, revision: 1 };
    tx.append(vec![entry(event::Action::Create, &Fields::new(), &set)]).await?;
    Ok(set)
}

/// A building cannot be put anywhere, and would vanish from the register with the end of the event.
fn check_portable(toilet: &Toilet, place: usize) -> Result<(), Violation> {
    if toilet.fact.form == Some(Form::Portable) {
        return Ok(());
    }
    let message = format!("toilet {} is not portable", toilet.id);
    Err(Violation::new(format!("toilets.{place}.id"), "notPortable", message))
}

/// Takes a set away now: its toilets serve no longer.
///
/// # Errors
/// [`Failure::Stale`], [`Failure::Refused`], and [`Failure::NotFound`] for a set that is not there or has a toilet out of
/// the caller's scope.
pub async fn close(ctx: &Ctx, by: By, id: DeploymentId, expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::EditToilet)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let set = tx.deployment(id).await?.ok_or(Failure::NotFound)?;
            let mut members = Vec::with_capacity(set.toilets.len());
            for toilet in &set.toilets {
                members.push(standing(tx, &by.actor, Action::EditToilet, *toilet).await?);
            }
            expected.check(set.revision)?;
            let now = tx.at().trunc_subsecs(0);
            if set.span.is_over(now) {
                return Ok(());
            }
            let ended = tx.end_deployment(&set, now).await?;
            for before in members {
                let draft = taken_away(&before, &set, now);
                settle(tx, &by.actor, &before, draft, before.attested.clone()).await?;
            }
            Ok(tx.append(vec![entry(event::Action::Retire, &set.fields(), &ended)]).await?)
        })
    });
    written.await
}

/// A toilet of a set that ends now. One that was put out with another set since goes on with that.
fn taken_away(toilet: &Toilet, set: &Deployment, now: DateTime<Utc>) -> Draft {
    let fact = &toilet.fact;
    if fact.service_from != Some(set.span.from()) || fact.service_until != set.span.until() {
        return fact.clone();
    }
    let service_from = fact.service_from.filter(|from| *from < now);
    Draft { service_from, service_until: Some(now), ..fact.clone() }
}

/// Sets looked at in one step of a list.
const STEP: u64 = 100;

/// A page of the sets of which the caller may see a toilet, in the order of their ids, and whether there is more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    after: DeploymentId,
    limit: usize,
) -> Result<(Vec<Deployment>, bool), Failure> {
    let scope = scope(actor, Action::ReadOutages)?;
    let (mut found, mut after, now) = (Vec::new(), after, ctx.clock.now());
    loop {
        let step = ctx.store.deployments_after(after, STEP).await?;
        let Some(last) = step.last() else { return Ok((found, false)) };
        after = last.id;
        let ids: Vec<_> = step.iter().flat_map(|set| set.toilets.iter().copied()).collect();
        let mut seen = Vec::new();
        for toilet in ctx.store.toilets(&ids).await? {
            let subject = super::registering::subject(&toilet, now);
            if scope.covers(subject.path, subject.operator) {
                seen.push(toilet.id);
            }
        }
        for set in step.into_iter().filter(|set| set.toilets.iter().any(|id| seen.contains(id))) {
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push(set);
        }
    }
}

fn entry(action: event::Action, before: &Fields, set: &Deployment) -> NewEntry {
    let changes = changes(before, &set.fields());
    NewEntry { kind: RecordKind::Deployment, key: set.id.to_string(), version: set.revision, action, changes }
}
