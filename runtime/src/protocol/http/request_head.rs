//! The head of a request, and its bytes.

use core::{fmt, iter};

use super::fields::Fields;
use super::head::MAX_HEAD;
use super::headers::is_token;

/// The head of a request of HTTP/1. Its fields may be changed until it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    method: String,
    target: String,
    minor_version: u8,
    host: String,
    /// The headers. `Host` stands here only if the program sets it.
    pub fields: Fields,
}

/// The part of a request's head that HTTP does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidRequest {
    /// The method is not a token (RFC 9110 section 9.1).
    Method,
    /// The target is empty, has blanks or control characters, or has more than [`MAX_HEAD`] bytes (RFC 9112 section 3.2).
    Target,
    /// The version is neither 1.0 nor 1.1.
    Version,
    /// The value of `Host` is empty, or has blanks, control characters or characters beyond ASCII (RFC 9110 section 7.2).
    Host,
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method is not a token",
            Self::Target => "the request target has characters that HTTP does not allow",
            Self::Version => "the version is neither HTTP/1.0 nor HTTP/1.1",
            Self::Host => "the host has characters that HTTP does not allow",
        })
    }
}

impl core::error::Error for InvalidRequest {}

impl RequestHead {
    /// The head of a request without headers but `Host`, whose value is `host` until the program adds one.
    ///
    /// `minor_version` is the 1 of HTTP/1.1, or 0. The characters of the target are sent as they are (b1.8.18).
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] says which part could end its line or cannot be sent.
    pub fn new(method: &str, target: &str, minor_version: u8, host: &str) -> Result<Self, InvalidRequest> {
        if !is_token(method) || method.len() > MAX_HEAD {
            return Err(InvalidRequest::Method);
        }
        let is_bad = |char: char| char.is_control() || char.is_whitespace();
        if target.is_empty() || target.len() > MAX_HEAD || target.contains(is_bad) {
            return Err(InvalidRequest::Target);
        }
        if minor_version > 1 {
            return Err(InvalidRequest::Version);
        }
        if host.is_empty() || host.len() > MAX_HEAD || !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidRequest::Host);
        }
        let [method, target, host] = [method, target, host].map(str::to_owned);
        Ok(Self { method, target, minor_version, host, fields: Fields::new() })
    }

    /// The method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request target, for example `/chat?room=1`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The 1 of HTTP/1.1, or 0.
    pub const fn minor_version(&self) -> u8 {
        self.minor_version
    }

    /// All headers as they are sent: `Host` first (RFC 9110 section 7.2), then the others in their order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_host = |name: &str| name.eq_ignore_ascii_case("Host");
        let host = self.fields.iter().find(|(name, _)| is_host(name)).unwrap_or(("Host", &self.host));
        iter::once(host).chain(self.fields.iter().filter(move |(name, _)| !is_host(name)))
    }

    /// The lines of the head without their ends: the request line, then one for each header.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let line = format!("{} {} HTTP/1.{}", self.method, self.target, self.minor_version);
        iter::once(line).chain(self.headers().map(|(name, value)| format!("{name}: {value}")))
    }

    /// The same with another target.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::Target`] as for [`new`](Self::new).
    pub fn with_target(&self, target: &str) -> Result<Self, InvalidRequest> {
        let head = Self::new(&self.method, target, self.minor_version, &self.host)?;
        Ok(Self { fields: self.fields.clone(), ..head })
    }

    /// The bytes of the head.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = self.lines().collect::<Vec<_>>().join("\r\n");
        text.push_str("\r\n\r\n");
        text.into_bytes()
    }
}
