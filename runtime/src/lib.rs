//! Microsoft's WebSocket APIs on any system, implemented over tungstenite's frame layer.
//!
//! Two of them are there so far, on Unix:
//!
//! - WinHTTP: sessions, requests of HTTP/1.1 and WebSockets, with and without TLS, whose calls block, or return at once and tell a
//!   callback; and beside it a server's WebSocket whose calls block;
//! - the protocol component of websocket.h, for clients and servers. It does no I/O: see [`websocket::Connection`].
//!
//! Most programs need [`connect`] and a [`WebSocket`]:
//!
//! ```
//! # use std::net::TcpListener;
//! # let listener = TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("ws://{}/chat", listener.local_addr()?);
//! # let server = std::thread::spawn(move || {
//! #     let mut peer = tungstenite::accept(listener.accept().unwrap().0).unwrap();
//! #     let hello = peer.read().unwrap();
//! #     peer.send(hello).unwrap();
//! #     while peer.read().is_ok() {}
//! # });
//! // let url = "ws://example.com/chat";
//! let socket = winws::connect(&url)?;
//! socket.send_text("hello")?;
//!
//! let mut buffer = [0; 512];
//! let received = socket.receive(&mut buffer)?;
//! assert_eq!(&buffer[..received.len], b"hello");
//! assert!(received.is_end_of_message());
//!
//! socket.close(1000, "bye")?;
//! assert_eq!(socket.query_close_status()?.code, 1000);
//! # server.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`asynchronous`] has the same client with futures, for any executor.
//!
//! A server has the same [`WebSocket`]. [`accept`] makes it of a TCP stream, and [`accept_with`] lets you choose a subprotocol,
//! look at the request and refuse it. This server sends back each message:
//!
//! ```
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("ws://{}/", listener.local_addr()?);
//! # let client = std::thread::spawn(move || {
//! #     let (socket, mut message) = (winws::connect(&url).unwrap(), Vec::new());
//! #     socket.send_text("hello").unwrap();
//! #     socket.receive_message(&mut message).unwrap();
//! #     assert_eq!(message, b"hello");
//! #     socket.close(1000, "bye").unwrap();
//! # });
//! let socket = winws::accept(listener.accept()?.0)?;
//! let mut message = Vec::new();
//! let mut delivery = socket.receive_message(&mut message)?;
//! while !delivery.is_close() {
//!     socket.send(delivery.kind, &message)?;
//!     delivery = socket.receive_message(&mut message)?;
//! }
//! socket.close(1000, "")?;
//! # client.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If your program does the I/O itself, either end is a [`websocket::Connection`], and your program moves its bytes. This
//! server sends back each piece that it receives:
//!
//! ```
//! use std::io::{BufRead as _, BufReader, Read as _, Write as _};
//!
//! use winws::protocol::upgrade::UpgradeRequestReader;
//! use winws::websocket::{Action, Config, Connection, Received};
//!
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("ws://{}/", listener.local_addr()?);
//! # let client = std::thread::spawn(move || {
//! #     let socket = winws::connect(&url).unwrap();
//! #     socket.send_text("hello").unwrap();
//! #     let mut buffer = [0; 512];
//! #     let received = socket.receive(&mut buffer).unwrap();
//! #     assert_eq!(&buffer[..received.len], b"hello");
//! #     socket.close(1000, "bye").unwrap();
//! # });
//! let (stream, _) = listener.accept()?;
//! let (mut reader, mut writer) = (BufReader::new(&stream), &stream);
//! let mut requests = UpgradeRequestReader::new();
//! let request = loop {
//!     let taken = requests.receive_bytes(reader.fill_buf()?)?;
//!     // The bytes that stay in the reader are frames.
//!     reader.consume(taken);
//!     match requests.poll_request() {
//!         Some(request) => break request,
//!         None if taken == 0 => return Err("the client has gone".into()),
//!         None => {}
//!     }
//! };
//! let response = request.accept(None, &[]);
//! writer.write_all(response.as_deref().unwrap_or_else(|error| error.response()))?;
//! response?;
//!
//! let mut connection = Connection::new(Config::server());
//! connection.receive()?;
//! while let Some(action) = connection.next_action().transpose() {
//!     match action {
//!         Ok(Action::SendToNetwork(send)) => {
//!             let written = writer.write_vectored(&send.buffers())?;
//!             send.complete(written);
//!         }
//!         Ok(Action::SendComplete(sent)) => drop(sent.complete()),
//!         Ok(Action::ReceiveFromNetwork(mut receive)) => {
//!             let read = reader.read_vectored(&mut receive.buffers())?;
//!             receive.complete(read);
//!         }
//!         Ok(Action::ReceiveComplete(complete)) => match complete.received() {
//!             Received::Data { kind, end_of_message, payload } => {
//!                 let payload = payload.to_vec();
//!                 complete.complete();
//!                 connection.send(kind, end_of_message, payload)?;
//!                 connection.receive()?;
//!             }
//!             Received::Close { close, .. } => {
//!                 complete.complete();
//!                 connection.send_close(close)?;
//!             }
//!             Received::Pong { .. } | Received::Nothing { .. } => drop(complete.complete()),
//!         },
//!         // The client broke the protocol. The next action sends it a close frame that says so.
//!         Err(fault) => eprintln!("{fault}"),
//!     }
//! }
//! # client.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate has layers. Each uses only the layers below it.
//!
//! | layer | what it owns |
//! |---|---|
//! | [`ffi`] | the C functions, with pointers, last error and a guard against panics; behind the feature `capi` |
//! | [`accept`] | the Rust API of a server |
//! | [`WebSocket`], [`Session`], [`connect`], [`asynchronous`] | the Rust API of both ends, and of a client |
//! | [`WinHttp`] | the functions of the traits `api::winhttp::Session`, `Request` and `WebSocket`, over handles |
//! | [`websocket`] | [`Connection`](websocket::Connection), and the functions of websocket.h over handles to connections |
//! | net (private) | TCP sockets, TLS, names, connecting, calls that block, and the reactor for those that do not |
//! | [`session`] | the engine: what goes out next, and what incoming bytes mean; without I/O |
//! | [`protocol`] | RFC 6455 and HTTP/1.1 without I/O |
//!
//! `websocket` uses `session` and `protocol`, and not `net`.
//!
//! Numbers such as b1.4.8, in the documentation of [`api`] and in comments, name rows of `specs/behaviour`. The tests have the
//! same names.

#![deny(unsafe_code)]

pub use winws_api as api;

#[macro_use]
mod causes;
mod client;
#[allow(unsafe_code, reason = "the C functions, and the promises of those who call them")]
pub mod ffi;
mod handles;
mod keys;
mod net;
pub mod protocol;
#[allow(unsafe_code, reason = "pointers of C become bytes here, and go no further")]
mod raw;
mod scratch;
mod server;
pub mod session;
pub mod tls;
#[cfg(feature = "capi")]
mod webservices;
pub mod websocket;
mod winhttp;

pub use client::asynchronous;
pub use client::{
    CloseStatus, ConnectError, ConnectOptions, Delivery, MessageError, ReceiveHalf, Response, SendHalf, Session,
    SessionBuilder, WebSocket, connect, connect_with, get,
};
pub use protocol::upgrade::{Answer, UpgradeRequest};
pub use server::{AcceptError, AcceptOptions, accept, accept_over, accept_with};
pub use winhttp::WinHttp;
