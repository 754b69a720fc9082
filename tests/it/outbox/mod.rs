//! Messages: written where they come from, sent at least once, and to nowhere that nobody should be sent to.

mod sending;
mod standin;
mod subscribing;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use gongce::domain::account::Role;
use gongce::domain::event::{Action, NewEntry, RecordKind};
use gongce::domain::holiday::Calendars;
use gongce::domain::id::ToiletId;
use gongce::gateway::outbound::{Outbound, Settings};
use gongce::http::render_fragment;
use gongce::store::StoreError;
use gongce::usecase::{Clock, Ctx};
use serde_json::{Value, json};

use self::standin::Standin;
use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::Service;
use crate::harness::stores::Database;

/// Whoever may send to this machine, for the stand-in is nowhere else.
fn lenient(standin: &Standin) -> Settings {
    Settings {
        loopback: true,
        time: Duration::from_millis(700),
        wecom_url: standin.url.replace("/hook", "/wecom"),
        dingtalk_url: standin.url.replace("/hook", "/dingtalk"),
        ..Settings::default()
    }
}

/// A product around a database so long after the time at which tests take place.
async fn later(database: &Database, by: TimeDelta, settings: Settings) -> Arc<Ctx> {
    let clock = Clock::fixed(instant(NOW) + by);
    let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
    Arc::new(ctx.sending(Outbound::new(settings).unwrap()))
}

/// A service with a supervisor of a town and a toilet there.
struct Town {
    service: Service,
    token: String,
    toilet: ToiletId,
}

impl Town {
    async fn on(database: &Database, settings: Settings) -> Self {
        let service = Service::begun(later(database, TimeDelta::zero(), settings).await).await;
        let token = service.sign_in(Role::Supervisor, "410308101").await;
        let toilet = crate::coverage::register(&service.ctx, "长华社区公厕", "410308101").await;
        Self { service, token, toilet }
    }

    /// Asks to be told; answers the subscription and what was told once.
    async fn subscribe(&self, facts: Value) -> Value {
        let mut body = json!({"area": "410308101", "topics": ["missed", "overdue"], "pace": "atOnce"});
        body.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        self.service.post("/api/v1/subscriptions", &self.token, body).await.json_of(201)
    }

    /// A slot of the toilet is missed.
    async fn miss(&self, ctx: &Ctx, number: usize) {
        self.write(ctx, vec![self.missed(number)]).await;
    }

    fn missed(&self, number: usize) -> NewEntry {
        let changes = [("state".to_owned(), [json!("open"), json!("missed")])].into();
        let key = format!("{}.1.{}.20261123T0800", self.toilet, number + 1);
        NewEntry { kind: RecordKind::Slot, key, version: 1, action: Action::Miss, changes }
    }

    async fn write(&self, ctx: &Ctx, entries: Vec<NewEntry>) {
        let written = ctx.store.write(ctx.author("slots"), move |tx| Box::pin(async move { tx.append(entries).await }));
        written.await.map_err(|error: StoreError| error).unwrap();
    }

    /// How the one subscription stands.
    async fn standing(&self) -> Value {
        self.service.get("/api/v1/subscriptions", &self.token).await.json_of(200)["items"][0].clone()
    }
}
