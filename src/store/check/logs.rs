//! The same of cleanings, which are many.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Found;
use super::histories::{Codes, disagreement};
use crate::domain::cleaning::Verified;
use crate::domain::event::RecordKind;
use crate::domain::history::replay;
use crate::store::entity::cleaning;
use crate::store::{StoreError, cleanings, history};

/// Records of which histories are read at a time.
const PAGE: usize = 500;

/// A cleaning is told once, and once more when somebody confirms it. There are many: they are gone through page by page.
pub(super) async fn of_cleanings(tx: &DatabaseTransaction, codes: &Codes) -> Result<Vec<Found>, StoreError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = cleaning::Entity::find().filter(cleaning::Column::Id.gt(after)).order_by_asc(cleaning::Column::Id);
        let page = cleanings::with_fate(tx, page.limit(PAGE as u64).all(tx).await?).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.cleaning.id.to_string();
        let keys: Vec<_> = page.iter().map(|kept| kept.cleaning.id.to_string()).collect();
        let histories = history::histories(tx, RecordKind::Cleaning, &keys).await?;
        found.extend(page.iter().zip(keys).filter_map(|(kept, key)| {
            let mut stands = kept.cleaning.fields();
            stands.extend(kept.verified.iter().flat_map(Verified::fields));
            let told = replay(histories.get(&key).map(Vec::as_slice).unwrap_or_default());
            Some(Found::of_row("cleaning", key, disagreement(stands, told, codes)?))
        }));
    }
}
