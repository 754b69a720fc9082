//! Phone numbers: told by WeChat, kept sealed, shown to their owner in part.

use super::{changed, tokens};
use crate::domain::Violation;
use crate::domain::account::{Actor, PersonId};
use crate::domain::seal::{SealError, Slot};
use crate::domain::wechat::PhoneNumber;
use crate::gateway::wechat::{Call, WechatError};
use crate::store::Author;
use crate::usecase::{Ctx, Failure};

use super::tokens::CallFailure;

const COLUMN: &str = "phone.sealed";

/// Keeps the phone number behind the code of a `getPhoneNumber` button, instead of any before.
///
/// # Errors
/// [`Failure::Invalid`] for a code that WeChat does not take; what WeChat fails with.
pub async fn set(ctx: &Ctx, actor: &Actor, code: &str, request_id: &str) -> Result<PhoneNumber, Failure> {
    let phone = match tokens::call(ctx, &Call::phone_number(code)).await {
        // Not as in signing in: it is the code that is wrong here, and no session.
        Err(CallFailure::Wechat(WechatError::BadCode)) => {
            let message = "WeChat does not take the code: it is used, too old or made up";
            return Err(Violation::new("code", "badCode", message).into());
        }
        phone => phone.map_err(Failure::from)?,
    };
    let person = actor.person;
    let sealed = ctx.seal(slot(&person.to_string()), phone.reveal().as_bytes())?;
    let author = Author { actor: actor.signing(request_id), at: ctx.clock.now() };
    let written = ctx.store.write(author, move |tx| {
        Box::pin(async move {
            tx.set_phone(person, &sealed).await?;
            Ok::<_, Failure>(tx.append(vec![changed(person, "phone")]).await?)
        })
    });
    written.await?;
    Ok(phone)
}

/// The phone number of a person, for whoever may know it.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, person: PersonId) -> Result<PhoneNumber, Failure> {
    let sealed = ctx.store.phone(person).await?.ok_or(Failure::NotFound)?;
    let bytes = ctx.keys.open(slot(&person.to_string()), &sealed)?;
    let phone = String::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    Ok(phone.ok_or(SealError::Broken)?)
}

/// Forgets the caller's phone number.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn delete(ctx: &Ctx, actor: &Actor, request_id: &str) -> Result<(), Failure> {
    let person = actor.person;
    let author = Author { actor: actor.signing(request_id), at: ctx.clock.now() };
    let deleted = ctx.store.write(author, move |tx| {
        Box::pin(async move {
            if !tx.delete_phone(person).await? {
                return Err(Failure::NotFound);
            }
            Ok(tx.append(vec![changed(person, "phone")]).await?)
        })
    });
    deleted.await
}

fn slot(row: &str) -> Slot<'_> {
    Slot { column: COLUMN, row }
}
