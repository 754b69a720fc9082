//! Lines that a walker cannot cross, and where they can be crossed all the same.

use serde_json::json;

use super::codes::codes;
use super::draft::Fields;
use super::secret::fingerprint;
use super::text::{Line, Name};
use crate::geo::{Crossed, Crs, LineIndex, UnitVector, Wgs84};

codes!(
    /// What bars the way.
    BarrierKind {
        /// 河流
        River = "river",
        /// 铁路
        Railway = "railway",
        /// 高速公路、快速路
        Expressway = "expressway",
        /// Anything else, such as a wall.
        Other = "other",
    }
);

/// Lines that a walker cannot cross, under one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Barrier {
    /// Its name, such as 黄河; one barrier has it.
    pub name: Name,
    /// What it is.
    pub kind: BarrierKind,
    /// Where it runs, in WGS-84.
    pub lines: Vec<Vec<Wgs84>>,
    /// Where it can be crossed.
    pub crossings: Vec<Crossing>,
    /// The datum in which it was given.
    pub given: Crs,
    /// Whether it is drawn for show (示意图) and no survey.
    pub synthetic: bool,
    /// Who states it.
    pub source: Option<Line>,
}

impl Barrier {
    /// As the journal has it: how many places its lines have and how many crossings there are, and by what another drawing
    /// is told from this one.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let at = |place: &Wgs84| {
            let place = place.rounded();
            format!("{:?},{:?}", place.longitude(), place.latitude())
        };
        let lines = self.lines.iter().map(|line| line.iter().map(at).collect::<Vec<_>>().join(" "));
        let crossings = self.crossings.iter().map(|one| format!("{},{:?}", at(&one.position), one.radius_metres));
        let drawing = lines.chain(["crossed".to_owned()]).chain(crossings).collect::<Vec<_>>().join("\n");
        let fields = [
            ("kind", json!(self.kind.as_str())),
            ("places", json!(self.lines.iter().map(Vec::len).sum::<usize>())),
            ("crossings", json!(self.crossings.len())),
            ("drawing", json!(fingerprint(&drawing))),
            ("datum", json!(self.given.as_str())),
            ("synthetic", json!(self.synthetic)),
            ("source", json!(self.source)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A bridge, an underpass, a ferry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// Where.
    pub position: Wgs84,
    /// How far from there the barrier does not bar the way, in metres.
    pub radius_metres: f64,
}

/// All barriers of a register, ready to be asked about ways.
#[derive(Debug, Default)]
pub struct Barriers {
    index: LineIndex,
    /// The barrier of each line.
    owners: Vec<usize>,
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    name: Name,
    crossings: Vec<(UnitVector, f64)>,
}

impl Barriers {
    /// These barriers.
    #[must_use]
    pub fn new(barriers: &[Barrier]) -> Self {
        let lines = barriers.iter().flat_map(|barrier| barrier.lines.iter().map(Vec::as_slice));
        let owners = barriers.iter().enumerate().flat_map(|(owner, barrier)| barrier.lines.iter().map(move |_| owner));
        let known = |barrier: &Barrier| Known {
            name: barrier.name.clone(),
            crossings: barrier.crossings.iter().map(|place| (place.position.into(), place.radius_metres)).collect(),
        };
        Self { index: LineIndex::new(lines), owners: owners.collect(), known: barriers.iter().map(known).collect() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The name of the first barrier that bars the straight way between two places: one that it crosses away from every
    /// place at which that one can be crossed.
    #[must_use]
    pub fn across(&self, from: &UnitVector, to: &UnitVector) -> Option<&Name> {
        let mut first: Option<(f64, usize, &Name)> = None;
        self.index.crossed(from, to, &mut |crossed: Crossed| {
            let Some(barrier) = self.owners.get(crossed.line).and_then(|&owner| self.known.get(owner)) else {
                return;
            };
            let is_open = barrier.crossings.iter().any(|(place, radius)| crossed.metres_from(place) <= *radius);
            let own = (crossed.metres, crossed.line, &barrier.name);
            if !is_open && first.is_none_or(|(metres, line, _)| (own.0, own.1) < (metres, line)) {
                first = Some(own);
            }
        });
        first.map(|(_, _, name)| name)
    }
}
