//! At which hours of the week things are on time, late or missed.

use std::collections::BTreeMap;

use chrono::{Datelike, SubsecRound};

use super::{Asked, span};
use crate::domain::account::Actor;
use crate::domain::figures::HourFigures;
use crate::domain::plan::Weekday;
use crate::domain::tally::Tally;
use crate::usecase::reports::{about, each};
use crate::usecase::slots::settle_waiting;
use crate::usecase::{Ctx, Failure};

/// So many days at once: a year.
const MOST_DAYS: i64 = 366;

/// So many toilets are counted in one statement.
const CHUNK: usize = 1_000;

/// What was due and over, by the day of the week and the hour at which it was due, by the clocks of the toilets. Of what
/// is asked only the area and the days count.
///
/// # Errors
/// As [`cleaning`](super::cleaning), for more than a year.
pub async fn by_hour(ctx: &Ctx, actor: &Actor, asked: &Asked) -> Result<HourFigures, Failure> {
    let about = about(ctx, actor, asked.area.as_ref())?;
    let (from, to) = span(&about, asked, MOST_DAYS)?;
    settle_waiting(ctx).await?;
    let mut toilets = Vec::new();
    each(ctx, &about, |toilet| toilets.push(toilet.id)).await?;
    let now = ctx.clock.now();
    let mut figures: BTreeMap<(Weekday, u8), Tally> = BTreeMap::new();
    for chunk in toilets.chunks(CHUNK) {
        for (day, hour, tally) in ctx.store.hours(chunk, (from, to), now).await? {
            *figures.entry((day.weekday().into(), hour)).or_default() += tally;
        }
    }
    figures.retain(|_, tally| tally.due() > 0);
    Ok(HourFigures { from, to, as_of: now.trunc_subsecs(0), figures })
}
