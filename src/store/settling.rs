//! What is asked and written to settle toilets: in a few ways to the database, however many they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;

use super::settlements::Recent;
use super::together::padded;
use super::{
    Span, StoreError, Tx, Waiting, assignments, cleanings, exceptions, excuses, grounds, plans, settlements, slots,
    unsettled,
};
use crate::domain::assignment::Custodian;
use crate::domain::excuse::ExcuseRecord;
use crate::domain::id::ToiletId;
use crate::domain::plan::{Exception, Plan};
use crate::domain::slot::{Done, Ground, Outcome, Settlement, SlotKey};

/// What slots depend on, beside what was done and excused.
#[derive(Debug, Default)]
pub struct Bases {
    /// The toilets, in the order of their ids.
    pub grounds: Vec<Ground>,
    /// What waits to be settled, taken away.
    pub waiting: HashMap<ToiletId, Vec<Waiting>>,
    /// How far they are settled.
    pub settlements: HashMap<ToiletId, Settlement>,
    /// The versions of their plans that stand, in the order of their days.
    pub plans: HashMap<ToiletId, Vec<Plan>>,
    /// All exceptions that may concern these, past ones too.
    pub exceptions: Vec<Exception>,
    /// Who answered, answers and will answer for them, in the order of their days.
    pub custodians: HashMap<ToiletId, Vec<Custodian>>,
}

/// What is known of slots.
#[derive(Debug, Default)]
pub struct Known {
    /// What was done at which toilet, in the order of the times.
    pub done: HashMap<ToiletId, Vec<Done>>,
    /// The excuses.
    pub excuses: Vec<ExcuseRecord>,
    /// How slots came out so far, with the revisions.
    pub outcomes: HashMap<SlotKey, (Outcome, i32)>,
    /// What the public is told.
    pub recent: HashMap<ToiletId, Recent>,
}

/// How slots came out otherwise than was on record.
#[derive(Debug, Default)]
pub struct Settled {
    /// Those that came out, with their revisions.
    pub changed: Vec<(Outcome, i32)>,
    /// Those that turned out to be open still.
    pub gone: Vec<SlotKey>,
    /// The days of which the counts are others.
    pub days: BTreeSet<(ToiletId, NaiveDate)>,
}

impl Settled {
    /// Whether nothing is other than it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.gone.is_empty() && self.days.is_empty()
    }
}

impl Tx {
    /// What the slots of those toilets (at most 500) depend on. Whoever wants to write one of them waits for this
    /// transaction to end, as for [`Tx::toilet`]; all who settle several hold them in the same order. What waits there is
    /// taken away: whoever asks this settles it in this transaction.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn bases(&self, toilets: &[ToiletId]) -> Result<Bases, StoreError> {
        if toilets.is_empty() {
            return Ok(Bases::default());
        }
        let backend = self.connection.get_database_backend();
        let ids: Vec<i32> = padded(toilets).iter().map(|id| id.0).collect();
        let asking = [
            // They are held before anything else is looked at.
            grounds::toilets,
            grounds::ties,
            unsettled::taking,
            settlements::asking,
            plans::asking,
            exceptions::asking,
            assignments::asking,
        ];
        let questions = asking.map(|asking| vec![asking(backend, &ids)]);
        let mut answers = self.ask_together(questions.into()).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Ok(Bases {
            grounds: grounds::read(&next(), &next())?,
            waiting: unsettled::taken(&next())?,
            settlements: settlements::found(&next())?,
            plans: plans::of_all(&next())?,
            exceptions: exceptions::found(&next())?,
            custodians: assignments::of_all(&next())?,
        })
    }

    /// What is known of the slots of toilets: of those whose cleanings and excuses lie in one of the spans `judged`, how
    /// those came out that close in one of the spans `closing`, and what the public is told of those toilets since that day.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn known(
        &self,
        judged: &[Span],
        closing: &[Span],
        since: &BTreeMap<NaiveDate, Vec<ToiletId>>,
    ) -> Result<Known, StoreError> {
        let backend = self.connection.get_database_backend();
        let questions = vec![
            cleanings::asking(backend, judged),
            excuses::asking(backend, judged),
            slots::closing(backend, closing),
            settlements::recent(backend, since),
        ];
        let mut answers = self.ask_together(questions).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Ok(Known {
            done: cleanings::done(&next())?,
            excuses: excuses::found(&next())?,
            outcomes: slots::found(&next())?,
            recent: settlements::read_recent(&next())?,
        })
    }

    /// Writes how slots came out, and counts anew those days as they stand at that instant; answers what the public is
    /// told since.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_settled(
        &self,
        settled: &Settled,
        now: DateTime<Utc>,
        since: &BTreeMap<NaiveDate, Vec<ToiletId>>,
    ) -> Result<HashMap<ToiletId, Recent>, StoreError> {
        let backend = self.connection.get_database_backend();
        let writing = [
            slots::putting(backend, &settled.changed),
            slots::removing(backend, &settled.gone),
            slots::recounting(backend, &settled.days, now),
        ];
        let questions = vec![writing.into_iter().flatten().collect(), settlements::recent(backend, since)];
        let answers = self.ask_together(questions).await?;
        settlements::read_recent(answers.last().map(Vec::as_slice).unwrap_or_default())
    }
}
