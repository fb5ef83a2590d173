//! What is told when something ends before it is done (rows b2.1.14 to b2.1.18, b2.2.1, b2.2.14, b2.4.4 and b2.4.8).

use std::hint;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use winws::ffi::winhttp::HINTERNET;
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::close_frame;

use super::chat::{
    Asking, BINARY, CANCELLED, Chat, INVALID_OPERATION, MUCH, buffer, close, close_status, end, receive, send,
    shutdown, wait_for_the_last_words,
};
use super::recorder::{Information, Told};
use crate::winhttp::c;

const ERROR: u32 = WINHTTP_CALLBACK_STATUS_REQUEST_ERROR;
const CLOSING: u32 = WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING;

/// A chat that receives. The peer may have seen to it that the receive waits.
fn receiving(waits: bool) -> Chat {
    let mut chat = Chat::new();
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    if waits {
        chat.peer.wait_for_receive();
    }
    chat
}

const fn cancelled(operation: i32) -> Information {
    Information::SocketResult(0, CANCELLED, operation)
}

const SEND: Information = cancelled(WINHTTP_WEB_SOCKET_SEND_OPERATION);
const RECEIVE: Information = cancelled(WINHTTP_WEB_SOCKET_RECEIVE_OPERATION);
const CLOSE: Information = cancelled(WINHTTP_WEB_SOCKET_CLOSE_OPERATION);
const SHUTDOWN: Information = cancelled(WINHTTP_WEB_SOCKET_SHUTDOWN_OPERATION);

/// The information of what a chat was told of errors.
fn errors(told: &[Told]) -> Vec<Information> {
    told.iter().filter(|told| told.status == ERROR).map(|told| told.information.clone()).collect()
}

#[test]
fn b2_1_14_a_close_cancels_the_receive_before_it_returns() {
    for waits in [true, false] {
        let mut chat = receiving(waits);
        assert_eq!(close(chat.socket, 1000), 0);
        assert_eq!(chat.told(), [(ERROR, RECEIVE)]);
        let told = chat.last();
        assert_eq!((told.length, told.thread), (24, thread::current().id()));
        assert_eq!(close_status(chat.socket), Err(INVALID_OPERATION));
        chat.peer.expect_close(1000, "bye");
        chat.peer.write(&close_frame(1001, "so long"));
        chat.wait_for(WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE);
        assert_eq!(chat.told().len(), 2);
        assert_eq!(close_status(chat.socket), Ok((1001, "so long".to_owned())));
        chat.end();
    }
}

#[test]
fn b2_1_15_close_handle_cancels_the_close() {
    for waits in [true, false] {
        let mut chat = receiving(waits);
        assert_eq!(close(chat.socket, 1000), 0);
        chat.peer.expect_close(1000, "bye");
        assert_eq!(c::close_handle(chat.socket), 0);
        chat.recorder.wait_for(chat.socket, CLOSING, 1);
        let handle = Information::Handle(chat.socket.addr());
        assert_eq!(chat.told(), [(ERROR, RECEIVE), (ERROR, CLOSE), (CLOSING, handle)]);
        end(chat.recorder, &[chat.request, chat.connection, chat.session]);
    }
}

#[test]
fn b2_1_16_close_handle_cancels_the_receive() {
    for waits in [true, false] {
        let chat = receiving(waits);
        assert_eq!(c::close_handle(chat.socket), 0);
        chat.recorder.wait_for(chat.socket, CLOSING, 1);
        let handle = Information::Handle(chat.socket.addr());
        assert_eq!(chat.told(), [(ERROR, RECEIVE), (CLOSING, handle)]);
        end(chat.recorder, &[chat.request, chat.connection, chat.session]);
    }
}

/// Each round closes at another moment, often while a thread of the crew reads into the buffer. ThreadSanitizer finds every write
/// that comes too late. The bytes show only one that comes after the program's own.
#[test]
fn b2_1_16_the_buffer_is_the_programs_again_when_close_handle_has_returned() {
    let payload = vec![1; 1 << 16];
    for round in 0..240 {
        let mut chat = Chat::new();
        let room = buffer(1 << 16);
        assert_eq!(receive(chat.socket, room.as_mut_ptr(), 1 << 16), 0);
        chat.peer.wait_for_receive();
        let message = chat.peer.frame(0x82, &payload);
        let (socket, mut peer) = (chat.socket, chat.peer);
        thread::scope(|scope| {
            scope.spawn(|| peer.write_until_gone(&message));
            for _ in 0..round % 60 * 200 {
                hint::spin_loop();
            }
            assert_eq!(c::close_handle(socket), 0);
            room.fill(2);
        });
        chat.recorder.wait_for(socket, CLOSING, 1);
        assert!(room.iter().all(|byte| *byte == 2), "written to after the call had returned");
        end(chat.recorder, &[chat.request, chat.connection, chat.session]);
    }
}

#[test]
fn b2_1_17_an_idle_handle_says_that_it_closes() {
    let mut chat = Chat::new();
    assert_eq!(c::close_handle(chat.socket), 0);
    let told = chat.recorder.wait_for(chat.socket, CLOSING, 1);
    assert_eq!((told.length, told.context), (8, chat.recorder.context()));
    assert_eq!(chat.told(), [(CLOSING, Information::Handle(chat.socket.addr()))]);
    chat.peer.expect_end();
    let (recorder, socket) = (chat.recorder, chat.socket);
    end(recorder, &[chat.request, chat.connection, chat.session]);
    assert_eq!(recorder.statuses(socket), [CLOSING], "the last one for the handle");
}

#[test]
fn b2_1_18_a_session_closes_after_its_children() {
    // Each order in which the session is closed among its children.
    for position in 0..4 {
        let chat = receiving(true);
        let mut handles = vec![chat.socket, chat.request, chat.connection];
        handles.insert(position, chat.session);
        for (index, handle) in handles.iter().enumerate() {
            let said = chat.recorder.statuses(chat.session).contains(&CLOSING);
            assert!(!said, "the session closed before {} of its children", handles.len() - index);
            assert_eq!(c::close_handle(*handle), 0);
        }
        chat.recorder.wait_for(chat.session, CLOSING, 1);
        let closing: Vec<_> =
            chat.recorder.told().into_iter().filter(|told| told.status == CLOSING).map(|told| told.handle).collect();
        assert_eq!(closing.len(), 4, "{closing:?}");
        assert_eq!(closing.last(), Some(&chat.session.addr()), "after all of its children");
    }
}

#[test]
fn b2_2_1_the_result_of_a_cancelled_operation_is_0() {
    let mut chat = Chat::new();
    assert_eq!(close(chat.socket, 1000), 0);
    chat.peer.expect_close(1000, "bye");
    assert_eq!(c::close_handle(chat.socket), 0);
    chat.recorder.wait_for(chat.socket, CLOSING, 1);
    assert_eq!(chat.told()[0], (ERROR, Information::SocketResult(0, 12017, 2)));
    end(chat.recorder, &[chat.request, chat.connection, chat.session]);
}

#[test]
fn b2_2_14_a_close_waits_behind_a_send() {
    let mut chat = Chat::new();
    assert_eq!(send(chat.socket, BINARY, MUCH), 0);
    assert_eq!(close(chat.socket, 1000), 0);
    assert_eq!(chat.told(), [], "the peer has not read");
    assert_eq!(chat.peer.read_frame().1.len(), MUCH.len());
    chat.peer.expect_close(1000, "bye");
    chat.peer.write(&close_frame(1000, ""));
    chat.wait_for(WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE);
    let bytes = u32::try_from(MUCH.len()).unwrap();
    assert_eq!(
        chat.told(),
        [
            (WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, Information::Status(bytes, BINARY)),
            (WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, Information::None),
        ]
    );
    chat.end();
}

#[test]
fn b2_4_4_what_waits_is_cancelled_before_close_handle_returns() {
    // A close on a silent peer.
    let mut chat = Chat::new();
    assert_eq!(close(chat.socket, 1000), 0);
    chat.peer.expect_close(1000, "bye");
    assert_eq!(c::close_handle(chat.socket), 0);
    assert_eq!(errors(&chat.recorder.of(chat.socket)), [CLOSE]);
    end(chat.recorder, &[chat.request, chat.connection, chat.session]);
    // Everything that can wait at once.
    let chat = receiving(false);
    assert_eq!(send(chat.socket, BINARY, MUCH), 0);
    assert_eq!(shutdown(chat.socket, 1000), 0);
    assert_eq!(c::close_handle(chat.socket), 0);
    let told = errors(&chat.recorder.of(chat.socket));
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&RECEIVE) && told.contains(&SEND) && told.contains(&SHUTDOWN), "{told:?}");
    end(chat.recorder, &[chat.request, chat.connection, chat.session]);
}

#[test]
fn b2_4_4_close_handle_never_waits_for_a_callback() {
    let mut chat = Chat::new();
    let (release, released) = channel::<()>();
    let (arrive, arrived) = channel();
    let socket = chat.socket.expose_provenance();
    chat.recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, move |_| {
        // The next receive waits in the lane behind this callback.
        let socket = std::ptr::with_exposed_provenance_mut(socket);
        assert_eq!(receive(socket, buffer(64).as_mut_ptr(), 64), 0);
        arrive.send(()).unwrap();
        released.recv().unwrap();
    });
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.write(&chat.peer.frame(0x82, b"hello"));
    arrived.recv().unwrap();
    assert_eq!(c::close_handle(chat.socket), 0);
    let read = (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(5, BINARY));
    assert_eq!(chat.told(), std::slice::from_ref(&read), "the cancellation follows the callback");
    release.send(()).unwrap();
    chat.recorder.wait_for(chat.socket, CLOSING, 1);
    let handle = Information::Handle(chat.socket.addr());
    assert_eq!(chat.told(), [read, (ERROR, RECEIVE), (CLOSING, handle)]);
    end(chat.recorder, &[chat.request, chat.connection, chat.session]);
}

#[test]
fn b2_4_8_the_socket_closes_inside_read_complete() {
    let mut chat = Chat::new();
    let has_returned = Arc::new(AtomicBool::new(false));
    let was_before = Arc::new(Mutex::new(None));
    let (socket, returns, before) =
        (chat.socket.expose_provenance(), Arc::clone(&has_returned), Arc::clone(&was_before));
    chat.recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, move |_| {
        assert_eq!(c::close_handle(std::ptr::with_exposed_provenance_mut(socket)), 0);
        returns.store(true, Ordering::SeqCst);
    });
    chat.recorder.within(CLOSING, move |_| *before.lock().unwrap() = Some(has_returned.load(Ordering::SeqCst)));
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.write(&chat.peer.frame(0x82, b"hello"));
    chat.recorder.wait_for(chat.socket, CLOSING, 1);
    assert_eq!(*was_before.lock().unwrap(), Some(true), "after the callback has returned");
    let read = (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(5, BINARY));
    assert_eq!(chat.told(), [read, (CLOSING, Information::Handle(chat.socket.addr()))]);
    end(chat.recorder, &[chat.request, chat.connection, chat.session]);
}

#[test]
fn a_session_that_was_closed_first_still_comes_last() {
    let chat = receiving(false);
    for handle in [chat.session, chat.connection, chat.request, chat.socket] {
        assert_eq!(c::close_handle(handle), 0);
    }
    wait_for_the_last_words(chat.recorder, &[chat.socket, chat.request, chat.connection, chat.session]);
}

#[test]
fn b1_1_7_the_upgrade_is_completed_after_the_parents_were_closed() {
    let asking = Asking::new();
    let peer = asking.answered();
    for handle in [asking.connection, asking.session] {
        assert_eq!(c::close_handle(handle), 0);
    }
    let mut chat = asking.complete_upgrade(peer);
    assert_eq!(c::close_handle(chat.request), 0);
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.write(&chat.peer.frame(0x82, b"hello"));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!(told.information, Information::Status(5, BINARY));
    assert!(!chat.recorder.statuses(chat.session).contains(&CLOSING), "the session closed before the socket");
    assert_eq!(c::close_handle(chat.socket), 0);
    wait_for_the_last_words(chat.recorder, &[chat.socket, chat.request, chat.connection, chat.session]);
}

#[test]
fn b2_4_4_what_was_begun_inside_a_callback_is_cancelled_inside_it() {
    for ends in [close as fn(HINTERNET, u16) -> u32, |socket, _| c::close_handle(socket)] {
        let mut chat = Chat::new();
        let (socket, recorder) = (chat.socket.expose_provenance(), chat.recorder);
        let (give, given) = channel();
        recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, move |_| {
            let socket = std::ptr::with_exposed_provenance_mut(socket);
            assert_eq!(receive(socket, buffer(64).as_mut_ptr(), 64), 0);
            assert_eq!(ends(socket, 1000), 0);
            give.send(errors(&recorder.of(socket))).unwrap();
        });
        assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
        chat.peer.write(&chat.peer.frame(0x82, b"hello"));
        assert_eq!(given.recv().unwrap(), [RECEIVE]);
        // The handle is closed already, or now.
        c::close_handle(chat.socket);
        recorder.wait_for(chat.socket, CLOSING, 1);
        assert_eq!(errors(&recorder.of(chat.socket)).iter().filter(|&error| *error == RECEIVE).count(), 1);
        end(recorder, &[chat.request, chat.connection, chat.session]);
    }
}
