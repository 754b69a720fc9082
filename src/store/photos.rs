//! Photos, and which records show them.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{photo, photo_file, photo_use};
use super::{Store, StoreError, Tx, people};
use crate::domain::account::PersonId;
use crate::domain::event::RecordKind;
use crate::domain::photo::{Digest, Photo, PhotoFile, PhotoId, PhotoState, PhotoUse, Shown};

impl Store {
    /// A photo.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photo(&self, id: PhotoId) -> Result<Option<Photo>, StoreError> {
        let row = photo::Entity::find_by_id(id.to_string()).find_also_related(photo_file::Entity);
        row.one(&self.reader).await?.map(whole).transpose()
    }

    /// The records that show a photo.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photo_shown(&self, id: PhotoId) -> Result<Vec<Shown>, StoreError> {
        let uses = photo_use::Entity::find().filter(photo_use::Column::PhotoId.eq(id.to_string()));
        uses.all(&self.reader).await?.iter().map(|row| read_use(row).map(|(shown, _)| shown)).collect()
    }

    /// Those photos, whichever of them there are.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photos(&self, ids: &[PhotoId]) -> Result<Vec<Photo>, StoreError> {
        let ids = ids.iter().map(ToString::to_string);
        let rows = photo::Entity::find().filter(photo::Column::Id.is_in(ids)).find_also_related(photo_file::Entity);
        rows.all(&self.reader).await?.into_iter().map(whole).collect()
    }

    /// Which of these pictures other records show than that one.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn shown_elsewhere(&self, record: &Shown, contents: &[&Digest]) -> Result<BTreeSet<Digest>, StoreError> {
        let contents = contents.iter().map(|content| content.as_str());
        let own =
            photo_use::Column::Kind.eq(record.kind.as_str()).and(photo_use::Column::Record.eq(record.key.as_str()));
        let rows = photo_use::Entity::find()
            .inner_join(photo::Entity)
            .filter(photo::Column::Content.is_in(contents))
            .filter(own.not())
            .select_only()
            .column(photo::Column::Content)
            .distinct()
            .into_tuple::<String>()
            .all(&self.reader)
            .await?;
        rows.iter().map(|text| digest("photo", text, text)).collect()
    }

    /// The newest photos that somebody sent.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photos_by(&self, person: PersonId, limit: u64) -> Result<Vec<Photo>, StoreError> {
        let own = photo::Entity::find().filter(photo::Column::PersonId.eq(person.to_string()));
        let own = own.order_by_desc(photo::Column::UploadedAt).order_by_desc(photo::Column::Id).limit(limit);
        own.find_also_related(photo_file::Entity).all(&self.reader).await?.into_iter().map(whole).collect()
    }

    /// How many photos there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_photos(&self) -> Result<u64, StoreError> {
        Ok(photo::Entity::find().count(&self.reader).await?)
    }
}

impl Tx {
    /// A photo. Whoever wants to write it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn photo(&self, id: PhotoId) -> Result<Option<Photo>, StoreError> {
        let row = photo::Entity::find_by_id(id.to_string()).lock_exclusive().one(&self.connection).await?;
        let Some(row) = row else { return Ok(None) };
        let file = photo_file::Entity::find_by_id(row.content.as_str()).one(&self.connection).await?;
        whole((row, file)).map(Some)
    }

    /// Adds a photo that no record shows yet; answers whether there was none of its id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_photo(&self, new: &Photo) -> Result<bool, StoreError> {
        let row = photo::ActiveModel {
            id: Set(new.id.to_string()),
            sent: Set(new.sent.to_string()),
            content: Set(new.file.content.to_string()),
            state: Set(new.state.as_str().to_owned()),
            person_id: Set(new.by.to_string()),
            uploaded_at: Set(new.uploaded_at),
            unused_since: Set(Some(new.uploaded_at)),
            revision: Set(new.revision),
        };
        let unless_there = OnConflict::column(photo::Column::Id).do_nothing().to_owned();
        let made = photo::Entity::insert(row).on_conflict(unless_there).exec_without_returning(&self.connection);
        Ok(made.await? == 1)
    }

    /// Writes how the check of a photo stands, and its next revision.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_photo_state(&self, id: PhotoId, state: PhotoState, revision: i32) -> Result<(), StoreError> {
        photo::Entity::update_many()
            .col_expr(photo::Column::State, Expr::value(state.as_str()))
            .col_expr(photo::Column::Revision, Expr::value(revision))
            .filter(photo::Column::Id.eq(id.to_string()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Has a record show a photo; one that does already goes on as it did.
    ///
    /// # Errors
    /// What the database says.
    pub async fn show_photo(&self, id: PhotoId, record: &Shown, from: DateTime<Utc>) -> Result<(), StoreError> {
        use photo_use::Column::{Kind, PhotoId, Record};
        let row = photo_use::ActiveModel {
            kind: Set(record.kind.as_str().to_owned()),
            record: Set(record.key.clone()),
            photo_id: Set(id.to_string()),
            from_at: Set(from),
        };
        let unless_there = OnConflict::columns([Kind, Record, PhotoId]).do_nothing().to_owned();
        photo_use::Entity::insert(row).on_conflict(unless_there).exec_without_returning(&self.connection).await?;
        self.set_unused(id, None).await
    }

    /// Has a record no longer show a photo. Where none does any more, it is in no use from now on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hide_photo(&self, id: PhotoId, record: &Shown) -> Result<(), StoreError> {
        let key = (record.kind.as_str().to_owned(), record.key.clone(), id.to_string());
        photo_use::Entity::delete_by_id(key).exec(&self.connection).await?;
        let uses = photo_use::Entity::find().filter(photo_use::Column::PhotoId.eq(id.to_string()));
        if uses.one(&self.connection).await?.is_none() {
            self.set_unused(id, Some(self.author.at)).await?;
        }
        Ok(())
    }

    /// Has the photos that somebody sent and no record shows go with the next sweep.
    ///
    /// # Errors
    /// What the database says.
    pub async fn abandon_photos(&self, person: PersonId) -> Result<(), StoreError> {
        photo::Entity::update_many()
            .col_expr(photo::Column::UnusedSince, Expr::value(DateTime::UNIX_EPOCH))
            .filter(photo::Column::PersonId.eq(person.to_string()))
            .filter(photo::Column::UnusedSince.is_not_null())
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    async fn set_unused(&self, id: PhotoId, since: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        photo::Entity::update_many()
            .col_expr(photo::Column::UnusedSince, Expr::value(since))
            .filter(photo::Column::Id.eq(id.to_string()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }
}

/// The photos that toilets show, by their ids.
pub(super) async fn of_toilets(
    connection: &impl ConnectionTrait,
    ids: &[i32],
) -> Result<HashMap<i32, Vec<PhotoUse>>, StoreError> {
    let rows = photo_use::Entity::find()
        .filter(photo_use::Column::Kind.eq(RecordKind::Toilet.as_str()))
        .filter(photo_use::Column::Record.is_in(ids.iter().map(ToString::to_string)))
        .order_by_asc(photo_use::Column::FromAt)
        .order_by_asc(photo_use::Column::PhotoId)
        .all(connection)
        .await?;
    let mut found: HashMap<i32, Vec<PhotoUse>> = HashMap::new();
    for row in &rows {
        let (shown, read) = read_use(row)?;
        let toilet =
            shown.key.parse().map_err(|_| StoreError::corrupt("photo_use", &row.photo_id, "no toilet's id"))?;
        found.entry(toilet).or_default().push(read);
    }
    Ok(found)
}

/// A use from its row.
pub(super) fn read_use(row: &photo_use::Model) -> Result<(Shown, PhotoUse), StoreError> {
    let corrupt = |violation| StoreError::corrupt("photo_use", &row.photo_id, violation);
    let shown = Shown { kind: row.kind.parse().map_err(corrupt)?, key: row.record.clone() };
    Ok((shown, PhotoUse { photo: row.photo_id.parse().map_err(corrupt)?, from: row.from_at }))
}

/// A photo with its file, from their rows.
pub(super) fn whole((row, file): (photo::Model, Option<photo_file::Model>)) -> Result<Photo, StoreError> {
    let corrupt = |violation| StoreError::corrupt("photo", &row.id, violation);
    let file = file.ok_or_else(|| StoreError::corrupt("photo", &row.id, "there is no such file"))?;
    Ok(Photo {
        id: row.id.parse().map_err(corrupt)?,
        sent: digest("photo", &row.id, &row.sent)?,
        file: read_file(&file)?,
        state: row.state.parse().map_err(corrupt)?,
        by: people::person_id(&row.person_id)?,
        uploaded_at: row.uploaded_at,
        revision: row.revision,
    })
}

/// A file from its row.
pub(super) fn read_file(row: &photo_file::Model) -> Result<PhotoFile, StoreError> {
    let content = digest("photo_file", &row.content, &row.content)?;
    Ok(PhotoFile { content, width: row.width, height: row.height, bytes: row.bytes })
}

pub(super) fn digest(table: &'static str, key: &str, text: &str) -> Result<Digest, StoreError> {
    text.parse().map_err(|violation: crate::domain::Violation| StoreError::corrupt(table, key, violation))
}
