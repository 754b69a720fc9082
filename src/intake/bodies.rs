//! What a profile says beyond the fields: grades, operators, closures, and sums that must agree.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use super::dates;
use super::notice::{Notes, Notice};
use super::recipe::{Pattern, Recipe};
use super::transform::{Source, number};
use super::typed::{coded, day, words};
use crate::domain::grade::{NewGrade, Standard};
use crate::domain::operator::{OperatorKind, OperatorRole};
use crate::domain::outage::{NewOutage, OutageReason};
use crate::domain::period::Span;
use crate::domain::statement::NamedOperator;
use crate::domain::text::Remark;

/// A `[[grades]]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GradeTable {
    standard: Recipe,
    grade: Recipe,
    assessed_on: Option<Recipe>,
    valid_to: Option<Recipe>,
    revoked_on: Option<Recipe>,
    certificate: Option<Recipe>,
    assessor: Option<Recipe>,
}

/// An `[[operators]]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperatorTable {
    role: OperatorRole,
    kind: Option<Recipe>,
    name: Recipe,
}

/// A `[[closures]]` table: patterns with the named groups `from` and, where an end is stated, `until`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClosureTable {
    text: Recipe,
    patterns: Vec<Pattern>,
    #[serde(default)]
    formats: Vec<String>,
    reason: Option<Recipe>,
}

/// A `[[checks]]` table: counts whose sum another count must equal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckTable {
    pub(super) sum: Vec<String>,
    pub(super) equals: String,
}

impl GradeTable {
    /// Every recipe in it.
    pub(super) fn recipes(&self) -> impl Iterator<Item = &Recipe> {
        let more = [&self.assessed_on, &self.valid_to, &self.revoked_on, &self.certificate, &self.assessor];
        [&self.standard, &self.grade].into_iter().chain(more.into_iter().flatten())
    }

    /// Reads the grade of a row; a blank grade is none.
    pub(super) fn read(&self, source: Source<'_>, notes: &mut Notes) -> Option<NewGrade> {
        let grade = self.known(source, notes);
        let fact = grade.as_ref().map(|grade| format!("{} {}", grade.standard(), grade.grade()));
        notes.fact("grades", fact.as_deref());
        let mut grade = grade?;
        grade.assessed_on = day(source, "grades", self.assessed_on.as_ref(), notes);
        grade.valid_to = day(source, "grades", self.valid_to.as_ref(), notes);
        grade.revoked_on = day(source, "grades", self.revoked_on.as_ref(), notes);
        grade.certificate = words(source, "grades", self.certificate.as_ref(), notes);
        grade.assessor = words(source, "grades", self.assessor.as_ref(), notes);
        Some(grade)
    }

    fn known(&self, source: Source<'_>, notes: &mut Notes) -> Option<NewGrade> {
        let grade = source.take("grades", &self.grade, notes)?;
        let Some(standard) = source.take("grades", &self.standard, notes) else {
            let message = format!("“{}” is a grade under no standard", grade.text);
            notes.tell_and_keep(Notice::new("grades", "unknown_grade", message), grade.column, &grade.raw);
            return None;
        };
        let read = standard
            .text
            .parse()
            .and_then(|standard: Standard| NewGrade::new(standard, standard.read_grade(&grade.text)?));
        read.map_err(|broken| {
            notes.tell_and_keep(Notice::of_rule("grades", &broken), grade.column, &grade.raw);
        })
        .ok()
    }
}

impl OperatorTable {
    /// Every recipe in it.
    pub(super) fn recipes(&self) -> impl Iterator<Item = &Recipe> {
        [&self.name].into_iter().chain(&self.kind)
    }

    /// Reads the body of a row; a blank name is none, a kind that is not stated is `other`.
    pub(super) fn read(&self, source: Source<'_>, notes: &mut Notes) -> Option<NamedOperator> {
        let name = words(source, "operators", Some(&self.name), notes)?;
        let stated = self.kind.as_ref().and_then(|kind| coded(source, "operators.kind", Some(kind), notes));
        Some(NamedOperator { role: self.role, name, kind: stated.unwrap_or(OperatorKind::Other) })
    }
}

impl ClosureTable {
    /// Every recipe in it.
    pub(super) fn recipes(&self) -> impl Iterator<Item = &Recipe> {
        [&self.text].into_iter().chain(&self.reason)
    }

    /// Whether every pattern names the group `from`.
    pub(super) fn names_a_beginning(&self) -> bool {
        let begins = |pattern: &Pattern| pattern.0.capture_names().flatten().any(|name| name == "from");
        !self.patterns.is_empty() && self.patterns.iter().all(begins)
    }

    /// Reads the closure of a row and counts where it stands at `at`. Text that no pattern fits is told and kept.
    pub(super) fn read(&self, source: Source<'_>, zone: Tz, at: DateTime<Utc>, notes: &mut Notes) -> Option<NewOutage> {
        let taken = source.take("outages", &self.text, notes)?;
        let Some(span) = self.patterns.iter().find_map(|pattern| self.span(pattern, &taken.text, zone)) else {
            let message = format!("“{}” is no closure that can be read", taken.text);
            notes.tell_and_keep(Notice::new("outages", "unreadable_closure", message), taken.column, &taken.text);
            notes.fact("closure", Some("unreadable"));
            return None;
        };
        notes.fact("closure", Some(stage(span, at)));
        let reason = self.reason.as_ref().and_then(|reason| coded(source, "outages.reason", Some(reason), notes));
        let note = Remark::new(&taken.text).ok();
        Some(NewOutage { reason: reason.unwrap_or(OutageReason::Other), span, note })
    }

    /// A bare day counts whole: the last one named is closed too, and the span ends with the next midnight of the zone.
    /// A time of day is taken at its word.
    fn span(&self, pattern: &Pattern, text: &str, zone: Tz) -> Option<Span> {
        let groups = pattern.0.captures(text)?;
        let part = |name: &str| groups.name(name).map(|part| part.as_str().trim()).filter(|part| !part.is_empty());
        let bound = |text: &str, of_day: fn(NaiveDate, Tz) -> Option<DateTime<Utc>>| {
            let timed = dates::timed(text, &self.formats, zone);
            timed.or_else(|| of_day(dates::day(text, &self.formats)?, zone))
        };
        let from = bound(part("from")?, dates::start_of)?;
        let until = match part("until") {
            Some(text) => Some(bound(text, dates::end_of)?),
            None => None,
        };
        Span::new(from, until).ok()
    }
}

/// Where a closure stands at an instant; one without an end is that before all else.
fn stage(span: Span, at: DateTime<Utc>) -> &'static str {
    match span.until() {
        None => "openEnded",
        Some(_) if span.is_over(at) => "over",
        Some(_) if span.contains(at) => "active",
        Some(_) => "toCome",
    }
}

impl CheckTable {
    /// Tells of counts that do not add up; where one of them is not stated there is nothing to check.
    pub(super) fn read(&self, source: Source<'_>, notes: &mut Notes) {
        let count = |column: &String| source.cell(column).and_then(|cell| number(&cell));
        let sum: Option<f64> = self.sum.iter().map(count).sum();
        let Some((sum, whole)) = sum.zip(count(&self.equals)) else {
            return;
        };
        if (sum - whole).abs() > 1e-9 {
            let message = format!("{} add up to {sum}, not to the {whole} of {}", self.sum.join(" + "), self.equals);
            notes.tell(Notice::new(&self.equals, "sum_mismatch", message));
        }
    }
}
