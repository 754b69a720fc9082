//! The `[fields]` table of a profile, and the reading of each field into its type.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::Deserialize;

use super::dates;
use super::notice::{Notes, Notice};
use super::profile_error::ProfileError;
use super::recipe::Recipe;
use super::transform::Source;
use super::typed::{coded, counted, dated, day, parsed, words};
use crate::domain::facility::{Facility, Fact};
use crate::domain::hours::{Reading, read};
use crate::domain::stalls::Stalls;
use crate::domain::text::{Line, Name};
use crate::domain::toilet::{Access, Form, Kind, Lifecycle};
use crate::domain::{Draft, Violation};

/// Recipes by the names that the fields have in the API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FieldTable {
    name: Recipe,
    name_en: Option<Recipe>,
    code: Option<Recipe>,
    kind: Option<Recipe>,
    form: Option<Recipe>,
    access: Option<Recipe>,
    address: Option<Recipe>,
    district: Option<Recipe>,
    area: Option<Recipe>,
    lifecycle: Option<Recipe>,
    hours: Option<Recipe>,
    fee: Option<Recipe>,
    #[serde(default)]
    facilities: BTreeMap<Facility, Recipe>,
    #[serde(default)]
    stalls: BTreeMap<Count, Recipe>,
    opened_on: Option<Recipe>,
    rebuilt_on: Option<Recipe>,
    verified_at: Option<Recipe>,
    note: Option<Recipe>,
    #[serde(default)]
    extra: BTreeMap<String, Recipe>,
}

/// A count of [`Stalls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Count {
    Total,
    Women,
    Men,
    Urinals,
    Accessible,
    Family,
}

impl FieldTable {
    /// Every recipe in it, with the name of its field.
    pub(super) fn recipes(&self) -> Vec<(String, &Recipe)> {
        let single = [
            ("nameEn", &self.name_en),
            ("code", &self.code),
            ("kind", &self.kind),
            ("form", &self.form),
            ("access", &self.access),
            ("address", &self.address),
            ("district", &self.district),
            ("area", &self.area),
            ("lifecycle", &self.lifecycle),
            ("hours", &self.hours),
            ("fee", &self.fee),
            ("openedOn", &self.opened_on),
            ("rebuiltOn", &self.rebuilt_on),
            ("verifiedAt", &self.verified_at),
            ("note", &self.note),
        ];
        let single = single.into_iter().filter_map(|(name, recipe)| Some((name.to_owned(), recipe.as_ref()?)));
        let facilities = self.facilities.iter().map(|(name, recipe)| (format!("facilities.{name}"), recipe));
        let stalls = self.stalls.iter().map(|(count, recipe)| (count.field().to_owned(), recipe));
        let extra = self.extra.iter().map(|(name, recipe)| (format!("extra.{name}"), recipe));
        [("name".to_owned(), &self.name)]
            .into_iter()
            .chain(single)
            .chain(facilities)
            .chain(stalls)
            .chain(extra)
            .collect()
    }

    /// # Errors
    /// Where a word that the profile writes itself is no code of its field.
    pub(super) fn check(&self) -> Result<(), ProfileError> {
        check_codes::<Kind>("kind", self.kind.as_ref())?;
        check_codes::<Form>("form", self.form.as_ref())?;
        check_codes::<Access>("access", self.access.as_ref())?;
        check_codes::<Lifecycle>("lifecycle", self.lifecycle.as_ref())?;
        check_codes::<Fact>("fee", self.fee.as_ref())?;
        self.facilities
            .iter()
            .try_for_each(|(name, recipe)| check_codes::<Fact>(&format!("facilities.{name}"), Some(recipe)))
    }

    /// Reads a row. What cannot be read is told, kept beside, and unknown; but for the name, without which there is no
    /// toilet.
    ///
    /// # Errors
    /// The notice that says why the name cannot be taken.
    pub(super) fn read(&self, source: Source<'_>, zone: Tz, notes: &mut Notes) -> Result<Draft, Notice> {
        let name = self.name(source, notes);
        // The facts of a row count also where it has no name.
        let stand_in = || Name::new("?").map_err(|broken| Notice::of_rule("name", &broken));
        let mut draft = Draft::new(name.clone().or_else(|_| stand_in())?, zone);
        self.read_words(source, &mut draft, notes);
        self.read_codes(source, &mut draft, notes);
        self.read_hours(source, &mut draft, notes);
        self.read_dates(source, &mut draft, notes);
        for (count, recipe) in &self.stalls {
            *count.of(&mut draft.stalls) = counted(source, count.field(), recipe, notes);
        }
        for (name, recipe) in &self.extra {
            if let Some(taken) = source.take(name, recipe, notes) {
                notes.keep(name, &taken.text);
            }
        }
        name.map(|_| draft)
    }

    fn name(&self, source: Source<'_>, notes: &mut Notes) -> Result<Name, Notice> {
        let Some(taken) = source.take("name", &self.name, notes) else {
            return Err(Notice::new("name", "missing", "the row states no name"));
        };
        if taken.stood_in {
            notes.tell(Notice::new("name", "name_fallback", format!("the name is blank; “{}” stands in", taken.text)));
        }
        Name::new(&taken.text).map_err(|broken| Notice::of_rule("name", &broken))
    }

    fn read_words(&self, source: Source<'_>, draft: &mut Draft, notes: &mut Notes) {
        draft.name_en = words(source, "nameEn", self.name_en.as_ref(), notes);
        draft.code = words(source, "code", self.code.as_ref(), notes);
        draft.address = words(source, "address", self.address.as_ref(), notes);
        draft.district = words(source, "district", self.district.as_ref(), notes);
        draft.note = words(source, "note", self.note.as_ref(), notes);
        draft.area = parsed(source, "area", self.area.as_ref(), notes);
    }

    fn read_codes(&self, source: Source<'_>, draft: &mut Draft, notes: &mut Notes) {
        draft.kind = coded(source, "kind", self.kind.as_ref(), notes);
        draft.form = coded(source, "form", self.form.as_ref(), notes);
        draft.access = coded(source, "access", self.access.as_ref(), notes);
        draft.fee = coded(source, "fee", self.fee.as_ref(), notes);
        if self.lifecycle.is_some() {
            let stated = coded(source, "lifecycle", self.lifecycle.as_ref(), notes);
            draft.lifecycle = stated.unwrap_or(Lifecycle::InService);
        }
        for (&facility, recipe) in &self.facilities {
            let fact: Option<Fact> = coded(source, &format!("facilities.{facility}"), Some(recipe), notes);
            draft.facilities.set(facility, fact);
        }
    }

    fn read_hours(&self, source: Source<'_>, draft: &mut Draft, notes: &mut Notes) {
        let taken = self.hours.as_ref().and_then(|recipe| source.take("hours", recipe, notes));
        let reading = taken.as_ref().map_or(Reading::Blank, |taken| read(&taken.text));
        let (fact, column) = (reading_name(&reading), taken.as_ref().map_or("hours", |taken| taken.column));
        notes.fact("hours", fact);
        match reading {
            Reading::Hours(hours) => draft.hours = Some(hours),
            Reading::Blank => {}
            Reading::Note(text) => {
                notes.tell(Notice::new("hours", "hours_unread", format!("“{text}” is kept as a note")));
                match Line::new(&text) {
                    Ok(note) => draft.hours_note = Some(note),
                    Err(broken) => {
                        notes.tell_and_keep(Notice::of_rule("hoursNote", &broken), column, &text);
                    }
                }
            }
        }
    }

    fn read_dates(&self, source: Source<'_>, draft: &mut Draft, notes: &mut Notes) {
        draft.opened_on = day(source, "openedOn", self.opened_on.as_ref(), notes);
        draft.rebuilt_on = day(source, "rebuiltOn", self.rebuilt_on.as_ref(), notes);
        let zone = draft.zone;
        let instant = |text: &str, formats: &[String]| dates::instant(text, formats, zone);
        draft.verified_at = dated(source, "verifiedAt", self.verified_at.as_ref(), notes, instant);
    }
}

impl Count {
    fn field(self) -> &'static str {
        match self {
            Self::Total => "stalls.total",
            Self::Women => "stalls.women",
            Self::Men => "stalls.men",
            Self::Urinals => "stalls.urinals",
            Self::Accessible => "stalls.accessible",
            Self::Family => "stalls.family",
        }
    }

    fn of(self, stalls: &mut Stalls) -> &mut Option<u16> {
        match self {
            Self::Total => &mut stalls.total,
            Self::Women => &mut stalls.women,
            Self::Men => &mut stalls.men,
            Self::Urinals => &mut stalls.urinals,
            Self::Accessible => &mut stalls.accessible,
            Self::Family => &mut stalls.family,
        }
    }
}

fn check_codes<T: FromStr<Err = Violation>>(field: &str, recipe: Option<&Recipe>) -> Result<(), ProfileError> {
    let words = recipe.into_iter().flat_map(Recipe::own_words);
    let mut broken = words.filter_map(|word| word.parse::<T>().err());
    broken.next().map_or(Ok(()), |broken| {
        Err(ProfileError::wrong(&format!("fields.{field}"), &format!("{}, unknown", broken.message)))
    })
}

fn reading_name(reading: &Reading) -> Option<&'static str> {
    match reading {
        Reading::Hours(_) => Some("known"),
        Reading::Note(_) => Some("note"),
        Reading::Blank => None,
    }
}
