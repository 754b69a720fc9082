//! Mistakes in profiles and files, and what their writer is told.

use super::*;

fn told(more: &str) -> String {
    Profile::parse(&text(more)).unwrap_err().to_string()
}

#[test]
fn a_mistake_in_a_profile_names_the_key_and_what_is_right() {
    for (rules, words) in [
        ("[fields]\nname = \"name\"\nadress = \"a\"\n", ["adress", "`address`"]),
        ("[fields]\nname = { colum = \"name\" }\n", ["colum", "`column`"]),
        ("[fields]\nname = { optional = true }\n", ["line", "`constant`"]),
        ("[fields]\nname = { column = \"a\", join = \"{b}\" }\n", ["`column`", "not both"]),
        ("[fields]\nname = { join = \"a\" }\n", ["braces", "{street}"]),
        ("[fields]\nname = { column = \"a\", pattern = \"(\" }\n", ["pattern", "regular expression"]),
        ("[fields]\nname = { column = \"a\", lookup = \"ward\" }\n", ["name.lookup", "format.lookup"]),
        ("[fields]\nname = \"a\"\nkind = { column = \"b\", map = { x = \"rural\" } }\n", ["fields.kind", "village"]),
        ("[fields]\nname = \"a\"\nfacilities = { bidet = \"b\" }\n", ["bidet", "wheelchair"]),
        ("[fields]\nname = \"a\"\n[[closures]]\ntext = \"b\"\npatterns = [\"x\"]\n", ["closures.patterns", "from"]),
        ("[fields]\nname = \"a\"\n[[skip]]\ncolumn = \"b\"\n", ["skip", "unless"]),
        ("key = { }\n[fields]\nname = \"a\"\n", ["key", "columns"]),
        (
            "position = { crs = \"wgs\", latitude = \"a\", longitude = \"b\" }\n[fields]\nname = \"a\"\n",
            ["position.crs", "gcj02"],
        ),
        ("position = { epsg = 1, x = \"a\", y = \"b\" }\n[fields]\nname = \"a\"\n", ["position.epsg", "27700"]),
        ("position = { crs = \"wgs84\" }\n[fields]\nname = \"a\"\n", ["position", "unlocated"]),
        (
            "position = { crs = \"wgs84\", pair = \"p\", bbox = [3, 1, 2, 4] }\n[fields]\nname = \"a\"\n",
            ["position.bbox", "west"],
        ),
    ] {
        let message = told(rules);
        assert!(words.iter().all(|word| message.contains(word)), "{rules}\n→ {message}");
    }
}

#[test]
fn a_zone_and_an_encoding_must_exist() {
    let text = text("[fields]\nname = \"a\"\n");
    let message = Profile::parse(&text.replace("Asia/Shanghai", "Beijing")).unwrap_err().to_string();
    assert!(message.contains("zone") && message.contains("Asia/Shanghai"), "{message}");
    let message = Profile::parse(&text).unwrap().with_encoding("latin1").unwrap_err().to_string();
    assert!(message.contains("format.encoding") && message.contains("gb18030"), "{message}");
}

#[test]
fn a_file_that_lacks_a_column_is_refused_by_its_name() {
    let profile =
        profile("[fields]\nname = \"name\"\naddress = \"addr\"\ndistrict = { column = \"ward\", optional = true }\n");
    let mut intake = Intake::new(&profile, today());
    let message = intake.file("list.csv", b"id,name,lat,lng\n").err().unwrap().to_string();
    assert!(message.contains("list.csv") && message.contains("“addr”") && message.contains("id, name"), "{message}");
    assert!(intake.file("list.csv", b"id,name,lat,lng,addr\n").is_ok());
}
