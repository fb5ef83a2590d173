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
pub(super) struct Limit(AtomicU32);

impl Limit {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let new = Self::default();
        new.set(limit);
        new
    }

    /// Part of a millisecond counts as a whole one. A limit of more than 49 days is none.
    pub(super) fn set(&self, limit: Option<Duration>) {
        let millis = limit.map_or(0, |limit| u32::try_from(limit.as_nanos().div_ceil(1_000_000)).unwrap_or(0).max(1));
        self.0.store(millis, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            millis => Some(Duration::from_millis(millis.into())),
        }
    }

    /// The point in time when the limit is reached, if the clock has it.
    pub(super) fn deadline(&self) -> Option<Instant> {
        Instant::now().checked_add(self.get()?)
    }
}
