//! The table of a month of a roster: shown, printed, taken in.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::{Binary, Json};

use super::bearer::Signed;
use super::figures::FiguresWorkbook;
use super::imports::FileBody;
use super::language::Language;
use super::problem::Problem;
use super::query::{Declared, Flag, Given, Group, MonthOf, Params};
use super::reports::MONTH;
use super::roster_view::{ImportedView, MonthView};
use super::tag::Tag;
use crate::domain::id::RosterId;
use crate::domain::report::Month;
use crate::usecase::Ctx;
use crate::usecase::rosters;

/// Every operation on the tables of months.
pub(super) struct RosterMonthsApi(pub(super) Arc<Ctx>);

#[OpenApi(tag = "Tag::Cleaning")]
impl RosterMonthsApi {
    /// Get a month of a roster
    #[oai(path = "/api/v1/rosters/:id/month", method = "get", operation_id = "get_roster_month")]
    async fn get_roster_month(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<MonthParams>,
    ) -> Result<Json<MonthView>, Problem> {
        let Params(MonthParams(month)) = query;
        Ok(Json(MonthView::from(&rosters::month(&self.0, &signed.by().actor, RosterId(id.0), month).await?)))
    }

    /// Take in a month of a roster
    ///
    /// The workbook of `month.xlsx` as somebody filled it in. The answer tells cell by cell what changes and what is wrong;
    /// with `apply` it is written, all of it or nothing. Empty cells and days that are past change nothing, and the same
    /// table again does not either.
    #[oai(path = "/api/v1/rosters/:id/month", method = "post", operation_id = "apply_roster_month")]
    async fn apply_roster_month(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<ApplyParams>,
        body: FileBody,
    ) -> Result<Json<ImportedView>, Problem> {
        let (by, Params(ApplyParams { month, apply })) = (signed.writer(), query);
        let content = body.read().await?;
        Ok(Json(rosters::import(&self.0, by, RosterId(id.0), month, content, apply).await?.into()))
    }

    /// Get a month of a roster as a workbook
    ///
    /// To be hung on the wall, or filled in and taken in again: a row for each person, a column for each day, and a sheet
    /// that says what the signs mean, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/rosters/:id/month.xlsx", method = "get", operation_id = "get_roster_month_sheet")]
    async fn get_roster_month_sheet(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        request: &Request,
        query: Params<MonthParams>,
    ) -> Result<FiguresWorkbook, Problem> {
        let (Params(MonthParams(month)), language) = (query, Language::of(request.headers()));
        let sheet = rosters::sheet(&self.0, &signed.by().actor, RosterId(id.0), month, language).await?;
        Ok(FiguresWorkbook::Sheet(Binary(sheet), "attachment; filename=\"roster.xlsx\"".to_owned()))
    }
}

/// Which month.
#[derive(Debug)]
struct MonthParams(Option<Month>);

impl Group for MonthParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&MONTH];

    fn read(given: &mut Given) -> Option<Self> {
        Some(Self(given.take(&MONTH)?))
    }
}

/// What taking in a month takes.
#[derive(Debug)]
struct ApplyParams {
    month: Month,
    apply: bool,
}

const TABLE: MonthOf = MonthOf { name: "month", about: "The month of the table, such as `2026-10`.", required: true };
const APPLY: Flag =
    Flag { name: "apply", about: "`true`: what changes is written; else it is only told.", default: false };

impl Group for ApplyParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&TABLE, &APPLY];

    fn read(given: &mut Given) -> Option<Self> {
        let (month, apply) = (given.take(&TABLE), given.take(&APPLY));
        Some(Self { month: month??, apply: apply? })
    }
}
