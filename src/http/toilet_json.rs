//! Writes toilets: the prepared fragment joined with what depends on the datum, the place and the time.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::answer::Answer;
use super::fragment::Fragment;
use super::instant::written;
use super::json::Json;
use super::toilet_params::next;
use super::toilet_view::{NearestView, ToiletPageView, ToiletView};
use crate::domain::area::Area;
use crate::domain::holiday::Calendars;
use crate::domain::hours::{Hours, Opening};
use crate::domain::text::Text;
use crate::domain::toilet::Status;
use crate::finder::{Entry, Finder, Hit, NearestQuery, Page};
use crate::geo::{Crs, bearing};

/// What one toilet takes on the wire, in bytes; only a hint.
const USUAL_BYTES: usize = 1024;

/// For whom toilets are written: in which datum, judged when, by which calendars.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) finder: &'a Finder,
    pub(super) calendars: &'a Calendars,
    pub(super) crs: Crs,
    pub(super) at: DateTime<Utc>,
}

impl Reader<'_> {
    /// The nearest toilets. The instant belongs to the tag only if it was asked for: otherwise every answer would
    /// differ from the one before, though nothing had changed.
    pub(super) fn nearest(&self, query: &NearestQuery, at_was_asked: bool, hits: &[Hit]) -> Answer<NearestView> {
        let mut items = Json::with_capacity(hits.len() * USUAL_BYTES);
        items.open(b'[');
        for hit in hits {
            self.hit(&mut items, query, hit);
        }
        items.close(b']');
        let items = items.into_bytes();
        let at = written(self.at);
        let mut json = Json::with_capacity(items.len() + 64);
        json.open(b'{');
        json.text_field("crs", self.crs.as_str());
        json.text_field("at", &at);
        json.key("items");
        json.written(&items);
        json.close(b'}');
        let asked = if at_was_asked { at.as_bytes() } else { b"" };
        Answer::raw(json.into_bytes(), &[self.crs.as_str().as_bytes(), asked, &items])
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
        json.bare_field("distance", format_args!("{:.1}", hit.distance_metres));
        let bearing = hit.entry.place_at(query.at).map_or(0.0, |place| bearing(query.from, place.position));
        json.bare_field("bearing", format_args!("{:.1}", tenths(bearing)));
        json.known_text("across", hit.across.as_ref().map(Text::as_str));
        let mut unsure = hit.unsure.names().peekable();
        if unsure.peek().is_some() {
            json.key("unsure");
            json.open(b'[');
            unsure.for_each(|name| json.text(name));
            json.close(b']');
        }
        json.close(b'}');
    }

    /// The members of a toilet, in the order of the document.
    fn members(&self, json: &mut Json, entry: &Entry) {
        let fragment = Fragment::read(entry.fragment());
        json.written(fragment.identity);
        if let Some(place) = entry.place_at(self.at) {
            let (latitude, longitude) = place.in_crs(self.crs);
            json.key("position");
            json.open(b'{');
            json.bare_field("latitude", format_args!("{latitude:.7}"));
            json.bare_field("longitude", format_args!("{longitude:.7}"));
            json.close(b'}');
        }
        json.written(fragment.whereabouts);
        if let Some(operator) = fragment.operator(entry.day(self.at)) {
            json.key("operator");
            json.written(operator);
        }
        self.state(json, entry);
        json.written(fragment.inside);
        self.grades(json, entry);
        self.cleaning(json, entry);
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
        let (now, until, opens_at) = match entry.opening(self.calendars, self.at) {
            Opening::Open { until } => (true, until, None),
            Opening::Closed { opens_at } => (false, None, opens_at),
            Opening::Unknown => return,
        };
        json.key("open");
        json.open(b'{');
        json.bare_field("now", now);
        json.known_text("until", until.map(written));
        json.known_text("opensAt", opens_at.map(written));
        if let Some(ranges) = entry.today(self.calendars, self.at) {
            json.key("today");
            json.open(b'[');
            for range in &ranges {
                json.text(range);
            }
            json.close(b']');
        }
        json.known_text("hours", entry.hours().map(Hours::as_str));
        json.close(b'}');
    }

    fn cleaning(&self, json: &mut Json, entry: &Entry) {
        let Some(settlement) = self.finder.settlement(entry.id()) else { return };
        let rate = settlement.on_time.value();
        let (last, next) = (settlement.last_cleaned_at, settlement.next_due_at);
        if last.is_none() && next.is_none() && rate.is_none() {
            return;
        }
        json.key("cleaning");
        json.open(b'{');
        json.known_text("lastCleanedAt", last.map(written));
        json.known_text("nextDueAt", next.map(written));
        if let Some(rate) = rate {
            json.bare_field("onTimeRate30d", format_args!("{rate:.4}"));
        }
        json.close(b'}');
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

/// A bearing to tenths of a degree; what would be written as 360.0 is north.
fn tenths(degrees: f64) -> f64 {
    let tenths = (degrees * 10.0).round() / 10.0;
    if tenths >= 360.0 { 0.0 } else { tenths }
}
