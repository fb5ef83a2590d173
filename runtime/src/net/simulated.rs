//! A world in one thread, for tests that draw what happens next: a clock that stands still, connections in memory, and a peer.

mod draw;
mod frame;
mod peer;
mod wire;

use std::cell::Cell;
use std::time::{Duration, Instant};

pub(crate) use self::draw::{Draw, runs};
pub(crate) use self::frame::Frame;
pub(crate) use self::peer::{Peer, Said};
pub(crate) use self::wire::Wire;

thread_local! {
    static PRESENT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The time of this thread, if it has one of its own.
pub(super) fn present() -> Option<Instant> {
    PRESENT.get()
}

/// A clock of this thread, which goes when it is told to. It is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Clock {
    began: Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let began = Instant::now();
        PRESENT.set(Some(began));
        Self { began }
    }

    /// How much time has passed.
    pub(crate) fn passed(&self) -> Duration {
        present().expect("the clock is there") - self.began
    }

    pub(crate) fn pass(&self, span: Duration) {
        PRESENT.set(Some(self.began + self.passed() + span));
    }

    /// Goes on to a point in time, unless it has passed.
    pub(crate) fn pass_to(&self, time: Instant) {
        PRESENT.set(Some(time.max(self.began + self.passed())));
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        PRESENT.set(None);
    }
}
