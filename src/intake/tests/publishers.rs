//! The profiles that come with the program, each on a hand-written file with the oddities of its publisher.

use super::*;

const TAIPEI: &str = include_str!("../../../tests/fixtures/intake/taipei.csv");

#[test]
fn taipei_trims_names_counts_repeats_and_checks_sums() {
    let rows = read_as("taipei", TAIPEI.as_bytes());
    assert_eq!(results(&rows), ["stated", "stated", "repeated", "stated", "rejected:outside_bbox"]);
    assert_eq!(codes(&rows[0]), ["suspect_question_mark"]);
    assert_eq!(codes(&rows[1]), ["trimmed", "sum_mismatch"]);
    assert_eq!(codes(&rows[3]), ["repeat_numbered"]);
    assert_eq!(stated(&rows[1]).draft.name.as_str(), "天和宮");
    assert_eq!(stated(&rows[3]).key, "河濱公廁|河濱路1號#2");
    assert_eq!(count(&rows, "facilities.wheelchair", "yes"), 2, "the repeated row counts as read");
    assert_eq!(count(&rows, "kind", "shared"), 1);
    assert_eq!(stated(&rows[3]).draft.extra["特優級"], "8");
    assert_eq!(stated(&rows[0]).operators[0].name.as_str(), "臺北市政府警察局?河濱派出所");
}

#[test]
fn a_position_whose_numbers_are_swapped_is_turned_away_with_the_question() {
    let rows = read_as("taipei", TAIPEI.as_bytes());
    let RowResult::Rejected { key, notice } = &rows[4].result else { unreachable!() };
    assert_eq!((rows[4].line, key.as_deref()), (6, Some("森林公廁|森林路9號")));
    assert!(notice.message.ends_with("swapped?"), "{}", notice.message);
    assert_eq!(notice.field.as_deref(), Some("position"));
}

#[test]
fn taipei_says_the_same_in_every_encoding() {
    let plain: Vec<_> = read_as("taipei", TAIPEI.as_bytes()).iter().map(|r| format!("{r:?}")).collect();
    let (big5, _, lost) = encoding_rs::BIG5.encode(TAIPEI);
    assert!(!lost);
    let utf16: Vec<u8> = TAIPEI.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xFF\xFE".as_slice(), &utf16].concat();
    for (name, bytes) in
        [("taipei-cp950", big5.as_ref()), ("taipei-big5", &big5), ("taipei-utf16", &marked), ("taipei", &marked)]
    {
        let rows: Vec<_> = read_as(name, bytes).iter().map(|r| format!("{r:?}")).collect();
        assert_eq!(rows, plain, "{name}");
    }
}

#[test]
fn guangzhou_takes_the_road_for_a_blank_name_and_shifts_its_positions() {
    let rows = read_as("guangzhou", include_bytes!("../../../tests/fixtures/intake/guangzhou.json"));
    assert_eq!(results(&rows), ["stated", "stated", "repeated"]);
    assert_eq!(codes(&rows[1]), ["name_fallback"]);
    let unnamed = stated(&rows[1]);
    assert_eq!((unnamed.draft.name.as_str(), unnamed.key.as_str()), ("东湖路", "|东湖路8号"));
    let place = unnamed.draft.position.unwrap();
    assert_eq!(place.given, crate::geo::Crs::Gcj02);
    let shift = (place.position.latitude() - 23.1127).abs() + (place.position.longitude() - 113.2895).abs();
    assert!((0.003..0.02).contains(&shift), "{shift}");
}

#[test]
fn fehd_takes_toilets_only_and_reads_their_closures() {
    let rows = read_as("hongkong-fehd", include_bytes!("../../../tests/fixtures/intake/hongkong-fehd.xml"));
    assert_eq!(results(&rows), ["stated", "stated", "skipped", "stated"]);
    assert!(rows[2].facts.is_empty());
    let first = stated(&rows[0]);
    assert_eq!(first.draft.district.as_ref().unwrap().as_str(), "中西區");
    assert_eq!(first.draft.verified_at.unwrap().to_rfc3339(), "2025-08-13T06:06:38+00:00");
    assert!(!first.draft.position.unwrap().shifted);
    assert!(first.draft.extra.is_empty());
    assert_eq!(first.draft.hours, stated(&rows[1]).draft.hours);
    assert_eq!(stated(&rows[1]).draft.extra["contact1"], "21234567");
    assert_eq!(count(&rows, "hours", "known"), 2);
    assert_eq!(codes(&rows[3]), ["unmapped_value", "unreadable_closure"]);
    assert_eq!(stated(&rows[3]).draft.extra["remarks_c"], "???");
    assert_eq!(stated(&rows[3]).draft.extra["districtID"], "XX");
}

#[test]
fn paris_keeps_its_keys_over_the_years() {
    let old = read_as("paris", include_bytes!("../../../tests/fixtures/intake/paris-1.csv"));
    let new = read_as("paris", include_bytes!("../../../tests/fixtures/intake/paris-2.csv"));
    assert_eq!(results(&old), ["repeated", "stated", "stated", "stated"]);
    assert_eq!(results(&new), ["stated", "stated", "stated", "rejected:missing_position"]);
    assert_eq!(new[3].line, 5);
    let (quay, then) = (stated(&new[0]), stated(&old[1]));
    assert_eq!(quay.key, "48.856486,2.349796");
    assert_eq!(quay.fields(), then.fields(), "a new arrondissement or a tenth of a metre is no change");
    assert_ne!(stated(&new[1]).fields(), stated(&old[2]).fields());
    assert_eq!(quay.draft.address.as_ref().unwrap().as_str(), "6  QUAI NEUF");
    assert_eq!(stated(&new[2]).draft.name.as_str(), "SANISETTE");
    assert_eq!(codes(&new[2]), ["name_fallback"]);
    assert_eq!((count(&old, "hours", "known"), count(&old, "hours", "unknown")), (2, 2));
}

#[test]
fn seoul_keeps_toilets_that_share_a_position_and_folds_line_breaks() {
    let text = include_str!("../../../tests/fixtures/intake/seoul.csv");
    let (cp949, _, lost) = encoding_rs::EUC_KR.encode(text);
    assert!(!lost);
    let rows = read_as("seoul", &cp949);
    assert_eq!(results(&rows), ["stated", "stated", "repeated"]);
    assert_eq!(stated(&rows[0]).draft.name.as_str(), "행복 주유소 화장실");
    assert_eq!(codes(&rows[0]), ["trimmed"]);
    assert_eq!((count(&rows, "kind", "shared"), count(&rows, "form", "portable")), (1, 1));
}

#[test]
fn openstreetmap_outlines_become_points_and_tags_are_kept() {
    let rows = read_as("hongkong-osm", include_bytes!("../../../tests/fixtures/intake/hongkong-osm.geojson"));
    assert_eq!(results(&rows), ["stated", "stated", "rejected:bad_geometry"]);
    let building = stated(&rows[0]);
    assert_eq!((building.key.as_str(), building.draft.name.as_str()), ("way/1", "公廁"));
    let at = building.draft.position.unwrap().position;
    let in_court = (22.301..22.302).contains(&at.latitude()) && (114.001..114.002).contains(&at.longitude());
    assert!((22.3..22.303).contains(&at.latitude()) && !in_court, "{at:?}");
    assert_eq!(building.draft.extra["building"], "yes");
    assert_eq!(stated(&rows[1]).draft.name_en.as_ref().unwrap().as_str(), "Waterfront Toilet");
    assert_eq!((count(&rows, "access", "private"), count(&rows, "access", "customers")), (1, 1));
    assert_eq!((count(&rows, "geometry", "polygon"), count(&rows, "facilities.wheelchair", "yes")), (1, 1));
}
