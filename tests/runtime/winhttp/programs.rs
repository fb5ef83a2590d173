//! Section 1.8: what shipping programs do, and what servers of other make answer.

use std::net::TcpListener;
use std::sync::Barrier;
use std::thread;

use winws::ffi::winhttp::HINTERNET;
use winws_api::winhttp::WebSocketBufferType::{Close, Utf8Message};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{Peer, close_frame, connect, frame, good_answer};

use super::chain::{Opening, Server, answered, number, query, session};
use super::{CANCELLED, INVALID_HANDLE, INVALID_OPERATION, INVALID_RESPONSE, OK, TIMEOUT, c};

#[test]
fn b1_8_2_keep_alive_interval_of_a_session_or_a_request() {
    let server = Server::new();
    let request = server.open_upgrade();
    for handle in [&server.session, &request] {
        let word = c::word(handle.0);
        assert_eq!(c::set_option(word, 116, Some(&20_000_u32.to_ne_bytes()), 4), 12018);
    }
    // The program goes on.
    let (mut peer, head) = server.send(&request);
    peer.write(good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    assert!(request.complete_upgrade().is_ok());
}

#[test]
fn b1_8_3_a_socket_takes_over_what_its_request_has() {
    let server = Server::new();
    let request = server.open_upgrade();
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, 1), OK);
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, 2), OK);
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, 1 << 20), OK);
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 16), OK);
    assert_eq!(request.set(sys::WINHTTP_OPTION_CONTEXT_VALUE, &7_usize.to_ne_bytes()), OK);
    let (mut peer, head) = server.send(&request);
    // It would have to come within a millisecond.
    assert_eq!(request.set_timeouts([0, 0, 0, 0]), OK);
    peer.write(good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    assert_eq!(request.set_timeouts([0, 0, 0, 1]), OK);
    let socket = request.complete_upgrade().unwrap();
    // What the request changes later is not the socket's.
    assert_eq!(request.set_timeouts([0, 0, 0, 0]), OK);
    assert_eq!(request.set(sys::WINHTTP_OPTION_CONTEXT_VALUE, &8_usize.to_ne_bytes()), OK);
    assert_eq!(number(socket.0, sys::WINHTTP_OPTION_RECEIVE_TIMEOUT), Ok(1));
    assert_eq!(query(socket.0, sys::WINHTTP_OPTION_CONTEXT_VALUE, 8), Ok(7_usize.to_ne_bytes().to_vec()));
    assert_eq!(socket.receive(8), Err(TIMEOUT));
    assert_eq!(socket.close(1000, b""), TIMEOUT);
    peer.expect_close(1000, "");
}

#[test]
fn b1_8_4_close_with_1006() {
    let (socket, mut peer) = connect();
    let word = c::word(socket.0);
    assert_eq!(c::close(word, 1006, None, 0), 87);
    assert_eq!(c::close_handle(word), 0);
    peer.expect_end();
}

#[test]
fn b1_8_5_crack_url_of_a_web_socket() {
    for url in ["ws://h/", "wss://h/", "WS://h:80/x", "wss://h"] {
        assert_eq!(c::crack_url(url), Err(12006), "{url}");
    }
    assert_eq!(c::crack_url("http://h/"), Ok(("h".to_owned(), 80)));
    assert_eq!(c::crack_url("https://h/"), Ok(("h".to_owned(), 443)));
}

#[test]
fn b1_8_7_close_beside_a_receive_then_close_handle_then_join() {
    // The answer of a peer so near may come before the receive has given up.
    for _ in 0..200 {
        let (socket, mut peer) = connect();
        thread::scope(|scope| {
            let receiving = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            let closing = scope.spawn(|| c::close(c::word(socket.0), 1000, None, 0));
            peer.expect_close(1000, "");
            peer.write(&close_frame(1000, ""));
            assert_eq!(closing.join().unwrap(), 0);
            assert_eq!(c::close_handle(c::word(socket.0)), 0);
            assert_eq!(receiving.join().unwrap(), Err(CANCELLED));
        });
    }
}

#[test]
fn b1_8_8_close_handle_races_with_itself_and_with_close() {
    for _ in 0..50 {
        let (socket, mut peer) = connect();
        peer.write(&close_frame(1000, ""));
        let both = Barrier::new(3);
        let codes = thread::scope(|scope| {
            let close_handle = || {
                both.wait();
                socket.close_handle()
            };
            let handles = [scope.spawn(close_handle), scope.spawn(close_handle)];
            both.wait();
            let closed = socket.close(1000, b"");
            assert!([OK, CANCELLED, INVALID_HANDLE].contains(&closed), "{closed}");
            handles.map(|handle| handle.join().unwrap())
        });
        assert!(codes == [OK, INVALID_HANDLE] || codes == [INVALID_HANDLE, OK], "{codes:?}");
    }
}

#[test]
fn b1_8_9_localhost_has_two_families() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        // A system may know it by one family only.
        let known = std::net::ToSocketAddrs::to_socket_addrs(&("localhost", port)).unwrap();
        if known.into_iter().any(|known| known.is_ipv4() == address.starts_with('1')) {
            let connection = session(None).unwrap().connect("localhost", port).unwrap();
            assert_eq!(connection.open(Opening::default()).unwrap().send(), OK, "{address}");
            Peer::accept(&listener).read_head();
        }
    }
}

#[test]
fn b1_8_12_a_reason_with_a_zero() {
    const REASON: &[u8; 8] = b"success\0";
    let check = |end: fn(HINTERNET, u16, &[u8]) -> u32| {
        let (socket, mut peer) = connect();
        peer.write(&close_frame(1000, "success\0"));
        assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
        assert_eq!(end(c::word(socket.0), 1000, REASON), 0);
        peer.expect_close(1000, "success\0");
        let (mut status, mut reason, mut length) = (0, [0xff; 123], 0);
        let word = c::word(socket.0);
        let code = c::query_close_status(word, Some(&mut status), Some(&mut reason), 123, Some(&mut length));
        assert_eq!((code, status, length, &reason[..8]), (0, 1000, 8, &REASON[..]));
    };
    check(|word, status, reason| c::close(word, status, Some(reason), 8));
    check(|word, status, reason| c::shutdown(word, status, Some(reason), 8));
}

#[test]
fn b1_8_13_room_for_more_than_the_longest_reason() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(4000, "bye"));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    for size in [124, 256, 1024] {
        let (mut status, mut reason, mut length) = (0, [0xff; 1024], 0);
        let word = c::word(socket.0);
        let code = c::query_close_status(word, Some(&mut status), Some(&mut reason), size, Some(&mut length));
        assert_eq!((code, status, length, &reason[..4]), (0, 4000, 3, &b"bye\xff"[..]));
    }
}

#[test]
fn b1_8_15_folded_headers() {
    let (request, _peer) =
        answered("GET", "HTTP/1.1 200 OK\r\nX: one\r\n  two\r\n\tthree\r\nY: 1\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(request.custom("X"), Ok("one two three".to_owned()));
    assert_eq!(request.custom("Y"), Ok("1".to_owned()));
    // Also in a response that matters for the handshake.
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    let answer = good_answer(&head, "").replace("Connection: Upgrade", "Connection: keep-alive,\r\n Upgrade");
    peer.write(answer.as_bytes());
    assert_eq!(request.receive(), OK);
    assert!(request.complete_upgrade().is_ok());
}

#[test]
fn b1_8_16_interim_responses_are_skipped() {
    const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    peer.write(format!("{INTERIM}{}", good_answer(&head, "")).as_bytes());
    assert_eq!((request.receive(), request.status()), (OK, Ok(101)));
    assert!(request.complete_upgrade().is_ok());
    let (request, _peer) = answered("GET", &format!("{INTERIM}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
    assert_eq!((request.status(), request.body()), (Ok(200), Ok("hi".to_owned())));
    assert_eq!(request.custom("Link"), Err(super::HEADER_NOT_FOUND));
    // As many as option 90 says, at first ten (the page of options).
    for (count, most, code) in
        [(10, None, OK), (11, None, INVALID_RESPONSE), (2, Some(2), OK), (3, Some(2), INVALID_RESPONSE)]
    {
        let request = server.open("GET", "/");
        if let Some(most) = most {
            assert_eq!(request.set_number(sys::WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, most), OK);
        }
        let (mut peer, _) = server.send(&request);
        let interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(count);
        peer.write(format!("{interim}HTTP/1.1 204 No Content\r\n\r\n").as_bytes());
        assert_eq!(request.receive(), code, "{count} of {most:?}");
    }
}

#[test]
fn b1_8_19_connection_in_several_lines() {
    for lines in [
        "Connection: keep-alive\r\nConnection: Upgrade",
        "connection: UPGRADE, x\r\nCONNECTION: close",
        "Connection: a,,b , uPgRaDe,",
    ] {
        let server = Server::new();
        let request = server.open_upgrade();
        let (mut peer, head) = server.send(&request);
        peer.write(good_answer(&head, "").replace("Connection: Upgrade", lines).as_bytes());
        assert_eq!(request.receive(), OK, "{lines:?}");
        assert!(request.complete_upgrade().is_ok());
    }
}

#[test]
fn b1_8_20_the_server_closes_and_keeps_the_connection() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x81, b"last"), close_frame(1001, "")].concat());
    assert_eq!(socket.receive(8), Ok((Utf8Message, b"last".to_vec())));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    assert_eq!(c::close(c::word(socket.0), 1001, None, 0), 0);
    // The server never ends its stream.
    peer.expect_close(1001, "");
    assert_eq!(socket.send(Utf8Message, b"late"), INVALID_OPERATION);
}
