//! A client of the C functions, as a program in C calls them.

use std::net::SocketAddr;
use std::ptr::{null, null_mut};

use tungstenite::Bytes;
use winws::ffi::winhttp::{
    HINTERNET, WinHttpCloseHandle, WinHttpConnect, WinHttpOpen, WinHttpOpenRequest, WinHttpReceiveResponse,
    WinHttpSendRequest, WinHttpSetOption, WinHttpWebSocketCompleteUpgrade, WinHttpWebSocketReceive,
    WinHttpWebSocketSend,
};
use winws_api::winhttp::sys;

pub(crate) struct Client {
    socket: HINTERNET,
    buffer: Vec<u8>,
}

impl Client {
    /// Messages that come are no larger than `size`.
    pub(crate) fn connect(address: SocketAddr, path: &str, size: usize) -> Self {
        let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
        let (host, path) = (wide(&address.ip().to_string()), wide(&format!("/{path}")));
        // SAFETY: the strings end with a zero, and the handles are those that the functions have returned.
        unsafe {
            let session = WinHttpOpen(null(), sys::WINHTTP_ACCESS_TYPE_NO_PROXY, null(), null(), 0);
            let connection = WinHttpConnect(session, host.as_ptr(), address.port(), 0);
            let request = WinHttpOpenRequest(connection, null(), path.as_ptr(), null(), null(), null_mut(), 0);
            assert_eq!(WinHttpSetOption(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, null_mut(), 0), 1);
            assert_eq!(WinHttpSendRequest(request, null(), 0, null_mut(), 0, 0, 0), 1);
            assert_eq!(WinHttpReceiveResponse(request, null_mut()), 1);
            let socket = WinHttpWebSocketCompleteUpgrade(request, 0);
            assert!(!socket.is_null(), "the far end accepts");
            for handle in [request, connection, session] {
                WinHttpCloseHandle(handle);
            }
            Self { socket, buffer: vec![0; size] }
        }
    }
}

impl super::Client for Client {
    fn send(&mut self, message: &Bytes) {
        let length = u32::try_from(message.len()).expect("a short message");
        let bytes = message.as_ptr().cast_mut().cast();
        // SAFETY: the bytes are there until the call returns; nothing is written to them.
        let code = unsafe {
            WinHttpWebSocketSend(self.socket, sys::WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, bytes, length)
        };
        assert_eq!(code, 0, "the far end reads");
    }

    fn receive(&mut self) -> usize {
        let mut filled = 0;
        loop {
            let room = &mut self.buffer[filled..];
            let (mut length, mut kind) = (0, 0);
            // SAFETY: the buffer and the variables are there until the call returns.
            let code = unsafe {
                WinHttpWebSocketReceive(
                    self.socket,
                    room.as_mut_ptr().cast(),
                    u32::try_from(room.len()).expect("a short message"),
                    &raw mut length,
                    &raw mut kind,
                )
            };
            assert_eq!(code, 0, "the far end writes");
            filled += length as usize;
            if kind == sys::WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE {
                return filled;
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: it is ours, and closed once.
        unsafe { WinHttpCloseHandle(self.socket) };
    }
}
