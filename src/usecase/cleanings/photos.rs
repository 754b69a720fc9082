//! The photos of cleanings, which arrive before or after the records that name them.

use chrono::SubsecRound;

use crate::domain::account::PersonId;
use crate::domain::cleaning::Cleaning;
use crate::domain::photo::{Photo, PhotoId, Shown};
use crate::store::Tx;
use crate::usecase::Failure;

/// Has new records show those of their photos that are there, and were sent by whoever recorded them.
pub(super) async fn show<'a>(tx: &Tx, added: impl Iterator<Item = &'a Cleaning>) -> Result<(), Failure> {
    let of = |cleaning: &Cleaning| {
        let (shown, by) = (Shown::cleaning(cleaning.toilet(), cleaning.id), cleaning.recorded_by);
        cleaning.event.photos.iter().map(move |photo| (*photo, shown.clone(), by)).collect::<Vec<_>>()
    };
    let named: Vec<(PhotoId, Shown, PersonId)> = added.flat_map(of).collect();
    Ok(tx.show_photos_of(&named, tx.at().trunc_subsecs(0)).await?)
}

/// Has the records that named a photo before it arrived show it, in the transaction that takes it.
pub(in crate::usecase) async fn arrived(tx: &Tx, photo: &Photo) -> Result<(), Failure> {
    let naming = tx.cleanings_naming(photo.id, photo.by).await?;
    let named: Vec<_> =
        naming.into_iter().map(|(toilet, id)| (photo.id, Shown::cleaning(toilet, id), photo.by)).collect();
    Ok(tx.show_photos_of(&named, tx.at().trunc_subsecs(0)).await?)
}
