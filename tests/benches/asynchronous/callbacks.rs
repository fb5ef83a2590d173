//! Our calls in asynchronous mode, as a C program makes them: what comes next begins in the callback that tells of the last one.

use std::ffi::c_void;
use std::net::SocketAddr;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

use winws::ffi::winhttp::{
    HINTERNET, WinHttpCloseHandle, WinHttpConnect, WinHttpOpen, WinHttpOpenRequest, WinHttpReceiveResponse,
    WinHttpSendRequest, WinHttpSetOption, WinHttpSetStatusCallback, WinHttpWebSocketCompleteUpgrade,
    WinHttpWebSocketReceive, WinHttpWebSocketSend,
};
use winws_api::winhttp::{WebSocketBufferType, WebSocketStatus, sys};

use crate::{AT_ONCE, MESSAGE};

const BINARY_MESSAGE: i32 = WebSocketBufferType::BinaryMessage as i32;

/// What certificates may be wrong about: nobody vouches for that of the far end.
const ANY_CERTIFICATE: u32 = sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA
    | sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID
    | sys::SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE
    | sys::SECURITY_FLAG_IGNORE_CERT_DATE_INVALID;

pub(crate) struct Fleet {
    session: HINTERNET,
    connections: Vec<HINTERNET>,
    /// Their addresses are the contexts of the handles.
    sockets: Box<[Socket]>,
    shared: &'static Shared,
}

/// What callbacks tell the thread that waits.
struct Shared {
    /// How many sockets have not done yet what is waited for.
    busy: Mutex<usize>,
    changed: Condvar,
}

struct Socket {
    shared: &'static Shared,
    handle: AtomicPtr<c_void>,
    /// How many messages are still to be echoed.
    left: AtomicU32,
    /// Whether the present one was sent or its echo has come; after both, the next one is sent. The echo may be there before the
    /// callback says that the send has ended, and until then there must be no other one.
    is_half_done: AtomicBool,
    filled: AtomicUsize,
    /// Only an operation that receives writes here, and only a callback about it reads.
    buffer: [AtomicU32; MESSAGE.len() / 4],
}

impl Fleet {
    /// Sockets that are not connected.
    pub(crate) fn new(count: usize) -> Self {
        let shared = Box::leak(Box::new(Shared { busy: Mutex::new(0), changed: Condvar::new() }));
        let socket = |_| Socket {
            shared,
            handle: AtomicPtr::default(),
            left: AtomicU32::new(0),
            is_half_done: AtomicBool::new(false),
            filled: AtomicUsize::new(0),
            buffer: Default::default(),
        };
        // SAFETY: there are no texts.
        let session = unsafe {
            let (proxy, none) = (sys::WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null());
            WinHttpOpen(none, proxy, none, none, sys::WINHTTP_FLAG_ASYNC)
        };
        let statuses = sys::WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | sys::WINHTTP_CALLBACK_FLAG_HANDLES;
        // SAFETY: the callback lives as long as the process.
        unsafe { WinHttpSetStatusCallback(session, Some(called), statuses, 0) };
        Self { session, connections: Vec::new(), sockets: (0..count).map(socket).collect(), shared }
    }

    /// Connects all sockets to these addresses in turn.
    pub(crate) fn connect(&mut self, addresses: &[SocketAddr], is_secure: bool) {
        self.connections = addresses.iter().map(|address| self.connection(address)).collect();
        for (number, socket) in self.sockets.iter().enumerate() {
            self.shared.wait_until(|busy| busy < AT_ONCE);
            *self.shared.lock() += 1;
            socket.begin(self.connections[number % self.connections.len()], is_secure);
        }
        self.shared.wait_until(|busy| busy == 0);
    }

    fn connection(&self, address: &SocketAddr) -> HINTERNET {
        let host = wide(&address.ip().to_string());
        // SAFETY: the text ends with a zero.
        unsafe { WinHttpConnect(self.session, host.as_ptr(), address.port(), 0) }
    }

    /// Has every socket echo so many messages.
    pub(crate) fn echo(&mut self, count: u32) {
        *self.shared.lock() += self.sockets.len();
        for socket in &self.sockets {
            socket.left.store(count, Ordering::Relaxed);
            socket.send();
        }
        self.shared.wait_until(|busy| busy == 0);
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let sockets = self.sockets.iter().map(|socket| socket.handle.load(Ordering::Relaxed));
        let sockets: Vec<_> = sockets.filter(|handle| !handle.is_null()).collect();
        // Each says its last word, behind which no callback comes.
        *self.shared.lock() += sockets.len();
        let others = self.connections.drain(..).chain([self.session]);
        for handle in sockets.into_iter().chain(others) {
            // SAFETY: any value is fine.
            assert_eq!(unsafe { WinHttpCloseHandle(handle) }, 1);
        }
        self.shared.wait_until(|busy| busy == 0);
    }
}

impl Socket {
    /// Sends the request, whose callbacks do the rest.
    fn begin(&self, connection: HINTERNET, is_secure: bool) {
        let context = ptr::from_ref(self).expose_provenance();
        let flags = if is_secure { sys::WINHTTP_FLAG_SECURE } else { 0 };
        let path = wide("/echo/1");
        let none = ptr::null();
        // SAFETY: the text ends with a zero, and the option's value is as long as is said.
        unsafe {
            let request = WinHttpOpenRequest(connection, none, path.as_ptr(), none, none, ptr::null_mut(), flags);
            let upgrade = sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET;
            assert_eq!(WinHttpSetOption(request, upgrade, ptr::null_mut(), 0), 1);
            if is_secure {
                let mut ignored = ANY_CERTIFICATE;
                let value = (&raw mut ignored).cast();
                assert_eq!(WinHttpSetOption(request, sys::WINHTTP_OPTION_SECURITY_FLAGS, value, 4), 1);
            }
            assert_eq!(WinHttpSendRequest(request, none, 0, ptr::null_mut(), 0, 0, context), 1);
        }
    }

    /// The request has an answer.
    fn open(&self, request: HINTERNET) {
        let context = ptr::from_ref(self).expose_provenance();
        // SAFETY: any values are fine.
        let socket = unsafe { WinHttpWebSocketCompleteUpgrade(request, context) };
        assert!(!socket.is_null(), "the far end accepts");
        // SAFETY: as above.
        unsafe { WinHttpCloseHandle(request) };
        self.handle.store(socket, Ordering::Relaxed);
        self.receive();
        self.shared.done();
    }

    fn send(&self) {
        let handle = self.handle.load(Ordering::Relaxed);
        let length = u32::try_from(MESSAGE.len()).expect("it is short");
        // SAFETY: the message lives as long as the process.
        let sent = unsafe { WinHttpWebSocketSend(handle, BINARY_MESSAGE, MESSAGE.as_ptr().cast_mut().cast(), length) };
        assert_eq!(sent, 0);
    }

    fn receive(&self) {
        let (handle, filled) = (self.handle.load(Ordering::Relaxed), self.filled.load(Ordering::Relaxed));
        let length = u32::try_from(MESSAGE.len() - filled).expect("it is short");
        let (count, kind) = (ptr::null_mut(), ptr::null_mut());
        let buffer = self.buffer.as_ptr().cast_mut().cast::<u8>();
        // SAFETY: the buffer is there until the handle has said its last word, and atomic integers may be written.
        let begun = unsafe { WinHttpWebSocketReceive(handle, buffer.add(filled).cast(), length, count, kind) };
        assert_eq!(begun, 0);
    }

    /// So many bytes have come.
    fn received(&self, count: u32, kind: i32) {
        let filled = self.filled.load(Ordering::Relaxed) + usize::try_from(count).expect("it is short");
        if kind != BINARY_MESSAGE {
            self.filled.store(filled, Ordering::Relaxed);
            self.receive();
            return;
        }
        assert_eq!(filled, MESSAGE.len());
        self.filled.store(0, Ordering::Relaxed);
        self.receive();
        self.go_on();
    }

    /// The message was sent, or its echo has come.
    fn go_on(&self) {
        if !self.is_half_done.fetch_xor(true, Ordering::AcqRel) {
            return;
        }
        match self.left.fetch_sub(1, Ordering::Relaxed) {
            1 => self.shared.done(),
            _ => self.send(),
        }
    }
}

impl Shared {
    /// One of those that are waited for has done its work.
    fn done(&self) {
        let mut busy = self.lock();
        *busy -= 1;
        let is_last = *busy == 0 || *busy == AT_ONCE / 2;
        drop(busy);
        if is_last {
            self.changed.notify_one();
        }
    }

    fn wait_until(&self, is_so: impl Fn(usize) -> bool) {
        let waited = self.changed.wait_while(self.lock(), |busy| !is_so(*busy));
        drop(waited.expect("no callback panics"));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, usize> {
        self.busy.lock().expect("no callback panics")
    }
}

unsafe extern "system" fn called(
    handle: HINTERNET,
    context: usize,
    status: u32,
    information: *mut c_void,
    _length: u32,
) {
    if context == 0 {
        return;
    }
    // SAFETY: the context is the address of a socket, which is there until its handles have said their last word.
    let socket = unsafe { &*ptr::with_exposed_provenance::<Socket>(context) };
    match status {
        sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE => {
            // SAFETY: the page says so.
            let status = unsafe { &*information.cast::<WebSocketStatus>() };
            socket.received(status.bytes_transferred, status.buffer_type);
        }
        sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE => socket.go_on(),
        sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE => {
            // SAFETY: any value is fine.
            assert_eq!(unsafe { WinHttpReceiveResponse(handle, ptr::null_mut()) }, 1);
        }
        sys::WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE => socket.open(handle),
        sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING if handle == socket.handle.load(Ordering::Relaxed) => {
            socket.shared.done();
        }
        // The receive that waited when the handle was closed.
        sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR if !socket.handle.load(Ordering::Relaxed).is_null() => {}
        sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR => panic!("the far end accepts"),
        _ => {}
    }
}

/// A text of C.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
