//! One effect and one answer for a request that comes again, since the first answer was lost on the way.

use chrono::TimeDelta;

use super::Failure;
use crate::domain::account::PersonId;
use crate::domain::secret::fingerprint;
pub use crate::store::KeptAnswer;
use crate::store::Tx;

/// For how long an answer is kept.
const KEEP: TimeDelta = TimeDelta::days(7);

/// The key that a client gave a request, with what the request was.
#[derive(Debug, Clone)]
pub struct Once {
    person: String,
    key: String,
    fingerprint: String,
}

impl Once {
    /// A request of that person under that key; `asked` tells it from others: the operation, what it is about, the
    /// payload.
    #[must_use]
    pub fn new(person: PersonId, key: &str, asked: &[&str]) -> Self {
        Self::of(person.to_string(), key, asked)
    }

    /// A request of whoever is known by that name, of 36 characters at most.
    pub(super) fn of(person: String, key: &str, asked: &[&str]) -> Self {
        // Written as JSON, so that no two lists of parts read alike.
        let asked = serde_json::to_string(asked).unwrap_or_default();
        Self { person, key: key.to_owned(), fingerprint: fingerprint(&asked) }
    }

    /// The answer that this request got before, if it did.
    pub(super) async fn recall(this: Option<&Self>, tx: &Tx) -> Result<Option<KeptAnswer>, Failure> {
        let Some(once) = this else { return Ok(None) };
        match tx.kept_answer(&once.person, &once.key).await? {
            Some((fingerprint, _)) if fingerprint != once.fingerprint => Err(Failure::KeyReused),
            kept => Ok(kept.map(|(_, answer)| answer)),
        }
    }

    /// Keeps the answer, in the transaction that did what it tells of.
    pub(super) async fn keep(this: Option<&Self>, tx: &Tx, answer: &KeptAnswer) -> Result<(), Failure> {
        if let Some(once) = this {
            tx.keep_answer(&once.person, &once.key, &once.fingerprint, answer, KEEP).await?;
        }
        Ok(())
    }
}
