//! A server's answer to a request: the response that agrees, to which the application adds headers, or one that refuses.

use core::fmt;
use core::fmt::Write as _;

use super::request::{InvalidHeader, check_header};
use crate::protocol::http::HeadError;

/// The response to a client whose request did not come in time (RFC 9110 section 15.5.9).
pub(crate) const REQUEST_TIMEOUT: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// The response to a client whose request the application failed to answer.
pub(crate) const SERVER_ERROR: &[u8] =
    b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// The header that says which subprotocol was chosen. The application chooses it before there is an answer.
const SUBPROTOCOL: &str = "Sec-WebSocket-Protocol";

/// An answer to a request for a WebSocket. It agrees until [`refuse`](Self::refuse) says otherwise.
///
/// ```
/// use winws::protocol::upgrade::UpgradeRequestReader;
///
/// let mut reader = UpgradeRequestReader::new();
/// reader.receive_bytes(b"GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
///     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")?;
/// let request = reader.poll_request().expect("the head is complete");
/// let mut answer = request.agree(None, &[])?;
/// answer.add_header("Set-Cookie", "room=7");
/// if request.target() != "/chat" {
///     answer.refuse(404);
/// }
/// assert!(answer.encode()?.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Those of RFC 6455 section 4.2.2.
    agreed: Vec<(&'static str, String)>,
    added: Vec<(String, String)>,
    /// The status that refuses.
    refused: Option<u16>,
}

/// Why an [`Answer`] cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidAnswer {
    /// The status is not 300 to 599, so it does not refuse.
    Status(u16),
    /// A header is not allowed.
    Header(InvalidHeader),
}

impl fmt::Display for InvalidAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the status {status} does not refuse a request"),
            Self::Header(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for InvalidAnswer {}

impl Answer {
    pub(super) const fn new(agreed: Vec<(&'static str, String)>) -> Self {
        Self { agreed, added: Vec::new(), refused: None }
    }

    /// The subprotocol that was chosen. It is not sent with a refusal.
    pub fn subprotocol(&self) -> Option<&str> {
        self.agreed.iter().find(|(name, _)| *name == SUBPROTOCOL).map(|(_, value)| value.as_str())
    }

    /// The status that the request is refused with, or `None` if it is accepted.
    pub const fn refusal(&self) -> Option<u16> {
        self.refused
    }

    /// Refuses the request with this status: 300 to 599. The last call counts.
    pub const fn refuse(&mut self, status: u16) {
        self.refused = Some(status);
    }

    /// Adds a header, for example `("Set-Cookie", "id=1")`, or `("Location", "/elsewhere")` beside a refusal with 307. A name
    /// may be added several times.
    ///
    /// [`encode`](Self::encode) fails if HTTP does not allow the characters, or if the handshake sets the header itself.
    pub fn add_header(&mut self, name: &str, value: &str) {
        self.added.push((name.to_owned(), value.to_owned()));
    }

    /// The bytes of the response.
    ///
    /// A refusal has no body, and says that the connection is closed.
    ///
    /// # Errors
    ///
    /// [`InvalidAnswer`] names the status or the first header that cannot be sent.
    pub fn encode(&self) -> Result<Vec<u8>, InvalidAnswer> {
        let mut head = match self.refused {
            None => self.agreed_head(),
            // A reason is optional, and the blank before it is not (RFC 9112 section 4).
            Some(status @ 300..=599) => format!("HTTP/1.1 {status} \r\nConnection: close\r\nContent-Length: 0\r\n"),
            Some(status) => return Err(InvalidAnswer::Status(status)),
        };
        for (name, value) in &self.added {
            check_header(name, value).map_err(InvalidAnswer::Header)?;
            if name.eq_ignore_ascii_case(SUBPROTOCOL) {
                return Err(InvalidAnswer::Header(InvalidHeader { name: name.clone() }));
            }
            add_line(&mut head, name, value);
        }
        head.push_str("\r\n");
        Ok(head.into_bytes())
    }

    /// The bytes of a response that agrees and has nothing of the application.
    pub(super) fn agreement(&self) -> Vec<u8> {
        (self.agreed_head() + "\r\n").into_bytes()
    }

    fn agreed_head(&self) -> String {
        let mut head = "HTTP/1.1 101 Switching Protocols\r\n".to_owned();
        self.agreed.iter().for_each(|(name, value)| add_line(&mut head, name, value));
        head
    }
}

fn add_line(head: &mut String, name: &str, value: &str) {
    write!(head, "{name}: {value}\r\n").expect("a string takes everything");
}

impl HeadError {
    /// The status of [`response`](Self::response): 400, or 431 for a head that is too large (RFC 6585 section 5).
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::TooLarge | Self::TooManyHeaders => 431,
        }
    }

    /// The bytes of a response to a client whose request could not be read.
    pub const fn response(self) -> &'static [u8] {
        match self {
            Self::Malformed => b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            Self::TooLarge | Self::TooManyHeaders => {
                b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            }
        }
    }
}
