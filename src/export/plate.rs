//! A plate as a drawing to be printed, engraved or cut: SVG in true millimetres, nothing but filled outlines, one colour.

use std::fmt::Write;

use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

use super::glyphs::{outlined, runs};
use crate::domain::plate::{Plate, PlateKind};

/// Millimetres of the whole plate.
const WIDE: f64 = 100.0;
const HIGH: f64 = 140.0;

/// Where the code stands, its quiet zone included: left, top and side, in millimetres.
const CODE: (f64, f64, f64) = (13.0, 31.0, 74.0);

/// Modules that stay light on each side of a code (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// The frame: a border of 1.5 mm.
const FRAME: &str = "M2 2h96v136h-96zM3.5 3.5v133h93v-133z";

/// A broom, light on a dark band: a cleaner's plate.
const STAFF: &str =
    "M3.5 3.5h93v25h-93zM20.5 7v9h-5l-3 9h18l-3-9h-5v-9zM16.5 21h1.2v4h-1.2zM20.9 21h1.2v4h-1.2zM25.3 21h1.2v4h-1.2z";

/// Two people beside a wall, dark on light, and a line below: everybody's plate.
const CITIZEN: &str = "M12.5 7h3v3h-3zM10.5 11h7l1.5 8h-3v6h-4v-6h-3zM27.5 7h3v3h-3zM25.5 11h7v8h-1.5v6h-4v-6h-1.5z\
M21 7h1v18h-1zM3.5 27.5h93v1h-93z";

/// Why there is no drawing.
#[derive(Debug, thiserror::Error)]
#[error("the plate's address does not fit a code")]
pub struct PlateDrawingError(#[source] QrError);

/// Draws a plate: the code of its address, a mark that tells its kind from afar, the toilet's id and number, and the
/// plate's serial. A number with a character that has no outline here (a Chinese one, say) is left out.
///
/// # Errors
/// [`PlateDrawingError`] for an address of more than 1,000 characters.
pub fn plate_drawing(plate: &Plate, url: &str, code: Option<&str>) -> Result<String, PlateDrawingError> {
    let (mark, word) = match plate.kind {
        PlateKind::Staff => (STAFF, "STAFF"),
        PlateKind::Citizen => (CITIZEN, "WC"),
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDE}mm\" height=\"{HIGH}mm\" viewBox=\"0 0 {WIDE} {HIGH}\">\n\
         <title>{} {} {}</title>\n\
         <path fill=\"#fff\" d=\"M0 0h{WIDE}v{HIGH}h-{WIDE}z\"/>\n\
         <path fill-rule=\"evenodd\" d=\"{FRAME}{mark}\"/>\n",
        plate.kind,
        plate.toilet,
        plate.serial.get(),
    );
    let ink = if plate.kind == PlateKind::Staff { "#fff" } else { "#000" };
    put(&mut svg, word, &Room { left: 40.0, top: 9.5, wide: 50.0, high: 12.6 }, ink);
    put_code(&mut svg, url)?;
    put(&mut svg, &format!("#{}", plate.toilet), &Room { left: 8.0, top: 106.0, wide: 84.0, high: 14.0 }, "#000");
    put(&mut svg, code.unwrap_or_default(), &Room { left: 8.0, top: 124.0, wide: 64.0, high: 8.4 }, "#000");
    let serial = format!("S{}", plate.serial.get());
    put(&mut svg, &serial, &Room { left: 76.0, top: 127.4, wide: 16.0, high: 5.0 }, "#000");
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// Where a text may stand, in millimetres.
struct Room {
    left: f64,
    top: f64,
    wide: f64,
    high: f64,
}

/// Dots smaller than this cannot be read, nor be engraved.
const SMALLEST: f64 = 0.4;

/// Puts a text as large as its room allows; one that cannot be drawn legibly is left out.
fn put(svg: &mut String, text: &str, room: &Room, ink: &str) {
    let Some((path, width)) = outlined(text).filter(|(path, _)| !path.is_empty()) else { return };
    let dot = (room.high / 7.0).min(room.wide / f64::from(width));
    if dot < SMALLEST {
        return;
    }
    let Room { left, top, .. } = *room;
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<path fill=\"{ink}\" shape-rendering=\"crispEdges\" transform=\"translate({left} {top}) scale({dot:.4})\" d=\"{path}\"/>"
    );
}

fn put_code(svg: &mut String, url: &str) -> Result<(), PlateDrawingError> {
    // A quarter of the code may be scratched away.
    let code = QrCode::with_error_correction_level(url, EcLevel::Q).map_err(PlateDrawingError)?;
    let modules = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(modules).enumerate() {
        path.push_str(&runs(row.iter().map(|module| *module == Color::Dark), QUIET, y + QUIET));
    }
    let (left, top, side) = CODE;
    let units = u16::try_from(modules + 2 * QUIET).unwrap_or(u16::MAX);
    let scale = side / f64::from(units);
    let _ = writeln!(
        svg,
        "<path shape-rendering=\"crispEdges\" transform=\"translate({left} {top}) scale({scale:.4})\" d=\"{path}\"/>"
    );
    Ok(())
}
