//! Taking toilets away: one moment of the register, written piece by piece, so that its size costs no memory.

use std::collections::VecDeque;
use std::io::Seek;

use chrono::{DateTime, Utc};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::area::{Area, AreaCode};
use crate::domain::id::ToiletId;
use crate::domain::record::Record;
use crate::domain::toilet::Kind;
use crate::export::{Sheets, SheetsError, Text};
use crate::geo::Crs;
use crate::store::Moment;

pub use crate::export::Format;

/// Toilets read at a time.
const CHUNK: u64 = 500;

/// Bytes of a piece of a workbook.
const PIECE: usize = 64 * 1024;

/// What is to be taken away.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// In which format.
    pub format: Format,
    /// With positions in which datum.
    pub crs: Crs,
    /// The areas, by codes of today or older; all if empty.
    pub areas: Vec<AreaCode>,
    /// The kinds; all if empty.
    pub kinds: Vec<Kind>,
    /// For whom.
    pub scope: Scope,
    /// The instant by which closures and bodies of today are told.
    pub at: DateTime<Utc>,
}

/// For whom an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For whoever keeps the register: everything.
    Everything,
    /// For anyone: what the public view shows.
    Public,
}

/// An export on its way.
#[derive(Debug)]
pub struct Export {
    wanted: Wanted,
    moment: Moment,
    after: ToiletId,
    read: VecDeque<Record>,
    stage: Stage,
    toilets: u64,
}

#[derive(Debug)]
enum Stage {
    Begin(Text),
    Rows(Text),
    Workbook,
    File(File),
    Done,
}

/// Opens the moment to take away, and reads the first toilets.
///
/// # Errors
/// [`Failure::Invalid`] when no area has or had one of the codes, or the format knows no other datum than WGS-84; else
/// what the store fails with.
pub async fn begin(ctx: &Ctx, mut wanted: Wanted) -> Result<Export, Failure> {
    if wanted.format == Format::Osm && wanted.crs != Crs::Wgs84 {
        return Err(Violation::new("crs", "unknownValue", "OpenStreetMap's tags are in wgs84 alone").into());
    }
    wanted.areas = resolved(ctx, &wanted.areas).await?;
    let moment = ctx.store.moment().await?;
    let stage = Text::new(wanted.format, wanted.crs, wanted.at).map_or(Stage::Workbook, Stage::Begin);
    let mut export = Export { wanted, moment, after: ToiletId(0), read: VecDeque::new(), stage, toilets: 0 };
    export.read_on().await?;
    Ok(export)
}

impl Export {
    /// The next piece of the file; none after the last.
    ///
    /// # Errors
    /// What the store fails with, and [`Failure::Internal`] where a temporary file cannot be written.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Begin(text) => {
                let mut out = Vec::new();
                text.begin(&mut out);
                self.stage = Stage::Rows(text);
                Ok(Some(out))
            }
            Stage::Rows(text) => Ok(Some(self.rows(text).await?)),
            Stage::Workbook => {
                let file = self.workbook().await?;
                self.piece(file).await
            }
            Stage::File(file) => self.piece(file).await,
            Stage::Done => Ok(None),
        }
    }

    /// How many toilets were written so far.
    #[must_use]
    pub fn toilets(&self) -> u64 {
        self.toilets
    }

    /// The rows that were read, and reads on; after the last, what ends the file.
    async fn rows(&mut self, mut text: Text) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        while out.is_empty() && !self.read.is_empty() {
            for record in std::mem::take(&mut self.read) {
                if let Some(record) = self.admitted(record) {
                    text.record(&record, &mut out);
                }
            }
            self.read_on().await?;
        }
        if self.read.is_empty() {
            text.end(&mut out);
        } else {
            self.stage = Stage::Rows(text);
        }
        Ok(out)
    }

    /// The whole workbook in a temporary file that nobody else sees.
    async fn workbook(&mut self) -> Result<File, Failure> {
        let mut sheets = Sheets::new(self.wanted.crs).map_err(internal)?;
        while !self.read.is_empty() {
            for record in std::mem::take(&mut self.read) {
                if let Some(record) = self.admitted(record) {
                    sheets.record(&record).map_err(internal)?;
                }
            }
            self.read_on().await?;
        }
        let written = tokio::task::spawn_blocking(move || -> Result<std::fs::File, Failure> {
            let mut file = tempfile::tempfile().map_err(internal)?;
            sheets.finish(&mut file).map_err(|error: SheetsError| internal(error))?;
            file.rewind().map_err(internal)?;
            Ok(file)
        });
        Ok(File::from_std(written.await.map_err(internal)??))
    }

    async fn piece(&mut self, mut file: File) -> Result<Option<Vec<u8>>, Failure> {
        let mut piece = vec![0; PIECE];
        let length = file.read(&mut piece).await.map_err(internal)?;
        piece.truncate(length);
        if length == 0 {
            return Ok(None);
        }
        self.stage = Stage::File(file);
        Ok(Some(piece))
    }

    async fn read_on(&mut self) -> Result<(), Failure> {
        self.read = self.moment.records_after(self.after, CHUNK).await?.into();
        self.after = self.read.back().and_then(|record| record.id).unwrap_or(self.after);
        Ok(())
    }

    /// What is wanted of a record, if it is wanted at all.
    fn admitted(&mut self, record: Record) -> Option<Record> {
        let Wanted { areas, kinds, scope, at, .. } = &self.wanted;
        let lies_there = areas.is_empty() || record.areas.iter().any(|step| areas.contains(&step.0));
        let is_such = kinds.is_empty() || record.fact.kind.is_some_and(|kind| kinds.contains(&kind));
        if !lies_there || !is_such {
            return None;
        }
        let record = if *scope == Scope::Public { record.public(*at)? } else { record };
        self.toilets += 1;
        Some(record)
    }
}

/// The codes of today for codes of any time.
async fn resolved(ctx: &Ctx, codes: &[AreaCode]) -> Result<Vec<AreaCode>, Failure> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let areas = ctx.store.areas().await?;
    let mut resolved = Vec::with_capacity(codes.len());
    for code in codes {
        let has = |area: &&Area| area.fact.code == *code;
        let had = |area: &&Area| area.fact.aliases.iter().any(|alias| alias.code.as_ref() == Some(code));
        let today: Vec<_> = areas.iter().filter(has).collect();
        let found = if today.is_empty() { areas.iter().filter(had).collect() } else { today };
        if found.is_empty() {
            return Err(Violation::new("area", "unknownArea", format!("no area has or had the code {code}")).into());
        }
        resolved.extend(found.iter().map(|area| area.fact.code.clone()));
    }
    Ok(resolved)
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Internal(Box::new(error))
}
