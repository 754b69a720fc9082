//! Cuts of power: the file system lies in an image on a loop device, and what of the image had left the file system when
//! the power went is what a disk would hold. `kill -9` alone proves little, since the kernel goes on writing.
//!
//! For root, who may mount: `CUTS=50 cargo test --test it power -- --ignored --nocapture`.

#![expect(clippy::print_stdout, reason = "it says why it is skipped, and what was lost")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::storm::{Stormy, assert_clean, environment, times};
use super::*;
use crate::harness::program::Server;
use crate::harness::stores::Kind;

/// Runs a program of the system; answers whether it went well.
fn system(program: &str, arguments: &[&Path]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// A file system in an image, until it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    /// `None` where this machine does not let us.
    fn of(image: &Path, at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        // Nothing is written back before somebody asks for it, but for what the kernel thinks old.
        system("mount", &["-o".as_ref(), "loop,commit=300".as_ref(), image, at]).then(|| Self(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        system("umount", &[&self.0]);
    }
}

fn formatted(image: &Path) -> bool {
    fs::File::create(image).unwrap().set_len(96 << 20).unwrap();
    system("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), image])
}

/// Has every wish that something be on disk granted at once and not fulfilled: what `synchronous = OFF` does, without a
/// setting for it in the program.
fn deaf(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("deaf.c"), folder.join("deaf.so"));
    fs::write(&source, "int fsync(int file) { return 0; }\nint fdatasync(int file) { return 0; }\n").unwrap();
    assert!(system("cc", &["-shared".as_ref(), "-fPIC".as_ref(), "-o".as_ref(), &library, &source]));
    library
}

/// A storm at whose height the power goes. What is wrong after that, if this machine lets us try.
async fn cut(prepared: &Database, stormy: &Stormy, deaf: Option<&Path>, round: usize) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let (image, left, at) = (folder.path().join("image"), folder.path().join("left"), folder.path().join("at"));
    if !formatted(&image) {
        return None;
    }
    let mounted = Mounted::of(&image, &at)?;
    let file = at.join("gongce.db");
    fs::copy(prepared.folder.path().join("gongce.db"), &file).unwrap();
    assert!(system("sync", &["-f".as_ref(), &file]));
    let url = format!("sqlite://{}", file.display());
    let mut stormy = stormy.afresh(&url);
    let preload = deaf.map(|library| library.to_str().unwrap().to_owned());
    let blown = tokio::task::spawn_blocking({
        let (image, left, at) = (image.clone(), left.clone(), at.clone());
        move || {
            let mut variables = environment(&url).to_vec();
            variables.extend(preload.as_deref().map(|library| ("LD_PRELOAD", library)));
            let server = Server::start_with(&at, &variables);
            let address = server.address.clone();
            stormy.storm(&address, 5 + round % 17, || {
                // From here on nothing is acknowledged; what was is in the image, or lost.
                let stop = Command::new("kill").args(["-STOP", &server.pid().to_string()]).status();
                assert!(stop.unwrap().success());
                fs::copy(&image, &left).unwrap();
                server.kill();
            });
            stormy
        }
    });
    let stormy = blown.await.unwrap();
    drop(mounted);
    let _mounted = Mounted::of(&left, &at)?;
    let wrong = stormy.wrong(&stormy.url).await;
    if deaf.is_none() {
        let database = Database::at(Kind::Sqlite, stormy.url.clone(), tempfile::tempdir().unwrap());
        assert_clean(&database).await;
    }
    Some(wrong)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "for root, who may mount"]
async fn nothing_acknowledged_is_lost_when_the_power_is_cut() {
    let prepared = Database::migrated(Kind::Sqlite).await;
    let stormy = Stormy::on(&prepared).await;
    // All of it into the one file that is copied.
    let raw = sea_orm::Database::connect(&prepared.url).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&raw, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    raw.close().await.unwrap();
    let library = deaf(prepared.folder.path());
    let (cuts, mut lost) = (times("CUTS"), 0);
    for round in 0..cuts {
        let Some(wrong) = cut(&prepared, &stormy, None, round).await else {
            println!("skipped: this takes root, mkfs.ext4 and loop devices");
            return;
        };
        assert_eq!(wrong, [""; 0], "cut {round}");
        let without = cut(&prepared, &stormy, Some(&library), round).await.unwrap_or_default();
        lost += usize::from(!without.is_empty());
    }
    println!("{cuts} cuts: nothing was lost; without fsync something was in {lost} of them");
    assert!(lost > 0, "the control loses nothing, so that this shows nothing");
}
