//! Signing in on the page by the official account (网页授权): off to WeChat, and back with a code.
//!
//! Between the two nothing is kept here. What was wanted goes along sealed in a cookie of the browser, bound to the state
//! that goes to WeChat: whoever comes back must bring both, so that nobody can have another browser end what they began
//! in their own. A state counts once.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::sessions::{Brought, SignedIn, believed, invited, open_vouched, strange};
use crate::domain::codes::codes;
use crate::domain::seal::{Sealed, Slot};
use crate::domain::secret::fingerprint;
use crate::domain::wechat::Realm;
use crate::gateway::wechat::Account;
use crate::store::{Author, StoreError};
use crate::usecase::attempts::require_few;
use crate::usecase::sessions::{Origin, nobody};
use crate::usecase::{Ctx, Failure};

/// How long somebody may be away at WeChat. Its codes count for five minutes.
pub const AWAY: TimeDelta = TimeDelta::minutes(10);

/// What the cookie is sealed for.
const PASS: &str = "wechat.pass";

codes!(
    /// The page to which somebody comes back from WeChat.
    Landing {
        /// Where an invitation is accepted.
        Join = "join",
        /// Where cleanings are logged.
        Staff = "staff",
    }
);

/// What somebody goes to WeChat for. None of it is ever printed.
pub struct Wanted {
    /// Where they come back to.
    pub page: Landing,
    /// The invitation, to join the staff or to set up anew how one signs in.
    pub invitation: Option<String>,
    /// The present code of the second factor, for those who need one.
    pub totp: Option<String>,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted").field("page", &self.page).finish_non_exhaustive()
    }
}

/// The way there.
#[derive(Debug)]
pub struct Departure {
    /// Where to send the browser.
    pub url: String,
    /// What the browser keeps for the way back, for [`AWAY`] at most.
    pub pass: Sealed,
}

/// What somebody came back with. None of it is ever printed.
pub struct Return {
    /// The code, which counts once.
    pub code: String,
    /// The state that went along.
    pub state: String,
    /// What the browser kept, if it brings anything.
    pub pass: Option<String>,
}

impl fmt::Debug for Return {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Return").finish_non_exhaustive()
    }
}

/// What lies sealed in the cookie.
#[derive(Serialize, Deserialize)]
struct Pass {
    until: DateTime<Utc>,
    invitation: Option<String>,
    totp: Option<String>,
}

/// The way to WeChat for somebody who wants to sign in, or to join by an invitation.
///
/// # Errors
/// [`Failure::WechatNotConfigured`]; [`Failure::NotFound`] for an invitation that does not count.
pub async fn begin(ctx: &Ctx, wanted: Wanted) -> Result<Departure, Failure> {
    let account = account(ctx)?;
    // Of our own settings alone: whatever stood in a request could lead the code elsewhere.
    let own = ctx.public_url.as_ref().ok_or(Failure::NotConfigured { setting: "public_url" })?;
    if let Some(invitation) = &wanted.invitation {
        invited(ctx, invitation).await?;
    }
    let state = HEXLOWER.encode(&ctx.clock.random::<32>()?);
    let Wanted { page, invitation, totp } = wanted;
    let pass = Pass { until: ctx.clock.now() + AWAY, invitation, totp };
    let plain = serde_json::to_vec(&pass).map_err(|error| Failure::Internal(Box::new(error)))?;
    let pass = ctx.seal(Slot { column: PASS, row: &state }, &plain)?;
    Ok(Departure { url: account.authorize_url(&format!("{}/{page}", own.origin()), &state), pass })
}

/// Signs in, or joins, whoever comes back from WeChat. The page is for the staff: whoever is unknown and brings no
/// invitation stays so.
///
/// # Errors
/// [`Failure::Unauthenticated`] for a state that this browser was not given, is too old or was used, for a code that
/// WeChat does not take, and for a wrong second factor; [`Failure::WechatUnknown`]; else as for
/// [`open`](super::sessions::open).
pub async fn finish(ctx: &Ctx, back: Return, origin: &Origin) -> Result<SignedIn, Failure> {
    let account = account(ctx)?;
    require_few(ctx, &origin.address).await?;
    let Some(pass) = opened(ctx, &back) else { return Err(strange(ctx, origin).await?) };
    if !taken(ctx, &back.state, origin).await? {
        return Err(strange(ctx, origin).await?);
    }
    let invitation = match &pass.invitation {
        Some(text) => Some(invited(ctx, text).await?),
        None => None,
    };
    let vouched = account.code_to_person(&back.code, ctx.clock.now()).await;
    let vouched = believed(ctx, vouched, origin).await?;
    let brought = Brought { realm: Realm::Account, vouched, invitation, totp: pass.totp };
    open_vouched(ctx, &brought, origin).await
}

fn account(ctx: &Ctx) -> Result<&Account, Failure> {
    ctx.wechat_account.as_deref().ok_or(Failure::WechatNotConfigured)
}

/// What this browser went to WeChat for under that state, if it did so lately.
fn opened(ctx: &Ctx, back: &Return) -> Option<Pass> {
    let sealed = Sealed::kept(back.pass.clone()?);
    let plain = ctx.keys.open(Slot { column: PASS, row: &back.state }, &sealed).ok()?;
    let pass: Pass = serde_json::from_slice(&plain).ok()?;
    Some(pass).filter(|pass| ctx.clock.now() < pass.until)
}

/// Uses a state up, before WeChat is asked; answers whether it was still to be had. One that is forgotten here is too old
/// to be opened.
async fn taken(ctx: &Ctx, state: &str, origin: &Origin) -> Result<bool, Failure> {
    let (author, state) = (Author { actor: nobody(origin), at: ctx.clock.now() }, fingerprint(state));
    let since = author.at - AWAY * 2;
    let taken = ctx.store.write(author, move |tx| Box::pin(async move { tx.take_return(&state, since).await }));
    taken.await.map_err(|error: StoreError| error.into())
}
