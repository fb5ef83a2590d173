//! Requests that are accepted, and what stands in the response.

use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use winws::{AcceptError, AcceptOptions, WebSocket};
use winws_api::winhttp::WebSocketBufferType::{BinaryMessage, Utf8Message};
use winws_tests_runtime::peer::{Peer, REQUEST, dial, masked_frame};

/// The response to the request of RFC 6455 section 1.3, but for the subprotocol.
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/// Accepts a request with these subprotocols to choose from.
fn accept(request: &str, subprotocols: &[&str]) -> (WebSocket, Peer, String) {
    let (stream, mut peer) = dial();
    peer.write(request.as_bytes());
    let options = AcceptOptions { subprotocols, ..AcceptOptions::default() };
    let socket = winws::accept_with(stream, &options, |_, _| {}).unwrap();
    let head = peer.read_head();
    (socket, peer, head)
}

#[test]
fn the_response_is_that_of_the_rfc() {
    let (socket, _peer, head) = accept(REQUEST, &["chat"]);
    assert_eq!(head, format!("{RESPONSE}Sec-WebSocket-Protocol: chat\r\n\r\n"));
    assert_eq!(socket.subprotocol(), Some("chat"));
}

#[test]
fn the_first_subprotocol_in_the_order_of_the_client_is_chosen() {
    for (subprotocols, expected) in [
        (&["superchat", "chat"][..], Some("chat")),
        (&["superchat"], Some("superchat")),
        (&["CHAT", "other"], None),
        (&[], None),
    ] {
        let (socket, _peer, head) = accept(REQUEST, subprotocols);
        assert_eq!(socket.subprotocol(), expected, "{subprotocols:?}");
        let line = expected.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
        assert_eq!(head, format!("{RESPONSE}{line}\r\n"));
    }
    let silent = REQUEST.replace("Sec-WebSocket-Protocol: chat, superchat\r\n", "");
    assert_eq!(accept(&silent, &["chat"]).0.subprotocol(), None);
}

#[test]
fn the_callback_sees_the_request_and_adds_headers() {
    let (stream, mut peer) = dial();
    peer.write(REQUEST.as_bytes());
    let options = AcceptOptions { subprotocols: &["superchat"], ..AcceptOptions::default() };
    let (mut target, mut origin) = (String::new(), Vec::new());
    let socket = winws::accept_with(stream, &options, |request, answer| {
        request.target().clone_into(&mut target);
        origin = request.headers().values("origin").map(<[u8]>::to_vec).collect();
        assert_eq!(request.protocols().collect::<Vec<_>>(), ["chat", "superchat"]);
        assert_eq!((answer.subprotocol(), answer.refusal()), (Some("superchat"), None));
        answer.add_header("Set-Cookie", "id=1");
    });
    assert_eq!(socket.unwrap().subprotocol(), Some("superchat"));
    assert_eq!((&*target, &origin[..]), ("/chat", &[b"http://example.com".to_vec()][..]));
    assert_eq!(peer.read_head(), format!("{RESPONSE}Sec-WebSocket-Protocol: superchat\r\nSet-Cookie: id=1\r\n\r\n"));
}

/// They come with the same read as the head, and more of them than one read takes.
#[test]
fn frames_behind_the_head_belong_to_the_websocket() {
    for size in [0, 1, 3000, 5000, 100_000] {
        let (stream, mut peer) = dial();
        let message = vec![7; size];
        let frames = [masked_frame(0x81, b"first"), masked_frame(0x89, b"ping"), masked_frame(0x82, &message)].concat();
        peer.write(&[REQUEST.as_bytes(), &frames].concat());
        let (socket, mut received) = (winws::accept(stream).unwrap(), Vec::new());
        peer.read_head();
        assert_eq!(socket.receive_message(&mut received).unwrap().kind, Utf8Message);
        assert_eq!(received, b"first");
        assert_eq!(socket.receive_message(&mut received).unwrap().kind, BinaryMessage);
        assert!(received == message, "{size} bytes");
        assert_eq!(peer.read_frame(), (0x8a, b"ping".to_vec()));
    }
}

#[test]
fn a_part_of_a_frame_behind_the_head_is_no_less() {
    let frame = masked_frame(0x81, b"hello");
    for cut in 0..frame.len() {
        let (stream, mut peer) = dial();
        peer.write(&[REQUEST.as_bytes(), &frame[..cut]].concat());
        let (socket, mut received) = (winws::accept(stream).unwrap(), Vec::new());
        peer.write(&frame[cut..]);
        socket.receive_message(&mut received).unwrap();
        assert_eq!(received, b"hello", "cut at {cut}");
    }
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let (stream, mut peer) = dial();
    thread::scope(|scope| {
        let accepting = scope.spawn(|| winws::accept(stream));
        for byte in [REQUEST.as_bytes(), &masked_frame(0x81, b"hi")].concat() {
            peer.write(&[byte]);
        }
        let (socket, mut received) = (accepting.join().unwrap().unwrap(), Vec::new());
        socket.receive_message(&mut received).unwrap();
        assert_eq!(received, b"hi");
    });
}

#[test]
fn what_the_stream_was_set_to_before_makes_no_difference() {
    let (stream, mut peer) = dial();
    stream.set_nonblocking(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(3600))).unwrap();
    thread::scope(|scope| {
        let accepting = scope.spawn(|| winws::accept(stream));
        peer.write(REQUEST.as_bytes());
        let (socket, mut received) = (accepting.join().unwrap().unwrap(), Vec::new());
        peer.read_head();
        let receiving = scope.spawn(move || socket.receive_message(&mut received).map(|_| received));
        peer.wait_for_receive();
        peer.write(&masked_frame(0x81, b"hi"));
        assert_eq!(receiving.join().unwrap(), Ok(b"hi".to_vec()));
    });
}

#[test]
fn no_timeout_is_none_and_neither_is_one_that_no_clock_has() {
    for timeout in [None, Some(Duration::MAX)] {
        let (stream, mut peer) = dial();
        peer.write(REQUEST.as_bytes());
        let options = AcceptOptions { timeout, ..AcceptOptions::default() };
        assert!(winws::accept_with(stream, &options, |_, _| {}).is_ok());
        peer.read_head();
    }
}

/// What has come is looked at however little time there is, as a receive does.
#[test]
fn a_request_that_is_there_is_never_late() {
    let (stream, mut peer) = dial();
    peer.write(REQUEST.as_bytes());
    // The bytes have come when the system says that there is one.
    stream.peek(&mut [0]).unwrap();
    let options = AcceptOptions { timeout: Some(Duration::ZERO), ..AcceptOptions::default() };
    assert!(winws::accept_with(stream, &options, |_, _| {}).is_ok());
}

/// Another thread can give up for it.
#[test]
fn a_stream_that_is_shut_down_ends_the_accept() {
    let (stream, _peer) = dial();
    let other = stream.try_clone().unwrap();
    thread::scope(|scope| {
        let accepting = scope.spawn(|| winws::accept(stream));
        other.shutdown(std::net::Shutdown::Both).unwrap();
        match accepting.join().unwrap().unwrap_err() {
            AcceptError::Closed { received: 0 } => {}
            // The shutdown came before the stream could be set up.
            AcceptError::Stream(error) => assert_eq!(error.kind(), ErrorKind::InvalidInput),
            error => panic!("{error:?}"),
        }
    });
}
