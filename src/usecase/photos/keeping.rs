//! Keeping house: photos that nothing shows go, what WeChat was not asked is asked again, and what is missing is found.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::{Photos, SETTING, checking, entry, photos};
use crate::domain::draft::Fields;
use crate::domain::event::{Action, changes};
use crate::domain::photo::{Digest, Photo, PhotoFile};
use crate::store::{Finding, Store};
use crate::usecase::{Ctx, Failure};

/// For how long a photo may be in no use.
const UNUSED: TimeDelta = TimeDelta::hours(24);

/// After what time WeChat has forgotten a check: its word comes within half an hour.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// For how long it is asked again and again.
const HOPE: TimeDelta = TimeDelta::days(3);

/// Photos that are asked about anew at a time.
const ASKED: u64 = 20;

/// How often the house is kept.
const EVERY: Duration = Duration::from_mins(10);

/// Files looked for at a time.
const PAGE: u64 = 500;

/// The name of the check of files.
pub const CHECK: &str = "photo files";

/// What a sweep took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Photos that nothing had shown for a day.
    pub photos: usize,
    /// Files that no photo named any more.
    pub files: usize,
}

/// Keeps the house until the task is dropped. A failure is logged and tried again.
pub async fn keep(ctx: Arc<Ctx>) {
    loop {
        match sweep(&ctx).await {
            Ok(Swept { photos: 0, files: 0 }) => {}
            Ok(Swept { photos, files }) => tracing::info!(photos, files, "photos swept that nothing shows"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "cannot sweep photos"),
        }
        if let Err(error) = remind(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot have photos checked");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Removes photos that nothing has shown for a day, and files that no photo names any more. Several processes may do so
/// at once.
///
/// # Errors
/// What the store or the files fail with; what was not deleted is taken up by the next sweep.
pub async fn sweep(ctx: &Ctx) -> Result<Swept, Failure> {
    let files = &photos(ctx)?.files;
    let since = ctx.clock.now() - UNUSED;
    let removed = ctx.store.write(ctx.author("sweep"), move |tx| {
        Box::pin(async move {
            let removed = tx.remove_unused_photos(since).await?;
            let gone = |photo: &Photo| {
                let last = Photo { revision: photo.revision + 1, ..photo.clone() };
                entry(&last, Action::Delete, changes(&photo.fields(), &Fields::new()))
            };
            tx.append(removed.iter().map(gone).collect()).await?;
            Ok::<_, Failure>(removed.len())
        })
    });
    let removed = removed.await?;
    let leaving = ctx.store.write(ctx.author("sweep"), move |tx| {
        Box::pin(async move { tx.take_leave_of_photo_files(since).await.map_err(Failure::from) })
    });
    let leaving: Vec<Digest> = leaving.await?;
    for content in &leaving {
        for key in PhotoFile::keys(content) {
            files.delete(&key).await?;
        }
    }
    let count = leaving.len();
    if count > 0 {
        let forgotten = ctx.store.write(ctx.author("sweep"), move |tx| {
            Box::pin(async move { tx.forget_photo_files(&leaving).await.map_err(Failure::from) })
        });
        forgotten.await?;
    }
    Ok(Swept { photos: removed, files: count })
}

/// Asks WeChat about photos that wait for its word, where it could not be asked or never answered.
///
/// # Errors
/// What the store fails with.
pub async fn remind(ctx: &Ctx) -> Result<(), Failure> {
    if checking::is_on(ctx) {
        let now = ctx.clock.now();
        for photo in ctx.store.photos_to_check(now - HOPE, now - FORGOTTEN, ASKED).await? {
            checking::ask(ctx, &photo).await;
        }
    }
    Ok(())
}

/// The files of photos that are not where they should be.
///
/// # Errors
/// What the store or the files fail with.
pub async fn missing(store: &Store, photos: Option<&Photos>) -> Result<Vec<Finding>, Failure> {
    let Some(photos) = photos else {
        let message = format!("there are photos, and nobody said where their files are: set {SETTING}");
        return Ok(vec![Finding { check: CHECK, table: None, key: None, message }]);
    };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.photo_files_after(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.clone());
        for content in &page {
            for key in PhotoFile::keys(content) {
                if !photos.files.holds(&key).await? {
                    let message = format!("{key} is not in {}", photos.files.place());
                    let (table, key) = (Some("photo_file".to_owned()), Some(content.to_string()));
                    found.push(Finding { check: CHECK, table, key, message });
                }
            }
        }
    }
}
