//! Who may see a photo, and its bytes.

use bytes::Bytes;

use super::{checking, photos};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::photo::{Digest, Pass, Photo, PhotoFile, PhotoId, Shown};
use crate::domain::policy::{Action, may};
use crate::usecase::registering::subject;
use crate::usecase::{Ctx, Failure};

/// In which form a photo is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is stored.
    Full,
    /// Small.
    Small,
}

/// A photo for one who may see it.
#[derive(Debug)]
pub struct Served {
    /// Its bytes: JPEG.
    pub bytes: Bytes,
    /// The hash of what is stored in its full form.
    pub content: Digest,
    /// Whether everybody may see it.
    pub is_public: bool,
}

/// The file of a photo is not where the files are.
#[derive(Debug, thiserror::Error)]
#[error("the file {0} is missing: see `gongce db check`")]
struct Missing(String);

/// A photo, for whoever may see it: everybody where a public record shows it and WeChat has nothing against it; the
/// staff of the record's area; who sent it; and whoever brings a pass for it.
///
/// # Errors
/// [`Failure::NotFound`], exactly as for what is not there.
pub async fn serve(
    ctx: &Ctx,
    actor: Option<&Actor>,
    id: PhotoId,
    pass: Option<&str>,
    form: Form,
) -> Result<Served, Failure> {
    let files = &photos(ctx)?.files;
    let photo = ctx.store.photo(id).await?.ok_or(Failure::NotFound)?;
    let is_passed = pass.is_some_and(|pass| Pass::is_good(&ctx.keys, id, pass, ctx.clock.now()));
    // Whoever brings a pass is not asked who they are.
    let is_public = !is_passed && seen(ctx, actor, &photo).await?;
    let [full, small] = PhotoFile::keys(&photo.file.content);
    let key = if form == Form::Full { full } else { small };
    let bytes = files.get(&key).await?.ok_or_else(|| Failure::Internal(Box::new(Missing(key))))?;
    Ok(Served { bytes, content: photo.file.content, is_public })
}

/// Goes on only if the caller may name that photo, if one is named, in a record of theirs.
///
/// # Errors
/// [`Failure::Invalid`] on `evidence`.
pub(in crate::usecase) async fn citable(ctx: &Ctx, actor: &Actor, id: Option<PhotoId>) -> Result<(), Failure> {
    let Some(id) = id else { return Ok(()) };
    let photo = ctx.store.photo(id).await?.ok_or_else(unknown)?;
    match seen(ctx, Some(actor), &photo).await {
        Err(Failure::NotFound) => Err(unknown()),
        seen => seen.map(drop),
    }
}

/// What is said of a photo that is not there, or not for the caller.
pub(in crate::usecase) fn unknown() -> Failure {
    Violation::new("evidence", "unknownPhoto", "no such photo was sent: POST /api/v1/photos first").into()
}

/// Goes on only if the caller may see a photo; answers whether everybody may.
pub(super) async fn seen(ctx: &Ctx, actor: Option<&Actor>, photo: &Photo) -> Result<bool, Failure> {
    let shown = ctx.store.photo_shown(photo.id).await?;
    if shown.iter().any(Shown::is_public) && photo.state.is_fit(checking::is_on(ctx)) {
        return Ok(true);
    }
    let actor = actor.ok_or(Failure::NotFound)?;
    if photo.by == actor.person {
        return Ok(false);
    }
    let mut toilets: Vec<_> = shown.iter().filter_map(Shown::of).collect();
    toilets.sort_unstable();
    toilets.dedup();
    let now = ctx.clock.now();
    let toilets = ctx.store.toilets(&toilets).await?;
    let is_theirs = toilets.iter().any(|toilet| may(actor, Action::ReadPhotos, subject(toilet, now)));
    if is_theirs { Ok(false) } else { Err(Failure::NotFound) }
}
