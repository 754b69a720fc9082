//! Persons, sessions, invitations and counters in the database, on both, as several processes see them.

use chrono::{DateTime, TimeDelta, Utc};
use gongce::domain::account::{IdentityKind, PersonId, Role};
use gongce::domain::event::Actor;
use gongce::domain::id::GrantId;
use gongce::domain::policy::{Action, Scope};
use gongce::domain::secret::Token;
use gongce::store::{Author, NewGrant, NewIdentity, NewInvitation, NewSession, Store, StoreError, Tx};
use uuid::Uuid;

use crate::harness::build::instant;
use crate::harness::make::{self, NOW};
use crate::harness::stores::on_both;

fn author(at: DateTime<Utc>) -> Author {
    let actor = Actor { name: "test".to_owned(), role: "system".to_owned(), request_id: "test".to_owned() };
    Author { actor, at }
}

fn now() -> DateTime<Utc> {
    instant(NOW)
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// Makes the demonstration's areas, so that there is a tree to grant in.
async fn make_areas(tx: &Tx) -> Result<(), StoreError> {
    for area in gongce::demo::county().unwrap().areas.iter().take(40) {
        make::area(tx, area).await?;
    }
    Ok(())
}

/// Adds a person who holds that role in the area of that code.
async fn add(store: &Store, number: u128, role: Role, code: Option<&str>) -> GrantId {
    let area = match code {
        Some(code) => Some(store.area_place(&code.parse().unwrap()).await.unwrap().unwrap().id),
        None => None,
    };
    store.write(author(now()), move |tx| Box::pin(add_in(tx, number, role, area))).await.unwrap()
}

async fn add_in(
    tx: &Tx,
    number: u128,
    role: Role,
    area: Option<gongce::domain::id::AreaId>,
) -> Result<GrantId, StoreError> {
    tx.create_person(person(number), &format!("person {number}").parse_name()).await?;
    tx.create_grant(&NewGrant { person: person(number), role, area, operator: None }).await
}

trait ParseName {
    fn parse_name(&self) -> gongce::domain::account::PersonName;
}

impl ParseName for String {
    fn parse_name(&self) -> gongce::domain::account::PersonName {
        gongce::domain::account::PersonName::new(self).unwrap()
    }
}

async fn open(store: &Store, number: u128, role: Role) -> Token {
    let token = Token::new([u8::try_from(number).unwrap(); 32]);
    let id = Uuid::from_u128(number + 1000);
    let new =
        NewSession { id, token: token.hash(), person: person(number), lifetime: role.lifetime(), stepped_up: true };
    store
        .write(author(now()), move |tx| Box::pin(async move { tx.create_session(new).await.map(drop) }))
        .await
        .map_err(|error: StoreError| error)
        .unwrap();
    token
}

on_both! {
    async fn a_revoked_session_is_refused_by_another_process_at_once(database: Database) {
        let (here, there) = (database.open().await, database.open().await);
        let grant = add(&here, 1, Role::Admin, None).await;
        let token = open(&here, 1, Role::Admin).await;
        let seen = there.session(token.hash(), now()).await.unwrap().unwrap();
        assert_eq!((seen.actor.person, seen.actor.role()), (person(1), Role::Admin));

        let gone = here.write(author(now()), move |tx| Box::pin(async move { tx.delete_grant(person(1), grant).await }));
        assert!(gone.await.map_err(|error: StoreError| error).unwrap());
        assert_eq!(there.session(token.hash(), now()).await.unwrap(), None);
    }
}

on_both! {
    async fn sessions_that_are_looked_up_together_are_told_apart(database: Database) {
        let store = database.open().await;
        let roles = [Role::Admin, Role::Cleaner, Role::Supervisor, Role::Auditor, Role::Inspector];
        let mut tokens = Vec::new();
        for (number, role) in (1..).zip(roles) {
            add(&store, number, role, None).await;
            tokens.push(open(&store, number, role).await.hash());
        }
        // One with two roles, one whose session has ended, and a token that is nobody's.
        let second = NewGrant { person: person(3), role: Role::Cleaner, area: None, operator: None };
        let granted = store.write(author(now()), move |tx| Box::pin(async move { tx.create_grant(&second).await.map(drop) }));
        granted.await.map_err(|error: StoreError| error).unwrap();
        let ended = store.write(author(now()), move |tx| Box::pin(async move { tx.end_sessions(person(2)).await }));
        ended.await.map_err(|error: StoreError| error).unwrap();
        let nobodys = Token::new([99; 32]).hash();
        let asked = [tokens[4], nobodys, tokens[0], tokens[1], tokens[2], tokens[0], tokens[3]];
        let found = store.open_sessions(&asked, now()).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|one| one.unwrap().map(|one| (one.actor.person, one.actor.grants.len()))).collect();
        let of = |number, grants| Some((person(number), grants));
        assert_eq!(found, [of(5, 1), None, of(1, 1), None, of(3, 2), of(1, 1), of(4, 1)]);
        for (token, together) in asked.iter().zip(found) {
            let alone = store.session(*token, now()).await.unwrap();
            assert_eq!(alone.map(|one| (one.actor.person, one.actor.grants.len())), together);
        }
    }
}

on_both! {
    async fn a_session_ends_to_the_second(database: Database) {
        let store = database.open().await;
        add(&store, 1, Role::Supervisor, None).await;
        let token = open(&store, 1, Role::Supervisor).await;
        let at = async |minutes: i64, seconds: i64| {
            let at = now() + TimeDelta::minutes(minutes) + TimeDelta::seconds(seconds);
            store.session(token.hash(), at).await.unwrap().is_some()
        };
        assert!(at(29, 59).await, "half an hour without a request");
        assert!(!at(30, 0).await);
        // Used every 29 minutes it lasts, but for twelve hours only.
        let id = Uuid::from_u128(1001);
        for step in 1..=25 {
            let when = now() + TimeDelta::minutes(29 * step);
            let touch = store.write(author(when), move |tx| {
                Box::pin(async move { tx.touch_session(id, Role::Supervisor.lifetime().idle, when - TimeDelta::minutes(1)).await })
            });
            touch.await.map_err(|error: StoreError| error).unwrap();
        }
        assert!(at(12 * 60, -1).await && !at(12 * 60, 0).await);
    }
}

on_both! {
    async fn the_staff_is_seen_within_the_scope_alone(database: Database) {
        let store = database.open().await;
        store.write(author(now()), |tx| Box::pin(make_areas(tx))).await.unwrap();
        add(&store, 1, Role::Admin, None).await;
        add(&store, 2, Role::Supervisor, Some("410308")).await;
        add(&store, 3, Role::Cleaner, Some("410308101")).await;
        add(&store, 4, Role::Supervisor, Some("410308102")).await;
        for (who, sees) in [(1, vec![1, 2, 3, 4]), (2, vec![2, 3, 4]), (4, vec![4])] {
            let actor = gongce::domain::account::Actor { person: person(who), grants: store.grants(person(who)).await.unwrap() };
            let scope = Scope::of(&actor, Action::ReadStaff).unwrap();
            let staff = store.staff(&scope, None, 100).await.unwrap();
            assert_eq!(staff.iter().map(|member| member.id.0.as_u128()).collect::<Vec<_>>(), sees, "{who}");
            let rest = store.staff(&scope, Some(person(sees[0])), 2).await.unwrap();
            assert_eq!(rest.len(), (sees.len() - 1).min(2), "page by page");
        }
        assert!(Scope::of(&gongce::domain::account::Actor { person: person(3), grants: store.grants(person(3)).await.unwrap() }, Action::ReadStaff).is_none());
    }
}

on_both! {
    async fn an_invitation_is_taken_once(database: Database) {
        let (here, there) = (database.open().await, database.open().await);
        let token = Token::new([9; 32]).hash();
        let new = NewInvitation {
            token,
            name: "王丽".to_owned().parse_name(),
            person: None,
            role: Some(Role::Cleaner),
            area: None,
            operator: None,
            invited_by: None,
            bootstrap: false,
            expires_at: now() + TimeDelta::hours(1),
        };
        let made = here.write(author(now()), move |tx| Box::pin(async move { tx.create_invitation(&new).await.map(drop) }));
        made.await.map_err(|error: StoreError| error).unwrap();
        assert!(there.invitation(token, now() + TimeDelta::hours(1)).await.unwrap().is_none(), "it runs out");
        let takers = [here, there].map(|store| {
            tokio::spawn(async move {
                let won = store.write(author(now()), move |tx| Box::pin(async move { tx.take_invitation(token).await }));
                won.await.map_err(|error: StoreError| error).unwrap().is_some()
            })
        });
        let mut winners = 0;
        for taker in takers {
            winners += u32::from(taker.await.unwrap());
        }
        assert_eq!(winners, 1);
    }
}

on_both! {
    async fn attempts_are_counted_across_processes_and_forgotten_after_the_window(database: Database) {
        let stores = [database.open().await, database.open().await];
        let count = |store: Store, at: DateTime<Utc>| async move {
            let counted = store.write(author(at), |tx| Box::pin(async move { tx.count_attempt("someone", TimeDelta::minutes(15)).await }));
            counted.await.map_err(|error: StoreError| error).unwrap().number
        };
        let tries: Vec<_> = (0..20).map(|n| tokio::spawn(count(stores[n % 2].clone(), now()))).collect();
        let mut numbers = Vec::new();
        for one in tries {
            numbers.push(one.await.unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>(), "no two share a number");
        assert_eq!(count(stores[0].clone(), now() + TimeDelta::minutes(14)).await, 21);
        assert_eq!(count(stores[1].clone(), now() + TimeDelta::minutes(15)).await, 1);
    }
}

on_both! {
    async fn a_login_is_one_persons_and_a_code_counts_once(database: Database) {
        let store = database.open().await;
        add(&store, 1, Role::Admin, None).await;
        add(&store, 2, Role::Admin, None).await;
        let identity = |number| NewIdentity {
            person: person(number),
            kind: IdentityKind::Password,
            login: "wang.li".to_owned(),
            hash: "hash".to_owned(),
            totp: None,
            realm: None,
        };
        for (number, expected) in [(1, true), (2, false)] {
            let new = identity(number);
            let made = store.write(author(now()), move |tx| Box::pin(async move { tx.create_identity(new).await })).await;
            assert_eq!(made.is_ok(), expected);
            if let Err(error) = made {
                assert!(matches!(error, StoreError::Conflict { constraint: "uq_identity_login" }), "{error:?}");
            }
        }
        let kept = store.identity(IdentityKind::Password, "wang.li").await.unwrap().unwrap();
        assert_eq!(kept.person, person(1));
        for (step, expected) in [(7, true), (7, false), (6, false), (8, true)] {
            let used = store.write(author(now()), move |tx| Box::pin(async move { tx.use_totp_step(kept_id(), step).await }));
            assert_eq!(used.await.map_err(|error: StoreError| error).unwrap(), expected, "{step}");
        }
    }
}

/// The first identity of a new database.
fn kept_id() -> i32 {
    1
}
