//! Opening hours as text that has been understood.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use opening_hours::{OpeningHours, RuleKind};
use opening_hours_syntax::rules::day::{HolidayKind, WeekDayRange};
use opening_hours_syntax::rules::time::{Time, TimeSpan};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleSequence};

use super::rules::{DayKind, Rules, is_whole_day, minutes};
use super::timeline::{DAY, State};

/// The longest text taken, in characters: the limit OpenStreetMap sets for a value.
pub(super) const LONGEST: usize = 255;

/// How much of a text an error message repeats, in characters.
const SHOWN: usize = 60;

/// The hours of a toilet, from OpenStreetMap's `opening_hours` text (`Mo-Fr 06:00-22:00; PH off`).
///
/// Hours belong to the day they begin on: `Fr 22:00-02:00` also covers Saturday from 00:00 to 02:00, whatever the rules
/// for Saturday are. A range that ends before it starts runs past midnight.
///
/// Some hours are well written and still do not tell when the door is open: those that follow the sun (no position is
/// at hand here), an open end (`08:00+`), a repetition, days counted from a holiday (`PH -1 day`), and a comment alone
/// (`"ask at the desk"`). They are kept, and are unknown at every instant.
///
/// A clone shares the parsed rules. Two are equal when their texts are.
#[derive(Clone)]
pub struct Hours(Arc<Parsed>);

struct Parsed {
    text: String,
    /// `None`: the text does not tell when the door is open.
    rules: Option<Rules>,
    holidays: Holidays,
    weekly: bool,
    always: bool,
    unknowable: bool,
}

/// The kinds of holidays that are mentioned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holidays {
    pub(super) public: bool,
    pub(super) school: bool,
}

/// Why a text is not taken as opening hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Nothing but white space.
    #[error("the opening hours are empty")]
    Empty,
    /// More than 255 characters.
    #[error("the opening hours have {0} characters, more than {LONGEST}: “{1}”")]
    TooLong(usize, String),
    /// Not in OpenStreetMap's form.
    #[error("“{0}” is not written as OpenStreetMap's opening_hours, such as “Mo-Su 06:00-22:00” or “24/7”")]
    Syntax(String),
    /// A range from a time to the same time: nothing or all day, nobody can tell.
    #[error("“{0}” has a range that ends where it starts; for the whole day write 00:00-24:00")]
    EmptyRange(String),
    /// A range that ends beyond midnight of the next day, or before it starts though it is counted past midnight.
    #[error("“{0}” has a range that ends later than 48:00 or before it starts")]
    EndTooLate(String),
}

impl Hours {
    /// Parses OpenStreetMap's form. For the forms in other people's files see [`read`](super::read).
    ///
    /// # Errors
    /// [`HoursError`], in words for the person who typed the text.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HoursError::Empty);
        }
        let length = text.chars().count();
        if length > LONGEST {
            return Err(HoursError::TooLong(length, shown(text)));
        }
        let whole: OpeningHours = text.parse().map_err(|_| HoursError::Syntax(shown(text)))?;
        let expression = whole.get_expression();
        for rule in &expression.rules {
            check_spans(rule, text)?;
        }
        let rules = if tells_when(&expression, text) { Rules::cut(whole) } else { None };
        let weekly = expression.rules.iter().all(is_weekly);
        let mut parsed = Parsed {
            text: text.to_owned(),
            rules,
            holidays: Holidays {
                public: mentions(&expression, HolidayKind::Public),
                school: mentions(&expression, HolidayKind::School),
            },
            weekly,
            always: false,
            unknowable: false,
        };
        parsed.always = parsed.is_constantly_open(&expression);
        parsed.unknowable = parsed.rules.is_none() || is_constant(&expression, RuleKind::Unknown);
        Ok(Self(Arc::new(parsed)))
    }

    /// The text as given, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether public holidays (`PH`) are mentioned, so that a holiday calendar is needed to know these hours.
    ///
    /// Without one, or on days it does not list, these hours are unknown exactly at the minutes at which a holiday
    /// would make a difference. School holidays (`SH`) are never known and count the same way.
    #[must_use]
    pub fn needs_calendar(&self) -> bool {
        self.0.holidays.public
    }

    /// Whether the door is open at every instant, in whatever spelling: `24/7`, `Mo-Su 00:00-24:00`, `06:00-06:00`
    /// written as `06:00-30:00`.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.0.always
    }

    /// Whether the text tells of no instant whether the door is open, whatever the calendar: see [`Hours`].
    #[must_use]
    pub fn is_unknowable(&self) -> bool {
        self.0.unknowable
    }

    /// Whether every week is like every other, so that a week shows all changes.
    pub(super) fn is_plain_week(&self) -> bool {
        self.0.weekly && !self.0.holidays.public && !self.0.holidays.school
    }

    pub(super) fn rules(&self) -> Option<&Rules> {
        self.0.rules.as_ref()
    }

    pub(super) fn holidays(&self) -> Holidays {
        self.0.holidays
    }
}

impl Parsed {
    fn is_constantly_open(&self, expression: &OpeningHoursExpression) -> bool {
        let Some(rules) = &self.rules else {
            return false;
        };
        if !self.weekly {
            return is_constant(expression, RuleKind::Open);
        }
        // Any Monday would do: a week is like every other.
        let mut date = NaiveDate::default();
        let mut carried = rules.begun(self.unknown_day(date)).after;
        for _ in 0..7 {
            date = date + Days::new(1);
            let begun = rules.begun(self.unknown_day(date));
            if begun.before.merge(&carried, Ord::max).stretches().any(|(_, _, state)| state != State::Open) {
                return false;
            }
            carried = begun.after;
        }
        true
    }

    fn unknown_day(&self, date: NaiveDate) -> DayKind {
        let known = |mentioned: bool| if mentioned { None } else { Some(false) };
        DayKind { date, public: known(self.holidays.public), school: known(self.holidays.school) }
    }
}

fn is_constant(expression: &OpeningHoursExpression, kind: RuleKind) -> bool {
    let normal = expression.clone().normalize();
    normal.is_constant() && normal.rules.last().is_some_and(|rule| rule.kind == kind)
}

fn shown(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

fn check_spans(rule: &RuleSequence, text: &str) -> Result<(), HoursError> {
    for span in &rule.time_selector.spans {
        let (Time::Fixed(start), Time::Fixed(end)) = (span.range.start, span.range.end) else {
            continue;
        };
        if start == end {
            return Err(HoursError::EmptyRange(shown(text)));
        }
        if minutes(span).is_none_or(|(_, end)| end > 2 * DAY) {
            return Err(HoursError::EndTooLate(shown(text)));
        }
    }
    Ok(())
}

/// Whether the rules give the minutes at which the door is open; see [`Hours`] for those that do not.
fn tells_when(expression: &OpeningHoursExpression, text: &str) -> bool {
    let fixed = |span: &TimeSpan| minutes(span).is_some() && !span.open_end && span.repeats.is_none();
    // The crate takes a comment alone for "open"; by the specification it is "unknown".
    let says_open = ["24/7", "24:00", "open"].iter().any(|word| text.contains(word));
    expression.rules.iter().all(|rule| {
        let comment_alone = rule.kind == RuleKind::Open && !rule.comment.is_empty() && is_whole_day(rule);
        let beside_holiday = rule
            .day_selector
            .weekday
            .iter()
            .any(|day| matches!(day, WeekDayRange::Holiday { offset, .. } if *offset != 0));
        rule.time_selector.spans.iter().all(fixed) && !beside_holiday && (says_open || !comment_alone)
    })
}

fn mentions(expression: &OpeningHoursExpression, wanted: HolidayKind) -> bool {
    let mut days = expression.rules.iter().flat_map(|rule| &rule.day_selector.weekday);
    days.any(|day| matches!(day, WeekDayRange::Holiday { kind, .. } if *kind == wanted))
}

/// Whether a rule looks at the day of the week alone (`Mo[1]`, the first Monday of a month, looks further).
fn is_weekly(rule: &RuleSequence) -> bool {
    let days = &rule.day_selector;
    let plain = |day: &WeekDayRange| match day {
        WeekDayRange::Fixed { offset, nth_from_start, nth_from_end, .. } => {
            *offset == 0 && (nth_from_start.iter().all(|nth| *nth) || nth_from_end.iter().all(|nth| *nth))
        }
        WeekDayRange::Holiday { .. } => true,
    };
    days.year.is_empty() && days.monthday.is_empty() && days.week.is_empty() && days.weekday.iter().all(plain)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hours").field(&self.as_str()).finish()
    }
}

impl PartialEq for Hours {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Hours {}

impl Hash for Hours {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
