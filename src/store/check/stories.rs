//! The same of what is called by its name or code and counts no revisions: areas, which change their codes, and barriers.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::Found;
use super::histories::{Codes, disagreement};
use crate::domain::area::Area;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, RecordKind};
use crate::domain::history::{Entry, Gap, Replayed};
use crate::store::entity::{area_outline, journal};
use crate::store::{StoreError, barriers, history, outlines};

/// Areas and barriers. A row that cannot be read is told by the check of rows.
pub(super) async fn stories(tx: &DatabaseTransaction, areas: &[Area], codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for told in [of_areas(tx, areas, codes).await, of_barriers(tx, codes).await] {
        match told {
            Err(StoreError::Corrupt { table, .. }) if table != "journal" => {}
            told => found.extend(told?),
        }
    }
    Ok(found)
}

/// An area goes by its code in the journal, and takes its story along to a new one.
async fn of_areas(tx: &DatabaseTransaction, areas: &[Area], codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let mut corners: HashMap<i32, usize> = HashMap::new();
    for row in area_outline::Entity::find().all(tx).await? {
        corners.insert(row.area_id, outlines::boundary(&row)?.outline.corners());
    }
    let standing = areas.iter().map(|area| {
        let outline = corners.get(&area.id.0).map(|corners| ("outline".to_owned(), Value::from(*corners)));
        (area.fact.code.to_string(), area.fact.fields().into_iter().chain(outline).collect())
    });
    let told = told(tx, RecordKind::Area).await?;
    Ok(compare("area", standing.collect(), told, codes))
}

async fn of_barriers(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let barriers = barriers::all(tx).await?;
    let standing = barriers.iter().map(|barrier| (barrier.name.to_string(), barrier.fields())).collect();
    let told = told(tx, RecordKind::Barrier).await?;
    Ok(compare("barrier", standing, told, codes))
}

/// Records as their histories tell them, by what each is called in the end.
type Told = HashMap<String, Result<Replayed, Gap>>;

async fn told(tx: &DatabaseTransaction, kind: RecordKind) -> Result<Told, StoreError> {
    let entries = journal::Entity::find()
        .filter(journal::Column::Kind.eq(kind.as_str()))
        .order_by_asc(journal::Column::Number)
        .all(tx)
        .await?;
    let mut told = Told::new();
    for row in &entries {
        follow(&mut told, &row.key, &history::read(row)?);
    }
    Ok(told)
}

fn follow(told: &mut Told, key: &str, entry: &Entry) {
    // What was found to lie in it is no part of its record.
    if entry.action == Action::Locate {
        return;
    }
    let before = entry.changes.get("code").and_then(|[from, _]| from.as_str());
    let standing = told.remove(before.unwrap_or(key)).unwrap_or_else(|| Ok(Replayed::default()));
    if entry.action != Action::Retire {
        let after = standing.and_then(|mut record| record.apply(entry).map(|()| record));
        told.insert(key.to_owned(), after);
    }
}

fn compare(table: &str, standing: Vec<(String, Fields)>, mut told: Told, codes: &Codes) -> Vec<Found> {
    let mut found = Vec::new();
    for (key, fields) in standing {
        let replayed = told.remove(&key).unwrap_or_else(|| Ok(Replayed::default()));
        found.extend(disagreement(fields, replayed, codes).map(|fault| Found::of_row(table, key, fault)));
    }
    found.extend(told.into_keys().map(|key| Found::of_row(table, key, super::MISSING)));
    found
}
