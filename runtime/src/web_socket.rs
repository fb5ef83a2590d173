//! The idiomatic face: a WebSocket as a value that closes its handle when dropped.

use std::fmt;

use winws_api::Win32Error;
use winws_api::winhttp::{
    HInternet, WebSocket as Api, WebSocketBufferType, WebSocketCloseError, WebSocketQueryCloseStatusError,
    WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError,
};

use crate::protocol::MAX_REASON;
use crate::winhttp::WinHttp;

/// A connected WebSocket, on the client's side.
///
/// Every method takes `&self`: one thread may send while another one receives, through a reference or an `Arc`. A
/// second receive at the same time fails with `ERROR_INVALID_OPERATION`; a second send waits for its turn. The methods
/// block until they are done.
///
/// Dropping it ends the TCP connection without a close frame; say goodbye with [`close`](Self::close).
#[derive(Debug)]
pub struct WebSocket {
    handle: HInternet,
    subprotocol: Option<String>,
}

/// One piece of a message, or the peer's close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many bytes were written to the start of the buffer.
    pub len: usize,
    /// What they are: `…Message` ends a message, `…Fragment` does not, and `Close` comes once, last and empty.
    pub kind: WebSocketBufferType,
}

/// The peer's close frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseStatus {
    /// The close code; 1005 when the frame had none.
    pub code: u16,
    /// The reason, often empty.
    pub reason: String,
}

/// Why there is no WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectError {
    /// The server gave an ordinary answer of this status instead of a WebSocket (b1.2.6).
    Refused(u16),
    /// There was no good answer: the code of the step that failed.
    Failed(Win32Error),
}

/// Connects to a `ws://` URL and upgrades to a WebSocket.
///
/// See [`connect_with`] for the errors.
pub fn connect(url: &str) -> Result<WebSocket, ConnectError> {
    connect_with(url, &[])
}

/// Connects with further headers, such as `("Sec-WebSocket-Protocol", "chat, superchat")`.
///
/// The server's refusal is [`ConnectError::Refused`]. The codes of [`ConnectError::Failed`] are:
/// `ERROR_WINHTTP_UNRECOGNIZED_SCHEME` for anything but `ws://` and `http://` (`wss://` included),
/// `ERROR_WINHTTP_INVALID_URL`, `ERROR_INVALID_PARAMETER` for a header that is malformed or the handshake's own,
/// `ERROR_WINHTTP_NAME_NOT_RESOLVED`, `ERROR_WINHTTP_CANNOT_CONNECT`, `ERROR_WINHTTP_TIMEOUT`, and
/// `ERROR_WINHTTP_INVALID_SERVER_RESPONSE` for an answer that is not HTTP or breaks RFC 6455 section 4.1.
pub fn connect_with(url: &str, headers: &[(&str, &str)]) -> Result<WebSocket, ConnectError> {
    let winhttp = WinHttp::process();
    let request = Closing(winhttp.open_request(url, headers)?);
    winhttp.send_request(request.0)?;
    winhttp.receive_response(request.0)?;
    let status = winhttp.status_code(request.0)?;
    if status != 101 {
        return Err(ConnectError::Refused(status));
    }
    let subprotocol = winhttp.response_header(request.0, "Sec-WebSocket-Protocol")?;
    let handle = winhttp.web_socket_complete_upgrade(request.0, 0).map_err(Win32Error::from)?;
    Ok(WebSocket { handle, subprotocol })
}

impl WebSocket {
    /// The subprotocol that the server chose among those asked for.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Sends a whole text message in one frame.
    pub fn send_text(&self, text: &str) -> Result<(), WebSocketSendError> {
        self.send(WebSocketBufferType::Utf8Message, text.as_bytes())
    }

    /// Sends a whole binary message in one frame.
    pub fn send_binary(&self, bytes: &[u8]) -> Result<(), WebSocketSendError> {
        self.send(WebSocketBufferType::BinaryMessage, bytes)
    }

    /// Sends one frame of a message: `…Fragment` while more follows, `…Message` to end it.
    ///
    /// Returns when the operating system has taken all of it. `InvalidParameter` for `Close`, for text inside a binary
    /// message or the reverse, and for text that is not UTF-8; a code point may be cut between fragments.
    /// `InvalidOperation` after [`shutdown`](Self::shutdown), [`close`](Self::close) or a failure, and
    /// `ERROR_WINHTTP_CONNECTION_ERROR` when the connection turns out to be gone.
    pub fn send(&self, kind: WebSocketBufferType, bytes: &[u8]) -> Result<(), WebSocketSendError> {
        WinHttp::process().send(self.handle, kind, bytes)
    }

    /// Receives what comes next into `buffer`: up to its length, and never from more than one frame.
    ///
    /// Data is handed over as it comes; a frame need not be complete. `InvalidParameter` for an empty buffer,
    /// `InvalidOperation` after the peer's close, after [`close`](Self::close), and while another thread receives,
    /// `OperationCancelled` when another thread closes meanwhile. `InvalidServerResponse` when the server breaks the
    /// protocol, and `ERROR_WINHTTP_CONNECTION_ERROR` when it goes without a close, are final.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Received, WebSocketReceiveError> {
        let (len, kind) = WinHttp::process().receive(self.handle, buffer)?;
        Ok(Received { len, kind })
    }

    /// Sends the close frame, and nothing after it; receiving goes on until the peer's close.
    ///
    /// `code` is 1000 to 1003, 1007 to 1014, 3000 to 4999, or 1005 for none; `reason` has at most 123 bytes. Anything
    /// else is `InvalidParameter`. `InvalidOperation` when the close frame was sent before, or after a failure.
    pub fn shutdown(&self, code: u16, reason: &str) -> Result<(), WebSocketShutdownError> {
        WinHttp::process().web_socket_shutdown(self.handle, code, reason.as_bytes())
    }

    /// Sends the close frame, unless [`shutdown`](Self::shutdown) did, and waits for the peer's.
    ///
    /// What else the peer sends until then is dropped. The arguments are those of `shutdown`. `InvalidOperation` when
    /// called before, and `ERROR_WINHTTP_CONNECTION_ERROR` when the peer goes without an answer.
    pub fn close(&self, code: u16, reason: &str) -> Result<(), WebSocketCloseError> {
        WinHttp::process().web_socket_close(self.handle, code, reason.as_bytes())
    }

    /// The peer's close frame, once [`receive`](Self::receive) or [`close`](Self::close) has read it.
    ///
    /// `InvalidOperation` before that, and when the connection was lost without one.
    pub fn query_close_status(&self) -> Result<CloseStatus, WebSocketQueryCloseStatusError> {
        let (mut code, mut length) = (0, 0);
        let mut reason = [0; MAX_REASON];
        WinHttp::process().web_socket_query_close_status(self.handle, &mut code, &mut reason, &mut length)?;
        let reason = reason.get(..usize::try_from(length).unwrap_or(0)).unwrap_or_default();
        Ok(CloseStatus { code, reason: String::from_utf8_lossy(reason).into_owned() })
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        // The handle is live: nobody else has it.
        WinHttp::process().close_handle(self.handle).ok();
    }
}

impl Received {
    /// Whether a message ends with this piece.
    pub fn is_end_of_message(&self) -> bool {
        matches!(self.kind, WebSocketBufferType::BinaryMessage | WebSocketBufferType::Utf8Message)
    }

    /// Whether this is a piece of a text message.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, WebSocketBufferType::Utf8Message | WebSocketBufferType::Utf8Fragment)
    }

    /// Whether the peer has closed. There is nothing more to receive then.
    pub fn is_close(&self) -> bool {
        self.kind == WebSocketBufferType::Close
    }
}

impl ConnectError {
    /// The Win32 code; a refusal has that of CompleteUpgrade, `ERROR_WINHTTP_INVALID_SERVER_RESPONSE` (b1.2.7).
    pub fn code(self) -> Win32Error {
        match self {
            Self::Refused(_) => Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE,
            Self::Failed(code) => code,
        }
    }
}

impl From<Win32Error> for ConnectError {
    fn from(code: Win32Error) -> Self {
        Self::Failed(code)
    }
}

impl From<ConnectError> for Win32Error {
    fn from(error: ConnectError) -> Self {
        error.code()
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => {
                write!(f, "the server refused the upgrade with status {status}")
            }
            Self::Failed(code) => code.fmt(f),
        }
    }
}

impl std::error::Error for ConnectError {}

/// A handle that is closed when this is dropped.
struct Closing(HInternet);

impl Drop for Closing {
    fn drop(&mut self) {
        WinHttp::process().close_handle(self.0).ok();
    }
}
