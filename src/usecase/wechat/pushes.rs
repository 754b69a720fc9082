//! What WeChat pushes here, signed.

use super::client;
use crate::domain::secret::fingerprint;
use crate::domain::wechat::{Pushed, Signature};
use crate::store::Tx;
use crate::usecase::{Ctx, Failure, photos};

/// Goes on only if WeChat signed that, lately.
///
/// # Errors
/// [`Failure::Refused`]; [`Failure::WechatNotConfigured`] where no pushes are expected.
pub fn require(ctx: &Ctx, signature: &Signature) -> Result<(), Failure> {
    let token = client(ctx)?.push_token().ok_or(Failure::WechatNotConfigured)?;
    if signature.is_good(token, ctx.clock.now()) { Ok(()) } else { Err(Failure::Refused) }
}

/// Takes a push. The same again changes nothing; another body under a signature that was used is refused, since WeChat
/// does not sign bodies.
///
/// # Errors
/// As [`require`], and [`Failure::Invalid`] for a body that is no push.
pub async fn take(ctx: &Ctx, signature: Signature, body: Vec<u8>) -> Result<(), Failure> {
    require(ctx, &signature)?;
    let pushed = Pushed::read(&body, client(ctx)?.app_id())?;
    let hash = fingerprint(&String::from_utf8_lossy(&body));
    let taken = ctx
        .store
        .write(ctx.author("wechat"), move |tx| Box::pin(async move { take_in(tx, &signature, &hash, pushed).await }));
    taken.await
}

async fn take_in(tx: &Tx, signature: &Signature, hash: &str, pushed: Pushed) -> Result<(), Failure> {
    // A signature is good within the window before and after its time.
    let since = tx.at() - Signature::WINDOW * 2;
    if !tx.take_push(&signature.signature, hash, since).await? {
        return Err(Failure::Refused);
    }
    match pushed {
        Pushed::MediaChecked { trace, state: Some(state) } => {
            tx.decide_media_check(&trace, state).await?;
            match tx.media_check_subject(&trace).await? {
                Some(subject) => photos::checked(tx, &subject).await,
                None => Ok(()),
            }
        }
        Pushed::MediaChecked { trace, state: None } => {
            tracing::warn!(trace, "WeChat could not check a picture");
            Ok(())
        }
        Pushed::Other => Ok(()),
    }
}
