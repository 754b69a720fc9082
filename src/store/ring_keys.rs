//! Which keys the database was written with, so that no process goes on with others.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};

use super::entity::{answer, identity, phone, ring_key, subscription, wechat_token};
use super::{Store, StoreError, Tx};
use crate::domain::account::IdentityKind;
use crate::domain::key::KeyId;

impl Store {
    /// The keys that the database was written with and their fingerprints, the oldest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn ring_keys(&self) -> Result<Vec<(KeyId, String)>, StoreError> {
        let rows = ring_key::Entity::find().order_by_asc(ring_key::Column::Id).all(&self.reader).await?;
        let key = |row: ring_key::Model| {
            let id = row.id.parse().map_err(|wrong| StoreError::corrupt("ring_key", &row.id, wrong))?;
            Ok((id, row.fingerprint))
        };
        rows.into_iter().map(key).collect()
    }
}

impl Tx {
    /// Remembers that a key is used from now on; answers whether it was new. Of two processes at once the first counts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn remember_key(&self, id: KeyId, fingerprint: String) -> Result<bool, StoreError> {
        let row = ring_key::ActiveModel { id: Set(id.to_string()), fingerprint: Set(fingerprint) };
        let known = OnConflict::column(ring_key::Column::Id).do_nothing().to_owned();
        let added = ring_key::Entity::insert(row).on_conflict(known).exec_without_returning(&self.connection).await?;
        Ok(added > 0)
    }

    /// Forgets a key, and with it everything that was sealed with it: nobody can open that any more. Answers whether the
    /// key was known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_key(&self, id: KeyId) -> Result<bool, StoreError> {
        let forgotten = ring_key::Entity::delete_by_id(id.to_string()).exec(&self.connection).await?;
        if forgotten.rows_affected == 0 {
            return Ok(false);
        }
        self.drop_sealed(&id.to_string()).await?;
        self.release_plates(id).await?;
        Ok(true)
    }

    /// Every column that holds sealed values stands here. They begin with the name of their key.
    async fn drop_sealed(&self, key: &str) -> Result<(), StoreError> {
        let totp = identity::Entity::update_many().col_expr(identity::Column::Totp, Expr::value(None::<String>));
        totp.filter(identity::Column::Totp.starts_with(key)).exec(&self.connection).await?;
        let openids = identity::Entity::delete_many().filter(identity::Column::Hash.starts_with(key));
        let openids = openids.filter(identity::Column::Kind.eq(IdentityKind::Wechat.as_str()));
        openids.exec(&self.connection).await?;
        let phones = phone::Entity::delete_many().filter(phone::Column::Sealed.starts_with(key));
        phones.exec(&self.connection).await?;
        let tokens =
            wechat_token::Entity::update_many().col_expr(wechat_token::Column::Sealed, Expr::value(None::<String>));
        tokens.filter(wechat_token::Column::Sealed.starts_with(key)).exec(&self.connection).await?;
        // A body that is not sealed is JSON, which begins with no name of a key. Whoever asks again asks anew.
        let answers = answer::Entity::delete_many().filter(answer::Column::Body.starts_with(key));
        answers.exec(&self.connection).await?;
        // Without where they go they are nothing; whoever made them finds them gone and asks anew.
        let of_key = subscription::Column::Target.starts_with(key).or(subscription::Column::Secret.starts_with(key));
        subscription::Entity::delete_many().filter(of_key).exec(&self.connection).await?;
        Ok(())
    }
}
