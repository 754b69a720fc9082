//! Who answers for which toilet.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::entity::{custodian, person};
use super::grants::grants_of;
use super::people::person_id;
use super::{Store, StoreError, Tx, substitutes};
use crate::domain::Violation;
use crate::domain::account::{Grant, PersonId, PersonName};
use crate::domain::assignment::{Assignments, Custodian, Named};
use crate::domain::id::{CustodianId, ToiletId};
use crate::domain::period::Days;
use crate::domain::text::Text;

/// Persons whose grants are read at a time.
const PERSONS: usize = 500;

impl Store {
    /// Who answered, answers and will answer for a toilet, and who stands in, in the order of their days, with their names.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn assignments_of(&self, toilet: ToiletId) -> Result<Assignments, StoreError> {
        let (custodians, substitutes) = (of(&self.reader, toilet).await?, substitutes::of(&self.reader, toilet).await?);
        let persons = custodians.iter().map(|one| one.person).chain(substitutes.iter().map(|one| one.person));
        let names = self.names_of(&persons.collect()).await?;
        let custodians = custodians.into_iter().map(|one| Named { name: names.get(&one.person).cloned(), record: one });
        let substitutes =
            substitutes.into_iter().map(|one| Named { name: names.get(&one.person).cloned(), record: one });
        Ok(Assignments { custodians: custodians.collect(), substitutes: substitutes.collect() })
    }

    /// What those persons are called; who is forgotten is left out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn names_of(&self, persons: &BTreeSet<PersonId>) -> Result<HashMap<PersonId, PersonName>, StoreError> {
        names(&self.reader, persons).await
    }

    /// Those who answer for toilets on that day or later, by their toilets.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn custodians_since(&self, day: NaiveDate) -> Result<HashMap<ToiletId, Vec<Custodian>>, StoreError> {
        let lasting = custodian::Column::ToOn.is_null().or(custodian::Column::ToOn.gte(day));
        let rows = custodian::Entity::find().filter(lasting).order_by_asc(custodian::Column::FromOn);
        let mut found: HashMap<ToiletId, Vec<Custodian>> = HashMap::new();
        for row in rows.all(&self.reader).await? {
            let custodian = read(&row)?;
            found.entry(custodian.toilet).or_default().push(custodian);
        }
        Ok(found)
    }

    /// The toilets for which a person answered, answers and will answer, the latest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn custodians_by(&self, person: PersonId, limit: u64) -> Result<Vec<Custodian>, StoreError> {
        let rows = custodian::Entity::find().filter(custodian::Column::PersonId.eq(person.to_string()));
        let rows = rows.order_by_desc(custodian::Column::FromOn).order_by_desc(custodian::Column::Id).limit(limit);
        rows.all(&self.reader).await?.iter().map(read).collect()
    }

    /// What those persons were granted; who was granted nothing is left out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn grants_of(&self, persons: &[PersonId]) -> Result<HashMap<PersonId, Vec<Grant>>, StoreError> {
        let mut found: HashMap<PersonId, Vec<Grant>> = HashMap::new();
        for persons in persons.chunks(PERSONS) {
            let ids: Vec<_> = persons.iter().map(ToString::to_string).collect();
            for (person, grant) in grants_of(&self.reader, &ids).await? {
                found.entry(person_id(&person)?).or_default().push(grant);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// What those persons are called; who is forgotten is left out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn names_of(&self, persons: &BTreeSet<PersonId>) -> Result<HashMap<PersonId, PersonName>, StoreError> {
        names(&self.connection, persons).await
    }

    /// Who answered, answers and will answer for a toilet, in the order of their days. Whoever writes them holds the toilet.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn custodians_of(&self, toilet: ToiletId) -> Result<Vec<Custodian>, StoreError> {
        of(&self.connection, toilet).await
    }

    /// For what a person answers on that day or later. Whoever wants to write these waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn custodians_by(&self, person: PersonId, since: NaiveDate) -> Result<Vec<Custodian>, StoreError> {
        let lasting = custodian::Column::ToOn.is_null().or(custodian::Column::ToOn.gte(since));
        let rows = custodian::Entity::find().filter(custodian::Column::PersonId.eq(person.to_string())).filter(lasting);
        let rows = rows.order_by_asc(custodian::Column::Id).lock_exclusive().all(&self.connection).await?;
        rows.iter().map(read).collect()
    }

    /// Has somebody answer for a toilet (the id is not looked at); answers the id.
    ///
    /// # Errors
    /// What the database says, which knows that there is one at a time.
    pub async fn create_custodian(&self, new: &Custodian) -> Result<CustodianId, StoreError> {
        let from = new.days.from().ok_or_else(|| StoreError::corrupt("custodian", "new", "it has no first day"))?;
        let row = custodian::ActiveModel {
            id: NotSet,
            toilet_id: Set(new.toilet.0),
            person_id: Set(new.person.to_string()),
            from_on: Set(from),
            to_on: Set(new.days.to()),
            revision: Set(new.revision),
        };
        Ok(CustodianId(row.insert(&self.connection).await?.id))
    }

    /// Writes the last day on which somebody answers for a toilet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_custodian(&self, ended: &Custodian) -> Result<(), StoreError> {
        let row = custodian::ActiveModel {
            id: Unchanged(ended.id.0),
            to_on: Set(ended.days.to()),
            revision: Set(ended.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back what never began.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_custodian(&self, id: CustodianId) -> Result<(), StoreError> {
        custodian::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }
}

async fn names(
    connection: &impl ConnectionTrait,
    persons: &BTreeSet<PersonId>,
) -> Result<HashMap<PersonId, PersonName>, StoreError> {
    let ids: Vec<_> = persons.iter().map(ToString::to_string).collect();
    let mut names = HashMap::new();
    for ids in ids.chunks(PERSONS) {
        let rows = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().map(String::as_str)));
        for row in rows.all(connection).await? {
            let name = Text::new(&row.name).map_err(|violation| StoreError::corrupt("person", &row.id, violation))?;
            names.insert(person_id(&row.id)?, name);
        }
    }
    Ok(names)
}

async fn of(connection: &impl ConnectionTrait, toilet: ToiletId) -> Result<Vec<Custodian>, StoreError> {
    let rows = custodian::Entity::find().filter(custodian::Column::ToiletId.eq(toilet.0));
    rows.order_by_asc(custodian::Column::FromOn).all(connection).await?.iter().map(read).collect()
}

/// A custodian from their row.
pub(super) fn read(row: &custodian::Model) -> Result<Custodian, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("custodian", row.id, violation);
    Ok(Custodian {
        id: CustodianId(row.id),
        toilet: ToiletId(row.toilet_id),
        person: person_id(&row.person_id)?,
        days: Days::new(Some(row.from_on), row.to_on).map_err(corrupt)?,
        revision: row.revision,
    })
}

/// Asks who answered, answers and will answer for those toilets, in the order of their days.
pub(super) fn asking(backend: DbBackend, toilets: &[i32]) -> Statement {
    let rows = custodian::Entity::find().filter(custodian::Column::ToiletId.is_in(toilets.iter().copied()));
    backend.build(&rows.order_by_asc(custodian::Column::FromOn).into_query())
}

/// Them, by their toilets.
pub(super) fn of_all(rows: &[QueryResult]) -> Result<HashMap<ToiletId, Vec<Custodian>>, StoreError> {
    let mut found: HashMap<ToiletId, Vec<Custodian>> = HashMap::new();
    for row in rows {
        let row = custodian::Model::from_query_result(row, "")?;
        found.entry(ToiletId(row.toilet_id)).or_default().push(read(&row)?);
    }
    Ok(found)
}
