//! Bundles as the interface shows them: the shapes of the document. [`bundle_json`](super::bundle_json) writes them.

use poem_openapi::Object;

use super::instant::Instant;
use super::toilet_view::AreaRefView;
use super::words::Word;
use crate::domain::facility::Fact;
use crate::domain::toilet::{Access, Kind};
use crate::geo::Crs;

/// A copy of the toilets of an area for phones. The license of the data is that of the register.
#[derive(Debug, Object)]
#[oai(rename = "Bundle", rename_all = "camelCase")]
pub(super) struct BundleView {
    /// What it holds at least: `since` of the changes to come.
    version: i64,
    /// The datum of its positions.
    crs: Word<Crs>,
    /// The IANA time zone of items that name none.
    zone: String,
    /// From when on `open` and `shut` are told: the beginning of today.
    hours_from: Instant,
    /// Until when. Take changes before this.
    hours_until: Instant,
    /// Which facility each letter of `facilities` is about.
    facilities: Vec<String>,
    /// The areas that items name by their place in this list.
    areas: Vec<AreaRefView>,
    /// The weeks that items name by their place in this list: each pairs of minutes from Monday's midnight, by the clock on
    /// the wall, from when until when the door is open.
    weeks: Vec<Vec<Vec<u16>>>,
    /// What items name by their place in this list: pairs of minutes from `hoursFrom`, from when until when the door is open.
    opens: Vec<Vec<Vec<i64>>>,
    /// The toilets, in the order of their ids.
    items: Vec<BundleItemView>,
}

/// What changed in a bundle.
#[derive(Debug, Object)]
#[oai(rename = "BundleChanges", rename_all = "camelCase")]
pub(super) struct ChangesView {
    /// What the bundle holds at least once this is applied.
    version: i64,
    /// The datum of the positions.
    crs: Word<Crs>,
    /// The IANA time zone of items that name none.
    zone: String,
    /// From when on `open` and `shut` are told: the beginning of today.
    hours_from: Instant,
    /// Until when.
    hours_until: Instant,
    /// Which facility each letter of `facilities` is about.
    facilities: Vec<String>,
    /// The areas that the items of this answer name by their place in this list.
    areas: Vec<AreaRefView>,
    /// The weeks that the items of this answer name by their place in this list.
    weeks: Vec<Vec<Vec<u16>>>,
    /// What the items of this answer name by their place in this list: pairs of minutes from `hoursFrom`.
    opens: Vec<Vec<Vec<i64>>>,
    /// The toilets to be put in, or in the place of those with their ids.
    items: Vec<BundleItemView>,
    /// The ids of toilets to be taken out, if they are there.
    removed: Vec<i32>,
}

/// A toilet of a bundle. At most one of `week` and `open` is there; with neither, nobody knows the hours.
#[derive(Debug, Object)]
#[oai(rename = "BundleItem", rename_all = "camelCase", skip_serializing_if_is_none)]
struct BundleItemView {
    /// Its id, fit for a map marker.
    id: i32,
    /// The number on its sign.
    code: Option<String>,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: Option<String>,
    /// What sort of toilet it is.
    kind: Option<Word<Kind>>,
    /// Who may use it; left out where everybody may.
    access: Option<Word<Access>>,
    /// The zone of its hours, where it is another than that of the bundle.
    zone: Option<String>,
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
    /// Its address.
    address: Option<String>,
    /// Its area, as a place in `areas`.
    area: Option<i32>,
    /// What is inside, a letter for each of the bundle's `facilities`: `y` yes, `l` limited, `n` no, `-` unknown. Those behind
    /// the last letter are unknown.
    facilities: Option<String>,
    /// Whether a fee is taken.
    fee: Option<Word<Fact>>,
    /// The grades that it holds.
    grades: Option<Vec<String>>,
    /// `true` for one that cannot be used yet.
    planned: Option<bool>,
    /// When it is open in every week, as a place in `weeks`.
    week: Option<i32>,
    /// When it is open until `hoursUntil`, closures taken out, as a place in `opens`.
    open: Option<i32>,
    /// When it is closed until `hoursUntil`, where its hours are not known: pairs of minutes from `hoursFrom`.
    shut: Option<Vec<Vec<i64>>>,
}
