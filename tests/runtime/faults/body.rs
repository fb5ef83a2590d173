//! Bodies that lie, never end or break off. No call has a time limit here.

use std::thread;

use winws_api::winhttp::{QueryDataAvailableError, ReadDataError};

use super::asked::{Asked, Request};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const UNTIL_END: &str = "HTTP/1.1 200 OK\r\n\r\n";

/// Both ways to ask for more of the body, and whether that fails because the server does not speak HTTP.
const ASKS_OF_GARBAGE: [fn(&Request) -> bool; 2] = [
    |request| request.available() == Err(QueryDataAvailableError::InvalidServerResponse),
    |request| request.read_data(100) == Err(ReadDataError::InvalidServerResponse),
];

/// The same, and whether that fails because the connection is of no use any more.
const ASKS: [fn(&Request) -> bool; 2] = [
    |request| request.available() == Err(QueryDataAvailableError::ConnectionError),
    |request| request.read_data(100) == Err(ReadDataError::ConnectionError),
];

#[test]
fn what_stands_between_chunks_is_bounded() {
    for (begin, endless) in [("a;", "extension"), ("0\r\nX-Trailer: ", "a"), ("0\r\n", "A: b\r\n"), ("", "0")] {
        for fails in ASKS_OF_GARBAGE {
            let Asked { request, mut peer, .. } = Asked::answered(CHUNKED);
            peer.write(begin.as_bytes());
            thread::scope(|scope| {
                scope.spawn(|| peer.write_until_gone(endless.repeat(1000).as_bytes()));
                let has_failed = fails(&request);
                // This sends the server home.
                request.close();
                assert!(has_failed, "{begin}{endless}");
            });
        }
    }
}

#[test]
fn a_chunk_that_is_none_fails_at_once_and_again() {
    for fails in ASKS_OF_GARBAGE {
        let Asked { request, mut peer, .. } = Asked::answered(CHUNKED);
        peer.write(b"3\r\nabc\r\nno size");
        assert_eq!(request.read_data(3).unwrap(), b"abc");
        assert!(fails(&request) && fails(&request));
    }
}

#[test]
fn a_body_that_breaks_off_has_not_ended() {
    for head in [CHUNKED.to_owned() + "a\r\n", format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1_u64 << 63)] {
        for fails in ASKS {
            let Asked { request, mut peer, .. } = Asked::answered(&head);
            peer.write(b"abc");
            peer.finish();
            assert_eq!(request.read_data(100).unwrap(), b"abc", "what came is given out first");
            assert!(fails(&request) && fails(&request), "{head}");
        }
    }
}

/// A reset is no end of a body that ends with the stream.
#[test]
fn a_body_up_to_the_end_that_is_reset_has_not_ended() {
    for fails in ASKS {
        let Asked { request, mut peer, .. } = Asked::answered(UNTIL_END);
        peer.write(b"abc");
        assert_eq!(request.read_data(3).unwrap(), b"abc");
        peer.reset();
        assert!(fails(&request) && fails(&request));
    }
    let Asked { request, mut peer, .. } = Asked::answered(UNTIL_END);
    peer.write(b"abc");
    assert_eq!(request.read_data(1).unwrap(), b"a");
    peer.reset();
    assert_eq!(request.read_data(100).unwrap(), b"bc", "what came is given out first");
    assert_eq!(request.read_data(100), Err(ReadDataError::ConnectionError));
}

#[test]
fn what_comes_behind_a_body_is_not_of_it() {
    for body in ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", &(CHUNKED.to_owned() + "3\r\nabc\r\n0\r\n\r\n")] {
        let Asked { request, mut peer, .. } = Asked::answered(body);
        thread::scope(|scope| {
            scope.spawn(|| peer.write_until_gone(b"HTTP/1.1 200 OK\r\n\r\ngarbage"));
            let read = request.read_data(100);
            let more = (request.available(), request.read_data(100));
            request.close();
            assert_eq!((read.unwrap(), more), (b"abc".to_vec(), (Ok(0), Ok(Vec::new()))));
        });
    }
}

/// RFC 9110 section 15.4.5 and RFC 9112 section 6.3: the length is that of a body which another request would have got.
#[test]
fn a_response_that_has_no_body_ends_with_its_head() {
    for status in ["204 No Content", "304 Not Modified"] {
        let Asked { request, .. } = Asked::answered(&format!("HTTP/1.1 {status}\r\nContent-Length: 3\r\n\r\nabc"));
        assert_eq!((request.available(), request.read_data(100)), (Ok(0), Ok(Vec::new())));
    }
}
