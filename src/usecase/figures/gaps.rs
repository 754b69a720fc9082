//! The longest gaps, counted toilet by toilet.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::Asked;
use crate::domain::Toilet;
use crate::domain::coverage::closures;
use crate::domain::gap::{self, Gaps, Over};
use crate::domain::hours::Hours;
use crate::domain::id::ToiletId;
use crate::domain::stretch::{Stretch, united, without};
use crate::domain::toilet::Lifecycle;
use crate::usecase::{Ctx, Failure};

/// Gaps that are being counted.
pub(super) struct GapCount<'a> {
    ctx: &'a Ctx,
    over: Over,
    within: Stretch,
    finished: HashMap<ToiletId, Vec<DateTime<Utc>>>,
    /// The open stretches of hours that were worked out already: many toilets have the same.
    open: HashMap<(Hours, Tz, Option<String>), Option<Vec<Stretch>>>,
    gaps: Gaps,
}

impl<'a> GapCount<'a> {
    pub(super) async fn begin(ctx: &'a Ctx, asked: &Asked, days: (NaiveDate, NaiveDate)) -> Result<Self, Failure> {
        let over = Over { days, now: ctx.clock.now(), by: asked.by, bucket: asked.bucket };
        let within = gap::around(days);
        let finished = ctx.store.finished(within).await?;
        Ok(Self { ctx, over, within, finished, open: HashMap::new(), gaps: Gaps::new() })
    }

    /// Adds those of a toilet that is in service, if its hours are known.
    pub(super) fn count(&mut self, toilet: &Toilet) {
        let fact = &toilet.fact;
        let Some(hours) = fact.hours.as_ref().filter(|_| fact.lifecycle == Lifecycle::InService) else { return };
        let calendar = fact.calendar.as_deref();
        let key = (hours.clone(), fact.zone, calendar.map(str::to_owned));
        let (ctx, within) = (self.ctx, self.within);
        let known = calendar.and_then(|id| ctx.calendars.get(id));
        let open = self.open.entry(key).or_insert_with(|| hours.open_within(fact.zone, known, within));
        let Some(open) = open else { return };
        let service = without(open, &united(closures(toilet)));
        let finished = self.finished.get(&toilet.id).map(Vec::as_slice).unwrap_or_default();
        gap::add(&mut self.gaps, toilet, &service, finished, &self.over);
    }

    /// The longest of each group.
    pub(super) fn done(self) -> Gaps {
        self.gaps
    }
}
