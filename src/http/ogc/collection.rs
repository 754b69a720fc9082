//! The one collection: what it is, how far it reaches, what a feature of it has.

use poem::{Request, Response};
use serde_json::{Map, Value, json};

use super::links::{Base, GEOJSON, JSON, SCHEMA, link};
use super::{TOILETS, whole};
use crate::domain::record::{COLUMNS, Holds};
use crate::http::instant::written;
use crate::http::problem::Problem;
use crate::http::query;
use crate::usecase::{Ctx, Failure};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const GREGORIAN: &str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";

pub(super) fn list(ctx: &Ctx, request: &Request) -> Result<Response, Problem> {
    query::read::<()>(request)?;
    let base = Base::of(ctx, request);
    let links = [link("self", JSON, "This list", base.to("/collections"))];
    Ok(whole(JSON, &json!({"links": links, "collections": [described(ctx, &base)]})))
}

pub(super) fn one(ctx: &Ctx, request: &Request) -> Result<Response, Problem> {
    known(request)?;
    query::read::<()>(request)?;
    Ok(whole(JSON, &described(ctx, &Base::of(ctx, request))))
}

/// The properties of a feature as a JSON Schema, so that a client need not guess from the first page.
pub(super) fn schema(ctx: &Ctx, request: &Request) -> Result<Response, Problem> {
    known(request)?;
    query::read::<()>(request)?;
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": Base::of(ctx, request).to(&format!("/collections/{TOILETS}/schema")),
        "title": "公厕 · toilets",
        "type": "object",
        "properties": properties(),
    });
    Ok(whole(SCHEMA, &schema))
}

/// Refuses a collection that is not the one.
pub(super) fn known(request: &Request) -> Result<(), Problem> {
    if request.raw_path_param("collectionId") == Some(TOILETS) { Ok(()) } else { Err(Failure::NotFound.into()) }
}

/// Every property of a feature, with its type.
pub(super) fn properties() -> Map<String, Value> {
    let beside = |name: &str| ["id", "latitude", "longitude", "crs"].contains(&name);
    let columns = COLUMNS.iter().filter(|column| !beside(column.name));
    let known = columns.map(|column| {
        let kind = match column.holds {
            Holds::Whole => json!({"type": "integer"}),
            Holds::Degrees => json!({"type": "number"}),
            Holds::Flag => json!({"type": "boolean"}),
            Holds::Day => json!({"type": "string", "format": "date"}),
            Holds::Instant => json!({"type": "string", "format": "date-time"}),
            Holds::List => json!({"type": "array"}),
            Holds::Text => json!({"type": "string"}),
        };
        (column.name.to_owned(), described_as(kind, column.about))
    });
    let updated = described_as(json!({"type": "string", "format": "date-time"}), "when the record was last written");
    known.chain([("updatedAt".to_owned(), updated)]).collect()
}

fn described_as(mut kind: Value, about: &str) -> Value {
    if let Some(kind) = kind.as_object_mut() {
        kind.insert("description".to_owned(), about.into());
    }
    kind
}

fn described(ctx: &Ctx, base: &Base) -> Value {
    let extent = ctx.finder.snapshot().extent(ctx.clock.now());
    let path = format!("/collections/{TOILETS}");
    let mut collection = json!({
        "id": TOILETS,
        "title": "公厕 · public toilets",
        "description": "Every toilet of the register that is not retired, those without a position included. A record's \
                        time is when it was last written.",
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            link("self", JSON, "This collection", base.to(&path)),
            link("items", GEOJSON, "The toilets", base.to(&format!("{path}/items"))),
            link("describedby", SCHEMA, "The properties of a toilet", base.to(&format!("{path}/schema"))),
        ],
    });
    let mut reach = Map::new();
    if let Some([west, south, east, north]) = extent.bbox {
        reach.insert("spatial".to_owned(), json!({"bbox": [[west, south, east, north]], "crs": CRS84}));
    }
    if let Some(from) = extent.updated_from {
        // The end is open: records go on being written.
        reach.insert("temporal".to_owned(), json!({"interval": [[written(from), null]], "trs": GREGORIAN}));
    }
    if let (Some(members), false) = (collection.as_object_mut(), reach.is_empty()) {
        members.insert("extent".to_owned(), Value::Object(reach));
    }
    collection
}
