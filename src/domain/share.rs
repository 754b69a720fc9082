//! A published share: always with its numerator and denominator, and no value where there is nothing to divide by.

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many fulfil it.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
}

impl Share {
    /// Counts one more, which fulfils it or not.
    pub fn count(&mut self, fulfils: bool) {
        self.numerator += u64::from(fulfils);
        self.denominator += 1;
    }

    /// The share, 0 to 1; `None`, never 1, when the denominator is 0.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of toilets are far below 2⁵³")]
    pub fn value(self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_nothing_is_no_share() {
        let mut share = Share::default();
        assert_eq!(share.value(), None);
        share.count(false);
        assert_eq!(share.value(), Some(0.0));
        share.count(true);
        assert_eq!((share, share.value()), (Share { numerator: 1, denominator: 2 }, Some(0.5)));
    }
}
