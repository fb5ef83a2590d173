//! The URL of a WebSocket, RFC 6455 section 3: strict, since everything else in a URL has its own escapes.

use std::net::Ipv6Addr;

use winws_api::Win32Error;

/// Where to connect to and what to ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// A name or an address; an IPv6 address has no brackets.
    pub host: String,
    pub port: u16,
    /// The value of the Host header.
    pub authority: String,
    /// Path and query; never empty.
    pub target: String,
}

impl Url {
    /// Parses a `ws:` or `http:` URL.
    ///
    /// `ERROR_WINHTTP_UNRECOGNIZED_SCHEME` for any other scheme, the ones with TLS included. User information and a
    /// fragment have no meaning for a WebSocket, so they are `ERROR_WINHTTP_INVALID_URL`, as are characters that a URL
    /// has to escape.
    pub(super) fn parse(text: &str) -> Result<Self, Win32Error> {
        let (scheme, rest) = text.split_once("://").ok_or(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME)?;
        if !scheme.eq_ignore_ascii_case("ws") && !scheme.eq_ignore_ascii_case("http") {
            return Err(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME);
        }
        Self::parse_rest(rest).ok_or(Win32Error::ERROR_WINHTTP_INVALID_URL)
    }

    fn parse_rest(rest: &str) -> Option<Self> {
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) || rest.contains('#') {
            return None;
        }
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = if let Some(bracketed) = authority.strip_prefix('[') {
            let (address, port) = bracketed.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (address, port)
        } else {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            if host.is_empty() || !host.bytes().all(is_name) {
                return None;
            }
            (host, port)
        };
        let port = match port {
            "" | ":" => 80,
            _ => digits(port.strip_prefix(':')?)?,
        };
        let bare = authority.strip_suffix(':').unwrap_or(authority);
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Some(Self { host: host.to_owned(), port, authority: bare.to_owned(), target })
    }
}

fn digits(text: &str) -> Option<u16> {
    // The standard parser also takes a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|&port| port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, host: &str, port: u16, authority: &str, target: &str) {
        let url = Url { host: host.into(), port, authority: authority.into(), target: target.into() };
        assert_eq!(Url::parse(text), Ok(url), "{text}");
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
            "ws://hö.st/",
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
