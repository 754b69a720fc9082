#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod properties;

use chrono::{DateTime, Utc};
use chrono_tz::America::New_York;
use chrono_tz::Asia::Shanghai;
use chrono_tz::Tz;

use super::*;
use crate::domain::holiday::{Calendar, Calendars};
use crate::domain::period::Span;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn hours(text: &str) -> Hours {
    Hours::parse(text).unwrap()
}

fn china() -> Calendar {
    Calendars::builtin().get("CN").unwrap().clone()
}

fn open_until(text: &str) -> Opening {
    Opening::Open { until: Some(utc(text)) }
}

fn opens_at(text: &str) -> Opening {
    Opening::Closed { opens_at: Some(utc(text)) }
}

#[test]
fn in_shanghai() {
    // 2026-11-23 is a Monday; Shanghai is eight hours ahead.
    for (text, at, wanted) in [
        ("06:00-22:00", "2026-11-23T13:59:59Z", open_until("2026-11-23T14:00:00Z")),
        ("06:00-22:00", "2026-11-23T14:00:00Z", opens_at("2026-11-23T22:00:00Z")),
        ("06:00-22:00", "2026-11-23T22:00:00Z", open_until("2026-11-24T14:00:00Z")),
        ("06:00-01:00", "2026-11-23T12:00:00Z", open_until("2026-11-23T17:00:00Z")),
        ("05:00-25:00", "2026-11-23T16:30:00Z", open_until("2026-11-23T17:00:00Z")),
        ("Mo-Fr 00:00-24:00", "2026-11-23T12:00:00Z", open_until("2026-11-27T16:00:00Z")),
        ("00:00-12:00 \"a\", Mo-Su 12:00-20:00 \"b\"", "2026-11-23T00:00:00Z", open_until("2026-11-23T12:00:00Z")),
        ("May 01-Oct 07 06:00-22:00", "2026-11-23T00:00:00Z", opens_at("2027-04-30T22:00:00Z")),
        ("2020 Jan 01-2020 Dec 31", "2026-11-23T00:00:00Z", Opening::Closed { opens_at: None }),
        ("Jan 01-Oct 31, Nov 01-Dec 31", "2026-11-23T00:00:00Z", Opening::Open { until: None }),
        ("closed \"renovation\"", "2026-11-23T00:00:00Z", Opening::Closed { opens_at: None }),
    ] {
        assert_eq!(hours(text).opening(Shanghai, None, utc(at)), wanted, "{text} at {at}");
    }
}

#[test]
fn past_midnight_hours_belong_to_the_day_they_begin_on() {
    let at = |text: &str, at: &str| hours(text).state_at(Shanghai, None, utc(at));
    let week = "Mo-Fr 06:00-01:00; Sa,Su 08:00-01:00";
    // Saturday 2026-11-28 and Monday 2026-11-30, at half past midnight.
    assert_eq!(at(week, "2026-11-27T16:30:00Z"), State::Open);
    assert_eq!(at(week, "2026-11-29T16:30:00Z"), State::Open);
    assert_eq!(at(week, "2026-11-27T17:00:00Z"), State::Closed);
    // Closed on Saturdays: what Friday began goes on, what Saturday would begin does not.
    let week = "22:00-02:00; Sa off";
    assert_eq!(at(week, "2026-11-27T17:30:00Z"), State::Open);
    assert_eq!(at(week, "2026-11-28T17:30:00Z"), State::Closed);
    // A rule for Saturday replaces the night as well.
    assert_eq!(at("22:00-02:00; Sa 10:00-12:00", "2026-11-28T17:30:00Z"), State::Closed);
    // A pause takes its own minutes alone.
    let week = "06:00-26:00; 12:00-13:00 off; 25:00-25:30 off";
    assert!(Hours::parse(week).is_err(), "a range cannot start past midnight");
    let week = "06:00-26:00; 12:00-13:00 off";
    assert_eq!(at(week, "2026-11-28T04:30:00Z"), State::Closed);
    assert_eq!(at(week, "2026-11-28T17:30:00Z"), State::Open);
}

#[test]
fn the_night_new_york_skips_an_hour() {
    // On 2026-03-08 the clock goes from 02:00 EST (07:00 UTC) to 03:00 EDT.
    for (text, at, wanted) in [
        ("22:00-06:00", "2026-03-08T06:00:00Z", open_until("2026-03-08T10:00:00Z")),
        ("02:30-05:00", "2026-03-08T06:00:00Z", opens_at("2026-03-08T07:00:00Z")),
        ("00:00-02:30", "2026-03-08T06:00:00Z", open_until("2026-03-08T07:00:00Z")),
        ("02:10-02:50", "2026-03-08T06:00:00Z", opens_at("2026-03-09T06:10:00Z")),
        ("06:00-22:00", "2026-03-08T01:00:00Z", open_until("2026-03-08T03:00:00Z")),
        ("06:00-22:00", "2026-03-08T03:00:00Z", opens_at("2026-03-08T10:00:00Z")),
    ] {
        assert_eq!(hours(text).opening(New_York, None, utc(at)), wanted, "{text} at {at}");
    }
}

#[test]
fn the_night_new_york_repeats_an_hour() {
    // On 2026-11-01 the clock goes from 02:00 EDT (06:00 UTC) back to 01:00 EST.
    for (text, at, wanted) in [
        ("22:00-06:00", "2026-11-01T05:30:00Z", open_until("2026-11-01T11:00:00Z")),
        ("01:30-05:00", "2026-11-01T05:00:00Z", opens_at("2026-11-01T05:30:00Z")),
        ("01:30-05:00", "2026-11-01T06:10:00Z", open_until("2026-11-01T10:00:00Z")),
        ("00:00-01:30", "2026-11-01T05:00:00Z", open_until("2026-11-01T05:30:00Z")),
        ("00:00-01:30", "2026-11-01T06:10:00Z", opens_at("2026-11-02T05:00:00Z")),
        ("Su 00:00-24:00", "2026-11-01T12:00:00Z", open_until("2026-11-02T05:00:00Z")),
    ] {
        assert_eq!(hours(text).opening(New_York, None, utc(at)), wanted, "{text} at {at}");
    }
}

#[test]
fn a_zone_may_leave_out_a_day_or_go_back_over_midnight() {
    // Samoa had no 30 December 2011.
    let friday = hours("Fr 08:00-17:00; Sa 09:00-12:00");
    let apia: Tz = "Pacific/Apia".parse().unwrap();
    assert_eq!(friday.opening(apia, None, utc("2011-12-30T05:00:00Z")), opens_at("2011-12-30T19:00:00Z"));
    // Havana goes back from 01:00 to 00:00.
    let havana: Tz = "America/Havana".parse().unwrap();
    let sunday = hours("Su 00:00-03:00");
    assert_eq!(sunday.opening(havana, None, utc("2026-11-01T05:30:00Z")), open_until("2026-11-01T08:00:00Z"));
}

#[test]
fn holidays_follow_the_calendar() {
    let text = hours("Mo-Fr 08:00-18:00; PH off");
    assert!(text.needs_calendar());
    let china = china();
    // Friday 2026-10-02 at noon is in the National Day week, which ends on Wednesday.
    let at = utc("2026-10-02T04:00:00Z");
    assert_eq!(text.opening(Shanghai, Some(&china), at), opens_at("2026-10-08T00:00:00Z"));
    // Saturday 2026-10-10 is worked, yet the sign says Monday to Friday.
    assert_eq!(text.state_at(Shanghai, Some(&china), utc("2026-10-10T04:00:00Z")), State::Closed);
}

#[test]
fn unknown_holidays_matter_only_where_they_make_a_difference() {
    let text = hours("Mo-Fr 08:00-18:00; PH off");
    let state = |at| text.state_at(Shanghai, None, utc(at));
    assert_eq!(state("2026-10-08T04:00:00Z"), State::Unknown);
    assert_eq!(state("2026-10-08T11:00:00Z"), State::Closed, "in the evening it is closed anyway");
    assert_eq!(state("2026-10-10T04:00:00Z"), State::Closed, "on Saturday it is closed anyway");
    // From Thursday evening the next thing is unknown, not open.
    let at = utc("2026-10-08T11:00:00Z");
    assert_eq!(text.opening(Shanghai, None, at), Opening::Closed { opens_at: None });
    assert_eq!(text.next_change(Shanghai, None, at), Some(utc("2026-10-09T00:00:00Z")));
    // With a calendar, the same holds for years it does not list.
    assert_eq!(text.opening(Shanghai, Some(&china()), utc("2027-03-01T04:00:00Z")), Opening::Unknown);
    let both = hours("Mo-Fr 08:00-18:00; SH 08:00-12:00");
    assert!(!both.needs_calendar());
    assert_eq!(both.state_at(Shanghai, None, utc("2026-10-08T02:00:00Z")), State::Open);
    assert_eq!(both.opening(Shanghai, None, utc("2026-10-08T02:00:00Z")), open_until("2026-10-08T04:00:00Z"));
    assert_eq!(both.state_at(Shanghai, None, utc("2026-10-08T06:00:00Z")), State::Unknown);
    assert!(hours("Mo-Su,PH 00:00-24:00").is_always());
}

#[test]
fn hours_that_do_not_tell_are_unknown() {
    for text in
        ["sunrise-sunset", "08:00+", "10:00-18:00+", "\"ask at the desk\"", "Mo-Fr \"ask\"", "10:00-16:00/01:30"]
    {
        let hours = hours(text);
        let at = utc("2026-11-23T04:00:00Z");
        assert_eq!(hours.opening(Shanghai, None, at), Opening::Unknown, "{text}");
        assert_eq!(hours.state_at(Shanghai, None, at), State::Unknown, "{text}");
        assert_eq!(hours.next_change(Shanghai, None, at), None, "{text}");
        assert_eq!(hours.today(Shanghai, None, at, []), None, "{text}");
        assert!(hours.is_unknowable(), "{text}");
    }
}

#[test]
fn today_as_people_write_it() {
    let saturday = utc("2026-11-28T04:00:00Z");
    for (text, wanted) in [
        ("06:00-22:00", vec!["06:00-22:00"]),
        ("24/7", vec!["00:00-24:00"]),
        ("Mo-Su 00:00-24:00", vec!["00:00-24:00"]),
        ("Sa 00:00-24:00", vec!["00:00-24:00"]),
        ("22:00-02:00", vec!["22:00-02:00"]),
        ("06:00-25:00", vec!["06:00-01:00"]),
        ("06:00-24:00", vec!["06:00-24:00"]),
        ("08:00-12:00,14:00-18:00", vec!["08:00-12:00", "14:00-18:00"]),
        ("Fr 22:00-02:00", vec![]),
        ("Sa off", vec![]),
    ] {
        assert_eq!(hours(text).today(Shanghai, None, saturday, []).unwrap(), wanted, "{text}");
    }
    for text in ["24/7", "08:00-12:00", "24/7; PH off", "08:00-18:00 unknown"] {
        assert!(!hours(text).is_unknowable(), "{text}");
    }
}

#[test]
fn closures_are_taken_out_of_today() {
    let saturday = utc("2026-11-28T04:00:00Z");
    let shut = |from, until: Option<&str>| Span::new(utc(from), until.map(utc)).unwrap();
    for (text, closure, wanted) in [
        ("06:00-22:00", shut("2026-11-01T00:00:00Z", None), vec![]),
        ("24/7", shut("2026-11-28T02:00:00Z", Some("2026-11-28T03:00:30Z")), vec!["00:00-10:00", "11:01-24:00"]),
        ("22:00-02:00", shut("2026-11-28T17:00:00Z", None), vec!["22:00-01:00"]),
        ("06:00-22:00", shut("2026-11-29T00:00:00Z", None), vec!["06:00-22:00"]),
        ("06:00-22:00", shut("2026-11-20T00:00:00Z", Some("2026-11-28T00:00:00Z")), vec!["08:00-22:00"]),
        ("06:00-22:00", shut("2026-11-20T00:00:00Z", Some("2026-11-21T00:00:00Z")), vec!["06:00-22:00"]),
    ] {
        assert_eq!(hours(text).today(Shanghai, None, saturday, [closure]).unwrap(), wanted, "{text}");
    }
}

#[test]
fn always_in_every_spelling() {
    for text in
        ["24/7", "open", "Mo-Su 00:00-24:00", "00:00-24:00", "Mo-Fr 00:00-24:00; Sa,Su 00:00-24:00", "06:00-30:00"]
    {
        assert!(hours(text).is_always(), "{text}");
    }
    for text in ["Mo-Sa 00:00-24:00", "24/7; PH off", "00:00-23:59", "24/7 closed", "Mo[1] 00:00-24:00", "\"ask\""] {
        assert!(!hours(text).is_always(), "{text}");
    }
}

#[test]
fn what_is_refused_and_in_which_words() {
    for (text, words) in [
        ("", "are empty"),
        ("6 h - 22 h", "“6 h - 22 h” is not written as OpenStreetMap's opening_hours"),
        ("08:00-08:00", "ends where it starts"),
        ("18:00-48:30", "is not written"),
        ("Mo 08:00-17:00 ; gibberish", "is not written"),
    ] {
        let error = Hours::parse(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let long = "Mo-Su 06:00-22:00; ".repeat(20);
    let error = Hours::parse(&long).unwrap_err().to_string();
    assert!(error.contains("379 characters") && error.chars().count() < 150, "{error}");
}

#[test]
fn the_open_stretches_of_days_are_told_within_bounds() {
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    // From noon on a Monday to Wednesday morning, in Shanghai.
    let within = (at("2026-11-23T04:00:00Z"), at("2026-11-25T00:00:00Z"));
    let open = |text: &str| Hours::parse(text).unwrap().open_within(chrono_tz::Asia::Shanghai, None, within);
    let (evening, night) = (at("2026-11-23T14:00:00Z"), at("2026-11-24T14:00:00Z"));
    let (six, six_again) = (at("2026-11-23T22:00:00Z"), at("2026-11-24T22:00:00Z"));
    assert_eq!(open("06:00-22:00"), Some(vec![(within.0, evening), (six, night), (six_again, within.1)]));
    assert_eq!(open("24/7"), Some(vec![within]));
    assert_eq!(open("Mo-Su 00:00-24:00"), Some(vec![within]), "days that touch are one");
    assert_eq!(open("We 12:00-13:00"), Some(Vec::new()));
    assert_eq!(open("06:00-22:00; PH off"), None, "without a calendar nobody knows");
}
