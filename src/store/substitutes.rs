//! Who stands in at which toilet.

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::substitute;
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::domain::assignment::Substitute;
use crate::domain::id::{SubstituteId, ToiletId};
use crate::domain::period::Days;

impl Store {
    /// Where a person stood in, stands in and will stand in, the latest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn substitutes_by(&self, person: PersonId, limit: u64) -> Result<Vec<Substitute>, StoreError> {
        let rows = substitute::Entity::find().filter(substitute::Column::PersonId.eq(person.to_string()));
        let rows = rows.order_by_desc(substitute::Column::FromOn).order_by_desc(substitute::Column::Id).limit(limit);
        rows.all(&self.reader).await?.iter().map(read).collect()
    }
}

impl Tx {
    /// Who stood in, stands in and will stand in at a toilet, in the order of their days. Whoever writes them holds the
    /// toilet.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn substitutes_of(&self, toilet: ToiletId) -> Result<Vec<Substitute>, StoreError> {
        of(&self.connection, toilet).await
    }

    /// Where a person stands in on that day or later. Whoever wants to write these waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn substitutes_by(&self, person: PersonId, since: NaiveDate) -> Result<Vec<Substitute>, StoreError> {
        let rows = substitute::Entity::find().filter(substitute::Column::PersonId.eq(person.to_string()));
        let rows = rows.filter(substitute::Column::ToOn.gte(since)).order_by_asc(substitute::Column::Id);
        rows.lock_exclusive().all(&self.connection).await?.iter().map(read).collect()
    }

    /// Has somebody stand in (the id is not looked at); answers the id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_substitute(&self, new: &Substitute) -> Result<SubstituteId, StoreError> {
        let open = || StoreError::corrupt("substitute", "new", "it has no first or no last day");
        let row = substitute::ActiveModel {
            id: NotSet,
            toilet_id: Set(new.toilet.0),
            person_id: Set(new.person.to_string()),
            from_on: Set(new.days.from().ok_or_else(open)?),
            to_on: Set(new.days.to().ok_or_else(open)?),
            revision: Set(new.revision),
        };
        Ok(SubstituteId(row.insert(&self.connection).await?.id))
    }

    /// Writes the last day on which somebody stands in.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_substitute(&self, ended: &Substitute) -> Result<(), StoreError> {
        let last = ended.days.to().ok_or_else(|| StoreError::corrupt("substitute", ended.id, "it has no last day"))?;
        let row = substitute::ActiveModel {
            id: Unchanged(ended.id.0),
            to_on: Set(last),
            revision: Set(ended.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back what never began.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_substitute(&self, id: SubstituteId) -> Result<(), StoreError> {
        substitute::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }
}

pub(super) async fn of(connection: &impl ConnectionTrait, toilet: ToiletId) -> Result<Vec<Substitute>, StoreError> {
    let rows = substitute::Entity::find().filter(substitute::Column::ToiletId.eq(toilet.0));
    let rows = rows.order_by_asc(substitute::Column::FromOn).order_by_asc(substitute::Column::Id);
    rows.all(connection).await?.iter().map(read).collect()
}

/// A substitute from their row.
pub(super) fn read(row: &substitute::Model) -> Result<Substitute, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("substitute", row.id, violation);
    Ok(Substitute {
        id: SubstituteId(row.id),
        toilet: ToiletId(row.toilet_id),
        person: person_id(&row.person_id)?,
        days: Days::new(Some(row.from_on), Some(row.to_on)).map_err(corrupt)?,
        revision: row.revision,
    })
}
