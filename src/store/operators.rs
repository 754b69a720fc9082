//! Operators.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::operator;
use super::{Store, StoreError, Tx};
use crate::domain::draft::Fields;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, changes};
use crate::domain::id::OperatorId;
use crate::domain::operator::{Operator, OperatorKind};
use crate::domain::text::{Name, Text};

impl Store {
    /// The bodies of those ids, in no order.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn operators(&self, ids: BTreeSet<i32>) -> Result<Vec<Operator>, StoreError> {
        Ok(of(&self.reader, ids).await?.into_values().collect())
    }
}

impl Tx {
    /// The body of that id.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        let row = operator::Entity::find_by_id(id.0).one(&self.connection).await?;
        row.as_ref().map(read).transpose()
    }

    /// The id of the body of that name, which is made if there is none. A body that is known as `other` learns its
    /// kind from whoever knows it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_operator(&self, name: &Name, kind: OperatorKind) -> Result<OperatorId, StoreError> {
        let new =
            operator::ActiveModel { id: NotSet, name: Set(name.to_string()), kind: Set(kind.as_str().to_owned()) };
        // Two writers that name a new body at once: the later one waits here and takes the earlier one's row.
        let unless_there = OnConflict::column(operator::Column::Name).do_nothing().to_owned();
        let made = operator::Entity::insert_many([new])
            .on_conflict(unless_there)
            .exec_without_returning(&self.connection)
            .await?;
        let row = operator::Entity::find().filter(operator::Column::Name.eq(name.as_str())).one(&self.connection);
        let row =
            row.await?.ok_or_else(|| StoreError::corrupt("operator", name, "it was made just now and is gone"))?;
        let id = OperatorId(row.id);
        if made == 1 {
            let new = Fields::from([("name".to_owned(), name.as_str().into()), ("kind".to_owned(), row.kind.into())]);
            self.append(vec![entry(id, Action::Create, 1, changes(&Fields::new(), &new))]).await?;
        } else if row.kind == OperatorKind::Other.as_str() && kind != OperatorKind::Other {
            let learned = Changes::from([("kind".to_owned(), [row.kind.as_str().into(), kind.as_str().into()])]);
            let mut row: operator::ActiveModel = row.into();
            row.kind = Set(kind.as_str().to_owned());
            row.update(&self.connection).await?;
            self.append(vec![entry(id, Action::Update, 2, learned)]).await?;
        }
        Ok(id)
    }
}

/// A body is made once and learns its kind at most once: versions 1 and 2.
fn entry(id: OperatorId, action: Action, version: i32, changes: Changes) -> NewEntry {
    NewEntry { kind: RecordKind::Operator, key: id.to_string(), version, action, changes }
}

/// All bodies by their ids.
pub(super) async fn all(connection: &impl ConnectionTrait) -> Result<HashMap<i32, Operator>, StoreError> {
    let rows = operator::Entity::find().all(connection).await?;
    rows.iter().map(|row| Ok((row.id, read(row)?))).collect()
}

/// Bodies by their ids.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    ids: BTreeSet<i32>,
) -> Result<HashMap<i32, Operator>, StoreError> {
    let rows = operator::Entity::find().filter(operator::Column::Id.is_in(ids)).all(connection).await?;
    rows.iter().map(|row| Ok((row.id, read(row)?))).collect()
}

pub(super) fn read(row: &operator::Model) -> Result<Operator, StoreError> {
    let corrupt = |violation| StoreError::corrupt("operator", row.id, violation);
    let name = Text::new(&row.name).map_err(corrupt)?;
    Ok(Operator { id: OperatorId(row.id), name, kind: row.kind.parse().map_err(corrupt)? })
}
