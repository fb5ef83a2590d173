//! What the system lets this process have, and what it has.

use std::fs;

use rustix::process::{Resource, getrlimit, setrlimit};

/// Lets this process have as many descriptors as it may: how many that is.
pub(crate) fn raise_descriptors() -> u64 {
    let mut limits = getrlimit(Resource::Nofile);
    limits.current = limits.maximum;
    // Where the system sets it lower, the old one stays.
    setrlimit(Resource::Nofile, limits).ok();
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many threads this process has, where the system says so.
pub(crate) fn threads() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Threads:"))?.trim().parse().ok()
}
