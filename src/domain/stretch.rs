//! Stretches of time: joined, met, and cut out of each other.

use chrono::{DateTime, Utc};

/// A stretch of time, its end not in it.
pub type Stretch = (DateTime<Utc>, DateTime<Utc>);

/// The same time as stretches that follow each other and do not touch.
#[must_use]
pub fn united(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.retain(|(from, until)| from < until);
    stretches.sort_unstable();
    let mut united: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for (from, until) in stretches {
        match united.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => united.push((from, until)),
        }
    }
    united
}

/// What of a stretch lies in others, which follow each other.
pub fn meeting((from, until): Stretch, others: &[Stretch]) -> impl Iterator<Item = Stretch> + '_ {
    let first = others.partition_point(|other| other.1 <= from);
    let met = others.iter().skip(first).take_while(move |other| other.0 < until);
    met.map(move |other| (other.0.max(from), other.1.min(until)))
}

/// What of stretches lies in none of others, which follow each other.
#[must_use]
pub fn without(stretches: &[Stretch], others: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let mut at = stretch.0;
        for (from, until) in meeting(*stretch, others) {
            left.push((at, from));
            at = until;
        }
        left.push((at, stretch.1));
    }
    left.retain(|(from, until)| from < until);
    left
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn stretches(minutes: &[(i64, i64)]) -> Vec<Stretch> {
        let at = |minute: i64| DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap();
        minutes.iter().map(|(from, until)| (at(*from), at(*until))).collect()
    }

    #[test]
    fn they_are_joined_and_cut_out() {
        let taken = united(stretches(&[(25, 27), (5, 22), (9, 20), (27, 27)]));
        assert_eq!(taken, stretches(&[(5, 22), (25, 27)]));
        let left = without(&stretches(&[(0, 10), (20, 30)]), &taken);
        assert_eq!(left, stretches(&[(0, 5), (22, 25), (27, 30)]));
        assert_eq!(united(stretches(&[(3, 4), (1, 3)])), stretches(&[(1, 4)]), "those that touch are one");
    }
}
