//! Excuses for slots.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::entity::excuse;
use super::people::person_id;
use super::rows::text;
use super::spans::{self, Span};
use super::together::padded;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::excuse::{ExcuseRecord, ExcuseState};
use crate::domain::id::{ExcuseId, ToiletId};

impl Store {
    /// The excuse of that id.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn excuse(&self, id: ExcuseId) -> Result<Option<ExcuseRecord>, StoreError> {
        let row = excuse::Entity::find_by_id(id.0).one(&self.reader).await?;
        row.as_ref().map(read).transpose()
    }

    /// Up to `limit` excuses in that state with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn excuses_in(
        &self,
        state: ExcuseState,
        after: ExcuseId,
        limit: u64,
    ) -> Result<Vec<ExcuseRecord>, StoreError> {
        let rows = excuse::Entity::find().filter(excuse::Column::State.eq(state.as_str()));
        let rows = rows.filter(excuse::Column::Id.gt(after.0)).order_by_asc(excuse::Column::Id).limit(limit);
        rows.all(&self.reader).await?.iter().map(read).collect()
    }
}

impl Store {
    /// The excuses for slots of a toilet whose times lie in a span, both ends in it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn excuses_of(
        &self,
        toilet: ToiletId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<ExcuseRecord>, StoreError> {
        of(&self.reader, toilet, from, to).await
    }
}

async fn of(
    connection: &impl ConnectionTrait,
    toilet: ToiletId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<ExcuseRecord>, StoreError> {
    let rows = excuse::Entity::find().filter(excuse::Column::ToiletId.eq(toilet.0));
    let rows = rows.filter(excuse::Column::SlotAt.between(from, to)).order_by_asc(excuse::Column::Id);
    rows.all(connection).await?.iter().map(read).collect()
}

impl Tx {
    /// The excuses for slots of a toilet whose times lie in a span, both ends in it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn excuses_of(
        &self,
        toilet: ToiletId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<ExcuseRecord>, StoreError> {
        of(&self.connection, toilet, from, to).await
    }

    /// The excuse of that id. Whoever wants to decide it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn excuse(&self, id: ExcuseId) -> Result<Option<ExcuseRecord>, StoreError> {
        let row = excuse::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps an excuse (its id is not looked at); answers its id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_excuse(&self, new: &ExcuseRecord) -> Result<ExcuseId, StoreError> {
        let row = excuse::ActiveModel {
            id: NotSet,
            toilet_id: Set(new.toilet.0),
            slot_key: Set(new.slot.to_string()),
            slot_at: Set(new.slot_at),
            reason: Set(new.reason.as_str().to_owned()),
            note: Set(new.note.as_ref().map(ToString::to_string)),
            state: Set(new.state.as_str().to_owned()),
            asked_by: Set(new.asked_by.to_string()),
            asked_at: Set(new.asked_at),
            decided_by: Set(None),
            decided_at: Set(None),
            answer: Set(None),
            revision: Set(new.revision),
        };
        Ok(ExcuseId(row.insert(&self.connection).await?.id))
    }

    /// Writes how an excuse was decided.
    ///
    /// # Errors
    /// What the database says.
    pub async fn decide_excuse(&self, decided: &ExcuseRecord) -> Result<(), StoreError> {
        let row = excuse::ActiveModel {
            id: Unchanged(decided.id.0),
            state: Set(decided.state.as_str().to_owned()),
            decided_by: Set(decided.decided_by.map(|person| person.to_string())),
            decided_at: Set(decided.decided_at),
            answer: Set(decided.answer.as_ref().map(ToString::to_string)),
            revision: Set(decided.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }
}

/// An excuse from its row.
pub(super) fn read(row: &excuse::Model) -> Result<ExcuseRecord, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("excuse", row.id, violation);
    Ok(ExcuseRecord {
        id: ExcuseId(row.id),
        toilet: ToiletId(row.toilet_id),
        slot: row.slot_key.parse().map_err(corrupt)?,
        slot_at: row.slot_at,
        reason: row.reason.parse().map_err(corrupt)?,
        note: text(row.note.as_deref()).map_err(corrupt)?,
        state: row.state.parse().map_err(corrupt)?,
        asked_by: person_id(&row.asked_by)?,
        asked_at: row.asked_at,
        decided_by: row.decided_by.as_deref().map(person_id).transpose()?,
        decided_at: row.decided_at,
        answer: text(row.answer.as_deref()).map_err(corrupt)?,
        revision: row.revision,
    })
}

/// Asks for the excuses for slots whose time lies in one of those spans.
pub(super) fn asking(backend: DbBackend, asked: &[Span]) -> Vec<Statement> {
    let question = |asked: &[Span]| {
        let lies = spans::within(excuse::Column::ToiletId, excuse::Column::SlotAt, &padded(asked));
        backend.build(&excuse::Entity::find().filter(lies).into_query())
    };
    asked.chunks(spans::SPANS).map(question).collect()
}

/// Them.
pub(super) fn found(rows: &[QueryResult]) -> Result<Vec<ExcuseRecord>, StoreError> {
    rows.iter().map(|row| read(&excuse::Model::from_query_result(row, "")?)).collect()
}
