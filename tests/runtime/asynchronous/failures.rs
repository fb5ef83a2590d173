//! What is told when the network fails (rows b2.2.2, b2.2.6 to b2.2.8, b2.2.10, b2.2.11 and b2.4.5).

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::thread;

use rustix::net::{AddressFamily, SocketType};
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::Peer;

use super::chat::{
    Asking, BINARY, CONNECTION_ERROR, Chat, MUCH, buffer, close, end, open, receive, receive_response, send,
    send_request,
};
use super::recorder::{Information, Recorder};
use crate::winhttp::c;

const ERROR: u32 = WINHTTP_CALLBACK_STATUS_REQUEST_ERROR;
const LOST_SEND: Information = Information::SocketResult(0, CONNECTION_ERROR, WINHTTP_WEB_SOCKET_SEND_OPERATION);
const LOST_RECEIVE: Information = Information::SocketResult(0, CONNECTION_ERROR, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION);
const LOST_CLOSE: Information = Information::SocketResult(0, CONNECTION_ERROR, WINHTTP_WEB_SOCKET_CLOSE_OPERATION);

/// An address that refuses connections as long as the socket is kept: it is bound, and nobody listens.
fn refusing() -> (OwnedFd, SocketAddr) {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = rustix::net::getsockname(&socket).unwrap().try_into().unwrap();
    (socket, address)
}

/// A peer goes away without a close frame.
fn leave(peer: Peer, with_reset: bool) {
    if with_reset {
        peer.reset();
    }
}

#[test]
fn b2_2_2_the_result_of_a_send_that_fails_is_0() {
    let Chat { recorder, session, connection, request, socket, mut peer } = Chat::new();
    assert_eq!(send(socket, BINARY, MUCH), 0);
    peer.read(1000);
    peer.reset();
    let told = recorder.wait_for(socket, ERROR, 1);
    assert_eq!((told.information, told.length), (LOST_SEND, 24));
    end(recorder, &[socket, request, connection, session]);
}

#[test]
fn b2_2_6_a_peer_that_drops_fails_the_receive() {
    for is_reset in [true, false] {
        let Chat { recorder, session, connection, request, socket, mut peer } = Chat::new();
        assert_eq!(receive(socket, buffer(64).as_mut_ptr(), 64), 0);
        peer.wait_for_receive();
        leave(peer, is_reset);
        let told = recorder.wait_for(socket, ERROR, 1);
        assert_eq!((told.information, told.length), (LOST_RECEIVE, 24));
        assert_eq!(recorder.of(socket).len(), 1);
        end(recorder, &[socket, request, connection, session]);
    }
}

#[test]
fn b2_2_7_a_close_after_the_peer_has_dropped_fails_in_the_callback() {
    for is_reset in [true, false] {
        let Chat { recorder, session, connection, request, socket, mut peer } = Chat::new();
        assert_eq!(receive(socket, buffer(64).as_mut_ptr(), 64), 0);
        peer.wait_for_receive();
        leave(peer, is_reset);
        recorder.wait_for(socket, ERROR, 1);
        assert_eq!(close(socket, 1000), 0);
        let told = recorder.wait_for(socket, ERROR, 2);
        assert_eq!((told.information, told.length), (LOST_CLOSE, 24));
        assert_eq!(recorder.of(socket).len(), 2);
        end(recorder, &[socket, request, connection, session]);
    }
}

#[test]
fn b2_2_8_a_send_on_a_connection_that_was_reset_fails_on_the_caller() {
    let Chat { recorder, session, connection, request, socket, peer } = Chat::new();
    peer.reset();
    // The system may take some sends before it knows of the reset.
    let mut count = 0;
    loop {
        assert_eq!(send(socket, BINARY, b"hello"), 0);
        count += 1;
        let told = recorder.of(socket);
        assert_eq!(told.len(), count, "each completes before its call returns");
        assert_eq!(told[count - 1].thread, thread::current().id());
        if told[count - 1].status == ERROR {
            assert_eq!((&told[count - 1].information, told[count - 1].length), (&LOST_SEND, 24));
            break;
        }
        assert_eq!(told[count - 1].status, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
    }
    end(recorder, &[socket, request, connection, session]);
}

#[test]
fn b2_2_10_a_connection_that_is_refused_has_the_error_of_a_request() {
    let (_socket, address) = refusing();
    let recorder = Recorder::new();
    let session = open(recorder);
    let connection = c::connect(session, Some("127.0.0.1"), address.port(), 0);
    let request = c::open_request(connection, None, Some("/"));
    assert_eq!(send_request(request, recorder.context()), 0);
    let told = recorder.wait_for(request, ERROR, 1);
    assert_eq!((told.information, told.length), (Information::Result(5, 12029), 16));
    let statuses = recorder.statuses(request);
    assert_eq!(statuses[statuses.len() - 2..], [WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, ERROR]);
    end(recorder, &[request, connection, session]);
}

#[test]
fn b2_2_11_a_server_without_an_answer_fails_the_response() {
    for asking in [Asking::plainly(None), Asking::new()] {
        let (peer, _) = asking.sent();
        drop(peer);
        asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
        assert_eq!(receive_response(asking.request), 0);
        let told = asking.recorder.wait_for(asking.request, ERROR, 1);
        assert_eq!((told.information, told.length), (Information::Result(1, 12152), 16));
        let told = asking.recorder.of(asking.request);
        let [.., received, _] = &told[..] else { panic!("{told:?}") };
        let expected = (WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, &Information::Number(0));
        assert_eq!((received.status, &received.information), expected);
        asking.end();
    }
}

#[test]
fn b2_4_5_a_request_that_fails_at_once_has_its_context_already() {
    let (_socket, address) = refusing();
    let [of_session, of_request] = [(); 2].map(|()| Recorder::new());
    let session = open(of_session);
    let connection = c::connect(session, Some("127.0.0.1"), address.port(), 0);
    let request = c::open_request(connection, None, Some("/"));
    assert_eq!(send_request(request, of_request.context()), 0);
    of_request.wait_for(request, ERROR, 1);
    end(of_request, &[request]);
    end(of_session, &[connection, session]);
    assert_eq!(of_session.of(request), [], "all of them had the context of the request");
}
