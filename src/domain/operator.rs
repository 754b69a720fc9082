//! The bodies behind a toilet: who owns it, who runs it, who rates it.

use serde_json::{Map, Value};

use super::codes::codes;
use super::draft::Fields;
use super::id::{OperatorId, TenureId};
use super::period::Days;
use super::text::Name;

codes!(
    /// What sort of body it is.
    OperatorKind {
        /// A department of the administration.
        Department = "department",
        /// A company under contract.
        Contractor = "contractor",
        /// The body that runs a scenic area.
        ScenicArea = "scenicArea",
        /// A village or community.
        Village = "village",
        /// A shop, office or other host that opens its own toilet.
        Host = "host",
        /// Anything else, or not known.
        Other = "other",
    }
);

codes!(
    /// What a body is to a toilet. The three are often different bodies.
    OperatorRole {
        /// It owns the building.
        Owner = "owner",
        /// It keeps the toilet running and clean.
        Operating = "operating",
        /// It assesses and grades it.
        Rating = "rating",
    }
);

/// A body (管养单位).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its id.
    pub id: OperatorId,
    /// Its name.
    pub name: Name,
    /// What sort of body it is.
    pub kind: OperatorKind,
    /// How often it was written: 1 when it was made.
    pub revision: i32,
}

impl Operator {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        Fields::from([("name".to_owned(), self.name.as_str().into()), ("kind".to_owned(), self.kind.as_str().into())])
    }
}

/// Which bodies somebody looks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What their name holds, whatever the case; any if empty.
    pub text: String,
    /// What sorts of bodies; any if empty.
    pub kinds: Vec<OperatorKind>,
    /// Only those after this one, in the order of their ids.
    pub after: Option<OperatorId>,
    /// How many at most.
    pub limit: usize,
}

/// A body's dated tie to a toilet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// Its id.
    pub id: TenureId,
    /// What the body is to the toilet.
    pub role: OperatorRole,
    /// The body.
    pub operator: Operator,
    /// From when to when.
    pub days: Days,
}

impl Tenure {
    /// As the journal has it: `tenures.7`. The body is named by its id, since names change.
    #[must_use]
    pub fn field(&self) -> (String, Value) {
        tenure_field(self.id, self.role, self.operator.id, self.days)
    }
}

/// A tie as the journal has it.
#[must_use]
pub fn tenure_field(id: TenureId, role: OperatorRole, operator: OperatorId, days: Days) -> (String, Value) {
    let mut tie =
        Map::from_iter([("role".to_owned(), role.as_str().into()), ("operator".to_owned(), operator.0.into())]);
    let dated = [("from", days.from()), ("to", days.to())];
    tie.extend(dated.into_iter().filter_map(|(name, day)| Some((name.to_owned(), day?.to_string().into()))));
    (format!("tenures.{id}"), Value::Object(tie))
}
