//! What comes out of a picture: upright pixels, and nothing else of what went in.

use gongce::domain::account::Role;
use image::{ImageFormat, Rgba, RgbaImage};

use super::pictures::{chunk, endless_apng, exif, exif_loop, halves, jpeg, plain, png, with_segment, written};
use super::{attach, fetch, path, send, service, toilet};
use crate::harness::stores::on_both;

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// The markers of a JPEG up to its scan.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let (mut at, mut found) = (2, Vec::new());
    while jpeg[at + 1] != 0xda {
        found.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

on_both! {
    async fn where_a_picture_was_taken_never_survives(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        let sent = with_segment(&with_segment(&plain(0), 0xe1, &exif(1)), 0xfe, b"canary-comment");
        assert!(holds(&sent, "canary-gps") && holds(&sent, "canary-comment"), "the control");
        // What phones leave behind the picture: a film, another picture.
        let film = [&sent[..], b"\0\0\0\x18ftypmp42canary-film", &sent].concat();
        for (number, bytes) in [(1, &sent), (2, &film)] {
            assert_eq!(send(&service, &token, number, bytes).await.status, 201);
            assert_eq!(attach(&service, &token, &toilet, number, i32::try_from(number).unwrap()).await.status, 200);
            for form in [path(number), format!("{}/thumbnail", path(number))] {
                let seen = fetch(&service, &form, "", &[]).await;
                assert_eq!((seen.status, seen.header("content-type")), (200, "image/jpeg"));
                assert_eq!(seen.header("x-content-type-options"), "nosniff");
                for canary in ["canary", "Exif", "GPS", "script", "html"] {
                    assert!(!holds(&seen.bytes, canary), "{canary} in {form}");
                }
                assert_eq!(markers(&seen.bytes).iter().filter(|marker| **marker > 0xe0).count(), 0, "no segment but JFIF's");
                assert!(seen.bytes.ends_with(&[0xff, 0xd9]), "nothing hangs at its end");
            }
        }
        for entry in std::fs::read_dir(database.folder.path().join("photos")).unwrap() {
            for file in std::fs::read_dir(entry.unwrap().path()).unwrap() {
                assert!(!holds(&std::fs::read(file.unwrap().path()).unwrap(), "canary"), "nor among the files");
            }
        }
    }
}

on_both! {
    async fn a_picture_is_turned_upright(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Cleaner, "").await;
        // Left half red, right half blue: where red is in the end tells how it was turned.
        for (orientation, size, red, blue) in [
            (1, (80, 40), (10, 20), (70, 20)),
            (2, (80, 40), (70, 20), (10, 20)),
            (3, (80, 40), (70, 20), (10, 20)),
            (4, (80, 40), (10, 20), (70, 20)),
            (5, (40, 80), (20, 10), (20, 70)),
            (6, (40, 80), (20, 10), (20, 70)),
            (7, (40, 80), (20, 70), (20, 10)),
            (8, (40, 80), (20, 70), (20, 10)),
            // No such orientation: as it is.
            (99, (80, 40), (10, 20), (70, 20)),
        ] {
            let sent = with_segment(&jpeg(&halves(80, 40, 0)), 0xe1, &exif(orientation));
            let answer = send(&service, &token, orientation, &sent).await.json_of(201);
            assert_eq!((&answer["width"], &answer["height"]), (&size.0.into(), &size.1.into()), "{orientation}");
            let seen = fetch(&service, &path(orientation), &token, &[]).await;
            let picture = image::load_from_memory_with_format(&seen.bytes, ImageFormat::Jpeg).unwrap().into_rgb8();
            assert_eq!(picture.dimensions(), size);
            let (red, blue) = (picture.get_pixel(red.0, red.1), picture.get_pixel(blue.0, blue.1));
            assert!(red[0] > 200 && red[2] < 60 && blue[2] > 200 && blue[0] < 60, "{orientation}: {red:?} {blue:?}");
        }
    }
}

/// A WebP with one more chunk at its end.
fn with_chunk(webp: &[u8], name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let inside = [&webp[8..], &name, &length(content.len()), content, &[0][..content.len() % 2]].concat();
    [&b"RIFF"[..], &length(inside.len()), &inside].concat()
}

on_both! {
    async fn what_is_more_than_one_picture_is_refused(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Cleaner, "").await;
        let (page, packet) = (b"<HTML><script>alert(1)</script>", b"<?xpacket?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
        let (photo, image) = (plain(0), halves(16, 16, 0));
        let text = |said: &[u8]| png(16, 16, &chunk(*b"tEXt", &[b"Comment\0", said].concat()), &[]);
        let webp = written(&image, ImageFormat::WebP);
        for (number, bytes, refused) in [
            (1, with_segment(&photo, 0xfe, page), "hiddenMarkup"),
            (2, with_segment(&photo, 0xe1, page), "hiddenMarkup"),
            (3, [&photo[..], page].concat(), "hiddenMarkup"),
            (4, text(page), "hiddenMarkup"),
            (5, [&text(b"hello")[..], page].concat(), "hiddenMarkup"),
            (6, with_chunk(&webp, *b"XMP ", page), "hiddenMarkup"),
            (7, [&webp[..], page].concat(), "hiddenMarkup"),
            (8, endless_apng(), "animatedPicture"),
            (9, with_segment(&photo, 0xe1, &exif_loop()), "loopingExif"),
        ] {
            let (code, faults) = send(&service, &token, number, &bytes).await.problem(422);
            assert_eq!((code.as_str(), faults), ("invalid", vec![("file".to_owned(), refused.to_owned())]), "{number}");
        }
        // The control: what programs say of pictures.
        for (number, bytes) in [
            (11, with_segment(&photo, 0xe1, packet)),
            (12, text(packet)),
            (13, with_chunk(&webp, *b"XMP ", packet)),
        ] {
            assert_eq!(send(&service, &token, number, &bytes).await.status, 201, "{number}");
        }
        // Neither is a page that only goes on like a picture.
        let polyglot = [&b"<html>"[..], &photo].concat();
        assert_eq!(send(&service, &token, 20, &polyglot).await.status, 415);
    }
}

on_both! {
    async fn large_ones_are_made_smaller_and_transparent_ones_hide_nothing(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Cleaner, "").await;
        let answer = send(&service, &token, 1, &jpeg(&halves(3_000, 1_500, 0))).await.json_of(201);
        assert_eq!((&answer["width"], &answer["height"]), (&2_560.into(), &1_280.into()));
        let small = fetch(&service, &format!("{}/thumbnail", path(1)), &token, &[]).await;
        let small = image::load_from_memory_with_format(&small.bytes, ImageFormat::Jpeg).unwrap();
        assert_eq!((small.width(), small.height()), (480, 240));

        let mut hidden = std::io::Cursor::new(Vec::new());
        let colour = |x: u32, _| Rgba([200, 0, 0, if x < 16 { 0 } else { 255 }]);
        RgbaImage::from_fn(32, 32, colour).write_to(&mut hidden, ImageFormat::Png).unwrap();
        assert_eq!(send(&service, &token, 2, &hidden.into_inner()).await.status, 201);
        let seen = fetch(&service, &path(2), &token, &[]).await;
        let seen = image::load_from_memory_with_format(&seen.bytes, ImageFormat::Jpeg).unwrap().into_rgb8();
        assert!(seen.get_pixel(4, 16).0.iter().all(|part| *part > 240), "white where nothing was to be seen");
        assert!(seen.get_pixel(28, 16)[1] < 60, "the control");
    }
}
