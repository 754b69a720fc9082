//! One's own account: taking along what is kept of oneself, and being forgotten.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::attempts::account;
use super::grants::taken;
use super::staff::entry;
use super::wechat::phones;
use super::{By, Ctx, Failure, assignments, rosters, subscriptions, suggestions};
use crate::domain::account::{IdentityKind, Member, Role, Session};
use crate::domain::assignment::{Custodian, Substitute};
use crate::domain::cleaning::Cleaning;
use crate::domain::event::{Action, Changes, Entry, RecordKind, Wanted, field_names};
use crate::domain::photo::Photo;
use crate::domain::policy;
use crate::domain::roster::{RosterDay, Turn};
use crate::domain::subscription::Subscription;
use crate::domain::suggestion::Suggestion;
use crate::domain::wechat::{PhoneNumber, Realm};
use crate::store::Pending;

/// How many entries of the journal, how many photos and how many cleanings are told at once.
const ENTRIES: u64 = 10_000;

/// A way in which somebody shows who they are, without what is secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// In which way.
    pub kind: IdentityKind,
    /// The login, if it is one that people type.
    pub login: Option<String>,
    /// Within what WeChat's name for them holds, where it is that.
    pub realm: Option<Realm>,
    /// Whether a second factor goes with it.
    pub second_factor: bool,
}

/// Everything that the register holds of a person. A concept that keeps something of persons adds it here, and removes it
/// in [`delete`].
#[derive(Debug)]
pub struct Holdings {
    /// The person with all their grants.
    pub member: Member,
    /// Since when they are known.
    pub known_since: DateTime<Utc>,
    /// How they sign in.
    pub ways: Vec<Way>,
    /// Their open sessions.
    pub sessions: Vec<Session>,
    /// The invitations they sent that nobody has accepted yet.
    pub invitations: Vec<Pending>,
    /// Their phone number, if they told it.
    pub phone: Option<PhoneNumber>,
    /// How many messages of each template they still take.
    pub consents: BTreeMap<String, i32>,
    /// The photos they sent, the newest first.
    pub photos: Vec<Photo>,
    /// The suggestions that they sent, the newest first.
    pub suggestions: Vec<Suggestion>,
    /// The cleanings that they did or recorded, with where their phone was, the newest first.
    pub cleanings: Vec<Cleaning>,
    /// What they want to be told, without where to.
    pub subscriptions: Vec<Subscription>,
    /// The toilets for which they answered, answer and will answer, the latest first.
    pub custodian_of: Vec<Custodian>,
    /// The toilets at which they stood in, stand in and will stand in, the latest first.
    pub substitute_at: Vec<Substitute>,
    /// Their turns on rosters, the latest first.
    pub turns: Vec<Turn>,
    /// Their days on rosters that are other than planned, the latest first: 10,000 at most.
    pub roster_days: Vec<RosterDay>,
    /// What the journal tells of them, the newest first.
    pub journal: Vec<Entry>,
    /// Whether the journal tells more, of earlier times.
    pub more: bool,
}

/// Everything that the register holds of the caller; of the journal what is older than the entry `before`. That it was
/// taken is remembered.
///
/// # Errors
/// [`Failure::NotFound`] when the person is gone since the session was checked.
pub async fn export(ctx: &Ctx, by: &By, before: Option<i64>) -> Result<Holdings, Failure> {
    let (store, person, now) = (&ctx.store, by.actor.person, ctx.clock.now());
    let member = store.member(person).await?.ok_or(Failure::NotFound)?;
    let known_since = store.known_since(person).await?.ok_or(Failure::NotFound)?;
    let ways = store.identities(person).await?.into_iter().map(|identity| Way {
        kind: identity.kind,
        login: (identity.kind == IdentityKind::Password).then_some(identity.login),
        realm: identity.realm,
        second_factor: identity.totp.is_some(),
    });
    let own = Wanted { person: Some(person), ..Wanted::default() };
    let mut journal = store.trail(&own, before, ENTRIES + 1).await?;
    let more = journal.len() as u64 > ENTRIES;
    journal.truncate(usize::try_from(ENTRIES).unwrap_or(usize::MAX));
    let phone = match phones::get(ctx, person).await {
        Err(Failure::NotFound) => None,
        phone => Some(phone?),
    };
    let holdings = Holdings {
        member,
        known_since,
        ways: ways.collect(),
        sessions: store.sessions(person, now).await?,
        invitations: store.invitations_by(person, now).await?,
        phone,
        consents: store.consents(person).await?,
        photos: store.photos_by(person, ENTRIES).await?,
        suggestions: store.suggestions_by(person, None, ENTRIES).await?,
        cleanings: store.cleanings_by(person, ENTRIES).await?,
        subscriptions: store.subscriptions().await?.into_iter().filter(|one| one.person == person).collect(),
        custodian_of: store.custodians_by(person, ENTRIES).await?,
        substitute_at: store.substitutes_by(person, ENTRIES).await?,
        turns: store.turns_by(person, ENTRIES).await?,
        roster_days: store.roster_days_by(person, ENTRIES).await?,
        journal,
        more,
    };
    let told = entry(RecordKind::Person, person, Action::Export, Changes::new());
    let written =
        store.write(by.author(ctx), move |tx| Box::pin(async move { Ok::<_, Failure>(tx.append(vec![told]).await?) }));
    written.await?;
    Ok(holdings)
}

/// Removes the caller with everything that is personal: name, logins, roles, sessions, counters of failures, photos
/// that no record shows, where their phone was when they cleaned, and what they said beside suggestions, which are then
/// nobody's. They answer for no toilet and stand in at none any more, and are on no
/// roster. Records, their photos and the
/// journal keep the pseudonym, which then leads nowhere.
///
/// # Errors
/// [`Failure::StepUpNeeded`], and [`Failure::Conflict`] for the last admin.
pub async fn delete(ctx: &Ctx, by: &By) -> Result<(), Failure> {
    by.prove(ctx, policy::Action::DeleteAccount)?;
    let person = by.actor.person;
    let counted = ctx.store.identities(person).await?;
    let counted: Vec<_> = counted.iter().map(|identity| account(identity.kind, &identity.login)).collect();
    let grants: Vec<_> = by.actor.grants.iter().map(|grant| (grant.id, grant.role)).collect();
    let deleted = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let is_admin = grants.iter().any(|(_, role)| *role == Role::Admin);
            if is_admin && !tx.has_admin_beside(person).await? {
                return Err(Failure::Conflict("the last admin stays".to_owned()));
            }
            tx.abandon_photos(person).await?;
            tx.forget_fixes(person).await?;
            if !tx.delete_person(person).await? {
                return Err(Failure::NotFound);
            }
            for subject in &counted {
                tx.forget_subject(subject).await?;
            }
            let mut entries: Vec<_> = grants.into_iter().map(|(id, role)| taken(id, person, role)).collect();
            entries.extend(suggestions::forget(tx, person).await?);
            entries.extend(subscriptions::forget(tx, person).await?);
            entries.extend(assignments::forget(tx, person).await?);
            entries.extend(rosters::forget(tx, person).await?);
            entries.push(entry(RecordKind::Person, person, Action::Delete, field_names(&["name", "identity"])));
            Ok(tx.append(entries).await?)
        })
    });
    deleted.await
}
