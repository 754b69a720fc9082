//! What is inside the toilets, as answers show it.

use chrono::{DateTime, Utc};
use poem_openapi::Object;

use super::report_view::ShareView;
use super::words::Word;
use crate::domain::report::{Fittings, Known, Ratio, StallRatios, Thing};

/// What is known of one thing.
#[derive(Debug, Object)]
#[oai(rename = "KnownThing", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ThingView {
    /// The thing.
    what: Word<Thing>,
    /// Toilets known to have it.
    yes: u64,
    /// Toilets known not to have it.
    no: u64,
    /// Toilets where it is limited, or nobody knows.
    unsure: u64,
    /// `yes` ÷ toilets in service; left out where there is none.
    value: Option<f64>,
}

/// The stalls for women against those for men.
#[derive(Debug, Object)]
#[oai(rename = "StallRatios", rename_all = "camelCase")]
struct RatiosView {
    /// Toilets at 3:2 or better ÷ toilets where both sides are counted.
    three_to_two: ShareView,
    /// Toilets at 2:1 or better, which busy places need ÷ toilets where both sides are counted.
    two_to_one: ShareView,
    /// Toilets where a side is not counted, or men have nothing.
    not_counted: u64,
    /// Stalls for women in all counted toilets.
    women: u64,
    /// Stalls and urinals for men in all counted toilets.
    men_and_urinals: u64,
    /// The toilets below 3:2, the worst first, at most 1,000.
    below: Vec<RatioView>,
}

/// The stalls of one toilet.
#[derive(Debug, Object)]
#[oai(rename = "StallRatio", rename_all = "camelCase")]
struct RatioView {
    /// The toilet's id.
    id: i32,
    /// Its name.
    name: String,
    /// Stalls for women.
    women: u16,
    /// Stalls and urinals for men.
    men_and_urinals: u16,
    /// Women ÷ (men + urinals).
    ratio: f64,
}

/// What is inside the toilets.
#[derive(Debug, Object)]
#[oai(rename = "FittingsReport", rename_all = "camelCase")]
pub(super) struct FittingsView {
    /// When the register was read.
    as_of: DateTime<Utc>,
    /// Each thing that toilets should have.
    things: Vec<ThingView>,
    /// The stalls for women against those for men.
    stalls: RatiosView,
}

/// So many toilets below a ratio are listed.
const LISTED: usize = 1_000;

impl FittingsView {
    /// A report as it stood then.
    pub(super) fn of(fittings: &Fittings, as_of: DateTime<Utc>) -> Self {
        let thing = |(thing, known): (&Thing, &Known)| ThingView {
            what: Word(*thing),
            yes: known.yes,
            no: known.no,
            unsure: known.unsure,
            value: known.share().value(),
        };
        Self { as_of, things: fittings.things.iter().map(thing).collect(), stalls: (&fittings.ratios).into() }
    }
}

impl From<&StallRatios> for RatiosView {
    fn from(ratios: &StallRatios) -> Self {
        let formula = |ratio: &str| {
            format!("toilets with women ÷ (men + urinals) ≥ {ratio} ÷ toilets where women, men and urinals are counted")
        };
        let below = |ratio: &Ratio| RatioView {
            id: ratio.id.0,
            name: ratio.name.clone(),
            women: ratio.women,
            men_and_urinals: ratio.men_and_urinals,
            ratio: ratio.value(),
        };
        Self {
            three_to_two: ShareView::of(ratios.three_to_two, &formula("3:2")),
            two_to_one: ShareView::of(ratios.two_to_one, &formula("2:1")),
            not_counted: ratios.not_counted,
            women: ratios.women,
            men_and_urinals: ratios.men_and_urinals,
            below: ratios.below.iter().take(LISTED).map(below).collect(),
        }
    }
}
