//! The register in memory, as searches need it: an immutable snapshot that readers share without a lock.
//!
//! A search never asks the database. The store's rows become [`Entry`]s once, each with the bytes that the web floor
//! prepared for it; the journal tells [`Finder`] what changed. Inside, every search is a scan of all entries, exact by
//! construction; positions are compared as unit vectors, so that the poles and the antimeridian need no care.

mod areas;
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
mod plain;
mod snapshot;
mod sought;
#[cfg(test)]
mod tests;
mod unsure;

pub use areas::{AreaPage, AreaQuery, Areas};
pub use door::Usability;
pub use entry::{Closure, Entry};
pub use features::{Extent, FeaturePage, FeatureQuery, Window};
pub use filter::{Cleaned, Filter, GradeFilter, Uncleaned, Unknown};
pub use list::{Bbox, ListQuery, Page};
pub use live::{Finder, Render};
pub use nearest::{Hit, NearestQuery};
pub use needs::NeedSet;
pub use offline::Doors;
pub use plain::plain;
pub use snapshot::Snapshot;
pub use sought::Sought;
pub use unsure::Unsure;
