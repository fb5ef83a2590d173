//! Waits for many sockets and points in time at once, and wakes whoever waits for them: tasks of any executor.
//!
//! There is one reactor in the process. The first [`Lease`] starts it and the last one ends it. It does no I/O itself: a
//! [`Source`] counts what the system has said of a socket, and whoever is woken tries again.

mod crew;
mod source;
#[cfg(test)]
mod stepped;
mod timers;

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Registry, Token};
use slab::Slab;

use self::crew::Crew;
pub(crate) use self::crew::Job;
pub(crate) use self::source::{Direction, Source};
pub(crate) use self::timers::Timer;
use self::timers::Timers;
use crate::raw::fork::OfProcess;

/// How many events of the system are taken at once.
const EVENTS: usize = 256;

/// What the system says of the waker, which is no socket.
const WAKER: Token = Token(usize::MAX);

/// The right to use the reactor. It goes on while there is one.
#[derive(Debug)]
pub(crate) struct Lease {
    reactor: Arc<Reactor>,
}

/// The reactor.
#[derive(Debug)]
pub(crate) struct Reactor {
    /// The process that it belongs to. One that was forked off has neither its threads nor its sockets.
    process: u32,
    registry: Registry,
    /// What the thread that waits needs, and only that one has.
    waiting: Mutex<Waiting>,
    waker: mio::Waker,
    sources: Mutex<Slab<Arc<Source>>>,
    timers: Mutex<Timers>,
    crew: Crew,
}

#[derive(Debug)]
struct Waiting {
    poll: mio::Poll,
    events: Events,
    /// Whom to wake, once no lock is held.
    woken: Vec<Waker>,
}

/// A socket that the reactor knows.
#[derive(Debug)]
pub(crate) struct Registration {
    lease: Arc<Lease>,
    source: Arc<Source>,
    key: usize,
}

static CURRENT: OfProcess<Mutex<Weak<Lease>>> = OfProcess::new(|| Mutex::new(Weak::new()));

impl Lease {
    /// The lease of the process, which is shared by all who want one.
    pub(crate) fn get() -> io::Result<Arc<Self>> {
        let mut current = lock(CURRENT.get());
        if let Some(lease) = current.upgrade()
            && lease.reactor.is_of_this_process()
        {
            return Ok(lease);
        }
        let lease = Arc::new(Self { reactor: Arc::new(Reactor::new()?) });
        // If a thread cannot be had, dropping the lease ends the others.
        lease.reactor.crew.start(&lease.reactor)?;
        *current = Arc::downgrade(&lease);
        Ok(lease)
    }

    /// Makes the socket known, whose owner drops the registration before it closes the socket.
    pub(crate) fn register(self: &Arc<Self>, socket: BorrowedFd<'_>) -> io::Result<Registration> {
        let source = Arc::new(Source::default());
        let key = lock(&self.reactor.sources).insert(Arc::clone(&source));
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registered = self.reactor.registry.register(&mut SourceFd(&socket.as_raw_fd()), Token(key), interest);
        if let Err(error) = registered {
            lock(&self.reactor.sources).remove(key);
            return Err(error);
        }
        Ok(Registration { lease: Arc::clone(self), source, key })
    }

    /// A timer that is not set.
    pub(crate) fn timer(self: &Arc<Self>) -> Timer {
        Timer::new(Arc::clone(self))
    }

    /// Has a thread of the crew do something.
    pub(crate) fn spawn(&self, job: Arc<dyn Job>) {
        self.reactor.crew.push(&self.reactor, job);
    }

    /// Runs a future to its end in this thread, which waits for sockets in place of the crew meanwhile: what is woken here runs
    /// without a change of threads.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        let parker =
            Arc::new(Parker { reactor: Arc::clone(&self.reactor), thread: thread::current(), is_woken: false.into() });
        let waker = Waker::from(Arc::clone(&parker));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        let _guest = self.reactor.crew.enter();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            while !parker.take() {
                self.reactor.crew.lead_as_guest(&self.reactor, &parker);
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.reactor.crew.end(&self.reactor);
    }
}

impl Registration {
    pub(crate) const fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Has the reactor forget the socket.
    pub(crate) fn end(&self, socket: BorrowedFd<'_>) {
        let reactor = &self.lease.reactor;
        // The list of the system is shared with the process that this one was forked off from.
        if reactor.is_of_this_process() {
            reactor.registry.deregister(&mut SourceFd(&socket.as_raw_fd())).ok();
        }
        lock(&reactor.sources).try_remove(self.key);
    }
}

impl Reactor {
    fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = mio::Waker::new(&registry, WAKER)?;
        let waiting = Waiting { poll, events: Events::with_capacity(EVENTS), woken: Vec::new() };
        Ok(Self {
            process: process::id(),
            registry,
            waiting: Mutex::new(waiting),
            waker,
            sources: Mutex::default(),
            timers: Mutex::default(),
            crew: Crew::default(),
        })
    }

    fn is_of_this_process(&self) -> bool {
        self.process == process::id()
    }

    /// Makes the thread that waits look around.
    fn interrupt(&self) {
        // A counter of the system that is full wakes as well.
        self.waker.wake().ok();
    }

    /// Waits until something happens, and wakes whoever waits for it. Only the leading thread calls it.
    fn turn(&self, limit: Option<Duration>) {
        let mut waiting = lock(&self.waiting);
        let Waiting { poll, events, woken } = &mut *waiting;
        let until = lock(&self.timers).begin_sleep();
        let timeout = until.into_iter().chain(limit).min();
        // An interrupted wait has no events.
        if poll.poll(events, timeout).is_err() {
            events.clear();
        }
        lock(&self.timers).end_sleep(woken);
        {
            let sources = lock(&self.sources);
            for event in events.iter().filter(|event| event.token() != WAKER) {
                if let Some(source) = sources.get(event.token().0) {
                    source.happened(event, woken);
                }
            }
        }
        let mut woken = std::mem::take(woken);
        drop(waiting);
        for waker in woken.drain(..) {
            // Somebody else's code must not take this thread along, nor the right to lead: others count on both.
            catch_unwind(AssertUnwindSafe(|| waker.wake())).ok();
        }
        // The memory is used again.
        let mut waiting = lock(&self.waiting);
        if waiting.woken.capacity() < woken.capacity() {
            waiting.woken = woken;
        }
    }
}

/// Wakes a thread in [`Lease::block_on`].
#[derive(Debug)]
struct Parker {
    reactor: Arc<Reactor>,
    thread: Thread,
    is_woken: AtomicBool,
}

impl Parker {
    fn take(&self) -> bool {
        self.is_woken.swap(false, Ordering::SeqCst)
    }

    fn is_woken(&self) -> bool {
        self.is_woken.load(Ordering::SeqCst)
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::SeqCst) && self.thread.id() != thread::current().id() {
            self.reactor.crew.wake_guest(&self.reactor, &self.thread);
        }
    }
}

/// No call waits for anything while it has a lock.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Jobs in the order in which they came.
type Jobs = VecDeque<Arc<dyn Job>>;
