//! The photos that a toilet shows.

use std::sync::Arc;

use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::{Guest, Signed};
use super::instant::Instant;
use super::people_view::Done;
use super::photos::addresses;
use super::problem::Problem;
use super::query::Params;
use super::revision::expected;
use super::tag::Tag;
use super::words::Word;
use super::written::Changed;
use crate::domain::id::ToiletId;
use crate::domain::photo::{PhotoId, PhotoState};
use crate::usecase::photos::{self, ToiletPhoto};
use crate::usecase::{Ctx, Failure};

/// Every operation on the photos of toilets.
pub(super) struct ToiletPhotosApi(pub(super) Arc<Ctx>);

/// A photo that a toilet shows.
#[derive(Debug, Object)]
#[oai(rename = "ToiletPhoto", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ToiletPhotoView {
    /// Its id.
    id: Uuid,
    /// Where it is.
    url: String,
    /// Where its small form is.
    thumbnail_url: String,
    /// Pixels across.
    width: i32,
    /// Pixels down.
    height: i32,
    /// Since when the toilet shows it.
    from: Instant,
    /// For the staff of the area: how WeChat's check stands.
    state: Option<Word<PhotoState>>,
    /// For the staff of the area: who sent it, by their pseudonym.
    by: Option<Uuid>,
    /// For the staff of the area: whether another record shows the same picture, so that somebody may have sent an old
    /// one anew.
    photo_reused: Option<bool>,
}

impl From<ToiletPhoto> for ToiletPhotoView {
    fn from(shown: ToiletPhoto) -> Self {
        let ToiletPhoto { photo, from, reused } = shown;
        let [url, thumbnail_url] = addresses(&photo);
        let is_theirs = reused.is_some();
        Self {
            id: photo.id.uuid(),
            url,
            thumbnail_url,
            width: photo.file.width,
            height: photo.file.height,
            from: Instant(from),
            state: is_theirs.then_some(Word(photo.state)),
            by: is_theirs.then_some(photo.by.0),
            photo_reused: reused,
        }
    }
}

/// The photos of a toilet.
#[derive(Debug, Object)]
#[oai(rename = "ToiletPhotoList")]
struct ToiletPhotoListView {
    /// In the order in which they came.
    items: Vec<ToiletPhotoView>,
    /// The revision of the toilet, for `If-Match`.
    revision: i32,
}

#[OpenApi(tag = "Tag::Photos")]
impl ToiletPhotosApi {
    /// List the photos of a toilet
    ///
    /// Those that everybody may see; with a session of the staff of its area all of them, each with who sent it, how
    /// WeChat's check stands, and whether another record shows the same picture.
    #[oai(path = "/api/v1/toilets/:id/photos", method = "get", operation_id = "list_toilet_photos")]
    async fn list_toilet_photos(
        &self,
        guest: Guest,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<ToiletPhotoListView>, Problem> {
        let Params(()) = query;
        let (toilet, shown) = photos::of_toilet(&self.0, guest.actor(), ToiletId(id.0)).await?;
        let items = shown.into_iter().map(ToiletPhotoView::from).collect();
        let answer = Answer::of(&ToiletPhotoListView { items, revision: toilet.revision });
        Ok(answer.of_revision(toilet.revision))
    }

    /// Show a photo at a toilet
    ///
    /// After those it shows already, 20 at most; for supervisors and admins, within their area. A photo that it shows
    /// stays where it is.
    #[oai(path = "/api/v1/toilets/:id/photos/:photo", method = "put", operation_id = "record_toilet_photo")]
    async fn record_toilet_photo(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The photo's id.
        photo: Path<Uuid>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Changed<ToiletPhotoView>, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        let photo = PhotoId::try_from(photo.0).map_err(|_| Failure::NotFound)?;
        let attached = photos::attach(&self.0, signed.writer(), ToiletId(id.0), photo, expected).await?;
        let (toilet, shown) = attached;
        Ok(Changed::now(Answer::of(&ToiletPhotoView::from(shown)).of_revision(toilet.revision)))
    }

    /// Take a photo from a toilet
    ///
    /// The toilet no longer shows it. A photo that no record shows is deleted after a day.
    #[oai(path = "/api/v1/toilets/:id/photos/:photo", method = "delete", operation_id = "delete_toilet_photo")]
    async fn delete_toilet_photo(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The photo's id.
        photo: Path<Uuid>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        let photo = PhotoId::try_from(photo.0).map_err(|_| Failure::NotFound)?;
        photos::detach(&self.0, signed.writer(), ToiletId(id.0), photo, expected).await?;
        Ok(Done::Done)
    }
}
