//! `gongce layout`

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, ValueEnum};

use super::import::{prepare, read_input, read_time};
use super::{Usage, print};
use crate::config::Config;
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::geo::Crs;
use crate::http::{layout_geojson, layout_json};
use crate::intake::demand::demand;
use crate::intake::format::Encoding;
use crate::usecase::layout::{Asked, MOST_SQUARES, Report, report_for_host};
use crate::usecase::loading;

#[derive(Debug, Args)]
#[command(
    after_help = "The demand is a list of points (--demand villages.csv --crs wgs84) or a grid over the outline of an \
                  area (--area 410308).\ndocs/layout.md shows both, and what is worked out."
)]
pub(super) struct Layout {
    /// How far a toilet serves, in metres; standards differ, so it must be said
    #[arg(long, value_parser = metres)]
    radius: f64,
    /// The code of an area whose outline is covered by a grid
    #[arg(long, value_parser = |text: &str| text.parse::<AreaCode>(), required_unless_present = "demand")]
    area: Option<AreaCode>,
    /// The side of the grid's squares, in metres; a fifth of the radius if left out
    #[arg(long, value_parser = metres, conflicts_with = "demand")]
    spacing: Option<f64>,
    /// A CSV with the columns longitude, latitude and perhaps weight, name, code
    #[arg(long, value_name = "FILE", conflicts_with = "area")]
    demand: Option<PathBuf>,
    /// The datum of the positions in --demand, required with it, and of those that come out: wgs84, gcj02 or bd09
    #[arg(long)]
    crs: Option<Crs>,
    /// How the text of --demand is encoded, such as gb18030
    #[arg(long, default_value = "utf-8")]
    encoding: Encoding,
    /// The day or instant (RFC 3339) at which a toilet must be usable; default now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How many gaps to tell
    #[arg(long, default_value_t = 10)]
    gaps: usize,
    /// How many new toilets to place
    #[arg(long, default_value_t = 5)]
    places: usize,
    /// How to answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// Everything, as the interface answers
    Json,
    /// The gaps and places as points on a map
    Geojson,
}

fn metres(text: &str) -> Result<f64, Violation> {
    let read = text.parse().ok().filter(|metres| (1.0..=50_000.0).contains(metres));
    read.ok_or_else(|| Violation::new("", "outOfRange", "must be a number of metres from 1 to 50000"))
}

impl Layout {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let demand = match (&self.demand, self.crs) {
            (None, _) => None,
            (Some(_), None) => {
                let message = "--demand needs --crs wgs84, gcj02 or bd09: the datum of its positions";
                return Err(Usage(message.to_owned()).into());
            }
            (Some(path), Some(crs)) => {
                let file = read_input(path)?;
                Some(
                    demand(&file.bytes, self.encoding, crs)
                        .map_err(|error| anyhow::anyhow!("{}: {error}", file.name))?,
                )
            }
        };
        let at: Option<DateTime<Utc>> = self.at.as_deref().map(read_time).transpose()?;
        let ctx = Arc::new(prepare(config, false).await?);
        loading::load(&ctx).await?;
        let asked = Asked {
            area: self.area,
            demand,
            radius_metres: self.radius,
            spacing_metres: self.spacing,
            at: at.unwrap_or_else(|| ctx.clock.now()),
            gaps: self.gaps,
            places: self.places,
            most_squares: MOST_SQUARES,
        };
        let report = report_for_host(&ctx, asked).await?;
        let crs = self.crs.unwrap_or(Crs::Wgs84);
        print(&match self.format {
            Form::Text => as_text(&report, crs)?,
            Form::Json => layout_json(&report, crs) + "\n",
            Form::Geojson => layout_geojson(&report, crs) + "\n",
        })
    }
}

fn as_text(report: &Report, crs: Crs) -> Result<String, std::fmt::Error> {
    let (layout, asked) = (&report.layout, &report.asked);
    let share =
        |share: Option<f64>| share.map_or("nothing to share".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let (by_points, by_weight) = layout.covered.share_of(layout.demand);
    let mut text = format!(
        "{} toilets usable at {} ({} of them with unknown hours), each serving {} m\n\
         covered  {} of {} points, {}; by weight {}\n",
        report.toilets,
        asked.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        report.unsure,
        asked.radius_metres,
        layout.covered.points,
        layout.demand.points,
        share(by_points),
        share(by_weight),
    );
    let at = |demand: usize| {
        let point = report.demand.get(demand);
        let (latitude, longitude) = point.map_or((0.0, 0.0), |point| crs.write(point.position));
        let name = point.and_then(|point| point.name.as_ref()).map(|name| format!(" {name}")).unwrap_or_default();
        format!("{latitude:.6}, {longitude:.6} ({}){name}", crs.as_str())
    };
    for gap in &layout.gaps {
        let far = gap.metres.map_or("no toilet".to_owned(), |metres| format!("{metres:.0} m to a toilet"));
        writeln!(text, "gap      {}: {far}, {} points around", at(gap.demand), gap.around.points)?;
    }
    for place in &layout.places {
        let (_, by_weight) = place.covered.share_of(layout.demand);
        let gain = place.gain.points;
        writeln!(text, "place    {}: {gain} points more, then {} by weight", at(place.demand), share(by_weight))?;
    }
    writeln!(
        text,
        "Places are found greedily among {} uncovered points: at least 63.2 % (1 − 1/e) of what the best choice of as many \
         of these would cover.",
        layout.tried
    )?;
    Ok(text)
}
