//! What happens, told live: as server-sent events, and as a list that can be waited for.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use poem::Request;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::door::Door;
use super::instant::Instant;
use super::problem::Problem;
use super::query::{AnyOf, Code, Declared, Formed, Given, Group, Integer, Params, Text};
use super::streaming::Streaming;
use super::tag::Tag;
use super::words::Word;
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::event::{Action, RecordKind};
use crate::domain::events::{Event, Mark, Topic};
use crate::usecase::events::{self, Start, Taken, Watcher, Who};
use crate::usecase::{Ctx, Failure};

/// Every operation on live events.
pub(super) struct EventsApi {
    pub(super) ctx: Arc<Ctx>,
    pub(super) door: Arc<Door>,
}

/// What happened to a record: enough to know what to load anew.
#[derive(Debug, Object)]
#[oai(rename = "Event", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct EventView {
    /// Its id, from which one can go on. Its form may change at any time.
    id: String,
    /// What it is about.
    topics: Vec<Word<Topic>>,
    /// What sort of record.
    kind: Word<RecordKind>,
    /// The record's id or code.
    key: String,
    /// What was done.
    action: Word<Action>,
    /// When.
    at: Instant,
    /// The id of the toilet that it concerns.
    toilet: Option<i32>,
    /// The code of the area in which that lies.
    area: Option<String>,
}

impl EventView {
    /// An event as somebody sees who is told of those of its topics.
    pub(super) fn of(event: &Event, topics: &[Topic]) -> Self {
        Self {
            id: event.mark.to_string(),
            topics: topics.iter().copied().map(Word).collect(),
            kind: Word(event.kind),
            key: event.key.clone(),
            action: Word(event.action),
            at: Instant(event.at),
            toilet: event.toilet.map(|id| id.0),
            area: event.area().map(ToString::to_string),
        }
    }
}

/// Events in the order in which they became known.
#[derive(Debug, Object)]
#[oai(rename = "EventList", skip_serializing_if_is_none)]
struct EventListView {
    /// The events; none if nothing happened meanwhile.
    items: Vec<EventView>,
    /// The `after` with which to ask next.
    next: String,
    /// `true` where some are not told, since they are too far back: load anew whatever is shown.
    reset: Option<bool>,
}

const AREA: Code = Code { name: "area", about: "Only of what lies in this area: its code, of today or older." };
const TOPIC: AnyOf<Topic> =
    AnyOf { name: "topic", about: "Only of these topics. Repeat it, or join with commas.", of: PhantomData };
const AFTER: Formed = Formed {
    text: Text {
        name: "after",
        about: "The id of the last event that is known, or the `next` of a list: what came after it is told. Left out: \
                from now on.",
        longest: 40,
    },
    pattern: || "^(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})$".to_owned(),
};
const WAIT: Integer = Integer {
    name: "wait",
    about: "For how many seconds to wait if there is nothing yet.",
    range: (0, 25),
    default: 0,
};
const LIMIT: Integer = Integer { name: "limit", about: "How many at most.", range: (1, 200), default: 100 };

/// What is wanted of all events.
#[derive(Debug)]
struct Following {
    area: Option<AreaCode>,
    topics: Vec<Topic>,
    after: Option<Mark>,
}

impl Group for Following {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &TOPIC, &AFTER];

    fn read(given: &mut Given) -> Option<Self> {
        let (area, topics, after) = (given.take(&AREA), given.take(&TOPIC), after(given));
        Some(Self { area: area?, topics: topics?, after: after? })
    }
}

/// What is wanted of those of one area.
#[derive(Debug)]
struct FollowingThere {
    topics: Vec<Topic>,
    after: Option<Mark>,
}

impl Group for FollowingThere {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&TOPIC, &AFTER];

    fn read(given: &mut Given) -> Option<Self> {
        let (topics, after) = (given.take(&TOPIC), after(given));
        Some(Self { topics: topics?, after: after? })
    }
}

/// The same with how long to wait for it.
#[derive(Debug)]
struct Waiting<T> {
    following: T,
    wait: Duration,
    limit: usize,
}

impl Group for Waiting<Following> {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &TOPIC, &AFTER, &WAIT, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        waiting(given)
    }
}

impl Group for Waiting<FollowingThere> {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&TOPIC, &AFTER, &WAIT, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        waiting(given)
    }
}

fn waiting<T: Group>(given: &mut Given) -> Option<Waiting<T>> {
    let (following, wait, limit) = (T::read(given), given.take(&WAIT), given.take(&LIMIT));
    let wait = Duration::from_secs(wait? as u64);
    Some(Waiting { following: following?, wait, limit: limit? })
}

#[expect(clippy::option_option, reason = "none given, and one that is no mark, are two")]
fn after(given: &mut Given) -> Option<Option<Mark>> {
    let Some(text) = given.take(&AFTER)? else { return Some(None) };
    let read: Result<Mark, Violation> = text.parse();
    read.map_err(|wrong| given.fault(&AFTER, wrong)).ok().map(Some)
}

#[OpenApi(tag = "Tag::Events")]
impl EventsApi {
    /// Follow events
    ///
    /// Server-sent events of what happens in the caller's area, for the staff: `data` is an `Event`. A client that comes
    /// again with the last `id` goes on there; `event: reset` says that this is too far back, so that all that is shown
    /// must be loaded anew. A stream ends after ten minutes, and with the session. A few at a time for each address.
    #[oai(path = "/api/v1/events", method = "get", operation_id = "follow_events")]
    async fn follow_events(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<Following>,
        /// The id of the last event that is known, as a browser sends it by itself; goes before `after`.
        #[oai(name = "Last-Event-ID")]
        last: Header<Option<String>>,
    ) -> Result<Streaming, Problem> {
        let Params(Following { area, topics, after }) = query;
        let watcher =
            events::open(&self.ctx, Who::Staff(signed.by()), area.as_ref(), topics, start(last.0, after)).await?;
        Ok(Streaming::to(request, watcher, &self.door))
    }

    /// List events
    ///
    /// The same as a list, for clients that cannot follow: what came after `after`, or as soon as anything does. Without
    /// `after` it says at once from where to go on.
    #[oai(path = "/api/v1/events/list", method = "get", operation_id = "list_events")]
    async fn list_events(
        &self,
        signed: Signed,
        query: Params<Waiting<Following>>,
    ) -> Result<Json<EventListView>, Problem> {
        let Params(Waiting { following: Following { area, topics, after }, wait, limit }) = query;
        let watcher =
            events::open(&self.ctx, Who::Staff(signed.by()), area.as_ref(), topics, start(None, after)).await?;
        Ok(Json(self.list(watcher, if after.is_some() { wait } else { Duration::ZERO }, limit).await?))
    }

    /// Follow the public events of an area
    ///
    /// As `GET /events`, for everybody: closures, grades and what the register says of the toilets in an area and below
    /// it, and which cleanings were missed or turned out to be done.
    #[oai(path = "/api/v1/areas/:code/events", method = "get", operation_id = "follow_area_events")]
    async fn follow_area_events(
        &self,
        request: &Request,
        /// The area's code, of today or older, such as `410308106`.
        code: Path<String>,
        query: Params<FollowingThere>,
        /// The id of the last event that is known, as a browser sends it by itself; goes before `after`.
        #[oai(name = "Last-Event-ID")]
        last: Header<Option<String>>,
    ) -> Result<Streaming, Problem> {
        let Params(FollowingThere { topics, after }) = query;
        let watcher = self.public(&code.0, topics, start(last.0, after)).await?;
        Ok(Streaming::to(request, watcher, &self.door))
    }

    /// List the public events of an area
    #[oai(path = "/api/v1/areas/:code/events/list", method = "get", operation_id = "list_area_events")]
    async fn list_area_events(
        &self,
        /// The area's code, of today or older, such as `410308106`.
        code: Path<String>,
        query: Params<Waiting<FollowingThere>>,
    ) -> Result<Json<EventListView>, Problem> {
        let Params(Waiting { following: FollowingThere { topics, after }, wait, limit }) = query;
        let watcher = self.public(&code.0, topics, start(None, after)).await?;
        Ok(Json(self.list(watcher, if after.is_some() { wait } else { Duration::ZERO }, limit).await?))
    }
}

impl EventsApi {
    async fn public(&self, code: &str, topics: Vec<Topic>, start: Start) -> Result<Watcher, Failure> {
        let code: AreaCode = code.parse().map_err(|_| Failure::NotFound)?;
        let opened = events::open(&self.ctx, Who::Public, Some(&code), topics, start).await;
        // The area is the path, not a field.
        opened.map_err(|failure| if matches!(failure, Failure::Invalid(_)) { Failure::NotFound } else { failure })
    }

    /// What there is, as soon as there is anything or the time is over.
    async fn list(&self, mut watcher: Watcher, wait: Duration, limit: usize) -> Result<EventListView, Failure> {
        let over = tokio::time::sleep(wait.min(self.door.limits.stream_age_seconds));
        tokio::pin!(over);
        let mut is_over = wait.is_zero();
        loop {
            let Taken { events, reset } = watcher.take(limit).await?;
            if is_over || reset || !events.is_empty() {
                watcher.check().await?;
                let items = events.iter().map(|(event, topics)| EventView::of(event, topics)).collect();
                return Ok(EventListView { items, next: watcher.mark().to_string(), reset: reset.then_some(true) });
            }
            tokio::select! {
                () = watcher.moved() => {}
                () = &mut over => is_over = true,
                () = self.door.left() => is_over = true,
            }
        }
    }
}

/// From where a client wants to go on. A browser sends its last id for ever, so that one which cannot be read is no
/// fault of the request.
fn start(last: Option<String>, after: Option<Mark>) -> Start {
    match last.filter(|last| !last.is_empty()) {
        Some(last) => last.parse().map_or(Start::Lost, Start::After),
        None => after.map_or(Start::Now, Start::After),
    }
}
