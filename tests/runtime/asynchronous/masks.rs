//! Who is told, and of what (rows b2.2.5, b2.4.2, b2.4.3 and b2.4.7).

use std::ffi::c_void;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

use winws::ffi::winhttp::{HINTERNET, WinHttpSetStatusCallback};
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::{Peer, close_frame};

use super::chat::{BINARY, Chat, buffer, close, end, listen, listen_no_more, open, receive, send, shutdown};
use super::recorder::{Information, RECORD, Recorder};
use crate::winhttp::c;

/// What a socket is told of a receive, a send, a shutdown and a close under a mask.
fn told_under(mask: u32) -> Vec<u32> {
    let mut chat = Chat::new();
    listen(chat.socket, mask);
    assert_eq!(send(chat.socket, BINARY, b"hello"), 0);
    assert_eq!(shutdown(chat.socket, 1000), 0);
    // The peer's close frame has been read before the close begins, so it completes in the caller.
    listen(chat.socket, WINHTTP_CALLBACK_FLAG_READ_COMPLETE);
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.write(&close_frame(1000, ""));
    chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    listen(chat.socket, mask);
    assert_eq!(close(chat.socket, 1000), 0);
    let (recorder, socket) = (chat.recorder, chat.socket);
    chat.close_unheard();
    let mut statuses = recorder.statuses(socket);
    statuses.retain(|status| *status != WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    statuses
}

#[test]
fn b2_2_5_shutdown_and_close_complete_under_every_mask_of_completions() {
    let both = [WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE];
    let closing = WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING;
    let written = WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE;
    // The mask of a shipping client.
    assert_eq!(WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS & (both[0] | both[1]), 0);
    let mask =
        WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | WINHTTP_CALLBACK_FLAG_HANDLES | WINHTTP_CALLBACK_FLAG_SECURE_FAILURE;
    assert_eq!(told_under(mask), [written, both[0], both[1], closing]);
    assert_eq!(told_under(WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS), [written, both[0], both[1]]);
    // Each bit of a completion is enough.
    for bit in (0..32).map(|bit| 1 << bit).filter(|bit| WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS & bit != 0) {
        let expected: Vec<u32> = [written].into_iter().filter(|status| status & bit != 0).chain(both).collect();
        assert_eq!(told_under(bit), expected, "{bit:#x}");
    }
    // Others are not.
    assert_eq!(told_under(WINHTTP_CALLBACK_FLAG_HANDLES), [closing]);
    assert_eq!(told_under(!(WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | both[0] | both[1])), [closing]);
    assert!(told_under(0).is_empty());
}

/// How often the other callback was called.
static OTHER: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn other(_: HINTERNET, _: usize, status: u32, _: *mut c_void, _: u32) {
    assert_eq!(status, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, "the mask has nothing else");
    OTHER.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn b2_4_2_a_callback_of_the_socket_replaces_the_inherited_one() {
    let mut chat = Chat::new();
    assert_eq!(send(chat.socket, BINARY, b"one"), 0);
    // SAFETY: the callback lives as long as the process.
    let former = unsafe { WinHttpSetStatusCallback(chat.socket, Some(other), WINHTTP_CALLBACK_FLAG_WRITE_COMPLETE, 0) };
    assert_eq!(former.map(|former| former as usize), RECORD.map(|record| record as usize));
    assert_eq!(send(chat.socket, BINARY, b"two"), 0);
    assert_eq!(OTHER.load(Ordering::SeqCst), 1);
    // It does not want to hear of a receive.
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.write(&chat.peer.frame(0x82, b"hello"));
    let (recorder, socket) = (chat.recorder, chat.socket);
    chat.close_unheard();
    assert_eq!(OTHER.load(Ordering::SeqCst), 1);
    assert_eq!(recorder.statuses(socket), [WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE], "of the first send");
}

#[test]
fn b2_4_3_a_callback_of_the_session_is_inherited_even_when_the_session_is_closed_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let recorder = Recorder::new();
    let session = open(recorder);
    let connection = c::connect(session, Some("127.0.0.1"), listener.local_addr().unwrap().port(), 0);
    assert_eq!(c::close_handle(session), 0);
    let request = c::open_request(connection, None, Some("/"));
    assert_eq!(c::close_handle(connection), 0);
    let created: Vec<_> = recorder
        .told()
        .into_iter()
        .filter(|told| told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CREATED)
        .map(|told| told.information)
        .collect();
    assert_eq!(created, [connection, request].map(|handle| Information::Handle(handle.addr())));
    assert_eq!(super::chat::send_request(request, 0), 0);
    Peer::accept(&listener).read_head();
    recorder.wait_for(request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    end(recorder, &[request]);
    super::chat::wait_for_the_last_words(recorder, &[request, connection, session]);
}

#[test]
fn b2_4_7_no_callback_begins_after_it_was_taken_away() {
    let mut chat = Chat::new();
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.wait_for_receive();
    assert_eq!(send(chat.socket, BINARY, b"one"), 0);
    let former = listen_no_more(chat.socket);
    assert_eq!(former.map(|former| former as usize), RECORD.map(|record| record as usize));
    assert!(listen_no_more(chat.socket).is_none());
    // The receive is cancelled, and nobody is told.
    let (recorder, socket) = (chat.recorder, chat.socket);
    chat.close_unheard();
    assert_eq!(recorder.statuses(socket), [WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE]);
}
