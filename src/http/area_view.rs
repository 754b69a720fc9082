//! Areas as the interface shows them.

use chrono::NaiveDate;
use poem_openapi::Object;

use super::words::Word;
use crate::domain::area::{Alias, Area, AreaCode, AreaLevel};
use crate::finder::AreaPage;

/// An administrative division. What is not known is left out.
#[derive(Debug, Object)]
#[oai(rename = "Area", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct AreaView {
    /// Its id, above 800,000,000, so that it never equals a toilet's id on a map.
    id: i32,
    /// Its code today; text, since codes may begin with zero.
    code: String,
    /// Its name today.
    name: String,
    /// How high it stands in the tree.
    level: Word<AreaLevel>,
    /// The code of the area it lies in.
    parent: Option<String>,
    /// The codes from the top of the tree down, its own included.
    path: Vec<String>,
    /// The year of the list that states its code.
    vintage: u16,
    /// The first day on which its code is in force.
    valid_from: Option<NaiveDate>,
    /// The last day on which its code is in force.
    valid_to: Option<NaiveDate>,
    /// Its other names and older codes.
    aliases: Option<Vec<AliasView>>,
}

/// Another name or an older code of an area.
#[derive(Debug, Object)]
#[oai(rename = "AreaAlias", skip_serializing_if_is_none)]
struct AliasView {
    /// A code that it had or took over.
    code: Option<String>,
    /// A name that it had or bears elsewhere.
    name: Option<String>,
    /// The year of the list that uses it.
    vintage: Option<u16>,
}

/// A page of areas in the order of their codes.
#[derive(Debug, Object)]
#[oai(rename = "AreaPage", skip_serializing_if_is_none)]
pub(super) struct AreaPageView {
    /// The areas.
    items: Vec<AreaView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

impl From<&Area> for AreaView {
    fn from(area: &Area) -> Self {
        let fact = &area.fact;
        let aliases: Vec<AliasView> = fact.aliases.iter().map(AliasView::from).collect();
        Self {
            id: area.id.0,
            code: fact.code.to_string(),
            name: fact.name.to_string(),
            level: Word(fact.level),
            parent: fact.parent.as_ref().map(AreaCode::to_string),
            path: area.path.iter().map(AreaCode::to_string).collect(),
            vintage: fact.vintage,
            valid_from: fact.days.from(),
            valid_to: fact.days.to(),
            aliases: (!aliases.is_empty()).then_some(aliases),
        }
    }
}

impl From<&Alias> for AliasView {
    fn from(alias: &Alias) -> Self {
        Self {
            code: alias.code.as_ref().map(AreaCode::to_string),
            name: alias.name.as_ref().map(ToString::to_string),
            vintage: alias.vintage,
        }
    }
}

impl From<AreaPage> for AreaPageView {
    fn from(page: AreaPage) -> Self {
        let items = page.areas.iter().map(|area| AreaView::from(area.as_ref())).collect();
        Self { items, next: page.next.map(String::from) }
    }
}
