//! The register read from one moment, piece by piece: what an export takes away and what the open standards serve.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{area, grade, operator, outage, source, tenure, toilet};
use super::toilets::Parts;
use super::{Store, StoreError, postgres, rows};
use crate::domain::Violation;
use crate::domain::id::ToiletId;
use crate::domain::outage::Outage;
use crate::domain::record::{AreaStep, Closure, OWN, Origin, Record, Tie};
use crate::domain::text::Text;

/// One moment of the register. Whatever is written meanwhile, it stays the same; it holds a connection until dropped.
#[derive(Debug)]
pub struct Moment {
    tx: DatabaseTransaction,
    sources: HashMap<i32, source::Model>,
    areas: HashMap<i32, Arc<[AreaStep]>>,
    operators: HashMap<i32, operator::Model>,
    hours: rows::Memo,
}

/// The rows of some toilets, joined by nothing yet.
struct Found {
    toilets: Vec<toilet::Model>,
    parts: Parts,
}

impl Store {
    /// Opens a moment to read records from.
    ///
    /// # Errors
    /// What the database says.
    pub async fn moment(&self) -> Result<Moment, StoreError> {
        let tx = self.read().await?;
        if self.is_postgres() {
            postgres::prepare_slow_reader(&tx).await?;
        }
        let sources = source::Entity::find().all(&tx).await?;
        Ok(Moment {
            tx,
            sources: sources.into_iter().map(|row| (row.id, row)).collect(),
            areas: HashMap::new(),
            operators: HashMap::new(),
            hours: rows::Memo::default(),
        })
    }
}

impl Moment {
    /// Up to `limit` records with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn records_after(&mut self, after: ToiletId, limit: u64) -> Result<Vec<Record>, StoreError> {
        let above = toilet::Entity::find().filter(toilet::Column::Id.gt(after.0));
        let toilets = above.order_by_asc(toilet::Column::Id).limit(limit).all(&self.tx).await?;
        let (Some(first), Some(last)) = (toilets.first().map(|row| row.id), toilets.last().map(|row| row.id)) else {
            return Ok(Vec::new());
        };
        let tenures = tenure::Entity::find().filter(tenure::Column::ToiletId.between(first, last));
        let outages = outage::Entity::find().filter(outage::Column::ToiletId.between(first, last));
        let grades = grade::Entity::find().filter(grade::Column::ToiletId.between(first, last));
        let parts = Parts {
            tenures: tenures.all(&self.tx).await?,
            outages: outages.all(&self.tx).await?,
            grades: grades.all(&self.tx).await?,
            // Where a toilet stands for a time is not what is registered of it.
            stations: Vec::new(),
            photos: HashMap::new(),
        };
        self.join(Found { toilets, parts }).await
    }

    /// The records of those ids (at most 1,000), in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn records(&mut self, ids: &[ToiletId]) -> Result<Vec<Record>, StoreError> {
        let ids: Vec<i32> = ids.iter().map(|id| id.0).collect();
        let toilets = toilet::Entity::find().filter(toilet::Column::Id.is_in(ids.iter().copied()));
        let toilets = toilets.order_by_asc(toilet::Column::Id).all(&self.tx).await?;
        let parts = Parts::of(&self.tx, &ids).await?;
        self.join(Found { toilets, parts }).await
    }

    async fn join(&mut self, found: Found) -> Result<Vec<Record>, StoreError> {
        self.learn(&found).await?;
        let Found { toilets, parts } = found;
        let (mut ties, mut outages, mut grades) = (HashMap::new(), HashMap::new(), HashMap::new());
        for row in parts.tenures {
            let tie = self.tie(&row)?;
            ties.entry(row.toilet_id).or_insert_with(Vec::new).push(tie);
        }
        for row in parts.outages {
            let Outage { fact, expected_until, state, .. } = rows::outage(&row)?;
            let closure = Closure { fact, expected_until, state };
            outages.entry(row.toilet_id).or_insert_with(Vec::new).push(closure);
        }
        for row in parts.grades {
            grades.entry(row.toilet_id).or_insert_with(Vec::new).push(rows::grade(&row)?);
        }
        let whole = |row: toilet::Model| {
            let mut fact = rows::draft(&row, Some(&self.hours))?;
            let areas = row.area_id.and_then(|id| self.areas.get(&id)).map(|areas| areas.to_vec()).unwrap_or_default();
            fact.area = areas.last().map(|step| step.0.clone());
            let mut record = Record {
                id: Some(ToiletId(row.id)),
                areas,
                fact,
                operators: ties.remove(&row.id).unwrap_or_default(),
                outages: outages.remove(&row.id).unwrap_or_default(),
                grades: grades.remove(&row.id).unwrap_or_default(),
                updated_at: Some(row.updated_at),
                origin: self.origin(row),
            };
            record.sort();
            Ok(record)
        };
        toilets.into_iter().map(whole).collect()
    }

    /// Reads the areas and bodies that these rows name and that are not known yet.
    async fn learn(&mut self, found: &Found) -> Result<(), StoreError> {
        let wanted: BTreeSet<i32> = found.toilets.iter().filter_map(|row| row.area_id).collect();
        let wanted = wanted.into_iter().filter(|id| !self.areas.contains_key(id)).collect::<Vec<_>>();
        if !wanted.is_empty() {
            let named = area::Entity::find().filter(area::Column::Id.is_in(wanted)).all(&self.tx).await?;
            let wanted: BTreeSet<&str> = named.iter().flat_map(|row| codes(&row.path)).collect();
            let above = area::Entity::find().filter(area::Column::Code.is_in(wanted)).all(&self.tx).await?;
            let steps = above.iter().map(|row| Ok((row.code.as_str(), step(row)?)));
            let steps = steps.collect::<Result<HashMap<_, _>, StoreError>>()?;
            for row in &named {
                let path = codes(&row.path).filter_map(|code| steps.get(code).cloned());
                self.areas.insert(row.id, path.collect());
            }
        }
        let wanted: BTreeSet<i32> = found.parts.tenures.iter().map(|row| row.operator_id).collect();
        let wanted = wanted.into_iter().filter(|id| !self.operators.contains_key(id)).collect::<Vec<_>>();
        if !wanted.is_empty() {
            let bodies = operator::Entity::find().filter(operator::Column::Id.is_in(wanted)).all(&self.tx).await?;
            self.operators.extend(bodies.into_iter().map(|row| (row.id, row)));
        }
        Ok(())
    }

    /// Who stated it first: its source, or the register itself.
    fn origin(&self, row: toilet::Model) -> Origin {
        let source = row.source_id.and_then(|id| self.sources.get(&id)).zip(row.source_key);
        source.map_or_else(
            || Origin {
                source: OWN.to_owned(),
                key: row.id.to_string(),
                attribution: None,
                license: None,
                synthetic: false,
            },
            |(source, key)| Origin {
                source: source.name.clone(),
                key,
                attribution: source.attribution.clone(),
                license: source.license.clone(),
                synthetic: source.synthetic,
            },
        )
    }

    fn tie(&self, row: &tenure::Model) -> Result<Tie, StoreError> {
        let corrupt = |message: String| StoreError::corrupt("tenure", row.id, message);
        let wrong = |broken: Violation| corrupt(broken.to_string());
        let body = self.operators.get(&row.operator_id);
        let body = body.ok_or_else(|| corrupt(format!("there is no operator {}", row.operator_id)))?;
        Ok(Tie {
            role: row.role.parse().map_err(wrong)?,
            name: Text::new(&body.name).map_err(wrong)?,
            kind: body.kind.parse().map_err(wrong)?,
            from: row.valid_from,
            to: row.valid_to,
        })
    }
}

/// The codes of a path, `/41/4103/`.
fn codes(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|code| !code.is_empty())
}

fn step(row: &area::Model) -> Result<AreaStep, StoreError> {
    let corrupt = |broken: Violation| StoreError::corrupt("area", row.id, broken);
    let vintage = u16::try_from(row.vintage).unwrap_or_default();
    Ok(AreaStep(
        row.code.parse().map_err(corrupt)?,
        Text::new(&row.name).map_err(corrupt)?,
        row.level.parse().map_err(corrupt)?,
        vintage,
    ))
}
