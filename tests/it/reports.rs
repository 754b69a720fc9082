//! Reports: what is counted, for whom, and as what.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, Reader, Xlsx};
use chrono::TimeDelta;
use gongce::domain::account::{Actor, Grant, PersonId, Reach, Role};
use gongce::domain::area::AreaCode;
use gongce::domain::facility::{Facility, Fact, Need};
use gongce::domain::grade::{Grade, Standard, Standing};
use gongce::domain::id::GrantId;
use gongce::domain::language::Language;
use gongce::domain::report::{Fittings, Grading, Month, Wanted, Within, Works};
use gongce::domain::share::Share;
use gongce::domain::toilet::{Kind, Lifecycle};
use gongce::usecase::reports::{self, MonthlyAsked};
use gongce::usecase::{Ctx, Failure, demonstration, loading};
use uuid::Uuid;

use crate::harness::build::{instant, toilet};
use crate::harness::stores::{Database, on_both};

fn share(numerator: u64, denominator: u64) -> Share {
    Share { numerator, denominator }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[test]
fn who_holds_a_grade_is_counted_once_and_only_while_it_is_held() {
    let mut aa = Grading::new(Wanted::new(Standard::GbT2016, Grade::Aa).unwrap());
    let toilets = [
        toilet(1).kind(Kind::Tourist).grade(Standard::GbT2016, Grade::Aaa, "2018-09-30"),
        toilet(2).kind(Kind::Tourist).grade(Standard::GbT2016, Grade::A, "2018-09-30"),
        toilet(3).kind(Kind::Urban).grade(Standard::GbT2016, Grade::Aa, "2027-01-01"),
        toilet(4).kind(Kind::Urban).grade(Standard::GbT2022, Grade::I, "2023-01-01"),
        toilet(5).lifecycle(Lifecycle::Retired).grade(Standard::GbT2016, Grade::Aaa, "2018-09-30"),
        toilet(6).lifecycle(Lifecycle::Planned),
    ];
    for one in toilets.map(|one| one.area(&["41", "410308"]).done()) {
        aa.add(&one, &Within::new(vec!["41".parse().unwrap()]), day("2026-11-23"));
    }
    assert_eq!(aa.attainment, share(1, 4), "the third is given only next year, the fifth is retired");
    assert_eq!(aa.by_area, [(Some("410308".parse::<AreaCode>().unwrap()), share(1, 4))].into());
    assert_eq!(aa.on_standard_in_force, share(1, 3), "the fourth is rated as a tourist toilet, whatever its kind");
    let due: Vec<_> = aa.due.iter().map(|due| (due.id.0, due.standing)).collect();
    assert_eq!(due, [(1, Standing::Reassess), (2, Standing::Reassess)]);
    assert_eq!(aa.mapped(), share(0, 4), "all four claim one position");
}

#[test]
fn a_position_of_ones_own_is_good_enough_for_a_map() {
    let mut grading = Grading::new(Wanted::any_of(Standard::GbT2022).unwrap());
    for one in [
        toilet(1).at(34.8, 112.4).kind(Kind::Tourist),
        toilet(2).at(34.9, 112.4).kind(Kind::Tourist),
        toilet(3).at(34.9, 112.4),
        toilet(4).unlocated(),
    ] {
        grading.add(&one.done(), &Within::default(), day("2026-11-23"));
    }
    assert_eq!((grading.mapped(), grading.tourist_mapped()), (share(1, 4), share(1, 2)));
    assert_eq!(grading.attainment.value(), Some(0.0));
}

#[test]
fn stalls_nobody_counted_are_not_none() {
    let mut fittings = Fittings::default();
    let stalls = |id, women, men, urinals| {
        let mut one = toilet(id).facility(Facility::Wheelchair, Fact::Limited).done();
        (one.fact.stalls.women, one.fact.stalls.men, one.fact.stalls.urinals) = (women, men, urinals);
        one
    };
    for one in [
        stalls(1, Some(6), Some(2), Some(2)),
        stalls(2, Some(8), Some(2), Some(2)),
        stalls(3, Some(2), Some(2), Some(2)),
        stalls(4, Some(1), Some(2), Some(2)),
        stalls(5, Some(6), Some(2), None),
        stalls(6, Some(6), Some(0), Some(0)),
    ] {
        fittings.add(&one, day("2026-11-23"));
    }
    let ratios = &fittings.ratios;
    assert_eq!((ratios.three_to_two, ratios.two_to_one, ratios.not_counted), (share(2, 4), share(1, 4), 2));
    assert_eq!(ratios.below.iter().map(|below| below.id.0).collect::<Vec<_>>(), [4, 3], "the worst first");
    let wheelchair = fittings.things[&Need::Facility(Facility::Wheelchair)];
    assert_eq!((wheelchair.yes, wheelchair.no, wheelchair.unsure), (0, 0, 6), "limited is no yes");
}

#[test]
fn closures_are_counted_within_their_month_and_overlaps_once() {
    let month: Month = "2026-10".parse().unwrap();
    let mut works = Works::new(month, instant("2026-11-23T00:00:00Z"));
    // Midnight in Shanghai is 16:00 UTC of the day before.
    let overlapping = toilet(1)
        .outage("2026-10-01T00:00:00Z", Some("2026-10-01T10:00:00Z"))
        .outage("2026-10-01T06:00:00Z", Some("2026-10-01T12:00:00Z"));
    let across = toilet(2).outage("2026-09-20T00:00:00Z", Some("2026-09-30T18:00:00Z"));
    let to_the_end = toilet(3).outage("2026-10-31T14:00:00Z", None);
    let before = toilet(4).outage("2026-09-01T00:00:00Z", Some("2026-09-30T16:00:00Z"));
    for one in [overlapping, across, to_the_end, before] {
        works.add(&one.done());
    }
    assert_eq!((works.closures_begun, works.toilets_closed, works.closed_at_end), (3, 3, 1));
    assert_eq!(works.closed_for, TimeDelta::hours(12 + 2 + 2), "two at a time count once");
}

#[test]
fn a_month_that_is_not_over_counts_what_has_happened() {
    let mut works = Works::new("2026-11".parse().unwrap(), instant("2026-11-23T10:00:00Z"));
    works.add(&toilet(1).outage("2026-11-23T09:00:00Z", None).done());
    works.add(&toilet(2).outage("2026-11-24T09:00:00Z", None).done());
    assert_eq!((works.closures_begun, works.closed_at_end, works.closed_for), (1, 1, TimeDelta::hours(1)));
    for wrong in ["2026-13", "2026-1", "26-10", "2026-10-01", ""] {
        assert!(wrong.parse::<Month>().is_err(), "{wrong}");
    }
}

fn actor(role: Role, path: &[&str]) -> Actor {
    let path: Vec<AreaCode> = path.iter().map(|code| code.parse().unwrap()).collect();
    let reach = Reach { area: path.last().cloned(), operator: None };
    Actor { person: PersonId(Uuid::nil()), grants: vec![Grant { id: GrantId(1), role, reach, path }] }
}

async fn demonstration(database: &Database) -> Arc<Ctx> {
    let ctx = database.ctx().await;
    demonstration::fill(&ctx).await.unwrap();
    loading::load(&ctx).await.unwrap();
    ctx
}

on_both! {
    async fn the_county_is_counted_as_its_tables_say(database: Database) {
        let ctx = demonstration(&database).await;
        let county = "410308".parse().unwrap();
        let report = reports::monthly(&ctx, &actor(Role::Auditor, &[]), Some(&county), None).await.unwrap();
        let gradings: Vec<_> = report.gradings.iter().map(|one| one.attainment.numerator).collect();
        let census = &report.census;
        assert_eq!(gradings[1] + gradings[0], 114, "the A-grade tourist toilets of the county, before or under the new standard");
        assert_eq!(census.by_kind.values().sum::<u64>(), census.in_service);
        assert_eq!(census.by_area.values().sum::<u64>(), census.in_service);
        assert_eq!(census.by_operating.values().sum::<u64>(), census.in_service);
        assert_eq!(census.by_kind[&Some(Kind::Urban)], census.classes.three_and_above.denominator);
        let every: u64 = report.gradings[0].by_area.values().map(|share| share.denominator).sum();
        assert_eq!(every, report.gradings[0].attainment.denominator);
        let old = reports::monthly(&ctx, &actor(Role::Auditor, &[]), Some(&"410322".parse().unwrap()), None).await;
        assert_eq!(old.unwrap().census, report.census, "an old code still finds its toilets");
    }
}

on_both! {
    async fn everybody_reads_what_they_answer_for(database: Database) {
        let ctx = demonstration(&database).await;
        let (county, town, sibling) = ("410308", "410308104", "410308101");
        let read = async |actor: &Actor, area: Option<&str>| {
            let area = area.map(|code| code.parse().unwrap());
            reports::monthly(&ctx, actor, area.as_ref(), None).await.map(|report| report.census.in_service)
        };
        let of_town = actor(Role::Supervisor, &["41", "4103", county, town]);
        let own = read(&of_town, None).await.unwrap();
        let auditor = actor(Role::Auditor, &[]);
        assert!(own > 0 && own < read(&auditor, None).await.unwrap());
        assert_eq!(read(&of_town, Some(town)).await.unwrap(), own);
        assert_eq!(read(&of_town, Some(county)).await.unwrap(), own, "of the county, what is theirs");
        for absent in [sibling, "999999"] {
            assert!(matches!(read(&of_town, Some(absent)).await, Err(Failure::NotFound)), "{absent}");
        }
        let cleaner = actor(Role::Cleaner, &[]);
        assert!(matches!(read(&cleaner, None).await, Err(Failure::Refused)));
    }
}

on_both! {
    async fn the_month_is_printed_in_two_languages_and_as_a_workbook(database: Database) {
        let ctx = demonstration(&database).await;
        let (area, auditor) = ("410308".parse().unwrap(), actor(Role::Auditor, &[]));
        let asked = |language| MonthlyAsked { area: Some(&area), month: "2026-10".parse().ok(), language };
        let page = reports::monthly_page(&ctx, &auditor, &asked(Language::Chinese)).await.unwrap();
        for part in ["公共厕所月报 2026-10", "孟津区 410308", "三类以上合计", "单位负责人", "size:A4", "2026-10-31"] {
            assert!(page.contains(part), "{part}");
        }
        let english = reports::monthly_page(&ctx, &auditor, &asked(Language::English)).await.unwrap();
        assert!(english.contains("Public toilets, monthly report 2026-10") && english.contains("Prepared by"));
        let sheet = reports::monthly_sheet(&ctx, &auditor, &asked(Language::Chinese)).await.unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(sheet)).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        let in_service = range.rows().find(|row| row[0] == Data::String("在用公厕".to_owned())).unwrap();
        let report = reports::monthly(&ctx, &auditor, Some(&area), "2026-10".parse().ok()).await.unwrap();
        assert_eq!(in_service[1].to_string(), report.census.in_service.to_string());
    }
}

on_both! {
    async fn the_worklist_comes_page_by_page_without_gap_or_repeat(database: Database) {
        let ctx = demonstration(&database).await;
        let auditor = actor(Role::Auditor, &[]);
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (page, more) = reports::due(&ctx, &auditor, None, after, 17).await.unwrap();
            seen.extend(page.iter().map(|due| (due.assessed_on, due.id)));
            if !more { break }
            after = seen.last().copied();
        }
        let (all, more) = reports::due(&ctx, &auditor, None, None, 1_000).await.unwrap();
        assert!(!more && all.len() > 17);
        assert_eq!(seen, all.iter().map(|due| (due.assessed_on, due.id)).collect::<Vec<_>>());
        assert!(seen.is_sorted());
    }
}
