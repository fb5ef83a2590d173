//! The C functions as safe ones: a buffer is `None` for `NULL`, and its length is a number of its own.

use std::ffi::c_void;
use std::ptr;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpWebSocketClose, WinHttpWebSocketCompleteUpgrade, WinHttpWebSocketQueryCloseStatus,
    WinHttpWebSocketReceive, WinHttpWebSocketSend, WinHttpWebSocketShutdown,
};
use winws_api::winhttp::HInternet;

/// The C caller's word for a handle.
pub(crate) fn word(handle: HInternet) -> HINTERNET {
    ptr::without_provenance_mut(handle.into_raw())
}

pub(crate) fn complete_upgrade(request: HINTERNET) -> HINTERNET {
    // SAFETY: any values are fine.
    unsafe { WinHttpWebSocketCompleteUpgrade(request, 0) }
}

pub(crate) fn send(socket: HINTERNET, kind: i32, buffer: Option<&[u8]>, length: u32) -> u32 {
    // SAFETY: `input` checks the length.
    unsafe { WinHttpWebSocketSend(socket, kind, input(buffer, length).cast_mut(), length) }
}

pub(crate) fn receive(
    socket: HINTERNET,
    buffer: Option<&mut [u8]>,
    length: u32,
    bytes_read: Option<&mut u32>,
    buffer_type: Option<&mut i32>,
) -> u32 {
    // SAFETY: `output` checks the length, and the others are references.
    unsafe {
        WinHttpWebSocketReceive(socket, output(buffer, length), length, pointer(bytes_read), pointer(buffer_type))
    }
}

pub(crate) fn shutdown(socket: HINTERNET, status: u16, reason: Option<&[u8]>, length: u32) -> u32 {
    // SAFETY: `input` checks the length.
    unsafe { WinHttpWebSocketShutdown(socket, status, input(reason, length).cast_mut(), length) }
}

pub(crate) fn close(socket: HINTERNET, status: u16, reason: Option<&[u8]>, length: u32) -> u32 {
    // SAFETY: `input` checks the length.
    unsafe { WinHttpWebSocketClose(socket, status, input(reason, length).cast_mut(), length) }
}

pub(crate) fn query_close_status(
    socket: HINTERNET,
    status: Option<&mut u16>,
    reason: Option<&mut [u8]>,
    length: u32,
    consumed: Option<&mut u32>,
) -> u32 {
    // SAFETY: `output` checks the length, and the others are references.
    unsafe {
        WinHttpWebSocketQueryCloseStatus(socket, pointer(status), output(reason, length), length, pointer(consumed))
    }
}

fn input(buffer: Option<&[u8]>, length: u32) -> *const c_void {
    let Some(buffer) = buffer else {
        return ptr::null();
    };
    assert!(buffer.len() >= usize::try_from(length).unwrap());
    buffer.as_ptr().cast()
}

fn output(buffer: Option<&mut [u8]>, length: u32) -> *mut c_void {
    let Some(buffer) = buffer else {
        return ptr::null_mut();
    };
    assert!(buffer.len() >= usize::try_from(length).unwrap());
    buffer.as_mut_ptr().cast()
}

fn pointer<T>(output: Option<&mut T>) -> *mut T {
    output.map_or(ptr::null_mut(), ptr::from_mut)
}

/// A wide string with its zero.
pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
