//! Dates and times as files write them, in the zone of their profile.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Ways to write a day that put the year first, and so cannot be misread.
const DAYS: [&str; 5] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"];

/// The same with the time of day.
const TIMES: [&str; 6] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
];

/// Reads a day by the profile's formats, or by those that put the year first; a time of day is passed over.
pub(super) fn day(text: &str, formats: &[String]) -> Option<NaiveDate> {
    let dated = pick(formats, &DAYS).find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    dated.or_else(|| local_time(text, formats).map(|time| time.date()))
}

/// Reads an instant: with its own offset where it has one (RFC 3339), else as local time in the zone; a day alone is
/// its beginning.
pub(super) fn instant(text: &str, formats: &[String], zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let local = local_time(text, formats).or_else(|| day(text, formats).map(|day| day.and_time(NaiveTime::MIN)))?;
    in_zone(local, zone)
}

/// Reads an instant that is stated with its time of day; `None` for a day alone.
pub(super) fn timed(text: &str, formats: &[String], zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    in_zone(local_time(text, formats)?, zone)
}

/// The beginning of a day in the zone.
pub(super) fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    in_zone(day.and_time(NaiveTime::MIN), zone)
}

/// The beginning of the next day in the zone: the end of a span whose last day is `day`.
pub(super) fn end_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    start_of(day.checked_add_days(Days::new(1))?, zone)
}

fn local_time(text: &str, formats: &[String]) -> Option<NaiveDateTime> {
    pick(formats, &TIMES).find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

fn pick<'a>(own: &'a [String], usual: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let usual = if own.is_empty() { usual } else { &[] };
    own.iter().map(String::as_str).chain(usual.iter().copied())
}

/// A local time that occurs twice is taken as the first; one that a clock change leaves out, as an hour later.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = zone.from_local_datetime(&local).earliest();
    let later = || zone.from_local_datetime(&(local + chrono::TimeDelta::hours(1))).earliest();
    found.or_else(later).map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(instant: Option<DateTime<Utc>>) -> Option<String> {
        instant.map(|instant| instant.to_rfc3339())
    }

    #[test]
    fn days_are_read_with_the_year_first_or_as_the_profile_says() {
        let wanted = NaiveDate::from_ymd_opt(2024, 3, 6);
        for text in ["2024-03-06", "2024/3/6", "2024年3月6日", "20240306", "2024-03-06 00:00:00"] {
            assert_eq!(day(text, &[]), wanted, "{text}");
        }
        assert_eq!(day("06/03/2024", &[]), None);
        assert_eq!(day("06/03/2024", &["%d/%m/%Y".to_owned()]), wanted);
    }

    #[test]
    fn times_are_local_unless_they_say_otherwise() {
        let zone = Tz::Asia__Hong_Kong;
        let of = |text| told(instant(text, &[], zone));
        assert_eq!(of("2025-08-13 14:06:38").as_deref(), Some("2025-08-13T06:06:38+00:00"));
        assert_eq!(of("2025-08-13").as_deref(), Some("2025-08-12T16:00:00+00:00"));
        assert_eq!(of("2025-08-13T14:06:38Z").as_deref(), Some("2025-08-13T14:06:38+00:00"));
        assert_eq!(of("yesterday"), None);
    }

    #[test]
    fn a_last_day_ends_with_the_next_midnight_also_where_that_midnight_is_skipped() {
        let last = NaiveDate::from_ymd_opt(2026, 12, 2).unwrap_or_default();
        assert_eq!(told(end_of(last, Tz::Asia__Hong_Kong)).as_deref(), Some("2026-12-02T16:00:00+00:00"));
        // Beirut's clocks went from midnight to one o'clock on 2022-03-27.
        let eve = NaiveDate::from_ymd_opt(2022, 3, 26).unwrap_or_default();
        assert_eq!(told(end_of(eve, Tz::Asia__Beirut)).as_deref(), Some("2022-03-26T22:00:00+00:00"));
    }
}
