//! Exceptions from plans: for an area, a body, a template or one toilet.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Occasion, Windows};
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::codes::codes;
use crate::domain::draft::Fields;
use crate::domain::id::{ExceptionId, OperatorId, TemplateId, ToiletId};
use crate::domain::text::Remark;

/// For which toilets an exception holds. The later in this list, the stronger; among areas the one further down the
/// tree, among equals the one made later.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Over {
    /// Those that lie in an area.
    Area(AreaCode),
    /// Those that a body runs on the day.
    Operator(OperatorId),
    /// Those whose plan was made from a template.
    Template(TemplateId),
    /// One.
    Toilet(ToiletId),
}

/// What is other than planned.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Nothing is due.
    Closed,
    /// The tasks of these windows are due at the times of these windows alone; other tasks stay as they are.
    Instead(Windows),
    /// These windows are due as well.
    Extra(Windows),
}

codes!(
    /// The name of an effect.
    EffectKind {
        /// Nothing is due.
        Closed = "closed",
        /// The tasks of these windows are due at the times of these windows alone.
        Instead = "instead",
        /// These windows are due as well.
        Extra = "extra",
    }
);

impl Effect {
    /// The effect of that name with its windows: none for closed, some for the others.
    ///
    /// # Errors
    /// `incomplete` or `contradictory` in `windows`.
    pub fn new(kind: EffectKind, windows: Option<Windows>) -> Result<Self, Violation> {
        match (kind, windows) {
            (EffectKind::Closed, None) => Ok(Self::Closed),
            (EffectKind::Instead, Some(windows)) => Ok(Self::Instead(windows)),
            (EffectKind::Extra, Some(windows)) => Ok(Self::Extra(windows)),
            (EffectKind::Closed, Some(_)) => {
                Err(Violation::new("windows", "contradictory", "nothing is due: leave the windows out"))
            }
            (_, None) => Err(Violation::new("windows", "incomplete", "must say what is due")),
        }
    }

    /// Its name.
    #[must_use]
    pub fn kind(&self) -> EffectKind {
        match self {
            Self::Closed => EffectKind::Closed,
            Self::Instead(_) => EffectKind::Instead,
            Self::Extra(_) => EffectKind::Extra,
        }
    }
}

/// An exception (例外). The stronger comes after the weaker: what a weaker one adds, a stronger one can close.
///
/// It changes nothing that had begun before it was made or after it was ended: it cancels a slot that opens while it is
/// in force, and adds one whose time comes after it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// For which toilets.
    pub over: Over,
    /// On which days.
    pub occasion: Occasion,
    /// What is other on these.
    pub effect: Effect,
    /// Why.
    pub reason: Option<Remark>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it was taken back, if it was.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Exception {
    /// Whether it may cancel what opens at that instant.
    pub(super) fn binds(&self, opens: DateTime<Utc>) -> bool {
        self.made_at < opens && self.ended_at.is_none_or(|ended| opens <= ended)
    }

    /// Whether it may add what is due and opens then.
    pub(super) fn adds(&self, at: DateTime<Utc>, opens: DateTime<Utc>) -> bool {
        self.made_at < at && self.ended_at.is_none_or(|ended| opens <= ended)
    }

    /// Counts the writes to it: 1 as it was made, 2 once it was taken back.
    #[must_use]
    pub fn revision(&self) -> i32 {
        if self.ended_at.is_some() { 2 } else { 1 }
    }

    /// The windows that it brings, if it brings any.
    #[must_use]
    pub fn windows(&self) -> Option<&Windows> {
        match &self.effect {
            Effect::Closed => None,
            Effect::Instead(windows) | Effect::Extra(windows) => Some(windows),
        }
    }

    /// All that is on record of it, flat, as the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let over = match &self.over {
            Over::Area(code) => ("area", json!(code)),
            Over::Operator(id) => ("operator", json!(id)),
            Over::Template(id) => ("template", json!(id)),
            Over::Toilet(id) => ("toilet", json!(id)),
        };
        let fields = [
            over,
            ("occasion", json!(self.occasion)),
            ("effect", json!(self.effect)),
            ("reason", json!(self.reason)),
            ("madeAt", json!(self.made_at)),
            ("endedAt", json!(self.ended_at)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
