//! A drawn plate can be scanned: its outlines are filled dot by dot, and a reader of codes looks at the picture.

use gongce::domain::id::ToiletId;
use gongce::domain::plate::{Plate, PlateKind, Serial};
use gongce::export::plate_drawing;
use poem::http::Method;

use super::service;
use crate::harness::make::keys;
use crate::harness::stores::on_both;

/// Dots to a millimetre.
const FINE: usize = 6;
const WIDE: usize = 100 * FINE;
const HIGH: usize = 140 * FINE;

/// The value of an attribute of an element.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    element.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The corners of each closed outline of a path, which knows `M`, `h`, `v`, `l` and `z` alone.
fn outlines(data: &str) -> Vec<Vec<(f64, f64)>> {
    let mut outlines = Vec::new();
    let spaced: String =
        data.chars().flat_map(|c| if c.is_ascii_alphabetic() { vec![' ', c, ' '] } else { vec![c] }).collect();
    let spaced = spaced.replace('-', " -");
    let mut parts = spaced.split([' ', ',']).filter(|part| !part.is_empty()).peekable();
    let (mut at, mut corners, mut command) = ((0.0, 0.0), Vec::new(), "");
    while let Some(part) = parts.peek().copied() {
        if part.chars().all(|c| c.is_ascii_alphabetic()) {
            command = part;
            parts.next();
        }
        let mut number = || parts.next().unwrap().parse::<f64>().unwrap();
        match command {
            "M" => at = (number(), number()),
            "h" => at.0 += number(),
            "v" => at.1 += number(),
            "l" => at = (at.0 + number(), at.1 + number()),
            "z" => {
                outlines.push(std::mem::take(&mut corners));
                continue;
            }
            other => panic!("{other} in {data}"),
        }
        corners.push(at);
    }
    outlines
}

fn is_inside(corners: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let mut inside = false;
    for (place, &(x1, y1)) in corners.iter().enumerate() {
        let (x2, y2) = corners[(place + 1) % corners.len()];
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
    }
    inside
}

/// Whether each dot of the drawing is dark.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "dots are few"
)]
fn picture(svg: &str) -> Vec<bool> {
    let mut dark = vec![false; WIDE * HIGH];
    for element in svg.split("<path").skip(1).map(|rest| rest.split("/>").next().unwrap()) {
        let is_white = attribute(element, "fill") == Some("#fff");
        let transform = attribute(element, "transform").unwrap_or("translate(0 0) scale(1)");
        let numbers: Vec<f64> = transform.split(['(', ')', ' ']).filter_map(|part| part.parse().ok()).collect();
        let [left, top, scale] = numbers[..] else { panic!("{transform}") };
        let mut filled = vec![false; WIDE * HIGH];
        for corners in outlines(attribute(element, "d").unwrap()) {
            let corners: Vec<_> = corners.iter().map(|(x, y)| (left + x * scale, top + y * scale)).collect();
            let bound = |value: f64, most: usize| ((value * FINE as f64) as usize).min(most);
            let (xs, ys) = (corners.iter().map(|corner| corner.0), corners.iter().map(|corner| corner.1));
            let columns = bound(xs.clone().fold(f64::MAX, f64::min), WIDE)..bound(xs.fold(0.0, f64::max) + 1.0, WIDE);
            for row in bound(ys.clone().fold(f64::MAX, f64::min), HIGH)..bound(ys.fold(0.0, f64::max) + 1.0, HIGH) {
                for column in columns.clone() {
                    let middle = ((column as f64 + 0.5) / FINE as f64, (row as f64 + 0.5) / FINE as f64);
                    filled[row * WIDE + column] ^= is_inside(&corners, middle);
                }
            }
        }
        for (dot, _) in dark.iter_mut().zip(filled).filter(|(_, filled)| *filled) {
            *dot = !is_white;
        }
    }
    dark
}

/// What a reader of codes finds in a picture.
fn read(dark: &[bool]) -> Vec<String> {
    let shades: Vec<u8> = dark.iter().map(|dot| if *dot { 0 } else { 255 }).collect();
    let mut reader = quircs::Quirc::default();
    let codes = reader.identify(WIDE, HIGH, &shades).filter_map(|code| code.ok()?.decode().ok());
    codes.map(|code| String::from_utf8(code.payload).unwrap()).collect()
}

fn plate(kind: PlateKind) -> Plate {
    Plate { kind, toilet: ToiletId(17), serial: Serial::FIRST }
}

#[test]
fn the_drawing_scans() {
    for kind in PlateKind::ALL {
        let token = plate(*kind).token(&keys("1")).unwrap();
        for host in ["toilets.example", "a-rather-long-name.of-an-office.mengjin.luoyang.henan.example:8443"] {
            let url = format!("https://{host}/p/{token}");
            let svg = plate_drawing(&plate(*kind), &url, Some("MJ0017")).unwrap();
            let mut dark = picture(&svg);
            assert_eq!(read(&dark), [url.as_str()], "{kind}");
            // A scratch across the code, a tenth of it; and without the code nothing is read.
            for row in 60 * FINE..66 * FINE {
                dark[row * WIDE + 20 * FINE..row * WIDE + 60 * FINE].fill(false);
            }
            assert_eq!(read(&dark), [url.as_str()], "{kind}, scratched");
            dark[31 * FINE * WIDE..105 * FINE * WIDE].fill(false);
            assert!(read(&dark).is_empty());
        }
    }
}

#[test]
fn the_two_kinds_differ_at_a_glance() {
    let [staff, citizen] = [PlateKind::Staff, PlateKind::Citizen].map(|kind| {
        let dark = picture(&plate_drawing(&plate(kind), "https://toilets.example/p/x", None).unwrap());
        let band = &dark[5 * FINE * WIDE..27 * FINE * WIDE];
        (100 * band.iter().filter(|dot| **dot).count()) / band.len()
    });
    assert!(staff > 70 && citizen < 30, "{staff} % of one top and {citizen} % of the other are dark");
}

#[test]
fn it_needs_no_font_and_no_style() {
    let draw = |code| plate_drawing(&plate(PlateKind::Staff), "https://toilets.example/p/x", code).unwrap();
    let svg = draw(Some("MJ0017"));
    for word in ["<text", "font", "style", "<image", "href"] {
        assert!(!svg.contains(word), "{word}");
    }
    assert!(svg.starts_with(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100mm\" height=\"140mm\" viewBox=\"0 0 100 140\">"
    ));
    assert_ne!(svg, draw(None));
    for undrawable in ["孟津17", "<script>", &"8".repeat(128)] {
        assert_eq!(draw(Some(undrawable)), draw(None), "{undrawable} is left out");
    }
}

on_both! {
    async fn the_service_draws_the_plate_that_counts(database: Database) {
        let app = service(&database, "one").await;
        assert_eq!(app.replace("citizen", 1).await.status, 201);
        for kind in ["staff", "citizen"] {
            let answer = app.signed(Method::GET, &format!("/drawing?kind={kind}"), "").await;
            assert_eq!((answer.status, answer.header("content-type"), answer.header("cache-control")), (200, "image/svg+xml", "no-store"));
            let url = format!("https://toilets.example/p/{}", app.token(kind).await);
            assert_eq!(read(&picture(&answer.text)), [url.as_str()], "{kind}");
        }
    }
}
