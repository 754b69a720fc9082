//! Cleanings as answers tell of them: what the first delivery is told, what became of each delivery, and the log.

use poem_openapi::Object;
use poem_openapi::types::ToJSON;
use uuid::Uuid;

use super::instant::Instant;
use super::json::Json as Writing;
use super::language::Language;
use super::sentences;
use super::words::Word;
use crate::domain::cleaning::{Basis, Cleaning, CleaningId, Correction, CorrectionKind, Flag, Presence};
use crate::domain::task::Task;
use crate::domain::{Violation, Violations};
use crate::geo::Crs;
use crate::usecase::cleanings::{Conflict, Outcome, Rejection, Told};

/// A record as its first delivery was told of it, and every later one again, byte for byte.
#[derive(Debug, Object)]
#[oai(rename = "CleaningReceipt", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct ReceiptView {
    /// Its id.
    id: Uuid,
    /// The toilet.
    toilet: i32,
    /// Who cleaned, by their pseudonym.
    performed_by: Uuid,
    /// Who recorded it, by their pseudonym.
    recorded_by: Uuid,
    /// What was done.
    tasks: Vec<Word<Task>>,
    /// When it began, as the clocks of the device tell.
    started_at: Option<Instant>,
    /// When it was done, as the clocks of the device tell; never later than it was received.
    at: Instant,
    /// When it became known here.
    received_at: Instant,
    /// By which clock `at` was found.
    basis: Word<Basis>,
    /// What shows that somebody was there.
    presence: Word<Presence>,
    /// What is odd about it by itself. None of it keeps the record from counting.
    flags: Vec<Word<Flag>>,
    /// The record that it amends.
    amends: Option<Uuid>,
    /// The record that it voids.
    voids: Option<Uuid>,
}

/// A record of the log, as the staff sees it.
#[derive(Debug, Object)]
#[oai(rename = "Cleaning", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct CleaningView {
    /// Its id.
    id: Uuid,
    /// The toilet.
    toilet: i32,
    /// Who cleaned, by their pseudonym.
    performed_by: Uuid,
    /// Who recorded it, by their pseudonym.
    recorded_by: Uuid,
    /// What was done.
    tasks: Vec<Word<Task>>,
    /// When it began, as the clocks of the device tell.
    started_at: Option<Instant>,
    /// When it was done, as the clocks of the device tell.
    at: Instant,
    /// When it became known here.
    received_at: Instant,
    /// By which clock `at` was found.
    basis: Word<Basis>,
    /// What the clock of the device showed when it was done, right or wrong.
    device_at: Instant,
    /// What shows that somebody was there.
    presence: Word<Presence>,
    /// What is odd about it, beside others of the same person too.
    flags: Vec<Word<Flag>>,
    /// What was looked at.
    checklist: Option<AnsweredView>,
    /// What is said besides.
    remarks: Option<String>,
    /// What was used up.
    supplies: Vec<SupplyView>,
    /// The ids of its photos: those that have arrived are at `/api/v1/photos/{id}`.
    photos: Vec<Uuid>,
    /// The record that it amends.
    amends: Option<Uuid>,
    /// The record that it voids.
    voids: Option<Uuid>,
    /// Why that is corrected.
    reason: Option<String>,
    /// The record that corrects this one, which then no longer counts.
    corrected_by: Option<Uuid>,
    /// Who confirmed it, by their pseudonym.
    verified_by: Option<Uuid>,
    /// When somebody confirmed it.
    verified_at: Option<Instant>,
}

/// What was looked at.
#[derive(Debug, Object)]
#[oai(rename = "AnsweredChecklist", rename_all = "camelCase")]
struct AnsweredView {
    /// The version of the toilet's plan whose points were gone through.
    version: i32,
    /// The points.
    points: Vec<CheckedView>,
}

/// One point that was looked at.
#[derive(Debug, Object)]
#[oai(rename = "AnsweredPoint", rename_all = "camelCase", skip_serializing_if_is_none)]
struct CheckedView {
    /// The task whose list it is on.
    task: Word<Task>,
    /// Its code there.
    code: String,
    /// Whether it was as it should be.
    ok: bool,
    /// What was not.
    note: Option<String>,
}

/// Something that was used up.
#[derive(Debug, Object)]
#[oai(rename = "Supply", rename_all = "camelCase", skip_serializing_if_is_none)]
struct SupplyView {
    /// What.
    name: String,
    /// How much.
    quantity: f64,
    /// Of what.
    unit: Option<String>,
}

/// A cleaning of the caller's own.
#[derive(Debug, Object)]
#[oai(rename = "OwnCleaning", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct OwnCleaningView {
    /// The record.
    cleaning: CleaningView,
    /// Where the phone was, as it said.
    position: Option<OwnFixView>,
}

/// Where the caller's phone was.
#[derive(Object)]
#[oai(rename = "OwnFix", rename_all = "camelCase", skip_serializing_if_is_none)]
struct OwnFixView {
    /// Degrees north, in the datum of `crs`.
    latitude: f64,
    /// Degrees east, in the datum of `crs`.
    longitude: f64,
    /// The datum.
    crs: Word<Crs>,
    /// The radius in metres within which it was.
    accuracy: Option<f64>,
}

/// Where somebody was is for no log.
impl std::fmt::Debug for OwnFixView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnFixView(…)")
    }
}

impl From<&Cleaning> for OwnCleaningView {
    fn from(cleaning: &Cleaning) -> Self {
        let position = cleaning.event.position.map(|fix| OwnFixView {
            latitude: fix.latitude,
            longitude: fix.longitude,
            crs: Word(fix.crs),
            accuracy: fix.accuracy,
        });
        Self { cleaning: cleaning.into(), position }
    }
}

/// A cleaning as everybody sees it: never who.
#[derive(Debug, Object)]
#[oai(rename = "PublicCleaning", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct PublicView {
    /// When it was done.
    at: Instant,
    /// What was done.
    tasks: Vec<Word<Task>>,
    /// What shows that somebody was there.
    presence: Word<Presence>,
}

/// What became of a delivery.
#[derive(Debug, Object)]
#[oai(rename = "CleaningOutcome", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct OutcomeView {
    /// The id of the record, as far as it could be read.
    id: Option<Uuid>,
    /// `created`; `replayed` where it was on record before; `conflict` where something else is on record under its id;
    /// `rejected` where it is not taken.
    status: String,
    /// `created` and `replayed` again; for a conflict `differs` (`errors` names the fields) or `taken` (by somebody
    /// else); for a rejection `invalid`, `unknownToilet`, `unknownPerson`, `forbidden`, `unknownCleaning`, `otherToilet`,
    /// `alreadyCorrected` or `alreadyVoid`.
    code: String,
    /// Whether the same record may be taken later: keep it in the queue if so, else take it out.
    retry: bool,
    /// The record, as its first delivery was told of it.
    cleaning: Option<ReceiptView>,
    /// What is wrong, field by field.
    errors: Option<Vec<FaultView>>,
}

/// A field of a record that is wrong, or differs.
#[derive(Debug, Object)]
#[oai(rename = "CleaningFault", rename_all = "camelCase")]
pub(super) struct FaultView {
    /// The name of the field.
    field: String,
    /// What is wrong, in a stable word.
    code: String,
    /// What is wrong and what would be right, in the language of `Accept-Language` (zh-CN unless English is preferred).
    message: String,
}

/// What became of the deliveries of a batch, in their order.
#[derive(Debug, Object)]
#[oai(rename = "CleaningBatchOutcome")]
pub(super) struct BatchView {
    /// One for each item.
    items: Vec<OutcomeView>,
}

/// What the first delivery of a record is told.
#[must_use]
pub fn receipt(cleaning: &Cleaning) -> String {
    let (amends, voids) = corrected(cleaning);
    let view = ReceiptView {
        id: cleaning.id.uuid(),
        toilet: cleaning.toilet().0,
        performed_by: cleaning.performed_by.0,
        recorded_by: cleaning.recorded_by.0,
        tasks: cleaning.tasks().iter().copied().map(Word).collect(),
        started_at: cleaning.started_at.map(Instant),
        at: Instant(cleaning.at),
        received_at: Instant(cleaning.received_at),
        basis: Word(cleaning.basis),
        presence: Word(cleaning.presence),
        flags: cleaning.flags.iter().copied().map(Word).collect(),
        amends,
        voids,
    };
    view.to_json_string()
}

/// The ids of the record that it amends and of the one that it voids.
fn corrected(cleaning: &Cleaning) -> (Option<Uuid>, Option<Uuid>) {
    let of = |kind| {
        let correction = cleaning.event.correction.as_ref().filter(|correction| correction.kind == kind);
        correction.map(|correction| correction.of.uuid())
    };
    (of(CorrectionKind::Amends), of(CorrectionKind::Voids))
}

impl From<&Told> for CleaningView {
    fn from(told: &Told) -> Self {
        let kept = &told.kept;
        let verified = kept.verified;
        Self {
            flags: told.flags.iter().copied().map(Word).collect(),
            corrected_by: kept.corrected_by.map(CleaningId::uuid),
            verified_by: verified.map(|verified| verified.by.0),
            verified_at: verified.map(|verified| Instant(verified.at)),
            ..Self::from(&kept.cleaning)
        }
    }
}

/// A record by itself.
impl From<&Cleaning> for CleaningView {
    fn from(cleaning: &Cleaning) -> Self {
        let (event, (amends, voids)) = (&cleaning.event, corrected(cleaning));
        let reason = event.correction.as_ref().map(|Correction { reason, .. }| reason.to_string());
        let point = |point: &crate::domain::cleaning::Checked| CheckedView {
            task: Word(point.task),
            code: point.code.clone(),
            ok: point.ok,
            note: point.note.as_ref().map(ToString::to_string),
        };
        let checklist = event.checklist.as_ref();
        let supplies = event.supplies.iter().map(|supply| SupplyView {
            name: supply.name.to_string(),
            quantity: supply.quantity,
            unit: supply.unit.as_ref().map(ToString::to_string),
        });
        Self {
            id: cleaning.id.uuid(),
            toilet: cleaning.toilet().0,
            performed_by: cleaning.performed_by.0,
            recorded_by: cleaning.recorded_by.0,
            tasks: cleaning.tasks().iter().copied().map(Word).collect(),
            started_at: cleaning.started_at.map(Instant),
            at: Instant(cleaning.at),
            received_at: Instant(cleaning.received_at),
            basis: Word(cleaning.basis),
            device_at: Instant(event.finished_at),
            presence: Word(cleaning.presence),
            flags: cleaning.flags.iter().copied().map(Word).collect(),
            checklist: checklist
                .map(|list| AnsweredView { version: list.version, points: list.points.iter().map(point).collect() }),
            remarks: event.remarks.as_ref().map(ToString::to_string),
            supplies: supplies.collect(),
            photos: event.photos.iter().map(|photo| photo.uuid()).collect(),
            amends,
            voids,
            reason,
            corrected_by: None,
            verified_by: None,
            verified_at: None,
        }
    }
}

impl From<&Cleaning> for PublicView {
    fn from(cleaning: &Cleaning) -> Self {
        let tasks = cleaning.tasks().iter().copied().map(Word).collect();
        Self { at: Instant(cleaning.at), tasks, presence: Word(cleaning.presence) }
    }
}

/// What became of a delivery, in the shape of [`OutcomeView`]: the receipt goes in as it was kept.
pub(super) fn outcome(json: &mut Writing, id: Option<Uuid>, outcome: &Outcome, language: Language) {
    let (status, code, retry) = told(outcome);
    json.open(b'{');
    json.known_text("id", id.map(|id| id.to_string()));
    json.text_field("status", status);
    json.text_field("code", code);
    json.bare_field("retry", retry);
    if let Outcome::Created { answer } | Outcome::Replayed { answer } = outcome {
        json.key("cleaning");
        json.written(answer.as_bytes());
    }
    let errors = faults(outcome, language);
    if !errors.is_empty() {
        json.key("errors");
        json.open(b'[');
        for Violation { field, code, message } in errors {
            json.written(FaultView { field, code: code.to_owned(), message }.to_json_string().as_bytes());
        }
        json.close(b']');
    }
    json.close(b'}');
}

/// The items of a batch: their ids, and what is wrong with those that cannot be read.
pub(super) type Items = Vec<(Option<Uuid>, Option<Violations>)>;

/// What became of a batch, in the shape of [`BatchView`]. `outcomes` are of those that could be read.
pub(super) fn batch(items: Items, outcomes: Vec<Outcome>, language: Language) -> Vec<u8> {
    let mut outcomes = outcomes.into_iter();
    let mut json = Writing::with_capacity(512 * items.len());
    json.open(b'{');
    json.key("items");
    json.open(b'[');
    for (id, wrong) in items {
        let told = wrong.map_or_else(|| outcomes.next(), |wrong| Some(Outcome::Rejected(Rejection::Invalid(wrong))));
        if let Some(told) = told {
            outcome(&mut json, id, &told, language);
        }
    }
    json.close(b']');
    json.close(b'}');
    json.into_bytes()
}

/// Status, code, and whether to send it again.
pub(super) fn told(outcome: &Outcome) -> (&'static str, &'static str, bool) {
    match outcome {
        Outcome::Created { .. } => ("created", "created", false),
        Outcome::Replayed { .. } => ("replayed", "replayed", false),
        Outcome::Conflict(Conflict::Differs(_)) => ("conflict", "differs", false),
        Outcome::Conflict(Conflict::Taken) => ("conflict", "taken", false),
        Outcome::Rejected(rejection) => {
            let (code, retry) = match rejection {
                Rejection::Invalid(_) => ("invalid", false),
                Rejection::UnknownToilet => ("unknownToilet", false),
                Rejection::UnknownPerson => ("unknownPerson", false),
                Rejection::Forbidden => ("forbidden", false),
                Rejection::UnknownCleaning => ("unknownCleaning", true),
                Rejection::OtherToilet => ("otherToilet", false),
                Rejection::AlreadyCorrected(_) => ("alreadyCorrected", false),
                Rejection::AlreadyVoid => ("alreadyVoid", false),
            };
            ("rejected", code, retry)
        }
    }
}

/// What is wrong with a delivery, field by field, for whoever reads that language.
pub(super) fn faults(outcome: &Outcome, language: Language) -> Vec<Violation> {
    faults_of(outcome).into_iter().map(|fault| sentences::told(fault, language)).collect()
}

fn faults_of(outcome: &Outcome) -> Vec<Violation> {
    let one = |field: &str, message: String| vec![Violation::new(field, told(outcome).1, message)];
    match outcome {
        Outcome::Created { .. } | Outcome::Replayed { .. } => Vec::new(),
        Outcome::Conflict(Conflict::Differs(fields)) => {
            let says = "is not what was sent under this id before";
            fields.iter().map(|field| Violation::new(field.as_str(), "differs", says)).collect()
        }
        Outcome::Conflict(Conflict::Taken) => one("id", "somebody else recorded something under it".to_owned()),
        Outcome::Rejected(Rejection::Invalid(wrong)) => wrong.0.clone(),
        Outcome::Rejected(Rejection::UnknownToilet) => one("toilet", "there is no such toilet".to_owned()),
        Outcome::Rejected(Rejection::UnknownPerson) => one("performedBy", "there is no such person".to_owned()),
        Outcome::Rejected(Rejection::Forbidden) => one("", "the caller may not do this there".to_owned()),
        Outcome::Rejected(Rejection::UnknownCleaning) => {
            one("", "what it corrects is not on record, or not yet: send it again once that is".to_owned())
        }
        Outcome::Rejected(Rejection::OtherToilet) => {
            one("toilet", "what it corrects was at another toilet: void that and log anew".to_owned())
        }
        Outcome::Rejected(Rejection::AlreadyCorrected(newest)) => {
            one("", format!("what it corrects was corrected already by {newest}: correct the newest"))
        }
        Outcome::Rejected(Rejection::AlreadyVoid) => one("voids", "that record voids another itself".to_owned()),
    }
}
