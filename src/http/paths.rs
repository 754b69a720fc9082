//! What paths there are and which methods each takes, for answers about those that there are not.

use std::collections::BTreeSet;

use poem::http::Method;
use poem_openapi::registry::MetaApi;

/// The paths of the service with their methods.
#[derive(Debug)]
pub(super) struct Paths(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    segments: Vec<Segment>,
    methods: Vec<Method>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Placeholder(String),
}

impl Paths {
    /// The documented paths, and those beside the document, which take GET.
    pub(super) fn new(documented: &[MetaApi], beside: &[&str]) -> Self {
        let documented = documented.iter().flat_map(|api| &api.paths).map(|path| {
            let methods = path.operations.iter().map(|operation| operation.method.clone()).collect();
            Pattern { segments: segments(&path.path), methods }
        });
        let beside = beside.iter().map(|path| Pattern { segments: segments(path), methods: vec![Method::GET] });
        Self(documented.chain(beside).collect())
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

    /// The name of the first placeholder in the pattern of a path.
    pub(super) fn placeholder(&self, path: &str) -> Option<&str> {
        self.find(path)?.segments.iter().find_map(|segment| match segment {
            Segment::Placeholder(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// The pattern of a path; a literal segment goes before a placeholder, as in the router.
    fn find(&self, path: &str) -> Option<&Pattern> {
        let matching = self.0.iter().filter(|pattern| pattern.matches(path));
        matching.max_by_key(|pattern| {
            pattern.segments.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count()
        })
    }
}

impl Pattern {
    fn matches(&self, path: &str) -> bool {
        let given: Vec<&str> = path.split('/').collect();
        given.len() == self.segments.len()
            && self.segments.iter().zip(given).all(|(segment, given)| match segment {
                Segment::Literal(literal) => literal == given,
                Segment::Placeholder(_) => !given.is_empty(),
            })
    }
}

fn segments(path: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => Segment::Placeholder(name.to_owned()),
        None => Segment::Literal(text.to_owned()),
    };
    path.split('/').map(segment).collect()
}
