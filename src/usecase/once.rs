//! One effect and one answer for a request that comes again, since the first answer was lost on the way.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Ctx, Failure};
use crate::domain::account::PersonId;
use crate::domain::key::KeyRing;
use crate::domain::seal::{NONCE_BYTES, SealError, Sealed, Slot};
use crate::domain::secret::fingerprint;
pub use crate::store::KeptAnswer;
use crate::store::Tx;

/// For how long an answer is kept.
const KEEP: TimeDelta = TimeDelta::days(7);

/// What a secret answer is sealed for.
const BODY: &str = "answer.body";

/// The key that a client gave a request, with what the request was.
#[derive(Debug, Clone)]
pub struct Once {
    person: String,
    key: String,
    fingerprint: String,
    sealing: Option<Sealing>,
}

/// The answer to who is told otherwise than over HTTP.
pub(super) fn untold() -> KeptAnswer {
    KeptAnswer { status: 204, location: None, etag: None, body: String::new() }
}

/// How an answer is sealed that tells a secret.
#[derive(Debug, Clone)]
struct Sealing {
    keys: Arc<KeyRing>,
    nonce: [u8; NONCE_BYTES],
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
        Self { person, key: key.to_owned(), fingerprint: fingerprint(&asked), sealing: None }
    }

    /// The same, whose answer tells a secret: it is kept sealed, so that the database holds none that it could use itself.
    pub(super) fn telling_a_secret(self, ctx: &Ctx) -> Result<Self, Failure> {
        let sealing = Sealing { keys: Arc::clone(&ctx.keys), nonce: ctx.clock.random()? };
        Ok(Self { sealing: Some(sealing), ..self })
    }

    /// The answer that this request got before, if it did. To be asked for before anything is judged that may have changed by
    /// what the request did.
    pub(super) async fn answered(this: Option<&Self>, ctx: &Ctx) -> Result<Option<KeptAnswer>, Failure> {
        let Some(once) = this else { return Ok(None) };
        once.read(ctx.store.kept_answer(&once.person, &once.key).await?)
    }

    /// The same within the transaction that is about to do it, which requests under one key enter by turns.
    pub(super) async fn recall(this: Option<&Self>, tx: &Tx) -> Result<Option<KeptAnswer>, Failure> {
        let Some(once) = this else { return Ok(None) };
        once.read(tx.kept_answer(&once.person, &once.key).await?)
    }

    fn read(&self, kept: Option<(String, KeptAnswer)>) -> Result<Option<KeptAnswer>, Failure> {
        let answer = match kept {
            None => return Ok(None),
            Some((fingerprint, _)) if fingerprint != self.fingerprint => return Err(Failure::KeyReused),
            Some((_, answer)) => answer,
        };
        let Some(sealing) = &self.sealing else { return Ok(Some(answer)) };
        let opened = sealing.keys.open(Slot { column: BODY, row: &self.row() }, &Sealed::kept(answer.body))?;
        let body = String::from_utf8(opened).map_err(|_| SealError::Broken)?;
        Ok(Some(KeptAnswer { body, ..answer }))
    }

    /// Keeps the answer, in the transaction that did what it tells of.
    pub(super) async fn keep(this: Option<&Self>, tx: &Tx, answer: &KeptAnswer) -> Result<(), Failure> {
        let Some(once) = this else { return Ok(()) };
        let mut kept = answer.clone();
        if let Some(Sealing { keys, nonce }) = &once.sealing {
            let slot = Slot { column: BODY, row: &once.row() };
            keys.seal(slot, *nonce, answer.body.as_bytes())?.as_str().clone_into(&mut kept.body);
        }
        tx.keep_answer(&once.person, &once.key, &once.fingerprint, &kept, KEEP).await?;
        Ok(())
    }

    fn row(&self) -> String {
        format!("{} {}", self.person, self.key)
    }
}
