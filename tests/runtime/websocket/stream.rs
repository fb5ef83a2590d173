//! A connection over any stream that blocks, and the handshake over one. The stream is a script here.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use winws::protocol::{CloseFrame, Fault, MessageKind};
use winws::websocket::{Config, SendError, StreamError, StreamSocket};
use winws::{AcceptError, AcceptOptions};
use winws_tests_runtime::peer::{REQUEST, close_frame, frame, masked_frame};

/// What each read gives and how much each write takes, one after the other. After the last one, reads give the end and writes
/// take everything.
#[derive(Debug, Default)]
struct Script {
    reads: VecDeque<Result<Vec<u8>, ErrorKind>>,
    writes: VecDeque<Result<usize, ErrorKind>>,
    written: Vec<u8>,
    /// How much of it was flushed when something was read.
    flushed: usize,
}

impl Script {
    fn of(reads: impl IntoIterator<Item = Result<Vec<u8>, ErrorKind>>) -> Self {
        Self { reads: reads.into_iter().collect(), ..Self::default() }
    }
}

impl Read for Script {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        assert_eq!(self.flushed, self.written.len(), "bytes are held back while the peer is waited for");
        let mut bytes = self.reads.pop_front().unwrap_or(Ok(Vec::new()))?;
        let length = bytes.len().min(buf.len());
        buf[..length].copy_from_slice(&bytes[..length]);
        if length < bytes.len() {
            self.reads.push_front(Ok(bytes.split_off(length)));
        }
        Ok(length)
    }
}

impl Write for Script {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let taken = self.writes.pop_front().unwrap_or(Ok(usize::MAX))?.min(buf.len());
        self.written.extend_from_slice(&buf[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed = self.written.len();
        Ok(())
    }
}

fn server(reads: impl IntoIterator<Item = Result<Vec<u8>, ErrorKind>>) -> StreamSocket<Script> {
    StreamSocket::new(Config::server(), Script::of(reads), Vec::new())
}

fn received(socket: &mut StreamSocket<Script>) -> Result<Option<(MessageKind, Vec<u8>)>, StreamError> {
    let mut message = b"before".to_vec();
    Ok(socket.receive_message(&mut message)?.map(|kind| (kind, message)))
}

fn kind_of<T: std::fmt::Debug>(result: Result<T, StreamError>) -> ErrorKind {
    match result.unwrap_err() {
        StreamError::Io(error) => error.kind(),
        error => panic!("{error:?}"),
    }
}

const HELLO: (MessageKind, &[u8]) = (MessageKind::Text, b"hello");

#[test]
fn messages_are_whole_and_pings_are_answered() {
    let bytes = [masked_frame(1, b"he"), masked_frame(0x89, b"?"), masked_frame(0x80, b"llo"), masked_frame(0x88, b"")];
    let mut socket = server([Ok(bytes.concat())]);
    assert_eq!(received(&mut socket).unwrap(), Some((HELLO.0, HELLO.1.to_vec())));
    assert_eq!((socket.stream().flushed, &*socket.stream().written), (3, &*frame(0x8a, b"?")));
    socket.send(MessageKind::Binary, b"hi").unwrap();
    assert_eq!(received(&mut socket).unwrap(), None);
    assert_eq!(socket.peer_close().map(|close| close.status()), Some(1005));
    socket.close(CloseFrame::new(1000, b"").unwrap()).unwrap();
    let expected = [frame(0x8a, b"?"), frame(0x82, b"hi"), close_frame(1000, "")].concat();
    assert_eq!(socket.stream().written, expected);
    assert_eq!(socket.stream().flushed, expected.len());
    assert!(matches!(received(&mut socket), Err(StreamError::Ended)));
    assert!(matches!(socket.send(MessageKind::Text, b"late"), Err(StreamError::Send(SendError::Closed))));
}

/// The script demands that nothing is held back when it is read from.
#[test]
fn a_pong_is_flushed_before_the_next_read() {
    let mut socket = server([Ok(masked_frame(0x89, b"?")), Ok(masked_frame(0x81, b"hello"))]);
    assert_eq!(received(&mut socket).unwrap(), Some((HELLO.0, HELLO.1.to_vec())));
    assert_eq!(socket.stream().written, frame(0x8a, b"?"));
}

#[test]
fn what_came_with_the_handshake_comes_first() {
    let bytes = masked_frame(0x81, &vec![b'x'; 9000]);
    let (ahead, rest) = bytes.split_at(6000);
    let mut socket = StreamSocket::new(Config::server(), Script::of([Ok(rest.to_vec())]), ahead.to_vec());
    assert_eq!(received(&mut socket).unwrap(), Some((MessageKind::Text, vec![b'x'; 9000])));
}

#[test]
fn a_stream_that_gives_up_loses_nothing() {
    let bytes = masked_frame(0x81, b"hello");
    let mut socket = server(bytes.iter().flat_map(|&byte| [Ok(vec![byte]), Err(ErrorKind::WouldBlock)]));
    for _ in 1..bytes.len() {
        assert_eq!(kind_of(received(&mut socket)), ErrorKind::WouldBlock);
    }
    assert_eq!(received(&mut socket).unwrap(), Some((HELLO.0, HELLO.1.to_vec())));
    // A write too, and the rest goes out before anything else. An interrupted one is tried again.
    let stream = Script {
        reads: [Err(ErrorKind::Interrupted), Ok(bytes)].into(),
        writes: [Ok(1), Err(ErrorKind::TimedOut), Err(ErrorKind::Interrupted), Ok(2)].into(),
        ..Script::default()
    };
    let mut socket = StreamSocket::new(Config::server(), stream, Vec::new());
    assert_eq!(kind_of(socket.send(MessageKind::Binary, b"one")), ErrorKind::TimedOut);
    assert_eq!(socket.stream().written, b"\x82");
    socket.send(MessageKind::Binary, b"two").unwrap();
    assert_eq!(socket.stream().written, b"\x82\x03one\x82\x03two");
    assert_eq!(received(&mut socket).unwrap(), Some((HELLO.0, HELLO.1.to_vec())));
}

#[test]
fn messages_stay_apart_whatever_is_sent_after_a_stream_gave_up() {
    let messages = [masked_frame(0x81, b"one"), masked_frame(0x81, b"two"), masked_frame(0x81, b"three")].concat();
    let expect = |socket: &mut StreamSocket<Script>, text: &[u8]| {
        assert_eq!(received(socket).unwrap(), Some((MessageKind::Text, text.to_vec())));
    };
    // Each read that gave up had a receive, and there is one all the same.
    let mut socket = server([Err(ErrorKind::WouldBlock), Err(ErrorKind::TimedOut), Ok(messages.clone())]);
    assert_eq!(kind_of(received(&mut socket)), ErrorKind::WouldBlock);
    assert_eq!(kind_of(received(&mut socket)), ErrorKind::TimedOut);
    expect(&mut socket, b"one");
    socket.send(MessageKind::Text, b"answer").unwrap();
    expect(&mut socket, b"two");
    expect(&mut socket, b"three");
    // A pong could not be written, and the messages behind its ping have come.
    let stalled = |bytes: Vec<u8>| {
        let writes = [Err(ErrorKind::WouldBlock)].into();
        let stream = Script { reads: [Ok(bytes)].into(), writes, ..Script::default() };
        let mut socket = StreamSocket::new(Config::server(), stream, Vec::new());
        assert_eq!(kind_of(received(&mut socket)), ErrorKind::WouldBlock);
        socket.send(MessageKind::Text, b"x").unwrap();
        socket
    };
    let mut socket = stalled([masked_frame(0x89, b""), messages].concat());
    expect(&mut socket, b"one");
    expect(&mut socket, b"two");
    expect(&mut socket, b"three");
    let mut socket = stalled([masked_frame(0x89, b""), masked_frame(0x88, b"")].concat());
    assert_eq!(received(&mut socket).unwrap(), None, "the close frame of the peer");
}

#[test]
fn an_end_without_a_close_is_an_error() {
    assert_eq!(kind_of(received(&mut server([Ok(masked_frame(1, b"part"))]))), ErrorKind::UnexpectedEof);
    assert_eq!(kind_of(server([]).close(CloseFrame::EMPTY)), ErrorKind::UnexpectedEof);
    let stream = Script { writes: [Ok(0)].into(), ..Script::default() };
    let mut socket = StreamSocket::new(Config::server(), stream, Vec::new());
    assert_eq!(kind_of(socket.send(MessageKind::Text, b"hello")), ErrorKind::WriteZero);
}

#[test]
fn a_peer_that_breaks_the_protocol_is_told_so_once() {
    let mut socket = server([Ok(frame(0x81, b"not masked"))]);
    assert!(matches!(received(&mut socket), Err(StreamError::Fault(Fault::WrongMasking))));
    assert_eq!(socket.stream().written, b"\x88\x02\x03\xea");
    assert!(matches!(received(&mut socket), Err(StreamError::Ended)));
    assert!(matches!(socket.send(MessageKind::Text, b"late"), Err(StreamError::Send(SendError::Closed))));
    assert_eq!(socket.stream().written, b"\x88\x02\x03\xea");
}

#[test]
fn a_message_that_is_too_long_is_refused_for_good() {
    let bytes = [masked_frame(1, b"hel"), masked_frame(0, b"lo"), masked_frame(0x80, b"!"), masked_frame(0x88, b"")];
    let mut socket = server(bytes.map(Ok));
    socket.set_message_limit(4);
    for _ in 0..2 {
        assert!(matches!(received(&mut socket), Err(StreamError::TooLong { limit: 4 })));
    }
    socket.close(CloseFrame::EMPTY).unwrap();
    assert_eq!(socket.stream().written, close_frame(1009, ""));
}

#[test]
fn a_close_drops_what_comes_before_the_answer() {
    let mut socket = server([Ok(masked_frame(0x82, &[7; 9000])), Ok(masked_frame(0x88, b"\x0f\xa0"))]);
    socket.close(CloseFrame::new(1000, b"bye").unwrap()).unwrap();
    assert_eq!(socket.peer_close().map(|close| close.status()), Some(4000));
    assert_eq!(socket.stream().written, close_frame(1000, "bye"));
}

#[test]
fn a_text_that_is_none_is_refused_and_nothing_is_sent() {
    let mut socket = server([]);
    let refused = socket.send(MessageKind::Text, b"\xff");
    assert!(matches!(refused, Err(StreamError::Send(SendError::InvalidUtf8))));
    assert_eq!(socket.stream().written, b"");
}

#[test]
fn both_ends_talk_over_a_pair() {
    let (one, other) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let (mut socket, mut message) = (StreamSocket::new(Config::server(), one, Vec::new()), Vec::new());
            while let Some(kind) = socket.receive_message(&mut message).unwrap() {
                socket.send(kind, &message).unwrap();
            }
            socket.close(CloseFrame::EMPTY).unwrap();
        });
        let (mut socket, mut message) = (StreamSocket::new(Config::client(), other, Vec::new()), Vec::new());
        for size in [0, 125, 126, 65_536, 1_000_000] {
            let sent = vec![7; size];
            socket.send(MessageKind::Binary, &sent).unwrap();
            assert_eq!(socket.receive_message(&mut message).unwrap(), Some(MessageKind::Binary));
            assert!(message == sent, "{size} bytes");
        }
        socket.close(CloseFrame::EMPTY).unwrap();
    });
}

/// Sends these bytes to a server that speaks "chat" and knows one path: what comes of it, and the response.
fn accept(bytes: &[u8]) -> (Result<StreamSocket<UnixStream>, AcceptError>, String) {
    let (stream, mut client) = UnixStream::pair().unwrap();
    client.write_all(bytes).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let options = AcceptOptions { subprotocols: &["chat"], head_limit: REQUEST.len(), ..AcceptOptions::default() };
    let accepted = winws::accept_over(stream, &options, |request, answer| {
        if request.target() != "/chat" {
            answer.refuse(404);
        }
    });
    let mut response = vec![0; 1000];
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = client.read(&mut response).unwrap();
    (accepted, String::from_utf8_lossy(&response[..length]).into_owned())
}

#[test]
fn a_request_is_accepted_over_any_stream_and_frames_behind_it_are_kept() {
    let (accepted, response) = accept(&[REQUEST.as_bytes(), &masked_frame(0x81, b"hello")].concat());
    assert!(response.starts_with("HTTP/1.1 101 ") && response.contains("\r\nSec-WebSocket-Protocol: chat\r\n"));
    let mut message = Vec::new();
    accepted.unwrap().receive_message(&mut message).unwrap();
    assert_eq!(message, b"hello");
}

#[test]
fn a_request_over_any_stream_is_refused_as_over_tcp() {
    for (request, status) in [
        (REQUEST.replace("/chat ", "/else "), 404),
        (REQUEST.replace("Version: 13", "Version: 12"), 426),
        (REQUEST.replace("Host", "Hast"), 400),
        (REQUEST.replace("GET", "PUT"), 400),
        (REQUEST.replace("Origin", "A: b\r\nOrigin"), 431),
        (REQUEST.replace("\r\n\r\n", ""), 408),
    ] {
        let (accepted, response) = accept(request.as_bytes());
        assert_eq!(accepted.unwrap_err().status(), Some(status));
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
    }
    let (stream, client) = UnixStream::pair().unwrap();
    drop(client);
    let accepted = winws::accept_over(stream, &AcceptOptions::default(), |_, _| {});
    assert!(matches!(accepted.unwrap_err(), AcceptError::Closed { received: 0 }));
}
