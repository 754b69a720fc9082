//! Puts the words of opening hours together and writes them in OpenStreetMap's form.

use super::scan::{Period, Token};
use super::words::{ALL_DAYS, WEEKDAYS};

const DAY: u16 = 24 * 60;
const NOON: u16 = 12 * 60;

const DAY_NAMES: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MONTH_NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A stretch of the year, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dates {
    from: (u8, Option<u8>),
    to: (u8, Option<u8>),
}

/// Days and the hours they have; no hours when they are closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    dates: Vec<Dates>,
    days: u8,
    holidays: bool,
    work_days: bool,
    spans: Vec<(u16, u16)>,
    off: bool,
}

/// The text in OpenStreetMap's form; `None` when the words do not make hours or can be understood in two ways.
pub(super) fn compose(tokens: &[Token]) -> Option<String> {
    let mut groups = groups(tokens)?;
    let dated = groups.iter().filter(|group| !group.dates.is_empty()).count();
    if groups.is_empty() || (dated != 0 && dated != groups.len()) || contradict(&groups) {
        return None;
    }
    // In OpenStreetMap's form the later rule wins: a holiday is more special than a weekday, a closure than both.
    groups.sort_by_key(|group| (group.off, group.holidays));
    let mut rules: Vec<String> = groups.iter().map(written).collect();
    if groups.iter().any(|group| group.work_days) && !groups.iter().any(|group| group.holidays) {
        // Beside other days, holidays may be like those or like none.
        rules.push(if groups.len() == 1 { "PH off" } else { "PH unknown" }.to_owned());
    }
    Some(rules.join("; "))
}

fn groups(tokens: &[Token]) -> Option<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut group = Group::default();
    let mut rest = tokens;
    while let Some(first) = rest.first() {
        let names_days =
            matches!(first, Token::Weekday(_) | Token::Days(_) | Token::WorkDays | Token::Holiday | Token::Date(..));
        if names_days && group.is_complete() {
            groups.push(std::mem::take(&mut group).on_its_days());
        }
        rest = group.take(rest)?;
    }
    group.is_complete().then(|| groups.push(group.on_its_days()))?;
    Some(groups)
}

impl Group {
    fn is_complete(&self) -> bool {
        self.off || !self.spans.is_empty()
    }

    fn names_days(&self) -> bool {
        self.days != 0 || self.holidays
    }

    /// The group with every day for no day named.
    fn on_its_days(self) -> Self {
        let days = if self.names_days() { self.days } else { ALL_DAYS };
        Self { days, ..self }
    }

    /// Takes what the words start with and gives back the others.
    fn take<'a>(&mut self, rest: &'a [Token]) -> Option<&'a [Token]> {
        match rest {
            [Token::Separator | Token::Slash, rest @ ..] => Some(rest),
            [Token::Weekday(from), Token::Dash, Token::Weekday(to), rest @ ..] => {
                self.days |= day_range(*from, *to);
                Some(rest)
            }
            [Token::Weekday(day), rest @ ..] => {
                self.days |= 1 << day;
                Some(rest)
            }
            [Token::Days(days), rest @ ..] => {
                self.days |= days;
                Some(rest)
            }
            [Token::WorkDays, rest @ ..] => {
                self.days |= WEEKDAYS;
                self.work_days = true;
                Some(rest)
            }
            [Token::Holiday, rest @ ..] => {
                self.holidays = true;
                Some(rest)
            }
            // `5月1日` and `5月` do not go together in one stretch.
            [Token::Date(m1, d1), Token::Dash, Token::Date(m2, d2), rest @ ..] if d1.is_some() == d2.is_some() => {
                self.dates.push(Dates { from: (*m1, *d1), to: (*m2, *d2) });
                Some(rest)
            }
            [Token::Off, rest @ ..] if self.names_days() && !self.is_complete() => {
                self.off = true;
                Some(rest)
            }
            // `全天 00:00-24:00` says it twice.
            [Token::AllDay, rest @ ..] if matches!(*self.spans, [] | [(0, DAY)]) && !self.off => {
                self.spans = vec![(0, DAY)];
                Some(rest)
            }
            [Token::Clock(DAY)] if self.spans.is_empty() && !self.off => {
                self.spans = vec![(0, DAY)];
                Some(&[])
            }
            _ => self.take_span(rest),
        }
    }

    fn take_span<'a>(&mut self, rest: &'a [Token]) -> Option<&'a [Token]> {
        let (from, rest) = time(rest)?;
        let [Token::Dash | Token::Slash, rest @ ..] = rest else {
            return None;
        };
        let (to, rest) = time(rest)?;
        let span = span(from, to)?;
        let repeats = self.spans.as_slice() == [(0, DAY)];
        if self.off || (repeats && span != (0, DAY)) {
            return None;
        }
        if !repeats {
            self.spans.push(span);
        }
        Some(rest)
    }
}

#[derive(Clone, Copy, Debug)]
struct Time {
    period: Option<Period>,
    next_day: bool,
    minutes: u16,
}

fn time(rest: &[Token]) -> Option<(Time, &[Token])> {
    let (next_day, rest) = match rest {
        [Token::NextDay, rest @ ..] => (true, rest),
        _ => (false, rest),
    };
    match rest {
        [Token::Period(period), Token::Clock(minutes), rest @ ..] => {
            Some((Time { period: Some(*period), next_day, minutes: *minutes }, rest))
        }
        [Token::Clock(minutes), rest @ ..] => Some((Time { period: None, next_day, minutes: *minutes }, rest)),
        _ => None,
    }
}

/// The minutes of a range; the end lies before the start when it runs past midnight.
fn span(from: Time, to: Time) -> Option<(u16, u16)> {
    let start = in_period(from.period, from.minutes)?;
    let mut end = in_period(to.period, to.minutes)?;
    if to.period.is_none() && !to.next_day && from.period.is_some() && to.minutes <= NOON && end <= start {
        // `下午2:00-5:30`: the end shares the half of the day if it then comes later; `上午9:00-5:30` says no half.
        end = in_period(from.period, to.minutes).filter(|shared| *shared > start)?;
    }
    if end == start || from.next_day || start >= DAY {
        return None;
    }
    if end == 0 {
        end = DAY;
    }
    // Past midnight at most once, and never longer than a day.
    let too_long = end > start && (end - start > DAY || (to.next_day && end <= DAY && end != DAY));
    (!too_long).then_some((start, end))
}

/// The minutes since midnight of a time in a half of the day; `None` for one that is not usual there (`上午12时`).
fn in_period(period: Option<Period>, minutes: u16) -> Option<u16> {
    let hour = minutes / 60;
    let Some(period) = period else {
        return Some(minutes);
    };
    match (period, hour) {
        (Period::Night, 0..=6)
        | (Period::Morning, 0..12)
        | (Period::Noon, 11..=13)
        | (Period::Afternoon, 12..20)
        | (Period::Evening, 17..24) => Some(minutes),
        (Period::Noon, 1..=2) | (Period::Afternoon, 1..=11) | (Period::Evening, 5..=11) => Some(minutes + NOON),
        (Period::Evening, 12) if minutes == NOON => Some(DAY),
        (Period::Night, 12) => Some(minutes - NOON),
        _ => None,
    }
}

fn day_range(from: u8, to: u8) -> u8 {
    let length = (to + 7 - from) % 7;
    (0..=length).map(|ahead| 1 << ((from + ahead) % 7)).fold(0, |days, day| days | day)
}

/// Whether two groups claim the same day with other hours. A closure may name days that another group opens.
fn contradict(groups: &[Group]) -> bool {
    groups
        .iter()
        .enumerate()
        .any(|(index, one)| groups.iter().skip(index + 1).any(|other| one.off == other.off && one.shares_days(other)))
}

impl Group {
    fn shares_days(&self, other: &Self) -> bool {
        let days = self.days & other.days != 0 || (self.holidays && other.holidays);
        let dates = self.dates.is_empty() || self.dates.iter().any(|one| other.dates.iter().any(|two| one.meets(*two)));
        days && dates
    }
}

impl Dates {
    fn meets(self, other: Self) -> bool {
        self.holds(other.first()) || other.holds(self.first())
    }

    /// Whether a day, as month and day, lies in the stretch, which may run over the new year.
    fn holds(self, day: (u8, u8)) -> bool {
        let (first, last) = (self.first(), self.last());
        if first <= last { (first..=last).contains(&day) } else { day >= first || day <= last }
    }

    fn first(self) -> (u8, u8) {
        (self.from.0, self.from.1.unwrap_or(1))
    }

    fn last(self) -> (u8, u8) {
        (self.to.0, self.to.1.unwrap_or(31))
    }
}

fn written(group: &Group) -> String {
    let dates: Vec<String> = group.dates.iter().map(|dates| written_dates(*dates)).collect();
    let days = written_days(group.days, group.holidays);
    let around_the_clock = group.spans.as_slice() == [(0, DAY)];
    let spans: Vec<String> = group.spans.iter().map(|span| written_span(*span)).collect();
    let times = match (group.off, around_the_clock && dates.is_empty() && days.is_empty()) {
        (true, _) => "off".to_owned(),
        (false, true) => "24/7".to_owned(),
        (false, false) => spans.join(","),
    };
    let parts = [dates.join(","), days, times];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn written_dates(dates: Dates) -> String {
    let one = |(month, day): (u8, Option<u8>)| {
        let name = MONTH_NAMES.get(usize::from(month - 1)).copied().unwrap_or_default();
        day.map_or_else(|| name.to_owned(), |day| format!("{name} {day:02}"))
    };
    format!("{}-{}", one(dates.from), one(dates.to))
}

/// The days as `Mo-Fr,PH`; nothing for every day.
fn written_days(days: u8, holidays: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut day = 0;
    while days != ALL_DAYS && day < 7 {
        let length = (day..7).take_while(|day| days & (1 << day) != 0).count();
        let name = |index: usize| DAY_NAMES.get(index).copied().unwrap_or_default();
        match length {
            0 => {}
            1 => parts.push(name(day).to_owned()),
            _ => parts.push(format!("{}-{}", name(day), name(day + length - 1))),
        }
        day += length + 1;
    }
    if days == ALL_DAYS && holidays {
        parts.push("Mo-Su".to_owned());
    }
    if holidays {
        parts.push("PH".to_owned());
    }
    parts.join(",")
}

fn written_span((start, end): (u16, u16)) -> String {
    format!("{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
}
