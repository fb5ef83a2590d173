//! A receive that gives up leaves nothing behind, and the connection goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use winws::WebSocket;
use winws_tests_runtime::peer::{connect_value, frame};

use super::{TIMEOUT, code};

const SHORT: Option<Duration> = Some(Duration::from_millis(1));

/// Receives until something comes: what it is.
fn receive(socket: &WebSocket) -> Vec<u8> {
    socket.set_receive_timeout(None);
    let mut buffer = [0; 64];
    let received = socket.receive(&mut buffer).unwrap();
    buffer[..received.len].to_vec()
}

#[test]
fn a_receive_gives_up_while_the_peer_is_silent() {
    let (socket, mut peer) = connect_value();
    for timeout in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(20)] {
        socket.set_receive_timeout(Some(timeout));
        for _ in 0..2 {
            assert_eq!(code(socket.receive(&mut [0; 8])), TIMEOUT);
        }
    }
    assert_eq!(socket.send_text("still here"), Ok(()));
    assert_eq!(peer.read_frame(), (0x81, b"still here".to_vec()));
    peer.write(&frame(0x81, b"so am I"));
    assert_eq!(receive(&socket), b"so am I");
}

/// The head of a frame comes byte by byte, and each receive but the last gives up.
#[test]
fn what_has_come_of_a_head_is_kept() {
    let (socket, mut peer) = connect_value();
    let payload = [b'x'; 300];
    let bytes = frame(0x82, &payload);
    for byte in &bytes[..4] {
        peer.write(&[*byte]);
        socket.set_receive_timeout(SHORT);
        assert_eq!(code(socket.receive(&mut [0; 8])), TIMEOUT);
    }
    peer.write(&bytes[4..]);
    let mut received = Vec::new();
    while received.len() < payload.len() {
        received.extend(receive(&socket));
    }
    assert_eq!(received, payload);
}

/// A receive gives up after each byte of a control frame.
#[test]
fn a_ping_is_answered_once_it_is_whole() {
    let (socket, mut peer) = connect_value();
    socket.set_receive_timeout(SHORT);
    for byte in frame(0x89, b"ping") {
        peer.write(&[byte]);
        assert_eq!(code(socket.receive(&mut [0; 8])), TIMEOUT);
    }
    // When the last byte came after its receive, it takes another one.
    peer.write(&frame(0x81, b"then"));
    assert_eq!(receive(&socket), b"then");
    assert_eq!(peer.read_frame(), (0x8a, b"ping".to_vec()));
}

#[test]
fn the_longest_timeout_is_none() {
    let (socket, mut peer) = connect_value();
    socket.set_receive_timeout(Some(Duration::MAX));
    peer.write(&frame(0x81, b"a"));
    assert_eq!(socket.receive(&mut [0; 8]).unwrap().len, 1);
}

/// The peer sends pings and does not read: pongs that do not fit wait, and the receive gives up all the same.
#[test]
fn a_receive_gives_up_while_a_pong_waits_for_room() {
    const PINGS: u32 = 100_000;
    let ping = |number: u32| format!("{number:0125}").into_bytes();
    let (socket, mut peer) = connect_value();
    socket.set_receive_timeout(SHORT);
    let has_written = AtomicBool::new(false);
    thread::scope(|scope| {
        let receiving = scope.spawn(|| {
            loop {
                let is_last = has_written.load(Ordering::SeqCst);
                assert_eq!(code(socket.receive(&mut [0; 8])), TIMEOUT);
                if is_last {
                    break;
                }
            }
        });
        let pings: Vec<u8> = (0..=PINGS).flat_map(|number| frame(0x89, &ping(number))).collect();
        peer.write(&pings);
        has_written.store(true, Ordering::SeqCst);
        receiving.join().unwrap();
        // Room comes while nothing else does.
        let receiving = scope.spawn(|| receive(&socket));
        loop {
            let (first, payload) = peer.read_frame();
            assert_eq!(first, 0x8a);
            if payload == ping(PINGS) {
                break;
            }
        }
        peer.write(&frame(0x81, b"enough"));
        assert_eq!(receiving.join().unwrap(), b"enough");
    });
}

/// A peer that never pauses between its control frames does not hold a receive for longer than its time.
#[test]
fn a_receive_gives_up_among_pings_without_end() {
    let (socket, mut peer) = connect_value();
    socket.set_receive_timeout(SHORT);
    let pings = frame(0x89, b"").repeat(1 << 20);
    thread::scope(|scope| {
        scope.spawn(|| peer.write_until_gone(&pings));
        assert_eq!(code(socket.receive(&mut [0; 8])), TIMEOUT);
        drop(socket);
    });
}
