//! Plates: which one of each kind hangs at a toilet now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity::{plate, toilet};
use super::{Store, StoreError, Tx};
use crate::domain::id::ToiletId;
use crate::domain::key::KeyId;
use crate::domain::plate::{PlateKind, Serial};

/// Which plate of a kind counts at a toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// The how-manieth it is.
    pub serial: Serial,
    /// Marks of older keys do not count: somebody who has an old key could make up this serial's.
    pub oldest_key: KeyId,
    /// Since when; the first plate is as old as its toilet.
    pub issued_at: Option<DateTime<Utc>>,
}

impl Current {
    /// Before any plate was replaced.
    pub const FIRST: Self = Self { serial: Serial::FIRST, oldest_key: KeyId::FIRST, issued_at: None };
}

impl Store {
    /// The plate of that kind that counts at a toilet.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plate(&self, toilet: ToiletId, kind: PlateKind) -> Result<Current, StoreError> {
        find(&self.reader, toilet, kind).await
    }

    /// The plates of that kind that count at those toilets.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plates_of(
        &self,
        toilets: &[ToiletId],
        kind: PlateKind,
    ) -> Result<HashMap<ToiletId, Current>, StoreError> {
        let mut plates: HashMap<_, _> = toilets.iter().map(|toilet| (*toilet, Current::FIRST)).collect();
        if !toilets.is_empty() {
            let rows = plate::Entity::find().filter(plate::Column::Kind.eq(kind.as_str()));
            let rows = rows.filter(plate::Column::ToiletId.is_in(toilets.iter().map(|toilet| toilet.0)));
            for row in rows.all(&self.reader).await? {
                plates.insert(ToiletId(row.toilet_id), read(&row)?);
            }
        }
        Ok(plates)
    }
}

impl Tx {
    /// The plate of that kind that counts at a toilet, until the commit; `None` where there is no such toilet. Those who
    /// ask of one toilet take turns.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plate(&self, toilet: ToiletId, kind: PlateKind) -> Result<Option<Current>, StoreError> {
        let row = toilet::Entity::find_by_id(toilet.0).lock(LockType::NoKeyUpdate).one(&self.connection).await?;
        if row.is_none() {
            return Ok(None);
        }
        find(&self.connection, toilet, kind).await.map(Some)
    }

    /// Puts another plate in its place; answers since when it counts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_plate(
        &self,
        toilet: ToiletId,
        kind: PlateKind,
        serial: Serial,
        key: KeyId,
    ) -> Result<DateTime<Utc>, StoreError> {
        let row = plate::ActiveModel {
            toilet_id: Set(toilet.0),
            kind: Set(kind.as_str().to_owned()),
            serial: Set(serial.get().into()),
            oldest_key: Set(key.to_string()),
            issued_at: Set(self.author.at),
        };
        let changed = [plate::Column::Serial, plate::Column::OldestKey, plate::Column::IssuedAt];
        let over =
            OnConflict::columns([plate::Column::ToiletId, plate::Column::Kind]).update_columns(changed).to_owned();
        plate::Entity::insert(row).on_conflict(over).exec_without_returning(&self.connection).await?;
        Ok(self.author.at)
    }

    /// Plates that counted from a key on count from any key on, since that key is gone.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn release_plates(&self, key: KeyId) -> Result<(), StoreError> {
        let rows =
            plate::Entity::update_many().col_expr(plate::Column::OldestKey, Expr::value(KeyId::FIRST.to_string()));
        rows.filter(plate::Column::OldestKey.eq(key.to_string())).exec(&self.connection).await?;
        Ok(())
    }
}

async fn find(connection: &impl ConnectionTrait, toilet: ToiletId, kind: PlateKind) -> Result<Current, StoreError> {
    let row = plate::Entity::find_by_id((toilet.0, kind.as_str().to_owned())).one(connection).await?;
    row.map_or(Ok(Current::FIRST), |row| read(&row))
}

/// The plate that a row tells of.
pub(super) fn read(row: &plate::Model) -> Result<Current, StoreError> {
    let corrupt = |violation| StoreError::corrupt("plate", format!("{}/{}", row.toilet_id, row.kind), violation);
    row.kind.parse::<PlateKind>().map_err(corrupt)?;
    Ok(Current {
        serial: row.serial.try_into().map_err(corrupt)?,
        oldest_key: row.oldest_key.parse().map_err(corrupt)?,
        issued_at: Some(row.issued_at),
    })
}
