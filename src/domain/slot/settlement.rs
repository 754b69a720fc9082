//! Up to when the slots of a toilet are settled, and what the public is told of its cleaning.

use chrono::{DateTime, Utc};

use crate::domain::share::Share;

/// How the cleaning of a toilet stands, worked out whenever something becomes known or a slot changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Everything that happens by itself up to this instant has been told.
    pub settled_at: DateTime<Utc>,
    /// When the next slot changes by itself.
    pub next_at: DateTime<Utc>,
    /// When it was last cleaned.
    pub last_cleaned_at: Option<DateTime<Utc>>,
    /// By when it is due next.
    pub next_due_at: Option<DateTime<Utc>>,
    /// The slots done on time, of those that counted in the last thirty days.
    pub on_time: Share,
}
