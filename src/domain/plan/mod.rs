//! Plans (保洁计划): when which task is due at a toilet, as versioned windows in local time, and the exceptions from them.
//!
//! Neither RRULE nor cron: the engines for these drop or double what falls on a change of the clock. Here each due task
//! has a nominal local time, which is part of its key, and an instant that follows from it.

mod clock;
mod dates;
mod describe;
mod exception;
mod expand;
#[cfg(test)]
mod tests;
mod window;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::json;

pub use clock::Clock;
pub use dates::{Dates, DayKind, Occasion, Season, Weekday, YearDay};
pub use exception::{Effect, EffectKind, Exception, Over};
pub use expand::{Expansion, Setting};
pub use window::{Allowance, Stated, Times, Window, Windows};

use super::Violation;
use super::draft::Fields;
use super::id::{TemplateId, ToiletId};
use super::slot::SlotKey;
use super::text::{Name, Remark};

/// A plan for a class of toilets, to be put on many of them. What was made from it stays as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// What it is called.
    pub name: Name,
    /// What is said of it.
    pub note: Option<Remark>,
    /// Its windows.
    pub windows: Windows,
}

impl Template {
    /// All that is on record of it, flat, as the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let note = self.note.as_ref().map(|note| ("note".to_owned(), json!(note)));
        let fields = [("name".to_owned(), json!(self.name)), ("windows".to_owned(), json!(self.windows))];
        fields.into_iter().chain(note).collect()
    }
}

/// One version of the plan of a toilet. Versions of one toilet never overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The toilet.
    pub toilet: ToiletId,
    /// Counts the versions of this toilet, from 1.
    pub version: i32,
    /// The template it was made from.
    pub template: Option<TemplateId>,
    /// The time zone of its windows: the one of the toilet when it was made.
    pub zone: Tz,
    /// The first day on which its windows begin.
    pub from: NaiveDate,
    /// The last such day, if there is one.
    pub to: Option<NaiveDate>,
    /// When it was made. What was due before that it does not ask for.
    pub made_at: DateTime<Utc>,
    /// Its windows.
    pub windows: Windows,
    /// Counts the writes to this version, from 1.
    pub revision: i32,
}

impl Plan {
    /// Whether windows of this version begin on that day.
    #[must_use]
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }

    /// By which the journal names it: `17.3` is the third version of toilet 17.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}.{}", self.toilet, self.version)
    }

    /// The window that a slot of this version comes from, among those of the plan and of the exceptions.
    #[must_use]
    pub fn window_of<'a>(&'a self, key: &SlotKey, exceptions: &'a [Exception]) -> Option<&'a Window> {
        let windows = match key.origin.exception {
            None => &self.windows,
            Some(id) => exceptions.iter().find(|exception| exception.id == id)?.windows()?,
        };
        windows.at(key.origin.window)
    }

    /// The same version, but over with the day before `date`.
    ///
    /// # Errors
    /// `endsBeforeItBegins` where it begins on that day or later.
    pub fn ended_before(mut self, date: NaiveDate) -> Result<Self, Violation> {
        let last = date.pred_opt().filter(|last| *last >= self.from);
        let late = || Violation::new("from", "endsBeforeItBegins", format!("version {} begins later", self.version));
        let last = last.ok_or_else(late)?;
        self.to = Some(self.to.map_or(last, |to| to.min(last)));
        self.revision += 1;
        Ok(self)
    }

    /// All that is on record of it, flat, as the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let fields = [
            ("zone", json!(self.zone)),
            ("from", json!(self.from)),
            ("to", json!(self.to)),
            ("madeAt", json!(self.made_at)),
            ("template", json!(self.template)),
            ("windows", json!(self.windows)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
