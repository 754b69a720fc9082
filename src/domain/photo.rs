//! Photos (照片): what was sent, how WeChat's check of it stands, and which records show it.

mod pass;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use pass::Pass;

use super::Violation;
use super::account::PersonId;
use super::cleaning::CleaningId;
use super::codes::codes;
use super::draft::Fields;
use super::event::RecordKind;
use super::id::{GradeId, ToiletId};
use super::wechat::CheckState;

/// A photo, by the UUID of version 7 that its client made: no two clients make the same, and later ones sort later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Uuid", into = "Uuid")]
pub struct PhotoId(Uuid);

impl PhotoId {
    /// The UUID itself.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl TryFrom<Uuid> for PhotoId {
    type Error = Violation;
    fn try_from(id: Uuid) -> Result<Self, Violation> {
        if id.get_version_num() == 7 {
            return Ok(Self(id));
        }
        Err(Violation::new("id", "notVersion7", "must be a UUID of version 7, made anew for each photo"))
    }
}

impl From<PhotoId> for Uuid {
    fn from(id: PhotoId) -> Self {
        id.0
    }
}

impl FromStr for PhotoId {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let id = Uuid::try_parse(text).map_err(|_| Violation::new("id", "unreadable", "must be a UUID"))?;
        id.try_into()
    }
}

impl fmt::Display for PhotoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// That of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let digits = text.to_ascii_lowercase();
        if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(digits));
        }
        Err(Violation::new("sha256", "unreadable", "must be the SHA-256 of the file's bytes, as 64 hexadecimal digits"))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

codes!(
    /// How WeChat's check of a photo stands.
    PhotoState {
        /// WeChat was not asked: it is not set up here, or does not know the one who sent the photo.
        Unchecked = "unchecked",
        /// It is asked, and has not answered yet.
        Pending = "pending",
        /// Nothing is wrong with it.
        Passed = "passed",
        /// It is not to be shown.
        Refused = "refused",
    }
);

impl PhotoState {
    /// Whether the public may see such a photo; `checking` says that WeChat is asked here.
    #[must_use]
    pub const fn is_fit(self, checking: bool) -> bool {
        match self {
            Self::Unchecked | Self::Passed => true,
            Self::Pending => !checking,
            Self::Refused => false,
        }
    }
}

impl From<CheckState> for PhotoState {
    fn from(state: CheckState) -> Self {
        match state {
            CheckState::Pending => Self::Pending,
            CheckState::Passed => Self::Passed,
            CheckState::Refused => Self::Refused,
        }
    }
}

/// A picture as it is stored, once for all photos that are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFile {
    /// The hash of what is stored.
    pub content: Digest,
    /// Pixels across, when it stands upright.
    pub width: i32,
    /// Pixels down.
    pub height: i32,
    /// Bytes, its small form left out.
    pub bytes: i32,
}

impl PhotoFile {
    /// Where it lies among the files, in its full and in its small form.
    #[must_use]
    pub fn keys(content: &Digest) -> [String; 2] {
        let (folder, name) = (content.0.get(..2).unwrap_or_default(), content.as_str());
        [format!("{folder}/{name}.jpg"), format!("{folder}/{name}-small.jpg")]
    }
}

/// A photo that somebody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Its id.
    pub id: PhotoId,
    /// The hash of the bytes as they were sent.
    pub sent: Digest,
    /// What is stored of it.
    pub file: PhotoFile,
    /// How WeChat's check stands.
    pub state: PhotoState,
    /// Who sent it.
    pub by: PersonId,
    /// When.
    pub uploaded_at: DateTime<Utc>,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

impl Photo {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let PhotoFile { content, width, height, bytes } = &self.file;
        let fields = [
            ("sent", json!(self.sent.as_str())),
            ("content", json!(content.as_str())),
            ("width", json!(width)),
            ("height", json!(height)),
            ("bytes", json!(bytes)),
            ("state", json!(self.state.as_str())),
            ("by", json!(self.by.to_string())),
            ("uploadedAt", json!(self.uploaded_at)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A record that shows photos, named as in the journal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown {
    /// What sort of record.
    pub kind: RecordKind,
    /// Its key.
    pub key: String,
}

impl Shown {
    /// A toilet, which shows its photos to everybody.
    #[must_use]
    pub fn toilet(id: ToiletId) -> Self {
        Self { kind: RecordKind::Toilet, key: id.to_string() }
    }

    /// A grade of a toilet, whose evidence is for the staff.
    #[must_use]
    pub fn grade(toilet: ToiletId, grade: GradeId) -> Self {
        Self { kind: RecordKind::Toilet, key: format!("{toilet}/grades/{grade}") }
    }

    /// A cleaning at a toilet, whose photos are for the staff.
    #[must_use]
    pub fn cleaning(toilet: ToiletId, cleaning: CleaningId) -> Self {
        Self { kind: RecordKind::Toilet, key: format!("{toilet}/cleanings/{cleaning}") }
    }

    /// The toilet that shows it, itself, by a grade or by a cleaning.
    #[must_use]
    pub fn of(&self) -> Option<ToiletId> {
        let key = self.key.split('/').next().filter(|_| self.kind == RecordKind::Toilet);
        key.and_then(|key| key.parse().ok()).map(ToiletId)
    }

    /// Whether everybody may see what it shows.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.of().is_some_and(|toilet| *self == Self::toilet(toilet))
    }
}

/// That a record shows a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoUse {
    /// The photo.
    pub photo: PhotoId,
    /// Since when.
    pub from: DateTime<Utc>,
}

impl PhotoUse {
    /// As the journal has it, in the record that shows it: `photos.0192…`.
    #[must_use]
    pub fn field(&self) -> (String, Value) {
        (format!("photos.{}", self.photo), json!({"from": self.from}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        assert!("0192f0c1-0000-7000-8000-000000000001".parse::<PhotoId>().is_ok());
        for wrong in ["0192f0c1-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000", "1", ""] {
            assert!(wrong.parse::<PhotoId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_digest_is_that_of_the_standard() {
        // FIPS 180-4: "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").as_str(), abc);
        assert_eq!(abc.to_uppercase().parse(), Ok(Digest::of(b"abc")));
        for wrong in ["", &abc[1..], &abc.replace('b', "g"), &format!("{abc}0")] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_refused_is_never_fit_and_what_waits_only_where_nobody_is_asked() {
        let fit = |checking| PhotoState::ALL.iter().map(|state| state.is_fit(checking)).collect::<Vec<_>>();
        assert_eq!(fit(true), [true, false, true, false]);
        assert_eq!(fit(false), [true, true, true, false]);
    }
}
