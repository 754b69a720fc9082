//! `gongce areas …`

use std::fmt::Write;
use std::path::PathBuf;

use chrono::Datelike;
use clap::{Args, Subcommand};

use super::import::{Form, prepare, read_input};
use super::{Usage, print};
use crate::config::Config;
use crate::domain::text::Line;
use crate::geo::Crs;
use crate::intake::format::Encoding;
use crate::usecase::placing::{self, Placement};
use crate::usecase::{boundaries, divisions};

/// How many mismatches are printed as text before they are only counted.
const SHOWN: usize = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Areas {
    /// Take in a list of divisions (FILE.csv) or their outlines (FILE.geojson); docs/areas.md shows both
    Import(Import),
    /// Place toilets into areas by where they stand, and list those that stand outside the area stated for them
    Place {
        /// Look and compare, but write nothing
        #[arg(long)]
        dry_run: bool,
        /// How to report
        #[arg(long, value_enum, default_value_t = Form::Text)]
        report: Form,
    },
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file: CSV with divisions, or GeoJSON with outlines
    file: PathBuf,
    /// GeoJSON: the datum of the corners, wgs84, gcj02 or bd09; always required, since a wrong guess is an error of 570 m
    #[arg(long)]
    crs: Option<Crs>,
    /// GeoJSON: the property that states the area's code, of today or older
    #[arg(long, default_value = "code", value_name = "NAME")]
    code_property: String,
    /// GeoJSON: the outlines are drawn for show (示意图) and no survey
    #[arg(long)]
    synthetic: bool,
    /// GeoJSON: who states the outlines
    #[arg(long, value_parser = |text: &str| Line::new(text))]
    source: Option<Line>,
    /// CSV: how the text is encoded, such as gb18030
    #[arg(long, default_value = "utf-8")]
    encoding: Encoding,
    /// CSV: the year of the list, where a row does not state one; this year if left out
    #[arg(long, value_name = "YEAR")]
    vintage: Option<u16>,
    /// Read and compare, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t = Form::Text)]
    report: Form,
}

impl Areas {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::Import(import) => import.run(config).await,
            Self::Place { dry_run, report } => {
                let ctx = prepare(config, dry_run).await?;
                let done = placing::place_all(&ctx, dry_run).await?;
                ctx.store.close().await?;
                match report {
                    Form::Json => print(&(serde_json::to_string_pretty(&done)? + "\n")),
                    Form::Text => print(&as_text(&done)?),
                }
            }
        }
    }
}

impl Import {
    async fn run(self, config: &Config) -> anyhow::Result<()> {
        let is_list = self.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if !is_list && self.crs.is_none() {
            let message = "outlines need --crs wgs84, gcj02 or bd09: the datum of their corners (a list of divisions is \
                           a .csv)";
            return Err(Usage(message.to_owned()).into());
        }
        let file = read_input(&self.file)?;
        let ctx = prepare(config, self.dry_run).await?;
        let dry_run = self.dry_run;
        let report = if let Some(crs) = self.crs.filter(|_| !is_list) {
            let Self { code_property, synthetic, source, .. } = self;
            let options = boundaries::Options { dry_run, crs, code_property, synthetic, source };
            boundaries::import(&ctx, &file, options).await?
        } else {
            let this_year = || u16::try_from(ctx.clock.now().year()).unwrap_or_default();
            let vintage = self.vintage.unwrap_or_else(this_year);
            let options = divisions::Options { dry_run, encoding: self.encoding, vintage };
            divisions::import(&ctx, &file, options).await?
        };
        ctx.store.close().await?;
        self.report.tell(&report)?;
        if matches!(self.report, Form::Text) && !dry_run && report.created + report.updated > 0 {
            print("`gongce areas place` places the toilets that are there already\n")?;
        }
        Ok(())
    }
}

fn as_text(done: &Placement) -> Result<String, std::fmt::Error> {
    let mut text = format!(
        "{}toilets    {:>8}\nlocated    {:>8}\nfilled     {:>8}\nchanged    {:>8}\nmismatches {:>8}\n",
        if done.dry_run { "(dry run: nothing was written)\n" } else { "" },
        done.toilets,
        done.located,
        done.filled,
        done.changed,
        done.mismatches.len(),
    );
    for wrong in done.mismatches.iter().take(SHOWN) {
        let found = wrong.located.as_ref().map_or("in no outline".to_owned(), |code| format!("in {code}"));
        let (toilet, stated, outside, metres) = (wrong.toilet, &wrong.stated, &wrong.outside, wrong.metres);
        writeln!(text, "toilet {toilet}: stated {stated}, stands {found}, {metres:.0} m outside {outside}")?;
    }
    if done.mismatches.len() > SHOWN {
        writeln!(text, "… and {} more; --report json has them all", done.mismatches.len() - SHOWN)?;
    }
    Ok(text)
}
