//! Pointers of C as references: `NULL` with length 0 is the empty slice, `NULL` with any other length is 87.

use std::ffi::c_void;
use std::{ptr, slice};

use winws_api::Win32Error;
use winws_api::winhttp::HInternet;

use crate::handles;

/// What C calls a handle.
#[allow(clippy::upper_case_acronyms, reason = "its name in winhttp.h")]
pub type HINTERNET = *mut c_void;

/// The handle that a C caller gives.
pub(super) fn handle(handle: HINTERNET) -> HInternet {
    handles::handle(handle.addr())
}

/// The handle that a C caller gets: a word, not an address of anything.
pub(super) fn from_handle(handle: HInternet) -> HINTERNET {
    ptr::without_provenance_mut(handles::word(handle))
}

/// The bytes of an input buffer.
///
/// # Safety
///
/// Unless `buffer` is null, `length` bytes may be read there, and nobody writes them during `'a`.
pub(super) unsafe fn slice<'a>(buffer: *const c_void, length: u32) -> Result<&'a [u8], Win32Error> {
    match (buffer.is_null(), size(length)?) {
        (true, 0) => Ok(&[]),
        (true, _) => Err(Win32Error::ERROR_INVALID_PARAMETER),
        // SAFETY: the caller vouches for the buffer, which is not null.
        (false, length) => Ok(unsafe { slice::from_raw_parts(buffer.cast(), length) }),
    }
}

/// The bytes of an output buffer.
///
/// # Safety
///
/// Unless `buffer` is null, `length` bytes may be written there, and nobody else uses them during `'a`.
pub(super) unsafe fn slice_mut<'a>(buffer: *mut c_void, length: u32) -> Result<&'a mut [u8], Win32Error> {
    match (buffer.is_null(), size(length)?) {
        (true, 0) => Ok(&mut []),
        (true, _) => Err(Win32Error::ERROR_INVALID_PARAMETER),
        // SAFETY: the caller vouches for the buffer, which is not null.
        (false, length) => Ok(unsafe { slice::from_raw_parts_mut(buffer.cast(), length) }),
    }
}

/// An output that has to be there.
pub(super) fn required<T>(output: *mut T) -> Result<*mut T, Win32Error> {
    if output.is_null() { Err(Win32Error::ERROR_INVALID_PARAMETER) } else { Ok(output) }
}

/// The local that stands for an output, if there is one: C's variable need not be initialised, a reference's must.
pub(super) fn local<T>(output: *mut T, local: &mut T) -> Option<&mut T> {
    (!output.is_null()).then_some(local)
}

/// Writes an output, if there is one.
///
/// # Safety
///
/// Unless `output` is null, a `T` may be written there.
pub(super) unsafe fn write<T>(output: *mut T, value: T) {
    if !output.is_null() {
        // SAFETY: the caller vouches for the output, which is not null.
        unsafe { output.write(value) };
    }
}

fn size(length: u32) -> Result<usize, Win32Error> {
    usize::try_from(length).map_err(|_| Win32Error::ERROR_INVALID_PARAMETER)
}
