//! Grants: who holds which role where.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::{area, invitation, operator, role_grant};
use super::{Store, StoreError, Tx};
use crate::domain::account::{Grant, PersonId, Reach, Role};
use crate::domain::area::AreaCode;
use crate::domain::id::{AreaId, GrantId, OperatorId};
use crate::domain::policy::Scope;

/// The key of the advisory lock under which the first admin is made: "admin" in ASCII.
const FIRST_ADMIN_LOCK: i64 = 0x61_64_6d_69_6e;

/// An area as a grant needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: AreaId,
    /// The codes from the top of the tree down to it.
    pub path: Vec<AreaCode>,
}

/// A grant to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// Who gets it.
    pub person: PersonId,
    /// The role.
    pub role: Role,
    /// The area; absent is the whole register.
    pub area: Option<AreaId>,
    /// The only body, if it is limited to one.
    pub operator: Option<OperatorId>,
}

impl Store {
    /// The area that has this code today.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn area_place(&self, code: &AreaCode) -> Result<Option<Place>, StoreError> {
        let row = area::Entity::find().filter(area::Column::Code.eq(code.as_str())).one(&self.reader).await?;
        row.map(|row| Ok(Place { id: AreaId(row.id), path: path(&row)? })).transpose()
    }

    /// Whether there is such a body.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_operator(&self, id: OperatorId) -> Result<bool, StoreError> {
        Ok(operator::Entity::find_by_id(id.0).one(&self.reader).await?.is_some())
    }

    /// What a person was granted.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn grants(&self, person: PersonId) -> Result<Vec<Grant>, StoreError> {
        grants_of(&self.reader, &[person.to_string()]).await.map(|found| found.into_iter().map(|(_, g)| g).collect())
    }
}

impl Tx {
    /// Gives a role.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_grant(&self, new: &NewGrant) -> Result<GrantId, StoreError> {
        let row = role_grant::ActiveModel {
            id: NotSet,
            person_id: Set(new.person.to_string()),
            role: Set(new.role.as_str().to_owned()),
            area_id: Set(new.area.map(|id| id.0)),
            operator_id: Set(new.operator.map(|id| id.0)),
            granted_at: Set(self.author.at),
        };
        Ok(GrantId(row.insert(&self.connection).await?.id))
    }

    /// Takes a role away and with it all that it opened: the person's sessions, the invitations they made, and those by
    /// which they could sign in anew. Answers whether it was there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_grant(&self, person: PersonId, id: GrantId) -> Result<bool, StoreError> {
        let mine = role_grant::Entity::delete_many().filter(role_grant::Column::Id.eq(id.0));
        let gone = mine.filter(role_grant::Column::PersonId.eq(person.to_string())).exec(&self.connection).await?;
        self.end_sessions(person).await?;
        self.void_renewals(person).await?;
        let made = invitation::Entity::delete_many().filter(invitation::Column::InvitedBy.eq(person.to_string()));
        made.exec(&self.connection).await?;
        Ok(gone.rows_affected > 0)
    }

    /// Whether anybody administers anything. Those who ask take turns, each until its commit, so that of two who would
    /// be the first admin at once the second sees the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_admin(&self) -> Result<bool, StoreError> {
        // On SQLite all writes take turns anyway.
        if self.connection.get_database_backend() == DbBackend::Postgres {
            let turn = format!("SELECT pg_advisory_xact_lock({FIRST_ADMIN_LOCK})");
            self.connection.execute_unprepared(&turn).await?;
        }
        Ok(admins().count(&self.connection).await? > 0)
    }

    /// Whether somebody but that person administers something. Holds on to the rows it counts, as below.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_admin_beside(&self, person: PersonId) -> Result<bool, StoreError> {
        let (all, person) = (admins().lock_exclusive().all(&self.connection).await?, person.to_string());
        Ok(all.iter().any(|row| row.person_id != person))
    }

    /// Whether somebody would still administer something without that grant. Holds on to the rows it counts, so that
    /// two admins who revoke each other at once do not both succeed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_admin_without(&self, id: GrantId) -> Result<bool, StoreError> {
        let all = admins().lock_exclusive().all(&self.connection).await?;
        Ok(all.iter().any(|row| row.id != id.0))
    }
}

fn admins() -> sea_orm::Select<role_grant::Entity> {
    role_grant::Entity::find().filter(role_grant::Column::Role.eq(Role::Admin.as_str()))
}

/// The grants of those persons, in the order of their ids.
pub(super) async fn grants_of(
    connection: &impl ConnectionTrait,
    persons: &[String],
) -> Result<Vec<(String, Grant)>, StoreError> {
    let rows = role_grant::Entity::find()
        .find_also_related(area::Entity)
        .filter(role_grant::Column::PersonId.is_in(persons.iter().map(String::as_str)))
        .order_by_asc(role_grant::Column::Id)
        .all(connection)
        .await?;
    let read = |(row, area): (role_grant::Model, Option<area::Model>)| {
        let grant = read(row.id, &row.role, area.as_ref(), row.operator_id)?;
        Ok((row.person_id, grant))
    };
    rows.into_iter().map(read).collect()
}

/// A grant from its row and that of its area.
pub(super) fn read(
    id: i32,
    role: &str,
    area: Option<&area::Model>,
    operator: Option<i32>,
) -> Result<Grant, StoreError> {
    let role = role.parse().map_err(|violation| StoreError::corrupt("role_grant", id, violation))?;
    let path = area.map(path).transpose()?.unwrap_or_default();
    Ok(Grant {
        id: GrantId(id),
        role,
        reach: Reach { area: path.last().cloned(), operator: operator.map(OperatorId) },
        path,
    })
}

/// The codes from the top of the tree down to an area.
pub(super) fn path(row: &area::Model) -> Result<Vec<AreaCode>, StoreError> {
    codes(&row.path).map_err(|violation| StoreError::corrupt("area", row.id, violation))
}

/// The codes of a path as the table keeps it: `/41/4103/410308/`.
pub(super) fn codes(path: &str) -> Result<Vec<AreaCode>, crate::domain::Violation> {
    path.split('/').filter(|code| !code.is_empty()).map(str::parse).collect()
}

/// What a scope covers of the rows of a table joined with `area`, whose column for the body is given. A path is compared by whole codes: the slashes on
/// both sides see to it that 4103 is not found in 410308.
pub(super) fn within(scope: &Scope, body: impl ColumnTrait) -> Condition {
    scope.reaches().iter().fold(Condition::any(), |any, reach| {
        let mut all = Condition::all();
        if let Some(code) = &reach.area {
            all = all.add(area::Column::Path.like(format!("%/{code}/%")));
        }
        if let Some(operator) = reach.operator {
            all = all.add(body.eq(operator.0));
        }
        // An empty condition would be left out, and with it what it stands for: everything.
        any.add(all.add(Expr::val(1).eq(1)))
    })
}
