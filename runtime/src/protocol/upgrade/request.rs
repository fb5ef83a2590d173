//! The request of the opening handshake, with a new key, and its bytes. Header names keep their case.

use core::fmt;

use super::Offer;
use crate::protocol::http::{FieldError, Fields, is_field_value, is_token};

/// Headers that the handshake itself decides about, or that would change where the response's head ends.
const RESERVED: [&str; 8] = [
    "Connection",
    "Content-Length",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Transfer-Encoding",
    "Upgrade",
];

/// A header that cannot go into a request or a response of the handshake: HTTP does not allow its characters, or the
/// handshake sets the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHeader {
    /// The name of the header as given.
    pub name: String,
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP does not allow the header {:?}, or the handshake sets it", self.name)
    }
}

impl core::error::Error for InvalidHeader {}

/// A request to upgrade to a WebSocket. No part of it can contain a line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    target: String,
    host: String,
    headers: Vec<(String, String)>,
    offer: Offer,
}

impl Request {
    /// A request for `target` (path and query) at `host`, with the caller's headers and a fresh key.
    ///
    /// If the headers contain `Host`, it replaces `host`.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] names the header that cannot be sent. If the target or the host has blanks, control characters
    /// or characters beyond ASCII, the error has the name of that part.
    pub fn new(target: &str, host: &str, headers: &[(&str, &str)]) -> Result<Self, InvalidHeader> {
        for (name, value) in [("request target", target), ("Host", host)] {
            if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(InvalidHeader { name: name.to_owned() });
            }
        }
        let asked = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Protocol"));
        let protocols: Vec<_> =
            asked.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|text| !text.is_empty()).collect();
        let offer = Offer::of_headers(&protocols, &[]);
        let mut request = Self { target: target.to_owned(), host: host.to_owned(), headers: Vec::new(), offer };
        for &(name, value) in headers {
            check_header(name, value)?;
            if name.eq_ignore_ascii_case("Host") {
                value.clone_into(&mut request.host);
            } else {
                request.headers.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(request)
    }

    /// The value of `Sec-WebSocket-Key`.
    pub fn key(&self) -> &str {
        self.offer.key()
    }

    /// What the request offers.
    pub(super) const fn offer(&self) -> &Offer {
        &self.offer
    }

    /// The subprotocols in the caller's `Sec-WebSocket-Protocol` headers, in order.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        self.offer.protocols()
    }

    /// The bytes of the request.
    pub fn encode(&self) -> Vec<u8> {
        let Self { target, host, headers, offer } = self;
        // Host first, as RFC 9110 section 7.2 asks for.
        let mut lines = vec![format!("GET {target} HTTP/1.1"), format!("Host: {host}")];
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.extend(["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"].map(str::to_owned));
        lines.push(format!("Sec-WebSocket-Key: {}\r\n\r\n", offer.key()));
        lines.join("\r\n").into_bytes()
    }
}

/// Checks that the application may add a header to the handshake.
pub(super) fn check_header(name: &str, value: &str) -> Result<(), InvalidHeader> {
    let is_reserved = RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved));
    if !is_token(name) || !is_field_value(value) || is_reserved {
        return Err(InvalidHeader { name: name.to_owned() });
    }
    Ok(())
}

/// Checks the headers that a program gives to a request: a request for an upgrade has its own ones for the handshake, and
/// what `Sec-WebSocket-Protocol` lists are tokens, none of them empty or repeated (b1.8.17, RFC 6455 section 4.1).
///
/// # Errors
///
/// [`FieldError::Malformed`].
pub(crate) fn check_fields(fields: &Fields, is_upgrade: bool) -> Result<(), FieldError> {
    let is_reserved = |name: &str| RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved));
    if is_upgrade && fields.iter().any(|(name, _)| is_reserved(name)) {
        return Err(FieldError::Malformed);
    }
    let mut seen = Vec::new();
    for protocol in fields.values("Sec-WebSocket-Protocol").flat_map(|value| value.split(',')).map(str::trim) {
        if !is_token(protocol) || seen.contains(&protocol) {
            return Err(FieldError::Malformed);
        }
        seen.push(protocol);
    }
    Ok(())
}
