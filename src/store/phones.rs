//! Phone numbers, sealed.

use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;

use super::entity::phone;
use super::{Store, StoreError, Tx};
use crate::domain::account::PersonId;
use crate::domain::seal::Sealed;

impl Store {
    /// The phone number of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn phone(&self, person: PersonId) -> Result<Option<Sealed>, StoreError> {
        let row = phone::Entity::find_by_id(person.to_string()).one(&self.reader).await?;
        Ok(row.map(|row| Sealed::kept(row.sealed)))
    }
}

impl Tx {
    /// Keeps the phone number of a person instead of any before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_phone(&self, person: PersonId, sealed: &Sealed) -> Result<(), StoreError> {
        let row = phone::ActiveModel { person_id: Set(person.to_string()), sealed: Set(sealed.as_str().to_owned()) };
        let instead = OnConflict::column(phone::Column::PersonId).update_column(phone::Column::Sealed).to_owned();
        phone::Entity::insert(row).on_conflict(instead).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Forgets the phone number of a person; answers whether there was one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_phone(&self, person: PersonId) -> Result<bool, StoreError> {
        let gone = phone::Entity::delete_by_id(person.to_string()).exec(&self.connection).await?;
        Ok(gone.rows_affected == 1)
    }
}
