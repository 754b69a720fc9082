//! Grades: dated records against a named standard, never bare letters.
//!
//! Sources: GB/T 18973-2003 (stars), GB/T 18973-2016 (A to AAA), GB/T 18973-2022 (I, II; in force since 2022-07-11,
//! replaces the letters), CJJ 14-2016 (classes of urban toilets).

use chrono::NaiveDate;

use super::Violation;
use super::codes::codes;

mod record;

pub use record::{GradeRecord, NewGrade};

codes!(
    /// A standard under which toilets are graded.
    Standard {
        /// Tourist toilets, one to five stars; history.
        GbT2003 = "GB/T 18973-2003",
        /// Tourist toilets, A to AAA.
        GbT2016 = "GB/T 18973-2016",
        /// Tourist toilets, classes I and II.
        GbT2022 = "GB/T 18973-2022",
        /// Urban toilets, classes one to three.
        Cjj2016 = "CJJ 14-2016",
    }
);

codes!(
    /// A grade of any of the standards.
    Grade {
        /// One star.
        Star1 = "1",
        /// Two stars.
        Star2 = "2",
        /// Three stars.
        Star3 = "3",
        /// Four stars.
        Star4 = "4",
        /// Five stars.
        Star5 = "5",
        /// A under the 2016 standard.
        A = "A",
        /// AA under the 2016 standard.
        Aa = "AA",
        /// AAA under the 2016 standard.
        Aaa = "AAA",
        /// Class I under the 2022 standard.
        I = "I",
        /// Class II under the 2022 standard.
        Ii = "II",
        /// Urban class one.
        Class1 = "一类",
        /// Urban class two.
        Class2 = "二类",
        /// Urban class three.
        Class3 = "三类",
    }
);

codes!(
    /// Where a grade record stands today.
    Standing {
        /// The standard is in force and the record is not past its date.
        Current = "current",
        /// AAA under the 2016 standard, assessed on or after 2021-01-01: may be determined as I directly.
        Convertible = "convertible",
        /// Any other grade of 2016: still a graded toilet to the public, due for assessment.
        Reassess = "reassess",
        /// Past its date, replaced by another record, or under a standard that is history.
        Expired = "expired",
        /// Taken away.
        Revoked = "revoked",
    }
);

impl Standard {
    /// The day from which toilets are assessed under it, where that is known.
    #[must_use]
    pub fn in_force_since(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2022, 7, 11).filter(|_| self == Self::GbT2022)
    }

    /// Whether it grades tourist toilets.
    #[must_use]
    pub fn is_tourist(self) -> bool {
        self != Self::Cjj2016
    }

    /// The grades of this standard, best first.
    #[must_use]
    pub fn grades(self) -> &'static [Grade] {
        match self {
            Self::GbT2003 => &[Grade::Star5, Grade::Star4, Grade::Star3, Grade::Star2, Grade::Star1],
            Self::GbT2016 => &[Grade::Aaa, Grade::Aa, Grade::A],
            Self::GbT2022 => &[Grade::I, Grade::Ii],
            Self::Cjj2016 => &[Grade::Class1, Grade::Class2, Grade::Class3],
        }
    }

    /// Reads a grade as people write it: `AAA`, `3A`, `AAA级`, `Ⅰ`, `Ⅰ类`, `一类`, `四星`, `★★★`.
    ///
    /// # Errors
    /// `unknownGrade` when the text is no grade of this standard.
    pub fn read_grade(self, text: &str) -> Result<Grade, Violation> {
        let plain = plain(text);
        let found = self.grades().iter().rev().enumerate().find_map(|(place, &grade)| {
            let rank = place + 1;
            spellings(self, grade, rank, self.grades().len()).contains(&plain).then_some(grade)
        });
        found.ok_or_else(|| {
            let allowed: Vec<_> = self.grades().iter().map(|grade| grade.as_str()).collect();
            let message = format!("“{text}” is no grade of {self}, which has {}", allowed.join(", "));
            Violation::new("grades", "unknownGrade", message)
        })
    }
}

/// Upper case, half width, Roman numerals as letters, without the words that add nothing.
fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let text: String = text.nfkc().collect::<String>().to_uppercase();
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '级' | '級' | '类' | '類' | '星')).collect()
}

/// The plain spellings of a grade; `rank` counts from the lowest grade, one.
fn spellings(standard: Standard, grade: Grade, rank: usize, grades: usize) -> Vec<String> {
    const HAN: [&str; 5] = ["一", "二", "三", "四", "五"];
    let han = |number: usize| HAN.get(number - 1).map(ToString::to_string);
    let code = plain(grade.as_str());
    let from_top = grades + 1 - rank;
    match standard {
        Standard::GbT2003 => [Some(code), han(rank), Some("★".repeat(rank))].into_iter().flatten().collect(),
        Standard::GbT2016 => vec![code, format!("{rank}A")],
        Standard::GbT2022 | Standard::Cjj2016 => {
            let roman = "I".repeat(from_top);
            [Some(code), han(from_top), Some(roman), Some(from_top.to_string())].into_iter().flatten().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn grades_are_read_as_people_write_them() {
        for (standard, text, grade) in [
            (Standard::GbT2016, "AAA", Grade::Aaa),
            (Standard::GbT2016, "3A", Grade::Aaa),
            (Standard::GbT2016, "２a级", Grade::Aa),
            (Standard::GbT2016, "A 级", Grade::A),
            (Standard::GbT2022, "Ⅰ", Grade::I),
            (Standard::GbT2022, "Ⅱ类", Grade::Ii),
            (Standard::GbT2022, "一类", Grade::I),
            (Standard::Cjj2016, "一类", Grade::Class1),
            (Standard::Cjj2016, "III", Grade::Class3),
            (Standard::Cjj2016, "2", Grade::Class2),
            (Standard::GbT2003, "四星级", Grade::Star4),
            (Standard::GbT2003, "★★★", Grade::Star3),
        ] {
            assert_eq!(standard.read_grade(text), Ok(grade), "{standard} {text}");
        }
        assert!(Standard::GbT2022.read_grade("AAA").is_err());
        assert!(Standard::GbT2016.read_grade("4A").is_err());
        assert!(NewGrade::new(Standard::GbT2016, Grade::I).is_err());
    }

    #[test]
    fn standing_follows_standard_and_dates() {
        let today = day("2026-11-23");
        let of =
            |standard, grade, on: &str| NewGrade::new(standard, grade).map(|g| g.assessed(day(on)).standing(today));
        assert_eq!(of(Standard::GbT2016, Grade::Aaa, "2018-09-30"), Ok(Standing::Reassess));
        assert_eq!(of(Standard::GbT2016, Grade::Aaa, "2021-01-01"), Ok(Standing::Convertible));
        assert_eq!(of(Standard::GbT2016, Grade::Aa, "2021-06-01"), Ok(Standing::Reassess));
        assert_eq!(of(Standard::GbT2022, Grade::I, "2023-06-01"), Ok(Standing::Current));
        assert_eq!(of(Standard::GbT2003, Grade::Star4, "2010-06-01"), Ok(Standing::Expired));
        assert_eq!(of(Standard::Cjj2016, Grade::Class1, "2019-06-01"), Ok(Standing::Current));
    }
}
