//! The thread's last error, as Windows keeps one.

use std::cell::Cell;

use winws_api::Win32Error;

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// The code that the last C function without a code of its own left in this thread: `winws_get_last_error` for Rust.
pub fn last_error() -> u32 {
    LAST_ERROR.get()
}

/// Sets this thread's last error: `winws_set_last_error` for Rust.
pub fn set_last_error(code: u32) {
    LAST_ERROR.set(code);
}

pub(super) fn set(code: Win32Error) {
    LAST_ERROR.set(code.0);
}
