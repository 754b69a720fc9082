//! The register in memory, as searches need it: an immutable snapshot that readers share without a lock.
//!
//! A search never asks the database. The store's rows become [`Entry`]s once, each with the bytes that the web floor
//! prepared for it; the journal tells [`Finder`] what changed. Positions are compared as unit vectors, so that the poles and
//! the antimeridian need no care. Most toilets lie in a tree that knows of each what searches ask for, also what holds just
//! now; what has changed since it was built stands beside it, and is put in order behind the readers' backs.

mod along;
mod areas;
mod base;
mod bits;
mod boxed;
mod clusters;
mod door;
mod entry;
mod features;
mod filter;
mod intern;
mod list;
mod live;
mod nearest;
mod needs;
mod offline;
mod order;
mod overlay;
mod plain;
mod schedule;
mod snapshot;
mod sought;
#[cfg(test)]
mod tests;
mod tree;
mod turning;
mod unsure;
mod upkeep;
mod window;

pub use along::{AlongQuery, Passage, Passed};
pub use areas::{AreaPage, AreaQuery, Areas};
pub use clusters::{Cluster, ClusterQuery, TooMany};
pub use door::Usability;
pub use entry::{Closure, Entry};
pub use features::{Extent, FeaturePage, FeatureQuery, Window};
pub use filter::{Cleaned, Filter, GradeFilter, Uncleaned, Unknown};
pub use list::{Bbox, ListQuery, Page};
pub use live::{Finder, Render};
pub use nearest::{Hit, NearestQuery};
pub use needs::NeedSet;
pub use offline::OpenTimes;
pub use plain::plain;
pub use schedule::Doors;
pub use snapshot::Snapshot;
pub use sought::Sought;
pub use unsure::Unsure;
pub use upkeep::Upkeep;
