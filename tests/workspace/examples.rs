//! The servers of the examples, with clients that they should not trust.

#[path = "../../runtime/examples/accept_echo.rs"]
#[allow(dead_code, reason = "the listener of the example has a port of its own choice")]
mod accept_echo;
#[path = "../../runtime/examples/connection_mio.rs"]
#[allow(dead_code, reason = "the client of the example is not needed here")]
mod connection_mio;
#[path = "../../runtime/examples/connection_tokio.rs"]
#[allow(dead_code, reason = "the client of the example is not needed here")]
mod connection_tokio;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::actions::{echo, server};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of an example on a free port.
struct Server {
    address: SocketAddr,
    ends: Box<dyn FnOnce()>,
}

impl Server {
    /// Serves `count` clients over blocking sockets, one after the other.
    fn tcp(count: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || {
            for _ in 0..count {
                let mut stream = listener.accept().unwrap().0;
                // Who breaks off on purpose says so on its own side.
                if let Ok((mut connection, read_ahead)) = server::accept(&mut stream) {
                    echo::echo(&mut stream, &mut connection, &read_ahead).ok();
                }
            }
        });
        Self { address, ends: Box::new(|| thread.join().unwrap()) }
    }

    /// Serves `count` clients with the Rust API, one after the other.
    fn accept(count: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || {
            // As above.
            (0..count).for_each(|_| drop(accept_echo::echo(listener.accept().unwrap().0)));
        });
        Self { address, ends: Box::new(|| thread.join().unwrap()) }
    }

    /// Serves any number of clients in one event loop.
    fn mio(_: usize) -> Self {
        let mut poll = mio::Poll::new().unwrap();
        let waker = Arc::new(mio::Waker::new(poll.registry(), connection_mio::STOP).unwrap());
        let mut listener = mio::net::TcpListener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let thread: JoinHandle<()> = thread::spawn(move || connection_mio::serve(&mut poll, &mut listener).unwrap());
        let ends = move || {
            waker.wake().unwrap();
            thread.join().unwrap();
        };
        Self { address, ends: Box::new(ends) }
    }

    /// Serves `count` clients one after the other, and cancels what it waits for all the time.
    fn tokio(count: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            for _ in 0..count {
                let stream = listener.accept().await.unwrap().0;
                let Ok(mut peer) = connection_tokio::Peer::accept(stream).await else { continue };
                loop {
                    tokio::select! {
                        biased;
                        ended = peer.echo() => {
                            ended.unwrap();
                            break;
                        }
                        () = tokio::task::yield_now() => {}
                    }
                }
            }
        };
        let thread = thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap().block_on(serve);
        });
        Self { address, ends: Box::new(|| thread.join().unwrap()) }
    }

    /// A client without a handshake.
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A client that sends these frames right behind its handshake.
    fn open(&self, frames: &[u8]) -> TcpStream {
        let mut stream = self.connect();
        stream.write_all(&[REQUEST, frames].concat()).unwrap();
        let head = head(&mut stream);
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        stream
    }
}

const SERVERS: [fn(usize) -> Server; 4] = [Server::accept, Server::tcp, Server::mio, Server::tokio];

/// Those that are made of actions: they have a limit of their own for a message.
const ACTIONS: [fn(usize) -> Server; 3] = [Server::tcp, Server::mio, Server::tokio];

/// Reads a response up to the end of its head.
fn head(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    String::from_utf8(head).unwrap()
}

/// A frame of a client, masked with zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first, 0x80 | 127];
    frame.extend((payload.len() as u64).to_be_bytes());
    if let Ok(length @ ..126) = u8::try_from(payload.len()) {
        frame = vec![first, 0x80 | length];
    }
    [&frame, &[0; 4][..], payload].concat()
}

/// Checks that these bytes come next.
fn expect(stream: &mut TcpStream, bytes: &[u8]) {
    let mut received = vec![0; bytes.len()];
    stream.read_exact(&mut received).unwrap();
    assert_eq!(received, bytes);
}

fn expect_end(stream: &mut TcpStream) {
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn pieces_that_come_one_by_one_go_back_as_a_message() {
    for serve in SERVERS {
        let server = serve(1);
        // A part of the first piece stands behind the request already, and an answer shows that all of it was taken.
        let first = [frame(1, b"hel"), frame(0x89, b"")].concat();
        let mut stream = server.open(&first[..8]);
        stream.set_nodelay(true).unwrap();
        stream.write_all(&first[8..]).unwrap();
        expect(&mut stream, b"\x8a\x00");
        for byte in [frame(0x80, b"lo"), frame(0x82, b"again"), frame(0x88, b"\x03\xe8")].concat() {
            stream.write_all(&[byte]).unwrap();
        }
        expect(&mut stream, b"\x81\x05hello\x82\x05again\x88\x02\x03\xe8");
        drop(stream);
        (server.ends)();
    }
}

#[test]
fn a_client_that_breaks_the_protocol_is_told_so() {
    for serve in SERVERS {
        let server = serve(2);
        let mut reserved = server.open(&frame(0xf1, b""));
        expect(&mut reserved, b"\x88\x02\x03\xea");
        expect_end(&mut reserved);
        drop(reserved);
        let mut text = server.open(&frame(0x81, b"\xff"));
        expect(&mut text, b"\x88\x02\x03\xef");
        expect_end(&mut text);
        drop(text);
        (server.ends)();
    }
}

#[test]
fn a_request_that_is_refused_is_answered() {
    let request = String::from_utf8(REQUEST.to_vec()).unwrap();
    for serve in SERVERS {
        let server = serve(2);
        for (request, status) in [(request.replace("13", "12"), "426"), (request.replace("Host", "Ghost"), "400")] {
            let mut stream = server.connect();
            stream.write_all(request.as_bytes()).unwrap();
            let head = head(&mut stream);
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            expect_end(&mut stream);
        }
        (server.ends)();
    }
}

/// One of 16 MiB is served, as those of Autobahn are.
#[test]
fn a_message_that_is_too_long_is_refused_with_1009() {
    let longest = vec![0; 16 << 20];
    for serve in ACTIONS {
        let server = serve(1);
        let mut stream = server.open(b"");
        stream.write_all(&frame(0x82, &longest)).unwrap();
        expect(&mut stream, &[b"\x82\x7f".as_slice(), &(16_u64 << 20).to_be_bytes(), &longest].concat());
        // Without an end, and after it has been refused too.
        stream.write_all(&[frame(2, &longest), frame(0, b"1"), frame(0, &longest)].concat()).unwrap();
        expect(&mut stream, b"\x88\x17\x03\xf1a message is too long");
        stream.write_all(&frame(0x88, b"\x03\xf1")).unwrap();
        expect_end(&mut stream);
        drop(stream);
        (server.ends)();
    }
}

#[test]
fn one_client_that_fails_does_not_end_the_others() {
    let server = Server::mio(0);
    let mut good = server.open(&frame(0x81, b"one"));
    expect(&mut good, b"\x81\x03one");
    let mut bad = server.connect();
    bad.write_all(b"no HTTP").unwrap();
    // The server has bytes left unread, or none.
    bad.read_to_end(&mut Vec::new()).ok();
    drop(server.open(&frame(0x81, b"gone")));
    good.write_all(&frame(0x81, b"two")).unwrap();
    expect(&mut good, b"\x81\x03two");
    (server.ends)();
}

/// The closing handshake is done, and the client keeps the stream.
#[test]
fn a_client_that_stays_is_left() {
    let server = Server::tcp(1);
    let mut stream = server.open(&frame(0x88, b"\x03\xe8"));
    expect(&mut stream, b"\x88\x02\x03\xe8");
    expect_end(&mut stream);
    (server.ends)();
    drop(stream);
}
