//! A WebSocket in asynchronous mode for a thread that waits for each callback. Nothing is kept of what was waited for.

use std::ffi::c_void;
use std::ptr;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use winws::ffi::winhttp::{HINTERNET, WinHttpSetStatusCallback, WinHttpWebSocketCompleteUpgrade};
use winws_api::winhttp::{WebSocketBufferType, WebSocketStatus, sys};

use super::chat::{receive, receive_response, send, send_request};
use crate::winhttp::c;

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(20);

const BINARY_MESSAGE: i32 = WebSocketBufferType::BinaryMessage as i32;

/// What was told and not waited for yet. Its address is the context of the handles.
#[derive(Default)]
struct Waiter {
    told: Mutex<Vec<Told>>,
    changed: Condvar,
}

/// A status, and how many bytes of which type.
struct Told {
    status: u32,
    bytes: u32,
    kind: i32,
}

/// A session whose handles are those of one thread.
pub(crate) struct Session {
    handle: HINTERNET,
    waiter: Box<Waiter>,
}

/// An open WebSocket, and the connection handle it was made from.
pub(crate) struct Socket<'s> {
    session: &'s Session,
    connection: HINTERNET,
    handle: HINTERNET,
}

impl Session {
    pub(crate) fn open() -> Self {
        let handle = c::open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, sys::WINHTTP_FLAG_ASYNC);
        let statuses = sys::WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING;
        // SAFETY: the callback lives as long as the process.
        unsafe { WinHttpSetStatusCallback(handle, Some(called), statuses, 0) };
        Self { handle, waiter: Box::default() }
    }

    /// Connects and upgrades. A server with TLS need not have a certificate that somebody vouches for.
    pub(crate) fn connect(&self, host: &str, port: u16, path: &str, is_secure: bool) -> Socket<'_> {
        let connection = c::connect(self.handle, Some(host), port, 0);
        let flags = if is_secure { sys::WINHTTP_FLAG_SECURE } else { 0 };
        let request = c::open_request_with(connection, None, Some(path), flags);
        let set = |option, value| assert_eq!(c::set_option(request, option, value, value.map_or(0, |_| 4)), 0);
        set(sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None);
        if is_secure {
            let ignored = sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA | sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID;
            set(sys::WINHTTP_OPTION_SECURITY_FLAGS, Some(&ignored.to_ne_bytes()));
        }
        let context = ptr::from_ref(&*self.waiter).expose_provenance();
        assert_eq!(send_request(request, context), 0);
        self.waiter.wait_for(sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE);
        assert_eq!(receive_response(request), 0);
        self.waiter.wait_for(sys::WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE);
        // SAFETY: any values are fine.
        let handle = unsafe { WinHttpWebSocketCompleteUpgrade(request, context) };
        assert!(!handle.is_null(), "{}", winws::ffi::last_error());
        self.close_handle(request);
        Socket { session: self, connection, handle }
    }

    /// Closes a handle that has the context, and waits for its last word.
    fn close_handle(&self, handle: HINTERNET) {
        assert_eq!(c::close_handle(handle), 0);
        self.waiter.wait_for(sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        assert_eq!(c::close_handle(self.handle), 0);
    }
}

impl Socket<'_> {
    /// Sends a message, and receives one of the same length.
    pub(crate) fn echo(&self, message: &[u8], buffer: &mut [u8]) {
        let waiter = &self.session.waiter;
        // SAFETY: the send has ended before this returns.
        assert_eq!(send(self.handle, BINARY_MESSAGE, unsafe { &*ptr::from_ref(message) }), 0);
        waiter.wait_for(sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
        let mut filled = 0;
        loop {
            let room = &mut buffer[filled..];
            assert_eq!(receive(self.handle, room.as_mut_ptr(), room.len()), 0);
            let told = waiter.wait_for(sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
            filled += usize::try_from(told.bytes).unwrap();
            if told.kind == BINARY_MESSAGE {
                break;
            }
        }
        assert_eq!(filled, message.len());
    }

    /// Closes the WebSocket in step with its server.
    pub(crate) fn close(&self) {
        assert_eq!(c::close(self.handle, 1000, None, 0), 0);
        self.session.waiter.wait_for(sys::WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE);
    }
}

impl Drop for Socket<'_> {
    fn drop(&mut self) {
        self.session.close_handle(self.handle);
        assert_eq!(c::close_handle(self.connection), 0);
    }
}

impl Waiter {
    /// Waits until somebody was told of a status.
    fn wait_for(&self, status: u32) -> Told {
        let mut told = self.lock();
        loop {
            if let Some(at) = told.iter().position(|told| told.status == status) {
                return told.remove(at);
            }
            let (after, late) = self.changed.wait_timeout(told, PATIENCE).expect("no callback panics");
            told = after;
            let statuses = || told.iter().map(|told| told.status).collect::<Vec<_>>();
            assert!(!late.timed_out(), "{status:#x} was not told in time, but {:x?}", statuses());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Told>> {
        self.told.lock().expect("no callback panics")
    }
}

unsafe extern "system" fn called(_: HINTERNET, context: usize, status: u32, information: *mut c_void, length: u32) {
    // Handles that were not used yet have none, nor do sessions and connections.
    if context == 0 {
        return;
    }
    let of_socket = length == 8
        && matches!(status, sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE | sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
    let (bytes, kind) = if of_socket {
        // SAFETY: the page says so.
        let status = unsafe { &*information.cast::<WebSocketStatus>() };
        (status.bytes_transferred, status.buffer_type)
    } else {
        (0, 0)
    };
    // SAFETY: the context is the address of a waiter, which is there until its handles have said their last word.
    let waiter = unsafe { &*ptr::with_exposed_provenance::<Waiter>(context) };
    let mut told = waiter.lock();
    told.push(Told { status, bytes, kind });
    // Told with the lock held: behind it the waiter may be gone.
    waiter.changed.notify_all();
}
