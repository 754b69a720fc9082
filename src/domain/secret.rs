//! Secrets: tokens, passwords, PINs and second factors, none of which can be printed by a slip.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Violation;

/// What a token opens, told by how it begins, so that a scanner for leaked secrets knows it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A session.
    Session,
    /// An invitation, for one use.
    Invitation,
    /// A device that a PIN is bound to.
    Device,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "gct_",
            Self::Invitation => "gci_",
            Self::Device => "gcd_",
        }
    }
}

/// 256 random bits that open something. Only its [hash](TokenHash) is kept.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// A token of random bits.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Reads a token of that kind; `None` for anything else.
    #[must_use]
    pub fn read(kind: TokenKind, text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.strip_prefix(kind.prefix())?.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The token itself, to be given to its owner once.
    #[must_use]
    pub fn reveal(&self, kind: TokenKind) -> String {
        format!("{}{}", kind.prefix(), HEXLOWER.encode(&self.0))
    }

    /// Its hash. A plain SHA-256 is enough: nobody guesses 256 random bits.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The SHA-256 of a [`Token`], compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// In hexadecimal, as the database keeps it.
    #[must_use]
    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Whether the database's hash is this one.
    #[must_use]
    pub fn matches(self, hex: &str) -> bool {
        self.to_hex().as_bytes().ct_eq(hex.as_bytes()).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// The SHA-256 of a text in hexadecimal, for counting by what may not be kept: people type passwords into the wrong field.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    fingerprint_of(text.as_bytes())
}

/// The SHA-256 of bytes in hexadecimal.
#[must_use]
pub fn fingerprint_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What somebody types to prove who they are: a password or a PIN.
#[derive(Clone)]
pub struct Passphrase(String);

impl Passphrase {
    /// The longest text that is hashed at all.
    pub const LONGEST: usize = 128;

    /// A text as it was typed, to be compared with what is kept.
    #[must_use]
    pub fn typed(text: String) -> Self {
        Self(text)
    }

    /// A new password: 12 to 128 characters and not the login (a length that needs no rules of composition, as NIST SP
    /// 800-63B advises).
    ///
    /// # Errors
    /// `badLength` or `tooPlain`; the message never repeats the password.
    pub fn password(text: String, login: &str) -> Result<Self, Violation> {
        let length = text.chars().count();
        if !(12..=Self::LONGEST).contains(&length) {
            return Err(Violation::new("password", "badLength", "a password has 12 to 128 characters"));
        }
        let mut characters = text.chars();
        let first = characters.next();
        if characters.all(|c| Some(c) == first) || text.to_lowercase().contains(&login.to_lowercase()) {
            return Err(Violation::new("password", "tooPlain", "must not be one character, nor hold the login"));
        }
        Ok(Self(text))
    }

    /// A new PIN of six digits, which counts only together with the device it was set on.
    ///
    /// # Errors
    /// `badPin` or `tooPlain`; the message never repeats the PIN.
    pub fn pin(text: String) -> Result<Self, Violation> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Violation::new("pin", "badPin", "a PIN has six digits"));
        }
        let steps: Vec<i16> = text.as_bytes().windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
        if matches!(steps[0], -1..=1) && steps.iter().all(|step| *step == steps[0]) {
            return Err(Violation::new("pin", "tooPlain", "must not be one digit repeated, nor digits in a row"));
        }
        Ok(Self(text))
    }

    /// What was typed, for hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// The secret of a time-based second factor (TOTP, RFC 6238): SHA-1, 6 digits, 30 s, which every app understands.
#[derive(Clone)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    /// Seconds in a step (RFC 6238, 5.2).
    const STEP: i64 = 30;

    /// A secret of random bits: 160, as RFC 4226, 4 recommends.
    #[must_use]
    pub fn new(random: [u8; 20]) -> Self {
        Self(random)
    }

    /// Reads what [`TotpSecret::reveal`] wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        BASE32_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// Takes a secret from its bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// In Base32, as apps take it.
    #[must_use]
    pub fn reveal(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The address that an app reads as a QR code. `login` holds only letters, digits and `._-`.
    #[must_use]
    pub fn uri(&self, login: &str) -> String {
        format!("otpauth://totp/gongce:{login}?secret={}&issuer=gongce", self.reveal())
    }

    /// The step whose code this is, at that time in Unix seconds: the present one or a neighbour, for clocks that are
    /// off by half a minute (RFC 6238, 5.2). Whoever asks keeps the step, so that no code counts twice.
    #[must_use]
    pub fn step_of(&self, code: &str, unix: i64) -> Option<i64> {
        let now = unix.div_euclid(Self::STEP);
        // All three are tried, so that the time taken tells nothing.
        let hits = [now - 1, now, now + 1].map(|step| (step, self.code(step).as_bytes().ct_eq(code.as_bytes())));
        hits.into_iter().find(|(_, hit)| bool::from(*hit)).map(|(step, _)| step)
    }

    /// The code of a time in Unix seconds.
    #[must_use]
    pub fn code_at(&self, unix: i64) -> String {
        self.code(unix.div_euclid(Self::STEP))
    }

    /// HOTP of the step (RFC 4226, 5.3).
    fn code(&self, step: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return String::new() };
        mac.update(&step.to_be_bytes());
        let sum = mac.finalize().into_bytes();
        let at = usize::from(sum[19] & 15);
        let word = u32::from_be_bytes([sum[at] & 0x7f, sum[at + 1], sum[at + 2], sum[at + 3]]);
        format!("{:06}", word % 1_000_000)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1, the last six of its eight digits.
        let secret = TotpSecret::new(*b"12345678901234567890");
        for (unix, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(secret.code_at(unix), code);
            assert_eq!(secret.step_of(code, unix), Some(unix / 30));
            assert_eq!(secret.step_of(code, unix + 30), Some(unix / 30), "a clock may be half a minute off");
            assert_eq!(secret.step_of(code, unix + 90), None);
        }
        assert_eq!(secret.step_of("", 59), None);
    }

    #[test]
    fn tokens_are_read_as_they_were_given_and_only_so() {
        let token = Token::new([7; 32]);
        let text = token.reveal(TokenKind::Session);
        assert!(text.starts_with("gct_") && text.len() == 68);
        let read = |kind, text: &str| Token::read(kind, text).map(|token| token.hash().to_hex());
        assert_eq!(read(TokenKind::Session, &text), Some(token.hash().to_hex()));
        assert!(
            token.hash().matches(&token.hash().to_hex()) && !token.hash().matches(&Token::new([8; 32]).hash().to_hex())
        );
        for wrong in [&text[..67], &text.to_uppercase(), &format!("{text}0"), "", "gct_", &text.replace("gct_", "gci_")]
        {
            assert!(read(TokenKind::Session, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn plain_passwords_and_pins_are_refused() {
        let password = |text: &str| Passphrase::password(text.to_owned(), "wang.li").map_err(|wrong| wrong.code).err();
        assert_eq!(password("correct horse battery"), None);
        assert_eq!(password("short"), Some("badLength"));
        assert_eq!(password("aaaaaaaaaaaaaaaa"), Some("tooPlain"));
        assert_eq!(password("my Wang.Li password"), Some("tooPlain"));
        let pin = |text: &str| Passphrase::pin(text.to_owned()).map_err(|wrong| wrong.code).err();
        assert_eq!(pin("271828"), None);
        for (text, wrong) in [
            ("12345", "badPin"),
            ("12345六", "badPin"),
            ("123456", "tooPlain"),
            ("000000", "tooPlain"),
            ("987654", "tooPlain"),
        ] {
            assert_eq!(pin(text), Some(wrong), "{text}");
        }
    }
}
