//! `gongce demo`

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::app::{self, App};
use crate::config::Config;
use crate::http::cleaning_receipt;
use crate::usecase::Ctx;
use crate::usecase::demonstration_history::{self, Extent, Made};
use crate::usecase::demonstration_staff::{SignIn, sign_ins};

/// Makes the demonstration county if the database holds nothing yet, and serves it.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Over how many days its toilets were kept clean before today; 0 for no plans, no staff and no history
    #[arg(long, value_name = "DAYS", default_value_t = 60, value_parser = clap::value_parser!(u16).range(0..=400))]
    history: u16,
}

impl Demo {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let prepared = app::prepare_with(config, async |store| {
            if self.history > 0 && demonstration_history::start_over(store).await? {
                tracing::info!("the history of the demonstration was not whole, and is made anew");
            }
            Ok(())
        });
        let prepared = prepared.await?;
        let place = prepared.ctx.store.place().to_owned();
        let extent = Extent { days: self.history, every: 1 };
        let begun = Instant::now();
        tracing::info!(days = self.history, "making the demonstration county, if there is none");
        let made = demonstration_history::fill(&prepared.ctx, extent, cleaning_receipt).await?;
        let made = state(made, self.history, begun.elapsed());
        let staff = staff(&prepared.ctx, config.listen).await?;
        let app = App::start(config, prepared).await?;
        super::print(&greeting(&app, &place, &made, &staff)?)?;
        Ok(app.serve(app::asked_to_stop()).await?)
    }
}

/// What was made, and how long that took.
fn state(made: Made, days: u16, took: Duration) -> String {
    match made {
        Made { toilets: 0, .. } => "as it was".to_owned(),
        Made { cleanings: 0, .. } => "made just now".to_owned(),
        Made { cleanings, .. } => {
            format!("made just now, with {cleanings} cleanings of {days} days, in {:.1} s", took.as_secs_f64())
        }
    }
}

/// Who can sign in, to be printed. Where others may reach the service nobody can: what is on a screen is soon in a film.
async fn staff(ctx: &Ctx, listen: SocketAddr) -> anyhow::Result<String> {
    if !listen.ip().is_loopback() {
        return Ok(format!("Nobody can sign in: logins are made on loopback only, and others may reach {listen}.\n"));
    }
    let mut text = String::new();
    let now = ctx.clock.now().timestamp();
    for SignIn { role, login, password, totp } in sign_ins(ctx).await? {
        write!(text, "  {:<11}{:<17}{password}", role.as_str(), login.as_str())?;
        if let Some(totp) = totp {
            write!(text, "  code {} now\n{:>13}{}", totp.code_at(now), "", totp.uri(login.as_str()))?;
        }
        text.push('\n');
    }
    if text.is_empty() {
        return Ok("Nobody can sign in: the database holds another register than the demonstration's.\n".to_owned());
    }
    Ok(format!(
        "Sign in by POST /api/v1/sessions {{\"login\", \"password\", \"code\"}}; made for this start, on this machine:\n\n{text}"
    ))
}

fn greeting(app: &App, place: &str, state: &str, staff: &str) -> anyhow::Result<String> {
    let address = app.address()?;
    Ok(format!(
        "\n公厕 gongce · demonstration county Mengjin (孟津): {toilets} toilets, synthetic data, {state}\n\
         \n  open    http://{address}/\n  data    {place}\n\n\
         Try, in another terminal:\n\n\
         \x20 # the ten nearest toilets that are open now\n\
         \x20 curl 'http://{address}/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84'\n\n\
         \x20 # with a wheelchair stall, from a position as WeChat gives it\n\
         \x20 curl 'http://{address}/api/v1/toilets/nearest?latitude=34.8249&longitude=112.4423&crs=gcj02&need=wheelchair&limit=3'\n\n\
         \x20 # from the southern bank of the Yellow River, and not to the other side of it\n\
         \x20 curl 'http://{address}/api/v1/toilets/nearest?latitude=34.864&longitude=112.590&crs=wgs84&barriers=avoid'\n\n\
         \x20 # the graded ones of a town\n\
         \x20 curl 'http://{address}/api/v1/toilets?area=410308101&grade=rated'\n\n\
         {staff}\nStop with Ctrl-C.\n",
        toilets = app.toilets(),
    ))
}
