//! Time limits of a connection, which any thread may change while calls are under way.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Time limits of a connection when it begins; `None` is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    /// How long a write may wait for the peer to take something.
    pub(crate) send: Option<Duration>,
    /// How long a close waits for the peer's close frame (b1.6.17).
    pub(crate) close: Option<Duration>,
    /// After how long a silence a receive sends an unsolicited pong (b3.3).
    pub(crate) keep_alive: Option<Duration>,
}

/// A limit in milliseconds; 0 is none.
#[derive(Debug, Default)]
pub(crate) struct Limit(AtomicU32);

impl Limit {
    pub(crate) fn new(limit: Option<Duration>) -> Self {
        let new = Self::default();
        new.set(limit);
        new
    }

    pub(crate) fn set(&self, limit: Option<Duration>) {
        self.0.store(millis_of(limit), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<Duration> {
        limit_of(self.millis())
    }

    /// The limit in milliseconds; 0 is none.
    pub(crate) fn millis(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// The point in time when the limit is reached.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        after(self.get())
    }
}

/// A point in time that is set when it is asked for first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Due {
    #[default]
    Unset,
    Never,
    At(Instant),
}

impl Due {
    pub(crate) const fn is_set(self) -> bool {
        !matches!(self, Self::Unset)
    }

    /// The point in time; `None` is never.
    pub(crate) fn get_or_set(&mut self, set: impl FnOnce() -> Option<Instant>) -> Option<Instant> {
        if !self.is_set() {
            *self = set().map_or(Self::Never, Self::At);
        }
        match *self {
            Self::Unset | Self::Never => None,
            Self::At(time) => Some(time),
        }
    }
}

/// A limit as the number of an option: part of a millisecond counts as a whole one, and a limit of more than 49 days is 0, which
/// is none.
pub(crate) fn millis_of(limit: Option<Duration>) -> u32 {
    limit.map_or(0, |limit| u32::try_from(limit.as_nanos().div_ceil(1_000_000).max(1)).unwrap_or(0))
}

/// The limit that a number of an option means: 0 and 0xFFFFFFFF are none.
pub(crate) const fn limit_of(millis: u32) -> Option<Duration> {
    match millis {
        0 | u32::MAX => None,
        millis => Some(Duration::from_millis(millis as u64)),
    }
}

/// The point in time when a limit is reached. One that is too far away for a clock is none.
pub(crate) fn after(limit: Option<Duration>) -> Option<Instant> {
    // Without a limit no clock is looked at: that is as long as to receive a short message.
    let limit = limit?;
    now().checked_add(limit)
}

/// The present of everything that leaves its thread to others while it waits. A test in one thread may have a clock of its own.
pub(crate) fn now() -> Instant {
    #[cfg(test)]
    if let Some(now) = super::simulated::present() {
        return now;
    }
    Instant::now()
}
