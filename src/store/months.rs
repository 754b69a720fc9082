//! The counts of days, packed a month to a row: a year of a county is then some thousand rows to read, not tens of
//! thousands to sort. They follow from `cleaning_day` and are written with it.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, Statement, Value};

use super::entity::cleaning_month;
use super::people::person_id;
use super::together::{marked, padded};
use super::{StoreError, spans};
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::tally::{DayTally, Tally};

/// What the rows are of those counts of days for which a condition holds: of each day its number in the month and the
/// eight counts.
const PACKED: &str = "\
SELECT toilet_id, substr(CAST(due_on AS TEXT), 1, 7) AS month, operator_id, person_id, \
string_agg(substr(CAST(due_on AS TEXT), 9, 2) || ' ' || on_time || ' ' || late || ' ' || missed || ' ' || excused || \
' ' || cancelled || ' ' || verified || ' ' || synced_late || ' ' || proxy, ';' ORDER BY due_on) AS days \
FROM cleaning_day WHERE {those} GROUP BY toilet_id, substr(CAST(due_on AS TEXT), 1, 7), operator_id, person_id";

/// The statement that packs those counts of days.
pub(super) fn packed(those: &str) -> String {
    PACKED.replace("{those}", those)
}

/// The statements that pack the months of those days anew, once the days are counted.
pub(super) fn packing(backend: DbBackend, days: &BTreeSet<(ToiletId, NaiveDate)>) -> Vec<Statement> {
    let months: BTreeSet<_> = days.iter().map(|(toilet, day)| (*toilet, first_of(*day))).collect();
    let months: Vec<_> = months.into_iter().collect();
    let statements = |months: &[(ToiletId, NaiveDate)]| {
        let months = padded(months);
        let any = |one: &str| vec![one; months.len()].join(" OR ");
        let forget = format!("DELETE FROM cleaning_month WHERE {}", any("(toilet_id = ? AND month = ?)"));
        let values = months.iter().flat_map(|(toilet, first)| [Value::from(toilet.0), named(*first).into()]);
        let forget = marked(backend, &forget, values);
        let values = months.iter().flat_map(|(toilet, first)| {
            let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
            [Value::from(toilet.0), (*first).into(), next.into()]
        });
        let pack = packed(&any("(toilet_id = ? AND due_on >= ? AND due_on < ?)"));
        let insert = format!("INSERT INTO cleaning_month (toilet_id, month, operator_id, person_id, days) {pack}");
        [forget, marked(backend, &insert, values)]
    };
    months.chunks(spans::SPANS).flat_map(statements).collect()
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

fn named(month: NaiveDate) -> String {
    month.format("%Y-%m").to_string()
}

/// The rows of the months that the days between those two lie in.
pub(super) async fn between(
    tx: &DatabaseTransaction,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<cleaning_month::Model>, StoreError> {
    let rows = cleaning_month::Entity::find().filter(cleaning_month::Column::Month.between(named(from), named(to)));
    Ok(rows.all(tx).await?)
}

/// The counts of a row, day by day in their order.
pub(super) fn read(row: &cleaning_month::Model) -> Result<Vec<DayTally>, StoreError> {
    let corrupt = |text: &str| StoreError::corrupt("cleaning_month", row.id, format!("“{text}” is no count of a day"));
    let first: NaiveDate = format!("{}-01", row.month).parse().map_err(|_| corrupt(&row.month))?;
    let person = row.person_id.as_deref().map(person_id).transpose()?;
    let (toilet, operator) = (ToiletId(row.toilet_id), row.operator_id.map(OperatorId));
    let day = |text: &str| {
        let (day, tally) = counts(text)?;
        Some(DayTally { toilet, day: first.with_day(day)?, operator, person, tally })
    };
    row.days.split(';').map(|text| day(text).ok_or_else(|| corrupt(text))).collect()
}

/// A day of the month, and what was counted on it.
fn counts(text: &str) -> Option<(u32, Tally)> {
    let mut words = text.split(' ');
    let day = words.next()?.parse().ok()?;
    let mut next = || words.next()?.parse::<u64>().ok();
    let tally = Tally {
        on_time: next()?,
        late: next()?,
        missed: next()?,
        excused: next()?,
        cancelled: next()?,
        verified: next()?,
        synced_late: next()?,
        proxy: next()?,
    };
    words.next().is_none().then_some((day, tally))
}
