//! The same of what is told in fewer words: areas, which change their codes, sets of toilets, plates and cleanings.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::Found;
use super::histories::{Codes, disagreement};
use crate::domain::cleaning::Verified;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, RecordKind};
use crate::domain::history::{Entry, Gap, Replayed, replay, replay_onto};
use crate::domain::plate::Serial;
use crate::store::entity::{area_outline, cleaning, journal, plate};
use crate::store::{StoreError, areas, cleanings, deployments, history, outlines};

/// Records of which histories are read at a time.
const PAGE: usize = 500;

/// Areas, sets, plates and cleanings. A row that cannot be read is told by the check of rows.
pub(super) async fn stories(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    let told = [
        of_areas(tx, codes).await,
        of_deployments(tx, codes).await,
        of_plates(tx, codes).await,
        of_cleanings(tx, codes).await,
    ];
    for told in told {
        match told {
            Err(StoreError::Corrupt { table, .. }) if table != "journal" => {}
            told => found.extend(told?),
        }
    }
    Ok(found)
}

/// An area goes by its code in the journal, and takes its story along to a new one.
async fn of_areas(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let entries = journal::Entity::find()
        .filter(journal::Column::Kind.eq(RecordKind::Area.as_str()))
        .order_by_asc(journal::Column::Number)
        .all(tx)
        .await?;
    let mut told: HashMap<String, Result<Replayed, Gap>> = HashMap::new();
    for row in &entries {
        follow(&mut told, &row.key, &history::read(row)?);
    }
    let mut corners: HashMap<i32, usize> = HashMap::new();
    for row in area_outline::Entity::find().all(tx).await? {
        corners.insert(row.area_id, outlines::boundary(&row)?.outline.corners());
    }
    let mut found = Vec::new();
    for area in areas::all(tx).await? {
        let key = area.fact.code.to_string();
        let mut stands = area.fact.fields();
        stands.extend(corners.get(&area.id.0).map(|corners| ("outline".to_owned(), Value::from(*corners))));
        let replayed = told.remove(&key).unwrap_or_else(|| Ok(Replayed::default()));
        found.extend(disagreement(stands, replayed, codes).map(|fault| Found::of_row("area", key, fault)));
    }
    found.extend(told.into_keys().map(|key| {
        Found::of_row("area", key, "the journal tells of it and of no end of it, and there is no such area".to_owned())
    }));
    Ok(found)
}

fn follow(told: &mut HashMap<String, Result<Replayed, Gap>>, key: &str, entry: &Entry) {
    // What was found to lie in it is no part of its record.
    if entry.action == Action::Locate {
        return;
    }
    let before = entry.changes.get("code").and_then(|[from, _]| from.as_str());
    let standing = told.remove(before.unwrap_or(key)).unwrap_or_else(|| Ok(Replayed::default()));
    if entry.action != Action::Retire {
        let after = standing.and_then(|mut area| area.apply(entry).map(|()| area));
        told.insert(key.to_owned(), after);
    }
}

async fn of_deployments(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for page in deployments::all(tx).await?.chunks(PAGE) {
        let keys: Vec<_> = page.iter().map(|set| set.id.to_string()).collect();
        let histories = history::histories(tx, RecordKind::Deployment, &keys).await?;
        found.extend(page.iter().zip(keys).filter_map(|(set, key)| {
            let told = replay(histories.get(&key).map(Vec::as_slice).unwrap_or_default());
            let fault = disagreement(set.fields(), told, codes)?;
            Some(Found::of_row("deployment", key, fault))
        }));
    }
    Ok(found)
}

/// The first plate of a kind hangs there without a word; the journal tells of those that replaced it.
async fn of_plates(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let serial = |number: i32| Fields::from([("serial".to_owned(), Value::from(number))]);
    let mut found = Vec::new();
    for page in plate::Entity::find().order_by_asc(plate::Column::ToiletId).all(tx).await?.chunks(PAGE) {
        let keys: Vec<_> = page.iter().map(|row| format!("{}/{}", row.toilet_id, row.kind)).collect();
        let histories = history::histories(tx, RecordKind::Plate, &keys).await?;
        found.extend(page.iter().zip(keys).filter_map(|(row, key)| {
            let first = i32::from(Serial::FIRST.get());
            let first = Replayed { revision: first, fields: serial(first) };
            let told = replay_onto(first, histories.get(&key).map(Vec::as_slice).unwrap_or_default());
            let fault = disagreement(serial(row.serial), told, codes)?;
            Some(Found::of_row("plate", key, fault))
        }));
    }
    Ok(found)
}

/// A cleaning is told once, and once more when somebody confirms it. There are many: they are gone through page by page.
async fn of_cleanings(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = cleaning::Entity::find().filter(cleaning::Column::Id.gt(after)).order_by_asc(cleaning::Column::Id);
        let page = cleanings::with_fate(tx, page.limit(PAGE as u64).all(tx).await?).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.cleaning.id.to_string();
        let keys: Vec<_> = page.iter().map(|kept| kept.cleaning.id.to_string()).collect();
        let histories = history::histories(tx, RecordKind::Cleaning, &keys).await?;
        found.extend(page.iter().zip(keys).filter_map(|(kept, key)| {
            let mut stands = kept.cleaning.fields();
            stands.extend(kept.verified.iter().flat_map(Verified::fields));
            let told = replay(histories.get(&key).map(Vec::as_slice).unwrap_or_default());
            Some(Found::of_row("cleaning", key, disagreement(stands, told, codes)?))
        }));
    }
}
