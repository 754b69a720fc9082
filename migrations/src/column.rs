//! Short forms for the columns and constraints that every step uses.

use sea_orm_migration::prelude::*;

/// A column of the type that `set` gives it, `NOT NULL`.
pub(crate) fn required(name: &'static str, set: fn(&mut ColumnDef) -> &mut ColumnDef) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    set(&mut column).not_null();
    column
}

/// A column of the type that `set` gives it; absent is unknown.
pub(crate) fn optional(name: &'static str, set: fn(&mut ColumnDef) -> &mut ColumnDef) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    set(&mut column).null();
    column
}

/// An integer key that the database counts up and never gives twice.
pub(crate) fn counted_key() -> ColumnDef {
    let mut column = ColumnDef::new("id");
    column.integer().not_null().auto_increment().primary_key();
    column
}

/// A named foreign key to the `id` of another table.
pub(crate) fn references(
    name: &'static str,
    table: &'static str,
    column: &'static str,
    target: &'static str,
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(name).from(table, column).to(target, "id").on_delete(ForeignKeyAction::Restrict);
    key
}

/// A named unique constraint.
pub(crate) fn unique(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).unique();
    for column in columns {
        index.col(*column);
    }
    index
}

/// A named check that a column holds one of some words (or nothing).
pub(crate) fn one_of(name: &'static str, column: &'static str, words: &[&'static str]) -> Check {
    Check::named(name, Expr::col(column).is_in(words.iter().copied()))
}

/// A named plain index.
pub(crate) fn index(name: &'static str, table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table(table).col(column).take()
}
