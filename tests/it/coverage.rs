//! Every operation of the document: public by a list, or closed to whoever may not. A new one without a row fails here.

mod operations;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use gongce::domain::account::{PersonId, PersonName, Reach, Role};
use gongce::domain::attested::Attested;
use gongce::domain::event::{Actor, RecordKind};
use gongce::domain::events::Topic;
use gongce::domain::grade::{Grade, NewGrade, Standard};
use gongce::domain::holiday::Calendars;
use gongce::domain::id::{OutageId, SuggestionId, ToiletId};
use gongce::domain::operator::OperatorKind;
use gongce::domain::outage::{NewOutage, Outage, OutageReason};
use gongce::domain::period::Span;
use gongce::domain::photo::{Digest, Photo, PhotoFile, PhotoState, Shown};
use gongce::domain::secret::{Token, TokenKind};
use gongce::domain::subscription::{Channel, Pace, Rhythm, Subscription};
use gongce::domain::suggestion::{NewSuggestion, Proposal};
use gongce::domain::text::Name;
use gongce::http::{Door, Limits, document, render_fragment, routes};
use gongce::store::{Author, NewGrant, NewInvitation, NewSession, Sealing, StoreError, Tx};
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use poem::{Endpoint, Request, Response};
use serde_json::Value;
use uuid::Uuid;

use self::operations::{ASKING, CLOSED, PUBLIC, QUERIES};
use crate::harness::build::instant;
use crate::harness::make::{self, NOW, keys};
use crate::harness::stores::{Database, on_both};

/// Below the town that the things asked about lie in: whoever holds a role here alone may do no more to them than
/// whoever holds it in the town beside.
const BELOW: &str = "410308101001";

/// The things asked about: a cleaner of the town, with their grant, an invitation, a toilet there, and the suggestion of a
/// visitor that it is gone.
struct Things {
    person: Uuid,
    grant: i32,
    invitation: i32,
    toilet: ToiletId,
    suggestion: SuggestionId,
    subscription: Uuid,
}

impl Things {
    /// New ones under that number.
    async fn make(ctx: &Ctx, number: u128) -> Self {
        let grant = add(ctx, number, Role::Cleaner, "410308101").await;
        let area = ctx.store.area_place(&"410308101".parse().unwrap()).await.unwrap().map(|place| place.id);
        let new = NewInvitation {
            token: Token::new(ctx.clock.random().unwrap()).hash(),
            name: PersonName::new("somebody").unwrap(),
            person: None,
            role: Some(Role::Cleaner),
            area,
            operator: None,
            invited_by: None,
            bootstrap: false,
            expires_at: instant(NOW) + TimeDelta::days(1),
        };
        let made = ctx.store.write(author(), move |tx| Box::pin(async move { tx.create_invitation(&new).await }));
        let invitation = made.await.map_err(|error: StoreError| error).unwrap().0;
        let toilet = register(ctx, &format!("toilet {number}"), "410308101").await;
        let (area, remark, by, checked) = (None, None, None, false);
        let gone = NewSuggestion { proposal: Proposal::gone(toilet), area, remark, by, checked };
        let sent = ctx.store.write(author(), move |tx| {
            Box::pin(async move {
                let sent = tx.create_suggestion(&gone).await?;
                tx.append(vec![make::made(RecordKind::Suggestion, &sent.id, &sent.fields())]).await.map(|()| sent.id)
            })
        });
        let suggestion = sent.await.map_err(|error: StoreError| error).unwrap();
        let subscription = subscribe(ctx, number).await;
        Self { person: Uuid::from_u128(number), grant, invitation, toilet, suggestion, subscription }
    }

    /// The path of an operation on them.
    fn path(&self, operation: &Operation) -> String {
        let id = match operation.id.as_str() {
            "delete_invitation" => self.invitation.to_string(),
            "list_plates" | "create_plate" | "get_plate_drawing" => self.toilet.to_string(),
            _ if operation.path.starts_with("/api/v1/toilets/") => TOILET.to_string(),
            "delete_deployment" => DEPLOYED.to_string(),
            "get_subscription" | "delete_subscription" => self.subscription.to_string(),
            _ if operation.path.starts_with("/api/v1/imports/") => "1".to_owned(),
            _ if operation.path.starts_with("/api/v1/suggestions/") => self.suggestion.to_string(),
            // The first of each, which the operations before make.
            "get_plan_template" | "get_exception" | "delete_exception" | "get_excuse" | "record_excuse_decision" => {
                "1".to_owned()
            }
            "record_cleaning" => Uuid::from_u128((7 << 76) | (2 << 62) | self.person.as_u128()).to_string(),
            _ if operation.path.starts_with("/api/v1/cleanings/") => BATCHED.to_owned(),
            _ if operation.path.starts_with("/api/v1/operators/") => OPERATOR.to_string(),
            _ => self.person.to_string(),
        };
        let query = match operation.id.as_str() {
            "get_plate_drawing" => "?kind=staff",
            "place_toilet" => "?crs=wgs84",
            _ => "",
        };
        let path = operation.path.replace("{id}", &id).replace("{grant}", &self.grant.to_string());
        let path = path.replace("{outage}", &OUTAGE.to_string()).replace("{grade}", &GRADE.to_string());
        let path = path.replace("{photo}", PHOTO).replace("{custodian}", &LAST_CUSTODIAN.to_string());
        path.replace("{substitute}", "1") + query
    }
}
/// The toilet that is asked about, a closure of it, and a grade of it that can be converted.
const TOILET: i32 = 1;
const OUTAGE: i32 = 1;
const GRADE: i32 = 1;

/// A photo that it shows.
const PHOTO: &str = "0192f0c1-0000-7000-8000-000000000001";

const BATCHED: &str = "0192f0c1-0000-7000-8000-00000000ba7c";

/// The one body.
const OPERATOR: i32 = 1;

/// The first set of toilets, which the operation before makes.
const DEPLOYED: i32 = 1;

/// The custodian who stands when four were named one after the other.
const LAST_CUSTODIAN: i32 = 4;

/// Any revision that the one toilet may stand at while it is asked about.
const REVISIONS: &str = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20";

pub(crate) fn author() -> Author {
    let actor = Actor { name: "test".to_owned(), role: "system".to_owned(), request_id: "test".to_owned() };
    Author { actor, at: instant(NOW) }
}

async fn ctx_at(database: &Database, at: DateTime<Utc>) -> Arc<Ctx> {
    let ctx = Ctx::new(database.open().await, Clock::fixed(at), Calendars::builtin(), keys("1"), render_fragment);
    Arc::new(ctx.reached_at("https://toilets.example".parse().ok()))
}

pub(crate) async fn prepare(tx: &Tx) -> Result<(), StoreError> {
    let areas = gongce::demo::county().unwrap().areas;
    for area in areas.iter().filter(|area| area.code.as_str().len() <= 9 || area.code.as_str() == BELOW) {
        make::area(tx, area).await?;
    }
    let (area, _) = tx.areas_of(&"410308101".parse().unwrap()).await?.pop().unwrap();
    let made = tx.create_toilet(&make::draft("老公厕"), Some(area), &Attested::default()).await?;
    assert_eq!(made.0, TOILET);
    let span = Span::new(instant("2026-11-01T00:00:00Z"), Some(instant("2026-11-02T00:00:00Z"))).unwrap();
    let fact = NewOutage { reason: OutageReason::Water, span, note: None };
    assert_eq!(tx.create_outage(made, &Outage::stated(OutageId(0), fact)).await?.0, OUTAGE);
    let grade = NewGrade::new(Standard::GbT2016, Grade::Aaa).unwrap().assessed("2021-05-01".parse().unwrap());
    assert_eq!(tx.create_grade(made, &grade, None).await?.0, GRADE);
    let file = PhotoFile { content: Digest::of(b"stored"), width: 4, height: 3, bytes: 9 };
    tx.keep_photo_file(&file).await?;
    let (id, sent, state) = (PHOTO.parse().unwrap(), Digest::of(b"sent"), PhotoState::Unchecked);
    let (by, uploaded_at) = (PersonId(Uuid::from_u128(1)), instant(NOW));
    let photo = Photo { id, sent, file, state, by, uploaded_at, revision: 1 };
    tx.create_photo(&photo).await?;
    tx.append(vec![make::made(RecordKind::Photo, &id, &photo.fields())]).await?;
    let shows = Shown { kind: RecordKind::Toilet, key: TOILET.to_string() };
    tx.show_photo(id, &shows, instant(NOW)).await?;
    let (body, _) = tx.create_operator(&Name::new("市政公司").unwrap(), OperatorKind::Contractor).await?;
    assert_eq!(body.id.0, OPERATOR);
    make::journaled(tx, &[made]).await
}

/// Makes a toilet of that name in an area; answers its id.
pub(crate) async fn register(ctx: &Ctx, name: &str, code: &str) -> ToiletId {
    let area = ctx.store.area_place(&code.parse().unwrap()).await.unwrap().map(|place| place.id);
    let draft = make::draft(name);
    let made = ctx.store.write(author(), move |tx| {
        Box::pin(async move {
            let id = tx.create_toilet(&draft, area, &Attested::default()).await?;
            make::journaled(tx, &[id]).await.map(|()| id)
        })
    });
    made.await.map_err(|error: StoreError| error).unwrap()
}

/// Adds a person of that number with a role; answers the grant's id.
pub(crate) async fn add(ctx: &Ctx, number: u128, role: Role, code: &str) -> i32 {
    let area = ctx.store.area_place(&code.parse().unwrap()).await.unwrap().map(|place| place.id);
    let person = PersonId(Uuid::from_u128(number));
    let added = ctx.store.write(author(), move |tx| {
        Box::pin(async move {
            tx.create_person(person, &PersonName::new("somebody").unwrap()).await?;
            Ok::<_, StoreError>(tx.create_grant(&NewGrant { person, role, area, operator: None }).await?.0)
        })
    });
    added.await.unwrap()
}

/// Has the person of that number be told of the town; answers the subscription's id.
async fn subscribe(ctx: &Ctx, number: u128) -> Uuid {
    let place = ctx.store.area_place(&"410308101".parse().unwrap()).await.unwrap().unwrap();
    let new = Subscription {
        id: ctx.clock.new_id(),
        person: PersonId(Uuid::from_u128(number)),
        channel: Channel::Wechat,
        reach: Reach { area: place.path.last().cloned(), operator: None },
        path: place.path,
        topics: vec![Topic::Missed],
        rhythm: Rhythm { pace: Pace::Shift, quiet: None, zone: chrono_tz::Asia::Shanghai },
        made_at: instant(NOW),
        failing_since: None,
        paused_at: None,
        trouble: None,
    };
    let id = new.id;
    let made = ctx.store.write(author(), move |tx| {
        Box::pin(async move { tx.create_subscription(&new, Some(place.id), &Sealing::default()).await })
    });
    made.await.map_err(|error: StoreError| error).unwrap();
    id
}

/// Opens a session for the person of that number; answers its token.
pub(crate) async fn sign_in(ctx: &Ctx, number: u128, role: Role) -> String {
    let token = Token::new(ctx.clock.random().unwrap());
    let person = PersonId(Uuid::from_u128(number));
    let new =
        NewSession { id: ctx.clock.new_id(), token: token.hash(), person, lifetime: role.lifetime(), stepped_up: true };
    let opened = ctx.store.write(author(), move |tx| Box::pin(async move { tx.create_session(new).await }));
    opened.await.map_err(|error: StoreError| error).unwrap();
    token.reveal(TokenKind::Session)
}

struct Operation {
    id: String,
    method: Method,
    path: String,
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| Operation {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
        })
    });
    all.collect()
}

async fn ask(
    app: &impl Endpoint<Output = Response>,
    operation: &Operation,
    things: &Things,
    token: &str,
    body: &str,
) -> u16 {
    let mut request = Request::builder().method(operation.method.clone()).header("if-match", REVISIONS);
    let query = QUERIES.iter().find(|(id, _)| *id == operation.id).map_or("", |(_, query)| query);
    request = request.uri_str(things.path(operation) + query).content_type("application/json");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    app.get_response(request.body(body.to_owned())).await.status().as_u16()
}

#[test]
fn every_operation_has_its_row() {
    for Operation { id, .. } in operations() {
        let rows = PUBLIC.iter().filter(|row| **row == id).count() + CLOSED.iter().filter(|row| row.0 == id).count();
        assert_eq!(rows, 1, "{id} has {rows} rows: say who may");
    }
}

on_both! {
    async fn whoever_is_not_signed_in_gets_401_whatever_they_send(database: Database) {
        let ctx = ctx_at(&database, instant(NOW)).await;
        ctx.store.write(author(), |tx| Box::pin(prepare(tx))).await.unwrap();
        let grant = add(&ctx, 1, Role::Admin, "410308").await;
        let things = Things::make(&ctx, 99).await;
        let token = sign_in(&ctx, 1, Role::Admin).await;
        let other = sign_in(&ctx, 1, Role::Admin).await;
        let app = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        let late = routes(
            ctx_at(&database, instant(NOW) + Role::Admin.lifetime().idle).await,
            Door::new(Limits::default()),
        );
        let closed: Vec<_> = operations().into_iter().filter(|one| !PUBLIC.contains(&one.id.as_str())).collect();
        for operation in &closed {
            for wrong in ["", "gct_", "x", &token[..67], &token.replace("gct_", "gci_")] {
                assert_eq!(ask(&app, operation, &things, wrong, "{garbage").await, 401, "{} with “{wrong}”", operation.id);
            }
            assert_eq!(ask(&late, operation, &things, &token, "{garbage").await, 401, "{}: expired", operation.id);
        }
        let person = PersonId(Uuid::from_u128(1));
        let id = gongce::domain::id::GrantId(grant);
        let elsewhere = database.open().await;
        let revoked = elsewhere.write(author(), move |tx| Box::pin(async move { tx.delete_grant(person, id).await }));
        assert!(revoked.await.map_err(|error: StoreError| error).unwrap());
        for operation in &closed {
            assert_eq!(ask(&app, operation, &things, &other, "{garbage").await, 401, "{}: revoked", operation.id);
        }
    }
}

on_both! {
    async fn every_role_gets_what_its_row_says(database: Database) {
        let ctx = ctx_at(&database, instant(NOW) + TimeDelta::seconds(1)).await;
        ctx.store.write(author(), |tx| Box::pin(prepare(tx))).await.unwrap();
        for (number, (role, area)) in (1..).zip(ASKING) {
            add(&ctx, number, role, area).await;
        }
        let below = [(Role::Admin, BELOW), (Role::Supervisor, BELOW)];
        for (number, (role, area)) in (10..).zip(below) {
            add(&ctx, number, role, area).await;
        }
        // So that everybody who asks may go: the last admin stays.
        add(&ctx, 50, Role::Admin, "410308").await;
        gongce::usecase::loading::load(&ctx).await.unwrap();
        let app = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        let mut numbers = 100..;
        let mut things = Things::make(&ctx, 99).await;
        for (id, body, expected) in CLOSED {
            let all = operations();
            let operation = all.iter().find(|operation| operation.id == *id).unwrap();
            // Those below the town get what those beside it get.
            let asking = (1..).zip(ASKING.into_iter().chain(below)).zip(expected.iter().chain([&expected[1], &expected[4]]));
            for ((number, (role, area)), status) in asking {
                let token = sign_in(&ctx, number, role).await;
                assert_eq!(ask(&app, operation, &things, &token, body).await, *status, "{id} as {role} of {area}");
                if operation.method != Method::GET && *status < 300 {
                    things = Things::make(&ctx, numbers.next().unwrap()).await;
                }
            }
        }
    }
}
