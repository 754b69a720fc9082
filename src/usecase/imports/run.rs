//! A whole import: files in, a report out.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::report::{ChangeReport, Detail, Report};
use super::restore::{Outcome, restore};
use super::settle::{Batch, Settled, settle};
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::id::{SourceId, ToiletId};
use crate::domain::record::Record;
use crate::domain::statement::Statement;
use crate::domain::toilet::Lifecycle;
use crate::intake::{Intake, IntakeError, Notice, Profile, RowOutcome, RowResult};
use crate::store::{Author, ROWS, Tx};
use crate::usecase::{Ctx, Failure};

/// A file to take in.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name, for messages.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// How to take files in.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Write nothing, only tell what would happen.
    pub dry_run: bool,
    /// The files together are the whole truth of their source: toilets that they do not list are retired.
    pub sync: bool,
    /// Retire even more than a fifth of them.
    pub force: bool,
    /// Closures are judged by this instant.
    pub at: DateTime<Utc>,
    /// How much is told row by row.
    pub detail: Detail,
}

/// Signs what is written, each time anew.
pub(super) type Signing<'a> = &'a (dyn Fn() -> Author + Sync);

/// The longest name of a source, in characters.
const LONGEST_SOURCE_NAME: usize = 64;

/// The longest key of a toilet in its source, in bytes: a database must be able to index it.
const LONGEST_KEY: usize = 512;

/// More than this share of a source's toilets is not retired without force: the file is probably cut off.
const MOST_RETIRED: f64 = 0.2;

/// Takes files in under a profile. `progress` is told the rows read so far.
///
/// # Errors
/// [`Failure::Invalid`] where a file cannot be read at all, [`Failure::Conflict`] where too much would be retired (and
/// nothing is then written); otherwise what the store fails with. Rows committed before a failure stay; the same call
/// again goes on where it left off.
pub async fn run(
    ctx: &Ctx,
    profile: &Profile,
    files: &[Input],
    options: Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Report, Failure> {
    run_as(ctx, &|| ctx.author("import"), profile, files, options, progress).await
}

/// The same, signed by somebody.
pub(super) async fn run_as(
    ctx: &Ctx,
    signing: Signing<'_>,
    profile: &Profile,
    files: &[Input],
    options: Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Report, Failure> {
    let Options { dry_run, detail, .. } = options;
    let mut report = Report { source: profile.source.name.clone(), dry_run, detail, ..Report::default() };
    check(ctx, profile, files, options)?;
    let missing = if options.sync { missing(ctx, profile, files, options).await? } else { Vec::new() };
    let mut intake = Intake::new(profile, options.at);
    for file in files {
        let (waiting, recorded) = (Vec::new(), Vec::new());
        let (name, report) = (&file.name, &mut report);
        let mut taking = Taking { ctx, signing, profile, options, file: name, report, waiting, recorded };
        for row in intake.file(&file.name, &file.bytes).map_err(|error| unreadable(&file.name, &error))? {
            taking.row(row).await?;
            if taking.report.read.is_multiple_of(1_000) {
                progress(taking.report.read);
            }
        }
        taking.flush().await?;
    }
    report.retired = u64::try_from(missing.len()).unwrap_or(u64::MAX);
    for (key, toilet) in &missing {
        report.change(|| retired(key, *toilet));
    }
    if !options.dry_run {
        finish(ctx, signing, &report, missing).await?;
    }
    Ok(report)
}

/// Whether the profile fits this register and every file is what the profile says, before anything is written.
fn check(ctx: &Ctx, profile: &Profile, files: &[Input], options: Options) -> Result<(), Failure> {
    let name = &profile.source.name;
    if name.is_empty() || name.chars().count() > LONGEST_SOURCE_NAME {
        let message = format!("a source's name has 1 to {LONGEST_SOURCE_NAME} characters");
        return Err(Violation::new("source.name", "tooLong", message).into());
    }
    if let Some(id) = profile.calendar().filter(|id| ctx.calendars.get(id).is_none()) {
        let message = format!("there is no holiday calendar “{id}”; leave it out, or give one as holidays_file");
        return Err(Violation::new("calendar", "unknownValue", message).into());
    }
    if profile.is_own() && options.sync {
        let message = "such a file holds toilets of many sources, so it is not the whole truth of one: import it \
                       without sync";
        return Err(Violation::new("sync", "manySources", message).into());
    }
    for file in files {
        let mut intake = Intake::new(profile, options.at);
        let _rows = intake.file(&file.name, &file.bytes).map_err(|error| unreadable(&file.name, &error))?;
    }
    Ok(())
}

fn unreadable(file: &str, error: &IntakeError) -> Failure {
    Violation::new(file, "unreadableFile", error.to_string()).into()
}

/// One file on its way in.
struct Taking<'a> {
    ctx: &'a Ctx,
    signing: Signing<'a>,
    profile: &'a Profile,
    options: Options,
    file: &'a str,
    report: &'a mut Report,
    waiting: Vec<(u64, Statement, Vec<Notice>)>,
    /// Records of one source.
    recorded: Vec<(u64, Record)>,
}

impl Taking<'_> {
    async fn row(&mut self, row: RowOutcome) -> Result<(), Failure> {
        self.report.read += 1;
        self.report.count_facts(row.facts);
        match row.result {
            RowResult::Stated(statement) if statement.key.len() > LONGEST_KEY => {
                self.report.rejected += 1;
                self.report.tell(self.file, row.line, "rejected", key_too_long());
            }
            RowResult::Recorded(record) if record.origin.key.len() > LONGEST_KEY => {
                self.report.rejected += 1;
                self.report.tell(self.file, row.line, "rejected", key_too_long());
            }
            RowResult::Recorded(record) => {
                let is_of_other =
                    self.recorded.last().is_some_and(|(_, last)| last.origin.source != record.origin.source);
                if is_of_other || self.recorded.len() == ROWS {
                    self.flush().await?;
                }
                self.recorded.push((row.line, *record));
            }
            RowResult::Stated(statement) => {
                self.waiting.push((row.line, *statement, row.notices));
                if self.waiting.len() == ROWS {
                    self.flush().await?;
                }
            }
            RowResult::Rejected { notice, .. } => {
                self.report.rejected += 1;
                self.report.tell(self.file, row.line, "rejected", notice);
                self.report.warn(self.file, row.line, "rejected", row.notices);
            }
            RowResult::Repeated { notice, .. } => {
                self.report.repeated += 1;
                self.report.tell(self.file, row.line, "repeated", notice);
                self.report.warn(self.file, row.line, "repeated", row.notices);
            }
            RowResult::Skipped => self.report.skipped += 1,
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        let (mut statements, mut about) = (Vec::new(), Vec::new());
        self.restore().await?;
        for (line, statement, notices) in std::mem::take(&mut self.waiting) {
            about.push((line, statement.key.clone(), notices));
            statements.push(statement);
        }
        if statements.is_empty() {
            return Ok(());
        }
        let source = self.profile.source.clone();
        let batch = Batch {
            source: source.name,
            attribution: source.attribution,
            license: source.license,
            synthetic: false,
            statements,
            dry_run: self.options.dry_run,
        };
        let settled = settle(self.ctx, (self.signing)(), batch).await?;
        for ((line, key, notices), settled) in about.into_iter().zip(settled) {
            self.settled(line, key, settled, notices);
        }
        Ok(())
    }

    /// Tells what became of a row that was taken.
    fn settled(&mut self, line: u64, key: String, settled: Settled, mut notices: Vec<Notice>) {
        let Settled { action, toilet, changes: fields, kept, unknown_area } = settled;
        notices.extend(kept.into_iter().map(edited_here));
        notices.extend(unknown_area.as_ref().map(unknown_area_notice));
        if let Some(action) = action {
            let outcome = if action == Action::Create { "created" } else { "updated" };
            self.report.change(|| ChangeReport { line: Some(line), outcome: outcome.into(), key, toilet, fields });
        }
        self.report.take(self.file, line, action, notices);
    }

    /// Puts the records that wait back into the register.
    async fn restore(&mut self) -> Result<(), Failure> {
        let (lines, records): (Vec<_>, Vec<_>) = std::mem::take(&mut self.recorded).into_iter().unzip();
        let keys: Vec<_> = records.iter().map(|record: &Record| record.origin.key.clone()).collect();
        if records.is_empty() {
            return Ok(());
        }
        let outcomes = restore(self.ctx, (self.signing)(), records, self.options.dry_run).await?;
        for ((line, key), outcome) in lines.into_iter().zip(keys).zip(outcomes) {
            match outcome {
                Outcome::Taken(settled, notice) => self.settled(line, key, settled, notice.into_iter().collect()),
                Outcome::Refused(notice) => {
                    self.report.rejected += 1;
                    self.report.tell(self.file, line, "rejected", notice);
                }
            }
        }
        Ok(())
    }
}

/// The toilets that the files no longer list, found by reading the files once beforehand, so that a cut-off file
/// changes nothing at all. Rows that were rejected or repeated are listed all the same.
async fn missing(
    ctx: &Ctx,
    profile: &Profile,
    files: &[Input],
    options: Options,
) -> Result<Vec<(String, ToiletId)>, Failure> {
    let mut listed = HashSet::new();
    let mut intake = Intake::new(profile, options.at);
    for file in files {
        let rows = intake.file(&file.name, &file.bytes).map_err(|error| unreadable(&file.name, &error))?;
        for row in rows {
            match row.result {
                RowResult::Stated(statement) => listed.insert(statement.key),
                RowResult::Recorded(record) => listed.insert(record.origin.key),
                RowResult::Rejected { key: Some(key), .. } | RowResult::Repeated { key, .. } => listed.insert(key),
                RowResult::Rejected { key: None, notice } if notice.code == UNREADABLE && !options.force => {
                    return Err(unreadable_row(&file.name, row.line));
                }
                RowResult::Rejected { key: None, .. } | RowResult::Skipped => false,
            };
        }
    }
    let Some(source) = ctx.store.source(&profile.source.name).await? else { return Ok(Vec::new()) };
    let present = ctx.store.write(ctx.author("import"), move |tx| Box::pin(present(tx, source.id))).await?;
    let total = present.len();
    let missing: Vec<_> = present.into_iter().filter(|(key, _)| !listed.contains(key)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a share of counts far below 2^52")]
    let share = missing.len() as f64 / total.max(1) as f64;
    if share > MOST_RETIRED && !options.force {
        let message = format!(
            "{} of {total} toilets of {} are not in these files: that is more than a fifth, so the files are probably \
             incomplete. Nothing was changed. Use `gongce import --force` if they really are gone",
            missing.len(),
            profile.source.name,
        );
        return Err(Failure::Conflict(message));
    }
    Ok(missing)
}

/// The code of a row of which not even the cells could be told apart.
const UNREADABLE: &str = "unreadable_row";

fn unreadable_row(file: &str, line: u64) -> Failure {
    let message = format!(
        "{file}:{line} cannot be read, so nobody knows which toilet it lists, and that one would be retired. Nothing \
         was changed. Mend the row, or use `gongce import --force`"
    );
    Failure::Conflict(message)
}

async fn present(tx: &Tx, source: SourceId) -> Result<Vec<(String, ToiletId)>, Failure> {
    let mut all: Vec<(String, ToiletId)> = Vec::new();
    loop {
        let after = all.last().map_or("", |(key, _)| key.as_str());
        let page = tx.present_keys(source, after, 5_000).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Retires what is missing and writes the import itself into the journal.
async fn finish(
    ctx: &Ctx,
    signing: Signing<'_>,
    report: &Report,
    missing: Vec<(String, ToiletId)>,
) -> Result<(), Failure> {
    let Some(source) = ctx.store.source(&report.source).await? else { return Ok(()) };
    for page in missing.chunks(ROWS) {
        let page = page.to_vec();
        ctx.write(signing(), move |tx| Box::pin(retire(tx, source.id, page))).await?;
    }
    let counts = [("created", report.created), ("updated", report.updated), ("retired", report.retired)];
    if counts.iter().all(|(_, count)| *count == 0) {
        return Ok(());
    }
    let changes: Changes = counts.map(|(name, count)| (name.to_owned(), [0.into(), count.into()])).into();
    let key = report.source.clone();
    let entry = NewEntry { kind: RecordKind::Source, key, version: 1, action: Action::Import, changes };
    ctx.store.write(signing(), move |tx| Box::pin(async move { Ok(tx.append(vec![entry]).await?) })).await
}

async fn retire(tx: &Tx, source: SourceId, page: Vec<(String, ToiletId)>) -> Result<(), Failure> {
    let ids: Vec<_> = page.iter().map(|(_, id)| *id).collect();
    let mut entries = Vec::new();
    for (id, revision, before) in tx.retire_toilets(&ids).await? {
        let to = [before, Lifecycle::Retired].map(|lifecycle| lifecycle.as_str().into());
        let changes = Changes::from([("lifecycle".to_owned(), to)]);
        let (kind, key, action) = (RecordKind::Toilet, id.to_string(), Action::Retire);
        entries.push(NewEntry { kind, key, version: revision, action, changes });
    }
    let keys: Vec<_> = page.into_iter().map(|(key, _)| key).collect();
    tx.remember_absent(source, &keys).await?;
    Ok(tx.append(entries).await?)
}

fn retired(key: &str, toilet: ToiletId) -> ChangeReport {
    let (outcome, toilet) = ("retired".into(), Some(toilet));
    ChangeReport { line: None, outcome, key: key.to_owned(), toilet, fields: Changes::new() }
}

fn key_too_long() -> Notice {
    let message = format!("a key has at most {LONGEST_KEY} bytes: choose fewer columns for it");
    Notice { field: Some("key".to_owned()), code: "key_too_long", message }
}

fn edited_here(field: String) -> Notice {
    let message = "the source changed this field, but it was edited here since: it stays as it is".to_owned();
    Notice { field: Some(field), code: "edited_here", message }
}

fn unknown_area_notice(code: &AreaCode) -> Notice {
    let message = format!("no area has or had the code {code}: the toilet is kept without an area");
    Notice { field: Some("area".to_owned()), code: "unknown_area", message }
}
