//! One transaction of an import: what a source says now, merged into what stands here.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::area::AreaCode;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, changes};
use crate::domain::id::{AreaId, OperatorId, SourceId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::statement::{Merge, Statement, merge};
use crate::domain::text::Name;
use crate::domain::toilet::{Lifecycle, SourceRef};
use crate::domain::{Draft, Violation};
use crate::store::{Author, Imported, Standing, StoreError, Tx};
use crate::usecase::{Ctx, Failure, assignments, placing};

/// Up to 500 statements of one source.
pub(in crate::usecase) struct Batch {
    pub(super) source: String,
    pub(super) attribution: Option<String>,
    pub(super) license: Option<String>,
    pub(super) synthetic: bool,
    pub(super) statements: Vec<Statement>,
    pub(super) dry_run: bool,
}

impl Batch {
    /// Statements that are made up for demonstration.
    pub(in crate::usecase) fn synthetic(name: &str, attribution: &str, statements: Vec<Statement>) -> Self {
        let attribution = Some(attribution.to_owned());
        Self { source: name.to_owned(), attribution, license: None, synthetic: true, statements, dry_run: false }
    }
}

/// What became of one statement.
#[derive(Debug, Default)]
pub(in crate::usecase) struct Settled {
    /// What was done, or nothing.
    pub(super) action: Option<Action>,
    /// The toilet, if it was there already.
    pub(super) toilet: Option<ToiletId>,
    /// What changed; of one that is made its name alone.
    pub(super) changes: Changes,
    /// The fields that the source changed but that were edited here since.
    pub(super) kept: Vec<String>,
    /// The area code that no area has.
    pub(super) unknown_area: Option<AreaCode>,
}

/// Settles a batch in one transaction; answers for each statement in order. A dry run writes nothing.
pub(super) async fn settle(ctx: &Ctx, author: Author, batch: Batch) -> Result<Vec<Settled>, Failure> {
    ctx.write(author, move |tx| Box::pin(async move { batch.settle(tx).await })).await
}

/// A toilet to write: its statement as it will stand, and what the journal says.
struct Update {
    id: ToiletId,
    revision: i32,
    statement: Statement,
    merge: Merge,
    standing: Fields,
    action: Action,
}

impl Update {
    /// What is written, from what to what.
    fn changes(&self) -> Changes {
        let change = |(name, to): &(String, Option<Value>)| {
            let from = self.standing.get(name).cloned().unwrap_or_default();
            (name.clone(), [from, to.clone().unwrap_or_default()])
        };
        self.merge.write.iter().map(change).collect()
    }
}

/// What becomes of a statement about a toilet that the register does not know.
pub(super) fn made(name: &Name) -> Settled {
    let changes = [("name".to_owned(), [Value::Null, name.as_str().into()])].into();
    Settled { action: Some(Action::Create), changes, ..Settled::default() }
}

impl Batch {
    /// Settles the batch in an open transaction.
    pub(in crate::usecase) async fn settle(mut self, tx: &Tx) -> Result<Vec<Settled>, Failure> {
        let areas = Areas::read(tx).await?;
        // From here on an area is named by its code of today, or by none: that is how it stands in the register, and
        // comparing it in any other form would take the difference for an edit.
        let unknown: Vec<_> = self.statements.iter_mut().map(|new| areas.resolve(&mut new.draft)).collect();
        let Some(source) = self.source(tx).await? else {
            let all = self.statements.iter().zip(unknown);
            return Ok(all.map(|(new, unknown_area)| Settled { unknown_area, ..made(&new.draft.name) }).collect());
        };
        let keys: Vec<String> = self.statements.iter().map(|statement| statement.key.clone()).collect();
        let known = tx.imported(source, &keys).await?;
        let touched: Vec<ToiletId> = self
            .statements
            .iter()
            .filter_map(|statement| known.get(&statement.key).filter(|last| is_news(statement, last)))
            .map(|last| last.toilet)
            .collect();
        let standing = tx.standing(source, &touched, &areas.codes).await?;

        let mut settled = Vec::with_capacity(self.statements.len());
        let (mut fresh, mut updates, mut said) = (Vec::new(), Vec::new(), Vec::new());
        for (statement, unknown_area) in self.statements.iter().zip(unknown) {
            let mut one = Settled { unknown_area, ..Settled::default() };
            match known.get(&statement.key) {
                None => {
                    one = Settled { unknown_area: one.unknown_area, ..made(&statement.draft.name) };
                    fresh.push(statement);
                }
                Some(last) => {
                    if let Some(here) = standing.get(&last.toilet) {
                        let update = plan(statement, last, here)?;
                        one.kept.clone_from(&update.merge.kept);
                        said.push((statement.key.clone(), last.toilet, statement.fields()));
                        if !update.merge.write.is_empty() {
                            one.action = Some(update.action);
                            one.toilet = Some(update.id);
                            one.changes = update.changes();
                            updates.push(update);
                        }
                    }
                }
            }
            settled.push(one);
        }
        if !self.dry_run {
            create(tx, (source, &self.source), &areas, &fresh).await?;
            apply(tx, source, &areas, &updates).await?;
            tx.remember(source, &said).await?;
        }
        Ok(settled)
    }
}

impl Batch {
    /// The source's id. A dry run makes none, so there may be none: everything would then be new.
    async fn source(&self, tx: &Tx) -> Result<Option<SourceId>, StoreError> {
        if self.dry_run {
            return Ok(tx.source(&self.source).await?.map(|source| source.id));
        }
        let (attribution, license) = (self.attribution.as_deref(), self.license.as_deref());
        tx.put_source(&self.source, attribution, license, self.synthetic).await.map(Some)
    }
}

/// Whether a statement differs from what its source said last, or its key comes back after it was missing.
fn is_news(statement: &Statement, last: &Imported) -> bool {
    !last.present || statement.fields() != last.fields
}

fn plan(statement: &Statement, last: &Imported, here: &Standing) -> Result<Update, Failure> {
    let mut before = last.fields.clone();
    if !last.present {
        // A key that was missing had its toilet retired; coming back, it takes it into service again.
        before.insert("lifecycle".to_owned(), Value::from(Lifecycle::Retired.as_str()));
    }
    let standing = here.statement.fields();
    let merge = merge(&before, &statement.fields(), &standing);
    let merged = merged(statement, here, &merge, &standing)?;
    let was_retired = here.statement.draft.lifecycle == Lifecycle::Retired;
    let action = match (was_retired, merged.draft.lifecycle == Lifecycle::Retired) {
        (true, false) => Action::Restore,
        (false, true) => Action::Retire,
        _ => Action::Update,
    };
    Ok(Update { id: last.toilet, revision: here.revision, statement: merged, merge, standing, action })
}

/// What stands here, with the fields that the source changed.
fn merged(now: &Statement, here: &Standing, merge: &Merge, standing: &Fields) -> Result<Statement, Failure> {
    let mut fields = standing.clone();
    let mut merged = here.statement.clone();
    for (name, value) in &merge.write {
        match (name.as_str(), value) {
            ("grades", _) => merged.grades.clone_from(&now.grades),
            ("outages", _) => merged.outages.clone_from(&now.outages),
            ("operators", _) => merged.operators.clone_from(&now.operators),
            (_, Some(value)) => {
                fields.insert(name.clone(), value.clone());
            }
            (_, None) => {
                fields.remove(name);
            }
        }
    }
    for list in ["grades", "outages", "operators"] {
        fields.remove(list);
    }
    merged.draft =
        Draft::from_fields(&fields).map_err(|violation: Violation| Failure::Internal(Box::new(violation)))?;
    Ok(merged)
}

async fn create(
    tx: &Tx,
    (source, source_name): (SourceId, &str),
    areas: &Areas,
    fresh: &[&Statement],
) -> Result<(), StoreError> {
    let rows: Vec<_> = fresh.iter().map(|&statement| (statement, areas.id(&statement.draft))).collect();
    let ids = tx.create_toilets(source, &rows).await?;
    let made: Vec<_> = fresh.iter().filter_map(|&new| Some((*ids.get(&new.key)?, new))).collect();
    placing::locate(tx, &made.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let with_grades = made.iter().filter(|(_, new)| !new.grades.is_empty());
    let grades: Vec<_> = with_grades.map(|(id, new)| (*id, new.grades.as_slice())).collect();
    tx.put_grades(source, &grades).await?;
    let with_outages = made.iter().filter(|(_, new)| !new.outages.is_empty());
    let outages: Vec<_> = with_outages.map(|(id, new)| (*id, new.outages.as_slice())).collect();
    tx.put_outages(source, &outages).await?;
    let (mut bodies, mut tenures) = (Bodies::default(), Vec::with_capacity(made.len()));
    for (id, new) in &made {
        tenures.push((*id, bodies.ties(tx, new).await?));
    }
    tx.begin_tenures(source, &tenures).await?;
    let said: Vec<_> = made.iter().map(|(id, new)| (new.key.clone(), *id, new.fields())).collect();
    tx.remember(source, &said).await?;
    let mut parts = tx.part_fields(&made.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let entry = |(id, new): &(ToiletId, &Statement)| {
        let mut fields = new.draft.fields();
        let from = SourceRef { name: source_name.to_owned(), key: new.key.clone(), synthetic: false };
        fields.extend(parts.remove(id).unwrap_or_default().into_iter().chain([from.field()]));
        let (kind, changes) = (RecordKind::Toilet, changes(&Fields::new(), &fields));
        NewEntry { kind, key: id.to_string(), version: 1, action: Action::Create, changes }
    };
    tx.append(made.iter().map(entry).collect()).await
}

async fn apply(tx: &Tx, source: SourceId, areas: &Areas, updates: &[Update]) -> Result<(), Failure> {
    let ids: Vec<_> = updates.iter().map(|update| update.id).collect();
    let before = tx.toilets(&ids).await?;
    let mut attested: HashMap<_, _> = before.iter().map(|toilet| (toilet.id, toilet.attested.clone())).collect();
    for update in updates {
        let draft = &update.statement.draft;
        let mut attested = attested.remove(&update.id).unwrap_or_default();
        attested.keep_true(&update.standing, &draft.fields());
        if !tx.update_toilet(update.id, update.revision, draft, areas.id(draft).map(AreaId), &attested).await? {
            let message = format!("toilet {} was changed by somebody else just now: import again", update.id);
            return Err(Failure::Conflict(message));
        }
    }
    let wrote = |list: &'static str| {
        updates.iter().filter(move |update| update.merge.write.iter().any(|(name, _)| name == list))
    };
    let grades: Vec<_> = wrote("grades").map(|update| (update.id, update.statement.grades.as_slice())).collect();
    if !grades.is_empty() {
        tx.put_grades(source, &grades).await?;
    }
    let outages: Vec<_> = wrote("outages").map(|update| (update.id, update.statement.outages.as_slice())).collect();
    if !outages.is_empty() {
        tx.put_outages(source, &outages).await?;
    }
    let moved: Vec<_> = wrote("position").map(|update| update.id).collect();
    placing::locate(tx, &moved).await?;
    let mut bodies = Bodies::default();
    for update in wrote("operators") {
        let ties = bodies.ties(tx, &update.statement).await?;
        let today = tx.at().with_timezone(&update.statement.draft.zone).date_naive();
        tx.change_tenures(source, update.id, &ties, today).await?;
    }
    let after = tx.toilets(&ids).await?;
    for (before, after) in before.iter().zip(&after) {
        let today = after.today(tx.at());
        let runs = after.operator_on(today).map(|body| body.id);
        if before.operator_on(today).is_some_and(|body| Some(body.id) != runs) {
            assignments::hand_over(tx, after.id, today).await?;
        }
    }
    let actions: HashMap<_, _> = updates.iter().map(|update| (update.id, update.action)).collect();
    let entries = before.iter().zip(&after).map(|(before, after)| NewEntry {
        kind: RecordKind::Toilet,
        key: after.id.to_string(),
        version: after.revision,
        action: actions.get(&after.id).copied().unwrap_or(Action::Update),
        changes: changes(&before.fields(), &after.fields()),
    });
    Ok(tx.append(entries.collect()).await?)
}

/// The bodies that a batch names, each looked up once.
#[derive(Default)]
struct Bodies(HashMap<Name, OperatorId>);

impl Bodies {
    async fn ties(&mut self, tx: &Tx, new: &Statement) -> Result<Vec<(OperatorRole, OperatorId)>, StoreError> {
        let mut ties = Vec::with_capacity(new.operators.len());
        for named in &new.operators {
            let id = match self.0.get(&named.name) {
                Some(id) => *id,
                None => tx.put_operator(&named.name, named.kind).await?,
            };
            self.0.insert(named.name.clone(), id);
            ties.push((named.role, id));
        }
        Ok(ties)
    }
}

/// The areas of the register, by their codes of today and of before.
struct Areas {
    ids: HashMap<AreaCode, i32>,
    codes: HashMap<i32, AreaCode>,
}

impl Areas {
    async fn read(tx: &Tx) -> Result<Self, StoreError> {
        let areas = tx.areas().await?;
        let codes = areas.iter().map(|area| (area.id.0, area.fact.code.clone())).collect();
        let older = areas.iter().flat_map(|area| area.fact.aliases.iter().map(|alias| (alias.code.clone(), area.id.0)));
        let mut ids: HashMap<_, _> = older.filter_map(|(code, id)| Some((code?, id))).collect();
        ids.extend(areas.iter().map(|area| (area.fact.code.clone(), area.id.0)));
        Ok(Self { ids, codes })
    }

    fn id(&self, draft: &Draft) -> Option<i32> {
        self.ids.get(draft.area.as_ref()?).copied()
    }

    /// Puts the code of today in the place of an older one; takes out and answers one that no area ever had.
    fn resolve(&self, draft: &mut Draft) -> Option<AreaCode> {
        let code = draft.area.take()?;
        match self.ids.get(&code).and_then(|id| self.codes.get(id)) {
            Some(today) => {
                draft.area = Some(today.clone());
                None
            }
            None => Some(code),
        }
    }
}
