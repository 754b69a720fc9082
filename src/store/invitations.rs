//! Invitations: each for one use, kept by the hash of its token until it is used.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::invitation;
use super::{Store, StoreError, Tx};
use crate::domain::account::{PersonId, PersonName, Role};
use crate::domain::id::{AreaId, OperatorId};
use crate::domain::secret::TokenHash;
use crate::domain::text::Text;

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The hash of its token.
    pub token: TokenHash,
    /// What the person is called.
    pub name: PersonName,
    /// The role it gives.
    pub role: Role,
    /// Where; absent is the whole register.
    pub area: Option<AreaId>,
    /// For which body alone.
    pub operator: Option<OperatorId>,
    /// Who invites; absent on the host.
    pub invited_by: Option<PersonId>,
    /// Whether it makes the first admin, and so is void once there is one.
    pub bootstrap: bool,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// An invitation that can be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: i32,
    /// What the person is called.
    pub name: PersonName,
    /// The role it gives.
    pub role: Role,
    /// Where; absent is the whole register.
    pub area: Option<AreaId>,
    /// For which body alone.
    pub operator: Option<OperatorId>,
    /// Whether it makes the first admin.
    pub bootstrap: bool,
}

impl Store {
    /// The invitation of a token, unless it is used or has run out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn invitation(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<Invitation>, StoreError> {
        find(&self.reader, token, now).await
    }
}

impl Tx {
    /// Keeps an invitation.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_invitation(&self, new: &NewInvitation) -> Result<i32, StoreError> {
        let row = invitation::ActiveModel {
            id: NotSet,
            token_hash: Set(new.token.to_hex()),
            name: Set(new.name.to_string()),
            role: Set(new.role.as_str().to_owned()),
            area_id: Set(new.area.map(|id| id.0)),
            operator_id: Set(new.operator.map(|id| id.0)),
            invited_by: Set(new.invited_by.map(|person| person.to_string())),
            bootstrap: Set(new.bootstrap),
            expires_at: Set(new.expires_at),
        };
        Ok(row.insert(&self.connection).await?.id)
    }

    /// Uses up the invitation of a token. Of several who try at once, one gets it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn take_invitation(&self, token: TokenHash) -> Result<Option<Invitation>, StoreError> {
        let Some(found) = find(&self.connection, token, self.author.at).await? else { return Ok(None) };
        let gone = invitation::Entity::delete_by_id(found.id).exec(&self.connection).await?;
        Ok(Some(found).filter(|_| gone.rows_affected == 1))
    }

    /// Forgets the invitations that would make a first admin.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_bootstrap_invitations(&self) -> Result<(), StoreError> {
        let all = invitation::Entity::delete_many().filter(invitation::Column::Bootstrap.eq(true));
        all.exec(&self.connection).await?;
        Ok(())
    }
}

async fn find(
    connection: &impl ConnectionTrait,
    token: TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<Invitation>, StoreError> {
    let rows = invitation::Entity::find().filter(invitation::Column::TokenHash.eq(token.to_hex()));
    let row = rows.filter(invitation::Column::ExpiresAt.gt(now)).one(connection).await?;
    row.filter(|row| token.matches(&row.token_hash)).map(|row| read(&row)).transpose()
}

fn read(row: &invitation::Model) -> Result<Invitation, StoreError> {
    let corrupt = |violation| StoreError::corrupt("invitation", row.id, violation);
    Ok(Invitation {
        id: row.id,
        name: Text::new(&row.name).map_err(corrupt)?,
        role: row.role.parse().map_err(corrupt)?,
        area: row.area_id.map(AreaId),
        operator: row.operator_id.map(OperatorId),
        bootstrap: row.bootstrap,
    })
}
