//! What paths there are and which methods each takes, for answers about those that there are not.

use std::collections::{BTreeSet, HashMap};

use poem::http::Method;
use poem_openapi::registry::MetaApi;
use uuid::Uuid;

/// The paths of the service with their methods.
#[derive(Debug)]
pub(super) struct Paths {
    patterns: Vec<Pattern>,
    /// Those without a placeholder, by their whole text: what is asked for most is found at once.
    literal: HashMap<String, usize>,
}

#[derive(Debug)]
pub(super) struct Pattern {
    /// As the document writes it: `/toilets/{id}`.
    pub(super) text: String,
    segments: Vec<Segment>,
    pub(super) methods: Vec<Method>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Placeholder(String),
    /// `{*name}`: whatever is left of the path.
    Rest(String),
}

impl Paths {
    /// The documented paths, and those beside the document, which take GET.
    pub(super) fn new(documented: &[MetaApi], beside: &[&str]) -> Self {
        let documented = documented.iter().flat_map(|api| &api.paths).map(|path| {
            let methods = path.operations.iter().map(|operation| operation.method.clone()).collect();
            Pattern::new(&path.path, methods)
        });
        let beside = beside.iter().map(|path| Pattern::new(path, vec![Method::GET]));
        let patterns: Vec<Pattern> = documented.chain(beside).collect();
        let plain = |pattern: &Pattern| pattern.literals() == pattern.segments.len();
        let literal = patterns.iter().enumerate().filter(|(_, pattern)| plain(pattern));
        let literal = literal.map(|(number, pattern)| (pattern.text.clone(), number)).collect();
        Self { patterns, literal }
    }

    /// The methods that a path takes, as `Allow` lists them.
    pub(super) fn allow(&self, path: &str) -> String {
        let methods = self.find(path).map(|pattern| pattern.methods.as_slice()).unwrap_or_default();
        let mut names: BTreeSet<&str> = methods.iter().map(Method::as_str).collect();
        if names.contains(Method::GET.as_str()) {
            names.insert(Method::HEAD.as_str());
        }
        names.into_iter().collect::<Vec<_>>().join(", ")
    }

    /// The name of a placeholder in the pattern of a path, counted from 0.
    pub(super) fn placeholder(&self, path: &str, place: usize) -> Option<&str> {
        let names = self.find(path)?.segments.iter().filter_map(|segment| match segment {
            Segment::Placeholder(name) | Segment::Rest(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        });
        names.into_iter().nth(place)
    }

    /// All patterns, in the order of their numbers.
    pub(super) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The number of the pattern of a path; a literal segment goes before a placeholder, as in the router.
    pub(super) fn number(&self, path: &str) -> Option<usize> {
        if let Some(number) = self.literal.get(path) {
            return Some(*number);
        }
        let matching = self.patterns.iter().enumerate().filter(|(_, pattern)| pattern.matches(path));
        matching.max_by_key(|(_, pattern)| pattern.literals()).map(|(number, _)| number)
    }

    fn find(&self, path: &str) -> Option<&Pattern> {
        self.patterns.get(self.number(path)?)
    }
}

/// A path in which whatever could be a token is blotted out: it opens something, and neither a log nor an answer is a
/// place for it. Ids of ours are shorter, or UUIDs.
pub(super) fn blotted(path: &str) -> String {
    let blot = |part: &str| match part {
        part if part.len() > LONGEST_SHOWN && !is_uuid(part) => "***".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(blot).collect::<Vec<_>>().join("/")
}

/// Whether it is a UUID as we write them, with hyphens: without, a token could be taken for one.
fn is_uuid(part: &str) -> bool {
    part.len() == uuid::fmt::Hyphenated::LENGTH && Uuid::try_parse(part).is_ok()
}

/// An area's code has at most 24 characters.
const LONGEST_SHOWN: usize = 24;

impl Pattern {
    fn new(path: &str, methods: Vec<Method>) -> Self {
        Self { text: path.to_owned(), segments: segments(path), methods }
    }

    /// How many of its segments are literal.
    fn literals(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count()
    }

    fn matches(&self, path: &str) -> bool {
        let mut given = path.split('/');
        let each = self.segments.iter().all(|segment| match (segment, given.next()) {
            (Segment::Literal(literal), Some(given)) => literal == given,
            (Segment::Placeholder(_) | Segment::Rest(_), Some(given)) => !given.is_empty(),
            (_, None) => false,
        });
        each && (matches!(self.segments.last(), Some(Segment::Rest(_))) || given.next().is_none())
    }
}

fn segments(path: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => name
            .strip_prefix('*')
            .map_or_else(|| Segment::Placeholder(name.to_owned()), |rest| Segment::Rest(rest.to_owned())),
        None => Segment::Literal(text.to_owned()),
    };
    path.split('/').map(segment).collect()
}
