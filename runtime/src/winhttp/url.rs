//! The URL of a WebSocket, RFC 6455 section 3: strict, since everything else in a URL has its own escapes. The files beside
//! it are WinHttpCrackUrl and WinHttpCreateUrl, which look at the structure of http and https URLs only.

#[cfg(test)]
mod calls;
mod crack;
mod create;
mod parts;
mod units;

use winws_api::Win32Error;

pub(super) use self::units::NotEscaped;
pub(super) use self::{crack::crack, create::create};
use super::host::Host;

/// The port of `ws:` and `http:`.
const DEFAULT_PORT: u16 = 80;

/// Where to connect to and what to ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// Path and query; never empty.
    pub(crate) target: String,
}

impl Url {
    /// Parses a `ws:` or `http:` URL.
    ///
    /// `ERROR_WINHTTP_UNRECOGNIZED_SCHEME` for any other scheme, the ones with TLS included. User information and a
    /// fragment have no meaning for a WebSocket, so they are `ERROR_WINHTTP_INVALID_URL`, as are characters that a URL
    /// has to escape. The host may have them: it is converted to ASCII.
    pub(crate) fn parse(text: &str) -> Result<Self, Win32Error> {
        let (scheme, rest) = text.split_once("://").ok_or(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME)?;
        if !scheme.eq_ignore_ascii_case("ws") && !scheme.eq_ignore_ascii_case("http") {
            return Err(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME);
        }
        Self::parse_rest(rest).ok_or(Win32Error::ERROR_WINHTTP_INVALID_URL)
    }

    fn parse_rest(rest: &str) -> Option<Self> {
        let (authority, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return None;
        }
        let end = if authority.starts_with('[') {
            authority.find(']')? + 1
        } else {
            authority.find(':').unwrap_or(authority.len())
        };
        let (host, port) = authority.split_at(end);
        let host = Host::parse_of_url(host).ok()?;
        let port = match port {
            "" | ":" => DEFAULT_PORT,
            _ => digits(port.strip_prefix(':')?)?,
        };
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Some(Self { host, port, target })
    }
}

fn digits(text: &str) -> Option<u16> {
    // The standard parser also takes a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|&port| port != 0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::winhttp::Connection;

    fn check(text: &str, host: &str, port: u16, authority: &str, target: &str) {
        let url = Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let connection = Connection::new(Arc::default(), url.host, url.port);
        let origin = connection.origin(false);
        let found = (&origin.host[..], origin.port, &origin.authority()[..], &url.target[..]);
        assert_eq!(found, (host, port, authority, target), "{text}");
    }

    #[test]
    fn urls() {
        check("ws://example.com/chat", "example.com", 80, "example.com", "/chat");
        check("HTTP://example.com:8080/a?b=c", "example.com", 8080, "example.com:8080", "/a?b=c");
        check("ws://127.0.0.1", "127.0.0.1", 80, "127.0.0.1", "/");
        check("ws://host?q=/", "host", 80, "host", "/?q=/");
        check("ws://host:/x", "host", 80, "host", "/x");
        check("ws://[::1]:9001/", "::1", 9001, "[::1]:9001", "/");
        check("ws://[::1]", "::1", 80, "[::1]", "/");
        check("ws://host/@:8", "host", 80, "host", "/@:8");
    }

    /// RFC 6455 section 4.1, item 4.
    #[test]
    fn the_host_header_has_no_default_port_and_no_leading_zeros() {
        check("ws://h:80/", "h", 80, "h", "/");
        check("ws://h:0080/", "h", 80, "h", "/");
        check("ws://h:08080/", "h", 8080, "h:8080", "/");
        check("ws://[::1]:80/", "::1", 80, "[::1]", "/");
        check("ws://[::1]:/", "::1", 80, "[::1]", "/");
    }

    #[test]
    fn international_names_are_converted() {
        check("ws://hö.st/", "xn--h-1ga.st", 80, "xn--h-1ga.st", "/");
        check("ws://hö.st:9001?a", "xn--h-1ga.st", 9001, "xn--h-1ga.st:9001", "/?a");
    }

    /// RFC 6874: the zone follows `%25`, and means nothing to the server.
    #[test]
    fn the_zone_of_an_address_is_for_the_connection_only() {
        check("ws://[fe80::1%25lo]/", "fe80::1%lo", 80, "[fe80::1]", "/");
        check("ws://[fe80::1%25lo]:9001/", "fe80::1%lo", 9001, "[fe80::1]:9001", "/");
    }

    #[test]
    fn other_schemes() {
        for text in ["wss://host/", "https://host/", "ftp://host/", "host/", "", "://host", " ws://host"] {
            assert_eq!(Url::parse(text), Err(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME), "{text:?}");
        }
    }

    #[test]
    fn urls_that_are_none() {
        for text in [
            "ws://",
            "ws:///path",
            "ws://:80/",
            "ws://user@host/",
            "ws://user:word@host/",
            "ws://host/#part",
            "ws://host#",
            "ws://host:0/",
            "ws://host:65536/",
            "ws://host:+80/",
            "ws://host:8o/",
            "ws://host/a b",
            "ws://host/\r\nX: y",
            "ws://host/hö",
            "ws://host?hö",
            "ws://hö／st/",
            "ws://[fe80::1%25]/",
            "ws://ho st/",
            "ws://[::1/",
            "ws://[::1]x/",
            "ws://[127.0.0.1]/",
            "ws://[fe80::1%eth0]/",
            "ws://::1/",
        ] {
            assert_eq!(Url::parse(text), Err(Win32Error::ERROR_WINHTTP_INVALID_URL), "{text:?}");
        }
    }
}
