//! What takes WeChat: signing in with it, its messages, a phone number, and what it pushes.

use std::sync::Arc;

use poem::{Body, Request};
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::body::Body as JsonBody;
use super::door::noted;
use super::instant::Instant;
use super::people_view::{Done, Made};
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::query::{Declared, Given, Group, Params, Text};
use super::request_id::name_of;
use super::secret::Secret;
use super::tag::Tag;
use super::words::Word;
use crate::domain::account::Role;
use crate::domain::secret::TokenKind;
use crate::domain::wechat::{ConsentResult, PhoneNumber, Signature};
use crate::usecase::Ctx;
use crate::usecase::sessions::Origin;
use crate::usecase::wechat::messages::Offer;
use crate::usecase::wechat::sessions::{SignedIn, WechatLogin};
use crate::usecase::wechat::{messages, phones, pushes, sessions};

/// Every operation that takes WeChat.
pub(super) struct WechatApi(pub(super) Arc<Ctx>);

/// What somebody signs in with.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewWechatSession {
    /// The code of a `wx.login`, which counts once.
    code: Secret,
    /// An invitation, to join the staff.
    invitation: Option<Secret>,
    /// The present code of the second factor, for supervisors and administrators.
    totp: Option<Secret>,
}

impl From<NewWechatSession> for WechatLogin {
    fn from(new: NewWechatSession) -> Self {
        let (code, invitation) = (new.code.into_text(), new.invitation.map(Secret::into_text));
        Self { code, invitation, totp: new.totp.map(Secret::into_text) }
    }
}

/// Somebody who signed in.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct WechatSession {
    /// The token for `Authorization: Bearer`. It is told this once; left out where `totp` must be shown first, and on the
    /// page, where it is in the cookie.
    token: Option<String>,
    /// When the session ends whatever happens.
    expires_at: Option<Instant>,
    /// The roles that the person holds; empty for a citizen.
    roles: Vec<Word<Role>>,
    /// The second factor as an address that an authenticator app reads, told this once to whoever joins in a role that
    /// asks for one. Signing in again with its code opens a session.
    totp: Option<String>,
}

impl From<SignedIn> for WechatSession {
    fn from(signed: SignedIn) -> Self {
        let token = signed.session.as_ref().map(|(token, _)| token.reveal(TokenKind::Session));
        Self { token, ..Self::without_token(signed) }
    }
}

impl WechatSession {
    /// The same for a page, which gets its token in a cookie.
    pub(super) fn without_token(signed: SignedIn) -> Self {
        Self {
            token: None,
            expires_at: signed.session.map(|(_, session)| Instant(session.ends_at)),
            roles: signed.roles.into_iter().map(Word).collect(),
            totp: signed.totp.map(|(person, secret)| secret.uri(&person.to_string())),
        }
    }
}

/// A message that people may ask for.
#[derive(Debug, Object)]
#[oai(rename = "MessageTemplate", rename_all = "camelCase")]
struct TemplateView {
    /// Our name for it.
    name: String,
    /// WeChat's id of it, for `wx.requestSubscribeMessage`.
    template_id: String,
    /// How many messages of it the caller still takes.
    remaining: i32,
}

/// The messages that people may ask for.
#[derive(Debug, Object)]
#[oai(rename = "MessageTemplateList")]
struct TemplateListView {
    /// All of them.
    items: Vec<TemplateView>,
}

impl From<Vec<Offer>> for TemplateListView {
    fn from(offers: Vec<Offer>) -> Self {
        let view =
            |Offer { template, remaining }| TemplateView { name: template.name, template_id: template.id, remaining };
        Self { items: offers.into_iter().map(view).collect() }
    }
}

/// What `wx.requestSubscribeMessage` said of one template.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct MessageConsent {
    /// WeChat's id of the template.
    #[oai(validator(max_length = 64))]
    template_id: String,
    /// What it said.
    result: Word<ConsentResult>,
}

/// The code of a phone number.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct PhoneCode {
    /// The code of a `getPhoneNumber` button, which counts once.
    code: Secret,
}

/// A phone number as its owner sees it.
#[derive(Debug, Object)]
#[oai(rename = "Phone", rename_all = "camelCase")]
struct PhoneView {
    /// Its last four digits after the country's code, such as `+86 *******8000`.
    masked: String,
}

impl From<PhoneNumber> for PhoneView {
    fn from(phone: PhoneNumber) -> Self {
        Self { masked: phone.masked() }
    }
}

struct PushParams {
    signature: Signature,
    echo: String,
}

const SIGNATURE: Text = Text {
    name: "signature",
    about: "SHA-1 in hexadecimal of token, timestamp and nonce, sorted and joined.",
    longest: 64,
};
const TIMESTAMP: Text = Text { name: "timestamp", about: "When WeChat signed, in Unix seconds.", longest: 20 };
const NONCE: Text = Text { name: "nonce", about: "Anything.", longest: 64 };
const ECHO: Text =
    Text { name: "echostr", about: "What to answer, when WeChat asks whether this is the place.", longest: 64 };
const OPENID: Text = Text { name: "openid", about: "Sent by WeChat, and not read.", longest: 64 };
const COMMENT: Text = Text { name: "encrypt_type", about: "Sent by WeChat, and not read.", longest: 16 };

impl Group for PushParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&SIGNATURE, &TIMESTAMP, &NONCE, &ECHO, &OPENID, &COMMENT];

    fn read(given: &mut Given) -> Option<Self> {
        let mut text = |parameter| given.take(parameter).map(Option::unwrap_or_default);
        let signature = Signature { signature: text(&SIGNATURE)?, timestamp: text(&TIMESTAMP)?, nonce: text(&NONCE)? };
        let echo = text(&ECHO)?;
        let _unread = [text(&OPENID)?, text(&COMMENT)?];
        Some(Self { signature, echo })
    }
}

#[OpenApi(tag = "Tag::Wechat")]
impl WechatApi {
    /// Sign in with WeChat
    ///
    /// Whoever is unknown becomes a citizen. With an invitation they join the staff, a known citizen as the same person,
    /// whose sessions from before end. WeChat alone opens no session of a supervisor or administrator: such a role takes
    /// `totp` as well, and whoever joins in one is told the second factor instead of a token. After twenty failures from
    /// an address in a minute it is 429.
    #[oai(path = "/api/v1/sessions/wechat", method = "post", operation_id = "create_wechat_session")]
    async fn create_wechat_session(
        &self,
        request: &Request,
        query: Params<()>,
        body: JsonBody<NewWechatSession>,
    ) -> Result<Made<WechatSession>, Problem> {
        let Params(()) = query;
        let origin = Origin { address: noted(request), request_id: name_of(request) };
        let signed = sessions::open(&self.0, body.0.into(), &origin).await?;
        Ok(Made::Made(Json(signed.into())))
    }

    /// List the messages that one may ask for
    ///
    /// With how many of each the caller still takes.
    #[oai(path = "/api/v1/me/message-templates", method = "get", operation_id = "list_message_templates")]
    async fn list_message_templates(
        &self,
        signed: Signed,
        query: Params<()>,
    ) -> Result<Json<TemplateListView>, Problem> {
        let Params(()) = query;
        Ok(Json(messages::list(&self.0, &signed.by().actor).await?.into()))
    }

    /// Consent to messages
    ///
    /// What `wx.requestSubscribeMessage` answered on the caller's phone, at most 20 at once. Each consent counts for one
    /// message, up to a hundred of a template.
    #[oai(path = "/api/v1/me/message-consents", method = "post", operation_id = "record_message_consents")]
    async fn record_message_consents(
        &self,
        signed: Signed,
        query: Params<()>,
        body: JsonBody<Vec<MessageConsent>>,
    ) -> Result<Json<TemplateListView>, Problem> {
        let (Params(()), by) = (query, signed.by());
        let results = body.0.into_iter().map(|consent| (consent.template_id, consent.result.0)).collect();
        Ok(Json(messages::record(&self.0, &by.actor, results, &by.request_id).await?.into()))
    }

    /// Tell one's phone number
    ///
    /// Takes the code of a `getPhoneNumber` button. The number is kept sealed, instead of any before.
    #[oai(path = "/api/v1/me/phone", method = "post", operation_id = "record_my_phone")]
    async fn record_my_phone(
        &self,
        signed: Signed,
        query: Params<()>,
        body: JsonBody<PhoneCode>,
    ) -> Result<Json<PhoneView>, Problem> {
        let (Params(()), by) = (query, signed.by());
        let code = body.0.code.into_text();
        Ok(Json(phones::set(&self.0, &by.actor, &code, &by.request_id).await?.into()))
    }

    /// Tell which phone number is kept
    ///
    /// Its last four digits.
    #[oai(path = "/api/v1/me/phone", method = "get", operation_id = "get_my_phone")]
    async fn get_my_phone(&self, signed: Signed, query: Params<()>) -> Result<Json<PhoneView>, Problem> {
        let Params(()) = query;
        Ok(Json(phones::get(&self.0, signed.by().actor.person).await?.into()))
    }

    /// Forget one's phone number
    ///
    /// It is deleted at once.
    #[oai(path = "/api/v1/me/phone", method = "delete", operation_id = "delete_my_phone")]
    async fn delete_my_phone(&self, signed: Signed, query: Params<()>) -> Result<Done, Problem> {
        let (Params(()), by) = (query, signed.by());
        phones::delete(&self.0, &by.actor, &by.request_id).await?;
        Ok(Done::Done)
    }

    /// Show WeChat that this is the place
    ///
    /// WeChat asks this once, when the message push is set up, and is answered `echostr`.
    #[oai(path = "/api/v1/wechat/push", method = "get", operation_id = "get_wechat_push")]
    #[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
    async fn get_wechat_push(&self, query: Params<PushParams>) -> Result<PlainText<String>, Problem> {
        let Params(PushParams { signature, echo }) = query;
        pushes::require(&self.0, &signature)?;
        Ok(PlainText(echo))
    }

    /// Take what WeChat pushes
    ///
    /// In its JSON format and plain mode, whatever the head says of the body; signed by WeChat in the query, for ten
    /// minutes. The same push again changes nothing; another body under the same signature is 403.
    #[oai(path = "/api/v1/wechat/push", method = "post", operation_id = "accept_wechat_push")]
    async fn accept_wechat_push(
        &self,
        query: Params<PushParams>,
        body: Body,
    ) -> Result<PlainText<&'static str>, Problem> {
        let Params(PushParams { signature, .. }) = query;
        let body = body.into_vec().await.map_err(|_| Problem::new(ProblemCode::BadBody, "The body broke off."))?;
        pushes::take(&self.0, signature, body).await?;
        Ok(PlainText("success"))
    }
}
