//! What is delivered while others are being written waits, and goes together into the next transaction: a hundred phones
//! that send at once take as many statements as a few. Nobody ever waits for company.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::logging::{Delivery, Outcome, write};
use crate::usecase::{Ctx, Failure};

/// Deliveries of one flight at most: of 32 who send one after the other, half are then answered while the other half is
/// written. With all of them in one flight, and with a quarter, `benches/logs` wrote less.
const DELIVERIES: usize = 16;

/// Records of one flight at most, but for one delivery that has more: an insert of more would name more values than
/// SQLite takes.
const RECORDS: usize = 400;

type Answer = Result<Vec<Outcome>, Failure>;

struct Waiting {
    delivery: Delivery,
    answer: oneshot::Sender<Answer>,
}

/// The line of those who wait, and how many flights are under way.
#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    flying: usize,
}

/// Deliveries on their way into the log.
pub(in crate::usecase) struct Flights {
    line: Mutex<Line>,
    most: usize,
}

impl std::fmt::Debug for Flights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flights").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Flights {
    /// At most so many flights at once.
    pub(in crate::usecase) fn new(most: usize) -> Self {
        Self { line: Mutex::default(), most }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // Every change leaves it whole.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a delivery into the line; answers whether another flight may begin.
    fn join(&self, waiting: Waiting) -> bool {
        let mut line = self.lock();
        line.waiting.push_back(waiting);
        let may_fly = line.flying < self.most;
        line.flying += usize::from(may_fly);
        may_fly
    }

    /// Those who go next; where nobody waits this flight was the last.
    fn board(&self) -> Option<Vec<Waiting>> {
        let mut line = self.lock();
        let mut records = 0;
        let fits = |one: &Waiting| {
            records += one.delivery.items.len();
            records <= RECORDS
        };
        let count = line.waiting.iter().take(DELIVERIES).map(fits).take_while(|fits| *fits).count();
        let count = count.max(1).min(line.waiting.len());
        if count == 0 {
            line.flying -= 1;
            return None;
        }
        Some(line.waiting.drain(..count).collect())
    }
}

/// Writes a delivery, together with what else waits; answers once it is on disk. Whoever goes away meanwhile does not undo
/// it.
pub(super) async fn take(ctx: &Arc<Ctx>, delivery: Delivery) -> Answer {
    let (answer, told) = oneshot::channel();
    if ctx.flights.join(Waiting { delivery, answer }) {
        tokio::spawn(fly(Arc::clone(ctx)));
    }
    told.await.unwrap_or_else(|_| Err(Failure::Internal("what was to be logged was lost on its way".into())))
}

/// Flies as long as somebody waits.
async fn fly(ctx: Arc<Ctx>) {
    while let Some(aboard) = ctx.flights.board() {
        // A panic ends one flight and not all that come after it; nothing but the answers of that one is lost with it.
        if AssertUnwindSafe(land(&ctx, aboard)).catch_unwind().await.is_err() {
            tracing::error!("a flight of cleanings was lost");
        }
    }
}

/// Writes all of them together. Where that fails each is written by itself, so that nobody fails for another's sake.
async fn land(ctx: &Arc<Ctx>, aboard: Vec<Waiting>) {
    let (deliveries, mut answers): (Vec<_>, Vec<_>) =
        aboard.into_iter().map(|one| (Arc::new(one.delivery), one.answer)).unzip();
    match write(ctx, deliveries.clone()).await {
        Ok(outcomes) => {
            for (answer, outcomes) in answers.into_iter().zip(outcomes) {
                drop(answer.send(Ok(outcomes)));
            }
        }
        Err(error) if deliveries.len() == 1 => {
            if let Some(answer) = answers.pop() {
                drop(answer.send(Err(error)));
            }
        }
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "writing each delivery of a flight by itself");
            let mut alone = JoinSet::new();
            for (delivery, answer) in deliveries.into_iter().zip(answers) {
                let ctx = Arc::clone(ctx);
                alone.spawn(async move {
                    let written = write(&ctx, vec![delivery]).await;
                    drop(answer.send(written.map(|mut outcomes| outcomes.pop().unwrap_or_default())));
                });
            }
            while alone.join_next().await.is_some() {}
        }
    }
}
