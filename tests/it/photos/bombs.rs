//! Pictures made to harm: each is read by a process of its own, whose memory is measured.

use std::path::PathBuf;
use std::process::Command;

use gongce::gateway::pictures::{PictureError, read};

use super::pictures::{
    endless_apng, exif_chain, exif_loop, halves, huge_jpeg, huge_png, huge_webp, jpeg, many_scans, plain, profile_bomb,
    resized, with_segment,
};

/// The variable that names a picture to the process that reads it.
const PICTURE: &str = "PICTURE_TO_READ";

/// What a process may take at its highest, in KiB: itself and its picture.
const MOST: u64 = 256 << 10;

/// The most memory that this process has had at a time, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Reads the picture that a variable names, in the process that [`measured`] starts; else there is none to read.
#[test]
fn child() {
    let Some(file) = std::env::var_os(PICTURE).map(PathBuf::from) else { return };
    let bytes = std::fs::read(&file).unwrap();
    let outcome = match read(&bytes) {
        Ok(picture) => format!("{}x{}", picture.width, picture.height),
        Err(error) => format!("{error:?}").split_whitespace().next().unwrap().to_owned(),
    };
    std::fs::write(file.with_extension("outcome"), format!("{outcome} {}", peak())).unwrap();
}

/// What became of a picture, and the most memory it took in KiB.
fn measured(bytes: &[u8]) -> (String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.picture");
    std::fs::write(&file, bytes).unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "photos::bombs::child"]).env(PICTURE, &file);
    let output = process.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let told = std::fs::read_to_string(file.with_extension("outcome")).unwrap();
    let (outcome, memory) = told.rsplit_once(' ').unwrap();
    (outcome.to_owned(), memory.parse().unwrap())
}

#[test]
fn no_picture_takes_more_memory_than_it_may() {
    let (outcome, at_rest) = measured(&plain(0));
    assert_eq!(outcome, "64x48");
    // The control: what an honest picture of 24 megapixels takes is seen.
    let (outcome, honest) = measured(&jpeg(&halves(6_000, 4_000, 0)));
    assert_eq!(outcome, "2560x1707");
    assert!(honest > at_rest + (60 << 10) && honest < MOST, "{honest} KiB, {at_rest} KiB at rest");
    for (name, bytes, expected) in [
        ("a huge PNG", huge_png(), "TooManyPixels"),
        ("a huge JPEG", huge_jpeg(), "TooManyPixels"),
        ("a huge WebP", huge_webp(), "TooManyPixels"),
        ("an endless animation", endless_apng(), "Animated"),
        ("a profile that unfolds", profile_bomb(), "16x16"),
        ("EXIF that loops", with_segment(&plain(0), 0xe1, &exif_loop()), "Looping"),
        ("EXIF that goes on and on", with_segment(&plain(0), 0xe1, &exif_chain(40)), "Looping"),
        ("EXIF that goes on for a while", with_segment(&plain(0), 0xe1, &exif_chain(20)), "64x48"),
        ("thousands of scans", many_scans(64, 64, 5_000), "TooMuch"),
        ("24 megapixels that are not there", resized(&plain(0), 6_000, 4_000), "2560x1707"),
        ("24 progressive megapixels", many_scans(6_000, 4_000, 8), "2560x1707"),
    ] {
        let (outcome, memory) = measured(&bytes);
        assert_eq!(outcome, expected, "{name}");
        assert!(memory < MOST, "{name}: {memory} KiB, {at_rest} KiB at rest");
    }
}

#[test]
fn what_is_cut_off_or_changed_is_refused_or_read_and_never_more() {
    let whole = plain(0);
    for length in 0..whole.len() {
        drop(read(&whole[..length]));
    }
    for place in 0..whole.len() {
        for byte in [0x00, 0xff, 0x80] {
            let mut bytes = whole.clone();
            bytes[place] = byte;
            drop(read(&bytes));
        }
    }
    for bytes in [&b""[..], b"GIF89a", b"<svg/>", b"%PDF-1.7", b"BM", b"II*\0", &[0; 4_096]] {
        assert_eq!(read(bytes).err(), Some(PictureError::Unknown));
    }
}
