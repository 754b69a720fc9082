//! Lines that a walker cannot cross, with their crossings: see `docs/barriers.md`.

use std::collections::BTreeMap;

use geojson::GeometryValue;

use super::divisions::{Read, plain};
use super::format::{self, Cells, Encoding, FileError, FormatKind, Row};
use super::notice::Notice;
use super::transform::number;
use crate::domain::barrier::{Barrier, BarrierKind, Crossing};
use crate::domain::text::{Line, Name};
use crate::geo::{Crs, Wgs84};

/// The most places of all lines of a file together.
const MOST_PLACES: usize = 1_000_000;

/// How far a crossing may reach, in metres: bridges are long, but one that spans a county is a mistake.
const RADIUS_METRES: std::ops::RangeInclusive<f64> = 1.0..=20_000.0;

/// How to read a file of barriers.
#[derive(Debug, Clone)]
pub struct Options {
    /// The datum of the file.
    pub crs: Crs,
    /// The property that states the barrier's name, of a line and of a crossing.
    pub name_property: String,
    /// How far a crossing reaches that does not state it, in metres.
    pub crossing_radius: Option<f64>,
    /// Whether the lines are drawn for show.
    pub synthetic: bool,
    /// Who states them.
    pub source: Option<Line>,
}

/// What a feature is.
enum Part {
    Lines(BarrierKind, Vec<Vec<Wgs84>>),
    Crossing(Crossing),
}

/// The barriers of a `GeoJSON` file: lines under one name are one barrier, points under it are where it can be crossed.
/// Answers them beside every feature that cannot be used.
///
/// # Errors
/// What is wrong with the file as a whole: see [`format::open`].
pub fn barriers(bytes: &[u8], options: &Options) -> Result<(Vec<Barrier>, Vec<Read<()>>), FileError> {
    let table = format::open(&plain(FormatKind::Geojson, Encoding::default()), bytes)?;
    let (mut found, mut told): (BTreeMap<Name, Barrier>, Vec<Read<()>>) = (BTreeMap::new(), Vec::new());
    let (mut crossings, mut places) = (Vec::new(), 0);
    for row in table.rows {
        let (line, read) = match row {
            Ok(row) => (row.line, feature(&row, options)),
            Err(error) => (error.line, Err(Notice::of_row("unreadable_row", error.message))),
        };
        match read {
            Ok((name, Part::Lines(kind, lines))) => {
                places += lines.iter().map(Vec::len).sum::<usize>();
                if places > MOST_PLACES {
                    return Err(FileError::TooMuch { limit: MOST_PLACES as u64, of: "places of lines" });
                }
                let new = || Barrier {
                    name: name.clone(),
                    kind,
                    lines: Vec::new(),
                    crossings: Vec::new(),
                    given: options.crs,
                    synthetic: options.synthetic,
                    source: options.source.clone(),
                };
                found.entry(name.clone()).or_insert_with(new).lines.extend(lines);
                told.push((line, Ok(())));
            }
            Ok((name, Part::Crossing(crossing))) => crossings.push((line, name, crossing)),
            Err(notice) => told.push((line, Err(notice))),
        }
    }
    for (line, name, crossing) in crossings {
        told.push((
            line,
            found.get_mut(&name).map(|barrier| barrier.crossings.push(crossing)).ok_or_else(|| {
                let message = format!("there is no line called {name} in this file: a crossing comes with its barrier");
                Notice::new(&options.name_property, "unknown_barrier", message)
            }),
        ));
    }
    Ok((found.into_values().collect(), told))
}

fn feature(row: &Row, options: &Options) -> Result<(Name, Part), Notice> {
    let property = &options.name_property;
    let name = text(&row.cells, property).ok_or_else(|| Notice::new(property, "missing", "must not be empty"))?;
    let name = Name::new(name).map_err(|violation| Notice::of_rule(property, &violation))?;
    let place = |position: &geojson::Position| match position.as_slice() {
        [x, y, ..] => {
            let place = options.crs.read(*y, *x).map_err(|error| refused(&error.to_string()))?;
            Ok(place.rounded())
        }
        _ => Err(refused("a place needs two numbers")),
    };
    let line = |places: &Vec<geojson::Position>| -> Result<Vec<Wgs84>, Notice> {
        let line = places.iter().map(place).collect::<Result<Vec<_>, Notice>>()?;
        if line.len() < 2 { Err(refused("a line needs two places")) } else { Ok(line) }
    };
    let part = match &row.geometry {
        Some(GeometryValue::LineString { coordinates }) => Part::Lines(kind(&row.cells)?, vec![line(coordinates)?]),
        Some(GeometryValue::MultiLineString { coordinates }) => {
            Part::Lines(kind(&row.cells)?, coordinates.iter().map(line).collect::<Result<_, _>>()?)
        }
        Some(GeometryValue::Point { coordinates }) => {
            let radius_metres = radius(&row.cells, options)?;
            Part::Crossing(Crossing { position: place(coordinates)?, radius_metres })
        }
        _ => return Err(refused("a barrier is a LineString or MultiLineString, a crossing a Point")),
    };
    Ok((name, part))
}

fn kind(cells: &Cells) -> Result<BarrierKind, Notice> {
    text(cells, "kind")
        .map_or(Ok(BarrierKind::Other), |word| word.parse().map_err(|violation| Notice::of_rule("kind", &violation)))
}

/// A crossing states how far it reaches as `radius`, or as `width`, of which half counts.
fn radius(cells: &Cells, options: &Options) -> Result<f64, Notice> {
    let metres = |column: &'static str| {
        let read = |text| {
            let number = number(text);
            number.ok_or_else(|| Notice::new(column, "bad_value", format!("“{text}” is no number of metres")))
        };
        text(cells, column).map(read).transpose()
    };
    let half = metres("width")?.map(|width| width / 2.0);
    let radius = metres("radius")?.or(half).or(options.crossing_radius);
    let radius = radius.ok_or_else(|| {
        Notice::new("radius", "missing", "state how far the crossing reaches in metres, or give --crossing-radius")
    })?;
    if !RADIUS_METRES.contains(&radius) {
        return Err(Notice::new("radius", "bad_value", "must be from 1 to 20,000 metres"));
    }
    Ok(radius)
}

fn text<'a>(cells: &'a Cells, column: &str) -> Option<&'a str> {
    cells.get(column).map(str::trim).filter(|text| !text.is_empty())
}

fn refused(why: &str) -> Notice {
    Notice::new("geometry", "bad_geometry", why)
}
