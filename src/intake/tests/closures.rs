//! Closures, grades and operators.

use super::*;
use crate::domain::outage::OutageReason;

const CLOSURES: &str = "[fields]\nname = \"name\"\n[[closures]]\ntext = \"closed\"\n\
    patterns = ['^(?<from>.+?)(?:至|~)(?<until>.*)$', '^(?<from>.+)起$']\nreason = { constant = \"repair\" }\n";

fn row(closed: &str) -> RowOutcome {
    only(&profile(CLOSURES), &format!("id,name,lat,lng,closed\n1,a,30,110,{closed}\n"))
}

#[test]
fn the_last_day_of_a_closure_is_closed_too() {
    let row = row("2024年3月6日至2026年12月2日");
    let outage = &stated(&row).outages[0];
    assert_eq!(outage.span.from().to_rfc3339(), "2024-03-05T16:00:00+00:00");
    assert_eq!(outage.span.until().unwrap().to_rfc3339(), "2026-12-02T16:00:00+00:00");
    assert_eq!(outage.reason, OutageReason::Repair);
    assert_eq!(outage.note.as_ref().unwrap().as_str(), "2024年3月6日至2026年12月2日");
}

#[test]
fn a_time_of_day_is_taken_at_its_word() {
    let row = row("2026-11-24 12:00~2026-11-25 12:00");
    let span = stated(&row).outages[0].span;
    assert_eq!(span.from().to_rfc3339(), "2026-11-24T04:00:00+00:00");
    assert_eq!(span.until().unwrap().to_rfc3339(), "2026-11-25T04:00:00+00:00");
}

#[test]
fn closures_are_counted_by_where_they_stand() {
    for (text, stage) in [
        ("2026-01-01~2026-03-02", "active"),
        ("2026-03-03~2026-03-04", "toCome"),
        ("2026-02-01~2026-03-01", "over"),
        ("2026-02-01~", "openEnded"),
        ("2027-02-01起", "openEnded"),
        ("soon", "unreadable"),
        ("2026-03-04~2026-03-01", "unreadable"),
    ] {
        assert_eq!(count(&[row(text)], "closure", stage), 1, "{text}");
    }
    assert!(row("").facts.iter().all(|(field, _)| field != "closure"));
}

#[test]
fn what_is_no_closure_is_told_and_kept() {
    let row = row("施工");
    assert_eq!(codes(&row), ["unreadable_closure"]);
    assert!(stated(&row).outages.is_empty());
    assert_eq!(stated(&row).draft.extra["closed"], "施工");
}

#[test]
fn grades_are_read_under_their_standard() {
    let rules = "[fields]\nname = \"name\"\n[[grades]]\nstandard = { constant = \"GB/T 18973-2016\" }\ngrade = \"grade\"\n\
        assessed_on = \"on\"\n[[operators]]\nrole = \"owner\"\nkind = { constant = \"village\" }\nname = \"owner\"\n";
    let table = "id,name,lat,lng,grade,on,owner\n1,a,30,110,3A,2018-09-30,甲村\n2,b,30,110,,,\n3,c,30,110,Ⅰ,,\n";
    let rows = read(&profile(rules), table.as_bytes());
    let first = stated(&rows[0]);
    assert_eq!(first.grades[0].grade().as_str(), "AAA");
    assert_eq!(first.grades[0].assessed_on.unwrap().to_string(), "2018-09-30");
    assert_eq!(first.operators[0].name.as_str(), "甲村");
    assert!(stated(&rows[1]).grades.is_empty() && stated(&rows[1]).operators.is_empty());
    assert_eq!(codes(&rows[2]), ["unknown_grade"]);
    assert_eq!(stated(&rows[2]).draft.extra["grade"], "Ⅰ");
    assert_eq!((count(&rows, "grades", "GB/T 18973-2016 AAA"), count(&rows, "grades", "unknown")), (1, 2));
}
