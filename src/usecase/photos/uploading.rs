//! Taking a photo: once for its id, decoded in turn, stored, and put on record.

use std::sync::Arc;
use std::time::Duration;

use chrono::SubsecRound;

use super::{checking, entry, photos};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::draft::Fields;
use crate::domain::event::{self, changes};
use crate::domain::photo::{Digest, Photo, PhotoFile, PhotoId, PhotoState};
use crate::domain::policy::Action;
use crate::gateway::pictures::{self, Picture, PictureError};
use crate::store::Tx;
use crate::usecase::permission::scope;
use crate::usecase::{By, Ctx, Failure, cleanings};

/// How long somebody waits for a turn before being asked to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// When to come again where the same picture is just being deleted.
const LEAVING: Duration = Duration::from_secs(2);

/// A photo as a client sends it.
#[derive(Debug)]
pub struct Sent {
    /// The id that the client made for it.
    pub id: PhotoId,
    /// The hash of its bytes, as the client says.
    pub sha256: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A photo on record.
#[derive(Debug)]
pub struct Uploaded {
    /// The photo.
    pub photo: Photo,
    /// Whether it is new; else the same was sent before.
    pub is_new: bool,
}

/// Goes on only if the caller may send photos, and there is a place for them.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotConfigured`].
pub fn allowed(ctx: &Ctx, actor: &Actor) -> Result<(), Failure> {
    scope(actor, Action::UploadPhoto)?;
    photos(ctx).map(drop)
}

/// Takes a photo. The same again, by the same person, changes nothing and is answered with what is there.
///
/// It goes on when the caller is gone: a file that was stored is put on record.
///
/// # Errors
/// As [`allowed`]; [`Failure::Invalid`] or [`Failure::Unsupported`] for what is no picture that is taken, or arrived
/// otherwise than it was sent; [`Failure::Conflict`] where something else was sent under the id;
/// [`Failure::Unavailable`] where too many wait.
pub async fn upload(ctx: &Arc<Ctx>, by: By, sent: Sent) -> Result<Uploaded, Failure> {
    allowed(ctx, &by.actor)?;
    let task = tokio::spawn(take(Arc::clone(ctx), by, sent));
    task.await.map_err(|panic| Failure::Internal(Box::new(panic)))?
}

async fn take(ctx: Arc<Ctx>, by: By, sent: Sent) -> Result<Uploaded, Failure> {
    let Sent { id, sha256, bytes } = sent;
    let hashed = tokio::task::spawn_blocking(move || (Digest::of(&bytes), bytes)).await;
    let (arrived, bytes) = hashed.map_err(|panic| Failure::Internal(Box::new(panic)))?;
    if arrived != sha256 {
        let message = "is not that of the file as it arrived: send it again";
        return Err(Violation::new("sha256", "mismatch", message).into());
    }
    if let Some(known) = ctx.store.photo(id).await? {
        return known_as(known, &by, &sha256);
    }
    let (picture, content) = decode(&ctx, bytes).await?;
    let file = store(&ctx, &by, picture, content).await?;
    let state = checking::first_state(&ctx, by.actor.person).await?;
    let uploaded_at = ctx.clock.now().trunc_subsecs(0);
    let photo = Photo { id, sent: sha256, file, state, by: by.actor.person, uploaded_at, revision: 1 };
    let author = by.author(&ctx);
    let written = ctx.store.write(author, move |tx| Box::pin(async move { record(tx, &by, photo).await }));
    let uploaded = written.await?;
    if uploaded.is_new && uploaded.photo.state == PhotoState::Pending {
        checking::ask(&ctx, &uploaded.photo).await;
    }
    Ok(uploaded)
}

/// Decodes a picture when it is its turn, and tells the hash of what is to be stored.
async fn decode(ctx: &Ctx, bytes: Vec<u8>) -> Result<(Picture, Digest), Failure> {
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(photos(ctx)?.turns()).acquire_owned()).await;
    let turn = turn.map_err(|_| Failure::Unavailable { retry_after: PATIENCE, source: None })?;
    let turn = turn.map_err(|closed| Failure::Internal(Box::new(closed)))?;
    let decoded = tokio::task::spawn_blocking(move || {
        let decoded = pictures::read(&bytes).map(|picture| {
            let content = Digest::of(&picture.full);
            (picture, content)
        });
        // Not before: a caller that goes away does not stop the work it began.
        drop(turn);
        decoded
    });
    // A decoder that gives up in panic has met a picture that is none.
    let decoded = decoded.await.unwrap_or(Err(PictureError::Broken));
    decoded.map_err(|error| refusal(&error))
}

/// Why a picture is not taken.
fn refusal(error: &PictureError) -> Failure {
    let told = |code| Violation::new("file", code, error.to_string());
    match error {
        PictureError::Unknown => Failure::Unsupported(told("unsupportedPicture").into()),
        PictureError::TooManyPixels { .. } => told("tooManyPixels").into(),
        PictureError::TooMuch => told("tooMuch").into(),
        PictureError::Animated => told("animatedPicture").into(),
        PictureError::Looping => told("loopingExif").into(),
        PictureError::Markup => told("hiddenMarkup").into(),
        PictureError::Broken => told("brokenPicture").into(),
    }
}

/// Stores a picture that is not there yet, in both its forms.
async fn store(ctx: &Ctx, by: &By, picture: Picture, content: Digest) -> Result<PhotoFile, Failure> {
    let Picture { full, small, width, height } = picture;
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let bytes = i32::try_from(full.len()).unwrap_or(i32::MAX);
    let file = PhotoFile { content, width: whole(width), height: whole(height), bytes };
    let named = file.clone();
    // On record first, so that no file is ever forgotten.
    let kept = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move { tx.keep_photo_file(&named).await.map_err(Failure::from) })
    });
    if !kept.await? {
        return Err(Failure::Unavailable { retry_after: LEAVING, source: None });
    }
    let files = &photos(ctx)?.files;
    for (key, bytes) in PhotoFile::keys(&file.content).iter().zip([full, small]) {
        if !files.holds(key).await? {
            files.put(key, bytes).await?;
        }
    }
    Ok(file)
}

/// Puts a photo on record, unless somebody was quicker with its id.
async fn record(tx: &Tx, by: &By, photo: Photo) -> Result<Uploaded, Failure> {
    if tx.create_photo(&photo).await? {
        let told = changes(&Fields::new(), &photo.fields());
        tx.append(vec![entry(&photo, event::Action::Create, told)]).await?;
        cleanings::arrived(tx, &photo).await?;
        return Ok(Uploaded { photo, is_new: true });
    }
    let known = tx.photo(photo.id).await?.ok_or(Failure::NotFound)?;
    known_as(known, by, &photo.sent)
}

/// What was sent under the id before, if that is the same.
fn known_as(known: Photo, by: &By, sha256: &Digest) -> Result<Uploaded, Failure> {
    if known.by == by.actor.person && known.sent == *sha256 {
        return Ok(Uploaded { photo: known, is_new: false });
    }
    Err(Failure::Conflict("another photo was sent under this id: make a new one".to_owned()))
}
