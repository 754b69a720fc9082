//! Writes toilets: the prepared fragment joined with what depends on the datum, the place and the time.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::answer::Answer;
use super::fragment::{Fragment, position};
use super::instant::written;
use super::json::Json;
use super::toilet_params::next;
use super::toilet_view::{NearestView, PassageView, ToiletPageView, ToiletView};
use crate::domain::area::Area;
use crate::domain::holiday::Calendars;
use crate::domain::hours::{Hours, Opening};
use crate::domain::slot::Settlement;
use crate::domain::text::Text;
use crate::domain::toilet::Status;
use crate::finder::{AlongQuery, Doors, Entry, Hit, NearestQuery, Page, Passage, Unsure};
use crate::geo::{Crs, bearing};

/// What one toilet takes on the wire, in bytes; only a hint.
const USUAL_BYTES: usize = 1024;

/// For whom toilets are written: in which datum, judged when, by which calendars.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) calendars: &'a Calendars,
    pub(super) crs: Crs,
    pub(super) at: DateTime<Utc>,
}

/// A line of the cache, in bytes.
const LINE: usize = 64;

/// Has memory bring all that is to be written at once, instead of one line after the other as it is written.
fn fetch(hits: &[Hit]) {
    let lines = hits.iter().flat_map(|hit| hit.entry.fragment().iter().step_by(LINE));
    std::hint::black_box(lines.fold(0, |all, byte| all ^ byte));
}

impl Reader<'_> {
    /// The nearest toilets. The instant belongs to the tag only if it was asked for: otherwise every answer would
    /// differ from the one before, though nothing had changed.
    pub(super) fn nearest(&self, query: &NearestQuery, at_was_asked: bool, hits: &[Hit]) -> Answer<NearestView> {
        fetch(hits);
        let at = written(self.at);
        let mut json = Json::with_capacity((hits.len() + 1) * USUAL_BYTES);
        json.open(b'{');
        json.text_field("crs", self.crs.as_str());
        json.text_field("at", &at);
        json.key("items");
        let begin = json.len();
        json.open(b'[');
        for hit in hits {
            self.hit(&mut json, query, hit);
        }
        json.close(b']');
        json.close(b'}');
        let asked = if at_was_asked { at.as_bytes() } else { b"" };
        Answer::tagged_from(json.into_bytes(), begin, [self.crs.as_str().as_bytes(), asked])
    }

    /// The toilets along a way.
    pub(super) fn passage(&self, query: &AlongQuery, passage: &Passage) -> Answer<PassageView> {
        let mut json = Json::with_capacity(passage.passed.len() * USUAL_BYTES);
        json.open(b'{');
        json.text_field("crs", self.crs.as_str());
        json.text_field("at", written(self.at));
        json.tenths_field("length", query.route.metres());
        json.key("items");
        json.open(b'[');
        for passed in &passage.passed {
            json.open(b'{');
            self.members(&mut json, &passed.entry);
            json.tenths_field("along", passed.beside.along);
            json.tenths_field("aside", passed.beside.aside);
            unsure(&mut json, passed.unsure);
            json.close(b'}');
        }
        json.close(b']');
        json.bare_field("more", passage.more);
        json.close(b'}');
        Answer::whole(json.into_bytes())
    }

    /// A page of toilets, in those areas if any were asked for.
    pub(super) fn page(&self, page: &Page, areas: &[Arc<Area>]) -> Answer<ToiletPageView> {
        let mut json = Json::with_capacity(page.entries.len() * USUAL_BYTES);
        json.open(b'{');
        json.text_field("crs", self.crs.as_str());
        if !areas.is_empty() {
            json.key("areas");
            json.open(b'[');
            for area in areas {
                json.open(b'{');
                json.text_field("code", area.fact.code.as_str());
                json.text_field("name", area.fact.name.as_str());
                json.close(b'}');
            }
            json.close(b']');
        }
        json.key("items");
        json.open(b'[');
        for entry in &page.entries {
            json.open(b'{');
            self.members(&mut json, entry);
            json.close(b'}');
        }
        json.close(b']');
        json.known_text("next", page.next.map(next));
        json.close(b'}');
        Answer::whole(json.into_bytes())
    }

    /// One toilet.
    pub(super) fn toilet(&self, entry: &Entry) -> Answer<ToiletView> {
        let mut json = Json::with_capacity(USUAL_BYTES);
        json.open(b'{');
        self.members(&mut json, entry);
        json.text_field("crs", self.crs.as_str());
        json.close(b'}');
        Answer::whole(json.into_bytes()).of_revision(entry.revision())
    }

    /// One toilet that was found, with its distance.
    pub(super) fn hit(&self, json: &mut Json, query: &NearestQuery, hit: &Hit) {
        json.open(b'{');
        self.members(json, &hit.entry);
        json.tenths_field("distance", hit.distance_metres);
        let bearing = hit.entry.place_at(query.at).map_or(0.0, |place| bearing(query.from, place.position));
        json.tenths_field("bearing", tenths(bearing));
        json.known_text("across", hit.across.as_ref().map(Text::as_str));
        unsure(json, hit.unsure);
        json.close(b'}');
    }

    /// The members of a toilet, in the order of the document.
    fn members(&self, json: &mut Json, entry: &Entry) {
        let fragment = Fragment::read(entry.fragment());
        json.written(fragment.identity);
        if entry.moves() {
            if let Some(place) = entry.place_at(self.at) {
                position(place, self.crs, json);
            }
        } else {
            json.written(fragment.position(self.crs));
        }
        json.written(fragment.whereabouts);
        if let Some(operator) = fragment.operator(entry.day(self.at)) {
            json.key("operator");
            json.written(operator);
        }
        self.state(json, entry);
        json.written(fragment.inside);
        self.grades(json, entry);
        if let Some(upkeep) = entry.upkeep() {
            json.written(upkeep.written(cleaning));
        }
        json.written(fragment.record);
    }

    fn state(&self, json: &mut Json, entry: &Entry) {
        let status = entry.status(self.at);
        json.text_field("status", status.as_str());
        if let Some(closure) = entry.closure(self.at).filter(|_| status == Status::Closed) {
            json.key("outage");
            json.open(b'{');
            json.text_field("reason", closure.reason.as_str());
            json.text_field("from", written(closure.span.from()));
            json.known_text("until", closure.span.until().map(written));
            json.known_text("expectedUntil", closure.expected_until.map(written));
            json.close(b'}');
        }
        if matches!(status, Status::InService | Status::Closed) {
            self.open(json, entry);
        }
    }

    fn open(&self, json: &mut Json, entry: &Entry) {
        let hours = entry.hours().map(Hours::as_str);
        if let Some(doors) = entry.doors(self.calendars, self.at) {
            let written = |doors: &Doors| {
                let mut json = Json::default();
                open(&mut json, doors.opening(), || doors.today().map(<[_]>::to_vec), hours);
                json.into_bytes()
            };
            json.written(doors.written(written));
        } else {
            let opening = entry.opening(self.calendars, self.at);
            open(json, opening, || entry.today(self.calendars, self.at), hours);
        }
    }

    fn grades(&self, json: &mut Json, entry: &Entry) {
        let today = entry.day(self.at);
        let mut records = entry.grades().iter().filter(|record| record.is_given_by(today)).peekable();
        if records.peek().is_none() {
            return;
        }
        json.key("grades");
        json.open(b'[');
        for record in records {
            json.open(b'{');
            json.text_field("standard", record.standard().as_str());
            json.text_field("grade", record.grade().as_str());
            json.known_text("assessedOn", record.assessed_on.map(|day| day.to_string()));
            json.text_field("standing", record.standing(today).as_str());
            json.close(b'}');
        }
        json.close(b']');
    }
}

/// What nobody knows about a toilet though it was asked for, if there is anything.
fn unsure(json: &mut Json, unsure: Unsure) {
    let mut names = unsure.names().peekable();
    if names.peek().is_some() {
        json.key("unsure");
        json.open(b'[');
        names.for_each(|name| json.text(name));
        json.close(b']');
    }
}

/// Whether the door is open, and when that changes; nothing where nobody knows.
fn open(json: &mut Json, opening: Opening, today: impl FnOnce() -> Option<Vec<String>>, hours: Option<&str>) {
    let (now, until, opens_at) = match opening {
        Opening::Open { until } => (true, until, None),
        Opening::Closed { opens_at } => (false, None, opens_at),
        Opening::Unknown => return,
    };
    json.key("open");
    json.open(b'{');
    json.bare_field("now", now);
    json.known_text("until", until.map(written));
    json.known_text("opensAt", opens_at.map(written));
    if let Some(ranges) = today() {
        json.key("today");
        json.open(b'[');
        for range in &ranges {
            json.text(range);
        }
        json.close(b']');
    }
    json.known_text("hours", hours);
    json.close(b'}');
}

/// How its cleaning stands; nothing where nothing is known.
fn cleaning(settlement: &Settlement) -> Vec<u8> {
    let rate = settlement.on_time.value();
    let (last, next) = (settlement.last_cleaned_at, settlement.next_due_at);
    let mut json = Json::default();
    if last.is_none() && next.is_none() && rate.is_none() {
        return json.into_bytes();
    }
    json.key("cleaning");
    json.open(b'{');
    json.known_text("lastCleanedAt", last.map(written));
    json.known_text("nextDueAt", next.map(written));
    if let Some(rate) = rate {
        json.bare_field("onTimeRate30d", format_args!("{rate:.4}"));
    }
    json.close(b'}');
    json.into_bytes()
}

/// A bearing to tenths of a degree; what would be written as 360.0 is north.
fn tenths(degrees: f64) -> f64 {
    let tenths = (degrees * 10.0).round() / 10.0;
    if tenths >= 360.0 { 0.0 } else { tenths }
}
