//! Changes that somebody wants to a toilet, apart from the toilet they are made to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::OperatorId;
use super::operator::{OperatorKind, OperatorRole};
use super::text::Name;
use super::{Draft, Violation};

/// Fields to write by their flat names (see [`Draft::fields`]), `None` to clear; what is not named stays as it is. As a
/// value it can be kept and applied later, or to many toilets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// The fields.
    pub fields: BTreeMap<String, Option<Value>>,
    /// Changes of the bodies behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handovers: Vec<Handover>,
}

/// That a body takes over a role from a day on, or that nobody has it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// The role.
    pub role: OperatorRole,
    /// To whom; `None` where nobody has it any more.
    pub to: Option<Body>,
    /// The first day; today if left out.
    pub from: Option<NaiveDate>,
}

/// A body as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// One that is on record.
    Known(OperatorId),
    /// The one of that name, which is made if there is none.
    Named(Name, OperatorKind),
}

impl Patch {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.handovers.is_empty()
    }

    /// The same for the same patch, whatever the order in which its fields came.
    #[must_use]
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The same with what another says beside it or instead.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.fields.extend(other.fields);
        self.handovers.extend(other.handovers);
        self
    }

    /// The fields about facilities that are stated, not cleared: whoever states them attests them.
    pub fn stated_facilities(&self) -> impl Iterator<Item = &str> {
        let stated = self.fields.iter().filter(|(name, value)| name.starts_with("facilities.") && value.is_some());
        stated.map(|(name, _)| name.as_str())
    }

    /// A draft with the changes made to it.
    ///
    /// # Errors
    /// A [`Violation`] when a name is no field, or where the whole then breaks a rule.
    pub fn apply(&self, draft: &Draft) -> Result<Draft, Violation> {
        let mut fields = draft.fields();
        for (name, value) in &self.fields {
            match value {
                Some(value) => fields.insert(name.clone(), value.clone()),
                None => fields.remove(name),
            };
        }
        let draft = Draft::from_fields(&fields)?;
        draft.check()?;
        Ok(draft)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::domain::text::Line;

    fn patch(fields: &[(&str, Option<Value>)]) -> Patch {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Patch { fields, handovers: Vec::new() }
    }

    #[test]
    fn what_is_not_named_stays_and_what_is_null_goes() {
        let mut draft = Draft::new(Name::new("公厕").unwrap(), chrono_tz::Asia::Shanghai);
        draft.address = Some(Line::new("东街").unwrap());
        draft.code = Some(Name::new("MJ1").unwrap());
        let changed = patch(&[("address", None), ("facilities.paper", Some("yes".into()))]).apply(&draft).unwrap();
        let expected = [("code", "MJ1"), ("facilities.paper", "yes")];
        for (name, value) in expected {
            assert_eq!(changed.fields().get(name), Some(&Value::from(value)));
        }
        assert_eq!(changed.address, None);
        assert_eq!(Patch::default().apply(&draft).unwrap(), draft);
    }

    #[test]
    fn rules_hold_for_the_whole() {
        let draft = Draft::new(Name::new("公厕").unwrap(), chrono_tz::Asia::Shanghai);
        let from = patch(&[("serviceFrom", Some("2026-05-02T00:00:00Z".into()))]).apply(&draft).unwrap();
        let until = patch(&[("serviceUntil", Some("2026-05-01T00:00:00Z".into()))]);
        assert_eq!(until.apply(&from).map_err(|wrong| wrong.field), Err("serviceUntil".to_owned()));
        assert_eq!(patch(&[("name", None)]).apply(&draft).map_err(|wrong| wrong.code), Err("badField"));
        assert_eq!(patch(&[("revision", Some(1.into()))]).apply(&draft).map_err(|wrong| wrong.code), Err("badField"));
    }
}
