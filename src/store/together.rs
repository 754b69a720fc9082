//! Statements that go to the database together.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value, Values};

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

    /// Carries out the statements of several questions, one after the other; answers the rows of each question. SQLite
    /// gets all of them at once, with a row between the answers that none of them gives.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn ask_together(
        &self,
        questions: Vec<Vec<Statement>>,
    ) -> Result<Vec<Vec<QueryResult>>, StoreError> {
        let mut answers = vec![Vec::new()];
        match self.connection.get_database_backend() {
            DbBackend::Sqlite => {
                let end = || Statement::from_string(DbBackend::Sqlite, format!("SELECT 1 AS {END}"));
                let all = questions.into_iter().flat_map(|question| question.into_iter().chain([end()]));
                for row in self.connection.query_all_raw(joined(all.collect())).await? {
                    if row.try_get::<i32>("", END).is_ok() {
                        answers.push(Vec::new());
                    } else if let Some(answer) = answers.last_mut() {
                        answer.push(row);
                    }
                }
            }
            _ => {
                for question in questions {
                    for statement in question {
                        let rows = self.connection.query_all_raw(statement).await?;
                        if let Some(answer) = answers.last_mut() {
                            answer.extend(rows);
                        }
                    }
                    answers.push(Vec::new());
                }
            }
        }
        // Behind the end of the last there is none.
        answers.pop();
        Ok(answers)
    }
}

/// The column of the row that ends an answer.
const END: &str = "end_of_answer";

/// A statement with a question mark for each value, from which PostgreSQL gets its numbers.
pub(super) fn marked(backend: DbBackend, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    if backend == DbBackend::Sqlite {
        return Statement::from_sql_and_values(backend, sql, values);
    }
    let number = |(number, part): (usize, &str)| if number == 0 { part.to_owned() } else { format!("${number}{part}") };
    let numbered: String = sql.split('?').enumerate().map(number).collect();
    Statement::from_sql_and_values(backend, numbered, values)
}

/// So many question marks, as `?, ?`.
pub(super) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// The same and the last of it again, until their number is a power of two: what is asked about many or few is then asked
/// in few texts, which the database has prepared already.
pub(super) fn padded<T: Clone>(several: &[T]) -> Vec<T> {
    let mut padded = several.to_vec();
    if let Some(last) = several.last() {
        padded.resize(several.len().next_power_of_two(), last.clone());
    }
    padded
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
