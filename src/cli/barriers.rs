//! `gongce barriers …`

use std::fmt::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::import::{Form, prepare, read_input};
use super::print;
use crate::config::Config;
use crate::domain::text::{Line, Name};
use crate::geo::Crs;
use crate::intake::barriers::Options;
use crate::usecase::{Failure, barriers};

#[derive(Debug, Subcommand)]
pub(super) enum Barriers {
    /// Take in rivers, railways and the like with their crossings (GeoJSON); docs/barriers.md shows the form
    Import {
        /// The file
        file: PathBuf,
        /// The datum of the file, wgs84, gcj02 or bd09; always required, since a wrong guess is an error of 570 m
        #[arg(long)]
        crs: Crs,
        /// The property that states the barrier's name
        #[arg(long, default_value = "name", value_name = "NAME")]
        name_property: String,
        /// How far a crossing reaches that does not state it, in metres
        #[arg(long, value_name = "METRES")]
        crossing_radius: Option<f64>,
        /// The lines are drawn for show (示意图) and no survey
        #[arg(long)]
        synthetic: bool,
        /// Who states the lines
        #[arg(long, value_parser = |text: &str| Line::new(text))]
        source: Option<Line>,
        /// Read and compare, but write nothing
        #[arg(long)]
        dry_run: bool,
        /// How to report
        #[arg(long, value_enum, default_value_t = Form::Text)]
        report: Form,
    },
    /// List the barriers
    List,
    /// Take a barrier away
    Remove {
        /// Its name
        #[arg(value_parser = |text: &str| Name::new(text))]
        name: Name,
    },
}

impl Barriers {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::Import { file, crs, name_property, crossing_radius, synthetic, source, dry_run, report } => {
                let file = read_input(&file)?;
                let ctx = prepare(config, dry_run).await?;
                let options = Options { crs, name_property, crossing_radius, synthetic, source };
                let done = barriers::import(&ctx, &file, &options, dry_run).await?;
                ctx.store.close().await?;
                report.tell(&done)
            }
            Self::List => list(config).await,
            Self::Remove { name } => {
                let ctx = prepare(config, false).await?;
                let removed = barriers::remove(&ctx, name.clone()).await;
                ctx.store.close().await?;
                removed.map_err(|failure| match failure {
                    Failure::NotFound => anyhow::anyhow!("there is no barrier called {name}"),
                    failure => failure.into(),
                })?;
                print(&format!("took away {name}\n"))
            }
        }
    }
}

async fn list(config: &Config) -> anyhow::Result<()> {
    let ctx = prepare(config, false).await?;
    let mut text = String::new();
    for barrier in ctx.store.barriers().await? {
        let places: usize = barrier.lines.iter().map(Vec::len).sum();
        let marked = if barrier.synthetic { " (示意图)" } else { "" };
        let (name, kind, crossings) = (&barrier.name, barrier.kind, barrier.crossings.len());
        writeln!(text, "{name}{marked} {kind}: {places} places, {crossings} crossings")?;
    }
    ctx.store.close().await?;
    print(&text)
}
