//! Signing in on the page with WeChat: off to the official account's authorisation, and back with its code.

use std::sync::Arc;

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::body::Body;
use super::credential::{from_own_page, given, pass, pass_given};
use super::door::noted;
use super::problem::Problem;
use super::query::Params;
use super::request_id::name_of;
use super::secret::Secret;
use super::tag::Tag;
use super::wechat::WechatSession;
use super::words::Word;
use crate::domain::public_url::PublicUrl;
use crate::domain::secret::TokenKind;
use crate::usecase::sessions::Origin;
use crate::usecase::wechat::web::{self, AWAY, Landing, Return, Wanted};
use crate::usecase::{Ctx, Failure};

/// Signing in on the page with WeChat.
pub(super) struct WechatPageApi(pub(super) Arc<Ctx>);

/// What somebody goes to WeChat for.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewWechatAuthorization {
    /// The page to which they come back, with `code` and `state` in its query.
    page: Word<Landing>,
    /// An invitation, to join the staff.
    invitation: Option<Secret>,
    /// The present code of the second factor, for supervisors and administrators.
    totp: Option<Secret>,
}

impl From<NewWechatAuthorization> for Wanted {
    fn from(new: NewWechatAuthorization) -> Self {
        let (invitation, totp) = (new.invitation.map(Secret::into_text), new.totp.map(Secret::into_text));
        Self { page: new.page.0, invitation, totp }
    }
}

/// The way to WeChat.
#[derive(Debug, Object)]
struct WechatAuthorization {
    /// Where to send the browser.
    url: String,
}

/// The answer to who goes to WeChat.
#[derive(ApiResponse)]
enum Going {
    /// Made.
    #[oai(status = 201)]
    Made(
        Json<WechatAuthorization>,
        /// The cookie that the way back takes.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// What somebody came back with.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewWechatPageSession {
    /// The `code` of the query, which counts once.
    code: Secret,
    /// The `state` of the query.
    state: Secret,
}

/// The answer to who came back.
#[derive(ApiResponse)]
enum Back {
    /// Made.
    #[oai(status = 201)]
    Made(
        Json<WechatSession>,
        /// The cookie with the session, where one was opened.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

#[OpenApi(tag = "Tag::Wechat")]
impl WechatPageApi {
    /// Go to WeChat to sign in on the page
    ///
    /// For the service's own pages within WeChat's browser: the way to the authorisation of the official account
    /// (网页授权, `snsapi_base`). The browser keeps in a cookie what it went for, for ten minutes; only with that does the
    /// way back count. An invitation that does not count is 404.
    #[oai(path = "/api/v1/wechat/authorizations", method = "post", operation_id = "create_wechat_authorization")]
    async fn create_wechat_authorization(
        &self,
        request: &Request,
        query: Params<()>,
        body: Body<NewWechatAuthorization>,
    ) -> Result<Going, Problem> {
        let (Params(()), own) = (query, self.own(request)?);
        let departure = web::begin(&self.0, body.0.into()).await?;
        let cookie = pass_given(own, departure.pass.as_str(), AWAY);
        Ok(Going::Made(Json(WechatAuthorization { url: departure.url }), cookie))
    }

    /// Sign in on the page with WeChat
    ///
    /// With what the browser came back with. The session comes in a cookie that no script can read, as that of a PIN does.
    /// The page is for the staff: a WeChat of nobody's is 403 `wechatUnknown`, unless it came for an invitation. A state
    /// counts once, and for the browser alone that was given it. Whoever joins in a role that takes a second factor is
    /// told that instead, and no session is opened.
    #[oai(path = "/api/v1/sessions/wechat/page", method = "post", operation_id = "create_wechat_page_session")]
    async fn create_wechat_page_session(
        &self,
        request: &Request,
        query: Params<()>,
        body: Body<NewWechatPageSession>,
    ) -> Result<Back, Problem> {
        let (Params(()), Body(new), own) = (query, body, self.own(request)?);
        let origin = Origin { address: noted(request), request_id: name_of(request) };
        let pass = pass(request.headers()).map(ToOwned::to_owned);
        let back = Return { code: new.code.into_text(), state: new.state.into_text(), pass };
        let signed = web::finish(&self.0, back, &origin).await?;
        let cookie = signed.session.as_ref().map(|(token, _)| given(own, &token.reveal(TokenKind::Session)));
        Ok(Back::Made(Json(WechatSession::without_token(signed)), cookie))
    }
}

impl WechatPageApi {
    /// Whose page it is; no other may ask.
    fn own(&self, request: &Request) -> Result<&PublicUrl, Problem> {
        let own = self.0.public_url.as_ref();
        from_own_page(request, own)?;
        Ok(own.ok_or(Failure::NotConfigured { setting: "public_url" })?)
    }
}
