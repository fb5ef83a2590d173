//! The C functions as safe ones: a buffer is `None` for `NULL`, and its length is a number of its own.

use std::ffi::c_void;
use std::ptr;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpCloseHandle, WinHttpOpen, WinHttpOpen_w32, WinHttpQueryOption, WinHttpQueryOption_w32,
    WinHttpSetOption, WinHttpSetOption_w32, WinHttpWebSocketClose, WinHttpWebSocketCompleteUpgrade,
    WinHttpWebSocketQueryCloseStatus, WinHttpWebSocketReceive, WinHttpWebSocketSend, WinHttpWebSocketShutdown,
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

/// The functions for sessions and their options, for one of the two sizes of `WCHAR`.
#[derive(Clone, Copy)]
pub(crate) struct Options {
    /// How many bytes a `WCHAR` has.
    pub size: usize,
    open: fn() -> HINTERNET,
    set: unsafe extern "C" fn(HINTERNET, u32, *mut c_void, u32) -> i32,
    query: unsafe extern "C" fn(HINTERNET, u32, *mut c_void, *mut u32) -> i32,
}

pub(crate) const OPTIONS: [Options; 2] = [
    Options {
        size: 2,
        // SAFETY: no string is passed.
        open: || unsafe { WinHttpOpen(ptr::null(), 1, ptr::null(), ptr::null(), 0) },
        set: WinHttpSetOption,
        query: WinHttpQueryOption,
    },
    Options {
        size: 4,
        // SAFETY: no string is passed.
        open: || unsafe { WinHttpOpen_w32(ptr::null(), 1, ptr::null(), ptr::null(), 0) },
        set: WinHttpSetOption_w32,
        query: WinHttpQueryOption_w32,
    },
];

impl Options {
    pub(crate) fn open(&self) -> HINTERNET {
        (self.open)()
    }

    /// Sets an option to the value in a buffer, which has at least so many characters.
    pub(crate) fn set(&self, handle: HINTERNET, option: u32, buffer: &[u8], length: u32) -> bool {
        let end = buffer.len() / self.size;
        // SAFETY: `input` checks that the buffer has the length even if that is in characters.
        unsafe { (self.set)(handle, option, input(Some(&buffer[..end]), length).cast_mut(), length) == 1 }
    }

    /// Writes the value of an option to a buffer, and returns the length that the call gives.
    pub(crate) fn query(&self, handle: HINTERNET, option: u32, buffer: &mut [u8]) -> Option<u32> {
        let mut length = u32::try_from(buffer.len()).unwrap();
        // SAFETY: the buffer has that length.
        let done = unsafe { (self.query)(handle, option, buffer.as_mut_ptr().cast(), &raw mut length) };
        (done == 1).then_some(length)
    }

    /// The bytes of a text and of a zero behind it.
    pub(crate) fn text(&self, text: &str) -> Vec<u8> {
        let ended = text.chars().chain(['\0']);
        match self.size {
            2 => ended.flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()).flat_map(u16::to_ne_bytes).collect(),
            _ => ended.flat_map(|c| u32::from(c).to_ne_bytes()).collect(),
        }
    }
}

pub(crate) fn close_handle(handle: HINTERNET) -> bool {
    // SAFETY: any value is fine.
    unsafe { WinHttpCloseHandle(handle) == 1 }
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
