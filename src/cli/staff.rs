//! `gongce staff …`

use std::fmt::Write;
use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;

use super::{Usage, print};
use crate::app;
use crate::config::Config;
use crate::domain::Violation;
use crate::domain::account::{Login, PersonId, PersonName, Reach, Role};
use crate::domain::area::AreaCode;
use crate::domain::id::{GrantId, OperatorId};
use crate::domain::secret::{Passphrase, Token, TokenKind};
use crate::usecase::{Caller, Ctx, Failure, grants, invitations, staff};

/// How many people are read at once.
const PAGE: u64 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum Staff {
    /// Invite the first admin; refused once there is one
    Bootstrap {
        /// What the person is called
        #[arg(long, value_parser = name, default_value = "admin")]
        name: PersonName,
    },
    /// List who holds which role where, one grant on a line
    List,
    /// Invite somebody to a role
    Invite {
        /// What the person is called
        #[arg(long, value_parser = name)]
        name: PersonName,
        /// cleaner, repairer, inspector, supervisor, admin or auditor
        #[arg(long, value_parser = read::<Role>)]
        role: Role,
        /// The code of the area it counts in; left out for the whole register
        #[arg(long, value_parser = read::<AreaCode>)]
        area: Option<AreaCode>,
        /// The id of the only body for whose toilets it counts
        #[arg(long)]
        operator: Option<i32>,
    },
    /// Give somebody a further role; their sessions end at once
    Grant {
        /// The person's id, from `gongce staff list`
        #[arg(value_parser = read::<PersonId>)]
        person: PersonId,
        /// cleaner, repairer, inspector, supervisor, admin or auditor
        #[arg(long, value_parser = read::<Role>)]
        role: Role,
        /// The code of the area it counts in; left out for the whole register
        #[arg(long, value_parser = read::<AreaCode>)]
        area: Option<AreaCode>,
        /// The id of the only body for whose toilets it counts
        #[arg(long)]
        operator: Option<i32>,
    },
    /// Invite somebody who is there already to set up their sign-in anew: a lost phone, a forgotten PIN
    Renew {
        /// The person's id, from `gongce staff list`
        #[arg(value_parser = read::<PersonId>)]
        person: PersonId,
    },
    /// End all sessions of somebody
    Cut {
        /// The person's id, from `gongce staff list`
        #[arg(value_parser = read::<PersonId>)]
        person: PersonId,
    },
    /// Take a role from somebody, whose sessions end at once
    Revoke {
        /// The person's id, from `gongce staff list`
        #[arg(value_parser = read::<PersonId>)]
        person: PersonId,
        /// The grant's id, from `gongce staff list`
        grant: i32,
    },
    /// Set another password, read from standard input; the person's sessions end at once
    Passwd {
        /// The login
        #[arg(value_parser = read::<Login>)]
        login: Login,
    },
}

fn name(text: &str) -> Result<PersonName, Violation> {
    PersonName::new(text)
}

fn read<T: std::str::FromStr<Err = Violation>>(text: &str) -> Result<T, Violation> {
    text.parse()
}

impl Staff {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let store = app::open(config).await?;
        store.migrate_up().await?;
        let ctx = app::context(config, store).await?;
        let said = self.done(&ctx).await?;
        ctx.store.close().await?;
        print(&said)
    }

    /// Does it; answers what is printed.
    async fn done(self, ctx: &Ctx) -> anyhow::Result<String> {
        match self {
            Self::Bootstrap { name } => Ok(invitation(ctx, &invitations::bootstrap(ctx, name).await?)),
            Self::Invite { name, role, area, operator } => {
                let reach = Reach { area, operator: operator.map(OperatorId) };
                let sent = invitations::invite(ctx, Caller::Host, name, role, reach).await;
                Ok(invitation(ctx, &sent.map_err(|failure| unknown(failure, "there is no such area or body"))?))
            }
            Self::Grant { person, role, area, operator } => {
                let reach = Reach { area, operator: operator.map(OperatorId) };
                let given = grants::give(ctx, Caller::Host, person, role, reach).await;
                let grant = given.map_err(|failure| unknown(failure, "there is no such person, area or body"))?;
                Ok(format!("granted {}\n", grant.id))
            }
            Self::Renew { person } => {
                let sent = invitations::renew(ctx, Caller::Host, person, None).await;
                Ok(invitation(ctx, &sent.map_err(|failure| unknown(failure, "there is no such person"))?))
            }
            Self::Cut { person } => {
                let ended = staff::end_sessions(ctx, Caller::Host, person).await;
                ended.map_err(|failure| unknown(failure, "there is no such person"))?;
                Ok("their sessions have ended\n".to_owned())
            }
            Self::List => list(ctx).await,
            Self::Revoke { person, grant } => {
                let revoked = grants::revoke(ctx, Caller::Host, person, GrantId(grant)).await;
                revoked.map_err(|failure| unknown(failure, "this person holds no such grant"))?;
                Ok("revoked\n".to_owned())
            }
            Self::Passwd { login } => {
                let password = Passphrase::password(typed()?, login.as_str()).map_err(|wrong| Usage(wrong.message))?;
                let set = staff::set_password(ctx, &login, password).await;
                set.map_err(|failure| unknown(failure, "nobody has this login"))?;
                Ok("the password is set\n".to_owned())
            }
        }
    }
}

/// A failure, with what is missing or wrong in place of the words for the public, who are not told.
fn unknown(failure: Failure, missing: &'static str) -> anyhow::Error {
    match failure {
        Failure::NotFound => anyhow::anyhow!(missing),
        Failure::Invalid(violations) => anyhow::anyhow!(violations),
        failure => failure.into(),
    }
}

/// The password on the first line of standard input. Never from an argument, which others on the host can see.
fn typed() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Err(Usage("give the password on standard input: gongce staff passwd LOGIN < FILE".to_owned()).into());
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("cannot read the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// What is told of an invitation. It stands behind the # of its link, which no browser sends to a server.
fn invitation(ctx: &Ctx, (token, expires_at): &(Token, DateTime<Utc>)) -> String {
    let token = token.reveal(TokenKind::Invitation);
    let link = ctx.public_url.as_ref().map(|url| format!("link        {url}/join#{token}\n")).unwrap_or_default();
    format!(
        "invitation  {token}\n{link}expires at  {}\n\nIt counts once. Whoever is invited opens the link, or sends it to POST \
         /api/v1/invitations/accept, with a login and a password\nof 12 characters or more (cleaners: or a PIN of six \
         digits).\n",
        expires_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

async fn list(ctx: &Ctx) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut after = None;
    loop {
        let (staff, more) = staff::list(ctx, Caller::Host, after, PAGE).await?;
        after = staff.last().map(|member| member.id);
        for member in &staff {
            for grant in &member.grants {
                let area = grant.reach.area.as_ref().map_or("everywhere", AreaCode::as_str);
                let body = grant.reach.operator.map(|id| format!(" body {}", id.0)).unwrap_or_default();
                writeln!(text, "{} {} {} {area}{body} {}", member.id, grant.id.0, grant.role, member.name)?;
            }
        }
        if !more {
            return Ok(text);
        }
    }
}
