//! PostgreSQL: one pool, short time-outs, and no server that would lose what it acknowledged.

use std::str::FromStr;
use std::time::Duration;

use log::LevelFilter;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

use super::writer::Writer;
use super::{Listener, StoreError, heard};

const POOL: u32 = 8;

/// Half of it, so that others always find a connection.
pub(super) const BESIDE: usize = 4;

/// The key of the advisory lock under which the schema is changed: "gongce" in ASCII.
const MIGRATION_LOCK: i64 = 0x67_6f_6e_67_63_65;

/// What our connections are called there.
pub(super) const NAME: &str = "gongce";

/// What every connection begins with, so that no request waits for ever on another.
const TIME_OUTS: [(&str, &str); 3] =
    [("statement_timeout", "2s"), ("lock_timeout", "1s"), ("idle_in_transaction_session_timeout", "5s")];

pub(super) async fn open(
    url: &str,
    password: Option<&str>,
    listener: Option<Listener>,
) -> Result<(DatabaseConnection, Writer, String), StoreError> {
    let told = told(url, password)?.disable_statement_logging();
    let place =
        format!("postgres://{}:{}/{}", told.get_host(), told.get_port(), told.get_database().unwrap_or_default());
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POOL)
        .acquire_timeout(Duration::from_secs(2))
        .sqlx_logging(false)
        .sqlx_slow_statements_logging_settings(LevelFilter::Off, Duration::from_secs(1))
        .map_sqlx_postgres_opts(move |_| told.clone().application_name(NAME).options(TIME_OUTS));
    let pool = heard(Database::connect(options).await?, listener);
    require_keeping(&pool).await?;
    Ok((pool.clone(), Writer::direct(pool), place))
}

/// One connection and no more, so that others on the database can be told from it.
pub(super) async fn connect_alone(url: &str, told: PgConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let told = told.disable_statement_logging().application_name(NAME);
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).map_sqlx_postgres_opts(move |_| told.clone());
    Ok(Database::connect(options).await?)
}

/// Entries that came from a server which had counted further than this one would not be told to followers until this one
/// has counted as far. They are given the number of now; the guard of the journal steps aside for that alone.
pub(super) const ADOPT: &str = "\
ALTER TABLE journal DISABLE TRIGGER tr_journal_append_only; \
UPDATE journal SET txid = pg_current_xact_id() WHERE txid > pg_current_xact_id(); \
ALTER TABLE journal ENABLE TRIGGER tr_journal_append_only";

/// What a URL and a password beside it say, and TLS that cannot be talked out of to any other host.
pub(super) fn told(url: &str, password: Option<&str>) -> Result<PgConnectOptions, StoreError> {
    let told = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::Refused("write postgres://USER@HOST:PORT/DATABASE".to_owned()))?;
    let is_local =
        told.get_socket().is_some() || matches!(told.get_host(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
    let is_told = url.contains("sslmode=");
    if !is_local && is_told && !matches!(told.get_ssl_mode(), PgSslMode::VerifyFull) {
        let message = "to a PostgreSQL on another host only sslmode=verify-full is safe; leave sslmode out to get it";
        return Err(StoreError::Refused(message.to_owned()));
    }
    let told = if is_local || is_told { told } else { told.ssl_mode(PgSslMode::VerifyFull) };
    Ok(match password {
        Some(password) => told.password(password),
        None => told,
    })
}

/// A server without fsync loses acknowledged writes, and a standby takes none.
async fn require_keeping(pool: &DatabaseConnection) -> Result<(), StoreError> {
    let sql = "SELECT current_setting('fsync') AS fsync, pg_is_in_recovery() AS standby";
    let row = pool.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("settings".to_owned()))?;
    if row.try_get::<String>("", "fsync")? != "on" {
        let message = "this PostgreSQL runs with fsync=off and would lose acknowledged work: set fsync = on";
        return Err(StoreError::Refused(message.to_owned()));
    }
    if row.try_get::<bool>("", "standby")? {
        return Err(StoreError::Refused("this PostgreSQL is a standby: name the primary instead".to_owned()));
    }
    Ok(())
}

/// For a transaction that changes the schema: it waits its turn behind other processes, and takes as long as it takes.
pub(super) async fn prepare_migration(tx: &impl ConnectionTrait) -> Result<(), StoreError> {
    tx.execute_unprepared("SET LOCAL lock_timeout = '60s'").await?;
    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    Ok(())
}

/// For a transaction that reads everything there is, on one state, for as long as that takes.
pub(super) async fn prepare_whole_read(tx: &impl ConnectionTrait) -> Result<(), StoreError> {
    tx.execute_unprepared("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    Ok(())
}

/// Loading the whole register takes longer than a request may.
pub(super) async fn prepare_long_read(tx: &impl ConnectionTrait) -> Result<(), StoreError> {
    tx.execute_unprepared("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
    tx.execute_unprepared("SET LOCAL statement_timeout = '30s'").await?;
    Ok(())
}

/// Whoever takes an export takes it at their own pace; the front door cuts those who stand still.
pub(super) async fn prepare_slow_reader(tx: &impl ConnectionTrait) -> Result<(), StoreError> {
    tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = '1h'").await?;
    Ok(())
}
