//! What a version would come to, before it is made.

use std::collections::HashMap;

use chrono::{Days, SubsecRound};

use super::{Content, NewPlan, begin, replaced, unknown_template};
use crate::domain::account::Actor;
use crate::domain::id::ToiletId;
use crate::domain::plan::Plan;
use crate::domain::policy::Action;
use crate::usecase::permission::require;
use crate::usecase::registering::subject;
use crate::usecase::slots::Due;
use crate::usecase::{Ctx, Failure};

/// For how many days after the first slots are told.
const AFTER: Days = Days::new(6);

/// The slots of the first seven days of a version that somebody has in mind, exceptions worked in. Nothing is kept.
///
/// # Errors
/// What [`put`](super::put) would be refused with.
pub async fn preview(ctx: &Ctx, actor: &Actor, id: ToiletId, new: NewPlan) -> Result<Due, Failure> {
    let at = ctx.clock.now();
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    require(actor, Action::EditPlan, subject(&toilet, at))?;
    let (template, windows) = match new.content {
        Content::Own(windows) => (None, windows),
        Content::Template(id) => {
            let template = ctx.store.template(id).await?.ok_or_else(|| unknown_template(id))?;
            (Some(id), template.windows)
        }
    };
    let from = begin(&toilet, at, (new.from, new.to))?;
    let versions = ctx.store.plans_of(id).await?;
    let exceptions = ctx.store.exceptions_of(&toilet, &versions).await?;
    replaced(&ctx.calendars, &toilet, (&versions, &exceptions), (from, new.to), at)?;
    let version = versions.iter().map(|plan| plan.version).max().unwrap_or_default() + 1;
    let (zone, made_at) = (toilet.fact.zone, at.trunc_subsecs(0));
    let plan = Plan { toilet: id, version, template, zone, from, to: new.to, made_at, windows, revision: 1 };
    let plans = vec![plan];
    let exceptions = ctx.store.exceptions_of(&toilet, &plans).await?;
    let to = new.to.map_or(from + AFTER, |to| to.min(from + AFTER));
    Ok(Due::of(&ctx.calendars, toilet, (plans, exceptions.into()), (from, to), HashMap::new(), at))
}
