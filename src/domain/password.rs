//! How passwords and PINs are kept: Argon2id with the parameters that OWASP's cheat sheet gives for it.

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use super::secret::Passphrase;

/// KiB of memory, passes and lanes: 19 MiB, 2, 1.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// It could not be hashed: the parameters or the salt are wrong, which no input can bring about.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashError(argon2::password_hash::Error);

/// The hash to keep, as a PHC string with its parameters. Takes about 20 ms of CPU.
///
/// # Errors
/// [`HashError`].
pub fn hash(passphrase: &Passphrase, salt: [u8; 16]) -> Result<String, HashError> {
    let salt = SaltString::encode_b64(&salt).map_err(HashError)?;
    let hash = hasher()?.hash_password(passphrase.as_bytes(), &salt).map_err(HashError)?;
    Ok(hash.to_string())
}

/// Whether this is the passphrase that was kept. Without a kept one (nobody has that login) it takes as long and is not.
///
/// # Errors
/// [`HashError`] where what was kept is no hash.
pub fn verify(passphrase: &Passphrase, kept: Option<&str>) -> Result<bool, HashError> {
    let Some(kept) = kept else {
        hash(passphrase, [0; 16])?;
        return Ok(false);
    };
    let kept = PasswordHash::new(kept).map_err(HashError)?;
    match hasher()?.verify_password(passphrase.as_bytes(), &kept) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(HashError(error)),
    }
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| HashError(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_known_again_and_nothing_else() {
        let typed = |text: &str| Passphrase::typed(text.to_owned());
        let kept = hash(&typed("correct horse"), [3; 16]).unwrap_or_default();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(matches!(verify(&typed("correct horse"), Some(&kept)), Ok(true)));
        assert!(matches!(verify(&typed("correct hors"), Some(&kept)), Ok(false)));
        assert!(matches!(verify(&typed("correct horse"), None), Ok(false)));
    }
}
