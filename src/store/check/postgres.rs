//! What PostgreSQL can say about a database through SQL.

use sea_orm::DatabaseTransaction;

use super::{Found, texts};
use crate::store::StoreError;

/// Pages whose checksum failed, constraints that were never checked, indexes that were not finished.
const INTEGRITY: &str = "\
SELECT 'pages of this database failed their checksums: ' || checksum_failures AS told FROM pg_stat_database \
WHERE datname = current_database() AND checksum_failures > 0 \
UNION ALL SELECT 'the constraint ' || conname || ' was never checked' FROM pg_constraint \
WHERE NOT convalidated AND connamespace = current_schema()::regnamespace \
UNION ALL SELECT 'the index ' || indexrelid::regclass || ' is not valid' FROM pg_index \
WHERE NOT indisvalid AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)";

pub(super) async fn integrity(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let told = texts(tx, INTEGRITY, ["told"]).await?;
    Ok(told.into_iter().map(|[text]| Found::of_all(text)).collect())
}

/// Every foreign key: all of ours have one column.
const FOREIGN_KEYS: &str = "\
SELECT c.conrelid::regclass::text AS from_table, quote_ident(a.attname) AS from_column, \
c.confrelid::regclass::text AS to_table, quote_ident(b.attname) AS to_column FROM pg_constraint c \
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] \
WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace ORDER BY c.conname";

/// Rows that refer to nothing. The server never lets one in, but a restore with its triggers off does.
pub(super) async fn references(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for [table, column, parent, key] in
        texts(tx, FOREIGN_KEYS, ["from_table", "from_column", "to_table", "to_column"]).await?
    {
        let orphans = format!(
            "SELECT c.{column}::text AS key FROM {table} c LEFT JOIN {parent} p ON p.{key} = c.{column} \
             WHERE c.{column} IS NOT NULL AND p.{key} IS NULL ORDER BY 1 LIMIT 100"
        );
        for [missing] in texts(tx, &orphans, ["key"]).await? {
            let message = format!("its {column} is {missing}, which {parent} does not hold");
            found.push(Found { table: Some(table.clone()), key: None, message });
        }
    }
    Ok(found)
}
