//! One's round.

use std::sync::Arc;

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::instant::Instant;
use super::plan_view::PointFacts;
use super::problem::Problem;
use super::query::{CRS_MISSING, Declared, Given, Group, Number, OneOf, Params};
use super::tag::Tag;
use super::words::Word;
use crate::domain::Violation;
use crate::domain::task::{Checklist, Task};
use crate::geo::{Crs, Wgs84};
use crate::usecase::Ctx;
use crate::usecase::round::{self, Round, Stop, ToDo};

/// Every operation on `/api/v1/me/round`.
pub(super) struct RoundApi(pub(super) Arc<Ctx>);

#[OpenApi(tag = "Tag::Cleaning")]
impl RoundApi {
    /// Get one's round
    ///
    /// What is due from the caller now and in the next eight hours, in the order in which to go: by when it is due, then
    /// by how near it is to where the caller stands. All that is needed to work without signal until then, in at most
    /// twenty kilobytes: what does not fit any more is left out, and `more` says so.
    #[oai(path = "/api/v1/me/round", method = "get", operation_id = "get_my_round")]
    async fn get_my_round(&self, signed: Signed, query: Params<RoundParams>) -> Result<Json<RoundView>, Problem> {
        let Params(RoundParams { from, crs }) = query;
        let round = round::round(&self.0, &signed.by().actor, from).await?;
        Ok(Json(RoundView::of(&round, crs)))
    }
}

/// Where somebody stands, in which datum.
struct RoundParams {
    from: Option<Wgs84>,
    crs: Crs,
}

const LATITUDE: Number = Number {
    name: "latitude",
    about: "Where the caller stands, degrees north in the datum of `crs`; given together with `longitude`.",
    range: (-90.0, 90.0),
    required: false,
    example: 34.8264,
};
const LONGITUDE: Number = Number {
    name: "longitude",
    about: "Degrees east in the datum of `crs`.",
    range: (-180.0, 180.0),
    required: false,
    example: 112.4364,
};
const CRS: OneOf<Crs> = OneOf {
    name: "crs",
    about: "The datum of the positions in the request and in the answer; required where a position is given.",
    default: Some(Crs::Wgs84),
    missing: CRS_MISSING,
};

impl Group for RoundParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&LATITUDE, &LONGITUDE, &CRS];

    fn read(given: &mut Given) -> Option<Self> {
        let (latitude, longitude, crs) = (given.asked(&LATITUDE), given.asked(&LONGITUDE), given.asked(&CRS));
        match (latitude, longitude, crs) {
            (None, None, crs) => Some(Self { from: None, crs: crs.unwrap_or(Crs::Wgs84) }),
            (Some(latitude), Some(longitude), Some(crs)) => match crs.read(latitude, longitude) {
                Ok(position) => Some(Self { from: Some(position), crs }),
                Err(error) => {
                    given.fault(&LATITUDE, Violation::new("", "outOfRange", error.to_string()));
                    None
                }
            },
            (_, _, None) => {
                given.fault(&CRS, Violation::new("", CRS_MISSING, "must say in which datum the position is"));
                None
            }
            _ => {
                given.fault(&LATITUDE, Violation::new("", "incomplete", "give latitude and longitude, or neither"));
                None
            }
        }
    }
}

/// A person's round.
#[derive(Debug, Object)]
#[oai(rename = "Round")]
struct RoundView {
    /// When it was made.
    at: Instant,
    /// The datum of its positions.
    crs: Word<Crs>,
    /// The toilets in the order in which to go.
    items: Vec<StopView>,
    /// The checklists, each once: slots name them by their places here, counted from 0.
    checklists: Vec<Vec<PointFacts>>,
    /// Whether more is due than is told.
    more: bool,
}

/// A toilet of a round.
#[derive(Debug, Object)]
#[oai(rename = "RoundStop", rename_all = "camelCase", skip_serializing_if_is_none)]
struct StopView {
    /// The toilet's id.
    toilet: i32,
    /// The number on its sign.
    code: Option<String>,
    /// Its name.
    name: String,
    /// Its address.
    address: Option<String>,
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
    /// How far it is, in metres as the crow flies.
    distance: Option<f64>,
    /// Whether the caller answers for it or stands in there today.
    own: bool,
    /// The version of its plan, which a log names with the answers to a checklist.
    version: Option<i32>,
    /// What is to be done there, the first due first.
    slots: Vec<ToDoView>,
    /// When it was last cleaned, within three days.
    last_cleaned_at: Option<Instant>,
    /// What was done then.
    last_tasks: Option<Vec<Word<Task>>>,
    /// What those who were there since yesterday said of it.
    remarks: Option<Vec<String>>,
}

/// A slot to be done.
#[derive(Debug, Object)]
#[oai(rename = "RoundSlot", skip_serializing_if_is_none)]
struct ToDoView {
    /// The key of the slot.
    key: String,
    /// What is due.
    task: Word<Task>,
    /// From when it can be done.
    opens: Instant,
    /// Until when it is on time.
    due: Instant,
    /// Until when it can be done at all.
    closes: Instant,
    /// Whether it would be late now.
    overdue: bool,
    /// The place of its checklist.
    checklist: Option<u32>,
}

/// As many bytes as a phone that is about to lose its signal can be expected to take.
const MOST_BYTES: usize = 20_000;

impl RoundView {
    fn of(round: &Round, crs: Crs) -> Self {
        let mut view =
            Self { at: Instant(round.at), crs: Word(crs), items: Vec::new(), checklists: Vec::new(), more: false };
        let mut known: Vec<Checklist> = Vec::new();
        for stop in &round.stops {
            let had = known.len();
            let item = StopView::of(stop, crs, &mut known);
            let lists = known[had..].iter().map(|list| list.points().iter().map(PointFacts::from).collect());
            view.checklists.extend(lists);
            view.items.push(item);
            if poem_openapi::types::ToJSON::to_json_string(&view).len() > MOST_BYTES {
                view.items.pop();
                view.checklists.truncate(had);
                view.more = true;
                break;
            }
        }
        view
    }
}

impl StopView {
    fn of(stop: &Stop, crs: Crs, known: &mut Vec<Checklist>) -> Self {
        let fact = &stop.toilet.fact;
        let place = fact.position.map(|place| place.in_crs(crs));
        let seven = |degrees: f64| (degrees * 1e7).round() / 1e7;
        let last = stop.last.as_ref();
        let remarks: Vec<_> = stop.remarks.iter().map(|(_, text)| text.chars().take(200).collect()).collect();
        Self {
            toilet: stop.toilet.id.0,
            code: fact.code.as_ref().map(ToString::to_string),
            name: fact.name.to_string(),
            address: fact.address.as_ref().map(ToString::to_string),
            latitude: place.map(|(latitude, _)| seven(latitude)),
            longitude: place.map(|(_, longitude)| seven(longitude)),
            distance: stop.distance.map(|metres| (metres * 10.0).round() / 10.0),
            own: stop.is_own,
            version: stop.version,
            slots: stop.to_do.iter().map(|to_do| ToDoView::of(to_do, known)).collect(),
            last_cleaned_at: last.map(|cleaning| Instant(cleaning.at)),
            last_tasks: last.map(|cleaning| cleaning.tasks().iter().copied().map(Word).collect()),
            remarks: Some(remarks).filter(|remarks| !remarks.is_empty()),
        }
    }
}

impl ToDoView {
    fn of(to_do: &ToDo, known: &mut Vec<Checklist>) -> Self {
        let slot = to_do.slot;
        let place = (!to_do.checklist.points().is_empty()).then(|| {
            known.iter().position(|list| *list == to_do.checklist).unwrap_or_else(|| {
                known.push(to_do.checklist.clone());
                known.len() - 1
            })
        });
        Self {
            key: slot.key.to_string(),
            task: Word(slot.task),
            opens: Instant(slot.opens),
            due: Instant(slot.due),
            closes: Instant(slot.closes),
            overdue: to_do.is_overdue,
            checklist: place.and_then(|place| u32::try_from(place).ok()),
        }
    }
}
