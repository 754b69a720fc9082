//! What a JSON value has against its schema, field by field, in words for whoever wrote it. Values are never repeated:
//! they may be secrets.

use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::Violation;

/// How many faults are told at most.
const MOST: usize = 10;

/// How much of an unknown name is told.
const LONGEST_NAME: usize = 64;

static KNOWN: OnceLock<Schemas> = OnceLock::new();

/// The schemas of the service's document, once they were [learned](learn).
pub(super) fn known() -> Option<&'static Schemas> {
    KNOWN.get()
}

/// Takes the schemas from the service's document, which is written only if nobody did before: it is a matter of types,
/// and the same for every service of a process.
pub(super) fn learn(document: impl FnOnce() -> &'static str) {
    KNOWN.get_or_init(|| Schemas::of(document()));
}

/// The schemas of a document, by their names.
#[derive(Debug)]
pub(super) struct Schemas(Value);

impl Schemas {
    /// Those of an OpenAPI document.
    pub(super) fn of(document: &str) -> Self {
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        Self(document["components"]["schemas"].clone())
    }

    /// The schema that is another of that name.
    pub(super) fn reference(name: &str) -> Value {
        Value::from_iter([("$ref", format!("#/components/schemas/{name}"))])
    }

    /// What a value has against a schema; nothing where the schema does not tell.
    pub(super) fn faults(&self, schema: &Value, value: &Value) -> Vec<Violation> {
        let mut faults = Vec::new();
        self.look(schema, value, "", &mut faults);
        faults.truncate(MOST);
        faults
    }

    fn look(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<Violation>) {
        if faults.len() >= MOST || value.is_null() && schema["nullable"] == true {
            return;
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return self.look(&self.0[name], value, at, faults);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.look(part, value, at, faults);
        }
        let (kind, fault) = match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(members)) => return self.members(schema, members, at, faults),
            (Some("array"), Value::Array(items)) => return self.items(schema, items, at, faults),
            (Some("string"), Value::String(text)) => ("badText", text_fault(schema, text)),
            (Some("integer" | "number"), Value::Number(_)) => ("outOfRange", number_fault(schema, value)),
            (Some("boolean"), Value::Bool(_)) | (None, _) => return,
            (Some(kind), _) => ("wrongType", Some(format!("must be {}", in_words(kind)))),
        };
        faults.extend(fault.map(|message| Violation::new(at, kind, message)));
    }

    fn members(&self, schema: &Value, given: &Map<String, Value>, at: &str, faults: &mut Vec<Violation>) {
        let within = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !given.contains_key(name) {
                faults.push(Violation::new(within(name), "missing", "is required"));
            }
        }
        for (name, value) in given {
            match schema["properties"].get(name) {
                Some(property) => self.look(property, value, &within(name), faults),
                None if schema["additionalProperties"] == false => {
                    let known: Vec<_> = schema["properties"].as_object().into_iter().flat_map(Map::keys).collect();
                    let known = known.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
                    let name: String = name.chars().take(LONGEST_NAME).collect();
                    faults.push(Violation::new(
                        within(&name),
                        "unknownField",
                        format!("is no field here; there are {known}"),
                    ));
                }
                None => {}
            }
        }
    }

    fn items(&self, schema: &Value, given: &[Value], at: &str, faults: &mut Vec<Violation>) {
        let count = given.len() as u64;
        let bounds = (schema["minItems"].as_u64(), schema["maxItems"].as_u64());
        if bounds.0.is_some_and(|least| count < least) || bounds.1.is_some_and(|most| count > most) {
            faults.push(Violation::new(at, "badCount", format!("must hold {} items", range(bounds))));
        }
        for (place, item) in given.iter().enumerate() {
            let at = if at.is_empty() { place.to_string() } else { format!("{at}.{place}") };
            self.look(&schema["items"], item, &at, faults);
        }
    }
}

fn text_fault(schema: &Value, text: &str) -> Option<String> {
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return (!words.contains(&text)).then(|| format!("must be one of: {}", words.join(", ")));
    }
    let count = text.chars().count() as u64;
    let bounds = (schema["minLength"].as_u64(), schema["maxLength"].as_u64());
    if bounds.0.is_some_and(|least| count < least) || bounds.1.is_some_and(|most| count > most) {
        return Some(format!("must have {} characters", range(bounds)));
    }
    let (reads, what) = match schema["format"].as_str()? {
        "date" => (text.parse::<NaiveDate>().is_ok(), "a day such as 2026-11-23"),
        "date-time" => (DateTime::parse_from_rfc3339(text).is_ok(), "an instant such as 2026-11-23T08:05:00Z"),
        "uuid" => (Uuid::try_parse(text).is_ok(), "a UUID"),
        _ => return None,
    };
    (!reads).then(|| format!("must be {what}"))
}

fn number_fault(schema: &Value, value: &Value) -> Option<String> {
    let of_format = match schema["format"].as_str() {
        Some("int32") => (Some(f64::from(i32::MIN)), Some(f64::from(i32::MAX))),
        _ => (None, None),
    };
    let bounds = (schema["minimum"].as_f64().or(of_format.0), schema["maximum"].as_f64().or(of_format.1));
    let number = value.as_f64()?;
    let whole = schema["type"] == "integer";
    if whole && !(value.is_i64() || value.is_u64()) {
        return Some("must be a whole number".to_owned());
    }
    let outside = bounds.0.is_some_and(|least| number < least) || bounds.1.is_some_and(|most| number > most);
    outside.then(|| format!("must be {}", range(bounds)))
}

fn range<N: std::fmt::Display>(bounds: (Option<N>, Option<N>)) -> String {
    match bounds {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "any number of".to_owned(),
    }
}

fn in_words(kind: &str) -> &'static str {
    match kind {
        "object" => "an object",
        "array" => "a list",
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "true or false",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(value: &Value) -> Vec<(String, String)> {
        let document = json!({"components": {"schemas": {
            "Outer": {
                "type": "object", "required": ["name", "inner"], "additionalProperties": false,
                "properties": {
                    "name": {"type": "string", "maxLength": 3},
                    "inner": {"allOf": [{"$ref": "#/components/schemas/Inner"}]},
                    "kind": {"type": "string", "enum": ["a", "b"], "nullable": true},
                    "days": {"type": "array", "maxItems": 2, "items": {"type": "string", "format": "date"}},
                },
            },
            "Inner": {"type": "object", "properties": {"count": {"type": "integer", "format": "int32", "minimum": 0}}},
        }}});
        let schemas = Schemas::of(&document.to_string());
        let told = schemas.faults(&Schemas::reference("Outer"), value).into_iter();
        told.map(|fault| (fault.field, fault.message)).collect()
    }

    #[test]
    fn each_fault_names_its_field() {
        assert_eq!(faults(&json!({"name": "abc", "inner": {"count": 1}, "kind": null, "days": ["2026-11-23"]})), []);
        for (value, field, message) in [
            (json!([]), "", "must be an object"),
            (json!({"inner": {}}), "name", "is required"),
            (json!({"name": 1, "inner": {}}), "name", "must be a text"),
            (json!({"name": null, "inner": {}}), "name", "must be a text"),
            (json!({"name": "abcd", "inner": {}}), "name", "must have at most 3 characters"),
            (json!({"name": "a", "inner": {}, "kind": "c"}), "kind", "must be one of: a, b"),
            (json!({"name": "a", "inner": {"count": 1.5}}), "inner.count", "must be a whole number"),
            (json!({"name": "a", "inner": {"count": -1}}), "inner.count", "must be 0 to 2147483647"),
            (json!({"name": "a", "inner": {}, "days": ["x"]}), "days.0", "must be a day such as 2026-11-23"),
            (json!({"name": "a", "inner": {}, "days": ["", "", ""]}), "days", "must hold at most 2 items"),
            (
                json!({"name": "a", "inner": {}, "nmae": 1}),
                "nmae",
                "is no field here; there are name, inner, kind, days",
            ),
        ] {
            let told = faults(&value);
            assert_eq!(told.first(), Some(&(field.to_owned(), message.to_owned())), "{value}: {told:?}");
        }
        assert_eq!(faults(&json!({"name": "a", "inner": {}, "days": vec![1; 99]})).len(), MOST);
    }
}
