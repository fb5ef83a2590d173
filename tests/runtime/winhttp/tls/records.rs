//! Records: wherever they are cut and however many come at once, the same bytes arrive; and an end is only what the peer says is
//! one.

use std::thread;

use rustls::version::{TLS12, TLS13};
use winws_api::winhttp::WebSocketBufferType::BinaryMessage;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ByHand, ClientAuth, server_config};
use winws_tests_runtime::peer::{Peer, Socket, frame};

use super::super::chain::Handle;
use super::super::{CONNECTION_ERROR, OK};
use super::{Secure, serving};

const UNTIL_END: &str = "HTTP/1.1 200 OK\r\n\r\n";

/// A server whose records have so many bytes at most, with their heads.
fn with_records_of(size: usize) -> Secure {
    let authority = Authority::new("an authority");
    let mut config = server_config(&authority.issue(|_| {}), &[&TLS13], ClientAuth::None);
    config.max_fragment_size = Some(size);
    let server = Secure::with(config);
    server.trust(authority.roots());
    server
}

/// Bytes that are not the same everywhere.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect()
}

/// Receives a whole message through a buffer of this size.
fn receive_all(socket: &Socket, size: usize, length: usize) -> Vec<u8> {
    let mut received = Vec::new();
    while received.len() < length {
        received.extend(socket.receive(size).unwrap().1);
    }
    received
}

#[test]
fn one_byte_for_each_segment() {
    for versions in [[&TLS12], [&TLS13]] {
        let server = Secure::of_versions(&versions);
        let (socket, mut peer) = server.upgrade();
        let records =
            [peer.seal(&frame(0x82, &bytes(300))), peer.seal(&frame(0x89, b"?")), peer.seal(&frame(0x81, b"end"))];
        thread::scope(|scope| {
            let receiving = scope.spawn(|| (receive_all(&socket, 7, 300), socket.receive(8).unwrap().1));
            for byte in records.concat() {
                peer.write_below(&[byte]);
            }
            assert_eq!(receiving.join().unwrap(), (bytes(300), b"end".to_vec()));
        });
        assert_eq!(peer.read_frame(), (0x8a, b"?".to_vec()));
    }
}

#[test]
fn the_handshake_and_the_head_one_byte_at_a_time() {
    let server = Secure::new();
    let request = server.open();
    let serve = || {
        let mut peer = server.accept().unwrap();
        peer.read_head();
        for byte in peer.seal(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") {
            peer.write_below(&[byte]);
        }
        peer
    };
    let (received, _peer) = serving(serve, || (request.send(), request.receive()));
    assert_eq!((received, request.body()), ((OK, OK), Ok("hi".to_owned())));
}

#[test]
fn many_records_in_one_segment_and_many_segments_in_one_record() {
    for record in [32, 100, 1000, 16_384 + 5] {
        let server = with_records_of(record);
        for size in [1, 100, 5000, 16_384, 100_000] {
            let (socket, mut peer) = server.upgrade();
            let message = bytes(if size == 1 { 5000 } else { 200_000 });
            let records = peer.seal(&frame(0x82, &message));
            thread::scope(|scope| {
                let receiving = scope.spawn(|| receive_all(&socket, size, message.len()));
                // The system cuts as it likes.
                peer.write_below(&records);
                assert!(receiving.join().unwrap() == message, "{record}, {size}");
            });
        }
    }
}

/// All that came with one read is there, although nothing more comes on the socket.
#[test]
fn what_came_ahead_is_not_waited_for() {
    for versions in [[&TLS12], [&TLS13]] {
        let (socket, mut peer) = Secure::of_versions(&versions).upgrade();
        let records: Vec<u8> = (0..50).flat_map(|number| peer.seal(&frame(0x82, &[number; 10]))).collect();
        peer.write_below(&records);
        for number in 0..50 {
            assert_eq!(socket.receive(10), Ok((BinaryMessage, vec![number; 10])));
        }
    }
}

/// A server with the keys of its direction, for records of every kind, and the client's request that has been sent.
fn by_hand() -> (Handle, Peer, ByHand) {
    let authority = Authority::new("an authority");
    let mut config = server_config(&authority.issue(|_| {}), &[&TLS13], ClientAuth::None);
    config.enable_secret_extraction = true;
    let server = Secure::with(config);
    server.trust(authority.roots());
    let request = server.open();
    let (mut peer, _) = server.send(&request);
    let hand = peer.by_hand();
    (request, peer, hand)
}

const DATA: u8 = 0x17;
const ALERT: u8 = 0x15;
const HANDSHAKE: u8 = 0x16;

#[test]
fn empty_records_and_zeros_behind_the_content() {
    let (request, mut peer, mut hand) = by_hand();
    let empty: Vec<u8> = (0..8).flat_map(|zeros| hand.record(DATA, b"", zeros * 100)).collect();
    let head = hand.record(DATA, UNTIL_END.as_bytes(), 1000);
    let more: Vec<u8> = (0..8).flat_map(|_| hand.record(DATA, b"", 0)).collect();
    let body = hand.record(DATA, b"hello", 0);
    let goodbye = hand.record(ALERT, &[1, 0], 3);
    peer.write(&[empty, head, more, body, goodbye].concat());
    assert_eq!(request.receive(), OK);
    assert_eq!(request.body(), Ok("hello".to_owned()));
}

/// The largest record, and one byte more (RFC 8446 section 5.1).
#[test]
fn the_largest_record() {
    let (request, mut peer, mut hand) = by_hand();
    peer.write(&hand.record(DATA, UNTIL_END.as_bytes(), 0));
    assert_eq!(request.receive(), OK);
    let largest = bytes(16_384);
    peer.write(&hand.record(DATA, &largest, 0));
    let mut read = Vec::new();
    while read.len() < largest.len() {
        // A read waits until its buffer is full.
        read.extend(request.read((largest.len() - read.len()).min(5000)).unwrap());
    }
    assert!(read == largest);
    peer.write(&hand.record(DATA, &bytes(16_385), 0));
    assert_eq!(request.read(20_000), Err(CONNECTION_ERROR));
    assert_eq!(request.read(20_000), Err(CONNECTION_ERROR), "it stays so");
}

/// RFC 8446 section 4.6.3.
#[test]
fn a_key_update_with_a_value_that_there_is_not() {
    let (request, mut peer, mut hand) = by_hand();
    peer.write(&hand.record(DATA, UNTIL_END.as_bytes(), 0));
    assert_eq!(request.receive(), OK);
    peer.write(&hand.record(HANDSHAKE, &[24, 0, 0, 1, 2], 0));
    assert_eq!(request.read(8), Err(CONNECTION_ERROR), "2 is no value");
}

#[test]
fn records_of_no_known_kind_and_records_that_are_not_sealed() {
    for bad in [
        |hand: &mut ByHand| hand.record(0x99, b"what", 0),
        |hand: &mut ByHand| hand.record(0, b"", 30),
        |hand: &mut ByHand| hand.record(HANDSHAKE, &[1, 0, 0, 0], 0),
        |hand: &mut ByHand| hand.record(ALERT, &[2, 80], 0),
        |hand: &mut ByHand| hand.record(ALERT, &[2], 0),
        |_: &mut ByHand| b"\x17\x03\x03\x00\x05hello".to_vec(),
        |_: &mut ByHand| b"\x15\x03\x03\x00\x02\x01\x00".to_vec(),
        |hand: &mut ByHand| {
            let mut record = hand.record(DATA, b"hello", 0);
            *record.last_mut().unwrap() ^= 1;
            record
        },
        |hand: &mut ByHand| {
            // One is missing, or the order is another one.
            hand.record(DATA, b"lost", 0);
            hand.record(DATA, b"hello", 0)
        },
    ] {
        let (request, mut peer, mut hand) = by_hand();
        // What came before the fault is given out, even if both came at once.
        let good = [hand.record(DATA, UNTIL_END.as_bytes(), 0), hand.record(DATA, b"good", 0)].concat();
        peer.write(&[good, bad(&mut hand)].concat());
        assert_eq!(request.receive(), OK);
        assert_eq!(request.read(4), Ok(b"good".to_vec()));
        assert_eq!(request.read(4), Err(CONNECTION_ERROR));
        assert_eq!(request.read(4), Err(CONNECTION_ERROR), "it stays so");
    }
}

/// RFC 8446 section 6.1: without close_notify an end is a cut, which anybody on the way can make.
#[test]
fn a_body_up_to_the_end_must_not_be_cut() {
    for versions in [[&TLS12], [&TLS13]] {
        let server = Secure::of_versions(&versions);
        let (request, mut peer) = server.answered(UNTIL_END);
        peer.write(b"all of it");
        peer.say_goodbye();
        assert_eq!(request.body(), Ok("all of it".to_owned()));
        assert_eq!(request.read(8), Ok(Vec::new()), "it stays so");
        let ends: [fn(Peer); 3] = [
            |mut peer| peer.finish(),
            |peer| peer.reset(),
            |mut peer| {
                // Within a record.
                let record = peer.seal(b"more");
                peer.write_below(&record[..record.len() - 1]);
                peer.finish();
            },
        ];
        for end in ends {
            let (request, mut peer) = server.answered(UNTIL_END);
            peer.write(b"a part");
            assert_eq!(request.read(6), Ok(b"a part".to_vec()));
            end(peer);
            assert_eq!(request.read(8), Err(CONNECTION_ERROR));
            assert_eq!(request.read(8), Err(CONNECTION_ERROR), "it stays so");
            assert_eq!(request.available(), Err(CONNECTION_ERROR));
        }
    }
}

/// A body that has said how long it is needs no goodbye.
#[test]
fn a_body_of_a_known_length_is_not_cut_behind_its_end() {
    let (request, mut peer) = Secure::new().answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    peer.finish();
    assert_eq!(request.body(), Ok("hello".to_owned()));
    let (request, mut peer) = Secure::new().answered("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello");
    peer.say_goodbye();
    assert_eq!(request.body(), Err(CONNECTION_ERROR));
}

/// The body of a request goes through TLS as well.
#[test]
fn a_large_body_of_a_request() {
    let server = Secure::new();
    let request = super::open(&server.connection);
    let body = bytes(3_000_000);
    let serve = || {
        let mut peer = server.accept().unwrap();
        peer.read_head();
        let read = peer.read(body.len());
        peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        read
    };
    let send = || {
        let total = u32::try_from(body.len()).unwrap();
        assert_eq!(request.send_with(None, &body[..1000], total), OK);
        assert_eq!(request.write(&body[1000..2_000_000]), OK);
        assert_eq!(request.write(&body[2_000_000..]), OK);
        request.receive()
    };
    let (received, read) = serving(serve, send);
    assert_eq!(received, OK);
    assert!(read == body);
}

/// The end of the client's handle is an end for the server, and no cut.
#[test]
fn a_request_that_is_closed_says_goodbye() {
    let (request, mut peer) = Secure::new().answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(request.close(), OK);
    peer.expect_goodbye();
}
