//! Sets of toilets that are put out together for a time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{deployed, deployment, station};
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::deployment::{Deployment, Station};
use crate::domain::id::{DeploymentId, StationId, ToiletId};
use crate::domain::period::Span;
use crate::domain::place::Place;
use crate::domain::text::{Name, Text};
use crate::geo::Wgs84;

impl Store {
    /// Up to `limit` sets with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn deployments_after(&self, after: DeploymentId, limit: u64) -> Result<Vec<Deployment>, StoreError> {
        let tx = self.read().await?;
        let rows = deployment::Entity::find().filter(deployment::Column::Id.gt(after.0));
        let rows = rows.order_by_asc(deployment::Column::Id).limit(limit).all(&tx).await?;
        whole(&tx, rows).await
    }
}

impl Tx {
    /// Makes a set; answers its id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_deployment(
        &self,
        name: &Name,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<DeploymentId, StoreError> {
        let row = deployment::ActiveModel {
            id: NotSet,
            name: Set(name.to_string()),
            from_at: Set(from),
            until_at: Set(until),
            revision: Set(1),
        };
        Ok(DeploymentId(row.insert(&self.connection).await?.id))
    }

    /// The set of that id. Whoever wants to write it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn deployment(&self, id: DeploymentId) -> Result<Option<Deployment>, StoreError> {
        let row = deployment::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        Ok(whole(&self.connection, row.into_iter().collect()).await?.pop())
    }

    /// Puts a toilet into a set, and where it stands with it, if that is somewhere else than where it is registered.
    ///
    /// # Errors
    /// What the database says.
    pub async fn deploy(
        &self,
        id: DeploymentId,
        toilet: ToiletId,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        place: Option<Place>,
    ) -> Result<(), StoreError> {
        let member = deployed::ActiveModel { deployment_id: Set(id.0), toilet_id: Set(toilet.0) };
        deployed::Entity::insert(member).exec_without_returning(&self.connection).await?;
        let Some(place) = place else { return Ok(()) };
        let row = station::ActiveModel {
            id: NotSet,
            toilet_id: Set(toilet.0),
            deployment_id: Set(id.0),
            from_at: Set(from),
            until_at: Set(until),
            latitude: Set(place.position.latitude()),
            longitude: Set(place.position.longitude()),
            datum: Set(place.given.as_str().to_owned()),
            shifted: Set(place.shifted),
        };
        station::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Ends a set at that instant, and with it where its toilets stand; what would begin only then is taken back. Answers
    /// how the set stands then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_deployment(&self, set: &Deployment, at: DateTime<Utc>) -> Result<Deployment, StoreError> {
        let own = station::Column::DeploymentId.eq(set.id.0);
        if set.span.from() < at {
            let ended = station::ActiveModel { until_at: Set(at), ..Default::default() };
            station::Entity::update_many().set(ended).filter(own).exec(&self.connection).await?;
        } else {
            station::Entity::delete_many().filter(own).exec(&self.connection).await?;
        }
        let mut row =
            deployment::ActiveModel { id: Unchanged(set.id.0), revision: Set(set.revision + 1), ..Default::default() };
        if set.span.from() < at {
            row.until_at = Set(at);
        }
        let row = row.update(&self.connection).await?;
        read(&row, set.toilets.clone())
    }
}

/// Every set, in the order of their ids.
pub(super) async fn all(connection: &impl ConnectionTrait) -> Result<Vec<Deployment>, StoreError> {
    whole(connection, deployment::Entity::find().order_by_asc(deployment::Column::Id).all(connection).await?).await
}

async fn whole(connection: &impl ConnectionTrait, rows: Vec<deployment::Model>) -> Result<Vec<Deployment>, StoreError> {
    let members = deployed::Entity::find()
        .filter(deployed::Column::DeploymentId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(deployed::Column::ToiletId)
        .all(connection)
        .await?;
    let mut toilets: HashMap<i32, Vec<ToiletId>> = HashMap::new();
    for member in members {
        toilets.entry(member.deployment_id).or_default().push(ToiletId(member.toilet_id));
    }
    let read = |row: &deployment::Model| read(row, toilets.remove(&row.id).unwrap_or_default());
    rows.iter().map(read).collect()
}

/// A set from its row, with its toilets.
pub(super) fn read(row: &deployment::Model, toilets: Vec<ToiletId>) -> Result<Deployment, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("deployment", row.id, violation);
    Ok(Deployment {
        id: DeploymentId(row.id),
        name: Text::new(&row.name).map_err(corrupt)?,
        span: Span::new(row.from_at, Some(row.until_at)).map_err(corrupt)?,
        toilets,
        revision: row.revision,
    })
}

/// Where a toilet stands for a time, from its row.
pub(super) fn station(row: &station::Model) -> Result<Station, StoreError> {
    let read = || {
        let position = Wgs84::new(row.latitude, row.longitude)
            .map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))?;
        let given = row.datum.parse().map_err(|_| Violation::new("datum", "unknownValue", "no such datum"))?;
        Ok(Station {
            id: StationId(row.id),
            deployment: DeploymentId(row.deployment_id),
            span: Span::new(row.from_at, Some(row.until_at))?,
            place: Place::new(position, given, row.shifted),
        })
    };
    read().map_err(|violation: Violation| StoreError::corrupt("station", row.id, violation))
}
