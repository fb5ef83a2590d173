//! When the last word about a handle may be said: after it was closed, and after everything that began before has ended.

use std::sync::atomic::Ordering;

use super::sync::AtomicUsize;

/// The handle was closed.
const CLOSED: usize = 1 << (usize::BITS - 1);

/// Counts what still goes on behind a handle: its operations until their callbacks have returned, other callbacks, and what was made
/// from it. The handle itself counts as one until it is closed.
///
/// Nothing is let in any more once it is closed, so the count reaches 0 once: whoever takes it there says the last word.
#[derive(Debug)]
pub(super) struct Gate(AtomicUsize);

/// Whoever gets this says the last word.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "nobody else says the last word"]
pub(super) struct Last(());

impl Gate {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(1))
    }

    /// Something begins, unless the handle is closed.
    pub(super) fn enter(&self) -> bool {
        let enter = |state: usize| (state & CLOSED == 0).then_some(state + 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, enter).is_ok()
    }

    /// Something begins that comes of what was let in and has not ended: the last word waits for that, even if the handle is closed.
    pub(super) fn enter_with_another(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// Something that was let in has ended.
    pub(super) fn leave(&self) -> Option<Last> {
        (self.0.fetch_sub(1, Ordering::AcqRel) == CLOSED + 1).then_some(Last(()))
    }

    /// Lets nothing in any more. The handle still counts until it [leaves](Self::leave), so whoever closes can end what goes on before.
    pub(super) fn close(&self) {
        self.0.fetch_or(CLOSED, Ordering::AcqRel);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.load(Ordering::Acquire) & CLOSED != 0
    }
}
