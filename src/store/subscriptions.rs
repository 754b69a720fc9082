//! What people want to be told.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::entity::{area, subscription};
use super::grants::codes;
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::account::{PersonId, Reach};
use crate::domain::area::AreaCode;
use crate::domain::events::Topic;
use crate::domain::id::{AreaId, OperatorId};
use crate::domain::plan::Clock;
use crate::domain::seal::Sealed;
use crate::domain::subscription::{Quiet, Rhythm, Subscription, Trouble};

/// What is sealed of a subscription.
#[derive(Debug, Clone, Default)]
pub struct Sealing {
    /// Where its messages go.
    pub target: Option<Sealed>,
    /// What is shared with the other side.
    pub secret: Option<Sealed>,
}

impl Store {
    /// All subscriptions, in the order in which they were made.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let rows = subscription::Entity::find().order_by_asc(subscription::Column::MadeAt);
        let rows = rows.order_by_asc(subscription::Column::Id).all(&self.reader).await?;
        whole(&self.reader, &rows).await
    }

    /// The subscription of that id, with what is sealed of it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn subscription(&self, id: Uuid) -> Result<Option<(Subscription, Sealing)>, StoreError> {
        let row = subscription::Entity::find_by_id(id.to_string()).one(&self.reader).await?;
        let sealing = row.as_ref().map(|row| Sealing {
            target: row.target.clone().map(Sealed::kept),
            secret: row.secret.clone().map(Sealed::kept),
        });
        Ok(whole(&self.reader, row.as_slice()).await?.pop().zip(sealing))
    }
}

impl Tx {
    /// Puts a subscription on record, of that area if it is of one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_subscription(
        &self,
        new: &Subscription,
        area: Option<AreaId>,
        sealing: &Sealing,
    ) -> Result<(), StoreError> {
        let Rhythm { pace, quiet, zone } = new.rhythm;
        let sealed = |sealed: &Option<Sealed>| Set(sealed.as_ref().map(|sealed| sealed.as_str().to_owned()));
        let row = subscription::ActiveModel {
            id: Set(new.id.to_string()),
            person_id: Set(new.person.to_string()),
            channel: Set(new.channel.as_str().to_owned()),
            area_id: Set(area.map(|id| id.0)),
            operator_id: Set(new.reach.operator.map(|id| id.0)),
            topics: Set(listed(&new.topics)),
            pace: Set(pace.as_str().to_owned()),
            quiet_from: Set(quiet.map(|quiet| quiet.from().minutes().into())),
            quiet_to: Set(quiet.map(|quiet| quiet.to().minutes().into())),
            zone: Set(zone.name().to_owned()),
            target: sealed(&sealing.target),
            secret: sealed(&sealing.secret),
            made_at: Set(new.made_at),
            failing_since: Set(None),
            paused_at: Set(None),
            trouble: Set(None),
        };
        subscription::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// How many subscriptions a person has.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_subscriptions(&self, person: PersonId) -> Result<u64, StoreError> {
        let own = subscription::Entity::find().filter(subscription::Column::PersonId.eq(person.to_string()));
        Ok(own.count(&self.connection).await?)
    }

    /// Removes a subscription with all its messages; answers whether it was there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_subscription(&self, id: Uuid) -> Result<bool, StoreError> {
        Ok(subscription::Entity::delete_by_id(id.to_string()).exec(&self.connection).await?.rows_affected == 1)
    }

    /// Removes the subscriptions of a person with all their messages; answers their ids.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_subscriptions(&self, person: PersonId) -> Result<Vec<String>, StoreError> {
        let own = subscription::Column::PersonId.eq(person.to_string());
        let rows = subscription::Entity::find().filter(own.clone()).all(&self.connection).await?;
        subscription::Entity::delete_many().filter(own).exec(&self.connection).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Writes how messages of a subscription get there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn mark_subscription(
        &self,
        id: Uuid,
        failing_since: Option<DateTime<Utc>>,
        paused_at: Option<DateTime<Utc>>,
        trouble: Option<Trouble>,
    ) -> Result<(), StoreError> {
        use sea_orm::ActiveModelTrait;
        let row = subscription::ActiveModel {
            id: sea_orm::ActiveValue::Unchanged(id.to_string()),
            failing_since: Set(failing_since),
            paused_at: Set(paused_at),
            trouble: Set(trouble.map(|trouble| trouble.as_str().to_owned())),
            ..Default::default()
        };
        match row.update(&self.connection).await {
            // It was removed meanwhile.
            Err(sea_orm::DbErr::RecordNotUpdated) => Ok(()),
            marked => Ok(marked.map(drop)?),
        }
    }
}

/// Subscriptions from their rows, with the areas that they are of.
pub(super) async fn whole(
    connection: &impl ConnectionTrait,
    rows: &[subscription::Model],
) -> Result<Vec<Subscription>, StoreError> {
    let ids: Vec<_> = rows.iter().filter_map(|row| row.area_id).collect();
    let mut paths: HashMap<i32, Vec<AreaCode>> = HashMap::new();
    if !ids.is_empty() {
        for row in area::Entity::find().filter(area::Column::Id.is_in(ids)).all(connection).await? {
            let path = codes(&row.path).map_err(|violation| StoreError::corrupt("area", row.id, violation))?;
            paths.insert(row.id, path);
        }
    }
    rows.iter().map(|row| read(row, &paths)).collect()
}

/// A subscription from its row, with the paths of areas by their ids.
pub(super) fn read(row: &subscription::Model, paths: &HashMap<i32, Vec<AreaCode>>) -> Result<Subscription, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("subscription", &row.id, message);
    let rule = |violation: Violation| corrupt(violation.to_string());
    let path = row.area_id.map(|id| paths.get(&id).cloned().ok_or_else(|| corrupt(format!("there is no area {id}"))));
    let path = path.transpose()?.unwrap_or_default();
    let clock =
        |minutes: i32| u16::try_from(minutes).map(Clock::of_minutes).map_err(|error| corrupt(error.to_string()));
    let quiet = match row.quiet_from.zip(row.quiet_to) {
        Some((from, to)) => Some(Quiet::new(clock(from)?, clock(to)?).map_err(rule)?),
        None => None,
    };
    let zone = row.zone.parse().map_err(|_| corrupt(format!("there is no zone {}", row.zone)))?;
    Ok(Subscription {
        id: row.id.parse().map_err(|error: uuid::Error| corrupt(error.to_string()))?,
        person: person_id(&row.person_id)?,
        channel: row.channel.parse().map_err(rule)?,
        reach: Reach { area: path.last().cloned(), operator: row.operator_id.map(OperatorId) },
        path,
        topics: topics(&row.topics).map_err(rule)?,
        rhythm: Rhythm { pace: row.pace.parse().map_err(rule)?, quiet, zone },
        made_at: row.made_at,
        failing_since: row.failing_since,
        paused_at: row.paused_at,
        trouble: row.trouble.as_deref().map(str::parse).transpose().map_err(rule)?,
    })
}

/// Topics as a column holds them.
pub(super) fn listed(topics: &[Topic]) -> String {
    topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(",")
}

/// Topics from a column.
pub(super) fn topics(text: &str) -> Result<Vec<Topic>, Violation> {
    text.split(',').map(str::parse).collect()
}
