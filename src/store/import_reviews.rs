//! Files that were uploaded to be taken in, and the mark by which a change of the register since is seen.

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use super::entity::{import_file, import_review};
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::id::ImportReviewId;
use crate::domain::import_review::{ImportReview, ImportState, KEPT, NewImportReview};

/// Whatever decides what a file of one source would change: how many keys the source listed and lists, when it was taken
/// in last, and the revisions of its toilets, which only ever rise. One statement in either dialect.
const OF_SOURCE: &str = "\
SELECT CAST(COUNT(*) AS TEXT) || '/' || CAST(COALESCE(SUM(CASE WHEN i.present THEN 1 ELSE 0 END), 0) AS TEXT) || '/' || \
CAST(COALESCE(SUM(t.revision), 0) AS TEXT) || '/' || COALESCE(CAST(MAX(i.imported_at) AS TEXT), '') AS mark \
FROM imported i JOIN toilet t ON t.id = i.toilet_id JOIN source s ON s.id = i.source_id WHERE s.name = $1";

/// The same of all sources together, and of toilets that came from none.
const OF_ALL: &str = "\
SELECT CAST(COUNT(*) AS TEXT) || '/' || CAST(COALESCE(SUM(t.revision), 0) AS TEXT) || '/' || \
(SELECT CAST(COUNT(*) AS TEXT) || '/' || COALESCE(CAST(MAX(imported_at) AS TEXT), '') FROM imported) AS mark FROM toilet t";

/// Areas decide where toilets go.
const OF_AREAS: &str = "SELECT CAST(COALESCE(MAX(number), 0) AS TEXT) AS mark FROM journal WHERE kind = 'area'";

impl Store {
    /// The state of what is known of a source, or of the whole register; another one whenever that changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn register_mark(&self, source: Option<&str>) -> Result<String, StoreError> {
        mark(&self.reader, source).await
    }

    /// The uploaded file of that id, unless its time is over.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn import_review(
        &self,
        id: ImportReviewId,
        now: DateTime<Utc>,
    ) -> Result<Option<ImportReview>, StoreError> {
        let row = import_review::Entity::find_by_id(id.0).one(&self.reader).await?;
        row.filter(|row| row.expires_at > now).as_ref().map(read).transpose()
    }

    /// Up to `limit` uploaded files with ids below `before`, the newest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn import_reviews(
        &self,
        before: Option<ImportReviewId>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<ImportReview>, StoreError> {
        let mut rows = import_review::Entity::find().filter(import_review::Column::ExpiresAt.gt(now));
        if let Some(before) = before {
            rows = rows.filter(import_review::Column::Id.lt(before.0));
        }
        let rows = rows.order_by_desc(import_review::Column::Id).limit(limit).all(&self.reader).await?;
        rows.iter().map(read).collect()
    }
}

impl Tx {
    /// As [`Store::register_mark`], in this transaction.
    ///
    /// # Errors
    /// What the database says.
    pub async fn register_mark(&self, source: Option<&str>) -> Result<String, StoreError> {
        mark(&self.connection, source).await
    }

    /// Keeps an uploaded file with its report; answers it as it stands then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_import_review(&self, new: NewImportReview) -> Result<ImportReview, StoreError> {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            // A large file takes longer on its way than a statement of a request may.
            self.connection.execute_unprepared("SET LOCAL statement_timeout = '60s'").await?;
        }
        let uploaded_at = self.author.at.trunc_subsecs(0);
        let row = import_review::ActiveModel {
            id: NotSet,
            profile: Set(new.profile),
            sync: Set(new.sync),
            source: Set(new.source),
            bytes: Set(i64::try_from(new.content.len()).unwrap_or(i64::MAX)),
            fingerprint: Set(new.fingerprint),
            state: Set(ImportState::Ready.as_str().to_owned()),
            report: Set(new.report.to_string()),
            mark: Set(new.mark),
            reason: Set(None),
            person_id: Set(new.by.to_string()),
            applied_by: Set(None),
            applied_at: Set(None),
            uploaded_at: Set(uploaded_at),
            expires_at: Set(uploaded_at + KEPT),
            revision: Set(1),
        };
        let row = row.insert(&self.connection).await?;
        let file = import_file::ActiveModel { review_id: Set(row.id), content: Set(new.content) };
        import_file::Entity::insert(file).exec_without_returning(&self.connection).await?;
        read(&row)
    }

    /// The uploaded file of that id, unless its time is over. Whoever wants to write it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn import_review(&self, id: ImportReviewId) -> Result<Option<ImportReview>, StoreError> {
        let row = import_review::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        row.filter(|row| row.expires_at > self.author.at).as_ref().map(read).transpose()
    }

    /// What is in the file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn import_file(&self, id: ImportReviewId) -> Result<Option<Vec<u8>>, StoreError> {
        let row = import_file::Entity::find_by_id(id.0).one(&self.connection).await?;
        Ok(row.map(|row| row.content))
    }

    /// Writes what became of an uploaded file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_import_review(&self, review: &ImportReview) -> Result<(), StoreError> {
        let row = import_review::ActiveModel {
            id: Unchanged(review.id.0),
            state: Set(review.state.as_str().to_owned()),
            report: Set(review.report.to_string()),
            reason: Set(review.reason.clone()),
            applied_by: Set(review.applied_by.map(|person| person.to_string())),
            applied_at: Set(review.applied_at),
            revision: Set(review.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Throws an uploaded file away with what is said of it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_import_review(&self, id: ImportReviewId) -> Result<(), StoreError> {
        import_review::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }

    /// Throws away the uploaded files whose time is over; answers which, with the revision at which each stood.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sweep_import_reviews(&self) -> Result<Vec<(ImportReviewId, i32)>, StoreError> {
        let over = import_review::Column::ExpiresAt.lte(self.author.at);
        let rows = import_review::Entity::find()
            .filter(over.clone())
            .order_by_asc(import_review::Column::Id)
            .lock_exclusive()
            .select_only()
            .columns([import_review::Column::Id, import_review::Column::Revision])
            .into_tuple::<(i32, i32)>()
            .all(&self.connection)
            .await?;
        if !rows.is_empty() {
            import_review::Entity::delete_many().filter(over).exec(&self.connection).await?;
        }
        Ok(rows.into_iter().map(|(id, revision)| (ImportReviewId(id), revision)).collect())
    }
}

async fn mark(connection: &impl ConnectionTrait, source: Option<&str>) -> Result<String, StoreError> {
    let backend = connection.get_database_backend();
    let register = match source {
        Some(name) => Statement::from_sql_and_values(backend, OF_SOURCE, [name.into()]),
        None => Statement::from_string(backend, OF_ALL),
    };
    let mut mark = Vec::with_capacity(2);
    for statement in [register, Statement::from_string(backend, OF_AREAS)] {
        let row = connection.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("register mark".to_owned()))?;
        mark.push(row.try_get::<String>("", "mark")?);
    }
    Ok(mark.join(" "))
}

/// An uploaded file from its row.
pub(super) fn read(row: &import_review::Model) -> Result<ImportReview, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("import_review", row.id, message);
    Ok(ImportReview {
        id: ImportReviewId(row.id),
        profile: row.profile.clone(),
        sync: row.sync,
        source: row.source.clone(),
        bytes: row.bytes,
        fingerprint: row.fingerprint.clone(),
        state: row.state.parse().map_err(|violation: crate::domain::Violation| corrupt(violation.to_string()))?,
        report: serde_json::from_str(&row.report).map_err(|error| corrupt(error.to_string()))?,
        mark: row.mark.clone(),
        reason: row.reason.clone(),
        by: person_id(&row.person_id)?,
        applied_by: row.applied_by.as_deref().map(person_id).transpose()?,
        applied_at: row.applied_at,
        uploaded_at: row.uploaded_at,
        expires_at: row.expires_at,
        revision: row.revision,
    })
}
