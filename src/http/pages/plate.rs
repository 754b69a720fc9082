//! Where a browser is led by a scanned plate: `/p/{token}`.

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::{Request, Response, Result};

use super::shell::Shell;
use crate::domain::plate::PlateKind;
use crate::http::problem::Problem;
use crate::usecase::{Ctx, Failure, plates};

/// Its path.
pub(super) const PATH: &str = "/p/{token}";
/// The same as the router writes it.
pub(super) const ROUTE: &str = "/p/:token";

/// What answers it.
#[derive(Clone)]
pub(super) struct Plates {
    ctx: Arc<Ctx>,
    /// The page of the staff, which reads the token where it stands: in the path.
    staff: Shell,
    /// That a plate does not count.
    unknown: Shell,
}

impl Plates {
    /// Leads the public to their toilet, and the staff to that page.
    pub(super) fn new(ctx: Arc<Ctx>, staff: Shell) -> Self {
        let unknown = Shell::new(&ctx, "plate.html");
        Self { ctx, staff, unknown }
    }

    /// Answers a browser that was led here by a plate. All that can be wrong with one is answered the same, so that nobody
    /// can feel their way to a good one.
    pub(super) async fn show(self, request: Request) -> Result<Response> {
        let token: String = request.path_params()?;
        match plates::verify(&self.ctx, &token).await {
            Ok((plate, _)) if plate.kind == PlateKind::Staff => Ok(unkept(self.staff.answer(&request))),
            Ok((_, entry)) => {
                let toilet = format!("/toilets/{}", entry.id());
                Ok(Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, toilet).finish())
            }
            Err(Failure::NotFound) => {
                let mut answer = unkept(self.unknown.answer(&request));
                answer.set_status(StatusCode::NOT_FOUND);
                Ok(answer)
            }
            Err(failure) => Err(Problem::from(failure).into()),
        }
    }
}

/// A plate may be replaced at any time, so that what was answered once says nothing of the next time.
fn unkept(mut answer: Response) -> Response {
    answer.headers_mut().remove(header::ETAG);
    answer
}
