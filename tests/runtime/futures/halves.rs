//! Two tasks, and calls that end each other.

use std::thread;

use winws::api::winhttp::{WebSocketBufferType, WebSocketReceiveError, WebSocketSendError};
use winws::asynchronous::block_on;

use super::connected;

#[test]
fn one_task_sends_while_another_one_receives() {
    let (socket, mut peer) = connected();
    let (sender, receiver) = socket.split();
    let receiving = thread::spawn(move || {
        block_on(async {
            let (mut message, mut count) = (Vec::new(), 0);
            while !receiver.receive_message(&mut message).await.unwrap().is_close() {
                count += 1;
            }
            count
        })
    });
    let talking = thread::spawn(move || {
        for _ in 0..100 {
            peer.write(&peer.frame(0x82, &[1; 1000]));
            assert_eq!(peer.read_frame(), (0x82, vec![2; 1000]));
        }
        peer.expect_close(1000, "bye");
        peer.write(&peer.frame(0x88, &1000_u16.to_be_bytes()));
        peer
    });
    block_on(async {
        for _ in 0..100 {
            sender.send_binary(vec![2; 1000]).await.unwrap();
        }
        sender.shutdown(1000, "bye").await.unwrap();
        assert_eq!(sender.send_text("late").await, Err(WebSocketSendError::InvalidOperation));
    });
    assert_eq!(receiving.join().unwrap(), 100);
    drop(talking.join().unwrap());
}

#[test]
fn a_close_and_an_abort_end_a_receive_of_another_task() {
    for aborts in [false, true] {
        let (socket, mut peer) = connected();
        thread::scope(|scope| {
            let receiving = scope.spawn(|| block_on(socket.receive(&mut [0; 8])));
            peer.wait_for_receive();
            if aborts {
                socket.abort();
            } else {
                let closing = scope.spawn(|| block_on(socket.close(1000, "")));
                peer.expect_close(1000, "");
                peer.write(&peer.frame(0x88, &1000_u16.to_be_bytes()));
                closing.join().unwrap().unwrap();
            }
            assert_eq!(receiving.join().unwrap(), Err(WebSocketReceiveError::OperationCancelled));
        });
    }
}

#[test]
fn a_second_receive_is_refused_and_a_second_send_waits() {
    let (socket, mut peer) = connected();
    peer.hold_little();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| block_on(socket.receive(&mut [0; 8])));
        peer.wait_for_receive();
        assert_eq!(block_on(socket.receive(&mut [0; 8])), Err(WebSocketReceiveError::InvalidOperation));
        let sending: Vec<_> = (0..3_u8)
            .map(|number| {
                let socket = &socket;
                scope.spawn(move || block_on(socket.send_binary(vec![number; 4 << 20])))
            })
            .collect();
        let mut seen: Vec<u8> = (0..3)
            .map(|_| {
                let (first, payload) = peer.read_frame();
                assert_eq!((first, payload.len()), (0x82, 4 << 20));
                assert!(payload.iter().all(|byte| *byte == payload[0]), "frames do not mix");
                payload[0]
            })
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2]);
        sending.into_iter().for_each(|sending| sending.join().unwrap().unwrap());
        peer.write(&peer.frame(0x81, b"hi"));
        let delivery = receiving.join().unwrap().unwrap();
        assert_eq!((delivery.kind, delivery.len), (WebSocketBufferType::Utf8Message, 2));
    });
}
