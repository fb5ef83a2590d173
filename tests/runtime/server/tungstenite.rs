//! An echo server for clients of others, and for our own.

use std::net::{TcpListener, TcpStream};
use std::thread;

use tungstenite::Message;
use tungstenite::client::IntoClientRequest as _;
use winws::{AcceptOptions, CloseStatus};
use winws_api::winhttp::WebSocketBufferType;

/// Serves one client that gets everything back, and gives the client's close.
fn with_echo(client: impl FnOnce(&str) + Send) -> Option<CloseStatus> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/echo", listener.local_addr().unwrap());
    thread::scope(|scope| {
        scope.spawn(|| client(&url));
        let options = AcceptOptions { subprotocols: &["echo"], ..AcceptOptions::default() };
        let socket = winws::accept_with(listener.accept().unwrap().0, &options, |_, _| {}).unwrap();
        let mut message = Vec::new();
        loop {
            let delivery = socket.receive_message(&mut message).unwrap();
            if delivery.is_close() {
                socket.close(1000, "bye").unwrap();
                return socket.close_status();
            }
            socket.send(delivery.kind, &message).unwrap();
        }
    })
}

#[test]
fn a_client_of_tungstenite_is_served() {
    let status = with_echo(|url| {
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", "other, echo".parse().unwrap());
        let stream = TcpStream::connect(url.split('/').nth(2).unwrap()).unwrap();
        let (mut client, response) = tungstenite::client(request, stream).unwrap();
        assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "echo");
        for message in [Message::text("hello"), Message::text(""), Message::binary(vec![7; 1_000_000])] {
            client.send(message.clone()).unwrap();
            assert_eq!(client.read().unwrap(), message);
        }
        client.send(Message::Ping("?".into())).unwrap();
        assert_eq!(client.read().unwrap(), Message::Pong("?".into()));
        client.close(None).unwrap();
        let closed = client.read().unwrap();
        assert!(matches!(&closed, Message::Close(Some(frame)) if frame.reason == "bye"), "{closed:?}");
        assert!(matches!(client.read(), Err(tungstenite::Error::ConnectionClosed)));
    });
    assert_eq!(status.map(|status| status.code), Some(1005));
}

#[test]
fn a_client_of_our_own_is_served() {
    let status = with_echo(|url| {
        let client =
            winws::connect_with(url, &winws::ConnectOptions { subprotocols: &["echo"], headers: &[] }).unwrap();
        assert_eq!(client.subprotocol(), Some("echo"));
        client.send_text("hello").unwrap();
        let mut message = Vec::new();
        assert_eq!(client.receive_message(&mut message).unwrap().kind, WebSocketBufferType::Utf8Message);
        assert_eq!(message, b"hello");
        client.close(4000, "done").unwrap();
        assert_eq!(client.close_status(), Some(CloseStatus { code: 1000, reason: "bye".to_owned() }));
    });
    assert_eq!(status, Some(CloseStatus { code: 4000, reason: "done".to_owned() }));
}
