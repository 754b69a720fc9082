//! Published open data, as its publishers made it: the counts that a correct intake gives.
//!
//! The files are not part of the project; `GONGCE_REAL_DATA` names the folder that holds them. Without it these tests
//! say so and do nothing, since the same oddities stand in small in `tests/fixtures`.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::program::{run, stderr, stdout};

/// The folder with the real files, if there is one.
#[expect(clippy::print_stdout, reason = "a test that did nothing must say so")]
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("GONGCE_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: no real data");
    }
    folder
}

/// A register into which files are taken, each time by the program itself.
struct Register(TempDir);

impl Register {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn import(&self, profile: &str, file: &Path, more: &[&str]) -> Value {
        let file = file.display().to_string();
        let fixed = ["import", "--profile", profile, file.as_str(), "--report", "json", "--at", "2026-03-02"];
        let output = run(self.0.path(), &[&fixed[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let parts = ["created", "updated", "unchanged", "rejected", "repeated", "skipped"];
        let sum: u64 = parts.iter().map(|part| number(&report, &[part])).sum();
        assert_eq!(number(&report, &["read"]), sum, "every row is counted once");
        report
    }
}

/// A number of a report; absent is zero.
fn number(report: &Value, path: &[&str]) -> u64 {
    path.iter().try_fold(report, |value, key| value.get(key)).and_then(Value::as_u64).unwrap_or(0)
}

/// The numbers of a report that stand beside each path.
fn check(report: &Value, expected: &[(&[&str], u64)]) {
    for (path, wanted) in expected {
        assert_eq!(number(report, path), *wanted, "{path:?}");
    }
}

#[test]
fn taipei_in_every_encoding() {
    let Some(data) = data() else { return };
    let files = [
        ("taipei", "tw_taipei_public_toilets.csv", 28),
        ("taipei-cp950", "tw_taipei_cp950.csv", 28),
        ("taipei-utf16", "tw_taipei_utf16le_bom.csv", 28),
        ("taipei-big5", "tw_taipei_big5.csv", 32),
    ];
    for (profile, file, question_marks) in files {
        let report = Register::new().import(profile, &data.join("taipei").join(file), &[]);
        check(
            &report,
            &[
                (&["read"], 1_545),
                (&["created"], 1_532),
                (&["repeated"], 13),
                (&["rejected"], 0),
                (&["warningsByCode", "trimmed"], 27),
                (&["warningsByCode", "sum_mismatch"], 184),
                (&["facts", "facilities.wheelchair", "yes"], 631),
                (&["facts", "facilities.familyToilet", "yes"], 276),
                (&["warningsByCode", "suspect_question_mark"], question_marks),
            ],
        );
        for unknown in ["hours", "fee"] {
            assert_eq!(number(&report, &["facts", unknown, "unknown"]), 1_545, "{unknown}");
        }
    }
}

#[test]
fn taipei_reads_the_same_in_cp950_and_utf_16() {
    let Some(data) = data() else { return };
    let register = Register::new();
    register.import("taipei", &data.join("taipei/tw_taipei_public_toilets.csv"), &[]);
    for (profile, file) in [("taipei-cp950", "tw_taipei_cp950.csv"), ("taipei-utf16", "tw_taipei_utf16le_bom.csv")] {
        let report = register.import(profile, &data.join("taipei").join(file), &["--sync"]);
        check(&report, &[(&["unchanged"], 1_532), (&["repeated"], 13), (&["updated"], 0), (&["retired"], 0)]);
    }
}

#[test]
fn guangzhou_in_both_forms() {
    let Some(data) = data() else { return };
    let register = Register::new();
    let report = register.import("guangzhou", &data.join("guangzhou/cn_guangzhou_toilets.json"), &[]);
    check(
        &report,
        &[
            (&["read"], 1_370),
            (&["repeated"], 51),
            (&["created"], 1_319),
            (&["facts", "position", "located"], 1_370),
            (&["warningsByCode", "name_fallback"], 374),
        ],
    );
    let again = register.import("guangzhou-csv", &data.join("guangzhou/cn_guangzhou_gb18030.csv"), &["--sync"]);
    check(&again, &[(&["read"], 1_370), (&["unchanged"], 1_319), (&["retired"], 0)]);
}

#[test]
fn hong_kong_by_its_department() {
    let Some(data) = data() else { return };
    let register = Register::new();
    let file = data.join("hongkong-fehd/hk_fehd_map.xml");
    let report = register.import("hongkong-fehd", &file, &[]);
    check(
        &report,
        &[
            (&["read"], 1_369),
            (&["created"], 812),
            (&["skipped"], 557),
            (&["facts", "closure", "active"], 36),
            (&["facts", "closure", "toCome"], 12),
            (&["facts", "closure", "over"], 2),
            (&["facts", "closure", "openEnded"], 1),
            (&["facts", "hours", "known"], 809),
            (&["warningsByCode", "unreadable_closure"], 1),
        ],
    );
    check(&register.import("hongkong-fehd", &file, &["--sync"]), &[(&["unchanged"], 812), (&["retired"], 0)]);
}

#[test]
fn paris_of_2024_over_2022() {
    let Some(data) = data() else { return };
    let register = Register::new();
    let (old, new) = ("paris/fr_paris_sanisettes_2022.csv", "paris/fr_paris_sanisettes_2024.csv");
    let first = register.import("paris", &data.join(old), &[]);
    check(&first, &[(&["read"], 615), (&["created"], 606), (&["repeated"], 9)]);
    let second = register.import("paris", &data.join(new), &["--sync"]);
    check(
        &second,
        &[
            (&["read"], 609),
            (&["rejected"], 1),
            (&["created"], 29),
            (&["updated"], 48),
            (&["unchanged"], 530),
            (&["retired"], 28),
        ],
    );
    let rejected = second["rows"].as_array().unwrap().iter().find(|row| row["outcome"] == "rejected").unwrap();
    assert_eq!((&rejected["line"], &rejected["field"]), (&398.into(), &"position".into()));
    let third = register.import("paris", &data.join(new), &["--sync"]);
    check(&third, &[(&["unchanged"], 607), (&["updated"], 0), (&["created"], 0), (&["retired"], 0)]);
}

#[test]
fn seoul_keeps_rows_that_share_a_position() {
    let Some(data) = data() else { return };
    let report = Register::new().import("seoul", &data.join("seoul/kr_seoul_toilet_cp949.csv"), &[]);
    check(&report, &[(&["read"], 4_269), (&["repeated"], 24), (&["created"], 4_245), (&["rejected"], 0)]);
    let older = Register::new().import("seoul-2018", &data.join("seoul/kr_seoul_spr_2018.csv"), &[]);
    check(&older, &[(&["read"], 4_944), (&["created"], 4_944)]);
}

#[test]
fn hong_kong_by_its_mappers() {
    let Some(data) = data() else { return };
    let file = data.join("hongkong-osm/hk_osm_toilets_overpass.geojson");
    let report = Register::new().import("hongkong-osm", &file, &[]);
    check(
        &report,
        &[
            (&["read"], 1_910),
            (&["created"], 1_910),
            (&["facts", "geometry", "polygon"], 801),
            (&["facts", "access", "private"], 47),
            (&["facts", "access", "customers"], 19),
        ],
    );
}

#[test]
fn cities_agree_in_every_datum() {
    use gongce::geo::{Bd09, Gcj02, Wgs84, great_circle};
    let Some(data) = data() else { return };
    let text = std::fs::read_to_string(data.join("coordinates/coord_vectors.json")).unwrap();
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let pairs = vectors["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 332);
    for pair in pairs {
        let at = |name: &str| (pair[name][1].as_f64().unwrap(), pair[name][0].as_f64().unwrap());
        let apart =
            |a: (f64, f64), b: (f64, f64)| great_circle(Wgs84::new(a.0, a.1).unwrap(), Wgs84::new(b.0, b.1).unwrap());
        let (latitude, longitude) = at("wgs84");
        let shifted = Gcj02::from(Wgs84::new(latitude, longitude).unwrap());
        assert!(apart((shifted.latitude(), shifted.longitude()), at("gcj02")) <= 1.0, "{}", pair["name"]);
        let (latitude, longitude) = at("gcj02");
        let baidu = Bd09::from(Gcj02::new(latitude, longitude).unwrap());
        assert!(apart((baidu.latitude(), baidu.longitude()), at("bd09")) <= 0.05, "{}", pair["name"]);
    }
}
