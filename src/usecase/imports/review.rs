//! Taking in a file over HTTP, in two steps: it is uploaded and looked at, and then exactly that file is applied.

use std::sync::Arc;
use std::time::Duration;

use chrono::SubsecRound;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::report::{Detail, Report};
use super::run::{Input, Options, run_as};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::draft::Fields;
use crate::domain::event::{self, Changes, NewEntry, RecordKind, field_names};
use crate::domain::id::ImportReviewId;
use crate::domain::import_review::{ImportReview, ImportState, NewImportReview};
use crate::domain::policy::Action;
use crate::domain::secret::fingerprint_of;
use crate::intake::Profile;
use crate::intake::format::FormatKind;
use crate::store::Tx;
use crate::usecase::once::{KeptAnswer, Once};
use crate::usecase::permission::scope;
use crate::usecase::registering::Expected;
use crate::usecase::staff::entry;
use crate::usecase::{By, Ctx, Failure};

/// After how long to come again where somebody else takes in a file.
const BUSY: Duration = Duration::from_secs(10);

/// For how long whoever applies a file is kept waiting. It goes on being applied when they are told to look again.
const PATIENCE: Duration = Duration::from_secs(30);

/// The profiles under which files are taken over HTTP. The reader of old Excel files may take any amount of memory, and
/// no XML is taken over HTTP.
#[must_use]
pub fn profiles() -> Vec<&'static str> {
    let names = Profile::builtin_names().into_iter();
    names.filter(|name| Profile::builtin(name).is_some_and(|profile| is_taken(profile.kind()))).collect()
}

fn is_taken(kind: FormatKind) -> bool {
    matches!(kind, FormatKind::Csv | FormatKind::Json | FormatKind::Geojson | FormatKind::Xlsx)
}

fn profile(name: &str) -> Result<Profile, Failure> {
    let known = Profile::builtin(name).filter(|profile| is_taken(profile.kind()));
    known.ok_or_else(|| Violation::new("profile", "unknownValue", "is no profile for files over HTTP").into())
}

/// A file takes any toilet anywhere, so that it is for whoever administers everything.
fn require(actor: &Actor, action: Action) -> Result<(), Failure> {
    if scope(actor, action)?.covers(&[], None) { Ok(()) } else { Err(Failure::Refused) }
}

/// The turn of one who takes in a file; the next one comes when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
}

/// Takes the turn, before a file is read.
///
/// # Errors
/// [`Failure::Refused`], and [`Failure::Unavailable`] while somebody else has it.
pub fn turn(ctx: &Ctx, actor: &Actor) -> Result<Turn, Failure> {
    require(actor, Action::ReviewImport)?;
    let taken = Arc::clone(&ctx.importing).try_acquire_owned();
    taken.map(|place| Turn { _place: place }).map_err(|_| Failure::Unavailable { retry_after: BUSY, source: None })
}

/// A file as it was uploaded.
#[derive(Debug)]
pub struct Upload {
    /// The profile under which it is to be read.
    pub profile: String,
    /// Whether it is the whole truth of its source.
    pub sync: bool,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Upload {
    /// What tells it from others.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint_of(&self.content)
    }
}

/// Reads a file and tells what taking it in would change; both are kept for a week. `tell` writes the answer. It goes on
/// when whoever uploads is gone.
///
/// # Errors
/// [`Failure::Invalid`] where the file cannot be read at all, [`Failure::Conflict`] where too much would be retired;
/// [`Failure::Refused`], [`Failure::KeyReused`].
pub async fn upload(
    ctx: &Arc<Ctx>,
    by: By,
    turn: Turn,
    file: Upload,
    once: Option<Once>,
    tell: impl FnOnce(&ImportReview) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    require(&by.actor, Action::ReviewImport)?;
    let profile = profile(&file.profile)?;
    let recalled = once.clone();
    let recalled =
        ctx.store.write(by.author(ctx), move |tx| Box::pin(async move { Once::recall(recalled.as_ref(), tx).await }));
    if let Some(kept) = recalled.await? {
        return Ok(kept);
    }
    let ctx = Arc::clone(ctx);
    aside(turn, async move {
        let mark = ctx.store.register_mark(marked(&profile)).await?;
        let input = [Input { name: named(&profile), bytes: file.content }];
        let report = read(&ctx, &by, &profile, &input, file.sync, true).await?;
        let [Input { bytes: content, .. }] = input;
        let fingerprint = fingerprint_of(&content);
        let (source, by_person) = (profile.source.name.clone(), by.actor.person);
        let new = NewImportReview {
            profile: file.profile,
            sync: file.sync,
            source,
            content,
            fingerprint,
            report,
            mark,
            by: by_person,
        };
        let kept = ctx.store.write(by.author(&ctx), move |tx| {
            Box::pin(async move {
                if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                    return Ok(kept);
                }
                let made = tx.create_import_review(new).await?;
                let told = event::changes(&Fields::new(), &made.fields());
                tx.append(vec![journaled(made.id, made.revision, event::Action::Create, told)]).await?;
                let answer = tell(&made);
                Once::keep(once.as_ref(), tx, &answer).await?;
                Ok(answer)
            })
        });
        kept.await
    })
    .await
}

/// Runs work that computes for long where it stands in nobody's way, to its end whoever waits for it.
async fn aside<T: Send + 'static>(
    turn: Turn,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        let done = runtime.block_on(work);
        drop(turn);
        done
    });
    done.await.map_err(|panic| Failure::Internal(Box::new(panic)))?
}

async fn read(
    ctx: &Ctx,
    by: &By,
    profile: &Profile,
    files: &[Input],
    sync: bool,
    dry_run: bool,
) -> Result<Value, Failure> {
    let options = Options { dry_run, sync, force: false, at: ctx.clock.now(), detail: Detail::REVIEW };
    let report = run_as(ctx, &|| by.author(ctx), profile, files, options, &|_| {}).await?;
    serde_json::to_value(report).map_err(|error| Failure::Internal(Box::new(error)))
}

/// What the report calls the file.
fn named(profile: &Profile) -> String {
    format!("upload.{}", profile.kind())
}

/// The source whose state decides what becomes of a file; none where it holds toilets of any.
fn marked(profile: &Profile) -> Option<&str> {
    (!profile.is_own()).then_some(profile.source.name.as_str())
}

/// Applies exactly the file that was looked at, if nothing of its source has changed since. Where that takes long it is
/// answered as it stands, and goes on.
///
/// # Errors
/// [`Failure::Conflict`] where something has changed, or it was applied already; [`Failure::Stale`];
/// [`Failure::StepUpNeeded`], [`Failure::Refused`], [`Failure::NotFound`]; what taking it in fails with, which it then says
/// itself.
pub async fn apply(ctx: &Arc<Ctx>, by: By, id: ImportReviewId, expected: Expected) -> Result<ImportReview, Failure> {
    require(&by.actor, Action::ApplyImport)?;
    by.prove(ctx, Action::ApplyImport)?;
    let turn = turn(ctx, &by.actor)?;
    let person = by.actor.person;
    let claimed = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = standing(tx, id, &expected).await?;
            if before.state != ImportState::Ready {
                return Err(Failure::Conflict(format!("the file is {} already", before.state)));
            }
            let profile = profile(&before.profile)?;
            if tx.register_mark(marked(&profile)).await? != before.mark {
                let message = "the register has changed since the report: upload the file again and look anew";
                return Err(Failure::Conflict(message.to_owned()));
            }
            let bytes = tx.import_file(id).await?.ok_or(Failure::NotFound)?;
            let after = ImportReview { state: ImportState::Applying, applied_by: Some(person), ..before.clone() };
            Ok((put(tx, &before, after).await?, profile, bytes))
        })
    });
    let (review, profile, bytes) = claimed.await?;
    let (context, claimed) = (Arc::clone(ctx), review.clone());
    let done = tokio::spawn(aside(turn, async move { carry_out(&context, &by, claimed, &profile, bytes).await }));
    match tokio::time::timeout(PATIENCE, done).await {
        Ok(done) => done.map_err(|panic| Failure::Internal(Box::new(panic)))?,
        Err(_) => Ok(review),
    }
}

async fn carry_out(
    ctx: &Ctx,
    by: &By,
    before: ImportReview,
    profile: &Profile,
    bytes: Vec<u8>,
) -> Result<ImportReview, Failure> {
    let input = [Input { name: named(profile), bytes }];
    let done = read(ctx, by, profile, &input, before.sync, false).await;
    let (after, failure) = match done {
        Ok(report) => {
            let applied_at = Some(ctx.clock.now().trunc_subsecs(0));
            (ImportReview { state: ImportState::Applied, report, applied_at, ..before.clone() }, None)
        }
        Err(failure) => {
            // What broke inside is for the log, which has it by the answer.
            let reason = Some(failure.to_string());
            (ImportReview { state: ImportState::Failed, reason, ..before.clone() }, Some(failure))
        }
    };
    let written = ctx.store.write(by.author(ctx), move |tx| Box::pin(async move { put(tx, &before, after).await }));
    let after = written.await?;
    failure.map_or(Ok(after), Err)
}

async fn standing(tx: &Tx, id: ImportReviewId, expected: &Expected) -> Result<ImportReview, Failure> {
    let review = tx.import_review(id).await?.ok_or(Failure::NotFound)?;
    expected.check(review.revision)?;
    Ok(review)
}

/// Writes how a file stands now.
async fn put(tx: &Tx, before: &ImportReview, after: ImportReview) -> Result<ImportReview, Failure> {
    let after = ImportReview { revision: before.revision + 1, ..after };
    tx.update_import_review(&after).await?;
    let mut changes = event::changes(&before.fields(), &after.fields());
    if before.reason != after.reason {
        changes.extend(field_names(&["reason"]));
    }
    tx.append(vec![journaled(after.id, after.revision, event::Action::Update, changes)]).await?;
    Ok(after)
}

fn journaled(id: ImportReviewId, version: i32, action: event::Action, changes: Changes) -> NewEntry {
    NewEntry { version, ..entry(RecordKind::ImportReview, id, action, changes) }
}

/// Throws a file away that nobody is applying.
///
/// # Errors
/// [`Failure::Conflict`], [`Failure::Stale`], [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn discard(ctx: &Ctx, by: By, id: ImportReviewId, expected: Expected) -> Result<(), Failure> {
    require(&by.actor, Action::ReviewImport)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let review = standing(tx, id, &expected).await?;
            if review.state == ImportState::Applying {
                return Err(Failure::Conflict("the file is being applied".to_owned()));
            }
            tx.delete_import_review(id).await?;
            let told = journaled(id, review.revision + 1, event::Action::Delete, Changes::new());
            Ok(tx.append(vec![told]).await?)
        })
    });
    written.await
}

/// A page of the uploaded files, the newest first, and whether there are older ones.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    before: Option<ImportReviewId>,
    limit: usize,
) -> Result<(Vec<ImportReview>, bool), Failure> {
    require(actor, Action::ReviewImport)?;
    let mut found = ctx.store.import_reviews(before, ctx.clock.now(), limit as u64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// An uploaded file with its report, and whether the register has changed since, so that it cannot be applied.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: ImportReviewId) -> Result<(ImportReview, Report, bool), Failure> {
    require(actor, Action::ReviewImport)?;
    let review = ctx.store.import_review(id, ctx.clock.now()).await?.ok_or(Failure::NotFound)?;
    let report = report(&review)?;
    let is_ready = review.state == ImportState::Ready;
    let outdated = is_ready && ctx.store.register_mark(marked(&profile(&review.profile)?)).await? != review.mark;
    Ok((review, report, outdated))
}

/// The report of an uploaded file.
///
/// # Errors
/// [`Failure::Internal`] for one that another version of the program wrote.
pub fn report(review: &ImportReview) -> Result<Report, Failure> {
    serde_json::from_value(review.report.clone()).map_err(|error| Failure::Internal(Box::new(error)))
}

/// Throws away the files whose time is over.
///
/// # Errors
/// What the store fails with.
pub async fn sweep(ctx: &Ctx) -> Result<(), Failure> {
    let swept = ctx.store.write(ctx.author("sweep"), move |tx| {
        Box::pin(async move {
            let gone = tx.sweep_import_reviews().await?.into_iter();
            let told = |(id, revision)| journaled(id, revision + 1, event::Action::Delete, Changes::new());
            Ok(tx.append(gone.map(told).collect()).await?)
        })
    });
    swept.await
}
