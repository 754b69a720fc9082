//! Identities: logins with their password hashes, devices with their PINs, second factors.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::identity;
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::account::{IdentityKind, PersonId};
use crate::domain::seal::Sealed;
use crate::domain::wechat::Realm;

/// An identity to be made.
#[derive(Debug, Clone)]
pub struct NewIdentity {
    /// Whose.
    pub person: PersonId,
    /// In which way.
    pub kind: IdentityKind,
    /// The login, the hash of the device's token, or the index of WeChat's name for them.
    pub login: String,
    /// The Argon2id hash of the password or PIN, or WeChat's name for them, sealed.
    pub hash: String,
    /// The second factor, sealed.
    pub totp: Option<Sealed>,
    /// Within what WeChat's name for them holds, where it is that.
    pub realm: Option<Realm>,
}

/// What is kept to know somebody by. Its `Debug` output tells nothing of it.
#[derive(Clone)]
pub struct Identity {
    /// Its key.
    pub id: i32,
    /// Whose it is.
    pub person: PersonId,
    /// In which way.
    pub kind: IdentityKind,
    /// The login, the hash of the device's token, or the index of WeChat's name for them.
    pub login: String,
    /// The Argon2id hash of the password or PIN, or WeChat's name for them, sealed.
    pub hash: String,
    /// The second factor, sealed.
    pub totp: Option<Sealed>,
    /// Within what WeChat's name for them holds, where it is that.
    pub realm: Option<Realm>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).field("person", &self.person).finish_non_exhaustive()
    }
}

impl Store {
    /// The identity of that login.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn identity(&self, kind: IdentityKind, login: &str) -> Result<Option<Identity>, StoreError> {
        let rows = identity::Entity::find().filter(identity::Column::Kind.eq(kind.as_str()));
        rows.filter(identity::Column::Login.eq(login)).one(&self.reader).await?.map(read).transpose()
    }

    /// All identities of a person, in the order in which they were made.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn identities(&self, person: PersonId) -> Result<Vec<Identity>, StoreError> {
        let rows = identity::Entity::find().filter(identity::Column::PersonId.eq(person.to_string()));
        rows.order_by_asc(identity::Column::Id).all(&self.reader).await?.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds an identity.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the login is taken.
    pub async fn create_identity(&self, new: NewIdentity) -> Result<(), StoreError> {
        let row = identity::ActiveModel {
            id: NotSet,
            person_id: Set(new.person.to_string()),
            kind: Set(new.kind.as_str().to_owned()),
            login: Set(new.login),
            hash: Set(new.hash),
            totp: Set(new.totp.map(|sealed| sealed.as_str().to_owned())),
            totp_step: Set(0),
            realm: Set(new.realm.map(|realm| realm.as_str().to_owned())),
        };
        identity::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Uses up the code of a step of the second factor; answers whether it was still to be had.
    ///
    /// # Errors
    /// What the database says.
    pub async fn use_totp_step(&self, identity: i32, step: i64) -> Result<bool, StoreError> {
        let used = identity::Entity::update_many()
            .col_expr(identity::Column::TotpStep, Expr::value(step))
            .filter(identity::Column::Id.eq(identity))
            .filter(identity::Column::TotpStep.lt(step))
            .exec(&self.connection)
            .await?;
        Ok(used.rows_affected > 0)
    }

    /// Sets another password for a login and ends its person's sessions; answers who that is, or `None` where nobody
    /// has the login.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn set_password(&self, login: &str, hash: String) -> Result<Option<PersonId>, StoreError> {
        let rows = identity::Entity::find().filter(identity::Column::Kind.eq(IdentityKind::Password.as_str()));
        let Some(row) = rows.filter(identity::Column::Login.eq(login)).one(&self.connection).await? else {
            return Ok(None);
        };
        let update = identity::Entity::update_many().col_expr(identity::Column::Hash, Expr::value(hash));
        update.filter(identity::Column::Id.eq(row.id)).exec(&self.connection).await?;
        let person = person_id(&row.person_id)?;
        self.end_sessions(person).await?;
        Ok(Some(person))
    }

    /// Forgets the passwords and PINs of a person, with their second factors.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_passphrases(&self, person: PersonId) -> Result<(), StoreError> {
        let kinds = [IdentityKind::Password, IdentityKind::Pin].map(IdentityKind::as_str);
        let own = identity::Entity::delete_many().filter(identity::Column::PersonId.eq(person.to_string()));
        own.filter(identity::Column::Kind.is_in(kinds)).exec(&self.connection).await?;
        Ok(())
    }
}

fn read(row: identity::Model) -> Result<Identity, StoreError> {
    let corrupt = |violation| StoreError::corrupt("identity", row.id, violation);
    let kind = row.kind.parse().map_err(corrupt)?;
    let realm = row.realm.as_deref().map(str::parse).transpose().map_err(corrupt)?;
    let (person, totp) = (person_id(&row.person_id)?, row.totp.map(Sealed::kept));
    Ok(Identity { id: row.id, person, kind, login: row.login, hash: row.hash, totp, realm })
}
