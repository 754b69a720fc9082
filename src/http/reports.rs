//! Reports on the register, for those who answer for it.

use std::marker::PhantomData;
use std::sync::Arc;

use chrono::NaiveDate;
use poem::Request;
use poem_openapi::payload::{Binary, Html, Json};
use poem_openapi::{ApiResponse, OpenApi};

use super::bearer::Signed;
use super::custody_view::CustodyView;
use super::fittings_view::FittingsView;
use super::grading_view::{DuePageView, GradingView};
use super::language::Language;
use super::plans::Page;
use super::problem::Problem;
use super::query::{AnyOf, Code, Day, Declared, Given, Group, Integer, MonthOf, OneOf, Params, Text};
use super::report_view::MonthlyView;
use super::tag::Tag;
use super::toilet_params::{CURSOR as ID_CURSOR, LIMIT as ID_LIMIT};
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::grade::{Grade, Standard};
use crate::domain::id::ToiletId;
use crate::domain::report::{Month, Wanted};
use crate::usecase::reports::MonthlyAsked;
use crate::usecase::{Ctx, reports};

/// Every operation on the paths below `/api/v1/reports`.
pub(super) struct ReportsApi(pub(super) Arc<Ctx>);

#[OpenApi(tag = "Tag::Reports")]
impl ReportsApi {
    /// Report on grades
    ///
    /// Who holds a grade, by area and body; who stands under the standard in force, against the targets; whose position
    /// is good enough for electronic maps.
    #[oai(path = "/api/v1/reports/grades", method = "get", operation_id = "get_grading_report")]
    async fn get_grading_report(
        &self,
        signed: Signed,
        query: Params<GradesParams>,
    ) -> Result<Json<GradingView>, Problem> {
        let Params(GradesParams { area, wanted, on }) = query;
        let (report, on, as_of) = reports::grading(&self.0, &signed.by().actor, area.as_ref(), wanted, on).await?;
        Ok(Json(GradingView::of(&report, &self.0.targets, on, as_of)))
    }

    /// List the toilets due for assessment
    ///
    /// Those whose tourist grade is of the standard that was replaced, the oldest assessment first, page by page.
    #[oai(path = "/api/v1/reports/assessments-due", method = "get", operation_id = "list_due_assessments")]
    async fn list_due_assessments(
        &self,
        signed: Signed,
        query: Params<DueParams>,
    ) -> Result<Json<DuePageView>, Problem> {
        let Params(DueParams { area, after, limit }) = query;
        let (due, more) = reports::due(&self.0, &signed.by().actor, area.as_ref(), after, limit).await?;
        Ok(Json(DuePageView::of(&due, more)))
    }

    /// Report on fittings
    ///
    /// What is inside (人性化): facilities known, unknown and missing, and whether women wait longer than men.
    #[oai(path = "/api/v1/reports/fittings", method = "get", operation_id = "get_fittings_report")]
    async fn get_fittings_report(
        &self,
        signed: Signed,
        query: Params<AreaParams>,
    ) -> Result<Json<FittingsView>, Problem> {
        let Params(AreaParams { area }) = query;
        let (report, as_of) = reports::fittings(&self.0, &signed.by().actor, area.as_ref()).await?;
        Ok(Json(FittingsView::of(&report, as_of)))
    }

    /// Report on who answers for toilets
    ///
    /// For how many toilets in service somebody answers today (专人率), and the others, page by page.
    #[oai(path = "/api/v1/reports/custodians", method = "get", operation_id = "get_custodian_report")]
    async fn get_custodian_report(
        &self,
        signed: Signed,
        query: Params<CustodyParams>,
    ) -> Result<Json<CustodyView>, Problem> {
        let Params(CustodyParams { area, page: Page { after, limit } }) = query;
        let (report, as_of) = reports::custody(&self.0, &signed.by().actor, area.as_ref()).await?;
        Ok(Json(CustodyView::of(&report, as_of, ToiletId(after), limit)))
    }

    /// Report on a month
    ///
    /// What superiors ask for: how many, of which class, whose; grades; fittings; what was built and closed.
    #[oai(path = "/api/v1/reports/monthly", method = "get", operation_id = "get_monthly_report")]
    async fn get_monthly_report(
        &self,
        signed: Signed,
        query: Params<MonthlyParams>,
    ) -> Result<Json<MonthlyView>, Problem> {
        let Params(MonthlyParams { area, month }) = query;
        let report = reports::monthly(&self.0, &signed.by().actor, area.as_ref(), month).await?;
        Ok(Json(MonthlyView::of(&report, &self.0.targets, area.map(String::from))))
    }

    /// Report on a month, to be printed
    ///
    /// The same as a page for A4 with lines to sign on, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/reports/monthly/page", method = "get", operation_id = "get_monthly_page_report")]
    async fn get_monthly_page_report(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<MonthlyParams>,
    ) -> Result<Printed, Problem> {
        let Params(params) = query;
        let asked = params.asked(Language::of(request.headers()));
        Ok(Printed::Page(Html(reports::monthly_page(&self.0, &signed.by().actor, &asked).await?), POLICY.to_owned()))
    }

    /// Report on a month, as a workbook
    ///
    /// The same as XLSX, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/reports/monthly/sheet", method = "get", operation_id = "get_monthly_sheet_report")]
    async fn get_monthly_sheet_report(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<MonthlyParams>,
    ) -> Result<Workbook, Problem> {
        let Params(params) = query;
        let asked = params.asked(Language::of(request.headers()));
        let sheet = reports::monthly_sheet(&self.0, &signed.by().actor, &asked).await?;
        Ok(Workbook::Sheet(Binary(sheet), "attachment; filename=\"monthly.xlsx\"".to_owned()))
    }
}

/// The page brings its style along, and nothing else may run or be loaded.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/// A page that prints on A4.
#[derive(ApiResponse)]
enum Printed {
    /// The page.
    #[oai(status = 200)]
    Page(
        Html<String>,
        /// What the page may do.
        #[oai(header = "Content-Security-Policy")]
        String,
    ),
}

/// A workbook.
#[derive(ApiResponse)]
enum Workbook {
    /// The workbook.
    #[oai(status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Sheet(
        Binary<Vec<u8>>,
        /// The name under which it is kept.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

/// What every report takes.
struct AreaParams {
    area: Option<AreaCode>,
}

struct CustodyParams {
    area: Option<AreaCode>,
    page: Page,
}

struct GradesParams {
    area: Option<AreaCode>,
    wanted: Wanted,
    on: Option<NaiveDate>,
}

struct DueParams {
    area: Option<AreaCode>,
    after: Option<(Option<NaiveDate>, ToiletId)>,
    limit: usize,
}

/// What the monthly report takes.
struct MonthlyParams {
    area: Option<AreaCode>,
    month: Option<Month>,
}

const AREA: Code = Code {
    name: "area",
    about: "The code of the area, of today or older, in whose whole subtree the toilets lie; all that the caller \
            answers for if left out.",
};
const STANDARD: OneOf<Standard> =
    OneOf { name: "standard", about: "The standard.", default: Some(Standard::GbT2022), missing: "missing" };
const AT_LEAST: AnyOf<Grade> =
    AnyOf { name: "atLeast", about: "The lowest grade that counts, one; any if left out.", of: PhantomData };
const ON: Day = Day { name: "on", about: "The day of the report; today if left out." };
pub(super) const MONTH: MonthOf =
    MonthOf { name: "month", about: "The month, such as `2026-10`; this one if left out.", required: false };
const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

impl MonthlyParams {
    fn asked(&self, language: Language) -> MonthlyAsked<'_> {
        MonthlyAsked { area: self.area.as_ref(), month: self.month, language }
    }
}

impl Group for AreaParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA];

    fn read(given: &mut Given) -> Option<Self> {
        Some(Self { area: given.take(&AREA)? })
    }
}

impl Group for CustodyParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &ID_CURSOR, &ID_LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (area, page) = (given.take(&AREA), Page::read(given));
        Some(Self { area: area?, page: page? })
    }
}

impl Group for GradesParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &STANDARD, &AT_LEAST, &ON];

    fn read(given: &mut Given) -> Option<Self> {
        let area = given.take(&AREA);
        let (standard, at_least, on) = (given.take(&STANDARD), given.take(&AT_LEAST), given.take(&ON));
        let standard = standard?;
        let wanted = match at_least?.as_slice() {
            [] => Wanted::any_of(standard),
            [grade] => Wanted::new(standard, *grade),
            _ => None,
        };
        if wanted.is_none() {
            let grades: Vec<_> = standard.grades().iter().map(|grade| grade.as_str()).collect();
            let message = format!("must be one grade of {standard}: {}", grades.join(", "));
            given.fault(&AT_LEAST, Violation::new("", "unknownGrade", message));
        }
        Some(Self { area: area?, wanted: wanted?, on: on? })
    }
}

impl Group for DueParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let area = given.take(&AREA);
        let cursor = given.take(&CURSOR).flatten().filter(|text| !text.is_empty());
        let after = cursor.and_then(|text| {
            DuePageView::read_cursor(&text).or_else(|| {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of a page"));
                None
            })
        });
        Some(Self { area: area?, after, limit: given.take(&LIMIT)? })
    }
}

impl Group for MonthlyParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &MONTH];

    fn read(given: &mut Given) -> Option<Self> {
        let area = given.take(&AREA);
        Some(Self { area: area?, month: given.take(&MONTH)? })
    }
}
