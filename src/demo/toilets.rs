//! The toilets, from their tables.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde::Deserialize;

use super::draws::Draws;
use super::fittings::Tiers;
use super::history::{History, Work, WorkKind};
use super::sites::{Site, Sites};
use super::table;
use crate::domain::area::NewArea;
use crate::domain::facility::Fact;
use crate::domain::grade::{Grade, NewGrade, Standard};
use crate::domain::hours::Hours;
use crate::domain::operator::{OperatorKind, OperatorRole};
use crate::domain::place::Place;
use crate::domain::statement::{NamedOperator, Statement};
use crate::domain::text::{Line, Name};
use crate::domain::toilet::{Access, Form, Kind, Lifecycle};
use crate::domain::{Draft, Violation};
use crate::geo::{Crs, Outline, Wgs84, great_circle};

/// No two toilets stand nearer to each other, in metres.
const SPACING: f64 = 40.0;

const URBAN_MANAGEMENT: &str = "孟津区城市管理局";
const CULTURE_AND_TOURISM: &str = "孟津区文化广电和旅游局";

/// A row of a table of toilets.
#[derive(Deserialize)]
struct Row {
    key: String,
    name: Name,
    name_en: Option<Name>,
    /// What it stands near: see [`Sites::find`].
    near: String,
    address: Line,
    form: Form,
    /// The grade under the standard for its kind.
    grade: Option<Grade>,
    assessed: Option<NaiveDate>,
    hours: Option<String>,
}

/// The toilets of all kinds, numbered through in the order of the tables.
pub(super) fn statements(areas: &[NewArea], outline: &Outline) -> Result<Vec<Statement>, Violation> {
    let mut builder = Builder::load(areas, outline)?;
    let mut statements = Vec::new();
    for (kind, file, text) in [
        (Kind::Urban, "urban.csv", include_str!("data/urban.csv")),
        (Kind::Tourist, "tourist.csv", include_str!("data/tourist.csv")),
        (Kind::Village, "village.csv", include_str!("data/village.csv")),
    ] {
        for row in table::rows::<Row>(file, text)? {
            let code = Name::new(&format!("MJ{:04}", statements.len() + 1))?;
            statements.push(builder.statement(kind, code, row)?);
        }
    }
    Ok(statements)
}

/// What is at hand while the toilets are made one after the other.
struct Builder<'a> {
    outline: &'a Outline,
    sites: Sites<'a>,
    tiers: Tiers,
    history: History,
    /// Where toilets stand already.
    taken: Vec<Wgs84>,
}

impl<'a> Builder<'a> {
    fn load(areas: &'a [NewArea], outline: &'a Outline) -> Result<Self, Violation> {
        let history = History::load()?;
        // Surveyed toilets come first, so that none is drawn beside them.
        let taken = history.surveyed.values().filter_map(|surveyed| surveyed.position).collect();
        let sites = Sites::load(areas, outline)?;
        Ok(Self { outline, sites, tiers: Tiers::load()?, history, taken })
    }

    fn statement(&mut self, kind: Kind, code: Name, row: Row) -> Result<Statement, Violation> {
        let site = self.sites.find(&row.near)?;
        let mut draws = Draws::of(&row.key);
        let position = self.position(&row.key, &site, &mut draws)?;
        let mut draft = Draft::new(row.name.clone(), chrono_tz::Asia::Shanghai);
        draft.name_en.clone_from(&row.name_en);
        draft.code = Some(code);
        draft.kind = Some(kind);
        draft.form = Some(row.form);
        draft.access = Some(Access::Public);
        draft.calendar = Some("CN".to_owned());
        draft.position = position.map(|position| Place::new(position, Crs::Wgs84, true));
        draft.address = Some(row.address.clone());
        draft.area = Some(site.area.clone());
        draft.hours = row.hours.as_deref().map(hours).transpose()?;
        let work = self.history.works.get(&row.key);
        match work.map(|work| work.kind) {
            Some(WorkKind::Planned) => draft.lifecycle = Lifecycle::Planned,
            Some(WorkKind::New) => draft.opened_on = work.and_then(|work| work.day),
            Some(WorkKind::Rebuilt) => draft.rebuilt_on = work.and_then(|work| work.day),
            None => {}
        }
        if draft.lifecycle == Lifecycle::InService {
            draft.fee = Some(Fact::No);
            // Eleven in the morning in China.
            let morning = site.verified.and_time(NaiveTime::MIN) + TimeDelta::hours(3);
            draft.verified_at = Some(morning.and_utc());
            (draft.facilities, draft.stalls) = match self.history.surveyed.get(&row.key) {
                Some(surveyed) => (surveyed.facilities, surveyed.stalls),
                None => self.tiers.fit(row.grade.map(Grade::as_str), &mut draws)?,
            };
        }
        Ok(Statement {
            grades: grades(kind, &row, work)?,
            outages: self.history.outages.get(&row.key).cloned().into_iter().collect(),
            operators: operators(kind, &site)?,
            key: row.key,
            draft,
        })
    }

    /// The surveyed position, or one drawn inside the outline and apart from all others.
    fn position(&mut self, key: &str, site: &Site, draws: &mut Draws) -> Result<Option<Wgs84>, Violation> {
        if let Some(surveyed) = self.history.surveyed.get(key) {
            return Ok(surveyed.position);
        }
        let is_free = |place| self.taken.iter().all(|&other| great_circle(place, other) >= SPACING);
        let fits = |place| self.outline.contains(place) && is_free(place);
        let Some(place) = draws.near(site.centre, site.reach, fits) else {
            return Err(Violation::new("position", "noRoom", format!("there is no room left for {key}")));
        };
        self.taken.push(place);
        Ok(Some(place))
    }
}

fn hours(text: &str) -> Result<Hours, Violation> {
    Hours::parse(text).map_err(|error| Violation::new("hours", "badHours", error.to_string()))
}

/// The grade records: of a rebuilt toilet the one before, which held until the day before the next, and the one since.
fn grades(kind: Kind, row: &Row, work: Option<&Work>) -> Result<Vec<NewGrade>, Violation> {
    let standard = if kind == Kind::Urban { Standard::Cjj2016 } else { Standard::GbT2016 };
    let mut grades = Vec::new();
    if let Some(work) = work
        && let Some(before) = work.grade_before
    {
        let mut before = NewGrade::new(standard, before)?;
        before.assessed_on = work.assessed_before;
        before.valid_to = row.assessed.and_then(|day| day.pred_opt());
        grades.push(before);
    }
    if let Some(grade) = row.grade {
        let mut grade = NewGrade::new(standard, grade)?;
        grade.assessed_on = row.assessed;
        grades.push(grade);
    }
    Ok(grades)
}

/// Who owns, runs and rates it. Culture and tourism rates what scenic areas, towns and villages run.
fn operators(kind: Kind, site: &Site) -> Result<Vec<NamedOperator>, Violation> {
    let department = |role, name| NamedOperator { role, name, kind: OperatorKind::Department };
    let (name, body) = site.operating.clone();
    let operating = NamedOperator { role: OperatorRole::Operating, name, kind: body };
    Ok(match kind {
        Kind::Tourist => vec![
            department(OperatorRole::Owner, site.town.clone()),
            operating,
            department(OperatorRole::Rating, Name::new(CULTURE_AND_TOURISM)?),
        ],
        Kind::Village => vec![NamedOperator { role: OperatorRole::Owner, ..operating.clone() }, operating],
        _ => {
            let bureau = Name::new(URBAN_MANAGEMENT)?;
            vec![department(OperatorRole::Owner, bureau.clone()), department(OperatorRole::Operating, bureau)]
        }
    })
}
