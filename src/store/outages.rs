//! Closures, one at a time: persons open, change and end them.

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::outage;
use super::{Store, StoreError, Tx};
use crate::domain::id::{OutageId, ToiletId};
use crate::domain::outage::{Outage, OutageState};

impl Tx {
    /// Opens a closure of a toilet (its id is not looked at); answers its id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_outage(&self, toilet: ToiletId, new: &Outage) -> Result<OutageId, StoreError> {
        let row = outage::ActiveModel { id: NotSet, source_id: Set(None), ..columns(toilet, new) };
        Ok(OutageId(row.insert(&self.connection).await?.id))
    }

    /// Writes a closure of a toilet anew. Whoever stated it first stays on record.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_outage(&self, toilet: ToiletId, outage: &Outage) -> Result<(), StoreError> {
        let row = outage::ActiveModel { id: Unchanged(outage.id.0), source_id: NotSet, ..columns(toilet, outage) };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back a closure that never held; the journal remembers it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_outage(&self, id: OutageId) -> Result<(), StoreError> {
        outage::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }
}

impl Store {
    /// The closures in that state with ids above `after`, in the order of their ids, each with its toilet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn outages_in(
        &self,
        state: OutageState,
        after: OutageId,
        limit: u64,
    ) -> Result<Vec<(OutageId, ToiletId)>, StoreError> {
        let rows = outage::Entity::find()
            .filter(outage::Column::State.eq(state.as_str()))
            .filter(outage::Column::Id.gt(after.0))
            .order_by_asc(outage::Column::Id)
            .limit(limit)
            .select_only()
            .columns([outage::Column::Id, outage::Column::ToiletId])
            .into_tuple::<(i32, i32)>()
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|(id, toilet)| (OutageId(id), ToiletId(toilet))).collect())
    }
}

fn columns(toilet: ToiletId, outage: &Outage) -> outage::ActiveModel {
    let fact = &outage.fact;
    outage::ActiveModel {
        id: NotSet,
        toilet_id: Set(toilet.0),
        reason: Set(fact.reason.as_str().to_owned()),
        from_at: Set(fact.span.from()),
        until_at: Set(fact.span.until()),
        expected_at: Set(outage.expected_until),
        note: Set(fact.note.as_ref().map(ToString::to_string)),
        state: Set(outage.state.as_str().to_owned()),
        person_id: Set(outage.by.map(|person| person.to_string())),
        source_id: NotSet,
    }
}
