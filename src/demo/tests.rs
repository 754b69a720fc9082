//! What the demonstration county promises.

#![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::{County, county};
use crate::domain::area::AreaLevel;
use crate::domain::grade::{Grade, Standard, Standing};
use crate::domain::operator::{OperatorKind, OperatorRole};
use crate::domain::statement::Statement;
use crate::domain::toilet::{Kind, Lifecycle};
use crate::geo::{Wgs84, great_circle};

fn of_kind(county: &County, kind: Kind) -> Vec<&Statement> {
    county.statements.iter().filter(|statement| statement.draft.kind == Some(kind)).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn positions(county: &County) -> Vec<Wgs84> {
    county.statements.iter().filter_map(|statement| statement.draft.position).map(|place| place.position).collect()
}

#[test]
fn the_county_is_the_same_at_every_call() {
    assert_eq!(county().unwrap(), county().unwrap());
}

#[test]
fn the_areas_are_the_real_ones() {
    let county = county().unwrap();
    let count = |level| county.areas.iter().filter(|area| area.level == level).count();
    let by_level = AreaLevel::ALL.iter().map(|&level| count(level)).collect::<Vec<_>>();
    assert_eq!(by_level, [1, 1, 1, 14, 270]);

    let mut seen = BTreeSet::new();
    for area in &county.areas {
        assert!(area.parent.as_ref().is_none_or(|parent| seen.contains(parent)), "{} before its parent", area.code);
        assert!(seen.insert(area.code.clone()), "{} twice", area.code);
    }

    let find = |code: &str| county.areas.iter().find(|area| area.code.as_str() == code).unwrap();
    let xiaolangdi = find("410308106");
    assert_eq!(xiaolangdi.name.as_str(), "小浪底镇");
    assert_eq!(xiaolangdi.aliases[0].name.as_ref().unwrap().as_str(), "马屯镇");
    let mengjin = find("410308");
    assert_eq!(mengjin.days.from(), Some(day("2021-03-18")));
    let codes: Vec<_> =
        mengjin.aliases.iter().filter_map(|alias| alias.code.as_ref()).map(ToString::to_string).collect();
    assert_eq!(codes, ["410322", "410306"]);
}

#[test]
fn villages_of_one_name_lie_in_different_towns() {
    let county = county().unwrap();
    let mut parents = BTreeMap::<_, Vec<_>>::new();
    for village in county.areas.iter().filter(|area| area.level == AreaLevel::Village) {
        parents.entry(village.name.clone()).or_default().push(village.parent.clone());
    }
    parents.retain(|_, parents| parents.len() > 1);
    assert_eq!(parents.len(), 3);
    assert!(parents.values().all(|parents| parents.len() == 2 && parents[0] != parents[1]));
}

#[test]
fn there_are_as_many_toilets_as_mengjin_reports() {
    let county = county().unwrap();
    assert_eq!([Kind::Urban, Kind::Tourist, Kind::Village].map(|kind| of_kind(&county, kind).len()), [56, 114, 12]);
    let built = |statement: &&Statement| {
        let opened = statement.draft.opened_on.is_some_and(|day| (2025..=2026).contains(&day.year()));
        opened || statement.draft.rebuilt_on.is_some()
    };
    assert_eq!(county.statements.iter().filter(built).count(), 10);
    let rebuilt = county.statements.iter().filter(|statement| statement.draft.rebuilt_on.is_some());
    assert_eq!(rebuilt.count(), 6);
    let planned = county.statements.iter().filter(|statement| statement.draft.lifecycle == Lifecycle::Planned);
    assert_eq!(planned.count(), 2);
    assert_eq!(county.statements.iter().filter(|statement| !statement.outages.is_empty()).count(), 8);
}

#[test]
fn every_tourist_grade_is_due_for_assessment() {
    let county = county().unwrap();
    for toilet in of_kind(&county, Kind::Tourist) {
        let [grade] = &toilet.grades[..] else { unreachable!("{} has one grade", toilet.key) };
        assert_eq!(grade.standing(day("2026-11-23")), Standing::Reassess, "{}", toilet.key);
        // The standard of 2016 was issued in August of that year.
        assert!((day("2016-09-01")..=day("2019-12-31")).contains(&grade.assessed_on.unwrap()));
        let rated_by = toilet.operators.iter().find(|operator| operator.role == OperatorRole::Rating).unwrap();
        assert_eq!(rated_by.name.as_str(), "孟津区文化广电和旅游局");
    }
}

#[test]
fn urban_classes_are_current_and_rebuilding_raised_them() {
    let county = county().unwrap();
    for toilet in of_kind(&county, Kind::Urban) {
        let current = toilet.grades.last().unwrap();
        assert_eq!(current.standing(day("2026-11-23")), Standing::Current);
        let attached = toilet.draft.form == Some(crate::domain::toilet::Form::Attached);
        assert!(!attached || current.grade() != Grade::Class3, "{}: attached ones have class 1 or 2", toilet.key);
        assert_eq!(toilet.grades.len(), 1 + usize::from(toilet.draft.rebuilt_on.is_some()));
        if let [before, after] = &toilet.grades[..] {
            assert_eq!(before.standing(day("2026-11-23")), Standing::Expired);
            assert_eq!(before.valid_to.unwrap().succ_opt(), after.assessed_on);
            assert!(after.assessed_on > toilet.draft.rebuilt_on);
            let rank = |grade| Standard::Cjj2016.grades().iter().position(|&one| one == grade);
            assert!(rank(after.grade()) < rank(before.grade()), "{}", toilet.key);
        }
    }
}

#[test]
fn toilets_stand_inside_the_outline_and_apart() {
    let county = county().unwrap();
    let positions = positions(&county);
    assert_eq!(positions.len(), county.statements.len() - 1, "one is known by its address alone");
    for (place, &position) in positions.iter().enumerate() {
        assert!(county.outline.contains(position), "{position:?}");
        assert!(positions[..place].iter().all(|&other| great_circle(position, other) >= 30.0), "{position:?}");
    }
}

#[test]
fn towns_fill_the_county_and_hold_their_toilets() {
    let county = county().unwrap();
    let (whole, towns): (Vec<_>, Vec<_>) =
        county.boundaries.iter().partition(|(code, _)| code.as_str() == super::areas::MENGJIN);
    assert_eq!((whole.len(), towns.len()), (1, 14));
    assert!(county.boundaries.iter().all(|(_, boundary)| boundary.synthetic && boundary.source.is_some()));
    for place in county.outline.grid(250.0, 100_000).unwrap() {
        let around = towns.iter().filter(|(_, boundary)| boundary.outline.covers(place));
        assert_eq!(around.count(), 1, "{place:?} lies in one town");
    }
    let mut held = 0;
    for (town, boundary) in towns {
        let inside = boundary.outline.grid(250.0, 100_000).unwrap();
        assert!(inside.into_iter().all(|place| county.outline.contains(place)), "{town} ends where the county ends");
        let lies_in_it = |toilet: &&Statement| toilet.draft.area.as_ref().unwrap().as_str().starts_with(town.as_str());
        for toilet in county.statements.iter().filter(lies_in_it) {
            let stands = toilet.draft.position.is_none_or(|place| boundary.outline.covers(place.position));
            assert!(stands, "{} stands outside {town}", toilet.key);
            held += 1;
        }
    }
    assert_eq!(held, county.statements.len());
}

#[test]
fn no_two_toilets_share_a_key_a_code_a_name_or_an_address() {
    let county = county().unwrap();
    let distinct = |of: fn(&Statement) -> String| county.statements.iter().map(of).collect::<BTreeSet<_>>().len();
    assert_eq!(distinct(|statement| statement.key.clone()), 182);
    assert_eq!(distinct(|statement| statement.draft.code.clone().unwrap().to_string()), 182);
    assert_eq!(distinct(|statement| statement.draft.name.to_string()), 182);
    assert_eq!(distinct(|statement| statement.draft.address.clone().unwrap().to_string()), 182);
}

#[test]
fn every_toilet_lies_in_an_area_and_is_run_by_somebody() {
    let county = county().unwrap();
    let areas: BTreeSet<_> = county.areas.iter().map(|area| &area.code).collect();
    let mut kinds = BTreeMap::<_, BTreeSet<_>>::new();
    for toilet in &county.statements {
        assert!(areas.contains(toilet.draft.area.as_ref().unwrap()), "{}", toilet.key);
        let operating = toilet.operators.iter().find(|operator| operator.role == OperatorRole::Operating).unwrap();
        kinds.entry(operating.name.clone()).or_default().insert(operating.kind);
    }
    assert!(kinds.values().all(|kinds| kinds.len() == 1), "bodies of one name are one body");
    let all: BTreeSet<_> = kinds.into_values().flatten().collect();
    assert_eq!(all, BTreeSet::from([OperatorKind::Department, OperatorKind::ScenicArea, OperatorKind::Village]));
}

#[test]
fn counted_stalls_favour_women() {
    let county = county().unwrap();
    let counted = county.statements.iter().filter_map(|statement| {
        let stalls = statement.draft.stalls;
        Some((stalls.women?, stalls.men? + stalls.urinals?))
    });
    let counted: Vec<_> = counted.collect();
    assert!(counted.len() > 100 && counted.len() < county.statements.len());
    assert!(counted.iter().all(|(women, men)| women * 2 >= men * 3));
}

#[test]
fn changhua_community_toilet_is_the_one_of_the_interface_example() {
    let county = county().unwrap();
    let toilet = county.statements.iter().find(|statement| statement.key == "U-017").unwrap();
    let fields = serde_json::to_value(toilet.fields()).unwrap();
    let expected = serde_json::json!({
        "name": "长华社区公厕", "nameEn": "Changhua Community Toilet", "code": "MJ0017",
        "kind": "urban", "form": "standalone", "access": "public", "zone": "Asia/Shanghai", "calendar": "CN",
        "position": {"latitude": 34.8264, "longitude": 112.4364, "datum": "wgs84", "shifted": true},
        "address": "英才路中段东侧", "area": "410308100", "lifecycle": "inService", "hours": "06:00-22:00",
        "facilities.wheelchair": "yes", "facilities.familyToilet": "no", "facilities.babyChanging": "yes",
        "facilities.paper": "limited", "fee": "no", "verifiedAt": "2026-10-02T03:00:00Z",
        "stalls.women": 12, "stalls.men": 3, "stalls.urinals": 3, "stalls.accessible": 1,
        "grades": [{"standard": "CJJ 14-2016", "grade": "二类", "assessedOn": "2019-11-21"}],
        "operators": [
            {"role": "owner", "name": "孟津区城市管理局"},
            {"role": "operating", "name": "孟津区城市管理局"},
        ],
    });
    assert_eq!(fields, expected);
}

#[test]
fn every_row_about_a_single_toilet_finds_its_toilet() {
    let county = county().unwrap();
    let keys: BTreeSet<_> = county.statements.iter().map(|statement| statement.key.clone()).collect();
    let history = super::history::History::load().unwrap();
    let told = history.works.keys().chain(history.outages.keys()).chain(history.surveyed.keys());
    assert!(told.into_iter().all(|key| keys.contains(key)));
    assert_eq!([history.works.len(), history.outages.len(), history.surveyed.len()], [12, 8, 2]);
}
