//! Photos: sending one, and seeing it.

use std::sync::Arc;

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::answer::etag;
use super::bearer::{Guest, Signed};
use super::door::Door;
use super::photo_upload::Upload;
use super::problem::Problem;
use super::query::{Declared, Given, Group, Params, Text};
use super::tag::Tag;
use super::words::Word;
use crate::domain::photo::{Photo, PhotoId, PhotoState};
use crate::usecase::photos::{self, Form, Served, Uploaded};
use crate::usecase::{Ctx, Failure};

/// Every operation on the paths below `/api/v1/photos`.
pub(super) struct PhotosApi {
    pub(super) ctx: Arc<Ctx>,
    pub(super) door: Arc<Door>,
}

/// A photo that was sent.
#[derive(Debug, Object)]
#[oai(rename = "Photo", rename_all = "camelCase")]
struct PhotoView {
    /// Its id, for records to name it.
    id: Uuid,
    /// `created`, or `replayed` where the same was sent before.
    status: String,
    /// How WeChat's check of it stands.
    state: Word<PhotoState>,
    /// Where it is.
    url: String,
    /// Where its small form is.
    thumbnail_url: String,
    /// Pixels across, as it is stored: upright.
    width: i32,
    /// Pixels down.
    height: i32,
    /// Bytes as it is stored.
    bytes: i32,
}

/// The answer to who sent a photo.
#[derive(ApiResponse)]
enum Taken {
    /// It is stored.
    #[oai(status = 201)]
    Created(
        Json<PhotoView>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
    ),
    /// The same was sent under this id before.
    #[oai(status = 200)]
    Replayed(Json<PhotoView>),
}

impl From<Uploaded> for Taken {
    fn from(Uploaded { photo, is_new }: Uploaded) -> Self {
        let [url, thumbnail_url] = addresses(&photo);
        let view = PhotoView {
            id: photo.id.uuid(),
            status: if is_new { "created" } else { "replayed" }.to_owned(),
            state: Word(photo.state),
            url: url.clone(),
            thumbnail_url,
            width: photo.file.width,
            height: photo.file.height,
            bytes: photo.file.bytes,
        };
        if is_new { Self::Created(Json(view), url) } else { Self::Replayed(Json(view)) }
    }
}

/// Where a photo is, in its full and in its small form.
pub(super) fn addresses(photo: &Photo) -> [String; 2] {
    let url = format!("/api/v1/photos/{}", photo.id);
    [url.clone(), format!("{url}/thumbnail")]
}

/// What lets WeChat fetch a photo that it is asked to check.
struct PassParams(Option<String>);

const PASS: Text = Text {
    name: "pass",
    about: "Lets WeChat fetch a photo that it is asked to check; nobody else is given one.",
    longest: 80,
};

impl Group for PassParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&PASS];

    fn read(given: &mut Given) -> Option<Self> {
        given.take(&PASS).map(Self)
    }
}

/// A picture as it goes out.
struct Jpeg {
    served: Served,
    form: Form,
}

#[OpenApi(tag = "Tag::Photos")]
impl PhotosApi {
    /// Send a photo
    ///
    /// One file with its `id` and `sha256` beside it, 8 MiB in all: JPEG, PNG or WebP by what is in it, 24 megapixels at
    /// most, one picture that stands still and in which no page of the web hides. It is turned upright and stored as a JPEG without metadata, 2,560 pixels on its longer side at most. Sent
    /// again under the same id, the same bytes change nothing; others are 409. Records name it by its id; one that no
    /// record shows is deleted after a day. One picture is decoded at a time: 503 where too many wait.
    #[oai(path = "/api/v1/photos", method = "post", operation_id = "upload_photo")]
    async fn upload_photo(&self, signed: Signed, query: Params<()>, form: Upload) -> Result<Taken, Problem> {
        let Params(()) = query;
        photos::allowed(&self.ctx, &signed.by().actor)?;
        let _place = self.door.uploading()?;
        let sent = form.read().await?;
        Ok(photos::upload(&self.ctx, signed.writer(), sent).await?.into())
    }

    /// See a photo
    ///
    /// For everybody where a public record shows it, unless WeChat has not passed it yet or refused it. With a session
    /// the staff of the record's area, and who sent it, see the others too. Its bytes never change.
    #[oai(path = "/api/v1/photos/:id", method = "get", operation_id = "get_photo")]
    async fn get_photo(
        &self,
        guest: Guest,
        /// The photo's id.
        id: Path<Uuid>,
        query: Params<PassParams>,
    ) -> Result<Jpeg, Problem> {
        let Params(PassParams(pass)) = query;
        self.show(&guest, id.0, pass.as_deref(), Form::Full).await
    }

    /// See a photo in its small form
    ///
    /// 480 pixels on its longer side, for whoever may see the photo.
    #[oai(path = "/api/v1/photos/:id/thumbnail", method = "get", operation_id = "get_photo_thumbnail")]
    async fn get_photo_thumbnail(
        &self,
        guest: Guest,
        /// The photo's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Jpeg, Problem> {
        let Params(()) = query;
        self.show(&guest, id.0, None, Form::Small).await
    }
}

impl PhotosApi {
    async fn show(&self, guest: &Guest, id: Uuid, pass: Option<&str>, form: Form) -> Result<Jpeg, Problem> {
        let id = PhotoId::try_from(id).map_err(|_| Failure::NotFound)?;
        let served = photos::serve(&self.ctx, guest.actor(), id, pass, form).await?;
        Ok(Jpeg { served, form })
    }
}

impl IntoResponse for Jpeg {
    fn into_response(self) -> Response {
        let Served { bytes, content, is_public } = self.served;
        let tag = match self.form {
            Form::Full => format!("\"{content}\""),
            Form::Small => format!("\"{content}-small\""),
        };
        // Whoever may see it alone is asked each time; what everybody may see need not be asked for again.
        let caching = if is_public { "public, max-age=31536000, immutable" } else { "private, no-cache" };
        let answer = Response::builder().content_type(JPEG).header(header::ETAG, tag);
        answer.header(header::CACHE_CONTROL, HeaderValue::from_static(caching)).body(bytes)
    }
}

const JPEG: &str = "image/jpeg";

impl ApiResponse for Jpeg {
    fn meta() -> MetaResponses {
        let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
        let found = MetaResponse {
            description: "The picture.",
            status: Some(StatusCode::OK.as_u16()),
            status_range: None,
            content: vec![MetaMediaType { content_type: JPEG, schema }],
            headers: vec![etag()],
        };
        let unchanged = MetaResponse {
            description: "Nothing changed since the answer with the entity tag in `If-None-Match`.",
            status: Some(StatusCode::NOT_MODIFIED.as_u16()),
            status_range: None,
            content: vec![],
            headers: vec![etag()],
        };
        MetaResponses { responses: vec![found, unchanged] }
    }

    fn register(_: &mut Registry) {}
}
