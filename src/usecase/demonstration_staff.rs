//! People of the demonstration county who can sign in, under passwords that are made anew at each start.

use data_encoding::BASE32_NOPAD;

use super::invitations::{self, Joining};
use super::{Caller, Ctx, Failure, staff, totp};
use crate::demo;
use crate::domain::account::{IdentityKind, Login, PersonName, Reach, Role};
use crate::domain::secret::{Passphrase, TokenKind, TotpSecret};

/// Login, name, role, and the area in which the role counts.
const STAFF: [(&str, &str, Role, Option<&str>); 4] = [
    ("demo.admin", "演示管理员", Role::Admin, None),
    ("demo.supervisor", "演示主管", Role::Supervisor, Some("410308")),
    ("demo.cleaner1", "演示保洁员一", Role::Cleaner, Some("410308100")),
    ("demo.cleaner2", "演示保洁员二", Role::Cleaner, Some("410308101")),
];

/// How somebody of the demonstration signs in. There is no `Debug`: it would print the password.
pub struct SignIn {
    /// The role.
    pub role: Role,
    /// The login.
    pub login: Login,
    /// The password, told this once.
    pub password: String,
    /// The second factor, where the role asks for one.
    pub totp: Option<TotpSecret>,
}

/// Makes the staff of the demonstration, or gives those who are there other passwords: the old ones cannot be told again.
/// Nobody in a register that is not the demonstration's.
///
/// # Errors
/// What the store fails with.
pub async fn sign_ins(ctx: &Ctx) -> Result<Vec<SignIn>, Failure> {
    if !ctx.store.source(demo::NAME).await?.is_some_and(|source| source.synthetic) {
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for (login, name, role, area) in STAFF {
        let login: Login = login.parse()?;
        let text = password(ctx)?;
        let password = Passphrase::password(text.clone(), login.as_str())?;
        let known = ctx.store.identity(IdentityKind::Password, login.as_str()).await?;
        let totp = if let Some(identity) = known {
            staff::set_password(ctx, &login, password).await?;
            identity.totp.map(|sealed| totp::open(ctx, identity.person, &sealed)).transpose()?
        } else {
            let reach = Reach { area: area.map(str::parse).transpose()?, operator: None };
            let (token, _) = invitations::invite(ctx, Caller::Host, PersonName::new(name)?, role, reach).await?;
            let joining = Joining::Password(login.clone(), password);
            let joined = invitations::accept(ctx, &token.reveal(TokenKind::Invitation), joining, "demo").await?;
            joined.totp.map(|(_, secret)| secret)
        };
        made.push(SignIn { role, login, password: text, totp });
    }
    Ok(made)
}

/// Sixteen random letters and digits, in four groups that can be typed.
fn password(ctx: &Ctx) -> Result<String, Failure> {
    let text = BASE32_NOPAD.encode(&ctx.clock.random::<10>()?).to_lowercase();
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(groups.join("-"))
}
