//! The bodies behind toilets.

use std::marker::PhantomData;
use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::problem::Problem;
use super::query::{AnyOf, Declared, Given, Group, Integer, Params, Text};
use super::revision::{expected, once};
use super::tag::Tag;
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::Violation;
use crate::domain::id::OperatorId;
use crate::domain::operator::{Operator, OperatorKind, Wanted};
use crate::domain::text::Name;
use crate::usecase::operators::{self, Change};
use crate::usecase::{Ctx, Failure};

/// Every operation on bodies.
pub(super) struct OperatorsApi(pub(super) Arc<Ctx>);

/// A body (管养单位): a department, a company under contract, a village.
#[derive(Debug, Object)]
#[oai(rename = "OperatorRecord", rename_all = "camelCase")]
struct OperatorRecordView {
    /// Its id, to which roles and toilets can be tied.
    id: i32,
    /// Its name.
    name: String,
    /// What sort of body it is.
    kind: Word<OperatorKind>,
    /// How often it was written.
    revision: i32,
}

/// A page of bodies.
#[derive(Debug, Object)]
#[oai(rename = "OperatorPage", rename_all = "camelCase", skip_serializing_if_is_none)]
struct OperatorPageView {
    /// The bodies on it.
    items: Vec<OperatorRecordView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// A body to be put on record.
#[derive(Debug, Object)]
#[oai(rename = "NewOperator", rename_all = "camelCase", deny_unknown_fields)]
struct NewOperator {
    /// Its name, 1 to 128 characters. There is one body of a name.
    name: String,
    /// What sort of body it is.
    kind: Word<OperatorKind>,
}

/// What is to be changed of a body. What is left out stays as it is.
#[derive(Debug, Object)]
#[oai(rename = "OperatorPatch", rename_all = "camelCase", deny_unknown_fields)]
struct OperatorPatch {
    /// Its name, 1 to 128 characters.
    name: Option<String>,
    /// What sort of body it is.
    kind: Option<Word<OperatorKind>>,
}

#[OpenApi(tag = "Tag::Operators")]
impl OperatorsApi {
    /// List bodies
    ///
    /// Who owns, runs and rates toilets, in the order of their ids. For the staff.
    #[oai(path = "/api/v1/operators", method = "get", operation_id = "list_operators")]
    async fn list_operators(
        &self,
        signed: Signed,
        query: Params<OperatorsParams>,
    ) -> Result<Json<OperatorPageView>, Problem> {
        let wanted = query.0.0;
        let (limit, further) = (wanted.limit, Wanted { limit: wanted.limit + 1, ..wanted });
        let mut found = operators::list(&self.0, &signed.by().actor, &further).await?;
        let is_last = found.len() <= limit;
        found.truncate(limit);
        let next = found.last().filter(|_| !is_last).map(|last| last.id.to_string());
        Ok(Json(OperatorPageView { items: found.iter().map(OperatorRecordView::from).collect(), next }))
    }

    /// Get a body
    #[oai(path = "/api/v1/operators/:id", method = "get", operation_id = "get_operator")]
    async fn get_operator(
        &self,
        signed: Signed,
        /// The body's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<OperatorRecordView>, Problem> {
        let Params(()) = query;
        Ok(answer(&operators::get(&self.0, &signed.by().actor, OperatorId(id.0)).await?))
    }

    /// Put a body on record
    ///
    /// For whoever answers for toilets. One whose name is on record already is not made again; the answer, 409, tells
    /// its id.
    #[oai(path = "/api/v1/operators", method = "post", operation_id = "create_operator")]
    async fn create_operator(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewOperator>,
    ) -> Result<Created<OperatorRecordView>, Problem> {
        let (Params(()), Body(new), by) = (query, body, signed.writer());
        let (name, kind) = (name(&new.name)?, new.kind.0);
        let once = once(key.as_deref(), by.actor.person, &["create_operator", name.as_str(), kind.as_str()])?;
        let tell =
            |made: &Operator| answer(made).kept(StatusCode::CREATED, Some(format!("/api/v1/operators/{}", made.id)));
        Ok(Created::kept(operators::create(&self.0, by, name, kind, once, tell).await?))
    }

    /// Change a body
    ///
    /// For admins of everything, since a body may work anywhere. Every toilet that names it bears the new name at once.
    #[oai(path = "/api/v1/operators/:id", method = "patch", operation_id = "update_operator")]
    async fn update_operator(
        &self,
        signed: Signed,
        /// The body's id.
        id: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<OperatorPatch>,
    ) -> Result<Changed<OperatorRecordView>, Problem> {
        let Params(()) = query;
        self.change(signed, id.0, revision.as_deref(), body.0).await
    }

    /// Change a body, for clients without PATCH
    ///
    /// Does exactly what PATCH does.
    #[oai(path = "/api/v1/operators/:id", method = "post", operation_id = "apply_operator_patch")]
    async fn apply_operator_patch(
        &self,
        signed: Signed,
        /// The body's id.
        id: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<OperatorPatch>,
    ) -> Result<Changed<OperatorRecordView>, Problem> {
        let Params(()) = query;
        self.change(signed, id.0, revision.as_deref(), body.0).await
    }
}

impl OperatorsApi {
    async fn change(
        &self,
        signed: Signed,
        id: i32,
        revision: Option<&str>,
        body: OperatorPatch,
    ) -> Result<Changed<OperatorRecordView>, Problem> {
        let (expected, new) = (expected(revision)?, body.name.as_deref().map(name).transpose()?);
        let change = Change { name: new, kind: body.kind.map(|kind| kind.0) };
        Ok(Changed::now(answer(&operators::update(&self.0, signed.writer(), OperatorId(id), expected, change).await?)))
    }
}

fn answer(operator: &Operator) -> Answer<OperatorRecordView> {
    Answer::of(&OperatorRecordView::from(operator)).of_revision(operator.revision)
}

fn name(text: &str) -> Result<Name, Failure> {
    Ok(Name::new(text).map_err(|wrong| wrong.in_field("name"))?)
}

impl From<&Operator> for OperatorRecordView {
    fn from(operator: &Operator) -> Self {
        let Operator { id, name, kind, revision } = operator;
        Self { id: id.0, name: name.to_string(), kind: Word(*kind), revision: *revision }
    }
}

const Q: Text = Text { name: "q", about: "What the name must contain, whatever the case.", longest: 64 };
const KIND: AnyOf<OperatorKind> =
    AnyOf { name: "kind", about: "The sorts that will do. Repeat it, or join with commas.", of: PhantomData };
const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

/// Which bodies somebody looks for.
struct OperatorsParams(Wanted);

impl Group for OperatorsParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&Q, &KIND, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let text = given.take(&Q)?.unwrap_or_default();
        let kinds = given.take(&KIND)?;
        let cursor = given.take(&CURSOR)?.filter(|text| !text.is_empty());
        let after = cursor.map(|text| text.parse().map(OperatorId).map_err(|_| ()));
        if after == Some(Err(())) {
            given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of a page"));
        }
        let limit = given.take(&LIMIT)?;
        Some(Self(Wanted { text, kinds, after: after.and_then(Result::ok), limit }))
    }
}
