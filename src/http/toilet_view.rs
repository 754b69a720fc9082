//! A toilet as the interface shows it: the shapes of the document. [`toilet_json`](super::toilet_json) writes them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use poem_openapi::Object;

use super::instant::Instant;
use super::words::Word;
use crate::domain::facility::Fact;
use crate::domain::grade::{Grade, Standard, Standing};
use crate::domain::operator::OperatorKind;
use crate::domain::outage::OutageReason;
use crate::domain::toilet::{Access, Form, Kind, Status};
use crate::geo::Crs;

/// A public toilet. What is not known is left out; nothing is ever `null`.
#[derive(Debug, Object)]
#[oai(rename = "Toilet", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct ToiletView {
    /// Its id, at most 799,999,999, fit for a map marker.
    pub(super) id: i32,
    /// The number on its sign.
    code: Option<String>,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: Option<String>,
    /// What sort of toilet it is.
    kind: Option<Word<Kind>>,
    /// How it is built.
    form: Option<Word<Form>>,
    /// Who may use it.
    access: Option<Word<Access>>,
    /// The IANA time zone in which its hours and days are meant.
    zone: String,
    /// Where it stands, in the datum of the answer; a toilet known by its address alone has none.
    position: Option<PositionView>,
    /// Its address.
    address: Option<String>,
    /// The district its source names, in the source's words.
    district: Option<String>,
    /// The area it is registered in.
    area: Option<AreaRefView>,
    /// The body that keeps it running and clean.
    operator: Option<OperatorView>,
    /// What the public is told now (or at `at`).
    status: Word<Status>,
    /// The closure in force, if `status` is `closed`.
    outage: Option<OutageView>,
    /// Whether the door is open now (or at `at`); left out when that is not known.
    open: Option<OpenView>,
    /// What is inside.
    facilities: Option<FacilitiesView>,
    /// Whether a fee is taken.
    fee: Option<Word<Fact>>,
    /// Counted stalls.
    stalls: Option<StallsView>,
    /// Its grade records up to now (or to the day of `at`).
    grades: Option<Vec<GradeView>>,
    /// How it is kept clean, as far as anything is planned or logged.
    cleaning: Option<CleaningNowView>,
    /// When it was first opened.
    opened_on: Option<NaiveDate>,
    /// When it was last rebuilt or upgraded.
    rebuilt_on: Option<NaiveDate>,
    /// What its source says about the hours, where that could not be read as hours.
    hours_note: Option<String>,
    /// A remark for the public.
    note: Option<String>,
    /// The telephone line on its public sign.
    contact: Option<String>,
    /// From when it serves, if it is there for a time only.
    service_from: Option<Instant>,
    /// Until when it serves.
    service_until: Option<Instant>,
    /// Counts the writes to the record.
    revision: i32,
    /// When somebody last confirmed the record.
    verified_at: Option<Instant>,
    /// When somebody saw these fields with their own eyes, by their names: `facilities.wheelchair`, `position`.
    attested: Option<BTreeMap<String, AttestationView>>,
    /// Where the record came from.
    source: Option<SourceView>,
    /// What the source states beyond these fields, by its own names.
    extra: Option<BTreeMap<String, String>>,
    /// The datum of `position`, in the answer about one toilet.
    crs: Option<Word<Crs>>,
}

/// A position in the datum of the answer, seven decimals.
#[derive(Debug, Object)]
#[oai(rename = "Position")]
pub(super) struct PositionView {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
}

impl PositionView {
    /// Latitude and longitude.
    pub(super) fn of((latitude, longitude): (f64, f64)) -> Self {
        let rounded = |degrees: f64| (degrees * 1e7).round() / 1e7;
        Self { latitude: rounded(latitude), longitude: rounded(longitude) }
    }
}

/// How a toilet is kept clean: now, whatever `at` was asked for.
#[derive(Debug, Object)]
#[oai(rename = "CleaningNow", skip_serializing_if_is_none)]
struct CleaningNowView {
    /// When it was last cleaned.
    #[oai(rename = "lastCleanedAt")]
    last_cleaned_at: Option<Instant>,
    /// By when it is due to be cleaned next.
    #[oai(rename = "nextDueAt")]
    next_due_at: Option<Instant>,
    /// How much of what was due in the last thirty days was done on time, from 0 to 1; left out where nothing was due.
    #[oai(rename = "onTimeRate30d")]
    on_time_rate_30d: Option<f64>,
}

/// The area a toilet is registered in.
#[derive(Debug, Object)]
#[oai(rename = "AreaRef")]
pub(super) struct AreaRefView {
    /// Its code today.
    code: String,
    /// Its name today.
    name: String,
}

/// A body behind a toilet.
#[derive(Debug, Object)]
#[oai(rename = "Operator")]
struct OperatorView {
    /// Its id.
    id: i32,
    /// Its name.
    name: String,
    /// What sort of body it is.
    kind: Word<OperatorKind>,
}

/// A closure in force.
#[derive(Debug, Object)]
#[oai(rename = "Outage", rename_all = "camelCase", skip_serializing_if_is_none)]
struct OutageView {
    /// Why.
    reason: Word<OutageReason>,
    /// Since when.
    from: Instant,
    /// Until when, if that is known.
    until: Option<Instant>,
    /// Until when it is hoped to last, where it goes on until somebody ends it.
    expected_until: Option<Instant>,
}

/// Whether a door is open, closures worked in.
#[derive(Debug, Object)]
#[oai(rename = "Open", rename_all = "camelCase", skip_serializing_if_is_none)]
struct OpenView {
    /// Whether it is open.
    now: bool,
    /// Until when it stays open, if it closes within a year.
    until: Option<Instant>,
    /// When it opens, if it is closed and that is known.
    opens_at: Option<Instant>,
    /// The hours of today (in `zone`) as ranges, closures taken out; empty when it does not open, left out when that
    /// is not known.
    today: Option<Vec<String>>,
    /// The hours in OpenStreetMap's `opening_hours` form.
    hours: Option<String>,
}

/// What is inside; what is not known is left out.
#[derive(Debug, Object)]
#[oai(rename = "Facilities", rename_all = "camelCase", skip_serializing_if_is_none)]
struct FacilitiesView {
    /// A stall that a wheelchair user can use.
    wheelchair: Option<Word<Fact>>,
    /// A family ("third") room, 第三卫生间.
    family_toilet: Option<Word<Fact>>,
    /// A table to change a baby on.
    baby_changing: Option<Word<Fact>>,
    /// A part for women.
    women: Option<Word<Fact>>,
    /// A part for men.
    men: Option<Word<Fact>>,
    /// Rooms for everyone.
    unisex: Option<Word<Fact>>,
    /// Toilet paper.
    paper: Option<Word<Fact>>,
    /// A place to wash hands.
    hand_washing: Option<Word<Fact>>,
    /// A shower.
    shower: Option<Word<Fact>>,
    /// Drinking water.
    drinking_water: Option<Word<Fact>>,
}

/// Counted stalls; what nobody counted is left out.
#[derive(Debug, Object)]
#[oai(rename = "Stalls", skip_serializing_if_is_none)]
struct StallsView {
    /// In all, as the source states it; need not be the sum of the others.
    total: Option<u16>,
    /// For women.
    women: Option<u16>,
    /// For men, urinals left out.
    men: Option<u16>,
    /// Urinals.
    urinals: Option<u16>,
    /// For wheelchair users.
    accessible: Option<u16>,
    /// Family rooms.
    family: Option<u16>,
}

/// A grade record.
#[derive(Debug, Object)]
#[oai(rename = "GradeRecord", rename_all = "camelCase", skip_serializing_if_is_none)]
struct GradeView {
    /// The standard.
    standard: Word<Standard>,
    /// The grade under it.
    grade: Word<Grade>,
    /// When it was assessed.
    assessed_on: Option<NaiveDate>,
    /// Where it stands now (or at `at`).
    standing: Word<Standing>,
}

/// That somebody found a field to be so.
#[derive(Debug, Object)]
#[oai(rename = "Attestation", skip_serializing_if_is_none)]
struct AttestationView {
    /// When.
    at: Instant,
    /// How exact it is, in metres: of a position.
    accuracy: Option<f64>,
}

/// Where a record came from.
#[derive(Debug, Object)]
#[oai(rename = "SourceRef", skip_serializing_if_is_none)]
struct SourceView {
    /// The source's name.
    name: String,
    /// The toilet's key there.
    key: String,
    /// `true` where the record is made up for demonstration.
    synthetic: Option<bool>,
}

/// The nearest toilets, sorted by distance, then id.
#[derive(Debug, Object)]
#[oai(rename = "Nearest")]
pub(super) struct NearestView {
    /// The datum of all positions.
    crs: Word<Crs>,
    /// The instant at which they were judged.
    at: Instant,
    /// The toilets.
    items: Vec<NearToiletView>,
}

/// A toilet with its distance and direction.
#[derive(Debug, Object)]
#[oai(rename = "NearToilet", skip_serializing_if_is_none)]
pub(super) struct NearToiletView {
    #[oai(flatten)]
    toilet: ToiletView,
    /// Metres along the great circle.
    distance: f64,
    /// Degrees clockwise from north.
    bearing: f64,
    /// What bars the straight way to it, such as 黄河: the first barrier that it crosses away from a bridge.
    across: Option<String>,
    /// What was asked for and is not known: needs, and `hours`.
    unsure: Option<Vec<String>>,
}

/// The toilets along a way, in the order in which one comes by them, then by id.
#[derive(Debug, Object)]
#[oai(rename = "Passage")]
pub(super) struct PassageView {
    /// The datum of all positions.
    crs: Word<Crs>,
    /// The instant at which they were judged.
    at: Instant,
    /// How long the way is, in metres along the great circles between its positions.
    length: f64,
    /// The toilets.
    items: Vec<PassedToiletView>,
    /// Whether there are more, farther on.
    more: bool,
}

/// A toilet with where it lies beside the way.
#[derive(Debug, Object)]
#[oai(rename = "PassedToilet", skip_serializing_if_is_none)]
struct PassedToiletView {
    #[oai(flatten)]
    toilet: ToiletView,
    /// How far it is in metres from the beginning of the way to where it comes nearest to the toilet.
    along: f64,
    /// How far it is in metres from there to the toilet.
    aside: f64,
    /// What was asked for and is not known: needs, and `hours`.
    unsure: Option<Vec<String>>,
}

/// A page of toilets in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "ToiletPage", skip_serializing_if_is_none)]
pub(super) struct ToiletPageView {
    /// The datum of all positions.
    crs: Word<Crs>,
    /// The areas of today that `area` means, whichever codes it gave.
    areas: Option<Vec<AreaRefView>>,
    /// The toilets.
    items: Vec<ToiletView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}
