//! The figures by hour of the week as answers show them.

use chrono::NaiveDate;
use poem_openapi::Object;

use super::figures_view::RateView;
use super::instant::Instant;
use super::report_view::ShareView;
use super::words::Word;
use crate::domain::figures::HourFigures;
use crate::domain::plan::Weekday;
use crate::domain::tally::{TOO_FEW, Tally};

/// The figures of one hour of the week.
#[derive(Debug, Object)]
#[oai(rename = "HourFigure", rename_all = "camelCase")]
struct HourView {
    /// The day of the week.
    weekday: Word<Weekday>,
    /// The hour, 0 to 23: that of the local time at which things were due.
    hour: u8,
    /// The slots that count: on time, late and missed.
    n: u64,
    /// Done on time ÷ n. With the next two it makes 1.
    on_time: RateView,
    /// Done late ÷ n.
    late: RateView,
    /// Not done ÷ n.
    missed: RateView,
    /// Whether these are too few to say much.
    too_few: bool,
}

/// The cleaning figures by the hour of the week.
#[derive(Debug, Object)]
#[oai(rename = "HourFigures", rename_all = "camelCase")]
pub(super) struct HoursView {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// When they were read. What becomes known later changes them.
    as_of: Instant,
    /// All together.
    total: ShareView,
    /// One for each hour of the week at which anything was due, from Monday on.
    items: Vec<HourView>,
}

impl From<&HourFigures> for HoursView {
    fn from(told: &HourFigures) -> Self {
        let mut total = Tally::default();
        told.figures.values().for_each(|tally| total += *tally);
        let items = told.figures.iter().map(|((weekday, hour), tally)| HourView {
            weekday: Word(*weekday),
            hour: *hour,
            n: tally.due(),
            on_time: tally.on_time_rate().into(),
            late: tally.late_rate().into(),
            missed: tally.missed_rate().into(),
            too_few: tally.due() < TOO_FEW,
        });
        Self {
            from: told.from,
            to: told.to,
            as_of: Instant(told.as_of),
            total: ShareView::of(total.on_time_rate(), "done on time ÷ (due − excused − cancelled)"),
            items: items.collect(),
        }
    }
}
