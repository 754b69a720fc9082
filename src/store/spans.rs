//! Times at toilets about which is asked together.

use chrono::{DateTime, Utc};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, ExprTrait};

use crate::domain::id::ToiletId;

/// A time at a toilet, both ends in it.
pub type Span = (ToiletId, DateTime<Utc>, DateTime<Utc>);

/// Spans asked about at once: each is one more step of depth in an expression, of which SQLite takes a thousand.
pub(super) const SPANS: usize = 100;

/// What lies in one of the spans.
pub(super) fn within(toilet: impl ColumnTrait, at: impl ColumnTrait, spans: &[Span]) -> Condition {
    spans.iter().fold(Condition::any(), |any, (id, from, to)| any.add(toilet.eq(id.0).and(at.between(*from, *to))))
}
