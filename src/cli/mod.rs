//! The command line: data to standard output, logs to standard error; exit codes 0 (done), 1 (failed), 2 (usage).

mod areas;
mod audit;
mod barriers;
mod config_show;
mod db;
mod demo;
mod export;
mod healthcheck;
mod import;
mod keys;
mod layout;
mod migrate;
mod openapi;
mod serve;
mod staff;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// 公厕 · the back end a county runs for its public toilets: find one that is open, keep it clean, account for it.
#[derive(Debug, Parser)]
#[command(
    name = "gongce",
    version,
    arg_required_else_help = true,
    after_help = "Begin with `gongce demo`: it makes a demonstration county and serves it, without any set-up.\n\
                  Settings come from flags, GONGCE_… variables and the --config file, in this order;\n\
                  `gongce config show` prints what is in force and where it came from."
)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// The settings that can be given as flags.
#[derive(Debug, clap::Args)]
struct Settings {
    /// A TOML file with settings
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Where the register lies
    #[arg(long, global = true, value_name = "sqlite://FILE|postgres://USER@HOST/DATABASE", help_heading = "Settings")]
    database_url: Option<String>,
    /// The address and port to serve on
    #[arg(long, global = true, value_name = "ADDRESS:PORT", help_heading = "Settings")]
    listen: Option<String>,
    /// What to log: error, warn, info, debug, trace, or target=level,…
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Settings")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a demonstration county if there is none, and serve it on 127.0.0.1:8080
    Demo(demo::Demo),
    /// Serve the register over HTTP
    Serve,
    /// Bring the database's schema up or down, or show where it stands
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Take in a publisher's files under a source profile
    Import(import::Import),
    /// Write the toilets to a file: CSV, XLSX, GeoJSON, OpenStreetMap's tags
    Export(export::Export),
    /// Take in divisions and outlines of areas, place toilets into them
    #[command(subcommand)]
    Areas(areas::Areas),
    /// Take in rivers, railways and the like with their crossings, list them, take them away
    #[command(subcommand)]
    Barriers(barriers::Barriers),
    /// Tell how toilets are laid out: coverage, gaps, the best places for new ones
    Layout(layout::Layout),
    /// Invite the first admin and others, list the staff, take roles away
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Make, list and forget the keys that seal secrets
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Print who did what when, the newest first
    Audit(audit::Audit),
    /// Check the database, copy it, put a copy in its place
    #[command(subcommand)]
    Db(db::Db),
    /// Print the OpenAPI document
    Openapi,
    /// Show the configuration in force
    #[command(subcommand)]
    Config(config_show::ConfigCommand),
    /// Ask a running server whether it is ready (for container health checks)
    Healthcheck,
}

/// A mistake in how the program was called: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Runs the program; answers its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done when standard error is closed.
            let _told = writeln!(std::io::stderr(), "gongce: {error:#}");
            let is_usage = error.is::<ConfigError>() || error.is::<Usage>();
            if is_usage { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    if matches!(cli.command, Command::Openapi) {
        return openapi::run();
    }
    let defaults: &[_] = match cli.command {
        Command::Demo(_) => {
            &[("database_url", "sqlite://gongce-demo.db"), ("stop_delay_seconds", "0"), ("admin_listen", "off")]
        }
        _ => &[],
    };
    let config = cli.settings.read(defaults)?;
    log(&config)?;
    match cli.command {
        Command::Demo(demo) => demo.run(&config).await,
        Command::Serve => serve::run(&config).await,
        Command::Migrate(migrate) => migrate.run(&config).await,
        Command::Import(import) => import.run(&config).await,
        Command::Export(export) => export.run(&config).await,
        Command::Areas(areas) => areas.run(&config).await,
        Command::Barriers(barriers) => barriers.run(&config).await,
        Command::Layout(layout) => layout.run(&config).await,
        Command::Staff(staff) => staff.run(&config).await,
        Command::Keys(keys) => keys.run(&config).await,
        Command::Audit(audit) => audit.run(&config).await,
        Command::Db(db) => db.run(&config).await,
        Command::Openapi => Ok(()),
        Command::Config(config_show::ConfigCommand::Show) => config_show::run(&config),
        Command::Healthcheck => healthcheck::run(&config).await,
    }
}

impl Settings {
    fn read(&self, defaults: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
        let flags = [("database_url", &self.database_url), ("listen", &self.listen), ("log", &self.log)];
        let flags: Vec<_> = flags.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect();
        Config::read(self.config.as_deref(), &flags, defaults)
    }
}

fn log(config: &Config) -> anyhow::Result<()> {
    use std::io::IsTerminal;
    // What it says at each step is said by us in one line.
    let filter = format!("sea_orm_migration=warn,{}", config.log);
    let filter = tracing_subscriber::EnvFilter::try_new(filter)?;
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    Ok(())
}

/// Writes to standard output; a reader that has gone away (`gongce … | head`) is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
