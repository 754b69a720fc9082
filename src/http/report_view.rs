//! Reports as answers show them: every share with its formula, numerator and denominator.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::Object;

use super::fittings_view::FittingsView;
use super::grading_view::GradingView;
use super::words::Word;
use crate::domain::grade::Grade;
use crate::domain::id::ToiletId;
use crate::domain::report::{Body, Census, Monthly, Rebuilt, Works};
use crate::domain::share::Share;
use crate::domain::target::Targets;

/// A share. Where the denominator is 0 there is no `value`.
#[derive(Debug, Object)]
#[oai(rename = "Share", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct ShareView {
    /// What is divided by what.
    formula: String,
    /// How many fulfil it.
    numerator: u64,
    /// Of how many.
    denominator: u64,
    /// From 0 to 1.
    value: Option<f64>,
}

impl ShareView {
    /// A share with its formula.
    pub(super) fn of(share: Share, formula: &str) -> Self {
        let Share { numerator, denominator } = share;
        Self { formula: formula.to_owned(), numerator, denominator, value: share.value() }
    }
}

/// How many of what.
#[derive(Debug, Object)]
#[oai(rename = "Count", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct CountView {
    /// The word, code or id of what is counted; left out for those of which it is not known.
    what: Option<String>,
    /// Its name, where it has one.
    name: Option<String>,
    /// How many.
    count: u64,
}

impl CountView {
    /// Counts of things that a word names.
    pub(super) fn words<'a, T: ToString + 'a>(counts: impl IntoIterator<Item = (&'a Option<T>, &'a u64)>) -> Vec<Self> {
        let count = |(what, count): (&Option<T>, &u64)| Self {
            what: what.as_ref().map(ToString::to_string),
            name: None,
            count: *count,
        };
        counts.into_iter().map(count).collect()
    }

    /// Counts by body.
    fn bodies<'a>(counts: impl IntoIterator<Item = (&'a Option<Body>, &'a u64)>) -> Vec<Self> {
        let count = |(body, count): (&Option<Body>, &u64)| Self {
            what: body.as_ref().map(|body| body.id.to_string()),
            name: body.as_ref().map(|body| body.name.clone()),
            count: *count,
        };
        counts.into_iter().map(count).collect()
    }
}

/// How many there are, of which sort, and whose.
#[derive(Debug, Object)]
#[oai(rename = "Census", rename_all = "camelCase")]
pub(super) struct CensusView {
    /// Toilets in service; one that is closed for repair is in service.
    in_service: u64,
    /// Toilets decided or being built.
    planned: u64,
    /// By sort.
    by_kind: Vec<CountView>,
    /// By form.
    by_form: Vec<CountView>,
    /// By the area directly below the one asked for.
    by_area: Vec<CountView>,
    /// By the body that owns them (产权单位).
    by_owner: Vec<CountView>,
    /// By the body that keeps them running (管养单位).
    by_operating: Vec<CountView>,
    /// Urban toilets by class, as the statistical yearbook asks.
    urban_classes: Vec<CountView>,
    /// Urban toilets of class three and above ÷ urban toilets.
    class_three_and_above: ShareView,
}

impl From<&Census> for CensusView {
    fn from(census: &Census) -> Self {
        let classes = census.classes.by_class.iter();
        let class =
            |(grade, count): (&Grade, &u64)| CountView { what: Some(grade.to_string()), name: None, count: *count };
        Self {
            in_service: census.in_service,
            planned: census.planned,
            by_kind: CountView::words(&census.by_kind),
            by_form: CountView::words(&census.by_form),
            by_area: CountView::words(&census.by_area),
            by_owner: CountView::bodies(&census.by_owner),
            by_operating: CountView::bodies(&census.by_operating),
            urban_classes: classes.map(class).collect(),
            class_three_and_above: ShareView::of(
                census.classes.three_and_above,
                "urban toilets in service that hold class 一类, 二类 or 三类 of CJJ 14-2016 ÷ urban toilets in service",
            ),
        }
    }
}

/// A toilet that was rebuilt or upgraded.
#[derive(Debug, Object)]
#[oai(rename = "RebuiltToilet", rename_all = "camelCase", skip_serializing_if_is_none)]
struct RebuiltView {
    /// The toilet's id.
    id: i32,
    /// Its name.
    name: String,
    /// When the work was done.
    on: NaiveDate,
    /// Its urban class the day before.
    class_before: Option<Word<Grade>>,
    /// Its urban class at the end of the month.
    class_after: Option<Word<Grade>>,
}

impl From<&Rebuilt> for RebuiltView {
    fn from(rebuilt: &Rebuilt) -> Self {
        Self {
            id: rebuilt.id.0,
            name: rebuilt.name.clone(),
            on: rebuilt.on,
            class_before: rebuilt.class_before.map(Word),
            class_after: rebuilt.class_after.map(Word),
        }
    }
}

/// A toilet that was opened.
#[derive(Debug, Object)]
#[oai(rename = "OpenedToilet", rename_all = "camelCase")]
struct OpenedView {
    /// The toilet's id.
    id: i32,
    /// Its name.
    name: String,
}

/// What was built and closed in a month.
#[derive(Debug, Object)]
#[oai(rename = "Works", rename_all = "camelCase")]
struct WorksView {
    /// Toilets first opened in it.
    opened: Vec<OpenedView>,
    /// Toilets rebuilt or upgraded in it (改造提档).
    rebuilt: Vec<RebuiltView>,
    /// Closures that began in it.
    closures_begun: u64,
    /// Toilets in service that were closed at some time in it.
    toilets_closed: u64,
    /// Toilets in service closed at its end, or now if it is not over.
    closed_at_end: u64,
    /// For how many hours all of them were closed in it, one decimal.
    closed_hours: f64,
}

impl From<&Works> for WorksView {
    fn from(works: &Works) -> Self {
        let opened = |(id, name): &(ToiletId, String)| OpenedView { id: id.0, name: name.clone() };
        Self {
            opened: works.opened.iter().map(opened).collect(),
            rebuilt: works.rebuilt.iter().map(RebuiltView::from).collect(),
            closures_begun: works.closures_begun,
            toilets_closed: works.toilets_closed,
            closed_at_end: works.closed_at_end,
            closed_hours: works.closed_hours(),
        }
    }
}

/// What superiors ask for once a month.
#[derive(Debug, Object)]
#[oai(rename = "MonthlyReport", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct MonthlyView {
    /// The month, such as `2026-10`.
    month: String,
    /// The code of the area it is about; left out for the whole register.
    area: Option<String>,
    /// The day by which grades, closures, bodies and dates are judged: its last, or today if it is not over.
    on: NaiveDate,
    /// When the register was read: facts without a date, such as facilities, are those of then.
    as_of: DateTime<Utc>,
    /// How many, of which sort, and whose.
    census: CensusView,
    /// Who holds any grade of each standard.
    gradings: Vec<GradingView>,
    /// What is inside.
    fittings: FittingsView,
    /// What was built and closed.
    works: WorksView,
}

impl MonthlyView {
    /// The report on the area of that code.
    pub(super) fn of(report: &Monthly, targets: &Targets, area: Option<String>) -> Self {
        let grading = |grading| GradingView::of(grading, targets, report.day, report.as_of);
        Self {
            month: report.month.to_string(),
            area,
            on: report.day,
            as_of: report.as_of,
            census: (&report.census).into(),
            gradings: report.gradings.iter().map(grading).collect(),
            fittings: FittingsView::of(&report.fittings, report.as_of),
            works: (&report.works).into(),
        }
    }
}
