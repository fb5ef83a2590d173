//! The URL of a WebSocket or of a document, RFC 6455 section 3: strict, since everything else in a URL has its own escapes. The files beside
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
use super::authority::{parse_server, parse_user_info};
use super::host::Host;
use super::request::Credentials;

/// Where to connect to and what to ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// Whether it is asked over TLS.
    pub(crate) is_secure: bool,
    pub(crate) host: Host,
    /// 0 is the default of the scheme.
    pub(crate) port: u16,
    /// With what a challenge of the server is answered.
    pub(crate) credentials: Option<Credentials>,
    /// Path and query; never empty.
    pub(crate) target: String,
}

impl Url {
    /// Parses a URL with the scheme `ws`, `wss`, `http` or `https`.
    ///
    /// `ERROR_WINHTTP_UNRECOGNIZED_SCHEME` for any other scheme. A fragment has no meaning here, so it is
    /// `ERROR_WINHTTP_INVALID_URL`, as are characters that a URL has to escape. The host may have them: it is converted to ASCII.
    pub(crate) fn parse(text: &str) -> Result<Self, Win32Error> {
        let (scheme, rest) = text.split_once("://").ok_or(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME)?;
        let is = |names: [&str; 2]| names.iter().any(|name| scheme.eq_ignore_ascii_case(name));
        let is_secure = is(["wss", "https"]);
        if !is_secure && !is(["ws", "http"]) {
            return Err(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME);
        }
        Self::parse_rest(is_secure, rest).ok_or(Win32Error::ERROR_WINHTTP_INVALID_URL)
    }

    fn parse_rest(is_secure: bool, rest: &str) -> Option<Self> {
        let (authority, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return None;
        }
        let (credentials, authority) = match authority.rsplit_once('@') {
            Some((user_info, authority)) => (Some(credentials(user_info)?), authority),
            None => (None, authority),
        };
        let (host, port) = parse_server(authority, 0)?;
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Some(Self { is_secure, host, port, credentials, target })
    }
}

/// The name and the password of a URL. Unlike proxies, servers are named by URLs in which nothing is left unescaped.
fn credentials(user_info: &str) -> Option<Credentials> {
    let is_plain = user_info.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
    let (user, password) = parse_user_info(user_info).filter(|_| is_plain)?;
    Credentials::new(&user, &password).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::winhttp::Connection;

    fn check(text: &str, host: &str, port: u16, authority: &str, target: &str) {
        let url = Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let connection = Connection::new(Arc::default(), url.host, url.port);
        let origin = connection.origin(url.is_secure);
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
        check("wss://example.com/chat", "example.com", 443, "example.com", "/chat");
        check("Https://host:80", "host", 80, "host:80", "/");
        check("wss://[::1]:443/", "::1", 443, "[::1]", "/");
    }

    /// RFC 3986 section 3.2.1. The values are the base64 of name, colon and password.
    #[test]
    fn a_name_and_a_password_before_the_host() {
        for (text, user, password) in [
            ("ws://user@host/", "user", ""),
            ("ws://user:word@host/", "user", "word"),
            ("wss://a%20b:c%3Ad%40%C3%A9@host:1/", "a b", "c:d@é"),
            ("http://:word@[::1]/", "", "word"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(url.credentials, Some(Credentials::new(user, password).unwrap()), "{text}");
        }
        assert_eq!(Url::parse("ws://host/user:word@").unwrap().credentials, None);
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
        for text in ["wsss://host/", "ftp://host/", "host/", "", "://host", " ws://host"] {
            assert_eq!(Url::parse(text), Err(Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME), "{text:?}");
        }
    }

    #[test]
    fn urls_that_are_none() {
        for text in [
            "ws://",
            "ws:///path",
            "ws://:80/",
            "ws://user@",
            "ws://us%3Aer@host/",
            "ws://us%zzer@host/",
            "ws://user:%2@host/",
            "ws://us%0Aer@host/",
            "ws://us%FFer@host/",
            "ws://us er@host/",
            "ws://a@b@host/",
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
