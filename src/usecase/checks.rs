//! Who is calling, asked of the database for many at once: whoever calls while others are being looked up goes with the next
//! look. Each look begins after all whom it is for have called, so that a session that has ended is found by none of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{Clock, Failure};
use crate::domain::secret::TokenHash;
use crate::store::{Opened, Store, StoreError};

/// Sessions of one look at most.
const TOGETHER: usize = 64;

/// Looks at a time: one that takes long does not hold up all who call.
const AT_ONCE: usize = 2;

type Answer = Result<Option<Opened>, StoreError>;

/// Those who wait to be looked up, and how many looks are under way.
#[derive(Debug, Default)]
struct Line {
    waiting: Vec<(TokenHash, oneshot::Sender<Answer>)>,
    looking: usize,
}

/// The line of those who call.
#[derive(Debug, Default)]
pub(super) struct Checks(Arc<Mutex<Line>>);

impl Checks {
    /// The open session of a token.
    pub(super) async fn open(&self, store: &Store, clock: Clock, token: TokenHash) -> Result<Option<Opened>, Failure> {
        let (answer, told) = oneshot::channel();
        let looks = {
            let mut line = lock(&self.0);
            line.waiting.push((token, answer));
            let looks = line.looking < AT_ONCE;
            line.looking += usize::from(looks);
            looks
        };
        if looks {
            // A task of its own: a caller that goes away must not take the others with it.
            tokio::spawn(look(store.clone(), clock, Looking { line: Arc::clone(&self.0), is_over: false }));
        }
        let told = told.await.map_err(|_| Failure::Internal("a session was lost on its way".into()))?;
        Ok(told?)
    }
}

fn lock(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    // Every change leaves it whole.
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to look, until nobody waits.
struct Looking {
    line: Arc<Mutex<Line>>,
    is_over: bool,
}

impl Looking {
    /// Those who are looked up next; where nobody waits the look is over.
    fn board(&mut self) -> Vec<(TokenHash, oneshot::Sender<Answer>)> {
        let mut line = lock(&self.line);
        let count = line.waiting.len().min(TOGETHER);
        if count == 0 {
            line.looking -= 1;
            self.is_over = true;
        }
        line.waiting.drain(..count).collect()
    }
}

impl Drop for Looking {
    /// After a panic another may begin, and whoever waits for nobody is told so rather than left waiting.
    fn drop(&mut self) {
        if !self.is_over {
            let mut line = lock(&self.line);
            line.looking -= 1;
            if line.looking == 0 {
                line.waiting.clear();
            }
        }
    }
}

/// Looks up whoever waits for as long as somebody does.
async fn look(store: Store, clock: Clock, mut looking: Looking) {
    loop {
        let aboard = looking.board();
        if aboard.is_empty() {
            return;
        }
        let (tokens, answers): (Vec<_>, Vec<_>) = aboard.into_iter().unzip();
        match store.open_sessions(&tokens, clock.now()).await {
            Ok(found) => {
                for (answer, found) in answers.into_iter().zip(found) {
                    drop(answer.send(found));
                }
            }
            // Nobody fails for another's sake, nor with an error that was another's.
            Err(_) => {
                for (token, answer) in tokens.into_iter().zip(answers) {
                    drop(answer.send(store.session(token, clock.now()).await));
                }
            }
        }
    }
}
