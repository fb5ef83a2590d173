//! Points in time that tasks wait for.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::{Lease, lock};
use crate::net::times;

/// All timers that are set.
#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeMap<Key, Waker>,
    next: u64,
    /// Until when the reactor sleeps, while it does.
    sleep: Option<Sleep>,
}

/// A point in time, and which of the timers at that point.
type Key = (Instant, u64);

#[derive(Clone, Copy, Debug)]
enum Sleep {
    Forever,
    Until(Instant),
}

/// A point in time that one task waits for. It is taken back when this is dropped.
#[derive(Debug)]
pub(crate) struct Timer {
    lease: Arc<Lease>,
    key: Option<Key>,
}

impl Timers {
    /// How long the reactor may sleep. `None` is for ever.
    pub(super) fn begin_sleep(&mut self) -> Option<Duration> {
        let first = self.by_time.keys().next().map(|&(time, _)| time);
        self.sleep = Some(first.map_or(Sleep::Forever, Sleep::Until));
        first.map(|time| time.saturating_duration_since(times::now()))
    }

    /// Takes out whoever waited for points in time that have passed.
    pub(super) fn end_sleep(&mut self, woken: &mut Vec<Waker>) {
        self.sleep = None;
        if self.by_time.is_empty() {
            return;
        }
        let now = times::now();
        while let Some(first) = self.by_time.first_entry()
            && first.key().0 <= now
        {
            woken.push(first.remove());
        }
    }

    /// The first point in time that somebody waits for.
    #[cfg(test)]
    pub(super) fn first(&self) -> Option<Instant> {
        self.by_time.keys().next().map(|&(time, _)| time)
    }

    /// Whether the reactor sleeps too long now.
    fn insert(&mut self, time: Instant, waker: Waker) -> (Key, bool) {
        self.next += 1;
        let key = (time, self.next);
        self.by_time.insert(key, waker);
        let is_late = match self.sleep {
            None => false,
            Some(Sleep::Forever) => true,
            Some(Sleep::Until(until)) => time < until,
        };
        (key, is_late)
    }
}

impl Timer {
    pub(super) const fn new(lease: Arc<Lease>) -> Self {
        Self { lease, key: None }
    }

    /// Whether the time has come; until then the task is to be woken. Without a point in time there is nothing to wait for.
    pub(crate) fn poll(&mut self, time: Option<Instant>, context: &Context<'_>) -> Poll<()> {
        let Some(time) = time else {
            self.clear();
            return Poll::Pending;
        };
        if time <= times::now() {
            self.clear();
            return Poll::Ready(());
        }
        self.wake_by(time, context.waker());
        Poll::Pending
    }

    /// Has the task woken at this point in time, or at an earlier one that was asked for before.
    ///
    /// Who asks for a later time each time, such as the end of a silence, sets a timer once and not for each message.
    pub(crate) fn wake_by(&mut self, time: Instant, waker: &Waker) {
        let reactor = &self.lease.reactor;
        let mut timers = lock(&reactor.timers);
        if let Some(key) = self.key
            && key.0 <= time
            && let Some(set) = timers.by_time.get_mut(&key)
        {
            let former = (!set.will_wake(waker)).then(|| mem::replace(set, waker.clone()));
            drop(timers);
            // It may run code of somebody else, who may have timers too.
            drop(former);
            return;
        }
        let former = self.key.and_then(|key| timers.by_time.remove(&key));
        let (key, is_late) = timers.insert(time, waker.clone());
        self.key = Some(key);
        drop(timers);
        drop(former);
        if is_late {
            reactor.interrupt();
        }
    }

    /// Takes the point in time back.
    pub(crate) fn clear(&mut self) {
        if let Some(key) = self.key.take() {
            // A waker may run code of somebody else when it is dropped.
            let waker = lock(&self.lease.reactor.timers).by_time.remove(&key);
            drop(waker);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
