//! `gongce import`

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Usage, print};
use crate::app;
use crate::config::Config;
use crate::intake::{self, Profile};
use crate::usecase::Ctx;
use crate::usecase::imports::{self, Detail, Input, Options, Report};

/// How many rows with a remark are printed as text before they are only counted.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "A profile says how to read a publisher's file: `gongce import profiles` lists those that come with \
                  the program,\nand docs/profiles.md tells how to write one, without any programming. Try it with \
                  --dry-run first.\n\nThe counts always add up: read = created + updated + unchanged + rejected + \
                  repeated + skipped."
)]
pub(super) struct Import {
    #[command(subcommand)]
    command: Option<ImportCommand>,
    /// The profile: a name from `gongce import profiles`, or a FILE.toml
    #[arg(long, required = true)]
    profile: Option<String>,
    /// The files; together they are one import
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Read and compare, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// The files are the whole truth of their source: retire toilets that they no longer list
    #[arg(long)]
    sync: bool,
    /// With --sync, retire even more than a fifth of them
    #[arg(long, requires = "sync")]
    force: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t = Form::Text)]
    report: Form,
    /// Judge closures at this day or instant (RFC 3339); default now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Read the files in this encoding instead of the profile's, such as gb18030
    #[arg(long)]
    encoding: Option<String>,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// List the profiles that come with the program
    Profiles,
    /// Write an XLSX form that a bureau can fill in; the profile `template` reads it
    Template {
        /// The file to write
        #[arg(default_value = "gongce-template.xlsx")]
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Form {
    /// Sums and the first remarks, for people
    Text,
    /// Everything, for programs
    Json,
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self.command {
            Some(ImportCommand::Profiles) => print(&(Profile::builtin_names().join("\n") + "\n")),
            Some(ImportCommand::Template { file }) => {
                std::fs::write(&file, intake::template()?)
                    .with_context(|| format!("cannot write {}", file.display()))?;
                print(&format!("{}\n", file.display()))
            }
            None => self.take_in(config).await,
        }
    }

    async fn take_in(self, config: &Config) -> anyhow::Result<()> {
        let profile = read_profile(self.profile.as_deref().unwrap_or_default(), self.encoding.as_deref())?;
        let files = self.files.iter().map(|path| read_input(path)).collect::<anyhow::Result<Vec<_>>>()?;
        let ctx = prepare(config, self.dry_run).await?;
        let at = self.at.as_deref().map(read_time).transpose()?.unwrap_or_else(|| ctx.clock.now());
        let (sync, force, detail) = (self.sync, self.force, Detail::REMARKS);
        let options = Options { dry_run: self.dry_run, sync, force, at, detail };
        let bar = progress_bar();
        let report = imports::run(&ctx, &profile, &files, options, &|rows| bar.set_position(rows)).await;
        bar.finish_and_clear();
        let report = report?;
        ctx.store.close().await?;
        self.report.tell(&report)
    }
}

impl Form {
    /// Prints what an import did.
    pub(super) fn tell(self, report: &Report) -> anyhow::Result<()> {
        match self {
            Self::Json => print(&(serde_json::to_string_pretty(report)? + "\n")),
            Self::Text => print(&as_text(report)?),
        }
    }
}

/// Opens the register and brings its schema up, unless nothing is to be written.
pub(super) async fn prepare(config: &Config, dry_run: bool) -> anyhow::Result<Ctx> {
    let store = app::open(config).await?;
    // A new database holds nothing that a dry run could change; an older one is not brought up by it.
    let is_new = store.schema_steps().await?.iter().all(|step| !step.applied);
    if dry_run && !is_new {
        store.require_current_schema().await.context("a dry run changes nothing, the schema neither")?;
    } else {
        store.migrate_up().await?;
    }
    Ok(app::context(config, store).await?)
}

fn read_profile(name: &str, encoding: Option<&str>) -> anyhow::Result<Profile> {
    let is_file = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let profile = if is_file {
        let text = std::fs::read_to_string(name).with_context(|| format!("cannot read the profile {name}"))?;
        Profile::parse(&text).with_context(|| format!("the profile {name} cannot be used"))?
    } else {
        let names = || Profile::builtin_names().join(", ");
        Profile::builtin(name)
            .ok_or_else(|| Usage(format!("there is no profile {name}: give a FILE.toml or one of {}", names())))?
    };
    Ok(match encoding {
        Some(encoding) => profile.with_encoding(encoding).map_err(|error| Usage(error.to_string()))?,
        None => profile,
    })
}

pub(super) fn read_input(path: &Path) -> anyhow::Result<Input> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(Input { name, bytes })
}

/// An instant, or a day (its first instant in UTC).
pub(super) fn read_time(text: &str) -> Result<DateTime<Utc>, Usage> {
    let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc));
    instant
        .or_else(day)
        .ok_or_else(|| Usage(format!("“{text}” is no time: write 2026-03-02 or 2026-03-02T08:00:00+08:00")))
}

/// Hidden by itself where standard error is no terminal.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {human_pos} rows  {per_sec}  {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn as_text(report: &Report) -> Result<String, std::fmt::Error> {
    let mut text = format!(
        "{}{}\n  read       {:>8}\n  created    {:>8}\n  updated    {:>8}\n  unchanged  {:>8}\n  rejected   {:>8}\n  \
         repeated   {:>8}\n  skipped    {:>8}\n  retired    {:>8}\n",
        report.source,
        if report.dry_run { " (dry run: nothing was written)" } else { "" },
        report.read,
        report.created,
        report.updated,
        report.unchanged,
        report.rejected,
        report.repeated,
        report.skipped,
        report.retired,
    );
    for (code, count) in &report.warnings_by_code {
        writeln!(text, "  warning    {count:>8}  {code}")?;
    }
    for row in report.rows.iter().take(SHOWN) {
        let field = row.field.as_deref().unwrap_or("row");
        writeln!(text, "{}:{}: {} {field} {}: {}", row.file, row.line, row.outcome, row.code, row.message)?;
    }
    if report.rows.len() > SHOWN {
        writeln!(text, "… and {} more; --report json has them all", report.rows.len() - SHOWN)?;
    }
    Ok(text)
}
