//! No panic leaves through a C function: it becomes `ERROR_WINHTTP_INTERNAL_ERROR` (12004), or `E_FAIL` where the
//! function returns an `HRESULT`. An argument that is not valid is `ERROR_INVALID_PARAMETER` (87), or `E_INVALIDARG`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use winws_api::ffi::{Fault, Ffi};
use winws_api::{HResult, Win32Error};

use super::last_error;

/// The guard of every C function.
#[derive(Debug)]
pub(crate) enum Guard {}

impl Ffi for Guard {
    fn win32(call: impl FnOnce() -> Result<Win32Error, Fault<Win32Error>>) -> u32 {
        run(call).unwrap_or_else(|code| code).0
    }

    fn hresult(call: impl FnOnce() -> Result<HResult, Fault<HResult>>) -> i32 {
        let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Fault::Code(HResult::E_FAIL)));
        let code = match result {
            Ok(code) | Err(Fault::Code(code)) => code,
            Err(Fault::Argument) => HResult::E_INVALIDARG,
        };
        code.0
    }

    fn last_error<R>(failed: R, call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> R {
        let result = run(call);
        last_error::set(result.as_ref().err().copied().unwrap_or(Win32Error::NO_ERROR));
        result.unwrap_or(failed)
    }

    fn value<R>(failed: R, call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> R {
        run(call).unwrap_or(failed)
    }

    fn void(call: impl FnOnce() -> Result<(), Fault<Win32Error>>) {
        // There is nobody to tell.
        run(call).ok();
    }
}

fn run<R>(call: impl FnOnce() -> Result<R, Fault<Win32Error>>) -> Result<R, Win32Error> {
    // Unwind safety: what a panic leaves behind is behind locks that take a poisoned state as it is.
    let result =
        catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Fault::Code(Win32Error::ERROR_WINHTTP_INTERNAL_ERROR)));
    result.map_err(|fault| match fault {
        Fault::Argument => Win32Error::ERROR_INVALID_PARAMETER,
        Fault::Code(code) => code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error() {
        assert_eq!(Guard::win32(|| panic!("on purpose")), 12004);
        assert_eq!(Guard::hresult(|| panic!("on purpose")), HResult::E_FAIL.0);
        assert_eq!(Guard::last_error(7, || panic!("on purpose")), 7);
        assert_eq!(last_error::last_error(), 12004);
    }

    #[test]
    fn a_bad_argument_has_the_code_of_the_convention() {
        assert_eq!(Guard::win32(|| Err(Fault::Argument)), 87);
        assert_eq!(Guard::hresult(|| Err(Fault::Argument)), HResult::E_INVALIDARG.0);
        assert_eq!(Guard::last_error(0, || Err(Fault::Argument)), 0);
        assert_eq!(last_error::last_error(), 87);
    }

    #[test]
    fn codes_and_values_pass_through() {
        assert_eq!(Guard::win32(|| Ok(Win32Error(0))), 0);
        assert_eq!(Guard::win32(|| Err(Fault::Code(Win32Error::ERROR_INVALID_HANDLE))), 6);
        assert_eq!(Guard::last_error(0, || Ok(5)), 5);
        assert_eq!(last_error::last_error(), 0);
    }
}
