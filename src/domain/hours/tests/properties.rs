//! Hours against a scan by their definition, and against texts nobody would write.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::America::New_York;
use chrono_tz::Asia::Shanghai;
use chrono_tz::Tz;
use proptest::prelude::*;

use super::super::{Hours, Opening, State};
use super::{china, hours, utc};

/// For each weekday its ranges in minutes, some of them past midnight.
fn weeks() -> impl Strategy<Value = Vec<Vec<(u16, u16)>>> {
    let range = (0u16..1440, 1u16..1440).prop_map(|(start, length)| (start, start + length));
    prop::collection::vec(prop::collection::vec(range, 0..3), 7)
}

fn week_text(week: &[Vec<(u16, u16)>], every_day: Option<(u16, u16)>) -> String {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let range = |(start, end): &(u16, u16)| format!("{}-{}", time(*start), time(*end));
    let days =
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].iter().zip(week).filter_map(|(day, ranges)| match ranges[..] {
            // A day without ranges has those of every day, if there are any.
            [] => None,
            _ => Some(format!("{day} {}", ranges.iter().map(range).collect::<Vec<_>>().join(","))),
        });
    every_day.iter().map(range).chain(days).collect::<Vec<_>>().join("; ")
}

/// Whether the local minute lies in a range that began on its day or the day before: the definition, minute by minute.
fn is_open(week: &[Vec<(u16, u16)>], every_day: Option<(u16, u16)>, zone: Tz, at: DateTime<Utc>) -> bool {
    let local = at.with_timezone(&zone);
    let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap();
    let day = local.weekday().num_days_from_monday() as usize;
    let holds = |day: usize, minute: u16| {
        let own = &week[day];
        let ranges = if own.is_empty() { every_day.as_slice() } else { own };
        ranges.iter().any(|(start, end)| (*start..*end).contains(&minute))
    };
    holds(day, minute) || holds((day + 6) % 7, minute + 1440)
}

proptest! {
    #[test]
    fn the_next_change_is_the_one_a_minute_by_minute_scan_finds(
        week in weeks(),
        every_day in prop::option::of((0u16..1440, 1u16..1440).prop_map(|(start, length)| (start, start + length))),
        seconds in 0i64..14 * 86_400,
        zone in prop::sample::select(vec![Shanghai, Tz::UTC, chrono_tz::Asia::Kathmandu]),
    ) {
        let text = week_text(&week, every_day);
        prop_assume!(!text.is_empty() && text.len() <= 255);
        let hours = hours(&text);
        let at = utc("2026-11-20T00:00:00Z") + TimeDelta::seconds(seconds);
        let now = is_open(&week, every_day, zone, at);
        let scanned = (1..=8 * 1440)
            .map(|minutes| at + TimeDelta::minutes(minutes) - TimeDelta::seconds(at.timestamp() % 60))
            .find(|later| is_open(&week, every_day, zone, *later) != now);
        let found = match hours.opening(zone, None, at) {
            Opening::Open { until } => { prop_assert!(now, "{}", text); until }
            Opening::Closed { opens_at } => { prop_assert!(!now, "{}", text); opens_at }
            Opening::Unknown => { prop_assert!(false, "{} is never unknown", text); None }
        };
        prop_assert_eq!(found, scanned, "{} at {}", text, at);
        prop_assert_eq!(hours.next_change(zone, None, at), scanned);
        if let Some(change) = found {
            let state = |at| hours.state_at(zone, None, at) == State::Open;
            prop_assert_eq!(state(change - TimeDelta::seconds(1)), now);
            prop_assert_eq!(state(change), !now);
        }
    }

    #[test]
    fn any_text_that_parses_can_be_evaluated(
        parts in prop::collection::vec(prop::sample::select(vec![
            "Mo", "Fr-Mo", "Sa[1]", "Su[-1]", "PH", "SH", "PH -1 day", "Jan", "Nov-Feb", "Feb 29", "easter", "easter -2 days",
            "2026", "2026-2030/2", "week 1-53/2", "08:00-12:00", "22:00-26:00", "00:00-24:00", "20:00-03:00", "23:00-48:00",
            "26:00-25:00", "sunset-02:00", "08:00+", "off", "closed", "unknown", "open", "\"c\"", "24/7", "; ", ", ", " || ",
            " ", " ", ",", "-",
        ]), 1..9),
        at in 0i64..4_000_000_000,
    ) {
        if let Ok(hours) = Hours::parse(&parts.concat()) {
            let at = DateTime::from_timestamp(at, 0).unwrap();
            let china = china();
            for calendar in [None, Some(&china)] {
                let state = hours.state_at(New_York, calendar, at);
                let agrees = match hours.opening(New_York, calendar, at) {
                    Opening::Open { .. } => state == State::Open,
                    Opening::Closed { .. } => state == State::Closed,
                    Opening::Unknown => state == State::Unknown,
                };
                prop_assert!(agrees, "{}", hours);
                prop_assert!(hours.today(New_York, calendar, at, []).is_none_or(|ranges| ranges.len() < 10));
                if let Some(change) = hours.next_change(New_York, calendar, at) {
                    prop_assert!(change > at);
                    prop_assert_ne!(hours.state_at(New_York, calendar, change), state, "{}", hours);
                }
            }
        }
    }
}

#[test]
fn the_ends_of_time_do_no_harm() {
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let _: Opening = hours("Jan 06:00-01:00; PH off").opening(New_York, Some(&china()), at);
        let _: State = hours("06:00-22:00").state_at(Shanghai, None, at);
    }
}
