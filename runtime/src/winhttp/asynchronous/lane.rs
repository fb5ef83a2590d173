//! Operations of one direction, one after the other, and who works on them: one thread at a time, which also makes their callbacks.
//!
//! No lock is held while an operation is polled or a callback runs. When a callback runs, its operation has left the lane, so the
//! callback may begin the next one: the thread comes back for it after the callback has returned. Another thread need not wait for
//! that: it may take the lane over.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::task::Poll;

use super::sync::{Condvar, Mutex, MutexGuard, ThreadId, thread};

/// Operations that wait, and the right to work on them.
#[derive(Debug)]
pub(super) struct Lane<O, C> {
    state: Mutex<State<O, C>>,
    /// Signalled when the thread that works stops, or calls somebody back.
    changed: Condvar,
}

#[derive(Debug)]
struct State<O, C> {
    operations: VecDeque<O>,
    /// How an operation has ended whose callback is left to a thread that waits for the lane.
    left: Option<C>,
    /// Whether a thread has taken one out and has not put it back.
    is_taken: bool,
    run: Run,
    /// How often a thread has begun to work. One that comes back from a callback and finds another number was relieved.
    turns: u64,
    /// Whether something has happened while a thread worked.
    is_woken: bool,
    /// Whether a thread of the crew was asked to work.
    is_queued: bool,
    /// How many threads wait for a change. To wake nobody is a system call all the same.
    waiting: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Idle,
    /// A thread polls an operation, which never blocks.
    Working,
    /// This thread is in a callback, which may block.
    Calling(ThreadId),
}

/// There are as many operations as there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Full;

impl<O, C> Lane<O, C> {
    pub(super) fn new() -> Self {
        let state = State {
            operations: VecDeque::new(),
            left: None,
            is_taken: false,
            run: Run::Idle,
            turns: 0,
            is_woken: false,
            is_queued: false,
            waiting: 0,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds the operation that `begin` gives, if there are fewer than `bound`. `begin` must not block.
    pub(super) fn push<E: From<Full>>(&self, bound: usize, begin: impl FnOnce() -> Result<O, E>) -> Result<(), E> {
        let mut state = self.lock();
        if state.operations.len() + usize::from(state.is_taken) >= bound {
            return Err(Full.into());
        }
        let operation = begin()?;
        state.operations.push_back(operation);
        Ok(())
    }

    /// Whether an operation has not ended.
    pub(super) fn has_work(&self) -> bool {
        let state = self.lock();
        state.is_taken || state.left.is_some() || !state.operations.is_empty()
    }

    /// Something has happened: whether a thread of the crew must be asked to [`work`](Self::work).
    pub(super) fn wake(&self) -> bool {
        let mut state = self.lock();
        if state.run != Run::Idle {
            state.is_woken = true;
            return false;
        }
        !std::mem::replace(&mut state.is_queued, true)
    }

    /// A thread of the crew is there: whether one was asked, and none has come yet.
    pub(super) fn arrive(&self) -> bool {
        std::mem::take(&mut self.lock().is_queued)
    }

    /// Works until the operation at the head has to wait, or nothing is left, or so many have ended or gone on. In the last case somebody
    /// else has to go on: `true`. If another thread works already, it does the rest.
    pub(super) fn work(&self, bound: usize, poll: impl FnMut(&mut O) -> Poll<C>, tell: impl FnMut(C)) -> bool {
        let state = self.lock();
        let is_free = state.run == Run::Idle && state.waiting == 0;
        self.work_if(is_free, state, bound, poll, tell)
    }

    /// The same for a thread that has just begun an operation, and is told of its end before its call returns if that is possible
    /// (b2.1.4). The callback of an operation before it, in another thread, is no hindrance: it may be what made the program go on.
    /// So the callbacks may overlap, and only a program that waits for the first one has them in order: that is so for requests.
    pub(super) fn work_as_caller(
        &self,
        bound: usize,
        poll: impl FnMut(&mut O) -> Poll<C>,
        tell: impl FnMut(C),
    ) -> bool {
        let state = self.lock();
        let is_free = match state.run {
            Run::Idle => state.waiting == 0,
            Run::Working => false,
            // An operation that is taken calls back in its midst.
            Run::Calling(thread) => thread != thread::current().id() && !state.is_taken,
        };
        self.work_if(is_free, state, bound, poll, tell)
    }

    fn work_if<'s>(
        &'s self,
        is_free: bool,
        mut state: MutexGuard<'s, State<O, C>>,
        bound: usize,
        poll: impl FnMut(&mut O) -> Poll<C>,
        tell: impl FnMut(C),
    ) -> bool {
        if !is_free {
            state.is_woken = true;
            return false;
        }
        self.work_on(state, false, bound, poll, tell)
    }

    fn work_on<'s>(
        &'s self,
        mut state: MutexGuard<'s, State<O, C>>,
        is_claimant: bool,
        mut bound: usize,
        mut poll: impl FnMut(&mut O) -> Poll<C>,
        mut tell: impl FnMut(C),
    ) -> bool {
        state.run = Run::Working;
        state.turns += 1;
        let turn = state.turns;
        loop {
            state.is_woken = false;
            if let Some(completion) = state.left.take() {
                state = self.call(state, || tell(completion));
                if state.turns != turn {
                    return false;
                }
                state.run = Run::Working;
                continue;
            }
            let Some(mut operation) = state.operations.pop_front() else { return self.stop(state, false) };
            if bound == 0 {
                state.operations.push_front(operation);
                return self.stop(state, true);
            }
            state.is_taken = true;
            drop(state);
            let polled = poll(&mut operation);
            state = self.lock();
            state.is_taken = false;
            match polled {
                Poll::Pending => {
                    state.operations.push_front(operation);
                    if !state.is_woken {
                        return self.stop(state, false);
                    }
                    // It may have woken itself, because the peer sends without a pause.
                    bound -= 1;
                }
                // Whoever closes tells of it before its call returns (b2.1.14).
                Poll::Ready(completion) if state.waiting > 0 && !is_claimant => {
                    state.left = Some(completion);
                    self.stop(state, false);
                    drop(operation);
                    return false;
                }
                Poll::Ready(completion) => {
                    bound -= 1;
                    state = self.call(state, || {
                        drop(operation);
                        tell(completion);
                    });
                    if state.turns != turn {
                        return false;
                    }
                    state.run = Run::Working;
                }
            }
        }
    }

    /// This thread is about to cancel what is in the lane. Whoever works stops as soon as an operation has ended and leaves its
    /// callback to this thread, which then calls [`finish`](Self::finish) or [`withdraw`](Self::withdraw).
    pub(super) fn claim(&self) {
        self.lock().waiting += 1;
    }

    /// Nothing was cancelled. A thread of the crew has to look what was left.
    pub(super) fn withdraw(&self) {
        self.lock().waiting -= 1;
    }

    /// Works on what must end now, because it was cancelled: also inside a callback of this lane. Another thread that works is waited
    /// for, for it does not block; one that is in a callback is not, and does this afterwards.
    ///
    /// The thread has [claimed](Self::claim) the lane.
    pub(super) fn finish(&self, poll: impl FnMut(&mut O) -> Poll<C>, tell: impl FnMut(C)) {
        let mut state = self.lock();
        while state.run == Run::Working {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        state.is_woken = true;
        let is_inside = state.run == Run::Calling(thread::current().id()) && !state.is_taken;
        if is_inside || state.run == Run::Idle {
            self.work_on(state, true, usize::MAX, poll, tell);
        }
    }

    /// Calls somebody back in the midst of a poll, in the thread that works.
    pub(super) fn calling(&self, call: impl FnOnce()) {
        self.call(self.lock(), call).run = Run::Working;
    }

    fn call<'s>(&'s self, mut state: MutexGuard<'s, State<O, C>>, call: impl FnOnce()) -> MutexGuard<'s, State<O, C>> {
        state.run = Run::Calling(thread::current().id());
        self.free(state);
        call();
        self.lock()
    }

    fn stop(&self, mut state: MutexGuard<'_, State<O, C>>, has_more: bool) -> bool {
        state.run = Run::Idle;
        self.free(state);
        has_more
    }

    /// Frees the lock after a change.
    fn free(&self, state: MutexGuard<'_, State<O, C>>) {
        let is_waited_for = state.waiting > 0;
        drop(state);
        if is_waited_for {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<O, C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_wakes_itself_does_not_keep_the_thread() {
        let (lane, mut polls) = (Lane::new(), 0);
        lane.push::<Full>(1, || Ok(())).unwrap();
        let mut poll = |(): &mut ()| {
            assert!(!lane.wake(), "a thread is here");
            polls += 1;
            if polls < 1000 { Poll::Pending } else { Poll::Ready(()) }
        };
        assert!(lane.work(16, &mut poll, |()| {}), "somebody else has to go on");
        assert!(lane.work_as_caller(3, &mut poll, |()| {}));
        assert_eq!(polls, 19);
    }
}
