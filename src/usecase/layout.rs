//! How toilets are laid out: for the bureau that plans where to build.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::permission::scope;
use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::area::{Area, AreaCode};
use crate::domain::layout::{Demand, Layout, Question};
use crate::domain::policy::{Action, Scope};
use crate::finder::Usability;
use crate::geo::Wgs84;

/// The most squares of a grid.
pub const MOST_SQUARES: usize = 1_000_000;

/// A grid over an area has squares of this part of the radius, where nobody says how large.
const SQUARES_TO_A_RADIUS: f64 = 5.0;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose outline is covered by a grid, where the demand is not given.
    pub area: Option<AreaCode>,
    /// Points that need toilets.
    pub demand: Option<Vec<Demand>>,
    /// How far a toilet serves, in metres.
    pub radius_metres: f64,
    /// The side of the grid's squares, in metres; a fifth of the radius if left out.
    pub spacing_metres: Option<f64>,
    /// The instant at which a toilet must be usable.
    pub at: DateTime<Utc>,
    /// How many gaps to tell.
    pub gaps: usize,
    /// How many new toilets to place.
    pub places: usize,
    /// The most squares of a grid.
    pub most_squares: usize,
}

/// How toilets are laid out, with what that rests on.
#[derive(Debug, Clone)]
pub struct Report {
    /// What was asked.
    pub asked: Asked,
    /// The area that was covered by a grid.
    pub area: Option<Arc<Area>>,
    /// The side of its squares, in metres.
    pub spacing_metres: Option<f64>,
    /// The demand that was counted.
    pub demand: Vec<Demand>,
    /// How many toilets were usable, here and anywhere else: one across the border serves as well.
    pub toilets: usize,
    /// Those among them of which nobody knows the hours.
    pub unsure: usize,
    /// What came out.
    pub layout: Layout,
}

/// How the toilets of an area that the caller may read reports on are laid out.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`] for an area out of scope, [`Failure::Invalid`] for one without an outline
/// or with too many squares.
pub async fn report(ctx: &Ctx, actor: &Actor, asked: Asked) -> Result<Report, Failure> {
    let scope = scope(actor, Action::ReadReports)?;
    within(ctx, &scope, asked).await
}

/// The same for whoever runs the program on the host.
///
/// # Errors
/// As [`report`].
pub async fn report_for_host(ctx: &Ctx, asked: Asked) -> Result<Report, Failure> {
    within(ctx, &Scope::of_host(), asked).await
}

async fn within(ctx: &Ctx, scope: &Scope, asked: Asked) -> Result<Report, Failure> {
    let snapshot = ctx.finder.snapshot();
    let area = asked.area.as_ref().map(|code| snapshot.areas().find(code).into_iter().next().ok_or(Failure::NotFound));
    let area = area.transpose()?;
    if area.as_ref().is_some_and(|area| !scope.covers(&area.path, None)) {
        return Err(Failure::NotFound);
    }
    let boundary = match &area {
        Some(area) if asked.demand.is_none() => ctx.store.boundary(area.id).await?,
        _ => None,
    };
    let work = move || {
        let spacing = asked.spacing_metres.unwrap_or(asked.radius_metres / SQUARES_TO_A_RADIUS);
        let (demand, spacing_metres) = match (asked.demand.clone(), boundary) {
            (Some(demand), _) => (demand, None),
            (None, Some(boundary)) => {
                let squares = boundary.outline.grid(spacing, asked.most_squares);
                let squares = squares.ok_or_else(|| too_fine(asked.most_squares))?;
                (squares.into_iter().map(square).collect(), Some(spacing))
            }
            (None, None) => return Err(Failure::from(no_outline())),
        };
        let usable = snapshot.usable(asked.at);
        let unsure = usable.iter().filter(|(_, usability)| *usability == Usability::HoursUnknown).count();
        let toilets: Vec<Wgs84> = usable.into_iter().map(|(position, _)| position).collect();
        let Asked { radius_metres, gaps, places, .. } = asked;
        let layout = Question { demand: &demand, toilets: &toilets, radius_metres, gaps, places }.answer();
        Ok(Report { area, spacing_metres, demand, toilets: toilets.len(), unsure, layout, asked })
    };
    tokio::task::spawn_blocking(work).await.map_err(|panic| Failure::Internal(Box::new(panic)))?
}

fn square(position: Wgs84) -> Demand {
    Demand { position, weight: 1.0, name: None }
}

fn too_fine(most: usize) -> Violation {
    Violation::new("spacing", "tooMany", format!("the grid would have more than {most} squares: make them larger"))
}

fn no_outline() -> Violation {
    let message = "nobody knows where this area ends: `gongce areas import` takes outlines (docs/areas.md)";
    Violation::new("area", "noOutline", message)
}
