//! Who is on the roster of a toilet.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;

use super::logging::Delivery;
use crate::domain::account::PersonId;
use crate::domain::duties::{Charge, Duties};
use crate::domain::id::ToiletId;
use crate::usecase::{Ctx, Failure};

/// Who is to be at some toilets.
pub(super) struct OnDuty(HashMap<ToiletId, Arc<Duties>>);

impl OnDuty {
    /// Who is to be at the toilets of these deliveries, asked for all of them at once.
    pub(super) async fn of(ctx: &Ctx, deliveries: &[Arc<Delivery>]) -> Result<Self, Failure> {
        let toilets: BTreeSet<ToiletId> = deliveries.iter().flat_map(|one| one.weighed.toilets()).collect();
        let earliest = deliveries.iter().flat_map(|one| one.weighed.instants(&one.items)).min();
        let Some(earliest) = earliest else { return Ok(Self(HashMap::new())) };
        Self::at(ctx, &toilets.into_iter().collect::<Vec<_>>(), earliest).await
    }

    /// Who is to be at those toilets at that instant or later.
    pub(super) async fn at(ctx: &Ctx, toilets: &[ToiletId], earliest: DateTime<Utc>) -> Result<Self, Failure> {
        // Somewhere it is still the day before, and a shift of the evening before that may go on.
        let since = earliest.date_naive() - Days::new(2);
        Ok(Self(ctx.store.duties_at(toilets, since).await?))
    }

    /// Whether somebody was on the roster of a toilet, whose clock goes by that zone, at that instant: as its custodian, as
    /// somebody who stands in, or on shift. Where nobody has recorded who is, everybody is. The answer is kept in the flags
    /// of the record, as it was when the record arrived.
    pub(super) fn is_on_roster(&self, person: PersonId, toilet: ToiletId, zone: Tz, at: DateTime<Utc>) -> bool {
        let charge = |duties: &Duties| duties.charge(person, zone, (at, at));
        self.0.get(&toilet).is_none_or(|duties| charge(duties) != Charge::Others)
    }
}
