//! The files of photos: on record before they are there, and until they are gone, so that none is ever forgotten.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{media_check, photo, photo_file, photo_use};
use super::{Store, StoreError, Tx, photos};
use crate::domain::photo::{Digest, Photo, PhotoFile, PhotoId, PhotoState};
use crate::domain::wechat::CheckState;

/// Photos and files that one sweep takes at most, so that no transaction grows long.
const AT_ONCE: u64 = 200;

impl Store {
    /// Up to `limit` files that are to be there, after that one, in the order of their hashes.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photo_files_after(&self, after: Option<&Digest>, limit: u64) -> Result<Vec<Digest>, StoreError> {
        // A file may still be on its way until a photo names it.
        let named = Query::select().column(photo::Column::Content).from(photo::Entity).to_owned();
        let mut rows = photo_file::Entity::find().filter(photo_file::Column::Content.in_subquery(named));
        if let Some(after) = after {
            rows = rows.filter(photo_file::Column::Content.gt(after.as_str()));
        }
        let rows = rows.order_by_asc(photo_file::Column::Content).limit(limit).all(&self.reader).await?;
        rows.iter().map(|row| photos::read_file(row).map(|file| file.content)).collect()
    }

    /// The photos sent since then that wait for WeChat's word though it was not asked for it since `asked`, the oldest
    /// first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photos_to_check(
        &self,
        since: DateTime<Utc>,
        asked: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<Photo>, StoreError> {
        let under_way = Query::select()
            .column(media_check::Column::Subject)
            .from(media_check::Entity)
            .and_where(media_check::Column::AskedAt.gt(asked))
            .and_where(media_check::Column::Subject.is_not_null())
            .to_owned();
        let rows = photo::Entity::find()
            .filter(photo::Column::State.eq(PhotoState::Pending.as_str()))
            .filter(photo::Column::UploadedAt.gt(since))
            .filter(photo::Column::Id.not_in_subquery(under_way))
            .order_by_asc(photo::Column::UploadedAt)
            .limit(limit)
            .find_also_related(photo_file::Entity);
        rows.all(&self.reader).await?.into_iter().map(photos::whole).collect()
    }
}

impl Tx {
    /// Puts a file on record that is about to be stored, or is stored already; `false` where it is just being deleted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keep_photo_file(&self, file: &PhotoFile) -> Result<bool, StoreError> {
        let row = photo_file::ActiveModel {
            content: Set(file.content.to_string()),
            width: Set(file.width),
            height: Set(file.height),
            bytes: Set(file.bytes),
            stored_at: Set(self.author.at),
            leaving: Set(false),
        };
        let unless_there = OnConflict::column(photo_file::Column::Content).do_nothing().to_owned();
        photo_file::Entity::insert(row).on_conflict(unless_there).exec_without_returning(&self.connection).await?;
        // A sweep leaves alone what was stored lately.
        let kept = photo_file::Entity::update_many()
            .col_expr(photo_file::Column::StoredAt, Expr::value(self.author.at))
            .filter(photo_file::Column::Content.eq(file.content.as_str()))
            .filter(photo_file::Column::Leaving.eq(false))
            .exec(&self.connection)
            .await?;
        Ok(kept.rows_affected == 1)
    }

    /// Removes photos that no record has shown since then; answers them.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn remove_unused_photos(&self, since: DateTime<Utc>) -> Result<Vec<Photo>, StoreError> {
        let used = Query::select().column(photo_use::Column::PhotoId).from(photo_use::Entity).to_owned();
        let rows = photo::Entity::find()
            .filter(photo::Column::UnusedSince.lt(since))
            .filter(photo::Column::Id.not_in_subquery(used))
            .order_by_asc(photo::Column::UnusedSince)
            .limit(AT_ONCE)
            .lock_exclusive()
            .all(&self.connection)
            .await?;
        let mut removed = Vec::with_capacity(rows.len());
        for row in rows {
            let file = photo_file::Entity::find_by_id(row.content.as_str()).one(&self.connection).await?;
            photo::Entity::delete_by_id(row.id.as_str()).exec(&self.connection).await?;
            removed.push(photos::whole((row, file))?);
        }
        Ok(removed)
    }

    /// The files that no photo has named since then, which from now on are being deleted, those included of which a
    /// sweep before could not delete all.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn take_leave_of_photo_files(&self, since: DateTime<Utc>) -> Result<Vec<Digest>, StoreError> {
        let named = Query::select().column(photo::Column::Content).from(photo::Entity).to_owned();
        let rows = photo_file::Entity::find()
            .filter(photo_file::Column::StoredAt.lt(since).or(photo_file::Column::Leaving.eq(true)))
            .filter(photo_file::Column::Content.not_in_subquery(named))
            .order_by_asc(photo_file::Column::StoredAt)
            .limit(AT_ONCE)
            .lock_exclusive()
            .all(&self.connection)
            .await?;
        photo_file::Entity::update_many()
            .col_expr(photo_file::Column::Leaving, Expr::value(true))
            .filter(photo_file::Column::Content.is_in(rows.iter().map(|row| row.content.as_str())))
            .exec(&self.connection)
            .await?;
        rows.iter().map(|row| photos::read_file(row).map(|file| file.content)).collect()
    }

    /// Forgets files that are gone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_photo_files(&self, contents: &[Digest]) -> Result<(), StoreError> {
        photo_file::Entity::delete_many()
            .filter(photo_file::Column::Content.is_in(contents.iter().map(Digest::as_str)))
            .filter(photo_file::Column::Leaving.eq(true))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// What the checks of a photo say: refused if one refused it, passed if one passed it; `None` while none has
    /// decided.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photo_checked(&self, id: PhotoId) -> Result<Option<CheckState>, StoreError> {
        let rows = media_check::Entity::find().filter(media_check::Column::Subject.eq(id.to_string()));
        let rows = rows.all(&self.connection).await?;
        let read = |row: &media_check::Model| {
            let corrupt = |violation| StoreError::corrupt("media_check", &row.trace_id, violation);
            row.state.parse::<CheckState>().map_err(corrupt)
        };
        let states = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Ok([CheckState::Refused, CheckState::Passed].into_iter().find(|wanted| states.contains(wanted)))
    }

    /// What a check is of; `None` where that is not known, or not yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn media_check_subject(&self, trace: &str) -> Result<Option<String>, StoreError> {
        let row = media_check::Entity::find_by_id(trace).one(&self.connection).await?;
        Ok(row.and_then(|row| row.subject))
    }
}
