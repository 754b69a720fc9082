//! Toilets, read as a whole: one scan for each table, joined in memory.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{grade, outage, source, station, tenure, toilet};
use super::{Store, StoreError, Tx, areas, deployments, operators, photos, rows};
use crate::domain::area::Area;
use crate::domain::draft::Fields;
use crate::domain::id::{OperatorId, TenureId, ToiletId};
use crate::domain::operator::{Operator, Tenure, tenure_field};
use crate::domain::period::Days;
use crate::domain::photo::PhotoUse;
use crate::domain::toilet::{AreaRef, SourceRef};
use crate::domain::{Toilet, Violation};

/// What toilets refer to: small tables that are read once for many of them.
#[derive(Debug)]
pub struct Around {
    areas: HashMap<i32, AreaRef>,
    operators: HashMap<i32, Operator>,
    sources: HashMap<i32, source::Model>,
    hours: rows::Memo,
}

impl Store {
    /// Reads what toilets refer to, for [`Store::toilets_after`].
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn around(&self) -> Result<Around, StoreError> {
        Around::read(&self.read().await?).await
    }

    /// Up to `limit` toilets with ids above `after`, in the order of their ids: for going through all of them without
    /// holding all of them.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn toilets_after(&self, after: ToiletId, limit: u64, around: &Around) -> Result<Vec<Toilet>, StoreError> {
        after_in(&self.read().await?, after, limit, around).await
    }

    /// The toilets of those ids, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn toilets(&self, ids: &[ToiletId]) -> Result<Vec<Toilet>, StoreError> {
        of(&self.read().await?, ids).await
    }
}

impl Tx {
    /// The toilets of those ids as they stand in this transaction, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn toilets(&self, ids: &[ToiletId]) -> Result<Vec<Toilet>, StoreError> {
        of(&self.connection, ids).await
    }

    /// The toilet of that id. Whoever wants to write it waits for this transaction to end (on SQLite all writers take
    /// turns anyway).
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn toilet(&self, id: ToiletId) -> Result<Option<Toilet>, StoreError> {
        // Not the stronger lock: whoever writes something that refers to the toilet holds its key, and may ask for this.
        let row = toilet::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&self.connection).await?;
        let Some(row) = row else { return Ok(None) };
        let parts = Parts::of(&self.connection, &[id.0]).await?;
        let rows = vec![row];
        let around = Around::of(&self.connection, &rows, &parts).await?;
        Ok(join(rows, parts, &around)?.pop())
    }

    /// The ties, closures and grades of toilets (at most 500) as the journal has them.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn part_fields(&self, ids: &[ToiletId]) -> Result<HashMap<ToiletId, Fields>, StoreError> {
        let parts = Parts::of(&self.connection, &ids.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
        let mut fields: HashMap<ToiletId, Fields> = HashMap::new();
        let mut put = |toilet: i32, (name, value): (String, serde_json::Value)| {
            fields.entry(ToiletId(toilet)).or_default().insert(name, value);
        };
        for row in &parts.tenures {
            let corrupt = |violation: Violation| StoreError::corrupt("tenure", row.id, violation);
            let days = Days::new(row.valid_from, row.valid_to).map_err(corrupt)?;
            let (id, operator) = (TenureId(row.id), OperatorId(row.operator_id));
            put(row.toilet_id, tenure_field(id, row.role.parse().map_err(corrupt)?, operator, days));
        }
        for row in &parts.outages {
            put(row.toilet_id, rows::outage(row)?.field());
        }
        for row in &parts.grades {
            put(row.toilet_id, rows::grade_record(row)?.field());
        }
        Ok(fields)
    }
}

/// Up to `limit` toilets with ids above `after`.
async fn after_in(
    tx: &impl ConnectionTrait,
    after: ToiletId,
    limit: u64,
    around: &Around,
) -> Result<Vec<Toilet>, StoreError> {
    let rows = toilet::Entity::find().filter(toilet::Column::Id.gt(after.0)).order_by_asc(toilet::Column::Id);
    let rows = rows.limit(limit).all(tx).await?;
    let (Some(first), Some(last)) = (rows.first().map(|row| row.id), rows.last().map(|row| row.id)) else {
        return Ok(Vec::new());
    };
    let parts = Parts {
        tenures: tenure::Entity::find()
            .filter(tenure::Column::ToiletId.between(first, last))
            .order_by_asc(tenure::Column::Id)
            .all(tx)
            .await?,
        outages: outage::Entity::find()
            .filter(outage::Column::ToiletId.between(first, last))
            .order_by_asc(outage::Column::Id)
            .all(tx)
            .await?,
        grades: grade::Entity::find()
            .filter(grade::Column::ToiletId.between(first, last))
            .order_by_asc(grade::Column::Id)
            .all(tx)
            .await?,
        stations: station::Entity::find()
            .filter(station::Column::ToiletId.between(first, last))
            .order_by_asc(station::Column::Id)
            .all(tx)
            .await?,
        photos: photos::of_toilets(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?,
    };
    whole(tx, rows, parts, around).await
}

pub(super) async fn of(connection: &impl ConnectionTrait, ids: &[ToiletId]) -> Result<Vec<Toilet>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let ids: Vec<i32> = ids.iter().map(|id| id.0).collect();
        let rows = toilet::Entity::find().filter(toilet::Column::Id.is_in(ids.clone()));
        let rows = rows.order_by_asc(toilet::Column::Id).all(connection).await?;
        let parts = Parts::of(connection, &ids).await?;
        let around = Around::of(connection, &rows, &parts).await?;
        found.extend(join(rows, parts, &around)?);
    }
    found.sort_by_key(|toilet| toilet.id);
    Ok(found)
}

impl Around {
    async fn read(connection: &impl ConnectionTrait) -> Result<Self, StoreError> {
        let areas = areas::all(connection).await?;
        let sources = source::Entity::find().all(connection).await?;
        let refer = |area: Area| AreaRef {
            code: area.fact.code.clone(),
            name: area.fact.name.clone(),
            path: area.path.clone(),
        };
        Ok(Self {
            areas: areas.into_iter().map(|area| (area.id.0, refer(area))).collect(),
            operators: operators::all(connection).await?,
            sources: sources.into_iter().map(|row| (row.id, row)).collect(),
            hours: rows::Memo::default(),
        })
    }

    /// Reads no more than what these rows refer to: a register may know half a million villages.
    async fn of(connection: &impl ConnectionTrait, rows: &[toilet::Model], parts: &Parts) -> Result<Self, StoreError> {
        let distinct = |ids: &mut dyn Iterator<Item = i32>| ids.collect::<BTreeSet<_>>();
        let areas = distinct(&mut rows.iter().flat_map(|row| [row.area_id, row.located_area_id]).flatten());
        let sources = distinct(&mut rows.iter().filter_map(|row| row.source_id));
        let bodies = distinct(&mut parts.tenures.iter().map(|row| row.operator_id));
        let sources = source::Entity::find().filter(source::Column::Id.is_in(sources)).all(connection).await?;
        Ok(Self {
            areas: areas::refs(connection, areas).await?,
            operators: operators::of(connection, bodies).await?,
            sources: sources.into_iter().map(|row| (row.id, row)).collect(),
            hours: rows::Memo::default(),
        })
    }

    /// Whether everything that these rows refer to was there when this was read.
    fn knows(&self, rows: &[toilet::Model], parts: &Parts) -> bool {
        let toilets = rows.iter().all(|row| {
            [row.area_id, row.located_area_id].into_iter().flatten().all(|id| self.areas.contains_key(&id))
                && row.source_id.is_none_or(|id| self.sources.contains_key(&id))
        });
        toilets && parts.tenures.iter().all(|row| self.operators.contains_key(&row.operator_id))
    }
}

/// Joins rows with what they refer to. Where that was made after `around` was read, it is read again, in the same
/// transaction as the rows.
async fn whole(
    connection: &impl ConnectionTrait,
    rows: Vec<toilet::Model>,
    parts: Parts,
    around: &Around,
) -> Result<Vec<Toilet>, StoreError> {
    if around.knows(&rows, &parts) {
        return join(rows, parts, around);
    }
    join(rows, parts, &Around::read(connection).await?)
}

/// The rows that belong to some toilets.
pub(super) struct Parts {
    pub(super) tenures: Vec<tenure::Model>,
    pub(super) outages: Vec<outage::Model>,
    pub(super) grades: Vec<grade::Model>,
    pub(super) stations: Vec<station::Model>,
    pub(super) photos: HashMap<i32, Vec<PhotoUse>>,
}

impl Parts {
    pub(super) async fn of(connection: &impl ConnectionTrait, toilets: &[i32]) -> Result<Self, StoreError> {
        let ids = || toilets.iter().copied();
        let tenures = tenure::Entity::find().filter(tenure::Column::ToiletId.is_in(ids()));
        let outages = outage::Entity::find().filter(outage::Column::ToiletId.is_in(ids()));
        let grades = grade::Entity::find().filter(grade::Column::ToiletId.is_in(ids()));
        let stations = station::Entity::find().filter(station::Column::ToiletId.is_in(ids()));
        Ok(Self {
            tenures: tenures.order_by_asc(tenure::Column::Id).all(connection).await?,
            outages: outages.order_by_asc(outage::Column::Id).all(connection).await?,
            grades: grades.order_by_asc(grade::Column::Id).all(connection).await?,
            stations: stations.order_by_asc(station::Column::Id).all(connection).await?,
            photos: photos::of_toilets(connection, toilets).await?,
        })
    }
}

fn join(rows: Vec<toilet::Model>, mut parts: Parts, around: &Around) -> Result<Vec<Toilet>, StoreError> {
    let (mut tenures, mut outages) = (HashMap::new(), HashMap::new());
    let (mut grades, mut stations) = (HashMap::new(), HashMap::new());
    for row in parts.stations {
        stations.entry(row.toilet_id).or_insert_with(Vec::new).push(deployments::station(&row)?);
    }
    for row in parts.tenures {
        let tenure = read_tenure(&row, around)?;
        tenures.entry(row.toilet_id).or_insert_with(Vec::new).push(tenure);
    }
    for row in parts.outages {
        outages.entry(row.toilet_id).or_insert_with(Vec::new).push(rows::outage(&row)?);
    }
    for row in parts.grades {
        grades.entry(row.toilet_id).or_insert_with(Vec::new).push(rows::grade_record(&row)?);
    }
    let whole = |row: toilet::Model| {
        let (mut fact, attested) = (rows::draft(&row, Some(&around.hours))?, rows::attested(&row)?);
        fact.area = row.area_id.and_then(|id| around.areas.get(&id)).map(|area| area.code.clone());
        // Where nothing is stated, the toilet belongs to the area in which it stands.
        let area = row.area_id.or(row.located_area_id).and_then(|id| around.areas.get(&id).cloned());
        let source = row.source_id.and_then(|id| around.sources.get(&id)).zip(row.source_key);
        Ok(Toilet {
            id: ToiletId(row.id),
            fact,
            area,
            tenures: tenures.remove(&row.id).unwrap_or_default(),
            outages: outages.remove(&row.id).unwrap_or_default(),
            grades: grades.remove(&row.id).unwrap_or_default(),
            stations: stations.remove(&row.id).unwrap_or_default(),
            photos: parts.photos.remove(&row.id).unwrap_or_default(),
            attested,
            source: source.map(|(source, key)| SourceRef {
                name: source.name.clone(),
                key,
                synthetic: source.synthetic,
            }),
            revision: row.revision,
            updated_at: row.updated_at,
        })
    };
    rows.into_iter().map(whole).collect()
}

fn read_tenure(row: &tenure::Model, around: &Around) -> Result<Tenure, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("tenure", row.id, message);
    let operator = around.operators.get(&row.operator_id).cloned();
    Ok(Tenure {
        id: TenureId(row.id),
        role: row.role.parse().map_err(|violation: Violation| corrupt(violation.to_string()))?,
        operator: operator.ok_or_else(|| corrupt(format!("there is no operator {}", row.operator_id)))?,
        days: Days::new(row.valid_from, row.valid_to).map_err(|violation| corrupt(violation.to_string()))?,
    })
}
