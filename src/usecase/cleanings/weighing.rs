//! What a record is held against when its first delivery arrives: toilets, plates, plans and persons. All of it is read
//! before the transaction, which must not keep others waiting for what hardly ever changes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::logging::{Item, Rejection};
use super::roster::OnDuty;
use crate::domain::account::{Actor, Member, PersonId};
use crate::domain::cleaning::{Circumstances, Cleaning, Event, Flag, Hanging, Sending, Timing, shows, timing, verdict};
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::key::KeyRing;
use crate::domain::plan::Plan;
use crate::domain::plate::{Plate, PlateKind};
use crate::domain::policy::{Action, Subject, may};
use crate::finder::Entry;
use crate::usecase::{Ctx, Failure};

/// What is known around some deliveries.
pub(super) struct Weighed {
    sending: Sending,
    received: DateTime<Utc>,
    keys: Arc<KeyRing>,
    toilets: HashMap<ToiletId, Known>,
    plates: HashMap<ToiletId, Hanging>,
    plans: HashMap<ToiletId, Vec<Plan>>,
    members: HashMap<PersonId, Member>,
}

/// A toilet, and the body that runs it where that matters.
struct Known {
    entry: Arc<Entry>,
    operator: Option<OperatorId>,
}

impl Weighed {
    pub(super) async fn of(
        ctx: &Ctx,
        actor: &Actor,
        sending: Sending,
        received: DateTime<Utc>,
        items: &[Item],
    ) -> Result<Self, Failure> {
        let mut members = HashMap::new();
        let performers: BTreeSet<PersonId> = items.iter().filter_map(|item| item.performer(actor)).collect();
        for person in performers {
            members.extend(ctx.store.member(person).await?.map(|member| (person, member)));
        }
        let named: BTreeSet<ToiletId> = items.iter().map(|item| item.event.toilet).collect();
        let mut grants = actor.grants.iter().chain(members.values().flat_map(|member| &member.grants));
        let by_body = grants.any(|grant| grant.reach.operator.is_some());
        let toilets = toilets(ctx, &named, by_body, received).await?;
        let with = |wanted: fn(&Item) -> bool| {
            let items = items.iter().filter(|item| wanted(item)).map(|item| item.event.toilet);
            items.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        let plates = ctx.store.plates_of(&with(|item| item.token.is_some()), PlateKind::Staff).await?;
        let hanging = |(toilet, plate): (ToiletId, crate::store::Current)| {
            (toilet, Hanging { serial: plate.serial, oldest_key: plate.oldest_key, since: plate.issued_at })
        };
        let plans = ctx.store.plans_of_all(&with(|item| item.event.checklist.is_some())).await?;
        Ok(Self {
            sending,
            received: received.trunc_subsecs(3),
            keys: Arc::clone(&ctx.keys),
            toilets,
            plates: plates.into_iter().map(hanging).collect(),
            plans,
            members,
        })
    }

    /// The toilets of those that were named which there are.
    pub(super) fn toilets(&self) -> impl Iterator<Item = ToiletId> {
        self.toilets.keys().copied()
    }

    /// When what these items tell of was done.
    pub(super) fn instants(&self, items: &[Item]) -> impl Iterator<Item = DateTime<Utc>> {
        items.iter().map(|item| timing(&item.event, &self.sending, self.received).at)
    }

    /// When the deliveries arrived.
    pub(super) fn received(&self) -> DateTime<Utc> {
        self.received
    }

    /// What the policy has to know of a toilet, if there is one of that id among those that were named.
    pub(super) fn subject(&self, toilet: ToiletId) -> Option<Subject<'_>> {
        let Known { entry, operator } = self.toilets.get(&toilet)?;
        Some(Subject { path: entry.path(), operator: *operator, person: None })
    }

    /// The record that the first delivery of a cleaning makes.
    pub(super) fn cleaning(&self, actor: &Actor, item: &Item, on_duty: &OnDuty) -> Result<Cleaning, Rejection> {
        self.delivered(actor, item, (&self.sending, self.received), on_duty)
    }

    /// The record that a delivery of its own makes, which arrived then.
    pub(super) fn delivered(
        &self,
        actor: &Actor,
        item: &Item,
        (sending, received): (&Sending, DateTime<Utc>),
        on_duty: &OnDuty,
    ) -> Result<Cleaning, Rejection> {
        let event = &item.event;
        let subject = self.subject(event.toilet).ok_or(Rejection::UnknownToilet)?;
        let performer = item.performer(actor);
        if performer.is_some() && !may(actor, Action::RecordCleaning, subject) {
            return Err(Rejection::Forbidden);
        }
        let as_performer = match performer {
            None => actor.clone(),
            Some(person) => {
                let member = self.members.get(&person).ok_or(Rejection::UnknownPerson)?;
                Actor { person, grants: member.grants.clone() }
            }
        };
        let Timing { started_at, at, basis } = timing(event, sending, received);
        let is_proxy = performer.is_some();
        let zone = self.toilets.get(&event.toilet).map_or(chrono_tz::UTC, |known| known.entry.zone());
        let circumstances = Circumstances {
            is_proxy,
            in_area: may(&as_performer, Action::LogCleaning, subject),
            on_roster: on_duty.is_on_roster(as_performer.person, event.toilet, zone, at),
            plan_version: self.plan_version(event.toilet, at),
        };
        let place = self.toilets.get(&event.toilet).and_then(|known| known.entry.place_at(at));
        let has_plate = !is_proxy && self.is_plate_shown(item, at);
        let fix = event.position.as_ref().filter(|_| !is_proxy);
        Ok(Cleaning {
            id: item.id,
            event: event.clone(),
            performed_by: as_performer.person,
            recorded_by: actor.person,
            started_at,
            at,
            received_at: received,
            basis,
            presence: verdict(has_plate, fix, place),
            flags: circumstances.flags(event, sending, received),
        })
    }

    /// The flags of a correction: those of what it corrects, but for what it says anew.
    pub(super) fn flags_of_correction(&self, before: &Cleaning, event: &Event) -> BTreeSet<Flag> {
        let version = self.plan_version(before.toilet(), before.at);
        let is_old = event.checklist.as_ref().is_some_and(|list| Some(list.version) != version);
        let kept = before.flags.iter().copied().filter(|flag| *flag != Flag::OldChecklist);
        kept.chain(is_old.then_some(Flag::OldChecklist)).collect()
    }

    fn is_plate_shown(&self, item: &Item, at: DateTime<Utc>) -> bool {
        let read = item.token.as_deref().and_then(|token| Plate::verify(&self.keys, token).ok());
        let hanging = self.plates.get(&item.event.toilet);
        read.zip(hanging).is_some_and(|(plate, hanging)| shows(plate, item.event.toilet, hanging, at))
    }

    /// The version of a toilet's plan that was in force then.
    fn plan_version(&self, toilet: ToiletId, at: DateTime<Utc>) -> Option<i32> {
        let plans = self.plans.get(&toilet)?;
        let in_force = plans.iter().find(|plan| plan.holds_on(at.with_timezone(&plan.zone).date_naive()));
        in_force.map(|plan| plan.version)
    }
}

/// The toilets that are named, from the register in memory; from the database where another process has made them just
/// now, and where it matters which body runs them.
async fn toilets(
    ctx: &Ctx,
    named: &BTreeSet<ToiletId>,
    by_body: bool,
    at: DateTime<Utc>,
) -> Result<HashMap<ToiletId, Known>, Failure> {
    let snapshot = ctx.finder.snapshot();
    let mut known = HashMap::new();
    if !by_body {
        let in_memory = named.iter().filter_map(|id| Some((*id, Arc::clone(snapshot.get(*id)?))));
        known.extend(in_memory.map(|(id, entry)| (id, Known { entry, operator: None })));
    }
    let missing: Vec<_> = named.iter().copied().filter(|id| !known.contains_key(id)).collect();
    if !missing.is_empty() {
        for toilet in ctx.store.toilets(&missing).await? {
            let (entry, operator) = (Arc::new(ctx.finder.entry_of(&toilet)), toilet.operator(at).map(|body| body.id));
            known.insert(toilet.id, Known { entry, operator });
        }
    }
    Ok(known)
}
