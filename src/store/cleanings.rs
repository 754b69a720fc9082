//! Cleanings: rows that are added and read, and never changed. A record is in force while no other corrects it, unless it
//! only says that another does not count.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Select, Statement,
};
use serde::Deserialize;

use super::entity::{cleaning, cleaning_photo, cleaning_verification};
use super::people::person_id;
use super::spans::{self, Span};
use super::together::padded;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::domain::cleaning::{Cleaning, CleaningId, CorrectionKind, Event, Fix, Flag, Presence, Verified};
use crate::domain::id::ToiletId;
use crate::domain::slot::Done;
use crate::domain::task::Task;

/// A record with the answer that its first delivery got, and the one that corrects it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptCleaning {
    /// The record.
    pub cleaning: Cleaning,
    /// What the first delivery was told.
    pub answer: String,
    /// The record that corrects it, if one does.
    pub corrected_by: Option<CleaningId>,
    /// Who confirmed it, if somebody did.
    pub verified: Option<Verified>,
}

impl Store {
    /// The records in force of a toilet whose time lies in those bounds, both included, in the order of their times.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleanings_of(
        &self,
        toilet: ToiletId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Cleaning>, StoreError> {
        of_toilet(&self.reader, toilet, from, to).await
    }

    /// A record.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleaning(&self, id: CleaningId) -> Result<Option<KeptCleaning>, StoreError> {
        Ok(kept(&self.reader, &[id]).await?.pop())
    }

    /// The records in force of those persons whose time lies in those bounds, both included.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn cleanings_around(
        &self,
        spans: &[(PersonId, DateTime<Utc>, DateTime<Utc>)],
    ) -> Result<Vec<Cleaning>, StoreError> {
        let mut found = Vec::new();
        for spans in spans.chunks(SPANS) {
            let any = spans.iter().fold(Condition::any(), |any, (person, from, to)| {
                let own = cleaning::Column::PerformedBy.eq(person.to_string());
                any.add(own.and(cleaning::Column::EffectiveAt.between(*from, *to)))
            });
            let rows = in_force(cleaning::Entity::find()).filter(any).all(&self.reader).await?;
            found.extend(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(found)
    }
}

/// Persons and times asked about at once.
const SPANS: usize = 50;

impl Tx {
    /// Those records, whichever of them there are.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn kept_cleanings(&self, ids: &[CleaningId]) -> Result<Vec<KeptCleaning>, StoreError> {
        kept(&self.connection, ids).await
    }

    /// Adds records with the answers to their first deliveries, in one statement; answers which were added. One whose id
    /// is taken, or that corrects what another corrects already, is left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_cleanings(&self, new: &[(Cleaning, String)]) -> Result<BTreeSet<CleaningId>, StoreError> {
        if new.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut insert = inserting(new)?;
        insert.on_conflict(OnConflict::new().do_nothing().to_owned());
        insert.returning(Query::returning().exprs([Expr::cust("id"), Expr::cust(LISTENERS)]));
        let added = self.connection.query_all(&insert).await?;
        if let Some(first) = added.first()
            && first.try_get::<i64>("", "listeners")? == 0
        {
            self.nobody_listens();
        }
        let id = |row: &sea_orm::QueryResult| cleaning_id(&row.try_get::<String>("", "id")?);
        let added = added.iter().map(id).collect::<Result<BTreeSet<_>, StoreError>>()?;
        let named = new.iter().filter(|(cleaning, _)| added.contains(&cleaning.id)).flat_map(|(cleaning, _)| {
            cleaning.event.photos.iter().map(|photo| cleaning_photo::ActiveModel {
                photo_id: Set(photo.to_string()),
                cleaning_id: Set(cleaning.id.to_string()),
            })
        });
        let named: Vec<_> = named.collect();
        for named in named.chunks(ROWS) {
            cleaning_photo::Entity::insert_many(named.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(added)
    }

    /// Keeps that somebody confirmed a record; answers whether nobody did before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn verify_cleaning(&self, id: CleaningId, verified: &Verified) -> Result<bool, StoreError> {
        let row = cleaning_verification::ActiveModel {
            cleaning_id: Set(id.to_string()),
            person_id: Set(verified.by.to_string()),
            verified_at: Set(verified.at),
        };
        let unless_there = OnConflict::column(cleaning_verification::Column::CleaningId).do_nothing().to_owned();
        let made = cleaning_verification::Entity::insert(row).on_conflict(unless_there);
        Ok(made.exec_without_returning(&self.connection).await? == 1)
    }

    /// Forgets where a person's phone was.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_fixes(&self, person: PersonId) -> Result<(), StoreError> {
        let mut rows = cleaning::Entity::update_many();
        for column in [cleaning::Column::Latitude, cleaning::Column::Longitude, cleaning::Column::Accuracy] {
            rows = rows.col_expr(column, Expr::value(None::<f64>));
        }
        let rows = rows.col_expr(cleaning::Column::Crs, Expr::value(None::<String>));
        rows.filter(of_person(person)).exec(&self.connection).await?;
        Ok(())
    }
}

/// How many want to be told of something: asked with what is written most often, so that it takes no statement of its own.
const LISTENERS: &str = "(SELECT CAST(COUNT(*) AS BIGINT) FROM subscription WHERE paused_at IS NULL) AS listeners";

/// Rows of one statement.
const ROWS: usize = 500;

/// What the judging of slots needs of a record: it reads many, each of which has more to it.
#[derive(FromQueryResult)]
struct DoneRow {
    id: String,
    toilet_id: i32,
    effective_at: DateTime<Utc>,
    received_at: DateTime<Utc>,
    presence: String,
    flags: String,
    event: String,
}

/// What it needs of an event.
#[derive(Deserialize)]
struct DoneEvent {
    tasks: BTreeSet<Task>,
}

/// Asks for the records in force whose time lies in one of those spans.
pub(super) fn asking(backend: DbBackend, asked: &[Span]) -> Vec<Statement> {
    use cleaning::Column;
    let columns = [
        Column::Id,
        Column::ToiletId,
        Column::EffectiveAt,
        Column::ReceivedAt,
        Column::Presence,
        Column::Flags,
        Column::Event,
    ];
    let question = |asked: &[Span]| {
        let lies = spans::within(Column::ToiletId, Column::EffectiveAt, &padded(asked));
        let rows = in_force(cleaning::Entity::find()).select_only().columns(columns).filter(lies);
        backend.build(&rows.into_query())
    };
    asked.chunks(spans::SPANS).map(question).collect()
}

/// What was done, each record once, by the toilets and in the order of the times.
pub(super) fn done(rows: &[QueryResult]) -> Result<HashMap<ToiletId, Vec<Done>>, StoreError> {
    let mut found: HashMap<ToiletId, Vec<Done>> = HashMap::new();
    for row in rows {
        let row = DoneRow::from_query_result(row, "")?;
        let unreadable = |error: serde_json::Error| StoreError::corrupt("cleaning", &row.id, error);
        let presence: Presence =
            row.presence.parse().map_err(|wrong: Violation| StoreError::corrupt("cleaning", &row.id, wrong))?;
        let DoneEvent { tasks } = serde_json::from_str(&row.event).map_err(unreadable)?;
        let flags: BTreeSet<Flag> = serde_json::from_str(&row.flags).map_err(unreadable)?;
        found.entry(ToiletId(row.toilet_id)).or_default().push(Done {
            id: cleaning_id(&row.id)?.uuid(),
            tasks,
            at: row.effective_at,
            received_at: row.received_at,
            is_verified: presence.verifies(),
            is_proxy: flags.contains(&Flag::Proxy),
        });
    }
    for done in found.values_mut() {
        done.sort_by_key(|done| (done.at, done.id));
        done.dedup_by_key(|done| done.id);
    }
    Ok(found)
}

async fn of_toilet(
    connection: &impl ConnectionTrait,
    toilet: ToiletId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Cleaning>, StoreError> {
    let rows = in_force(cleaning::Entity::find()).filter(cleaning::Column::ToiletId.eq(toilet.0));
    let rows = rows.filter(cleaning::Column::EffectiveAt.between(from, to));
    let rows = rows.order_by_asc(cleaning::Column::EffectiveAt).order_by_asc(cleaning::Column::Id);
    rows.all(connection).await?.iter().map(read).collect()
}

async fn kept(connection: &impl ConnectionTrait, ids: &[CleaningId]) -> Result<Vec<KeptCleaning>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(ToString::to_string);
    let rows = cleaning::Entity::find().filter(cleaning::Column::Id.is_in(ids)).order_by_asc(cleaning::Column::Id);
    with_fate(connection, rows.all(connection).await?).await
}

/// The records with what became of them.
pub(super) async fn with_fate(
    connection: &impl ConnectionTrait,
    rows: Vec<cleaning::Model>,
) -> Result<Vec<KeptCleaning>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.id.as_str());
    let later = cleaning::Entity::find().filter(cleaning::Column::Corrects.is_in(ids())).select_only();
    let later = later.columns([cleaning::Column::Corrects, cleaning::Column::Id]);
    let later: HashMap<String, String> = later.into_tuple().all(connection).await?.into_iter().collect();
    let verified = cleaning_verification::Entity::find();
    let verified = verified.filter(cleaning_verification::Column::CleaningId.is_in(ids())).all(connection).await?;
    let whole = |row: &cleaning::Model| {
        let verified = verified.iter().find(|one| one.cleaning_id == row.id);
        Ok(KeptCleaning {
            cleaning: read(row)?,
            answer: row.answer.clone(),
            corrected_by: later.get(&row.id).map(|id| cleaning_id(id)).transpose()?,
            verified: verified.map(read_verified).transpose()?,
        })
    };
    rows.iter().map(whole).collect()
}

/// Those of the rows that count.
pub(super) fn in_force(rows: Select<cleaning::Entity>) -> Select<cleaning::Entity> {
    let void = CorrectionKind::Voids.as_str();
    let is_void = cleaning::Column::Correction.eq(void);
    let counts = Condition::any().add(cleaning::Column::Correction.is_null()).add(is_void.not());
    rows.filter(counts).filter(Expr::cust(UNCORRECTED))
}

/// No record corrects it.
const UNCORRECTED: &str = "NOT EXISTS (SELECT 1 FROM cleaning later WHERE later.corrects = cleaning.id)";

/// What somebody did or recorded.
pub(super) fn of_person(person: PersonId) -> Condition {
    let person = person.to_string();
    let own = Condition::any().add(cleaning::Column::PerformedBy.eq(person.as_str()));
    // As the index over those recorded for somebody else has it.
    let recorded = cleaning::Column::RecordedBy.eq(person.as_str());
    own.add(recorded.and(Expr::cust("recorded_by <> performed_by")))
}

/// The statement that adds records, and fails where there is one of them.
pub(super) fn inserting(new: &[(Cleaning, String)]) -> Result<InsertStatement, StoreError> {
    let rows = new.iter().map(|(cleaning, answer)| row(cleaning, answer)).collect::<Result<Vec<_>, _>>()?;
    Ok(cleaning::Entity::insert_many(rows).into_query())
}

fn row(cleaning: &Cleaning, answer: &str) -> Result<cleaning::ActiveModel, StoreError> {
    let corrupt = |error| StoreError::corrupt("cleaning", cleaning.id, error);
    let (event, correction) = (&cleaning.event, cleaning.event.correction.as_ref());
    let fix = event.position.as_ref();
    Ok(cleaning::ActiveModel {
        id: Set(cleaning.id.to_string()),
        toilet_id: Set(event.toilet.0),
        performed_by: Set(cleaning.performed_by.to_string()),
        recorded_by: Set(cleaning.recorded_by.to_string()),
        started_at: Set(cleaning.started_at),
        effective_at: Set(cleaning.at),
        received_at: Set(cleaning.received_at),
        basis: Set(cleaning.basis.as_str().to_owned()),
        presence: Set(cleaning.presence.as_str().to_owned()),
        flags: Set(serde_json::to_string(&cleaning.flags).map_err(corrupt)?),
        corrects: Set(correction.map(|correction| correction.of.to_string())),
        correction: Set(correction.map(|correction| correction.kind.as_str().to_owned())),
        latitude: Set(fix.map(|fix| fix.latitude)),
        longitude: Set(fix.map(|fix| fix.longitude)),
        crs: Set(fix.map(|fix| fix.crs.as_str().to_owned())),
        accuracy: Set(fix.and_then(|fix| fix.accuracy)),
        event: Set(serde_json::to_string(event).map_err(corrupt)?),
        answer: Set(answer.to_owned()),
    })
}

/// A record from its row.
pub(super) fn read(row: &cleaning::Model) -> Result<Cleaning, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("cleaning", &row.id, violation);
    let unreadable = |error: serde_json::Error| StoreError::corrupt("cleaning", &row.id, error);
    let mut event: Event = serde_json::from_str(&row.event).map_err(unreadable)?;
    event.position = match (row.latitude, row.longitude, row.crs.as_deref()) {
        (Some(latitude), Some(longitude), Some(crs)) => {
            let crs = crs.parse().map_err(|error| StoreError::corrupt("cleaning", &row.id, error))?;
            Some(Fix { latitude, longitude, crs, accuracy: row.accuracy })
        }
        _ => None,
    };
    let corrects = event.correction.as_ref().map(|correction| correction.of.to_string());
    if event.toilet.0 != row.toilet_id || corrects != row.corrects {
        return Err(StoreError::corrupt("cleaning", &row.id, "its columns differ from what was sent"));
    }
    Ok(Cleaning {
        id: cleaning_id(&row.id)?,
        event,
        performed_by: person_id(&row.performed_by)?,
        recorded_by: person_id(&row.recorded_by)?,
        started_at: row.started_at,
        at: row.effective_at,
        received_at: row.received_at,
        basis: row.basis.parse().map_err(corrupt)?,
        presence: row.presence.parse().map_err(corrupt)?,
        flags: serde_json::from_str(&row.flags).map_err(unreadable)?,
    })
}

/// Who confirmed a record, from its row.
pub(super) fn read_verified(row: &cleaning_verification::Model) -> Result<Verified, StoreError> {
    Ok(Verified { by: person_id(&row.person_id)?, at: row.verified_at })
}

/// The id of a record, from its column.
pub(super) fn cleaning_id(text: &str) -> Result<CleaningId, StoreError> {
    text.parse().map_err(|violation: Violation| StoreError::corrupt("cleaning", text, violation))
}
