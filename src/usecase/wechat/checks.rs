//! Whether what people write and photograph may be shown, as WeChat judges it.

use super::{openid, tokens};
use crate::domain::account::PersonId;
use crate::domain::wechat::{CheckState, Scene};
use crate::gateway::wechat::Call;
use crate::usecase::{Ctx, Failure, photos};

/// Judges a text that somebody who signed in with WeChat wrote: passed or refused.
///
/// # Errors
/// [`Failure::NotFound`] for somebody whom WeChat does not know; what WeChat fails with.
pub async fn text(ctx: &Ctx, author: PersonId, scene: Scene, text: &str) -> Result<CheckState, Failure> {
    super::client(ctx)?;
    let openid = openid(ctx, author).await?;
    Ok(tokens::call(ctx, &Call::text_check(&openid, scene, text)).await?)
}

/// Asks for a check of a picture that WeChat can fetch at `url`; answers the check's name. Its outcome is pushed within
/// half an hour. `subject` is what it is a picture of, such as a photo's id.
///
/// # Errors
/// [`Failure::NotFound`] for somebody whom WeChat does not know; what WeChat fails with.
pub async fn picture(ctx: &Ctx, author: PersonId, scene: Scene, url: &str, subject: &str) -> Result<String, Failure> {
    super::client(ctx)?;
    let openid = openid(ctx, author).await?;
    let trace = tokens::call(ctx, &Call::media_check(&openid, scene, url)).await?;
    let (named, subject) = (trace.clone(), subject.to_owned());
    let written = ctx.store.write(ctx.author("checks"), move |tx| {
        Box::pin(async move {
            tx.create_media_check(&named, &subject).await?;
            // Its outcome may have been quicker.
            photos::checked(tx, &subject).await
        })
    });
    written.await?;
    Ok(trace)
}

/// How the newest word on a subject stands: refused if any check refused it, passed if one passed it, else pending;
/// `None` where no check was asked for.
///
/// # Errors
/// What the store fails with.
pub async fn of(ctx: &Ctx, subject: &str) -> Result<Option<CheckState>, Failure> {
    let checks = ctx.store.media_checks_of(subject).await?;
    let is = |wanted: CheckState| checks.iter().any(|(_, state)| *state == wanted);
    let by_weight = [CheckState::Refused, CheckState::Passed, CheckState::Pending];
    Ok(by_weight.into_iter().find(|state| is(*state)))
}
