//! The document: what it says is committed, and it says everything.

use std::path::Path;

use gongce::http::{ProblemCode, document};
use serde_json::{Map, Value};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const VERBS: [&str; 14] = [
    "find", "get", "list", "create", "update", "delete", "accept", "reject", "apply", "record", "follow", "place",
    "upload", "verify",
];

fn parsed() -> Value {
    serde_json::from_str(document()).unwrap()
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(&str, &str, &Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().iter();
            operations.map(move |(method, operation)| (path.as_str(), method.as_str(), operation.as_object().unwrap()))
        })
        .collect()
}

#[test]
fn the_committed_document_is_that_of_the_program() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let document = document();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, document).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == document,
        "openapi/openapi.json is not up to date; run the tests with UPDATE_OPENAPI=1 and commit it"
    );
}

#[test]
fn every_operation_is_described_in_full() {
    let document = parsed();
    let mut ids = Vec::new();
    for (path, method, operation) in operations(&document) {
        let place = format!("{method} {path}");
        assert!(METHODS.contains(&method), "{place}");
        assert!(operation["tags"].as_array().is_some_and(|tags| !tags.is_empty()), "{place} has no tag");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{place} has no summary");
        let id = operation["operationId"].as_str().unwrap_or_else(|| unreachable!("{place} has no operationId"));
        let verb = id.split('_').next().unwrap();
        assert!(
            VERBS.contains(&verb) && id.contains('_') && *id == id.to_lowercase(),
            "{place}: {id} is no <verb>_<resource>"
        );
        ids.push(id);
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("500"), "{place} has no error responses");
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            assert!(response["content"]["application/problem+json"].is_object(), "{place}: {status} is no problem");
        }
        for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{place}: {parameter} is not described");
        }
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an operationId is used twice");
}

#[test]
fn path_parameters_stand_in_the_order_of_the_path() {
    let document = parsed();
    for (path, _, operation) in operations(&document) {
        let in_path: Vec<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let declared: Vec<&str> = parameters
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(in_path, declared, "{path}");
    }
}

#[test]
fn nothing_is_xml_or_yaml() {
    // A drawing only ever goes out; what must not be is that a body is read as XML.
    let text = document().to_lowercase().replace("image/svg+xml", "");
    assert!(!text.contains("/xml") && !text.contains("+xml") && !text.contains("yaml"));
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
                Some(target) if name == "$ref" => found.push(target),
                _ => references(value, found),
            }),
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = parsed();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for target in found {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target} is not there");
    }
}

#[test]
fn every_problem_code_is_documented() {
    let document = parsed();
    let description = document["info"]["description"].as_str().unwrap();
    for code in ProblemCode::ALL {
        assert!(description.contains(&format!("| `{}` | {} |", code.as_str(), code.status().as_u16())), "{code:?}");
    }
}
