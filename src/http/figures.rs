//! The cleaning figures, for those who answer for them.

use std::sync::Arc;

use chrono::NaiveDate;
use poem::Request;
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{ApiResponse, OpenApi};

use super::bearer::Signed;
use super::figures_view::FiguresView;
use super::hour_figures::HoursView;
use super::language::Language;
use super::problem::Problem;
use super::query::{Code, Day, Declared, Flag, Given, Group, OneOf, Params};
use super::tag::Tag;
use crate::domain::area::AreaCode;
use crate::domain::figures::{Bucket, Grouping};
use crate::usecase::Ctx;
use crate::usecase::figures::{self, Asked};

/// Every operation on the paths below `/api/v1/figures`.
pub(super) struct FiguresApi(pub(super) Arc<Ctx>);

#[OpenApi(tag = "Tag::Cleaning")]
impl FiguresApi {
    /// Get the cleaning figures
    ///
    /// What was due and what became of it, with numerator and denominator, by local due date. Slots that are not over are
    /// left out; what becomes known later changes the figures of its day.
    #[oai(path = "/api/v1/figures/cleaning", method = "get", operation_id = "get_cleaning_figures")]
    async fn get_cleaning_figures(
        &self,
        signed: Signed,
        query: Params<FigureParams>,
    ) -> Result<Json<FiguresView>, Problem> {
        let Params(FigureParams(asked)) = query;
        Ok(Json(FiguresView::from(&figures::cleaning(&self.0, &signed.by().actor, &asked).await?)))
    }

    /// Get the cleaning figures by hour of the week
    ///
    /// What was due and became over on these days, 366 at most, by the day of the week and the hour of the local time at
    /// which it was due: when things are late or missed. What counts is what counts in the cleaning figures.
    #[oai(path = "/api/v1/figures/hours", method = "get", operation_id = "get_hour_figures")]
    async fn get_hour_figures(&self, signed: Signed, query: Params<HourParams>) -> Result<Json<HoursView>, Problem> {
        let Params(HourParams(asked)) = query;
        Ok(Json(HoursView::from(&figures::by_hour(&self.0, &signed.by().actor, &asked).await?)))
    }

    /// Get the cleaning figures as CSV
    ///
    /// The same, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/figures/cleaning.csv", method = "get", operation_id = "get_cleaning_figures_csv")]
    async fn get_cleaning_figures_csv(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<FigureParams>,
    ) -> Result<FiguresFile, Problem> {
        let Params(FigureParams(asked)) = query;
        let language = Language::of(request.headers());
        let table = figures::csv(&self.0, &signed.by().actor, &asked, language).await?;
        Ok(FiguresFile::Csv(Binary(table), "attachment; filename=\"cleaning.csv\"".to_owned()))
    }

    /// Get the cleaning figures as a workbook
    ///
    /// The same as XLSX, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/figures/cleaning.xlsx", method = "get", operation_id = "get_cleaning_figures_sheet")]
    async fn get_cleaning_figures_sheet(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<FigureParams>,
    ) -> Result<FiguresWorkbook, Problem> {
        let Params(FigureParams(asked)) = query;
        let language = Language::of(request.headers());
        let sheet = figures::sheet(&self.0, &signed.by().actor, &asked, language).await?;
        Ok(FiguresWorkbook::Sheet(Binary(sheet), "attachment; filename=\"cleaning.xlsx\"".to_owned()))
    }
}

/// A table.
#[derive(ApiResponse)]
pub(super) enum FiguresFile {
    /// The table.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8; header=present")]
    Csv(
        Binary<Vec<u8>>,
        /// The name under which it is kept.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

/// A workbook.
#[derive(ApiResponse)]
pub(super) enum FiguresWorkbook {
    /// The workbook.
    #[oai(status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Sheet(
        Binary<Vec<u8>>,
        /// The name under which it is kept.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

/// Which figures somebody wants.
pub(super) struct FigureParams(pub(super) Asked);

const AREA: Code = Code {
    name: "area",
    about: "The code of the area, of today or older, in whose whole subtree the toilets lie; all that the caller \
            answers for if left out.",
};
const FROM: Day = Day { name: "from", about: "The first day; that of the month of the last if left out." };
const TO: Day = Day { name: "to", about: "The last day; today if left out." };
const GROUP_BY: OneOf<Grouping> =
    OneOf { name: "groupBy", about: "By what they are told.", default: Some(Grouping::All), missing: "missing" };
const BUCKET: OneOf<Bucket> = OneOf {
    name: "bucket",
    about: "By which stretch of time: weeks begin on Monday.",
    default: Some(Bucket::Whole),
    missing: "missing",
};
const LONGEST_GAP: Flag = Flag {
    name: "longestGap",
    about: "Whether the longest stretch of service hours without a finished cleaning is told as well, for which the log \
            itself is read. There is none by person.",
    default: false,
};

impl Group for FigureParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &FROM, &TO, &GROUP_BY, &BUCKET, &LONGEST_GAP];

    fn read(given: &mut Given) -> Option<Self> {
        let (asked, gaps) = (asked(given), given.take(&LONGEST_GAP));
        Some(Self(Asked { gaps: gaps?, ..asked? }))
    }
}

/// What coverage takes.
pub(super) struct CoverageParams(pub(super) Asked);

impl Group for CoverageParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &FROM, &TO, &GROUP_BY, &BUCKET];

    fn read(given: &mut Given) -> Option<Self> {
        asked(given).map(Self)
    }
}

/// What the figures by hour take.
struct HourParams(Asked);

impl Group for HourParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &FROM, &TO];

    fn read(given: &mut Given) -> Option<Self> {
        whole(given).map(Self)
    }
}

/// Figures without gaps.
fn asked(given: &mut Given) -> Option<Asked> {
    let (whole, by, bucket) = (whole(given), given.take(&GROUP_BY), given.take(&BUCKET));
    Some(Asked { by: by?, bucket: bucket?, ..whole? })
}

/// Figures of a span of days, all together.
fn whole(given: &mut Given) -> Option<Asked> {
    let area: Option<Option<AreaCode>> = given.take(&AREA);
    let (from, to): (Option<Option<NaiveDate>>, Option<Option<NaiveDate>>) = (given.take(&FROM), given.take(&TO));
    Some(Asked { area: area?, from: from?, to: to?, by: Grouping::All, bucket: Bucket::Whole, gaps: false })
}
