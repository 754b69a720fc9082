//! What is told live: the last events of the journal in memory, for all who watch in this process, and older ones from
//! the journal itself. Whoever was away goes on where they stopped, with nothing left out and nothing told twice.
//!
//! There is one reader of the journal in a process ([`following`](super::following)); it puts what it read in here after
//! the finder knows of it, so that whoever is told of a change and asks gets what it changed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use super::{Ctx, Failure, areas};
use crate::domain::area::AreaCode;
use crate::domain::event::{Entry, RecordKind};
use crate::domain::events::{self, Event, Mark, Place, Sight, Topic, Watch};
use crate::domain::id::ToiletId;
use crate::domain::policy::Action;
use crate::store::Cursor;
use crate::usecase::By;
use crate::usecase::permission::scope;

/// How many events are kept in memory: what an area does in days, and an import in a moment.
const RECENT: usize = 4_096;

/// Entries read at a time.
const PAGE: u64 = 500;

/// Whoever is this many entries behind loads what they show anew: that is less than to be told of each.
const REPLAYED: u64 = 5_000;

/// The last events of the journal, and up to where they are known.
#[derive(Debug)]
pub struct Events {
    newest: watch::Sender<Option<Mark>>,
    recent: Mutex<Recent>,
    turn: tokio::sync::Mutex<()>,
}

/// All events after one mark and up to another.
#[derive(Debug, Default)]
struct Recent {
    after: Option<Mark>,
    until: Option<Mark>,
    events: VecDeque<Arc<Event>>,
}

impl Default for Events {
    fn default() -> Self {
        Self { newest: watch::Sender::new(None), recent: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }
}

impl Events {
    /// Begins there, unless it has begun.
    fn begin(&self, at: Mark) {
        {
            let mut recent = self.lock();
            if recent.until.is_some() {
                return;
            }
            (recent.after, recent.until) = (Some(at), Some(at));
        }
        self.newest.send_replace(Some(at));
    }

    fn add(&self, events: Vec<Event>, until: Mark) {
        {
            let mut recent = self.lock();
            recent.events.extend(events.into_iter().map(Arc::new));
            recent.until = Some(until);
            while recent.events.len() > RECENT {
                recent.after = recent.events.pop_front().map(|event| event.mark);
            }
        }
        self.newest.send_replace(Some(until));
    }

    /// Passes over all up to that mark: where nobody watches, whoever comes back reads it from the journal.
    fn pass_over(&self, until: Mark) {
        {
            let mut recent = self.lock();
            (recent.after, recent.until) = (Some(until), Some(until));
            recent.events.clear();
        }
        self.newest.send_replace(Some(until));
    }

    /// The events after a mark with the mark up to which they go; nothing if they are not all in memory.
    fn since(&self, after: Mark) -> Option<(Vec<Arc<Event>>, Mark)> {
        let recent = self.lock();
        let until = recent.until.filter(|_| recent.after.is_some_and(|first| first <= after))?;
        let from = recent.events.partition_point(|event| event.mark <= after);
        Some((recent.events.range(from..).cloned().collect(), until))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Recent> {
        // Every write leaves it whole.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins with the events after that cursor, unless it has begun before.
pub(super) fn begin(ctx: &Ctx, cursor: Cursor) {
    ctx.events.begin(ctx.store.mark(cursor));
}

/// Reads what the journal tells up to that cursor.
///
/// # Errors
/// What the store fails with; what was read so far is known.
pub(super) async fn advance(ctx: &Ctx, cursor: Cursor) -> Result<(), Failure> {
    let until = ctx.store.mark(cursor);
    let _turn = ctx.events.turn.lock().await;
    let Some(mut after) = *ctx.events.newest.borrow() else {
        ctx.events.begin(until);
        return Ok(());
    };
    if after < until && ctx.events.newest.receiver_count() == 0 {
        ctx.events.pass_over(until);
        return Ok(());
    }
    while after < until {
        let page = ctx.store.entries_after(after, until, PAGE).await?;
        let events = told(ctx, page.entries).await?;
        after = page.more.unwrap_or(until);
        ctx.events.add(events, after);
    }
    Ok(())
}

/// What is told of those entries, with where each belongs today.
async fn told(ctx: &Ctx, entries: Vec<(Mark, Entry)>) -> Result<Vec<Event>, Failure> {
    let is_told = |entry: &Entry| !events::topics(entry.kind, entry.action, &entry.changes).is_empty();
    let entries: Vec<_> = entries.into_iter().filter(|(_, entry)| is_told(entry)).collect();
    let mut ids: Vec<_> =
        entries.iter().filter_map(|(_, entry)| events::toilet(entry.kind, &entry.key, &entry.changes)).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut places = HashMap::new();
    for toilet in if ids.is_empty() { Vec::new() } else { ctx.store.toilets(&ids).await? } {
        let operator = toilet.operator(ctx.clock.now()).map(|body| body.id);
        places.insert(toilet.id, Place { path: toilet.path().to_vec(), left: Vec::new(), operator });
    }
    Ok(entries.into_iter().filter_map(|(mark, entry)| Event::of(mark, &entry, place(ctx, &entry, &places))).collect())
}

fn place(ctx: &Ctx, entry: &Entry, places: &HashMap<ToiletId, Place>) -> Place {
    let path = |code: &str| {
        let code: Option<AreaCode> = code.parse().ok();
        code.and_then(|code| areas::get(ctx, &code).ok()).map(|area| area.path.clone()).unwrap_or_default()
    };
    match events::toilet(entry.kind, &entry.key, &entry.changes) {
        Some(toilet) => {
            let left = entry.changes.get("area").and_then(|[from, _]| from.as_str()).map(path);
            Place { left: left.unwrap_or_default(), ..places.get(&toilet).cloned().unwrap_or_default() }
        }
        None if entry.kind == RecordKind::Area => Place { path: path(&entry.key), ..Place::default() },
        None => Place::default(),
    }
}

/// Who wants to be told of what.
#[derive(Debug)]
pub enum Who<'a> {
    /// Somebody of the staff, of what lies in their area.
    Staff(&'a By),
    /// Anybody, of what the public may know.
    Public,
}

/// From where somebody wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// From now on.
    Now,
    /// From after that mark on.
    After(Mark),
    /// From somewhere that cannot be read any more.
    Lost,
}

/// Somebody who watches.
#[derive(Debug)]
pub struct Watcher {
    ctx: Arc<Ctx>,
    watch: Watch,
    session: Option<Uuid>,
    newest: watch::Receiver<Option<Mark>>,
    after: Mark,
    is_lost: bool,
}

/// Some events, in order.
#[derive(Debug, Default)]
pub struct Taken {
    /// Each event with those of its topics that are wanted and may be told.
    pub events: Vec<(Arc<Event>, Vec<Topic>)>,
    /// Whether some before them are not told, so that all that is shown must be loaded anew.
    pub reset: bool,
}

/// Begins to watch; of all areas and topics that may be seen, unless some are named.
///
/// # Errors
/// [`Failure::Refused`]; [`Failure::Invalid`] for an area that is not there; [`Failure::Unavailable`] before the first
/// reading of the journal.
pub async fn open(
    ctx: &Arc<Ctx>,
    who: Who<'_>,
    area: Option<&AreaCode>,
    topics: Vec<Topic>,
    start: Start,
) -> Result<Watcher, Failure> {
    let (sight, session) = match who {
        Who::Staff(by) => (Sight::Staff(scope(&by.actor, Action::WatchEvents)?), Some(by.session)),
        Who::Public => (Sight::Public, None),
    };
    let area =
        area.map(|code| areas::resolve(&ctx.finder.snapshot(), "area", std::slice::from_ref(code))).transpose()?;
    let watch = Watch { sight, area: area.and_then(|codes| codes.into_iter().next()), topics };
    let newest = ctx.events.newest.subscribe();
    let known = *newest.borrow();
    let now = known.ok_or(Failure::Unavailable { retry_after: Duration::from_secs(1), source: None })?;
    let (after, is_lost) = match start {
        Start::Now => (now, false),
        Start::Lost => (now, true),
        Start::After(after) if after <= now => (after, false),
        Start::After(after) => {
            // Another process has read further; or it is of another database than this.
            let is_ahead = after <= ctx.store.mark(ctx.store.journal_cursor().await?);
            (if is_ahead { after } else { now }, !is_ahead)
        }
    };
    Ok(Watcher { ctx: Arc::clone(ctx), watch, session, newest, after, is_lost })
}

impl Watcher {
    /// Up to where everything was told.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.after
    }

    /// The next events, at most so many; none if there are none yet.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn take(&mut self, most: usize) -> Result<Taken, Failure> {
        if std::mem::take(&mut self.is_lost) {
            return Ok(Taken { events: Vec::new(), reset: true });
        }
        loop {
            let newest = self.newest.borrow_and_update().unwrap_or(self.after);
            if newest <= self.after {
                return Ok(Taken::default());
            }
            let (events, until) = match self.ctx.events.since(self.after) {
                Some(recent) => recent,
                None if self.ctx.store.is_farther(self.after, newest, REPLAYED).await? => {
                    self.after = newest;
                    return Ok(Taken { events: Vec::new(), reset: true });
                }
                None => {
                    let page = self.ctx.store.entries_after(self.after, newest, PAGE).await?;
                    let events = told(&self.ctx, page.entries).await?;
                    (events.into_iter().map(Arc::new).collect(), page.more.unwrap_or(newest))
                }
            };
            let wanted = events.into_iter().map(|event| (self.watch.told(&event), event));
            let wanted = wanted.filter(|(topics, _)| !topics.is_empty()).map(|(topics, event)| (event, topics));
            let mut events: Vec<_> = wanted.take(most + 1).collect();
            if events.len() > most {
                events.truncate(most);
                self.after = events.last().map_or(until, |(event, _)| event.mark);
            } else {
                self.after = until;
            }
            if !events.is_empty() {
                return Ok(Taken { events, reset: false });
            }
        }
    }

    /// Waits until there may be more.
    pub async fn moved(&mut self) {
        let after = self.after;
        let is_more = |newest: &Option<Mark>| newest.is_some_and(|newest| newest > after);
        if self.newest.wait_for(is_more).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Goes on only if whoever watches still may: their session is open. Any change of what they may do ends it.
    ///
    /// # Errors
    /// [`Failure::Unauthenticated`], and what the store fails with.
    pub async fn check(&self) -> Result<(), Failure> {
        let Some(session) = self.session else { return Ok(()) };
        let is_open = self.ctx.store.session_is_open(session, self.ctx.clock.now()).await?;
        if is_open { Ok(()) } else { Err(Failure::Unauthenticated) }
    }
}
