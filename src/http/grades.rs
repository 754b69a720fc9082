//! The grade records of a toilet.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::changes::Reading;
use super::people_view::Done;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::query::Params;
use super::revision::{expected, once};
use super::tag::Tag;
use super::toilet_facts::day;
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::Toilet;
use crate::domain::grade::{Grade, GradeRecord, NewGrade as Fact, Standard, Standing};
use crate::domain::id::{GradeId, ToiletId};
use crate::domain::photo::PhotoId;
use crate::domain::text::Name;
use crate::usecase::grades::{self, Conversion, Correction, Recording};
use crate::usecase::once::KeptAnswer;
use crate::usecase::{Ctx, Failure};

/// Every operation on grade records.
pub(super) struct GradesApi(pub(super) Arc<Ctx>);

/// A grade to be put on record.
#[derive(Debug, Object)]
#[oai(rename = "NewGrade", rename_all = "camelCase", deny_unknown_fields)]
struct NewGrade {
    /// The standard.
    standard: Word<Standard>,
    /// The grade, one that the standard has.
    grade: Word<Grade>,
    /// When it was assessed, if known.
    assessed_on: Option<NaiveDate>,
    /// The last day on which it holds, if it has one.
    valid_to: Option<NaiveDate>,
    /// The number of its certificate.
    certificate: Option<String>,
    /// The body that assessed.
    assessor: Option<String>,
    /// The record whose place it takes, as after a new assessment.
    supersedes: Option<i32>,
    /// A photo that was sent before, such as one of the certificate.
    evidence: Option<Uuid>,
}

/// What is to be corrected of a grade record. What is left out stays as it is; `null` clears.
#[derive(Debug, Object)]
#[oai(rename = "GradePatch", rename_all = "camelCase", deny_unknown_fields)]
struct GradePatch {
    /// The grade, one of the same standard.
    grade: Option<Word<Grade>>,
    /// When it was assessed.
    assessed_on: MaybeUndefined<NaiveDate>,
    /// The last day on which it holds.
    valid_to: MaybeUndefined<NaiveDate>,
    /// The day on which it was taken away.
    revoked_on: MaybeUndefined<NaiveDate>,
    /// The number of its certificate.
    certificate: MaybeUndefined<String>,
    /// The body that assessed.
    assessor: MaybeUndefined<String>,
    /// A photo that was sent before, such as one of the certificate.
    evidence: MaybeUndefined<Uuid>,
}

/// A direct determination as class I.
#[derive(Debug, Object)]
#[oai(rename = "NewConversion", rename_all = "camelCase", deny_unknown_fields)]
struct NewConversion {
    /// On which day it was determined; today if left out.
    on: Option<NaiveDate>,
    /// The number of the new certificate.
    certificate: Option<String>,
    /// The body that determined it.
    assessor: Option<String>,
    /// A photo that was sent before, such as one of the certificate.
    evidence: Option<Uuid>,
}

/// A grade on record, as the staff sees it.
#[derive(Debug, Object)]
#[oai(rename = "RecordedGrade", rename_all = "camelCase", skip_serializing_if_is_none)]
struct GradeRecordView {
    /// Its id.
    id: i32,
    /// The toilet.
    toilet: i32,
    /// The standard.
    standard: Word<Standard>,
    /// The grade.
    grade: Word<Grade>,
    /// Where the record stands today.
    standing: Word<Standing>,
    /// When it was assessed.
    assessed_on: Option<NaiveDate>,
    /// The last day on which it holds.
    valid_to: Option<NaiveDate>,
    /// The day on which it was taken away.
    revoked_on: Option<NaiveDate>,
    /// The day on which another record took its place.
    superseded_on: Option<NaiveDate>,
    /// The record that took its place.
    superseded_by: Option<i32>,
    /// The number of its certificate.
    certificate: Option<String>,
    /// The body that assessed.
    assessor: Option<String>,
    /// The photo that shows it, for the staff of the area: `/api/v1/photos/{evidence}`.
    evidence: Option<Uuid>,
    /// The revision of the toilet, for `If-Match`.
    revision: i32,
}

/// The grade records of a toilet, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "GradeList")]
struct GradeListView {
    /// The records.
    items: Vec<GradeRecordView>,
}

#[OpenApi(tag = "Tag::Grades")]
impl GradesApi {
    /// Record a grade
    ///
    /// For supervisors and admins of the area. Where a body is named that assesses the toilet, those who act for a body
    /// must act for that one: nobody grades what their own body keeps.
    #[oai(path = "/api/v1/toilets/:id/grades", method = "post", operation_id = "create_grade")]
    async fn create_grade(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewGrade>,
    ) -> Result<Created<GradeRecordView>, Problem> {
        let (Params(()), by, recording) = (query, signed.writer(), body.0.read()?);
        let asked = ["create_grade", &id.0.to_string(), &format!("{recording:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        Ok(Created::kept(grades::record(&self.0, by, ToiletId(id.0), recording, once, self.telling()).await?))
    }

    /// List the grade records of a toilet
    ///
    /// All of them, with those that no longer hold, for the staff of its area.
    #[oai(path = "/api/v1/toilets/:id/grades", method = "get", operation_id = "list_grades")]
    async fn list_grades(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Json<GradeListView>, Problem> {
        let Params(()) = query;
        let toilet = grades::of_toilet(&self.0, &signed.by().actor, ToiletId(id.0)).await?;
        let view = |record| GradeRecordView::of(&toilet, record, self.0.clock.now());
        Ok(Json(GradeListView { items: toilet.grades.iter().map(view).collect() }))
    }

    /// Convert a grade
    ///
    /// Records that an AAA of GB/T 18973-2016, assessed in 2021 or later, was determined as I of GB/T 18973-2022 without
    /// a new assessment: a new record, which takes the place of the old one.
    #[oai(
        path = "/api/v1/toilets/:id/grades/:grade/conversion",
        method = "post",
        operation_id = "create_grade_conversion"
    )]
    async fn create_grade_conversion(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The record's id.
        grade: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewConversion>,
    ) -> Result<Created<GradeRecordView>, Problem> {
        let (Params(()), by, conversion) = (query, signed.writer(), body.0.read()?);
        let asked = ["create_grade_conversion", &id.0.to_string(), &grade.0.to_string(), &format!("{conversion:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let ids = (ToiletId(id.0), GradeId(grade.0));
        Ok(Created::kept(grades::convert(&self.0, by, ids, conversion, once, self.telling()).await?))
    }

    /// Correct a grade record
    ///
    /// A grade that was taken away gets the day of its revocation. `If-Match` names the revision of the toilet.
    #[oai(path = "/api/v1/toilets/:id/grades/:grade", method = "patch", operation_id = "update_grade")]
    async fn update_grade(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The record's id.
        grade: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<GradePatch>,
    ) -> Result<Changed<GradeRecordView>, Problem> {
        let Params(()) = query;
        self.correct(signed, (id.0, grade.0), revision.as_deref(), body.0).await
    }

    /// Correct a grade record, for clients without PATCH
    ///
    /// Does exactly what PATCH does.
    #[oai(path = "/api/v1/toilets/:id/grades/:grade", method = "post", operation_id = "apply_grade_patch")]
    async fn apply_grade_patch(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The record's id.
        grade: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<GradePatch>,
    ) -> Result<Changed<GradeRecordView>, Problem> {
        let Params(()) = query;
        self.correct(signed, (id.0, grade.0), revision.as_deref(), body.0).await
    }

    /// Withdraw a grade record
    ///
    /// One that should not have been made; whatever it took the place of stands again. The journal remembers it.
    #[oai(path = "/api/v1/toilets/:id/grades/:grade", method = "delete", operation_id = "delete_grade")]
    async fn delete_grade(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The record's id.
        grade: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        grades::withdraw(&self.0, signed.writer(), (ToiletId(id.0), GradeId(grade.0)), expected).await?;
        Ok(Done::Done)
    }
}

impl GradesApi {
    async fn correct(
        &self,
        signed: Signed,
        (id, grade): (i32, i32),
        revision: Option<&str>,
        body: GradePatch,
    ) -> Result<Changed<GradeRecordView>, Problem> {
        let (expected, correction, grade) = (expected(revision)?, body.read()?, GradeId(grade));
        let ids = (ToiletId(id), grade);
        let toilet = grades::correct(&self.0, signed.writer(), ids, expected, correction).await?;
        let found = toilet.grades.iter().find(|one| one.id == grade).ok_or(Failure::NotFound)?;
        let view = GradeRecordView::of(&toilet, found, self.0.clock.now());
        Ok(Changed::now(Answer::of(&view).of_revision(toilet.revision)))
    }

    /// The answer about a record that was made just now.
    fn telling(&self) -> impl FnOnce(&Toilet, &GradeRecord) -> KeptAnswer + Send + 'static {
        let now = self.0.clock.now();
        move |toilet, record| {
            let location = format!("/api/v1/toilets/{}/grades/{}", toilet.id, record.id);
            let answer = Answer::of(&GradeRecordView::of(toilet, record, now)).of_revision(toilet.revision);
            answer.kept(StatusCode::CREATED, Some(location))
        }
    }
}

impl GradeRecordView {
    fn of(toilet: &Toilet, record: &GradeRecord, now: DateTime<Utc>) -> Self {
        let fact = &record.fact;
        Self {
            id: record.id.0,
            toilet: toilet.id.0,
            standard: Word(fact.standard()),
            grade: Word(fact.grade()),
            standing: Word(fact.standing(toilet.today(now))),
            assessed_on: fact.assessed_on,
            valid_to: fact.valid_to,
            revoked_on: fact.revoked_on,
            superseded_on: fact.superseded_on,
            superseded_by: record.superseded_by.map(|by| by.0),
            certificate: fact.certificate.as_ref().map(ToString::to_string),
            assessor: fact.assessor.as_ref().map(ToString::to_string),
            evidence: record.evidence.map(PhotoId::uuid),
            revision: toilet.revision,
        }
    }
}

impl NewGrade {
    fn read(self) -> Result<Recording, Problem> {
        let mut reading = Reading::default();
        let fits = |grade: Word<Grade>| Fact::new(self.standard.0, grade.0);
        let mut fact = reading.field("grade", Some(self.grade), fits);
        let assessed_on = reading.field("assessedOn", self.assessed_on, day);
        let valid_to = reading.field("validTo", self.valid_to, day);
        let certificate = reading.field("certificate", self.certificate, |text| Name::new(&text));
        let assessor = reading.field("assessor", self.assessor, |text| Name::new(&text));
        let evidence = reading.field("evidence", self.evidence, PhotoId::try_from);
        if let Some(fact) = &mut fact {
            (fact.assessed_on, fact.valid_to) = (assessed_on, valid_to);
            (fact.certificate, fact.assessor) = (certificate, assessor);
        }
        // Without a fact something is wrong with the grade, and that is told.
        let fact = reading.done(fact)?.ok_or_else(|| Problem::new(ProblemCode::Invalid, "grade"))?;
        Ok(Recording { fact, supersedes: self.supersedes.map(GradeId), evidence })
    }
}

impl NewConversion {
    fn read(self) -> Result<Conversion, Problem> {
        let mut reading = Reading::default();
        let conversion = Conversion {
            on: reading.field("on", self.on, day),
            certificate: reading.field("certificate", self.certificate, |text| Name::new(&text)),
            assessor: reading.field("assessor", self.assessor, |text| Name::new(&text)),
            evidence: reading.field("evidence", self.evidence, PhotoId::try_from),
        };
        Ok(reading.done(conversion)?)
    }
}

impl GradePatch {
    fn read(self) -> Result<Correction, Problem> {
        let mut reading = Reading::default();
        let correction = Correction {
            grade: self.grade.map(|word| word.0),
            assessed_on: reading.change("assessedOn", self.assessed_on, day),
            valid_to: reading.change("validTo", self.valid_to, day),
            revoked_on: reading.change("revokedOn", self.revoked_on, day),
            certificate: reading.change("certificate", self.certificate, |text| Name::new(&text)),
            assessor: reading.change("assessor", self.assessor, |text| Name::new(&text)),
            evidence: reading.change("evidence", self.evidence, PhotoId::try_from),
        };
        Ok(reading.done(correction)?)
    }
}
