//! Section 1.1: what a call does with a handle that is none, or not of its kind.

use std::ptr;

use winws::WinHttp;
use winws_api::Win32Error;
use winws_api::winhttp::{HInternet, WebSocketBufferType};
use winws_tests_runtime::peer::{Opening, Socket, UpgradeRequests as _, close_frame, connect, frame};

use super::{INCORRECT_STATE, INCORRECT_TYPE, INVALID_HANDLE, INVALID_OPERATION, INVALID_PARAMETER, OK, c};

/// Calls the five functions on a socket handle, with good arguments, and checks that each gives this code.
fn check_all_five(socket: &Socket, expected: Win32Error) {
    assert_eq!(socket.send(WebSocketBufferType::Utf8Message, b"x"), expected);
    assert_eq!(socket.receive(8), Err(expected));
    assert_eq!(socket.shutdown(1000, b""), expected);
    assert_eq!(socket.close(1000, b""), expected);
    assert_eq!(socket.close_status(), Err(expected));
}

#[test]
fn b1_1_1_null_or_bogus_handle() {
    check_all_five(&Socket(HInternet::NULL), INVALID_HANDLE);
    let buffer = &mut [0; 8];
    for word in [0, 1, 0x1234_5678, usize::MAX] {
        let bogus = ptr::without_provenance_mut(word);
        assert_eq!(c::send(bogus, 0, None, 0), 6);
        assert_eq!(c::receive(bogus, Some(buffer), 8, Some(&mut 0), Some(&mut 0)), 6);
        assert_eq!(c::shutdown(bogus, 1000, None, 0), 6);
        assert_eq!(c::close(bogus, 1000, None, 0), 6);
        assert_eq!(c::query_close_status(bogus, Some(&mut 0), None, 0, Some(&mut 0)), 6);
    }
}

#[test]
fn complete_upgrade_of_a_bogus_handle_is_null_with_last_error_6() {
    for word in [0, 1, usize::MAX] {
        winws::ffi::set_last_error(0);
        assert!(c::complete_upgrade(ptr::without_provenance_mut(word)).is_null());
        assert_eq!(winws::ffi::last_error(), 6);
    }
}

#[test]
fn b1_1_3_request_handle_given_to_a_socket_function() {
    let opening = Opening::new(&[]);
    check_all_five(&Socket(opening.request), INCORRECT_TYPE);
}

#[test]
fn the_reverse_of_b1_1_3_socket_handle_given_to_a_request_function() {
    let (socket, _peer) = connect();
    assert_eq!(WinHttp::process().send_request(socket.0), Err(INCORRECT_TYPE));
    assert_eq!(WinHttp::process().receive_response(socket.0), Err(INCORRECT_TYPE));
    assert_eq!(WinHttp::process().status_code(socket.0), Err(INCORRECT_TYPE));
    assert_eq!(WinHttp::process().response_header(socket.0, "Upgrade"), Err(INCORRECT_TYPE));
    assert!(c::complete_upgrade(c::word(socket.0)).is_null());
    assert_eq!(winws::ffi::last_error(), 12018);
}

#[test]
fn b1_1_6_socket_handle_after_close_handle() {
    let (socket, _peer) = connect();
    assert_eq!(socket.close_handle(), OK);
    check_all_five(&socket, INVALID_HANDLE);
    assert_eq!(socket.close_handle(), INVALID_HANDLE);
    // Nor does the old handle name whoever comes next.
    let (_other, _peer) = connect();
    check_all_five(&socket, INVALID_HANDLE);
}

#[test]
fn b1_1_8_request_closed_right_after_the_upgrade() {
    let mut opening = Opening::new(&[]);
    let answer = opening.good_answer("");
    assert_eq!(opening.answer(&answer), OK);
    let socket = opening.complete_upgrade().unwrap();
    assert_eq!(WinHttp::process().close_handle(opening.request), Ok(()));
    assert_eq!(WinHttp::process().status_code(opening.request), Err(INVALID_HANDLE));
    opening.peer.write(&frame(0x81, b"hi"));
    assert_eq!(socket.receive(8), Ok((WebSocketBufferType::Utf8Message, b"hi".to_vec())));
    assert_eq!(socket.send(WebSocketBufferType::Utf8Message, b"ho"), OK);
    assert_eq!(opening.peer.read_frame(), (0x81, b"ho".to_vec()));
}

/// Calls every function with bad arguments, in as many ways as it has, and checks for 87.
fn check_bad_arguments(socket: &Socket) {
    assert_eq!(socket.send(WebSocketBufferType::Close, b""), INVALID_PARAMETER);
    assert_eq!(socket.receive(0), Err(INVALID_PARAMETER));
    for (status, reason) in [(1000, &[b'x'; 124][..]), (1006, b""), (1005, b"x"), (1000, b"\xff")] {
        assert_eq!(socket.shutdown(status, reason), INVALID_PARAMETER);
        assert_eq!(socket.close(status, reason), INVALID_PARAMETER);
    }
    let word = c::word(socket.0);
    assert_eq!(c::send(word, 5, None, 0), 87);
    assert_eq!(c::send(word, 0, None, 1), 87);
    assert_eq!(c::receive(word, None, 0, Some(&mut 0), Some(&mut 0)), 87);
    assert_eq!(c::shutdown(word, 1000, None, 1), 87);
    assert_eq!(c::close(word, 1000, None, 1), 87);
    assert_eq!(c::query_close_status(word, None, None, 0, Some(&mut 0)), 87);
    assert_eq!(c::query_close_status(word, Some(&mut 0), None, 1, Some(&mut 0)), 87);
}

#[test]
fn b1_1_10_arguments_are_checked_before_the_state() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(1000, b""), OK);
    check_bad_arguments(&socket);
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, b""), OK);
    check_bad_arguments(&socket);
    assert_eq!(socket.send(WebSocketBufferType::Utf8Message, b"x"), INVALID_OPERATION);
}

#[test]
fn b1_1_11_arguments_are_checked_before_the_handle() {
    check_bad_arguments(&Socket(HInternet::NULL));
    let opening = Opening::new(&[]);
    check_bad_arguments(&Socket(opening.request));
}

#[test]
fn b1_4_2_null_outputs_are_judged_after_the_handle_and_its_type() {
    let receive = |word| c::receive(word, Some(&mut [0; 8]), 8, None, None);
    let (socket, _peer) = connect();
    assert_eq!(receive(c::word(socket.0)), 87);
    assert_eq!(c::receive(c::word(socket.0), Some(&mut [0; 8]), 8, Some(&mut 0), None), 87);
    assert_eq!(receive(c::word(HInternet::NULL)), 6);
    assert_eq!(receive(c::word(Opening::new(&[]).request)), 12018);
}

#[test]
fn the_type_of_a_handle_is_checked_before_its_state() {
    let opening = Opening::new(&[]);
    // The request could not do this now either: it has no response.
    assert_eq!(Socket(opening.request).close_status(), Err(INCORRECT_TYPE));
    let opening = Opening::new(&[]);
    assert_eq!(opening.complete_upgrade().unwrap_err(), INCORRECT_STATE);
}
