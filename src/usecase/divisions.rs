//! Taking in a list of administrative divisions: new areas, changed ones, and those that took over older ones.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::imports::{Input, Report};
use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::area::{Alias, Area, AreaCode, NewArea};
use crate::domain::draft::Fields;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, changes};
use crate::domain::id::AreaId;
use crate::intake::Notice;
use crate::intake::divisions::divisions;
use crate::intake::format::Encoding;
use crate::store::{ROWS, StoreError, Tx};

/// How to read a list of divisions.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Write nothing, only tell what would happen.
    pub dry_run: bool,
    /// How the file's text is encoded.
    pub encoding: Encoding,
    /// The year of the list where a row does not state one.
    pub vintage: u16,
}

/// Takes in a list of divisions. An area that the list no longer has stays; older codes that stand as areas of their own
/// are taken over by the area whose older codes they are, with their toilets and what lies below them.
///
/// # Errors
/// [`Failure::Invalid`] where the file cannot be read at all, otherwise what the store fails with. Rows committed before
/// a failure stay; the same call again goes on.
pub async fn import(ctx: &Ctx, file: &Input, options: Options) -> Result<Report, Failure> {
    let rows = divisions(&file.bytes, options.encoding, options.vintage)
        .map_err(|error| Violation::new(&file.name, "unreadableFile", error.to_string()))?;
    let mut report = Report { source: file.name.clone(), dry_run: options.dry_run, ..Report::default() };
    report.read = rows.len() as u64;
    let mut plan = Plan::new(ctx.store.areas().await?);
    let mut steps = plan.steps(rows, &mut report, &file.name);
    refuse_granted(ctx, &mut steps, &mut report, &file.name).await?;
    for (line, step) in &steps {
        report.take(&file.name, *line, step.action(), Vec::new());
        report.retired += step.absorbs.len() as u64;
    }
    if !options.dry_run {
        let steps: Vec<_> = steps.into_iter().map(|(_, step)| step).filter(|step| step.action().is_some()).collect();
        for steps in steps.chunks(ROWS) {
            let steps = steps.to_vec();
            ctx.write(ctx.author("import"), move |tx| Box::pin(apply(tx, steps))).await?;
        }
    }
    Ok(report)
}

/// What becomes of one area.
#[derive(Debug, Clone)]
struct Step {
    now: NewArea,
    /// The area as it stands, under this code or, if it is renamed, under an older one.
    standing: Option<(AreaId, NewArea)>,
    /// Areas that go into this one.
    absorbs: Vec<(AreaId, AreaCode)>,
}

impl Step {
    fn action(&self) -> Option<Action> {
        match &self.standing {
            None => Some(Action::Create),
            Some((_, before)) if *before == self.now && self.absorbs.is_empty() => None,
            Some(_) => Some(Action::Update),
        }
    }
}

/// The register's areas while a list is compared with them.
struct Plan {
    standing: BTreeMap<AreaCode, Area>,
    older: HashMap<AreaCode, AreaCode>,
}

impl Plan {
    fn new(areas: Vec<Area>) -> Self {
        let older = areas.iter().flat_map(|area| {
            area.fact.aliases.iter().filter_map(|alias| Some((alias.code.clone()?, area.fact.code.clone())))
        });
        let older = older.collect();
        Self { standing: areas.into_iter().map(|area| (area.fact.code.clone(), area)).collect(), older }
    }

    /// The steps for the rows of a list, parents before what lies below them; rows that cannot be used are told.
    fn steps(
        &mut self,
        rows: Vec<(u64, Result<NewArea, Notice>)>,
        report: &mut Report,
        file: &str,
    ) -> Vec<(u64, Step)> {
        let mut waiting: Vec<(u64, NewArea)> = Vec::with_capacity(rows.len());
        let mut listed = HashSet::new();
        for (line, row) in rows {
            match row {
                Ok(area) if listed.insert(area.code.clone()) => waiting.push((line, area)),
                Ok(area) => {
                    report.repeated += 1;
                    let message = format!("the code {} came before: the first row counts", area.code);
                    report.tell(file, line, "repeated", notice("code", "repeated_code", message));
                }
                Err(notice) => reject(report, file, line, notice),
            }
        }
        let claims = claims(&waiting);
        let mut steps: Vec<(u64, Step)> = Vec::with_capacity(waiting.len());
        // A parent that is listed itself may move, and so comes first.
        let mut known: HashSet<AreaCode> =
            self.standing.keys().filter(|code| !listed.contains(*code)).cloned().collect();
        loop {
            let before = waiting.len();
            for (line, mut area) in std::mem::take(&mut waiting) {
                let parent = area.parent.take().map(|code| self.today(code, &known, &listed));
                area.parent = parent;
                if area.parent.as_ref().is_some_and(|code| !known.contains(code)) {
                    waiting.push((line, area));
                    continue;
                }
                known.insert(area.code.clone());
                let step = self.step(area, &claims, &listed, (&mut *report, file, line));
                steps.push((line, step));
            }
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for (line, area) in waiting {
            let parent = area.parent.as_ref().map(AreaCode::as_str).unwrap_or_default();
            let message = format!("no area has the code {parent}, or it lies below this one");
            reject(report, file, line, notice("parent", "unknown_area", message));
        }
        steps
    }

    /// The code of today for a parent that may be given by an older one.
    fn today(&self, code: AreaCode, known: &HashSet<AreaCode>, listed: &HashSet<AreaCode>) -> AreaCode {
        if known.contains(&code) || listed.contains(&code) {
            return code;
        }
        self.older.get(&code).cloned().unwrap_or(code)
    }

    fn step(
        &self,
        mut now: NewArea,
        claims: &HashMap<AreaCode, usize>,
        listed: &HashSet<AreaCode>,
        (report, file, line): (&mut Report, &str, u64),
    ) -> Step {
        let mut olds: Vec<&Area> = Vec::new();
        for code in now.aliases.iter().filter_map(|alias| alias.code.as_ref()).filter(|code| !listed.contains(*code)) {
            let Some(old) = self.standing.get(code).filter(|_| *code != now.code) else { continue };
            if claims.get(code).is_some_and(|count| *count > 1) {
                let message = format!(
                    "several areas take over {code}, which stays as it is: nobody can tell which toilets go where"
                );
                report.warn(file, line, "taken", vec![notice("oldCodes", "split_area", message)]);
            } else {
                olds.push(old);
            }
        }
        let same = self.standing.get(&now.code);
        let renamed = same.is_none() && olds.len() == 1;
        let standing = same.or(olds.first().copied().filter(|_| renamed));
        let absorbs: Vec<_> =
            if renamed { Vec::new() } else { olds.iter().map(|old| (old.id, old.fact.code.clone())).collect() };
        // What was known by another code or name once stays known by it.
        for alias in standing.into_iter().chain(olds.iter().copied()).flat_map(|area| &area.fact.aliases) {
            keep(&mut now.aliases, alias);
        }
        Step { standing: standing.map(|area| (area.id, area.fact.clone())), now, absorbs }
    }
}

fn keep(aliases: &mut Vec<Alias>, alias: &Alias) {
    if !aliases.iter().any(|kept| kept.code == alias.code && kept.name == alias.name) {
        aliases.push(alias.clone());
    }
}

/// How many rows name each older code.
fn claims(rows: &[(u64, NewArea)]) -> HashMap<AreaCode, usize> {
    let mut claims = HashMap::new();
    for code in rows.iter().flat_map(|(_, area)| area.aliases.iter().filter_map(|alias| alias.code.clone())) {
        *claims.entry(code).or_default() += 1;
    }
    claims
}

/// Takes out the steps that would give those who were granted a part the whole: a role for 吉利区 is none for all of 孟津区.
async fn refuse_granted(
    ctx: &Ctx,
    steps: &mut Vec<(u64, Step)>,
    report: &mut Report,
    file: &str,
) -> Result<(), Failure> {
    let absorbed: Vec<_> = steps.iter().flat_map(|(_, step)| step.absorbs.clone()).collect();
    if absorbed.is_empty() {
        return Ok(());
    }
    let granted = ctx.write(ctx.author("import"), move |tx| Box::pin(granted(tx, absorbed))).await?;
    let mut left_out: HashSet<AreaCode> = HashSet::new();
    steps.retain(|(line, step)| {
        let now = &step.now;
        let notice = if let Some((_, code)) = step.absorbs.iter().find(|(id, _)| granted.contains(id)) {
            let message = format!(
                "{code} would go into {}, and roles are held for it: revoke them (gongce staff list) and grant them anew \
                 afterwards",
                now.code
            );
            notice("oldCodes", "has_grants", message)
        } else if let Some(code) = now.parent.as_ref().filter(|code| left_out.contains(*code)) {
            notice("parent", "unknown_area", format!("the row of {code} is left out, and so is what lies below it"))
        } else {
            return true;
        };
        if step.standing.is_none() {
            left_out.insert(now.code.clone());
        }
        reject(report, file, *line, notice);
        false
    });
    Ok(())
}

async fn granted(tx: &Tx, areas: Vec<(AreaId, AreaCode)>) -> Result<HashSet<AreaId>, Failure> {
    let mut granted = HashSet::new();
    for (id, _) in areas {
        if tx.grants_in(id).await? > 0 {
            granted.insert(id);
        }
    }
    Ok(granted)
}

async fn apply(tx: &Tx, steps: Vec<Step>) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for step in steps {
        let before = step.standing.as_ref().map(|(_, before)| before.fields()).unwrap_or_default();
        let action = if step.standing.is_some() { Action::Update } else { Action::Create };
        let id = match &step.standing {
            None => tx.create_area(&step.now).await.map_err(refused)?,
            Some((id, was)) => {
                tx.update_area(*id, &step.now).await.map_err(refused)?;
                if was.code != step.now.code {
                    entries.extend(restate(tx, (*id, &was.code), (*id, &step.now.code)).await?);
                }
                *id
            }
        };
        for (old, code) in &step.absorbs {
            tx.adopt_children(*old, id).await?;
            entries.extend(restate(tx, (*old, code), (id, &step.now.code)).await?);
            tx.delete_area(*old).await?;
            entries.push(entry(code, Action::Retire, Changes::new()));
        }
        entries.push(entry(&step.now.code, action, changes(&before, &step.now.fields())));
    }
    Ok(tx.append(entries).await?)
}

/// Restates the toilets of an area; answers what the journal says of them.
async fn restate(
    tx: &Tx,
    (from, old): (AreaId, &AreaCode),
    (to, new): (AreaId, &AreaCode),
) -> Result<Vec<NewEntry>, StoreError> {
    let moved = tx.restate_toilets(from, to).await?.into_iter().map(|(id, version)| {
        let before = Fields::from([("area".to_owned(), old.as_str().into())]);
        let after = Fields::from([("area".to_owned(), new.as_str().into())]);
        let (kind, action) = (RecordKind::Toilet, Action::Update);
        NewEntry { kind, key: id.to_string(), version, action, changes: changes(&before, &after) }
    });
    Ok(moved.collect())
}

fn entry(code: &AreaCode, action: Action, changes: Changes) -> NewEntry {
    NewEntry { kind: RecordKind::Area, key: code.to_string(), version: 1, action, changes }
}

fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Refused(message) => Failure::Conflict(message),
        error => error.into(),
    }
}

fn reject(report: &mut Report, file: &str, line: u64, notice: Notice) {
    report.rejected += 1;
    report.tell(file, line, "rejected", notice);
}

fn notice(field: &str, code: &'static str, message: String) -> Notice {
    Notice { field: Some(field.to_owned()), code, message }
}
