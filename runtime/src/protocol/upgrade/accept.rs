//! A server's side of the handshake: checks the headers of a request, and makes the headers of the response (RFC 6455
//! section 4.2).

use core::fmt;

use tungstenite::handshake::derive_accept_key;

use super::extension::{extension_name, is_extension};
use super::offer::VERSION_TEXT;
use crate::protocol::http::{Headers, is_token};

/// Why a request does not ask for a WebSocket, or why the application's choice does not fit the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The request is not `GET` with HTTP/1.1 (section 4.2.1, item 1).
    Method,
    /// `Host` is missing or repeated (item 2).
    Host,
    /// `Upgrade: websocket` is missing (item 3).
    Upgrade,
    /// `Connection: Upgrade` is missing (item 4).
    Connection,
    /// `Sec-WebSocket-Key` is missing, repeated, or not 16 bytes in base64 (item 5).
    Key,
    /// `Sec-WebSocket-Version` is missing or repeated (item 6).
    MissingVersion,
    /// `Sec-WebSocket-Version` has another number (section 4.4).
    UnsupportedVersion,
    /// The request has a body. The body would be read as the first frames.
    Body,
    /// The request does not offer the chosen subprotocol.
    Protocol,
    /// The request does not offer a chosen extension.
    Extension,
}

impl RequestError {
    /// The status of [`response`](Self::response): 426 if the request asks for another version, and otherwise 400 (section
    /// 4.2.2, item 4).
    pub const fn status(self) -> u16 {
        match self {
            Self::UnsupportedVersion => 426,
            _ => 400,
        }
    }

    /// The bytes of a response that refuses the request. A 426 names our version, and the protocol to upgrade to (RFC 9110
    /// section 15.5.22).
    pub const fn response(self) -> &'static [u8] {
        match self {
            // A message with Upgrade lists it in Connection too (RFC 9110 section 7.8).
            Self::UnsupportedVersion => {
                b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                  Connection: Upgrade, close\r\nContent-Length: 0\r\n\r\n"
            }
            _ => b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the request is not a GET request of HTTP/1.1",
            Self::Host => "the request does not have exactly one Host header",
            Self::Upgrade => "the request does not have the header Upgrade: websocket",
            Self::Connection => "the request does not have the header Connection: Upgrade",
            Self::Key => "the request does not have exactly one Sec-WebSocket-Key of 16 bytes",
            Self::MissingVersion => "the request does not have exactly one Sec-WebSocket-Version",
            Self::UnsupportedVersion => "the request asks for another version of the protocol",
            Self::Body => "the request has a body",
            Self::Protocol => "the request does not offer the subprotocol",
            Self::Extension => "the request does not offer the extension",
        })
    }
}

impl core::error::Error for RequestError {}

/// Returns the headers of the 101 response to a request with these headers.
///
/// `protocol` and `extensions` are the application's choice from the offers of the request. The application itself must
/// check the method, the target and `Origin`.
///
/// # Errors
///
/// [`RequestError`] says which header is wrong or which choice the request does not offer.
pub fn accept(
    request: &Headers,
    protocol: Option<&str>,
    extensions: &[&str],
) -> Result<Vec<(&'static str, String)>, RequestError> {
    request.only("Host").ok_or(RequestError::Host)?;
    if !request.has_token("Upgrade", "websocket") {
        return Err(RequestError::Upgrade);
    }
    if !request.has_token("Connection", "upgrade") {
        return Err(RequestError::Connection);
    }
    let key = request.only("Sec-WebSocket-Key").filter(|key| is_key(key)).ok_or(RequestError::Key)?;
    let version = request.only("Sec-WebSocket-Version").ok_or(RequestError::MissingVersion)?;
    if version != VERSION_TEXT.as_bytes() {
        return Err(RequestError::UnsupportedVersion);
    }
    let mut headers = vec![
        ("Upgrade", "websocket".to_owned()),
        ("Connection", "Upgrade".to_owned()),
        ("Sec-WebSocket-Accept", derive_accept_key(key)),
    ];
    if let Some(protocol) = protocol {
        // A request that comes in an array may have anything in it: what is offered must fit into a line of the response.
        let mut offered = request.elements("Sec-WebSocket-Protocol");
        if !is_token(protocol) || !offered.any(|offered| offered == protocol.as_bytes()) {
            return Err(RequestError::Protocol);
        }
        headers.push(("Sec-WebSocket-Protocol", protocol.to_owned()));
    }
    if !extensions.iter().all(|extension| is_extension(extension) && is_offered(request, extension)) {
        return Err(RequestError::Extension);
    }
    if !extensions.is_empty() {
        headers.push(("Sec-WebSocket-Extensions", extensions.join(", ")));
    }
    Ok(headers)
}

/// Whether a request offers an extension of this name. The server's parameters are its own.
fn is_offered(request: &Headers, extension: &str) -> bool {
    let name = extension_name(extension.as_bytes());
    request.elements("Sec-WebSocket-Extensions").any(|offered| extension_name(offered) == name)
}

/// Whether this is the base64 of 16 bytes: 22 digits and the padding.
fn is_key(key: &[u8]) -> bool {
    let Some((digits, b"==")) = key.split_at_checked(22) else {
        return false;
    };
    digits.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}
