//! `gongce export`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::{Usage, print};
use crate::app;
use crate::config::Config;
use crate::domain::area::AreaCode;
use crate::domain::toilet::Kind;
use crate::export::Format;
use crate::geo::Crs;
use crate::usecase::exports::{self, Export as Running, Scope, Wanted};

#[derive(Debug, Args)]
#[command(after_help = "Everything that the register states about its toilets, retired ones included; its history is \
                        not part of it.\n`gongce import --profile gongce-csv` (gongce-geojson, gongce-xlsx) takes such \
                        a file in again: docs/export.md.")]
pub(super) struct Export {
    /// The file, or - for standard output
    file: PathBuf,
    /// csv, xlsx, geojson or osm; by the file's name if left out
    #[arg(long)]
    format: Option<Format>,
    /// Only what lies in the areas of these codes, of today or older
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    area: Vec<AreaCode>,
    /// Only these kinds: urban, tourist, village, roadside, shared
    #[arg(long, value_delimiter = ',')]
    kind: Vec<Kind>,
    /// The datum of the positions: wgs84, gcj02 or bd09
    #[arg(long, default_value = "wgs84")]
    crs: Crs,
}

impl Export {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let format = self.format()?;
        let store = app::open(config).await?;
        store.require_current_schema().await?;
        let ctx = app::context(config, store).await?;
        let (crs, areas, kinds, at) = (self.crs, self.area, self.kind, ctx.clock.now());
        let wanted = Wanted { format, crs, areas, kinds, scope: Scope::Everything, at };
        let mut export = exports::begin(&ctx, wanted).await?;
        if self.file == Path::new("-") {
            write(&mut export, &mut std::io::stdout()).await?;
        } else {
            write_file(&mut export, &self.file).await?;
            print(&format!("{}: {} toilets\n", self.file.display(), export.toilets()))?;
        }
        drop(export);
        Ok(ctx.store.close().await?)
    }

    fn format(&self) -> Result<Format, Usage> {
        let name = self.file.to_string_lossy().to_lowercase();
        // The longest ending first: osm.geojson is both.
        let mut formats: Vec<Format> = Format::ALL.to_vec();
        formats.sort_by_key(|format| std::cmp::Reverse(format.ending().len()));
        let by_name = || formats.into_iter().find(|format| name.ends_with(&format!(".{}", format.ending())));
        self.format
            .or_else(by_name)
            .ok_or_else(|| Usage("say --format csv, xlsx, geojson or osm: the file's name does not tell it".to_owned()))
    }
}

/// The file stands there whole, or not at all: whoever waits for it never sees a half.
async fn write_file(export: &mut Running, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("cannot write {}", path.display());
    let mut file = tempfile::Builder::new().prefix(".gongce-export-").tempfile_in(folder).with_context(cannot)?;
    write(export, file.as_file_mut()).await.with_context(cannot)?;
    readable(file.as_file()).with_context(cannot)?;
    file.as_file().sync_all().with_context(cannot)?;
    file.persist(path).map_err(|error| error.error).with_context(cannot)?;
    Ok(())
}

/// A temporary file is for its owner's eyes; what stands in its place is as any other file.
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

async fn write(export: &mut Running, out: &mut impl Write) -> anyhow::Result<()> {
    while let Some(piece) = export.next().await? {
        out.write_all(&piece)?;
    }
    Ok(out.flush()?)
}
