//! What the document must say more exactly than poem-openapi does.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The document with what the service really takes. Objects in the body of a request hold no fields but those of their
/// schema, and `null` where a field may be left out; dates have the name of the standard (OpenAPI 3.0, 4.4), and what has
/// no sign has its bounds.
pub(super) fn exact(text: String) -> String {
    let Ok(mut document) = serde_json::from_str::<Value>(&text) else { return text };
    let mut names = BTreeSet::new();
    for operation in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        for operation in operation.as_object().into_iter().flat_map(|methods| methods.values()) {
            gather(&operation["requestBody"], &document, &mut names);
        }
    }
    for name in names {
        if let Some(schema) = document["components"]["schemas"][name.as_str()].as_object_mut() {
            close(schema);
            open_to_null(schema);
        }
    }
    name_formats(&mut document);
    unfold(&mut document);
    form_keys(&mut document);
    serde_json::to_string_pretty(&document).unwrap_or(text)
}

/// Adds the names of all schemas that a part of the document refers to, however far down.
fn gather(part: &Value, document: &Value, names: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
            if let Some(name) = target
                && names.insert(name.to_owned())
            {
                gather(&document["components"]["schemas"][name], document, names);
            }
            members.values().for_each(|part| gather(part, document, names));
        }
        Value::Array(parts) => parts.iter().for_each(|part| gather(part, document, names)),
        _ => {}
    }
}

fn close(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

fn open_to_null(schema: &mut Map<String, Value>) {
    let required: BTreeSet<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(ToOwned::to_owned))
        .collect();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, property) in properties.filter(|(name, _)| !required.contains(name.as_str())) {
        let Some(members) = property.as_object_mut() else { continue };
        // Beside a reference nothing else counts.
        if members.contains_key("$ref") {
            let reference = Value::Object(std::mem::take(members));
            members.insert("allOf".to_owned(), Value::Array(vec![reference]));
        }
        members.insert("nullable".to_owned(), Value::Bool(true));
    }
}

/// Beside a reference that an object describes in its own words poem-openapi puts a second schema with the same words,
/// which says nothing more and makes readers merge the two.
fn unfold(part: &mut Value) {
    match part {
        Value::Object(members) => {
            if let Some(Value::Array(all)) = members.get_mut("allOf") {
                all.retain(|one| one.as_object().is_none_or(|one| one.keys().ne(["description"])));
            }
            members.values_mut().for_each(unfold);
        }
        Value::Array(parts) => parts.iter_mut().for_each(unfold),
        _ => {}
    }
}

/// The form of the names that clients give their requests (`usecase::once`), wherever they give one.
fn form_keys(document: &mut Value) {
    let operations =
        document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(|paths| paths.values_mut());
    let operations = operations.filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut());
    let parameters = operations.filter_map(|operation| operation.get_mut("parameters")?.as_array_mut()).flatten();
    for parameter in parameters.filter(|parameter| parameter["name"] == "Idempotency-Key") {
        let Some(schema) = parameter["schema"].as_object_mut() else { continue };
        schema.insert("minLength".to_owned(), Value::from(1));
        schema.insert("maxLength".to_owned(), Value::from(64));
        schema.insert("pattern".to_owned(), Value::from("^[!-~]+$"));
    }
}

fn name_formats(part: &mut Value) {
    match part {
        Value::Object(members) => {
            match members.get("format").and_then(Value::as_str) {
                Some("naive-date") => drop(members.insert("format".to_owned(), Value::from("date"))),
                Some("uint8") => bound(members, Some(u8::MAX.into())),
                Some("uint16") => bound(members, Some(u16::MAX.into())),
                Some("uint32") => bound(members, Some(u32::MAX)),
                Some("uint64") => bound(members, None),
                _ => {}
            }
            members.values_mut().for_each(name_formats);
        }
        Value::Array(parts) => parts.iter_mut().for_each(name_formats),
        _ => {}
    }
}

/// Adds the bounds of a number without a sign, where it has none of its own.
fn bound(members: &mut Map<String, Value>, most: Option<u32>) {
    members.entry("minimum").or_insert(Value::from(0));
    if let Some(most) = most {
        members.entry("maximum").or_insert(Value::from(most));
    }
}
