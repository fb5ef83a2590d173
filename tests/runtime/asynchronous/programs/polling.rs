//! Programs that wait in their main thread for what their callbacks say, or have no callback at all.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use winws::ffi::winhttp::WinHttpSendRequest;
use winws_api::winhttp::sys::*;

use super::{COMPLETIONS, Event, MANNERS, MESSAGES, Manner, Server, close_handle, complete_upgrade, open};
use crate::asynchronous::chat::{CLOSE, INVALID_OPERATION, TEXT, listen, open_silent, send, set_context};
use crate::asynchronous::ledger::{Ledger, handle};
use crate::asynchronous::recorder::{Information, Operation, Told};
use crate::winhttp::c;

/// Waits for a callback that ends an operation. A server that does not answer makes the program give up: `None`.
fn ended(server: &Server, operation: Operation) -> Option<Told> {
    let is_given_up = || {
        matches!((operation, server.unanswered.get()), (Operation::Receive, Some(_)) | (Operation::Close, Some(0x88)))
    };
    if is_given_up() {
        return None;
    }
    server.wait_for(|event| match event {
        Event::Told(told) if told.ends() == Some(operation) => Some(Some(told.clone())),
        Event::Asked if operation == Operation::SendRequest => Some(None),
        Event::Unanswered(_) if is_given_up() => Some(None),
        _ => None,
    })
}

/// The callback of the session serves everything. All other handles are closed right after the upgrade. In the end it closes, waits
/// for that for a while, closes the handle, and frees its context at once. Cf. libmatoya.
#[test]
fn a_program_that_frees_its_context_after_close_handle() {
    for manner in MANNERS {
        let (server, ledger) = (Server::new(manner), Ledger::new());
        let [session, connection, request] = open(&server, ledger, Some(WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS));
        let is_freed = Arc::new(AtomicBool::new(false));
        let (freed, events) = (Arc::clone(&is_freed), server.sender.clone());
        ledger.recorder.runs(move |told| {
            let needs_none = told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING;
            assert!(needs_none || !freed.load(Ordering::SeqCst), "{told:?} uses memory that is free");
            events.send(Event::Told(told.clone())).ok();
        });
        // No headers, whose length is -1.
        // SAFETY: there is no memory.
        let sent = unsafe {
            let context = ledger.recorder.context();
            WinHttpSendRequest(handle(request), ptr::null(), u32::MAX, ptr::null_mut(), 0, 0, context)
        };
        ledger.note(request, Operation::SendRequest, c::code_of(sent));
        let is_sent = ended(&server, Operation::SendRequest)
            .is_some_and(|told| told.status == WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE);
        let mut socket = None;
        if is_sent && ledger.receive_response(request) == 0 {
            let told = ended(&server, Operation::ReceiveResponse).expect("a server that has begun to answer goes on");
            if told.status == WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE {
                // The status as a text.
                let (mut text, mut length) = ([0; 8], 8);
                let level = WINHTTP_QUERY_STATUS_CODE;
                let queried = c::query_headers(handle(request), level, None, Some(&mut text), Some(&mut length), None);
                assert_eq!((queried, length), (0, 6));
                if text[..6] == *b"1\x000\x001\x00" {
                    socket = Some(complete_upgrade(handle(request), ledger.recorder.context()));
                }
            }
        }
        for word in [request, connection, session] {
            close_handle(word);
        }
        let mut handles = vec![request, connection, session];
        if let Some(socket) = socket {
            for _ in 0..MESSAGES {
                if ledger.send(socket, TEXT, b"a message") != 0 || ledger.receive(socket) != 0 {
                    break;
                }
                let Some(told) = ended(&server, Operation::Receive) else { break };
                if told.status != WINHTTP_CALLBACK_STATUS_READ_COMPLETE {
                    break;
                }
            }
            if ledger.close(socket, 1000) == 0 {
                ended(&server, Operation::Close);
            }
            close_handle(socket);
            handles.insert(0, socket);
            is_freed.store(true, Ordering::SeqCst);
        }
        ledger.settle(&handles);
    }
}

/// An asynchronous session without a callback, and calls one after the other. Its socket gets a callback, for receives alone. A send
/// that is refused because one is pending is tried again. Cf. ahk2_lib.
#[test]
fn a_program_without_a_callback() {
    for manner in MANNERS {
        let (server, ledger) = (Server::new(manner), Ledger::new());
        let [session, connection, request] = open(&server, ledger, None);
        // The end of the program's patience with a server that is silent, and long for any other one.
        let patience = if manner == Manner::Silent { 50 } else { 20_000 };
        let receive_timeout = WINHTTP_OPTION_RECEIVE_TIMEOUT;
        assert_eq!(c::set_option(handle(request), receive_timeout, Some(&u32::to_ne_bytes(patience)), 4), 0);
        let sent = c::send_request(handle(request), None, 0, 0);
        let received = if sent == 0 { c::receive_response(handle(request)) } else { sent };
        match manner {
            Manner::Silent => assert_eq!(received, 12002),
            Manner::Resets => assert!(matches!(received, 12030 | 12152), "{received}"),
            _ => assert_eq!(received, 0),
        }
        let socket = c::complete_upgrade(handle(request));
        assert_eq!(!socket.is_null(), server.upgrades());
        if server.upgrades() {
            let word = socket.expose_provenance();
            set_context(socket, ledger.recorder.context());
            listen(socket, WINHTTP_CALLBACK_FLAG_READ_COMPLETE | WINHTTP_CALLBACK_FLAG_HANDLES);
            let events = server.sender.clone();
            ledger.recorder.runs(move |told| drop(events.send(Event::Told(told.clone()))));
            if manner == Manner::Good {
                for _ in 0..MESSAGES {
                    while send(socket, TEXT, b"a message") == INVALID_OPERATION {
                        std::thread::yield_now();
                    }
                    assert_eq!(ledger.receive(word), 0);
                    let told = ended(&server, Operation::Receive).expect("it comes back");
                    assert_eq!(told.information, Information::Status(9, TEXT));
                }
                // No such status goes on the wire (b1.6.4), and the program does not look at the code.
                assert_eq!(c::close(socket, 1006, None, 0), 87);
            } else {
                // Nobody is told of errors.
                assert_eq!(send(socket, TEXT, b"a message"), 0);
            }
            close_handle(word);
            ledger.settle(&[word]);
        }
        for word in [request, connection, session] {
            close_handle(word);
        }
    }
}

/// Each call waits for its completion before the next one. The mask has not the bits of the two completions that it waits for in the
/// end. The context of each handle is set after the handle was made. Cf. the WebSocket client of corefx.
#[test]
fn a_program_that_waits_for_each_completion() {
    const MASK: u32 = COMPLETIONS | WINHTTP_CALLBACK_FLAG_SECURE_FAILURE;
    for manner in MANNERS {
        let (server, ledger) = (Server::new(manner), Ledger::new());
        let session = open_silent();
        listen(session, MASK);
        let connection = c::connect(session, Some("127.0.0.1"), server.port, 0);
        let request = c::open_request(connection, None, Some("/chat"));
        set_context(request, ledger.recorder.context());
        assert_eq!(c::set_option(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
        let events = server.sender.clone();
        ledger.recorder.runs(move |told| drop(events.send(Event::Told(told.clone()))));
        let word = request.expose_provenance();
        assert_eq!(ledger.note(word, Operation::SendRequest, c::send_request(request, None, 0, 0)), 0);
        let mut handles = vec![word];
        if let Some(socket) = upgraded(&server, ledger, word) {
            close_handle(word);
            talk(&server, ledger, socket);
            close_handle(socket);
            handles.push(socket);
        } else {
            close_handle(word);
        }
        ledger.settle(&handles);
        for handle in [connection, session] {
            close_handle(handle.expose_provenance());
        }
    }
}

/// The socket of a request, unless something went wrong.
fn upgraded(server: &Server, ledger: &'static Ledger, request: usize) -> Option<usize> {
    let sent = ended(server, Operation::SendRequest)?;
    if sent.status != WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE {
        return None;
    }
    assert_eq!(ledger.receive_response(request), 0);
    let received = ended(server, Operation::ReceiveResponse)?;
    if received.status != WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE || Ledger::status(request) != 101 {
        return None;
    }
    let socket = complete_upgrade(handle(request), 0);
    set_context(handle(socket), ledger.recorder.context());
    Some(socket)
}

/// Messages there and back, and the end in order, as far as the server takes part.
fn talk(server: &Server, ledger: &Ledger, socket: usize) {
    let is_error = |told: &Told| told.status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR;
    for _ in 0..MESSAGES {
        if ledger.send(socket, TEXT, b"a message") != 0 || ended(server, Operation::Send).is_none_or(|t| is_error(&t)) {
            return;
        }
        if ledger.receive(socket) != 0 {
            return;
        }
        match ended(server, Operation::Receive) {
            Some(told) if is_error(&told) => return,
            Some(told) => assert_eq!(told.information, Information::Status(9, TEXT)),
            // It closes although its receive waits.
            None => break,
        }
    }
    if server.manner == Manner::Good {
        // The close frame goes out, and the server's comes in before the program closes.
        assert_eq!(ledger.shutdown(socket, 1000), 0);
        assert!(!is_error(&ended(server, Operation::Shutdown).expect("it needs no answer")));
        assert_eq!(ledger.receive(socket), 0);
        let told = ended(server, Operation::Receive).expect("it answers");
        assert_eq!(told.information, Information::Status(0, CLOSE));
    }
    assert_eq!(ledger.close(socket, 1000), 0);
    let closed = ended(server, Operation::Close);
    assert_eq!(closed.is_some(), server.manner == Manner::Good, "{closed:?}");
}
