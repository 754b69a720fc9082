//! Bringing the tree of areas up to another year's list.

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::areas::alias_row;
use super::entity::{area, area_alias, area_outline, invitation, role_grant, toilet};
use super::{StoreError, Tx};
use crate::domain::area::{AreaCode, NewArea};
use crate::domain::id::{AreaId, ToiletId};

impl Tx {
    /// Lets an area be what is stated of it now, its code included; everything below moves with it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another area has the code; [`StoreError::Refused`] when the parent is unknown or
    /// lies below the area itself.
    pub async fn update_area(&self, id: AreaId, now: &NewArea) -> Result<(), StoreError> {
        let row = self.area_row(id).await?;
        let (parent_id, above) = match &now.parent {
            None => (None, "/".to_owned()),
            Some(code) => {
                let parent = self.area_row_of(code).await?;
                (Some(parent.id), parent.path)
            }
        };
        if above.starts_with(&row.path) {
            return Err(StoreError::Refused(format!("{} cannot lie below itself", now.code)));
        }
        let path = format!("{above}{}/", now.code);
        let changed = area::ActiveModel {
            id: Unchanged(row.id),
            code: Set(now.code.to_string()),
            name: Set(now.name.to_string()),
            level: Set(now.level.as_str().to_owned()),
            parent_id: Set(parent_id),
            vintage: Set(i32::from(now.vintage)),
            valid_from: Set(now.days.from()),
            valid_to: Set(now.days.to()),
            path: NotSet,
        };
        changed.update(&self.connection).await?;
        self.move_paths(&row.path, &path).await?;
        area_alias::Entity::delete_many().filter(area_alias::Column::AreaId.eq(id.0)).exec(&self.connection).await?;
        let aliases: Vec<_> = now.aliases.iter().map(|alias| alias_row(id.0, alias)).collect();
        if !aliases.is_empty() {
            area_alias::Entity::insert_many(aliases).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Puts what lies directly below one area below another.
    ///
    /// # Errors
    /// What the database says.
    pub async fn adopt_children(&self, from: AreaId, to: AreaId) -> Result<(), StoreError> {
        let (old, new) = (self.area_row(from).await?, self.area_row(to).await?);
        let children = area::Entity::find().filter(area::Column::ParentId.eq(from.0)).order_by_asc(area::Column::Id);
        for child in children.all(&self.connection).await? {
            let path = child.path.replacen(&old.path, &new.path, 1);
            let moved = area::ActiveModel { id: Unchanged(child.id), parent_id: Set(Some(to.0)), ..Default::default() };
            moved.update(&self.connection).await?;
            self.move_paths(&child.path, &path).await?;
        }
        Ok(())
    }

    /// Restates toilets of one area as toilets of another, which may be the same under another code; answers them with
    /// their revisions after it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn restate_toilets(&self, from: AreaId, to: AreaId) -> Result<Vec<(ToiletId, i32)>, StoreError> {
        toilet::Entity::update_many()
            .col_expr(toilet::Column::LocatedAreaId, Expr::value(to.0))
            .filter(toilet::Column::LocatedAreaId.eq(from.0))
            .exec(&self.connection)
            .await?;
        let rows = toilet::Entity::find().filter(toilet::Column::AreaId.eq(from.0)).order_by_asc(toilet::Column::Id);
        let rows = rows.all(&self.connection).await?;
        toilet::Entity::update_many()
            .col_expr(toilet::Column::AreaId, Expr::value(to.0))
            .col_expr(toilet::Column::Revision, Expr::col(toilet::Column::Revision).add(1))
            .col_expr(toilet::Column::UpdatedAt, Expr::value(self.author.at))
            .filter(toilet::Column::AreaId.eq(from.0))
            .exec(&self.connection)
            .await?;
        Ok(rows.into_iter().map(|row| (ToiletId(row.id), row.revision + 1)).collect())
    }

    /// How many grants and invitations count in exactly that area.
    ///
    /// # Errors
    /// What the database says.
    pub async fn grants_in(&self, area: AreaId) -> Result<u64, StoreError> {
        let grants = role_grant::Entity::find().filter(role_grant::Column::AreaId.eq(area.0));
        let invitations = invitation::Entity::find().filter(invitation::Column::AreaId.eq(area.0));
        Ok(grants.count(&self.connection).await? + invitations.count(&self.connection).await?)
    }

    /// Takes an area out that has nothing left in it.
    ///
    /// # Errors
    /// What the database says, such as that something is still tied to it.
    pub async fn delete_area(&self, id: AreaId) -> Result<(), StoreError> {
        area_outline::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        area_alias::Entity::delete_many().filter(area_alias::Column::AreaId.eq(id.0)).exec(&self.connection).await?;
        area::Entity::delete_by_id(id.0).exec(&self.connection).await?;
        Ok(())
    }

    /// Every path that begins so begins otherwise.
    async fn move_paths(&self, from: &str, to: &str) -> Result<(), StoreError> {
        if from == to {
            return Ok(());
        }
        // A code has no sign that LIKE takes for another.
        let below = area::Entity::find().filter(area::Column::Path.like(format!("{from}%")));
        for row in below.all(&self.connection).await? {
            let path = row.path.replacen(from, to, 1);
            let moved = area::ActiveModel { id: Unchanged(row.id), path: Set(path), ..Default::default() };
            moved.update(&self.connection).await?;
        }
        Ok(())
    }

    async fn area_row(&self, id: AreaId) -> Result<area::Model, StoreError> {
        let row = area::Entity::find_by_id(id.0).one(&self.connection).await?;
        row.ok_or_else(|| StoreError::corrupt("area", id, "it is gone"))
    }

    async fn area_row_of(&self, code: &AreaCode) -> Result<area::Model, StoreError> {
        let row = area::Entity::find().filter(area::Column::Code.eq(code.as_str())).one(&self.connection).await?;
        row.ok_or_else(|| StoreError::Refused(format!("there is no area {code}")))
    }
}
