//! When something happened, as two clocks of a device and the time of the server tell.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::domain::codes::codes;

/// A cleaning that lasted longer was not finished when it was said to be: its beginning is not believed.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(12);

/// What the clock of a device that counts on whatever anybody sets shows. It begins anew with each start of the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reading {
    /// Names this start of the device: 1 to 64 characters that the client makes up.
    pub boot_id: String,
    /// Milliseconds since some moment of that start.
    pub monotonic_ms: i64,
}

/// The clocks of the device when it sends, which are others each time it does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sending {
    /// What its clock shows.
    pub at: Option<DateTime<Utc>>,
    /// What its other clock shows.
    pub clock: Option<Reading>,
}

codes!(
    /// By which clock the time of a record was found.
    Basis {
        /// By the one that counts on, which nobody can set.
        Monotonic = "monotonic",
        /// By the one that can be set, put right by how far it was off when sending.
        Device = "device",
    }
);

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// When it began, if that is known.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done; to the millisecond, never later than it was received, and never before 1970.
    pub at: DateTime<Utc>,
    /// By which clock.
    pub basis: Basis,
}

/// When something happened: `received − elapsed` where the clock that counts on did not begin anew between the event and
/// the sending, nor go back; else `device time + skew`, where the skew is how far the device's clock is off when it
/// sends; a device that does not say is taken to be right.
#[must_use]
pub fn timing(event: &Event, sending: &Sending, received: DateTime<Utc>) -> Timing {
    let received = received.trunc_subsecs(3);
    let counted = elapsed(event, sending).and_then(|elapsed| received.checked_sub_signed(elapsed));
    let (at, basis) = if let Some(at) = counted {
        (at, Basis::Monotonic)
    } else {
        let skew = sending.at.map_or(TimeDelta::zero(), |at| received - at);
        (event.finished_at.checked_add_signed(skew).unwrap_or(received), Basis::Device)
    };
    // A clock that is off by ages in one place and right in the other tells of no time at all.
    let at = at.min(received).max(DateTime::UNIX_EPOCH).trunc_subsecs(3);
    let started_at = duration(event).filter(|lasted| *lasted <= LONGEST).map(|lasted| at - lasted);
    Timing { started_at: started_at.map(|at| at.trunc_subsecs(3)), at, basis }
}

/// How long ago the event was when it was sent, by the clock that counts on.
pub(super) fn elapsed(event: &Event, sending: &Sending) -> Option<TimeDelta> {
    let (then, now) = (event.clock.as_ref()?, sending.clock.as_ref()?);
    if then.boot_id != now.boot_id {
        return None;
    }
    let elapsed = now.monotonic_ms.checked_sub(then.monotonic_ms).filter(|elapsed| *elapsed >= 0)?;
    // Longer than any device runs is no count of time.
    TimeDelta::try_milliseconds(elapsed).filter(|elapsed| *elapsed <= TimeDelta::days(3650))
}

/// How long it lasted, by the device's clock; nothing where that went back meanwhile.
pub(super) fn duration(event: &Event) -> Option<TimeDelta> {
    let lasted = event.finished_at - event.started_at?;
    (lasted >= TimeDelta::zero()).then_some(lasted)
}
