//! The toilet: the unit of everything.

use chrono::{DateTime, Utc};

use super::Draft;
use super::area::AreaCode;
use super::codes::codes;
use super::grade::GradeRecord;
use super::id::ToiletId;
use super::operator::Tenure;
use super::outage::Outage;
use super::text::Name;

codes!(
    /// What sort of toilet it is (类型).
    Kind {
        /// 城市
        Urban = "urban",
        /// 旅游
        Tourist = "tourist",
        /// 农村
        Village = "village",
        /// 公路
        Roadside = "roadside",
        /// 社会开放: a shop or office that opens its toilet.
        Shared = "shared",
    }
);

codes!(
    /// How it is built (形式).
    Form {
        /// 独立式
        Standalone = "standalone",
        /// 附属式
        Attached = "attached",
        /// 活动式
        Portable = "portable",
    }
);

codes!(
    /// Who may use it (使用范围); unknown is left out.
    Access {
        /// Everyone.
        Public = "public",
        /// Customers of the house.
        Customers = "customers",
        /// Nobody from the street.
        Private = "private",
    }
);

codes!(
    /// Where a toilet stands in its life. Whether it is closed just now follows from its outages.
    Lifecycle {
        /// Decided or being built.
        Planned = "planned",
        /// Built and meant to be used.
        InService = "inService",
        /// Gone for good.
        Retired = "retired",
    }
);

codes!(
    /// What the public is told of a toilet at an instant.
    Status {
        /// Not built yet.
        Planned = "planned",
        /// In service.
        InService = "inService",
        /// In service in principle, but closed by an outage now.
        Closed = "closed",
        /// Gone for good.
        Retired = "retired",
    }
);

/// The area a toilet is registered in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRef {
    /// Its code today.
    pub code: AreaCode,
    /// Its name today.
    pub name: Name,
    /// Its codes from the top of the tree down, itself included.
    pub path: Vec<AreaCode>,
}

/// Where a toilet's record came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// The source's name.
    pub name: String,
    /// The toilet's key in that source.
    pub key: String,
    /// Whether the source is made up for demonstration.
    pub synthetic: bool,
}

/// A toilet of the register with all that is on record about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Toilet {
    /// Its id.
    pub id: ToiletId,
    /// What is stated about it.
    pub fact: Draft,
    /// The area it is registered in.
    pub area: Option<AreaRef>,
    /// The bodies behind it, past and present.
    pub tenures: Vec<Tenure>,
    /// Its closures, past and to come.
    pub outages: Vec<Outage>,
    /// Its grade records.
    pub grades: Vec<GradeRecord>,
    /// Where the record came from.
    pub source: Option<SourceRef>,
    /// Counts the writes to this record, from 1.
    pub revision: i32,
    /// When it was last written.
    pub updated_at: DateTime<Utc>,
}

impl Toilet {
    /// The closure in force at that instant, the one that ends last if there are several.
    #[must_use]
    pub fn outage(&self, at: DateTime<Utc>) -> Option<&Outage> {
        let in_force = self.outages.iter().filter(|outage| outage.fact.span.contains(at));
        in_force.max_by_key(|outage| outage.fact.span.until().unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// What the public is told at that instant.
    #[must_use]
    pub fn status(&self, at: DateTime<Utc>) -> Status {
        match self.fact.lifecycle {
            Lifecycle::Planned => Status::Planned,
            Lifecycle::Retired => Status::Retired,
            Lifecycle::InService if self.outage(at).is_some() => Status::Closed,
            Lifecycle::InService => Status::InService,
        }
    }
}
