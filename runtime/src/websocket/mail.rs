//! What the two directions of a connection tell each other, so that neither has to borrow the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::protocol::{ControlPayload, Fault};
use crate::session::AnswerDue;

/// Small values on their way from one direction to the other. There is little traffic: pings, their pongs, and one fault.
#[derive(Debug, Default)]
pub(super) struct Mail {
    to_sends: Slot<Due>,
    to_receives: Slot<Option<ControlPayload>>,
}

/// What the sending direction has to answer. A fault does not displace a pong: the table decides about both.
#[derive(Debug, Default)]
struct Due {
    /// The newest ping, for it alone is answered (section 5.5.3).
    pong: Option<ControlPayload>,
    fault: Option<Fault>,
}

/// A value, and whether it is worth looking at.
#[derive(Debug, Default)]
struct Slot<T> {
    is_full: AtomicBool,
    value: Mutex<T>,
}

impl<T: Default> Slot<T> {
    fn put(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.lock());
        self.is_full.store(true, Ordering::Release);
    }

    #[inline]
    fn take(&self) -> Option<T> {
        if !self.is_full.load(Ordering::Acquire) {
            return None;
        }
        let mut value = self.lock();
        self.is_full.store(false, Ordering::Relaxed);
        Some(std::mem::take(&mut *value))
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mail {
    /// Tells the sending direction what came in.
    pub(super) fn answer(&self, answer: AnswerDue) {
        self.to_sends.put(|due| match answer {
            AnswerDue::Pong(payload) => due.pong = Some(payload),
            AnswerDue::Fault(fault) => due.fault = Some(fault),
        });
    }

    /// Whether something came in since the last time.
    #[inline]
    pub(super) fn has_answers(&self) -> bool {
        // The usual answer must cost next to nothing: this is asked before every action.
        self.to_sends.is_full.load(Ordering::Acquire)
    }

    /// What came in since the last time, in order.
    #[inline]
    pub(super) fn answers(&self) -> impl Iterator<Item = AnswerDue> + use<> {
        let due = self.to_sends.take();
        let (pong, fault) = due.map_or((None, None), |due| (due.pong, due.fault));
        pong.map(AnswerDue::Pong).into_iter().chain(fault.map(AnswerDue::Fault))
    }

    /// Tells the receiving direction that a ping goes out.
    pub(super) fn pinged(&self, payload: ControlPayload) {
        self.to_receives.put(|awaited| *awaited = Some(payload));
    }

    /// The latest ping since the last time.
    #[inline]
    pub(super) fn ping(&self) -> Option<ControlPayload> {
        self.to_receives.take().flatten()
    }
}
