//! Targets that shares are held against: dated and configured, never constants, since they differ by place and plan.

use chrono::NaiveDate;
use serde::Deserialize;

use super::codes::codes;
use super::share::Share;

const BUILT_IN: &str = include_str!("targets/cn.toml");

codes!(
    /// A share that targets are set for.
    Measure {
        /// Tourist toilets that hold a grade of the standard in force ÷ tourist toilets in service.
        OnStandardInForce = "onStandardInForce",
        /// Tourist toilets with a position good enough for electronic maps ÷ tourist toilets in service.
        Mapped = "mapped",
    }
);

/// A share to be reached, from a day and until a day where these are set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What is measured.
    pub measure: Measure,
    /// The share to be reached, above 0 and at most 1.
    pub share: f64,
    /// The first day on which it counts.
    pub from: Option<NaiveDate>,
    /// The last day on which it counts.
    pub until: Option<NaiveDate>,
    /// Who set it and for whom, in words.
    pub about: String,
}

/// Why targets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetsError {
    /// Not TOML, or a key or value that does not belong; the message names the line.
    #[error("the targets cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A share that is none.
    #[error("the target “{about}” has the share {share}; it must be above 0 and at most 1, such as 0.9")]
    BadShare {
        /// Its words.
        about: String,
        /// The share as written.
        share: f64,
    },
    /// A target that ends before it begins.
    #[error("the target “{about}” ends before it begins")]
    EndsBeforeItBegins {
        /// Its words.
        about: String,
    },
}

/// The targets that are known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Targets(Vec<Target>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    target: Vec<Target>,
}

impl Targets {
    /// The ministry's, as of the plan that ended in 2025.
    ///
    /// # Errors
    /// None; a test reads them.
    pub fn builtin() -> Result<Self, TargetsError> {
        Self::parse(BUILT_IN)
    }

    /// Reads targets from TOML: `[[target]]` with `measure`, `share`, `about` and, where set, `from` and `until`.
    ///
    /// # Errors
    /// [`TargetsError`].
    pub fn parse(text: &str) -> Result<Self, TargetsError> {
        let Listed { target } = toml::from_str(text)?;
        for Target { share, from, until, about, .. } in &target {
            if !(*share > 0.0 && *share <= 1.0) {
                return Err(TargetsError::BadShare { about: about.clone(), share: *share });
            }
            if from.zip(*until).is_some_and(|(from, until)| until < from) {
                return Err(TargetsError::EndsBeforeItBegins { about: about.clone() });
            }
        }
        Ok(Self(target))
    }

    /// Those for a measure, in the order of the file.
    pub fn of(&self, measure: Measure) -> impl Iterator<Item = &Target> {
        self.0.iter().filter(move |target| target.measure == measure)
    }
}

impl Target {
    /// Whether it counts on that day. One that does not is shown all the same, as what it was.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether a share reaches it; `None` where there is no share.
    #[must_use]
    pub fn is_met(&self, share: Share) -> Option<bool> {
        share.value().map(|value| value >= self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_ones_are_dated() {
        let targets = Targets::builtin().unwrap_or_default();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let shares: Vec<_> = targets.of(Measure::OnStandardInForce).map(|target| target.share).collect();
        assert_eq!(shares, [0.9, 0.7]);
        let mapped: Vec<_> = targets.of(Measure::Mapped).collect();
        assert!(mapped.iter().all(|target| target.is_in_force(day("2025-12-31"))));
        assert!(!mapped.iter().any(|target| target.is_in_force(day("2026-01-01"))));
    }

    #[test]
    fn what_is_no_target_is_refused_with_its_words() {
        let wrong = |text: &str| Targets::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        let target = "[[target]]\nmeasure = \"mapped\"\nabout = \"ours\"\n";
        assert!(wrong(&format!("{target}share = 95")).contains("“ours” has the share 95"));
        assert!(wrong(&format!("{target}share = nan")).contains("must be above 0"));
        assert!(wrong(&format!("{target}share = 0.9\nsince = \"2026-01-01\"")).contains("since"));
        assert!(
            wrong(&format!("{target}share = 0.9\nfrom = \"2026-02-01\"\nuntil = \"2026-01-01\""))
                .contains("ends before")
        );
        assert!(Targets::parse("").is_ok_and(|targets| targets == Targets::default()));
    }

    #[test]
    fn a_share_of_nothing_neither_meets_nor_misses() {
        let Ok(targets) = Targets::builtin() else { unreachable!("a test above reads them") };
        let met = |share| targets.of(Measure::Mapped).next().and_then(|target| target.is_met(share));
        assert_eq!(met(Share::default()), None);
        assert_eq!(met(Share { numerator: 95, denominator: 100 }), Some(true));
        assert_eq!(met(Share { numerator: 94, denominator: 100 }), Some(false));
    }
}
