//! `gongce export` as a person runs it.

use std::fs;

use crate::harness::program::{run, stderr, stdout};

const TABLE: &str = "id,source,sourceKey,name,zone,kind,latitude,longitude,crs,area,areas\n\
                     1,a,1,甲,Asia/Shanghai,urban,34.8264,112.4364,wgs84,410308,\"[[\"\"410308\"\",\"\"孟津区\"\",\"\"county\"\",2023]]\"\n\
                     2,a,2,乙,Asia/Shanghai,tourist,,,,,\n";

#[test]
fn a_register_is_taken_away_by_the_name_of_the_file_or_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("in.csv"), TABLE).unwrap();
    let taken = run(path, &["import", "--profile", "gongce-csv", "in.csv"]);
    assert!(taken.status.success(), "{}", stderr(&taken));

    let told = run(path, &["export", "out.csv"]);
    assert_eq!(stdout(&told), "out.csv: 2 toilets\n", "{}", stderr(&told));
    let table = fs::read_to_string(path.join("out.csv")).unwrap();
    assert_eq!(stdout(&run(path, &["export", "-", "--format", "csv"])), table);
    assert_eq!(stdout(&run(path, &["export", "-", "--format", "csv", "--area", "410308"])).lines().count(), 2);
    assert_eq!(
        stdout(&run(path, &["export", "-", "--format", "csv", "--kind", "tourist,roadside"])).lines().count(),
        2
    );
    let shifted = stdout(&run(path, &["export", "-", "--format", "csv", "--crs", "gcj02"]));
    assert!(!shifted.contains("34.8264000") && shifted.contains(",gcj02,wgs84,true,"), "{shifted}");
    for (file, begins) in [("out.geojson", "{\"type\":"), ("out.osm.geojson", "{\"type\":"), ("out.xlsx", "PK")] {
        assert!(run(path, &["export", file]).status.success());
        assert!(fs::read(path.join(file)).unwrap().starts_with(begins.as_bytes()), "{file}");
    }
    assert!(fs::read_to_string(path.join("out.osm.geojson")).unwrap().contains("\"amenity\":\"toilets\""));
    // Nothing is left beside the files.
    assert_eq!(
        fs::read_dir(path)
            .unwrap()
            .filter(|entry| { entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".gongce-export") })
            .count(),
        0
    );
}

#[test]
fn a_mistake_is_told_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("in.csv"), TABLE).unwrap();
    assert!(run(path, &["import", "--profile", "gongce-csv", "in.csv"]).status.success());
    for (arguments, code, says) in [
        (&["export", "out.txt"][..], 2, "--format"),
        (&["export", "out.csv", "--crs", "nad27"], 2, "wgs84"),
        (&["export", "out.csv", "--kind", "villa"], 2, "urban"),
        (&["export", "out.csv", "--area", "999"], 1, "999"),
        (&["export", "out.osm.geojson", "--crs", "bd09"], 1, "wgs84"),
        (&["export", "no/such/folder/out.csv"], 1, "no/such/folder"),
    ] {
        let output = run(path, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    }
    assert!(!path.join("out.csv").exists() && !path.join("out.osm.geojson").exists());
}
