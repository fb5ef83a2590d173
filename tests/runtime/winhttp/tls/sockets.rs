//! WebSockets over TLS: what holds over TCP holds here.

use std::thread;
use std::time::Duration;

use rustls::version::{TLS12, TLS13};
use winws_api::winhttp::WebSocketBufferType::{BinaryMessage, Close, Utf8Message};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{Peer, Socket, close_frame, code, frame};

use super::super::chain::set;
use super::super::{CANCELLED, CONNECTION_ERROR, INVALID_OPERATION, OK, TIMEOUT};
use super::{Secure, connect_value};

const RECEIVE_TIMEOUT: u32 = sys::WINHTTP_OPTION_RECEIVE_TIMEOUT;
const CLOSE_TIMEOUT: u32 = sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT;

/// More than any buffer on the way holds.
const MUCH: usize = 30_000_000;

/// A connection in each version.
fn connections() -> [(Socket, Peer); 2] {
    [[&TLS12], [&TLS13]].map(|versions| Secure::of_versions(&versions).upgrade())
}

#[test]
fn messages_of_every_length_in_both_directions() {
    for (socket, mut peer) in connections() {
        for length in [0, 1, 125, 126, 16_384, 65_535, 65_536, 1 << 20] {
            let message = vec![u8::try_from(length % 200).unwrap(); length];
            thread::scope(|scope| {
                let sending = scope.spawn(|| socket.send(BinaryMessage, &message));
                assert!(peer.read_frame() == (0x82, message.clone()), "{length}");
                assert_eq!(sending.join().unwrap(), OK);
                let receiving = scope.spawn(|| {
                    let mut received = socket.receive(70_000).unwrap().1;
                    while received.len() < length {
                        received.extend(socket.receive(70_000).unwrap().1);
                    }
                    received
                });
                peer.write(&frame(0x82, &message));
                assert!(receiving.join().unwrap() == message, "{length}");
            });
        }
        assert_eq!(socket.close_handle(), OK);
        peer.expect_goodbye();
    }
}

#[test]
fn pings_are_answered_while_a_receive_waits() {
    for (socket, mut peer) in connections() {
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            for _ in 0..3 {
                peer.wait_for_receive();
            }
            peer.write(&frame(0x81, b"hi"));
            assert_eq!(receive.join().unwrap(), Ok((Utf8Message, b"hi".to_vec())));
        });
    }
}

#[test]
fn one_thread_sends_while_another_one_receives() {
    for (socket, mut peer) in connections() {
        let message = vec![7; MUCH];
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            let send = scope.spawn(|| socket.send(BinaryMessage, &message));
            // The frame has begun, and cannot end before it is read. Meanwhile the other direction goes on.
            assert_eq!(peer.read(2), [0x82, 0xff]);
            peer.write(&[frame(0x89, b"inside"), frame(0x81, b"hi")].concat());
            assert_eq!(receive.join().unwrap(), Ok((Utf8Message, b"hi".to_vec())));
            peer.read(8 + 4 + message.len());
            assert_eq!(peer.read_frame(), (0x8a, b"inside".to_vec()));
            assert_eq!(send.join().unwrap(), OK);
        });
    }
}

#[test]
fn close_handle_beside_a_receive_and_beside_a_send() {
    for (socket, mut peer) in connections() {
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            assert_eq!(socket.close_handle(), OK);
            assert_eq!(receive.join().unwrap(), Err(CANCELLED));
        });
        peer.read_bytes_to_end();
    }
    for (socket, mut peer) in connections() {
        let message = vec![7; MUCH];
        thread::scope(|scope| {
            let send = scope.spawn(|| socket.send(BinaryMessage, &message));
            assert_eq!(peer.read(1), [0x82]);
            assert_eq!(socket.close_handle(), OK);
            assert_eq!(send.join().unwrap(), CANCELLED);
        });
        peer.read_bytes_to_end();
    }
}

#[test]
fn close_beside_a_receive() {
    for (socket, mut peer) in connections() {
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            let close = scope.spawn(|| socket.close(1000, b""));
            // The receiver is gone before the peer answers.
            assert_eq!(receive.join().unwrap(), Err(CANCELLED));
            peer.expect_close(1000, "");
            peer.write(&[frame(0x81, b"dropped"), close_frame(4000, "")].concat());
            assert_eq!(close.join().unwrap(), OK);
        });
        assert_eq!(socket.close_status(), Ok((4000, String::new())));
        drop(socket);
        peer.expect_goodbye();
    }
}

#[test]
fn close_beside_a_receive_drains_a_peer_that_sends_much() {
    for (socket, mut peer) in connections() {
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            let close = scope.spawn(|| socket.close(1000, b""));
            assert_eq!(receive.join().unwrap(), Err(CANCELLED));
            peer.expect_close(1000, "");
            peer.write(&frame(0x82, &vec![7; 5_000_000]));
            peer.write(&close_frame(1000, ""));
            assert_eq!(close.join().unwrap(), OK);
        });
    }
}

/// The receive is in the middle of a record when the other thread takes the reading over.
#[test]
fn close_beside_a_receive_within_a_record() {
    for (socket, mut peer) in connections() {
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            let record = peer.seal(&close_frame(1001, "within"));
            peer.write_below(&record[..record.len() / 2]);
            let close = scope.spawn(|| socket.close(1000, b""));
            assert_eq!(receive.join().unwrap(), Err(CANCELLED));
            peer.expect_close(1000, "");
            peer.write_below(&record[record.len() / 2..]);
            assert_eq!(close.join().unwrap(), OK);
        });
        assert_eq!(socket.close_status(), Ok((1001, "within".to_owned())));
    }
}

#[test]
fn close_has_its_time() {
    for (socket, mut peer) in connections() {
        assert_eq!(set(socket.0, CLOSE_TIMEOUT, &20_u32.to_ne_bytes()), OK);
        thread::scope(|scope| {
            let receiving = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            assert_eq!(socket.close(1000, b"bye"), TIMEOUT);
            assert_eq!(receiving.join().unwrap(), Err(CANCELLED));
        });
        peer.expect_close(1000, "bye");
        peer.read_bytes_to_end();
    }
    // However much comes.
    for (socket, mut peer) in connections() {
        assert_eq!(set(socket.0, CLOSE_TIMEOUT, &50_u32.to_ne_bytes()), OK);
        let messages = frame(0x82, b"never a close frame").repeat(1 << 12);
        thread::scope(|scope| {
            scope.spawn(|| peer.write_until_gone(&messages));
            assert_eq!(socket.close(1000, b""), TIMEOUT);
            drop(socket);
        });
    }
}

#[test]
fn a_receive_has_its_time_and_the_connection_goes_on() {
    for (socket, mut peer) in connections() {
        assert_eq!(set(socket.0, RECEIVE_TIMEOUT, &1_u32.to_ne_bytes()), OK);
        for _ in 0..2 {
            assert_eq!(socket.receive(8), Err(TIMEOUT));
        }
        // A part of a record is nothing to receive yet.
        let record = peer.seal(&frame(0x81, b"so am I"));
        peer.write_below(&record[..10]);
        assert_eq!(socket.receive(8), Err(TIMEOUT));
        assert_eq!(socket.send(Utf8Message, b"still here"), OK);
        assert_eq!(peer.read_frame(), (0x81, b"still here".to_vec()));
        assert_eq!(set(socket.0, RECEIVE_TIMEOUT, &u32::MAX.to_ne_bytes()), OK);
        peer.write_below(&record[10..]);
        assert_eq!(socket.receive(8), Ok((Utf8Message, b"so am I".to_vec())));
    }
}

/// Keep-alive (b3.3), and the peer that gives no sign of life.
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
    let (socket, mut peer) = connect_value();
    socket.set_peer_timeout(Some(Duration::from_millis(40)));
    assert_eq!(code(socket.receive(&mut [0; 8]).map(drop)), CONNECTION_ERROR);
    let (first, payload) = peer.read_frame();
    assert!(first == 0x89 && payload.len() <= 125, "it was pinged before");
}

/// The peer takes nothing: the bytes are sealed, and wait.
#[test]
fn a_send_has_its_time() {
    for versions in [[&TLS12], [&TLS13]] {
        let server = Secure::of_versions(&versions);
        let (socket, mut peer) = server.upgrade_with(|request| {
            assert_eq!(request.set_number(sys::WINHTTP_OPTION_SEND_TIMEOUT, 50), OK);
        });
        let message = vec![7; MUCH];
        assert_eq!(socket.send(BinaryMessage, &message), TIMEOUT);
        let code = socket.send(BinaryMessage, b"short");
        assert!([CANCELLED, INVALID_OPERATION, CONNECTION_ERROR].contains(&code), "{code}");
        peer.read(1000);
    }
}

/// A send that has returned has left its bytes to the system, and not to the next call.
#[test]
fn nothing_that_was_sent_waits_for_another_call() {
    for (socket, mut peer) in connections() {
        for length in [1, 16_000, 16_384, 16_385, 300_000, 3_000_000] {
            let message = vec![7; length];
            thread::scope(|scope| {
                let sending = scope.spawn(|| socket.send(BinaryMessage, &message));
                // It reads only when the socket holds all that it can.
                assert!(peer.read_frame().1 == message);
                assert_eq!(sending.join().unwrap(), OK);
            });
        }
        assert_eq!(socket.shutdown(1000, b"bye"), OK);
        peer.expect_close(1000, "bye");
    }
}

#[test]
fn b8_13_the_peer_ends_its_direction() {
    for (socket, mut peer) in connections() {
        peer.write(&frame(0x81, b"last"));
        peer.say_goodbye();
        assert_eq!(socket.receive(8), Ok((Utf8Message, b"last".to_vec())));
        assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
        let message = vec![7; 100_000];
        thread::scope(|scope| {
            let sending = scope.spawn(|| socket.send(BinaryMessage, &message));
            assert!(peer.read_frame() == (0x82, message.clone()));
            assert_eq!(sending.join().unwrap(), OK);
        });
        assert_eq!(socket.send(Utf8Message, b"still here"), OK);
        assert_eq!(peer.read_frame(), (0x81, b"still here".to_vec()));
    }
}

#[test]
fn b8_13_while_another_thread_sends() {
    for (socket, mut peer) in connections() {
        let message = vec![7; MUCH];
        thread::scope(|scope| {
            let receive = scope.spawn(|| socket.receive(8));
            peer.wait_for_receive();
            let send = scope.spawn(|| socket.send(BinaryMessage, &message));
            assert_eq!(peer.read(2), [0x82, 0xff]);
            peer.say_goodbye();
            assert_eq!(receive.join().unwrap(), Err(CONNECTION_ERROR));
            peer.read(8 + 4 + message.len());
            assert_eq!(send.join().unwrap(), OK);
        });
    }
}

#[test]
fn b8_13_behind_a_close_frame() {
    for (socket, mut peer) in connections() {
        peer.write(&close_frame(1000, "bye"));
        peer.say_goodbye();
        assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
        assert_eq!(socket.send(Utf8Message, b"still here"), OK);
        assert_eq!(socket.close(1001, b""), OK);
        assert_eq!(peer.read_frame(), (0x81, b"still here".to_vec()));
        peer.expect_close(1001, "");
    }
}

/// Without a word it is a cut, and the connection is of no use any more.
#[test]
fn a_cut_ends_both_directions() {
    for (socket, mut peer) in connections() {
        let message = vec![7; MUCH];
        thread::scope(|scope| {
            let send = scope.spawn(|| socket.send(BinaryMessage, &message));
            assert_eq!(peer.read(1), [0x82]);
            peer.finish();
            assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
            assert_eq!(send.join().unwrap(), CONNECTION_ERROR);
        });
    }
}

/// A fault of the peer's records is told to the peer, even while another thread sends.
#[test]
fn a_fault_ends_both_directions_and_is_told() {
    for (socket, mut peer) in connections() {
        let message = vec![7; MUCH];
        thread::scope(|scope| {
            let send = scope.spawn(|| socket.send(BinaryMessage, &message));
            assert_eq!(peer.read(1), [0x82]);
            let mut record = peer.seal(&frame(0x81, b"hello"));
            *record.last_mut().unwrap() ^= 1;
            peer.write_below(&record);
            assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
            let code = send.join().unwrap();
            assert!([CONNECTION_ERROR, CANCELLED].contains(&code), "{code}");
        });
    }
    for (socket, mut peer) in connections() {
        let mut record = peer.seal(&frame(0x81, b"hello"));
        *record.last_mut().unwrap() ^= 1;
        peer.write_below(&record);
        assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
        peer.expect_alert();
    }
}
