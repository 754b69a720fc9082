//! The photos that cleanings name, which arrive before or after them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use super::entity::{cleaning, cleaning_photo, photo, photo_use};
use super::{StoreError, Tx};
use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::domain::cleaning::CleaningId;
use crate::domain::id::ToiletId;
use crate::domain::photo::{PhotoId, Shown};

/// Rows of one statement.
const ROWS: usize = 500;

impl Tx {
    /// Has records show those of the photos that are there and were sent by that person. Whoever brings one of them, or
    /// a record that names it, waits until the commit, so that one of the two sees the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn show_photos_of(
        &self,
        named: &[(PhotoId, Shown, PersonId)],
        from: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if named.is_empty() {
            return Ok(());
        }
        self.take_turn_with_photos(named.iter().map(|(photo, ..)| *photo)).await?;
        let mut senders = BTreeMap::new();
        for named in named.chunks(ROWS) {
            let ids = named.iter().map(|(photo, ..)| photo.to_string());
            let rows = photo::Entity::find().filter(photo::Column::Id.is_in(ids)).order_by_asc(photo::Column::Id);
            let rows = rows.select_only().columns([photo::Column::Id, photo::Column::PersonId]).lock_exclusive();
            senders.extend(rows.into_tuple::<(String, String)>().all(&self.connection).await?);
        }
        let is_hers = |photo: &PhotoId, by: &PersonId| senders.get(&photo.to_string()) == Some(&by.to_string());
        let there: Vec<_> = named.iter().filter(|(photo, _, by)| is_hers(photo, by)).collect();
        for there in there.chunks(ROWS) {
            let rows = there.iter().map(|(photo, shown, _)| photo_use::ActiveModel {
                kind: Set(shown.kind.as_str().to_owned()),
                record: Set(shown.key.clone()),
                photo_id: Set(photo.to_string()),
                from_at: Set(from),
            });
            let unless_there = OnConflict::new().do_nothing().to_owned();
            let rows = photo_use::Entity::insert_many(rows.collect::<Vec<_>>()).on_conflict(unless_there);
            rows.exec_without_returning(&self.connection).await?;
            photo::Entity::update_many()
                .col_expr(photo::Column::UnusedSince, Expr::value(None::<DateTime<Utc>>))
                .filter(photo::Column::Id.is_in(there.iter().map(|(photo, ..)| photo.to_string())))
                .exec(&self.connection)
                .await?;
        }
        Ok(())
    }

    /// The records that name a photo and were recorded by that person, each with its toilet. Whoever brings another
    /// such record waits until the commit.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleanings_naming(
        &self,
        photo: PhotoId,
        by: PersonId,
    ) -> Result<Vec<(ToiletId, CleaningId)>, StoreError> {
        self.take_turn_with_photos(std::iter::once(photo)).await?;
        let naming = cleaning_photo::Entity::find().filter(cleaning_photo::Column::PhotoId.eq(photo.to_string()));
        let naming = naming.select_only().column(cleaning_photo::Column::CleaningId);
        let ids: Vec<String> = naming.into_tuple().all(&self.connection).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = cleaning::Entity::find().filter(cleaning::Column::Id.is_in(ids));
        let rows = rows.filter(cleaning::Column::RecordedBy.eq(by.to_string())).select_only();
        let rows = rows.columns([cleaning::Column::ToiletId, cleaning::Column::Id]);
        let rows: Vec<(i32, String)> = rows.into_tuple().all(&self.connection).await?;
        let read = |(toilet, id): (i32, String)| {
            let corrupt = |violation: Violation| StoreError::corrupt("cleaning", &id, violation);
            Ok((ToiletId(toilet), id.parse().map_err(corrupt)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Waits for all others who are about to write of these photos, which may not be there yet to be locked. On SQLite
    /// all who write take turns anyway.
    async fn take_turn_with_photos(&self, photos: impl Iterator<Item = PhotoId>) -> Result<(), StoreError> {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            let all: Vec<String> = photos.map(|photo| photo.to_string()).collect();
            let turn = Statement::from_sql_and_values(DbBackend::Postgres, TURN, [all.join(",").into()]);
            self.connection.query_all_raw(turn).await?;
        }
        Ok(())
    }
}

/// In one order, so that no two wait for each other.
const TURN: &str = "\
SELECT 1 AS turn FROM (SELECT DISTINCT hashtextextended(id, 7263) AS number \
FROM unnest(string_to_array($1, ',')) AS id ORDER BY 1) AS photos, pg_advisory_xact_lock(number)";
