//! The threads of the reactor. One of them leads: it waits for the system, and runs the jobs that come of what happened. Another one
//! watches it.
//!
//! Nothing is handed from thread to thread while jobs are short. A job may call a program's callback, which may block for as long
//! as it likes. So when nobody comes back for a while, neither from the system nor from a job, the watcher takes the leader's place,
//! and somebody else becomes the watcher. That while is short against what a callback that blocks waits for, and long against the
//! wait for a thread. Threads that have nothing to do for long end.
//!
//! A thread in [`block_on`](super::Lease::block_on) is a guest: it leads in place of the crew, and runs no jobs.

use std::cell::Cell;
use std::fmt::Debug;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, Thread, ThreadId};
use std::time::Duration;

use super::{Jobs, Parker, Reactor, lock};
use crate::raw::fork;

/// How many threads there are at most. When as many callbacks block, nothing goes on until one of them returns.
const MAX_THREADS: usize = 64;

/// How many stay although they have nothing to do: the leader and the watcher.
const MIN_THREADS: usize = 2;

/// How long a leader may be away before its place is taken, for each thread that is away.
///
/// Threads that only wait for a processor come back sooner or later, and more of them would make it later: so the more there are, the
/// longer it takes to become one more.
const PATIENCE: Duration = Duration::from_millis(1);

/// After how long without work a thread ends.
const REST: Duration = Duration::from_secs(10);

/// Something to do in a thread of the crew.
pub(crate) trait Job: Debug + Send + Sync {
    fn run(self: Arc<Self>);
}

/// The threads.
#[derive(Debug, Default)]
pub(super) struct Crew {
    state: Mutex<State>,
    /// Wakes a thread that rests.
    work: Condvar,
    /// Wakes the watcher.
    watch: Condvar,
}

#[derive(Debug, Default)]
struct State {
    jobs: Jobs,
    leader: Option<Leader>,
    /// How often somebody has come back from leading or from a job.
    returns: u64,
    /// Threads in `block_on` that want to lead.
    guests: Vec<Thread>,
    threads: usize,
    /// How many of them run a job.
    busy: usize,
    /// How many of them rest.
    resting: usize,
    /// How many of those were called, and are not there yet.
    called: usize,
    /// How many threads are on their way: those, and threads that have just been started.
    coming: usize,
    watcher: Option<Watcher>,
    has_ended: bool,
}

/// Who waits for the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leader {
    Crew,
    Guest(ThreadId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watcher {
    /// It looks at the leader from time to time.
    Awake,
    /// Nothing happens at all, and somebody wakes it when that changes.
    Asleep,
}

thread_local! {
    /// Whether this thread is about to look at the jobs anyway.
    static LEADS: Cell<bool> = const { Cell::new(false) };
}

/// A thread in `block_on`.
#[derive(Debug)]
pub(super) struct Guest<'c> {
    crew: &'c Crew,
}

impl Crew {
    /// Starts the threads that are always there.
    pub(super) fn start(&self, reactor: &Arc<Reactor>) -> io::Result<()> {
        let mut state = lock(&self.state);
        while state.threads < MIN_THREADS {
            spawn(&mut state, reactor)?;
        }
        Ok(())
    }

    /// Ends all threads as soon as no job is left.
    pub(super) fn end(&self, reactor: &Reactor) {
        lock(&self.state).has_ended = true;
        self.work.notify_all();
        self.watch.notify_all();
        reactor.interrupt();
    }

    /// Has one of the threads run a job.
    pub(super) fn push(&self, reactor: &Reactor, job: Arc<dyn Job>) {
        let mut state = lock(&self.state);
        state.jobs.push_back(job);
        match state.leader {
            // The leader itself pushes what it was told of.
            _ if LEADS.get() => {}
            Some(Leader::Crew) => {
                drop(state);
                reactor.interrupt();
            }
            Some(Leader::Guest(_)) | None => self.alert(&mut state),
        }
    }

    /// Takes one of the jobs out.
    #[cfg(test)]
    pub(super) fn take(&self, at: usize) -> Option<Arc<dyn Job>> {
        lock(&self.state).jobs.remove(at)
    }

    /// How many jobs there are.
    #[cfg(test)]
    pub(super) fn jobs(&self) -> usize {
        lock(&self.state).jobs.len()
    }

    /// What a thread does.
    fn work(&self, reactor: &Arc<Reactor>) {
        let process = fork::generation();
        let mut state = self.arrive(lock(&self.state), reactor);
        loop {
            if let Some(job) = state.jobs.pop_front() {
                self.call_watcher(&mut state, reactor);
                state.busy += 1;
                drop(state);
                // A job that panics must not take the thread along: others count on it.
                catch_unwind(AssertUnwindSafe(|| job.run())).ok();
                if fork::generation() != process {
                    // The job has forked, and this is the child. It must not wait in the parent's place.
                    return;
                }
                state = lock(&self.state);
                state.busy -= 1;
                state.returns += 1;
            } else if state.has_ended {
                state.threads -= 1;
                return;
            } else if state.leader.is_none() && state.guests.is_empty() {
                self.call_watcher(&mut state, reactor);
                state = self.lead(state, Leader::Crew, || reactor.turn(None));
            } else if state.watcher.is_none() {
                state = self.look_after(state, reactor);
            } else {
                state.resting += 1;
                let (after, rested) = wait(&self.work, state, Some(REST));
                state = after;
                state.resting -= 1;
                if state.called > 0 {
                    state.called -= 1;
                    state = self.arrive(state, reactor);
                } else if rested && state.threads > MIN_THREADS {
                    state.threads -= 1;
                    return;
                }
            }
        }
    }

    /// A thread that was called is there. It watches those that are at work, and takes no part in it as long as that goes on.
    fn arrive<'s>(&'s self, mut state: MutexGuard<'s, State>, reactor: &Arc<Reactor>) -> MutexGuard<'s, State> {
        state.coming -= 1;
        let is_at_work = state.leader.is_some() || state.busy > 0;
        if state.watcher.is_none() && is_at_work { self.look_after(state, reactor) } else { state }
    }

    /// Has somebody watch this thread from now on, if nobody does and nobody is on the way. Who comes may find nobody at work, and
    /// calls the next one then.
    fn call_watcher(&self, state: &mut State, reactor: &Arc<Reactor>) {
        if state.watcher.is_some() || state.coming > 0 || state.has_ended {
            return;
        }
        if state.resting > state.called {
            state.called += 1;
            state.coming += 1;
            self.work.notify_one();
        } else if state.threads < MAX_THREADS {
            // Without a thread more, callbacks that block stop the others.
            spawn(state, reactor).ok();
        }
    }

    /// Waits for the system with the lock free.
    fn lead<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        leader: Leader,
        turn: impl FnOnce(),
    ) -> MutexGuard<'s, State> {
        state.leader = Some(leader);
        drop(state);
        LEADS.set(true);
        turn();
        LEADS.set(false);
        let mut state = lock(&self.state);
        state.leader = None;
        state.returns += 1;
        // A guest may be about to leave for long, and leaves jobs to others. A thread of the crew comes to them itself, so nobody is
        // woken for them while the watcher looks anyway.
        if leader != Leader::Crew || state.watcher == Some(Watcher::Asleep) && !state.jobs.is_empty() {
            self.alert(&mut state);
        }
        // It takes its name off the list itself, and as long as it is there the crew leaves the place to it.
        if let Some(guest) = state.guests.last() {
            guest.unpark();
        }
        state
    }

    /// Has somebody watch what goes on.
    fn alert(&self, state: &mut State) {
        if state.watcher == Some(Watcher::Asleep) {
            state.watcher = Some(Watcher::Awake);
            self.watch.notify_one();
        } else if state.is_unseen() {
            self.watch.notify_one();
        }
    }

    /// Watches the leader until its place must be taken, or there is a job that nobody comes to.
    fn look_after<'s>(&'s self, mut state: MutexGuard<'s, State>, reactor: &Arc<Reactor>) -> MutexGuard<'s, State> {
        state.watcher = Some(Watcher::Awake);
        loop {
            let returns = state.returns;
            let away = u32::try_from(state.busy.max(1)).expect("there are few threads");
            let limit = (state.watcher == Some(Watcher::Awake)).then_some(PATIENCE * away);
            let is_late;
            (state, is_late) = wait(&self.watch, state, limit);
            let is_quiet = is_late && state.returns == returns;
            let is_away = is_quiet && state.leader.is_none();
            let is_unseen = state.is_unseen();
            if state.has_ended || is_away || is_unseen {
                break;
            }
            if is_quiet && state.leader.is_some() && state.jobs.is_empty() {
                state.watcher = Some(Watcher::Asleep);
            }
        }
        state.watcher = None;
        self.call_watcher(&mut state, reactor);
        if let Some(guest) = state.guests.last() {
            guest.unpark();
        }
        state
    }

    /// A thread begins to block on a future.
    pub(super) const fn enter(&self) -> Guest<'_> {
        Guest { crew: self }
    }

    /// Waits until the thread of the parker is woken, as the leader if that is possible. It may come back for no reason.
    pub(super) fn lead_as_guest(&self, reactor: &Reactor, parker: &Parker) {
        let mut state = lock(&self.state);
        if parker.is_woken() {
            return;
        }
        let this = parker.thread.id();
        state.guests.retain(|guest| guest.id() != this);
        match state.leader {
            // Whoever wakes it from now on sees that it leads.
            None => drop(self.lead(state, Leader::Guest(this), || reactor.turn(None))),
            Some(leader) => {
                state.guests.push(parker.thread.clone());
                drop(state);
                if leader == Leader::Crew {
                    reactor.interrupt();
                }
                thread::park();
                let mut state = lock(&self.state);
                state.guests.retain(|guest| guest.id() != this);
                // The leader may have left for this thread, which has something else to do first, perhaps for long.
                if state.leader.is_none() {
                    self.alert(&mut state);
                }
            }
        }
    }

    /// Wakes a thread in `block_on`, wherever it waits.
    pub(super) fn wake_guest(&self, reactor: &Reactor, thread: &Thread) {
        if lock(&self.state).leader == Some(Leader::Guest(thread.id())) {
            reactor.interrupt();
        } else {
            thread.unpark();
        }
    }
}

impl State {
    /// Whether there are jobs that no thread of the crew is about to come to.
    fn is_unseen(&self) -> bool {
        !self.jobs.is_empty() && self.busy == 0 && self.leader != Some(Leader::Crew)
    }
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.crew.state);
        if state.leader.is_none() {
            match state.guests.last() {
                Some(guest) => guest.unpark(),
                None => self.crew.alert(&mut state),
            }
        }
    }
}

fn spawn(state: &mut State, reactor: &Arc<Reactor>) -> io::Result<()> {
    let shared = Arc::clone(reactor);
    thread::Builder::new().name("winws".to_owned()).spawn(move || shared.crew.work(&shared))?;
    state.threads += 1;
    state.coming += 1;
    Ok(())
}

/// Waits with the lock free: whether the time is over.
fn wait<'s>(
    condition: &Condvar,
    state: MutexGuard<'s, State>,
    limit: Option<Duration>,
) -> (MutexGuard<'s, State>, bool) {
    match limit {
        None => (condition.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner), false),
        Some(limit) => {
            let (state, late) = condition.wait_timeout(state, limit).unwrap_or_else(std::sync::PoisonError::into_inner);
            (state, late.timed_out())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_guest_that_was_given_the_lead_and_has_better_to_do_has_somebody_look() {
        // It has no threads.
        let reactor = Arc::new(Reactor::new().unwrap());
        let crew = &reactor.crew;
        {
            let mut state = lock(&crew.state);
            (state.leader, state.watcher) = (Some(Leader::Crew), Some(Watcher::Asleep));
        }
        let (give, given) = channel();
        thread::scope(|scope| {
            let guest = scope.spawn(|| {
                let (reactor, thread) = (Arc::clone(&reactor), thread::current());
                let parker = Arc::new(Parker { reactor, thread, is_woken: false.into() });
                give.send(Arc::clone(&parker)).unwrap();
                crew.lead_as_guest(&parker.reactor, &parker);
            });
            let parker = given.recv().unwrap();
            while lock(&crew.state).guests.is_empty() {
                thread::yield_now();
            }
            // The leader leaves, for the guest is there. But it was woken just before.
            parker.is_woken.store(true, Ordering::SeqCst);
            lock(&crew.state).leader = None;
            guest.thread().unpark();
        });
        assert_eq!(lock(&crew.state).watcher, Some(Watcher::Awake));
    }
}
