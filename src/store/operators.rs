//! Operators.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{operator, tenure};
use super::{Store, StoreError, Tx};
use crate::domain::draft::Fields;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, changes};
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::operator::{Operator, OperatorKind, Wanted};
use crate::domain::text::{Name, Text};

impl Store {
    /// The bodies of those ids, in no order.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn operators(&self, ids: BTreeSet<i32>) -> Result<Vec<Operator>, StoreError> {
        Ok(of(&self.reader, ids).await?.into_values().collect())
    }

    /// A page of the bodies that somebody looks for, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn find_operators(&self, wanted: &Wanted) -> Result<Vec<Operator>, StoreError> {
        let mut query = operator::Entity::find().order_by_asc(operator::Column::Id).limit(wanted.limit as u64);
        if let Some(after) = wanted.after {
            query = query.filter(operator::Column::Id.gt(after.0));
        }
        if !wanted.kinds.is_empty() {
            query = query.filter(operator::Column::Kind.is_in(wanted.kinds.iter().map(|kind| kind.as_str())));
        }
        if !wanted.text.is_empty() {
            let name = Expr::expr(Func::lower(Expr::col(operator::Column::Name)));
            query = query.filter(name.like(LikeExpr::new(pattern(&wanted.text)).escape('\\')));
        }
        query.all(&self.reader).await?.iter().map(read).collect()
    }
}

/// What a name that holds that text is like.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
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

    /// The same, which nobody else changes until this transaction ends.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn standing_operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        let row = operator::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        row.as_ref().map(read).transpose()
    }

    /// The body of that name.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn operator_named(&self, name: &Name) -> Result<Option<Operator>, StoreError> {
        let row = operator::Entity::find().filter(operator::Column::Name.eq(name.as_str())).one(&self.connection);
        row.await?.as_ref().map(read).transpose()
    }

    /// Makes a body of that name unless there is one, with its entry in the journal; answers whether it did.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_operator(&self, name: &Name, kind: OperatorKind) -> Result<(Operator, bool), StoreError> {
        let (named, kind_word) = (Set(name.to_string()), Set(kind.as_str().to_owned()));
        let new = operator::ActiveModel { id: NotSet, name: named, kind: kind_word, revision: Set(1) };
        // Two writers that name a new body at once: the later one waits here and takes the earlier one's row.
        let unless_there = OnConflict::column(operator::Column::Name).do_nothing().to_owned();
        let made = operator::Entity::insert_many([new])
            .on_conflict(unless_there)
            .exec_without_returning(&self.connection)
            .await?;
        let gone = || StoreError::corrupt("operator", name, "it was made just now and is gone");
        let operator = self.operator_named(name).await?.ok_or_else(gone)?;
        if made == 1 {
            self.append(vec![entry(&operator, Action::Create, changes(&Fields::new(), &operator.fields()))]).await?;
        }
        Ok((operator, made == 1))
    }

    /// Writes a body over the one that was read in this transaction, with its entry in the journal; the revision is the
    /// next one. Every toilet that names it is told anew to the finder.
    ///
    /// # Errors
    /// What the database says; a conflict where another body has the name.
    pub async fn update_operator(
        &self,
        before: &Operator,
        name: &Name,
        kind: OperatorKind,
    ) -> Result<Operator, StoreError> {
        let after = Operator { name: name.clone(), kind, revision: before.revision + 1, ..before.clone() };
        let row = operator::ActiveModel {
            id: Unchanged(after.id.0),
            name: Set(after.name.to_string()),
            kind: Set(after.kind.as_str().to_owned()),
            revision: Set(after.revision),
        };
        row.update(&self.connection).await?;
        let tied = tenure::Entity::find().filter(tenure::Column::OperatorId.eq(after.id.0)).select_only();
        let tied = tied.column(tenure::Column::ToiletId).distinct().into_tuple::<i32>().all(&self.connection).await?;
        self.touch(tied.into_iter().map(ToiletId));
        self.append(vec![entry(&after, Action::Update, changes(&before.fields(), &after.fields()))]).await?;
        Ok(after)
    }

    /// The id of the body of that name, which is made if there is none. A body that is known as `other` learns its
    /// kind from whoever knows it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_operator(&self, name: &Name, kind: OperatorKind) -> Result<OperatorId, StoreError> {
        let (there, _) = self.create_operator(name, kind).await?;
        if there.kind == OperatorKind::Other && kind != OperatorKind::Other {
            self.update_operator(&there, name, kind).await?;
        }
        Ok(there.id)
    }
}

fn entry(operator: &Operator, action: Action, changes: Changes) -> NewEntry {
    let (kind, key, version) = (RecordKind::Operator, operator.id.to_string(), operator.revision);
    NewEntry { kind, key, version, action, changes }
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
    let kind = row.kind.parse().map_err(corrupt)?;
    Ok(Operator { id: OperatorId(row.id), name, kind, revision: row.revision })
}
