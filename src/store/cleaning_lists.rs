//! Lists of cleanings: what somebody may see of the log, what everybody may, and what one has oneself.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Statement,
};

use super::cleanings::{KeptCleaning, in_force, of_person, read, with_fate};
use super::entity::{area, cleaning, tenure, toilet};
use super::{Store, StoreError};
use crate::domain::account::PersonId;
use crate::domain::cleaning::{Cleaning, CleaningId};
use crate::domain::id::ToiletId;
use crate::domain::operator::OperatorRole;
use crate::domain::policy::Scope;

/// What is wanted of the log.
#[derive(Debug, Clone)]
pub struct CleaningQuery {
    /// What a scope covers on that day, and what that person did or recorded; everything if left out.
    pub seen: Option<(Scope, PersonId, NaiveDate)>,
    /// Of this toilet.
    pub toilet: Option<ToiletId>,
    /// Done by this person.
    pub person: Option<PersonId>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Not after.
    pub to: Option<DateTime<Utc>>,
    /// Older than this record of this time.
    pub after: Option<(DateTime<Utc>, CleaningId)>,
    /// So many at most.
    pub limit: u64,
}

impl Store {
    /// Records, the newest first: those that are corrected and those that correct included.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleanings(&self, query: &CleaningQuery) -> Result<Vec<KeptCleaning>, StoreError> {
        let mut rows = cleaning::Entity::find();
        if let Some((scope, own, day)) = &query.seen {
            rows = rows.filter(seen(scope, *own, *day));
        }
        if let Some(toilet) = query.toilet {
            rows = rows.filter(cleaning::Column::ToiletId.eq(toilet.0));
        }
        if let Some(person) = query.person {
            rows = rows.filter(cleaning::Column::PerformedBy.eq(person.to_string()));
        }
        if let Some(from) = query.from {
            rows = rows.filter(cleaning::Column::EffectiveAt.gte(from));
        }
        if let Some(to) = query.to {
            rows = rows.filter(cleaning::Column::EffectiveAt.lte(to));
        }
        let rows = newest_first(rows, query.after, query.limit).all(&self.reader).await?;
        with_fate(&self.reader, rows).await
    }

    /// The records of a toilet that count, the newest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleanings_for_all(
        &self,
        toilet: ToiletId,
        after: Option<(DateTime<Utc>, CleaningId)>,
        limit: u64,
    ) -> Result<Vec<Cleaning>, StoreError> {
        let rows = in_force(cleaning::Entity::find()).filter(cleaning::Column::ToiletId.eq(toilet.0));
        newest_first(rows, after, limit).all(&self.reader).await?.iter().map(read).collect()
    }

    /// What somebody did or recorded, the newest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleanings_by(&self, person: PersonId, limit: u64) -> Result<Vec<Cleaning>, StoreError> {
        let rows = cleaning::Entity::find().filter(of_person(person));
        newest_first(rows, None, limit).all(&self.reader).await?.iter().map(read).collect()
    }

    /// Those of the records of which a photo is the same picture as one of another record. What a correction takes
    /// over from the record that it corrects is not another's.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn reused_photos(&self, cleanings: &[&Cleaning]) -> Result<BTreeSet<CleaningId>, StoreError> {
        let mut reused = BTreeSet::new();
        for cleanings in cleanings.chunks(AT_ONCE) {
            let marks = (1..=cleanings.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
            let values = cleanings.iter().map(|cleaning| sea_orm::Value::from(cleaning.id.to_string()));
            let sql = REUSED.replace("{ids}", &marks);
            let rows = self.reader.query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await?;
            for row in rows {
                let id: String = row.try_get("", "id")?;
                reused.insert(id.parse().map_err(|violation| StoreError::corrupt("cleaning", &id, violation))?);
            }
        }
        Ok(reused)
    }
}

/// Records asked about at once.
const AT_ONCE: usize = 100;

/// The same picture was named by another cleaning that counts, or is shown by a record of another kind.
const REUSED: &str = "\
SELECT DISTINCT n.cleaning_id AS id FROM cleaning_photo n JOIN photo p ON p.id = n.photo_id \
JOIN photo q ON q.content = p.content WHERE n.cleaning_id IN ({ids}) AND (\
EXISTS (SELECT 1 FROM cleaning_photo m JOIN cleaning c ON c.id = m.cleaning_id WHERE m.photo_id = q.id \
AND m.cleaning_id <> n.cleaning_id AND NOT EXISTS (SELECT 1 FROM cleaning later WHERE later.corrects = c.id)) \
OR EXISTS (SELECT 1 FROM photo_use u WHERE u.photo_id = q.id AND u.record NOT LIKE '%/cleanings/%'))";

fn newest_first(
    rows: Select<cleaning::Entity>,
    after: Option<(DateTime<Utc>, CleaningId)>,
    limit: u64,
) -> Select<cleaning::Entity> {
    use cleaning::Column::{EffectiveAt, Id};
    let rows = match after {
        None => rows,
        Some((at, id)) => {
            let same = EffectiveAt.eq(at).and(Id.lt(id.to_string()));
            rows.filter(Condition::any().add(EffectiveAt.lt(at)).add(same))
        }
    };
    rows.order_by_desc(EffectiveAt).order_by_desc(Id).limit(limit)
}

/// What a scope covers on a day, and what somebody did or recorded wherever that was.
fn seen(scope: &Scope, own: PersonId, day: NaiveDate) -> Condition {
    let mut any = Condition::any().add(of_person(own));
    for reach in scope.reaches() {
        let mut all = Condition::all().add(Expr::val(1).eq(1));
        if let Some(code) = &reach.area {
            all = all.add(cleaning::Column::ToiletId.in_subquery(in_area(code.as_str())));
        }
        if let Some(operator) = reach.operator {
            all = all.add(cleaning::Column::ToiletId.in_subquery(run_by(operator.0, day)));
        }
        any = any.add(all);
    }
    any
}

/// The toilets in an area and below it: codes are compared whole, the slashes on both sides see to that.
fn in_area(code: &str) -> SelectStatement {
    let own = (toilet::Entity, toilet::Column::AreaId);
    let located = (toilet::Entity, toilet::Column::LocatedAreaId);
    let lies_in = Expr::expr(Func::coalesce([Expr::col(own), Expr::col(located)]));
    Query::select()
        .column((toilet::Entity, toilet::Column::Id))
        .from(toilet::Entity)
        .inner_join(area::Entity, lies_in.eq(Expr::col((area::Entity, area::Column::Id))))
        .and_where(area::Column::Path.like(format!("%/{code}/%")))
        .to_owned()
}

/// The toilets that a body runs on a day.
fn run_by(operator: i32, day: NaiveDate) -> SelectStatement {
    let begun = tenure::Column::ValidFrom.is_null().or(tenure::Column::ValidFrom.lte(day));
    let not_over = tenure::Column::ValidTo.is_null().or(tenure::Column::ValidTo.gte(day));
    Query::select()
        .column(tenure::Column::ToiletId)
        .from(tenure::Entity)
        .and_where(tenure::Column::OperatorId.eq(operator))
        .and_where(tenure::Column::Role.eq(OperatorRole::Operating.as_str()))
        .and_where(begun)
        .and_where(not_over)
        .to_owned()
}
