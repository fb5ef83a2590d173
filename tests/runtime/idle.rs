//! What a socket of the client holds while no call is in progress, after messages small and large.

#[path = "../benches/idle.rs"]
pub(crate) mod measurement;
#[expect(dead_code, reason = "the bench uses all of it")]
#[path = "../benches/raw.rs"]
pub(crate) mod raw;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::SupportedProtocolVersion;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};
use winws_tests_runtime::peer::{Peer, close_frame, connect_value, frame, good_answer};

use self::measurement::{BOUND, ECHOES, measure, measure_by};
use crate::websocket::allocations::held;

#[test]
fn an_idle_socket_holds_no_more_than_its_bound() {
    let idle = measure(held);
    assert!(idle.socket <= BOUND, "{} bytes, of {BOUND} at most", idle.socket);
    // Otherwise something that a socket needs was not counted.
    assert!(idle.socket > 0);
}

/// The most that a socket with TLS should hold, in bytes.
pub(crate) const SECURE_BOUND: isize = 28 << 10;

/// What a socket with TLS of this version holds, in bytes. The far end works in a thread of its own, and is not counted.
fn idle_with(version: &'static SupportedProtocolVersion) -> isize {
    let authority = Authority::new("an authority");
    let config = Arc::new(server_config(&authority.issue(|_| {}), &[version], ClientAuth::None));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("wss://{}/", listener.local_addr().unwrap());
    let serve = move || {
        let mut peer = Peer::accept_secure(&listener, &config).unwrap();
        let head = peer.read_head();
        peer.write(good_answer(&head, "").as_bytes());
        for _ in 0..ECHOES {
            let (first, payload) = peer.read_frame();
            peer.write(&frame(first, &payload));
        }
        peer
    };
    let serving = thread::spawn(move || [serve(), serve()]);
    let session = winws::Session::builder().roots(authority.roots()).build().unwrap();
    let idle = measure_by(held, || session.connect(&url).unwrap());
    drop(serving.join().unwrap());
    idle.socket
}

#[test]
fn an_idle_socket_with_tls_holds_no_more_than_its_bound() {
    for version in VERSIONS {
        let idle = idle_with(version);
        println!("{idle} bytes with {version:?}");
        // TLS itself holds more than half a bound of its own, whether the buffer of what came is there or gone.
        assert!((BOUND / 2..=SECURE_BOUND).contains(&idle), "{idle} bytes, of {SECURE_BOUND} at most");
    }
}

/// What Close and timed receives of messages need is given back when they end.
#[test]
fn calls_leave_nothing_behind() {
    let (socket, mut peer) = connect_value();
    let mut buffer = Vec::with_capacity(1 << 16);
    let before = held();
    peer.write(&frame(0x82, &vec![7; 1 << 16]));
    socket.receive_message(&mut buffer).unwrap();
    socket.set_receive_timeout(Some(Duration::from_millis(1)));
    socket.receive_message(&mut buffer).unwrap_err();
    peer.write(&close_frame(1000, ""));
    socket.close(1000, "").unwrap();
    let more = held() - before;
    assert!(more <= BOUND, "{more} bytes");
    assert!(buffer.capacity() == 1 << 16);
}
