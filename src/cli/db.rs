//! `gongce db check|backup|restore`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::print;
use crate::app;
use crate::config::Config;
use crate::gateway::objects::BUCKET;
use crate::store::{Copied, Finding, Store, checks};
use crate::usecase::copies::{self, Restored};
use crate::usecase::{Clock, photos, slots};

/// How many findings are shown as text; JSON has them all.
const SHOWN: usize = 50;

#[derive(Debug, Subcommand)]
pub(super) enum Db {
    /// Look for damage: in the file, in its references, in every row, and in what follows from other rows
    ///
    /// Ends with 1 when anything is found. A server may go on meanwhile.
    Check {
        /// How to print what was found
        #[arg(long, value_enum, default_value_t)]
        report: Form,
    },
    /// Copy the database into a new file while it is in use, and read the copy whole before it gets its name
    Backup {
        /// The new file; a file that is there already is never replaced
        file: PathBuf,
    },
    /// Put a copy in the place of the database, which is kept beside it; refused while a server runs
    ///
    /// The copy is read whole before anything is touched. All sessions end.
    Restore {
        /// The copy
        file: PathBuf,
        /// Take a copy that `gongce db backup` did not make: the file of a stopped database, a dump by `pg_dump`
        #[arg(long)]
        plain: bool,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    #[default]
    Text,
    Json,
}

impl Db {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let url = &config.database_url;
        let password = app::password(config)?;
        match self {
            Self::Check { report } => check(config, report).await,
            Self::Backup { file } => {
                let copied = copies::backup(url, password.as_deref(), &file).await?;
                print(&format!("{}: {}\n{}", file.display(), told(&copied), reminder(config)))
            }
            Self::Restore { file, plain } => {
                let restored = copies::restore(url, password.as_deref(), &file, plain, Clock::system()).await;
                let restored = restored?;
                print(&as_text(&restored))
            }
        }
    }
}

/// What a copy of the database does not hold and is needed with it.
fn reminder(config: &Config) -> String {
    let folder = app::keys_folder(config).ok().filter(|folder| folder.is_dir());
    let keys = folder.map(|folder| {
        let folder = folder.display();
        format!("The keys in {folder} are not in it: keep a copy of them too, in another place than this one.\n")
    });
    let photos = app::photos_place(config).filter(|place| place.starts_with(BUCKET) || Path::new(place).is_dir());
    let photos = photos.map(|place| format!("The photos in {place} are not in it: keep a copy of them too.\n"));
    keys.into_iter().chain(photos).collect()
}

async fn check(config: &Config, report: Form) -> anyhow::Result<()> {
    Store::require_existing(&config.database_url)?;
    let store = app::open(config).await?;
    store.require_current_schema().await?;
    let mut findings = store.check().await?;
    if store.count_photos().await? > 0 {
        findings.extend(photos::missing(&store, app::photos(config)?.as_ref()).await?);
    }
    findings.extend(slots::differences(&store, &app::calendars(config)?).await?);
    let place = store.place().to_owned();
    store.close().await?;
    match report {
        Form::Text => print(&findings_as_text(&place, &findings)?)?,
        Form::Json => print(&(serde_json::to_string_pretty(&Report::of(&place, &findings))? + "\n"))?,
    }
    anyhow::ensure!(findings.is_empty(), "{} found in {place}", number(findings.len(), "fault"));
    Ok(())
}

/// The checks of the database, and those of what lies beside it.
fn all_checks() -> impl Iterator<Item = &'static str> {
    checks().chain([photos::CHECK, slots::CHECK])
}

/// What a check found, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    place: &'a str,
    ok: bool,
    checks: Vec<&'static str>,
    findings: &'a [Finding],
}

impl<'a> Report<'a> {
    fn of(place: &'a str, findings: &'a [Finding]) -> Self {
        Self { place, ok: findings.is_empty(), checks: all_checks().collect(), findings }
    }
}

fn findings_as_text(place: &str, findings: &[Finding]) -> Result<String, std::fmt::Error> {
    let mut text = format!("{place}\n");
    for check in all_checks() {
        let found = findings.iter().filter(|finding| finding.check == check).count();
        let state = if found == 0 { "ok".to_owned() } else { number(found, "fault") };
        writeln!(text, "  {check:<14} {state}")?;
    }
    for Finding { check, table, key, message } in findings.iter().take(SHOWN) {
        let row = table.iter().chain(key).map(String::as_str).collect::<Vec<_>>().join(" ");
        let row = if row.is_empty() { row } else { format!(" {row}:") };
        writeln!(text, "{check}:{row} {message}")?;
    }
    if findings.len() > SHOWN {
        writeln!(text, "… and {} more; --report json has them all", findings.len() - SHOWN)?;
    }
    Ok(text)
}

fn told(copied: &Copied) -> String {
    let mut parts = vec![number(copied.bytes, "byte")];
    parts.extend(copied.toilets.map(|toilets| number(toilets, "toilet")));
    parts.extend(copied.journal.map(|journal| format!("journal to {journal}")));
    parts.join(", ")
}

fn as_text(Restored { copied, aside, sessions }: &Restored) -> String {
    let aside = aside.as_ref().map(|aside| format!("what was replaced lies in {}\n", aside.display()));
    format!(
        "restored: {}\n{}{} ended; roles and passwords are those of the copy: see `gongce staff list`\n",
        told(copied),
        aside.unwrap_or_default(),
        number(*sessions, "session")
    )
}

fn number(count: impl TryInto<u64>, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
