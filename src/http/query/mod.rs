//! Query parameters: each declared once, for reading and for the document alike.
//!
//! A group is a struct that is read from a query string by parameters declared as constants. All faults of a query are
//! told at once, an unknown parameter is a fault, and what is documented is what is enforced, since both come from the
//! same constant. Lists take repetition or commas; an empty list or text counts as none: `wx.request` and forms send both.

mod codes;
mod dates;
mod given;
mod ids;
mod kinds;
mod lists;
mod params;
mod versions;

pub(super) use codes::{Code, Codes, RequiredCode};
pub(super) use dates::{Day, MonthOf};
pub(super) use given::{CRS_MISSING, Given};
pub(super) use ids::{Id, Ids};
pub(super) use kinds::{Flag, Formed, Integer, Number, OneOf, Text, Time};
pub(super) use lists::{AnyOf, Numbers};
pub(super) use params::{Group, Params, QUERY_GROUP, read};
pub(super) use versions::Version;

use poem_openapi::registry::MetaSchema;

use crate::domain::Violation;

/// A parameter as the document shows it.
pub(super) trait Declared: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// What it means.
    fn about(&self) -> &'static str;

    /// Whether a query without it is refused.
    fn is_required(&self) -> bool {
        false
    }

    /// What it takes, with its default and an example.
    fn schema(&self) -> MetaSchema;
}

/// A parameter that can be read.
pub(super) trait Readable: Declared {
    /// What it reads as.
    type Value;

    /// What its absence means; `None` for a required one.
    fn absent(&self) -> Option<Self::Value>;

    /// Whether an empty value counts as none; else it is read as any other, and refused.
    fn takes_empty(&self) -> bool {
        false
    }

    /// Reads its values, of which there is at least one.
    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation>;

    /// The code for its absence, if required.
    fn missing(&self) -> &'static str {
        "missing"
    }

    /// What to say of its absence, if required.
    fn wanted(&self) -> String {
        "is required".to_owned()
    }
}
