//! What is odd about a record. A flag is for people to look at: it refuses nothing and changes nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::clocks::{LONGEST, Sending, duration, elapsed};
use super::event::Event;
use crate::domain::codes::codes;
use crate::domain::task::Task;

codes!(
    /// What is odd about a record.
    Flag {
        /// A supervisor recorded it for somebody without a phone.
        Proxy = "proxy",
        /// The toilet lies outside the area of whoever cleaned.
        OutOfArea = "outOfArea",
        /// She was not on the roster of that toilet then.
        OffRoster = "offRoster",
        /// The checklist is not that of the plan that was in force.
        OldChecklist = "oldChecklist",
        /// It took less time than such work takes.
        TooShort = "tooShort",
        /// It would have taken longer than twelve hours: when it began is not believed.
        TooLong = "tooLong",
        /// The device's clock was off, or was set meanwhile.
        ClockOff = "clockOff",
        /// She was at work elsewhere, or here under another record, at the same time.
        Overlapping = "overlapping",
        /// She would have had to travel faster than 60 km/h.
        TooFast = "tooFast",
        /// Her phone gave exactly the same position five times.
        SameFix = "sameFix",
        /// A photo of it is the same picture as one of another record.
        PhotoReused = "photoReused",
    }
);

/// So far may a device's clock be off.
const OFF: TimeDelta = TimeDelta::minutes(5);

/// Nobody saves up records for longer: what seems older was shown by a clock that had lost its time.
const LONG_AGO: TimeDelta = TimeDelta::days(31);

/// What is known around a record when its first delivery arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// Whether somebody else records it.
    pub is_proxy: bool,
    /// Whether the toilet lies in the area of whoever cleaned, as far as that is known.
    pub in_area: bool,
    /// Whether she was on its roster then.
    pub on_roster: bool,
    /// The version of the toilet's plan that was in force then.
    pub plan_version: Option<i32>,
}

impl Circumstances {
    /// The flags that a record gets by itself: they depend on what it says, on the clocks of its first delivery, and on
    /// how areas, rosters and plans stood when that arrived.
    #[must_use]
    pub fn flags(&self, event: &Event, sending: &Sending, received: DateTime<Utc>) -> BTreeSet<Flag> {
        let lasted = duration(event);
        let flags = [
            (Flag::Proxy, self.is_proxy),
            (Flag::OutOfArea, !self.in_area),
            (Flag::OffRoster, !self.on_roster),
            (Flag::OldChecklist, event.checklist.as_ref().is_some_and(|list| Some(list.version) != self.plan_version)),
            (Flag::TooShort, lasted.is_some_and(|lasted| lasted < least(&event.tasks))),
            (Flag::TooLong, lasted.is_some_and(|lasted| lasted > LONGEST)),
            (Flag::ClockOff, is_clock_off(event, sending, received)),
        ];
        flags.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).collect()
    }
}

/// The least time that the longest of those tasks takes.
fn least(tasks: &BTreeSet<Task>) -> TimeDelta {
    let of = |task: &Task| match task {
        Task::Round | Task::Disinfect => TimeDelta::minutes(1),
        Task::Thorough => TimeDelta::minutes(5),
        Task::Deep => TimeDelta::minutes(10),
    };
    tasks.iter().map(of).max().unwrap_or_default()
}

/// Whether the device's clock differs from the server's when it sends, goes back within the record or before the
/// sending, or ran otherwise than the clock that counts on.
fn is_clock_off(event: &Event, sending: &Sending, received: DateTime<Utc>) -> bool {
    let went_back = event.started_at.is_some_and(|started| started > event.finished_at);
    // A device that does not say what its clock shows is taken to be right, here as well.
    let sent_at = sending.at.unwrap_or(received);
    let differs = (received - sent_at).abs() > OFF;
    let between = sent_at - event.finished_at;
    let was_set = match elapsed(event, sending) {
        Some(elapsed) => sending.at.is_some() && (between - elapsed).abs() > OFF,
        None => between < -OFF || between > LONG_AGO,
    };
    went_back || differs || was_set
}
