//! The ids of the register: small positive integers, one type for each kind of thing.

/// Declares an id type: a positive 32-bit integer that cannot be taken for the id of something else.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i32);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A toilet: 1 … 799,999,999, never used twice. Map markers need numbers, and toilets, areas and clusters share
    /// one number space of at most 999,999,999.
    ToiletId
);
id!(
    /// An area: 800,000,001 … 899,999,999, so that it never equals a toilet's id on a map.
    AreaId
);
id!(
    /// A body that owns, runs or rates toilets.
    OperatorId
);
id!(
    /// A body's dated tie to a toilet.
    TenureId
);
id!(
    /// A dated closure.
    OutageId
);
id!(
    /// A place where a toilet stands for a time.
    StationId
);
id!(
    /// A set of toilets put out together for a time.
    DeploymentId
);
id!(
    /// A dated grade record.
    GradeId
);
id!(
    /// A suggestion of the public.
    SuggestionId
);
id!(
    /// A reason why a slot could not be done, for somebody to decide.
    ExcuseId
);
id!(
    /// A publisher whose files are taken in.
    SourceId
);
id!(
    /// A file that was uploaded to be taken in.
    ImportReviewId
);
id!(
    /// A role that somebody holds somewhere.
    GrantId
);
id!(
    /// An invitation that waits to be accepted.
    InvitationId
);
id!(
    /// A version of a plan among those of all toilets.
    PlanId
);
id!(
    /// A plan template.
    TemplateId
);
id!(
    /// Somebody who answers for a toilet.
    CustodianId
);
id!(
    /// Somebody who stands in at a toilet.
    SubstituteId
);
id!(
    /// A roster.
    RosterId
);
id!(
    /// Somebody's turn on a roster.
    TurnId
);
id!(
    /// Another day than a turn plans.
    RosterDayId
);
id!(
    /// An exception from plans.
    ExceptionId
);

/// The first area id is one above this.
pub const AREA_ID_BASE: i32 = 800_000_000;
