//! The revision to which a write is meant (`If-Match`), and the key of a request that may come twice.

use crate::domain::Violation;
use crate::domain::account::PersonId;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;
use crate::usecase::once::Once;
use crate::usecase::registering::Expected;

/// The header that names the revision.
pub(super) const IF_MATCH: &str = "If-Match";

/// The header that names the request.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// How many tags are read.
const MOST_TAGS: usize = 32;

/// Reads `If-Match`: an entity tag `"4-…"`, of which the revision in front alone is compared, or the revision by itself,
/// as the body of every record has it; several with commas. A weak tag counts as well, since proxies that compress make
/// tags weak and the revision is exact all the same. `*` would overwrite what nobody has read, so it names no revision.
///
/// # Errors
/// `revisionMissing`, or `badParameter`.
pub(super) fn expected(header: Option<&str>) -> Result<Expected, Problem> {
    let missing = |detail: &str| Problem::new(ProblemCode::RevisionMissing, detail);
    let header = header.map(str::trim).filter(|header| !header.is_empty());
    let header = header.ok_or_else(|| missing("Name the revision that you have read: If-Match: \"4\"."))?;
    if header == "*" {
        return Err(missing("`*` would overwrite what others have written: name the revision that you have read."));
    }
    let tags = header.split(',').map(str::trim).take(MOST_TAGS);
    let revisions = tags.map(revision).collect::<Option<Vec<_>>>();
    revisions.map(Expected).ok_or_else(|| {
        let message = "is an entity tag such as \"4-…\", or a revision such as 4";
        Problem::of_fields(ProblemCode::BadParameter, vec![Violation::new(IF_MATCH, "unreadable", message)])
    })
}

fn revision(tag: &str) -> Option<i32> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let tag = tag.strip_prefix('"').map_or(Some(tag), |rest| rest.strip_suffix('"'))?;
    let digits = tag.split_once('-').map_or(tag, |(revision, _)| revision);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// Reads `Idempotency-Key`: 1 to 64 visible characters of ASCII. `asked` tells the request from others.
///
/// # Errors
/// `badParameter`.
pub(super) fn once(header: Option<&str>, person: PersonId, asked: &[&str]) -> Result<Option<Once>, Problem> {
    Ok(key_of(header)?.map(|key| Once::new(person, key, asked)))
}

/// Reads the key alone, where it is not yet known whose it is.
///
/// # Errors
/// As [`once`].
pub(super) fn key_of(header: Option<&str>) -> Result<Option<&str>, Problem> {
    let Some(key) = header else { return Ok(None) };
    if !(1..=64).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = "is 1 to 64 visible characters of ASCII, such as a UUID";
        let violation = Violation::new(IDEMPOTENCY_KEY, "unreadable", message);
        return Err(Problem::of_fields(ProblemCode::BadParameter, vec![violation]));
    }
    Ok(Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_alone_is_compared() {
        for (header, revisions) in [
            ("\"4-0123456789abcdef\"", Some(vec![4])),
            ("W/\"4-0123456789abcdef\"", Some(vec![4])),
            ("\"4\"", Some(vec![4])),
            ("4", Some(vec![4])),
            (" \"3-a\" , \"12-b\" ", Some(vec![3, 12])),
            ("*", None),
            ("", None),
            ("\"4", None),
            ("\"x-4\"", None),
            ("\"-4\"", None),
            ("\"+4\"", None),
            ("\"99999999999-a\"", None),
            ("\"4-a\",", None),
        ] {
            assert_eq!(expected(Some(header)).ok(), revisions.map(Expected), "{header}");
        }
        assert!(expected(None).is_err_and(|problem| problem.code() == ProblemCode::RevisionMissing));
    }

    #[test]
    fn a_key_is_short_and_visible() {
        let person = PersonId(uuid::Uuid::nil());
        for (key, fits) in [("0192-a", true), ("", false), ("a b", false), ("键", false), (&"x".repeat(65), false)] {
            assert_eq!(once(Some(key), person, &[]).is_ok(), fits, "{key}");
        }
        assert!(once(None, person, &[]).is_ok_and(|once| once.is_none()));
    }
}
