//! The C functions as safe ones: a buffer is `None` for `NULL`, and its length is a number of its own.

use std::ffi::c_void;
use std::ptr;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpAddRequestHeaders, WinHttpCloseHandle, WinHttpConnect, WinHttpCrackUrl, WinHttpOpen,
    WinHttpOpenRequest, WinHttpQueryDataAvailable, WinHttpQueryHeaders, WinHttpQueryOption, WinHttpReadData,
    WinHttpReceiveResponse, WinHttpSendRequest, WinHttpSetOption, WinHttpWebSocketClose,
    WinHttpWebSocketCompleteUpgrade, WinHttpWebSocketQueryCloseStatus, WinHttpWebSocketReceive, WinHttpWebSocketSend,
    WinHttpWebSocketShutdown, WinHttpWriteData,
};
use winws_api::winhttp::{HInternet, sys};

/// The C caller's word for a handle.
pub(crate) fn word(handle: HInternet) -> HINTERNET {
    ptr::without_provenance_mut(handle.into_raw())
}

/// A length of -1, or a length that nobody knows.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// A string of C, with the zero that ends it; `None` is `NULL`.
#[derive(Debug)]
pub(crate) struct Text(Option<Vec<u16>>);

impl Text {
    pub(crate) fn new(text: Option<&str>) -> Self {
        Self(text.map(wide))
    }

    pub(crate) fn pointer(&self) -> *const u16 {
        self.0.as_ref().map_or(ptr::null(), Vec::as_ptr)
    }
}

/// The code of a function that gives `TRUE` or `FALSE`: 0, or the last error.
pub(crate) fn code_of(result: i32) -> u32 {
    assert!(matches!(result, 0 | 1), "TRUE or FALSE, not {result}");
    let last = winws::ffi::last_error();
    assert_eq!(result == 1, last == 0, "the last error is {last}");
    last
}

pub(crate) fn open(agent: Option<&str>, access_type: u32, flags: u32) -> HINTERNET {
    // SAFETY: the text ends with a zero.
    unsafe { WinHttpOpen(Text::new(agent).pointer(), access_type, ptr::null(), ptr::null(), flags) }
}

pub(crate) fn connect(session: HINTERNET, server: Option<&str>, port: u16, reserved: u32) -> HINTERNET {
    // SAFETY: the text ends with a zero.
    unsafe { WinHttpConnect(session, Text::new(server).pointer(), port, reserved) }
}

pub(crate) fn open_request(connection: HINTERNET, verb: Option<&str>, target: Option<&str>) -> HINTERNET {
    open_request_with(connection, verb, target, 0)
}

pub(crate) fn open_request_with(
    connection: HINTERNET,
    verb: Option<&str>,
    target: Option<&str>,
    flags: u32,
) -> HINTERNET {
    let (verb, target) = (Text::new(verb), Text::new(target));
    let none = ptr::null;
    // SAFETY: the texts end with a zero, and there is no list.
    unsafe { WinHttpOpenRequest(connection, verb.pointer(), target.pointer(), none(), none(), ptr::null_mut(), flags) }
}

pub(crate) fn close_handle(handle: HINTERNET) -> u32 {
    // SAFETY: any value is fine.
    code_of(unsafe { WinHttpCloseHandle(handle) })
}

pub(crate) fn add_request_headers(request: HINTERNET, headers: Option<&str>, length: u32, modifiers: u32) -> u32 {
    check_length(headers, length);
    // SAFETY: the text is as long as the length says, and ends with a zero.
    code_of(unsafe { WinHttpAddRequestHeaders(request, Text::new(headers).pointer(), length, modifiers) })
}

pub(crate) fn send_request(request: HINTERNET, headers: Option<&str>, length: u32, total: u32) -> u32 {
    check_length(headers, length);
    // SAFETY: the text is as long as the length says, and ends with a zero.
    code_of(unsafe { WinHttpSendRequest(request, Text::new(headers).pointer(), length, ptr::null_mut(), 0, total, 0) })
}

/// Sends with the start of a body that outlives the operation, and a context.
pub(crate) fn send_with(request: HINTERNET, first: &'static [u8], total: u32, context: usize) -> u32 {
    let length = u32::try_from(first.len()).unwrap();
    // SAFETY: the bytes live as long as the process.
    code_of(unsafe {
        WinHttpSendRequest(request, ptr::null(), 0, first.as_ptr().cast_mut().cast(), length, total, context)
    })
}

pub(crate) fn write_data(request: HINTERNET, buffer: Option<&[u8]>, length: u32, written: Option<&mut u32>) -> u32 {
    // SAFETY: `input` checks the length, and the other one is a reference.
    code_of(unsafe { WinHttpWriteData(request, input(buffer, length), length, pointer(written)) })
}

pub(crate) fn receive_response(request: HINTERNET) -> u32 {
    // SAFETY: any value is fine.
    code_of(unsafe { WinHttpReceiveResponse(request, ptr::null_mut()) })
}

pub(crate) fn query_data_available(request: HINTERNET, available: Option<&mut u32>) -> u32 {
    // SAFETY: it is a reference.
    code_of(unsafe { WinHttpQueryDataAvailable(request, pointer(available)) })
}

pub(crate) fn read_data(request: HINTERNET, buffer: Option<&mut [u8]>, length: u32, read: Option<&mut u32>) -> u32 {
    // SAFETY: `output` checks the length, and the other one is a reference.
    code_of(unsafe { WinHttpReadData(request, output(buffer, length), length, pointer(read)) })
}

pub(crate) fn query_headers(
    request: HINTERNET,
    level: u32,
    name: Option<&str>,
    buffer: Option<&mut [u8]>,
    length: Option<&mut u32>,
    index: Option<&mut u32>,
) -> u32 {
    let buffer = output(buffer, length.as_deref().copied().unwrap_or(0));
    // SAFETY: the name ends with a zero, `output` checks the length, and the others are references.
    code_of(unsafe {
        WinHttpQueryHeaders(request, level, Text::new(name).pointer(), buffer, pointer(length), pointer(index))
    })
}

pub(crate) fn set_option(handle: HINTERNET, option: u32, value: Option<&[u8]>, length: u32) -> u32 {
    // SAFETY: `input` checks the length.
    code_of(unsafe { WinHttpSetOption(handle, option, input(value, length).cast_mut(), length) })
}

pub(crate) fn query_option(handle: HINTERNET, option: u32, buffer: Option<&mut [u8]>, length: Option<&mut u32>) -> u32 {
    let buffer = output(buffer, length.as_deref().copied().unwrap_or(0));
    // SAFETY: `output` checks the length, and the other one is a reference.
    code_of(unsafe { WinHttpQueryOption(handle, option, buffer, pointer(length)) })
}

/// The host and the port of a URL, or the code.
pub(crate) fn crack_url(url: &str) -> Result<(String, u16), u32> {
    let mut host = [0; 64];
    let mut components = sys::URL_COMPONENTS {
        dwStructSize: u32::try_from(size_of::<sys::URL_COMPONENTS>()).unwrap(),
        lpszScheme: ptr::null_mut(),
        dwSchemeLength: 0,
        nScheme: 0,
        lpszHostName: host.as_mut_ptr(),
        dwHostNameLength: 64,
        nPort: 0,
        lpszUserName: ptr::null_mut(),
        dwUserNameLength: 0,
        lpszPassword: ptr::null_mut(),
        dwPasswordLength: 0,
        lpszUrlPath: ptr::null_mut(),
        dwUrlPathLength: 0,
        lpszExtraInfo: ptr::null_mut(),
        dwExtraInfoLength: 0,
    };
    // SAFETY: the text ends with a zero, and the host has as much room as its length says.
    match code_of(unsafe { WinHttpCrackUrl(Text::new(Some(url)).pointer(), 0, 0, (&raw mut components).cast()) }) {
        0 => {
            let length = usize::try_from(components.dwHostNameLength).unwrap();
            Ok((String::from_utf16(&host[..length]).unwrap(), components.nPort))
        }
        code => Err(code),
    }
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

fn check_length(text: Option<&str>, length: u32) {
    let fits = |text: &str| usize::try_from(length).unwrap() <= text.encode_utf16().count();
    assert!(length == UNKNOWN || text.map_or(length == 0, fits));
}

pub(crate) fn input(buffer: Option<&[u8]>, length: u32) -> *const c_void {
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
