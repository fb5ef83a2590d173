//! Which responses are redirects, and where they lead (RFC 9110 section 15.4).

use url::{Host, Position, Url};

use super::ExchangeError;
use crate::protocol::http::{RequestHead, Response};

/// Who is asked: a server at a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whether the connection is one of TLS.
    pub is_secure: bool,
    /// The name to resolve, or the address, without brackets.
    pub host: String,
    /// The name or the address as it stands in a URL and in `Host`.
    pub host_text: String,
    /// The port, which is never 0.
    pub port: u16,
}

impl Origin {
    /// The value of `Host`: without the port if it is the default one (b1.8.11, RFC 6455 section 4.1).
    pub fn authority(&self) -> String {
        let default = if self.is_secure { 443 } else { 80 };
        if self.port == default { self.host_text.clone() } else { format!("{}:{}", self.host_text, self.port) }
    }

    /// The URL of a target there.
    pub fn url(&self, target: &str) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://{}{target}", self.authority())
    }
}

/// Which redirects are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// None: the program gets them as responses.
    Never,
    /// All but those from TLS to no TLS.
    NotToPlain,
    /// All.
    Always,
}

/// The next attempt.
#[derive(Debug)]
pub(super) struct Next {
    pub origin: Origin,
    pub head: RequestHead,
    /// Whether the body is sent again.
    pub keeps_body: bool,
}

/// Headers that are for the former server only.
const FOR_ONE_ORIGIN: [&str; 4] = ["Authorization", "Cookie", "Host", "Proxy-Authorization"];

/// Headers that speak of a body (RFC 9110 sections 10.1.1 and 15.4).
const OF_A_BODY: [&str; 11] = [
    "Content-Length",
    "Transfer-Encoding",
    "Content-Type",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-MD5",
    "Digest",
    "Expect",
    "Last-Modified",
    "Trailer",
];

/// Where a response leads; `None` if it is no redirect, or one that is not followed.
pub(super) fn next(
    origin: &Origin,
    head: &RequestHead,
    response: &Response,
    redirects: Redirects,
) -> Result<Option<Next>, ExchangeError> {
    let status = response.status();
    if redirects == Redirects::Never || !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers("Location").next() else { return Ok(None) };
    let location = escaped(location);
    // A name may be one that resolvers take and URLs do not: then only a whole URL leads on.
    let base = Url::parse(&origin.url(head.target())).ok();
    let url = base.as_ref().map_or_else(|| Url::parse(&location), |base| base.join(&location));
    let url = url.map_err(|_| ExchangeError::Location)?;
    let is_secure = match url.scheme() {
        "http" | "ws" => false,
        "https" | "wss" => true,
        _ => return Err(ExchangeError::Scheme),
    };
    if redirects == Redirects::NotToPlain && origin.is_secure && !is_secure {
        return Ok(None);
    }
    let host = url.host().ok_or(ExchangeError::Location)?;
    let name = match host {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let port = url.port_or_known_default().filter(|&port| port != 0).ok_or(ExchangeError::Location)?;
    // A URL knows neither the case of a name nor the zone of an address, so the former origin is kept as it was written.
    let former = base.as_ref().and_then(Url::host);
    let is_same = (is_secure, Some(&host), port) == (origin.is_secure, former.as_ref(), origin.port);
    let to = if is_same { origin.clone() } else { Origin { is_secure, host: name, host_text: host.to_string(), port } };
    // 303 asks for another document; for 301 and 302, clients turn a POST into a GET (RFC 9110 sections 15.4.2 to 15.4.4).
    let is_get = match status {
        303 => head.method() != "HEAD",
        301 | 302 => head.method() == "POST",
        _ => false,
    };
    let method = if is_get { "GET" } else { head.method() };
    let target = &url[Position::BeforePath..Position::AfterQuery];
    let mut new =
        RequestHead::new(method, target, head.minor_version(), &to.authority()).map_err(|_| ExchangeError::Location)?;
    new.fields = head.fields.clone();
    if !is_same {
        FOR_ONE_ORIGIN.iter().for_each(|name| new.fields.remove(name));
    }
    if is_get {
        OF_A_BODY.iter().for_each(|name| new.fields.remove(name));
    }
    Ok(Some(Next { origin: to, head: new, keeps_body: !is_get }))
}

/// A `Location` as a text: bytes beyond ASCII are escaped, as browsers do it, whatever their encoding is.
fn escaped(location: &[u8]) -> String {
    let mut text = String::with_capacity(location.len());
    for &byte in location {
        if byte.is_ascii() {
            text.push(byte.into());
        } else {
            text.extend(["%".to_owned(), format!("{byte:02X}")]);
        }
    }
    text
}
