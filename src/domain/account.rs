//! Who is calling: persons under pseudonyms, what each was granted, and for how long a session lasts.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Violation;
use super::area::AreaCode;
use super::codes::codes;
use super::event;
use super::id::{GrantId, OperatorId};
use super::text::Text;

/// What a person is called on screen: 1 to 64 characters.
pub type PersonName = Text<64, false>;

/// A person's pseudonym: all that the journal and other records ever hold of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Uuid);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PersonId {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        text.parse().map(Self).map_err(|_| Violation::new("person", "badId", "a person's id is a UUID"))
    }
}

codes!(
    /// What somebody may be to the register.
    Role {
        /// Nobody in particular.
        Visitor = "visitor",
        /// Somebody of the public who signed in.
        Citizen = "citizen",
        /// Keeps toilets clean (保洁员).
        Cleaner = "cleaner",
        /// Mends them.
        Repairer = "repairer",
        /// Visits and scores them.
        Inspector = "inspector",
        /// Sees to the work in an area, and staffs it.
        Supervisor = "supervisor",
        /// Administers an area, its supervisors included.
        Admin = "admin",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
    }
);

codes!(
    /// In which way somebody shows who they are.
    IdentityKind {
        /// By a login and a password.
        Password = "password",
        /// By a device and the PIN that was set on it.
        Pin = "pin",
        /// By WeChat, which vouches for an openid.
        Wechat = "wechat",
    }
);

/// The name that somebody types to sign in: 3 to 32 small letters, digits and `._-`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let text = text.trim().to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        if !begins || !(3..=32).contains(&text.len()) || !text.bytes().all(plain) {
            let message = "a login has 3 to 32 letters, digits, dots, hyphens or underscores, the first a letter";
            return Err(Violation::new("login", "badLogin", message));
        }
        Ok(Self(text))
    }
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: TimeDelta,
    /// In all.
    pub absolute: TimeDelta,
}

impl Role {
    /// How long a session in this role lasts. A nightly logout would lock out the morning shift, so those who work
    /// outside keep theirs for weeks; whoever can change much or read all is soon asked again.
    #[must_use]
    pub const fn lifetime(self) -> Lifetime {
        let (idle, absolute) = match self {
            Self::Visitor | Self::Citizen => (TimeDelta::days(7), TimeDelta::days(30)),
            Self::Cleaner | Self::Repairer => (TimeDelta::days(14), TimeDelta::days(90)),
            Self::Inspector | Self::Supervisor | Self::Auditor => (TimeDelta::minutes(30), TimeDelta::hours(12)),
            Self::Admin => (TimeDelta::minutes(15), TimeDelta::hours(8)),
        };
        Lifetime { idle, absolute }
    }

    /// Whether a password alone is not enough.
    #[must_use]
    pub const fn needs_second_factor(self) -> bool {
        matches!(self, Self::Supervisor | Self::Admin)
    }

    /// Whether it is given by a grant.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Visitor | Self::Citizen)
    }
}

/// After how many failures nobody may try again until the window is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockOut {
    /// Failures of an account in 15 minutes.
    pub by_account: u16,
    /// Failures from an address, or a /64 in IPv6, in a minute. Carriers put thousands behind one.
    pub by_address: u16,
}

impl Default for LockOut {
    fn default() -> Self {
        Self { by_account: 5, by_address: 20 }
    }
}

/// Where a grant reaches: an area with everything below it, for all bodies or for one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reach {
    /// The area; absent is the whole register, toilets in no area included.
    pub area: Option<AreaCode>,
    /// The only body whose toilets are meant, if it is so limited.
    pub operator: Option<OperatorId>,
}

impl Reach {
    /// The whole register.
    pub const EVERYWHERE: Self = Self { area: None, operator: None };

    /// Whether it covers what lies in the area of that path (codes from the top down) and belongs to that body.
    #[must_use]
    pub fn covers(&self, path: &[AreaCode], operator: Option<OperatorId>) -> bool {
        let in_area = self.area.as_ref().is_none_or(|code| path.contains(code));
        in_area && (self.operator.is_none() || self.operator == operator)
    }
}

/// A role that somebody holds somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The role.
    pub role: Role,
    /// Where it counts.
    pub reach: Reach,
    /// The codes from the top of the tree down to the area of `reach`; empty for the whole register.
    pub path: Vec<AreaCode>,
}

/// Somebody who acts, with all that was granted to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Their grants.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// The most powerful role they hold anywhere; [`Role::Citizen`] without any grant.
    #[must_use]
    pub fn role(&self) -> Role {
        let by_power = [Role::Admin, Role::Supervisor, Role::Auditor, Role::Inspector, Role::Repairer, Role::Cleaner];
        let holds = |role: &Role| self.grants.iter().any(|grant| grant.role == *role);
        by_power.into_iter().find(holds).unwrap_or(Role::Citizen)
    }

    /// As the journal names them, in one request.
    #[must_use]
    pub fn signing(&self, request_id: &str) -> event::Actor {
        let (name, role) = (self.person.to_string(), self.role().as_str().to_owned());
        event::Actor { name, role, request_id: request_id.to_owned() }
    }
}

/// How long a session of somebody with those roles lasts: as short as the strictest of them says.
#[must_use]
pub fn lifetime(roles: impl Iterator<Item = Role>) -> Lifetime {
    let strictest =
        |a: Lifetime, b: Lifetime| Lifetime { idle: a.idle.min(b.idle), absolute: a.absolute.min(b.absolute) };
    roles.map(Role::lifetime).reduce(strictest).unwrap_or(Role::Citizen.lifetime())
}

/// A person of the staff with what was granted to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub id: PersonId,
    /// What they are called.
    pub name: PersonName,
    /// Their grants.
    pub grants: Vec<Grant>,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its public id; it is not the token.
    pub id: Uuid,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    pub last_seen: DateTime<Utc>,
    /// When it ends unless it is used before.
    pub idle_until: DateTime<Utc>,
    /// When it ends whatever happens.
    pub ends_at: DateTime<Utc>,
    /// When whoever holds it last proved who they are, if they did.
    pub stepped_up_at: Option<DateTime<Utc>>,
}
