//! The offer of a client in its request, and the check of the response headers (RFC 6455 section 4.1).

use core::fmt;

use data_encoding::BASE64;
use tungstenite::handshake::derive_accept_key;

use super::extension::{extension_name, is_extension};
use crate::protocol::http::{Fields, Headers, is_token};

/// The version of the protocol that RFC 6455 describes.
pub const VERSION: u32 = 13;

/// The same as a header has it.
pub(super) const VERSION_TEXT: &str = "13";

/// A subprotocol or an extension that cannot be offered: HTTP does not allow its characters, or it is listed twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOffer {
    /// The subprotocol or the extension as given.
    pub text: String,
}

impl fmt::Display for InvalidOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is neither a valid subprotocol nor a valid extension", self.text)
    }
}

impl core::error::Error for InvalidOffer {}

/// Why a response does not agree to a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeError {
    /// The status is not 101. This is an ordinary answer, which the application may look at.
    Refused,
    /// The status is 101, but the version is HTTP/1.0.
    Version,
    /// `Upgrade: websocket` is missing.
    Upgrade,
    /// `Connection: Upgrade` is missing.
    Connection,
    /// `Sec-WebSocket-Accept` is missing, repeated, or does not belong to the key.
    Accept,
    /// `Sec-WebSocket-Version` differs from the version of the request.
    WebSocketVersion,
    /// The response has an extension that was not offered.
    Extension,
    /// The response has a subprotocol that was not offered, or several subprotocols.
    Protocol,
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the server refused the upgrade",
            Self::Version => "the server answered with HTTP/1.0",
            Self::Upgrade => "the response does not have the header Upgrade: websocket",
            Self::Connection => "the response does not have the header Connection: Upgrade",
            Self::Accept => "the response does not have exactly one Sec-WebSocket-Accept that belongs to the key",
            Self::WebSocketVersion => "the response names another version of the protocol",
            Self::Extension => "the response has an extension that was not asked for",
            Self::Protocol => "the response has a subprotocol that was not asked for, or several",
        })
    }
}

impl core::error::Error for UpgradeError {}

/// The offer of a client: a new key, subprotocols, and extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    key: String,
    protocols: Vec<String>,
    extensions: Vec<String>,
}

/// The choice of a server from an [`Offer`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The subprotocol, as an index into the subprotocols of the offer.
    pub protocol: Option<usize>,
    /// The extensions, as indices into the extensions of the offer, in the server's order.
    pub extensions: Vec<usize>,
}

impl Offer {
    /// An offer of these subprotocols and extensions, the preferred ones first.
    ///
    /// # Errors
    ///
    /// [`InvalidOffer`] if a subprotocol is not a token or is listed twice (section 4.1 of RFC 6455, item 10), or if an
    /// extension is not a token with parameters.
    pub fn new(protocols: &[&str], extensions: &[&str]) -> Result<Self, InvalidOffer> {
        for (index, protocol) in protocols.iter().enumerate() {
            if !is_token(protocol) || protocols[..index].contains(protocol) {
                return Err(InvalidOffer { text: (*protocol).to_owned() });
            }
        }
        if let Some(bad) = extensions.iter().find(|extension| !is_extension(extension)) {
            return Err(InvalidOffer { text: (*bad).to_owned() });
        }
        Ok(Self::of_headers(protocols, extensions))
    }

    /// A new key, and what the program's own `Sec-WebSocket-Protocol` headers offer.
    pub(in crate::protocol) fn of_fields(fields: &Fields) -> Self {
        let values = fields.values("Sec-WebSocket-Protocol").flat_map(|value| value.split(','));
        let protocols: Vec<_> = values.map(str::trim).filter(|protocol| !protocol.is_empty()).collect();
        Self::of_headers(&protocols, &[])
    }

    /// The headers of a request that ask for the upgrade, without those for what is offered.
    pub(in crate::protocol) fn handshake(&self) -> [(&'static str, String); 4] {
        [
            ("Upgrade", "websocket".to_owned()),
            ("Connection", "Upgrade".to_owned()),
            ("Sec-WebSocket-Version", VERSION_TEXT.to_owned()),
            ("Sec-WebSocket-Key", self.key.clone()),
        ]
    }

    /// An offer whose texts are those of headers already.
    pub(super) fn of_headers(protocols: &[&str], extensions: &[&str]) -> Self {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self { key: nonce(), protocols: own(protocols), extensions: own(extensions) }
    }

    /// The value of `Sec-WebSocket-Key`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The subprotocols, in order.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        self.protocols.iter().map(String::as_str)
    }

    /// How many extensions there are.
    pub fn extension_count(&self) -> usize {
        self.extensions.len()
    }

    /// The headers that a request needs for this offer. The caller adds `Host`.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::from(self.handshake());
        if !self.protocols.is_empty() {
            headers.push(("Sec-WebSocket-Protocol", self.protocols.join(", ")));
        }
        if !self.extensions.is_empty() {
            headers.push(("Sec-WebSocket-Extensions", self.extensions.join(", ")));
        }
        headers
    }

    /// Checks that the headers of a response with the status 101 agree to this offer, and returns the choice of the
    /// server.
    ///
    /// A server may choose no subprotocol.
    ///
    /// # Errors
    ///
    /// [`UpgradeError`] says which header does not agree.
    pub fn check(&self, response: &Headers) -> Result<Agreement, UpgradeError> {
        if !response.has_token("Upgrade", "websocket") {
            return Err(UpgradeError::Upgrade);
        }
        if !response.has_token("Connection", "upgrade") {
            return Err(UpgradeError::Connection);
        }
        if response.only("Sec-WebSocket-Accept") != Some(derive_accept_key(self.key.as_bytes()).as_bytes()) {
            return Err(UpgradeError::Accept);
        }
        let mut versions = response.elements("Sec-WebSocket-Version").peekable();
        if versions.peek().is_some() && !versions.any(|version| version == VERSION_TEXT.as_bytes()) {
            return Err(UpgradeError::WebSocketVersion);
        }
        Ok(Agreement { extensions: self.check_extensions(response)?, protocol: self.check_protocol(response)? })
    }

    /// Each extension of a response takes one of the offer with its name, which may be there with several parameters.
    fn check_extensions(&self, response: &Headers) -> Result<Vec<usize>, UpgradeError> {
        let mut chosen = Vec::new();
        for extension in response.elements("Sec-WebSocket-Extensions") {
            let mut offered = self.extensions.iter().enumerate();
            let found = offered.find(|(index, offered)| {
                extension_name(offered.as_bytes()) == extension_name(extension) && !chosen.contains(index)
            });
            chosen.push(found.ok_or(UpgradeError::Extension)?.0);
        }
        Ok(chosen)
    }

    fn check_protocol(&self, response: &Headers) -> Result<Option<usize>, UpgradeError> {
        if response.values("Sec-WebSocket-Protocol").next().is_none() {
            return Ok(None);
        }
        let chosen = response.only("Sec-WebSocket-Protocol").ok_or(UpgradeError::Protocol)?;
        let index = self.protocols.iter().position(|protocol| protocol.as_bytes() == chosen);
        index.map(Some).ok_or(UpgradeError::Protocol)
    }
}

/// A key of a handshake: 16 bytes that nobody foresees, in base64 (RFC 6455 section 4.1). tungstenite would draw them from a
/// generator of the thread, which destructors of the thread no longer have.
fn nonce() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    BASE64.encode(&bytes)
}
