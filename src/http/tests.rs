//! Tests of what only shows from inside: the shapes against the bytes, and failures that no real path has.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::http::StatusCode;
use poem::{Endpoint, IntoResponse, Request, Response, Route, handler};
use poem_openapi::error::ContentTypeError;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use serde_json::Value;

use super::document::{document, paths};
use super::door::{Door, Limits};
use super::fragment::render_fragment;
use super::routes::behind_front;
use super::toilet_json::Reader;
use super::toilet_view::{NearestView, ToiletPageView, ToiletView};
use crate::domain::account::PersonId;
use crate::domain::attested::{Attestation, Attested};
use crate::domain::facility::{Facility, Fact};
use crate::domain::grade::{Grade, GradeRecord, NewGrade, Standard};
use crate::domain::holiday::Calendars;
use crate::domain::hours::Hours;
use crate::domain::id::{GradeId, OperatorId, OutageId, TenureId, ToiletId};
use crate::domain::operator::{Operator, OperatorKind, OperatorRole, Tenure};
use crate::domain::outage::{NewOutage, Outage, OutageReason};
use crate::domain::period::{Days, Span};
use crate::domain::place::Place;
use crate::domain::share::Share;
use crate::domain::slot::Settlement;
use crate::domain::text::{Line, Name, Remark};
use crate::domain::toilet::{Access, AreaRef, Form, Kind, SourceRef};
use crate::domain::{Draft, Toilet};
use crate::finder::{Filter, Finder, ListQuery, NearestQuery};
use crate::geo::{Crs, Wgs84};
use crate::usecase::Clock;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A toilet of which everything is known.
fn known() -> Toilet {
    let mut fact = Draft::new(Name::new("长华“社区”\\公厕").unwrap(), chrono_tz::Asia::Shanghai);
    fact.name_en = Some(Name::new("Changhua \"Community\" Toilet").unwrap());
    fact.code = Some(Name::new("MJ0017").unwrap());
    fact.kind = Some(Kind::Urban);
    fact.form = Some(Form::Standalone);
    fact.access = Some(Access::Public);
    fact.calendar = Some("CN".to_owned());
    fact.position = Some(Place::new(Wgs84::new(34.8264, 112.4364).unwrap(), Crs::Wgs84, true));
    fact.address = Some(Line::new("英才路中段东侧").unwrap());
    fact.district = Some(Line::new("孟津区").unwrap());
    fact.hours = Some(Hours::parse("06:00-22:00").unwrap());
    fact.hours_note = Some(Line::new("或有变动").unwrap());
    fact.fee = Some(Fact::No);
    for (facility, known) in Facility::ALL.iter().zip([Fact::Yes, Fact::No, Fact::Limited].into_iter().cycle()) {
        fact.facilities.set(*facility, Some(known));
    }
    fact.stalls.total = Some(20);
    fact.stalls.women = Some(12);
    fact.opened_on = "2001-02-03".parse().ok();
    fact.rebuilt_on = "2024-05-06".parse().ok();
    fact.verified_at = Some(at("2026-10-02T03:00:00Z"));
    fact.contact = "0379-67912345".parse().ok();
    fact.service_from = Some(at("1990-01-01T00:00:00Z"));
    fact.service_until = Some(at("2027-01-01T00:00:00Z"));
    fact.note = Some(Remark::new("一层\n二层").unwrap());
    fact.extra.insert("a \"key\"".to_owned(), "a\tvalue".to_owned());
    let code = "410308100".parse().unwrap();
    let tenure = |id, name: &str, from: Option<&str>, to: Option<&str>| Tenure {
        id: TenureId(id),
        role: OperatorRole::Operating,
        operator: Operator {
            id: OperatorId(id),
            name: Name::new(name).unwrap(),
            kind: OperatorKind::Department,
            revision: 1,
        },
        days: Days::new(from.map(|day| day.parse().unwrap()), to.map(|day| day.parse().unwrap())).unwrap(),
    };
    let grade = NewGrade::new(Standard::GbT2016, Grade::Aa).unwrap().assessed("2018-09-30".parse().unwrap());
    let span = Span::new(at("2026-12-01T00:00:00Z"), Some(at("2026-12-02T00:00:00Z"))).unwrap();
    let by = PersonId(uuid::Uuid::from_u128(1));
    let attestation = Attestation { at: at("2026-10-02T03:00:00Z"), by, accuracy: Some(12.5) };
    Toilet {
        id: ToiletId(17),
        fact,
        area: Some(AreaRef {
            name: Name::new("城关镇").unwrap(),
            path: vec![code],
            code: "410308100".parse().unwrap(),
        }),
        tenures: vec![tenure(3, "管理局", Some("2026-01-01"), None), tenure(4, "从前", None, Some("2025-12-31"))],
        outages: vec![Outage {
            expected_until: Some(at("2026-12-03T00:00:00Z")),
            ..Outage::stated(OutageId(1), NewOutage { reason: OutageReason::Repair, span, note: None })
        }],
        grades: vec![GradeRecord { id: GradeId(1), fact: grade, superseded_by: None, evidence: None }],
        stations: vec![],
        photos: vec![],
        attested: Attested([("position".to_owned(), attestation)].into()),
        source: Some(SourceRef { name: "demo".to_owned(), key: "U-017".to_owned(), synthetic: true }),
        revision: 4,
        updated_at: at("2026-10-02T03:00:00Z"),
    }
}

/// A toilet of which nothing is known but its name.
fn unknown() -> Toilet {
    let fact = Draft::new(Name::new("?").unwrap(), chrono_tz::Asia::Shanghai);
    let (tenures, outages, grades) = (vec![], vec![], vec![]);
    Toilet {
        id: ToiletId(18),
        fact,
        area: None,
        tenures,
        outages,
        grades,
        stations: vec![],
        photos: vec![],
        attested: Attested::default(),
        source: None,
        revision: 1,
        updated_at: at("2026-10-02T03:00:00Z"),
    }
}

fn finder() -> Finder {
    let finder = Finder::new(render_fragment, Arc::new(Calendars::builtin()));
    finder.replace([known(), unknown()], vec![], 1);
    let settlement = Settlement {
        settled_at: at("2026-11-23T08:05:00Z"),
        next_at: at("2026-11-23T10:00:00Z"),
        last_cleaned_at: Some(at("2026-11-23T08:05:00Z")),
        next_due_at: Some(at("2026-11-23T10:00:00Z")),
        on_time: Share { numerator: 97, denominator: 100 },
    };
    finder.settle([(ToiletId(17), settlement)]);
    finder
}

async fn json(answer: impl IntoResponse) -> Value {
    serde_json::from_slice(&answer.into_response().into_body().into_vec().await.unwrap()).unwrap()
}

/// The bytes read as the documented shape, and that shape written again is the same JSON: nothing undocumented stands
/// in the bytes, and nothing documented is misspelt.
fn assert_is<T: ParseFromJSON + ToJSON>(bytes: &Value) {
    let read = T::parse_from_json(Some(bytes.clone())).unwrap_or_else(|error| unreachable!("{}", error.into_message()));
    assert_eq!(&read.to_json().unwrap(), bytes);
}

#[tokio::test]
async fn the_bytes_of_toilets_are_what_the_document_says() {
    let (finder, calendars) = (finder(), Calendars::builtin());
    let snapshot = finder.snapshot();
    for now in ["2026-11-23T08:00:00Z", "2026-11-23T16:00:00Z", "2026-12-01T08:00:00Z"] {
        let reader = Reader { calendars: &calendars, crs: Crs::Gcj02, at: at(now) };
        for id in [17, 18] {
            assert_is::<ToiletView>(&json(reader.toilet(snapshot.get(ToiletId(id)).unwrap())).await);
        }
        let list = ListQuery {
            bbox: None,
            areas: None,
            filter: Filter::default(),
            statuses: vec![],
            text: None,
            after: None,
            limit: 1,
            at: at(now),
        };
        let page = json(reader.page(&snapshot.list(&list), &[])).await;
        assert!(page["next"].is_string());
        assert_is::<ToiletPageView>(&page);
        let from = Wgs84::new(34.83, 112.43).unwrap();
        let query =
            NearestQuery { from, limit: 9, max_distance: None, filter: Filter::default(), at: at(now), usable: false };
        let nearest = json(reader.nearest(&query, true, &snapshot.nearest(&query))).await;
        assert_eq!(nearest["items"].as_array().map(Vec::len), Some(1));
        assert_is::<NearestView>(&nearest);
    }
}

#[tokio::test]
async fn a_toilet_is_written_as_the_interface_describes_it() {
    let (finder, calendars) = (finder(), Calendars::builtin());
    let snapshot = finder.snapshot();
    let reader = Reader { calendars: &calendars, crs: Crs::Wgs84, at: at("2026-11-23T08:00:00Z") };
    let response = reader.toilet(snapshot.get(ToiletId(17)).unwrap()).into_response();
    assert!(response.header("etag").unwrap().starts_with("\"4-"));
    let text = response.into_body().into_string().await.unwrap();
    let expected = concat!(
        r#"{"id":17,"code":"MJ0017","name":"长华“社区”\\公厕","nameEn":"Changhua \"Community\" Toilet","#,
        r#""kind":"urban","form":"standalone","access":"public","zone":"Asia/Shanghai","#,
        r#""position":{"latitude":34.8264000,"longitude":112.4364000},"#,
        r#""address":"英才路中段东侧","district":"孟津区","area":{"code":"410308100","name":"城关镇"},"#,
        r#""operator":{"id":3,"name":"管理局","kind":"department"},"status":"inService","#,
        r#""open":{"now":true,"until":"2026-11-23T14:00:00Z","today":["06:00-22:00"],"hours":"06:00-22:00"},"#,
        r#""facilities":{"wheelchair":"yes","familyToilet":"no","babyChanging":"limited","women":"yes","men":"no","#,
        r#""unisex":"limited","paper":"yes","handWashing":"no","shower":"limited","drinkingWater":"yes"},"#,
        r#""fee":"no","stalls":{"total":20,"women":12},"#,
        r#""grades":[{"standard":"GB/T 18973-2016","grade":"AA","assessedOn":"2018-09-30","standing":"reassess"}],"#,
        r#""cleaning":{"lastCleanedAt":"2026-11-23T08:05:00Z","nextDueAt":"2026-11-23T10:00:00Z","onTimeRate30d":0.9700},"#,
        r#""openedOn":"2001-02-03","rebuiltOn":"2024-05-06","hoursNote":"或有变动","note":"一层\n二层","#,
        r#""contact":"0379-67912345","serviceFrom":"1990-01-01T00:00:00Z","serviceUntil":"2027-01-01T00:00:00Z","#,
        r#""revision":4,"verifiedAt":"2026-10-02T03:00:00Z","#,
        r#""attested":{"position":{"at":"2026-10-02T03:00:00Z","accuracy":12.5}},"#,
        r#""source":{"name":"demo","key":"U-017","synthetic":true},"extra":{"a \"key\"":"a\u0009value"},"crs":"wgs84"}"#,
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn grades_of_later_days_and_hours_nobody_knows_are_left_out() {
    let calendars = Calendars::builtin();
    let mut toilet = known();
    // China's calendar does not reach so far back, so that nobody knows whether it was a holiday.
    toilet.fact.hours = Some(Hours::parse("06:00-22:00; PH 06:00-12:00").unwrap());
    let finder = Finder::new(render_fragment, Arc::new(Calendars::builtin()));
    finder.replace([toilet], vec![], 1);
    let reader = Reader { calendars: &calendars, crs: Crs::Wgs84, at: at("1990-01-04T01:00:00Z") };
    let then = json(reader.toilet(finder.snapshot().get(ToiletId(17)).unwrap())).await;
    assert_eq!((then.get("grades"), &then["open"]["now"], then["open"].get("today")), (None, &true.into(), None));
}

#[test]
fn no_operation_is_lost_on_the_way_into_the_document() {
    let document: Value = serde_json::from_str(document()).unwrap();
    let written: usize =
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    let declared = paths().into_iter().flat_map(|api| api.paths).map(|path| path.operations.len());
    assert_eq!(written, declared.sum::<usize>());
}

#[handler]
fn panics() -> &'static str {
    unreachable!("a secret")
}

#[handler]
fn refuses_the_type() -> poem::Result<&'static str> {
    Err(ContentTypeError::ExpectContentType.into())
}

#[handler]
fn fails() -> poem::Result<&'static str> {
    Err(poem::error::InternalServerError(std::io::Error::other("a secret")))
}

async fn ask(path: &'static str) -> Response {
    let inner = Route::new().at("/panics", panics).at("/type", refuses_the_type).at("/fails", fails);
    behind_front(Clock::fixed(at("2026-11-23T08:00:00Z")), Door::new(Limits::default()), inner)
        .get_response(Request::builder().uri_str(path).finish())
        .await
}

#[tokio::test]
async fn a_panic_and_every_error_of_the_framework_are_problems() {
    for (path, status, code) in [
        ("/panics", StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        ("/fails", StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        ("/type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupportedMediaType"),
        ("/nowhere", StatusCode::NOT_FOUND, "noSuchPath"),
    ] {
        let response = ask(path).await;
        assert_eq!((response.status(), response.content_type()), (status, Some("application/problem+json")), "{path}");
        let id = response.header("x-request-id").unwrap().to_owned();
        let text = response.into_body().into_string().await.unwrap();
        assert!(!text.contains("secret"));
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["requestId"], id.as_str());
        assert_eq!(problem["instance"], path);
    }
}
