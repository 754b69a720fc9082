//! The parameters that a request brought.

use poem::Request;

use super::{Declared, Readable};
use crate::domain::Violation;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// The code of a violation when a position goes in without its datum.
pub(in crate::http) const CRS_MISSING: &str = "crsMissing";

const UNKNOWN: &str = "unknownParameter";

/// The parameters of one request, and what was found wrong with them so far.
#[derive(Debug)]
pub(in crate::http) struct Given {
    pairs: Vec<(String, String)>,
    faults: Vec<Violation>,
}

impl Given {
    /// The parameters of a request whose operation takes `declared`; any other is a fault.
    pub(super) fn new(request: &Request, declared: &[&dyn Declared]) -> Self {
        let mut pairs: Vec<(String, String)> = request.params().unwrap_or_default();
        let known = |name: &str| declared.iter().any(|parameter| parameter.name() == name);
        let unknown = pairs.iter().filter(|(name, _)| !known(name)).map(|(name, _)| {
            let names: Vec<&str> = declared.iter().map(|parameter| parameter.name()).collect();
            let takes = if names.is_empty() { "no parameters".to_owned() } else { names.join(", ") };
            Violation::new(shown(name), UNKNOWN, format!("is no parameter of this operation, which takes {takes}"))
        });
        let faults = unknown.collect();
        pairs.retain(|(_, value)| !value.trim().is_empty());
        Self { pairs, faults }
    }

    /// The value of a parameter, or what its absence means; `None` where that is a fault, which is then noted.
    pub(in crate::http) fn take<P: Readable>(&mut self, parameter: &P) -> Option<P::Value> {
        let own = self.pairs.iter().filter(|(name, _)| name == parameter.name());
        let values: Vec<&str> = own.map(|(_, value)| value.trim()).collect();
        if values.is_empty() {
            if parameter.is_required() {
                self.fault(parameter, Violation::new("", parameter.missing(), "is required"));
            }
            return parameter.absent();
        }
        match parameter.read(&values) {
            Ok(value) => Some(value),
            Err(violation) => {
                self.fault(parameter, violation);
                None
            }
        }
    }

    /// Whether a value came for this parameter.
    pub(in crate::http) fn has(&self, parameter: &impl Declared) -> bool {
        self.pairs.iter().any(|(name, _)| name == parameter.name())
    }

    /// Notes a fault of a parameter that only shows beside others.
    pub(in crate::http) fn fault(&mut self, parameter: &impl Declared, violation: Violation) {
        self.faults.push(violation.in_field(parameter.name()));
    }

    /// The group that was read, unless anything was wrong.
    pub(super) fn finish<T>(self, group: Option<T>) -> Result<T, Problem> {
        let has = |code: &str| self.faults.iter().any(|fault| fault.code == code);
        match group.filter(|_| self.faults.is_empty()) {
            Some(group) => Ok(group),
            None if has(CRS_MISSING) => Err(Problem::of_fields(ProblemCode::CrsMissing, self.faults)),
            None if has(UNKNOWN) => Err(Problem::of_fields(ProblemCode::UnknownParameter, self.faults)),
            None => Err(Problem::of_fields(ProblemCode::BadParameter, self.faults)),
        }
    }
}

/// A caller's own word, short enough to repeat.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
