//! Messages that people asked for: one consent is one message.

use super::{changed, client, openid, tokens};
use crate::domain::Violation;
use crate::domain::account::{Actor, PersonId};
use crate::domain::wechat::{ConsentResult, MessageTemplate};
use crate::gateway::wechat::{Call, Message, WechatError};
use crate::store::{Author, StoreError};
use crate::usecase::wechat::tokens::CallFailure;
use crate::usecase::{Ctx, Failure};

/// So many consents to one template are believed: whoever sends more of them is not read to.
const MOST: i32 = 100;

/// So many results come at once at most; WeChat asks for three templates at a time.
const AT_ONCE: usize = 20;

/// A template, and how many messages of it somebody still takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The template.
    pub template: MessageTemplate,
    /// How many messages are left.
    pub remaining: i32,
}

/// The templates with the caller's consents.
///
/// # Errors
/// [`Failure::WechatNotConfigured`].
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Offer>, Failure> {
    let templates = client(ctx)?.templates();
    let consents = ctx.store.consents(actor.person).await?;
    let offer = |template: &MessageTemplate| {
        let remaining = consents.get(&template.id).copied().unwrap_or(0);
        Offer { template: template.clone(), remaining }
    };
    Ok(templates.all().iter().map(offer).collect())
}

/// Takes what `wx.requestSubscribeMessage` told the caller's phone; each consent counts for one message.
///
/// # Errors
/// [`Failure::Invalid`] for a template that is not configured, and then none of them counts.
pub async fn record(
    ctx: &Ctx,
    actor: &Actor,
    results: Vec<(String, ConsentResult)>,
    request_id: &str,
) -> Result<Vec<Offer>, Failure> {
    let templates = client(ctx)?.templates();
    if results.len() > AT_ONCE {
        return Err(Violation::new("body", "tooMany", format!("at most {AT_ONCE} results are taken at once")).into());
    }
    if let Some(at) = results.iter().position(|(id, _)| !templates.has(id)) {
        let message = "is no template of this service: see GET /api/v1/me/message-templates";
        return Err(Violation::new(format!("{at}.templateId"), "unknownTemplate", message).into());
    }
    let person = actor.person;
    let given: Vec<String> = results.into_iter().filter(|(_, result)| result.is_consent()).map(|(id, _)| id).collect();
    if !given.is_empty() {
        let author = Author { actor: actor.signing(request_id), at: ctx.clock.now() };
        let written = ctx.store.write(author, move |tx| {
            Box::pin(async move {
                for template in &given {
                    tx.add_consent(person, template, MOST).await?;
                }
                Ok::<_, Failure>(tx.append(vec![changed(person, "messageConsents")]).await?)
            })
        });
        written.await?;
    }
    list(ctx, actor).await
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// WeChat took it.
    Yes,
    /// The person does not want it, or never signed in with WeChat.
    Unwanted,
}

/// Sends somebody a message, if they consented to one. The consent is used up before WeChat is asked, so that two
/// messages never go for one; it is given back where WeChat surely did not send.
///
/// # Errors
/// What WeChat fails with, and [`Failure::Invalid`] for a template that is not configured.
pub async fn send(
    ctx: &Ctx,
    to: PersonId,
    template: &str,
    page: &str,
    values: Vec<(String, String)>,
) -> Result<Sent, Failure> {
    let known = client(ctx)?.templates().named(template);
    let known = known.ok_or_else(|| Violation::new("template", "unknownTemplate", "is not configured"))?;
    let openid = match openid(ctx, to).await {
        Err(Failure::NotFound) => return Ok(Sent::Unwanted),
        openid => openid?,
    };
    let template = known.id.clone();
    if !change(ctx, to, &template, Change::Use).await? {
        return Ok(Sent::Unwanted);
    }
    let message = Message { to: openid, template: template.clone(), page: page.to_owned(), values };
    match tokens::call(ctx, &Call::message(&message)).await {
        Ok(()) => Ok(Sent::Yes),
        Err(CallFailure::Wechat(WechatError::NoConsent)) => {
            change(ctx, to, &template, Change::Empty).await?;
            Ok(Sent::Unwanted)
        }
        Err(failure) => {
            if failure.did_nothing() {
                change(ctx, to, &template, Change::GiveBack).await?;
            }
            Err(failure.into())
        }
    }
}

/// What is done to the consents of a person.
#[derive(Debug, Clone, Copy)]
enum Change {
    Use,
    GiveBack,
    Empty,
}

/// Changes the consents to a template; answers whether there was anything to change.
async fn change(ctx: &Ctx, person: PersonId, template: &str, change: Change) -> Result<bool, Failure> {
    let template = template.to_owned();
    let changing = ctx.store.write(ctx.author("messages"), move |tx| {
        Box::pin(async move {
            let done = match change {
                Change::Use => tx.use_consent(person, &template).await?,
                Change::GiveBack => tx.add_consent(person, &template, MOST).await.map(|()| true)?,
                Change::Empty => tx.empty_consents(person, &template).await.map(|()| true)?,
            };
            if done {
                tx.append(vec![changed(person, "messageConsents")]).await?;
            }
            Ok::<_, StoreError>(done)
        })
    });
    Ok(changing.await?)
}
