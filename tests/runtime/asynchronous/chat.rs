//! A client in asynchronous mode as C programs have it, and a server of raw bytes.

use std::ffi::c_void;
use std::net::TcpListener;
use std::ptr;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpOpen, WinHttpReceiveResponse, WinHttpSendRequest, WinHttpSetStatusCallback,
    WinHttpWebSocketCompleteUpgrade, WinHttpWebSocketReceive, WinHttpWebSocketSend,
};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{Peer, good_answer};

use super::recorder::{Information, RECORD, Recorder, Told};
use crate::winhttp::c;

/// More than any buffer on the way holds: a send of it waits for the peer.
pub(crate) static MUCH: &[u8] = &[7; 30_000_000];

/// The codes of errors.
pub(crate) const CANCELLED: u32 = 12017;
pub(crate) const CONNECTION_ERROR: u32 = 12030;
pub(crate) const INVALID_OPERATION: u32 = 4317;

/// The types of buffers, as the callback has them.
pub(crate) const BINARY: i32 = sys::WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
pub(crate) const TEXT: i32 = sys::WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
pub(crate) const CLOSE: i32 = sys::WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE;

/// Memory for receives, which outlives every operation.
pub(crate) fn buffer(size: usize) -> &'static mut [u8] {
    Box::leak(vec![0xcc; size].into_boxed_slice())
}

/// A session without a callback.
pub(crate) fn open_silent() -> HINTERNET {
    // SAFETY: there are no texts.
    let session = unsafe {
        WinHttpOpen(ptr::null(), sys::WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null(), ptr::null(), sys::WINHTTP_FLAG_ASYNC)
    };
    assert!(!session.is_null(), "{}", winws::ffi::last_error());
    session
}

/// A session whose callbacks a recorder writes down, as everything made from it.
pub(crate) fn open(recorder: &'static Recorder) -> HINTERNET {
    let session = open_silent();
    set_context(session, recorder.context());
    listen(session, sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS);
    session
}

/// Has the recorder told of what happens to a handle.
pub(crate) fn listen(handle: HINTERNET, mask: u32) -> sys::WINHTTP_STATUS_CALLBACK {
    // SAFETY: the callback lives as long as the process.
    unsafe { WinHttpSetStatusCallback(handle, RECORD, mask, 0) }
}

/// Takes the callback away, and gives it.
pub(crate) fn listen_no_more(handle: HINTERNET) -> sys::WINHTTP_STATUS_CALLBACK {
    // SAFETY: there is no callback.
    unsafe { WinHttpSetStatusCallback(handle, None, sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0) }
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

/// Begins to shut down with the reason "bye".
pub(crate) fn shutdown(socket: HINTERNET, status: u16) -> u32 {
    c::shutdown(socket, status, Some(b"bye"), 3)
}

/// Begins to close with the reason "bye".
pub(crate) fn close(socket: HINTERNET, status: u16) -> u32 {
    c::close(socket, status, Some(b"bye"), 3)
}

/// The peer's close status and reason, or the code.
pub(crate) fn close_status(socket: HINTERNET) -> Result<(u16, String), u32> {
    let (mut status, mut reason, mut length) = (0, [0; 123], 0);
    match c::query_close_status(socket, Some(&mut status), Some(&mut reason), 123, Some(&mut length)) {
        0 => Ok((status, String::from_utf8_lossy(&reason[..usize::try_from(length).unwrap()]).into_owned())),
        code => Err(code),
    }
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
        let asking = Self::plainly(None);
        assert_eq!(c::set_option(asking.request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
        asking
    }

    /// A request for something else than a WebSocket.
    pub(crate) fn plainly(verb: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let recorder = Recorder::new();
        let session = open(recorder);
        let connection = c::connect(session, Some("127.0.0.1"), listener.local_addr().unwrap().port(), 0);
        let request = c::open_request(connection, verb, Some("/chat"));
        Self { recorder, session, connection, request, listener }
    }

    /// Sends the request: the server's end, and the head that came.
    pub(crate) fn sent(&self) -> (Peer, String) {
        assert_eq!(send_request(self.request, self.recorder.context()), 0);
        let mut peer = Peer::accept(&self.listener);
        let head = peer.read_head();
        (peer, head)
    }

    /// Sends the request, and has the server answer it as one would expect.
    pub(crate) fn answered(&self) -> Peer {
        let (mut peer, head) = self.sent();
        peer.write(good_answer(&head, "").as_bytes());
        self.recorder.wait_for(self.request, sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
        peer
    }

    /// Closes all handles, and waits until each has said its last word.
    pub(crate) fn end(self) {
        end(self.recorder, &[self.request, self.connection, self.session]);
    }

    pub(crate) fn complete_upgrade(self, peer: Peer) -> Chat {
        assert_eq!(receive_response(self.request), 0);
        self.recorder.wait_for(self.request, sys::WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, 1);
        // SAFETY: there is no memory.
        let socket = unsafe { WinHttpWebSocketCompleteUpgrade(self.request, self.recorder.context()) };
        assert!(!socket.is_null(), "{}", winws::ffi::last_error());
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

    /// What the socket was told so far: each status with its information.
    pub(crate) fn told(&self) -> Vec<(u32, Information)> {
        self.recorder.of(self.socket).into_iter().map(|told| (told.status, told.information)).collect()
    }

    /// The last word that the socket was told.
    pub(crate) fn last(&self) -> Told {
        self.recorder.of(self.socket).pop().expect("it was told something")
    }

    /// Closes all handles, and waits for all last words but that of the socket, which may be told to nobody. It was said before that of
    /// the session.
    pub(crate) fn close_unheard(self) {
        assert_eq!(c::close_handle(self.socket), 0);
        end(self.recorder, &[self.request, self.connection, self.session]);
    }

    /// Closes all handles, and waits until each has said its last word.
    pub(crate) fn end(self) {
        end(self.recorder, &[self.socket, self.request, self.connection, self.session]);
    }
}

/// Closes handles that a test has not closed, and waits until each has said its last word once. The session comes last.
pub(crate) fn end(recorder: &Recorder, handles: &[HINTERNET]) {
    for handle in handles {
        assert_eq!(c::close_handle(*handle), 0);
    }
    wait_for_the_last_words(recorder, handles);
}

/// Waits until each of the closed handles has said its last word once. Nothing can follow that of the session, the last one.
pub(crate) fn wait_for_the_last_words(recorder: &Recorder, handles: &[HINTERNET]) {
    let closing = sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING;
    for handle in handles.iter().rev() {
        recorder.wait_for(*handle, closing, 1);
    }
    for handle in handles {
        let told = recorder.of(*handle);
        assert_eq!(told.iter().filter(|told| told.status == closing).count(), 1, "{told:#?}");
        let last = told.last().expect("it was told that it closes");
        assert_eq!((last.status, &last.information), (closing, &Information::Handle(handle.addr())));
    }
}
