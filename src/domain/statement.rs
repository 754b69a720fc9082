//! What one source states about one toilet: the unit that an import compares, merges and writes.

use serde_json::Value;

use super::Draft;
use super::draft::Fields;
use super::grade::NewGrade;
use super::operator::{OperatorKind, OperatorRole};
use super::outage::NewOutage;
use super::text::Name;

/// A body that a source names for a toilet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct NamedOperator {
    /// What it is to the toilet.
    pub role: OperatorRole,
    /// Its name; bodies of one name are one body.
    pub name: Name,
    /// What sort of body it is. It belongs to the body, which other sources name too, so it is not compared.
    #[serde(skip)]
    pub kind: OperatorKind,
}

/// All that a source states about one toilet.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The toilet's key in its source, unique there.
    pub key: String,
    /// Its facts.
    pub draft: Draft,
    /// Its grade records.
    pub grades: Vec<NewGrade>,
    /// Its closures.
    pub outages: Vec<NewOutage>,
    /// The bodies behind it.
    pub operators: Vec<NamedOperator>,
}

impl Statement {
    /// The fields of the draft, and `grades`, `outages` and `operators` as one field each where anything is stated.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let mut fields = self.draft.fields();
        let lists = [
            ("grades", serde_json::to_value(&self.grades)),
            ("outages", serde_json::to_value(&self.outages)),
            ("operators", serde_json::to_value(&self.operators)),
        ];
        for (name, list) in lists {
            if let Ok(Value::Array(list)) = list
                && !list.is_empty()
            {
                fields.insert(name.to_owned(), Value::Array(list));
            }
        }
        fields
    }
}

/// What becomes of the fields of a record when its source states them anew.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merge {
    /// The fields to write, each with its new value; `None` clears it.
    pub write: Vec<(String, Option<Value>)>,
    /// The fields that the source changed but that somebody had edited here since: they stay as they are.
    pub kept: Vec<String>,
}

/// Merges three versions of a record by field: what the source said last time, what it says now, what stands here.
///
/// Only what the source changed is written, and only where nobody edited the field here since.
#[must_use]
pub fn merge(last: &Fields, now: &Fields, here: &Fields) -> Merge {
    let mut names: Vec<&String> = last.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    let mut merge = Merge::default();
    for name in names {
        let (before, after, current) = (last.get(name), now.get(name), here.get(name));
        if before == after || current == after {
            continue;
        }
        if current == before {
            merge.write.push((name.clone(), after.cloned()));
        } else {
            merge.kept.push(name.clone());
        }
    }
    merge
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    }

    #[test]
    fn only_what_the_source_changed_is_written() {
        let last = fields(&[("name", "a"), ("address", "x"), ("note", "n")]);
        let now = fields(&[("name", "b"), ("address", "x"), ("fee", "no")]);
        let here = fields(&[("name", "a"), ("address", "edited"), ("note", "n")]);
        let merge = merge(&last, &now, &here);
        let written = [("fee", Some("no")), ("name", Some("b")), ("note", None)];
        let written: Vec<_> = written.iter().map(|(n, v)| ((*n).to_owned(), v.map(Value::from))).collect();
        assert_eq!(merge, Merge { write: written, kept: vec![] });
    }

    #[test]
    fn an_edit_made_here_stays_and_is_told() {
        let merge = merge(&fields(&[("name", "a")]), &fields(&[("name", "b")]), &fields(&[("name", "mine")]));
        assert_eq!(merge, Merge { write: vec![], kept: vec!["name".to_owned()] });
    }
}
