//! The form in which a phone sends a photo: one file, with its id and its hash beside it, as `wx.uploadFile` does.

use poem::web::{Field, Multipart};
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};

use super::door;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use crate::domain::{Violation, Violations};
use crate::usecase::Failure;
use crate::usecase::photos::Sent;

const ID: &str = "id";
const SHA256: &str = "sha256";
/// What the file is called in the document; `wx.uploadFile` may call it what it likes.
const FILE: &str = "file";

/// A form that nobody has read yet.
pub(super) struct Upload(Multipart);

impl Payload for Upload {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(Self::CONTENT_TYPE))
    }

    fn schema_ref() -> MetaSchemaRef {
        let described = |schema: MetaSchema, about: &'static str| {
            let schema = MetaSchema { description: Some(about), ..schema };
            MetaSchemaRef::Inline(Box::new(schema))
        };
        let id = MetaSchema::new_with_format("string", "uuid");
        let sha256 = MetaSchema { pattern: Some("^[0-9A-Fa-f]{64}$".to_owned()), ..MetaSchema::new("string") };
        let file = MetaSchema::new_with_format("string", "binary");
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: vec![ID, SHA256, FILE],
            properties: vec![
                (ID, described(id, "A UUID of version 7 that the client makes for this photo.")),
                (SHA256, described(sha256, "The SHA-256 of the file's bytes, in hexadecimal.")),
                (FILE, described(file, "The picture: JPEG, PNG or WebP. The part may have another name.")),
            ],
            ..MetaSchema::new("object")
        }))
    }

    fn register(_: &mut Registry) {}
}

impl ParsePayload for Upload {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        door::allow_photo(request);
        let form = Multipart::from_request(request, body).await;
        form.map(Self).map_err(|_| bad("The body is no form: its boundary is missing.").into())
    }
}

impl_apirequest_for_payload!(Upload);

/// The parts as they were found.
#[derive(Default)]
struct Parts {
    id: Option<String>,
    sha256: Option<String>,
    file: Option<Vec<u8>>,
}

impl Upload {
    /// Reads the form to its end.
    ///
    /// # Errors
    /// `badBody` for parts that are missing, there twice or unknown; `invalid` for an id or a hash that is none.
    pub(super) async fn read(mut self) -> Result<Sent, Problem> {
        let mut parts = Parts::default();
        while let Some(field) = self.0.next_field().await.map_err(|_| broken())? {
            parts.take(field).await?;
        }
        let Parts { id, sha256, file } = parts;
        let missing = [(ID, id.is_none()), (SHA256, sha256.is_none()), (FILE, file.is_none())];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let missing: Vec<_> = missing.map(|(name, _)| Violation::new(name, "missing", "is required")).collect();
        let (Some(id), Some(sha256), Some(bytes)) = (id, sha256, file) else {
            return Err(Problem::of_fields(ProblemCode::BadBody, missing));
        };
        match (id.trim().parse(), sha256.trim().parse()) {
            (Ok(id), Ok(sha256)) => Ok(Sent { id, sha256, bytes }),
            (id, sha256) => {
                Err(Failure::Invalid(Violations([id.err(), sha256.err()].into_iter().flatten().collect())).into())
            }
        }
    }
}

impl Parts {
    async fn take(&mut self, field: Field) -> Result<(), Problem> {
        let name = field.name().unwrap_or_default().to_owned();
        let is_new = match name.as_str() {
            ID => self.id.replace(field.text().await.map_err(|_| broken())?).is_none(),
            SHA256 => self.sha256.replace(field.text().await.map_err(|_| broken())?).is_none(),
            _ if field.file_name().is_some() || name == FILE => {
                self.file.replace(field.bytes().await.map_err(|_| broken())?).is_none()
            }
            _ => {
                let name: String = name.chars().take(64).collect();
                let message = "is no part of this form; there are id, sha256, file";
                return Err(Problem::of_fields(
                    ProblemCode::BadBody,
                    vec![Violation::new(name, "unknownField", message)],
                ));
            }
        };
        if is_new {
            return Ok(());
        }
        let name = if [ID, SHA256].contains(&name.as_str()) { name } else { FILE.to_owned() };
        Err(Problem::of_fields(
            ProblemCode::BadBody,
            vec![Violation::new(name, "givenTwice", "is there twice: send one")],
        ))
    }
}

/// A body that was given up for its length or its slowness is told so by the door instead.
fn broken() -> Problem {
    bad("The form breaks off, or cannot be read.")
}

fn bad(detail: &str) -> Problem {
    Problem::new(ProblemCode::BadBody, detail)
}
