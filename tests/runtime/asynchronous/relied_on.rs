//! What public programs rely on beside the order (rows b2.2.13, b2.4.1 and b2.4.9 to b2.4.11).

use std::net::TcpListener;
use std::ptr;
use std::sync::Arc;
use std::thread;

use winws::WinHttp;
use winws::ffi::winhttp::{WinHttpOpenRequest, WinHttpWebSocketSend};
use winws_api::winhttp::HInternet;
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};
use winws_tests_runtime::peer::{Peer, good_answer};

use super::chat::{
    Asking, BINARY, Chat, INVALID_OPERATION, TEXT, buffer, close, open, open_silent, receive, send, send_request,
    shutdown,
};
use super::recorder::{Information, Recorder};
use crate::winhttp::c;

#[test]
fn b2_2_13_large_sends_go_to_a_worker_and_the_next_one_is_refused() {
    static LARGE: [u8; 8 << 20] = [7; 8 << 20];
    let mut chat = Chat::new();
    let mut sent = 0;
    // The peer does not read, so one of them has to wait: no buffer on the way holds 32 MiB.
    while chat.told().len() == sent {
        assert!(sent < 4, "nothing holds so much");
        assert_eq!(send(chat.socket, BINARY, &LARGE), 0);
        sent += 1;
    }
    assert_eq!(send(chat.socket, BINARY, &LARGE), INVALID_OPERATION);
    let on_caller = chat.recorder.of(chat.socket);
    assert_eq!(on_caller.len(), sent - 1);
    assert!(on_caller.iter().all(|told| told.thread == thread::current().id()));
    for _ in 0..sent {
        assert_eq!(chat.peer.read_frame().1.len(), LARGE.len());
    }
    let told = chat.recorder.wait_for(chat.socket, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, sent);
    assert_eq!(told.information, Information::Status(8 << 20, BINARY));
    assert_ne!(told.thread, thread::current().id());
    chat.end();
}

#[test]
fn b2_4_1_without_a_callback_the_calls_on_a_request_block() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let mut peer = Peer::accept(&listener);
        let head = peer.read_head();
        assert!(head.contains("X-From: a script\r\n"), "{head}");
        peer.write(good_answer(&head, "").as_bytes());
        peer
    });
    let session = open_silent();
    let connection = c::connect(session, Some("127.0.0.1"), port, 0);
    let request = c::open_request(connection, None, Some("/chat"));
    assert_eq!(c::set_option(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
    let add = WINHTTP_ADDREQ_FLAG_ADD;
    assert_eq!(c::add_request_headers(request, Some("X-From: a script"), c::UNKNOWN, add), 0);
    assert_eq!(send_request(request, 0), 0);
    assert_eq!(super::chat::receive_response(request), 0);
    let (mut status, mut length) = ([0; 8], 8);
    let level = WINHTTP_QUERY_STATUS_CODE;
    assert_eq!(c::query_headers(request, level, None, Some(&mut status), Some(&mut length), None), 0);
    assert_eq!(&status[..6], b"1\x000\x001\x00".as_slice());
    let socket = c::complete_upgrade(request);
    assert!(!socket.is_null());
    let mut peer = server.join().unwrap();
    assert_eq!(send(socket, TEXT, b"hello"), 0);
    assert_eq!(peer.read_frame(), (0x81, b"hello".to_vec()));
    // Its receives need a callback, which it sets on the socket.
    let recorder = Recorder::new();
    super::chat::set_context(socket, recorder.context());
    super::chat::listen(socket, WINHTTP_CALLBACK_FLAG_READ_COMPLETE);
    assert_eq!(receive(socket, buffer(64).as_mut_ptr(), 64), 0);
    peer.write(&peer.frame(0x81, b"hi"));
    let told = recorder.wait_for(socket, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, 1);
    assert_eq!(told.information, Information::Status(2, TEXT));
    for handle in [socket, request, connection, session] {
        assert_eq!(c::close_handle(handle), 0);
    }
    peer.expect_end();
}

#[test]
fn b2_4_9_counts_and_empty_buffers_may_be_null() {
    let mut chat = Chat::new();
    let room = buffer(64);
    assert_eq!(receive(chat.socket, room.as_mut_ptr(), 64), 0);
    // SAFETY: there is no memory.
    assert_eq!(unsafe { WinHttpWebSocketSend(chat.socket, BINARY, ptr::null_mut(), 0) }, 0);
    assert_eq!(chat.told(), [(WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, Information::Status(0, BINARY))]);
    assert_eq!(chat.peer.read_frame(), (0x82, Vec::new()));
    chat.peer.write(&chat.peer.frame(0x82, b""));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!(told.information, Information::Status(0, BINARY));
    assert_eq!(room[0], 0xcc);
    chat.end();
}

#[test]
fn b2_4_10_a_shutdown_returns_0() {
    for waits in [true, false] {
        let mut chat = Chat::new();
        if waits {
            assert_eq!(send(chat.socket, BINARY, super::chat::MUCH), 0);
        }
        // Not ERROR_IO_PENDING (997), even when it has to wait.
        assert_eq!(shutdown(chat.socket, 1000), 0);
        if waits {
            assert_eq!(chat.peer.read_frame().1.len(), super::chat::MUCH.len());
        }
        chat.peer.expect_close(1000, "bye");
        chat.wait_for(WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE);
        chat.end();
    }
}

/// A chat through TLS in one of its versions.
fn secure_chat(version: usize) -> Chat {
    let authority = Authority::new("an authority");
    let identity = authority.issue(|_| {});
    let config = Arc::new(server_config(&identity, &VERSIONS[version..=version], ClientAuth::None));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let recorder = Recorder::new();
    let session = open(recorder);
    WinHttp::process().set_roots(HInternet::from_raw(session.addr()), authority.roots()).unwrap();
    let connection = c::connect(session, Some("127.0.0.1"), listener.local_addr().unwrap().port(), 0);
    let none = ptr::null;
    // SAFETY: there are no texts, and no list.
    let request =
        unsafe { WinHttpOpenRequest(connection, none(), none(), none(), none(), ptr::null_mut(), WINHTTP_FLAG_SECURE) };
    assert_eq!(c::set_option(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
    let asking = Asking { recorder, session, connection, request, listener };
    assert_eq!(send_request(request, recorder.context()), 0);
    let mut peer = Peer::accept_secure(&asking.listener, &config).unwrap();
    let head = peer.read_head();
    peer.write(good_answer(&head, "").as_bytes());
    recorder.wait_for(request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    asking.complete_upgrade(peer)
}

#[test]
fn b2_4_11_sends_of_up_to_16_kib_complete_on_the_caller() {
    static BYTES: [u8; 16 << 10] = [7; 16 << 10];
    for mut chat in [Chat::new(), secure_chat(0), secure_chat(1)] {
        let lengths = [0, 1, 125, 126, 65, 4096, 16 << 10];
        for (index, length) in lengths.into_iter().enumerate() {
            assert_eq!(send(chat.socket, BINARY, &BYTES[..length]), 0);
            let told = chat.recorder.of(chat.socket);
            assert_eq!(told.len(), index + 1, "before the call returns");
            let bytes = u32::try_from(length).unwrap();
            assert_eq!(told[index].status, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
            assert_eq!(told[index].information, Information::Status(bytes, BINARY));
            assert_eq!(told[index].thread, thread::current().id());
            assert_eq!(chat.peer.read_frame().1.len(), length);
        }
        // The other direction, and the end.
        assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
        chat.peer.write(&chat.peer.frame(0x82, b"hello"));
        chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
        assert_eq!(close(chat.socket, 1000), 0);
        chat.peer.expect_close(1000, "bye");
        chat.peer.write(&winws_tests_runtime::peer::close_frame(1000, ""));
        chat.wait_for(WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE);
        chat.end();
    }
}
