//! Wakers of other people's making: what a WebSocket does with them, and what they may do to it.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::mpsc::channel;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use winws::api::winhttp::{WebSocketCloseError, WebSocketSendError};
use winws::asynchronous::{WebSocket, block_on};

use super::connected;
use super::dropping::{LARGE, poll_once};

/// Polls a receive once with a waker, and drops it.
fn receive_with<W: Wake + Send + Sync + 'static>(socket: &WebSocket, waker: Arc<W>) -> bool {
    let waker = Waker::from(waker);
    pin!(socket.receive(&mut [0; 8])).poll(&mut Context::from_waker(&waker)).is_pending()
}

/// A task that has ended.
struct Gone;

impl Wake for Gone {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn tasks_that_have_gone_are_not_kept() {
    let (socket, _peer) = connected();
    let tasks: Vec<Weak<Gone>> = (0..1000)
        .map(|_| {
            let task = Arc::new(Gone);
            let gone = Arc::downgrade(&task);
            assert!(receive_with(&socket, task));
            gone
        })
        .collect();
    let kept = tasks.iter().filter(|task| task.strong_count() > 0).count();
    assert!(kept < 10, "the silent socket keeps {kept} tasks");
}

/// A task that owns a WebSocket.
struct Owner {
    _socket: WebSocket,
}

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_task_that_goes_with_its_last_waker_may_take_a_socket_along() {
    let ((socket, mut peer), (owned, _other)) = (connected(), connected());
    // Both wait for the end of a silence.
    assert!(poll_once(owned.receive(&mut [0; 8])).is_pending());
    let task = Arc::new(Owner { _socket: owned });
    let gone = Arc::downgrade(&task);
    assert!(receive_with(&socket, task));
    // The bytes wake the task, so that only the wait for the silence has its waker.
    peer.write(&peer.frame(0x82, b"hello"));
    while gone.strong_count() > 1 {
        thread::yield_now();
    }
    assert!(poll_once(socket.receive(&mut [0; 8])).is_ready());
    assert!(poll_once(socket.receive(&mut [0; 8])).is_pending());
    assert_eq!(gone.strong_count(), 0);
}

/// A task whose executor has ended badly.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        // Without the message of a panic.
        resume_unwind(Box::new("the executor has ended"));
    }
}

#[test]
fn a_waker_that_panics_harms_nobody_else() {
    let (socket, mut peer) = connected();
    assert!(receive_with(&socket, Arc::new(Panics)));
    peer.write(&peer.frame(0x82, b"hello"));
    assert_eq!(block_on(socket.receive(&mut [0; 8])).unwrap().len, 5);
    let (other, mut peer) = connected();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| block_on(other.receive(&mut [0; 8])).unwrap().len);
        peer.wait_for_receive();
        peer.write(&peer.frame(0x82, b"hello"));
        assert_eq!(receiving.join().unwrap(), 5);
    });
}

#[test]
fn a_send_ends_in_time_although_another_one_has_come_and_gone() {
    let (socket, peer) = connected();
    socket.set_send_timeout(Some(Duration::from_millis(500)));
    let (waits, is_waiting) = channel();
    thread::scope(|scope| {
        let sending = scope.spawn(|| {
            let mut sending = pin!(socket.send_binary(vec![1; LARGE]));
            block_on(std::future::poll_fn(|context| {
                let sent = sending.as_mut().poll(context);
                if sent.is_pending() {
                    waits.send(()).unwrap();
                }
                sent
            }))
        });
        is_waiting.recv().unwrap();
        // It waits for the first one, and is given up.
        let _: Poll<_> = poll_once(socket.send_text("another"));
        assert_eq!(sending.join().unwrap(), Err(WebSocketSendError::Timeout));
    });
    drop(peer);
}

#[test]
fn a_close_ends_in_time_behind_a_send_that_the_peer_does_not_take() {
    let (socket, peer) = connected();
    socket.set_send_timeout(None);
    socket.set_close_timeout(Some(Duration::from_millis(200)));
    let _: Poll<_> = poll_once(socket.send_binary(vec![1; LARGE]));
    assert_eq!(block_on(socket.close(1000, "")), Err(WebSocketCloseError::Timeout));
    drop(peer);
}
