//! With what a callback is called: handles, contexts, lengths and threads (rows b2.2.3, b2.2.4, b2.2.9, b2.2.12 and b2.2.18).

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use winws::ffi::winhttp::WinHttpWebSocketCompleteUpgrade;
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::{Peer, close_frame, good_answer};

use super::chat::{
    Asking, BINARY, CLOSE, Chat, buffer, close_status, end, listen, open, open_silent, receive, receive_response, send,
    send_request, set_context,
};
use super::recorder::{Information, Recorder};
use crate::winhttp::c;

#[test]
fn b2_2_3_a_new_handle_is_told_in_the_name_of_its_parent() {
    let chat = Chat::new();
    let created: Vec<_> = chat
        .recorder
        .told()
        .into_iter()
        .filter(|told| told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CREATED)
        .map(|told| (told.handle, told.information))
        .collect();
    let pairs = [(chat.session, chat.connection), (chat.connection, chat.request), (chat.request, chat.socket)];
    assert_eq!(created, pairs.map(|(parent, child)| (parent.addr(), Information::Handle(child.addr()))));
    chat.end();
}

/// The handles and statuses that a recorder was told.
fn heard(recorder: &Recorder) -> Vec<(usize, u32)> {
    recorder.told().into_iter().map(|told| (told.handle, told.status)).collect()
}

#[test]
fn b2_2_4_contexts_are_inherited_and_replaced() {
    let [of_session, of_request, of_socket, of_option] = [(); 4].map(|()| Recorder::new());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let session = open(of_session);
    let connection = c::connect(session, Some("127.0.0.1"), listener.local_addr().unwrap().port(), 0);
    let request = c::open_request(connection, None, Some("/chat"));
    assert_eq!(c::set_option(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
    // Connections and requests carry the context of the session.
    for handle in [connection, request] {
        let (mut context, mut length) = ([0; size_of::<usize>()], 8);
        let option = WINHTTP_OPTION_CONTEXT_VALUE;
        assert_eq!(c::query_option(handle, option, Some(&mut context), Some(&mut length)), 0);
        assert_eq!(usize::from_ne_bytes(context), of_session.context());
    }
    // From WinHttpSendRequest on a request carries that of its dwContext.
    assert_eq!(send_request(request, of_request.context()), 0);
    let mut peer = Peer::accept(&listener);
    let head = peer.read_head();
    peer.write(good_answer(&head, "").as_bytes());
    of_request.wait_for(request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    assert_eq!(
        heard(of_session),
        [
            (session.addr(), WINHTTP_CALLBACK_STATUS_HANDLE_CREATED),
            (connection.addr(), WINHTTP_CALLBACK_STATUS_HANDLE_CREATED)
        ]
    );
    assert_eq!(receive_response(request), 0);
    // A WebSocket carries that of WinHttpWebSocketCompleteUpgrade.
    // SAFETY: there is no memory.
    let socket = unsafe { WinHttpWebSocketCompleteUpgrade(request, of_socket.context()) };
    assert!(!socket.is_null());
    assert_eq!(send(socket, BINARY, b"one"), 0);
    assert_eq!(heard(of_socket), [(socket.addr(), WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE)]);
    // The option changes it.
    set_context(socket, of_option.context());
    assert_eq!(send(socket, BINARY, b"two"), 0);
    assert_eq!(c::close_handle(socket), 0);
    of_option.wait_for(socket, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, 1);
    assert_eq!(
        heard(of_option),
        [
            (socket.addr(), WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE),
            (socket.addr(), WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING)
        ]
    );
    assert_eq!(heard(of_socket).len(), 1);
    end(of_request, &[request]);
    end(of_session, &[connection, session]);
}

#[test]
fn b2_2_4_a_request_keeps_its_context_when_it_is_sent_with_0() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let session = open_silent();
    // The recorder hears nothing that has the context 0.
    listen(session, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS);
    let connection = c::connect(session, Some("127.0.0.1"), listener.local_addr().unwrap().port(), 0);
    let request = c::open_request(connection, None, Some("/chat"));
    let recorder = Recorder::new();
    set_context(request, recorder.context());
    assert_eq!(send_request(request, 0), 0);
    let peer = Peer::accept(&listener);
    recorder.wait_for(request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    drop(peer);
    end(recorder, &[request]);
    for handle in [connection, session] {
        assert_eq!(c::close_handle(handle), 0);
    }
}

#[test]
fn b2_2_9_the_close_status_can_be_asked_for_inside_the_callback() {
    let mut chat = Chat::new();
    let asked = Arc::new(Mutex::new(None));
    let (socket, answer) = (chat.socket.expose_provenance(), Arc::clone(&asked));
    chat.recorder.within(WINHTTP_CALLBACK_STATUS_READ_COMPLETE, move |_| {
        *answer.lock().unwrap() = Some(close_status(std::ptr::with_exposed_provenance_mut(socket)));
    });
    assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
    chat.peer.write(&close_frame(1001, "so long"));
    let told = chat.wait_for(WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
    assert_eq!(told.information, Information::Status(0, CLOSE));
    let expected = Ok((1001, "so long".to_owned()));
    assert_eq!(*asked.lock().unwrap(), Some(expected.clone()));
    assert_eq!(close_status(chat.socket), expected);
    chat.end();
}

#[test]
fn b2_2_12_read_complete_comes_from_a_worker_even_when_data_is_there() {
    let mut chat = Chat::new();
    let frames: Vec<u8> = [b"one", b"two", b"six"].iter().flat_map(|text| chat.peer.frame(0x82, *text)).collect();
    // One write: when the first has come, the others are there.
    chat.peer.write(&frames);
    for count in 1..=3 {
        assert_eq!(receive(chat.socket, buffer(64).as_mut_ptr(), 64), 0);
        let told = chat.recorder.wait_for(chat.socket, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, count);
        assert_eq!(told.information, Information::Status(3, BINARY));
        assert_ne!(told.thread, thread::current().id());
    }
    chat.end();
}

#[test]
fn b2_2_18_lengths_of_texts_count_the_zero() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let recorder = Recorder::new();
    let session = open(recorder);
    // A name that has to be resolved.
    let connection = c::connect(session, Some("localhost"), listener.local_addr().unwrap().port(), 0);
    let request = c::open_request(connection, None, Some("/"));
    assert_eq!(send_request(request, recorder.context()), 0);
    let mut peer = Peer::accept(&listener);
    peer.read_head();
    peer.write(b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    recorder.wait_for(request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    assert_eq!(receive_response(request), 0);
    let mut peer = Peer::accept(&listener);
    peer.read_head();
    peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    recorder.wait_for(request, WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, 1);
    let told = recorder.of(request);
    for status in [
        WINHTTP_CALLBACK_STATUS_RESOLVING_NAME,
        WINHTTP_CALLBACK_STATUS_NAME_RESOLVED,
        WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER,
        WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER,
        WINHTTP_CALLBACK_STATUS_REDIRECT,
    ] {
        let told = told.iter().find(|told| told.status == status).expect("each is told");
        let Information::Text(text) = &told.information else { panic!("{told:?}") };
        assert_eq!(usize::try_from(told.length).unwrap(), text.encode_utf16().count() + 1, "{told:?}");
    }
    let resolving = told.iter().find(|told| told.status == WINHTTP_CALLBACK_STATUS_RESOLVING_NAME);
    assert_eq!(resolving.unwrap().information, Information::Text("localhost".to_owned()));
    end(recorder, &[request, connection, session]);
}

#[test]
fn b2_2_18_the_socket_is_created_with_the_context_of_the_request() {
    let asking = Asking::new();
    let (peer, of_socket) = (asking.answered(), Recorder::new());
    assert_eq!(receive_response(asking.request), 0);
    // The last error after WinHttpQueryHeaders is 0: `code_of` looks at it.
    let (mut status, mut length) = (0_u32.to_ne_bytes(), 4);
    let level = WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER;
    assert_eq!(c::query_headers(asking.request, level, None, Some(&mut status), Some(&mut length), None), 0);
    assert_eq!(u32::from_ne_bytes(status), 101);
    // SAFETY: there is no memory.
    let socket = unsafe { WinHttpWebSocketCompleteUpgrade(asking.request, of_socket.context()) };
    let created = asking.recorder.of(asking.request).pop().unwrap();
    assert_eq!(created.status, WINHTTP_CALLBACK_STATUS_HANDLE_CREATED);
    assert_eq!(created.information, Information::Handle(socket.addr()));
    assert_eq!(created.context, asking.recorder.context());
    end(of_socket, &[socket]);
    drop(peer);
    asking.end();
}
