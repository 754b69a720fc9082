//! The cleaning figures as answers show them.

use chrono::NaiveDate;
use poem_openapi::Object;

use super::instant::Instant;
use super::report_view::ShareView;
use super::words::Word;
use crate::domain::figures::{Bucket, CleaningFigures, Grouping};
use crate::domain::gap::Gap;
use crate::domain::share::Share;
use crate::domain::tally::{TOO_FEW, Tally, wilson_lower};

/// A rate with what it was made of.
#[derive(Debug, Object)]
#[oai(rename = "Rate", skip_serializing_if_is_none)]
pub(super) struct RateView {
    /// How many.
    numerator: u64,
    /// Of how many.
    denominator: u64,
    /// From 0 to 1; left out where the denominator is 0.
    value: Option<f64>,
}

impl From<Share> for RateView {
    fn from(share: Share) -> Self {
        Self { numerator: share.numerator, denominator: share.denominator, value: share.value() }
    }
}

/// The longest stretch of service hours without a finished cleaning.
#[derive(Debug, Object)]
#[oai(rename = "LongestGap", rename_all = "camelCase")]
struct GapView {
    /// The minutes of service hours in it: what lies between closing and opening, and closures, do not count.
    minutes: u64,
    /// At which toilet, by its id.
    toilet: i32,
    /// With which it began: the cleaning before, or the first day.
    from: Instant,
    /// With which it ended: the next cleaning, the last day, or now.
    until: Instant,
}

impl From<&Gap> for GapView {
    fn from(gap: &Gap) -> Self {
        Self {
            minutes: u64::try_from(gap.lasted.num_minutes()).unwrap_or(0),
            toilet: gap.toilet.0,
            from: Instant(gap.from),
            until: Instant(gap.until),
        }
    }
}

/// The figures of one group and stretch.
#[derive(Debug, Object)]
#[oai(rename = "CleaningFigure", rename_all = "camelCase", skip_serializing_if_is_none)]
struct FigureView {
    /// Of whom or what: a toilet's or body's id, an area's code, a person's pseudonym. Left out for all together, and
    /// for slots of which it is not known.
    of: Option<String>,
    /// What it is called.
    name: Option<String>,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The slots that count: on time, late and missed.
    n: u64,
    /// Done on time ÷ n. With the next two it makes 1.
    on_time: RateView,
    /// Done late ÷ n.
    late: RateView,
    /// Not done ÷ n.
    missed: RateView,
    /// Excused ÷ (n + excused).
    excused: RateView,
    /// On time, with a plate scanned at least, ÷ n.
    verified: RateView,
    /// Recorded by somebody else ÷ done.
    proxy: RateView,
    /// Slots that an exception took out before they opened.
    cancelled: u64,
    /// Slots that were done, of which it became known after they had been missed.
    synced_late: u64,
    /// What the on-time rate is at least, given on how few slots it was counted (the lower bound of Wilson's interval at
    /// 95 %): by this a ranking goes. Left out where it was counted on fewer than twenty.
    at_least: Option<f64>,
    /// Whether these are too few for a ranking.
    too_few: bool,
    /// The longest stretch of service hours without a finished cleaning within these days, where that was asked for and
    /// hours are known; of toilets of which anything was due.
    longest_gap: Option<GapView>,
}

/// The cleaning figures.
#[derive(Debug, Object)]
#[oai(rename = "CleaningFigures", rename_all = "camelCase")]
pub(super) struct FiguresView {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// By what they are told.
    group_by: Word<Grouping>,
    /// By which stretch of time.
    bucket: Word<Bucket>,
    /// When they were read. What becomes known later changes them.
    as_of: Instant,
    /// All together.
    total: ShareView,
    /// One for each group and stretch in which anything was due.
    items: Vec<FigureView>,
}

impl From<&CleaningFigures> for FiguresView {
    fn from(told: &CleaningFigures) -> Self {
        let items = told.figures.iter().map(|((of, first), tally)| {
            let name = told.names.get(of).cloned();
            let gap = told.gaps.as_ref().and_then(|gaps| gaps.get(&(of.clone(), *first)));
            let longest_gap = gap.map(GapView::from);
            FigureView { longest_gap, ..FigureView::of((of.key(), name), (*first, told.last(*first)), tally) }
        });
        let mut total = Tally::default();
        told.figures.values().for_each(|tally| total += *tally);
        Self {
            from: told.from,
            to: told.to,
            group_by: Word(told.by),
            bucket: Word(told.bucket),
            as_of: Instant(told.as_of),
            total: ShareView::of(total.on_time_rate(), "done on time ÷ (due − excused − cancelled)"),
            items: items.collect(),
        }
    }
}

impl FigureView {
    fn of((of, name): (Option<String>, Option<String>), (from, to): (NaiveDate, NaiveDate), tally: &Tally) -> Self {
        let n = tally.due();
        Self {
            of,
            name,
            from,
            to,
            n,
            on_time: tally.on_time_rate().into(),
            late: tally.late_rate().into(),
            missed: tally.missed_rate().into(),
            excused: tally.excused_rate().into(),
            verified: tally.verified_rate().into(),
            proxy: tally.proxy_rate().into(),
            cancelled: tally.cancelled,
            synced_late: tally.synced_late,
            at_least: (n >= TOO_FEW).then(|| wilson_lower(tally.on_time_rate())),
            too_few: n < TOO_FEW,
            longest_gap: None,
        }
    }
}
