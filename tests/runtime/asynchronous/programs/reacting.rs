//! Programs that go on inside their callbacks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use winws_api::winhttp::sys::*;

use super::{
    COMPLETIONS, Event, MANNERS, MESSAGES, Manner, Server, close_handle, complete_upgrade, is_recorder, open, send_soon,
};
use crate::asynchronous::chat::{BINARY, CANCELLED, CLOSE, TEXT, close_status, listen};
use crate::asynchronous::ledger::{Ledger, handle};
use crate::asynchronous::recorder::{Information, Told};
use crate::winhttp::c;

/// A handle that is closed once, by whoever comes first.
#[derive(Default)]
struct Once(Mutex<Option<usize>>);

impl Once {
    fn set(&self, word: usize) {
        *self.0.lock().unwrap() = Some(word);
    }

    fn get(&self) -> Option<usize> {
        *self.0.lock().unwrap()
    }

    fn close(&self) {
        let word = self.0.lock().unwrap().take();
        word.into_iter().for_each(close_handle);
    }
}

/// One outstanding send; the others wait in the program's own queue.
#[derive(Default)]
struct Sends {
    queue: VecDeque<&'static [u8]>,
    is_sending: bool,
}

/// Everything happens in callbacks: the upgrade with its options and the end of the request inside HEADERS_AVAILABLE, the next receive
/// inside READ_COMPLETE, the next send inside WRITE_COMPLETE. The body of a refusal is read. Cf. libHttpClient.
#[test]
fn a_program_that_does_all_in_callbacks() {
    for manner in MANNERS {
        let (server, ledger) = (Server::new(manner), Ledger::new());
        let [session, connection, request] = open(&server, ledger, None);
        assert!(listen(handle(request), COMPLETIONS).is_none());
        assert_eq!(c::add_request_headers(handle(request), Some("X-A: b"), c::UNKNOWN, WINHTTP_ADDREQ_FLAG_ADD), 0);
        let (of_request, of_socket) = (Arc::new(Once::default()), Arc::new(Once::default()));
        let sends = Arc::new(Mutex::new(Sends::default()));
        of_request.set(request);
        let queue = Arc::clone(&sends);
        let send_next = move |socket: usize| {
            let next = {
                let mut sends = queue.lock().unwrap();
                let next = if sends.is_sending { None } else { sends.queue.pop_front() };
                sends.is_sending |= next.is_some();
                next
            };
            // The socket may be lost, which is what its receive is told.
            if let Some(bytes) = next {
                ledger.send(socket, TEXT, bytes);
            }
        };
        let next = send_next.clone();
        let (asked, socket, events, sending) =
            (Arc::clone(&of_request), Arc::clone(&of_socket), server.sender.clone(), Arc::clone(&sends));
        ledger.recorder.runs(move |told| {
            match (told.status, &told.information) {
                (WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, _) => {
                    assert_eq!(ledger.receive_response(told.handle), 0);
                }
                (WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, _) if Ledger::status(told.handle) == 101 => {
                    let new = complete_upgrade(handle(told.handle), told.context);
                    socket.set(new);
                    for option in
                        [WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL]
                    {
                        assert_eq!(c::set_option(handle(new), option, Some(&60_000_u32.to_ne_bytes()), 4), 0);
                    }
                    asked.close();
                    assert_eq!(ledger.receive(new), 0);
                }
                (WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, _) => {
                    assert_eq!(ledger.query_data_available(told.handle), 0);
                }
                (WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, Information::Number(0)) => asked.close(),
                (WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, Information::Number(length)) => {
                    assert_eq!(ledger.read_data(told.handle, *length), 0);
                }
                (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(_, kind)) if *kind == CLOSE => {
                    assert_eq!(close_status(handle(told.handle)), Ok((1000, String::new())));
                    ledger.close(told.handle, 1000);
                }
                (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(..)) => {
                    // After the close has begun, it is refused.
                    ledger.receive(told.handle);
                }
                (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, _) => {
                    assert_eq!(ledger.query_data_available(told.handle), 0);
                }
                (WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, _) => {
                    sending.lock().unwrap().is_sending = false;
                    next(told.handle);
                }
                (WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, _) => socket.close(),
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::Result(..)) => asked.close(),
                // Its own doing.
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::SocketResult(0, CANCELLED, _)) => {}
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, _) => socket.close(),
                _ => {}
            }
            events.send(Event::Told(told.clone())).ok();
        });
        assert_eq!(ledger.send_request(request), 0);
        match manner {
            Manner::Silent => {
                server.wait_for(|event| matches!(event, Event::Asked).then_some(()));
                of_request.close();
            }
            _ if server.upgrades() => {
                let is_closing =
                    |told: &Told| told.handle == request && told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING;
                server.wait_for(|event| matches!(event, Event::Told(told) if is_closing(told)).then_some(()));
                let word = of_socket.get();
                sends.lock().unwrap().queue.extend([&b"a message"[..]; MESSAGES]);
                word.into_iter().for_each(&send_next);
                wait_for_the_conversation(&server);
                if let Some(word) = of_socket.get() {
                    ledger.close(word, 1000);
                }
                if manner == Manner::Mute {
                    server.wait_for(|event| matches!(event, Event::Unanswered(0x88)).then_some(()));
                    of_socket.close();
                }
            }
            _ => {}
        }
        settle(ledger, request, server.upgrades());
        for word in [connection, session] {
            close_handle(word);
        }
    }
}

/// Waits until all messages have come back, or it is clear that they do not.
fn wait_for_the_conversation(server: &Server) {
    let mut echoes = 0;
    server.wait_for(|event| {
        let has_status = |status| matches!(event, Event::Told(told) if told.status == status);
        echoes += usize::from(has_status(WINHTTP_CALLBACK_STATUS_READ_COMPLETE));
        let is_over = match server.manner {
            Manner::Good => echoes == MESSAGES,
            Manner::Mute => matches!(event, Event::Unanswered(_)),
            _ => has_status(WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING),
        };
        is_over.then_some(())
    });
}

/// Waits for the last words of a request, and of the socket that came of it.
fn settle(ledger: &Ledger, request: usize, has_socket: bool) {
    let mut handles = vec![request];
    if has_socket {
        let created = |told: &Told| match told.information {
            Information::Handle(socket) if told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CREATED => Some(socket),
            _ => None,
        };
        handles.push(ledger.recorder.wait(|told| told.iter().rev().find_map(created)));
    }
    ledger.settle(&handles);
}

/// It goes between two WebSockets: what comes is sent on inside the callback, a close frame is passed on by Shutdown, and an error by
/// the status 1011. Cf. the ASP.NET Core Module.
#[test]
fn a_program_that_forwards() {
    for manner in MANNERS {
        let (server, ledger) = (Server::new(manner), Ledger::new());
        let [session, connection, request] = open(&server, ledger, Some(COMPLETIONS));
        let (of_socket, events) = (Arc::new(Once::default()), server.sender.clone());
        let socket = Arc::clone(&of_socket);
        let left = Mutex::new(MESSAGES);
        ledger.recorder.runs(move |told| {
            match (told.status, &told.information) {
                (WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, _) => {
                    assert_eq!(ledger.receive_response(told.handle), 0);
                }
                (WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, _) if Ledger::status(told.handle) == 101 => {
                    let new = complete_upgrade(handle(told.handle), told.context);
                    socket.set(new);
                    assert_eq!(ledger.receive(new), 0);
                    // An empty message, without a buffer.
                    assert_eq!(ledger.send(new, BINARY, b""), 0);
                }
                // What comes goes on, until the other side wants no more.
                (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(_, kind)) if *kind == CLOSE => {
                    let (mut status, mut reason, mut length) = (0, [0; 256], 0);
                    let queried = c::query_close_status(
                        handle(told.handle),
                        Some(&mut status),
                        Some(&mut reason),
                        256,
                        Some(&mut length),
                    );
                    assert_eq!((queried, status, length), (0, 1000, 0));
                    socket.close();
                }
                (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(..)) => {
                    let is_last = {
                        let mut left = left.lock().unwrap();
                        *left -= 1;
                        *left == 0
                    };
                    if is_last {
                        let shut_down = ledger.shutdown(told.handle, 1000);
                        assert!(matches!(shut_down, 0 | 997), "{shut_down}");
                    } else {
                        send_soon(ledger, told.handle, TEXT, b"onward");
                    }
                    ledger.receive(told.handle);
                }
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::SocketResult(0, CANCELLED, _)) => {}
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::SocketResult(..)) => {
                    ledger.shutdown(told.handle, 1011);
                    socket.close();
                }
                _ => {}
            }
            events.send(Event::Told(told.clone())).ok();
        });
        assert_eq!(ledger.send_request(request), 0);
        match manner {
            Manner::Silent => server.wait_for(|event| matches!(event, Event::Asked).then_some(())),
            Manner::Mute => {
                server.wait_for(|event| matches!(event, Event::Unanswered(_)).then_some(()));
                // The other side has gone away.
                let word = of_socket.get().expect("nobody closes it");
                assert_eq!(ledger.shutdown(word, 1001), 0);
                server.wait_for(|event| matches!(event, Event::Unanswered(0x88)).then_some(()));
                of_socket.close();
            }
            _ => server.wait_for(|event| {
                let Event::Told(told) = event else { return None };
                let last = if server.upgrades() {
                    told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING
                } else {
                    matches!(
                        told.status,
                        WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR
                    )
                };
                last.then_some(())
            }),
        }
        for word in [request, connection, session] {
            close_handle(word);
        }
        settle(ledger, request, server.upgrades());
        ledger.settle(&[request, connection, session]);
    }
}

/// Its callbacks hand everything to the main thread, but for the end: it closes the socket inside READ_COMPLETE. The socket has a
/// callback of its own. Cf. Unreal.
#[test]
fn a_program_that_hands_over_and_closes_inside_read_complete() {
    for manner in MANNERS {
        let (server, ledger) = (Server::new(manner), Ledger::new());
        let [session, connection, request] = open(&server, ledger, Some(WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS));
        let (of_socket, events) = (Arc::new(Once::default()), server.sender.clone());
        let socket = Arc::clone(&of_socket);
        ledger.recorder.runs(move |told| {
            if matches!(told.information, Information::SocketResult(..)) {
                assert_eq!(told.length, 24);
            }
            if told.information == Information::Status(0, CLOSE) {
                assert_eq!(close_status(handle(told.handle)), Ok((1000, String::new())));
                socket.close();
            }
            events.send(Event::Told(told.clone())).ok();
        });
        assert_eq!(ledger.send_request(request), 0);
        let mut echoes = 0;
        loop {
            let told = match server.event() {
                Event::Told(told) => told,
                Event::Asked => break,
                Event::Unanswered(0x88) => {
                    of_socket.close();
                    break;
                }
                Event::Unanswered(_) => {
                    assert_eq!(ledger.shutdown(of_socket.get().expect("nobody closes it"), 1000), 0);
                    continue;
                }
            };
            match (told.status, &told.information) {
                (WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, _) => {
                    assert_eq!(ledger.receive_response(request), 0);
                }
                (WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, _) if Ledger::status(request) != 101 => break,
                (WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, _) => {
                    let new = complete_upgrade(handle(request), told.context);
                    of_socket.set(new);
                    assert!(is_recorder(listen(handle(new), COMPLETIONS)));
                    assert_eq!(ledger.receive(new), 0);
                    assert_eq!(ledger.send(new, TEXT, b"a message"), 0);
                }
                (WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Status(_, kind)) if *kind != CLOSE => {
                    echoes += 1;
                    assert_eq!(ledger.receive(told.handle), 0);
                    if echoes == MESSAGES {
                        assert_eq!(ledger.shutdown(told.handle, 1000), 0);
                    } else {
                        assert_eq!(send_soon(ledger, told.handle, TEXT, b"a message"), 0);
                    }
                }
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::Result(..)) => break,
                (WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, _) => of_socket.close(),
                (WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, _) if told.handle != request => break,
                _ => {}
            }
        }
        for word in [request, connection, session] {
            close_handle(word);
        }
        settle(ledger, request, server.upgrades());
        ledger.settle(&[request, connection, session]);
    }
}
