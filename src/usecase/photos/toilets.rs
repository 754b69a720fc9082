//! The photos that a toilet shows.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, SubsecRound, Utc};

use super::{checking, showing};
use crate::domain::Toilet;
use crate::domain::account::Actor;
use crate::domain::id::ToiletId;
use crate::domain::photo::{Photo, PhotoId, PhotoState, Shown};
use crate::domain::policy::{Action, may};
use crate::usecase::permission::scope;
use crate::usecase::registering::{Expected, settle, standing, subject};
use crate::usecase::{By, Ctx, Failure};

/// Photos of one toilet.
const MOST: usize = 20;

/// A photo that a toilet shows.
#[derive(Debug, Clone)]
pub struct ToiletPhoto {
    /// The photo.
    pub photo: Photo,
    /// Since when.
    pub from: DateTime<Utc>,
    /// For the staff of its area: whether another record shows the same picture, so that somebody may have sent an old
    /// one anew.
    pub reused: Option<bool>,
}

/// Has a toilet that stands at an expected revision show a photo, after those it shows already; answers the photo, and
/// how the toilet stands then.
///
/// # Errors
/// [`Failure::NotFound`] for a toilet out of scope and a photo that the caller may not see; [`Failure::Conflict`] for a
/// photo that WeChat refused, and the one too many; [`Failure::Stale`], [`Failure::Refused`].
pub async fn attach(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    photo: PhotoId,
    expected: Expected,
) -> Result<(Toilet, ToiletPhoto), Failure> {
    scope(&by.actor, Action::EditToilet)?;
    let found = ctx.store.photo(photo).await?.ok_or(Failure::NotFound)?;
    showing::seen(ctx, Some(&by.actor), &found).await?;
    let actor = by.actor.clone();
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = standing(tx, &by.actor, Action::EditToilet, id).await?;
            expected.check(before.revision)?;
            let found = tx.photo(photo).await?.ok_or(Failure::NotFound)?;
            if found.state == PhotoState::Refused {
                return Err(Failure::Conflict("WeChat refused this photo".to_owned()));
            }
            let is_new = before.photos.iter().all(|one| one.photo != photo);
            if is_new && before.photos.len() >= MOST {
                return Err(Failure::Conflict(format!("a toilet shows {MOST} photos at most: take one away first")));
            }
            tx.show_photo(photo, &Shown::toilet(id), tx.at().trunc_subsecs(0)).await?;
            settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await
        })
    });
    let toilet: Toilet = written.await?;
    let shown = photos_of(ctx, Some(&actor), &toilet).await?;
    let own = shown.into_iter().find(|one| one.photo.id == photo).ok_or(Failure::NotFound)?;
    Ok((toilet, own))
}

/// Has a toilet that stands at an expected revision no longer show a photo.
///
/// # Errors
/// As [`attach`]; [`Failure::NotFound`] for a photo that it does not show.
pub async fn detach(ctx: &Ctx, by: By, id: ToiletId, photo: PhotoId, expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::EditToilet)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = standing(tx, &by.actor, Action::EditToilet, id).await?;
            if before.photos.iter().all(|one| one.photo != photo) {
                return Err(Failure::NotFound);
            }
            expected.check(before.revision)?;
            // Those who take it from other records wait, so that the last one knows to be the last.
            tx.photo(photo).await?.ok_or(Failure::NotFound)?;
            tx.hide_photo(photo, &Shown::toilet(id)).await?;
            settle(tx, &by.actor, &before, before.fact.clone(), before.attested.clone()).await.map(drop)
        })
    });
    written.await
}

/// The photos of a toilet that the caller may see, in the order in which they came, and its revision.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn of_toilet(ctx: &Ctx, actor: Option<&Actor>, id: ToiletId) -> Result<(Toilet, Vec<ToiletPhoto>), Failure> {
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    let photos = photos_of(ctx, actor, &toilet).await?;
    Ok((toilet, photos))
}

async fn photos_of(ctx: &Ctx, actor: Option<&Actor>, toilet: &Toilet) -> Result<Vec<ToiletPhoto>, Failure> {
    let ids: Vec<_> = toilet.photos.iter().map(|one| one.photo).collect();
    let photos = ctx.store.photos(&ids).await?;
    let mut photos: HashMap<_, _> = photos.into_iter().map(|photo| (photo.id, photo)).collect();
    let about = subject(toilet, ctx.clock.now());
    let is_theirs = actor.is_some_and(|actor| may(actor, Action::ReadPhotos, about));
    let elsewhere = if is_theirs {
        let contents: Vec<_> = photos.values().map(|photo| &photo.file.content).collect();
        ctx.store.shown_elsewhere(&Shown::toilet(toilet.id), &contents).await?
    } else {
        BTreeSet::new()
    };
    let checking = checking::is_on(ctx);
    let shown = toilet.photos.iter().filter_map(|one| {
        let photo = photos.remove(&one.photo).filter(|photo| is_theirs || photo.state.is_fit(checking))?;
        let reused = is_theirs.then(|| elsewhere.contains(&photo.file.content));
        Some(ToiletPhoto { photo, from: one.from, reused })
    });
    Ok(shown.collect())
}
