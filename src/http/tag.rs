//! The parts into which the document is divided.

use poem_openapi::Tags;

/// The parts of the document.
#[derive(Tags)]
pub(super) enum Tag {
    /// Finding public toilets.
    Toilets,
    /// The tree of administrative divisions.
    Areas,
    /// For whoever watches over the process.
    Health,
}
