//! Who it is that WeChat vouches for, and how it stands with them here.

use super::{column, seal_openid};
use crate::domain::account::{Actor, IdentityKind, PersonId, Role};
use crate::domain::wechat::{OpenId, Realm, Vouched};
use crate::store::{Invitation, NewIdentity, Tx};
use crate::usecase::{Ctx, Failure};

/// One of WeChat's names for somebody.
pub(super) struct Named {
    realm: Realm,
    openid: OpenId,
    /// The name in each key's form.
    index: Vec<String>,
    /// Whose it is here.
    of: Option<PersonId>,
}

/// Who it is, and how it stands with them.
pub(super) struct Standing {
    /// Who, with what they hold.
    pub(super) actor: Actor,
    /// WeChat's names for them: that within the app that asked first.
    names: Vec<Named>,
    /// Whom WeChat knew by it before.
    pub(super) known: Option<PersonId>,
    /// Whether they are there already and set up anew how they sign in.
    pub(super) renews: bool,
    /// The roles that they will hold.
    pub(super) roles: Vec<Role>,
}

impl Standing {
    /// How it stands with whom WeChat vouches for, who may bring an invitation.
    pub(super) async fn of(
        ctx: &Ctx,
        realm: Realm,
        vouched: &Vouched,
        invitation: Option<&Invitation>,
    ) -> Result<Self, Failure> {
        let union = vouched.unionid.as_ref().map(|unionid| (Realm::Union, unionid));
        let mut names = Vec::new();
        for (realm, openid) in std::iter::once((realm, &vouched.openid)).chain(union) {
            let index = ctx.keys.index(column(realm), openid.as_str().as_bytes());
            let of = ctx.store.person_of_openid(&index).await?;
            names.push(Named { realm, openid: openid.clone(), index, of });
        }
        // Whom the app knows is who it is; what ties the apps together tells it of who is new to this one.
        let known = names.iter().find_map(|name| name.of);
        let meant = invitation.and_then(|invitation| invitation.person);
        if let (Some(known), Some(meant)) = (known, meant)
            && known != meant
        {
            return Err(Failure::Conflict("this WeChat is somebody else's here".to_owned()));
        }
        let person = meant.or(known);
        let grants = match person {
            Some(person) => ctx.store.grants(person).await?,
            None => Vec::new(),
        };
        let held = grants.iter().map(|grant| grant.role);
        let roles = held.chain(invitation.and_then(|invitation| invitation.role)).collect();
        let actor = Actor { person: person.unwrap_or_else(|| PersonId(ctx.clock.new_id())), grants };
        Ok(Self { actor, names, known, renews: meant.is_some(), roles })
    }

    /// What failures of theirs are counted under.
    pub(super) fn login(&self) -> &str {
        self.names.first().and_then(|name| name.index.first()).map(String::as_str).unwrap_or_default()
    }

    /// The identities by which they are to be known and are not yet. A name that is somebody else's stays theirs.
    pub(super) fn missing(&self, ctx: &Ctx) -> Result<Vec<NewIdentity>, Failure> {
        let person = self.actor.person;
        let own = |name: &&Named| name.of.is_none() || self.renews && name.of == Some(person);
        let new = self.names.iter().filter(own);
        let identity = |name: &Named| {
            Ok(NewIdentity {
                person,
                kind: IdentityKind::Wechat,
                login: name.index.first().cloned().unwrap_or_default(),
                hash: seal_openid(ctx, person, name.realm, &name.openid)?.as_str().to_owned(),
                totp: None,
                realm: Some(name.realm),
            })
        };
        new.map(identity).collect()
    }

    /// Goes on only if all of that is still so.
    pub(super) async fn require(&self, tx: &Tx) -> Result<(), Failure> {
        let mut same = tx.grants(self.actor.person).await? == self.actor.grants;
        for name in &self.names {
            same &= tx.person_of_openid(&name.index).await?.map(|(_, person)| person) == name.of;
        }
        if same { Ok(()) } else { Err(Failure::Conflict("the person changed meanwhile".to_owned())) }
    }

    /// The identity by which the app that asked knows them, once it does.
    pub(super) async fn identity(&self, tx: &Tx) -> Result<i32, Failure> {
        let index = self.names.first().map(|name| name.index.as_slice()).unwrap_or_default();
        tx.person_of_openid(index).await?.map(|(identity, _)| identity).ok_or(Failure::NotFound)
    }
}
