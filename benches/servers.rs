//! The routes behind plain `poem::Server`, for `benches/front` to compare with: `bare` without anything before them,
//! `front` with all that the service puts before them but its accept loop. Settings come from `GONGCE_…`.

use std::sync::Arc;

use anyhow::bail;
use gongce::config::Config;
use gongce::http::{Door, bare_routes, routes};
use gongce::{app, usecase::loading};
use poem::Server;
use poem::listener::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::read(None, &[], &[])?;
    let ctx = Arc::new(app::prepare(&config).await?.ctx);
    loading::load(&ctx).await?;
    let server = Server::new(TcpListener::bind(config.listen));
    match std::env::args().nth(1).as_deref() {
        Some("bare") => Ok(server.run(bare_routes(ctx, &Door::new(config.limits))).await?),
        Some("front") => Ok(server.run(routes(ctx, Door::new(config.limits))).await?),
        _ => bail!("say bare or front"),
    }
}
