//! The demonstration county: Mengjin (孟津区, 410308) with made-up toilets, always the same to the last digit.
//!
//! The areas are real, by name and code (see `areas/NOTICE`). The outline and the centres of towns and scenic spots
//! are drawn by hand in WGS-84, good to some hundred metres, and are no survey data. Where one town ends and the next
//! begins is made up: see `county`. The toilets are invented: names,
//! addresses, grades, hours, works and closures stand in the tables under `data/`; positions and fittings that the
//! tables leave out are drawn from a generator seeded with the toilet's key, so that a row added to a table moves no
//! other toilet except where the two would stand in one spot.
//!
//! Who keeps them clean is invented too (`staff`), who is on shift when (`shifts`), and
//! so is what they did on each day (`rounds`): drawn from a generator
//! seeded with the toilet, the day and the hour, so that a day is the same whenever it is made up, and on any machine.
//!
//! Whoever shows these toilets must mark them as synthetic, with [`NAME`] and [`ATTRIBUTION`].

mod areas;
mod barriers;
mod county;
mod draws;
mod fittings;
mod history;
mod plans;
mod rounds;
mod shifts;
mod sites;
mod staff;
mod table;
#[cfg(test)]
mod tests;
mod toilets;

pub use county::{County, county};
pub use plans::{ClassPlan, class_plans};
pub use rounds::{Correcting, Day, Pleading, Visit, day, stand_in};
pub use shifts::{Crew, Doing, crews, doings, turns_begin};
pub use staff::{Kept, Staff, Worker, auditor, person_of, staff};

/// The name of the source of the demonstration county.
pub const NAME: &str = "demo";

/// The words that stand wherever the data of the demonstration county is shown.
pub const ATTRIBUTION: &str = "示范数据（合成），非真实公厕 · synthetic demonstration data";
