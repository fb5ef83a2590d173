//! Calls inside callbacks (rows b2.2.15 to b2.2.17).

use std::cell::Cell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use winws::ffi::winhttp::{HINTERNET, WinHttpWebSocketCompleteUpgrade};
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::good_answer;

use super::chat::{Asking, BINARY, Chat, TEXT, buffer, end, receive, receive_response, send};
use super::recorder::{Information, Recorder};
use crate::winhttp::c;

/// How often something begins again inside its callback.
const TIMES: usize = 200;

thread_local! {
    /// How many hooks run in this thread, inside one another.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

fn handle(word: usize) -> HINTERNET {
    ptr::with_exposed_provenance_mut(word)
}

/// Sends on the next of some sockets inside each WRITE_COMPLETE.
fn send_on(recorders: [&'static Recorder; 2], sockets: [usize; 2], left: usize, deepest: Arc<AtomicUsize>) {
    recorders[0].within(WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, move |_| {
        DEPTH.set(DEPTH.get() + 1);
        deepest.fetch_max(DEPTH.get(), Ordering::SeqCst);
        if left > 0 {
            let (recorders, sockets) = ([recorders[1], recorders[0]], [sockets[1], sockets[0]]);
            send_on(recorders, sockets, left - 1, Arc::clone(&deepest));
            assert_eq!(send(handle(sockets[0]), BINARY, b"again"), 0);
        }
        DEPTH.set(DEPTH.get() - 1);
    });
}

#[test]
fn b2_2_15_sends_inside_write_complete_do_not_nest_without_end() {
    let mut chat = Chat::new();
    let (socket, deepest) = (chat.socket.expose_provenance(), Arc::new(AtomicUsize::new(0)));
    send_on([chat.recorder; 2], [socket; 2], TIMES, Arc::clone(&deepest));
    assert_eq!(send(chat.socket, BINARY, b"again"), 0);
    chat.recorder.wait_for(chat.socket, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, TIMES + 1);
    assert!(deepest.load(Ordering::SeqCst) <= 3, "{deepest:?}");
    for _ in 0..=TIMES {
        assert_eq!(chat.peer.read_frame(), (0x82, b"again".to_vec()));
    }
    assert_eq!(chat.told().len(), TIMES + 1);
    chat.end();
}

#[test]
fn b2_2_15_two_sockets_that_send_inside_the_callbacks_of_each_other_do_not_nest_without_end() {
    let chats = [Chat::new(), Chat::new()];
    let (recorders, deepest) = (chats.each_ref().map(|chat| chat.recorder), Arc::new(AtomicUsize::new(0)));
    let sockets = chats.each_ref().map(|chat| chat.socket.expose_provenance());
    send_on(recorders, sockets, TIMES, Arc::clone(&deepest));
    assert_eq!(send(chats[0].socket, BINARY, b"again"), 0);
    for (chat, count) in chats.iter().zip([TIMES / 2 + 1, TIMES / 2]) {
        chat.recorder.wait_for(chat.socket, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, count);
    }
    assert!(deepest.load(Ordering::SeqCst) <= 3, "{deepest:?}");
    chats.into_iter().for_each(Chat::end);
}

/// Receives again inside each READ_COMPLETE.
fn receive_on(recorder: &'static Recorder, left: usize, room: usize, done: Sender<()>) {
    recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, move |told| {
        if left == 0 {
            done.send(()).unwrap();
            return;
        }
        receive_on(recorder, left - 1, room, done.clone());
        assert_eq!(receive(handle(told.handle), ptr::with_exposed_provenance_mut(room), 64), 0);
    });
}

#[test]
fn b2_2_16_a_receive_is_armed_again_inside_read_complete() {
    let mut chat = Chat::new();
    let (done, is_done) = channel();
    let room = buffer(64).as_mut_ptr();
    receive_on(chat.recorder, TIMES, room.expose_provenance(), done);
    chat.socket.expose_provenance();
    assert_eq!(receive(chat.socket, room, 64), 0);
    // Many at once, and then one after the other.
    let frames: Vec<Vec<u8>> = (0..=TIMES).map(|index| chat.peer.frame(0x81, &b"0123456789"[..=index % 10])).collect();
    chat.peer.write(&frames[..TIMES / 2].concat());
    for frame in &frames[TIMES / 2..] {
        chat.peer.write(frame);
    }
    is_done.recv().unwrap();
    chat.recorder.wait_for(chat.socket, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, TIMES + 1);
    let lengths = (0..=TIMES).map(|index| u32::try_from(index % 10 + 1).unwrap());
    let expected: Vec<_> =
        lengths.map(|length| (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(length, TEXT))).collect();
    assert_eq!(chat.told(), expected);
    chat.end();
}

#[test]
fn b2_2_17_the_upgrade_is_completed_inside_headers_available() {
    // The head is there when it is asked for, or its rest comes later.
    for is_there in [true, false] {
        let asking = Asking::new();
        let recorder = asking.recorder;
        let (mut peer, head) = asking.sent();
        let answer = good_answer(&head, "");
        let (first, rest) = if is_there { (&answer[..], "") } else { answer.split_at(30) };
        peer.write(first.as_bytes());
        recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
        let (give, given) = channel();
        asking.request.expose_provenance();
        recorder.within(WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, move |told| {
            let request = handle(told.handle);
            // SAFETY: there is no memory.
            let socket = unsafe { WinHttpWebSocketCompleteUpgrade(request, told.context) };
            assert!(!socket.is_null(), "{}", winws::ffi::last_error());
            for option in [WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL] {
                assert_eq!(c::set_option(socket, option, Some(&15_000_u32.to_ne_bytes()), 4), 0);
            }
            assert_eq!(c::close_handle(request), 0);
            assert_eq!(receive(socket, buffer(64).as_mut_ptr(), 64), 0);
            give.send(socket.expose_provenance()).unwrap();
        });
        assert_eq!(receive_response(asking.request), 0);
        peer.write(rest.as_bytes());
        let socket = handle(given.recv().unwrap());
        peer.write(&peer.frame(0x81, b"hello"));
        let told = recorder.wait_for(socket, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, 1);
        assert_eq!(told.information, Information::Status(5, TEXT));
        let told = recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, 1);
        assert_eq!(told.information, Information::Handle(asking.request.addr()));
        end(recorder, &[socket, asking.connection, asking.session]);
    }
}
