//! Grade records, one at a time: persons record, correct and withdraw them.

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, EntityTrait};

use super::entity::grade;
use super::{StoreError, Tx};
use crate::domain::grade::{GradeRecord, NewGrade};
use crate::domain::id::{GradeId, ToiletId};
use crate::domain::photo::PhotoId;

impl Tx {
    /// Puts a grade of a toilet on record, with a photo that shows it; answers its id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_grade(
        &self,
        toilet: ToiletId,
        new: &NewGrade,
        evidence: Option<PhotoId>,
    ) -> Result<GradeId, StoreError> {
        let evidence = Set(evidence.map(|photo| photo.to_string()));
        let row = grade::ActiveModel { source_id: Set(None), evidence, ..columns(toilet, new) };
        Ok(GradeId(row.insert(&self.connection).await?.id))
    }

    /// Writes a grade record of a toilet anew. Whoever stated it first stays on record.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_grade(&self, toilet: ToiletId, record: &GradeRecord) -> Result<(), StoreError> {
        let superseded_by = Set(record.superseded_by.map(|by| by.0));
        let evidence = Set(record.evidence.map(|photo| photo.to_string()));
        let id = Unchanged(record.id.0);
        let row = grade::ActiveModel { id, superseded_by, evidence, ..columns(toilet, &record.fact) };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back a grade record; the journal remembers it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_grade(&self, id: GradeId) -> Result<(), StoreError> {
        grade::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }
}

/// What a grade says as columns: without an id, a source, a photo, or a record that took its place.
pub(super) fn columns(toilet: ToiletId, new: &NewGrade) -> grade::ActiveModel {
    grade::ActiveModel {
        id: NotSet,
        toilet_id: Set(toilet.0),
        standard: Set(new.standard().as_str().to_owned()),
        grade: Set(new.grade().as_str().to_owned()),
        assessed_on: Set(new.assessed_on),
        valid_to: Set(new.valid_to),
        revoked_on: Set(new.revoked_on),
        superseded_on: Set(new.superseded_on),
        certificate: Set(new.certificate.as_ref().map(ToString::to_string)),
        assessor: Set(new.assessor.as_ref().map(ToString::to_string)),
        source_id: NotSet,
        superseded_by: NotSet,
        evidence: NotSet,
    }
}
