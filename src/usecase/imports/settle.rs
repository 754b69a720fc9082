//! One transaction of an import: what a source says now, merged into what stands here.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::area::AreaCode;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, changes};
use crate::domain::id::{SourceId, ToiletId};
use crate::domain::statement::{Merge, Statement, merge};
use crate::domain::toilet::Lifecycle;
use crate::domain::{Draft, Violation};
use crate::store::{Author, Imported, Standing, StoreError, Tx};
use crate::usecase::{Ctx, Failure};

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
    pub(in crate::usecase) action: Option<Action>,
    /// The fields that the source changed but that were edited here since.
    pub(super) kept: Vec<String>,
    /// The area code that no area has.
    pub(super) unknown_area: Option<AreaCode>,
}

/// Settles a batch in one transaction; answers for each statement in order. A dry run writes nothing.
pub(in crate::usecase) async fn settle(ctx: &Ctx, author: Author, batch: Batch) -> Result<Vec<Settled>, Failure> {
    ctx.store.write(author, move |tx| Box::pin(async move { batch.settle(tx).await })).await
}

/// A toilet to write: its statement as it will stand, and what the journal says.
struct Update {
    id: ToiletId,
    revision: i32,
    statement: Statement,
    merge: Merge,
    changes: Changes,
    action: Action,
}

impl Batch {
    async fn settle(self, tx: &Tx) -> Result<Vec<Settled>, Failure> {
        let areas = Areas::read(tx).await?;
        let Some(source) = self.source(tx).await? else {
            let fresh = |statement: &Statement| Settled {
                action: Some(Action::Create),
                unknown_area: areas.unknown(&statement.draft),
                ..Settled::default()
            };
            return Ok(self.statements.iter().map(fresh).collect());
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
        for statement in &self.statements {
            let mut one = Settled { unknown_area: areas.unknown(&statement.draft), ..Settled::default() };
            match known.get(&statement.key) {
                None => {
                    one.action = Some(Action::Create);
                    fresh.push(statement);
                }
                Some(last) => {
                    if let Some(here) = standing.get(&last.toilet) {
                        let update = plan(statement, last, here)?;
                        one.kept.clone_from(&update.merge.kept);
                        said.push((statement.key.clone(), last.toilet, statement.fields()));
                        if !update.merge.write.is_empty() {
                            one.action = Some(update.action);
                            updates.push(update);
                        }
                    }
                }
            }
            settled.push(one);
        }
        if !self.dry_run {
            create(tx, source, &areas, &fresh).await?;
            apply(tx, source, &areas, updates).await?;
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
    let changes = changes(&standing, &merged.fields());
    let was_retired = here.statement.draft.lifecycle == Lifecycle::Retired;
    let action = match (was_retired, merged.draft.lifecycle == Lifecycle::Retired) {
        (true, false) => Action::Restore,
        (false, true) => Action::Retire,
        _ => Action::Update,
    };
    Ok(Update { id: last.toilet, revision: here.revision, statement: merged, merge, changes, action })
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

async fn create(tx: &Tx, source: SourceId, areas: &Areas, fresh: &[&Statement]) -> Result<(), StoreError> {
    let rows: Vec<_> = fresh.iter().map(|&statement| (statement, areas.id(&statement.draft))).collect();
    let ids = tx.create_toilets(source, &rows).await?;
    let made: Vec<_> = fresh.iter().filter_map(|&new| Some((*ids.get(&new.key)?, new))).collect();
    put_lists(tx, source, &made, true, |_, _| true).await?;
    let said: Vec<_> = made.iter().map(|(id, new)| (new.key.clone(), *id, new.fields())).collect();
    tx.remember(source, &said).await?;
    let entry = |(id, new): &(ToiletId, &Statement)| {
        let changes = changes(&Fields::new(), &new.fields());
        NewEntry { kind: RecordKind::Toilet, key: id.to_string(), version: 1, action: Action::Create, changes }
    };
    tx.append(made.iter().map(entry).collect()).await
}

async fn apply(tx: &Tx, source: SourceId, areas: &Areas, updates: Vec<Update>) -> Result<(), StoreError> {
    let mut entries = Vec::with_capacity(updates.len());
    for update in &updates {
        let area = areas.id(&update.statement.draft);
        let written = tx.update_toilet(update.id, update.revision, &update.statement, area).await?;
        debug_assert!(written, "the row was read in this very transaction");
        entries.push(NewEntry {
            kind: RecordKind::Toilet,
            key: update.id.to_string(),
            version: update.revision + 1,
            action: update.action,
            changes: update.changes.clone(),
        });
    }
    let touched: Vec<_> = updates.iter().map(|update| (update.id, &update.statement)).collect();
    let wrote = |place: usize, list: &str| {
        updates.get(place).is_some_and(|update| update.merge.write.iter().any(|(name, _)| name == list))
    };
    put_lists(tx, source, &touched, false, wrote).await?;
    tx.append(entries).await
}

/// Writes the grades, closures and bodies of those toilets for which `wants` it.
async fn put_lists(
    tx: &Tx,
    source: SourceId,
    toilets: &[(ToiletId, &Statement)],
    is_new: bool,
    wants: impl Fn(usize, &str) -> bool,
) -> Result<(), StoreError> {
    let wanting = |list: &'static str| {
        let wants = &wants;
        toilets.iter().enumerate().filter(move |(place, _)| wants(*place, list)).map(|(_, toilet)| *toilet)
    };
    let grades: Vec<_> = wanting("grades").map(|(id, new)| (id, new.grades.as_slice())).collect();
    if grades.iter().any(|(_, list)| !is_new || !list.is_empty()) {
        tx.put_grades(source, &grades).await?;
    }
    let outages: Vec<_> = wanting("outages").map(|(id, new)| (id, new.outages.as_slice())).collect();
    if outages.iter().any(|(_, list)| !is_new || !list.is_empty()) {
        tx.put_outages(source, &outages).await?;
    }
    let mut bodies = HashMap::new();
    let mut tenures = Vec::new();
    for (id, new) in wanting("operators") {
        let mut ties = Vec::with_capacity(new.operators.len());
        for named in &new.operators {
            let body = match bodies.get(&named.name) {
                Some(body) => *body,
                None => tx.put_operator(&named.name, named.kind).await?,
            };
            bodies.insert(named.name.clone(), body);
            ties.push((named.role, body));
        }
        tenures.push((id, ties));
    }
    if tenures.iter().any(|(_, ties)| !is_new || !ties.is_empty()) {
        tx.put_tenures(source, &tenures, is_new).await?;
    }
    Ok(())
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

    fn unknown(&self, draft: &Draft) -> Option<AreaCode> {
        draft.area.clone().filter(|code| !self.ids.contains_key(code))
    }
}
