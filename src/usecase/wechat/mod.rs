//! What this service asks of WeChat, one file for each thing. Without WeChat all of it answers
//! [`Failure::WechatNotConfigured`], and everything else works.

pub mod checks;
pub mod messages;
pub mod phones;
pub mod pushes;
pub mod sessions;
mod tokens;

use super::staff::entry;
use super::{Ctx, Failure};
use crate::domain::account::PersonId;
use crate::domain::event::{Action, NewEntry, RecordKind, field_names};
use crate::domain::seal::{SealError, Sealed, Slot};
use crate::domain::wechat::OpenId;
use crate::gateway::wechat::{Call, CodeImage, Picture, Wechat};

/// Where an openid is kept sealed.
const OPENID: &str = "identity.openid";

/// The client, if there is an app.
fn client(ctx: &Ctx) -> Result<&Wechat, Failure> {
    ctx.wechat.as_deref().ok_or(Failure::WechatNotConfigured)
}

/// Seals an openid for the person it is.
fn seal_openid(ctx: &Ctx, person: PersonId, openid: &OpenId) -> Result<Sealed, Failure> {
    ctx.seal(Slot { column: OPENID, row: &person.to_string() }, openid.as_str().as_bytes())
}

/// The openid of a person.
async fn openid(ctx: &Ctx, person: PersonId) -> Result<OpenId, Failure> {
    let sealed = ctx.store.openid(person).await?.ok_or(Failure::NotFound)?;
    let bytes = ctx.keys.open(Slot { column: OPENID, row: &person.to_string() }, &sealed)?;
    let openid = String::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    Ok(openid.ok_or(SealError::Broken)?)
}

/// That something of a person changed, without saying what it is.
fn changed(person: PersonId, field: &str) -> NewEntry {
    entry(RecordKind::Person, person, Action::Update, field_names(&[field]))
}

/// A mini program code that opens a page with a scene.
///
/// # Errors
/// What WeChat fails with.
pub async fn code_image(ctx: &Ctx, image: &CodeImage) -> Result<Picture, Failure> {
    tokens::call(ctx, &Call::code_image(image)).await.map_err(Failure::from)
}
