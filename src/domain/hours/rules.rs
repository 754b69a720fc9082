//! The rules of an expression, cut at midnight and asked day by day.
//!
//! The opening-hours crate evaluates a rule on its day and on the next, so that in `Mo-Fr 06:00-01:00; Sa,Su
//! 08:00-01:00` the Saturday rule wipes out the hour that belongs to Friday. Here hours belong to the day they begin
//! on: the expression is cut into the part before midnight and the part after, each is evaluated on the day of
//! beginning, and the second is laid on the day that follows.

use std::sync::Arc;

use chrono::NaiveDate;
use compact_calendar::CompactCalendar;
use opening_hours::schedule::Schedule;
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};
use opening_hours_syntax::ExtendedTime;
use opening_hours_syntax::rules::time::{Time, TimeSelector, TimeSpan};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleOperator, RuleSequence};

use super::timeline::{DAY, State, Timeline};

/// An expression in two halves: what lies on the day a rule matches, and what runs past its midnight.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    before: OpeningHours,
    after: Option<OpeningHours>,
}

/// Whether a day is a holiday of some kind: `None` when nobody knows.
pub(super) type Known = Option<bool>;

/// What a day's holidays are: public ones and those of the schools.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayKind {
    pub(super) date: NaiveDate,
    pub(super) public: Known,
    pub(super) school: Known,
}

/// What begins on one day: the part before its midnight, and the part after it as a timeline of the day that follows.
pub(super) struct Begun {
    pub(super) before: Timeline,
    pub(super) after: Timeline,
}

impl Rules {
    /// Cuts an expression whose spans are all fixed times; `None` when it cannot be cut without changing its meaning.
    pub(super) fn cut(whole: OpeningHours) -> Option<Self> {
        let expression = whole.get_expression();
        if !expression.rules.iter().any(runs_past_midnight) {
            return Some(Self { before: whole, after: None });
        }
        // A fallback speaks when the rules before it say nothing all day, which neither half alone can tell.
        if expression.rules.iter().any(|rule| rule.operator == RuleOperator::Fallback && runs_past_midnight(rule)) {
            return None;
        }
        Some(Self { before: half(&expression, 0)?, after: Some(half(&expression, DAY)?) })
    }

    /// What begins on a day. Where it is not known whether the day is a holiday, the hours are known when they are the
    /// same both ways, and unknown otherwise.
    pub(super) fn begun(&self, day: DayKind) -> Begun {
        Begun {
            before: agreed(&self.before, day),
            after: self.after.as_ref().map_or_else(|| Timeline::all(State::Closed), |half| agreed(half, day)),
        }
    }
}

fn agreed(half: &OpeningHours, day: DayKind) -> Timeline {
    let mut result: Option<Timeline> = None;
    for public in possible(day.public) {
        for school in possible(day.school) {
            let one = Timeline::from(schedule(half, day.date, *public, *school));
            result = Some(match result {
                None => one,
                Some(other) => other.merge(&one, |a, b| if a == b { a } else { State::Unknown }),
            });
        }
    }
    result.unwrap_or_else(|| Timeline::all(State::Unknown))
}

fn possible(known: Known) -> &'static [bool] {
    match known {
        Some(true) => &[true],
        Some(false) => &[false],
        None => &[false, true],
    }
}

fn schedule(half: &OpeningHours, date: NaiveDate, public: bool, school: bool) -> Schedule {
    if !public && !school {
        return half.schedule_at(date);
    }
    let holidays = ContextHolidays::new(only(date, public), only(date, school));
    half.clone().with_context(Context::default().with_holidays(holidays)).schedule_at(date)
}

/// A calendar that holds this one day or nothing.
fn only(date: NaiveDate, holiday: bool) -> Arc<CompactCalendar> {
    let mut calendar = CompactCalendar::default();
    if holiday {
        calendar.insert(date);
    }
    Arc::new(calendar)
}

/// The first and last minute of a span of fixed times, the last one above the first; `None` for sun events.
pub(super) fn minutes(span: &TimeSpan) -> Option<(u16, u16)> {
    let (Time::Fixed(start), Time::Fixed(end)) = (span.range.start, span.range.end) else {
        return None;
    };
    let (start, end) = (start.mins_from_midnight(), end.mins_from_midnight());
    Some((start, if end > start { end } else { end + DAY }))
}

/// Whether a rule covers all of its days.
pub(super) fn is_whole_day(rule: &RuleSequence) -> bool {
    rule.time_selector.spans.iter().any(|span| minutes(span) == Some((0, DAY)))
}

fn runs_past_midnight(rule: &RuleSequence) -> bool {
    rule.time_selector.spans.iter().filter_map(minutes).any(|(_, end)| end > DAY)
}

/// The rules with their spans clipped to the day that begins at minute `from`, and counted from there.
fn half(expression: &OpeningHoursExpression, from: u16) -> Option<OpeningHours> {
    let rules = expression.rules.iter().filter_map(|rule| clip(rule, from)).collect();
    let wanted = OpeningHoursExpression { rules };
    // The crate makes evaluators from text alone.
    let half: OpeningHours = wanted.to_string().parse().ok()?;
    (*half.get_expression() == wanted).then_some(half)
}

fn clip(rule: &RuleSequence, from: u16) -> Option<RuleSequence> {
    let spans: Vec<TimeSpan> =
        rule.time_selector.spans.iter().filter_map(minutes).filter_map(|span| clip_span(span, from)).collect();
    if !spans.is_empty() {
        return Some(RuleSequence { time_selector: TimeSelector { spans }, ..rule.clone() });
    }
    // A rule that closes the whole day takes what would begin on it, so also the part after midnight. Any other
    // closure, a rule added with a comma and a fallback have nothing to say here. A rule that opens replaces what the
    // rules before it say of its days, and here replaces it by nothing.
    let closes_day = rule.kind == RuleKind::Closed && is_whole_day(rule);
    let replaces = rule.kind != RuleKind::Closed && rule.operator == RuleOperator::Normal;
    (closes_day || replaces).then(|| RuleSequence {
        time_selector: TimeSelector::default(),
        kind: RuleKind::Closed,
        operator: RuleOperator::Normal,
        comment: Arc::default(),
        ..rule.clone()
    })
}

fn clip_span((start, end): (u16, u16), from: u16) -> Option<TimeSpan> {
    let (start, end) = (start.max(from), end.min(from + DAY));
    if start >= end {
        return None;
    }
    Some(TimeSpan::fixed_range(clock(start - from)?, clock(end - from)?))
}

fn clock(minutes: u16) -> Option<ExtendedTime> {
    ExtendedTime::new(u8::try_from(minutes / 60).ok()?, u8::try_from(minutes % 60).ok()?)
}
