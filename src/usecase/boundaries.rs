//! Taking in the outlines of areas.

use std::collections::BTreeMap;

use super::imports::{Input, Report};
use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::area::{Area, AreaCode, Boundary};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::id::AreaId;
use crate::domain::text::Line;
use crate::geo::{Crs, Outline};
use crate::intake::Notice;
use crate::intake::divisions::boundaries;
use crate::store::Tx;

/// Outlines written in one transaction: each may have 100,000 corners.
const CHUNK: usize = 20;

/// How to read a file of outlines.
#[derive(Debug, Clone)]
pub struct Options {
    /// Write nothing, only tell what would happen.
    pub dry_run: bool,
    /// The datum of the corners.
    pub crs: Crs,
    /// The property that states the area's code.
    pub code_property: String,
    /// Whether they are drawn for show (示意图) and no survey.
    pub synthetic: bool,
    /// Who states them.
    pub source: Option<Line>,
}

/// Takes in outlines, each in the place of the one its area had. Several features of one area are its parts.
///
/// # Errors
/// [`Failure::Invalid`] where the file cannot be read at all, otherwise what the store fails with.
pub async fn import(ctx: &Ctx, file: &Input, options: Options) -> Result<Report, Failure> {
    let rows = boundaries(&file.bytes, options.crs, &options.code_property)
        .map_err(|error| Violation::new(&file.name, "unreadableFile", error.to_string()))?;
    let mut report = Report { source: file.name.clone(), dry_run: options.dry_run, ..Report::default() };
    report.read = rows.len() as u64;
    let areas = Codes::new(&ctx.store.areas().await?);
    let mut parts: BTreeMap<AreaId, (AreaCode, u64, Outline)> = BTreeMap::new();
    for (line, row) in rows {
        match row.and_then(|(code, outline)| Ok((areas.find(&code)?, code, outline))) {
            Ok(((id, today), code, outline)) => {
                if code != today {
                    let message = format!("{code} is an older code of {today}: its outline may be but a part of it");
                    report.warn(&file.name, line, "taken", vec![notice("older_code", message)]);
                }
                if let Some((_, _, before)) = parts.get_mut(&id) {
                    *before = before.union(&outline).rounded();
                    report.repeated += 1;
                } else {
                    parts.insert(id, (today, line, outline));
                }
            }
            Err(notice) => {
                report.rejected += 1;
                report.tell(&file.name, line, "rejected", notice);
            }
        }
    }
    let all: Vec<_> = parts.into_iter().collect();
    for chunk in all.chunks(CHUNK) {
        let lines: Vec<u64> = chunk.iter().map(|(_, (_, line, _))| *line).collect();
        let options = options.clone();
        let chunk = chunk.to_vec();
        let done = ctx.write(ctx.author("import"), move |tx| Box::pin(put(tx, chunk, options))).await?;
        for (line, action) in lines.into_iter().zip(done) {
            report.take(&file.name, line, action, Vec::new());
        }
    }
    Ok(report)
}

/// The areas by their codes of today and of before.
struct Codes(BTreeMap<AreaCode, Vec<(AreaId, AreaCode)>>);

impl Codes {
    fn new(areas: &[Area]) -> Self {
        let mut codes: BTreeMap<AreaCode, Vec<_>> = BTreeMap::new();
        for area in areas {
            for old in area.fact.aliases.iter().filter_map(|alias| alias.code.clone()) {
                codes.entry(old).or_default().push((area.id, area.fact.code.clone()));
            }
        }
        // Today's bearer goes before any former one.
        codes.extend(areas.iter().map(|area| (area.fact.code.clone(), vec![(area.id, area.fact.code.clone())])));
        Self(codes)
    }

    fn find(&self, code: &AreaCode) -> Result<(AreaId, AreaCode), Notice> {
        match self.0.get(code).map(Vec::as_slice) {
            Some([area]) => Ok(area.clone()),
            Some([_, ..]) => Err(notice(
                "unknown_area",
                format!("several areas had the code {code}: give outlines by today's codes"),
            )),
            _ => Err(notice("unknown_area", format!("no area has or had the code {code}: import the divisions first"))),
        }
    }
}

type Part = (AreaId, (AreaCode, u64, Outline));

async fn put(tx: &Tx, parts: Vec<Part>, options: Options) -> Result<Vec<Option<Action>>, Failure> {
    let (mut done, mut entries) = (Vec::new(), Vec::new());
    for (id, (code, _, outline)) in parts {
        let Options { crs: given, synthetic, source, .. } = options.clone();
        let boundary = Boundary { outline, given, synthetic, source };
        let before = tx.boundary(id).await?;
        if before.as_ref() == Some(&boundary) {
            done.push(None);
            continue;
        }
        done.push(Some(if before.is_some() { Action::Update } else { Action::Create }));
        if options.dry_run {
            continue;
        }
        tx.put_boundary(id, &boundary).await?;
        entries.push(outlined(&code, before.as_ref(), &boundary));
    }
    tx.append(entries).await?;
    Ok(done)
}

/// What the journal says of a new outline: how many corners it had and has.
pub(super) fn outlined(code: &AreaCode, before: Option<&Boundary>, now: &Boundary) -> NewEntry {
    let corners = [before.map(|boundary| boundary.outline.corners()), Some(now.outline.corners())];
    let changes = Changes::from([("outline".to_owned(), corners.map(Into::into))]);
    NewEntry { kind: RecordKind::Area, key: code.to_string(), version: 1, action: Action::Update, changes }
}

fn notice(code: &'static str, message: String) -> Notice {
    Notice { field: Some("code".to_owned()), code, message }
}
