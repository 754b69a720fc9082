//! Map grids by EPSG code, for files whose positions are eastings and northings.

use proj4rs::Proj;
use proj4rs::adaptors::transform_xy;

use super::position::{PositionError, Wgs84};

/// A coordinate reference system by its EPSG code, read into WGS-84.
///
/// The datums of China (CGCS2000), Korea, Taiwan and Australia are taken as WGS-84. They are fixed
/// to their continents and so differ from it by what the plates have moved since: under a metre for
/// China and Korea, up to two metres for Taiwan's TWD97 and Australia's GDA94. Hong Kong and Great
/// Britain are shifted by seven parameters, good to about a metre and to 5 m.
#[derive(Clone, Debug)]
pub struct Projection {
    code: u32,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Geographic,
    WebMercator,
    TransverseMercator { grid: Grid, from: Box<Proj>, to: Box<Proj> },
}

/// An EPSG code that is not read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "EPSG:{0} is not read here; these are: 2326, 3826, 3857, 4326, 4490-4554, 5179, 5181, 5186, 27700, 28348-28358, \
     32601-32660, 32701-32760"
)]
pub struct UnknownEpsg(pub u32);

/// Coordinates that are no place in their reference system: most often swapped, or of another
/// system.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ProjectionError {
    /// Degrees out of range.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// An easting and northing where the grid does not reach.
    #[error("the coordinates lie outside the area of EPSG:{code}; are they swapped?")]
    OutsideArea {
        /// The EPSG code of the grid.
        code: u32,
    },
}

impl Projection {
    /// The reference system with this EPSG code.
    ///
    /// # Errors
    /// [`UnknownEpsg`] where it is not one of those read here; its text lists them.
    pub fn epsg(code: u32) -> Result<Self, UnknownEpsg> {
        let kind = match code {
            4326 | 4490 => Kind::Geographic,
            3857 => Kind::WebMercator,
            _ => Kind::grid(grid(code).ok_or(UnknownEpsg(code))?).ok_or(UnknownEpsg(code))?,
        };
        Ok(Self { code, kind })
    }

    /// The place at `x` (easting in metres, or longitude in degrees) and `y` (northing, or
    /// latitude).
    ///
    /// Beware that Chinese surveying, and EPSG's own axis order for some of these, call the
    /// northing x.
    ///
    /// # Errors
    /// [`ProjectionError`] where the coordinates are not finite or lie outside the system's area.
    pub fn to_wgs84(&self, x: f64, y: f64) -> Result<Wgs84, ProjectionError> {
        let degrees = match &self.kind {
            Kind::Geographic => return Ok(Wgs84::new(y, x)?),
            Kind::WebMercator => web_mercator(x, y),
            Kind::TransverseMercator { grid, from, to } => grid.unproject(from, to, x, y),
        };
        degrees
            .and_then(|(latitude, longitude)| Wgs84::new(latitude, longitude).ok())
            .ok_or(ProjectionError::OutsideArea { code: self.code })
    }
}

impl Kind {
    fn grid(grid: Grid) -> Option<Self> {
        let from = Box::new(Proj::from_proj_string(&grid.definition()).ok()?);
        let to = Box::new(Proj::from_proj_string("+proj=longlat +datum=WGS84").ok()?);
        Some(Self::TransverseMercator { grid, from, to })
    }
}

/// Latitude and longitude of Web Mercator, which draws WGS-84 degrees as if on a sphere (EPSG
/// method 1024).
fn web_mercator(x: f64, y: f64) -> Option<(f64, f64)> {
    const RADIUS_METRES: f64 = 6_378_137.0;
    let half_width = std::f64::consts::PI * RADIUS_METRES;
    let square = (-half_width..=half_width).contains(&x) && (-half_width..=half_width).contains(&y);
    square.then(|| ((y / RADIUS_METRES).sinh().atan().to_degrees(), (x / RADIUS_METRES).to_degrees()))
}

/// A transverse Mercator grid; degrees and metres.
#[derive(Clone, Copy, Debug)]
struct Grid {
    datum: &'static str,
    origin_latitude: f64,
    central_meridian: f64,
    scale: f64,
    false_easting: f64,
    false_northing: f64,
}

const GRS80: &str = "+ellps=GRS80";
const WGS84: &str = "+ellps=WGS84";
/// EPSG transformation 1825, its rotations turned to proj's sense.
const HONG_KONG_1980: &str = "+ellps=intl +towgs84=-162.619,-276.959,-161.764,0.067753,-2.243649,-1.158827,-1.094246";
/// EPSG transformation 1314, the one in Ordnance Survey's "Guide to coordinate systems in Great
/// Britain".
const OSGB_1936: &str = "+ellps=airy +towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489";

/// The parameters that EPSG publishes for a code.
fn grid(code: u32) -> Option<Grid> {
    let at = |datum, origin: (f64, f64), scale, false_origin: (f64, f64)| Grid {
        datum,
        origin_latitude: origin.0,
        central_meridian: origin.1,
        scale,
        false_easting: false_origin.0,
        false_northing: false_origin.1,
    };
    Some(match code {
        // Hong Kong 1980 Grid: 22°18′43.68″ N, 114°10′42.80″ E
        2326 => at(HONG_KONG_1980, (22.312_133_333_3, 114.178_555_555_6), 1.0, (836_694.05, 819_069.8)),
        // TWD97, Taiwan proper
        3826 => at(GRS80, (0.0, 121.0), 0.9999, (250_000.0, 0.0)),
        // CGCS2000 in zones of six degrees, then of three; each with the zone's number before the
        // easting, then without
        4491..=4501 => gauss_kruger(6, 13 + code - 4491, true),
        4502..=4512 => gauss_kruger(6, 13 + code - 4502, false),
        4513..=4533 => gauss_kruger(3, 25 + code - 4513, true),
        4534..=4554 => gauss_kruger(3, 25 + code - 4534, false),
        // Korea 2000: unified, central belt, central belt 2010
        5179 => at(GRS80, (38.0, 127.5), 0.9996, (1_000_000.0, 2_000_000.0)),
        5181 => at(GRS80, (38.0, 127.0), 1.0, (200_000.0, 500_000.0)),
        5186 => at(GRS80, (38.0, 127.0), 1.0, (200_000.0, 600_000.0)),
        // British National Grid
        27700 => at(OSGB_1936, (49.0, -2.0), 0.999_601_271_7, (400_000.0, -100_000.0)),
        // Map Grid of Australia on GDA94
        28348..=28358 => utm(GRS80, code - 28300, true),
        32601..=32660 => utm(WGS84, code - 32600, false),
        32701..=32760 => utm(WGS84, code - 32700, true),
        _ => return None,
    })
}

/// Zones of `width` degrees: those of six lie between multiples of six, those of three around
/// multiples of three.
fn gauss_kruger(width: u32, zone: u32, numbered: bool) -> Grid {
    let central_meridian = f64::from(if width == 6 { zone * 6 - 3 } else { zone * 3 });
    let prefix = if numbered { f64::from(zone) * 1e6 } else { 0.0 };
    Grid {
        datum: GRS80,
        origin_latitude: 0.0,
        central_meridian,
        scale: 1.0,
        false_easting: prefix + 500_000.0,
        false_northing: 0.0,
    }
}

fn utm(datum: &'static str, zone: u32, south: bool) -> Grid {
    Grid {
        datum,
        origin_latitude: 0.0,
        central_meridian: f64::from(zone) * 6.0 - 183.0,
        scale: 0.9996,
        false_easting: 500_000.0,
        false_northing: if south { 10_000_000.0 } else { 0.0 },
    }
}

impl Grid {
    /// As a proj string; `etmerc` is the series exact to a micrometre, proj's default since version
    /// 6.
    fn definition(&self) -> String {
        let Self { datum, origin_latitude, central_meridian, scale, false_easting, false_northing } = self;
        format!(
            "+proj=etmerc +lat_0={origin_latitude} +lon_0={central_meridian} +k={scale} +x_0={false_easting} \
             +y_0={false_northing} {datum} +units=m"
        )
    }

    /// Latitude and longitude; `None` further from the central meridian than any of these grids is
    /// used.
    fn unproject(&self, from: &Proj, to: &Proj, x: f64, y: f64) -> Option<(f64, f64)> {
        /// British islands lie 7° from their meridian, and nothing else as far.
        const REACH_DEGREES: f64 = 10.0;
        /// Pole to pole along a meridian; from beyond it the series would come round to a plausible
        /// place again.
        const HALF_MERIDIAN_METRES: f64 = 20_004_000.0;

        let northing = y - self.false_northing;
        if !x.is_finite() || !(-HALF_MERIDIAN_METRES..=HALF_MERIDIAN_METRES).contains(&northing) {
            return None;
        }
        let (longitude, latitude) = transform_xy(from, to, x, y).ok()?;
        let (latitude, longitude) = (latitude.to_degrees(), longitude.to_degrees());
        let aside = (longitude - self.central_meridian + 180.0).rem_euclid(360.0) - 180.0;
        (aside.abs() <= REACH_DEGREES).then_some((latitude, longitude))
    }
}
