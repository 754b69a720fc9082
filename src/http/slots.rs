//! The slots of a toilet, and of many.

use std::marker::PhantomData;
use std::sync::Arc;

use chrono::NaiveDate;
use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::PlainText;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::answer::Answer;
use super::instant::Instant;
use super::language::Language;
use super::plans::Page;
use super::problem::Problem;
use super::query::{AnyOf, Codes, Day, Declared, Given, Group, Id, Ids, Params};
use super::tag::Tag;
use super::toilet_params::{CURSOR, LIMIT};
use super::words::Word;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::slot::{Slot, SlotState};
use crate::domain::task::Task;
use crate::usecase::Ctx;
use crate::usecase::slots::{self, Asked, Due};

/// Every operation on slots.
pub(super) struct SlotsApi(pub(super) Arc<Ctx>);

/// A calendar.
#[derive(ApiResponse)]
enum Calendar {
    /// The calendar (iCalendar, RFC 5545).
    #[oai(status = 200, content_type = "text/calendar; charset=utf-8")]
    Calendar(PlainText<String>),
}

#[OpenApi(tag = "Tag::Cleaning")]
impl SlotsApi {
    /// List the slots of a toilet
    ///
    /// What is due there, and when, and what became of it, for everybody; at most 62 days.
    #[oai(path = "/api/v1/toilets/:id/slots", method = "get", operation_id = "list_toilet_slots")]
    async fn list_toilet_slots(
        &self,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<SlotParams>,
    ) -> Result<Answer<SlotsView>, Problem> {
        let Params(SlotParams { from, to }) = query;
        Ok(Answer::of(&SlotsView::from(&slots::slots(&self.0, ToiletId(id.0), from, to).await?)))
    }

    /// List the slots of many toilets
    ///
    /// What is due on a day, or on up to seven, at the toilets of an area, of a body, or at those that are named, and what
    /// became of it, for everybody: toilet by toilet in the order of their ids, those left out of which nothing fits.
    /// `limit` counts toilets. Where few fit a page may be shorter, and have a `next` all the same.
    #[oai(path = "/api/v1/slots", method = "get", operation_id = "list_slots")]
    async fn list_slots(&self, query: Params<ListParams>) -> Result<Answer<SlotListView>, Problem> {
        let Params(ListParams(asked)) = query;
        let (found, next) = slots::list(&self.0, asked).await?;
        let items = found.iter().map(SlotsView::from).collect();
        Ok(Answer::of(&SlotListView { items, next: next.map(|id| id.to_string()) }))
    }

    /// Get the slots of a toilet as a calendar
    ///
    /// The same as iCalendar, to subscribe to, in the language of `Accept-Language`.
    #[oai(path = "/api/v1/toilets/:id/slots.ics", method = "get", operation_id = "get_slot_calendar")]
    async fn get_slot_calendar(
        &self,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<SlotParams>,
        request: &Request,
    ) -> Result<Calendar, Problem> {
        let (Params(SlotParams { from, to }), language) = (query, Language::of(request.headers()));
        Ok(Calendar::Calendar(PlainText(slots::calendar(&self.0, ToiletId(id.0), (from, to), language).await?)))
    }
}

/// Which slots somebody wants.
#[derive(Debug)]
struct SlotParams {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

const FROM: Day = Day { name: "from", about: "The first day, in the toilet's time zone; today if left out." };
const TO: Day = Day { name: "to", about: "The last day; six days after the first if left out." };

impl Group for SlotParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&FROM, &TO];

    fn read(given: &mut Given) -> Option<Self> {
        let (from, to) = (given.take(&FROM), given.take(&TO));
        Some(Self { from: from?, to: to? })
    }
}

/// Which slots of many toilets somebody wants.
#[derive(Debug)]
struct ListParams(Asked);

const AREA: Codes = Codes {
    name: "area",
    about: "Codes of areas, of today or older, in whose whole subtree the toilets lie. Repeat it, or join with commas.",
};
const OPERATOR: Id =
    Id { name: "operator", about: "The id of the body that runs the toilets on the first of the days." };
const TOILET: Ids = Ids {
    name: "toilet",
    about: "The ids of the toilets, 50 at most; all but retired ones if left out. Repeat it, or join with commas.",
};
const FIRST: Day = Day { name: "from", about: "The first day, in the zone of each toilet; today if left out." };
const LAST: Day = Day {
    name: "to",
    about: "The last day, six days after the first at most, which must be given too; the first if left out.",
};
const STATE: AnyOf<SlotState> = AnyOf {
    name: "state",
    about: "How the slots stand; in any way if left out. Repeat it, or join with commas.",
    of: PhantomData,
};

impl Group for ListParams {
    const PARAMETERS: &'static [&'static dyn Declared] =
        &[&AREA, &OPERATOR, &TOILET, &FIRST, &LAST, &STATE, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (areas, operator, toilets) = (given.take(&AREA), given.take(&OPERATOR), given.take(&TOILET));
        let (from, to, states) = (given.take(&FIRST), given.take(&LAST), given.take(&STATE));
        let Page { after, limit } = Page::read(given)?;
        Some(Self(Asked {
            areas: areas?,
            operator: operator?.map(OperatorId),
            toilets: toilets?.into_iter().map(ToiletId).collect(),
            from: from?,
            to: to?,
            states: states?,
            after: (after > 0).then_some(ToiletId(after)),
            limit,
        }))
    }
}

/// One due task.
#[derive(Debug, Object)]
#[oai(rename = "Slot", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct SlotView {
    /// What tells it from every other: toilet, version, window, local date and time.
    key: String,
    /// What is due.
    task: Word<Task>,
    /// The local date on which it is due.
    date: NaiveDate,
    /// The local time at which it is due, whether or not the clock shows it on that date.
    time: String,
    /// The instant at which it is due.
    at: Instant,
    /// From when it can be done.
    opens: Instant,
    /// Until when it is on time.
    due: Instant,
    /// Until when it can be done at all.
    closes: Instant,
    /// How it stands.
    state: Word<SlotState>,
    /// When it was done.
    done_at: Option<Instant>,
    /// That it became known only after the slot had been missed.
    synced_late: Option<bool>,
    /// The id of the exception that cancels it.
    cancelled_by: Option<i32>,
}

impl SlotView {
    fn of(due: &Due, slot: &Slot) -> Self {
        let doing = due.outcomes.get(&slot.key).and_then(|outcome| outcome.doing);
        Self {
            state: Word(due.state(slot)),
            done_at: doing.map(|doing| Instant(doing.at)),
            synced_late: doing.filter(|doing| doing.synced_late).map(|_| true),
            key: slot.key.to_string(),
            task: Word(slot.task),
            date: slot.key.date,
            time: slot.key.time.to_string(),
            at: Instant(slot.at),
            opens: Instant(slot.opens),
            due: Instant(slot.due),
            closes: Instant(slot.closes),
            cancelled_by: slot.cancelled.map(|id| id.0),
        }
    }
}

/// The slots of a toilet on a span of days.
#[derive(Debug, Object)]
#[oai(rename = "Slots", rename_all = "camelCase")]
pub(super) struct SlotsView {
    /// The toilet's id.
    toilet: i32,
    /// The toilet's time zone.
    zone: String,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The slots in the order of their instants, cancelled ones too.
    items: Vec<SlotView>,
}

/// A page of the slots of many toilets.
#[derive(Debug, Object)]
#[oai(rename = "SlotList", skip_serializing_if_is_none)]
struct SlotListView {
    /// The toilets, each with its slots.
    items: Vec<SlotsView>,
    /// The `cursor` of the next page, if there may be more.
    next: Option<String>,
}

impl From<&Due> for SlotsView {
    fn from(due: &Due) -> Self {
        Self {
            toilet: due.toilet.id.0,
            zone: due.toilet.fact.zone.name().to_owned(),
            from: due.from,
            to: due.to,
            items: due.slots.iter().map(|slot| SlotView::of(due, slot)).collect(),
        }
    }
}
