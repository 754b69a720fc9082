//! `gongce demo`

use crate::app::{self, App};
use crate::config::Config;
use crate::usecase::demonstration;

/// Makes the demonstration county if the database holds nothing yet, and serves it.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let prepared = app::prepare(config).await?;
    let place = prepared.ctx.store.place().to_owned();
    let made = demonstration::fill(&prepared.ctx).await?;
    let app = App::start(config, prepared).await?;
    super::print(&greeting(&app, &place, made)?)?;
    Ok(app.serve(app::asked_to_stop()).await?)
}

fn greeting(app: &App, place: &str, made: usize) -> anyhow::Result<String> {
    let address = app.address()?;
    let state = if made == 0 { "as it was" } else { "made just now" };
    Ok(format!(
        "\n公厕 gongce · demonstration county Mengjin (孟津): {toilets} toilets, synthetic data, {state}\n\
         \n  open    http://{address}/\n  data    {place}\n\n\
         Try, in another terminal:\n\n\
         \x20 # the ten nearest toilets that are open now\n\
         \x20 curl 'http://{address}/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84'\n\n\
         \x20 # with a wheelchair stall, from a position as WeChat gives it\n\
         \x20 curl 'http://{address}/api/v1/toilets/nearest?latitude=34.8249&longitude=112.4423&crs=gcj02&need=wheelchair&limit=3'\n\n\
         \x20 # the graded ones of a town\n\
         \x20 curl 'http://{address}/api/v1/toilets?area=410308101&grade=rated'\n\n\
         Stop with Ctrl-C.\n",
        toilets = app.toilets(),
    ))
}
