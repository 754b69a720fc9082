//! What a search for toilets takes.

use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};

use super::query::{
    AnyOf, CRS_MISSING, Codes, Declared, Flag, Given, Group, Integer, Number, Numbers, OneOf, Readable, Text, Time,
};
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::facility::Need;
use crate::domain::id::ToiletId;
use crate::domain::toilet::{Kind, Status};
use crate::finder::{
    AlongQuery, Bbox, Cleaned, Filter, GradeFilter, ListQuery, NearestQuery, Sought, Uncleaned, Unknown,
};
use crate::geo::{Bounds, Crs, Route, Wgs84};

pub(super) const LATITUDE: Number = Number {
    name: "latitude",
    about: "Degrees north, in the datum of `crs`.",
    range: (-90.0, 90.0),
    required: true,
    example: 34.8264,
};
pub(super) const LONGITUDE: Number = Number {
    name: "longitude",
    about: "Degrees east, in the datum of `crs`.",
    range: (-180.0, 180.0),
    required: true,
    example: 112.4364,
};
pub(super) const CRS_OF_POSITION: OneOf<Crs> = OneOf {
    name: "crs",
    about: "The datum of the position that goes in and of those that come out: `wgs84` for GPS and browsers, `gcj02` \
            for WeChat's maps and `wx.getLocation` with `type: 'gcj02'`, `bd09` for Baidu. Always required, since a \
            wrong guess is a silent error of some 570 m.",
    default: None,
    missing: CRS_MISSING,
};
const CRS: OneOf<Crs> = OneOf {
    name: "crs",
    about: "The datum of the positions that come out, and of `bbox`, with which it is required.",
    default: Some(Crs::Wgs84),
    missing: CRS_MISSING,
};
const NEAREST_LIMIT: Integer = Integer { name: "limit", about: "How many at most.", range: (1, 50), default: 10 };
pub(super) const LIMIT: Integer =
    Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };
const CRS_OF_WAY: OneOf<Crs> = OneOf {
    about: "The datum of the way that goes in and of the positions that come out. Always required, since a wrong guess is a \
            silent error of some 570 m.",
    ..CRS_OF_POSITION
};
/// How far beside a way a toilet may be where nobody says, in metres: three minutes on foot there and three back.
const USUAL_WIDTH: f64 = 250.0;
const WIDTH: Number = Number {
    name: "width",
    about: "How far beside the way at most, in metres; 250 if left out.",
    range: (1.0, 5_000.0),
    required: false,
    example: 250.0,
};
const ALONG_LIMIT: Integer = Integer { name: "limit", about: "How many at most.", range: (1, 100), default: 20 };
const MAX_DISTANCE: Number = Number {
    name: "maxDistance",
    about: "How far away at most, in metres along the great circle, such as `1500`.",
    range: (0.0, 20_100_000.0),
    required: false,
    example: 1500.0,
};
const NEED: AnyOf<Need> = AnyOf {
    name: "need",
    about: "What must be there, all of it. Only toilets *known* to have it are found: `limited` and unknown are not \
            enough. Repeat it, or join with commas.",
    of: PhantomData,
};
const UNKNOWN: OneOf<Unknown> = OneOf {
    name: "unknown",
    about: "`include` also finds toilets of which a need is not known, or met in part only, each with `unsure`.",
    default: Some(Unknown::Exclude),
    missing: "missing",
};
const KIND: AnyOf<Kind> =
    AnyOf { name: "kind", about: "The kinds that will do. Repeat it, or join with commas.", of: PhantomData };
const GRADE: AnyOf<GradeFilter> = AnyOf {
    name: "grade",
    about: "The grades that will do: `rated` is any tourist grade held, the rest exactly that grade, held, neither \
            expired nor revoked. No conversion is implied. Repeat it, or join with commas.",
    of: PhantomData,
};
const CLEANED_WITHIN: Number = Number {
    name: "cleanedWithin",
    about: "How long before `at` they were cleaned last at most, in minutes, such as `120`. With `unknown=include` also \
            those of which no cleaning is known, each with `cleaned` among its `unsure`.",
    range: (1.0, 43_200.0),
    required: false,
    example: 120.0,
};
const UNCLEANED: OneOf<Uncleaned> = OneOf {
    name: "uncleaned",
    about: "What becomes of toilets that are not known to have been cleaned within `cleanedWithin`: `exclude`, or `last` \
            for those that were before all others.",
    default: Some(Uncleaned::Exclude),
    missing: "missing",
};
const AT: Time = Time {
    name: "at",
    about: "The instant at which \"usable\" is judged; now if left out. RFC 3339, such as `2026-11-23T08:00:00Z`, in the years \
            from 1970 to 2199.",
};
const USABLE: Flag = Flag {
    name: "usable",
    about: "`true`: in service, no outage, open at `at`, and not private; unknown hours will do and are marked \
            `unsure`. `false`: all but retired ones, each with its state.",
    default: true,
};
const BARRIERS: OneOf<AtBarriers> = OneOf {
    name: "barriers",
    about: "What becomes of toilets to which the straight way crosses a river, railway or the like away from its bridges. \
            `mark`: they bear `across`, and the order is by distance as ever. `avoid`: they also come after all others, \
            which is what somebody on foot wants.",
    default: Some(AtBarriers::Mark),
    missing: "missing",
};
const BBOX: Numbers = Numbers {
    name: "bbox",
    about: "The box they must stand in: `west,south,east,north` in degrees of `crs`; `west` greater than `east` \
            reaches across the antimeridian. Such as `112.2,34.7,112.9,34.95`; `crs` is required with it.",
    required: false,
};
pub(super) const PART: Numbers = Numbers {
    name: "bbox",
    about: "The part of the map: `west,south,east,north` in degrees of `crs`; `west` greater than `east` reaches across the \
            antimeridian. Such as `112.2,34.7,112.9,34.95`.",
    required: true,
};
const AREA: Codes = Codes {
    name: "area",
    about: "Codes of areas, of today or older; those below belong to them. Repeat it, or join with commas.",
};
const STATUS: AnyOf<Status> = AnyOf {
    name: "status",
    about: "The statuses that will do; all but `retired` if left out. Repeat it, or join with commas.",
    of: PhantomData,
};
const Q: Text = Text {
    name: "q",
    about: "What the name, English name, address or code must contain, whatever the case and width of its letters; or how a \
            name or address is read in pinyin: `renmin`, by first letters `rmgc`, or mixed.",
    longest: 64,
};
pub(super) const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };

/// What becomes of toilets across a barrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtBarriers {
    /// They say so.
    Mark,
    /// They say so, and come last.
    Avoid,
}

/// What a search for the nearest toilets takes.
#[derive(Debug)]
pub(super) struct NearestParams {
    from: Wgs84,
    /// The datum of the answer.
    pub(super) crs: Crs,
    limit: usize,
    max_distance: Option<f64>,
    filter: Filter,
    /// The instant that was asked for.
    pub(super) at: Option<DateTime<Utc>>,
    usable: bool,
    /// What becomes of toilets across a barrier.
    pub(super) barriers: AtBarriers,
}

impl Group for NearestParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[
        &LATITUDE,
        &LONGITUDE,
        &CRS_OF_POSITION,
        &NEAREST_LIMIT,
        &MAX_DISTANCE,
        &NEED,
        &UNKNOWN,
        &KIND,
        &GRADE,
        &CLEANED_WITHIN,
        &UNCLEANED,
        &AT,
        &USABLE,
        &BARRIERS,
    ];

    fn read(given: &mut Given) -> Option<Self> {
        let (latitude, longitude) = (given.take(&LATITUDE), given.take(&LONGITUDE));
        let (crs, limit) = (given.take(&CRS_OF_POSITION), given.take(&NEAREST_LIMIT));
        let max_distance = given.take(&MAX_DISTANCE);
        let filter = filter(given, Asking::Nearest);
        let (at, usable, barriers) = (given.take(&AT), given.take(&USABLE), given.take(&BARRIERS));
        let crs = crs?;
        // The ranges of the two parameters are those of a position, so that nothing is left to go wrong here.
        let from = crs.read(latitude?, longitude?).ok()?;
        let barriers = barriers?;
        Some(Self { from, crs, limit: limit?, max_distance, filter: filter?, at: at?, usable: usable?, barriers })
    }
}

impl NearestParams {
    /// The search, judged at that instant.
    pub(super) fn query(&self, at: DateTime<Utc>) -> NearestQuery {
        let Self { from, limit, max_distance, usable, .. } = *self;
        NearestQuery { from, limit, max_distance, filter: self.filter.clone(), at, usable }
    }
}

/// What a search along a way takes beside the way.
#[derive(Debug)]
pub(super) struct AlongParams {
    /// The datum of the way, and of the answer.
    pub(super) crs: Crs,
    width: f64,
    limit: usize,
    filter: Filter,
    /// The instant that was asked for.
    pub(super) at: Option<DateTime<Utc>>,
    usable: bool,
}

impl Group for AlongParams {
    const PARAMETERS: &'static [&'static dyn Declared] =
        &[&CRS_OF_WAY, &WIDTH, &ALONG_LIMIT, &NEED, &UNKNOWN, &KIND, &GRADE, &CLEANED_WITHIN, &AT, &USABLE];

    fn read(given: &mut Given) -> Option<Self> {
        let (crs, width, limit) = (given.take(&CRS_OF_WAY), given.take(&WIDTH), given.take(&ALONG_LIMIT));
        let filter = filter(given, Asking::Along);
        let (at, usable) = (given.take(&AT), given.take(&USABLE));
        let width = width.unwrap_or(USUAL_WIDTH);
        Some(Self { crs: crs?, width, limit: limit?, filter: filter?, at: at?, usable: usable? })
    }
}

impl AlongParams {
    /// The search along a way, judged at that instant.
    pub(super) fn query(self, route: Route, at: DateTime<Utc>) -> AlongQuery {
        let Self { width, limit, filter, usable, .. } = self;
        AlongQuery { route, width, limit, filter, at, usable }
    }
}

/// What a list of toilets takes.
#[derive(Debug)]
pub(super) struct ListParams {
    /// The datum of the answer, if one was asked for.
    pub(super) crs: Option<Crs>,
    /// The areas that were asked for.
    pub(super) areas: Vec<AreaCode>,
    bbox: Option<Bbox>,
    filter: Filter,
    statuses: Vec<Status>,
    text: Option<Sought>,
    after: Option<ToiletId>,
    limit: usize,
}

impl Group for ListParams {
    const PARAMETERS: &'static [&'static dyn Declared] =
        &[&BBOX, &CRS, &AREA, &KIND, &GRADE, &NEED, &CLEANED_WITHIN, &Q, &STATUS, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let crs = given.asked(&CRS);
        let bbox = bbox(given, crs);
        let (areas, statuses) = (given.take(&AREA), given.take(&STATUS));
        let filter = filter(given, Asking::List);
        let text = given.take(&Q).flatten().map(|text| Sought::new(&text));
        let after = cursor(given, &CURSOR);
        let limit = given.take(&LIMIT);
        Some(Self { crs, areas: areas?, bbox, filter: filter?, statuses: statuses?, text, after, limit: limit? })
    }
}

impl ListParams {
    /// The list, judged at that instant; its areas are still to be found.
    pub(super) fn query(self, at: DateTime<Utc>) -> ListQuery {
        let Self { bbox, filter, statuses, text, after, limit, .. } = self;
        ListQuery { bbox, areas: None, filter, statuses, text, after, limit, at }
    }
}

/// What a position of a toilet takes.
#[derive(Debug)]
pub(super) struct PositionParams {
    /// The datum of the position, and of the answer.
    pub(super) crs: Crs,
}

impl Group for PositionParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CRS_OF_POSITION];

    fn read(given: &mut Given) -> Option<Self> {
        Some(Self { crs: given.take(&CRS_OF_POSITION)? })
    }
}

/// What one toilet takes.
#[derive(Debug)]
pub(super) struct ToiletParams {
    /// The datum of the answer, if one was asked for.
    pub(super) crs: Option<Crs>,
}

impl Group for ToiletParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&OUTPUT_CRS];

    fn read(given: &mut Given) -> Option<Self> {
        Some(Self { crs: given.asked(&OUTPUT_CRS) })
    }
}

/// What a write to a toilet takes.
#[derive(Debug)]
pub(super) struct WriteParams {
    /// The datum of the position that goes in, and of the answer; `None` where it was not named.
    pub(super) crs: Option<Crs>,
}

impl Group for WriteParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&WRITE_CRS];

    fn read(given: &mut Given) -> Option<Self> {
        let (named, crs) = (given.has(&WRITE_CRS), given.take(&WRITE_CRS)?);
        Some(Self { crs: named.then_some(crs) })
    }
}

const WRITE_CRS: OneOf<Crs> = OneOf {
    about: "The datum of the position that goes in, with which it is required, and of the one that comes out.",
    ..CRS
};

pub(super) const OUTPUT_CRS: OneOf<Crs> = OneOf { about: "The datum of the position that comes out.", ..CRS };

/// The cursor of a page that begins after this toilet.
pub(super) fn next(after: ToiletId) -> String {
    format!("{:x}", after.0)
}

/// The toilet after which the page of a cursor begins.
pub(super) fn place(cursor: &str) -> Option<ToiletId> {
    // The standard library reads a sign as well.
    let is_sane = cursor.bytes().all(|byte| byte.is_ascii_hexdigit());
    i32::from_str_radix(cursor, 16).ok().filter(|_| is_sane).map(ToiletId)
}

/// The toilet that a cursor means; a fault is noted.
pub(super) fn cursor(given: &mut Given, parameter: &Text) -> Option<ToiletId> {
    let text = given.take(parameter).flatten()?;
    let id = place(&text);
    if id.is_none() {
        given.fault(parameter, Violation::new("", "unreadable", "must be the `next` of the page before"));
    }
    id
}

/// What is asked for: not everything takes every condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nearest,
    Along,
    List,
}

fn filter(given: &mut Given, asking: Asking) -> Option<Filter> {
    let needs = given.take(&NEED).map(|needs| needs.into_iter().collect());
    let unknown = if asking == Asking::List { Some(Unknown::Exclude) } else { given.take(&UNKNOWN) };
    let uncleaned = if asking == Asking::Nearest { given.take(&UNCLEANED) } else { Some(Uncleaned::Exclude) };
    let (kinds, grades) = (given.take(&KIND), given.take(&GRADE));
    let within = given.take(&CLEANED_WITHIN).map(in_minutes);
    let cleaned = uncleaned.map(|uncleaned| within.map(|within| Cleaned { within, uncleaned }));
    Some(Filter { needs: needs?, unknown: unknown?, kinds: kinds?, grades: grades?, cleaned: cleaned? })
}

/// A stretch of so many minutes, which its parameter keeps far from the edge of what can be written.
#[expect(clippy::cast_possible_truncation, reason = "a month has fewer seconds than an integer can count")]
fn in_minutes(minutes: f64) -> TimeDelta {
    TimeDelta::seconds((minutes * 60.0).round() as i64)
}

fn bbox(given: &mut Given, crs: Option<Crs>) -> Option<Bbox> {
    let [west, south, east, north] = given.take(&BBOX).flatten()?;
    if !given.has(&CRS) {
        given.fault(&CRS, Violation::new("", CRS_MISSING, format!("{} with bbox", CRS.wanted())));
    }
    bounds(given, &BBOX, [west, south, east, north]).and_then(|bounds| Some(Bbox { bounds, crs: crs? }))
}

/// The box with those edges; a fault is noted.
pub(super) fn bounds(given: &mut Given, parameter: &Numbers, [west, south, east, north]: [f64; 4]) -> Option<Bounds> {
    let bounds = Bounds::new(west, south, east, north);
    if let Err(error) = &bounds {
        given.fault(parameter, Violation::new("", "outOfRange", error.to_string()));
    }
    bounds.ok()
}
