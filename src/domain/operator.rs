//! The bodies behind a toilet: who owns it, who runs it, who rates it.

use super::codes::codes;
use super::id::OperatorId;
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
}

/// A body's dated tie to a toilet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// What the body is to the toilet.
    pub role: OperatorRole,
    /// The body.
    pub operator: Operator,
    /// From when to when.
    pub days: Days,
}
