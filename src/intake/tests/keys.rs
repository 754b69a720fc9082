//! Keys, repeats, and what is left out.

use super::*;

const FIELDS: &str = "[fields]\nname = \"name\"\n";
const TABLE: &str = "id,name,lat,lng\n1,a,30,110\n1,a,30,110\n1,b,30,110\n2,c,30,110\n1,b,30,110\n1,d,30,110\n";

#[test]
fn the_first_row_of_a_key_wins_and_the_others_are_told() {
    let rows = read(&profile(FIELDS), TABLE.as_bytes());
    assert_eq!(results(&rows), ["stated", "repeated", "repeated", "stated", "repeated", "repeated"]);
    let RowResult::Repeated { key, notice } = &rows[2].result else { unreachable!() };
    assert_eq!((key.as_str(), notice.message.as_str()), ("1", "line 2 has the same key and came first and counts"));
}

#[test]
fn rows_that_differ_are_numbered_where_the_profile_says_so() {
    let profile = profile(&format!("key = {{ columns = [\"id\"], number_repeats = true }}\n{FIELDS}"));
    let rows = read(&profile, TABLE.as_bytes());
    assert_eq!(results(&rows), ["stated", "repeated", "stated", "stated", "repeated", "stated"]);
    let keys: Vec<_> = [0, 2, 3, 5].map(|row: usize| stated(&rows[row]).key.clone()).to_vec();
    assert_eq!(keys, ["1", "1#2", "2", "1#3"]);
}

#[test]
fn keys_are_remembered_over_the_files_of_a_run() {
    let profile = profile(FIELDS);
    let mut intake = Intake::new(&profile, today());
    let first: Vec<_> = intake.file("one", TABLE.as_bytes()).unwrap().collect();
    let second: Vec<_> = intake.file("two", TABLE.as_bytes()).unwrap().collect();
    assert_eq!(results(&first)[0], "stated");
    assert!(results(&second).iter().all(|result| result == "repeated"));
}

#[test]
fn the_last_row_of_a_key_can_win() {
    let profile = profile(&format!("key = {{ columns = [\"id\"], wins = \"last\" }}\n{FIELDS}"));
    let rows = read(&profile, TABLE.as_bytes());
    assert_eq!(results(&rows), ["repeated", "repeated", "repeated", "stated", "repeated", "stated"]);
    assert_eq!(stated(&rows[5]).draft.name.as_str(), "d");
}

#[test]
fn a_row_that_is_turned_away_does_not_stand_in_the_way_of_a_good_one() {
    let rows = read(&profile(FIELDS), b"id,name,lat,lng\n1,,30,110\n1,b,30,110\n");
    assert_eq!(results(&rows), ["rejected:missing", "stated"]);
    let RowResult::Rejected { key, .. } = &rows[0].result else { unreachable!() };
    assert_eq!(key.as_deref(), Some("1"));
}

#[test]
fn no_two_rows_share_a_key_by_accident_and_none_goes_without() {
    let both = profile(&format!("key = {{ columns = [\"id\", \"name\"] }}\n{FIELDS}"));
    let rows = read(&both, b"id,name,lat,lng\na|b,c,30,110\na,b|c,30,110\n");
    assert_eq!(results(&rows), ["stated", "stated"]);
    let rows = read(&profile(FIELDS), b"id,name,lat,lng\n ,a,30,110\n");
    assert_eq!(results(&rows), ["rejected:missing_key"]);
    let other = profile(&format!("key = {{ columns = [\"id\"], otherwise = [\"name\"] }}\n{FIELDS}"));
    let rows = read(&other, b"id,name,lat,lng\n ,a,30,110\n");
    assert_eq!(stated(&rows[0]).key, "a");
}

#[test]
fn rows_are_left_out_by_the_words_in_a_column() {
    let unless = format!("{FIELDS}[[skip]]\ncolumn = \"id\"\nunless = [\"1\", \"2\"]\n");
    let when = format!("{FIELDS}[[skip]]\ncolumn = \"id\"\nwhen = [\"3\"]\n");
    for rules in [unless, when] {
        let rows = read(&profile(&rules), b"id,name,lat,lng\n1,a,30,110\n3,b,30,110\n2,c,30,110\n");
        assert_eq!(results(&rows), ["stated", "skipped", "stated"]);
    }
}

#[test]
fn a_broken_row_costs_itself_alone() {
    let rows = read(&profile(FIELDS), b"id,name,lat,lng\n1,a,30,110\n2,b,30,110,x,y\n3,c,30,110\n");
    assert_eq!(results(&rows), ["stated", "rejected:unreadable_row", "stated"]);
    assert_eq!(rows[1].line, 3);
}
