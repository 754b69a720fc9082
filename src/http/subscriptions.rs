//! What people want to be told: webhooks, robots of groups, messages of WeChat.

use std::sync::Arc;

use chrono_tz::Tz;
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::instant::Instant;
use super::people_view::Done;
use super::problem::Problem;
use super::query::Params;
use super::revision::once;
use super::tag::Tag;
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::Violation;
use crate::domain::events::Topic;
use crate::domain::id::OperatorId;
use crate::domain::subscription::{Channel, Pace, Quiet, Rhythm, Subscription, Trouble};
use crate::domain::webhook::WebhookSecret;
use crate::usecase::once::KeptAnswer;
use crate::usecase::subscriptions::{self, NewSubscription};
use crate::usecase::{Ctx, Failure};

/// Every operation on subscriptions.
pub(super) struct SubscriptionsApi(pub(super) Arc<Ctx>);

/// The hours of every day in which no message goes. Over midnight where they end before they begin.
#[derive(Debug, Object)]
#[oai(rename = "QuietHours", deny_unknown_fields)]
struct QuietFacts {
    /// When they begin, such as `22:00`.
    #[oai(validator(min_length = 5, max_length = 5))]
    from: String,
    /// When they end, such as `06:30`.
    #[oai(validator(min_length = 5, max_length = 5))]
    to: String,
}

/// A wish to be told.
#[derive(Debug, Object)]
#[oai(rename = "NewSubscription", rename_all = "camelCase", deny_unknown_fields)]
struct SubscriptionInput {
    /// By which way.
    channel: Word<Channel>,
    /// Of what lies in this area and below: its code. Left out by whoever answers for the whole register.
    area: Option<String>,
    /// Only of what this body runs: its id.
    operator: Option<i32>,
    /// Of which topics; of all but `cleaned` if left out.
    topics: Option<Vec<Word<Topic>>>,
    /// `atOnce` (as soon as there is anything to tell) or `shift` (once every four hours, counted from midnight); `shift`
    /// if left out.
    pace: Option<Word<Pace>>,
    /// When no message goes; what there is to tell waits until they end.
    quiet: Option<QuietFacts>,
    /// The zone of the hours, such as `Asia/Shanghai`; that of the service if left out.
    zone: Option<String>,
    /// Where to: the address of a webhook (https, a public host), or the key of a robot. It is never shown again.
    #[oai(validator(max_length = 2048))]
    target: Option<String>,
    /// The secret of a robot of 钉钉 that takes signed messages (加签). It is never shown again.
    #[oai(validator(max_length = 128))]
    secret: Option<String>,
}

/// Whether a subscription rests.
#[derive(Debug, Object)]
#[oai(rename = "SubscriptionPause", deny_unknown_fields)]
struct PauseInput {
    /// Whether it does.
    paused: bool,
}

/// A wish to be told, without where to.
#[derive(Debug, Object)]
#[oai(rename = "Subscription", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct SubscriptionView {
    /// Its id.
    id: Uuid,
    /// Whose it is: a pseudonym.
    person: Uuid,
    /// By which way.
    channel: Word<Channel>,
    /// The code of the area; left out where it is everywhere.
    area: Option<String>,
    /// The id of the body.
    operator: Option<i32>,
    /// The topics.
    topics: Vec<Word<Topic>>,
    /// When messages go.
    pace: Word<Pace>,
    /// When none goes.
    quiet: Option<QuietFacts>,
    /// The zone of the hours.
    zone: String,
    /// Since when.
    made_at: Instant,
    /// Since when no message has got there, if the last one has not.
    failing_since: Option<Instant>,
    /// Since when none is sent any more: none had got there for days, or the other side is gone, or whoever asked may not
    /// have them any more (then with `trouble`), or somebody paused it.
    paused_at: Option<Instant>,
    /// Why, of either.
    trouble: Option<Word<Trouble>>,
}

/// A wish to be told that was made just now.
#[derive(Debug, Object)]
#[oai(rename = "MadeSubscription", skip_serializing_if_is_none)]
struct MadeView {
    /// The subscription.
    subscription: SubscriptionView,
    /// The secret with which a webhook sees that messages are ours (Standard Webhooks), told this once (and again to the
    /// same request).
    secret: Option<String>,
}

/// Subscriptions in the order in which they were made.
#[derive(Debug, Object)]
#[oai(rename = "SubscriptionList")]
struct SubscriptionListView {
    /// The subscriptions.
    items: Vec<SubscriptionView>,
}

#[OpenApi(tag = "Tag::Events")]
impl SubscriptionsApi {
    /// Ask to be told
    ///
    /// For supervisors and admins, of their area: by a signed webhook, by a robot in a group of 企业微信 or 钉钉, or by
    /// WeChat to oneself, where consents to the template `events` were recorded. Twenty a person at most.
    #[oai(path = "/api/v1/subscriptions", method = "post", operation_id = "create_subscription")]
    async fn create_subscription(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<SubscriptionInput>,
    ) -> Result<Created<MadeView>, Problem> {
        let (Params(()), by) = (query, signed.writer());
        let asked = ["create_subscription", &format!("{:?}", body.0)];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let new = body.0.read(self.0.home.zone)?;
        Ok(Created::kept(subscriptions::create(&self.0, by, new, once, made).await?))
    }

    /// List subscriptions
    ///
    /// Those of the caller's area, whoever's they are, and the caller's own.
    #[oai(path = "/api/v1/subscriptions", method = "get", operation_id = "list_subscriptions")]
    async fn list_subscriptions(
        &self,
        signed: Signed,
        query: Params<()>,
    ) -> Result<Json<SubscriptionListView>, Problem> {
        let Params(()) = query;
        let all = subscriptions::list(&self.0, &signed.by().actor).await?;
        Ok(Json(SubscriptionListView { items: all.iter().map(SubscriptionView::from).collect() }))
    }

    /// Get a subscription
    #[oai(path = "/api/v1/subscriptions/:id", method = "get", operation_id = "get_subscription")]
    async fn get_subscription(
        &self,
        signed: Signed,
        /// The subscription's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Answer<SubscriptionView>, Problem> {
        let Params(()) = query;
        let found = subscriptions::get(&self.0, &signed.by().actor, id.0).await?;
        Ok(Answer::of(&SubscriptionView::from(&found)))
    }

    /// Pause a subscription, or have it go on
    ///
    /// While it is paused nothing is sent or kept for it. What was paused since nothing got there goes on as if nothing had
    /// been; a webhook keeps its secret.
    #[oai(path = "/api/v1/subscriptions/:id/paused", method = "put", operation_id = "update_subscription_pause")]
    async fn update_subscription_pause(
        &self,
        signed: Signed,
        /// The subscription's id.
        id: Path<Uuid>,
        query: Params<()>,
        body: Body<PauseInput>,
    ) -> Result<Changed<SubscriptionView>, Problem> {
        let Params(()) = query;
        let found = subscriptions::set_paused(&self.0, signed.writer(), id.0, body.0.paused).await?;
        Ok(Changed::now(Answer::of(&SubscriptionView::from(&found))))
    }

    /// Take a subscription back
    ///
    /// At once, with what it was still to tell.
    #[oai(path = "/api/v1/subscriptions/:id", method = "delete", operation_id = "delete_subscription")]
    async fn delete_subscription(
        &self,
        signed: Signed,
        /// The subscription's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Done, Problem> {
        let Params(()) = query;
        subscriptions::delete(&self.0, signed.writer(), id.0).await?;
        Ok(Done::Done)
    }
}

/// The answer about a subscription that was made just now. Its tag follows from its id alone, so that nothing of the secret
/// is kept beside the answer.
fn made(subscription: &Subscription, secret: Option<&WebhookSecret>) -> KeptAnswer {
    let (view, id) = (SubscriptionView::from(subscription), subscription.id.to_string());
    let body = MadeView { subscription: view, secret: secret.map(WebhookSecret::reveal) }.to_json_string().into_bytes();
    let whole = body.len();
    let answer = Answer::<MadeView>::tagged_from(body, whole, [id.as_bytes(), b"subscription"]);
    answer.kept(StatusCode::CREATED, Some(format!("/api/v1/subscriptions/{id}")))
}

impl SubscriptionInput {
    fn read(self, home: Tz) -> Result<NewSubscription, Failure> {
        let area = self.area.map(|code| code.parse().map_err(|wrong: Violation| wrong.in_field("area"))).transpose()?;
        let zone = self.zone.map(|zone| {
            let wrong = || Violation::new("zone", "unknownValue", format!("there is no zone {zone}"));
            zone.parse::<Tz>().map_err(|_| wrong())
        });
        let pace = self.pace.map_or(Pace::Shift, |pace| pace.0);
        let quiet = self.quiet.map(QuietFacts::read).transpose()?;
        Ok(NewSubscription {
            channel: self.channel.0,
            area,
            operator: self.operator.map(OperatorId),
            topics: self.topics.unwrap_or_default().into_iter().map(|topic| topic.0).collect(),
            rhythm: Rhythm { pace, quiet, zone: zone.transpose()?.unwrap_or(home) },
            target: self.target,
            secret: self.secret,
        })
    }
}

impl QuietFacts {
    fn read(self) -> Result<Quiet, Violation> {
        let clock = |field: &str, text: &str| text.parse().map_err(|wrong: Violation| wrong.in_field(field));
        Quiet::new(clock("quiet.from", &self.from)?, clock("quiet.to", &self.to)?)
    }
}

impl From<&Subscription> for SubscriptionView {
    fn from(one: &Subscription) -> Self {
        let Rhythm { pace, quiet, zone } = one.rhythm;
        Self {
            id: one.id,
            person: one.person.0,
            channel: Word(one.channel),
            area: one.reach.area.as_ref().map(ToString::to_string),
            operator: one.reach.operator.map(|id| id.0),
            topics: one.topics.iter().copied().map(Word).collect(),
            pace: Word(pace),
            quiet: quiet.map(|quiet| QuietFacts { from: quiet.from().to_string(), to: quiet.to().to_string() }),
            zone: zone.name().to_owned(),
            made_at: Instant(one.made_at),
            failing_since: one.failing_since.map(Instant),
            paused_at: one.paused_at.map(Instant),
            trouble: one.trouble.map(Word),
        }
    }
}
