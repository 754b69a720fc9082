//! Statements that go to the database together.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Values};

use super::{StoreError, Tx};

impl Tx {
    /// Carries out statements one after the other, of which only the success matters. SQLite is asked through a thread of
    /// its own, to which the way is longer than most statements take: it gets all of them at once.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn execute_together(&self, statements: Vec<Statement>) -> Result<(), StoreError> {
        if statements.is_empty() {
            return Ok(());
        }
        match self.connection.get_database_backend() {
            DbBackend::Sqlite => {
                self.connection.execute_raw(joined(statements)).await?;
            }
            _ => {
                for statement in statements {
                    self.connection.execute_raw(statement).await?;
                }
            }
        }
        Ok(())
    }
}

/// One text of all statements, whose placeholders have no numbers; the values go on from one to the next.
pub(super) fn joined(statements: Vec<Statement>) -> Statement {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for statement in statements {
        if !sql.is_empty() {
            sql.push_str("; ");
        }
        sql.push_str(&statement.sql);
        values.extend(statement.values.into_iter().flat_map(|Values(values)| values));
    }
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_from_one_statement_to_the_next() {
        let one =
            Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO a VALUES (?, ?)", [1.into(), 2.into()]);
        let two = Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO b VALUES (?)", [3.into()]);
        let joined = joined(vec![one, two]);
        assert_eq!(joined.sql, "INSERT INTO a VALUES (?, ?); INSERT INTO b VALUES (?)");
        assert_eq!(joined.values, Some(Values(vec![1.into(), 2.into(), 3.into()])));
    }
}
