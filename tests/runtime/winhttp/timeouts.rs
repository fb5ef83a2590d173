//! Time limits: of requests, and of WebSockets (b1.4.27, b1.6.17, b3.3, b3.9). The other end is silent, so each of them ends.

use std::thread;
use std::time::Duration;

use winws::WinHttp;
use winws_api::winhttp::WebSocketBufferType::Utf8Message;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{Peer, Socket, code, connect, connect_value, frame, good_answer};

use super::chain::{Handle, Server, answered, number, session, set};
use super::threads::silent;
use super::{
    CANCELLED, CONNECTION_ERROR, INCORRECT_TYPE, INVALID_HANDLE, INVALID_OPERATION, INVALID_PARAMETER, OK, TIMEOUT,
};

const RECEIVE_TIMEOUT: u32 = sys::WINHTTP_OPTION_RECEIVE_TIMEOUT;
const CLOSE_TIMEOUT: u32 = sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT;

/// A socket whose request was prepared like this.
fn upgraded(server: &Server, prepare: impl FnOnce(&Handle)) -> (Socket, Peer) {
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    peer.write(good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    prepare(&request);
    (request.complete_upgrade().unwrap(), peer)
}

/// Checks that receives give up, and that the connection goes on afterwards.
fn check_gives_up(socket: &Socket, peer: &mut Peer) {
    for _ in 0..2 {
        assert_eq!(socket.receive(8), Err(TIMEOUT));
    }
    assert_eq!(socket.send(Utf8Message, b"still here"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"still here".to_vec()));
    // What comes later is received, as soon as a receive has the time for it.
    assert_eq!(set(socket.0, RECEIVE_TIMEOUT, &u32::MAX.to_ne_bytes()), OK);
    peer.write(&frame(0x81, b"so am I"));
    assert_eq!(socket.receive(8), Ok((Utf8Message, b"so am I".to_vec())));
}

#[test]
fn b1_4_27_receive_timeout_of_a_socket() {
    let (socket, mut peer) = connect();
    assert_eq!(set(socket.0, RECEIVE_TIMEOUT, &1_u32.to_ne_bytes()), OK);
    check_gives_up(&socket, &mut peer);
}

#[test]
fn b1_4_27_receive_timeout_of_a_request() {
    let server = Server::new();
    let (socket, mut peer) = upgraded(&server, |request| assert_eq!(request.set_number(RECEIVE_TIMEOUT, 1), OK));
    check_gives_up(&socket, &mut peer);
    let (socket, mut peer) = upgraded(&server, |request| assert_eq!(request.set_timeouts([0, 0, 0, 1]), OK));
    check_gives_up(&socket, &mut peer);
}

/// The limit of a session is for HTTP responses: whether a message comes late is known only if another thread waits for it
/// longer than the limit, which two receives with the limit show.
#[test]
fn b1_4_27_no_limit_unless_the_request_or_the_socket_has_one() {
    let server = Server::new();
    let (socket, _peer) = connect();
    assert_eq!(number(socket.0, RECEIVE_TIMEOUT), Ok(0), "no limit");
    assert_eq!(server.session.set_number(RECEIVE_TIMEOUT, 5_000), OK);
    let (socket, _peer) = upgraded(&server, |request| assert_eq!(request.number(RECEIVE_TIMEOUT), Ok(5_000)));
    assert_eq!(number(socket.0, RECEIVE_TIMEOUT), Ok(0), "no limit");
    assert_eq!(server.session.set_timeouts([0, 0, 0, 5_000]), OK);
    let (socket, _peer) = upgraded(&server, |_| {});
    assert_eq!(number(socket.0, RECEIVE_TIMEOUT), Ok(0), "no limit");
}

#[test]
fn b3_9_receive_timeout_in_the_words_of_c() {
    let (socket, _peer) = connect();
    let word = super::c::word(socket.0);
    assert_eq!(super::c::set_option(word, 6, Some(&1_u32.to_ne_bytes()), 4), 0);
    let (mut length, mut kind) = (7, 7);
    assert_eq!(super::c::receive(word, Some(&mut [0; 8]), 8, Some(&mut length), Some(&mut kind)), 12002);
    assert_eq!((length, kind), (7, 7));
}

#[test]
fn b1_6_17_the_peer_never_answers_a_close() {
    let (socket, mut peer) = connect();
    assert_eq!(set(socket.0, CLOSE_TIMEOUT, &20_u32.to_ne_bytes()), OK);
    thread::scope(|scope| {
        let receiving = scope.spawn(|| socket.receive(8));
        peer.wait_for_receive();
        assert_eq!(socket.close(1000, b"bye"), TIMEOUT);
        assert_eq!(receiving.join().unwrap(), Err(CANCELLED));
    });
    peer.expect_close(1000, "bye");
    peer.expect_end();
    for code in [socket.send(Utf8Message, b"late"), socket.receive(8).unwrap_err(), socket.close(1000, b"")] {
        assert!([CANCELLED, INVALID_OPERATION, CONNECTION_ERROR].contains(&code), "{code}");
    }
}

#[test]
fn the_close_timeout_of_a_session_or_a_request() {
    let server = Server::new();
    let (socket, mut peer) = upgraded(&server, |request| assert_eq!(request.set_number(CLOSE_TIMEOUT, 1), OK));
    assert_eq!(socket.close(1000, b""), TIMEOUT);
    peer.expect_close(1000, "");
    peer.expect_end();
    assert_eq!(server.session.set_number(CLOSE_TIMEOUT, 1), OK);
    let (socket, _peer) = upgraded(&server, |_| {});
    assert_eq!(socket.close(1000, b""), TIMEOUT);
}

/// A peer that sends without end does not hold a close for longer than its time.
#[test]
fn a_close_ends_in_time_among_messages_without_end() {
    let (socket, mut peer) = connect();
    assert_eq!(set(socket.0, CLOSE_TIMEOUT, &50_u32.to_ne_bytes()), OK);
    let messages = frame(0x82, b"never a close frame").repeat(1 << 12);
    thread::scope(|scope| {
        scope.spawn(|| peer.write_until_gone(&messages));
        assert_eq!(socket.close(1000, b""), TIMEOUT);
        // The system takes what comes until the handle is closed.
        drop(socket);
    });
}

#[test]
fn a_silence_is_broken_by_pongs() {
    let (socket, mut peer) = connect_value();
    socket.set_keep_alive(Some(Duration::from_millis(1)));
    thread::scope(|scope| {
        let receiving = scope.spawn(|| socket.receive(&mut [0; 8]).map(|received| received.len));
        for _ in 0..3 {
            assert_eq!(peer.read_frame(), (0x8a, Vec::new()), "a pong that nobody asked for");
        }
        peer.write(&frame(0x81, b"enough"));
        assert_eq!(receiving.join().unwrap(), Ok(6));
    });
}

#[test]
fn a_peer_that_gives_no_sign_of_life_is_given_up() {
    let (socket, mut peer) = connect_value();
    socket.set_peer_timeout(Some(Duration::from_millis(40)));
    assert_eq!(code(socket.receive(&mut [0; 8]).map(drop)), CONNECTION_ERROR);
    let (first, payload) = peer.read_frame();
    assert!(first == 0x89 && payload.len() <= 125, "it was pinged before");
}

#[test]
fn a_peer_that_answers_pings_is_not_given_up() {
    let (socket, mut peer) = connect_value();
    socket.set_peer_timeout(Some(Duration::from_secs(2)));
    thread::scope(|scope| {
        let receiving = scope.spawn(|| socket.receive(&mut [0; 8]).map(|received| received.len));
        for _ in 0..2 {
            let (first, payload) = peer.read_frame();
            assert_eq!(first, 0x89);
            peer.write(&frame(0x8a, &payload));
        }
        peer.write(&frame(0x81, b"alive"));
        assert_eq!(receiving.join().unwrap(), Ok(5));
    });
}

#[test]
fn a_server_that_does_not_answer() {
    for option in [RECEIVE_TIMEOUT, sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT] {
        let server = Server::new();
        let request = server.open("GET", "/");
        assert_eq!(request.set_number(option, 1), OK);
        let (_peer, _) = server.send(&request);
        assert_eq!(request.receive(), TIMEOUT);
    }
    // Half a response does not help.
    let server = Server::new();
    let request = server.open("GET", "/");
    assert_eq!(request.set_timeouts([0, 0, 0, 50]), OK);
    let (mut peer, _) = server.send(&request);
    peer.write(b"HTTP/1.1 200 OK\r\n");
    assert_eq!(request.receive(), TIMEOUT);
    peer.expect_end();
}

#[test]
fn a_body_that_does_not_come() {
    let (request, mut peer) = answered("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(request.set_timeouts([0, 0, 0, 1]), OK);
    assert_eq!(request.available(), Err(TIMEOUT));
    assert_eq!(request.read(8), Err(TIMEOUT));
    assert_eq!(request.set_timeouts([0, 0, 0, 0]), OK);
    peer.write(b"hello");
    assert_eq!(request.read(5), Ok(b"hello".to_vec()));
}

#[test]
fn a_server_that_reads_nothing() {
    let server = Server::new();
    let request = server.open("POST", "/");
    assert_eq!(request.set_timeouts([0, 0, 1, 0]), OK);
    assert_eq!(request.send_with(None, b"", u32::MAX), OK);
    let _peer = server.accept();
    let part = vec![7; 1 << 20];
    assert_eq!((0..64).map(|_| request.write(&part)).find(|&code| code != OK), Some(TIMEOUT));
}

#[test]
fn a_server_that_cannot_be_reached_in_time() {
    let (_queue, address) = silent();
    let connection = session(None).unwrap().connect(&address.ip().to_string(), address.port()).unwrap();
    let request = connection.open(super::chain::Opening::default()).unwrap();
    assert_eq!(request.set_timeouts([0, 20, 0, 0]), OK);
    assert_eq!(request.send(), TIMEOUT);
}

/// The page of WinHttpSetTimeouts.
#[test]
fn set_timeouts_sets_four_options() {
    let server = Server::new();
    let request = server.open("GET", "/");
    let all = [2, 3, 5, 6];
    assert_eq!(all.map(|option| request.number(option)), [0, 60_000, 30_000, 30_000].map(Ok));
    assert_eq!(request.set_timeouts([1, 2, 0, -1]), OK);
    assert_eq!(all.map(|option| request.number(option)), [1, 2, 0, u32::MAX].map(Ok));
    assert_eq!(server.session.set_timeouts([4, 5, 6, 7]), OK);
    assert_eq!(all.map(|option| request.number(option)), [1, 2, 0, u32::MAX].map(Ok));
    assert_eq!(all.map(|option| server.open("GET", "/").number(option)), [4, 5, 6, 7].map(Ok));
    for bad in [[-2, 0, 0, 0], [0, -2, 0, 0], [0, 0, i32::MIN, 0], [0, 0, 0, -2]] {
        assert_eq!(request.set_timeouts(bad), INVALID_PARAMETER);
    }
    let (socket, _peer) = connect();
    let of_socket = winws_api::winhttp::Session::set_timeouts(WinHttp::process(), socket.0, 0, 0, 0, 0);
    assert_eq!(code(of_socket), INCORRECT_TYPE);
    assert_eq!(server.connection.set_timeouts([0; 4]), INCORRECT_TYPE);
    assert_eq!(request.close(), OK);
    assert_eq!(request.set_timeouts([0; 4]), INVALID_HANDLE);
}
