//! How many connections the process can hold open.

use crate::http::door::Limits;

/// The configured number of connections, or fewer where the process may not open as many files.
pub(super) fn affordable(limits: &Limits) -> usize {
    let wanted = limits.connections;
    let Some(descriptors) = allowed() else { return seats(wanted) };
    let affordable = wanted.min(descriptors.saturating_sub(limits.spare_descriptors)).max(1);
    if affordable < wanted {
        tracing::warn!(
            connections = affordable,
            wanted,
            descriptors,
            "fewer connections than configured: raise the limit of open files (ulimit -n, LimitNOFILE)"
        );
    }
    seats(affordable)
}

/// How many files this process may have open, where the system tells it as Linux does.
fn allowed() -> Option<u32> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    soft_limit(&limits)
}

fn soft_limit(limits: &str) -> Option<u32> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn seats(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_read_as_linux_writes_it() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             63431                63431                processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit("Max open files            unlimited            unlimited            files"), None);
    }
}
