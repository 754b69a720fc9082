//! The files of the page, from `web/`: each under a path that names the state of all of them, so that it may be kept for
//! ever and modules find each other by relative paths.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use poem::http::header;
use poem::{Request, Response, Result};
use rust_embed::RustEmbed;

use crate::http::answer::digest;
use crate::http::door::Packed;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// Their path as the router writes it.
pub(super) const ROUTE: &str = "/web/:digest/*file";
/// The same as we write it.
pub(super) const PATH: &str = "/web/{digest}/{*file}";

const KEPT: &str = "public, max-age=31536000, immutable";

/// What the browser is sent, and the pages, which are put together by `shell`.
#[derive(RustEmbed)]
#[folder = "web/"]
struct Files;

/// All files, each with its packed form.
pub(super) struct Assets {
    files: BTreeMap<String, Asset>,
    digest: String,
}

struct Asset {
    kind: &'static str,
    bytes: Bytes,
    tag: String,
    packed: Packed,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::read);

/// The files of this program, read and packed once.
pub(super) fn assets() -> &'static Assets {
    &ASSETS
}

impl Assets {
    fn read() -> Self {
        let contents = Files::iter().filter_map(|path| Some((path.to_string(), Files::get(&path)?.data)));
        let contents: BTreeMap<String, Bytes> =
            contents.map(|(path, bytes)| (path, Bytes::from(bytes.into_owned()))).collect();
        let parts: Vec<&[u8]> = contents.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes]).collect();
        let digest = digest(&parts);
        let files = contents.into_iter().map(|(path, bytes)| {
            let asset = Asset::new(&path, bytes);
            (path, asset)
        });
        Self { files: files.collect(), digest }
    }

    /// Where the files are.
    pub(super) fn base(&self) -> String {
        format!("/web/{}", self.digest)
    }

    /// The text of a file that is put together before it is sent; nothing where there is none.
    pub(super) fn text(&self, path: &str) -> &str {
        self.files.get(path).and_then(|asset| std::str::from_utf8(&asset.bytes).ok()).unwrap_or_default()
    }

    /// What a phone keeps to open the pages without a network: all that runs.
    pub(super) fn kept_offline(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str).filter(|path| is_sent(path) && !path.ends_with("LICENSE"))
    }
}

impl Asset {
    fn new(path: &str, bytes: Bytes) -> Self {
        let (tag, packed) = (format!("\"{}\"", digest(&[&bytes])), Packed::made_of(&bytes));
        Self { kind: kind(path), bytes, tag, packed }
    }
}

/// Templates are no files of their own, and what is written for those who make the pages stays with them.
fn is_sent(path: &str) -> bool {
    let ending = path.rsplit(['.', '/']).next().unwrap_or_default();
    !path.starts_with("pages/") && ["css", "js", "png", "svg", "LICENSE"].contains(&ending)
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

/// Answers with a file. One of another state of the page is not there: a mixture of two would be worse than loading anew.
pub(super) fn show(request: &Request) -> Result<Response> {
    let (of, path): (String, String) = request.path_params()?;
    let assets = assets();
    let asset = assets.files.get(&path).filter(|_| of == assets.digest && is_sent(&path));
    let asset = asset.ok_or_else(|| Problem::new(ProblemCode::NotFound, "There is no such file of the page."))?;
    let answer = Response::builder().content_type(asset.kind).header(header::ETAG, &asset.tag);
    let answer = answer.header(header::CACHE_CONTROL, KEPT).extension(asset.packed.clone());
    Ok(answer.body(asset.bytes.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole() {
        for path in ["pages/find.html", "pages/board.html", "pages/sw.js", "js/find/page.js", "vendor/leaflet/LICENSE"]
        {
            assert!(assets().files.contains_key(path), "{path}");
        }
        assert!(assets().kept_offline().all(|path| !path.starts_with("pages/")));
    }
}
