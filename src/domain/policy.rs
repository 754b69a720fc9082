//! Who may do what: one pure function. What is not allowed here is refused.

use chrono::{DateTime, TimeDelta, Utc};

use super::account::{Actor, PersonId, Reach, Role};
use super::area::AreaCode;
use super::duties::Charge;
use super::id::OperatorId;

/// Something that somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// See who works where.
    ReadStaff,
    /// Give somebody a role, or invite somebody to it.
    Grant(Role),
    /// Take a role from somebody.
    Revoke(Role),
    /// Change what the register says of a toilet.
    EditToilet,
    /// See the bodies behind toilets, as one who works for them.
    ReadOperators,
    /// Put a body on record.
    CreateOperator,
    /// Change what is on record of a body, for everybody who has to do with it.
    EditOperator,
    /// Close a toilet, and end a closure, whoever opened it.
    CloseToilet,
    /// Close one's own toilet at once, for somebody else to confirm.
    CloseOwnToilet,
    /// Say whether a closure that somebody else opened is right.
    ReviewOutage,
    /// See all closures of a toilet, with who opened them.
    ReadOutages,
    /// Record, correct and withdraw grades, for the body that assesses.
    RecordGrade,
    /// See the grade records of a toilet as the staff does.
    ReadGrades,
    /// Make plans and their templates, put them on toilets, and make exceptions from them.
    EditPlan,
    /// See the plans of toilets, and the exceptions from them.
    ReadPlans,
    /// Say who answers for a toilet.
    EditAssignment,
    /// See who answers for a toilet.
    ReadAssignments,
    /// Say where a toilet stands, from a phone at its door.
    PlaceToilet,
    /// Read what changed in a record, when, and in which role.
    ReadHistory,
    /// See what stands on a toilet's plates, and put others in their place.
    IssuePlate,
    /// Send a photo, for records to show.
    UploadPhoto,
    /// See the photos of a record that the public may not see.
    ReadPhotos,
    /// Be told live of what happens in one's area.
    WatchEvents,
    /// Have messages of what happens in one's area sent somewhere.
    Subscribe,
    /// See what the public suggests.
    ReadSuggestions,
    /// Take up what the public suggests, or turn it down.
    ReviewSuggestion,
    /// Upload files to be taken in, and see what that would change.
    ReviewImport,
    /// Have an uploaded file taken in.
    ApplyImport,
    /// Read reports on the register.
    ReadReports,
    /// Say why a slot could not be done.
    AskExcuse,
    /// Say whether that counts, for slots that somebody else asked for.
    DecideExcuse,
    /// See the excuses, with who asked and who decided.
    ReadExcuses,
    /// Log a cleaning as one's own.
    /// Log a cleaning as one's own. It is taken from outside one's area as well, and flagged.
    LogCleaning,
    /// Record a cleaning for somebody without a phone.
    RecordCleaning,
    /// Correct what somebody else logged.
    CorrectCleaning,
    /// See what was logged, and by whom.
    ReadCleanings,
    /// Confirm a cleaning that somebody logged.
    VerifyCleaning,
    /// Read the journal: who did what when.
    ReadAudit,
    /// Remove a person with all that is personal: oneself alone.
    DeleteAccount,
}

/// What it would be done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The codes of the area it lies in, from the top of the tree down; empty for what lies in none.
    pub path: &'a [AreaCode],
    /// The body it belongs to.
    pub operator: Option<OperatorId>,
    /// The person it is about or who made it, if one did.
    pub person: Option<PersonId>,
}

/// Whether somebody may do that. A grant counts within its area, by whole codes of the path and never by how a code
/// begins, and for its body alone.
#[must_use]
pub fn may(actor: &Actor, action: Action, subject: Subject<'_>) -> bool {
    // Nobody raises themselves, cuts off the branch they sit on, or confirms their own work.
    let is_about_self = subject.person == Some(actor.person);
    let bars_self = matches!(
        action,
        Action::Grant(_) | Action::Revoke(_) | Action::ReviewOutage | Action::VerifyCleaning | Action::DecideExcuse
    );
    if bars_self && is_about_self {
        return false;
    }
    if action == Action::DeleteAccount {
        return is_about_self;
    }
    let mut grants = actor.grants.iter();
    grants.any(|grant| allows(grant.role, action) && grant.reach.covers(subject.path, subject.operator))
}

/// What a role allows within its reach.
const fn allows(role: Role, action: Action) -> bool {
    match action {
        Action::ReadStaff => matches!(role, Role::Supervisor | Role::Admin | Role::Auditor),
        Action::Grant(given) | Action::Revoke(given) => match role {
            Role::Admin => given.is_staff(),
            Role::Supervisor => matches!(given, Role::Cleaner | Role::Repairer | Role::Inspector),
            _ => false,
        },
        Action::ReadOperators
        | Action::ReadOutages
        | Action::ReadGrades
        | Action::ReadPhotos
        | Action::ReadPlans
        | Action::ReadExcuses
        | Action::ReadCleanings
        | Action::ReadAssignments
        | Action::WatchEvents => role.is_staff(),
        Action::UploadPhoto => role.is_staff() && !matches!(role, Role::Auditor),
        Action::EditToilet
        | Action::EditPlan
        | Action::DecideExcuse
        | Action::EditAssignment
        | Action::IssuePlate
        | Action::CloseToilet
        | Action::ReviewOutage
        | Action::RecordGrade
        | Action::Subscribe
        | Action::ReviewSuggestion => matches!(role, Role::Supervisor | Role::Admin),
        Action::CreateOperator => matches!(role, Role::Supervisor | Role::Admin),
        Action::EditOperator | Action::ReviewImport | Action::ApplyImport => matches!(role, Role::Admin),
        Action::CloseOwnToilet => matches!(role, Role::Cleaner),
        Action::PlaceToilet => matches!(role, Role::Cleaner | Role::Inspector | Role::Supervisor | Role::Admin),
        Action::ReadHistory | Action::ReadSuggestions => {
            matches!(role, Role::Inspector | Role::Supervisor | Role::Admin | Role::Auditor)
        }
        Action::ReadReports => matches!(role, Role::Inspector | Role::Supervisor | Role::Admin | Role::Auditor),
        Action::AskExcuse => matches!(role, Role::Cleaner | Role::Supervisor | Role::Admin),
        Action::LogCleaning => matches!(role, Role::Cleaner | Role::Supervisor),
        Action::RecordCleaning | Action::CorrectCleaning => matches!(role, Role::Supervisor),
        Action::VerifyCleaning => matches!(role, Role::Inspector | Role::Supervisor),
        Action::ReadAudit => matches!(role, Role::Admin | Role::Auditor),
        // It takes no role, and none lets anybody do it to others.
        Action::DeleteAccount => false,
    }
}

/// In what way somebody may close a toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// For as long as they say, and nobody needs to look at it.
    Confirmed,
    /// At once and for [`OWN_CLOSURE`] at most, for somebody else to confirm.
    Unconfirmed,
}

/// For how long a cleaner may close her own toilet: until somebody who may do more is at work again.
pub const OWN_CLOSURE: TimeDelta = TimeDelta::hours(24);

/// In what way somebody may close a toilet that is that to them now, if they may.
#[must_use]
pub fn closing(actor: &Actor, subject: Subject<'_>, charge: Charge) -> Option<Closing> {
    if may(actor, Action::CloseToilet, subject) {
        return Some(Closing::Confirmed);
    }
    is_own(actor, subject, charge).then_some(Closing::Unconfirmed)
}

/// Whether a toilet is a cleaner's own: within her grants the ones that she answers for, stands in at or is on shift at.
/// As long as nobody has recorded who keeps a toilet, it is that of everybody whose grant covers it.
fn is_own(actor: &Actor, subject: Subject<'_>, charge: Charge) -> bool {
    charge != Charge::Others && may(actor, Action::CloseOwnToilet, subject)
}

/// How long a proof of who one is counts: long enough for an errand at the desk, too short for whoever finds the desk
/// empty.
pub const PROOF_COUNTS: TimeDelta = TimeDelta::minutes(10);

/// Whether an action asks for a fresh proof of who is calling, since the session alone may be in other hands: all that
/// gives or takes much power, and what cannot be undone.
#[must_use]
pub const fn needs_proof(action: Action) -> bool {
    match action {
        Action::Grant(role) => role.needs_second_factor(),
        Action::Revoke(role) => matches!(role, Role::Admin),
        Action::DeleteAccount | Action::ApplyImport => true,
        Action::ReadStaff
        | Action::ReadOperators
        | Action::CreateOperator
        | Action::EditOperator
        | Action::EditToilet
        | Action::ReadHistory
        | Action::ReadSuggestions
        | Action::ReviewSuggestion
        | Action::ReviewImport
        | Action::IssuePlate
        | Action::UploadPhoto
        | Action::ReadPhotos
        | Action::ReadAudit
        | Action::ReadReports
        | Action::CloseToilet
        | Action::CloseOwnToilet
        | Action::ReviewOutage
        | Action::ReadOutages
        | Action::RecordGrade
        | Action::ReadGrades
        | Action::EditPlan
        | Action::ReadPlans
        | Action::WatchEvents
        | Action::Subscribe
        | Action::EditAssignment
        | Action::ReadAssignments
        | Action::PlaceToilet
        | Action::AskExcuse
        | Action::DecideExcuse
        | Action::ReadExcuses
        | Action::LogCleaning
        | Action::RecordCleaning
        | Action::CorrectCleaning
        | Action::ReadCleanings
        | Action::VerifyCleaning => false,
    }
}

/// Whether a proof that was given then, if it was, still counts.
#[must_use]
pub fn counts(proved_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    proved_at.is_some_and(|at| now - at < PROOF_COUNTS)
}

/// What a query may see. It is made here alone, so that a query that takes one cannot be asked without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Vec<Reach>);

impl Scope {
    /// What somebody may do that to; `None` where their roles allow it nowhere.
    #[must_use]
    pub fn of(actor: &Actor, action: Action) -> Option<Self> {
        let allowing = actor.grants.iter().filter(|grant| allows(grant.role, action));
        let reaches: Vec<_> = allowing.map(|grant| grant.reach.clone()).collect();
        Some(Self(reaches)).filter(|scope| !scope.0.is_empty())
    }

    /// Everything: for commands on the host, where whoever runs them has the database itself.
    #[must_use]
    pub fn of_host() -> Self {
        Self(vec![Reach::EVERYWHERE])
    }

    /// Its parts; what one of them covers can be seen.
    #[must_use]
    pub fn reaches(&self) -> &[Reach] {
        &self.0
    }

    /// Whether it covers what lies in the area of that path, if it belongs to the right body.
    #[must_use]
    pub fn meets(&self, path: &[AreaCode]) -> bool {
        self.0.iter().any(|reach| reach.area.as_ref().is_none_or(|area| path.contains(area)))
    }

    /// Whether it covers what lies in the area of that path and belongs to that body.
    #[must_use]
    pub fn covers(&self, path: &[AreaCode], operator: Option<OperatorId>) -> bool {
        self.0.iter().any(|reach| reach.covers(path, operator))
    }
}
