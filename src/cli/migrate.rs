//! `gongce migrate up|down|status`

use clap::Subcommand;

use super::{Usage, print};
use crate::app;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Bring the schema up to this program
    Up,
    /// Take back the newest steps; what their tables hold is lost
    Down {
        /// How many steps
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        /// Say that the data may go
        #[arg(long)]
        lose_data: bool,
    },
    /// Show every step and whether it is applied
    Status,
}

impl Migrate {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let store = app::open(config).await?;
        match self {
            Self::Up => {
                let taken = store.migrate_up().await?;
                for step in &taken {
                    print(&format!("applied {step}\n"))?;
                }
                if taken.is_empty() {
                    print("the schema is up to date\n")?;
                }
            }
            Self::Down { lose_data: false, .. } => {
                let message = "migrate down drops tables with all they hold: add --lose-data if that is meant";
                return Err(Usage(message.to_owned()).into());
            }
            Self::Down { steps, lose_data: true } => {
                let _no_server_runs = store.lock_server()?;
                store.migrate_down(steps).await?;
                print(&format!("took back {steps} step(s)\n"))?;
            }
            Self::Status => {
                for step in store.schema_steps().await? {
                    let state = if step.applied { "applied" } else { "missing" };
                    print(&format!("{state} {}\n", step.name))?;
                }
            }
        }
        store.close().await?;
        Ok(())
    }
}
