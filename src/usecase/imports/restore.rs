//! Taking in what was taken away: records of this or another register, each with its source, its id and its areas.
//!
//! What the register does not know is made as the record says. What it knows goes the way of every import: only what
//! the record says anew is written, and only where nobody edited it here; its grades, closures and bodies stay.

use std::collections::{HashMap, HashSet};

use super::settle::{Batch, Settled, made};
use crate::domain::area::{AreaCode, NewArea};
use crate::domain::draft::Fields;
use crate::domain::event::{Action, NewEntry, RecordKind, changes};
use crate::domain::id::{AreaId, OperatorId, SourceId, ToiletId};
use crate::domain::period::Days;
use crate::domain::record::{AreaStep, OWN, Origin, Record};
use crate::domain::text::Name;
use crate::domain::toilet::SourceRef;
use crate::intake::Notice;
use crate::store::{Author, Imported, Restored, StoreError, Tx};
use crate::usecase::{Ctx, Failure};

/// What became of a record.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was taken.
    Taken(Settled, Option<Notice>),
    /// It was turned away.
    Refused(Notice),
}

/// Takes in records (at most 500) of one source in one transaction; answers for each in order. A dry run writes nothing.
pub(super) async fn restore(
    ctx: &Ctx,
    author: Author,
    records: Vec<Record>,
    dry_run: bool,
) -> Result<Vec<Outcome>, Failure> {
    ctx.write(author, move |tx| Box::pin(async move { take(tx, records, dry_run).await })).await
}

async fn take(tx: &Tx, mut records: Vec<Record>, dry_run: bool) -> Result<Vec<Outcome>, Failure> {
    let Some(origin) = records.first().map(|record| record.origin.clone()) else { return Ok(Vec::new()) };
    let (attribution, license) = (origin.attribution.as_deref(), origin.license.as_deref());
    let source = if dry_run {
        tx.source(&origin.source).await?.map(|source| source.id)
    } else {
        Some(tx.put_source(&origin.source, attribution, license, origin.synthetic).await?)
    };
    let keys: Vec<String> = records.iter().map(|record| record.origin.key.clone()).collect();
    let known = match source {
        Some(source) => tx.imported(source, &keys).await?,
        None => HashMap::new(),
    };
    let areas = Areas::read(tx, &records, dry_run).await?;
    let unknown: Vec<_> = records.iter_mut().map(|record| areas.resolve(record)).collect();
    let ids: Vec<ToiletId> = records.iter().filter_map(|record| record.id).collect();
    let mut taken = tx.taken_ids(&ids).await?;

    let (mut fresh, mut standing) = (Vec::new(), Vec::new());
    let mut outcomes = Vec::with_capacity(records.len());
    for (record, unknown_area) in records.iter().zip(unknown) {
        if let Some(last) = known.get(&record.origin.key) {
            standing.push((outcomes.len(), record, last));
            outcomes.push(Outcome::Taken(Settled::default(), None));
            continue;
        }
        // An id twice in one file: the first has it.
        let is_taken = record.id.is_some_and(|id| !taken.insert(id));
        if is_taken && origin.source == OWN {
            outcomes.push(Outcome::Refused(entered_here(record)));
            continue;
        }
        let settled = Settled { unknown_area, ..made(&record.fact.name) };
        fresh.push(Restored { record, id: record.id.filter(|_| !is_taken), area: areas.of(record) });
        outcomes.push(Outcome::Taken(settled, is_taken.then(|| other_id(record))));
    }
    if let Some(source) = source.filter(|_| !dry_run) {
        make(tx, source, &fresh).await?;
    }
    if let Some(source) = source {
        let (places, batch) = compared(tx, source, &origin, &standing, dry_run).await?;
        for (place, settled) in places.into_iter().zip(batch.settle(tx).await?) {
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = Outcome::Taken(settled, None);
            }
        }
    }
    Ok(outcomes)
}

/// What the register knows already, as a batch of its source, each with the grades, closures and bodies that the source
/// gave it here, with the places of their outcomes.
async fn compared(
    tx: &Tx,
    source: SourceId,
    origin: &Origin,
    standing: &[(usize, &Record, &Imported)],
    dry_run: bool,
) -> Result<(Vec<usize>, Batch), Failure> {
    let ids: Vec<_> = standing.iter().map(|(_, _, last)| last.toilet).collect();
    let mut here = tx.standing(source, &ids, &HashMap::new()).await?;
    let mut statements = Vec::with_capacity(standing.len());
    for (_, record, last) in standing {
        let mut statement = record.statement();
        if let Some(here) = here.remove(&last.toilet) {
            statement.grades = here.statement.grades;
            statement.outages = here.statement.outages;
            statement.operators = here.statement.operators;
        }
        statements.push(statement);
    }
    let batch = Batch {
        source: origin.source.clone(),
        attribution: origin.attribution.clone(),
        license: origin.license.clone(),
        synthetic: origin.synthetic,
        statements,
        dry_run,
    };
    Ok((standing.iter().map(|(place, ..)| *place).collect(), batch))
}

/// Makes the toilets of records, with all that belongs to them.
async fn make(tx: &Tx, source: SourceId, fresh: &[Restored<'_>]) -> Result<(), Failure> {
    if fresh.is_empty() {
        return Ok(());
    }
    let ids = tx.restore_toilets(source, fresh).await?;
    let made: Vec<(ToiletId, &Record)> =
        fresh.iter().filter_map(|one| Some((*ids.get(&one.record.origin.key)?, one.record))).collect();
    let grades = made.iter().filter(|(_, record)| !record.grades.is_empty());
    tx.put_grades(source, &grades.map(|(id, record)| (*id, record.grades.as_slice())).collect::<Vec<_>>()).await?;
    let outages = made.iter().filter(|(_, record)| !record.outages.is_empty());
    tx.restore_outages(source, &outages.map(|(id, record)| (*id, record.outages.as_slice())).collect::<Vec<_>>())
        .await?;
    let (mut bodies, mut ties) = (HashMap::<Name, OperatorId>::new(), Vec::with_capacity(made.len()));
    for (id, record) in &made {
        let mut own = Vec::with_capacity(record.operators.len());
        for tie in &record.operators {
            let body = match bodies.get(&tie.name) {
                Some(body) => *body,
                None => tx.put_operator(&tie.name, tie.kind).await?,
            };
            bodies.insert(tie.name.clone(), body);
            let days = Days::new(tie.from, tie.to).map_err(|broken| broken.in_field("operators"))?;
            own.push((tie.role, body, days));
        }
        ties.push((*id, own));
    }
    tx.restore_tenures(source, &ties).await?;
    let said: Vec<_> =
        made.iter().map(|(id, record)| (record.origin.key.clone(), *id, record.statement().fields())).collect();
    tx.remember(source, &said).await?;
    let mut parts = tx.part_fields(&made.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let entries = made.iter().map(|(id, record)| {
        let mut fields = record.fact.fields();
        let (name, key) = (record.origin.source.clone(), record.origin.key.clone());
        let from = SourceRef { name, key, synthetic: record.origin.synthetic };
        fields.extend(parts.remove(id).unwrap_or_default().into_iter().chain([from.field()]));
        let (kind, changes) = (RecordKind::Toilet, changes(&Fields::new(), &fields));
        NewEntry { kind, key: id.to_string(), version: 1, action: Action::Create, changes }
    });
    Ok(tx.append(entries.collect()).await?)
}

/// The areas of the register, those that the records bring included.
struct Areas {
    ids: HashMap<AreaCode, AreaId>,
    today: HashMap<AreaCode, AreaCode>,
}

impl Areas {
    /// Reads the areas, and makes those that records name and the register never knew; a dry run makes none and takes
    /// them for known.
    async fn read(tx: &Tx, records: &[Record], dry_run: bool) -> Result<Self, StoreError> {
        let mut areas = Self { ids: HashMap::new(), today: HashMap::new() };
        let all = tx.areas().await?;
        for area in &all {
            let older = area.fact.aliases.iter().filter_map(|alias| alias.code.clone());
            areas.today.extend(older.map(|code| (code, area.fact.code.clone())));
        }
        for area in all {
            areas.today.insert(area.fact.code.clone(), area.fact.code.clone());
            areas.ids.insert(area.fact.code, area.id);
        }
        let (mut seen, mut entries) = (HashSet::new(), Vec::new());
        for record in records.iter().filter(|record| seen.insert(record.fact.area.clone())) {
            let mut above: Option<AreaCode> = None;
            for step in &record.areas {
                if !areas.today.contains_key(&step.0) {
                    if !dry_run {
                        let new = new_area(step, above.clone());
                        areas.ids.insert(step.0.clone(), tx.create_area(&new).await?);
                        entries.push(created(&new));
                    }
                    areas.today.insert(step.0.clone(), step.0.clone());
                }
                above = areas.today.get(&step.0).cloned();
            }
        }
        tx.append(entries).await?;
        Ok(areas)
    }

    fn of(&self, record: &Record) -> Option<AreaId> {
        self.ids.get(record.fact.area.as_ref()?).copied()
    }

    /// Puts the code of today in the place of an older one; takes out and answers one that no area ever had.
    fn resolve(&self, record: &mut Record) -> Option<AreaCode> {
        let code = record.fact.area.take()?;
        record.fact.area = self.today.get(&code).cloned();
        record.fact.area.is_none().then_some(code)
    }
}

fn new_area(step: &AreaStep, parent: Option<AreaCode>) -> NewArea {
    let AreaStep(code, name, level, vintage) = step.clone();
    NewArea { code, name, level, parent, vintage, days: Days::default(), aliases: Vec::new() }
}

fn created(area: &NewArea) -> NewEntry {
    let (kind, key, action) = (RecordKind::Area, area.code.to_string(), Action::Create);
    NewEntry { kind, key, version: 1, action, changes: changes(&Fields::new(), &area.fields()) }
}

/// A toilet that was entered here stands in no source's list: nobody can tell whether the row means it.
fn entered_here(record: &Record) -> Notice {
    let message = "a toilet with this id was entered in this register; change it there, or take the row's id away and \
                   give it another sourceKey";
    notice(record, "id_taken", message)
}

fn other_id(record: &Record) -> Notice {
    notice(record, "id_taken", "another toilet has this id here, so this one gets the next that is free")
}

fn notice(record: &Record, code: &'static str, message: &str) -> Notice {
    let id = record.id.map_or(0, |id| id.0);
    Notice { field: Some("id".to_owned()), code, message: format!("{id}: {message}") }
}
