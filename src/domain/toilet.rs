//! The toilet: the unit of everything.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::Draft;
use super::area::AreaCode;
use super::attested::Attested;
use super::codes::codes;
use super::deployment::Station;
use super::draft::Fields;
use super::grade::GradeRecord;
use super::id::ToiletId;
use super::operator::{Operator, OperatorRole, Tenure};
use super::outage::Outage;
use super::photo::PhotoUse;
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

/// What the public is told of a toilet in that stage of its life that serves from and until those instants, closures
/// left out. A temporary toilet is planned before it serves, and gone afterwards.
#[must_use]
pub fn serves(
    lifecycle: Lifecycle,
    (from, until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    at: DateTime<Utc>,
) -> Status {
    match lifecycle {
        Lifecycle::Planned => Status::Planned,
        Lifecycle::Retired => Status::Retired,
        Lifecycle::InService if until.is_some_and(|until| until <= at) => Status::Retired,
        Lifecycle::InService if from.is_some_and(|from| at < from) => Status::Planned,
        Lifecycle::InService => Status::InService,
    }
}

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
    /// Where it stands for a time, instead of where it is registered.
    pub stations: Vec<Station>,
    /// The photos that it shows, in the order in which they came.
    pub photos: Vec<PhotoUse>,
    /// Which fields somebody saw with their own eyes.
    pub attested: Attested,
    /// Where the record came from.
    pub source: Option<SourceRef>,
    /// Counts the writes to this record, from 1.
    pub revision: i32,
    /// When it was last written.
    pub updated_at: DateTime<Utc>,
}

impl SourceRef {
    /// As the journal has it.
    #[must_use]
    pub fn field(&self) -> (String, Value) {
        ("source".to_owned(), json!({"name": self.name, "key": self.key}))
    }
}

impl Toilet {
    /// All that is on record, flat: what is stated, and a field for each tie to a body, closure, grade,
    /// photo and attestation, by its id. The journal tells the differences between two of these, so that it can be replayed.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let mut fields = self.fact.fields();
        fields.extend(self.source.as_ref().map(SourceRef::field));
        fields.extend(self.tenures.iter().map(Tenure::field));
        fields.extend(self.outages.iter().map(Outage::field));
        fields.extend(self.grades.iter().map(GradeRecord::field));
        fields.extend(self.stations.iter().map(Station::field));
        fields.extend(self.photos.iter().map(PhotoUse::field));
        fields.extend(self.attested.fields());
        fields
    }

    /// The codes of the area it lies in, from the top down; empty for what lies in none.
    #[must_use]
    pub fn path(&self) -> &[AreaCode] {
        self.area.as_ref().map(|area| area.path.as_slice()).unwrap_or_default()
    }

    /// The body that runs it at that instant; the one that began last if several do.
    #[must_use]
    pub fn operator(&self, at: DateTime<Utc>) -> Option<&Operator> {
        self.body(OperatorRole::Operating, at)
    }

    /// The body that is that to it at that instant; the one that began last if several are.
    #[must_use]
    pub fn body(&self, role: OperatorRole, at: DateTime<Utc>) -> Option<&Operator> {
        self.body_on(role, self.today(at))
    }

    /// The body that runs it on that day; the one that began last if several do.
    #[must_use]
    pub fn operator_on(&self, day: NaiveDate) -> Option<&Operator> {
        self.body_on(OperatorRole::Operating, day)
    }

    fn body_on(&self, role: OperatorRole, day: NaiveDate) -> Option<&Operator> {
        let tied = self.tenures.iter().filter(|tie| tie.role == role && tie.days.contains(day));
        tied.max_by_key(|tie| tie.days.from()).map(|tie| &tie.operator)
    }

    /// The day that it is there at that instant.
    #[must_use]
    pub fn today(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.fact.zone).date_naive()
    }

    /// The closure in force at that instant, the one that ends last if there are several.
    #[must_use]
    pub fn outage(&self, at: DateTime<Utc>) -> Option<&Outage> {
        let in_force = self.outages.iter().filter(|outage| outage.is_in_force(at));
        in_force.max_by_key(|outage| outage.fact.span.until().unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// What the public is told at that instant.
    #[must_use]
    pub fn status(&self, at: DateTime<Utc>) -> Status {
        match self.fact.serves(at) {
            Status::InService if self.outage(at).is_some() => Status::Closed,
            status => status,
        }
    }
}
