//! Section 1.5: two threads on one synchronous handle.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType};
use winws::WinHttp;
use winws_api::Win32Error;
use winws_api::winhttp::WebSocketBufferType::{BinaryMessage, Close, Utf8Message};
use winws_tests_runtime::peer::{Opening, Socket, UpgradeRequests as _, close_frame, code, connect, frame};

use super::{CANCELLED, CONNECTION_ERROR, INCORRECT_STATE, INVALID_HANDLE, INVALID_OPERATION, OK};

#[test]
fn b1_5_1_send_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    // More than any buffer on the way holds: the sender waits as well.
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        peer.wait_for_receive();
        assert_eq!(socket.receive(8), Err(INVALID_OPERATION), "one Receive at a time");
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        let (first, payload) = peer.read_frame();
        assert!(first == 0x82 && payload.len() == message.len());
        assert_eq!(send.join().unwrap(), OK);
        peer.write(&frame(0x81, b"hi"));
        assert_eq!(receive.join().unwrap(), Ok((Utf8Message, b"hi".to_vec())));
    });
}

#[test]
fn pongs_go_between_frames_while_another_thread_sends() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        peer.wait_for_receive();
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        // The frame has begun, and cannot end before it is read.
        let head = peer.read(2);
        assert_eq!(head, [0x82, 0xff]);
        peer.write(&[frame(0x89, b"inside"), frame(0x81, b"hi")].concat());
        assert_eq!(receive.join().unwrap(), Ok((Utf8Message, b"hi".to_vec())));
        peer.read(8 + 4 + message.len());
        assert_eq!(peer.read_frame(), (0x8a, b"inside".to_vec()));
        assert_eq!(send.join().unwrap(), OK);
    });
}

#[test]
fn b1_5_5_sends_of_two_threads_take_turns() {
    let (socket, mut peer) = connect();
    let messages = [vec![1; 30_000_000], vec![2; 30_000_000]];
    let both = Barrier::new(3);
    thread::scope(|scope| {
        for message in &messages {
            scope.spawn(|| {
                both.wait();
                assert_eq!(socket.send(BinaryMessage, message), OK);
            });
        }
        both.wait();
        let mut received = [peer.read_frame().1, peer.read_frame().1];
        received.sort();
        assert!(received == messages);
    });
}

#[test]
fn b1_5_2_shutdown_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        peer.wait_for_receive();
        assert_eq!(socket.shutdown(1000, b"bye"), OK);
        peer.expect_close(1000, "bye");
        peer.write(&close_frame(1000, "bye"));
        assert_eq!(receive.join().unwrap(), Ok((Close, Vec::new())));
    });
    assert_eq!(socket.close_status(), Ok((1000, "bye".to_owned())));
}

#[test]
fn b1_5_3_close_while_another_thread_receives() {
    let (socket, mut peer) = connect();
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
}

#[test]
fn b1_5_4_close_handle_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        peer.wait_for_receive();
        assert_eq!(socket.close_handle(), OK);
        assert_eq!(receive.join().unwrap(), Err(CANCELLED));
    });
    peer.expect_end();
}

#[test]
fn close_handle_while_another_thread_sends() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        // The frame has begun, and cannot end before it is read.
        assert_eq!(peer.read(1), [0x82]);
        assert_eq!(socket.close_handle(), OK);
        assert_eq!(send.join().unwrap(), CANCELLED);
    });
}

#[test]
fn close_handle_while_another_thread_closes() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let close = scope.spawn(|| socket.close(1000, b""));
        peer.expect_close(1000, "");
        assert_eq!(socket.close_handle(), OK);
        assert_eq!(close.join().unwrap(), CANCELLED);
    });
}

#[test]
fn b1_5_6_close_while_another_thread_sends_waits_for_the_frame() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        let head = peer.read(2);
        assert_eq!(head, [0x82, 0xff]);
        peer.write(&close_frame(1000, ""));
        let close = scope.spawn(|| socket.close(1001, b""));
        peer.read(8 + 4 + message.len());
        peer.expect_close(1001, "");
        assert_eq!((send.join().unwrap(), close.join().unwrap()), (OK, OK));
    });
}

#[test]
fn a_peer_that_goes_wakes_the_thread_that_sends() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        assert_eq!(peer.read(1), [0x82]);
        // Only this direction ends: it takes the Receive to notice, which then gives the other one up as well.
        peer.finish();
        assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
        assert_eq!(send.join().unwrap(), CONNECTION_ERROR);
    });
}

#[test]
fn close_handle_while_another_thread_waits_for_the_response() {
    let Opening { request, mut peer, .. } = Opening::new(&[]);
    thread::scope(|scope| {
        let receive = scope.spawn(|| WinHttp::process().receive_response(request));
        // Whether the other thread is that far already makes a difference to the code only.
        assert_eq!(WinHttp::process().close_handle(request), Ok(()));
        let code = receive.join().unwrap().unwrap_err();
        assert!(code == CANCELLED || code == INVALID_HANDLE, "{code}");
    });
    peer.expect_end();
}

#[test]
fn close_handle_frees_every_call_that_waits_for_its_turn() {
    let (socket, mut peer) = connect();
    let (socket, (ended, codes)) = (Arc::new(socket), channel());
    let spawn = |call: fn(&Socket) -> Win32Error| {
        let (socket, ended) = (Arc::clone(&socket), ended.clone());
        // Not in a scope: a test whose thread never ends would not either.
        thread::spawn(move || ended.send(call(&socket)).unwrap());
    };
    spawn(|socket| socket.send(BinaryMessage, &vec![7; 30_000_000]));
    assert_eq!(peer.read(1), [0x82]);
    for _ in 0..4 {
        spawn(|socket| socket.send(BinaryMessage, b"waits"));
    }
    spawn(|socket| socket.shutdown(1000, b""));
    assert_eq!(socket.close_handle(), OK);
    for _ in 0..6 {
        let code = codes.recv_timeout(Duration::from_secs(20)).unwrap();
        // After Shutdown nothing is sent, and whether a call began before the handle was closed makes a difference to the
        // code only.
        assert!([CANCELLED, INVALID_OPERATION, INVALID_HANDLE].contains(&code), "{code}");
    }
}

/// When Close has taken the reading over, Linux tells the peer nothing about room any more.
#[test]
fn close_beside_a_receive_drains_a_peer_that_sends_much_afterwards() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        peer.wait_for_receive();
        let close = scope.spawn(|| socket.close(1000, b""));
        assert_eq!(receive.join().unwrap(), Err(CANCELLED));
        peer.expect_close(1000, "");
        peer.write(&frame(0x82, &vec![7; 30_000_000]));
        peer.write(&close_frame(1000, ""));
        assert_eq!(close.join().unwrap(), OK);
    });
}

#[test]
fn close_beside_receives_drains_what_is_on_its_way() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let sending = scope.spawn(move || {
            // It does not read before all of that is taken.
            peer.write(&frame(0x82, &vec![7; 30_000_000]));
            peer.expect_close(1000, "");
            peer.write(&close_frame(1000, ""));
            peer
        });
        assert_eq!(socket.receive(1).unwrap().1, [7]);
        let receiving = scope.spawn(|| {
            loop {
                match socket.receive(4096) {
                    Ok((kind, _)) => assert_ne!(kind, Close),
                    Err(code) => return code,
                }
            }
        });
        assert_eq!(socket.close(1000, b""), OK);
        let code = receiving.join().unwrap();
        assert!(code == CANCELLED || code == INVALID_OPERATION, "{code}");
        drop(sending.join().unwrap());
    });
}

/// The request is connecting to a server whose queue is full, so it would take a minute to fail.
#[test]
fn b1_8_6_close_handle_while_another_thread_connects() {
    let (_queue, address) = silent();
    let request = WinHttp::process().open_request(&format!("ws://{address}/"), &[]).unwrap();
    let (ended, codes) = channel();
    for _ in 0..2 {
        let ended = ended.clone();
        thread::spawn(move || ended.send(code(WinHttp::process().send_request(request))).unwrap());
    }
    // One of the two is refused because the other one connects.
    assert_eq!(codes.recv_timeout(Duration::from_secs(20)), Ok(INCORRECT_STATE));
    assert_eq!(WinHttp::process().close_handle(request), Ok(()));
    assert_eq!(codes.recv_timeout(Duration::from_secs(20)), Ok(CANCELLED));
    assert_eq!(WinHttp::process().send_request(request), Err(INVALID_HANDLE));
}

/// An address that does not answer as long as the sockets are kept: its queue is full.
pub(super) fn silent() -> (Vec<OwnedFd>, SocketAddr) {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    rustix::net::listen(&socket, 0).unwrap();
    let address = rustix::net::getsockname(&socket).unwrap().try_into().unwrap();
    let mut sockets = vec![socket];
    while let Ok(connected) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        sockets.push(connected.into());
    }
    (sockets, address)
}
