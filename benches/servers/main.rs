//! Servers for `benches/front` and `benches/compare` to measure side by side; settings come from `GONGCE_…`.
//!
//! `bare` and `front` are the routes of the service behind plain `poem::Server`, without anything before them and with all
//! that the service puts there but its accept loop. `toilets N` is the service itself with a register of N that was never
//! built; `constant FILE` answers every search with the bytes of a file through all that the service puts before its
//! routes. `seaorm`, `redis` and `rtree` answer the same question as others would: through SeaORM from PostGIS, from Redis,
//! and from an R*Tree of SQLite, filled with `fill seaorm N` and the like. `places N` prints where to search from.

#[path = "../settlements/mod.rs"]
mod settlements;

mod elsewhere;

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use gongce::config::Config;
use gongce::http::{Door, bare_routes, behind_front, routes, serve};
use gongce::usecase::{Ctx, loading, tending};
use poem::endpoint::make_sync;
use poem::listener::TcpListener;
use poem::{Endpoint, EndpointExt, Response, Route, Server};

use settlements::Land;

/// Places to search from, in turn.
const PLACES: usize = 4_096;

/// Where searches are answered.
const PATH: &str = "/api/v1/toilets/nearest";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::read(None, &[], &[])?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["places", count] = arguments[..] {
        return places(count.parse()?);
    }
    if let ["fill", what, count] = arguments[..] {
        return elsewhere::fill(what, count.parse()?).await;
    }
    let ctx = Arc::new(gongce::app::prepare(&config).await?.ctx);
    match arguments[..] {
        ["bare"] => {
            loading::load(&ctx).await?;
            Ok(plain(&config).run(bare_routes(ctx, &Door::new(config.limits))).await?)
        }
        ["front"] => {
            loading::load(&ctx).await?;
            Ok(plain(&config).run(routes(ctx, Door::new(config.limits))).await?)
        }
        ["toilets", count] => {
            let count = count.parse()?;
            ctx.finder.replace(Land::new(count).toilets(count), Vec::new(), 1);
            ctx.finder.tend(ctx.clock.now());
            tokio::spawn(tending::tend(Arc::clone(&ctx)));
            let door = Door::new(config.limits.clone());
            stand(&config, &ctx, routes(Arc::clone(&ctx), Arc::clone(&door)), door).await
        }
        ["constant", file] => {
            let bytes = Bytes::from(std::fs::read(file).context(file.to_owned())?);
            let answer = make_sync(move |_| {
                Response::builder().content_type("application/json").header("etag", "\"constant\"").body(bytes.clone())
            });
            fronted(&config, &ctx, answer).await
        }
        ["seaorm"] => fronted(&config, &ctx, elsewhere::postgis().await?).await,
        ["redis"] => fronted(&config, &ctx, elsewhere::redis().await?).await,
        ["rtree"] => fronted(&config, &ctx, elsewhere::rtree().await?).await,
        _ => bail!("say bare, front, toilets N, constant FILE, seaorm, redis, rtree, or fill seaorm|redis|rtree N"),
    }
}

/// Prints places that lie as the toilets do: latitude and longitude, a line for each.
fn places(toilets: usize) -> anyhow::Result<()> {
    let (mut land, mut out) = (Land::new(toilets), std::io::stdout().lock());
    for _ in 0..PLACES {
        let place = land.place();
        writeln!(out, "{:.6} {:.6}", place.latitude(), place.longitude())?;
    }
    Ok(())
}

fn plain(config: &Config) -> Server<TcpListener<std::net::SocketAddr>, std::convert::Infallible> {
    Server::new(TcpListener::bind(config.listen))
}

/// An endpoint in the place of the search, behind all that the service puts before it.
async fn fronted(config: &Config, ctx: &Arc<Ctx>, answer: impl Endpoint + 'static) -> anyhow::Result<()> {
    let door = Door::new(config.limits.clone());
    let endpoint = behind_front(ctx.clock, Arc::clone(&door), Route::new().at(PATH, answer));
    stand(config, ctx, endpoint, door).await
}

async fn stand(
    config: &Config,
    ctx: &Ctx,
    endpoint: impl Endpoint<Output = Response> + 'static,
    door: Arc<Door>,
) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    Ok(serve(listener, endpoint.boxed(), door, ctx.clock, std::future::pending()).await?)
}
