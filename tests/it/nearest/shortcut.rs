//! The search goes past the tables of all other operations, and nobody can tell.

use std::sync::Arc;

use gongce::domain::holiday::Calendars;
use gongce::http::{Door, Limits, behind_front, document, documented_routes, render_fragment, routes};
use gongce::usecase::{Clock, Ctx};
use poem::http::{HeaderMap, Method, StatusCode};
use poem::{Endpoint, Request, Response};
use serde_json::Value;

use crate::harness::build::{instant, toilet};
use crate::harness::make::{NOW, keys};
use crate::harness::stores::Database;

const PATH: &str = "/api/v1/toilets/nearest";
const PLACE: &str = "latitude=34.83&longitude=112.43&crs=wgs84";

/// Values of which each suits some parameter, or none.
const VALUES: &str =
    "|1|0|-0.5|181|wgs84|gcj02|true|avoid|include|wheelchair,shower|urban|A|2026-11-23T08:00:00Z|%E5%8E%95|%FF|+";

/// The parameters that the document names, and one that it does not.
fn names() -> Vec<String> {
    let document: Value = serde_json::from_str(document()).unwrap();
    let named = document["paths"][PATH]["get"]["parameters"].as_array().unwrap().clone();
    let named = named.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned());
    named.chain(["nonsense".to_owned()]).collect()
}

async fn told(
    routes: &impl Endpoint<Output = Response>,
    method: Method,
    query: &str,
) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder().method(method).uri_str(format!("{PATH}?{query}")).header("x-request-id", "same");
    let (parts, body) = routes.get_response(request.finish()).await.into_parts();
    (parts.status, parts.headers, body.into_string().await.unwrap())
}

#[tokio::test]
async fn whatever_is_asked_it_tells_what_the_documented_way_tells() {
    let database = Database::bare_sqlite();
    let clock = Clock::fixed(instant(NOW));
    let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
    ctx.finder.replace((1..=20).map(|id| toilet(id).done()), vec![], 1);
    let ctx = Arc::new(ctx);
    let door = || Door::new(Limits { search_rate: 1_000_000, search_burst: 1_000_000, ..Limits::default() });
    let documented = behind_front(clock, door(), documented_routes(Arc::clone(&ctx), &door()));
    let short = routes(ctx, door());
    let pair = |name: &String| VALUES.split('|').map(|value| format!("{PLACE}&{name}={value}")).collect::<Vec<_>>();
    let whole = ["", PLACE, "latitude=34", &format!("{PLACE}&at=1&need=x&&=")].map(str::to_owned);
    let (mut found, mut refused) = (0, 0);
    for query in whole.into_iter().chain(names().iter().flat_map(pair)) {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let answer = told(&short, method.clone(), &query).await;
            found += usize::from(method == Method::GET && answer.0 == StatusCode::OK);
            refused += usize::from(method == Method::GET && answer.0 == StatusCode::BAD_REQUEST);
            assert_eq!(answer, told(&documented, method, &query).await, "{query}");
        }
    }
    assert!(found > 20 && refused > 50, "{found} found, {refused} refused");
}
