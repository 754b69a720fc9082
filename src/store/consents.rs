//! Consents to messages: each counts for one.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Statement};

use super::entity::message_consent;
use super::{Store, StoreError, Tx};
use crate::domain::account::PersonId;

/// One statement, so that consents that come at once all count; no more than `$3` are believed.
const ADD: &str = "\
INSERT INTO message_consent (person_id, template_id, remaining) VALUES ($1, $2, 1) \
ON CONFLICT (person_id, template_id) DO UPDATE SET remaining = message_consent.remaining + 1 \
WHERE message_consent.remaining < $3";

impl Store {
    /// How many messages of each template a person still takes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn consents(&self, person: PersonId) -> Result<BTreeMap<String, i32>, StoreError> {
        let own = message_consent::Entity::find().filter(message_consent::Column::PersonId.eq(person.to_string()));
        let rows = own.all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (row.template_id, row.remaining)).collect())
    }
}

impl Tx {
    /// Adds one consent, up to so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_consent(&self, person: PersonId, template: &str, most: i32) -> Result<(), StoreError> {
        let values = [person.to_string().into(), template.into(), most.into()];
        let add = Statement::from_sql_and_values(self.connection.get_database_backend(), ADD, values);
        self.connection.execute_raw(add).await?;
        Ok(())
    }

    /// Uses up one consent; answers whether there was one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn use_consent(&self, person: PersonId, template: &str) -> Result<bool, StoreError> {
        let used = message_consent::Entity::update_many()
            .col_expr(message_consent::Column::Remaining, Expr::col(message_consent::Column::Remaining).sub(1))
            .filter(message_consent::Column::PersonId.eq(person.to_string()))
            .filter(message_consent::Column::TemplateId.eq(template))
            .filter(message_consent::Column::Remaining.gt(0))
            .exec(&self.connection)
            .await?;
        Ok(used.rows_affected == 1)
    }

    /// Forgets the consents to a template: WeChat says that there are none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn empty_consents(&self, person: PersonId, template: &str) -> Result<(), StoreError> {
        message_consent::Entity::update_many()
            .col_expr(message_consent::Column::Remaining, Expr::value(0))
            .filter(message_consent::Column::PersonId.eq(person.to_string()))
            .filter(message_consent::Column::TemplateId.eq(template))
            .exec(&self.connection)
            .await?;
        Ok(())
    }
}
