//! Second factors between the database, where they are sealed, and whoever asks for a code.

use super::{Ctx, Failure};
use crate::domain::account::PersonId;
use crate::domain::seal::{SealError, Sealed, Slot};
use crate::domain::secret::TotpSecret;

const COLUMN: &str = "identity.totp";

/// Seals the second factor of a person.
pub(super) fn seal(ctx: &Ctx, person: PersonId, secret: &TotpSecret) -> Result<Sealed, Failure> {
    ctx.seal(Slot { column: COLUMN, row: &person.to_string() }, secret.as_bytes())
}

/// Opens the second factor of a person.
pub(super) fn open(ctx: &Ctx, person: PersonId, sealed: &Sealed) -> Result<TotpSecret, Failure> {
    let bytes = ctx.keys.open(Slot { column: COLUMN, row: &person.to_string() }, sealed)?;
    Ok(TotpSecret::of_bytes(&bytes).ok_or(SealError::Broken)?)
}
