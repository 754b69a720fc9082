//! The profiles that come with the program.

use super::profile::Profile;

/// A profile's name, its text, and the encoding of that edition of the file where it is not the one in the text.
type Builtin = (&'static str, &'static str, Option<&'static str>);

const TAIPEI: &str = include_str!("profiles/taipei.toml");

const BUILTIN: &[Builtin] = &[
    ("gongce-csv", include_str!("profiles/gongce-csv.toml"), None),
    ("gongce-geojson", include_str!("profiles/gongce-geojson.toml"), None),
    ("gongce-xlsx", include_str!("profiles/gongce-xlsx.toml"), None),
    ("guangzhou", include_str!("profiles/guangzhou.toml"), None),
    ("guangzhou-csv", include_str!("profiles/guangzhou-csv.toml"), None),
    ("hongkong-fehd", include_str!("profiles/hongkong-fehd.toml"), None),
    ("hongkong-osm", include_str!("profiles/hongkong-osm.toml"), None),
    ("paris", include_str!("profiles/paris.toml"), None),
    ("seoul", include_str!("profiles/seoul.toml"), None),
    ("seoul-2018", include_str!("profiles/seoul-2018.toml"), None),
    ("taipei", TAIPEI, None),
    ("taipei-big5", TAIPEI, Some("big5")),
    ("taipei-cp950", TAIPEI, Some("cp950")),
    ("taipei-utf16", TAIPEI, Some("utf-16")),
    ("template", include_str!("profiles/template.toml"), None),
];

/// The names, in order.
pub(super) fn names() -> Vec<&'static str> {
    BUILTIN.iter().map(|(name, ..)| *name).collect()
}

/// The profile of that name; a test sees to it that each of them can be read.
pub(super) fn profile(name: &str) -> Option<Profile> {
    let (_, text, encoding) = BUILTIN.iter().find(|(known, ..)| *known == name)?;
    let profile = Profile::parse(text).ok()?;
    match encoding {
        Some(encoding) => profile.with_encoding(encoding).ok(),
        None => Some(profile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_that_comes_with_the_program_can_be_read() {
        for (name, text, _) in BUILTIN {
            assert!(Profile::parse(text).is_ok(), "{name}: {:?}", Profile::parse(text).err().map(|e| e.to_string()));
            assert!(profile(name).is_some(), "{name}");
        }
        assert!(profile("nowhere").is_none());
    }
}
