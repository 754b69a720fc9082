//! Taking in files, looked at before they are applied.

use std::collections::HashMap;
use std::sync::Arc;

use poem::http::StatusCode;
use poem::{Request, RequestBody};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::history::ChangeView;
use super::instant::Instant;
use super::language::Language;
use super::people_view::Done;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::query::{Declared, Flag, Given, Group, OneOf, Params};
use super::revision::{expected, once};
use super::sentences;
use super::tag::Tag;
use super::toilet_params::{CURSOR, LIMIT};
use super::words::{Vocabulary, Word};
use super::written::{Changed, Created};
use crate::domain::Violation;
use crate::domain::id::ImportReviewId;
use crate::domain::import_review::{ImportReview, ImportState};
use crate::usecase::imports::review::{self, Upload};
use crate::usecase::imports::{ChangeReport, Report, RowReport};
use crate::usecase::once::KeptAnswer;
use crate::usecase::{Ctx, Failure};

/// Every operation on uploaded files.
pub(super) struct ImportsApi(pub(super) Arc<Ctx>);

/// A profile under which files are taken over HTTP.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProfileName(&'static str);

impl Vocabulary for ProfileName {
    const NAME: &'static str = "ProfileName";

    fn words() -> Vec<&'static str> {
        review::profiles()
    }

    fn word(self) -> &'static str {
        self.0
    }

    fn read(word: &str) -> Option<Self> {
        review::profiles().into_iter().find(|known| *known == word).map(Self)
    }
}

/// What is taken as a file; which of them it is, the profile says.
const TYPES: [&str; 5] = [
    "application/octet-stream",
    "text/csv",
    "application/json",
    "application/geo+json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// A body that is a file. It is read when it is asked for, not before it is known whose turn it is.
pub(super) struct FileBody(poem::Body);

impl<'a> ApiExtractor<'a> for FileBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let media = |content_type| {
            let schema = MetaSchema::new_with_format("string", "binary");
            MetaMediaType { content_type, schema: MetaSchemaRef::Inline(Box::new(schema)) }
        };
        Some(MetaRequest { description: Some("The file."), content: TYPES.map(media).into(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let given = request.content_type().unwrap_or_default();
        let bare = given.split(';').next().unwrap_or_default().trim();
        if !TYPES.iter().any(|known| bare.eq_ignore_ascii_case(known)) {
            let detail = format!("A file is one of: {}.", TYPES.join(", "));
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail).into());
        }
        Ok(Self(body.take()?))
    }
}

impl FileBody {
    pub(super) async fn read(self) -> Result<Vec<u8>, Problem> {
        let broke = |_| Problem::new(ProblemCode::BadBody, "The file broke off.");
        let content = self.0.into_vec().await.map_err(broke)?;
        if content.is_empty() {
            return Err(Failure::from(Violation::new("body", "blank", "is due: it is the file")).into());
        }
        Ok(content)
    }
}

/// An uploaded file, and what became of it.
#[derive(Debug, Object)]
#[oai(rename = "Import", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct ImportView {
    /// Its id.
    id: i32,
    /// The profile under which it is read.
    profile: String,
    /// Whether it is the whole truth of its source, so that toilets that it does not list are retired.
    sync: bool,
    /// The name of its source.
    source: String,
    /// How many bytes it has.
    bytes: i64,
    /// Its SHA-256, in hexadecimal.
    sha256: String,
    /// How it stands.
    state: Word<ImportState>,
    /// Why taking it in broke off; what was written until then stays.
    reason: Option<String>,
    /// Whether the register has changed since for its source, so that the report holds no longer and it cannot be applied.
    outdated: Option<bool>,
    /// When it was uploaded.
    uploaded_at: Instant,
    /// Until when it is kept.
    expires_at: Instant,
    /// Who uploaded it, by their pseudonym.
    by: Uuid,
    /// Who had it applied, by their pseudonym.
    applied_by: Option<Uuid>,
    /// When it was applied.
    applied_at: Option<Instant>,
    /// What applying it would change or, once it is applied, what it changed; left out of lists.
    report: Option<ReportView>,
    /// Its revision, for `If-Match`.
    revision: i32,
}

/// What taking in a file does; `read` is the sum of the six counts that follow it.
#[derive(Debug, Object)]
#[oai(rename = "ImportReport", rename_all = "camelCase")]
struct ReportView {
    /// Rows read.
    read: u64,
    /// Toilets made.
    created: u64,
    /// Toilets changed.
    updated: u64,
    /// Rows that say nothing new.
    unchanged: u64,
    /// Rows turned away.
    rejected: u64,
    /// Rows whose key came before.
    repeated: u64,
    /// Rows that the profile leaves out.
    skipped: u64,
    /// Toilets taken out of use because the file lists them no longer.
    retired: u64,
    /// How often each remark is made about the values of a row.
    warnings_by_code: HashMap<String, u64>,
    /// For each field, how many rows have each value.
    facts: HashMap<String, HashMap<String, u64>>,
    /// The rows about which there is something to say, above all why they are turned away; a thousand at most.
    rows: Vec<RowView>,
    /// How many remarks there are beyond those.
    rows_left_out: u64,
    /// The toilets that are made, changed or retired; a thousand at most.
    changes: Vec<ImportChangeView>,
    /// How many there are beyond those.
    changes_left_out: u64,
}

/// A remark about a row of a file.
#[derive(Debug, Object)]
#[oai(rename = "ImportRow", rename_all = "camelCase", skip_serializing_if_is_none)]
struct RowView {
    /// The line, from 1; of a file without lines the number of the record.
    line: u64,
    /// `created`, `updated`, `unchanged`, `rejected` or `repeated`.
    outcome: String,
    /// The field it is about, if it is about one.
    field: Option<String>,
    /// A stable code; `docs/profiles.md` lists them.
    code: String,
    /// What is wrong and what would be right, in the language of `Accept-Language` (zh-CN unless English is preferred).
    message: String,
}

/// What becomes of one toilet.
#[derive(Debug, Object)]
#[oai(rename = "ImportChange", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ImportChangeView {
    /// The line of the file; left out for a toilet that it no longer lists.
    line: Option<u64>,
    /// `created`, `updated` or `retired`.
    outcome: String,
    /// Its key in the source.
    key: String,
    /// The toilet, if it is there already.
    toilet: Option<i32>,
    /// What changes field by field; of one that is made its name alone.
    changes: Vec<ChangeView>,
}

/// A page of uploaded files.
#[derive(Debug, Object)]
#[oai(rename = "ImportList", skip_serializing_if_is_none)]
struct ImportListView {
    /// The files, without their reports.
    items: Vec<ImportView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

const PROFILE: OneOf<ProfileName> = OneOf {
    name: "profile",
    about: "How the file is to be read; `docs/profiles.md` tells of each. CSV, JSON, GeoJSON and XLSX are taken.",
    default: None,
    missing: "missing",
};
const SYNC: Flag = Flag {
    name: "sync",
    about: "`true`: the file is the whole truth of its source, and toilets that it does not list are retired.",
    default: false,
};

/// What an upload takes.
#[derive(Debug)]
struct UploadParams {
    profile: ProfileName,
    sync: bool,
}

impl Group for UploadParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&PROFILE, &SYNC];

    fn read(given: &mut Given) -> Option<Self> {
        let (profile, sync) = (given.take(&PROFILE), given.take(&SYNC));
        Some(Self { profile: profile?, sync: sync? })
    }
}

/// What a list of uploaded files takes.
#[derive(Debug)]
struct ImportParams {
    before: Option<ImportReviewId>,
    limit: usize,
}

impl Group for ImportParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (cursor, limit) = (given.take(&CURSOR).flatten(), given.take(&LIMIT));
        let before = match cursor.map(|text| text.parse().ok().filter(|id| *id > 0)) {
            None => None,
            Some(Some(id)) => Some(ImportReviewId(id)),
            Some(None) => {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of the page before"));
                return None;
            }
        };
        Some(Self { before, limit: limit? })
    }
}

#[OpenApi(tag = "Tag::Imports")]
impl ImportsApi {
    /// Upload a file to be taken in
    ///
    /// For admins of the whole register. Nothing changes: the answer tells what applying the file would change, and both
    /// are kept for a week. One file is read at a time; more are answered 503. Where more than a fifth of a source's
    /// toilets would be retired it is 409, since such a file is probably cut off.
    #[oai(path = "/api/v1/imports", method = "post", operation_id = "upload_import")]
    async fn upload_import(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<UploadParams>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: FileBody,
    ) -> Result<Created<ImportView>, Problem> {
        let (by, Params(UploadParams { profile, sync })) = (signed.writer(), query);
        let turn = review::turn(&self.0, &by.actor)?;
        let file = Upload { profile: profile.0.to_owned(), sync, content: body.read().await? };
        let asked = ["upload_import", profile.0, if sync { "sync" } else { "" }, &file.fingerprint()];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let language = Language::of(request.headers());
        let tell = move |made: &ImportReview| uploaded(made, language);
        Ok(Created::kept(review::upload(&self.0, by, turn, file, once, tell).await?))
    }

    /// List uploaded files
    ///
    /// Those of the last week, the newest first, for admins of the whole register.
    #[oai(path = "/api/v1/imports", method = "get", operation_id = "list_imports")]
    async fn list_imports(&self, signed: Signed, query: Params<ImportParams>) -> Result<Json<ImportListView>, Problem> {
        let Params(ImportParams { before, limit }) = query;
        let (found, more) = review::list(&self.0, &signed.by().actor, before, limit).await?;
        let next = found.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Json(ImportListView { items: found.iter().map(ImportView::bare).collect(), next }))
    }

    /// Get an uploaded file
    ///
    /// With its report: the counts, the rows that are turned away and why, and what would change.
    #[oai(path = "/api/v1/imports/:id", method = "get", operation_id = "get_import")]
    async fn get_import(
        &self,
        signed: Signed,
        request: &Request,
        /// The file's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<ImportView>, Problem> {
        let (Params(()), language) = (query, Language::of(request.headers()));
        let (found, report, outdated) = review::get(&self.0, &signed.by().actor, ImportReviewId(id.0)).await?;
        let outdated = (found.state == ImportState::Ready).then_some(outdated);
        let view = ImportView { outdated, report: Some(ReportView::of(report, language)), ..ImportView::bare(&found) };
        Ok(Answer::of(&view).of_revision(found.revision))
    }

    /// Apply an uploaded file
    ///
    /// Exactly the file that was looked at, and only if the register has not changed since for its source: else 409. It
    /// asks for a fresh proof of who is calling. Where it takes long it is answered as `applying`, and goes on.
    #[oai(path = "/api/v1/imports/:id/apply", method = "post", operation_id = "apply_import")]
    async fn apply_import(
        &self,
        signed: Signed,
        request: &Request,
        /// The file's id.
        id: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Changed<ImportView>, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        let applied = review::apply(&self.0, signed.writer(), ImportReviewId(id.0), expected).await?;
        let view = ImportView::whole(&applied, Language::of(request.headers()))?;
        Ok(Changed::now(Answer::of(&view).of_revision(applied.revision)))
    }

    /// Throw an uploaded file away
    ///
    /// With its report. What was applied stays.
    #[oai(path = "/api/v1/imports/:id", method = "delete", operation_id = "delete_import")]
    async fn delete_import(
        &self,
        signed: Signed,
        /// The file's id.
        id: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        review::discard(&self.0, signed.writer(), ImportReviewId(id.0), expected).await?;
        Ok(Done::Done)
    }
}

/// The answer to an upload.
fn uploaded(made: &ImportReview, language: Language) -> KeptAnswer {
    let view = ImportView::whole(made, language).unwrap_or_else(|_| ImportView::bare(made));
    let location = format!("/api/v1/imports/{}", made.id);
    Answer::of(&view).of_revision(made.revision).kept(StatusCode::CREATED, Some(location))
}

impl ImportView {
    fn bare(review: &ImportReview) -> Self {
        Self {
            id: review.id.0,
            profile: review.profile.clone(),
            sync: review.sync,
            source: review.source.clone(),
            bytes: review.bytes,
            sha256: review.fingerprint.clone(),
            state: Word(review.state),
            reason: review.reason.clone(),
            outdated: None,
            uploaded_at: Instant(review.uploaded_at),
            expires_at: Instant(review.expires_at),
            by: review.by.0,
            applied_by: review.applied_by.map(|person| person.0),
            applied_at: review.applied_at.map(Instant),
            report: None,
            revision: review.revision,
        }
    }

    fn whole(review: &ImportReview, language: Language) -> Result<Self, Failure> {
        let report = ReportView::of(review::report(review)?, language);
        Ok(Self { report: Some(report), ..Self::bare(review) })
    }
}

impl ReportView {
    /// A report for whoever reads that language.
    fn of(report: Report, language: Language) -> Self {
        let facts = report.facts.into_iter().map(|(field, counts)| (field, counts.into_iter().collect()));
        Self {
            read: report.read,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            rejected: report.rejected,
            repeated: report.repeated,
            skipped: report.skipped,
            retired: report.retired,
            warnings_by_code: report.warnings_by_code.into_iter().collect(),
            facts: facts.collect(),
            rows: report.rows.into_iter().map(|row| RowView::of(row, language)).collect(),
            rows_left_out: report.rows_left_out,
            changes: report.changes.into_iter().map(ImportChangeView::from).collect(),
            changes_left_out: report.changes_left_out,
        }
    }
}

impl RowView {
    fn of(row: RowReport, language: Language) -> Self {
        let RowReport { line, outcome, field, code, message, .. } = row;
        let message = sentences::remark(&code, message, language);
        Self { line, outcome: outcome.into_owned(), field, code: code.into_owned(), message }
    }
}

impl From<ChangeReport> for ImportChangeView {
    fn from(change: ChangeReport) -> Self {
        let ChangeReport { line, outcome, key, toilet, fields } = change;
        let changes = fields.iter().map(|(field, values)| ChangeView::of(field, values, &|_| None)).collect();
        Self { line, outcome: outcome.into_owned(), key, toilet: toilet.map(|id| id.0), changes }
    }
}
