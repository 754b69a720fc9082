//! The access token that all processes share: kept sealed, fetched by whoever holds the lease.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use uuid::Uuid;

use super::entity::wechat_token;
use super::{Store, StoreError, Tx};
use crate::domain::seal::Sealed;

/// A token that is kept. Its `Debug` output does not tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptToken {
    /// Which token it is: counted up with each.
    pub generation: i64,
    /// The token, sealed.
    pub sealed: Sealed,
    /// From when on a new one should be fetched.
    pub refresh_at: DateTime<Utc>,
    /// Until when it counts.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The token that is kept for an app.
    ///
    /// # Errors
    /// What the database says.
    pub async fn wechat_token(&self, app_id: &str) -> Result<Option<KeptToken>, StoreError> {
        let row = wechat_token::Entity::find_by_id(app_id).one(&self.reader).await?;
        Ok(row.and_then(|row| {
            let (sealed, refresh_at, expires_at) = (row.sealed?, row.refresh_at?, row.expires_at?);
            Some(KeptToken { generation: row.generation, sealed: Sealed::kept(sealed), refresh_at, expires_at })
        }))
    }
}

impl Tx {
    /// Takes the lease to fetch a token, if one is wanted and nobody else holds it. A lease that was not given back in
    /// time counts for nothing: its holder is gone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lease_wechat_token(
        &self,
        app_id: &str,
        lease: Uuid,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let none =
            wechat_token::ActiveModel { app_id: Set(app_id.to_owned()), generation: Set(0), ..Default::default() };
        let unless_there = OnConflict::column(wechat_token::Column::AppId).do_nothing().to_owned();
        wechat_token::Entity::insert(none).on_conflict(unless_there).exec_without_returning(&self.connection).await?;
        let now = self.author.at;
        let wanted = wechat_token::Column::Sealed.is_null().or(wechat_token::Column::RefreshAt.lte(now));
        let free = wechat_token::Column::LeasedUntil.is_null().or(wechat_token::Column::LeasedUntil.lte(now));
        let taken = wechat_token::Entity::update_many()
            .col_expr(wechat_token::Column::Lease, Expr::value(lease.to_string()))
            .col_expr(wechat_token::Column::LeasedUntil, Expr::value(until))
            .filter(wechat_token::Column::AppId.eq(app_id))
            .filter(Condition::all().add(wanted).add(free))
            .exec(&self.connection)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    /// Keeps a token and gives the lease back; answers its generation, or `None` where the lease was lost meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keep_wechat_token(
        &self,
        app_id: &str,
        lease: Uuid,
        sealed: &Sealed,
        [refresh_at, expires_at]: [DateTime<Utc>; 2],
    ) -> Result<bool, StoreError> {
        let kept = wechat_token::Entity::update_many()
            .col_expr(wechat_token::Column::Generation, Expr::col(wechat_token::Column::Generation).add(1))
            .col_expr(wechat_token::Column::Sealed, Expr::value(sealed.as_str()))
            .col_expr(wechat_token::Column::RefreshAt, Expr::value(refresh_at))
            .col_expr(wechat_token::Column::ExpiresAt, Expr::value(expires_at))
            .col_expr(wechat_token::Column::Lease, Expr::value(None::<String>))
            .col_expr(wechat_token::Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
            .filter(wechat_token::Column::AppId.eq(app_id))
            .filter(wechat_token::Column::Lease.eq(lease.to_string()))
            .exec(&self.connection)
            .await?;
        Ok(kept.rows_affected == 1)
    }

    /// Gives a lease back without a token.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_wechat_lease(&self, app_id: &str, lease: Uuid) -> Result<(), StoreError> {
        wechat_token::Entity::update_many()
            .col_expr(wechat_token::Column::Lease, Expr::value(None::<String>))
            .col_expr(wechat_token::Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
            .filter(wechat_token::Column::AppId.eq(app_id))
            .filter(wechat_token::Column::Lease.eq(lease.to_string()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Drops a token that WeChat does not take any more, unless another has taken its place already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn drop_wechat_token(&self, app_id: &str, generation: i64) -> Result<(), StoreError> {
        wechat_token::Entity::update_many()
            .col_expr(wechat_token::Column::Sealed, Expr::value(None::<String>))
            .filter(wechat_token::Column::AppId.eq(app_id))
            .filter(wechat_token::Column::Generation.eq(generation))
            .exec(&self.connection)
            .await?;
        Ok(())
    }
}
