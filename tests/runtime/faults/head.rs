//! Heads that never end, come too early or lie.

use std::thread;

use winws_api::Win32Error;
use winws_api::winhttp::{ReceiveResponseError, WebSocketBufferType, WriteDataError, sys};
use winws_tests_runtime::peer::{Opening, frame};

use super::asked::Asked;

#[test]
fn heads_are_bounded() {
    for (begin, endless, expected) in [
        ("", "HTTP/1.1 100 Continue\r\n\r\n", ReceiveResponseError::InvalidServerResponse),
        ("HTTP/1.1 200 OK\r\n", "X-Header: again\r\n", ReceiveResponseError::HeaderSizeOverflow),
        ("HTTP/1.1 200 ", "O", ReceiveResponseError::HeaderSizeOverflow),
        ("HTTP/1.1 200 OK\r\nX: ", "\t", ReceiveResponseError::HeaderSizeOverflow),
        ("HTTP/1.1 200 OK\r\nX: ", "\r", ReceiveResponseError::HeaderSizeOverflow),
    ] {
        let Asked { request, mut peer, .. } = Asked::new(0);
        peer.write(begin.as_bytes());
        thread::scope(|scope| {
            scope.spawn(|| peer.write_until_gone(endless.repeat(1000).as_bytes()));
            assert_eq!(request.receive_response(), Err(expected), "{begin}{endless}");
        });
    }
}

/// The limit is for the whole head, however much of it comes and how fast.
#[test]
fn a_head_that_never_ends_ends_with_its_time() {
    let Asked { request, mut peer, .. } = Asked::with(0, |request| {
        request.set(sys::WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, u32::MAX);
        request.set(sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 100);
    });
    peer.write(b"HTTP/1.1 200 OK\r\nX: ");
    thread::scope(|scope| {
        scope.spawn(|| peer.write_until_gone(&[b'x'; 4096]));
        assert_eq!(request.receive_response(), Err(ReceiveResponseError::Timeout));
    });
}

#[test]
fn a_response_before_the_whole_request_is_the_response() {
    let Asked { request, mut peer, head } = Asked::new(10);
    assert!(head.contains("\r\nContent-Length: 10\r\n"), "{head}");
    peer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
    assert_eq!(request.receive_response(), Err(ReceiveResponseError::IncorrectHandleState), "the body is missing");
    assert_eq!(request.write_data(11), Err(WriteDataError::InvalidParameter));
    assert_eq!(request.write_data(10), Ok(()));
    assert_eq!(request.receive_response(), Ok(()));
    assert_eq!(request.read_data(100).unwrap(), b"no");
}

/// RFC 9110 section 15.2: a response with a status of 1xx has no content. What comes behind it are frames.
#[test]
fn a_101_has_no_body_whatever_it_says() {
    for lie in ["Content-Length: 4\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut opening = Opening::new(&[]);
        let answer = opening.good_answer(lie);
        assert_eq!(opening.answer(&answer), Win32Error::NO_ERROR);
        let socket = opening.complete_upgrade().unwrap();
        opening.peer.write(&frame(0x81, b"hi"));
        assert_eq!(socket.receive(8), Ok((WebSocketBufferType::Utf8Message, b"hi".to_vec())));
    }
}
