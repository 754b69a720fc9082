//! The parts into which the document is divided.

use poem_openapi::Tags;

/// The parts of the document.
#[derive(Tags)]
pub(super) enum Tag {
    /// Finding public toilets.
    Toilets,
    /// Closing toilets, and opening them again.
    Outages,
    /// What toilets were graded, by which standard, by whom.
    Grades,
    /// What the public suggests: missing toilets, wrong facts, toilets that are gone.
    Suggestions,
    /// Files to be taken in, looked at before they are applied.
    Imports,
    /// Plans of when toilets are cleaned, the slots that follow from them, and the log of what was done.
    Cleaning,
    /// What happens, told as it happens.
    Events,
    /// The tree of administrative divisions.
    Areas,
    /// The bodies behind toilets: owners, contractors, those who rate.
    Operators,
    /// What the bureau is told about its register.
    Reports,
    /// Signing in and out, and one's own account.
    Sessions,
    /// What takes WeChat: signing in with it, its messages, its pushes.
    Wechat,
    /// Who works where.
    Staff,
    /// Photos, and the records that show them.
    Photos,
    /// The QR plates at toilets.
    Plates,
    /// For whoever watches over the process.
    Health,
}
