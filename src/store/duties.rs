//! Who is to be at which toilets: custodians, substitutes and rosters, read with one statement.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::people::person_id;
use super::rosters::{read_cycle, read_shifts};
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::duties::Duties;
use crate::domain::id::{RosterDayId, RosterId, ToiletId, TurnId};
use crate::domain::period::Days;
use crate::domain::roster::{Roster, RosterDay, RosterPlan, Turn};
use crate::domain::text::Text;

/// What lasts until a day or longer, a row for each toilet that it has to do with. Rosters come before what is on them.
const DUTIES: &str = "\
SELECT 1 AS part, c.toilet_id AS toilet_id, 0 AS roster_id, c.id AS id, c.person_id AS person, c.from_on AS from_on, \
c.to_on AS to_on, '' AS told, '' AS zone FROM custodian c \
WHERE c.toilet_id IN ({toilets}) AND (c.to_on IS NULL OR c.to_on >= $1) \
UNION ALL SELECT 1, s.toilet_id, 0, s.id, s.person_id, s.from_on, s.to_on, '', '' FROM substitute s \
WHERE s.toilet_id IN ({toilets}) AND s.to_on >= $1 \
UNION ALL SELECT 2, t.toilet_id, r.id, r.id, r.name, r.from_on, r.to_on, r.shifts, r.zone \
FROM roster_toilet t JOIN roster r ON r.id = t.roster_id \
WHERE t.toilet_id IN ({toilets}) AND (r.to_on IS NULL OR r.to_on >= $1) \
UNION ALL SELECT 3, t.toilet_id, n.roster_id, n.id, n.person_id, n.from_on, n.to_on, n.cycle, '' \
FROM roster_toilet t JOIN roster_turn n ON n.roster_id = t.roster_id \
WHERE t.toilet_id IN ({toilets}) AND (n.to_on IS NULL OR n.to_on >= $1) \
UNION ALL SELECT 4, t.toilet_id, d.roster_id, d.id, d.person_id, d.on_day, d.on_day, d.shift, '' \
FROM roster_toilet t JOIN roster_day d ON d.roster_id = t.roster_id \
WHERE t.toilet_id IN ({toilets}) AND d.on_day >= $1 ORDER BY 1, 4";

/// One text however many toilets there are, so that it is prepared once.
static SQLITE: LazyLock<String> = LazyLock::new(|| DUTIES.replace("{toilets}", "SELECT value FROM json_each($2)"));

/// The column is named with its table: a bare name that the function's row does not have would be that of the query around.
static POSTGRES: LazyLock<String> = LazyLock::new(|| {
    let wanted =
        "SELECT CAST(wanted.number AS INTEGER) FROM json_array_elements_text(CAST($2 AS JSON)) AS wanted (number)";
    DUTIES.replace("{toilets}", wanted)
});

impl Store {
    /// Who is to be at those toilets on that day or later; a toilet of which nobody has recorded it is left out. It is
    /// remembered: what this process has changed counts from the answer on, and what another has, from when the journal
    /// tells of it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn duties_at(
        &self,
        toilets: &[ToiletId],
        since: NaiveDate,
    ) -> Result<HashMap<ToiletId, Arc<Duties>>, StoreError> {
        let (mut known, missing, as_of) = self.duties.look(toilets, since);
        if !missing.is_empty() {
            let found = at(&self.reader, &missing, since).await?;
            let found = found.into_iter().map(|(id, duties)| (id, Arc::new(duties))).collect();
            self.duties.keep(as_of, &missing, since, &found);
            known.extend(found);
        }
        Ok(known)
    }
}

impl Tx {
    /// The same as the database has it, in a transaction.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn duties_at(
        &self,
        toilets: &[ToiletId],
        since: NaiveDate,
    ) -> Result<HashMap<ToiletId, Duties>, StoreError> {
        at(&self.connection, toilets, since).await
    }
}

async fn at(
    connection: &impl ConnectionTrait,
    toilets: &[ToiletId],
    since: NaiveDate,
) -> Result<HashMap<ToiletId, Duties>, StoreError> {
    if toilets.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = connection.get_database_backend();
    let sql = if backend == DbBackend::Postgres { &*POSTGRES } else { &*SQLITE };
    let ids: Vec<_> = toilets.iter().map(ToString::to_string).collect();
    let values = [since.into(), format!("[{}]", ids.join(",")).into()];
    let statement = Statement::from_sql_and_values(backend, sql.as_str(), values);
    let mut found: HashMap<ToiletId, Duties> = HashMap::new();
    let mut places: BTreeMap<(ToiletId, RosterId), usize> = BTreeMap::new();
    for row in connection.query_all_raw(statement).await? {
        let toilet = ToiletId(row.try_get("", "toilet_id")?);
        let duties = found.entry(toilet).or_default();
        let roster = RosterId(row.try_get("", "roster_id")?);
        match row.try_get::<i32>("", "part")? {
            1 => duties.assigned.push((person_id(&row.try_get::<String>("", "person")?)?, days(&row)?)),
            2 => {
                places.insert((toilet, roster), duties.rosters.len());
                let plan = RosterPlan { roster: read(&row, roster, toilet)?, turns: Vec::new(), days: Vec::new() };
                duties.rosters.push(plan);
            }
            part => {
                // What is on a roster that is over counts no more.
                let place = places.get(&(toilet, roster));
                let Some(plan) = place.and_then(|place| duties.rosters.get_mut(*place)) else { continue };
                if part == 3 { plan.turns.push(turn(&row, roster)?) } else { plan.days.push(day(&row, roster)?) }
            }
        }
    }
    Ok(found)
}

fn days(row: &QueryResult) -> Result<Days, StoreError> {
    let id: i32 = row.try_get("", "id")?;
    let days = Days::new(row.try_get("", "from_on")?, row.try_get("", "to_on")?);
    days.map_err(|violation| StoreError::corrupt("duties", id, violation))
}

/// A roster as far as it has to do with one toilet.
fn read(row: &QueryResult, id: RosterId, toilet: ToiletId) -> Result<Roster, StoreError> {
    let zone: String = row.try_get("", "zone")?;
    let name: String = row.try_get("", "person")?;
    Ok(Roster {
        id,
        name: Text::new(&name).map_err(|violation| StoreError::corrupt("roster", id, violation))?,
        zone: zone.parse().map_err(|error| StoreError::corrupt("roster", id, error))?,
        toilets: BTreeSet::from([toilet]),
        shifts: read_shifts(id.0, &row.try_get::<String>("", "told")?)?,
        days: days(row)?,
        revision: 0,
    })
}

fn turn(row: &QueryResult, roster: RosterId) -> Result<Turn, StoreError> {
    let id: i32 = row.try_get("", "id")?;
    Ok(Turn {
        id: TurnId(id),
        roster,
        person: person_id(&row.try_get::<String>("", "person")?)?,
        cycle: read_cycle(id, &row.try_get::<String>("", "told")?)?,
        days: days(row)?,
        revision: 0,
    })
}

fn day(row: &QueryResult, roster: RosterId) -> Result<RosterDay, StoreError> {
    let (id, told): (i32, String) = (row.try_get("", "id")?, row.try_get("", "told")?);
    let corrupt = |violation: Violation| StoreError::corrupt("roster_day", id, violation);
    Ok(RosterDay {
        id: RosterDayId(id),
        roster,
        person: person_id(&row.try_get::<String>("", "person")?)?,
        day: row.try_get("", "from_on")?,
        shift: told.parse().map_err(corrupt)?,
        swapped_with: None,
        revision: 0,
    })
}
