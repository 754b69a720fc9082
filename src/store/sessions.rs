//! Sessions, checked with one statement: alone, or several at once.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, Statement,
};
use uuid::Uuid;

use super::entity::session;
use super::grants::codes;
use super::grounds::places;
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::account::{Actor, Grant, Lifetime, PersonId, Reach, Session};
use crate::domain::id::{GrantId, OperatorId};
use crate::domain::secret::TokenHash;

/// A session to be opened.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// Its public id.
    pub id: Uuid,
    /// The hash of its token.
    pub token: TokenHash,
    /// Whose it is.
    pub person: PersonId,
    /// For how long.
    pub lifetime: Lifetime,
    /// Whether whoever opens it proved who they are by something they know or hold, not only by a phone that is signed
    /// in elsewhere.
    pub stepped_up: bool,
}

/// An open session, with whoever it belongs to as they stand now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its public id.
    pub id: Uuid,
    /// Who it is, with all that is granted to them at this moment.
    pub actor: Actor,
    /// When it was used last, to the minute.
    pub last_seen: DateTime<Utc>,
    /// How long it lasts without a request.
    pub idle: TimeDelta,
    /// When whoever holds it last proved who they are.
    pub stepped_up_at: Option<DateTime<Utc>>,
}

/// A row for each grant, or one without a grant.
const CHECK: &str = "\
SELECT s.id, s.token_hash, s.person_id, s.last_seen, s.idle_seconds, s.stepped_up_at, \
g.id AS grant_id, g.role, g.operator_id, a.path \
FROM session s LEFT JOIN role_grant g ON g.person_id = s.person_id LEFT JOIN area a ON a.id = g.area_id \
WHERE s.token_hash IN ({tokens}) AND s.idle_until > $1 AND s.ends_at > $1 ORDER BY g.id";

impl Store {
    /// The open session of each token (at most 64), in their order, asked for with one statement; one that cannot be read
    /// is told of it alone. Nothing is remembered between two checks, so that whatever another process revokes counts
    /// from its commit on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open_sessions(
        &self,
        tokens: &[TokenHash],
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<Option<Opened>, StoreError>>, StoreError> {
        let backend = self.reader.get_database_backend();
        // Of a few lengths only, each prepared once; one that is asked for twice is found once.
        let asked = tokens.iter().chain(tokens.last().into_iter().cycle()).take(tokens.len().next_power_of_two());
        let values: Vec<sea_orm::Value> =
            std::iter::once(now.into()).chain(asked.map(|token| token.to_hex().into())).collect();
        let sql = CHECK.replace("{tokens}", &places(2, values.len() - 1));
        let rows = self.reader.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        let mut hashes = Vec::with_capacity(rows.len());
        for row in &rows {
            hashes.push(row.try_get::<String>("", "token_hash")?);
        }
        let of = |token: &TokenHash| {
            // The index has compared already, by its own means and in its own time; this comparison tells nothing.
            let own = rows.iter().zip(&hashes).filter(|(_, hash)| token.matches(hash)).map(|(row, _)| row);
            opened(&own.collect::<Vec<_>>())
        };
        Ok(tokens.iter().map(of).collect())
    }

    /// The open session of a token.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn session(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<Opened>, StoreError> {
        self.open_sessions(&[token], now).await?.pop().unwrap_or(Ok(None))
    }

    /// Whether a session is still open. That it was looked at does not count as a use of it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_is_open(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let open = session::Entity::find_by_id(id.to_string())
            .filter(session::Column::IdleUntil.gt(now))
            .filter(session::Column::EndsAt.gt(now));
        Ok(open.count(&self.reader).await? > 0)
    }

    /// The open sessions of a person, the newest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn sessions(&self, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError> {
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(person.to_string()))
            .filter(session::Column::IdleUntil.gt(now))
            .filter(session::Column::EndsAt.gt(now))
            .order_by_desc(session::Column::OpenedAt)
            .all(&self.reader)
            .await?;
        rows.iter().map(read).collect()
    }
}

impl Tx {
    /// Opens a session, and clears away those of the same person that have run out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_session(&self, new: NewSession) -> Result<Session, StoreError> {
        let (at, person) = (self.author.at, new.person.to_string());
        let own = session::Entity::delete_many().filter(session::Column::PersonId.eq(person.as_str()));
        let over = Condition::any().add(session::Column::IdleUntil.lte(at)).add(session::Column::EndsAt.lte(at));
        own.filter(over).exec(&self.connection).await?;
        let row = session::Model {
            id: new.id.to_string(),
            token_hash: new.token.to_hex(),
            person_id: person,
            opened_at: at,
            last_seen: at,
            idle_seconds: new.lifetime.idle.num_seconds(),
            idle_until: at + new.lifetime.idle,
            ends_at: at + new.lifetime.absolute,
            stepped_up_at: new.stepped_up.then_some(at),
        };
        let active = session::ActiveModel {
            id: Set(row.id.clone()),
            token_hash: Set(row.token_hash.clone()),
            person_id: Set(row.person_id.clone()),
            opened_at: Set(row.opened_at),
            last_seen: Set(row.last_seen),
            idle_seconds: Set(row.idle_seconds),
            idle_until: Set(row.idle_until),
            ends_at: Set(row.ends_at),
            stepped_up_at: Set(row.stepped_up_at),
        };
        session::Entity::insert(active).exec_without_returning(&self.connection).await?;
        read(&row)
    }

    /// Remembers that a session was used, if that was not remembered since `unless_after`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch_session(
        &self,
        id: Uuid,
        idle: TimeDelta,
        unless_after: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::LastSeen, Expr::value(self.author.at))
            .col_expr(session::Column::IdleUntil, Expr::value(self.author.at + idle))
            .filter(session::Column::Id.eq(id.to_string()))
            .filter(session::Column::LastSeen.lte(unless_after))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Remembers that whoever holds a session proved who they are; answers the session, or `None` where it is gone.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn step_up_session(&self, id: Uuid) -> Result<Option<Session>, StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::SteppedUpAt, Expr::value(self.author.at))
            .filter(session::Column::Id.eq(id.to_string()))
            .exec(&self.connection)
            .await?;
        let row = session::Entity::find_by_id(id.to_string()).one(&self.connection).await?;
        row.as_ref().map(read).transpose()
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_sessions(&self, person: PersonId) -> Result<(), StoreError> {
        let own = session::Entity::delete_many().filter(session::Column::PersonId.eq(person.to_string()));
        own.exec(&self.connection).await?;
        Ok(())
    }

    /// Ends every session there is; answers how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_all_sessions(&self) -> Result<u64, StoreError> {
        Ok(session::Entity::delete_many().exec(&self.connection).await?.rows_affected)
    }

    /// Ends one of a person's sessions; answers whether it was there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_session(&self, person: PersonId, id: Uuid) -> Result<bool, StoreError> {
        let own = session::Entity::delete_many().filter(session::Column::PersonId.eq(person.to_string()));
        let gone = own.filter(session::Column::Id.eq(id.to_string())).exec(&self.connection).await?;
        Ok(gone.rows_affected > 0)
    }
}

fn opened(rows: &[&QueryResult]) -> Result<Option<Opened>, StoreError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let id: String = first.try_get("", "id")?;
    let grants = rows.iter().filter_map(|row| grant(row).transpose()).collect::<Result<_, _>>()?;
    let person = person_id(&first.try_get::<String>("", "person_id")?)?;
    Ok(Some(Opened {
        id: id.parse().map_err(|error| StoreError::corrupt("session", &id, error))?,
        actor: Actor { person, grants },
        last_seen: first.try_get("", "last_seen")?,
        idle: TimeDelta::seconds(first.try_get("", "idle_seconds")?),
        stepped_up_at: first.try_get("", "stepped_up_at")?,
    }))
}

fn grant(row: &QueryResult) -> Result<Option<Grant>, StoreError> {
    let Some(id) = row.try_get::<Option<i32>>("", "grant_id")? else { return Ok(None) };
    let corrupt = |violation| StoreError::corrupt("role_grant", id, violation);
    let path: Option<String> = row.try_get("", "path")?;
    let path = codes(path.as_deref().unwrap_or_default()).map_err(corrupt)?;
    let role: String = row.try_get("", "role")?;
    let operator = row.try_get::<Option<i32>>("", "operator_id")?.map(OperatorId);
    let reach = Reach { area: path.last().cloned(), operator };
    Ok(Some(Grant { id: GrantId(id), role: role.parse().map_err(corrupt)?, reach, path }))
}

pub(super) fn read(row: &session::Model) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.id.parse().map_err(|error| StoreError::corrupt("session", &row.id, error))?,
        opened_at: row.opened_at,
        last_seen: row.last_seen,
        idle_until: row.idle_until.min(row.ends_at),
        ends_at: row.ends_at,
        stepped_up_at: row.stepped_up_at,
    })
}
