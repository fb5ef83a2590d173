//! A server made of raw bytes on loopback, and the client's end of its connection; or a raw client, and the server's end.
//!
//! Most tests need one thread: the operating system holds what either end writes until the other one reads. A watchdog
//! ends the connection when a test hangs, so that a call that blocks for ever becomes a test that fails.

#![allow(clippy::missing_panics_doc, reason = "panicking is how a test fails")]

pub mod certificates;
mod requests;
pub mod tls;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::net::sockopt::{self, Timeout};
use tungstenite::handshake::derive_accept_key;
use winws::WinHttp;
use winws::protocol::Role;
use winws_api::winhttp::{HInternet, WebSocket as _, WebSocketBufferType};
use winws_api::{KeptBuffer, KeptBufferMut, Win32Error};

pub use requests::UpgradeRequests;
use tls::Wire;

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// The request of RFC 6455 section 1.3, with an `Origin` and subprotocols.
pub const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n\
    Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// The masking key of the examples in RFC 6455 section 5.7.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// The other end of a connection: the server's, unless it was [dialled](dial).
#[derive(Debug)]
pub struct Peer {
    role: Role,
    wire: Wire,
    watchdog: Option<Watchdog>,
}

/// Ends a connection that lives for too long.
#[derive(Debug)]
struct Watchdog {
    /// Dropping it sends the watchdog home.
    alive: Sender<()>,
    /// Gives whether it had to end the connection.
    thread: JoinHandle<bool>,
}

/// A request that has been sent and not been answered.
#[derive(Debug)]
pub struct Opening {
    /// The handle of the request.
    pub request: HInternet,
    /// The server's end.
    pub peer: Peer,
    /// The request as it came, with the empty line that ends it.
    pub head: String,
}

/// The client's end of a connection: a socket handle of the process.
#[derive(Debug)]
pub struct Socket(pub HInternet);

/// A frame of a server: the first byte as given, then the length in its shortest form, then the payload.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ ..126 => frame.push(u8::try_from(length).expect("below 126")),
        length @ ..65536 => {
            frame.push(126);
            frame.extend(u16::try_from(length).expect("below 65536").to_be_bytes());
        }
        length => {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

/// A close frame of a server.
pub fn close_frame(code: u16, reason: &str) -> Vec<u8> {
    frame(0x88, &[&code.to_be_bytes(), reason.as_bytes()].concat())
}

/// A frame of a client, masked with the key of RFC 6455 section 5.7.
pub fn masked_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut masked = frame(first, payload);
    let head = masked.len() - payload.len();
    masked[1] |= 0x80;
    for (byte, key) in masked[head..].iter_mut().zip(KEY.iter().cycle()) {
        *byte ^= key;
    }
    masked.splice(head..head, KEY);
    masked
}

/// A client that has sent nothing, and the stream that a listener has accepted from it.
pub fn dial() -> (TcpStream, Peer) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let stream = TcpStream::connect(listener.local_addr().expect("it is bound")).expect("somebody listens");
    let peer = Peer::new(Role::Client, stream);
    (listener.accept().expect("the client has connected").0, peer)
}

/// A connection of the Rust API at the server's end, whose handshake is done.
pub fn accept_value() -> (winws::WebSocket, Peer) {
    let (stream, mut peer) = dial();
    peer.write(REQUEST.as_bytes());
    let socket = winws::accept(stream).expect("a good request");
    peer.read_head();
    (socket, peer)
}

/// A connection whose handshake is done.
pub fn connect() -> (Socket, Peer) {
    Opening::new(&[]).upgrade()
}

/// A connection of the Rust API whose handshake is done.
pub fn connect_value() -> (winws::WebSocket, Peer) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let url = format!("ws://{}/", listener.local_addr().expect("it is bound"));
    let connecting = thread::spawn(move || winws::connect(&url).expect("a good answer"));
    let mut peer = Peer::new(Role::Server, listener.accept().expect("the client connects").0);
    let head = peer.read_head();
    peer.write(good_answer(&head, "").as_bytes());
    (connecting.join().expect("it has connected"), peer)
}

/// The value of a header of a request.
fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(other, _)| *other == name).map(|(_, value)| value).next()
}

/// A good answer to a request, with further lines.
pub fn good_answer(head: &str, lines: &str) -> String {
    let accept = derive_accept_key(header(head, "Sec-WebSocket-Key").expect("a key").as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{lines}\r\n"
    )
}

impl Opening {
    /// Sends a request with these headers to a new server.
    pub fn new(headers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let url = format!("ws://{}/path?query", listener.local_addr().expect("it is bound"));
        let request = UpgradeRequests::open_request(WinHttp::process(), &url, headers).expect("a good URL");
        UpgradeRequests::send_request(WinHttp::process(), request).expect("the server listens");
        let mut peer = Peer::new(Role::Server, listener.accept().expect("the client has connected").0);
        let head = peer.read_head();
        Self { request, peer, head }
    }

    /// The value of a header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// A good answer, with further lines.
    pub fn good_answer(&self, lines: &str) -> String {
        good_answer(&self.head, lines)
    }

    /// Answers, and lets the client receive the answer.
    pub fn answer(&mut self, answer: &str) -> Win32Error {
        self.peer.write(answer.as_bytes());
        code(UpgradeRequests::receive_response(WinHttp::process(), self.request))
    }

    /// The socket of the request, or the code of CompleteUpgrade.
    pub fn complete_upgrade(&self) -> Result<Socket, Win32Error> {
        let socket = WinHttp::process().web_socket_complete_upgrade(self.request, 0);
        socket.map(Socket).map_err(Win32Error::from)
    }

    /// Finishes the handshake as one would expect.
    pub fn upgrade(mut self) -> (Socket, Peer) {
        let answer = self.good_answer("");
        assert_eq!(self.answer(&answer), Win32Error::NO_ERROR);
        let socket = self.complete_upgrade().expect("a good answer");
        UpgradeRequests::close_handle(WinHttp::process(), self.request).expect("a live handle");
        (socket, self.peer)
    }
}

impl Peer {
    /// The server's end of a connection that a listener has accepted.
    pub fn server(stream: TcpStream) -> Self {
        Self::new(Role::Server, stream)
    }

    fn new(role: Role, stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        stream.set_nodelay(true).expect("a TCP stream");
        let (alive, watch) = channel();
        let watched = stream.try_clone().expect("a free descriptor");
        let thread = thread::spawn(move || {
            let has_hung = watch.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
            if has_hung {
                watched.shutdown(Shutdown::Both).ok();
            }
            has_hung
        });
        Self { role, wire: Wire { stream, tls: None }, watchdog: Some(Watchdog { alive, thread }) }
    }

    /// The server's end of the next connection.
    pub fn accept(listener: &TcpListener) -> Self {
        // Linux lets it limit the wait for a connection as well.
        sockopt::set_socket_timeout(listener, Timeout::Recv, Some(PATIENCE)).expect("not zero");
        Self::new(Role::Server, listener.accept().expect("the client connects").0)
    }

    /// Reads a request or a response, with the empty line that ends it.
    pub fn read_head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.read(1)[0]);
        }
        String::from_utf8(head).expect("a head is ASCII")
    }

    /// A frame as this end sends it: the first byte as given, then the length in its shortest form, then the payload.
    pub fn frame(&self, first: u8, payload: &[u8]) -> Vec<u8> {
        match self.role {
            Role::Client => masked_frame(first, payload),
            Role::Server => frame(first, payload),
        }
    }

    /// Returns when the other end is inside of a receive: it has answered a ping.
    pub fn wait_for_receive(&mut self) {
        self.write(&self.frame(0x89, b"there?"));
        assert_eq!(self.read_frame(), (0x8a, b"there?".to_vec()));
    }

    /// Writes bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        self.wire.write_all(bytes).expect("the client is there");
    }

    /// Writes the same bytes again and again until the client has gone.
    pub fn write_until_gone(&mut self, bytes: &[u8]) {
        while self.wire.write_all(bytes).is_ok() {}
    }

    /// Reads so many bytes.
    pub fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.wire.read_exact(&mut bytes).expect("the client sends more");
        bytes
    }

    /// Reads a frame, which must be masked if a client sent it: its first byte and its payload.
    pub fn read_frame(&mut self) -> (u8, Vec<u8>) {
        let head = self.read(2);
        assert_eq!(head[1] & 0x80 > 0, self.role == Role::Server, "a client masks, and a server does not");
        let length = match head[1] & 0x7f {
            126 => u64::from(u16::from_be_bytes(self.read(2).try_into().expect("two bytes"))),
            127 => u64::from_be_bytes(self.read(8).try_into().expect("eight bytes")),
            short => u64::from(short),
        };
        let key = if self.role == Role::Server { self.read(4) } else { vec![0; 4] };
        let mut payload = self.read(usize::try_from(length).expect("it fits into memory"));
        for (index, byte) in payload.iter_mut().enumerate() {
            *byte ^= key[index % 4];
        }
        (head[0], payload)
    }

    /// Checks that the client's next frame is a close frame with this code and reason.
    pub fn expect_close(&mut self, code: u16, reason: &str) {
        assert_eq!(self.read_frame(), (0x88, [&code.to_be_bytes(), reason.as_bytes()].concat()));
    }

    /// Checks that the client sends nothing more and ends the stream.
    pub fn expect_end(&mut self) {
        match self.wire.read(&mut [0; 16]) {
            Ok(0) => {}
            // The client closed with bytes unread.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("expected the end of the stream, not {other:?}"),
        }
    }

    /// Reads up to the end of the stream, which is an end and no reset.
    pub fn read_to_end(&mut self) -> String {
        let mut bytes = Vec::new();
        self.wire.read_to_end(&mut bytes).expect("the stream ends in order");
        String::from_utf8(bytes).expect("a response is ASCII")
    }

    /// Reads below TLS until the client has gone, in whatever way.
    pub fn read_bytes_to_end(&mut self) {
        while matches!(self.wire.stream.read(&mut [0; 4096]), Ok(1..)) {}
    }

    /// Ends the stream towards the client; within TLS, it is cut.
    pub fn finish(&mut self) {
        self.wire.stream.shutdown(Shutdown::Write).expect("the client is there");
    }

    /// The same, towards a client that may have gone because of what it has read.
    pub fn finish_unless_gone(&mut self) {
        match self.wire.stream.shutdown(Shutdown::Write) {
            Err(error) if error.kind() != ErrorKind::NotConnected => panic!("{error}"),
            _ => {}
        }
    }

    /// Lets the system hold no more than a little of what this end writes.
    pub fn hold_little(&self) {
        sockopt::set_socket_send_buffer_size(&self.wire.stream, 4096).expect("a TCP stream");
    }

    /// Goes away with a reset.
    pub fn reset(self) {
        sockopt::set_socket_linger(&self.wire.stream, Some(Duration::ZERO)).expect("a TCP stream");
    }
}

impl Drop for Peer {
    /// The watchdog has a descriptor of its own, so the connection lives until that one is closed too.
    fn drop(&mut self) {
        if let Some(Watchdog { alive, thread }) = self.watchdog.take() {
            drop(alive);
            let has_hung = thread.join().unwrap_or(true);
            assert!(!has_hung || thread::panicking(), "the connection was still used after {PATIENCE:?}");
        }
    }
}

impl Socket {
    /// Sends, and gives the code.
    pub fn send(&self, kind: WebSocketBufferType, bytes: &[u8]) -> Win32Error {
        // SAFETY: a synchronous send is over when it returns, and the bytes are borrowed until then.
        let buffer = unsafe { KeptBuffer::new(bytes.as_ptr(), bytes.len()) };
        code(WinHttp::process().web_socket_send(self.0, kind, buffer))
    }

    /// Receives into a buffer of this size: what came, or the code.
    pub fn receive(&self, size: usize) -> Result<(WebSocketBufferType, Vec<u8>), Win32Error> {
        let (mut buffer, mut length, mut kind) = (vec![0; size], u32::MAX, i32::MAX);
        // SAFETY: a synchronous receive is over when it returns, and nobody else knows the bytes until then.
        let bytes = unsafe { KeptBufferMut::new(buffer.as_mut_ptr(), buffer.len()) };
        let received = WinHttp::process().web_socket_receive(self.0, bytes, Some(&mut length), Some(&mut kind));
        if let Err(error) = received {
            assert_eq!((length, kind), (u32::MAX, i32::MAX), "outputs are untouched on failure");
            return Err(error.into());
        }
        buffer.truncate(usize::try_from(length).expect("a length of the buffer"));
        Ok((WebSocketBufferType::try_from(kind).expect("a type"), buffer))
    }

    /// Shuts down, and gives the code.
    pub fn shutdown(&self, status: u16, reason: &[u8]) -> Win32Error {
        code(WinHttp::process().web_socket_shutdown(self.0, status, reason))
    }

    /// Closes, and gives the code.
    pub fn close(&self, status: u16, reason: &[u8]) -> Win32Error {
        code(WinHttp::process().web_socket_close(self.0, status, reason))
    }

    /// The peer's close status and reason, or the code.
    pub fn close_status(&self) -> Result<(u16, String), Win32Error> {
        let (mut status, mut reason, mut length) = (7, [0; 123], 7);
        let queried = WinHttp::process().web_socket_query_close_status(self.0, &mut status, &mut reason, &mut length);
        if let Err(error) = queried {
            assert_eq!((status, length), (7, 7), "outputs are untouched on failure");
            return Err(error.into());
        }
        let reason = &reason[..usize::try_from(length).expect("at most 123")];
        Ok((status, String::from_utf8_lossy(reason).into_owned()))
    }

    /// Closes the handle, and gives the code.
    pub fn close_handle(&self) -> Win32Error {
        code(UpgradeRequests::close_handle(WinHttp::process(), self.0))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A test may have closed it before.
        UpgradeRequests::close_handle(WinHttp::process(), self.0).ok();
    }
}

/// The code of a result.
pub fn code(result: Result<(), impl Into<Win32Error>>) -> Win32Error {
    result.map_or_else(Into::into, |()| Win32Error::NO_ERROR)
}
