//! Toilets and areas of the register, each saying only what matters to its test.

use chrono::{DateTime, Utc};
use gongce::domain::area::{Alias, Area, AreaCode, AreaLevel, NewArea};
use gongce::domain::attested::Attested;
use gongce::domain::facility::{Facility, Fact};
use gongce::domain::grade::{Grade, GradeRecord, NewGrade, Standard};
use gongce::domain::hours::Hours;
use gongce::domain::id::{AreaId, GradeId, OutageId, ToiletId};
use gongce::domain::outage::{NewOutage, Outage, OutageReason};
use gongce::domain::period::{Days, Span};
use gongce::domain::place::Place;
use gongce::domain::text::Name;
use gongce::domain::toilet::{Access, AreaRef, Kind, Lifecycle};
use gongce::domain::{Draft, Toilet};
use gongce::geo::{Crs, Wgs84};

use super::make;

/// Makes a [`Toilet`] step by step.
#[derive(Debug, Clone)]
pub(crate) struct ToiletBuilder(Toilet);

/// A toilet in the middle of Mengjin of which only its name is known, which is its number.
pub(crate) fn toilet(id: i32) -> ToiletBuilder {
    let fact = Draft::new(Name::new(&format!("{id}号公厕")).unwrap(), chrono_tz::Asia::Shanghai);
    let updated_at = instant(make::NOW);
    let (tenures, outages, grades) = (Vec::new(), Vec::new(), Vec::new());
    let attested = Attested::default();
    let toilet = Toilet {
        id: ToiletId(id),
        fact,
        area: None,
        tenures,
        outages,
        grades,
        stations: Vec::new(),
        photos: Vec::new(),
        attested,
        source: None,
        revision: 1,
        updated_at,
    };
    ToiletBuilder(toilet).at(34.8264, 112.4364)
}

/// An instant, RFC 3339.
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl ToiletBuilder {
    pub(crate) fn done(self) -> Toilet {
        self.0
    }

    pub(crate) fn at(mut self, latitude: f64, longitude: f64) -> Self {
        self.0.fact.position = Some(Place::new(Wgs84::new(latitude, longitude).unwrap(), Crs::Wgs84, true));
        self
    }

    pub(crate) fn unlocated(mut self) -> Self {
        self.0.fact.position = None;
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.0.fact.name = Name::new(name).unwrap();
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.0.fact.kind = Some(kind);
        self
    }

    pub(crate) fn access(mut self, access: Access) -> Self {
        self.0.fact.access = Some(access);
        self
    }

    pub(crate) fn lifecycle(mut self, lifecycle: Lifecycle) -> Self {
        self.0.fact.lifecycle = lifecycle;
        self
    }

    pub(crate) fn hours(mut self, hours: &str) -> Self {
        self.0.fact.hours = Some(Hours::parse(hours).unwrap());
        self
    }

    pub(crate) fn facility(mut self, facility: Facility, fact: Fact) -> Self {
        self.0.fact.facilities.set(facility, Some(fact));
        self
    }

    pub(crate) fn fee(mut self, fee: Fact) -> Self {
        self.0.fact.fee = Some(fee);
        self
    }

    pub(crate) fn grade(mut self, standard: Standard, grade: Grade, assessed_on: &str) -> Self {
        let fact = NewGrade::new(standard, grade).unwrap().assessed(assessed_on.parse().unwrap());
        self.0.grades.push(GradeRecord { id: GradeId(1), fact, superseded_by: None, evidence: None });
        self
    }

    pub(crate) fn outage(mut self, from: &str, until: Option<&str>) -> Self {
        let span = Span::new(instant(from), until.map(instant)).unwrap();
        let fact = NewOutage { reason: OutageReason::Repair, span, note: None };
        self.0.outages.push(Outage::stated(OutageId(1), fact));
        self
    }

    /// Registers it in an area; `path` is its codes from the top down.
    pub(crate) fn area(mut self, path: &[&str]) -> Self {
        let path: Vec<AreaCode> = path.iter().map(|code| code.parse().unwrap()).collect();
        let code: AreaCode = path.last().cloned().unwrap();
        self.0.area = Some(AreaRef { name: Name::new(code.as_str()).unwrap(), code, path });
        self
    }

    pub(crate) fn revision(mut self, revision: i32) -> Self {
        self.0.revision = revision;
        self
    }
}

/// An area below others; `path` is its codes from the top down, and `old` are codes it had.
pub(crate) fn area(id: i32, name: &str, path: &[&str], old: &[&str]) -> Area {
    let path: Vec<AreaCode> = path.iter().map(|code| code.parse().unwrap()).collect();
    let alias = |code: &&str| Alias { code: Some(code.parse().unwrap()), name: None, vintage: Some(2009) };
    let level = if path.len() > 1 { AreaLevel::Town } else { AreaLevel::County };
    let fact = NewArea {
        code: path.last().cloned().unwrap(),
        name: Name::new(name).unwrap(),
        level,
        parent: path.iter().rev().nth(1).cloned(),
        vintage: 2023,
        days: Days::default(),
        aliases: old.iter().map(alias).collect(),
    };
    Area { id: AreaId(800_000_000 + id), fact, path }
}
