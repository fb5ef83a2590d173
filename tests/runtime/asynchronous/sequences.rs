//! What real Windows tells in which order (rows b2.1.1 to b2.1.19).

use std::thread;

use winws_api::winhttp::sys::*;

use super::chat::{Chat, buffer, receive, send};
use super::recorder::Information;

const BINARY: i32 = 0;

#[test]
fn b2_1_7_a_send_completes_on_the_caller_before_it_returns() {
    let mut chat = Chat::new();
    assert_eq!(send(chat.socket, BINARY, b"hello"), 0);
    let told = chat.recorder.of(chat.socket).pop().expect("it was told before the call returned");
    assert_eq!(told.status, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
    assert_eq!(told.information, Information::Status(5, BINARY));
    assert_eq!(told.thread, thread::current().id());
    assert_eq!(chat.peer.read_frame(), (0x82, b"hello".to_vec()));
    chat.end();
}

#[test]
fn b2_1_9_a_receive_completes_with_what_has_come() {
    let mut chat = Chat::new();
    let room = buffer(64);
    assert_eq!(receive(chat.socket, room.as_mut_ptr(), room.len()), 0);
    chat.peer.write(&chat.peer.frame(0x81, b"hello"));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!(told.information, Information::Status(5, 2));
    assert_eq!(&room[..6], b"hello\xcc");
    chat.end();
}
