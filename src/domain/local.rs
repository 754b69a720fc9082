//! The clock on the wall and the instants it stands for.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The instant of a local time. One that falls into the gap of a clock change moves to the first valid instant after it,
/// and one that occurs twice takes the first of the two.
#[must_use]
pub fn instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let standing = zone.from_local_datetime(&local).earliest();
    let standing = standing.or_else(|| GapInfo::new(&local, &zone)?.end);
    standing.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn gaps_of_any_length_end_at_the_first_valid_instant() {
        for (zone, local, wanted) in [
            ("America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:00:00Z"),
            ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:10:00", "2026-10-03T15:30:00Z"),
            // Samoa left out a whole day.
            ("Pacific/Apia", "2011-12-30T08:00:00", "2011-12-30T10:00:00Z"),
            // Local mean time ended in Shanghai with 1900: five minutes and 43 seconds came twice.
            ("Asia/Shanghai", "1900-12-31T23:59:00", "1900-12-31T15:53:17Z"),
            // Kathmandu went ahead by a quarter of an hour with 1986.
            ("Asia/Kathmandu", "1986-01-01T00:07:30", "1985-12-31T18:30:00Z"),
        ] {
            assert_eq!(
                instant(zone.parse().unwrap(), local.parse().unwrap()),
                wanted.parse::<DateTime<Utc>>().unwrap()
            );
        }
    }
}
