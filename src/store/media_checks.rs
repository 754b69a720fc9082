//! Checks of pictures by WeChat, and the pushes that tell their outcome.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::entity::{media_check, wechat_push};
use super::{Store, StoreError, Tx};
use crate::domain::wechat::CheckState;

impl Store {
    /// How the check of that name stands; `None` where it was never heard of.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn media_check(&self, trace: &str) -> Result<Option<CheckState>, StoreError> {
        let row = media_check::Entity::find_by_id(trace).one(&self.reader).await?;
        let corrupt = |violation| StoreError::corrupt("media_check", trace, violation);
        row.map(|row| row.state.parse().map_err(corrupt)).transpose()
    }

    /// How the checks of a subject stand, with their names.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn media_checks_of(&self, subject: &str) -> Result<Vec<(String, CheckState)>, StoreError> {
        let rows =
            media_check::Entity::find().filter(media_check::Column::Subject.eq(subject)).all(&self.reader).await?;
        let read = |row: media_check::Model| match row.state.parse() {
            Ok(state) => Ok((row.trace_id, state)),
            Err(violation) => Err(StoreError::corrupt("media_check", row.trace_id, violation)),
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Remembers a check that WeChat was asked for. If its outcome is here already, that stays.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_media_check(&self, trace: &str, subject: &str) -> Result<(), StoreError> {
        let named =
            OnConflict::column(media_check::Column::TraceId).update_column(media_check::Column::Subject).to_owned();
        self.insert_check(trace, Some(subject), named).await
    }

    /// Remembers the outcome of a check; the first counts. It may come before the answer that names the check is written
    /// down.
    ///
    /// # Errors
    /// What the database says.
    pub async fn decide_media_check(&self, trace: &str, state: CheckState) -> Result<(), StoreError> {
        let unless_there = OnConflict::column(media_check::Column::TraceId).do_nothing().to_owned();
        self.insert_check(trace, None, unless_there).await?;
        media_check::Entity::update_many()
            .col_expr(media_check::Column::State, Expr::value(state.as_str()))
            .col_expr(media_check::Column::DecidedAt, Expr::value(self.author.at))
            .filter(media_check::Column::TraceId.eq(trace))
            .filter(media_check::Column::State.eq(CheckState::Pending.as_str()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    async fn insert_check(&self, trace: &str, subject: Option<&str>, else_: OnConflict) -> Result<(), StoreError> {
        let row = media_check::ActiveModel {
            trace_id: Set(trace.to_owned()),
            subject: Set(subject.map(ToOwned::to_owned)),
            state: Set(CheckState::Pending.as_str().to_owned()),
            asked_at: Set(self.author.at),
            decided_at: Set(None),
        };
        media_check::Entity::insert(row).on_conflict(else_).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Takes a push under its signature, forgetting those before `since`; answers whether nothing else was signed so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_push(&self, signature: &str, body: &str, since: DateTime<Utc>) -> Result<bool, StoreError> {
        let old = wechat_push::Entity::delete_many().filter(wechat_push::Column::At.lt(since));
        old.exec(&self.connection).await?;
        let row = wechat_push::ActiveModel {
            signature: Set(signature.to_owned()),
            body: Set(body.to_owned()),
            at: Set(self.author.at),
        };
        let unless_there = OnConflict::column(wechat_push::Column::Signature).do_nothing().to_owned();
        wechat_push::Entity::insert(row).on_conflict(unless_there).exec_without_returning(&self.connection).await?;
        let kept = wechat_push::Entity::find_by_id(signature).one(&self.connection).await?;
        Ok(kept.is_some_and(|kept| kept.body == body))
    }
}
