//! Values that are easy to make, each saying only what matters to its test.

use gongce::domain::Draft;
use gongce::domain::area::NewArea;
use gongce::domain::draft::Fields;
use gongce::domain::event::{Action, NewEntry, RecordKind, changes};
use gongce::domain::id::{AreaId, ToiletId};
use gongce::domain::key::{Key, KeyId, KeyRing};
use gongce::domain::place::Place;
use gongce::domain::statement::Statement;
use gongce::domain::text::Name;
use gongce::geo::{Crs, Wgs84};
use gongce::store::{StoreError, Tx};

/// The instant at which tests take place: a Monday afternoon in Mengjin.
pub(crate) const NOW: &str = "2026-11-23T08:00:00Z";

/// The keys of a test: those with these names, the same every time.
pub(crate) fn keys(names: &str) -> KeyRing {
    let key = |name: char| {
        let bytes: Vec<u8> =
            (0..32_u8).map(|place| place.wrapping_mul(place).wrapping_mul(37) ^ (name as u8)).collect();
        (KeyId::read(name).unwrap(), Key::new(&bytes).unwrap())
    };
    KeyRing::new(names.chars().map(key)).unwrap()
}

/// A toilet of that name at Mengjin, about which little is known.
pub(crate) fn draft(name: &str) -> Draft {
    let mut draft = Draft::new(Name::new(name).unwrap(), chrono_tz::Asia::Shanghai);
    draft.position = Some(Place::new(Wgs84::new(34.8264, 112.4364).unwrap(), Crs::Wgs84, true));
    draft
}

/// What a source says of a toilet with that key, whose name is the key.
pub(crate) fn statement(key: &str) -> Statement {
    let (grades, outages, operators) = (Vec::new(), Vec::new(), Vec::new());
    Statement { key: key.to_owned(), draft: draft(key), grades, outages, operators }
}

/// Makes an area and tells the journal of it.
pub(crate) async fn area(tx: &Tx, area: &NewArea) -> Result<AreaId, StoreError> {
    let id = tx.create_area(area).await?;
    tx.append(vec![made(RecordKind::Area, &&area.code, &area.fields())]).await.map(|()| id)
}

/// What the journal is told of a new record that a test has made without the use case which does.
pub(crate) fn made(kind: RecordKind, key: &impl ToString, fields: &Fields) -> NewEntry {
    let (action, changes) = (Action::Create, changes(&Fields::new(), fields));
    NewEntry { kind, key: key.to_string(), version: 1, action, changes }
}

/// Tells the journal of toilets that a test has made without the use case which does.
pub(crate) async fn journaled(tx: &Tx, ids: &[ToiletId]) -> Result<(), StoreError> {
    let entry = |toilet: &gongce::domain::Toilet| {
        let (kind, key, action) = (RecordKind::Toilet, toilet.id.to_string(), Action::Create);
        NewEntry { kind, key, version: toilet.revision, action, changes: changes(&Fields::new(), &toilet.fields()) }
    };
    let entries = tx.toilets(ids).await?.iter().map(entry).collect();
    tx.append(entries).await
}
