//! What the public suggests.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::SubsecRound;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::suggestion;
use super::people::person_id;
use super::rows::text;
use super::{Store, StoreError, Tx, areas};
use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::domain::id::{SuggestionId, ToiletId};
use crate::domain::suggestion::{NewSuggestion, Proposal, Suggestion, SuggestionState};
use crate::domain::toilet::AreaRef;

impl Store {
    /// The suggestion of that id.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn suggestion(&self, id: SuggestionId) -> Result<Option<Suggestion>, StoreError> {
        let row = suggestion::Entity::find_by_id(id.0).one(&self.reader).await?;
        Ok(whole(&self.reader, row.into_iter().collect()).await?.pop())
    }

    /// Up to `limit` suggestions in that state with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn suggestions_in(
        &self,
        state: SuggestionState,
        after: SuggestionId,
        limit: u64,
    ) -> Result<Vec<Suggestion>, StoreError> {
        let rows = suggestion::Entity::find()
            .filter(suggestion::Column::State.eq(state.as_str()))
            .filter(suggestion::Column::Id.gt(after.0));
        let rows = rows.order_by_asc(suggestion::Column::Id).limit(limit).all(&self.reader).await?;
        whole(&self.reader, rows).await
    }

    /// Up to `limit` suggestions of a person with ids below `before`, the newest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn suggestions_by(
        &self,
        person: PersonId,
        before: Option<SuggestionId>,
        limit: u64,
    ) -> Result<Vec<Suggestion>, StoreError> {
        let mut rows = suggestion::Entity::find().filter(suggestion::Column::PersonId.eq(person.to_string()));
        if let Some(before) = before {
            rows = rows.filter(suggestion::Column::Id.lt(before.0));
        }
        let rows = rows.order_by_desc(suggestion::Column::Id).limit(limit).all(&self.reader).await?;
        whole(&self.reader, rows).await
    }

    /// The suggestions to which a toilet owes what it says, by the revisions that were written by taking them up.
    ///
    /// # Errors
    /// What the database says.
    pub async fn credits(&self, toilet: ToiletId) -> Result<BTreeMap<i32, SuggestionId>, StoreError> {
        let rows = suggestion::Entity::find()
            .filter(suggestion::Column::ToiletId.eq(toilet.0))
            .filter(suggestion::Column::Written.is_not_null())
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.written?, SuggestionId(row.id)))).collect())
    }
}

impl Tx {
    /// Keeps a suggestion; answers it as it stands then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_suggestion(&self, new: &NewSuggestion) -> Result<Suggestion, StoreError> {
        let row = suggestion::ActiveModel {
            id: NotSet,
            kind: Set(new.proposal.kind.as_str().to_owned()),
            toilet_id: Set(new.proposal.toilet.map(|id| id.0)),
            area_id: Set(new.area.map(|id| id.0)),
            proposal: Set(new.proposal.facts.written()),
            remark: Set(new.remark.as_ref().map(ToString::to_string)),
            person_id: Set(new.by.map(|person| person.to_string())),
            checked: Set(new.checked),
            state: Set(SuggestionState::Open.as_str().to_owned()),
            reason: Set(None),
            decided_by: Set(None),
            decided_at: Set(None),
            written: Set(None),
            sent_at: Set(self.author.at.trunc_subsecs(0)),
            revision: Set(1),
        };
        let row = row.insert(&self.connection).await?;
        let made = whole(&self.connection, vec![row]).await?.pop();
        made.ok_or_else(|| StoreError::corrupt("suggestion", "", "it was made just now and is gone"))
    }

    /// The suggestion of that id. Whoever wants to decide it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn suggestion(&self, id: SuggestionId) -> Result<Option<Suggestion>, StoreError> {
        let row = suggestion::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        Ok(whole(&self.connection, row.into_iter().collect()).await?.pop())
    }

    /// Writes how a suggestion was decided, and the toilet that it is about by then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn decide_suggestion(&self, decided: &Suggestion) -> Result<(), StoreError> {
        let row = suggestion::ActiveModel {
            id: Unchanged(decided.id.0),
            toilet_id: Set(decided.proposal.toilet.map(|id| id.0)),
            state: Set(decided.state.as_str().to_owned()),
            reason: Set(decided.reason.as_ref().map(ToString::to_string)),
            decided_by: Set(decided.decided_by.map(|person| person.to_string())),
            decided_at: Set(decided.decided_at),
            written: Set(decided.written),
            revision: Set(decided.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Makes suggestions of a person those of nobody, and forgets what was said besides; answers which, with the revision
    /// at which each stands then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_sender(&self, person: PersonId) -> Result<Vec<(SuggestionId, i32)>, StoreError> {
        let own = suggestion::Entity::find().filter(suggestion::Column::PersonId.eq(person.to_string()));
        let own = own.order_by_asc(suggestion::Column::Id).lock_exclusive().all(&self.connection).await?;
        let mut forgotten = Vec::with_capacity(own.len());
        for row in own {
            let revision = row.revision + 1;
            let row = suggestion::ActiveModel {
                id: Unchanged(row.id),
                person_id: Set(None),
                remark: Set(None),
                revision: Set(revision),
                ..Default::default()
            };
            forgotten.push((SuggestionId(row.update(&self.connection).await?.id), revision));
        }
        Ok(forgotten)
    }
}

/// Suggestions from their rows, with their areas as they are called today.
async fn whole(connection: &impl ConnectionTrait, rows: Vec<suggestion::Model>) -> Result<Vec<Suggestion>, StoreError> {
    let ids: BTreeSet<i32> = rows.iter().filter_map(|row| row.area_id).collect();
    let areas = if ids.is_empty() { HashMap::new() } else { areas::refs(connection, ids).await? };
    rows.iter().map(|row| read(row, row.area_id.and_then(|id| areas.get(&id).cloned()))).collect()
}

/// A suggestion from its row.
pub(super) fn read(row: &suggestion::Model, area: Option<AreaRef>) -> Result<Suggestion, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("suggestion", row.id, violation);
    let facts =
        serde_json::from_str(&row.proposal).map_err(|error| StoreError::corrupt("suggestion", row.id, error))?;
    Ok(Suggestion {
        id: SuggestionId(row.id),
        proposal: Proposal { kind: row.kind.parse().map_err(corrupt)?, toilet: row.toilet_id.map(ToiletId), facts },
        area,
        remark: text(row.remark.as_deref()).map_err(corrupt)?,
        by: row.person_id.as_deref().map(person_id).transpose()?,
        checked: row.checked,
        state: row.state.parse().map_err(corrupt)?,
        reason: text(row.reason.as_deref()).map_err(corrupt)?,
        decided_by: row.decided_by.as_deref().map(person_id).transpose()?,
        decided_at: row.decided_at,
        written: row.written,
        sent_at: row.sent_at,
        revision: row.revision,
    })
}
