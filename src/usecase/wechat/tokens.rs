//! The access token: fetched by one flight at a time among all processes, shared through the database, sealed there.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::client;
use crate::domain::seal::{SealError, Slot};
use crate::gateway::wechat::{AccessToken, Call, FreshToken, Wechat, WechatError};
use crate::store::KeptToken;
use crate::usecase::{Ctx, Failure};

/// A token is renewed so long before it runs out; WeChat lets the one before count on for that time.
const EARLY: TimeDelta = TimeDelta::minutes(5);

/// For so long a flight may be under way before it counts as lost: longer than two calls may take.
const FLIGHT: TimeDelta = TimeDelta::seconds(65);

/// Whoever has no token waits for somebody else's flight, looking every so often and so many times.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 40;

const COLUMN: &str = "wechat_token.sealed";

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallFailure {
    /// WeChat, or the way to it.
    #[error(transparent)]
    Wechat(#[from] WechatError),
    /// Whatever stood in the way before WeChat was asked for this, a token that could not be had included.
    #[error("WeChat was not asked")]
    Ours(#[source] Box<Failure>),
}

impl CallFailure {
    /// Whether WeChat surely did not do it.
    pub(super) fn did_nothing(&self) -> bool {
        match self {
            Self::Wechat(error) => error.did_nothing(),
            Self::Ours(_) => true,
        }
    }
}

impl From<Failure> for CallFailure {
    fn from(failure: Failure) -> Self {
        Self::Ours(Box::new(failure))
    }
}

impl From<CallFailure> for Failure {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Wechat(error) => error.into(),
            CallFailure::Ours(failure) => *failure,
        }
    }
}

/// Makes a call. A token that WeChat does not take is dropped, and the call made once more with another.
pub(super) async fn call<T>(ctx: &Ctx, call: &Call<T>) -> Result<T, CallFailure> {
    let wechat = client(ctx)?;
    let held = held(ctx, wechat).await?;
    match wechat.call(&held.token, call, ctx.clock.now()).await {
        Err(WechatError::DeadToken) => {
            drop_token(ctx, wechat, held.generation).await?;
            let other = self::held(ctx, wechat).await?;
            Ok(wechat.call(&other.token, call, ctx.clock.now()).await?)
        }
        answer => Ok(answer?),
    }
}

/// A token with the number of its generation.
struct Held {
    generation: i64,
    token: AccessToken,
}

async fn held(ctx: &Ctx, wechat: &Wechat) -> Result<Held, Failure> {
    for _ in 0..LOOKS {
        let now = ctx.clock.now();
        let kept = ctx.store.wechat_token(wechat.app_id()).await?;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.refresh_at) {
            return open(ctx, wechat, kept);
        }
        if fly(ctx, wechat).await? {
            continue;
        }
        // Somebody else is fetching one. In the last minutes of the one before, that still counts.
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.expires_at) {
            return open(ctx, wechat, kept);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Failure::WechatUnavailable { retry_after: Duration::from_secs(2), source: None })
}

fn open(ctx: &Ctx, wechat: &Wechat, kept: &KeptToken) -> Result<Held, Failure> {
    let bytes = ctx.keys.open(Slot { column: COLUMN, row: wechat.app_id() }, &kept.sealed)?;
    let token = std::str::from_utf8(&bytes).ok().and_then(AccessToken::read);
    Ok(Held { generation: kept.generation, token: token.ok_or(SealError::Broken)? })
}

/// Fetches a token if one is wanted and nobody else does; answers whether it did.
async fn fly(ctx: &Ctx, wechat: &Wechat) -> Result<bool, Failure> {
    let (app, lease, now) = (wechat.app_id().to_owned(), ctx.clock.new_id(), ctx.clock.now());
    let leased = ctx.store.write(ctx.author("wechat"), move |tx| {
        Box::pin(async move { Ok::<_, Failure>(tx.lease_wechat_token(&app, lease, now + FLIGHT).await?) })
    });
    if !leased.await? {
        return Ok(false);
    }
    match wechat.stable_token(now).await {
        Ok(fresh) => keep(ctx, wechat, lease, &fresh, now).await?,
        Err(error) => {
            let app = wechat.app_id().to_owned();
            let released = ctx.store.write(ctx.author("wechat"), move |tx| {
                Box::pin(async move { Ok::<_, Failure>(tx.release_wechat_lease(&app, lease).await?) })
            });
            released.await?;
            return Err(error.into());
        }
    }
    Ok(true)
}

async fn keep(ctx: &Ctx, wechat: &Wechat, lease: Uuid, fresh: &FreshToken, now: DateTime<Utc>) -> Result<(), Failure> {
    let app = wechat.app_id().to_owned();
    let sealed = ctx.seal(Slot { column: COLUMN, row: &app }, fresh.token.reveal().as_bytes())?;
    let expires_at = now + fresh.lasts;
    // A token that lasts no longer than that is used for half its time.
    let refresh_at = if fresh.lasts > EARLY * 2 { expires_at - EARLY } else { now + fresh.lasts / 2 };
    let kept = ctx.store.write(ctx.author("wechat"), move |tx| {
        Box::pin(async move {
            Ok::<_, Failure>(tx.keep_wechat_token(&app, lease, &sealed, [refresh_at, expires_at]).await?)
        })
    });
    // A lease that was lost meanwhile is no failure: somebody else keeps theirs.
    kept.await.map(drop)
}

async fn drop_token(ctx: &Ctx, wechat: &Wechat, generation: i64) -> Result<(), Failure> {
    let app = wechat.app_id().to_owned();
    let dropped = ctx.store.write(ctx.author("wechat"), move |tx| {
        Box::pin(async move { Ok::<_, Failure>(tx.drop_wechat_token(&app, generation).await?) })
    });
    dropped.await
}
