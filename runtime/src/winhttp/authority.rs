//! The authority of a URL (RFC 3986 section 3.2): who asks, a host and a port.

use super::host::Host;

/// Reads a host, which has brackets if it is an IPv6 address, and its port.
pub(super) fn parse_server(text: &str, default_port: u16) -> Option<(Host, u16)> {
    let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
    let (host, port) = text.split_at(end);
    let port = match port {
        "" | ":" => default_port,
        _ => parse_port(port.strip_prefix(':')?)?,
    };
    Some((Host::parse_of_url(host).ok()?, port))
}

pub(super) fn parse_port(text: &str) -> Option<u16> {
    // The standard parser also takes a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|&port| port != 0)
}

/// The name and the password of user information, each with its own escapes. Without a password it is empty.
pub(super) fn parse_user_info(text: &str) -> Option<(String, String)> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    decode(user).zip(decode(password))
}

/// The text that escape sequences stand for (RFC 3986 section 2.1). `None` if one is broken off, or the bytes are no text.
fn decode(text: &str) -> Option<String> {
    let (mut bytes, mut decoded) = (text.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            _ => byte,
        });
    }
    String::from_utf8(decoded).ok()
}
