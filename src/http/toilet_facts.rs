//! What somebody states about a toilet, as a body brings it: absent leaves a field as it is, `null` clears it.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;
use serde::Serialize;

use super::instant::Instant;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::query::CRS_MISSING;
use super::words::Word;
use crate::domain::area::AreaCode;
use crate::domain::contact::Contact;
use crate::domain::facility::{Facility, Fact};
use crate::domain::hours::Hours;
use crate::domain::id::OperatorId;
use crate::domain::operator::{OperatorKind, OperatorRole};
use crate::domain::patch::{Body, Handover, Patch};
use crate::domain::place::Place;
use crate::domain::stalls::Stalls;
use crate::domain::text::{Line, Name, Remark};
use crate::domain::toilet::{Access, Form, Kind, Lifecycle};
use crate::domain::{Violation, Violations};
use crate::geo::Crs;
use crate::usecase::Failure;
use crate::usecase::registering;

/// Both bodies have the same fields but for the name, which a new toilet must have.
macro_rules! facts {
    ($(#[$meta:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Object)]
        #[oai(rename_all = "camelCase", deny_unknown_fields)]
        pub(super) struct $name {
            $($own)*
            /// Its name in English: 1 to 128 characters.
            name_en: MaybeUndefined<String>,
            /// The number on its sign: 1 to 128 characters.
            code: MaybeUndefined<String>,
            /// What sort of toilet it is.
            kind: MaybeUndefined<Word<Kind>>,
            /// How it is built.
            form: MaybeUndefined<Word<Form>>,
            /// Who may use it.
            access: MaybeUndefined<Word<Access>>,
            /// The IANA time zone in which its hours and days are meant; that of the service unless it is named.
            zone: MaybeUndefined<String>,
            /// The id of the holiday calendar for its hours, such as `CN`; that of the service unless it is named.
            calendar: MaybeUndefined<String>,
            /// Where it stands, in the datum of `crs`, which is then required.
            position: MaybeUndefined<PositionInput>,
            /// Its address: 1 to 255 characters.
            address: MaybeUndefined<String>,
            /// The district, in words: 1 to 255 characters.
            district: MaybeUndefined<String>,
            /// The code of the area it is registered in, of today or before.
            area: MaybeUndefined<String>,
            /// `planned`, or `inService`. Taking it out of use is another operation.
            lifecycle: MaybeUndefined<Word<Lifecycle>>,
            /// When it is open, in OpenStreetMap's `opening_hours` form.
            hours: MaybeUndefined<String>,
            /// What is said of the hours, where that cannot be read as hours: 1 to 255 characters.
            hours_note: MaybeUndefined<String>,
            /// Whether a fee is taken.
            fee: MaybeUndefined<Word<Fact>>,
            /// What is inside. Whoever states it says that they saw it.
            facilities: MaybeUndefined<FacilitiesInput>,
            /// Counted stalls, 0 to 999 each.
            stalls: MaybeUndefined<StallsInput>,
            /// When it was first opened.
            opened_on: MaybeUndefined<NaiveDate>,
            /// When it was last rebuilt or upgraded.
            rebuilt_on: MaybeUndefined<NaiveDate>,
            /// When somebody last confirmed the whole record.
            verified_at: MaybeUndefined<Instant>,
            /// The telephone line on its public sign: one of an office, never a person's mobile number.
            contact: MaybeUndefined<String>,
            /// From when it serves, if it is there for a time only.
            service_from: MaybeUndefined<Instant>,
            /// Until when it serves.
            service_until: MaybeUndefined<Instant>,
            /// A remark for the public: 1 to 1,000 characters.
            note: MaybeUndefined<String>,
            /// The bodies behind it.
            operators: MaybeUndefined<OperatorsInput>,
        }

        impl $name {
            /// Reads everything but the name.
            fn fill(self, filling: &mut Filling, crs: Option<Crs>) {
                filling.put("nameEn", self.name_en, |text| Name::new(&text));
                filling.put("code", self.code, |text| Name::new(&text));
                filling.put("kind", self.kind, |word| Ok(word.0));
                filling.put("form", self.form, |word| Ok(word.0));
                filling.put("access", self.access, |word| Ok(word.0));
                filling.must("zone", self.zone, |text| zone(&text));
                filling.put("calendar", self.calendar, |text| Ok(text));
                filling.put("position", self.position, |position| position.read(crs));
                filling.put("address", self.address, |text| Line::new(&text));
                filling.put("district", self.district, |text| Line::new(&text));
                filling.put("area", self.area, |code| code.parse::<AreaCode>());
                filling.must("lifecycle", self.lifecycle, |word| lifecycle(word.0));
                filling.put("hours", self.hours, |text| hours(&text));
                filling.put("hoursNote", self.hours_note, |text| Line::new(&text));
                filling.put("fee", self.fee, |word| Ok(word.0));
                filling.facilities(self.facilities);
                filling.stalls(&self.stalls);
                filling.put("openedOn", self.opened_on, day);
                filling.put("rebuiltOn", self.rebuilt_on, day);
                filling.put("verifiedAt", self.verified_at, |at| instant(at.0));
                filling.put("contact", self.contact, |text| text.parse::<Contact>());
                filling.put("serviceFrom", self.service_from, |at| instant(at.0));
                filling.put("serviceUntil", self.service_until, |at| instant(at.0));
                filling.put("note", self.note, |text| Remark::new(&text));
                filling.operators(self.operators);
            }
        }
    };
}

facts!(
    /// A toilet to be made.
    NewToilet {
        /// Its name: 1 to 128 characters.
        name: String,
        /// That it is no other one, though it stands by one or bears its name.
        confirmed: Option<bool>,
    }
);

facts!(
    /// What is to be changed of a toilet. What is left out stays as it is; `null` clears.
    ToiletPatch {
        /// Its name: 1 to 128 characters.
        name: MaybeUndefined<String>,
    }
);

/// A position in the datum of `crs`.
#[derive(Debug, Object)]
#[oai(rename = "PositionInput", deny_unknown_fields)]
pub(super) struct PositionInput {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
}

impl PositionInput {
    /// The place, or what is wrong with it.
    pub(super) fn placed(self, crs: Option<Crs>) -> Result<Place, Problem> {
        self.read(crs).map_err(|wrong| match wrong.code {
            CRS_MISSING => Problem::of_fields(ProblemCode::CrsMissing, vec![wrong]),
            _ => Failure::from(wrong.in_field("position")).into(),
        })
    }

    /// The place; the datum was asked for before.
    pub(super) fn read(self, crs: Option<Crs>) -> Result<Place, Violation> {
        let crs = crs.ok_or_else(|| Violation::new("crs", CRS_MISSING, "is required with a position"))?;
        let position = crs
            .read(self.latitude, self.longitude)
            .map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))?;
        Ok(Place::new(position, crs, true))
    }
}

/// What is known of the facilities; `null` is unknown.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct FacilitiesInput {
    /// A stall that a wheelchair user can use.
    wheelchair: MaybeUndefined<Word<Fact>>,
    /// A family ("third") room, 第三卫生间.
    family_toilet: MaybeUndefined<Word<Fact>>,
    /// A table to change a baby on.
    baby_changing: MaybeUndefined<Word<Fact>>,
    /// A part for women.
    women: MaybeUndefined<Word<Fact>>,
    /// A part for men.
    men: MaybeUndefined<Word<Fact>>,
    /// Rooms for everyone.
    unisex: MaybeUndefined<Word<Fact>>,
    /// Toilet paper.
    paper: MaybeUndefined<Word<Fact>>,
    /// A place to wash hands.
    hand_washing: MaybeUndefined<Word<Fact>>,
    /// A shower.
    shower: MaybeUndefined<Word<Fact>>,
    /// Drinking water.
    drinking_water: MaybeUndefined<Word<Fact>>,
}

/// Counted stalls; `null` is not counted.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct StallsInput {
    /// In all; need not be the sum of the others.
    total: MaybeUndefined<u16>,
    /// For women.
    women: MaybeUndefined<u16>,
    /// For men, urinals left out.
    men: MaybeUndefined<u16>,
    /// Urinals.
    urinals: MaybeUndefined<u16>,
    /// For wheelchair users.
    accessible: MaybeUndefined<u16>,
    /// Family rooms.
    family: MaybeUndefined<u16>,
}

/// The bodies behind a toilet; `null` says that there is none any more.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct OperatorsInput {
    /// Who owns the building.
    owner: MaybeUndefined<BodyInput>,
    /// Who keeps it running and clean.
    operating: MaybeUndefined<BodyInput>,
    /// Who assesses and grades it.
    rating: MaybeUndefined<BodyInput>,
}

/// A body: by its `id`, or by its `name`, under which it is made if there is none.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct BodyInput {
    /// Its id.
    id: Option<i32>,
    /// Its name: 1 to 128 characters.
    name: Option<String>,
    /// What sort of body it is, where its name is new.
    kind: Option<Word<OperatorKind>>,
    /// The first day on which it has the role; today if left out. Whoever had it before loses it the day before.
    from: Option<NaiveDate>,
}

impl NewToilet {
    /// The toilet that is meant.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub(super) fn read(self, crs: Option<Crs>) -> Result<registering::NewToilet, Problem> {
        let (name, confirmed) = (Name::new(&self.name), self.confirmed.unwrap_or(false));
        let mut filling = Filling::default();
        let name = name.map_err(|wrong| filling.wrong.push(wrong.in_field("name"))).ok();
        self.fill(&mut filling, crs);
        let patch = filling.done().map_err(told)?;
        // Without a name something is wrong, and that was told.
        let name = name.ok_or_else(|| Problem::new(ProblemCode::Invalid, "name"))?;
        Ok(registering::NewToilet { name, patch, confirmed })
    }
}

impl ToiletPatch {
    /// The change that is meant.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub(super) fn read(self, crs: Option<Crs>) -> Result<Patch, Problem> {
        self.filled(crs).done().map_err(told)
    }

    /// The same of one that is a member of a body, by which what is wrong is named.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub(super) fn read_as(self, member: &str, crs: Option<Crs>) -> Result<Patch, Problem> {
        let named = |wrong: Violation| if wrong.code == CRS_MISSING { wrong } else { wrong.within(member) };
        self.filled(crs).done().map_err(|wrong| told(wrong.into_iter().map(named).collect()))
    }

    fn filled(mut self, crs: Option<Crs>) -> Filling {
        let mut filling = Filling::default();
        filling.must("name", std::mem::take(&mut self.name), |text| Name::new(&text));
        self.fill(&mut filling, crs);
        filling
    }
}

/// A patch as it is read, with everything that is wrong so far.
#[derive(Default)]
struct Filling {
    patch: Patch,
    wrong: Vec<Violation>,
}

impl Filling {
    /// Takes a field that can be cleared.
    fn put<T, V: Serialize>(
        &mut self,
        field: &str,
        given: MaybeUndefined<T>,
        read: impl FnOnce(T) -> Result<V, Violation>,
    ) {
        let value = match given {
            MaybeUndefined::Undefined => return,
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(value) => match read(value) {
                Ok(value) => serde_json::to_value(value).ok(),
                // The datum is a parameter of its own.
                Err(wrong) if wrong.code == CRS_MISSING => return self.wrong.push(wrong),
                Err(wrong) => return self.wrong.push(wrong.in_field(field)),
            },
        };
        self.patch.fields.insert(field.to_owned(), value);
    }

    /// Takes a field that every toilet has.
    fn must<T, V: Serialize>(
        &mut self,
        field: &str,
        given: MaybeUndefined<T>,
        read: impl FnOnce(T) -> Result<V, Violation>,
    ) {
        match given {
            MaybeUndefined::Null => self.wrong.push(Violation::new(field, "required", "cannot be cleared")),
            given => self.put(field, given, read),
        }
    }

    fn facilities(&mut self, given: MaybeUndefined<FacilitiesInput>) {
        let mut put =
            |facility: Facility, fact| self.put(&format!("facilities.{facility}"), fact, |word: Word<Fact>| Ok(word.0));
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => Facility::ALL.iter().for_each(|one| put(*one, MaybeUndefined::Null)),
            MaybeUndefined::Value(given) => {
                put(Facility::Wheelchair, given.wheelchair);
                put(Facility::FamilyToilet, given.family_toilet);
                put(Facility::BabyChanging, given.baby_changing);
                put(Facility::Women, given.women);
                put(Facility::Men, given.men);
                put(Facility::Unisex, given.unisex);
                put(Facility::Paper, given.paper);
                put(Facility::HandWashing, given.hand_washing);
                put(Facility::Shower, given.shower);
                put(Facility::DrinkingWater, given.drinking_water);
            }
        }
    }

    fn stalls(&mut self, given: &MaybeUndefined<StallsInput>) {
        let given = match given {
            MaybeUndefined::Undefined => return,
            MaybeUndefined::Null => [(); 6].map(|()| MaybeUndefined::Null),
            MaybeUndefined::Value(StallsInput { total, women, men, urinals, accessible, family }) => {
                [*total, *women, *men, *urinals, *accessible, *family]
            }
        };
        for (name, count) in ["total", "women", "men", "urinals", "accessible", "family"].into_iter().zip(given) {
            self.put(&format!("stalls.{name}"), count, stalls);
        }
    }

    fn operators(&mut self, given: MaybeUndefined<OperatorsInput>) {
        let all = match given {
            MaybeUndefined::Undefined => return,
            MaybeUndefined::Null => [(); 3].map(|()| MaybeUndefined::Null),
            MaybeUndefined::Value(OperatorsInput { owner, operating, rating }) => [owner, operating, rating],
        };
        for (role, body) in [OperatorRole::Owner, OperatorRole::Operating, OperatorRole::Rating].into_iter().zip(all) {
            match body {
                MaybeUndefined::Undefined => {}
                MaybeUndefined::Null => self.patch.handovers.push(Handover { role, to: None, from: None }),
                MaybeUndefined::Value(body) => match handover(role, body) {
                    Ok(handover) => self.patch.handovers.push(handover),
                    Err(wrong) => self.wrong.push(wrong),
                },
            }
        }
    }

    fn done(self) -> Result<Patch, Vec<Violation>> {
        if self.wrong.is_empty() { Ok(self.patch) } else { Err(self.wrong) }
    }
}

fn told(wrong: Vec<Violation>) -> Problem {
    if wrong.iter().any(|wrong| wrong.code == CRS_MISSING) {
        return Problem::of_fields(ProblemCode::CrsMissing, wrong);
    }
    Failure::Invalid(Violations(wrong)).into()
}

fn handover(role: OperatorRole, body: BodyInput) -> Result<Handover, Violation> {
    let field = |part: &str| format!("operators.{role}.{part}");
    let to = match (body.id, body.name) {
        (Some(id), None) => Body::Known(OperatorId(id)),
        (None, Some(name)) => {
            let name = Name::new(&name).map_err(|wrong| wrong.in_field(field("name")))?;
            Body::Named(name, body.kind.map_or(OperatorKind::Other, |word| word.0))
        }
        _ => return Err(Violation::new(field("id"), "incomplete", "give id, or name")),
    };
    let from = body.from.map(day).transpose().map_err(|wrong| wrong.in_field(field("from")))?;
    Ok(Handover { role, to: Some(to), from })
}

fn zone(text: &str) -> Result<Tz, Violation> {
    text.parse().map_err(|_| Violation::new("", "unknownValue", "is an IANA time zone such as Asia/Shanghai"))
}

fn hours(text: &str) -> Result<Hours, Violation> {
    Hours::parse(text).map_err(|error| Violation::new("", "badHours", error.to_string()))
}

fn lifecycle(lifecycle: Lifecycle) -> Result<Lifecycle, Violation> {
    if lifecycle == Lifecycle::Retired {
        return Err(Violation::new("", "notHere", "a toilet is taken out of use with DELETE"));
    }
    Ok(lifecycle)
}

fn stalls(count: u16) -> Result<u16, Violation> {
    if count > Stalls::MOST {
        return Err(Violation::new("", "outOfRange", format!("is at most {}", Stalls::MOST)));
    }
    Ok(count)
}

/// The years in which buildings are dated, and in which instants lie.
const BUILT: std::ops::Range<i32> = 1800..2200;
const HAPPENS: std::ops::Range<i32> = 1970..2200;

/// A day that can be kept.
pub(super) fn day(day: NaiveDate) -> Result<NaiveDate, Violation> {
    if !BUILT.contains(&day.year()) {
        return Err(Violation::new("", "outOfRange", "must lie in the years from 1800 to 2199"));
    }
    Ok(day)
}

/// An instant in whole seconds.
pub(super) fn instant(at: DateTime<Utc>) -> Result<DateTime<Utc>, Violation> {
    use chrono::SubsecRound;
    if !HAPPENS.contains(&at.year()) {
        return Err(Violation::new("", "outOfRange", "must lie in the years from 1970 to 2199"));
    }
    Ok(at.trunc_subsecs(0))
}
