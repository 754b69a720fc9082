//! Whether the register agrees with its journal: the history of every toilet, replayed, must be the toilet.

use std::collections::HashMap;

use super::{Ctx, Failure};
use crate::domain::Toilet;
use crate::domain::area::{Area, AreaCode};
use crate::domain::draft::Fields;
use crate::domain::history::{Entry, replay};
use crate::domain::id::ToiletId;

/// Toilets read at a time.
const CHUNK: u64 = 500;

/// A toilet that does not agree with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The toilet.
    pub id: ToiletId,
    /// In what way.
    pub message: String,
}

/// Replays the history of every toilet; answers how many there are, and those that do not agree with theirs.
///
/// # Errors
/// What the store fails with.
pub async fn journal(ctx: &Ctx) -> Result<(u64, Vec<Disagreement>), Failure> {
    let areas = Codes::of(&ctx.store.areas().await?);
    let around = ctx.store.around().await?;
    let (mut checked, mut faults, mut after) = (0, Vec::new(), ToiletId(0));
    loop {
        let (toilets, histories) = ctx.store.toilets_with_histories(after, CHUNK, &around).await?;
        let Some(last) = toilets.last() else { return Ok((checked, faults)) };
        after = last.id;
        for toilet in &toilets {
            checked += 1;
            let history = histories.get(&toilet.id.to_string()).map(Vec::as_slice).unwrap_or_default();
            let fault = disagreement(toilet, history, &areas);
            faults.extend(fault.map(|message| Disagreement { id: toilet.id, message }));
        }
    }
}

fn disagreement(toilet: &Toilet, history: &[Entry], areas: &Codes) -> Option<String> {
    let replayed = match replay(history) {
        Ok(replayed) => replayed,
        Err(gap) => return Some(gap.to_string()),
    };
    if replayed.revision != toilet.revision {
        let (told, stands) = (replayed.revision, toilet.revision);
        return Some(format!("the journal tells of revision {told}, the record stands at {stands}"));
    }
    let (told, stands) = (areas.of_today(replayed.fields), areas.of_today(toilet.fields()));
    let names = told.keys().chain(stands.keys());
    let mut differing: Vec<_> = names.filter(|name| told.get(*name) != stands.get(*name)).collect();
    differing.sort_unstable();
    differing.dedup();
    let tell = |name: &&String| {
        let written = |fields: &Fields| fields.get(*name).map_or_else(|| "nothing".to_owned(), ToString::to_string);
        format!("{name}: the journal tells of {}, the record of {}", written(&told), written(&stands))
    };
    (!differing.is_empty()).then(|| differing.iter().map(tell).collect::<Vec<_>>().join("; "))
}

/// Areas are given other codes now and then; the journal keeps those of its time.
struct Codes(HashMap<AreaCode, AreaCode>);

impl Codes {
    fn of(areas: &[Area]) -> Self {
        let older = areas.iter().flat_map(|area| {
            let codes = area.fact.aliases.iter().filter_map(|alias| alias.code.clone());
            codes.map(|code| (code, area.fact.code.clone()))
        });
        let mut codes: HashMap<_, _> = older.collect();
        codes.extend(areas.iter().map(|area| (area.fact.code.clone(), area.fact.code.clone())));
        Self(codes)
    }

    fn of_today(&self, mut fields: Fields) -> Fields {
        let code = fields.get("area").and_then(|code| code.as_str()?.parse::<AreaCode>().ok());
        if let Some(today) = code.and_then(|code| self.0.get(&code)) {
            fields.insert("area".to_owned(), today.as_str().into());
        }
        fields
    }
}
