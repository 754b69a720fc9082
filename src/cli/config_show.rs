//! `gongce config show`

use std::fmt::Write;

use clap::Subcommand;

use crate::config::{Config, settings};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print every setting with its value, its meaning and where it came from; passwords are blotted out
    Show,
}

/// Prints the configuration as a TOML file that would give it again.
pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let mut text = String::new();
    for setting in settings() {
        let Some((value, origin)) = config.shown.get(setting.key) else { continue };
        let line = format!("{} = {}", setting.key, toml::Value::from(value.as_str()));
        let line = if value.is_empty() { format!("# {line}") } else { line };
        writeln!(text, "# {} (from {origin})\n{line}\n", setting.meaning)?;
    }
    super::print(&text)
}
