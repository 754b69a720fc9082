//! The floors of ARCHITECTURE.md, held up by reading the source: imports point only downward, the pure floors name no
//! framework and no clock, and no file grows out of sight.
//!
//! The reading is lexical: comments and literals are dropped, then every `crate::…`, `self::…` and `super::…` path is
//! followed, in `use` groups as well as in the middle of code. Test modules inside `src` obey the same rules.

#![expect(clippy::unwrap_used, reason = "source that cannot be read is a failed test")]

use std::fs;
use std::path::Path;

use source::{Token, paths, tokens};

mod control;
mod source;

/// No file written by hand is longer.
const MAX_LINES: usize = 500;

/// What a floor may import besides itself.
enum Below {
    Everything,
    Only(&'static [&'static str]),
}

const FLOORS: &[(&str, Below)] = &[
    ("main", Below::Everything),
    ("lib", Below::Everything),
    ("cli", Below::Everything),
    ("app", Below::Everything),
    ("config", Below::Only(&["http", "gateway", "domain", "geo"])),
    ("http", Below::Only(&["usecase", "finder", "domain", "geo"])),
    ("usecase", Below::Only(&["store", "gateway", "finder", "intake", "export", "demo", "domain", "geo"])),
    ("finder", Below::Only(&["domain", "geo"])),
    ("intake", Below::Only(&["domain", "geo"])),
    ("export", Below::Only(&["domain", "geo"])),
    ("store", Below::Only(&["domain", "geo"])),
    ("gateway", Below::Only(&["domain", "geo"])),
    ("demo", Below::Only(&["domain", "geo"])),
    ("domain", Below::Only(&["geo"])),
    ("geo", Below::Only(&[])),
];

/// Names that a floor never speaks. A crate's name stands for its family too (`poem` for `poem_openapi`).
const UNSPEAKABLE: &[(&str, &[&str])] = &[("http", &["sea_orm"]), ("domain", PURE), ("geo", PURE)];
const PURE: &[&str] = &["sea_orm", "poem", "tokio", "Utc::now", "SystemTime"];

/// The one pure file that may name frameworks: its macro gives every id their traits.
const ID_MACRO: (&str, &[&str]) = ("src/domain/id.rs", &["sea_orm", "poem"]);

/// Where an error may lose its type: nobody above looks into it.
const EDGES: &[&str] = &["main", "cli"];

#[test]
fn the_house_stands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "migrations/src", "tests", "benches"] {
        read_rust_files(root, folder, &mut files);
    }
    assert!(files.iter().any(|(file, _)| file == "src/lib.rs"), "the source was not found");

    let faults: Vec<String> = files.iter().flat_map(|(file, text)| faults(file, text)).collect();

    assert!(faults.is_empty(), "ARCHITECTURE.md forbids:\n{}", faults.join("\n"));
}

/// Collects (path from the root, text) of every Rust file in `folder` and below.
fn read_rust_files(root: &Path, folder: &str, files: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            read_rust_files(root, &path, files);
        } else if Path::new(&name).extension().is_some_and(|ending| ending == "rs") {
            files.push((path.clone(), fs::read_to_string(root.join(&path)).unwrap()));
        }
    }
}

/// Everything the rules forbid in `file`, one line each.
fn faults(file: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        faults.push(format!("{file}: {lines} lines, more than {MAX_LINES}"));
    }
    let Some(inside) = file.strip_prefix("src/") else {
        return faults;
    };

    let module = module_of(inside);
    let floor = inside.split(['/', '.']).next().unwrap_or_default();
    let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
        faults.push(format!("{file}: `{floor}` is no floor of the house"));
        return faults;
    };
    let tokens = tokens(text);
    for (path, line) in paths(&tokens, &module) {
        let target = path[0];
        if floor != "store" && path.starts_with(&["store", "entity"]) {
            faults.push(format!("{file}:{line}: `store::entity` is private to store"));
        } else if let Below::Only(allowed) = below
            && target != floor
            && !allowed.contains(&target)
        {
            faults.push(format!("{file}:{line}: {floor} may not import `{}`", path.join("::")));
        }
    }
    for name in unspeakable(file, floor) {
        let spoken = (0..tokens.len()).filter(|&at| speaks(&tokens[at..], name));
        faults.extend(spoken.map(|at| format!("{file}:{}: {floor} may not name `{name}`", tokens[at].line)));
    }
    faults
}

/// The names that `file` on `floor` may not contain.
fn unspeakable(file: &str, floor: &str) -> Vec<&'static str> {
    let listed = UNSPEAKABLE.iter().filter(|(name, _)| *name == floor).flat_map(|(_, names)| *names);
    let mut names: Vec<_> = listed.copied().collect();
    if file == ID_MACRO.0 {
        names.retain(|name| !ID_MACRO.1.contains(name));
    }
    if !EDGES.contains(&floor) {
        names.push("anyhow");
    }
    names
}

fn speaks(tokens: &[Token<'_>], name: &str) -> bool {
    if let Some((first, last)) = name.split_once("::") {
        return matches!(tokens, [a, b, c, ..] if a.text == first && b.text == "::" && c.text == last);
    }
    let family = tokens[0].text.strip_prefix(name);
    family.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// The module path of a file, from its path inside `src`; empty for the crate's root.
fn module_of(inside: &str) -> Vec<&str> {
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if ["main", "lib"].contains(&stem) { Vec::new() } else { stem.split('/').collect() }
}
