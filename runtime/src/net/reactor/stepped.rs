//! A reactor without threads: a test takes its steps, one after the other.

use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use super::{Lease, Reactor, lock};

impl Lease {
    /// A lease of a reactor of its own, which waits for nothing and runs nothing by itself.
    pub(crate) fn stepped() -> Arc<Self> {
        Arc::new(Self { reactor: Arc::new(Reactor::new().expect("the system has descriptors left")) })
    }

    /// Says of all sockets what the system would say of them. For each direction: nothing, or whether it is closed.
    pub(crate) fn say(&self, read: Option<bool>, write: Option<bool>) {
        let mut woken = Vec::new();
        for (_, source) in lock(&self.reactor.sources).iter() {
            if let Some(is_closed) = read {
                source.read.happened(is_closed, &mut woken);
            }
            if let Some(is_closed) = write {
                source.write.happened(is_closed, &mut woken);
            }
        }
        woken.into_iter().for_each(Waker::wake);
    }

    /// How many jobs wait for a thread.
    pub(crate) fn jobs(&self) -> usize {
        self.reactor.crew.jobs()
    }

    /// Takes the place of a thread for one of the jobs.
    pub(crate) fn run_job(&self, at: usize) {
        if let Some(job) = self.reactor.crew.take(at) {
            job.run();
        }
    }

    /// The first point in time that somebody waits for.
    pub(crate) fn first_timer(&self) -> Option<Instant> {
        lock(&self.reactor.timers).first()
    }

    /// Wakes whoever waits for a point in time that has passed.
    pub(crate) fn run_timers(&self) {
        let mut woken = Vec::new();
        lock(&self.reactor.timers).end_sleep(&mut woken);
        woken.into_iter().for_each(Waker::wake);
    }
}
