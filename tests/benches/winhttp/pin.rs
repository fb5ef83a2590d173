//! One core for everything.

use std::io;

/// Keeps this thread, and those that it starts, on one core. Says which one that is, or why there is none.
pub(crate) fn to_one_core() -> String {
    match pin() {
        Ok(core) => format!("both ends on core {core}: messages per second, and the ratio to tungstenite"),
        Err(error) => format!("NOT on one core ({error}): messages per second, and a ratio that says little"),
    }
}

/// The last core that may be used: others prefer the first ones.
#[cfg(target_os = "linux")]
fn pin() -> io::Result<usize> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let allowed = sched_getaffinity(None)?;
    let core = (0..CpuSet::MAX_CPU).rev().find(|core| allowed.is_set(*core)).expect("this thread runs somewhere");
    let mut one = CpuSet::new();
    one.set(core);
    sched_setaffinity(None, &one)?;
    Ok(core)
}

#[cfg(not(target_os = "linux"))]
fn pin() -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}
