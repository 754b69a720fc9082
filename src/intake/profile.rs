//! A source profile: how to read a publisher's file, written in TOML so that a new file needs no Rust.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::value::StrDeserializer;

use super::bodies::{CheckTable, ClosureTable, GradeTable, OperatorTable};
use super::builtin;
use super::fields::FieldTable;
use super::format::{Encoding, Format, FormatKind, Row};
use super::keys::KeyTable;
use super::position::{PositionTable, Positions};
use super::profile_error::ProfileError;
use super::recipe::Recipe;
use super::transform::{Lookups, Source};

/// How to read the files of one publisher. `docs/profiles.md` describes every key.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The publisher.
    pub source: SourceInfo,
    pub(super) format: Format,
    /// Whether its rows are records that this program wrote.
    pub(super) own: bool,
    pub(super) zone: Tz,
    pub(super) calendar: Option<String>,
    pub(super) blank: Vec<String>,
    pub(super) unused: Unused,
    pub(super) key: KeyTable,
    pub(super) positions: Positions,
    pub(super) skip: Vec<SkipTable>,
    pub(super) fields: FieldTable,
    pub(super) grades: Vec<GradeTable>,
    pub(super) operators: Vec<OperatorTable>,
    pub(super) closures: Vec<ClosureTable>,
    pub(super) checks: Vec<CheckTable>,
    pub(super) facts: BTreeMap<String, Recipe>,
    /// Every column that the profile names anywhere.
    pub(super) named: BTreeSet<String>,
}

/// Who publishes a file, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceInfo {
    /// Its name, unique in the register, such as `taipei`.
    pub name: String,
    /// The words with which the publisher wants to be named.
    pub attribution: Option<String>,
    /// The licence of the data.
    pub license: Option<String>,
}

/// What becomes of the columns that a profile does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unused {
    /// They are left out.
    #[default]
    Drop,
    /// They are kept as `extra.…`.
    Extra,
}

/// A `[[skip]]` table: rows to leave out, by the words in a column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkipTable {
    pub(super) column: String,
    #[serde(default)]
    pub(super) when: Vec<String>,
    #[serde(default)]
    pub(super) unless: Vec<String>,
}

/// The profile as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileTable {
    source: SourceInfo,
    format: Format,
    #[serde(default)]
    own: bool,
    zone: String,
    calendar: Option<String>,
    #[serde(default)]
    blank: Vec<String>,
    #[serde(default)]
    unused: Unused,
    key: KeyTable,
    position: Option<PositionTable>,
    #[serde(default)]
    skip: Vec<SkipTable>,
    fields: FieldTable,
    #[serde(default)]
    grades: Vec<GradeTable>,
    #[serde(default)]
    operators: Vec<OperatorTable>,
    #[serde(default)]
    closures: Vec<ClosureTable>,
    #[serde(default)]
    checks: Vec<CheckTable>,
    #[serde(default)]
    facts: BTreeMap<String, Recipe>,
}

impl ProfileTable {
    /// What no type can see to.
    fn check(&self) -> Result<(), ProfileError> {
        self.key.check()?;
        self.fields.check()?;
        let vague = |rule: &&SkipTable| rule.when.is_empty() == rule.unless.is_empty();
        if let Some(rule) = self.skip.iter().find(vague) {
            let right = format!("give either `when` or `unless` for “{}”", rule.column);
            return Err(ProfileError::wrong("skip", &right));
        }
        if !self.closures.iter().all(ClosureTable::names_a_beginning) {
            let right = "each pattern needs the named group (?<from>…)";
            return Err(ProfileError::wrong("closures.patterns", &right));
        }
        Ok(())
    }
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// [`ProfileError`], naming the key and what would be right.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let table: ProfileTable = toml::from_str(text)?;
        table.check()?;
        let no_zone =
            |_| ProfileError::wrong("zone", &format!("“{}” is no IANA time zone, such as Asia/Shanghai", table.zone));
        let zone = table.zone.parse().map_err(no_zone)?;
        let Some(position) = table.position else {
            return Err(ProfileError::no_datum());
        };
        let mut profile = Self {
            source: table.source,
            format: table.format,
            own: table.own,
            zone,
            calendar: table.calendar,
            blank: table.blank,
            unused: table.unused,
            key: table.key,
            positions: position.try_into()?,
            skip: table.skip,
            fields: table.fields,
            grades: table.grades,
            operators: table.operators,
            closures: table.closures,
            checks: table.checks,
            facts: table.facts,
            named: BTreeSet::new(),
        };
        profile.check_lookups()?;
        let recipes = profile.recipes();
        let read = recipes.iter().flat_map(|(_, recipe)| recipe.all_columns());
        let plain = profile.plain_columns().map(|(_, column)| column);
        let named = read.chain(plain).map(str::to_owned).collect();
        profile.named = named;
        Ok(profile)
    }

    fn check_lookups(&self) -> Result<(), ProfileError> {
        let known = |table: &String| self.format.lookups.iter().any(|lookup| lookup.name == *table);
        for (field, recipe) in self.recipes() {
            if let Some(table) = recipe.lookup.as_ref().filter(|table| !known(table)) {
                let right = format!("there is no [[format.lookup]] with the name “{table}”");
                return Err(ProfileError::wrong(&format!("{field}.lookup"), &right));
            }
        }
        Ok(())
    }

    /// The id of the holiday calendar of its toilets, if it names one.
    #[must_use]
    pub fn calendar(&self) -> Option<&str> {
        self.calendar.as_deref()
    }

    /// Whether its files are what `gongce export` writes: toilets of many sources, each row with its own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// What kind of file it reads.
    #[must_use]
    pub fn kind(&self) -> FormatKind {
        self.format.kind
    }

    /// A profile that comes with the program.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        builtin::profile(name)
    }

    /// The names of the profiles that come with the program.
    #[must_use]
    pub fn builtin_names() -> Vec<&'static str> {
        builtin::names()
    }

    /// The same profile for a file in another encoding, such as `cp950`. A file that begins with a byte order mark is
    /// read by the mark, whatever is said here.
    ///
    /// # Errors
    /// [`ProfileError`] when there is no such encoding.
    pub fn with_encoding(mut self, encoding: &str) -> Result<Self, ProfileError> {
        self.format.encoding = named(encoding).map_err(|error| ProfileError::wrong("format.encoding", &error))?;
        Ok(self)
    }

    /// The format of a file, its encoding by its byte order mark if it has one.
    pub(super) fn format_of(&self, bytes: &[u8]) -> Format {
        let marked = match bytes {
            [0xEF, 0xBB, 0xBF, ..] => named("utf-8").ok(),
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => named("utf-16").ok(),
            _ => None,
        };
        let format = self.format.clone();
        Format { encoding: marked.unwrap_or(format.encoding), ..format }
    }

    /// Everything needed to read a row.
    pub(super) fn source<'a>(&'a self, row: &'a Row, lookups: &'a Lookups) -> Source<'a> {
        Source { row, lookups, blank: &self.blank }
    }

    /// The first column that a file must have and has not, with what is read from it.
    pub(super) fn missing_column(&self, has: &dyn Fn(&str) -> bool) -> Option<(String, String)> {
        let recipes = self.recipes();
        let read = recipes.iter().find_map(|(field, recipe)| Some((field.clone(), recipe.missing_column(has)?)));
        let plain =
            || self.plain_columns().find(|(_, column)| !has(column)).map(|(key, column)| (key.to_owned(), column));
        read.or_else(plain).map(|(field, column)| (field, column.to_owned()))
    }

    fn recipes(&self) -> Vec<(String, &Recipe)> {
        let mut recipes = self.fields.recipes();
        recipes.extend(self.positions.recipes().into_iter().map(|(key, recipe)| (key.to_owned(), recipe)));
        let grades = self.grades.iter().flat_map(GradeTable::recipes).map(|recipe| ("grades".to_owned(), recipe));
        let operators = self.operators.iter().flat_map(OperatorTable::recipes);
        let closures = self.closures.iter().flat_map(ClosureTable::recipes);
        recipes.extend(grades);
        recipes.extend(operators.map(|recipe| ("operators".to_owned(), recipe)));
        recipes.extend(closures.map(|recipe| ("closures".to_owned(), recipe)));
        recipes.extend(self.facts.iter().map(|(name, recipe)| (format!("facts.{name}"), recipe)));
        recipes
    }

    /// The columns that are read as they are, with what for.
    fn plain_columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let keys = self.key.columns.iter().chain(&self.key.otherwise).map(|column| ("the key", column.as_str()));
        let skips = self.skip.iter().map(|rule| ("skip", rule.column.as_str()));
        let checks = self.checks.iter().flat_map(|check| check.sum.iter().chain([&check.equals]));
        keys.chain(skips).chain(checks.map(|column| ("checks", column.as_str())))
    }
}

fn named(encoding: &str) -> Result<Encoding, serde::de::value::Error> {
    Encoding::deserialize(StrDeserializer::new(encoding))
}
