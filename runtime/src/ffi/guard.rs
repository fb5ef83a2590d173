//! No panic leaves through a C function: it becomes `ERROR_WINHTTP_INTERNAL_ERROR` (12004).

use std::panic::{AssertUnwindSafe, catch_unwind};

use winws_api::Win32Error;

use super::last_error;

/// Runs a function that returns its code.
pub(super) fn code(call: impl FnOnce() -> Result<(), Win32Error>) -> u32 {
    run(call).err().unwrap_or(Win32Error::NO_ERROR).0
}

/// Runs a function that returns a value, or `failed` with the code as the thread's last error.
pub(super) fn value<R>(failed: R, call: impl FnOnce() -> Result<R, Win32Error>) -> R {
    let result = run(call);
    last_error::set(result.as_ref().err().copied().unwrap_or(Win32Error::NO_ERROR));
    result.unwrap_or(failed)
}

fn run<R>(call: impl FnOnce() -> Result<R, Win32Error>) -> Result<R, Win32Error> {
    // Unwind safety: what a panic leaves behind is behind locks that take a poisoned state as it is.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Win32Error::ERROR_WINHTTP_INTERNAL_ERROR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error() {
        assert_eq!(code(|| panic!("on purpose")), 12004);
        assert_eq!(value(7, || panic!("on purpose")), 7);
        assert_eq!(last_error::winws_get_last_error(), 12004);
    }

    #[test]
    fn codes_and_values_pass_through() {
        assert_eq!(code(|| Ok(())), 0);
        assert_eq!(code(|| Err(Win32Error::ERROR_INVALID_HANDLE)), 6);
        assert_eq!(value(0, || Ok(5)), 5);
        assert_eq!(last_error::winws_get_last_error(), 0);
    }
}
