//! `gongce serve`

use crate::app::{self, App};
use crate::config::Config;

/// Serves until asked to stop.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let ctx = app::context(config, app::open(config).await?)?;
    tracing::info!(?config, "starting");
    let app = App::start(config, ctx).await?;
    Ok(app.serve(app::asked_to_stop()).await?)
}
