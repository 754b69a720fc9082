//! Areas.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::{area, area_alias};
use super::grants::path;
use super::rows::{parse, text};
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::area::{Alias, Area, AreaCode, NewArea};
use crate::domain::id::AreaId;
use crate::domain::period::Days;
use crate::domain::text::Text;
use crate::domain::toilet::AreaRef;

impl Store {
    /// All areas, parents before their children.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn areas(&self) -> Result<Vec<Area>, StoreError> {
        let tx = self.read().await?;
        all(&tx).await
    }
}

impl Tx {
    /// All areas, parents before their children.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn areas(&self) -> Result<Vec<Area>, StoreError> {
        all(&self.connection).await
    }

    /// The areas that a code means: the one that bears it today, or else those that bore it before.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn areas_of(&self, code: &AreaCode) -> Result<Vec<(AreaId, AreaRef)>, StoreError> {
        let today = area::Entity::find().filter(area::Column::Code.eq(code.as_str())).all(&self.connection).await?;
        let rows = if today.is_empty() {
            let bore = area_alias::Entity::find().filter(area_alias::Column::Code.eq(code.as_str()));
            let ids = bore.all(&self.connection).await?.into_iter().map(|row| row.area_id);
            let rows = area::Entity::find().filter(area::Column::Id.is_in(ids));
            rows.order_by_asc(area::Column::Id).all(&self.connection).await?
        } else {
            today
        };
        rows.iter().map(|row| Ok((AreaId(row.id), refer(row)?))).collect()
    }

    /// Adds an area below its parent, which must be there already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its code is taken; [`StoreError::Refused`] when the parent is unknown.
    pub async fn create_area(&self, new: &NewArea) -> Result<AreaId, StoreError> {
        let (parent_id, above) = match &new.parent {
            None => (None, "/".to_owned()),
            Some(code) => {
                let parent = area::Entity::find().filter(area::Column::Code.eq(code.as_str())).one(&self.connection);
                let parent = parent.await?.ok_or_else(|| StoreError::Refused(format!("there is no area {code}")))?;
                (Some(parent.id), parent.path)
            }
        };
        let row = area::ActiveModel {
            id: NotSet,
            code: Set(new.code.to_string()),
            name: Set(new.name.to_string()),
            level: Set(new.level.as_str().to_owned()),
            parent_id: Set(parent_id),
            vintage: Set(i32::from(new.vintage)),
            valid_from: Set(new.days.from()),
            valid_to: Set(new.days.to()),
            path: Set(format!("{above}{}/", new.code)),
        };
        let id = row.insert(&self.connection).await?.id;
        let aliases: Vec<_> = new.aliases.iter().map(|alias| alias_row(id, alias)).collect();
        if !aliases.is_empty() {
            area_alias::Entity::insert_many(aliases).exec_without_returning(&self.connection).await?;
        }
        Ok(AreaId(id))
    }
}

pub(super) fn alias_row(area_id: i32, alias: &Alias) -> area_alias::ActiveModel {
    area_alias::ActiveModel {
        id: NotSet,
        area_id: Set(area_id),
        code: Set(alias.code.as_ref().map(ToString::to_string)),
        name: Set(alias.name.as_ref().map(ToString::to_string)),
        vintage: Set(alias.vintage.map(i32::from)),
    }
}

pub(super) async fn all(connection: &impl ConnectionTrait) -> Result<Vec<Area>, StoreError> {
    let rows = area::Entity::find().order_by_asc(area::Column::Path).all(connection).await?;
    let codes: HashMap<i32, String> = rows.iter().map(|row| (row.id, row.code.clone())).collect();
    let mut aliases: HashMap<i32, Vec<Alias>> = HashMap::new();
    for row in area_alias::Entity::find().order_by_asc(area_alias::Column::Id).all(connection).await? {
        let alias = read_alias(&row).map_err(|violation| StoreError::corrupt("area_alias", row.id, violation))?;
        aliases.entry(row.area_id).or_default().push(alias);
    }
    let read = |row: area::Model| {
        let aliases = aliases.remove(&row.id).unwrap_or_default();
        read_area(&row, &codes, aliases).map_err(|violation| StoreError::corrupt("area", row.id, violation))
    };
    rows.into_iter().map(read).collect()
}

/// Areas by their ids, as toilets refer to them.
pub(super) async fn refs(
    connection: &impl ConnectionTrait,
    ids: BTreeSet<i32>,
) -> Result<HashMap<i32, AreaRef>, StoreError> {
    let rows = area::Entity::find().filter(area::Column::Id.is_in(ids)).all(connection).await?;
    rows.iter().map(|row| Ok((row.id, refer(row)?))).collect()
}

fn refer(row: &area::Model) -> Result<AreaRef, StoreError> {
    let corrupt = |violation| StoreError::corrupt("area", row.id, violation);
    let (code, name) = (row.code.parse().map_err(corrupt)?, Text::new(&row.name).map_err(corrupt)?);
    Ok(AreaRef { code, name, path: path(row)? })
}

pub(super) fn read_alias(row: &area_alias::Model) -> Result<Alias, Violation> {
    let vintage = row.vintage.and_then(|year| u16::try_from(year).ok());
    Ok(Alias { code: parse(row.code.as_deref())?, name: text(row.name.as_deref())?, vintage })
}

pub(super) fn read_area(
    row: &area::Model,
    codes: &HashMap<i32, String>,
    aliases: Vec<Alias>,
) -> Result<Area, Violation> {
    let path = row.path.split('/').filter(|code| !code.is_empty()).map(str::parse::<AreaCode>);
    let parent = row.parent_id.and_then(|id| codes.get(&id));
    let fact = NewArea {
        code: row.code.parse()?,
        name: Text::new(&row.name)?,
        level: row.level.parse()?,
        parent: parse(parent.map(String::as_str))?,
        vintage: u16::try_from(row.vintage).unwrap_or_default(),
        days: Days::new(row.valid_from, row.valid_to)?,
        aliases,
    };
    Ok(Area { id: AreaId(row.id), fact, path: path.collect::<Result<_, _>>()? })
}
