//! The real divisions of the county: one district, 14 towns, 270 villages, and what they lie in.

use chrono::NaiveDate;
use serde::Deserialize;

use super::table;
use crate::domain::Violation;
use crate::domain::area::{Alias, AreaCode, AreaLevel, NewArea};
use crate::domain::period::Days;
use crate::domain::text::Name;

/// The year of the list that states the codes.
const VINTAGE: u16 = 2023;

/// The district.
pub(super) const MENGJIN: &str = "410308";

/// The town that the list of 2023 calls 马屯镇.
const XIAOLANGDI: &str = "410308106";

/// The codes and names that the district took over when 孟津县 and 吉利区 were merged into it.
const MERGED: [(&str, &str); 2] = [("410322", "孟津县"), ("410306", "吉利区")];

/// The last vintage of the codes that were merged.
const LAST_VINTAGE_MERGED: u16 = 2020;

/// The areas from the province down, each after the one it lies in.
pub(super) fn areas() -> Result<Vec<NewArea>, Violation> {
    let mut areas = vec![
        area("41", "河南省", AreaLevel::Province, None)?,
        area("4103", "洛阳市", AreaLevel::City, Some("41"))?,
        NewArea {
            // The merger was approved in March 2021.
            days: Days::new(NaiveDate::from_ymd_opt(2021, 3, 18), None)?,
            aliases: merged()?,
            ..area(MENGJIN, "孟津区", AreaLevel::County, Some("4103"))?
        },
    ];
    for row in table::rows::<TownRow>("streets.csv", include_str!("areas/streets.csv"))? {
        areas.push(match row.code.as_str() {
            XIAOLANGDI => NewArea {
                aliases: vec![Alias { code: None, name: Some(Name::new(&row.name)?), vintage: Some(VINTAGE) }],
                ..area(XIAOLANGDI, "小浪底镇", AreaLevel::Town, Some(MENGJIN))?
            },
            code => area(code, &row.name, AreaLevel::Town, Some(MENGJIN))?,
        });
    }
    for row in table::rows::<VillageRow>("villages.csv", include_str!("areas/villages.csv"))? {
        areas.push(area(&row.code, &row.name, AreaLevel::Village, Some(&row.town))?);
    }
    Ok(areas)
}

#[derive(Deserialize)]
struct TownRow {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct VillageRow {
    code: String,
    name: String,
    #[serde(rename = "streetCode")]
    town: String,
}

fn area(code: &str, name: &str, level: AreaLevel, parent: Option<&str>) -> Result<NewArea, Violation> {
    Ok(NewArea {
        code: code.parse()?,
        name: Name::new(name)?,
        level,
        parent: parent.map(str::parse::<AreaCode>).transpose()?,
        vintage: VINTAGE,
        days: Days::default(),
        aliases: Vec::new(),
    })
}

/// Each merged county under its code and under its name.
fn merged() -> Result<Vec<Alias>, Violation> {
    let vintage = Some(LAST_VINTAGE_MERGED);
    let mut aliases = Vec::new();
    for (code, name) in MERGED {
        aliases.push(Alias { code: Some(code.parse()?), name: None, vintage });
        aliases.push(Alias { code: None, name: Some(Name::new(name)?), vintage });
    }
    Ok(aliases)
}
