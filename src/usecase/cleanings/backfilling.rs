//! Taking many records of many people at once, which arrived one by one: for histories that are made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::logging::{Item, created};
use super::roster::OnDuty;
use super::weighing::Weighed;
use crate::domain::Toilet;
use crate::domain::account::Actor;
use crate::domain::cleaning::{Cleaning, Sending};
use crate::domain::id::ToiletId;
use crate::usecase::slots::settle;
use crate::usecase::{Ctx, Failure};

/// A record as it arrived by itself.
#[derive(Clone)]
pub(in crate::usecase) struct Delivery {
    /// Who sent it.
    pub(in crate::usecase) actor: Actor,
    /// The clocks of the device then.
    pub(in crate::usecase) sending: Sending,
    /// When it arrived.
    pub(in crate::usecase) received: DateTime<Utc>,
    /// The record.
    pub(in crate::usecase) item: Item,
}

/// Records of one statement.
const ROWS: usize = 500;

/// The toilets that are settled with what was done and put right at them since they were settled last.
#[derive(Debug)]
pub(in crate::usecase) struct Settling {
    /// All toilets there are.
    pub(in crate::usecase) toilets: Arc<BTreeMap<ToiletId, Toilet>>,
    /// Those that are settled now.
    pub(in crate::usecase) now: Vec<ToiletId>,
    /// What waits to be settled, of all.
    pub(in crate::usecase) waiting: BTreeMap<ToiletId, Vec<DateTime<Utc>>>,
}

/// Takes records as logging does: each is weighed by itself as if it had arrived then, and all are written in one
/// transaction, in which some toilets are settled once. None of them is a correction, and none of their ids is taken.
/// Answers how many were taken, and what still waits to be settled.
///
/// # Errors
/// What the store fails with.
pub(in crate::usecase) async fn backfill(
    ctx: &Ctx,
    deliveries: Vec<Delivery>,
    mut settling: Settling,
    tell: fn(&Cleaning) -> String,
) -> Result<(usize, BTreeMap<ToiletId, Vec<DateTime<Utc>>>), Failure> {
    let author = ctx.author("demo");
    let items: Vec<Item> = deliveries.iter().map(|delivery| delivery.item.clone()).collect();
    let mut made: Vec<(Cleaning, String)> = Vec::with_capacity(deliveries.len());
    if let Some(first) = deliveries.first() {
        let weighed = Weighed::of(ctx, &first.actor, Sending::default(), author.at, &items).await?;
        let earliest = weighed.instants(&items).min().unwrap_or(author.at);
        let on_duty = OnDuty::at(ctx, &weighed.toilets().collect::<Vec<_>>(), earliest).await?;
        for one in &deliveries {
            let clocks = (&one.sending, one.received);
            let Ok(taken) = weighed.delivered(&one.actor, &one.item, clocks, &on_duty) else { continue };
            settling.waiting.entry(taken.toilet()).or_default().push(taken.at);
            let told = tell(&taken);
            made.push((taken, told));
        }
    }
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(author, move |tx| {
        Box::pin(async move {
            for chunk in made.chunks(ROWS) {
                tx.create_cleanings(chunk).await?;
                tx.append(chunk.iter().map(|(made, _)| created(made)).collect()).await?;
            }
            for id in &settling.now {
                let instants = settling.waiting.remove(id).unwrap_or_default();
                if let Some(toilet) = settling.toilets.get(id) {
                    settle(tx, &calendars, toilet.id, &instants).await?;
                }
            }
            Ok::<_, Failure>((made.len(), settling.waiting))
        })
    });
    written.await
}
