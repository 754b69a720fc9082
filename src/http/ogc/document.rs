//! The OpenAPI document of these operations.

use poem::{Request, Response};
use serde_json::{Value, json};

use super::links::{Base, GEOJSON, JSON, OPENAPI, SCHEMA};
use super::params::ITEMS;
use super::{collection, whole};
use crate::http::problem::{PROBLEM_JSON, Problem};
use crate::http::query::{self, Declared};
use crate::usecase::Ctx;

/// An operation: path, id, summary, media type of its answer, name of its schema.
type Operation = (&'static str, &'static str, &'static str, &'static str, &'static str);

const OPERATIONS: [Operation; 8] = [
    ("/", "getLandingPage", "The landing page", JSON, "landingPage"),
    ("/conformance", "getConformanceDeclaration", "What of the standard is kept", JSON, "conformance"),
    ("/api", "getApiDefinition", "This document", OPENAPI, "anything"),
    ("/collections", "getCollections", "The collections", JSON, "collections"),
    ("/collections/{collectionId}", "describeCollection", "A collection", JSON, "collection"),
    ("/collections/{collectionId}/schema", "getSchema", "The properties of its features", SCHEMA, "anything"),
    ("/collections/{collectionId}/items", "getFeatures", "Its features, page by page", GEOJSON, "featureCollection"),
    ("/collections/{collectionId}/items/{featureId}", "getFeature", "A feature", GEOJSON, "feature"),
];

pub(super) fn answer(ctx: &Ctx, request: &Request) -> Result<Response, Problem> {
    query::read::<()>(request)?;
    Ok(whole(OPENAPI, &document(&Base::of(ctx, request).to(""))))
}

fn document(server: &str) -> Value {
    let paths: serde_json::Map<_, _> =
        OPERATIONS.iter().map(|operation| (operation.0.to_owned(), json!({"get": described(operation)}))).collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Gongce 公厕: OGC API – Features",
            "description": "The public register as features. Parameters that are not listed are refused.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": "Capabilities"}, {"name": "Data"}],
        "paths": paths,
        "components": {"schemas": schemas()},
    })
}

fn described((path, id, summary, media_type, schema): &Operation) -> Value {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = in_path.map(path_parameter).collect();
    if *id == "getFeatures" {
        parameters.extend(ITEMS.iter().map(|parameter| query_parameter(*parameter)));
    }
    let tag = if path.contains("/items") { "Data" } else { "Capabilities" };
    let found = json!({
        "description": "Found.",
        "content": {*media_type: {"schema": {"$ref": format!("#/components/schemas/{schema}")}}},
    });
    let mut responses = serde_json::Map::from_iter([("200".to_owned(), found)]);
    for (status, description) in [
        ("400", "A parameter is unknown or cannot be read."),
        ("403", "The register publishes positions in another datum alone."),
        ("404", "There is no such collection or feature."),
        ("500", "A fault of the service."),
        ("503", "Not now; try again after Retry-After."),
    ] {
        let problem = json!({"schema": {"$ref": "#/components/schemas/problem"}});
        responses.insert(status.to_owned(), json!({"description": description, "content": {PROBLEM_JSON: problem}}));
    }
    json!({"tags": [tag], "operationId": id, "summary": summary, "parameters": parameters, "responses": responses})
}

fn path_parameter(name: &str) -> Value {
    let about = if name == "featureId" { "The toilet's id." } else { "The collection: toilets." };
    json!({"name": name, "in": "path", "required": true, "description": about, "schema": {"type": "string"}})
}

fn query_parameter(parameter: &dyn Declared) -> Value {
    let schema = serde_json::to_value(parameter.schema()).unwrap_or_default();
    json!({
        "name": parameter.name(),
        "in": "query",
        "description": parameter.about(),
        "required": false,
        "schema": schema,
        "style": "form",
        "explode": false,
    })
}

fn schemas() -> Value {
    let links = json!({"type": "array", "items": {"$ref": "#/components/schemas/link"}});
    json!({
        "anything": {"type": "object"},
        "link": {
            "type": "object",
            "required": ["href"],
            "properties": {
                "href": {"type": "string"}, "rel": {"type": "string"}, "type": {"type": "string"},
                "title": {"type": "string"},
            },
        },
        "landingPage": {
            "type": "object",
            "required": ["links"],
            "properties": {"title": {"type": "string"}, "description": {"type": "string"}, "links": links},
        },
        "conformance": {
            "type": "object",
            "required": ["conformsTo"],
            "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}},
        },
        "collections": {
            "type": "object",
            "required": ["links", "collections"],
            "properties": {
                "links": links,
                "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
            },
        },
        "collection": {
            "type": "object",
            "required": ["id", "links"],
            "properties": {
                "id": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
                "itemType": {"type": "string"}, "crs": {"type": "array", "items": {"type": "string"}},
                "extent": {"type": "object"}, "links": links,
            },
        },
        "featureCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "links": links,
                "timeStamp": {"type": "string", "format": "date-time"},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
            },
        },
        "feature": {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": {"type": "integer"},
                "geometry": {
                    "type": "object",
                    "nullable": true,
                    "required": ["type", "coordinates"],
                    "properties": {
                        "type": {"type": "string", "enum": ["Point"]},
                        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    },
                },
                "properties": {"type": "object", "nullable": true, "properties": nullable(collection::properties())},
                "links": links,
            },
        },
        "problem": {
            "type": "object",
            "required": ["type", "title", "status", "code"],
            "properties": {
                "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                "detail": {"type": "string"}, "code": {"type": "string"},
            },
        },
    })
}

/// What is unknown is `null` in a feature, so that every page has every property.
fn nullable(mut properties: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    for property in properties.values_mut() {
        if let Some(property) = property.as_object_mut() {
            if property.get("type") == Some(&json!("array")) {
                property.insert("items".to_owned(), json!({}));
            }
            property.insert("nullable".to_owned(), true.into());
        }
    }
    properties
}
