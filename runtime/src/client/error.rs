//! Why a connect or a receive of a whole message failed.

use std::error::Error;
use std::fmt;

use winws_api::Win32Error;
use winws_api::winhttp::{OpenRequestError, WebSocketReceiveError};

use crate::protocol::upgrade::InvalidHeader;
use crate::winhttp::{InvalidOpening, NotNow, RequestFailure};

/// Why there is no WebSocket, or no response.
///
/// Its text has the code, or the status of the server's answer. It does not repeat what the operating system, TLS or the protocol
/// said: that is [`source`](Error::source), as for other errors. Show the whole chain to a user: it says what to do. For a header
/// that cannot be sent, the text names the header, and `source` is the [`InvalidHeader`].
#[derive(Debug)]
pub struct ConnectError {
    code: Win32Error,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    /// A step failed, for what the operating system said if it said something.
    Failed(Option<Box<dyn Error + Send + Sync>>),
    /// A header that the program gave cannot be sent.
    Header(InvalidHeader),
    /// The server gave an ordinary answer instead of a WebSocket.
    Refused { status: u16, headers: Vec<(String, String)>, body: Body },
}

/// The start of a body, which is shown as a text: `?` in a `main` shows an error so.
struct Body(Vec<u8>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

/// Why [`WebSocket::receive_message`](super::WebSocket::receive_message) gave no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// The message is longer than the limit, in bytes. The peer was told by the close code 1009, and no other message will
    /// be received.
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The receive failed.
    Failed(WebSocketReceiveError),
}

impl ConnectError {
    /// The server answered, but not with a WebSocket.
    pub(super) const fn refused(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self {
            code: Win32Error::ERROR_INVALID_OPERATION,
            reason: Reason::Refused { status, headers, body: Body(body) },
        }
    }

    /// A failure of the function whose errors these are.
    pub(super) fn of<E: From<RequestFailure> + Into<Win32Error>>(mut failure: RequestFailure) -> Self {
        let source = failure.take_source();
        Self { code: E::from(failure).into(), reason: Reason::Failed(source) }
    }

    /// A failure with what the system said.
    pub(super) const fn with_source(code: Win32Error, source: Box<dyn Error + Send + Sync>) -> Self {
        Self { code, reason: Reason::Failed(Some(source)) }
    }

    /// A header that the program gave is not one that can be sent.
    pub(super) fn of_header(name: &str) -> Self {
        let reason = Reason::Header(InvalidHeader { name: name.to_owned() });
        Self { code: Win32Error::ERROR_INVALID_PARAMETER, reason }
    }

    /// The Win32 code of the step that failed. If the server refused the upgrade, it is `ERROR_INVALID_OPERATION`, as that of
    /// WinHttpWebSocketCompleteUpgrade.
    pub const fn code(&self) -> Win32Error {
        self.code
    }

    /// The status of the ordinary answer that the server gave instead of a WebSocket (b1.2.6).
    pub const fn status(&self) -> Option<u16> {
        match &self.reason {
            Reason::Refused { status, .. } => Some(*status),
            Reason::Failed(_) | Reason::Header(_) => None,
        }
    }

    /// The headers of that answer, in order; bytes that are not UTF-8 are replaced. It is empty when the server did not answer.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = match &self.reason {
            Reason::Refused { headers, .. } => &headers[..],
            Reason::Failed(_) | Reason::Header(_) => &[],
        };
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl ConnectError {
    /// The start of the body with which the server refused the upgrade: at most 4 KiB, and what came within a second, or within
    /// the receive timeout if that is shorter. It is empty when the server did not answer.
    pub fn body(&self) -> &[u8] {
        match &self.reason {
            Reason::Refused { body, .. } => &body.0,
            Reason::Failed(_) | Reason::Header(_) => &[],
        }
    }
}

impl From<Win32Error> for ConnectError {
    fn from(code: Win32Error) -> Self {
        Self { code, reason: Reason::Failed(None) }
    }
}

impl From<InvalidOpening> for ConnectError {
    fn from(invalid: InvalidOpening) -> Self {
        Self::from(Win32Error::from(OpenRequestError::from(invalid)))
    }
}

impl From<NotNow> for ConnectError {
    /// Nobody else has the request, so its calls never meet.
    fn from(_: NotNow) -> Self {
        Self::from(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE)
    }
}

impl From<ConnectError> for Win32Error {
    fn from(error: ConnectError) -> Self {
        error.code()
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Refused { status: 407, .. } => f.write_str("the proxy wants credentials, with status 407"),
            Reason::Refused { status: status @ (301 | 302 | 303 | 307 | 308), .. } => {
                write!(f, "the server redirects with status {status}, and this redirect is not followed")
            }
            Reason::Refused { status, .. } => write!(f, "the server refused the upgrade with status {status}"),
            Reason::Header(header) => write!(f, "{}: the header {:?} cannot be sent", self.code, header.name),
            Reason::Failed(source) => match explanation(self.code, source.is_some()) {
                Some(explanation) => write!(f, "{}: {explanation}", self.code),
                None => self.code.fmt(f),
            },
        }
    }
}

/// What a user can do about a code, where its name does not say it.
fn explanation(code: Win32Error, has_source: bool) -> Option<&'static str> {
    match code {
        Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME => Some("a URL begins with ws://, wss://, http:// or https://"),
        // The address of a redirect has a source, which says so.
        Win32Error::ERROR_WINHTTP_INVALID_URL if !has_source => {
            Some("the host, the port or a character of the URL is not valid, or it has a fragment (#)")
        }
        Win32Error::ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED => Some("the server wants a certificate of the client"),
        _ => None,
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.reason {
            Reason::Failed(Some(source)) => Some(&**source),
            Reason::Header(header) => Some(header),
            Reason::Failed(None) | Reason::Refused { .. } => None,
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "the message is longer than {limit} bytes"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl Error for MessageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TooLong { .. } => None,
            // The text is that of the receive's error already.
            Self::Failed(error) => error.source(),
        }
    }
}

impl From<WebSocketReceiveError> for MessageError {
    fn from(error: WebSocketReceiveError) -> Self {
        Self::Failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_the_code_alone_does_not() {
        let text = |code| ConnectError::from(code).to_string();
        assert_eq!(
            text(Win32Error::ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED),
            "ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED (12044): the server wants a certificate of the client"
        );
        assert_eq!(
            text(Win32Error::ERROR_WINHTTP_INVALID_URL),
            "ERROR_WINHTTP_INVALID_URL (12005): the host, the port or a character of the URL is not valid, or it has a fragment (#)"
        );
        assert_eq!(text(Win32Error::ERROR_WINHTTP_TIMEOUT), "ERROR_WINHTTP_TIMEOUT (12002)");
    }

    /// RFC 9110 section 15.5.8: 407 is the word of a proxy, and the server has not been asked.
    #[test]
    fn a_status_of_a_proxy_is_not_said_to_be_that_of_the_server() {
        let text = |status| ConnectError::refused(status, Vec::new(), Vec::new()).to_string();
        assert_eq!(text(302), "the server redirects with status 302, and this redirect is not followed");
        assert_eq!(text(407), "the proxy wants credentials, with status 407");
        assert_eq!(text(401), "the server refused the upgrade with status 401");
    }
}
