//! Features, page by page, and one by one.

use std::sync::Arc;

use chrono::SubsecRound;
use poem::{Request, Response};
use serde_json::{Value, json};

use super::collection::known;
use super::links::{Base, GEOJSON, JSON, link};
use super::{TOILETS, tagged};
use crate::domain::id::ToiletId;
use crate::finder::FeatureQuery;
use crate::http::answer::digest;
use crate::http::instant::written;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;
use crate::http::{query, toilet_params};
use crate::usecase::{Ctx, Failure, features};

/// What leads to another page besides its cursor.
const KEPT: [&str; 3] = ["bbox=", "datetime=", "limit="];

pub(super) async fn list(ctx: Arc<Ctx>, request: Request) -> Result<Response, Problem> {
    known(&request)?;
    let asked: FeatureQuery = query::read(&request)?;
    in_wgs84(&ctx)?;
    let base = Base::of(&ctx, &request);
    let page = features::list(&ctx, &asked).await?;
    let own = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("/collections/{TOILETS}/items");
    let mut links = vec![
        link("self", GEOJSON, "This page", base.to(&format!("{path}{own}"))),
        link("collection", JSON, "The collection", base.to(&format!("/collections/{TOILETS}"))),
    ];
    if let Some(after) = page.next {
        let kept = request.uri().query().unwrap_or_default().split('&');
        let kept = kept.filter(|pair| KEPT.iter().any(|name| pair.starts_with(name)));
        let cursor = format!("cursor={}", toilet_params::next(after));
        let query: Vec<&str> = kept.chain([cursor.as_str()]).collect();
        links.push(link("next", GEOJSON, "The next page", base.to(&format!("{path}?{}", query.join("&")))));
    }
    let features = Value::Array(page.features);
    let returned = features.as_array().map_or(0, Vec::len);
    let mut collection = json!({
        "type": "FeatureCollection",
        "links": links,
        "numberMatched": page.matched,
        "numberReturned": returned,
        "features": features,
    });
    // The time of the answer does not make it another one.
    let tag = digest(&[collection.to_string().as_bytes()]);
    if let Some(members) = collection.as_object_mut() {
        members.insert("timeStamp".to_owned(), written(ctx.clock.now().trunc_subsecs(0)).into());
    }
    Ok(tagged(GEOJSON, collection.to_string(), &tag))
}

pub(super) async fn one(ctx: Arc<Ctx>, request: Request) -> Result<Response, Problem> {
    known(&request)?;
    query::read::<()>(&request)?;
    in_wgs84(&ctx)?;
    let text = request.raw_path_param("featureId").unwrap_or_default();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let id = text.parse().ok().filter(|_| is_number).map(ToiletId).ok_or(Failure::NotFound)?;
    let mut feature = features::get(&ctx, id).await?;
    let base = Base::of(&ctx, &request);
    let path = format!("/collections/{TOILETS}");
    let links = [
        link("self", GEOJSON, "This toilet", base.to(&format!("{path}/items/{id}"))),
        link("collection", JSON, "The collection", base.to(&path)),
    ];
    if let Some(members) = feature.as_object_mut() {
        members.insert("links".to_owned(), json!(links));
    }
    let body = feature.to_string();
    let tag = digest(&[body.as_bytes()]);
    Ok(tagged(GEOJSON, body, &tag))
}

/// The standard knows WGS-84 alone here; a register that publishes another datum alone cannot be read this way.
fn in_wgs84(ctx: &Ctx) -> Result<(), Problem> {
    match ctx.public_crs {
        None => Ok(()),
        Some(crs) => {
            let detail = format!("This register publishes positions in {} alone: use /api/v1.", crs.as_str());
            Err(Problem::new(ProblemCode::Forbidden, detail))
        }
    }
}
