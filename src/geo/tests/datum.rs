use proptest::prelude::*;

use super::{at, metres_apart};
use crate::geo::{Bd09, Crs, Datum, Gcj02, Position, UnknownCrs, Wgs84};

/// The bound on there and back, in metres; the iteration settles far below it.
const TENTH_OF_A_MILLIMETRE: f64 = 1e-4;

/// The customary box, less the two kilometres that both shifts together may carry a point across
/// its edge.
fn well_inside<D: Datum>() -> impl Strategy<Value = Position<D>> {
    // Along 105° E the formula has a square root, whose slope has no bound.
    let latitude = prop_oneof![9 => 0.8493..55.8071, 1 => Just(35.0)];
    let longitude = prop_oneof![8 => 72.034..137.8047, 1 => Just(105.0), 1 => 104.999_999..105.000_001];
    (latitude, longitude).prop_map(|(latitude, longitude)| at(latitude, longitude))
}

fn outside() -> impl Strategy<Value = (f64, f64)> {
    super::anywhere().prop_map(|place| (place.latitude(), place.longitude())).prop_filter("in the box", |place| {
        !((0.8293..=55.8271).contains(&place.0) && (72.004..=137.8347).contains(&place.1))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn there_and_back_from_wgs84(place in well_inside()) {
        let place: Wgs84 = place;
        let gcj = Gcj02::from(place);
        prop_assert!(metres_apart(place, gcj.into()) < TENTH_OF_A_MILLIMETRE);
        prop_assert!(metres_apart(place, Bd09::from(place).into()) < TENTH_OF_A_MILLIMETRE);
        prop_assert!(metres_apart(gcj, Bd09::from(gcj).into()) < TENTH_OF_A_MILLIMETRE);
    }

    #[test]
    fn back_and_there_from_gcj02(place in well_inside()) {
        let place: Gcj02 = place;
        prop_assert!(metres_apart(place, Wgs84::from(place).into()) < TENTH_OF_A_MILLIMETRE);
    }

    #[test]
    fn back_and_there_from_bd09(place in well_inside()) {
        let place: Bd09 = place;
        prop_assert!(metres_apart(place, Gcj02::from(place).into()) < TENTH_OF_A_MILLIMETRE);
        prop_assert!(metres_apart(place, Wgs84::from(place).into()) < TENTH_OF_A_MILLIMETRE);
    }

    #[test]
    fn one_shift_leads_through_gcj02(place in well_inside()) {
        let place: Wgs84 = place;
        prop_assert_eq!(Bd09::from(place), Bd09::from(Gcj02::from(place)));
    }

    #[test]
    fn outside_the_box_all_datums_are_one((latitude, longitude) in outside()) {
        prop_assert_eq!(Gcj02::from(at(latitude, longitude) as Wgs84), at(latitude, longitude));
        prop_assert_eq!(Bd09::from(at(latitude, longitude) as Wgs84), at(latitude, longitude));
        prop_assert_eq!(Wgs84::from(at(latitude, longitude) as Gcj02), at(latitude, longitude));
        prop_assert_eq!(Bd09::from(at(latitude, longitude) as Gcj02), at(latitude, longitude));
        prop_assert_eq!(Wgs84::from(at(latitude, longitude) as Bd09), at(latitude, longitude));
        prop_assert_eq!(Gcj02::from(at(latitude, longitude) as Bd09), at(latitude, longitude));
    }

    #[test]
    fn what_is_written_in_a_datum_is_read_back_to_two_centimetres(place in well_inside()) {
        for crs in Crs::ALL {
            let (latitude, longitude) = crs.write(place);
            let back = crs.read(latitude, longitude);
            prop_assert!(back.is_ok_and(|back| metres_apart(place, back) < 0.02));
        }
    }
}

/// Latitude and longitude of five cities in WGS-84, GCJ-02 and BD-09, as the map services convert
/// them.
const CITIES: [(&str, [(f64, f64); 3]); 5] = [
    ("洛阳", [(34.620_694_3, 112.447_775), (34.619_686_1, 112.454_046_2), (34.625_936_4, 112.460_469_5)]),
    ("三亚", [(18.254_541_7, 109.507_813), (18.252_852_4, 109.511_913_5), (18.258_587_8, 109.518_470_3)]),
    ("喀什", [(39.470_184, 75.986_808_9), (39.470_406_4, 75.989_760_2), (39.476_404_8, 75.996_250_2)]),
    ("哈尔滨", [(45.801_778_3, 126.528_903), (45.803_780_4, 126.534_972_6), (45.809_407_4, 126.541_587_5)]),
    ("拉萨", [(29.655_277, 91.170_641_4), (29.652_495_4, 91.172_116_7), (29.658_529_4, 91.178_618_4)]),
];

#[test]
fn cities_lie_where_the_map_services_put_them() {
    for (city, [wgs, gcj, bd]) in CITIES {
        let (wgs, gcj): (Wgs84, Gcj02) = (at(wgs.0, wgs.1), at(gcj.0, gcj.1));
        assert!(metres_apart(wgs.into(), gcj) < 1.0, "{city}: WGS-84 to GCJ-02");
        assert!(metres_apart(gcj.into(), at(bd.0, bd.1) as Bd09) < 0.05, "{city}: GCJ-02 to BD-09");
    }
}

/// Mixing the datums up in Mengjin costs this much, which is why the type carries them.
#[test]
fn the_shift_in_mengjin_is_more_than_half_a_kilometre() {
    let place: Wgs84 = at(34.8264, 112.4364);
    let misread: Wgs84 = at(Gcj02::from(place).latitude(), Gcj02::from(place).longitude());
    assert!((548.0..587.0).contains(&metres_apart(place, misread)));
}

#[test]
fn names_of_datums() {
    for crs in Crs::ALL {
        assert_eq!(crs.as_str().parse(), Ok(crs));
    }
    assert_eq!("EPSG:4326".parse::<Crs>(), Err(UnknownCrs));
    assert_eq!(UnknownCrs.to_string(), "the datum must be wgs84, gcj02 or bd09");
    assert!(Crs::Gcj02.read(f64::NAN, 112.0).is_err());
}
