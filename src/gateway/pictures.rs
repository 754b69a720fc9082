//! Pictures from strangers: read by what they are and never by what they say they are, and written anew, so that
//! nothing of the bytes that came is left: no metadata, no place where it was taken, nothing that hung at its end.
//!
//! What a picture can take is settled before it is decoded: its pixels, the memory that decoders need for such a
//! picture, and the scans of a progressive one, by which their time is bounded as well.

mod exif;
mod markup;
mod outline;

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, Rgb, RgbImage, RgbaImage};

/// Pixels of a picture.
pub const MOST_PIXELS: u64 = 24_000_000;

/// Pixels on one side.
const LONGEST_SIDE: u32 = 16_384;

/// Bytes that decoding may take in all.
const MOST_MEMORY: u64 = 176 << 20;

/// Bytes that a PNG may need beside its pixels: a colour profile, a line.
const PNG_BESIDE: u64 = 16 << 20;

/// Pixels on the longer side of what is stored, in its full and in its small form.
const FULL: u32 = 2_560;
const SMALL: u32 = 480;

/// How good the two are, of 100.
const FULL_QUALITY: u8 = 85;
const SMALL_QUALITY: u8 = 75;

/// A picture as it is stored: JPEG, upright, without metadata.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The picture.
    pub full: Vec<u8>,
    /// The same, small.
    pub small: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Why bytes are no picture that is taken, as a sentence about them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// They begin like none.
    #[error("is no picture of a kind that is taken: send a JPEG, PNG or WebP")]
    Unknown,
    /// It has too many pixels.
    #[error("has {width} × {height} pixels: 24 million are taken, and 16,384 on a side")]
    TooManyPixels {
        /// Across.
        width: u32,
        /// Down.
        height: u32,
    },
    /// It takes too much to be read.
    #[error("takes too much memory or too many passes to be read: send it smaller, or as a plain JPEG")]
    TooMuch,
    /// It moves.
    #[error("is a moving picture: send one that stands still")]
    Animated,
    /// What it says of itself leads round in circles.
    #[error("has EXIF that leads back to itself: send it without EXIF")]
    Looping,
    /// A page hides in it.
    #[error("holds a page of the web beside its pixels: send the picture alone")]
    Markup,
    /// It breaks off, or is not what it begins as.
    #[error("cannot be read as the picture that it begins as")]
    Broken,
}

/// Reads a picture. It takes a second or two and much memory: one at a time, and never on a thread that serves requests.
///
/// # Errors
/// [`PictureError`].
pub fn read(bytes: &[u8]) -> Result<Picture, PictureError> {
    let upright = decode(bytes)?;
    let small = within(&upright, SMALL);
    Ok(Picture {
        full: encode(&upright, FULL_QUALITY)?,
        small: encode(small.as_ref().unwrap_or(&upright), SMALL_QUALITY)?,
        width: upright.width(),
        height: upright.height(),
    })
}

/// The pixels, upright and no more of them than are stored.
fn decode(bytes: &[u8]) -> Result<RgbImage, PictureError> {
    let source = || Cursor::new(bytes);
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => {
            let outline::Outline { beside, has_page } = outline::of(bytes)?;
            honest(false, has_page)?;
            pixels(JpegDecoder::new(source()).map_err(|error| told(&error))?, |area| area * beside / 64)
        }
        Ok(ImageFormat::Png) => {
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(PNG_BESIDE);
            let decoder = PngDecoder::with_limits(source(), limits).map_err(|error| told(&error))?;
            honest(markup::png_moves(bytes), markup::is_in_png(bytes))?;
            pixels(decoder, |_| PNG_BESIDE)
        }
        Ok(ImageFormat::WebP) => {
            let decoder = WebPDecoder::new(source()).map_err(|error| told(&error))?;
            honest(decoder.has_animation(), markup::is_in_webp(bytes))?;
            // Planes or a copy with alpha, the alpha by itself.
            pixels(decoder, |area| area * 4)
        }
        _ => Err(PictureError::Unknown),
    }
}

/// Goes on only with a picture that is one picture and nothing else.
fn honest(is_animated: bool, has_page: bool) -> Result<(), PictureError> {
    match (is_animated, has_page) {
        (true, _) => Err(PictureError::Animated),
        (_, true) => Err(PictureError::Markup),
        _ => Ok(()),
    }
}

/// Decodes, if that takes no more than is allowed; `beside` tells the bytes that it takes beside the pixels themselves.
fn pixels(mut decoder: impl ImageDecoder, beside: impl Fn(u64) -> u64) -> Result<RgbImage, PictureError> {
    let (width, height) = decoder.dimensions();
    let area = u64::from(width) * u64::from(height);
    if area == 0 {
        return Err(PictureError::Broken);
    }
    if area > MOST_PIXELS || width.max(height) > LONGEST_SIDE {
        return Err(PictureError::TooManyPixels { width, height });
    }
    if decoder.total_bytes() + beside(area) > MOST_MEMORY {
        return Err(PictureError::TooMuch);
    }
    // What else is wrong with the metadata is no matter: it goes.
    if decoder.exif_metadata().ok().flatten().is_some_and(|block| exif::loops(&block)) {
        return Err(PictureError::Looping);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| told(&error))?;
    if image.width().max(image.height()) > FULL {
        image = image.thumbnail(FULL, FULL);
    }
    image.apply_orientation(orientation);
    Ok(if image.color().has_alpha() { on_white(&image.into_rgba8()) } else { image.into_rgb8() })
}

/// The picture on white paper: what is transparent hides nothing.
fn on_white(image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u16::from);
        let mix = |part: u16| u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([mix(red), mix(green), mix(blue)])
    })
}

/// The same with so many pixels on its longer side, if it has more.
fn within(image: &RgbImage, side: u32) -> Option<RgbImage> {
    let (width, height) = image.dimensions();
    let longer = width.max(height);
    let scaled = |part: u32| u32::try_from(u64::from(part) * u64::from(side) / u64::from(longer)).unwrap_or(1).max(1);
    (longer > side).then(|| image::imageops::thumbnail(image, scaled(width), scaled(height)))
}

fn encode(image: &RgbImage, quality: u8) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).map_err(|error| told(&error))?;
    Ok(bytes)
}

/// What a decoder has against a picture. Its own words may hold bytes of it, and are not repeated.
fn told(error: &ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooMuch,
        _ => PictureError::Broken,
    }
}
