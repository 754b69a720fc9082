//! Grades (等级): recorded, corrected, converted and withdrawn, for the body that assesses.

use chrono::{NaiveDate, SubsecRound};

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::registering::{Expected, settle, subject};
use super::{By, Ctx, Failure, photos};
use crate::domain::account::Actor;
use crate::domain::grade::{Grade, GradeRecord, NewGrade};
use crate::domain::id::{GradeId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::photo::{PhotoId, Shown};
use crate::domain::policy::{Action, Subject};
use crate::domain::text::Name;
use crate::domain::{Toilet, Violation};
use crate::store::Tx;

/// A grade to be put on record.
#[derive(Debug, Clone)]
pub struct Recording {
    /// What it says.
    pub fact: NewGrade,
    /// The record whose place it takes, if it does.
    pub supersedes: Option<GradeId>,
    /// A photo that shows it.
    pub evidence: Option<PhotoId>,
}

/// An AAA of 2016 to be determined as I.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// On which day; today if left out.
    pub on: Option<NaiveDate>,
    /// The number of the new certificate.
    pub certificate: Option<Name>,
    /// The body that determines it.
    pub assessor: Option<Name>,
    /// A photo that shows it.
    pub evidence: Option<PhotoId>,
}

/// What is to be changed of a record; what is absent stays, an inner `None` clears.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// The grade, of the same standard.
    pub grade: Option<Grade>,
    /// When it was assessed.
    pub assessed_on: Option<Option<NaiveDate>>,
    /// The last day on which it holds.
    pub valid_to: Option<Option<NaiveDate>>,
    /// The day on which it was taken away.
    pub revoked_on: Option<Option<NaiveDate>>,
    /// The number of its certificate.
    pub certificate: Option<Option<Name>>,
    /// The body that assessed.
    pub assessor: Option<Option<Name>>,
    /// A photo that shows it.
    pub evidence: Option<Option<PhotoId>>,
}

impl Correction {
    fn apply(self, fact: NewGrade) -> Result<NewGrade, Violation> {
        let mut fact = match self.grade {
            Some(grade) => fact.regraded(grade)?,
            None => fact,
        };
        fact.assessed_on = self.assessed_on.unwrap_or(fact.assessed_on);
        fact.valid_to = self.valid_to.unwrap_or(fact.valid_to);
        fact.revoked_on = self.revoked_on.unwrap_or(fact.revoked_on);
        fact.certificate = self.certificate.unwrap_or(fact.certificate);
        fact.assessor = self.assessor.unwrap_or(fact.assessor);
        Ok(fact)
    }
}

/// Puts a grade of a toilet on record; `tell` writes the answer about the toilet and the record.
///
/// # Errors
/// [`Failure::Conflict`] for what is on record already; [`Failure::Invalid`] for days that cannot be;
/// [`Failure::Refused`], [`Failure::NotFound`], [`Failure::KeyReused`].
pub async fn record(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    asked: Recording,
    once: Option<Once>,
    tell: impl FnOnce(&Toilet, &GradeRecord) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let Recording { fact, supersedes, evidence } = asked;
    let draw = move |toilet: &Toilet, _| {
        let replaced = supersedes.map(|old| find(toilet, old).cloned()).transpose();
        Ok((fact, replaced.map_err(|_| unknown(supersedes))?))
    };
    put_once(ctx, by, id, evidence, once, draw, tell).await
}

/// Records that an AAA of 2016 was determined as I: a new record that takes the place of the old one.
///
/// # Errors
/// As [`record`]; [`Failure::Invalid`] for a record that cannot be converted.
pub async fn convert(
    ctx: &Ctx,
    by: By,
    (id, grade): (ToiletId, GradeId),
    asked: Conversion,
    once: Option<Once>,
    tell: impl FnOnce(&Toilet, &GradeRecord) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let Conversion { on, certificate, assessor, evidence } = asked;
    let draw = move |toilet: &Toilet, today| {
        let old = find(toilet, grade)?;
        let mut fact = old.converted(on.unwrap_or(today))?;
        (fact.certificate, fact.assessor) = (certificate, assessor);
        Ok((fact, Some(old.clone())))
    };
    put_once(ctx, by, id, evidence, once, draw, tell).await
}

/// Puts on record what `draw` makes of a toilet and its day, with the record whose place it takes.
async fn put_once(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    evidence: Option<PhotoId>,
    once: Option<Once>,
    draw: impl FnOnce(&Toilet, NaiveDate) -> Result<(NewGrade, Option<GradeRecord>), Failure> + Send + 'static,
    tell: impl FnOnce(&Toilet, &GradeRecord) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::RecordGrade)?;
    photos::citable(ctx, &by.actor, evidence).await?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let before = graded(tx, &by.actor, id).await?;
            let (fact, replaced) = draw(&before, before.today(tx.at()))?;
            let answer = put(tx, &by.actor, &before, (fact, evidence), replaced.as_ref(), tell).await?;
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// Corrects a record; answers how the toilet stands then.
///
/// # Errors
/// [`Failure::NotFound`] where the toilet has no such record or lies out of the caller's scope; [`Failure::Stale`],
/// [`Failure::Invalid`], [`Failure::Refused`].
pub async fn correct(
    ctx: &Ctx,
    by: By,
    (id, grade): (ToiletId, GradeId),
    expected: Expected,
    correction: Correction,
) -> Result<Toilet, Failure> {
    scope(&by.actor, Action::RecordGrade)?;
    photos::citable(ctx, &by.actor, correction.evidence.flatten()).await?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = graded(tx, &by.actor, id).await?;
            let mut record = find(&before, grade)?.clone();
            expected.check(before.revision)?;
            let shown = record.evidence;
            record.evidence = correction.evidence.unwrap_or(shown);
            cite(tx, (id, grade), shown, record.evidence).await?;
            record.fact = correction.apply(record.fact)?;
            record.fact.check(before.today(tx.at()))?;
            tx.update_grade(id, &record).await?;
            for old in replaced_by(&before, grade) {
                let superseded_on = record.fact.assessed_on.or(old.fact.superseded_on);
                replace(tx, &before, old, superseded_on, Some(grade)).await?;
            }
            settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await
        })
    });
    written.await
}

/// Takes back a record that should not have been made; whatever it took the place of stands again. A grade that was
/// held and taken away is corrected instead, by the day of its revocation.
///
/// # Errors
/// As [`correct`].
pub async fn withdraw(ctx: &Ctx, by: By, (id, grade): (ToiletId, GradeId), expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::RecordGrade)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = graded(tx, &by.actor, id).await?;
            let evidence = find(&before, grade)?.evidence;
            expected.check(before.revision)?;
            cite(tx, (id, grade), evidence, None).await?;
            for old in replaced_by(&before, grade) {
                replace(tx, &before, old, None, None).await?;
            }
            tx.delete_grade(grade).await?;
            settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await.map(drop)
        })
    });
    written.await
}

/// A toilet with all its grade records, for the staff of its area.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn of_toilet(ctx: &Ctx, actor: &Actor, id: ToiletId) -> Result<Toilet, Failure> {
    scope(actor, Action::ReadGrades)?;
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    let now = ctx.clock.now();
    require(actor, Action::ReadGrades, subject(&toilet, now))
        .or_else(|_| require(actor, Action::ReadGrades, assessed(&toilet, now)))?;
    Ok(toilet)
}

/// What the policy has to know of a toilet to be graded: where a body is named that assesses it, whoever acts for a
/// body must act for that one, and never for the body that it assesses.
fn assessed(toilet: &Toilet, at: chrono::DateTime<chrono::Utc>) -> Subject<'_> {
    match toilet.body(OperatorRole::Rating, at) {
        Some(body) => Subject { operator: Some(body.id), ..subject(toilet, at) },
        None => subject(toilet, at),
    }
}

async fn graded(tx: &Tx, actor: &Actor, id: ToiletId) -> Result<Toilet, Failure> {
    let toilet = tx.toilet(id).await?.ok_or(Failure::NotFound)?;
    require(actor, Action::RecordGrade, assessed(&toilet, tx.at()))?;
    Ok(toilet)
}

fn find(toilet: &Toilet, grade: GradeId) -> Result<&GradeRecord, Failure> {
    toilet.grades.iter().find(|one| one.id == grade).ok_or(Failure::NotFound)
}

fn unknown(grade: Option<GradeId>) -> Failure {
    let id = grade.map(|grade| grade.to_string()).unwrap_or_default();
    Violation::new("supersedes", "unknownGrade", format!("the toilet has no grade record {id}")).into()
}

fn replaced_by(toilet: &Toilet, grade: GradeId) -> impl Iterator<Item = &GradeRecord> {
    toilet.grades.iter().filter(move |one| one.superseded_by == Some(grade))
}

async fn replace(
    tx: &Tx,
    toilet: &Toilet,
    old: &GradeRecord,
    on: Option<NaiveDate>,
    by: Option<GradeId>,
) -> Result<(), Failure> {
    let mut record = GradeRecord { superseded_by: by, ..old.clone() };
    record.fact.superseded_on = on;
    Ok(tx.update_grade(toilet.id, &record).await?)
}

/// Puts a grade on record, in the place of another where one is named.
async fn put(
    tx: &Tx,
    actor: &Actor,
    before: &Toilet,
    (fact, evidence): (NewGrade, Option<PhotoId>),
    replaced: Option<&GradeRecord>,
    tell: impl FnOnce(&Toilet, &GradeRecord) -> KeptAnswer,
) -> Result<KeptAnswer, Failure> {
    let today = before.today(tx.at());
    fact.check(today)?;
    let says_the_same = |one: &&GradeRecord| {
        let same = (one.fact.standard(), one.fact.grade()) == (fact.standard(), fact.grade());
        same && one.fact.assessed_on == fact.assessed_on
    };
    if let Some(known) = before.grades.iter().find(says_the_same) {
        let message = format!("{} {} of that day is on record already, as {}", fact.standard(), fact.grade(), known.id);
        return Err(Failure::Conflict(message));
    }
    if let Some(old) = replaced {
        may_replace(old, &fact)?;
    }
    let made = tx.create_grade(before.id, &fact, evidence).await?;
    cite(tx, (before.id, made), None, evidence).await?;
    if let Some(old) = replaced {
        replace(tx, before, old, fact.assessed_on.or(Some(today)), Some(made)).await?;
    }
    let after = settle(tx, actor, before, before.fact.clone(), before.attested.clone()).await?;
    Ok(tell(&after, &GradeRecord { id: made, fact, superseded_by: None, evidence }))
}

/// Has a grade show another photo than before, or none.
async fn cite(
    tx: &Tx,
    (toilet, grade): (ToiletId, GradeId),
    before: Option<PhotoId>,
    now: Option<PhotoId>,
) -> Result<(), Failure> {
    let record = Shown::grade(toilet, grade);
    if let Some(photo) = before.filter(|photo| Some(*photo) != now) {
        // Those who take it from other records wait, so that the last one knows to be the last.
        tx.photo(photo).await?;
        tx.hide_photo(photo, &record).await?;
    }
    if let Some(photo) = now.filter(|photo| Some(*photo) != before) {
        tx.photo(photo).await?.ok_or_else(photos::unknown)?;
        tx.show_photo(photo, &record, tx.at().trunc_subsecs(0)).await?;
    }
    Ok(())
}

fn may_replace(old: &GradeRecord, new: &NewGrade) -> Result<(), Failure> {
    if old.fact.superseded_on.is_some() {
        return Err(Failure::Conflict(format!("another record took the place of {} already", old.id)));
    }
    if old.fact.standard().is_tourist() != new.standard().is_tourist() {
        let message = "a grade of tourist toilets and a class of urban toilets stand beside each other";
        return Err(Violation::new("supersedes", "otherKind", message).into());
    }
    if old.fact.assessed_on.zip(new.assessed_on).is_some_and(|(old, new)| new < old) {
        return Err(Violation::new("assessedOn", "outOfRange", "is before that of the record it replaces").into());
    }
    Ok(())
}
