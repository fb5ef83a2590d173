//! A client in asynchronous mode as C programs have it, and a server of raw bytes.

use std::ffi::c_void;
use std::net::TcpListener;
use std::ptr;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpOpen, WinHttpReceiveResponse, WinHttpSendRequest, WinHttpSetStatusCallback,
    WinHttpWebSocketCompleteUpgrade, WinHttpWebSocketReceive, WinHttpWebSocketSend,
};
use winws_api::winhttp::sys;

use super::recorder::{RECORD, Recorder, Told};
use crate::winhttp::c;
use winws_tests_runtime::peer::{Peer, good_answer};

/// Memory for receives, which outlives every operation.
pub(crate) fn buffer(size: usize) -> &'static mut [u8] {
    Box::leak(vec![0xcc; size].into_boxed_slice())
}

/// A session whose callbacks a recorder writes down, as everything made from it.
pub(crate) fn open(recorder: &'static Recorder) -> HINTERNET {
    // SAFETY: there are no texts.
    let session = unsafe {
        WinHttpOpen(ptr::null(), sys::WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null(), ptr::null(), sys::WINHTTP_FLAG_ASYNC)
    };
    assert!(!session.is_null(), "{}", winws::ffi::winws_get_last_error());
    set_context(session, recorder.context());
    listen(session, sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS);
    session
}

/// Has the recorder told of what happens to a handle.
pub(crate) fn listen(handle: HINTERNET, mask: u32) {
    // SAFETY: the callback lives as long as the process.
    unsafe { WinHttpSetStatusCallback(handle, RECORD, mask, 0) };
}

pub(crate) fn set_context(handle: HINTERNET, context: usize) {
    assert_eq!(c::set_option(handle, sys::WINHTTP_OPTION_CONTEXT_VALUE, Some(&context.to_ne_bytes()), 8), 0);
}

/// Begins to send a request without a body.
pub(crate) fn send_request(request: HINTERNET, context: usize) -> u32 {
    // SAFETY: there is no memory.
    c::code_of(unsafe { WinHttpSendRequest(request, ptr::null(), 0, ptr::null_mut(), 0, 0, context) })
}

pub(crate) fn receive_response(request: HINTERNET) -> u32 {
    // SAFETY: there is no memory.
    c::code_of(unsafe { WinHttpReceiveResponse(request, ptr::null_mut()) })
}

/// Begins to send bytes that outlive the operation.
pub(crate) fn send(socket: HINTERNET, kind: i32, bytes: &'static [u8]) -> u32 {
    // SAFETY: the bytes live as long as the process.
    unsafe { WinHttpWebSocketSend(socket, kind, bytes.as_ptr().cast_mut().cast(), u32::try_from(bytes.len()).unwrap()) }
}

/// Begins to receive into memory that outlives the operation, without places for the counts.
pub(crate) fn receive(socket: HINTERNET, address: *mut u8, length: usize) -> u32 {
    let length = u32::try_from(length).unwrap();
    // SAFETY: the caller's buffer is leaked.
    unsafe { WinHttpWebSocketReceive(socket, address.cast::<c_void>(), length, ptr::null_mut(), ptr::null_mut()) }
}

/// A chat whose handshake is done.
pub(crate) struct Chat {
    pub(crate) recorder: &'static Recorder,
    pub(crate) session: HINTERNET,
    pub(crate) connection: HINTERNET,
    pub(crate) request: HINTERNET,
    pub(crate) socket: HINTERNET,
    pub(crate) peer: Peer,
}

/// A request for a WebSocket that was not sent.
pub(crate) struct Asking {
    pub(crate) recorder: &'static Recorder,
    pub(crate) session: HINTERNET,
    pub(crate) connection: HINTERNET,
    pub(crate) request: HINTERNET,
    pub(crate) listener: TcpListener,
}

impl Asking {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let recorder = Recorder::new();
        let session = open(recorder);
        let connection = c::connect(session, Some("127.0.0.1"), listener.local_addr().unwrap().port(), 0);
        let request = c::open_request(connection, None, Some("/chat"));
        assert_eq!(c::set_option(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
        Self { recorder, session, connection, request, listener }
    }

    /// Sends the request, and has the server answer it as one would expect.
    pub(crate) fn answered(&self) -> Peer {
        assert_eq!(send_request(self.request, self.recorder.context()), 0);
        let mut peer = Peer::accept(&self.listener);
        let head = peer.read_head();
        peer.write(good_answer(&head, "").as_bytes());
        self.recorder.wait_for(self.request, sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
        peer
    }

    pub(crate) fn complete_upgrade(self, peer: Peer) -> Chat {
        assert_eq!(receive_response(self.request), 0);
        self.recorder.wait_for(self.request, sys::WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, 1);
        // SAFETY: there is no memory.
        let socket = unsafe { WinHttpWebSocketCompleteUpgrade(self.request, self.recorder.context()) };
        assert!(!socket.is_null(), "{}", winws::ffi::winws_get_last_error());
        let Self { recorder, session, connection, request, .. } = self;
        Chat { recorder, session, connection, request, socket, peer }
    }
}

impl Chat {
    pub(crate) fn new() -> Self {
        let asking = Asking::new();
        let peer = asking.answered();
        asking.complete_upgrade(peer)
    }

    /// Waits until the socket was told of a status for the first time.
    pub(crate) fn wait_for(&self, status: u32) -> Told {
        self.recorder.wait_for(self.socket, status, 1)
    }

    /// Closes all handles, and waits until each has said its last word.
    pub(crate) fn end(self) {
        for handle in [self.socket, self.request, self.connection, self.session] {
            assert_eq!(c::close_handle(handle), 0);
        }
        for handle in [self.socket, self.request, self.connection, self.session] {
            self.recorder.wait_for(handle, sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, 1);
            assert_eq!(self.recorder.statuses(handle).last(), Some(&sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING));
        }
    }
}
