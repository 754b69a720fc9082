//! WeChat's word on a photo: asked for when it is sent, and counted when it is pushed.

use super::entry;
use crate::domain::account::PersonId;
use crate::domain::event::{self, changes};
use crate::domain::photo::{Pass, Photo, PhotoId, PhotoState};
use crate::domain::public_url::PublicUrl;
use crate::domain::wechat::Scene;
use crate::store::Tx;
use crate::usecase::wechat::checks;
use crate::usecase::{Ctx, Failure};

/// Where WeChat can fetch pictures, if it is asked to check them: there is an app, it pushes its word here, and it knows
/// the way here.
fn reached(ctx: &Ctx) -> Option<&PublicUrl> {
    let pushes = ctx.wechat.as_ref().is_some_and(|wechat| wechat.push_token().is_some());
    ctx.public_url.as_ref().filter(|_| pushes)
}

/// Whether WeChat is asked.
pub(super) fn is_on(ctx: &Ctx) -> bool {
    reached(ctx).is_some()
}

/// How a photo of that person begins. WeChat checks what people whom it knows send; what the staff sends from elsewhere
/// is theirs to answer for.
pub(super) async fn first_state(ctx: &Ctx, person: PersonId) -> Result<PhotoState, Failure> {
    let is_known = is_on(ctx) && ctx.store.openid(person).await?.is_some();
    Ok(if is_known { PhotoState::Pending } else { PhotoState::Unchecked })
}

/// Asks for a check. Where that fails, the photo waits, and it is asked for again.
pub(super) async fn ask(ctx: &Ctx, photo: &Photo) {
    let pass = Pass::issue(&ctx.keys, photo.id, ctx.clock.now());
    let Some((url, pass)) = reached(ctx).zip(pass) else { return };
    let url = format!("{}/api/v1/photos/{}?pass={pass}", url.origin(), photo.id);
    let asked = checks::picture(ctx, photo.by, Scene::Comment, &url, &photo.id.to_string()).await;
    if let Err(error) = asked {
        tracing::warn!(error = &error as &dyn std::error::Error, photo = %photo.id, "cannot have a photo checked yet");
    }
}

/// Takes WeChat's word on what a check is of, where that is a photo that waits for it. The first word counts.
pub(in crate::usecase) async fn settle(tx: &Tx, subject: &str) -> Result<(), Failure> {
    let Ok(id) = subject.parse::<PhotoId>() else { return Ok(()) };
    let Some(before) = tx.photo(id).await?.filter(|photo| photo.state == PhotoState::Pending) else { return Ok(()) };
    let Some(state) = tx.photo_checked(id).await? else { return Ok(()) };
    let after = Photo { state: state.into(), revision: before.revision + 1, ..before.clone() };
    tx.set_photo_state(id, after.state, after.revision).await?;
    let told = changes(&before.fields(), &after.fields());
    Ok(tx.append(vec![entry(&after, event::Action::Update, told)]).await?)
}
