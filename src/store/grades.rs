//! Grade records, one at a time: persons record, correct and withdraw them.

use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::grade;
use super::{ROWS, StoreError, Tx, rows};
use crate::domain::grade::{GradeRecord, NewGrade};
use crate::domain::id::{GradeId, SourceId, ToiletId};
use crate::domain::photo::{PhotoId, Shown};

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

    /// Gives toilets the grades that a source states, in the place of those it gave before. A record that it states
    /// again as it stands here stays what it is, with its photo.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn put_grades(&self, source: SourceId, given: &[(ToiletId, &[NewGrade])]) -> Result<(), StoreError> {
        let mut stated: HashMap<i32, Vec<&NewGrade>> =
            given.iter().map(|(id, grades)| (id.0, grades.iter().collect())).collect();
        let here = grade::Entity::find()
            .filter(grade::Column::SourceId.eq(source.0))
            .filter(grade::Column::ToiletId.is_in(stated.keys().copied()))
            .order_by_asc(grade::Column::Id);
        for row in here.all(&self.connection).await? {
            let (record, toilet) = (rows::grade_record(&row)?, ToiletId(row.toilet_id));
            let stated = stated.entry(row.toilet_id).or_default();
            if let Some(place) = stated.iter().position(|new| **new == record.fact) {
                stated.remove(place);
                continue;
            }
            if let Some(photo) = record.evidence {
                self.hide_photo(photo, &Shown::grade(toilet, record.id)).await?;
            }
            self.delete_grade(record.id).await?;
        }
        let source_id = Set(Some(source.0));
        let new = given.iter().flat_map(|(id, _)| {
            let stated = stated.remove(&id.0).unwrap_or_default();
            let row = |new| grade::ActiveModel { source_id: source_id.clone(), ..columns(*id, new) };
            stated.into_iter().map(row).collect::<Vec<_>>()
        });
        let new: Vec<_> = new.collect();
        for rows in new.chunks(ROWS) {
            grade::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
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
