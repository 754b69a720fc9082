//! Grade records: what somebody states, and what is on record.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Grade, Standard, Standing};
use crate::domain::Violation;
use crate::domain::id::GradeId;
use crate::domain::photo::PhotoId;
use crate::domain::text::Name;

/// A grade record as somebody states it; constructed through [`NewGrade::new`] so that the grade fits its standard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "RawGrade")]
pub struct NewGrade {
    standard: Standard,
    grade: Grade,
    /// When it was assessed, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessed_on: Option<NaiveDate>,
    /// The last day on which it holds, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The day on which it was taken away, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<NaiveDate>,
    /// The day on which another record took its place, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_on: Option<NaiveDate>,
    /// The number of its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Name>,
    /// The body that assessed the toilet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessor: Option<Name>,
}

/// A [`NewGrade`] as it is written, before it is known whether its grade fits its standard.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawGrade {
    standard: Standard,
    grade: Grade,
    assessed_on: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    superseded_on: Option<NaiveDate>,
    certificate: Option<Name>,
    assessor: Option<Name>,
}

impl TryFrom<RawGrade> for NewGrade {
    type Error = Violation;
    fn try_from(raw: RawGrade) -> Result<Self, Violation> {
        let RawGrade { assessed_on, valid_to, revoked_on, superseded_on, certificate, assessor, .. } = raw;
        let blank = Self::new(raw.standard, raw.grade)?;
        Ok(Self { assessed_on, valid_to, revoked_on, superseded_on, certificate, assessor, ..blank })
    }
}

impl NewGrade {
    /// A grade under a standard, its dates still unknown.
    ///
    /// # Errors
    /// `unknownGrade` when the standard has no such grade.
    pub fn new(standard: Standard, grade: Grade) -> Result<Self, Violation> {
        if !standard.grades().contains(&grade) {
            let message = format!("{standard} has no grade {grade}");
            return Err(Violation::new("grades", "unknownGrade", message));
        }
        let (assessed_on, valid_to, revoked_on, superseded_on) = (None, None, None, None);
        let (certificate, assessor) = (None, None);
        Ok(Self { standard, grade, assessed_on, valid_to, revoked_on, superseded_on, certificate, assessor })
    }

    /// The same grade, assessed on that day.
    #[must_use]
    pub fn assessed(self, on: NaiveDate) -> Self {
        Self { assessed_on: Some(on), ..self }
    }

    /// The same record with another grade of its standard.
    ///
    /// # Errors
    /// `unknownGrade` when its standard has no such grade.
    pub fn regraded(self, grade: Grade) -> Result<Self, Violation> {
        Self::new(self.standard, grade).map_err(|violation| violation.in_field("grade"))?;
        Ok(Self { grade, ..self })
    }

    /// Holds its days to each other and to what can be known today.
    ///
    /// # Errors
    /// `outOfRange` for an assessment before its standard was in force or after today, `endsBeforeItBegins` for an end
    /// before the assessment.
    pub fn check(&self, today: NaiveDate) -> Result<(), Violation> {
        let Some(on) = self.assessed_on else { return Ok(()) };
        if on > today {
            return Err(Violation::new("assessedOn", "outOfRange", format!("is after today, {today}")));
        }
        if let Some(since) = self.standard.in_force_since().filter(|since| on < *since) {
            let message = format!("is before {since}, from when {} is in force", self.standard);
            return Err(Violation::new("assessedOn", "outOfRange", message));
        }
        let ends = [("validTo", self.valid_to), ("revokedOn", self.revoked_on), ("supersededOn", self.superseded_on)];
        match ends.into_iter().find(|(_, end)| end.is_some_and(|end| end < on)) {
            Some((field, _)) => {
                Err(Violation::new(field, "endsBeforeItBegins", format!("is before the assessment on {on}")))
            }
            None => Ok(()),
        }
    }

    /// Its standard.
    #[must_use]
    pub fn standard(&self) -> Standard {
        self.standard
    }

    /// Its grade.
    #[must_use]
    pub fn grade(&self) -> Grade {
        self.grade
    }

    /// Where it stands on that day.
    #[must_use]
    pub fn standing(&self, today: NaiveDate) -> Standing {
        if self.revoked_on.is_some_and(|day| day <= today) {
            return Standing::Revoked;
        }
        let is_over =
            self.valid_to.is_some_and(|day| day < today) || self.superseded_on.is_some_and(|day| day <= today);
        if self.standard == Standard::GbT2003 || is_over {
            return Standing::Expired;
        }
        if self.standard != Standard::GbT2016 {
            return Standing::Current;
        }
        let recent = self.assessed_on.zip(NaiveDate::from_ymd_opt(2021, 1, 1)).is_some_and(|(on, since)| on >= since);
        if recent && self.grade == Grade::Aaa { Standing::Convertible } else { Standing::Reassess }
    }

    /// Whether the public may rely on it on that day: neither expired nor revoked, and already given.
    #[must_use]
    pub fn is_held(&self, today: NaiveDate) -> bool {
        !matches!(self.standing(today), Standing::Expired | Standing::Revoked) && self.is_given_by(today)
    }

    /// The first day after that one on which it may stand otherwise; `None` if none is known.
    #[must_use]
    pub fn changes_after(&self, today: NaiveDate) -> Option<NaiveDate> {
        let over = self.valid_to.and_then(|last| last.succ_opt());
        let days = [self.revoked_on, over, self.superseded_on, self.assessed_on];
        days.into_iter().flatten().filter(|day| *day > today).min()
    }

    /// Whether it was given on that day or before; one without a date counts as given ever since.
    #[must_use]
    pub fn is_given_by(&self, day: NaiveDate) -> bool {
        self.assessed_on.is_none_or(|on| on <= day)
    }
}

/// A grade record of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeRecord {
    /// Its id.
    pub id: GradeId,
    /// What it says.
    pub fact: NewGrade,
    /// The record of the same toilet that took its place, if one did here.
    pub superseded_by: Option<GradeId>,
    /// A photo that shows it, such as one of its certificate: for the staff.
    pub evidence: Option<PhotoId>,
}

impl GradeRecord {
    /// As the journal has it: `grades.7`.
    #[must_use]
    pub fn field(&self) -> (String, Value) {
        let mut value = serde_json::to_value(&self.fact).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            let by = self.superseded_by.map(|by| ("supersededBy".to_owned(), by.0.into()));
            let evidence = self.evidence.map(|photo| ("evidence".to_owned(), photo.to_string().into()));
            fields.extend(by.into_iter().chain(evidence));
        }
        (format!("grades.{}", self.id), value)
    }

    /// The record that says today that this one was converted on that day: class I under the standard of 2022, without
    /// a new assessment. It names the day of the conversion, since that is when the class was determined.
    ///
    /// # Errors
    /// `notConvertible` for any but what the ministry lets be determined directly ([`Standing::Convertible`]).
    pub fn converted(&self, on: NaiveDate) -> Result<NewGrade, Violation> {
        let standing = self.fact.standing(on);
        if standing != Standing::Convertible {
            let message = format!(
                "stands at {standing} on {on}; only AAA of {}, assessed in 2021 or later, is determined as I directly",
                Standard::GbT2016
            );
            return Err(Violation::new("grade", "notConvertible", message));
        }
        let converted = NewGrade::new(Standard::GbT2022, Grade::I)?.assessed(on);
        converted.check(on)?;
        Ok(converted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_date_or_a_revocation_ends_a_grade() {
        let base = NewGrade::new(Standard::GbT2022, Grade::I).map(|g| g.assessed(day("2023-01-01")));
        let Ok(base) = base else { unreachable!("I belongs to the 2022 standard") };
        let past = NewGrade { valid_to: Some(day("2026-01-01")), ..base.clone() };
        assert_eq!(past.standing(day("2026-01-01")), Standing::Current);
        assert_eq!(past.standing(day("2026-01-02")), Standing::Expired);
        let revoked = NewGrade { revoked_on: Some(day("2025-05-05")), ..base };
        assert_eq!(revoked.standing(day("2026-01-01")), Standing::Revoked);
        assert!(!revoked.is_held(day("2026-01-01")) && revoked.is_held(day("2025-05-04")));
    }

    #[test]
    fn what_another_record_took_the_place_of_is_held_no_longer() {
        let base = NewGrade::new(Standard::GbT2016, Grade::Aaa).map(|g| g.assessed(day("2021-03-01")));
        let Ok(mut fact) = base else { unreachable!("AAA belongs to the 2016 standard") };
        fact.superseded_on = Some(day("2023-04-05"));
        assert_eq!(fact.standing(day("2023-04-04")), Standing::Convertible);
        assert_eq!(fact.standing(day("2023-04-05")), Standing::Expired);
        assert!(fact.is_held(day("2023-04-04")) && !fact.is_held(day("2023-04-05")));
    }

    #[test]
    fn only_what_stands_at_convertible_is_converted() {
        let of = |grade, on: &str| {
            let fact = NewGrade::new(Standard::GbT2016, grade).map(|g| g.assessed(day(on)));
            fact.map(|fact| GradeRecord { id: GradeId(1), fact, superseded_by: None, evidence: None })
        };
        let on = day("2024-02-29");
        let made = of(Grade::Aaa, "2021-01-01").and_then(|record| record.converted(on));
        assert_eq!(made, NewGrade::new(Standard::GbT2022, Grade::I).map(|grade| grade.assessed(on)));
        for (grade, assessed, on) in [
            (Grade::Aaa, "2020-12-31", "2024-02-29"),
            (Grade::Aa, "2021-06-01", "2024-02-29"),
            // Before there was anything to convert it to.
            (Grade::Aaa, "2021-06-01", "2022-07-10"),
        ] {
            let refused = of(grade, assessed).and_then(|record| record.converted(day(on)));
            assert!(refused.is_err(), "{grade} of {assessed} on {on}");
        }
    }

    #[test]
    fn days_that_cannot_be_are_named() {
        let of = |standard, grade, on: &str| NewGrade::new(standard, grade).map(|g| g.assessed(day(on)));
        let today = day("2026-11-23");
        let field = |fact: Result<NewGrade, Violation>| {
            fact.and_then(|fact| fact.check(today)).map_err(|violation| (violation.field.clone(), violation.code))
        };
        assert_eq!(field(of(Standard::GbT2022, Grade::I, "2022-07-11")), Ok(()));
        let early = field(of(Standard::GbT2022, Grade::I, "2022-07-10"));
        assert_eq!(early, Err(("assessedOn".to_owned(), "outOfRange")));
        let late = field(of(Standard::GbT2016, Grade::A, "2026-11-24"));
        assert_eq!(late, Err(("assessedOn".to_owned(), "outOfRange")));
        let over = of(Standard::GbT2022, Grade::Ii, "2023-01-01").map(|mut fact| {
            fact.valid_to = Some(day("2022-12-31"));
            fact
        });
        assert_eq!(field(over), Err(("validTo".to_owned(), "endsBeforeItBegins")));
    }
}
