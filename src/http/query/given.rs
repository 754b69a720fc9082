//! The parameters that a request brought.

use std::borrow::Cow;
use std::collections::BTreeMap;

use poem::Request;

use super::{Declared, Readable};
use crate::domain::Violation;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// The code of a violation when a position goes in without its datum.
pub(in crate::http) const CRS_MISSING: &str = "crsMissing";

const UNKNOWN: &str = "unknownParameter";

/// How many names that are no parameters are told; an answer must not grow with the nonsense in a question.
const MOST_TOLD: usize = 10;

/// The parameters of one request, and what was found wrong with them so far.
pub(in crate::http) struct Given<'a> {
    declared: &'static [&'static dyn Declared],
    pairs: Vec<(&'static str, Cow<'a, str>)>,
    faults: Vec<Violation>,
}

impl<'a> Given<'a> {
    /// The parameters of a request whose operation takes `declared`; any other is a fault, told once for each name.
    pub(super) fn new(request: &'a Request, declared: &'static [&'static dyn Declared]) -> Self {
        let (mut pairs, mut told) = (Vec::with_capacity(4), BTreeMap::new());
        for piece in request.uri().query().unwrap_or_default().split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let read = decoded(name);
            let known = declared.iter().find(|parameter| read.as_deref() == Some(parameter.name()));
            match (known, read, decoded(value)) {
                (Some(known), _, Some(value)) => pairs.push((known.name(), value)),
                (None, Some(name), _) => {
                    told.insert(shown(&name), (UNKNOWN, "is no parameter of this operation"));
                }
                (_, read, _) => {
                    let name = read.unwrap_or(Cow::Borrowed(name));
                    told.insert(shown(&name), ("unreadable", "is not percent-encoded UTF-8"));
                }
            }
        }
        let told = told.into_iter().take(MOST_TOLD);
        let faults = told.map(|(name, (code, message))| Violation::new(name, code, message)).collect();
        Self { declared, pairs, faults }
    }

    /// The value of a parameter, or what its absence means; `None` where that is a fault, which is then noted.
    pub(in crate::http) fn take<P: Readable>(&mut self, parameter: &P) -> Option<P::Value> {
        let own = self.pairs.iter().filter(|(name, _)| *name == parameter.name());
        let required = parameter.is_required();
        let none = |value: &str| value.is_empty() && (required || parameter.takes_empty());
        let values: Vec<&str> = own.map(|(_, value)| value.trim()).filter(|value| !none(value)).collect();
        if values.is_empty() {
            if required {
                self.fault(parameter, Violation::new("", parameter.missing(), parameter.wanted()));
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

    /// The value of a parameter if it was given, whatever its absence means; a faulty one is noted and counts as none.
    pub(in crate::http) fn asked<P: Readable>(&mut self, parameter: &P) -> Option<P::Value> {
        if self.has(parameter) { self.take(parameter) } else { None }
    }

    /// Whether a value came for this parameter.
    pub(in crate::http) fn has(&self, parameter: &impl Declared) -> bool {
        self.pairs.iter().any(|(name, _)| *name == parameter.name())
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
            None if has(UNKNOWN) => {
                let names: Vec<_> = self.declared.iter().map(|parameter| parameter.name()).collect();
                let takes = if names.is_empty() { "no parameters".to_owned() } else { names.join(", ") };
                let detail = format!("This operation takes {takes}.");
                Err(Problem::of_fields(ProblemCode::UnknownParameter, self.faults).saying(detail))
            }
            None => Err(Problem::of_fields(ProblemCode::BadParameter, self.faults)),
        }
    }
}

/// A piece of a query as `application/x-www-form-urlencoded` writes it; `None` if it is not that, or not UTF-8. What
/// the framework reads puts replacement characters instead, which are then looked for and never found.
fn decoded(piece: &str) -> Option<Cow<'_, str>> {
    if !piece.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return Some(Cow::Borrowed(piece));
    }
    let mut bytes = Vec::with_capacity(piece.len());
    let mut rest = piece.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
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
