//! The public register as features. Everyone may read it.

use chrono::SecondsFormat;
use serde_json::Value;

use super::{Ctx, Failure};
use crate::domain::id::ToiletId;
use crate::domain::record::Record;
use crate::export::{FeatureStyle, feature};
use crate::finder::FeatureQuery;
use crate::geo::Crs;

/// A page of features.
#[derive(Debug)]
pub struct Features {
    /// The features, in the order of their ids.
    pub features: Vec<Value>,
    /// How many there are on all pages.
    pub matched: usize,
    /// The id to go on after, if there is more.
    pub next: Option<ToiletId>,
}

/// One page: found in memory, read from the database.
///
/// # Errors
/// What the store fails with.
pub async fn list(ctx: &Ctx, query: &FeatureQuery) -> Result<Features, Failure> {
    let page = ctx.finder.snapshot().features(query, ctx.clock.now());
    let features = read(ctx, &page.ids).await?;
    Ok(Features { features, matched: page.matched, next: page.next })
}

/// One feature.
///
/// # Errors
/// [`Failure::NotFound`], for a retired toilet as well.
pub async fn get(ctx: &Ctx, id: ToiletId) -> Result<Value, Failure> {
    read(ctx, &[id]).await?.pop().ok_or(Failure::NotFound)
}

async fn read(ctx: &Ctx, ids: &[ToiletId]) -> Result<Vec<Value>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let at = ctx.clock.now();
    let records = ctx.store.moment().await?.records(ids).await?;
    Ok(records.into_iter().filter_map(|record| record.public(at)).map(|record| written(&record)).collect())
}

fn written(record: &Record) -> Value {
    let mut feature = feature(record, Crs::Wgs84, FeatureStyle::Every);
    let updated = record.updated_at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    if let Some(properties) = feature.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("updatedAt".to_owned(), updated.map_or(Value::Null, Value::from));
    }
    feature
}
