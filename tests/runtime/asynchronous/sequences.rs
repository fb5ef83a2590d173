//! What real Windows tells of a WebSocket, in which order and on which thread (rows b2.1.7 to b2.1.13).

use std::ffi::c_void;
use std::thread;

use winws::ffi::winhttp::WinHttpWebSocketReceive;
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::close_frame;

use super::chat::{
    BINARY, CLOSE, Chat, INVALID_OPERATION, MUCH, TEXT, buffer, close, close_status, receive, send, shutdown,
};
use super::recorder::Information;

#[test]
fn b2_1_7_a_send_completes_on_the_caller_before_it_returns() {
    let kinds = [(0, 0x82), (1, 0x02), (1, 0x00), (0, 0x80), (3, 0x01), (2, 0x80), (2, 0x81)];
    let mut chat = Chat::new();
    for (kind, first) in kinds {
        assert_eq!(send(chat.socket, kind, b"hello"), 0);
        let told = chat.last();
        assert_eq!(told.status, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
        assert_eq!((told.information, told.length), (Information::Status(5, kind), 8));
        assert_eq!((told.thread, told.context), (thread::current().id(), chat.recorder.context()));
        assert_eq!(chat.peer.read_frame(), (first, b"hello".to_vec()));
    }
    assert_eq!(chat.told().len(), kinds.len());
    chat.end();
}

#[test]
fn b2_1_8_a_second_send_is_refused_while_one_is_pending() {
    let mut chat = Chat::new();
    assert_eq!(send(chat.socket, BINARY, MUCH), 0);
    assert_eq!(send(chat.socket, BINARY, b"second"), INVALID_OPERATION);
    assert_eq!(chat.told(), [], "the peer has not read");
    assert_eq!(chat.peer.read_frame().1.len(), MUCH.len());
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
    assert_eq!(told.information, Information::Status(u32::try_from(MUCH.len()).unwrap(), BINARY));
    // The refused one has left nothing behind.
    assert_eq!(send(chat.socket, BINARY, b"third"), 0);
    assert_eq!(chat.peer.read_frame(), (0x82, b"third".to_vec()));
    assert_eq!(chat.told().len(), 2);
    chat.end();
}

#[test]
fn b2_1_9_a_receive_completes_with_what_has_come_and_writes_no_counts() {
    let mut chat = Chat::new();
    let room = buffer(64);
    let counts: &'static mut (u32, i32) = Box::leak(Box::new((0xcccc_cccc, 0x3333_3333)));
    // SAFETY: the memory lives as long as the process.
    let received = unsafe {
        let memory = room.as_mut_ptr().cast::<c_void>();
        WinHttpWebSocketReceive(chat.socket, memory, 64, &raw mut counts.0, &raw mut counts.1)
    };
    assert_eq!(received, 0);
    chat.peer.write(&chat.peer.frame(0x81, b"hello"));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!((told.information, told.length), (Information::Status(5, TEXT), 8));
    assert_eq!(told.context, chat.recorder.context());
    assert_eq!(&room[..6], b"hello\xcc");
    assert_eq!(*counts, (0xcccc_cccc, 0x3333_3333));
    chat.end();
}

#[test]
fn b2_1_10_a_second_receive_is_refused_while_one_is_pending() {
    let mut chat = Chat::new();
    let (first, second) = (buffer(64), buffer(64));
    assert_eq!(receive(chat.socket, first.as_mut_ptr(), 64), 0);
    assert_eq!(receive(chat.socket, second.as_mut_ptr(), 64), INVALID_OPERATION);
    chat.peer.wait_for_receive();
    assert_eq!(receive(chat.socket, second.as_mut_ptr(), 64), INVALID_OPERATION);
    chat.peer.write(&chat.peer.frame(0x82, b"first"));
    chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!(chat.told(), [(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(5, BINARY))]);
    assert_eq!((&first[..6], second[0]), (&b"first\xcc"[..], 0xcc));
    chat.end();
}

#[test]
fn b2_1_11_a_shutdown_completes_on_the_caller() {
    let mut chat = Chat::new();
    assert_eq!(shutdown(chat.socket, 1000), 0);
    let told = chat.last();
    assert_eq!((told.status, told.information), (WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, Information::None));
    assert_eq!((told.length, told.thread), (0, thread::current().id()));
    chat.peer.expect_close(1000, "bye");
    assert_eq!(chat.told().len(), 1);
    chat.end();
}

#[test]
fn b2_1_12_a_shutdown_leaves_the_receive_to_the_close_frame() {
    let mut chat = Chat::new();
    let room = buffer(64);
    assert_eq!(receive(chat.socket, room.as_mut_ptr(), 64), 0);
    assert_eq!(shutdown(chat.socket, 1000), 0);
    assert_eq!(chat.told(), [(WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, Information::None)]);
    assert_eq!(chat.last().thread, thread::current().id());
    chat.peer.expect_close(1000, "bye");
    chat.peer.write(&close_frame(1001, "so long"));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!((told.information, told.length), (Information::Status(0, CLOSE), 8));
    assert_eq!(close_status(chat.socket), Ok((1001, "so long".to_owned())));
    assert_eq!(receive(chat.socket, room.as_mut_ptr(), 64), INVALID_OPERATION);
    assert_eq!(close(chat.socket, 1000), 0);
    let told = chat.last();
    assert_eq!(told.status, WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE);
    assert_eq!((told.information, told.length, told.thread), (Information::None, 0, thread::current().id()));
    assert_eq!(chat.told().len(), 3);
    chat.end();
}

#[test]
fn b2_1_13_a_close_completes_when_the_peer_has_answered() {
    let mut chat = Chat::new();
    assert_eq!(close(chat.socket, 1000), 0);
    chat.peer.expect_close(1000, "bye");
    assert_eq!(chat.told(), [], "the peer has not answered");
    chat.peer.write(&close_frame(1000, ""));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE);
    assert_eq!((told.information, told.length), (Information::None, 0));
    assert_eq!(chat.told().len(), 1);
    chat.end();
}
