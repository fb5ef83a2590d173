//! Microsoft's WebSocket APIs on any system, implemented over tungstenite's frame layer.
//!
//! So far that is the WebSocket part of WinHTTP, as a client over plain TCP, in synchronous mode, on Unix; and the protocol
//! component of websocket.h, for both roles, which does no I/O: [`websocket::Connection`].
//!
//! [`connect`] gives a [`WebSocket`]; this is all that most programs need:
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
//! A server is a [`websocket::Connection`] over whatever moves bytes. This one sends back what it receives, piece by piece:
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
//!     // What is left in the reader are frames.
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
//!         // The client broke the protocol. What comes next is the close frame that tells it so.
//!         Err(fault) => eprintln!("{fault}"),
//!     }
//! }
//! # client.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The layers, each of which knows only those below it:
//!
//! | layer | what it owns |
//! |---|---|
//! | `ffi`, behind the feature `capi` | the C functions: pointers, last error, a guard against panics |
//! | [`WebSocket`] | the idiomatic face of WinHTTP's functions |
//! | [`WinHttp`] | the functions as the reference pages describe them: the trait [`api::winhttp::WebSocket`] |
//! | [`websocket`] | the protocol component: connections whose I/O others do, and the functions of websocket.h over handles |
//! | driver | pumps bytes between a connection and a transport, in the callers' threads |
//! | [`protocol`], transport | RFC 6455 without any I/O, and sockets |
//!
//! References such as b1.4.8 are rows of `specs/behaviour`, which the tests are named after.

#![deny(unsafe_code)]

pub use winws_api as api;

mod client;
#[allow(unsafe_code, reason = "the C functions, and the promises of those who call them")]
pub mod ffi;
mod handles;
mod keys;
mod net;
pub mod protocol;
#[allow(unsafe_code, reason = "pointers of C become bytes here, and go no further")]
mod raw;
pub mod session;
pub mod websocket;
mod winhttp;

pub use client::{CloseStatus, ConnectError, Delivery, MessageError, WebSocket, connect, connect_with};
pub use winhttp::WinHttp;
