//! Rosters, whose turn it is when, and other days.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{person, roster, roster_day, roster_toilet, roster_turn};
use super::people::person_id;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::domain::id::{RosterDayId, RosterId, ToiletId, TurnId};
use crate::domain::period::Days;
use crate::domain::roster::{Cycle, Roster, RosterDay, RosterPlan, Shifts, Turn};
use crate::domain::text::Text;

impl Store {
    /// Rosters with all that is on them, in the order of their ids; those that are not there are left out.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn rosters(&self, ids: &[RosterId]) -> Result<Vec<RosterPlan>, StoreError> {
        let tx = self.read().await?;
        plans(&tx, ids).await
    }

    /// Rosters in the order of their ids, after one of them.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn rosters_after(&self, last: RosterId, limit: u64) -> Result<Vec<Roster>, StoreError> {
        let tx = self.read().await?;
        let rows = roster::Entity::find().filter(roster::Column::Id.gt(last.0)).order_by_asc(roster::Column::Id);
        whole(&tx, rows.limit(limit).all(&tx).await?).await
    }

    /// All rosters of which a shift can begin between two days, both included.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn rosters_between(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<RosterPlan>, StoreError> {
        let tx = self.read().await?;
        let lasting = roster::Column::ToOn.is_null().or(roster::Column::ToOn.gte(from));
        let ids = roster::Entity::find().filter(roster::Column::FromOn.lte(to)).filter(lasting).select_only();
        let ids: Vec<i32> = ids.column(roster::Column::Id).into_tuple().all(&tx).await?;
        plans(&tx, &ids.into_iter().map(RosterId).collect::<Vec<_>>()).await
    }

    /// The turns of a person, the latest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn turns_by(&self, person: PersonId, limit: u64) -> Result<Vec<Turn>, StoreError> {
        let rows = roster_turn::Entity::find().filter(roster_turn::Column::PersonId.eq(person.to_string()));
        let rows = rows.order_by_desc(roster_turn::Column::FromOn).order_by_desc(roster_turn::Column::Id);
        rows.limit(limit).all(&self.reader).await?.iter().map(read_turn).collect()
    }

    /// The days of a person that are other than planned, the latest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn roster_days_by(&self, person: PersonId, limit: u64) -> Result<Vec<RosterDay>, StoreError> {
        let rows = roster_day::Entity::find().filter(roster_day::Column::PersonId.eq(person.to_string()));
        let rows = rows.order_by_desc(roster_day::Column::OnDay).order_by_desc(roster_day::Column::Id);
        rows.limit(limit).all(&self.reader).await?.iter().map(read_day).collect()
    }
}

impl Tx {
    /// A roster with all that is on it. Whoever wants to write to it waits for this transaction to end.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn roster(&self, id: RosterId) -> Result<Option<RosterPlan>, StoreError> {
        roster::Entity::find_by_id(id.0).lock_exclusive().one(&self.connection).await?;
        Ok(plans(&self.connection, &[id]).await?.pop())
    }

    /// Has whoever wants to put a person on a roster wait for this transaction to end, since nobody is on two at once.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hold_person(&self, person: PersonId) -> Result<(), StoreError> {
        person::Entity::find_by_id(person.to_string()).lock_exclusive().one(&self.connection).await?;
        Ok(())
    }

    /// The turns of a person that last until that day or longer.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn turns_by(&self, person: PersonId, since: NaiveDate) -> Result<Vec<Turn>, StoreError> {
        let lasting = roster_turn::Column::ToOn.is_null().or(roster_turn::Column::ToOn.gte(since));
        let rows = roster_turn::Entity::find().filter(roster_turn::Column::PersonId.eq(person.to_string()));
        let rows = rows.filter(lasting).order_by_asc(roster_turn::Column::Id);
        rows.all(&self.connection).await?.iter().map(read_turn).collect()
    }

    /// The other days of a person from that day on.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn roster_days_by(&self, person: PersonId, since: NaiveDate) -> Result<Vec<RosterDay>, StoreError> {
        let rows = roster_day::Entity::find().filter(roster_day::Column::PersonId.eq(person.to_string()));
        let rows = rows.filter(roster_day::Column::OnDay.gte(since)).order_by_asc(roster_day::Column::Id);
        rows.all(&self.connection).await?.iter().map(read_day).collect()
    }

    /// Puts a roster on record (the id is not looked at); answers the id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_roster(&self, new: &Roster) -> Result<RosterId, StoreError> {
        let from = new.days.from().ok_or_else(|| StoreError::corrupt("roster", "new", "it has no first day"))?;
        let row = roster::ActiveModel {
            id: NotSet,
            name: Set(new.name.to_string()),
            zone: Set(new.zone.name().to_owned()),
            shifts: Set(json("roster", &new.shifts)?),
            from_on: Set(from),
            to_on: Set(new.days.to()),
            revision: Set(new.revision),
        };
        let id = row.insert(&self.connection).await?.id;
        let toilets = new
            .toilets
            .iter()
            .map(|toilet| roster_toilet::ActiveModel { roster_id: Set(id), toilet_id: Set(toilet.0) });
        roster_toilet::Entity::insert_many(toilets).exec_without_returning(&self.connection).await?;
        Ok(RosterId(id))
    }

    /// Writes the last day of a roster.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_roster(&self, ended: &Roster) -> Result<(), StoreError> {
        let row = roster::ActiveModel {
            id: Unchanged(ended.id.0),
            to_on: Set(ended.days.to()),
            revision: Set(ended.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back a roster that never began and has nothing on it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_roster(&self, id: RosterId) -> Result<(), StoreError> {
        let toilets = roster_toilet::Entity::delete_many().filter(roster_toilet::Column::RosterId.eq(id.0));
        toilets.exec(&self.connection).await?;
        roster::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }

    /// Puts a turn on record (the id is not looked at); answers the id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_turn(&self, new: &Turn) -> Result<TurnId, StoreError> {
        let from = new.days.from().ok_or_else(|| StoreError::corrupt("roster_turn", "new", "it has no first day"))?;
        let row = roster_turn::ActiveModel {
            id: NotSet,
            roster_id: Set(new.roster.0),
            person_id: Set(new.person.to_string()),
            cycle: Set(json("roster_turn", &new.cycle)?),
            from_on: Set(from),
            to_on: Set(new.days.to()),
            revision: Set(new.revision),
        };
        Ok(TurnId(row.insert(&self.connection).await?.id))
    }

    /// Writes the last day of a turn.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_turn(&self, ended: &Turn) -> Result<(), StoreError> {
        let row = roster_turn::ActiveModel {
            id: Unchanged(ended.id.0),
            to_on: Set(ended.days.to()),
            revision: Set(ended.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes back a turn that never began.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_turn(&self, id: TurnId) -> Result<(), StoreError> {
        roster_turn::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }

    /// Puts another day on record (the id is not looked at); answers the id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_roster_day(&self, new: &RosterDay) -> Result<RosterDayId, StoreError> {
        let row = roster_day::ActiveModel {
            id: NotSet,
            roster_id: Set(new.roster.0),
            person_id: Set(new.person.to_string()),
            on_day: Set(new.day),
            shift: Set(new.shift.as_str().to_owned()),
            swapped_with: Set(new.swapped_with.map(|person| person.to_string())),
            revision: Set(new.revision),
        };
        Ok(RosterDayId(row.insert(&self.connection).await?.id))
    }

    /// Writes what is done on another day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_roster_day(&self, changed: &RosterDay) -> Result<(), StoreError> {
        let row = roster_day::ActiveModel {
            id: Unchanged(changed.id.0),
            shift: Set(changed.shift.as_str().to_owned()),
            swapped_with: Set(changed.swapped_with.map(|person| person.to_string())),
            revision: Set(changed.revision),
            ..Default::default()
        };
        row.update(&self.connection).await?;
        Ok(())
    }

    /// Takes another day back: the turn plans it again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_roster_day(&self, id: RosterDayId) -> Result<(), StoreError> {
        roster_day::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }
}

fn json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::corrupt(table, "new", error))
}

async fn plans(connection: &impl ConnectionTrait, ids: &[RosterId]) -> Result<Vec<RosterPlan>, StoreError> {
    let numbers = || ids.iter().map(|id| id.0);
    let rows = roster::Entity::find().filter(roster::Column::Id.is_in(numbers())).order_by_asc(roster::Column::Id);
    let rosters = whole(connection, rows.all(connection).await?).await?;
    let turns = roster_turn::Entity::find().filter(roster_turn::Column::RosterId.is_in(numbers()));
    let mut of: HashMap<RosterId, (Vec<Turn>, Vec<RosterDay>)> = HashMap::new();
    for row in turns.order_by_asc(roster_turn::Column::Id).all(connection).await? {
        let turn = read_turn(&row)?;
        of.entry(turn.roster).or_default().0.push(turn);
    }
    let days = roster_day::Entity::find().filter(roster_day::Column::RosterId.is_in(numbers()));
    for row in days.order_by_asc(roster_day::Column::Id).all(connection).await? {
        let day = read_day(&row)?;
        of.entry(day.roster).or_default().1.push(day);
    }
    let plan = |roster: Roster| {
        let (turns, days) = of.remove(&roster.id).unwrap_or_default();
        RosterPlan { roster, turns, days }
    };
    Ok(rosters.into_iter().map(plan).collect())
}

/// Rosters with their toilets, from their rows.
pub(super) async fn whole(
    connection: &impl ConnectionTrait,
    rows: Vec<roster::Model>,
) -> Result<Vec<Roster>, StoreError> {
    let ids = rows.iter().map(|row| row.id);
    let toilets = roster_toilet::Entity::find().filter(roster_toilet::Column::RosterId.is_in(ids));
    let mut of: HashMap<i32, BTreeSet<ToiletId>> = HashMap::new();
    for row in toilets.all(connection).await? {
        of.entry(row.roster_id).or_default().insert(ToiletId(row.toilet_id));
    }
    rows.iter().map(|row| read(row, of.remove(&row.id).unwrap_or_default())).collect()
}

/// A roster from its row.
pub(super) fn read(row: &roster::Model, toilets: BTreeSet<ToiletId>) -> Result<Roster, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("roster", row.id, violation);
    Ok(Roster {
        id: RosterId(row.id),
        name: Text::new(&row.name).map_err(corrupt)?,
        zone: row.zone.parse().map_err(|error| StoreError::corrupt("roster", row.id, error))?,
        toilets,
        shifts: read_shifts(row.id, &row.shifts)?,
        days: Days::new(Some(row.from_on), row.to_on).map_err(corrupt)?,
        revision: row.revision,
    })
}

pub(super) fn read_shifts(roster: i32, text: &str) -> Result<Shifts, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt("roster", roster, error))
}

/// A turn from its row.
pub(super) fn read_turn(row: &roster_turn::Model) -> Result<Turn, StoreError> {
    Ok(Turn {
        id: TurnId(row.id),
        roster: RosterId(row.roster_id),
        person: person_id(&row.person_id)?,
        cycle: read_cycle(row.id, &row.cycle)?,
        days: Days::new(Some(row.from_on), row.to_on)
            .map_err(|violation| StoreError::corrupt("roster_turn", row.id, violation))?,
        revision: row.revision,
    })
}

pub(super) fn read_cycle(turn: i32, text: &str) -> Result<Cycle, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt("roster_turn", turn, error))
}

/// Another day from its row.
pub(super) fn read_day(row: &roster_day::Model) -> Result<RosterDay, StoreError> {
    Ok(RosterDay {
        id: RosterDayId(row.id),
        roster: RosterId(row.roster_id),
        person: person_id(&row.person_id)?,
        day: row.on_day,
        shift: row
            .shift
            .parse()
            .map_err(|violation: Violation| StoreError::corrupt("roster_day", row.id, violation))?,
        swapped_with: row.swapped_with.as_deref().map(person_id).transpose()?,
        revision: row.revision,
    })
}
