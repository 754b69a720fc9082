//! One's own account: who one is, one's sessions, all that is kept of one, and being forgotten.

use std::collections::HashMap;
use std::sync::Arc;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::assignments::{CustodianView, SubstituteView};
use super::bearer::Signed;
use super::cleaning_view::OwnCleaningView;
use super::entry_view::{Before, EntryView};
use super::instant::Instant;
use super::invitations::PendingView;
use super::people_view::{Done, GrantView, MemberView, SessionView};
use super::problem::Problem;
use super::query::Params;
use super::roster_view::{DayView, TurnView};
use super::subscriptions::SubscriptionView;
use super::suggestions::SuggestionView;
use super::tag::Tag;
use super::words::Word;
use crate::domain::account::IdentityKind;
use crate::domain::photo::{Photo, PhotoState};
use crate::domain::wechat::Realm;
use crate::usecase::account::{self, Holdings, Way};
use crate::usecase::{Ctx, sessions};

/// Every operation on the paths `/api/v1/me`, of the account itself.
pub(super) struct AccountApi(pub(super) Arc<Ctx>);

/// The caller's open sessions.
#[derive(Debug, Object)]
#[oai(rename = "SessionList", rename_all = "camelCase")]
struct SessionListView {
    /// The newest first.
    items: Vec<SessionView>,
}

/// A way in which somebody signs in, without what is secret in it.
#[derive(Debug, Object)]
#[oai(rename = "Identity", rename_all = "camelCase", skip_serializing_if_is_none)]
struct IdentityView {
    /// In which way.
    kind: Word<IdentityKind>,
    /// The login, if it is one that people type.
    login: Option<String>,
    /// Of which app of WeChat the name is by which it knows them, where it is that way.
    realm: Option<Word<Realm>>,
    /// Whether a second factor goes with it.
    second_factor: bool,
}

impl From<Way> for IdentityView {
    fn from(way: Way) -> Self {
        let realm = way.realm.map(Word);
        Self { kind: Word(way.kind), login: way.login, realm, second_factor: way.second_factor }
    }
}

/// A photo that the caller sent.
#[derive(Debug, Object)]
#[oai(rename = "OwnPhoto", rename_all = "camelCase")]
struct OwnPhotoView {
    /// Its id: it is at `/api/v1/photos/{id}`.
    id: Uuid,
    /// When it was sent.
    uploaded_at: Instant,
    /// How WeChat's check of it stands.
    state: Word<PhotoState>,
}

/// Everything that the register holds of the caller.
#[derive(Debug, Object)]
#[oai(rename = "Export", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ExportView {
    /// The pseudonym, under which records and the journal know them.
    id: Uuid,
    /// What they are called.
    name: String,
    /// Since when they are known.
    known_since: Instant,
    /// How they sign in.
    identities: Vec<IdentityView>,
    /// What they were granted.
    grants: Vec<GrantView>,
    /// Their open sessions.
    sessions: Vec<SessionView>,
    /// The invitations they sent that nobody has accepted yet.
    invitations: Vec<PendingView>,
    /// Their phone number, if they told it.
    phone: Option<String>,
    /// How many messages of each template they still take.
    message_consents: HashMap<String, i32>,
    /// The photos they sent, the newest first: 10,000 at most.
    photos: Vec<OwnPhotoView>,
    /// The suggestions that they sent, the newest first.
    suggestions: Vec<SuggestionView>,
    /// The cleanings that they did or recorded, with where their phone was, the newest first: 10,000 at most.
    cleanings: Vec<OwnCleaningView>,
    /// What they want to be told, without where to.
    subscriptions: Vec<SubscriptionView>,
    /// The toilets for which they answered, answer and will answer, the latest first.
    custodian_of: Vec<CustodianView>,
    /// The toilets at which they stood in, stand in and will stand in, the latest first.
    substitute_at: Vec<SubstituteView>,
    /// Their turns on rosters, the latest first.
    turns: Vec<TurnView>,
    /// Their days on rosters that are other than planned, the latest first: 10,000 at most.
    roster_days: Vec<DayView>,
    /// What the journal tells of them, the newest first.
    journal: Vec<EntryView>,
    /// The `cursor` with which the journal goes on, where it tells more than fits.
    next: Option<String>,
}

impl From<&Photo> for OwnPhotoView {
    fn from(photo: &Photo) -> Self {
        Self { id: photo.id.uuid(), uploaded_at: Instant(photo.uploaded_at), state: Word(photo.state) }
    }
}

impl ExportView {
    fn of(held: Holdings, asking: Uuid) -> Self {
        let next = held.journal.last().filter(|_| held.more).map(|last| last.number.to_string());
        Self {
            id: held.member.id.0,
            name: held.member.name.into(),
            known_since: Instant(held.known_since),
            identities: held.ways.into_iter().map(IdentityView::from).collect(),
            grants: held.member.grants.into_iter().map(GrantView::from).collect(),
            sessions: held.sessions.iter().map(|session| SessionView::of(session, asking)).collect(),
            invitations: held.invitations.into_iter().map(PendingView::from).collect(),
            phone: held.phone.map(|phone| phone.reveal().clone()),
            message_consents: held.consents.into_iter().collect(),
            photos: held.photos.iter().map(OwnPhotoView::from).collect(),
            suggestions: held.suggestions.iter().map(SuggestionView::own).collect(),
            cleanings: held.cleanings.iter().map(OwnCleaningView::from).collect(),
            subscriptions: held.subscriptions.iter().map(SubscriptionView::from).collect(),
            custodian_of: held.custodian_of.iter().map(CustodianView::from).collect(),
            substitute_at: held.substitute_at.iter().map(SubstituteView::from).collect(),
            turns: held.turns.iter().map(|turn| TurnView::of(turn, None)).collect(),
            roster_days: held.roster_days.iter().map(DayView::from).collect(),
            journal: held.journal.into_iter().map(EntryView::from).collect(),
            next,
        }
    }
}

#[OpenApi(tag = "Tag::Sessions")]
impl AccountApi {
    /// Tell who is calling
    ///
    /// The caller with all their grants.
    #[oai(path = "/api/v1/me", method = "get", operation_id = "get_me")]
    async fn get_me(&self, signed: Signed, query: Params<()>) -> Result<Json<MemberView>, Problem> {
        let Params(()) = query;
        Ok(Json(sessions::me(&self.0, &signed.by().actor).await?.into()))
    }

    /// List one's own sessions
    ///
    /// The caller's open sessions, the newest first.
    #[oai(path = "/api/v1/me/sessions", method = "get", operation_id = "list_my_sessions")]
    async fn list_my_sessions(&self, signed: Signed, query: Params<()>) -> Result<Json<SessionListView>, Problem> {
        let (Params(()), by) = (query, signed.by());
        let own = sessions::list(&self.0, &by.actor).await?;
        Ok(Json(SessionListView { items: own.iter().map(|own| SessionView::of(own, by.session)).collect() }))
    }

    /// End one of one's own sessions
    ///
    /// On a phone that was lost, say.
    #[oai(path = "/api/v1/me/sessions/:id", method = "delete", operation_id = "delete_my_session")]
    async fn delete_my_session(
        &self,
        signed: Signed,
        /// The session's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Done, Problem> {
        let (Params(()), by) = (query, signed.by());
        sessions::end(&self.0, &by.actor, id.0, &by.request_id).await?;
        Ok(Done::Done)
    }

    /// Take along what is kept of oneself
    ///
    /// Everything that the register holds of the caller, without what is secret in it. A long journal goes on with
    /// `cursor`.
    #[oai(path = "/api/v1/me/export", method = "get", operation_id = "get_my_export")]
    async fn get_my_export(&self, signed: Signed, query: Params<Before>) -> Result<Json<ExportView>, Problem> {
        let (Params(Before(before)), by) = (query, signed.by());
        Ok(Json(ExportView::of(account::export(&self.0, by, before).await?, by.session)))
    }

    /// Be forgotten
    ///
    /// Removes the caller's name, logins, roles and sessions, at once and for good, the photos they sent that no record
    /// shows, and where their phone was when they cleaned. Records and the journal keep the pseudonym, which then leads nowhere. It asks for a fresh proof of who is calling; the last admin stays.
    #[oai(path = "/api/v1/me", method = "delete", operation_id = "delete_me")]
    async fn delete_me(&self, signed: Signed, query: Params<()>) -> Result<Done, Problem> {
        let Params(()) = query;
        account::delete(&self.0, signed.by()).await?;
        Ok(Done::Done)
    }
}
