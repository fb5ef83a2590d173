//! What gates and lanes are made of: std's, or that of loom while it tries all interleavings (`super::loom`).

#[cfg(all(test, winws_loom))]
pub(super) use ::loom::sync::atomic::AtomicUsize;
#[cfg(all(test, winws_loom))]
pub(super) use ::loom::sync::{Condvar, Mutex, MutexGuard};
#[cfg(all(test, winws_loom))]
pub(super) use ::loom::thread::{self, ThreadId};
#[cfg(not(all(test, winws_loom)))]
pub(super) use std::sync::atomic::AtomicUsize;
#[cfg(not(all(test, winws_loom)))]
pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(all(test, winws_loom)))]
pub(super) use std::thread::{self, ThreadId};
