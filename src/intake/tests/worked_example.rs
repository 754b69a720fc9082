//! The worked example of `docs/profiles.md`.

use super::*;

const GUIDE: &str = include_str!("../../../docs/profiles.md");
const FILE: &str = include_str!("../../../tests/fixtures/intake/wexcombe.csv");
const PROFILE: &str = include_str!("../../../tests/fixtures/intake/wexcombe.toml");

#[test]
fn the_guide_shows_this_file_and_this_profile() {
    assert!(GUIDE.contains(FILE) && GUIDE.contains(PROFILE));
}

#[test]
fn the_example_does_what_the_guide_says() {
    let rows = read(&Profile::parse(PROFILE).unwrap(), FILE.as_bytes());
    assert_eq!(results(&rows), ["stated", "stated", "rejected:outside_bbox", "stated"]);
    let told: Vec<_> = rows.iter().flat_map(codes).collect();
    assert_eq!(told, ["hours_unread", "name_fallback", "unmapped_value"]);
    let market = stated(&rows[0]);
    let at = market.draft.position.unwrap().position;
    assert!((at.latitude() - 52.658).abs() < 0.001 && (at.longitude() - 1.716).abs() < 0.001, "{at:?}");
    assert_eq!(market.draft.address.as_ref().unwrap().as_str(), "Market Place, Wexcombe");
    assert_eq!((market.draft.stalls.women, market.draft.stalls.men), (Some(4), Some(2)));
    assert_eq!(market.outages[0].span.from().to_rfc3339(), "2026-02-02T00:00:00+00:00");
    assert_eq!(market.outages[0].span.until().unwrap().to_rfc3339(), "2026-05-31T23:00:00+00:00");
    assert_eq!(stated(&rows[3]).draft.extra["Accessible"], "?");
}

#[test]
fn the_guide_names_every_profile_that_comes_with_the_program() {
    for name in Profile::builtin_names() {
        assert!(GUIDE.contains(&format!("`{name}`")), "{name}");
    }
}
