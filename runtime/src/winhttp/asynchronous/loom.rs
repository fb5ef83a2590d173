//! Gates and lanes under loom, which tries every interleaving of a few threads:
//!
//! ```text
//! RUSTFLAGS="--cfg winws_loom" cargo test -p winws --lib --release --target-dir target/loom loom::
//! ```
//!
//! The condition is our own: tokio, which examples use, does not build under the one that is called `loom`.

use std::cell::Cell;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Poll;

use ::loom::model;
use ::loom::sync::Arc;
use ::loom::sync::atomic::AtomicBool;
use ::loom::thread;

use super::gate::Gate;
use super::lane::{Full, Lane};

/// A handle, and what goes on behind it. The counters only look on: being std's, they add no places where threads change.
struct Handle {
    gate: Gate,
    inside: AtomicUsize,
    last_words: AtomicUsize,
}

impl Handle {
    fn new() -> Arc<Self> {
        Arc::new(Self { gate: Gate::new(), inside: AtomicUsize::new(0), last_words: AtomicUsize::new(0) })
    }

    /// Something begins and ends behind the handle: whether it was let in.
    fn pass(&self) -> bool {
        let is_in = self.gate.enter();
        if is_in {
            self.inside.fetch_add(1, SeqCst);
            assert_eq!(self.last_words.load(SeqCst), 0, "nothing is let in after the last word");
            thread::yield_now();
            self.inside.fetch_sub(1, SeqCst);
            self.leave();
        }
        is_in
    }

    fn leave(&self) {
        if self.gate.leave().is_some() {
            assert!(self.gate.is_closed());
            assert_eq!(self.inside.load(SeqCst), 0, "the last word comes when nothing goes on any more");
            assert_eq!(self.last_words.fetch_add(1, SeqCst), 0, "there is one last word");
        }
    }

    fn close(&self) {
        self.gate.close();
        assert!(!self.pass(), "nothing is let in once it is closed");
        self.leave();
    }
}

#[test]
fn the_last_word_is_said_once_and_after_everything() {
    model(|| {
        let handle = Handle::new();
        let threads = [(); 2].map(|()| {
            let handle = Arc::clone(&handle);
            thread::spawn(move || {
                handle.pass();
            })
        });
        handle.close();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(handle.last_words.load(SeqCst), 1);
    });
}

#[test]
fn whoever_is_in_may_let_others_in_until_it_is_closed() {
    model(|| {
        let handle = Handle::new();
        assert!(handle.gate.enter());
        let closing = Arc::clone(&handle);
        let closing = thread::spawn(move || closing.close());
        handle.inside.fetch_add(1, SeqCst);
        let nested = handle.pass();
        assert!(nested || handle.gate.is_closed(), "only a close keeps out");
        handle.inside.fetch_sub(1, SeqCst);
        handle.leave();
        closing.join().unwrap();
        assert_eq!(handle.last_words.load(SeqCst), 1);
    });
}

/// An operation of a test: it waits for a flag.
struct Waits {
    number: usize,
    /// Whether a callback is made in the midst of its poll.
    calls: bool,
}

/// A lane, what its operations wait for, and counters that look on.
struct Track {
    lane: Lane<Waits, usize>,
    may_end: [AtomicBool; 2],
    /// How many threads poll or call back.
    workers: AtomicUsize,
    /// How many operations were added.
    pushed: AtomicUsize,
    /// How often a thread was about to call back, and how often it came back for more.
    begun: AtomicUsize,
    returned: AtomicUsize,
    /// Which operations have ended, as digits from 1, and how many.
    ends: AtomicUsize,
    ended: AtomicUsize,
}

impl Track {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            lane: Lane::new(),
            may_end: [AtomicBool::new(false), AtomicBool::new(false)],
            workers: AtomicUsize::new(0),
            pushed: AtomicUsize::new(0),
            begun: AtomicUsize::new(0),
            returned: AtomicUsize::new(0),
            ends: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
        })
    }

    fn push_one_of(&self, bound: usize, number: usize, calls: bool) -> bool {
        let begin = || {
            self.pushed.fetch_add(1, SeqCst);
            Ok(Waits { number, calls })
        };
        self.lane.push::<Full>(bound, begin).is_ok()
    }

    fn push(&self, number: usize) -> bool {
        self.push_one_of(2, number, false)
    }

    /// Polls for a thread, of which `calls` knows whether it has called back since its last poll.
    fn poll(&self, operation: &Waits, calls: &Cell<bool>) -> Poll<usize> {
        self.come_back(calls);
        assert_eq!(self.workers.fetch_add(1, SeqCst), 0, "one thread at a time works");
        if operation.calls {
            self.call_back(calls);
            self.lane.calling(thread::yield_now);
            self.come_back(calls);
        }
        let may_end = self.may_end[operation.number].load(SeqCst);
        self.workers.fetch_sub(1, SeqCst);
        if may_end {
            self.call_back(calls);
            return Poll::Ready(operation.number);
        }
        Poll::Pending
    }

    fn call_back(&self, calls: &Cell<bool>) {
        calls.set(true);
        self.begun.fetch_add(1, SeqCst);
    }

    fn come_back(&self, calls: &Cell<bool>) {
        if calls.take() {
            self.returned.fetch_add(1, SeqCst);
        }
    }

    fn tell(&self, number: usize) {
        assert_eq!(self.workers.fetch_add(1, SeqCst), 0, "the thread that works makes the callbacks");
        thread::yield_now();
        self.ends.store(self.ends.load(SeqCst) * 10 + number + 1, SeqCst);
        self.ended.fetch_add(1, SeqCst);
        self.workers.fetch_sub(1, SeqCst);
    }

    /// A caller works, and asks the crew for the rest.
    fn work(&self, bound: usize) {
        let calls = Cell::new(false);
        let has_more = self.lane.work(bound, |operation| self.poll(operation, &calls), |number| self.tell(number));
        self.come_back(&calls);
        if has_more {
            self.wake();
        }
    }

    /// Something has happened. The thread that has to ask the crew stands for the crew.
    fn wake(&self) {
        if self.lane.wake() {
            assert!(self.lane.arrive());
            self.work(16);
        }
    }

    fn happen(&self, number: usize) {
        self.may_end[number].store(true, SeqCst);
        self.wake();
    }

    /// Cancels what is under way: afterwards nothing of it is, unless somebody calls back meanwhile.
    fn finish(&self) {
        self.lane.claim();
        self.may_end.iter().for_each(|may_end| may_end.store(true, SeqCst));
        let (pushed, returned) = (self.pushed.load(SeqCst), self.returned.load(SeqCst));
        let calls = Cell::new(false);
        self.lane.finish(|operation| self.poll(operation, &calls), |number| self.tell(number));
        let is_called_back = self.begun.load(SeqCst) > returned;
        self.come_back(&calls);
        let has_ended = self.ended.load(SeqCst) >= pushed;
        assert!(has_ended || is_called_back, "only a callback keeps an operation from its end");
    }

    fn assert_ends(&self, possible: &[usize]) {
        assert!(!self.lane.has_work(), "nothing is left");
        assert!(possible.contains(&self.ends.load(SeqCst)), "{} ended", self.ends.load(SeqCst));
    }
}

/// Two threads side by side, and then a look at what has become of the lane.
fn race(
    begin: impl Fn(&Track) + Sync + Send + 'static,
    one: impl Fn(&Track) + Copy + Sync + Send + 'static,
    other: impl Fn(&Track) + Sync + Send + 'static,
    possible: &'static [usize],
) {
    model(move || {
        let track = Track::new();
        begin(&track);
        let beside = Arc::clone(&track);
        let thread = thread::spawn(move || one(&beside));
        other(&track);
        thread.join().unwrap();
        track.assert_ends(possible);
    });
}

#[test]
fn a_wake_during_a_poll_is_not_lost() {
    let call = |track: &Track| {
        assert!(track.push(0));
        track.work(3);
    };
    race(|_| (), |track| track.happen(0), call, &[1]);
}

#[test]
fn wakes_from_two_sides_end_everything_in_order() {
    let begin = |track: &Track| {
        assert!(track.push(0) && track.push(1));
        track.work(3);
    };
    race(begin, |track| track.happen(0), |track| track.happen(1), &[12]);
}

#[test]
fn an_operation_that_is_added_beside_another_ones_end_is_worked_on() {
    let begin = |track: &Track| {
        track.may_end[1].store(true, SeqCst);
        assert!(track.push(0));
        track.work(3);
    };
    let add = |track: &Track| {
        assert!(track.push(1));
        track.work(3);
    };
    race(begin, |track| track.happen(0), add, &[12]);
}

#[test]
fn what_is_beyond_the_bound_of_a_caller_is_done_by_the_crew() {
    let begin = |track: &Track| {
        track.may_end[1].store(true, SeqCst);
        assert!(track.push(0) && track.push(1));
    };
    race(begin, |track| track.happen(0), |track| track.work(1), &[12]);
}

#[test]
fn two_calls_at_once_do_not_exceed_the_lane() {
    let call = |track: &Track| {
        if track.push_one_of(1, 0, false) {
            track.work(3);
        }
    };
    let begin = |track: &Track| track.may_end[0].store(true, SeqCst);
    race(begin, call, call, &[1, 11]);
}

#[test]
fn a_cancellation_beside_a_poll_ends_everything() {
    let begin = |track: &Track| assert!(track.push(0) && track.push(1));
    race(begin, |track| track.work(3), Track::finish, &[12]);
}

#[test]
fn a_cancellation_beside_a_callback_in_a_poll_ends_everything() {
    let begin = |track: &Track| {
        assert!(track.push_one_of(1, 0, true));
    };
    race(begin, |track| track.work(3), Track::finish, &[1]);
}

#[test]
fn two_cancellations_at_once_end_everything() {
    let begin = |track: &Track| assert!(track.push(0) && track.push(1));
    race(begin, Track::finish, Track::finish, &[12]);
}

#[test]
fn three_threads_call_wake_and_cancel() {
    let mut builder = ::loom::model::Builder::new();
    // All interleavings of three threads take hours; faults show in those that change threads a few times.
    builder.preemption_bound = Some(3);
    builder.check(|| {
        let track = Track::new();
        let [calling, waking] = [
            |track: &Track| {
                if track.push(0) {
                    track.work(3);
                }
            },
            |track: &Track| track.happen(0),
        ]
        .map(|run| {
            let track = Arc::clone(&track);
            thread::spawn(move || run(&track))
        });
        track.finish();
        calling.join().unwrap();
        waking.join().unwrap();
        track.assert_ends(&[1]);
    });
}
