//! Section 1.2: the opening handshake, as far as it goes without sessions and options.

use std::net::TcpListener;

use winws::WinHttp;
use winws_api::Win32Error;
use winws_api::winhttp::{WebSocket as _, WebSocketBufferType};
use winws_tests_runtime::peer::{Opening, UpgradeRequests as _, frame};

use super::{CONNECTION_ERROR, INCORRECT_STATE, INVALID_OPERATION, INVALID_RESPONSE, OK, c};

#[test]
fn b1_2_5_normal_101() {
    let mut opening = Opening::new(&[("X-Mine", "1")]);
    assert!(opening.head.starts_with("GET /path?query HTTP/1.1\r\nHost: 127.0.0.1:"), "{}", opening.head);
    assert_eq!(opening.header("Upgrade"), Some("websocket"));
    assert_eq!(opening.header("Connection"), Some("Upgrade"));
    assert_eq!(opening.header("Sec-WebSocket-Version"), Some("13"));
    assert_eq!(opening.header("X-Mine"), Some("1"));
    let answer = opening.good_answer("");
    assert_eq!(opening.answer(&answer), OK);
    assert_eq!(WinHttp::process().status_code(opening.request), Ok(101));
    winws::ffi::set_last_error(1);
    assert!(!c::complete_upgrade(c::word(opening.request)).is_null());
    assert_eq!(winws::ffi::last_error(), 0);
}

#[test]
fn b1_2_6_refused_upgrade_has_a_status() {
    for status in [200, 403, 404, 500] {
        let mut opening = Opening::new(&[]);
        assert_eq!(opening.answer(&format!("HTTP/1.1 {status} No\r\nX-Why: because\r\n\r\nbody")), OK);
        assert_eq!(WinHttp::process().status_code(opening.request), Ok(status));
        let why = WinHttp::process().response_header(opening.request, "x-why");
        assert_eq!(why, Ok(Some("because".to_owned())));
    }
}

#[test]
fn b1_2_7_refused_upgrade_cannot_be_completed() {
    let mut opening = Opening::new(&[]);
    assert_eq!(opening.answer("HTTP/1.1 404 Not Found\r\n\r\n"), OK);
    assert_eq!(opening.complete_upgrade().unwrap_err(), INVALID_OPERATION);
    assert!(c::complete_upgrade(c::word(opening.request)).is_null());
    assert_eq!(winws::ffi::last_error(), 4317);
}

#[test]
fn b1_2_9_complete_upgrade_before_sending_or_after_a_failed_connect() {
    let request = WinHttp::process().open_request(&unused_url(), &[]).unwrap();
    let upgrade = || WinHttp::process().web_socket_complete_upgrade(request, 0).map_err(Win32Error::from);
    assert_eq!(upgrade(), Err(INCORRECT_STATE));
    assert!(WinHttp::process().send_request(request).is_err());
    assert_eq!(upgrade(), Err(INCORRECT_STATE));
}

#[test]
fn b1_2_11_complete_upgrade_twice() {
    let mut opening = Opening::new(&[]);
    let answer = opening.good_answer("");
    opening.answer(&answer);
    let _socket = opening.complete_upgrade().unwrap();
    assert_eq!(opening.complete_upgrade().unwrap_err(), INCORRECT_STATE);
}

/// Answers with a good answer in which one text stands for another, and checks the code of ReceiveResponse.
fn check_answer(headers: &[(&str, &str)], from: &str, to: &str, expected: Win32Error) {
    let mut opening = Opening::new(headers);
    let good = opening.good_answer("");
    assert!(good.contains(from));
    assert_eq!(opening.answer(&good.replacen(from, to, 1)), expected, "{from:?} -> {to:?}");
    assert_eq!(opening.complete_upgrade().is_ok(), expected == OK);
}

#[test]
fn b1_2_13_wrong_or_missing_accept() {
    check_answer(&[], "Accept: ", "Accept: A", INVALID_RESPONSE);
    check_answer(&[], "Sec-WebSocket-Accept", "X-Accept", INVALID_RESPONSE);
}

#[test]
fn b1_2_14_missing_upgrade_or_connection() {
    check_answer(&[], "Upgrade: websocket\r\n", "", INVALID_RESPONSE);
    check_answer(&[], "Connection: Upgrade\r\n", "", INVALID_RESPONSE);
}

#[test]
fn b1_2_15_other_case_and_several_tokens() {
    check_answer(&[], "Connection: Upgrade", "CONNECTION: keep-alive, upgrade", OK);
    check_answer(&[], "Upgrade: websocket", "upgrade: WebSocket", OK);
}

#[test]
fn b1_2_16_unasked_protocol_or_extension() {
    let end = "\r\n\r\n";
    check_answer(&[], end, "\r\nSec-WebSocket-Protocol: chat\r\n\r\n", INVALID_RESPONSE);
    check_answer(&[], end, "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", INVALID_RESPONSE);
    let asked = &[("Sec-WebSocket-Protocol", "chat")];
    check_answer(asked, end, "\r\nSec-WebSocket-Protocol: talk\r\n\r\n", INVALID_RESPONSE);
}

#[test]
fn b1_2_17_subprotocol() {
    let asked = &[("Sec-WebSocket-Protocol", "chat, talk")];
    let mut opening = Opening::new(asked);
    assert_eq!(opening.header("Sec-WebSocket-Protocol"), Some("chat, talk"));
    let answer = opening.good_answer("Sec-WebSocket-Protocol: talk\r\n");
    assert_eq!(opening.answer(&answer), OK);
    let chosen = WinHttp::process().response_header(opening.request, "Sec-WebSocket-Protocol");
    assert_eq!(chosen, Ok(Some("talk".to_owned())));
    // A server may choose none.
    check_answer(asked, "", "", OK);
}

#[test]
fn b1_2_19_first_frame_together_with_the_101() {
    let mut opening = Opening::new(&[]);
    let mut answer = opening.good_answer("").into_bytes();
    answer.extend([frame(0x81, b"early"), frame(0x01, b"and")].concat());
    opening.peer.write(&answer);
    assert_eq!(WinHttp::process().receive_response(opening.request), Ok(()));
    let socket = opening.complete_upgrade().unwrap();
    assert_eq!(socket.receive(64), Ok((WebSocketBufferType::Utf8Message, b"early".to_vec())));
    assert_eq!(socket.receive(64), Ok((WebSocketBufferType::Utf8Fragment, b"and".to_vec())));
    opening.peer.write(&frame(0x80, b"later"));
    assert_eq!(socket.receive(64), Ok((WebSocketBufferType::Utf8Message, b"later".to_vec())));
}

#[test]
fn b1_2_20_garbage_or_nothing_instead_of_a_response() {
    for answer in ["garbage", "SSH-2.0\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"] {
        assert_eq!(Opening::new(&[]).answer(answer), INVALID_RESPONSE, "{answer:?}");
    }
    let mut opening = Opening::new(&[]);
    opening.peer.write(b"HTTP/1.1 101 Swi");
    opening.peer.finish();
    assert_eq!(opening.answer(""), INVALID_RESPONSE);
    let Opening { request, peer, .. } = Opening::new(&[]);
    peer.reset();
    assert_eq!(WinHttp::process().receive_response(request), Err(INVALID_RESPONSE));
}

#[test]
fn b1_2_21_connection_refused() {
    let request = WinHttp::process().open_request(&unused_url(), &[]).unwrap();
    let refused = Err(Win32Error::ERROR_WINHTTP_CANNOT_CONNECT);
    assert_eq!(WinHttp::process().send_request(request), refused);
    assert_eq!(WinHttp::process().receive_response(request), Err(INCORRECT_STATE));
    assert_ne!(refused, Err(CONNECTION_ERROR));
}

#[test]
fn b1_2_22_complete_upgrade_after_a_response_that_failed() {
    let mut opening = Opening::new(&[]);
    assert_eq!(opening.answer("garbage"), INVALID_RESPONSE);
    assert_eq!(opening.complete_upgrade().unwrap_err(), INCORRECT_STATE);
}

#[test]
fn a_step_of_a_request_is_taken_once_and_in_order() {
    let mut opening = Opening::new(&[]);
    let winhttp = WinHttp::process();
    assert_eq!(winhttp.status_code(opening.request), Err(INCORRECT_STATE));
    assert_eq!(winhttp.send_request(opening.request), Err(INCORRECT_STATE));
    let answer = opening.good_answer("");
    assert_eq!(opening.answer(&answer), OK);
    assert_eq!(winhttp.receive_response(opening.request), Err(INCORRECT_STATE));
    assert!(opening.complete_upgrade().is_ok(), "wrong calls do no harm");
}

#[test]
fn headers_and_urls_are_checked() {
    let connect = |url, headers: &[_]| {
        winws::connect_with(url, &winws::ConnectOptions { headers, subprotocols: &[] }).unwrap_err().code()
    };
    assert_eq!(connect("ftp://host/", &[]), Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME);
    assert_eq!(connect("ws://host/#part", &[]), Win32Error::ERROR_WINHTTP_INVALID_URL);
    for header in [("X", "a\r\nEvil: b"), ("X\r\nEvil", "b"), ("Sec-WebSocket-Key", "mine")] {
        assert_eq!(connect("ws://host/", &[header]), Win32Error::ERROR_INVALID_PARAMETER);
        let request = WinHttp::process().open_request("ws://host:80/", &[header]);
        // The text of C may have several headers; those of the handshake are refused.
        assert_eq!(request.is_ok(), header.1 != "mine" && header.0 == "X");
    }
}

/// The URL of a port where nobody listens any more.
fn unused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("ws://{}/", listener.local_addr().unwrap())
}
