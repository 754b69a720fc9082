//! How much of the service hours somebody is on shift, for those who answer for it.

use std::sync::Arc;

use chrono::NaiveDate;
use poem::Request;
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::figures::{CoverageParams, FiguresFile, FiguresWorkbook};
use super::figures_view::RateView;
use super::instant::Instant;
use super::language::Language;
use super::problem::Problem;
use super::query::Params;
use super::report_view::ShareView;
use super::tag::Tag;
use super::words::Word;
use crate::domain::coverage::Minutes;
use crate::domain::figures::{Bucket, CoverageFigures, Grouping};
use crate::usecase::Ctx;
use crate::usecase::figures::coverage;

/// Every operation on coverage.
pub(super) struct CoverageApi(pub(super) Arc<Ctx>);

#[OpenApi(tag = "Tag::Cleaning")]
impl CoverageApi {
    /// Get how much of the service hours somebody is on shift
    ///
    /// Minutes of service with somebody on shift ÷ minutes of service, as the rosters have it, for 366 days at most; by
    /// toilet, area or operator. A minute counts once however many are on shift. While a toilet is closed it serves nobody;
    /// minutes of which the hours do not tell are in neither. Of days to come it is what is planned.
    #[oai(path = "/api/v1/figures/coverage", method = "get", operation_id = "get_coverage_figures")]
    async fn get_coverage_figures(
        &self,
        signed: Signed,
        query: Params<CoverageParams>,
    ) -> Result<Json<CoverageView>, Problem> {
        let Params(CoverageParams(asked)) = query;
        Ok(Json(CoverageView::from(&coverage::shares(&self.0, &signed.by().actor, &asked).await?)))
    }

    /// Get coverage as CSV
    ///
    /// The same, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/figures/coverage.csv", method = "get", operation_id = "get_coverage_figures_csv")]
    async fn get_coverage_figures_csv(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<CoverageParams>,
    ) -> Result<FiguresFile, Problem> {
        let (Params(CoverageParams(asked)), language) = (query, Language::of(request.headers()));
        let table = coverage::csv(&self.0, &signed.by().actor, &asked, language).await?;
        Ok(FiguresFile::Csv(Binary(table), "attachment; filename=\"coverage.csv\"".to_owned()))
    }

    /// Get coverage as a workbook
    ///
    /// The same as XLSX, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/figures/coverage.xlsx", method = "get", operation_id = "get_coverage_figures_sheet")]
    async fn get_coverage_figures_sheet(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<CoverageParams>,
    ) -> Result<FiguresWorkbook, Problem> {
        let (Params(CoverageParams(asked)), language) = (query, Language::of(request.headers()));
        let sheet = coverage::sheet(&self.0, &signed.by().actor, &asked, language).await?;
        Ok(FiguresWorkbook::Sheet(Binary(sheet), "attachment; filename=\"coverage.xlsx\"".to_owned()))
    }
}

/// Coverage.
#[derive(Debug, Object)]
#[oai(rename = "CoverageFigures", rename_all = "camelCase")]
struct CoverageView {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// By what it is told.
    group_by: Word<Grouping>,
    /// By which stretch of time.
    bucket: Word<Bucket>,
    /// When the rosters were read.
    as_of: Instant,
    /// All together.
    total: ShareView,
    /// One for each group and stretch.
    items: Vec<CoverageItem>,
}

/// Coverage of a group in a stretch of time.
#[derive(Debug, Object)]
#[oai(rename = "CoverageFigure", rename_all = "camelCase", skip_serializing_if_is_none)]
struct CoverageItem {
    /// Of what: a toilet's or body's id, an area's code. Left out for all together, and where it is not known.
    of: Option<String>,
    /// What it is called.
    name: Option<String>,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// Minutes of service with somebody on shift ÷ minutes of service.
    coverage: RateView,
    /// Minutes of which nobody knows whether they are service.
    unknown_minutes: u64,
}

impl From<&CoverageFigures> for CoverageView {
    fn from(told: &CoverageFigures) -> Self {
        let items = told.figures.iter().map(|((of, first), minutes)| CoverageItem {
            of: of.key(),
            name: told.names.get(of).cloned(),
            from: *first,
            to: told.last(*first),
            coverage: minutes.share().into(),
            unknown_minutes: minutes.unknown,
        });
        let mut total = Minutes::default();
        told.figures.values().for_each(|minutes| total += *minutes);
        let formula = "minutes of service with somebody on shift ÷ minutes of service";
        Self {
            from: told.from,
            to: told.to,
            group_by: Word(told.by),
            bucket: Word(told.bucket),
            as_of: Instant(told.as_of),
            total: ShareView::of(total.share(), formula),
            items: items.collect(),
        }
    }
}
