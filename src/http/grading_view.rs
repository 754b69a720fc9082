//! Grades and targets as answers show them.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::Object;

use super::report_view::{CountView, ShareView};
use super::words::Word;
use crate::domain::area::AreaCode;
use crate::domain::grade::{Grade, Standard, Standing};
use crate::domain::id::ToiletId;
use crate::domain::report::{Body, Due, Grading};
use crate::domain::share::Share;
use crate::domain::target::{Measure, Target, Targets};

/// A share of one part.
#[derive(Debug, Object)]
#[oai(rename = "PartShare", rename_all = "camelCase", skip_serializing_if_is_none)]
struct PartView {
    /// The code of the area or the id of the body; left out for those of which it is not known.
    what: Option<String>,
    /// Its name, where it has one.
    name: Option<String>,
    /// How many fulfil it.
    numerator: u64,
    /// Of how many.
    denominator: u64,
    /// From 0 to 1; left out where the denominator is 0.
    value: Option<f64>,
}

impl PartView {
    fn new(what: Option<String>, name: Option<String>, share: Share) -> Self {
        let Share { numerator, denominator } = share;
        Self { what, name, numerator, denominator, value: share.value() }
    }
}

/// A target and whether it is reached.
#[derive(Debug, Object)]
#[oai(rename = "Target", rename_all = "camelCase", skip_serializing_if_is_none)]
struct TargetView {
    /// Who set it and for whom.
    about: String,
    /// The share to be reached.
    share: f64,
    /// The first day on which it counts.
    from: Option<NaiveDate>,
    /// The last day on which it counts.
    until: Option<NaiveDate>,
    /// Whether it counts on the day of the report.
    in_force: bool,
    /// Whether the share reaches it; left out where there is no share.
    met: Option<bool>,
}

impl TargetView {
    fn list<'a>(targets: impl Iterator<Item = &'a Target>, share: Share, day: NaiveDate) -> Vec<Self> {
        let view = |target: &Target| Self {
            about: target.about.clone(),
            share: target.share,
            from: target.from,
            until: target.until,
            in_force: target.is_in_force(day),
            met: target.is_met(share),
        };
        targets.map(view).collect()
    }
}

/// Who holds a grade, and under which standard.
#[derive(Debug, Object)]
#[oai(rename = "GradingReport", rename_all = "camelCase")]
pub(super) struct GradingView {
    /// The standard that was asked about.
    standard: Word<Standard>,
    /// The lowest grade that counts.
    at_least: Word<Grade>,
    /// The day of the report.
    on: NaiveDate,
    /// When the register was read.
    as_of: DateTime<Utc>,
    /// Toilets that hold the grade or a better one ÷ toilets in service.
    attainment: ShareView,
    /// The same by the area directly below the one asked for.
    by_area: Vec<PartView>,
    /// The same by the body that keeps the toilets running.
    by_operating: Vec<PartView>,
    /// Tourist toilets on the standard in force ÷ tourist toilets.
    on_standard_in_force: ShareView,
    /// The targets for that.
    on_standard_in_force_targets: Vec<TargetView>,
    /// Tourist toilets by the standing of their best tourist record; without `what`, those that have none.
    by_standing: Vec<CountView>,
    /// Toilets whose position is good enough for electronic maps ÷ toilets in service.
    mapped: ShareView,
    /// The same among tourist toilets.
    tourist_mapped: ShareView,
    /// The targets for that.
    tourist_mapped_targets: Vec<TargetView>,
    /// How many are due for assessment or direct determination.
    due: u64,
}

impl GradingView {
    /// A report with the targets for its shares.
    pub(super) fn of(grading: &Grading, targets: &Targets, on: NaiveDate, as_of: DateTime<Utc>) -> Self {
        let wanted = grading.wanted();
        let area = |(code, share): (&Option<AreaCode>, &Share)| {
            PartView::new(code.as_ref().map(ToString::to_string), None, *share)
        };
        let body = |(body, share): (&Option<Body>, &Share)| {
            let (id, name) = body.as_ref().map(|body| (body.id.to_string(), body.name.clone())).unzip();
            PartView::new(id, name, *share)
        };
        let (in_force, mapped) = (grading.on_standard_in_force, grading.tourist_mapped());
        let reached = format!("toilets that hold {} of {} or better", wanted.at_least(), wanted.standard());
        Self {
            standard: Word(wanted.standard()),
            at_least: Word(wanted.at_least()),
            on,
            as_of,
            attainment: ShareView::of(grading.attainment, &format!("{reached} ÷ toilets in service")),
            by_area: grading.by_area.iter().map(area).collect(),
            by_operating: grading.by_operating.iter().map(body).collect(),
            on_standard_in_force: ShareView::of(
                in_force,
                "tourist toilets that hold a grade of GB/T 18973-2022 ÷ tourist toilets in service",
            ),
            on_standard_in_force_targets: TargetView::list(targets.of(Measure::OnStandardInForce), in_force, on),
            by_standing: CountView::words(&grading.by_standing),
            mapped: ShareView::of(grading.mapped(), "toilets with a position of their own ÷ toilets in service"),
            tourist_mapped: ShareView::of(
                mapped,
                "tourist toilets with a position of their own ÷ tourist toilets in service",
            ),
            tourist_mapped_targets: TargetView::list(targets.of(Measure::Mapped), mapped, on),
            due: grading.due.len() as u64,
        }
    }
}

/// A toilet that is due for assessment.
#[derive(Debug, Object)]
#[oai(rename = "DueAssessment", rename_all = "camelCase", skip_serializing_if_is_none)]
struct DueView {
    /// The toilet's id.
    id: i32,
    /// Its name.
    name: String,
    /// The code of its area.
    area: Option<String>,
    /// Its grade under GB/T 18973-2016.
    grade: Word<Grade>,
    /// When that was assessed.
    assessed_on: Option<NaiveDate>,
    /// `convertible`: may be determined as I directly; `reassess`: is to be assessed anew.
    standing: Word<Standing>,
}

impl From<&Due> for DueView {
    fn from(due: &Due) -> Self {
        Self {
            id: due.id.0,
            name: due.name.clone(),
            area: due.area.as_ref().map(ToString::to_string),
            grade: Word(due.grade),
            assessed_on: due.assessed_on,
            standing: Word(due.standing),
        }
    }
}

/// A page of the toilets due for assessment.
#[derive(Debug, Object)]
#[oai(rename = "DueAssessmentPage", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct DuePageView {
    /// The toilets on it, the oldest assessment first.
    items: Vec<DueView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

impl DuePageView {
    /// A page, and whether there is more.
    pub(super) fn of(due: &[Due], more: bool) -> Self {
        let day = |due: &Due| due.assessed_on.map_or_else(String::new, |day| day.to_string());
        let next = due.last().filter(|_| more).map(|last| format!("{}.{}", last.id, day(last)));
        Self { items: due.iter().map(DueView::from).collect(), next }
    }

    /// What a cursor says: the last toilet of the page before, and when it was assessed.
    pub(super) fn read_cursor(text: &str) -> Option<(Option<NaiveDate>, ToiletId)> {
        let (id, day) = text.split_once('.')?;
        let day = if day.is_empty() { None } else { Some(day.parse().ok()?) };
        Some((day, ToiletId(id.parse().ok()?)))
    }
}
