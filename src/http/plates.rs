//! QR plates: printing them, putting others in their place, and what a scanned one is.

use std::sync::Arc;

use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::fragment::Fragment;
use super::instant::Instant;
use super::people_view::Made;
use super::problem::Problem;
use super::query::{Declared, Given, Group, OneOf, Params};
use super::tag::Tag;
use super::words::Word;
use crate::domain::id::ToiletId;
use crate::domain::plate::{PlateKind, Serial};
use crate::usecase::plates::{self, Hanging};
use crate::usecase::{Ctx, Failure};

/// Every operation on the paths of plates.
pub(super) struct PlatesApi(pub(super) Arc<Ctx>);

/// The plate of a kind that counts at a toilet.
#[derive(Debug, Object)]
#[oai(rename = "Plate", rename_all = "camelCase", skip_serializing_if_is_none)]
struct PlateView {
    /// For whom it is: `staff` for cleaners, `citizen` for everybody.
    kind: Word<PlateKind>,
    /// The how-manieth of its kind at the toilet, from 1. Only the last one counts.
    serial: u16,
    /// The address in its code. It is as good as the plate: who has the cleaners' can pretend to have seen it.
    url: String,
    /// Since when it counts; left out for the first, which counts as long as there is the toilet.
    issued_at: Option<Instant>,
}

impl From<Hanging> for PlateView {
    fn from(hanging: Hanging) -> Self {
        let Hanging { plate, url, issued_at } = hanging;
        Self { kind: Word(plate.kind), serial: plate.serial.get(), url, issued_at: issued_at.map(Instant) }
    }
}

/// The plates of a toilet.
#[derive(Debug, Object)]
#[oai(rename = "PlateList", rename_all = "camelCase")]
struct PlateListView {
    /// One of each kind.
    items: Vec<PlateView>,
}

/// Which plate to put out of use.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewPlate {
    /// Its kind.
    kind: Word<PlateKind>,
    /// The serial that it has. Whoever sends the same again gets 409 and puts no third plate there.
    #[oai(validator(minimum(value = "1"), maximum(value = "3843")))]
    replaces: u16,
}

/// A plate to be printed.
#[derive(ApiResponse)]
enum Drawing {
    /// The drawing, 100 × 140 mm: outlines alone, so that it needs no font.
    #[oai(status = 200, content_type = "image/svg+xml")]
    Drawn(PlainText<String>),
}

/// What a scanned plate is.
#[derive(Debug, Object)]
#[oai(rename = "ScannedPlate", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ScannedView {
    /// For whom it is: `staff` for cleaners, `citizen` for everybody.
    kind: Word<PlateKind>,
    /// The id of the toilet at which it hangs.
    toilet: i32,
    /// The toilet's name.
    name: String,
    /// Its name in English.
    name_en: Option<String>,
}

struct DrawingParams(PlateKind);

const KIND: OneOf<PlateKind> =
    OneOf { name: "kind", about: "Which of the toilet's plates.", default: None, missing: "missing" };

impl Group for DrawingParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&KIND];

    fn read(given: &mut Given) -> Option<Self> {
        given.take(&KIND).map(Self)
    }
}

#[OpenApi(tag = "Tag::Plates")]
impl PlatesApi {
    /// List the plates of a toilet
    ///
    /// The cleaners' and the public's, with what stands in their codes: for supervisors and admins of the toilet's area.
    #[oai(path = "/api/v1/toilets/:id/plates", method = "get", operation_id = "list_plates")]
    async fn list_plates(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Json<PlateListView>, Problem> {
        let Params(()) = query;
        let plates = plates::list(&self.0, &signed.by().actor, ToiletId(id.0)).await?;
        Ok(Json(PlateListView { items: plates.into_iter().map(PlateView::from).collect() }))
    }

    /// Replace a plate
    ///
    /// Issues the next serial. The plate that hangs there counts no longer from then on, and the new one is to be
    /// printed and hung.
    #[oai(path = "/api/v1/toilets/:id/plates", method = "post", operation_id = "create_plate")]
    async fn create_plate(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
        body: Body<NewPlate>,
    ) -> Result<Made<PlateView>, Problem> {
        let (Params(()), by) = (query, signed.by());
        let NewPlate { kind, replaces } = body.0;
        let replaces =
            Serial::try_from(i32::from(replaces)).map_err(|wrong| Failure::from(wrong.in_field("replaces")))?;
        let made = plates::replace(&self.0, &by.actor, ToiletId(id.0), kind.0, replaces, &by.request_id).await?;
        Ok(Made::Made(Json(made.into())))
    }

    /// Draw a plate
    ///
    /// The plate that counts, to be printed or engraved at its true size. The mark on top tells the cleaners' plates
    /// from the public's.
    #[oai(path = "/api/v1/toilets/:id/plates/drawing", method = "get", operation_id = "get_plate_drawing")]
    async fn get_plate_drawing(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<DrawingParams>,
    ) -> Result<Drawing, Problem> {
        let Params(DrawingParams(kind)) = query;
        let svg = plates::drawing(&self.0, &signed.by().actor, ToiletId(id.0), kind).await?;
        Ok(Drawing::Drawn(PlainText(svg)))
    }

    /// Tell what a scanned plate is
    ///
    /// For a token as it stands in a plate's code. One that was replaced, made up or cut off is 404.
    #[oai(path = "/api/v1/plates/:token", method = "get", operation_id = "get_plate")]
    async fn get_plate(
        &self,
        /// The 32 characters after `/p/`.
        token: Path<String>,
        query: Params<()>,
    ) -> Result<Answer<ScannedView>, Problem> {
        let Params(()) = query;
        let (plate, entry) = plates::verify(&self.0, &token.0).await?;
        let named = Fragment::read(entry.fragment()).named();
        let kind = Word(plate.kind);
        Ok(Answer::of(&ScannedView { kind, toilet: plate.toilet.0, name: named.name, name_en: named.name_en }))
    }
}
