//! Persons, and the staff as somebody may see it.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};

use super::entity::{identity, person, role_grant};
use super::grants::{grants_of, within};
use super::{Store, StoreError, Tx};
use crate::domain::account::{Member, PersonId, PersonName};
use crate::domain::policy::Scope;
use crate::domain::text::Text;

impl Store {
    /// A person with all their grants.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn member(&self, id: PersonId) -> Result<Option<Member>, StoreError> {
        let row = person::Entity::find_by_id(id.to_string()).one(&self.reader).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Member { id, name: name(&row)?, grants: self.grants(id).await? }))
    }

    /// When a person came to be known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn known_since(&self, id: PersonId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = person::Entity::find_by_id(id.to_string()).one(&self.reader).await?;
        Ok(row.map(|row| row.created_at))
    }

    /// The staff that a scope covers, in the order of their ids: of each person only the grants within it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn staff(&self, scope: &Scope, after: Option<PersonId>, limit: u64) -> Result<Vec<Member>, StoreError> {
        let tx = self.read().await?;
        let mut ids = role_grant::Entity::find()
            .join(JoinType::LeftJoin, role_grant::Relation::Area.def())
            .select_only()
            .column(role_grant::Column::PersonId)
            .distinct()
            .filter(within(scope, role_grant::Column::OperatorId));
        if let Some(after) = after {
            ids = ids.filter(role_grant::Column::PersonId.gt(after.to_string()));
        }
        let ids = ids.order_by_asc(role_grant::Column::PersonId).limit(limit);
        let ids: Vec<String> = ids.into_tuple().all(&tx).await?;
        let persons = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().map(String::as_str)));
        let persons = persons.order_by_asc(person::Column::Id).all(&tx).await?;
        let grants = grants_of(&tx, &ids).await?;
        let member = |row: person::Model| {
            let own = grants.iter().filter(|(person, _)| *person == row.id).map(|(_, grant)| grant.clone());
            let seen = own.filter(|grant| scope.covers(&grant.path, grant.reach.operator)).collect();
            Ok(Member { id: person_id(&row.id)?, name: name(&row)?, grants: seen })
        };
        persons.into_iter().map(member).collect()
    }
}

impl Tx {
    /// Removes a person with everything that is personal: the name, how they sign in, their roles and sessions, and the
    /// invitations for them. Records and the journal keep the pseudonym. Answers whether they were there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_person(&self, id: PersonId) -> Result<bool, StoreError> {
        let own = id.to_string();
        self.end_sessions(id).await?;
        self.void_renewals(id).await?;
        let grants = role_grant::Entity::delete_many().filter(role_grant::Column::PersonId.eq(own.as_str()));
        grants.exec(&self.connection).await?;
        let identities = identity::Entity::delete_many().filter(identity::Column::PersonId.eq(own.as_str()));
        identities.exec(&self.connection).await?;
        let gone = person::Entity::delete_by_id(own).exec(&self.connection).await?;
        Ok(gone.rows_affected == 1)
    }

    /// Adds a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_person(&self, id: PersonId, name: &PersonName) -> Result<(), StoreError> {
        let row = person::ActiveModel {
            id: Set(id.to_string()),
            name: Set(name.to_string()),
            created_at: Set(self.author.at),
        };
        person::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

fn name(row: &person::Model) -> Result<PersonName, StoreError> {
    Text::new(&row.name).map_err(|violation| StoreError::corrupt("person", &row.id, violation))
}

/// The pseudonym in a row.
pub(super) fn person_id(text: &str) -> Result<PersonId, StoreError> {
    text.parse().map_err(|violation| StoreError::corrupt("person", text, violation))
}
