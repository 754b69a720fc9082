//! Rows into domain values and back.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use chrono_tz::Tz;
use sea_orm::ActiveValue;
use sea_orm::ActiveValue::{NotSet, Set};

use super::StoreError;
use super::entity::{grade, outage, toilet};
use crate::domain::attested::Attested;
use crate::domain::facility::{Facilities, Facility, Fact};
use crate::domain::grade::{GradeRecord, NewGrade};
use crate::domain::hours::Hours;
use crate::domain::id::{GradeId, OutageId};
use crate::domain::outage::{NewOutage, Outage};
use crate::domain::period::Span;
use crate::domain::place::Place;
use crate::domain::stalls::Stalls;
use crate::domain::text::Text;
use crate::domain::{Draft, Violation};
use crate::geo::{Crs, Wgs84};

/// Hours that were read already: a register has far fewer distinct hours than toilets, and reading one takes longer
/// than all the rest of a row.
pub(super) type Memo = Mutex<HashMap<String, Hours>>;

/// Reads an optional word or text of a row.
pub(super) fn parse<T: FromStr<Err = Violation>>(text: Option<&str>) -> Result<Option<T>, Violation> {
    text.map(str::parse).transpose()
}

/// Reads an optional text of a row.
pub(super) fn text<const MAX: usize, const LINES: bool>(
    text: Option<&str>,
) -> Result<Option<Text<MAX, LINES>>, Violation> {
    text.map(Text::new).transpose()
}

/// What a row states about its toilet.
pub(super) fn draft(row: &toilet::Model, memo: Option<&Memo>) -> Result<Draft, StoreError> {
    read_draft(row, memo).map_err(|violation| StoreError::corrupt("toilet", row.id, violation))
}

fn read_draft(row: &toilet::Model, memo: Option<&Memo>) -> Result<Draft, Violation> {
    let zone = Tz::from_str(&row.zone).map_err(|error| Violation::new("zone", "unknownValue", error.to_string()))?;
    let extra: BTreeMap<String, String> =
        serde_json::from_str(&row.extra).map_err(|error| Violation::new("extra", "badField", error.to_string()))?;
    Ok(Draft {
        name: Text::new(&row.name)?,
        name_en: text(row.name_en.as_deref())?,
        code: text(row.code.as_deref())?,
        kind: parse(row.kind.as_deref())?,
        form: parse(row.form.as_deref())?,
        access: parse(row.access.as_deref())?,
        zone,
        calendar: row.calendar.clone(),
        position: place(row)?,
        address: text(row.address.as_deref())?,
        district: text(row.district.as_deref())?,
        area: None,
        lifecycle: row.lifecycle.parse()?,
        hours: row.hours.as_deref().map(|text| hours(text, memo)).transpose()?,
        hours_note: text(row.hours_note.as_deref())?,
        fee: parse(row.fee.as_deref())?,
        facilities: facilities(row)?,
        stalls: stalls(row),
        opened_on: row.opened_on,
        rebuilt_on: row.rebuilt_on,
        verified_at: row.verified_at,
        contact: parse(row.contact.as_deref())?,
        service_from: row.service_from,
        service_until: row.service_until,
        note: text(row.note.as_deref())?,
        extra,
    })
}

fn hours(text: &str, memo: Option<&Memo>) -> Result<Hours, Violation> {
    let read = || Hours::parse(text).map_err(|error| Violation::new("hours", "badHours", error.to_string()));
    let Some(memo) = memo else { return read() };
    let mut known = memo.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(hours) = known.get(text) {
        return Ok(hours.clone());
    }
    let hours = read()?;
    known.insert(text.to_owned(), hours.clone());
    Ok(hours)
}

fn place(row: &toilet::Model) -> Result<Option<Place>, Violation> {
    let (Some(latitude), Some(longitude)) = (row.latitude, row.longitude) else { return Ok(None) };
    let position = Wgs84::new(latitude, longitude)
        .map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))?;
    let given = row.datum.as_deref().unwrap_or("wgs84").parse::<Crs>();
    let given = given.map_err(|error| Violation::new("datum", "unknownValue", error.to_string()))?;
    Ok(Some(Place::new(position, given, row.shifted.unwrap_or(true))))
}

fn facilities(row: &toilet::Model) -> Result<Facilities, Violation> {
    let columns = [
        (Facility::Wheelchair, &row.wheelchair),
        (Facility::FamilyToilet, &row.family_toilet),
        (Facility::BabyChanging, &row.baby_changing),
        (Facility::Women, &row.women),
        (Facility::Men, &row.men),
        (Facility::Unisex, &row.unisex),
        (Facility::Paper, &row.paper),
        (Facility::HandWashing, &row.hand_washing),
        (Facility::Shower, &row.shower),
        (Facility::DrinkingWater, &row.drinking_water),
    ];
    let mut facilities = Facilities::default();
    for (facility, fact) in columns {
        facilities.set(facility, parse::<Fact>(fact.as_deref())?);
    }
    Ok(facilities)
}

fn stalls(row: &toilet::Model) -> Stalls {
    let count = |column: Option<i32>| column.and_then(|count| u16::try_from(count).ok());
    Stalls {
        total: count(row.stalls_total),
        women: count(row.stalls_women),
        men: count(row.stalls_men),
        urinals: count(row.stalls_urinals),
        accessible: count(row.stalls_accessible),
        family: count(row.stalls_family),
    }
}

/// The columns that hold what a draft states; the rest is not set. `area_id` belongs to the draft's area code;
/// where the toilet lies is written once its position stands (see `placing`).
pub(super) fn toilet_columns(draft: &Draft, area_id: Option<i32>) -> toilet::ActiveModel {
    let word = |text: Option<&str>| Set(text.map(ToOwned::to_owned));
    let fact = |facility| word(draft.facilities.get(facility).map(Fact::as_str));
    let count = |stalls: Option<u16>| Set(stalls.map(i32::from));
    let at = draft.position.as_ref();
    toilet::ActiveModel {
        id: NotSet,
        name: Set(draft.name.to_string()),
        name_en: Set(draft.name_en.as_ref().map(ToString::to_string)),
        code: Set(draft.code.as_ref().map(ToString::to_string)),
        kind: word(draft.kind.map(crate::domain::toilet::Kind::as_str)),
        form: word(draft.form.map(crate::domain::toilet::Form::as_str)),
        access: word(draft.access.map(crate::domain::toilet::Access::as_str)),
        zone: Set(draft.zone.name().to_owned()),
        calendar: Set(draft.calendar.clone()),
        latitude: Set(at.map(|place| place.position.latitude())),
        longitude: Set(at.map(|place| place.position.longitude())),
        datum: word(at.map(|place| place.given.as_str())),
        shifted: Set(at.map(|place| place.shifted)),
        address: Set(draft.address.as_ref().map(ToString::to_string)),
        district: Set(draft.district.as_ref().map(ToString::to_string)),
        area_id: Set(area_id),
        located_area_id: NotSet,
        lifecycle: Set(draft.lifecycle.as_str().to_owned()),
        hours: word(draft.hours.as_ref().map(Hours::as_str)),
        hours_note: Set(draft.hours_note.as_ref().map(ToString::to_string)),
        fee: word(draft.fee.map(Fact::as_str)),
        wheelchair: fact(Facility::Wheelchair),
        family_toilet: fact(Facility::FamilyToilet),
        baby_changing: fact(Facility::BabyChanging),
        women: fact(Facility::Women),
        men: fact(Facility::Men),
        unisex: fact(Facility::Unisex),
        paper: fact(Facility::Paper),
        hand_washing: fact(Facility::HandWashing),
        shower: fact(Facility::Shower),
        drinking_water: fact(Facility::DrinkingWater),
        stalls_total: count(draft.stalls.total),
        stalls_women: count(draft.stalls.women),
        stalls_men: count(draft.stalls.men),
        stalls_urinals: count(draft.stalls.urinals),
        stalls_accessible: count(draft.stalls.accessible),
        stalls_family: count(draft.stalls.family),
        opened_on: Set(draft.opened_on),
        rebuilt_on: Set(draft.rebuilt_on),
        verified_at: Set(draft.verified_at),
        contact: Set(draft.contact.as_ref().map(ToString::to_string)),
        service_from: Set(draft.service_from),
        service_until: Set(draft.service_until),
        note: Set(draft.note.as_ref().map(ToString::to_string)),
        extra: Set(serde_json::to_string(&draft.extra).unwrap_or_else(|_| "{}".to_owned())),
        attested: NotSet,
        source_id: NotSet,
        source_key: NotSet,
        revision: NotSet,
        created_at: NotSet,
        updated_at: NotSet,
    }
}

/// Which fields of a row somebody saw with their own eyes.
pub(super) fn attested(row: &toilet::Model) -> Result<Attested, StoreError> {
    serde_json::from_str(&row.attested).map_err(|error| StoreError::corrupt("toilet", row.id, error))
}

/// The column that holds them.
pub(super) fn attested_column(attested: &Attested) -> ActiveValue<String> {
    Set(serde_json::to_string(attested).unwrap_or_else(|_| "{}".to_owned()))
}

/// A closure from its row.
pub(super) fn outage(row: &outage::Model) -> Result<Outage, StoreError> {
    let read = || {
        let span = Span::new(row.from_at, row.until_at)?;
        let fact = NewOutage { reason: row.reason.parse()?, span, note: text(row.note.as_deref())? };
        let (state, by) = (row.state.parse()?, parse(row.person_id.as_deref())?);
        Ok(Outage { id: OutageId(row.id), fact, expected_until: row.expected_at, state, by })
    };
    read().map_err(|violation: Violation| StoreError::corrupt("outage", row.id, violation))
}

/// A grade's row as the record that it is.
pub(super) fn grade_record(row: &grade::Model) -> Result<GradeRecord, StoreError> {
    let evidence = row.evidence.as_deref().map(str::parse).transpose();
    let evidence = evidence.map_err(|violation| StoreError::corrupt("grade", row.id, violation))?;
    let superseded_by = row.superseded_by.map(GradeId);
    Ok(GradeRecord { id: GradeId(row.id), fact: grade(row)?, superseded_by, evidence })
}

/// A grade's row as the statement it holds.
pub(super) fn grade(row: &grade::Model) -> Result<NewGrade, StoreError> {
    let read = || {
        let mut grade = NewGrade::new(row.standard.parse()?, row.grade.parse()?)?;
        grade.assessed_on = row.assessed_on;
        grade.valid_to = row.valid_to;
        grade.revoked_on = row.revoked_on;
        grade.superseded_on = row.superseded_on;
        grade.certificate = text(row.certificate.as_deref())?;
        grade.assessor = text(row.assessor.as_deref())?;
        Ok(grade)
    };
    read().map_err(|violation: Violation| StoreError::corrupt("grade", row.id, violation))
}
