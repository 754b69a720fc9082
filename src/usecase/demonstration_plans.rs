//! What the demonstration's toilets are to be done at: templates put on their classes, who answers for which, and the
//! days on which some are closed.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Asia::Shanghai;

use super::assignments::{self, NewCustodian};
use super::exceptions::{self, NewException};
use super::plans::{self, Chosen, NewTemplate};
use super::{By, Ctx, Failure, rosters};
use crate::demo;
use crate::domain::Toilet;
use crate::domain::account::Actor;
use crate::domain::id::{RosterId, TemplateId, ToiletId, TurnId};
use crate::domain::period::Days;
use crate::domain::plan::{Effect, Occasion, Over};
use crate::domain::roster::{Cycle, Roster, Turn};
use crate::domain::statement::Statement;
use crate::domain::text::Remark;
use crate::store::KeptAnswer;

/// The toilet that is closed for one day in the middle of the history, so many days before its end.
const CLOSED: (&str, i64) = ("U-005", 12);

/// What the toilets of a history are told of before it begins.
pub(super) struct Planning<'a> {
    /// The product as of the evening before.
    pub(super) ctx: &'a Ctx,
    /// Who plans.
    pub(super) by: By,
    /// The first day and the last.
    pub(super) days: (NaiveDate, NaiveDate),
    /// The toilets by their keys.
    pub(super) toilets: &'a BTreeMap<String, Toilet>,
}

impl Planning<'_> {
    /// Puts a template on each class.
    pub(super) async fn plan(&self, statements: &[Statement]) -> Result<(), Failure> {
        let mut left: Vec<&Statement> = statements.iter().filter(|one| self.toilets.contains_key(&one.key)).collect();
        for class in demo::class_plans()? {
            let (own, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|statement| class.is_for(statement));
            left = others;
            let ids: Vec<ToiletId> =
                own.iter().filter_map(|one| self.toilets.get(&one.key)).map(|toilet| toilet.id).collect();
            let new = NewTemplate { name: class.name, note: Some(class.note), windows: class.windows };
            let made =
                plans::create_template(self.ctx, self.by.clone(), new, None, |made| told(&made.id.to_string())).await?;
            let template = made.body.parse().map(TemplateId);
            let template = template.map_err(|error| Failure::Internal(Box::new(error)))?;
            let (days, chosen) = ((Some(self.days.0), None), Chosen::Listed(ids));
            plans::apply(self.ctx, self.by.clone(), days, template, chosen, None, |_| told("")).await?;
        }
        Ok(())
    }

    /// Has everybody answer for the toilets that they keep.
    pub(super) async fn assign(&self, staff: &demo::Staff, cleaners: &[Actor]) -> Result<(), Failure> {
        for kept in staff.kept.iter().filter(|kept| kept.has_custodian) {
            let (Some(toilet), Some(actor)) = (self.toilets.get(&kept.key), cleaners.get(kept.cleaner)) else {
                continue;
            };
            let new = NewCustodian { person: actor.person, from: Some(self.days.0), to: None };
            assignments::name(self.ctx, self.by.clone(), toilet.id, new, None, |_| told("")).await?;
        }
        Ok(())
    }

    /// Puts each crew on a roster, with turns that began on that day.
    pub(super) async fn roster(
        &self,
        crews: Vec<demo::Crew>,
        since: NaiveDate,
        cleaners: &[Actor],
    ) -> Result<Vec<(demo::Crew, RosterId)>, Failure> {
        let days = Days::new(Some(since), None)?;
        let mut planned = Vec::with_capacity(crews.len());
        for crew in crews {
            let toilets = crew.toilets.iter().filter_map(|key| self.toilets.get(key)).map(|toilet| toilet.id).collect();
            let (name, shifts) = (crew.name.clone(), crew.shifts.clone());
            let roster = Roster { id: RosterId(0), name, zone: Shanghai, toilets, shifts, days, revision: 1 };
            let member = |(place, cycle): &(usize, Cycle)| Some((cleaners.get(*place)?.person, cycle.clone()));
            let members: Vec<_> = crew.members.iter().filter_map(member).collect();
            planned.push((crew, roster, members));
        }
        let written = self.ctx.store.write(self.by.author(self.ctx), move |tx| {
            Box::pin(async move {
                let mut made = Vec::with_capacity(planned.len());
                for (crew, roster, members) in planned {
                    let roster = rosters::record(tx, roster).await?.id;
                    for (person, cycle) in members {
                        let turn = Turn { id: TurnId(0), roster, person, cycle, days, revision: 1 };
                        rosters::turns::record(tx, turn).await?;
                    }
                    made.push((crew, roster));
                }
                Ok(made)
            })
        });
        written.await
    }

    /// Nothing is due where a toilet is closed.
    pub(super) async fn close(&self) -> Result<(), Failure> {
        for (key, toilet) in self.toilets {
            let mut closures = Vec::new();
            for outage in &toilet.outages {
                let span = outage.fact.span;
                let from = toilet.today(span.from()).max(self.days.0);
                // What has no end known is looked at again in a month.
                let to = span.until().map_or(self.days.1 + TimeDelta::days(30), |until| toilet.today(until));
                if from <= to {
                    closures.push((Days::new(Some(from), Some(to)), outage.fact.note.clone()));
                }
            }
            let one = self.days.1 - TimeDelta::days(CLOSED.1);
            if key == CLOSED.0 && self.days.0 < one {
                closures.push((Days::new(Some(one), Some(one)), Some(Remark::new("供电线路检修，停用一天")?)));
            }
            for (days, reason) in closures {
                let occasion = Occasion { days: days?, ..Occasion::default() };
                let new = NewException { over: Over::Toilet(toilet.id), occasion, effect: Effect::Closed, reason };
                exceptions::create(self.ctx, self.by.clone(), new, None, |_| told("")).await?;
            }
        }
        Ok(())
    }
}

/// An answer that nobody is told.
pub(super) fn told(body: &str) -> KeptAnswer {
    KeptAnswer { status: 201, location: None, etag: None, body: body.to_owned() }
}
