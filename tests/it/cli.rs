//! The program as a person runs it: what it prints, where, and with which exit code.

use gongce::geo::{Crs, Wgs84};

use crate::harness::program::{Server, run, stderr, stdout};

#[test]
fn without_a_command_it_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("gongce demo"));
    let help = run(folder.path(), &["import", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(stdout(&help).contains("read = created + updated"));
}

#[test]
fn everything_wrong_in_the_configuration_is_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("gongce.toml"),
        "listen = \"here\"\ncolour = \"red\"\nhead_seconds = 0\ncors_origins = \"*\"\n",
    )
    .unwrap();
    let output = run(folder.path(), &["--config", "gongce.toml", "--database-url", "mysql://x", "serve"]);
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    for wrong in [
        "colour in gongce.toml is no setting",
        "listen is “here”",
        "database_url must begin with",
        "head_seconds is “0”",
        "cors_origins is “*”",
    ] {
        assert!(told.contains(wrong), "{wrong} is missing in {told}");
    }
    assert!(!folder.path().join("gongce.db").exists(), "and nothing was begun");
}

#[test]
fn the_environment_counts_and_an_unknown_variable_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let show = |key: &str, value: &str| {
        let mut command = crate::harness::program::gongce(folder.path());
        command.env(key, value).args(["config", "show"]).output().unwrap()
    };
    let shown = stdout(&show("GONGCE_LISTEN", "127.0.0.1:9999"));
    assert!(shown.contains("(from GONGCE_LISTEN)\nlisten = \"127.0.0.1:9999\""), "{shown}");
    let refused = show("GONGCE_LISTN", "127.0.0.1:9999");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("GONGCE_LISTN is no setting"));
}

#[test]
fn what_config_show_prints_is_a_file_that_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let shown = stdout(&run(folder.path(), &["--listen", "127.0.0.1:4711", "config", "show"]));
    std::fs::write(folder.path().join("again.toml"), &shown).unwrap();
    let again = stdout(&run(folder.path(), &["--config", "again.toml", "config", "show"]));
    assert!(again.contains("listen = \"127.0.0.1:4711\""), "{again}");
}

#[test]
fn the_demonstration_answers_a_minute_after_a_clone() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["demo", "--history", "0"]);
    let (status, body) =
        server.get("/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84&usable=false");
    assert_eq!(status, 200, "{body}");
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
    let items = answer["items"].as_array().unwrap();
    assert_eq!(items.len(), 10);
    assert_eq!((&items[0]["name"], &items[0]["distance"]), (&"长华社区公厕".into(), &0.0.into()));
    assert_eq!(items[0]["source"]["synthetic"], true, "synthetic data says so wherever it is shown");
    let distances: Vec<f64> = items.iter().map(|item| item["distance"].as_f64().unwrap()).collect();
    assert!(distances.is_sorted(), "{distances:?}");

    // The same place as WeChat gives it.
    let (latitude, longitude) = Crs::Gcj02.write(Wgs84::new(34.8264, 112.4364).unwrap());
    let shifted = format!("/api/v1/toilets/nearest?latitude={latitude}&longitude={longitude}&crs=gcj02&usable=false");
    let (_, shifted) = server.get(&shifted);
    let shifted: serde_json::Value = serde_json::from_str(&shifted).unwrap();
    let ids = |answer: &serde_json::Value| -> Vec<i64> {
        answer["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&answer), ids(&shifted));

    assert_eq!(run(folder.path(), &["healthcheck", "--listen", &server.address]).status.code(), Some(0));
    assert!(server.stop(), "asked to stop, it ends well");
    assert!(folder.path().join("gongce-demo.db").exists());
}

#[test]
fn a_running_server_sees_what_a_command_imports() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["serve"]);
    std::fs::write(folder.path().join("bureau.toml"), crate::imports::PROFILE).unwrap();
    let rows = "key,name,lat,lng,address,wheelchair,operator,grade\n1,甲,34.8,112.4,东街,yes,城管局,AA\n";
    std::fs::write(folder.path().join("list.csv"), rows).unwrap();
    let output = run(folder.path(), &["import", "--profile", "bureau.toml", "list.csv", "--report", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["created"], 1);
    let seen = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        server.get("/api/v1/toilets/1").0 == 200
    });
    assert!(seen, "the server polls the journal for what commands did");

    let second = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(stderr(&second).contains("another server"), "{}", stderr(&second));
}

#[test]
fn mistakes_in_an_import_are_told_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.csv"), "a,b\n1,2\n").unwrap();
    let unknown = run(folder.path(), &["import", "--profile", "nobody", "list.csv"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("paris"), "it lists the profiles there are: {}", stderr(&unknown));

    let without_datum = crate::imports::PROFILE.replace("crs = \"wgs84\"\n", "");
    std::fs::write(folder.path().join("bureau.toml"), without_datum).unwrap();
    let refused = run(folder.path(), &["import", "--profile", "bureau.toml", "list.csv"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("position.crs"), "{}", stderr(&refused));

    std::fs::write(folder.path().join("bureau.toml"), crate::imports::PROFILE).unwrap();
    let other_columns = run(folder.path(), &["import", "--profile", "bureau.toml", "list.csv"]);
    assert_eq!(other_columns.status.code(), Some(1));
    assert!(stderr(&other_columns).contains("list.csv"), "{}", stderr(&other_columns));
}

#[test]
fn a_bureau_can_fill_in_the_template() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["import", "template", "form.xlsx"]).status.code(), Some(0));
    let dry = run(folder.path(), &["import", "--profile", "template", "form.xlsx", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "the README's very first import: {}", stderr(&dry));
    let output = run(folder.path(), &["import", "--profile", "template", "form.xlsx", "--report", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["rejected"], 0, "{report}");
}

#[test]
fn the_schema_is_shown_and_never_dropped_by_a_slip() {
    let folder = tempfile::tempdir().unwrap();
    assert!(stdout(&run(folder.path(), &["migrate", "status"])).starts_with("missing "));
    assert!(stdout(&run(folder.path(), &["migrate", "up"])).starts_with("applied "));
    assert_eq!(run(folder.path(), &["migrate", "down"]).status.code(), Some(2));
    assert!(stdout(&run(folder.path(), &["migrate", "status"])).starts_with("applied "));
}
