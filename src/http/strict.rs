//! What goes in holds no fields but those of its schema: poem-openapi refuses others, and this says so in the document.

use std::collections::BTreeSet;

use serde_json::Value;

/// The document with `additionalProperties: false` in every object that is part of a request's body.
pub(super) fn closed(text: String) -> String {
    let Ok(mut document) = serde_json::from_str::<Value>(&text) else { return text };
    let mut names = BTreeSet::new();
    for operation in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        for operation in operation.as_object().into_iter().flat_map(|methods| methods.values()) {
            gather(&operation["requestBody"], &document, &mut names);
        }
    }
    for name in names {
        let Some(schema) = document["components"]["schemas"][name.as_str()].as_object_mut() else { continue };
        if schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }
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
