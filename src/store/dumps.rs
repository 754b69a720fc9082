//! Copies of a PostgreSQL database, made and put back by its own `pg_dump` and `pg_restore`.

use std::path::Path;
use std::process::Stdio;

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::process::Command;

use super::copies::{Copied, Unfinished, failed, refuse_existing};
use super::seal::{Seal, seal, unsealed};
use super::{StoreError, postgres, schema};

/// Where a PostgreSQL database lies, for the programs that come with the server. Its password is given to them in their
/// environment, never as an argument that others on the host could see.
#[derive(Clone)]
pub struct Dumps {
    told: PgConnectOptions,
    url: String,
}

impl std::fmt::Debug for Dumps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dumps").field("host", &self.told.get_host()).finish_non_exhaustive()
    }
}

impl Dumps {
    /// Of the database of a URL; `None` where that is not PostgreSQL's.
    ///
    /// # Errors
    /// As [`Store::open`](super::Store::open).
    pub fn of(url: &str, password: Option<&str>) -> Result<Option<Self>, StoreError> {
        if !url.starts_with("postgres") {
            return Ok(None);
        }
        Ok(Some(Self { told: postgres::told(url, password)?, url: url.to_owned() }))
    }

    /// Dumps the database into a new file as it stands at one instant, while others read and write; the dump is read
    /// whole before it gets its name.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where `pg_dump` is missing or refuses, or the file is there already.
    pub async fn dump_into(&self, target: &Path) -> Result<Copied, StoreError> {
        refuse_existing(target)?;
        let (unfinished, _) = Unfinished::beside(target)?;
        let mut dump = self.command("pg_dump");
        dump.args(["--format=custom", "--no-owner", "--no-privileges", "--no-password", "--file"]).arg(&unfinished.0);
        told(&mut dump).await?;
        let copied = examine(&unfinished.0).await?;
        seal(&unfinished.0)?;
        unfinished.finish(target)?;
        Ok(copied)
    }

    /// Reads a dump whole; answers what is known of it. The database is not touched.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where it is damaged, foreign, newer than this program or, unless `plain` says that it was
    /// made by `pg_dump` itself, without a seal.
    pub async fn examine(&self, dump: &Path, plain: bool) -> Result<Copied, StoreError> {
        match unsealed(dump, &mut std::io::sink()).map_err(failed(dump))? {
            Seal::Whole => {}
            Seal::Missing if plain => {}
            Seal::Missing => {
                let message = format!(
                    "{} bears no seal of `gongce db backup`, or has lost its end: nothing shows that it is whole; say \
                     --plain if pg_dump made it",
                    dump.display()
                );
                return Err(StoreError::Refused(message));
            }
            Seal::Broken => {
                return Err(StoreError::Refused(format!("{} is damaged: it is not what was sealed", dump.display())));
            }
        }
        examine(dump).await
    }

    /// Whether the database holds a register, and nothing of ours is connected to it but this.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where something is.
    pub async fn require_idle(&self) -> Result<bool, StoreError> {
        let connection = postgres::connect_alone(&self.url, self.told.clone()).await?;
        let asked = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, OTHERS)).await;
        connection.close().await?;
        let row = asked?.ok_or_else(|| DbErr::RecordNotFound("activity".to_owned()))?;
        let others: i64 = row.try_get("", "others")?;
        if others > 0 {
            let message = format!("a server uses this database ({others} connections): stop it first");
            return Err(StoreError::Refused(message));
        }
        Ok(row.try_get("", "holds")?)
    }

    /// Puts a dump in the place of all that the database holds, in one transaction: whenever this is cut off, the
    /// database holds the old or the new.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with what `pg_restore` says; the database is then as it was.
    pub async fn restore(&self, dump: &Path) -> Result<(), StoreError> {
        let mut restore = self.command("pg_restore");
        restore.args(["--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner"]);
        restore.args(["--no-privileges", "--no-password", "--dbname"]);
        restore.arg(self.told.get_database().unwrap_or_else(|| self.told.get_username())).arg(dump);
        told(&mut restore).await.map(drop)
    }

    /// One of the server's programs, told where the database is.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let told = &self.told;
        let host = told.get_socket().map_or_else(|| told.get_host().to_owned(), |path| path.display().to_string());
        let tls = match told.get_ssl_mode() {
            PgSslMode::Disable => "disable",
            PgSslMode::Allow => "allow",
            PgSslMode::Prefer => "prefer",
            PgSslMode::Require => "require",
            PgSslMode::VerifyCa => "verify-ca",
            PgSslMode::VerifyFull => "verify-full",
        };
        command.env("PGHOST", host).env("PGPORT", told.get_port().to_string()).env("PGUSER", told.get_username());
        command.env("PGDATABASE", told.get_database().unwrap_or_else(|| told.get_username())).env("PGSSLMODE", tls);
        command.env("PGAPPNAME", "gongce copies").env_remove("PGOPTIONS");
        if let Some((_, certificate)) = parameters(&self.url).find(|(key, _)| *key == "sslrootcert") {
            command.env("PGSSLROOTCERT", certificate);
        }
        if let Some(password) = password(told) {
            command.env("PGPASSWORD", password);
        }
        command
    }
}

const OTHERS: &str = "\
SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'gongce' \
AND pid <> pg_backend_pid()) AS others, to_regclass('schema_migration') IS NOT NULL AS holds";

fn parameters(url: &str) -> impl Iterator<Item = (&str, &str)> {
    url.split_once('?').map_or("", |(_, query)| query).split('&').filter_map(|pair| pair.split_once('='))
}

/// The password among the options, which only their URL tells, percent-encoded; reading it as a query decodes it.
fn password(told: &PgConnectOptions) -> Option<String> {
    let mut url = told.to_url_lossy();
    let query = format!("password={}", url.password()?);
    url.set_query(Some(&query));
    url.query_pairs().next().map(|(_, password)| password.into_owned())
}

/// Runs a program to its end; answers what it wrote.
async fn told(command: &mut Command) -> Result<String, StoreError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| {
        let missing =
            format!("{program} cannot be run ({error}): install PostgreSQL's client programs, of the server's");
        StoreError::Refused(format!("{missing} version or newer (Debian: apt-get install postgresql-client)"))
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(StoreError::Refused(format!("{program} failed: {}", said.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The steps of the schema in a dump, as `COPY` writes them: a line for each, the version in the first column.
fn steps(script: &str) -> Vec<String> {
    let rows = script.lines().skip_while(|line| !line.starts_with("COPY ")).skip(1);
    let rows = rows.take_while(|line| *line != "\\.");
    rows.filter_map(|row| row.split('\t').next()).map(ToOwned::to_owned).collect()
}

async fn examine(dump: &Path) -> Result<Copied, StoreError> {
    let damaged = |error: StoreError| match error {
        StoreError::Refused(said) => StoreError::Refused(format!("{} is no whole dump: {said}", dump.display())),
        error => error,
    };
    let mut versions = Command::new("pg_restore");
    versions.args(["--data-only", "--table=schema_migration", "--file=-"]).arg(dump);
    let script = told(&mut versions).await.map_err(damaged)?;
    schema::require_ours(&steps(&script), &dump.display().to_string())?;
    // All of it is unpacked; its list alone would not show that the end is missing.
    let mut whole = Command::new("pg_restore");
    whole.arg("--file=/dev/null").arg(dump);
    told(&mut whole).await.map_err(damaged)?;
    let bytes = std::fs::metadata(dump).map_err(failed(dump))?.len();
    Ok(Copied { bytes, toilets: None, journal: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_survives_its_way_through_a_url() -> Result<(), StoreError> {
        let told = postgres::told("postgres://me@127.0.0.1/x", Some("a b+c%41/公?&="))?;
        assert_eq!(password(&told).as_deref(), Some("a b+c%41/公?&="));
        assert_eq!(password(&postgres::told("postgres://me@127.0.0.1/x", None)?), None);
        Ok(())
    }

    #[test]
    fn the_steps_of_a_dump_are_read() {
        let script = "SET x = 1;\nCOPY public.schema_migration (version, applied_at) FROM stdin;\nm1\t0\nm2\t0\n\\.\nSELECT 1;\n";
        assert_eq!(steps(script), ["m1", "m2"]);
    }
}
