//! `gongce serve`

use crate::app::{self, App};
use crate::config::Config;

/// Serves until asked to stop.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    tracing::info!(?config, "starting");
    let app = App::start(config, app::prepare(config).await?).await?;
    Ok(app.serve(app::asked_to_stop()).await?)
}
