//! Which core a thread runs on.

use std::io;

/// One of the cores that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Core {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "there is nothing to choose from"))]
    First,
    /// Others prefer the first ones.
    Last,
}

/// Keeps this thread, and those that it starts, on one core. Says which one that is, or why there is none.
#[allow(dead_code, reason = "one bench says it in other words")]
pub(crate) fn to_one_core() -> String {
    match to(Core::Last) {
        Ok(core) => format!("both ends on core {core}: messages per second, and the ratio to tungstenite"),
        Err(error) => format!("NOT on one core ({error}): messages per second, and a ratio that says little"),
    }
}

/// Keeps this thread, and those that it starts, on this core, and gives its number.
#[cfg(target_os = "linux")]
pub(crate) fn to(core: Core) -> io::Result<usize> {
    use std::sync::OnceLock;

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    // From the second time on, the one core that is in use would be all that is allowed.
    static ALLOWED: OnceLock<CpuSet> = OnceLock::new();
    let allowed = if let Some(allowed) = ALLOWED.get() {
        allowed
    } else {
        let allowed = sched_getaffinity(None)?;
        ALLOWED.get_or_init(|| allowed)
    };
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let core = match core {
        Core::First => cores.next(),
        Core::Last => cores.next_back(),
    };
    let core = core.expect("this thread runs somewhere");
    let mut one = CpuSet::new();
    one.set(core);
    sched_setaffinity(None, &one)?;
    Ok(core)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn to(_: Core) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}
