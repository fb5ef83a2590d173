//! `winws::connect` and its socket, against tungstenite's server.

use std::error::Error as _;
use std::net::{TcpListener, TcpStream};
use std::thread;

use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::protocol::CloseFrame;
use tungstenite::{Message, WebSocket};
use winws::CloseStatus;
use winws::api::Win32Error;
use winws::api::winhttp::{WebSocketBufferType, WebSocketQueryCloseStatusError, WebSocketSendError};

/// Runs a server for one connection beside a client.
fn with_server(server: impl FnOnce(WebSocket<TcpStream>) + Send + 'static, client: impl FnOnce(&winws::WebSocket)) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || server(tungstenite::accept(listener.accept().unwrap().0).unwrap()));
    client(&winws::connect(&url).unwrap());
    server.join().unwrap();
}

#[test]
fn echo_and_close() {
    let server = |mut peer: WebSocket<TcpStream>| {
        for _ in 0..2 {
            let message = peer.read().unwrap();
            peer.send(message).unwrap();
        }
        assert!(matches!(peer.read(), Ok(Message::Close(Some(_)))));
        while peer.read().is_ok() {}
    };
    with_server(server, |socket| {
        let mut buffer = [0; 64];
        socket.send_text("hello").unwrap();
        let received = socket.receive(&mut buffer).unwrap();
        assert!(received.is_text() && received.is_end_of_message());
        assert_eq!(&buffer[..received.len], b"hello");
        socket.send(WebSocketBufferType::BinaryFragment, b"a").unwrap();
        socket.send_binary(b"b").unwrap();
        let received = socket.receive(&mut buffer).unwrap();
        assert_eq!((received.kind, &buffer[..received.len]), (WebSocketBufferType::BinaryMessage, &b"ab"[..]));
        assert_eq!(socket.query_close_status(), Err(WebSocketQueryCloseStatusError::InvalidOperation));
        socket.close(4001, "bye").unwrap();
        let status = CloseStatus { code: 4001, reason: "bye".to_owned() };
        assert_eq!(socket.query_close_status(), Ok(status));
        assert_eq!(socket.send_text("late"), Err(WebSocketSendError::InvalidOperation));
    });
}

#[test]
fn the_server_closes() {
    let server = |mut peer: WebSocket<TcpStream>| {
        peer.close(Some(CloseFrame { code: 4002.into(), reason: "théirs".into() })).unwrap();
        assert!(matches!(peer.read(), Ok(Message::Close(Some(frame))) if u16::from(frame.code) == 1000));
        while peer.read().is_ok() {}
    };
    with_server(server, |socket| {
        assert!(socket.receive(&mut [0; 1]).unwrap().is_close());
        let status = CloseStatus { code: 4002, reason: "théirs".to_owned() };
        assert_eq!(socket.query_close_status(), Ok(status));
        socket.shutdown(1000, "").unwrap();
    });
}

#[test]
fn dropping_ends_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut peer = tungstenite::accept(listener.accept().unwrap().0).unwrap();
        peer.read().is_err()
    });
    drop(winws::connect(&url).unwrap());
    assert!(server.join().unwrap());
}

#[test]
fn a_subprotocol_is_agreed_upon() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        #[allow(clippy::result_large_err, clippy::unnecessary_wraps, reason = "tungstenite's signature")]
        fn choose(_: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
            response.headers_mut().insert("Sec-WebSocket-Protocol", "b".parse().unwrap());
            Ok(response)
        }
        tungstenite::accept_hdr(listener.accept().unwrap().0, choose).unwrap();
    });
    let socket = winws::connect_with(&url, &winws::ConnectOptions { subprotocols: &["a", "b"], headers: &[] }).unwrap();
    assert_eq!(socket.subprotocol(), Some("b"));
    server.join().unwrap();
}

#[test]
fn a_refusal_has_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        #[allow(clippy::result_large_err, reason = "tungstenite's signature")]
        fn refuse(_: &Request, _: Response) -> Result<Response, ErrorResponse> {
            let mut response = ErrorResponse::new(None);
            *response.status_mut() = tungstenite::http::StatusCode::FORBIDDEN;
            response.headers_mut().insert("X-Why", "closed today".parse().unwrap());
            Err(response)
        }
        assert!(tungstenite::accept_hdr(listener.accept().unwrap().0, refuse).is_err());
    });
    let error = winws::connect(&url).unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert!(error.headers().any(|(name, value)| name.eq_ignore_ascii_case("x-why") && value == "closed today"));
    assert!(error.source().is_none());
    assert_eq!(error.code(), Win32Error::ERROR_INVALID_OPERATION, "b1.2.7");
    server.join().unwrap();
    let error = winws::connect("socks://127.0.0.1/").unwrap_err();
    assert_eq!((error.code(), error.status()), (Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME, None));
    assert_eq!(
        error.to_string(),
        "ERROR_WINHTTP_UNRECOGNIZED_SCHEME (12006): a URL begins with ws://, wss://, http:// or https://"
    );
}

#[test]
fn a_socket_is_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<winws::WebSocket>();
    check::<winws::WinHttp>();
}
