//! Plans of toilets, and the templates that they are made from.

use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::entity::{plan, plan_template};
use super::rows::text;
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::id::{PlanId, TemplateId, ToiletId};
use crate::domain::plan::{Plan, Template, Windows};
use crate::domain::text::Text;

impl Store {
    /// Up to `limit` templates with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn templates_after(&self, after: TemplateId, limit: u64) -> Result<Vec<Template>, StoreError> {
        let rows = plan_template::Entity::find().filter(plan_template::Column::Id.gt(after.0));
        let rows = rows.order_by_asc(plan_template::Column::Id).limit(limit).all(&self.reader).await?;
        rows.iter().map(read_template).collect()
    }

    /// The template of that id.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn template(&self, id: TemplateId) -> Result<Option<Template>, StoreError> {
        template(&self.reader, id).await
    }

    /// Up to `limit` versions with ids above `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plans_after(&self, after: PlanId, limit: u64) -> Result<Vec<(PlanId, Plan)>, StoreError> {
        let rows = plan::Entity::find().filter(plan::Column::Withdrawn.eq(false));
        let rows = rows.filter(plan::Column::Id.gt(after.0)).order_by_asc(plan::Column::Id).limit(limit);
        let rows = rows.all(&self.reader).await?;
        rows.iter().map(|row| Ok((PlanId(row.id), read(row)?))).collect()
    }

    /// The versions of a toilet that stand, in the order of their days.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plans_of(&self, toilet: ToiletId) -> Result<Vec<Plan>, StoreError> {
        of(&self.reader, toilet).await
    }

    /// The versions of those toilets that stand, in the order of their days.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plans_of_all(&self, toilets: &[ToiletId]) -> Result<HashMap<ToiletId, Vec<Plan>>, StoreError> {
        if toilets.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<i32> = toilets.iter().map(|id| id.0).collect();
        of_all(&self.reader.query_all_raw(asking(self.backend(), &ids)).await?)
    }

    /// Up to `limit` toilets with a version that was made from that template and stands, in the order of their ids.
    ///
    /// # Errors
    /// What the database says.
    pub async fn toilets_planned_by(&self, template: TemplateId, limit: u64) -> Result<Vec<ToiletId>, StoreError> {
        let rows = plan::Entity::find().filter(plan::Column::TemplateId.eq(template.0));
        let rows = rows.filter(plan::Column::Withdrawn.eq(false)).select_only().column(plan::Column::ToiletId);
        let rows = rows.distinct().order_by_asc(plan::Column::ToiletId).limit(limit);
        let ids: Vec<i32> = rows.into_tuple().all(&self.reader).await?;
        Ok(ids.into_iter().map(ToiletId).collect())
    }
}

impl Tx {
    /// Makes a template (its id is not looked at); answers its id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where its name is taken, and what the database says.
    pub async fn create_template(&self, new: &Template) -> Result<TemplateId, StoreError> {
        let row = plan_template::ActiveModel {
            id: NotSet,
            name: Set(new.name.to_string()),
            note: Set(new.note.as_ref().map(ToString::to_string)),
            windows: Set(written(&new.windows)?),
        };
        Ok(TemplateId(row.insert(&self.connection).await?.id))
    }

    /// The template of that id.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn template(&self, id: TemplateId) -> Result<Option<Template>, StoreError> {
        template(&self.connection, id).await
    }

    /// The versions of a toilet that stand, in the order of their days.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn plans_of(&self, toilet: ToiletId) -> Result<Vec<Plan>, StoreError> {
        of(&self.connection, toilet).await
    }

    /// The number of the last version of a toilet, whether it stands or not; 0 where it never had one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_version(&self, toilet: ToiletId) -> Result<i32, StoreError> {
        let rows = plan::Entity::find().filter(plan::Column::ToiletId.eq(toilet.0));
        let last = rows.order_by_desc(plan::Column::Version).one(&self.connection).await?;
        Ok(last.map_or(0, |row| row.version))
    }

    /// Makes a version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the toilet has that version, and what the database says.
    pub async fn create_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        let row = plan::ActiveModel {
            id: NotSet,
            toilet_id: Set(plan.toilet.0),
            version: Set(plan.version),
            template_id: Set(plan.template.map(|id| id.0)),
            zone: Set(plan.zone.name().to_owned()),
            from_on: Set(plan.from),
            to_on: Set(plan.to),
            made_at: Set(plan.made_at),
            windows: Set(written(&plan.windows)?),
            withdrawn: Set(false),
            revision: Set(plan.revision),
        };
        plan::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Writes when a version ends, or that it no longer stands.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_plan(&self, plan: &Plan, withdrawn: bool) -> Result<(), StoreError> {
        let ended = plan::ActiveModel {
            to_on: Set(plan.to),
            withdrawn: Set(withdrawn),
            revision: Set(plan.revision),
            ..Default::default()
        };
        let of = plan::Entity::update_many().set(ended).filter(plan::Column::ToiletId.eq(plan.toilet.0));
        of.filter(plan::Column::Version.eq(plan.version)).exec(&self.connection).await?;
        Ok(())
    }
}

async fn template(connection: &impl ConnectionTrait, id: TemplateId) -> Result<Option<Template>, StoreError> {
    let row = plan_template::Entity::find_by_id(id.0).one(connection).await?;
    row.as_ref().map(read_template).transpose()
}

async fn of(connection: &impl ConnectionTrait, toilet: ToiletId) -> Result<Vec<Plan>, StoreError> {
    let rows = plan::Entity::find().filter(plan::Column::ToiletId.eq(toilet.0));
    let rows = rows.filter(plan::Column::Withdrawn.eq(false)).order_by_asc(plan::Column::FromOn);
    rows.all(connection).await?.iter().map(read).collect()
}

/// Asks for the versions of those toilets that stand, in the order of their days.
pub(super) fn asking(backend: DbBackend, toilets: &[i32]) -> Statement {
    let rows = plan::Entity::find().filter(plan::Column::ToiletId.is_in(toilets.iter().copied()));
    let rows = rows.filter(plan::Column::Withdrawn.eq(false)).order_by_asc(plan::Column::FromOn);
    backend.build(&rows.into_query())
}

/// Them, by their toilets.
pub(super) fn of_all(rows: &[QueryResult]) -> Result<HashMap<ToiletId, Vec<Plan>>, StoreError> {
    let mut plans: HashMap<ToiletId, Vec<Plan>> = HashMap::new();
    for row in rows {
        let row = plan::Model::from_query_result(row, "")?;
        plans.entry(ToiletId(row.toilet_id)).or_default().push(read(&row)?);
    }
    Ok(plans)
}

fn written(windows: &Windows) -> Result<String, StoreError> {
    serde_json::to_string(windows).map_err(|error| StoreError::corrupt("plan", "new", error))
}

/// A template from its row.
pub(super) fn read_template(row: &plan_template::Model) -> Result<Template, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("plan_template", row.id, violation);
    Ok(Template {
        id: TemplateId(row.id),
        name: Text::new(&row.name).map_err(corrupt)?,
        note: text(row.note.as_deref()).map_err(corrupt)?,
        windows: serde_json::from_str(&row.windows)
            .map_err(|error| StoreError::corrupt("plan_template", row.id, error))?,
    })
}

/// A version from its row.
pub(super) fn read(row: &plan::Model) -> Result<Plan, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("plan", row.id, message);
    Ok(Plan {
        toilet: ToiletId(row.toilet_id),
        version: row.version,
        template: row.template_id.map(TemplateId),
        zone: row.zone.parse().map_err(|error: chrono_tz::ParseError| corrupt(error.to_string()))?,
        from: row.from_on,
        to: row.to_on,
        made_at: row.made_at,
        windows: serde_json::from_str(&row.windows).map_err(|error| corrupt(error.to_string()))?,
        revision: row.revision,
    })
}
