//! Invitations: each for one use, kept by the hash of its token until it is used.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{area, invitation};
use super::grants::{path, within};
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::account::{PersonId, PersonName, Reach, Role};
use crate::domain::area::AreaCode;
use crate::domain::id::{AreaId, InvitationId, OperatorId};
use crate::domain::policy::Scope;
use crate::domain::secret::TokenHash;
use crate::domain::text::Text;

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The hash of its token.
    pub token: TokenHash,
    /// What the person is called.
    pub name: PersonName,
    /// Who it is for, if they are there already.
    pub person: Option<PersonId>,
    /// The role it gives, if it gives one.
    pub role: Option<Role>,
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
    pub id: InvitationId,
    /// What the person is called.
    pub name: PersonName,
    /// Who it is for, if they are there already.
    pub person: Option<PersonId>,
    /// The role it gives, if it gives one.
    pub role: Option<Role>,
    /// Where; absent is the whole register.
    pub area: Option<AreaId>,
    /// For which body alone.
    pub operator: Option<OperatorId>,
    /// Whether it makes the first admin.
    pub bootstrap: bool,
}

/// An invitation that waits to be accepted, as the staff sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its id.
    pub id: InvitationId,
    /// What the person is called.
    pub name: PersonName,
    /// Who it is for, if they are there already.
    pub person: Option<PersonId>,
    /// The role it gives, if it gives one.
    pub role: Option<Role>,
    /// Where the role counts.
    pub reach: Reach,
    /// The codes from the top of the tree down to the area of `reach`.
    pub path: Vec<AreaCode>,
    /// Who invites; absent on the host.
    pub invited_by: Option<PersonId>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The invitation of a token, unless it is used or has run out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn invitation(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<Invitation>, StoreError> {
        find(&self.reader, token, now).await
    }

    /// The invitations that wait within a scope, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn invitations(
        &self,
        scope: &Scope,
        now: DateTime<Utc>,
        after: Option<InvitationId>,
        limit: u64,
    ) -> Result<Vec<Pending>, StoreError> {
        let mut rows = waiting(now).filter(within(scope, invitation::Column::OperatorId));
        if let Some(after) = after {
            rows = rows.filter(invitation::Column::Id.gt(after.0));
        }
        let rows = rows.order_by_asc(invitation::Column::Id).limit(limit).all(&self.reader).await?;
        rows.into_iter().map(|(row, area)| pending(&row, area.as_ref())).collect()
    }

    /// The invitations of a person that nobody has accepted yet, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn invitations_by(&self, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Pending>, StoreError> {
        let rows = waiting(now).filter(invitation::Column::InvitedBy.eq(person.to_string()));
        let rows = rows.order_by_asc(invitation::Column::Id).all(&self.reader).await?;
        rows.into_iter().map(|(row, area)| pending(&row, area.as_ref())).collect()
    }

    /// The invitation of that id, if it waits.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn pending_invitation(
        &self,
        id: InvitationId,
        now: DateTime<Utc>,
    ) -> Result<Option<Pending>, StoreError> {
        let row = waiting(now).filter(invitation::Column::Id.eq(id.0)).one(&self.reader).await?;
        row.map(|(row, area)| pending(&row, area.as_ref())).transpose()
    }
}

impl Tx {
    /// Keeps an invitation.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_invitation(&self, new: &NewInvitation) -> Result<InvitationId, StoreError> {
        let row = invitation::ActiveModel {
            id: NotSet,
            token_hash: Set(new.token.to_hex()),
            name: Set(new.name.to_string()),
            person_id: Set(new.person.map(|person| person.to_string())),
            role: Set(new.role.map(|role| role.as_str().to_owned())),
            area_id: Set(new.area.map(|id| id.0)),
            operator_id: Set(new.operator.map(|id| id.0)),
            invited_by: Set(new.invited_by.map(|person| person.to_string())),
            bootstrap: Set(new.bootstrap),
            expires_at: Set(new.expires_at),
        };
        Ok(InvitationId(row.insert(&self.connection).await?.id))
    }

    /// Uses up the invitation of a token. Of several who try at once, one gets it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn take_invitation(&self, token: TokenHash) -> Result<Option<Invitation>, StoreError> {
        let Some(found) = find(&self.connection, token, self.author.at).await? else { return Ok(None) };
        let is_first = self.delete_invitation(found.id).await?;
        Ok(is_first.then_some(found))
    }

    /// Forgets an invitation; answers whether it was there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_invitation(&self, id: InvitationId) -> Result<bool, StoreError> {
        let gone = invitation::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(gone.rows_affected == 1)
    }

    /// Forgets the invitations by which somebody could sign in anew: with other roles, others may send them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn void_renewals(&self, person: PersonId) -> Result<(), StoreError> {
        let all = invitation::Entity::delete_many().filter(invitation::Column::PersonId.eq(person.to_string()));
        all.exec(&self.connection).await?;
        Ok(())
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

fn waiting(now: DateTime<Utc>) -> sea_orm::SelectTwo<invitation::Entity, area::Entity> {
    let rows = invitation::Entity::find().find_also_related(area::Entity);
    rows.filter(invitation::Column::ExpiresAt.gt(now)).filter(invitation::Column::Bootstrap.eq(false))
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
        id: InvitationId(row.id),
        name: Text::new(&row.name).map_err(corrupt)?,
        person: row.person_id.as_deref().map(person_id).transpose()?,
        role: row.role.as_deref().map(str::parse).transpose().map_err(corrupt)?,
        area: row.area_id.map(AreaId),
        operator: row.operator_id.map(OperatorId),
        bootstrap: row.bootstrap,
    })
}

fn pending(row: &invitation::Model, area: Option<&area::Model>) -> Result<Pending, StoreError> {
    let Invitation { id, name, person, role, operator, .. } = read(row)?;
    let path = area.map(path).transpose()?.unwrap_or_default();
    let reach = Reach { area: path.last().cloned(), operator };
    let invited_by = row.invited_by.as_deref().map(person_id).transpose()?;
    Ok(Pending { id, name, person, role, reach, path, invited_by, expires_at: row.expires_at })
}
