//! Pictures, honest and otherwise, made byte by byte.

use std::io::{Cursor, Write};

use flate2::Crc;
use flate2::write::ZlibEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};

/// A picture whose left half is red and whose right half is blue, a little darker by each number.
pub(super) fn halves(width: u32, height: u32, number: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        let bright = 255 - number;
        if x < width / 2 { Rgb([bright, 0, 0]) } else { Rgb([0, 0, bright]) }
    })
}

/// As a JPEG.
pub(super) fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(image).unwrap();
    bytes
}

/// A small honest JPEG; another for each number.
pub(crate) fn plain(number: u8) -> Vec<u8> {
    jpeg(&halves(64 + u32::from(number / 16), 48, number.wrapping_mul(16)))
}

/// As a PNG or WebP.
pub(super) fn written(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with a further segment after its beginning.
pub(super) fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
}

/// An entry of a directory of EXIF: tag, type, count, and the value or where it is.
fn tag(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
}

fn directory(tags: &[Vec<u8>], next: u32) -> Vec<u8> {
    let count = u16::try_from(tags.len()).unwrap().to_le_bytes();
    [&count[..], &tags.concat(), &next.to_le_bytes()].concat()
}

/// EXIF as a phone writes it: how the phone was held, and where.
pub(super) fn exif(orientation: u32) -> Vec<u8> {
    let (place, text) = (200_u32, b"canary-gps-34.8264N");
    let first = directory(&[tag(0x112, 3, 1, orientation), tag(0x8825, 4, 1, 100)], 0);
    let gps = directory(&[tag(1, 2, 2, u32::from(b'N')), tag(27, 7, 19, place)], 0);
    let mut bytes = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    bytes.extend(first);
    bytes.resize(6 + 100, 0);
    bytes.extend(gps);
    bytes.resize(6 + 200, 0);
    bytes.extend(text);
    bytes
}

/// EXIF whose directories lead to themselves and to each other, for ever.
pub(super) fn exif_loop() -> Vec<u8> {
    let first = directory(&[tag(0x8769, 4, 1, 8), tag(0x8825, 4, 1, 8), tag(0x14a, 4, u32::MAX, 8)], 8);
    [&b"Exif\0\0II*\0\x08\0\0\0"[..], &first].concat()
}

/// EXIF of so many directories, each of which leads to the next.
pub(super) fn exif_chain(length: u32) -> Vec<u8> {
    let directories = (1..=length).flat_map(|number| directory(&[], if number == length { 0 } else { 8 + number * 6 }));
    b"Exif\0\0II*\0\x08\0\0\0".iter().copied().chain(directories).collect()
}

/// A chunk of a PNG.
pub(super) fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(content);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[..], &kind, content, &sum.sum().to_be_bytes()].concat()
}

fn zeros(count: usize) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = vec![0; 1 << 16];
    for _ in 0..count / piece.len() {
        packed.write_all(&piece).unwrap();
    }
    packed.write_all(&piece[..count % piece.len()]).unwrap();
    packed.finish().unwrap()
}

fn header(width: u32, height: u32, colour: u8) -> Vec<u8> {
    chunk(*b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, colour, 0, 0, 0]].concat())
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A grey PNG of one colour.
pub(super) fn png(width: u32, height: u32, before: &[u8], after: &[u8]) -> Vec<u8> {
    let rows = usize::try_from((width + 1) * height).unwrap();
    let end = chunk(*b"IEND", &[]);
    [PNG, &header(width, height, 0), before, &chunk(*b"IDAT", &zeros(rows)), after, &end].concat()
}

/// 50,000 × 50,000 pixels in 20 KB, of which only the beginning is there.
pub(super) fn huge_png() -> Vec<u8> {
    let pixels = chunk(*b"IDAT", &zeros(18_000_000));
    let bytes = [PNG, &header(50_000, 50_000, 6), &pixels, &chunk(*b"IEND", &[])].concat();
    assert!(bytes.len() < 20_480, "{}", bytes.len());
    bytes
}

/// An animation that says it never ends, with a hundred thousand frames.
pub(super) fn endless_apng() -> Vec<u8> {
    let control = chunk(*b"acTL", &[&u32::MAX.to_be_bytes()[..], &[0; 4]].concat());
    let mut frames = Vec::new();
    for number in (0_u32..200_000).step_by(2) {
        let size = [&16_u32.to_be_bytes()[..], &16_u32.to_be_bytes()].concat();
        frames.extend(chunk(*b"fcTL", &[&number.to_be_bytes()[..], &size, &[0; 14]].concat()));
        frames.extend(chunk(*b"fdAT", &(number + 1).to_be_bytes()));
    }
    png(16, 16, &control, &frames)
}

/// A PNG whose colour profile unfolds to half a gigabyte.
pub(super) fn profile_bomb() -> Vec<u8> {
    let profile = [&b"p\0\0"[..], &zeros(512 << 20)].concat();
    png(16, 16, &chunk(*b"iCCP", &profile), &[])
}

/// A WebP that is said to be as large as a WebP can be.
pub(super) fn huge_webp() -> Vec<u8> {
    let size = 0x3ffe_u32 | 0x3ffe << 14;
    let content = [&[0x2f][..], &size.to_le_bytes(), &[0; 32]].concat();
    let length = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let padded = [&content[..], &[0][..content.len() % 2]].concat();
    let inside = [&b"WEBPVP8L"[..], &length(content.len()), &padded].concat();
    [&b"RIFF"[..], &length(inside.len()), &inside].concat()
}

/// A JPEG that is said to be as large as a JPEG can be.
pub(super) fn huge_jpeg() -> Vec<u8> {
    resized(&plain(0), 65_500, 65_500)
}

/// A JPEG that says it has another size.
pub(super) fn resized(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// A progressive JPEG in grey with a first scan and so many more, each a few bytes that go over every block.
pub(super) fn many_scans(width: u16, height: u16, more: usize) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, content].concat()
    };
    let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let frame = segment(0xc2, &[&[8][..], &size, &[1, 1, 0x11, 0]].concat());
    let quantisation = segment(0xdb, &[&[0][..], &[1; 64]].concat());
    // One code of one bit in each table: no difference, and the end of 16,384 bands or more.
    let table = |class: u8, symbol: u8| segment(0xc4, &[&[class, 1][..], &[0; 15], &[symbol]].concat());
    let tables = [table(0, 0), table(0x10, 0xe0)].concat();
    let first = [segment(0xda, &[1, 1, 0, 0, 0, 0]), vec![0; blocks.div_ceil(8)]].concat();
    // 0 and fourteen ones, 15 bits for 32,767 blocks. What is 0xff in them is followed by a zero.
    let runs = blocks.div_ceil(32_767);
    let bits = (0..runs * 15).map(|bit| bit % 15 != 0).collect::<Vec<_>>();
    let bytes = bits.chunks(8).map(|bits| bits.iter().enumerate().map(|(at, bit)| u8::from(*bit) << (7 - at)).sum());
    let stuffed: Vec<u8> = bytes.flat_map(|byte: u8| if byte == 0xff { vec![0xff, 0] } else { vec![byte] }).collect();
    let refining = |low: u8| [segment(0xda, &[1, 1, 0, 1, 63, low]), stuffed.clone()].concat();
    let others: Vec<u8> = (0..more).flat_map(|scan| refining(if scan == 0 { 1 } else { 0x10 })).collect();
    [&[0xff, 0xd8][..], &quantisation, &frame, &tables, &first, &others, &[0xff, 0xd9]].concat()
}
