//! Memory that a thread keeps between calls.
//!
//! A destructor of the thread may call, too, when what the thread kept is gone. Such a call has memory of its own.

use std::cell::Cell;
use std::thread::LocalKey;

/// What a thread keeps.
pub(crate) type Kept = Cell<Vec<u8>>;

/// Takes the memory, with what it happens to hold.
pub(crate) fn take(kept: &'static LocalKey<Kept>) -> Vec<u8> {
    kept.try_with(Cell::take).unwrap_or_default()
}

/// Gives it back. A thread that ends needs it no more.
pub(crate) fn give(kept: &'static LocalKey<Kept>, memory: Vec<u8>) {
    let _ = kept.try_with(|kept| kept.set(memory));
}
