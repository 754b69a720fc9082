//! The tree of administrative divisions (行政区).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Violation;
use super::codes::codes;
use super::draft::Fields;
use super::id::AreaId;
use super::period::Days;
use super::text::{Line, Name};
use crate::geo::{Crs, Outline};

/// The code of an area, such as `410308106`: text, never a number, since codes may begin with zero. 1 to 24 letters,
/// digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

impl AreaCode {
    /// The code itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AreaCode {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let sane = (1..=24).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !sane {
            let message = "an area code is 1 to 24 letters, digits or hyphens, such as 410308106";
            return Err(Violation::new("area", "badCode", message));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for AreaCode {
    type Error = Violation;
    fn try_from(text: String) -> Result<Self, Violation> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.0
    }
}

impl NewArea {
    /// What is stated of it, flat, as the journal compares it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let aliases = self.aliases.iter().map(|alias| {
            let code = alias.code.as_ref().map(AreaCode::as_str);
            let word = code.or(alias.name.as_ref().map(Name::as_str)).unwrap_or_default();
            alias.vintage.map_or_else(|| word.to_owned(), |year| format!("{word}@{year}")).into()
        });
        let aliases: Vec<Value> = aliases.collect();
        let known = [
            ("code", Some(self.code.as_str().into())),
            ("name", Some(self.name.as_str().into())),
            ("level", Some(self.level.as_str().into())),
            ("parent", self.parent.as_ref().map(|code| code.as_str().into())),
            ("vintage", Some(self.vintage.into())),
            ("validFrom", self.days.from().map(|day| day.to_string().into())),
            ("validTo", self.days.to().map(|day| day.to_string().into())),
            ("aliases", Some(Value::from(aliases)).filter(|_| !self.aliases.is_empty())),
        ];
        known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

codes!(
    /// How high an area stands in the tree.
    AreaLevel {
        /// 省
        Province = "province",
        /// 市
        City = "city",
        /// 区、县
        County = "county",
        /// 街道、镇、乡
        Town = "town",
        /// 村、社区
        Village = "village",
    }
);

/// Another name or an older code of an area, with the year of the list that had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// A code that this area had or took over, if the alias is a code.
    pub code: Option<AreaCode>,
    /// A name that this area had or bears elsewhere, if the alias is a name.
    pub name: Option<Name>,
    /// The vintage of the list that uses it.
    pub vintage: Option<u16>,
}

/// An area as a list states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArea {
    /// Its code today.
    pub code: AreaCode,
    /// Its name today.
    pub name: Name,
    /// Its level.
    pub level: AreaLevel,
    /// The area it lies in.
    pub parent: Option<AreaCode>,
    /// The year of the list that states this code.
    pub vintage: u16,
    /// When the code is in force.
    pub days: Days,
    /// Its other names and codes.
    pub aliases: Vec<Alias>,
}

/// What the register knows of where an area ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// The outline, in WGS-84.
    pub outline: Outline,
    /// The datum in which it was given.
    pub given: Crs,
    /// Whether it is drawn for show (示意图) and no survey.
    pub synthetic: bool,
    /// Who states it.
    pub source: Option<Line>,
}

/// An area of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// What the register says of it.
    pub fact: NewArea,
    /// The codes from the top of the tree down to this area, itself included.
    pub path: Vec<AreaCode>,
}
