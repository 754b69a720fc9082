//! The history of every record, replayed from the journal, is the record: here of the toilets, in [`super::records`] of
//! what else counts its revisions, with which kinds are left out and why, in [`super::stories`] of what does not.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::logs::of_cleanings;
use super::records::records;
use super::stories::stories;
use super::{Found, unreadable};
use crate::domain::area::{Area, AreaCode};
use crate::domain::draft::Fields;
use crate::domain::event::RecordKind;
use crate::domain::history::{Gap, Replayed, replay};
use crate::domain::id::ToiletId;
use crate::store::entity::toilet;
use crate::store::{StoreError, areas, history, toilets};

/// Toilets read at a time.
const PAGE: usize = 500;

pub(super) async fn histories(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let areas = areas::all(tx).await?;
    let codes = Codes::of(&areas);
    let (mut found, mut after) = (stories(tx, &areas, &codes).await?, 0);
    found.extend(records(tx, &areas, &codes).await?);
    found.extend(of_cleanings(tx, &codes).await?);
    loop {
        let ids = toilet::Entity::find().filter(toilet::Column::Id.gt(after)).order_by_asc(toilet::Column::Id);
        let ids = ids.limit(PAGE as u64).select_only().column(toilet::Column::Id).into_tuple::<i32>().all(tx).await?;
        let Some(last) = ids.last() else { return Ok(found) };
        after = *last;
        let ids: Vec<_> = ids.into_iter().map(ToiletId).collect();
        match page(tx, &ids, &codes).await {
            Ok(faults) => found.extend(faults),
            // One that cannot be read must not hide the others.
            Err(StoreError::Corrupt { .. }) => found.extend(one_by_one(tx, &ids, &codes).await?),
            Err(error) => return Err(error),
        }
    }
}

async fn one_by_one(tx: &DatabaseTransaction, ids: &[ToiletId], codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for id in ids {
        match page(tx, std::slice::from_ref(id), codes).await {
            Ok(faults) => found.extend(faults),
            // A row that cannot be read is told by the check of rows; an entry that cannot be is told here as well.
            Err(StoreError::Corrupt { table, .. }) if table != "journal" => {}
            Err(error @ StoreError::Corrupt { .. }) => found.push(unreadable("toilet", &id.to_string(), &error)),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

async fn page(tx: &DatabaseTransaction, ids: &[ToiletId], codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let toilets = toilets::of(tx, ids).await?;
    let keys: Vec<_> = toilets.iter().map(|toilet| toilet.id.to_string()).collect();
    let histories = history::histories(tx, RecordKind::Toilet, &keys).await?;
    let disagreeing = toilets.iter().zip(keys).filter_map(|(toilet, key)| {
        let history = histories.get(&key).map(Vec::as_slice).unwrap_or_default();
        Some(Found::of_row("toilet", key, disagreement(toilet.fields(), replay(history), codes)?))
    });
    Ok(disagreeing.collect())
}

/// In what a record differs from its history. Its revision is the matter of a check of its own.
pub(super) fn disagreement(stands: Fields, told: Result<Replayed, Gap>, codes: &Codes) -> Option<String> {
    let replayed = match told {
        Ok(replayed) => replayed,
        Err(gap) => return Some(gap.to_string()),
    };
    let (told, stands) = (codes.of_today(replayed.fields), codes.of_today(stands));
    let names = told.keys().chain(stands.keys());
    let mut differing: Vec<_> = names.filter(|name| told.get(*name) != stands.get(*name)).collect();
    differing.sort_unstable();
    differing.dedup();
    let tell = |name: &&String| {
        let written = |fields: &Fields| fields.get(*name).map_or_else(|| "nothing".to_owned(), ToString::to_string);
        format!("{name}: the journal tells of {}, the record of {}", written(&told), written(&stands))
    };
    (!differing.is_empty()).then(|| differing.iter().map(tell).collect::<Vec<_>>().join("; "))
}

/// Areas are given other codes now and then; the journal keeps those of its time.
pub(super) struct Codes(HashMap<AreaCode, AreaCode>);

impl Codes {
    fn of(areas: &[Area]) -> Self {
        let older = areas.iter().flat_map(|area| {
            let codes = area.fact.aliases.iter().filter_map(|alias| alias.code.clone());
            codes.map(|code| (code, area.fact.code.clone()))
        });
        let mut codes: HashMap<_, _> = older.collect();
        codes.extend(areas.iter().map(|area| (area.fact.code.clone(), area.fact.code.clone())));
        Self(codes)
    }

    fn of_today(&self, mut fields: Fields) -> Fields {
        for name in ["area", "parent"] {
            let code = fields.get(name).and_then(|code| code.as_str()?.parse::<AreaCode>().ok());
            if let Some(today) = code.and_then(|code| self.0.get(&code)) {
                fields.insert(name.to_owned(), today.as_str().into());
            }
        }
        fields
    }
}
