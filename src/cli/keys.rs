//! `gongce keys …`

use std::fmt::Write;

use clap::Subcommand;

use super::{Usage, print};
use crate::app;
use crate::config::Config;
use crate::domain::Violation;
use crate::domain::key::KeyId;
use crate::usecase::{Clock, keys};

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Make another key, which seals from the next start of each process on; the older ones still open
    Create,
    /// List the keys, the one that seals first
    List,
    /// Go on without a key that is lost for good, and without what was sealed with it
    Forget {
        /// The name of the key
        #[arg(value_parser = read)]
        key: KeyId,
        /// Say that the secrets may go
        #[arg(long)]
        lose_secrets: bool,
    },
}

fn read(text: &str) -> Result<KeyId, Violation> {
    text.parse()
}

impl Keys {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let said = match self {
            Self::Create => {
                let (folder, id) =
                    (app::keys_folder(config)?, keys::create(Clock::system(), &app::keys_folder(config)?)?);
                format!(
                    "{}/{id}.key\n\nGive every process on this database a copy of the folder, then start each of them \
                     again. Keep another copy\napart from those of the database.\n",
                    folder.display()
                )
            }
            Self::List => {
                let mut text = String::new();
                for (place, id) in keys::list(&app::keys_folder(config)?)?.into_iter().enumerate() {
                    writeln!(text, "{id} {}", if place == 0 { "seals and opens" } else { "opens" })?;
                }
                text
            }
            Self::Forget { lose_secrets: false, .. } => {
                let message =
                    "keys forget takes away what was sealed with the key: add --lose-secrets if that is meant";
                return Err(Usage(message.to_owned()).into());
            }
            Self::Forget { key, lose_secrets: true } => {
                let store = app::open(config).await?;
                store.require_current_schema().await?;
                let was_known = keys::forget(&store, Clock::system(), key).await?;
                store.close().await?;
                anyhow::ensure!(was_known, "the database was never written with the key {key}");
                format!("forgot the key {key}\n")
            }
        };
        print(&said)
    }
}
