//! Section 8: TLS. The far end is rustls' server; its certificates are made by rcgen, and some by OpenSSL.

mod certificates;
mod channel;
mod client_certificates;
mod load;
mod openssl;
mod random;
mod records;
mod revocation;
mod sockets;
mod texts;

use std::ffi::c_void;
use std::io;
use std::net::TcpListener;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rustls::{ServerConfig, SupportedProtocolVersion};
use winws::WinHttp;
use winws::ffi::winhttp::{HINTERNET, WinHttpSetStatusCallback};
use winws::tls::{Fault, Roots, SecureFailure};
use winws_api::Win32Error;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::certificates::{Authority, Identity};
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};
use winws_tests_runtime::peer::{Peer, Socket, good_answer};

use super::chain::{Handle, Opening, session};
use super::{OK, SECURE_FAILURE, c};

const NOTHING: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A server with TLS on loopback, and a session and a connection for it. Nothing is connected yet.
#[derive(Debug)]
pub(super) struct Secure {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    pub(super) session: Handle,
    pub(super) connection: Handle,
}

impl Secure {
    /// One with a good certificate that clients trust, in both versions.
    pub(super) fn new() -> Self {
        Self::of_versions(&VERSIONS)
    }

    /// The same in these versions.
    fn of_versions(versions: &[&'static SupportedProtocolVersion]) -> Self {
        let authority = Authority::new("an authority");
        let identity = authority.issue(|_| {});
        let server = Self::with(server_config(&identity, versions, ClientAuth::None));
        server.trust(authority.roots());
        server
    }

    /// One that shows this. Clients have to be told whom to trust.
    fn showing(identity: &Identity) -> Self {
        Self::with(server_config(identity, &VERSIONS, ClientAuth::None))
    }

    fn with(config: ServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let session = session(None).unwrap();
        let connection = session.connect("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
        Self { listener, config: Arc::new(config), session, connection }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}/", self.port())
    }

    fn trust(&self, roots: Roots) {
        WinHttp::process().set_roots(self.session.0, roots).unwrap();
    }

    fn open(&self) -> Handle {
        open(&self.connection)
    }

    /// The server's end of the next connection, whose handshake is done, if the client goes on with it.
    fn accept(&self) -> io::Result<Peer> {
        Peer::accept_secure(&self.listener, &self.config)
    }

    /// Makes calls while the server does its handshake.
    fn beside<R>(&self, calls: impl FnOnce() -> R) -> (R, io::Result<Peer>) {
        serving(|| self.accept(), calls)
    }

    /// Sends a request, and gives the server's end with the head that came.
    pub(super) fn send(&self, request: &Handle) -> (Peer, String) {
        let (sent, peer) = self.beside(|| request.send());
        assert_eq!(sent, OK);
        let mut peer = peer.unwrap();
        let head = peer.read_head();
        (peer, head)
    }

    /// A request that has received this answer, and the server's end.
    fn answered(&self, answer: &str) -> (Handle, Peer) {
        let request = self.open();
        let (mut peer, _) = self.send(&request);
        peer.write(answer.as_bytes());
        assert_eq!(request.receive(), OK);
        (request, peer)
    }

    /// A connection whose handshake is done.
    fn upgrade(&self) -> (Socket, Peer) {
        self.upgrade_with(|_| {})
    }

    /// The same with options of the request.
    fn upgrade_with(&self, prepare: impl FnOnce(&Handle)) -> (Socket, Peer) {
        let request = self.open();
        request.ask_for_upgrade();
        prepare(&request);
        let (mut peer, head) = self.send(&request);
        peer.write(good_answer(&head, "").as_bytes());
        assert_eq!(request.receive(), OK);
        (request.complete_upgrade().unwrap(), peer)
    }
}

/// Makes calls while a server does something.
fn serving<S: Send, R>(serve: impl FnOnce() -> S + Send, calls: impl FnOnce() -> R) -> (R, S) {
    thread::scope(|scope| {
        let server = scope.spawn(serve);
        let result = calls();
        (result, server.join().unwrap())
    })
}

/// A socket of the Rust API over TLS, and the server's end.
fn connect_value() -> (winws::WebSocket, Peer) {
    let authority = Authority::new("an authority");
    let server = Secure::showing(&authority.issue(|_| {}));
    let url = server.url().replacen("https", "wss", 1);
    let serve = || {
        let mut peer = server.accept().unwrap();
        let head = peer.read_head();
        peer.write(good_answer(&head, "").as_bytes());
        peer
    };
    let connect = || winws::Session::builder().roots(authority.roots()).build().unwrap().connect(&url).unwrap();
    serving(serve, connect)
}

/// A request over TLS.
fn open(connection: &Handle) -> Handle {
    connection.open(Opening { flags: sys::WINHTTP_FLAG_SECURE, ..Opening::default() }).unwrap()
}

/// Adds the flags that it is told of to the number that its context is the address of.
unsafe extern "system" fn note(_: HINTERNET, context: usize, status: u32, information: *mut c_void, length: u32) {
    assert_eq!((status, length), (sys::WINHTTP_CALLBACK_STATUS_SECURE_FAILURE, 4));
    // SAFETY: the page says that it is a DWORD, and the context is the address of a number that outlives the handle.
    let (flags, told) = unsafe { (*information.cast::<u32>(), &*ptr::with_exposed_provenance::<AtomicU32>(context)) };
    assert!(flags != 0 && told.fetch_or(flags, Ordering::SeqCst) == 0, "it is told once");
}

/// How a request ended, and the flags that its callback was told of: 0 if it was not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ended {
    code: Win32Error,
    flags: u32,
}

const GOOD: Ended = Ended { code: OK, flags: 0 };

/// A failure of which the callback is told.
const fn insecure(flags: u32) -> Ended {
    Ended { code: SECURE_FAILURE, flags }
}

/// Sends a request, once it was prepared, and receives a response if it is sent.
fn attempt(server: &Secure, prepare: impl FnOnce(&Handle)) -> Ended {
    attempt_with(server, || server.accept(), prepare)
}

/// The same with a server that does this instead of a handshake.
fn attempt_with(
    server: &Secure,
    serve: impl FnOnce() -> io::Result<Peer> + Send,
    prepare: impl FnOnce(&Handle),
) -> Ended {
    let flags = AtomicU32::new(0);
    let request = server.open();
    let context = ptr::from_ref(&flags).expose_provenance();
    assert_eq!(request.set(sys::WINHTTP_OPTION_CONTEXT_VALUE, &context.to_ne_bytes()), OK);
    let mask = sys::WINHTTP_CALLBACK_FLAG_SECURE_FAILURE;
    // SAFETY: the callback is one, and its context outlives the handle.
    let former = unsafe { WinHttpSetStatusCallback(c::word(request.0), Some(note), mask, 0) };
    assert!(former.is_none());
    prepare(&request);
    let (mut code, peer) = serving(serve, || request.send());
    if code == OK {
        let mut peer = peer.unwrap();
        peer.read_head();
        peer.write(NOTHING.as_bytes());
        code = request.receive();
    }
    assert_eq!(request.close(), OK);
    Ended { code, flags: flags.load(Ordering::SeqCst) }
}

/// Asks for a document by the Rust API: what is wrong with the server, if anything is.
fn faults_of(server: &Secure, builder: winws::SessionBuilder) -> Vec<Fault> {
    let serve = || {
        if let Ok(mut peer) = server.accept() {
            peer.read_head();
            peer.write(NOTHING.as_bytes());
        }
    };
    let (got, ()) = serving(serve, || builder.build().unwrap().get(&server.url()));
    match got {
        Ok(response) => {
            assert_eq!(response.status(), 204);
            Vec::new()
        }
        Err(error) => {
            use std::error::Error as _;
            assert_eq!(error.code(), SECURE_FAILURE);
            let failure = error.source().and_then(|source| source.downcast_ref::<SecureFailure>()).expect("a failure");
            assert!(failure.source().is_some() && !failure.to_string().is_empty());
            failure.faults().iter().collect()
        }
    }
}
