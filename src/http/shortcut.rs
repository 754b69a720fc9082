//! The search that somebody on the street waits for, past the tables of all other operations, which take as long as a good
//! part of the search itself. Nothing else differs: a test holds this way and the one through the document together.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use super::query::read;
use super::toilets::ToiletsApi;
use crate::usecase::Ctx;

/// Where the nearest toilets are searched.
const PATH: &str = "/api/v1/toilets/nearest";

/// All routes, with a shortcut to the one search.
pub(super) struct Shortcut<E> {
    toilets: ToiletsApi,
    routes: E,
}

impl<E> Shortcut<E> {
    /// Before those routes.
    pub(super) fn new(ctx: Arc<Ctx>, routes: E) -> Self {
        Self { toilets: ToiletsApi(ctx), routes }
    }
}

impl<E: Endpoint> Endpoint for Shortcut<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if *request.method() == Method::GET && request.uri().path() == PATH {
            return Ok(self.toilets.nearest(&read(&request)?)?.into_response());
        }
        Ok(self.routes.call(request).await?.into_response())
    }
}
