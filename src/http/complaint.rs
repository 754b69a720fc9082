//! Trouble that may happen thousands of times a second and is logged now and then, so that a flood does not fill the disk.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the same trouble is logged, however often it happens.
const TOLD: Duration = Duration::from_secs(10);

/// One kind of trouble.
#[derive(Debug, Default)]
pub(super) struct Complaint(Mutex<Untold>);

#[derive(Debug, Default)]
struct Untold {
    times: u64,
    told: Option<Instant>,
}

impl Complaint {
    /// It happened. How often since it was told last, if it is time to tell.
    pub(super) fn due(&self) -> Option<u64> {
        let mut untold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        untold.times += 1;
        if untold.told.is_some_and(|told| told.elapsed() < TOLD) {
            return None;
        }
        untold.told = Some(Instant::now());
        Some(std::mem::take(&mut untold.times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_once() {
        let complaint = Complaint::default();
        let told: Vec<u64> = (0..1_000).filter_map(|_| complaint.due()).collect();
        assert_eq!(told, [1]);
    }
}
