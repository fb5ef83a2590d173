//! Our client, whose messages come into one buffer.

use std::net::SocketAddr;

use tungstenite::Bytes;
use winws::{Session, WebSocket, WinHttp};
use winws_api::KeptBuffer;
use winws_api::winhttp::{Request as _, Session as _, WebSocket as _, sys};

use super::tls;

pub(crate) struct Client {
    socket: WebSocket,
    buffer: Vec<u8>,
}

impl Client {
    /// Messages that come are no larger than `size`.
    pub(crate) fn connect(address: SocketAddr, path: &str, size: usize) -> Self {
        let socket = winws::connect(&format!("ws://{address}/{path}")).expect("the far end accepts");
        Self { socket, buffer: vec![0; size] }
    }

    /// The same over TLS.
    pub(crate) fn connect_tls(address: SocketAddr, path: &str, size: usize) -> Self {
        let session = Session::builder().roots(tls::roots()).build().expect("a session");
        let url = format!("wss://localhost:{}/{path}", address.port());
        Self { socket: session.connect(&url).expect("the far end accepts"), buffer: vec![0; size] }
    }
}

impl super::Client for Client {
    fn send(&mut self, message: &Bytes) {
        self.socket.send_binary(message).expect("the far end reads");
    }

    fn receive(&mut self) -> usize {
        let mut filled = 0;
        loop {
            let received = self.socket.receive(&mut self.buffer[filled..]).expect("the far end writes");
            filled += received.len;
            if received.is_end_of_message() {
                return filled;
            }
        }
    }
}

/// Connects, closes, and goes when the far end has closed.
pub(crate) fn cycle(address: SocketAddr) {
    let socket = winws::connect(&format!("ws://{address}/close/0")).expect("the far end accepts");
    socket.close(1000, "").expect("the far end closes");
}

/// The same by a session, a connection, a request and a socket.
pub(crate) fn cycle_of_handles(address: SocketAddr) {
    let winhttp = WinHttp::process();
    let session = winhttp.open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0).expect("a session");
    let connection = winhttp.connect(session, "127.0.0.1", address.port(), 0).expect("a connection");
    let request = winhttp.open_request(connection, None, Some("/close/0"), None, None, &[], 0).expect("a request");
    winhttp.set_option::<u16>(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[]).expect("the option");
    winhttp.send_request(request, None, KeptBuffer::EMPTY, 0, 0).expect("the far end reads");
    winhttp.receive_response(request, std::ptr::null_mut()).expect("the far end answers");
    let socket = winhttp.web_socket_complete_upgrade(request, 0).expect("an upgrade");
    for handle in [request, connection, session] {
        winhttp.close_handle(handle).expect("a live handle");
    }
    winhttp.web_socket_close(socket, 1000, b"").expect("the far end closes");
    winhttp.close_handle(socket).expect("a live handle");
}
