//! What this service asks of WeChat, one file for each thing. Without WeChat all of it answers
//! [`Failure::WechatNotConfigured`], and everything else works.

pub mod checks;
pub mod messages;
pub mod phones;
pub mod pushes;
pub mod sessions;
mod standing;
mod tokens;
pub mod web;

use super::staff::entry;
use super::{Ctx, Failure};
use crate::domain::account::PersonId;
use crate::domain::event::{Action, NewEntry, RecordKind, field_names};
use crate::domain::seal::{SealError, Sealed, Slot};
use crate::domain::wechat::{OpenId, Realm};
use crate::gateway::wechat::{Call, CodeImage, Picture, Wechat};

/// Where WeChat's name for somebody in a realm is kept sealed, and what its index is made for.
const fn column(realm: Realm) -> &'static str {
    match realm {
        Realm::MiniProgram => "identity.openid",
        Realm::Account => "identity.accountOpenid",
        Realm::Union => "identity.unionid",
    }
}

/// The client, if there is an app.
fn client(ctx: &Ctx) -> Result<&Wechat, Failure> {
    ctx.wechat.as_deref().ok_or(Failure::WechatNotConfigured)
}

/// Seals WeChat's name for somebody.
fn seal_openid(ctx: &Ctx, person: PersonId, realm: Realm, openid: &OpenId) -> Result<Sealed, Failure> {
    ctx.seal(Slot { column: column(realm), row: &person.to_string() }, openid.as_str().as_bytes())
}

/// The openid of a person in the mini program.
async fn openid(ctx: &Ctx, person: PersonId) -> Result<OpenId, Failure> {
    let sealed = ctx.store.openid(person).await?.ok_or(Failure::NotFound)?;
    let bytes = ctx.keys.open(Slot { column: column(Realm::MiniProgram), row: &person.to_string() }, &sealed)?;
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
