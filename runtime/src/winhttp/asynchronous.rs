//! Asynchronous mode: calls that return at once, and callbacks that say how they have ended.
//!
//! Each handle of an asynchronous session has a [`Life`]. Its operations stand in lanes, whose order is that of their callbacks. A
//! WebSocket has two, which may overlap: one for what it sends, and one for what it receives. A call tries at once; what has to wait
//! is woken by the reactor, and goes on in a thread of its crew.

mod calls;
mod gate;
mod lane;
#[cfg(all(test, winws_loom))]
mod loom;
mod operation;
#[cfg(test)]
mod simulated;
mod sync;

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, Wake, Waker};

use winws_api::winhttp::HInternet;

pub(super) use self::calls::{available, read, receive, send, write};
use self::gate::{Gate, Last};
use self::lane::{Full, Lane};
pub(super) use self::operation::{Completion, Operation};
use super::Object;
use super::callbacks::Notifier;
use super::socket::Socket;
use crate::net::Notice;
use crate::net::reactor::{Job, Lease};
use crate::net::waits::OnReactor;

/// How many operations end in a row for a caller that only wanted to begin one. The callbacks of the first may begin others.
const MAX_ON_CALLER: usize = 3;

/// How many operations of one lane end in a row before others have their turn.
const MAX_ON_CREW: usize = 16;

/// How deep callbacks may begin operations whose callbacks run within them.
const MAX_DEPTH: usize = 3;

thread_local! {
    /// How many callers of this thread work on operations.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Which lane of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// What a WebSocket sends, and all calls on a request.
    Out,
    /// What a WebSocket receives.
    In,
}

/// Who works on an operation first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// The caller, before the call returns.
    Caller,
    /// A thread of the crew.
    Crew,
}

/// The handle was closed just now, or the lane is full.
#[derive(Clone, Copy, Debug)]
pub(super) enum NotBegun {
    Closed,
    Full,
}

/// A handle of an asynchronous session, from its creation to its last callback.
#[derive(Debug)]
pub(super) struct Life {
    object: Object,
    /// Set once, before anybody else has the handle.
    handle: OnceLock<HInternet>,
    /// What may not say its last word before this has.
    above: Option<Arc<Life>>,
    gate: Gate,
    out: Arc<Track>,
    into: Arc<Track>,
}

/// As long as it is there, the handle does not say its last word.
#[derive(Debug)]
pub(super) struct Held(Arc<Life>);

/// A lane, and whom to wake for it.
#[derive(Debug)]
struct Track {
    lane: Lane<Operation, Completion>,
    life: Weak<Life>,
    lease: Arc<Lease>,
}

impl Life {
    /// The life of a handle of a session.
    pub(super) fn of_session(object: Object) -> io::Result<Arc<Self>> {
        Ok(Self::new(object, None, &Lease::get()?))
    }

    /// The life of a handle that was made from others. `None` if the last of those is closed.
    pub(super) fn below(above: &Arc<Self>, object: Object) -> Option<Arc<Self>> {
        above.gate.enter().then(|| Self::new(object, Some(Arc::clone(above)), above.lease()))
    }

    fn new(object: Object, above: Option<Arc<Self>>, lease: &Arc<Lease>) -> Arc<Self> {
        Arc::new_cyclic(|life| {
            let track = || Track { lane: Lane::new(), life: Weak::clone(life), lease: Arc::clone(lease) };
            let (out, into) = (Arc::new(track()), Arc::new(track()));
            Self { object, handle: OnceLock::new(), above, gate: Gate::new(), out, into }
        })
    }

    /// It has a handle now, and whoever is told of that is told.
    pub(super) fn begin_with(&self, handle: HInternet, notifier: &Notifier) {
        self.handle.set(handle).ok();
        if self.gate.enter() {
            notifier.created(handle);
            self.leave();
        }
    }

    /// Keeps the handle from its last word, unless it is closed.
    pub(super) fn hold(self: &Arc<Self>) -> Option<Held> {
        self.gate.enter().then(|| Held(Arc::clone(self)))
    }

    pub(super) fn lease(&self) -> &Arc<Lease> {
        &self.out.lease
    }

    /// How the calls of this handle wait.
    pub(super) fn waits(&self) -> OnReactor {
        OnReactor::new(Arc::clone(self.lease()))
    }

    /// Begins an operation, if there are fewer than `bound` in its lane. `begin` checks whether it may, and must not block.
    pub(super) fn begin<E: From<NotBegun>>(
        &self,
        way: Way,
        bound: usize,
        first: First,
        begin: impl FnOnce() -> Result<Operation, E>,
    ) -> Result<(), E> {
        self.add(way, bound, begin)?;
        self.go(way, first);
        Ok(())
    }

    /// Begins to close a WebSocket. A receive that waits is cancelled, and its callback told so, before this returns (b2.1.14).
    pub(super) fn begin_close<E: From<NotBegun>>(&self, begin: impl FnOnce() -> Result<Operation, E>) -> Result<(), E> {
        self.into.lane.claim();
        // It waits behind a send and a shutdown.
        let begun = self.add(Way::Out, 3, begin);
        if begun.is_err() {
            self.into.lane.withdraw();
            self.into.wake_by_ref();
            return begun;
        }
        self.finish(Way::In);
        // It completes on the caller only if the peer has closed before (b2.1.12, b2.1.13).
        let is_closed = self.socket().is_some_and(|socket| socket.peer_close().is_some());
        self.go(Way::Out, if is_closed { First::Caller } else { First::Crew });
        Ok(())
    }

    fn go(&self, way: Way, first: First) {
        let track = self.track(way);
        match first {
            First::Caller if DEPTH.get() < MAX_DEPTH => track.work(self, first),
            First::Caller | First::Crew => track.wake_by_ref(),
        }
    }

    fn add<E: From<NotBegun>>(
        &self,
        way: Way,
        bound: usize,
        begin: impl FnOnce() -> Result<Operation, E>,
    ) -> Result<(), E> {
        if !self.gate.enter() {
            return Err(NotBegun::Closed.into());
        }
        let track = self.track(way);
        let begun = track.lane.push(bound, || begin().map_err(Refused::Other)).map_err(|refused| match refused {
            Refused::Full => NotBegun::Full.into(),
            Refused::Other(error) => error,
        });
        // A close that came in between may not have seen it.
        if begun.is_ok() && self.gate.is_closed() {
            self.abort();
        }
        begun.inspect_err(|_| self.leave())
    }

    /// Begins a call on a request: a future that ends with what the callback is told. The function is one of the `API_…` numbers.
    pub(super) fn begin_call<E: From<NotBegun>, F: Future<Output = Completion> + Send + 'static>(
        &self,
        function: u32,
        first: First,
        begin: impl FnOnce() -> Result<F, E>,
    ) -> Result<(), E> {
        self.begin(Way::Out, 1, first, || Ok(Operation::Request { function, call: Box::pin(begin()?) }))
    }

    /// Ends what waits in the lane because it was cancelled.
    fn finish(&self, way: Way) {
        let track = Arc::clone(self.track(way));
        let waker = Waker::from(Arc::clone(&track));
        let mut context = Context::from_waker(&waker);
        track.lane.finish(|operation| self.poll(operation, &mut context), |done| self.complete(&done));
    }

    /// Goes on with an operation. One that panics has failed, so that its lane goes on.
    fn poll(&self, operation: &mut Operation, context: &mut Context<'_>) -> Poll<Completion> {
        let polled = catch_unwind(AssertUnwindSafe(|| operation.poll(self.socket(), context)));
        polled.unwrap_or_else(|_| Poll::Ready(operation.panicked()))
    }

    /// Tells whoever listens of a step of the call that is under way in the lane.
    pub(super) fn notice(&self, notice: Notice<'_>) {
        // Nobody is told of the steps of a call that was cancelled.
        if !self.gate.is_closed() {
            self.out.lane.calling(|| self.object.notifier(self.handle()).notify(notice));
        }
    }

    /// Closes the handle. Operations that wait are cancelled, and their callbacks are told so before this returns, unless a callback
    /// of the same lane runs in another thread just then (b2.4.4).
    pub(super) fn close(&self) {
        self.gate.close();
        self.into.lane.claim();
        self.out.lane.claim();
        // Without a call under way, dropping the object ends the stream. That of a request may be one that blocks, in no lane.
        if self.socket().is_none() || self.out.lane.has_work() || self.into.lane.has_work() {
            self.abort();
        }
        self.finish(Way::In);
        self.finish(Way::Out);
        self.leave();
    }

    /// Ends what goes on, as cancelled.
    fn abort(&self) {
        match &self.object {
            Object::Socket(socket) => socket.abort(),
            Object::Request(request) => request.abort(),
            Object::Session(_) | Object::Connection(_) => {}
        }
    }

    fn complete(&self, completion: &Completion) {
        completion.tell(|status, information| self.object.notifier(self.handle()).call(status, information));
        self.leave();
    }

    /// Something behind the handle has ended: perhaps the last thing.
    fn leave(&self) {
        let mut life = self;
        while let Some(last) = life.gate.leave() {
            life.say(&last);
            match &life.above {
                Some(above) => life = above,
                None => return,
            }
        }
    }

    fn say(&self, _: &Last) {
        self.object.notifier(self.handle()).closing();
    }

    fn handle(&self) -> HInternet {
        self.handle.get().copied().unwrap_or(HInternet::NULL)
    }

    fn socket(&self) -> Option<&Socket> {
        match &self.object {
            Object::Socket(socket) => Some(socket),
            Object::Session(_) | Object::Connection(_) | Object::Request(_) => None,
        }
    }

    const fn track(&self, way: Way) -> &Arc<Track> {
        match way {
            Way::Out => &self.out,
            Way::In => &self.into,
        }
    }
}

impl Held {
    pub(super) fn lease(&self) -> &Arc<Lease> {
        self.0.lease()
    }

    /// The life of a WebSocket that comes of the request that is held. It outlives the request, and that its connection, but none of
    /// them the session. That one may be closed already (b1.1.7).
    pub(super) fn web_socket(&self, object: Object) -> Arc<Life> {
        let mut session = &self.0;
        while let Some(above) = &session.above {
            session = above;
        }
        session.gate.enter_with_another();
        Life::new(object, Some(Arc::clone(session)), session.lease())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Track {
    /// Works on the lane, unless somebody else does.
    fn work(self: &Arc<Self>, life: &Life, who: First) {
        let waker = Waker::from(Arc::clone(self));
        let mut context = Context::from_waker(&waker);
        DEPTH.set(DEPTH.get() + 1);
        let poll = |operation: &mut Operation| life.poll(operation, &mut context);
        let tell = |done: Completion| life.complete(&done);
        let has_more = match who {
            // The callbacks of a WebSocket keep their order, also where the program does not wait for the one before.
            First::Caller if life.socket().is_some() => self.lane.work(MAX_ON_CALLER, poll, tell),
            First::Caller => self.lane.work_as_caller(MAX_ON_CALLER, poll, tell),
            First::Crew => self.lane.work(MAX_ON_CREW, poll, tell),
        };
        DEPTH.set(DEPTH.get() - 1);
        if has_more {
            self.wake_by_ref();
        }
    }
}

impl Wake for Track {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Without a life nothing is left in the lane.
        let Some(life) = self.life.upgrade() else { return };
        if self.lane.wake() {
            self.lease.spawn(life);
        }
    }
}

/// What is under way keeps the life: a handle that was closed meanwhile does not.
impl Job for Life {
    fn run(self: Arc<Self>) {
        for track in [&self.out, &self.into] {
            if track.lane.arrive() {
                track.work(&self, First::Crew);
            }
        }
    }
}

/// Why nothing was added to a lane.
enum Refused<E> {
    Full,
    Other(E),
}

impl<E> From<Full> for Refused<E> {
    fn from(_: Full) -> Self {
        Self::Full
    }
}
