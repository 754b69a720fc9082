//! Recipes: from cells to values.

use super::*;
use crate::domain::facility::{Facility, Fact};

/// The fields of the only row of a table with the further columns `a` and `b`.
fn row(fields: &str, cells: &str) -> RowOutcome {
    let rules = profile(&format!("[fields]\nname = \"name\"\n{fields}"));
    only(&rules, &format!("id,name,lat,lng,a,b\n1,x,30,110,{cells}\n"))
}

fn address(recipe: &str, cells: &str) -> Option<String> {
    let row = row(&format!("address = {recipe}\n"), cells);
    stated(&row).draft.address.clone().map(String::from)
}

#[test]
fn columns_fall_back_join_or_are_constant() {
    assert_eq!(address("[\"a\", \"b\"]", " ,路").as_deref(), Some("路"));
    assert_eq!(address("{ column = \"a\", blank = [\"-\"], constant = \"c\" }", "-,").as_deref(), Some("c"));
    assert_eq!(address("{ constant = \"c\" }", ",").as_deref(), Some("c"));
    assert_eq!(address("{ join = \"{a} {b}号\" }", "路,7").as_deref(), Some("路 7号"));
    assert_eq!(address("{ join = \"{a} {b}号\" }", " ,").as_deref(), None);
}

#[test]
fn values_are_split_matched_and_picked() {
    assert_eq!(address("{ column = \"a\", split = { on = \"/\", index = 1 } }", "甲 / 乙,").as_deref(), Some("乙"));
    assert_eq!(address("{ column = \"a\", split = { on = \"/\", index = -1 } }", "甲/乙/丙,").as_deref(), Some("丙"));
    assert_eq!(address("{ column = \"a\", split = { on = \"/\", index = 5 } }", "甲,").as_deref(), None);
    let named = "{ column = \"a\", pattern = '地址[:：](?<value>[^;]+)' }";
    assert_eq!(address(named, "电话:1;地址：河滨路;").as_deref(), Some("河滨路"));
    let picked = row("stalls = { women = { column = \"a\", pick_number = true } }\n", "约１２个,");
    assert_eq!(stated(&picked).draft.stalls.women, Some(12));
}

#[test]
fn what_a_map_does_not_know_is_told_kept_and_unknown() {
    let rule = "[fields.facilities]\nwheelchair = { column = \"a\", map = { Oui = \"yes\", \"?\" = \"unknown\" } }\n";
    let known = |cells| {
        let row = row(rule, cells);
        (stated(&row).draft.facilities.get(Facility::Wheelchair), codes(&row))
    };
    assert_eq!(known("Oui,"), (Some(Fact::Yes), vec![]));
    assert_eq!(known("?,"), (None, vec![]));
    assert_eq!(known(","), (None, vec![]), "unknown is never no");
    assert_eq!(known("Peut-être,"), (None, vec!["unmapped_value"]));
    assert_eq!(stated(&row(rule, "Peut-être,")).draft.extra["a"], "Peut-être");
}

#[test]
fn counts_become_facts_by_their_sign() {
    let rule = "[fields.facilities]\nwheelchair = { column = \"a\", when_positive = \"yes\", when_zero = \"no\" }\n\
        familyToilet = { column = \"b\", when_positive = \"yes\" }\n";
    let row = row(rule, "0,0");
    let facilities = stated(&row).draft.facilities;
    assert_eq!(facilities.get(Facility::Wheelchair), Some(Fact::No));
    assert_eq!(facilities.get(Facility::FamilyToilet), None);
}

#[test]
fn a_value_that_breaks_a_rule_stays_unknown_but_a_name_turns_the_row_away() {
    let long = "长".repeat(300);
    let row = row("address = \"a\"\nstalls = { women = \"b\" }\n", &format!("{long},1000"));
    assert_eq!(codes(&row), ["too_long", "bad_count"]);
    let draft = &stated(&row).draft;
    assert_eq!((draft.address.clone(), draft.stalls.women), (None, None));
    assert_eq!((draft.extra["a"].as_str(), draft.extra["b"].as_str()), (long.as_str(), "1000"));
    let named = profile("[fields]\nname = \"name\"\n");
    let rows = read(&named, format!("id,name,lat,lng\n1,{long},30,110\n").as_bytes());
    assert_eq!(results(&rows), ["rejected:too_long"]);
}

#[test]
fn hours_that_cannot_be_read_are_a_note() {
    let row = row("hours = \"a\"\n", "随缘,");
    let draft = &stated(&row).draft;
    assert_eq!((draft.hours.clone(), draft.hours_note.as_ref().unwrap().as_str()), (None, "随缘"));
    assert_eq!(codes(&row), ["hours_unread"]);
    assert_eq!(count(&[row], "hours", "note"), 1);
}

#[test]
fn columns_that_nothing_names_are_kept_where_the_profile_says_so() {
    let kept = profile("unused = \"extra\"\n[fields]\nname = \"name\"\n");
    let row = only(&kept, "id,name,lat,lng,电话,空\n1,x,30,110,123,\n");
    let extra: Vec<_> = stated(&row).draft.extra.clone().into_iter().collect();
    assert_eq!(extra, [("电话".to_owned(), "123".to_owned())]);
}

#[test]
fn further_facts_are_counted_and_not_kept() {
    let rules = profile("[fields]\nname = \"name\"\n[facts]\nward = \"ward\"\n");
    let row = only(&rules, "id,name,lat,lng,ward\n1,x,30,110,75012\n");
    assert!(stated(&row).draft.extra.is_empty());
    assert_eq!(count(&[row], "ward", "75012"), 1);
}

#[test]
fn damaged_cells_are_told_even_where_nothing_reads_them() {
    let rules = profile("[fields]\nname = \"name\"\n");
    let mut table = b"id,name,lat,lng,memo\n".to_vec();
    table.extend("1,x,30,110,".bytes().chain("河滨路".repeat(60).bytes()).chain([0xFF]));
    let rows = read(&rules, &table);
    assert_eq!(codes(&rows[0]), ["replacement_character"]);
    assert_eq!(rows[0].notices[0].field.as_deref(), Some("memo"));
}
