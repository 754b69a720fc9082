//! What is found though it is not known to be what was asked for.

use super::needs::NeedSet;
use crate::domain::facility::Need;

/// What nobody knows about a toilet though it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unsure {
    /// Needs that may be met or not.
    pub needs: NeedSet,
    /// Whether it was cleaned as lately as it must have been.
    pub cleaned: bool,
    /// Whether the door may be open or not.
    pub hours: bool,
}

impl Unsure {
    /// Whether all that was asked for is known.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The names of what is unsure: the needs in the order of the API's list, then `cleaned`, then `hours`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let others = [("cleaned", self.cleaned), ("hours", self.hours)];
        let others = others.into_iter().filter_map(|(name, unsure)| unsure.then_some(name));
        self.needs.iter().map(Need::as_str).chain(others)
    }
}
