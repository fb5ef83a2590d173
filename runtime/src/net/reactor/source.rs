//! What the system has said of one socket, and who waits to hear it.
//!
//! The system speaks of a change only once. So each direction counts what it said, and remembers at which count a try found nothing
//! more: as long as both are the same, another try would find nothing either, and needs no system call.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use mio::event::Event;

use super::lock;

/// How many tasks may wait to read: one receives, one closes. Others that are in the list have given up.
const MAX_READERS: usize = 4;

/// A socket as the reactor sees it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) read: Direction,
    pub(crate) write: Direction,
}

/// One direction of a socket.
#[derive(Debug)]
pub(crate) struct Direction {
    /// How often the system has said something.
    events: AtomicU32,
    /// The count at which nothing was left.
    exhausted: AtomicU32,
    /// Whether the peer has ended the direction: from then on the system has nothing more to say.
    is_closed: AtomicBool,
    waiters: Mutex<Vec<Waker>>,
    /// How many may wait.
    most: usize,
}

impl Direction {
    const fn new(most: usize) -> Self {
        Self {
            events: AtomicU32::new(1),
            exhausted: AtomicU32::new(0),
            is_closed: AtomicBool::new(false),
            waiters: Mutex::new(Vec::new()),
            most,
        }
    }

    /// The count to try at, or `None` if a try would find nothing.
    pub(crate) fn count(&self) -> Option<u32> {
        let events = self.events.load(Ordering::Acquire);
        let is_worth_it = self.is_closed.load(Ordering::Acquire) || self.exhausted.load(Ordering::Relaxed) != events;
        is_worth_it.then_some(events)
    }

    /// A try that began at this count has found nothing more.
    pub(crate) fn exhaust(&self, count: u32) {
        self.exhausted.store(count, Ordering::Relaxed);
    }

    /// Whether another try is worth it; until then the task is to be woken.
    pub(crate) fn poll_ready(&self, context: &Context<'_>) -> Poll<()> {
        let mut waiters = lock(&self.waiters);
        if self.count().is_some() {
            return Poll::Ready(());
        }
        if waiters.iter().any(|waiter| waiter.will_wake(context.waker())) {
            return Poll::Pending;
        }
        // Nobody says when a task gives up. On a socket that stays silent their wakers would be kept for ever.
        let all = if waiters.len() < self.most { Vec::new() } else { mem::take(&mut *waiters) };
        waiters.push(context.waker().clone());
        drop(waiters);
        all.into_iter().for_each(Waker::wake);
        Poll::Pending
    }

    /// Has whoever waits look again, also one that has just looked and is about to wait.
    pub(crate) fn wake(&self) {
        let waiters = {
            let mut waiters = lock(&self.waiters);
            self.events.fetch_add(1, Ordering::AcqRel);
            mem::take(&mut *waiters)
        };
        waiters.into_iter().for_each(Waker::wake);
    }

    pub(super) fn happened(&self, is_closed: bool, woken: &mut Vec<Waker>) {
        let mut waiters = lock(&self.waiters);
        if is_closed {
            self.is_closed.store(true, Ordering::Release);
        }
        self.events.fetch_add(1, Ordering::AcqRel);
        woken.append(&mut waiters);
    }
}

impl Default for Source {
    fn default() -> Self {
        // Any number of senders wait for the one whose frame is under way.
        Self { read: Direction::new(MAX_READERS), write: Direction::new(usize::MAX) }
    }
}

/// Wakes all who wait to write: the time for that ends for them all, whoever has set it.
impl Wake for Source {
    fn wake(self: Arc<Self>) {
        self.write.wake();
    }
}

impl Source {
    /// Takes up what the system says, and who is to be woken for it.
    pub(super) fn happened(&self, event: &Event, woken: &mut Vec<Waker>) {
        let is_error = event.is_error();
        if event.is_readable() || event.is_read_closed() || is_error {
            self.read.happened(event.is_read_closed() || is_error, woken);
        }
        if event.is_writable() || event.is_write_closed() || is_error {
            self.write.happened(event.is_write_closed() || is_error, woken);
        }
    }
}
