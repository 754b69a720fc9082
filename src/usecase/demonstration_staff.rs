//! People of the demonstration county who can sign in, under passwords that are made anew at each start.

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;

use super::grants::given;
use super::invitations::{self, Joining};
use super::staff::entry;
use super::{Caller, Ctx, Failure, staff, totp};
use crate::demo;
use crate::domain::account::{Actor, IdentityKind, Login, PersonName, Reach, Role};
use crate::domain::area::AreaCode;
use crate::domain::event::{Action, RecordKind, field_names};
use crate::domain::id::AreaId;
use crate::domain::secret::{Passphrase, TokenKind, TotpSecret};
use crate::store::{NewGrant, Store, Tx};

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
        // Whoever belongs to the login by the history that was made up.
        let made_up = match demo::person_of(login.as_str()) {
            Some(person) => ctx.store.member(person).await?,
            None => None,
        };
        let totp = if let Some(identity) = known {
            staff::set_password(ctx, &login, password).await?;
            identity.totp.map(|sealed| totp::open(ctx, identity.person, &sealed)).transpose()?
        } else {
            let reach = Reach { area: area.map(str::parse).transpose()?, operator: None };
            let (token, _) = match made_up {
                Some(member) => invitations::renew(ctx, Caller::Host, member.id, None).await?,
                None => invitations::invite(ctx, Caller::Host, PersonName::new(name)?, role, reach).await?,
            };
            let joining = Joining::Password(login.clone(), password);
            let joined = invitations::accept(ctx, &token.reveal(TokenKind::Invitation), joining, "demo").await?;
            joined.totp.map(|(_, secret)| secret)
        };
        made.push(SignIn { role, login, password: text, totp });
    }
    Ok(made)
}

/// The people of a history that is made up, in the order of the staff, supervisors first. None of them can sign in.
pub(super) async fn hire(ctx: &Ctx, staff: &demo::Staff) -> Result<Vec<Actor>, Failure> {
    let workers: Vec<demo::Worker> = staff.supervisors.iter().chain(&staff.cleaners).cloned().collect();
    let mut places = BTreeMap::new();
    for worker in &workers {
        if !places.contains_key(&worker.area) {
            let place = ctx.store.area_place(&worker.area).await?.ok_or(Failure::NotFound)?;
            places.insert(worker.area.clone(), place.id);
        }
    }
    let hired: Vec<_> = workers.iter().map(|worker| worker.person).collect();
    let written = ctx.write(ctx.author("demo"), move |tx| Box::pin(async move { put(tx, &workers, &places).await }));
    written.await?;
    let mut actors = Vec::with_capacity(hired.len());
    for person in hired {
        actors.push(Actor { person, grants: ctx.store.grants(person).await? });
    }
    Ok(actors)
}

/// Puts whoever ends a history on record: by them one knows that it is whole.
pub(super) async fn sign_off(ctx: &Ctx) -> Result<(), Failure> {
    let auditor = [demo::auditor()?];
    let written =
        ctx.write(ctx.author("demo"), move |tx| Box::pin(async move { put(tx, &auditor, &BTreeMap::new()).await }));
    written.await
}

/// Whether a history is whole: the journal forgets nobody.
pub(super) async fn is_signed_off(store: &Store) -> Result<bool, Failure> {
    let auditor = demo::auditor()?.person.to_string();
    Ok(!store.history(RecordKind::Person, &auditor, None, 1).await?.is_empty())
}

/// An area that is not among the places is the whole register.
async fn put(tx: &Tx, workers: &[demo::Worker], places: &BTreeMap<AreaCode, AreaId>) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for demo::Worker { person, name, role, area, .. } in workers {
        tx.create_person(*person, name).await?;
        entries.push(entry(RecordKind::Person, *person, Action::Create, field_names(&["name"])));
        let (area, operator) = (places.get(area).copied(), None);
        let grant = tx.create_grant(&NewGrant { person: *person, role: *role, area, operator }).await?;
        entries.push(given(grant, *person, *role));
    }
    Ok(tx.append(entries).await?)
}

/// Sixteen random letters and digits, in four groups that can be typed.
fn password(ctx: &Ctx) -> Result<String, Failure> {
    let text = BASE32_NOPAD.encode(&ctx.clock.random::<10>()?).to_lowercase();
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(groups.join("-"))
}
