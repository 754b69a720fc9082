//! People whom WeChat knows: found by the keyed index of their openid, which itself is sealed. An index is made for one
//! realm, so that the same name in two of them is found as two.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::{identity, person, wechat_return};
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::account::{Grant, IdentityKind, PersonId, PersonName};
use crate::domain::seal::Sealed;
use crate::domain::wechat::Realm;

impl Store {
    /// The person with that openid, given by its index in each key's form.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn person_of_openid(&self, index: &[String]) -> Result<Option<PersonId>, StoreError> {
        Ok(find(&self.reader, index).await?.map(|(_, person)| person))
    }

    /// The openid of a person in the mini program, sealed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn openid(&self, person: PersonId) -> Result<Option<Sealed>, StoreError> {
        let own = identity::Entity::find().filter(identity::Column::PersonId.eq(person.to_string()));
        let row = own.filter(identity::Column::Realm.eq(Realm::MiniProgram.as_str())).one(&self.reader).await?;
        Ok(row.map(|row| Sealed::kept(row.hash)))
    }

    /// The second factors of a person, sealed, with the keys of their identities.
    ///
    /// # Errors
    /// What the database says.
    pub async fn second_factors(&self, person: PersonId) -> Result<Vec<(i32, Sealed)>, StoreError> {
        let own = identity::Entity::find().filter(identity::Column::PersonId.eq(person.to_string()));
        let rows = own.filter(identity::Column::Totp.is_not_null()).all(&self.reader).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.id, Sealed::kept(row.totp?)))).collect())
    }
}

impl Tx {
    /// As [`Store::person_of_openid`], with the key of the identity.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn person_of_openid(&self, index: &[String]) -> Result<Option<(i32, PersonId)>, StoreError> {
        find(&self.connection, index).await
    }

    /// As [`Store::grants`], as of this transaction.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn grants(&self, person: PersonId) -> Result<Vec<Grant>, StoreError> {
        let found = super::grants::grants_of(&self.connection, &[person.to_string()]).await?;
        Ok(found.into_iter().map(|(_, grant)| grant).collect())
    }

    /// Gives an identity a second factor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_second_factor(&self, identity: i32, sealed: &Sealed) -> Result<(), StoreError> {
        identity::Entity::update_many()
            .col_expr(identity::Column::Totp, Expr::value(sealed.as_str()))
            .filter(identity::Column::Id.eq(identity))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Calls a person something else.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rename_person(&self, id: PersonId, name: &PersonName) -> Result<(), StoreError> {
        person::Entity::update_many()
            .col_expr(person::Column::Name, Expr::value(name.to_string()))
            .filter(person::Column::Id.eq(id.to_string()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Uses up the state of a way to WeChat and back, forgetting those before `since`; answers whether it was still to be
    /// had. Of several who bring it at once, one gets it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_return(&self, state: &str, since: DateTime<Utc>) -> Result<bool, StoreError> {
        let old = wechat_return::Entity::delete_many().filter(wechat_return::Column::At.lt(since));
        old.exec(&self.connection).await?;
        let row = wechat_return::ActiveModel { state: Set(state.to_owned()), at: Set(self.author.at) };
        let unless_there = OnConflict::column(wechat_return::Column::State).do_nothing().to_owned();
        let taken = wechat_return::Entity::insert(row).on_conflict(unless_there);
        Ok(taken.exec_without_returning(&self.connection).await? > 0)
    }

    /// Forgets by which names WeChat knows a person, in every realm.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_openid(&self, person: PersonId) -> Result<(), StoreError> {
        let own = identity::Entity::delete_many().filter(identity::Column::PersonId.eq(person.to_string()));
        own.filter(identity::Column::Kind.eq(IdentityKind::Wechat.as_str())).exec(&self.connection).await?;
        Ok(())
    }
}

async fn find(connection: &impl ConnectionTrait, index: &[String]) -> Result<Option<(i32, PersonId)>, StoreError> {
    let rows = identity::Entity::find().filter(identity::Column::Kind.eq(IdentityKind::Wechat.as_str()));
    let row = rows.filter(identity::Column::Login.is_in(index.iter().map(String::as_str))).one(connection).await?;
    row.map(|row| Ok((row.id, person_id(&row.person_id)?))).transpose()
}
