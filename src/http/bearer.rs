//! The security scheme: an opaque session token.

use std::sync::Arc;

use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::request_id::name_of;
use crate::usecase::{By, Caller, Ctx, sessions};

/// Whoever calls. As the **first** argument of a handler it is asked for before anything else of the request is read.
/// There is no fallback scheme: that would make a visitor of somebody whose token is not valid.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "Session", bearer_format = "gct_ and 64 hexadecimal digits", checker = "check")]
pub(super) struct Signed(By);

impl Signed {
    pub(super) fn by(&self) -> &By {
        &self.0
    }

    /// As the use cases that write want it: a write goes on when the request is gone.
    pub(super) fn writer(&self) -> By {
        self.0.clone()
    }

    /// As the use cases of the staff want it.
    pub(super) fn caller(&self) -> Caller<'_> {
        Caller::Person(&self.0)
    }
}

async fn check(request: &Request, bearer: Bearer) -> poem::Result<By> {
    let Some(ctx) = request.data::<Arc<Ctx>>() else {
        return Err(Problem::new(ProblemCode::Internal, "The sessions are out of reach.").into());
    };
    let opened = sessions::check(ctx, &bearer.token).await.map_err(Problem::from)?;
    let (session, stepped_up_at) = (opened.id, opened.stepped_up_at);
    Ok(By { actor: opened.actor, session, request_id: name_of(request), stepped_up_at })
}
