//! One change to many toilets.

use std::sync::Arc;

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::body::Body;
use super::problem::Problem;
use super::query::Params;
use super::tag::Tag;
use super::toilet_facts::ToiletPatch;
use super::toilet_params::WriteParams;
use super::words::Word;
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::id::ToiletId;
use crate::domain::toilet::Kind;
use crate::usecase::batches::{self, Chosen};
use crate::usecase::{Ctx, Failure};

/// Every operation on many toilets at once.
pub(super) struct BatchesApi(pub(super) Arc<Ctx>);

/// One change to many toilets: those of `items`, or those of `filter`.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct Batch {
    /// The toilets, 200 at most, each with the revision that was read.
    #[oai(validator(min_items = 1, max_items = 200))]
    items: Option<Vec<BatchItem>>,
    /// Which toilets, 200 at most, each at the revision at which it stands when it is chosen.
    filter: Option<BatchFilter>,
    /// What is to be changed of each.
    patch: ToiletPatch,
}

/// A toilet at a revision.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct BatchItem {
    /// Its id.
    id: i32,
    /// The revision that was read.
    revision: i32,
}

/// Toilets in use within the caller's area, by where and what they are.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct BatchFilter {
    /// The code of an area, of today or before; what lies below belongs to it.
    area: String,
    /// What sort of toilets.
    kind: Option<Word<Kind>>,
}

/// What became of each toilet, in the order in which they were named or chosen.
#[derive(Debug, Object)]
struct BatchResult {
    /// The toilets.
    items: Vec<BatchOutcome>,
}

/// What became of one toilet.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct BatchOutcome {
    /// Its id.
    id: i32,
    /// 200 where it stands as wanted now, otherwise what a request about it alone would have been answered with.
    status: u16,
    /// The revision at which it stands.
    revision: Option<i32>,
    /// The code of the problem.
    code: Option<String>,
    /// What the problem is.
    detail: Option<String>,
}

#[OpenApi(tag = "Tag::Toilets")]
impl BatchesApi {
    /// Change many toilets
    ///
    /// For supervisors and admins. Each toilet is changed on its own, at the revision that was read; the answer tells
    /// what became of each.
    #[oai(path = "/api/v1/toilets/batch", method = "post", operation_id = "update_toilets")]
    async fn update_toilets(
        &self,
        signed: Signed,
        query: Params<WriteParams>,
        body: Body<Batch>,
    ) -> Result<Json<BatchResult>, Problem> {
        let (by, Batch { items, filter, patch }) = (signed.writer(), body.0);
        let chosen = chosen(items, filter)?;
        let patch = patch.read_as("patch", query.0.crs)?;
        let results = batches::update(&self.0, &by, chosen, &patch).await?;
        Ok(Json(BatchResult { items: results.into_iter().map(|(id, result)| outcome(id, result)).collect() }))
    }
}

fn chosen(items: Option<Vec<BatchItem>>, filter: Option<BatchFilter>) -> Result<Chosen, Failure> {
    match (items, filter) {
        (Some(items), None) => {
            Ok(Chosen::Listed(items.iter().map(|item| (ToiletId(item.id), item.revision)).collect()))
        }
        (None, Some(filter)) => {
            let area = filter.area.parse::<AreaCode>().map_err(|wrong| wrong.in_field("filter.area"))?;
            Ok(Chosen::Lying(area, filter.kind.map(|word| word.0)))
        }
        _ => Err(Violation::new("items", "incomplete", "give items, or filter").into()),
    }
}

fn outcome(id: ToiletId, result: Result<i32, Failure>) -> BatchOutcome {
    match result.map_err(Problem::from) {
        Ok(revision) => BatchOutcome { id: id.0, status: 200, revision: Some(revision), code: None, detail: None },
        Err(problem) => BatchOutcome {
            id: id.0,
            status: problem.code().status().as_u16(),
            revision: problem.revision(),
            code: Some(problem.code().as_str().to_owned()),
            detail: Some(problem.detail().to_owned()),
        },
    }
}
