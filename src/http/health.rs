//! Whether the service runs and can answer.

use std::sync::Arc;
use std::time::Duration;

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::problem::Problem;
use super::tag::Tag;
use crate::usecase::Ctx;

/// How long a caller should wait for the register to be loaded.
const LOADING: Duration = Duration::from_secs(1);

/// The two questions of whoever watches over the process.
pub(super) struct HealthApi(pub(super) Arc<Ctx>);

/// The service is well.
#[derive(Debug, Object)]
#[oai(rename = "Health")]
struct HealthView {
    /// Always `ok`.
    status: String,
}

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Health")]
impl HealthApi {
    /// Tell whether the process runs
    ///
    /// A process that does not answer this should be restarted.
    #[oai(path = "/livez", method = "get", operation_id = "get_liveness")]
    async fn get_liveness(&self) -> Result<Json<HealthView>, Problem> {
        Ok(well())
    }

    /// Tell whether the process can answer searches
    ///
    /// A process that answers 503 should not get requests now.
    #[oai(path = "/readyz", method = "get", operation_id = "get_readiness")]
    async fn get_readiness(&self) -> Result<Json<HealthView>, Problem> {
        if self.0.finder.is_loaded() {
            return Ok(well());
        }
        Err(Problem::unavailable("The register is still being loaded.", LOADING))
    }
}

fn well() -> Json<HealthView> {
    Json(HealthView { status: "ok".to_owned() })
}
