//! Taking toilets away over HTTP.

use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::combinators::BoxBody;
use hyper::body::Frame;
use poem::http::{StatusCode, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::door::Door;
use super::problem::Problem;
use super::query::{AnyOf, Codes, Declared, Given, Group, OneOf, Params};
use super::tag::Tag;
use crate::domain::area::AreaCode;
use crate::domain::toilet::Kind;
use crate::geo::Crs;
use crate::usecase::exports::{self, Export, Format, Scope, Wanted};
use crate::usecase::{Ctx, toilets};

/// Pieces that wait for a slow reader before no more is read.
const WAITING: usize = 2;

/// The operation on `/api/v1/toilets/export`.
pub(super) struct ExportsApi {
    pub(super) ctx: Arc<Ctx>,
    pub(super) door: Arc<Door>,
}

#[OpenApi(tag = "Tag::Toilets")]
impl ExportsApi {
    /// Take toilets away
    ///
    /// The public register as one file, from one moment, however long it takes. Retired toilets are not in it. Few of
    /// these run at a time; more are answered 503. Columns and tags: `docs/export.md`.
    #[oai(path = "/api/v1/toilets/export", method = "get", operation_id = "get_toilet_export")]
    async fn export_toilets(&self, query: Params<ExportParams>) -> Result<Download, Problem> {
        let Params(asked) = query;
        let place = self.door.exporting()?;
        let crs = toilets::public_crs(&self.ctx, asked.crs)?;
        let at = self.ctx.clock.now();
        let format = asked.format;
        let export = exports::begin(&self.ctx, asked.wanted(crs, at)).await?;
        Ok(Download { format, at, body: flowing(export, place) })
    }
}

const FORMAT: OneOf<Format> = OneOf {
    name: "format",
    about: "`csv` (UTF-8, opens in spreadsheets), `xlsx`, `geojson` (RFC 7946), `osm` (GeoJSON with OpenStreetMap's tags).",
    default: None,
    missing: "missing",
};
const AREA: Codes = Codes {
    name: "area",
    about: "Codes of areas, of today or older; those below belong to them. Repeat it, or join with commas.",
};
const KIND: AnyOf<Kind> =
    AnyOf { name: "kind", about: "The kinds that will do. Repeat it, or join with commas.", of: PhantomData };
const CRS: OneOf<Crs> = OneOf {
    name: "crs",
    about: "The datum of the positions. With `geojson` any but `wgs84` departs from the standard; `osm` takes no other.",
    default: Some(Crs::Wgs84),
    missing: "missing",
};

/// What an export takes.
#[derive(Debug)]
struct ExportParams {
    format: Format,
    areas: Vec<AreaCode>,
    kinds: Vec<Kind>,
    crs: Option<Crs>,
}

impl Group for ExportParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&FORMAT, &AREA, &KIND, &CRS];

    fn read(given: &mut Given) -> Option<Self> {
        let (format, areas, kinds) = (given.take(&FORMAT), given.take(&AREA), given.take(&KIND));
        let crs = given.asked(&CRS);
        Some(Self { format: format?, areas: areas?, kinds: kinds?, crs })
    }
}

impl ExportParams {
    fn wanted(self, crs: Crs, at: DateTime<Utc>) -> Wanted {
        let Self { format, areas, kinds, .. } = self;
        Wanted { format, crs, areas, kinds, scope: Scope::Public, at }
    }
}

/// A file that flows out as it is made.
struct Download {
    format: Format,
    at: DateTime<Utc>,
    body: Body,
}

impl Download {
    /// `公厕-2026-11-23.csv`, and the same in ASCII for whoever cannot read that (RFC 6266).
    fn disposition(&self) -> String {
        let (day, ending) = (self.at.date_naive(), self.format.ending());
        format!("attachment; filename=\"toilets-{day}.{ending}\"; filename*=UTF-8''%E5%85%AC%E5%8E%95-{day}.{ending}")
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let answer = Response::builder().content_type(self.format.media_type());
        answer.header(header::CONTENT_DISPOSITION, self.disposition()).body(self.body)
    }
}

impl ApiResponse for Download {
    fn meta() -> MetaResponses {
        // What is JSON is held to be an object, anything else to be bytes.
        let schema = |content_type: &str| {
            let object = content_type.ends_with("json");
            let schema =
                if object { MetaSchema::new("object") } else { MetaSchema::new_with_format("string", "binary") };
            MetaSchemaRef::Inline(Box::new(schema))
        };
        let mut types: Vec<_> = Format::ALL.iter().map(|format| format.media_type()).collect();
        types.dedup();
        let found = MetaResponse {
            description: "The file.",
            status: Some(StatusCode::OK.as_u16()),
            status_range: None,
            content: types.into_iter().map(|kind| MetaMediaType { content_type: kind, schema: schema(kind) }).collect(),
            headers: vec![],
        };
        MetaResponses { responses: vec![found] }
    }

    fn register(_: &mut Registry) {}
}

/// The body of an export. Its place is taken until the last piece was handed over, or the reader is gone.
fn flowing(mut export: Export, place: OwnedSemaphorePermit) -> Body {
    let (sender, pieces) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        loop {
            let piece = match export.next().await {
                Ok(Some(piece)) => Ok(Bytes::from(piece)),
                Ok(None) => break,
                Err(failure) => {
                    tracing::error!(cause = %chain(&failure), "an export broke off");
                    Err(io::Error::other("the export broke off"))
                }
            };
            let is_last = piece.is_err();
            if sender.send(piece).await.is_err() || is_last {
                break;
            }
        }
        drop((export, place));
    });
    Body::from(BoxBody::new(Flow(pieces)))
}

fn chain(failure: &dyn std::error::Error) -> String {
    let cause = failure.source().map(ToString::to_string).unwrap_or_default();
    format!("{failure}: {cause}")
}

/// Pieces as they come. One that is an error cuts the connection, so that nobody takes a part for the whole.
pub(super) struct Flow(pub(super) mpsc::Receiver<io::Result<Bytes>>);

impl hyper::body::Body for Flow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
