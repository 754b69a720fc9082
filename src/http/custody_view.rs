//! For how many toilets somebody answers, as an answer shows it.

use chrono::{DateTime, Utc};
use poem_openapi::Object;

use super::instant::Instant;
use super::report_view::ShareView;
use crate::domain::id::ToiletId;
use crate::domain::report::Custody;

/// A toilet in service for which nobody answers.
#[derive(Debug, Object)]
#[oai(rename = "ToiletWithoutCustodian")]
struct WithoutView {
    /// Its id.
    id: i32,
    /// Its name.
    name: String,
    /// Whether somebody is named for it who keeps toilets there clean no longer.
    left: bool,
}

/// For how many toilets somebody answers (专人率), and a page of those for which nobody does.
#[derive(Debug, Object)]
#[oai(rename = "CustodianReport", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct CustodyView {
    /// When the register was read.
    as_of: Instant,
    /// The share of toilets for which somebody answers today.
    kept: ShareView,
    /// The others, in the order of their ids.
    items: Vec<WithoutView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

impl CustodyView {
    /// A page of the report, after that toilet.
    pub(super) fn of(report: &Custody, as_of: DateTime<Utc>, after: ToiletId, limit: usize) -> Self {
        let mut rest = report.without.iter().skip_while(|without| without.id <= after);
        let view = |without: &crate::domain::report::Without| WithoutView {
            id: without.id.0,
            name: without.name.clone(),
            left: without.left,
        };
        let items: Vec<_> = rest.by_ref().take(limit).map(view).collect();
        let next = items.last().filter(|_| rest.next().is_some()).map(|last| last.id.to_string());
        let formula = "toilets in service with somebody who answers for them ÷ toilets in service";
        Self { as_of: Instant(as_of), kept: ShareView::of(report.kept, formula), items, next }
    }
}
