#![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use proptest::prelude::*;

use super::{at, metres_apart};
use crate::geo::{Projection, ProjectionError, UnknownEpsg, Wgs84};

fn metres_off(code: u32, (x, y): (f64, f64), expected: Wgs84) -> f64 {
    metres_apart(Projection::epsg(code).unwrap().to_wgs84(x, y).unwrap(), expected)
}

fn dms(degrees: f64, minutes: f64, seconds: f64) -> f64 {
    degrees + minutes / 60.0 + seconds / 3600.0
}

#[test]
fn degrees_are_taken_as_they_are() {
    for code in [4326, 4490] {
        let place = Projection::epsg(code).unwrap().to_wgs84(112.4364, 34.8264).unwrap();
        assert_eq!(place, at(34.8264, 112.4364));
    }
    let swapped = Projection::epsg(4326).unwrap().to_wgs84(34.8264, 112.4364);
    assert!(matches!(swapped, Err(ProjectionError::Position(error)) if error.field == "latitude"));
}

/// The worked example of EPSG method 1024 (Guidance Note 7-2): 24°22′54.433″ N, 100°20′00.000″ W.
#[test]
fn web_mercator_by_the_example_of_epsg() {
    let expected = at(dms(24.0, 22.0, 54.433), -dms(100.0, 20.0, 0.0));
    assert!(metres_off(3857, (-11_169_055.58, 2_800_000.0), expected) < 0.02);
}

/// Flinders Peak, the worked example of the GDA technical manual.
#[test]
fn flinders_peak_in_zone_55_of_australia() {
    let expected = at(-dms(37.0, 57.0, 3.7203), dms(144.0, 25.0, 29.5244));
    assert!(metres_off(28355, (273_741.297, 5_796_489.777), expected) < 0.01);
}

/// Five of the test points that Ordnance Survey publishes with its exact transformation OSTN15,
/// from the Scilly Isles to Shetland. Seven parameters cannot follow the distortions of a survey of
/// 1936: the farthest comes out 4.7 m off.
#[test]
fn corners_of_great_britain() {
    for (x, y, latitude, longitude) in [
        (91_492.146, 11_318.804, 49.922_263_937_3, -6.299_777_520_1),
        (639_821.835, 169_565.858, 51.374_470_255_5, 1.444_547_304_1),
        (422_242.186, 433_818.701, 53.800_215_196_3, -1.663_791_682_4),
        (267_056.768, 846_176.972, 57.486_250_007_2, -4.219_263_985_6),
        (395_999.668, 1_138_728.951, 60.133_080_916_6, -2.073_827_828),
    ] {
        assert!(metres_off(27700, (x, y), at(latitude, longitude)) < 5.0, "{x} {y}");
    }
}

/// A place as the Lands Department's own converter gives it; and the rule it states for the origin
/// of its grid, that WGS-84 lies 5.5″ south and 8.8″ east of HK80. Rotations of the wrong sense
/// would be 50 m off.
#[test]
fn places_in_hong_kong() {
    assert!(metres_off(2326, (832_591.320, 820_351.389), at(22.322_172_084, 114.141_187_917)) < 1.0);
    let origin = at(dms(22.0, 18.0, 43.68 - 5.5), dms(114.0, 10.0, 42.80 + 8.8));
    assert!(metres_off(2326, (836_694.05, 819_069.80), origin) < 2.0);
}

/// Toilets that the city of Seoul published in both EPSG:5181 and WGS-84.
#[test]
fn toilets_of_seoul() {
    for (x, y, longitude, latitude) in [
        (192_026.077_328, 443_662.903_901, 126.909_832_374_684_67, 37.492_386_146_271_72),
        (205_194.096_028, 451_497.295_94, 127.058_789_255_700_35, 37.562_993_938_432_804),
        (189_869.884, 447_426.276_7, 126.885_398_756_278_25, 37.526_273_119_497_596),
    ] {
        assert!(metres_off(5181, (x, y), at(latitude, longitude)) < 1.0);
        assert!(metres_off(5186, (x, y + 100_000.0), at(latitude, longitude)) < 1.0);
    }
}

/// The false origin of a grid is its true one, whatever the scale.
#[test]
fn origins_of_the_other_grids() {
    for (code, x, y, latitude, longitude) in [
        (3826, 250_000.0, 0.0, 0.0, 121.0),
        (5179, 1_000_000.0, 2_000_000.0, 38.0, 127.5),
        (4491, 13_500_000.0, 0.0, 0.0, 75.0),
        (4501, 23_500_000.0, 0.0, 0.0, 135.0),
        (4508, 500_000.0, 0.0, 0.0, 111.0),
        (4512, 500_000.0, 0.0, 0.0, 135.0),
        (4513, 25_500_000.0, 0.0, 0.0, 75.0),
        (4526, 38_500_000.0, 0.0, 0.0, 114.0),
        (4534, 500_000.0, 0.0, 0.0, 75.0),
        (4546, 500_000.0, 0.0, 0.0, 111.0),
        (4547, 500_000.0, 0.0, 0.0, 114.0),
        (4554, 500_000.0, 0.0, 0.0, 135.0),
        (32601, 500_000.0, 0.0, 0.0, -177.0),
        (32649, 500_000.0, 0.0, 0.0, 111.0),
        (32760, 500_000.0, 10_000_000.0, 0.0, 177.0),
    ] {
        assert!(metres_off(code, (x, y), at(latitude, longitude)) < 0.01, "EPSG:{code}");
    }
}

/// On the central meridian the northing is the length of the meridian: for GRS 80, 4,984,944.378 m
/// up to 45° N.
#[test]
fn northings_count_metres_along_the_meridian() {
    const TO_45_NORTH: f64 = 4_984_944.378;
    assert!(metres_off(4547, (500_000.0, TO_45_NORTH), at(45.0, 114.0)) < 0.01);
    assert!(metres_off(32650, (500_000.0, 0.9996 * TO_45_NORTH), at(45.0, 117.0)) < 0.01);
    assert!(metres_off(3826, (250_000.0, 0.9999 * TO_45_NORTH), at(45.0, 121.0)) < 0.01);
}

#[test]
fn every_code_that_the_error_lists_is_read() {
    let listed = [2326, 3826, 3857, 4326, 5179, 5181, 5186, 27700].into_iter();
    let ranges = (4490..=4554).chain(28348..=28358).chain(32601..=32660).chain(32701..=32760);
    for code in listed.chain(ranges) {
        assert!(Projection::epsg(code).is_ok(), "EPSG:{code}");
    }
    for code in [0, 4489, 4555, 5182, 28347, 28359, 32600, 32661, 32700, 32761, u32::MAX] {
        assert_eq!(Projection::epsg(code).unwrap_err(), UnknownEpsg(code));
    }
}

#[test]
fn swapped_or_foreign_coordinates_are_refused() {
    for (code, x, y) in [
        (5181, 443_662.9, 19_202_607.7),
        (27700, 5_651_409.9, 313_177.2),
        (28355, 5_796_489.777, 273_741.297),
        (4547, 38_500_000.0, 3_850_000.0),
        (4547, 500_000.0, 43_850_000.0),
        (3857, 20_037_509.0, 0.0),
        (3857, 0.0, f64::NAN),
        (5181, f64::NAN, 500_000.0),
        (5181, 200_000.0, f64::INFINITY),
    ] {
        let place = Projection::epsg(code).unwrap().to_wgs84(x, y);
        assert_eq!(place, Err(ProjectionError::OutsideArea { code }), "EPSG:{code} {x} {y}");
    }
}

proptest! {
    #[test]
    fn no_coordinates_make_it_panic(x in any::<f64>(), y in any::<f64>(), far_x in -1e8..1e8_f64, far_y in -1e8..1e8_f64) {
        for code in [4326, 3857, 2326, 4526, 27700, 32760] {
            let projection = Projection::epsg(code).unwrap();
            let _ = (projection.to_wgs84(x, y), projection.to_wgs84(far_x, far_y));
        }
    }
}
