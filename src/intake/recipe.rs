//! How one value is taken from a row: the table a profile writes for a field.

use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The word that a map, a default or a `when_…` writes for what is not known.
pub(super) const UNKNOWN: &str = "unknown";

/// Where a value comes from and what is done to it. A profile may write a column's name alone, or a list of columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Recipe {
    /// Columns; the first that is not blank counts.
    pub(super) columns: Vec<String>,
    /// Several columns put together.
    pub(super) join: Option<Join>,
    /// The value where the columns are blank, or always where there are none.
    pub(super) constant: Option<String>,
    /// Whether a file may lack the columns.
    pub(super) optional: bool,
    /// Words that mean nothing is known, beside those of the whole profile.
    pub(super) blank: Vec<String>,
    /// The table of the file in which to look the value up.
    pub(super) lookup: Option<String>,
    /// Which part of a divided value is meant.
    pub(super) split: Option<Split>,
    /// The part of the value that is meant.
    pub(super) pattern: Option<Pattern>,
    /// Whether the first number in the text is meant.
    pub(super) pick_number: bool,
    /// Values by what the file says.
    pub(super) map: BTreeMap<String, String>,
    /// The value for whatever neither `pattern`, `lookup` nor `map` knows.
    pub(super) default: Option<String>,
    /// The value for a number above zero.
    pub(super) when_positive: Option<String>,
    /// The value for zero.
    pub(super) when_zero: Option<String>,
    /// How dates are written, in the language of strftime.
    pub(super) formats: Vec<String>,
}

/// The table form of a [`Recipe`].
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    column: Columns,
    join: Option<Join>,
    constant: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    blank: Vec<String>,
    lookup: Option<String>,
    split: Option<Split>,
    pattern: Option<Pattern>,
    #[serde(default)]
    pick_number: bool,
    #[serde(default)]
    map: BTreeMap<String, String>,
    default: Option<String>,
    when_positive: Option<String>,
    when_zero: Option<String>,
    #[serde(default)]
    formats: Vec<String>,
}

/// One column or several.
#[derive(Default)]
struct Columns(Vec<String>);

/// Divides a text and takes one part.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Split {
    /// What stands between the parts.
    pub(super) on: String,
    /// Which part, from 0; negative numbers count from the end.
    pub(super) index: i32,
}

/// A regular expression, compiled when the profile is read.
#[derive(Debug, Clone)]
pub(super) struct Pattern(pub(super) Regex);

/// Columns put together: `{街道} {门牌}`.
#[derive(Debug, Clone)]
pub(super) struct Join(pub(super) Vec<Piece>);

/// A piece of a [`Join`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Text as it stands.
    Text(String),
    /// The value of a column.
    Column(String),
}

impl Recipe {
    /// Every column it names.
    pub(super) fn all_columns(&self) -> impl Iterator<Item = &str> {
        let joined = self.join.iter().flat_map(|join| &join.0).filter_map(|piece| match piece {
            Piece::Column(column) => Some(column),
            Piece::Text(_) => None,
        });
        self.columns.iter().chain(joined).map(String::as_str)
    }

    /// Every word that it can write itself, rather than the file.
    pub(super) fn own_words(&self) -> impl Iterator<Item = &str> {
        let single = [&self.constant, &self.default, &self.when_positive, &self.when_zero];
        self.map.values().chain(single.into_iter().flatten()).map(String::as_str).filter(|word| *word != UNKNOWN)
    }

    /// The columns that a file must have: all of a join, at least one of a list (named as the first).
    pub(super) fn missing_column(&self, has: &dyn Fn(&str) -> bool) -> Option<&str> {
        if self.optional {
            return None;
        }
        if self.join.is_some() {
            return self.all_columns().find(|column| !has(column));
        }
        let first = self.columns.first()?;
        (!self.columns.iter().any(|column| has(column))).then_some(first)
    }
}

impl TryFrom<Table> for Recipe {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let columns = table.column.0;
        if columns.is_empty() && table.join.is_none() && table.constant.is_none() {
            return Err("`column`, `join` or `constant` must say where the value comes from".to_owned());
        }
        if !columns.is_empty() && table.join.is_some() {
            return Err("give either `column` or `join`, not both".to_owned());
        }
        Ok(Self {
            columns,
            join: table.join,
            constant: table.constant,
            optional: table.optional,
            blank: table.blank,
            lookup: table.lookup,
            split: table.split,
            pattern: table.pattern,
            pick_number: table.pick_number,
            map: table.map,
            default: table.default,
            when_positive: table.when_positive,
            when_zero: table.when_zero,
            formats: table.formats,
        })
    }
}

impl<'de> Deserialize<'de> for Recipe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Recipe;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, a list of columns, or a table such as { column = \"…\", map = { … } }")
            }
            fn visit_str<E: de::Error>(self, column: &str) -> Result<Recipe, E> {
                Ok(Recipe { columns: vec![column.to_owned()], ..Recipe::default() })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, columns: A) -> Result<Recipe, A::Error> {
                let columns = Vec::deserialize(SeqAccessDeserializer::new(columns))?;
                Ok(Recipe { columns, ..Recipe::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Recipe, A::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(table))?;
                table.try_into().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Columns;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column or a list of columns")
            }
            fn visit_str<E: de::Error>(self, column: &str) -> Result<Columns, E> {
                Ok(Columns(vec![column.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, columns: A) -> Result<Columns, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(columns)).map(Columns)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&text).map(Self).map_err(|error| de::Error::custom(format!("not a regular expression: {error}")))
    }
}

impl<'de> Deserialize<'de> for Join {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pieces = pieces(&text).ok_or_else(|| {
            de::Error::custom(format!("“{text}” must name columns in braces, such as “{{street}} {{number}}”"))
        })?;
        Ok(Self(pieces))
    }
}

/// Takes a join apart; `None` when it names no column or a brace has no partner.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (column, after) = after.split_once('}')?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Column(column.to_owned()));
        rest = after;
    }
    if pieces.is_empty() || rest.contains('}') {
        return None;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(pieces)
}
