//! Messages that somebody asked for: of what, by which way, and when they may be disturbed.

use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::Violation;
use super::account::{PersonId, Reach};
use super::area::AreaCode;
use super::codes::codes;
use super::event::{Action, RecordKind};
use super::events::{Place, Topic};
use super::id::ToiletId;
use super::local::instant;
use super::plan::Clock;

codes!(
    /// By which way a message goes.
    Channel {
        /// To an address of somebody's own service, signed.
        Webhook = "webhook",
        /// To a group of 企业微信, by its robot.
        Wecom = "wecom",
        /// To a group of 钉钉, by its robot.
        Dingtalk = "dingtalk",
        /// To the person's own WeChat, where they consented.
        Wechat = "wechat",
    }
);

codes!(
    /// When a message goes.
    Pace {
        /// As soon as there is anything to tell.
        AtOnce = "atOnce",
        /// Once for each shift of four hours, counted from midnight, of all that there was to tell.
        Shift = "shift",
    }
);

codes!(
    /// How a message stands.
    DeliveryState {
        /// It is still to be sent, for the first time or again.
        Waiting = "waiting",
        /// The other side took it.
        Sent = "sent",
        /// The person takes no more such messages.
        Unwanted = "unwanted",
        /// It was tried for as long as it is worth.
        GivenUp = "givenUp",
    }
);

codes!(
    /// Why a message does not get there.
    Trouble {
        /// The address is one to which nothing is sent from here.
        Forbidden = "forbidden",
        /// The other side cannot be reached, or its answer was lost.
        Unreachable = "unreachable",
        /// It refused.
        Refused = "refused",
        /// It says that it is gone for good.
        Gone = "gone",
        /// It answered with what cannot be understood.
        Nonsense = "nonsense",
        /// Whoever asked for the messages may not have them any more.
        NotAllowed = "notAllowed",
        /// Something is not set up here.
        NotConfigured = "notConfigured",
    }
);

/// Hours of a shift.
const SHIFT_HOURS: u32 = 4;

/// The hours of every day in which no message goes; over midnight where they end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    from: Clock,
    to: Clock,
}

impl Quiet {
    /// From and until those times of the day.
    ///
    /// # Errors
    /// `endsBeforeItBegins` where they are the same: that would be always or never.
    pub fn new(from: Clock, to: Clock) -> Result<Self, Violation> {
        if from == to {
            return Err(Violation::new("quiet", "endsBeforeItBegins", "must end at another time than it begins"));
        }
        Ok(Self { from, to })
    }

    /// When they begin.
    #[must_use]
    pub const fn from(self) -> Clock {
        self.from
    }

    /// When they end.
    #[must_use]
    pub const fn to(self) -> Clock {
        self.to
    }

    /// When those end in which that local time lies, if it lies in any.
    fn end(self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let (from, to) = (u32::from(self.from.minutes()), u32::from(self.to.minutes()));
        let now = local.hour() * 60 + local.minute();
        let holds = if from < to { (from..to).contains(&now) } else { now >= from || now < to };
        let date = if to <= now { local.date().checked_add_days(Days::new(1))? } else { local.date() };
        holds.then_some(date.and_hms_opt(to / 60, to % 60, 0)?)
    }
}

/// When messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// At once, or gathered.
    pub pace: Pace,
    /// When none goes.
    pub quiet: Option<Quiet>,
    /// The zone of the hours.
    pub zone: Tz,
}

impl Rhythm {
    /// When what happened at that instant may be told.
    #[must_use]
    pub fn due(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let due = match self.pace {
            Pace::AtOnce => at,
            Pace::Shift => {
                let local = at.with_timezone(&self.zone).naive_local();
                let shift = i64::from(local.hour() / SHIFT_HOURS + 1) * i64::from(SHIFT_HOURS);
                instant(self.zone, local.date().and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(shift))
            }
        };
        let local = due.with_timezone(&self.zone).naive_local();
        let end = self.quiet.and_then(|quiet| quiet.end(local));
        // Where the clock is put back, a local time is over before it comes.
        end.map_or(due, |end| instant(self.zone, end)).max(at)
    }
}

/// Somebody's wish to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub person: PersonId,
    /// By which way.
    pub channel: Channel,
    /// Of what lies where.
    pub reach: Reach,
    /// The codes from the top of the tree down to that area; empty for everywhere.
    pub path: Vec<AreaCode>,
    /// Of which topics, at least one.
    pub topics: Vec<Topic>,
    /// When.
    pub rhythm: Rhythm,
    /// Since when.
    pub made_at: DateTime<Utc>,
    /// Since when no message has got there.
    pub failing_since: Option<DateTime<Utc>>,
    /// Since when none is sent any more.
    pub paused_at: Option<DateTime<Utc>>,
    /// Why, of either.
    pub trouble: Option<Trouble>,
}

impl Subscription {
    /// Whether somebody wants to be told of that.
    #[must_use]
    pub fn wants(&self, topics: &[Topic], place: &Place) -> bool {
        let is_there = self.reach.covers(&place.path, place.operator)
            || !place.left.is_empty() && self.reach.covers(&place.left, place.operator);
        self.paused_at.is_none() && is_there && self.wants_any(topics)
    }

    /// Whether somebody wants to be told of any of these, wherever it is.
    #[must_use]
    pub fn wants_any(&self, topics: &[Topic]) -> bool {
        topics.iter().any(|topic| self.topics.contains(topic))
    }
}

/// What somebody is to be told of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, of what they want.
    pub topics: Vec<Topic>,
    /// What sort of record.
    pub kind: RecordKind,
    /// Its key.
    pub key: String,
    /// What was done.
    pub action: Action,
    /// When.
    pub at: DateTime<Utc>,
    /// The toilet that it concerns.
    pub toilet: Option<ToiletId>,
    /// The code of the area in which that lies.
    pub area: Option<AreaCode>,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, the same however often it is sent.
    pub id: Uuid,
    /// For which subscription.
    pub subscription: Uuid,
    /// How often it was begun to be sent.
    pub attempts: u32,
    /// When it was put together.
    pub made_at: DateTime<Utc>,
    /// What it tells.
    pub notices: Vec<Notice>,
}

/// How long to wait after so many attempts: ten seconds at first, four times as long each time, four hours at most; a
/// quarter more or less, by chance, so that what failed together does not come again together.
#[must_use]
pub fn backoff(attempts: u32, chance: u8) -> TimeDelta {
    const LONGEST: i64 = 4 * 3_600;
    let seconds = 4_i64.saturating_pow(attempts.saturating_sub(1).min(10)).saturating_mul(10).min(LONGEST);
    TimeDelta::milliseconds(seconds * (750 + i64::from(chance) * 500 / 255))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn due(pace: Pace, quiet: Option<(&str, &str)>, zone: &str, at: &str) -> String {
        let quiet = quiet.map(|(from, to)| Quiet::new(from.parse().unwrap(), to.parse().unwrap()).unwrap());
        let due = Rhythm { pace, quiet, zone: zone.parse().unwrap() }.due(at.parse().unwrap());
        due.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    #[test]
    fn messages_keep_to_shifts_and_quiet_hours() {
        let night = Some(("22:00", "06:30"));
        for (pace, quiet, zone, at, wanted) in [
            (Pace::AtOnce, None, "Asia/Shanghai", "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
            // 16:00 there.
            (Pace::AtOnce, night, "Asia/Shanghai", "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
            // 22:00 and 06:29 there.
            (Pace::AtOnce, night, "Asia/Shanghai", "2026-11-23T14:00:00Z", "2026-11-23T22:30:00Z"),
            (Pace::AtOnce, night, "Asia/Shanghai", "2026-11-23T22:29:59Z", "2026-11-23T22:30:00Z"),
            (Pace::AtOnce, night, "Asia/Shanghai", "2026-11-23T22:30:00Z", "2026-11-23T22:30:00Z"),
            // 17:10, 20:00 and 20:01 there: the shifts end at 20:00 and at midnight, which is quiet.
            (Pace::Shift, night, "Asia/Shanghai", "2026-11-23T09:10:00Z", "2026-11-23T12:00:00Z"),
            (Pace::Shift, night, "Asia/Shanghai", "2026-11-23T12:00:00Z", "2026-11-23T22:30:00Z"),
            (Pace::Shift, None, "Asia/Shanghai", "2026-11-23T12:01:00Z", "2026-11-23T16:00:00Z"),
            (Pace::AtOnce, Some(("12:00", "14:00")), "Asia/Shanghai", "2026-11-23T05:00:00Z", "2026-11-23T06:00:00Z"),
            // Quiet until 02:30, which the clock leaves out.
            (
                Pace::AtOnce,
                Some(("22:00", "02:30")),
                "America/New_York",
                "2026-03-08T06:00:00Z",
                "2026-03-08T07:00:00Z",
            ),
        ] {
            assert_eq!(due(pace, quiet, zone, at), wanted, "{at} {pace} {quiet:?}");
        }
        assert!(Quiet::new(Clock::MIDNIGHT, Clock::MIDNIGHT).is_err());
    }

    #[test]
    fn nothing_is_told_before_it_happened_nor_more_than_a_day_later() {
        let mut at: DateTime<Utc> = "2026-10-20T00:00:00Z".parse().unwrap();
        while at < "2026-11-10T00:00:00Z".parse::<DateTime<Utc>>().unwrap() {
            for zone in ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"] {
                for pace in [Pace::AtOnce, Pace::Shift] {
                    let quiet = Quiet::new("21:15".parse().unwrap(), "01:45".parse().unwrap()).ok();
                    let due = Rhythm { pace, quiet, zone: zone.parse().unwrap() }.due(at);
                    assert!(at <= due && due - at < TimeDelta::hours(24), "{at} {zone}: {due}");
                }
            }
            at += TimeDelta::minutes(17);
        }
    }

    #[test]
    fn attempts_become_rarer_and_differ() {
        let seconds = |attempts, chance| backoff(attempts, chance).num_milliseconds();
        assert_eq!([seconds(1, 0), seconds(1, 255), seconds(2, 0)], [7_500, 12_500, 30_000]);
        assert_eq!(seconds(1_000, 0), 4 * 3_600 * 750);
    }
}
