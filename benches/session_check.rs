//! Prints what a session check costs on SQLite: the CPU time of all threads of this process, not the time that passes.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use gongce::domain::account::{PersonId, PersonName, Role};
use gongce::domain::event::Actor;
use gongce::domain::holiday::Calendars;
use gongce::domain::key::{Key, KeyId, KeyRing};
use gongce::domain::secret::{Token, TokenKind};
use gongce::http::render_fragment;
use gongce::store::{Author, NewGrant, NewSession, Store, StoreError, Tx};
use gongce::usecase::{Clock, Ctx, sessions};

/// People with a role and a session each, so that the indexes have a county's depth.
const PEOPLE: usize = 5_000;

const ROUNDS: usize = 21;

const CHECKS: u32 = 2_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("gongce.db").display());
    let store = Store::open(&url, None).await?;
    store.migrate_up().await?;
    let clock = Clock::system();
    let keys = KeyRing::new([(KeyId::read('1').context("no key")?, Key::new(&clock.random::<32>()?)?)])?;
    let ctx = Arc::new(Ctx::new(store, clock, Calendars::builtin(), keys, render_fragment));
    let tokens = fill(&ctx).await?;
    let mut costs = Vec::new();
    for round in 0..ROUNDS {
        let before = cpu_nanoseconds()?;
        for check in 0..CHECKS {
            let token = &tokens[(round + check as usize * 7) % tokens.len()];
            sessions::check(&ctx, token).await?;
        }
        costs.push((cpu_nanoseconds()? - before) / 1_000 / u64::from(CHECKS));
    }
    costs.sort_unstable();
    let (least, median, most) = (costs[0], costs[ROUNDS / 2], costs[ROUNDS - 1]);
    writeln!(
        std::io::stdout(),
        "a session check on SQLite, {PEOPLE} sessions: {median} µs of CPU (median of {ROUNDS} rounds of {CHECKS}; {least} to {most})"
    )?;
    Ok(())
}

/// Makes the people and opens their sessions; answers the tokens.
async fn fill(ctx: &Ctx) -> anyhow::Result<Vec<String>> {
    let mut tokens = Vec::new();
    for _ in 0..PEOPLE / 500 {
        let mut people = Vec::new();
        for _ in 0..500 {
            people.push((PersonId(ctx.clock.new_id()), ctx.clock.new_id(), Token::new(ctx.clock.random()?)));
        }
        tokens.extend(people.iter().map(|(_, _, token)| token.reveal(TokenKind::Session)));
        let people: Vec<_> = people.into_iter().map(|(person, id, token)| (person, id, token.hash())).collect();
        let actor = Actor { name: "bench".to_owned(), role: "system".to_owned(), request_id: "bench".to_owned() };
        let author = Author { actor, at: ctx.clock.now() };
        let made = ctx.store.write(author, move |tx| {
            Box::pin(async move {
                for (person, id, token) in people {
                    let lifetime = Role::Cleaner.lifetime();
                    join(tx, NewSession { id, token, person, lifetime, stepped_up: false }).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        made.await?;
    }
    Ok(tokens)
}

async fn join(tx: &Tx, session: NewSession) -> Result<(), StoreError> {
    let name = PersonName::new("somebody").map_err(|wrong| StoreError::Refused(wrong.to_string()))?;
    let person = session.person;
    tx.create_person(person, &name).await?;
    tx.create_grant(&NewGrant { person, role: Role::Cleaner, area: None, operator: None }).await?;
    tx.create_session(session).await.map(drop)
}

/// What all threads of this process have spent so far.
fn cpu_nanoseconds() -> anyhow::Result<u64> {
    let mut all = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let spent = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        all += spent.split_whitespace().next().context("an empty schedstat")?.parse::<u64>()?;
    }
    Ok(all)
}
