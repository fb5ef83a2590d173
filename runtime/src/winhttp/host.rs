//! The host of a server: a name or an address, as programs and URLs write it, and as the network and the Host header want it.

use std::net::{Ipv4Addr, Ipv6Addr};

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// The longest name, in bytes: a name in DNS has no more (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 255;

/// The longest name before it is converted to ASCII, in bytes. A character has at most four.
const MAX_UNCONVERTED: usize = 4 * MAX_NAME;

/// The longest name of a zone, in bytes. Systems have names of interfaces that are far shorter.
const MAX_ZONE: usize = 64;

/// A host that is well-formed. It may not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A name in ASCII, as it was written: letters, digits, `-`, `.` and `_`.
    Name(String),
    V4(Ipv4Addr),
    /// The zone says which link an address belongs to that many links have (RFC 4007). It means something to this machine only.
    V6 {
        address: Ipv6Addr,
        zone: Option<String>,
    },
}

/// The text is no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidHost;

impl Host {
    /// Parses what a program names as its server, such as `example.com`, `127.0.0.1`, `::1` or `[::1]`.
    ///
    /// An IPv6 address may have a zone: `fe80::1%eth0` (RFC 4007 section 11), in brackets also `[fe80::1%25eth0]`, as in a URL.
    /// International names are converted to ASCII (UTS #46).
    pub(super) fn parse(text: &str) -> Result<Self, InvalidHost> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(InvalidHost)?;
            return Self::parse_v6_of_url(inner).or_else(|_| Self::parse_v6(inner));
        }
        if text.contains(':') { Self::parse_v6(text) } else { Self::parse_name(text) }
    }

    /// Parses the host of a URL (RFC 3986 section 3.2.2): an IPv6 address has brackets, and its zone follows `%25` (RFC 6874).
    pub(super) fn parse_of_url(text: &str) -> Result<Self, InvalidHost> {
        match text.strip_prefix('[') {
            Some(inner) => Self::parse_v6_of_url(inner.strip_suffix(']').ok_or(InvalidHost)?),
            None => Self::parse_name(text),
        }
    }

    /// What to resolve or to connect to, without brackets: a zone follows `%`.
    pub(super) fn to_connect(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::V4(address) => address.to_string(),
            Self::V6 { address, zone: None } => address.to_string(),
            Self::V6 { address, zone: Some(zone) } => format!("{address}%{zone}"),
        }
    }

    /// What the Host header says before the port: an IPv6 address has brackets, and its zone stays here (RFC 6874 section 4).
    pub(super) fn header(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::V4(address) => address.to_string(),
            Self::V6 { address, .. } => format!("[{address}]"),
        }
    }

    fn parse_name(text: &str) -> Result<Self, InvalidHost> {
        if text.len() > MAX_UNCONVERTED {
            return Err(InvalidHost);
        }
        // The case of an ASCII name stays as it is, and so does a label that only looks like Punycode.
        let name = if text.is_ascii() { text.to_owned() } else { convert(text)? };
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_of_name) {
            return Err(InvalidHost);
        }
        Ok(name.parse().map_or(Self::Name(name), Self::V4))
    }

    fn parse_v6(text: &str) -> Result<Self, InvalidHost> {
        match text.split_once('%') {
            Some((address, zone)) => Self::v6(address, Some(zone.to_owned())),
            None => Self::v6(text, None),
        }
    }

    fn parse_v6_of_url(text: &str) -> Result<Self, InvalidHost> {
        match text.split_once('%') {
            Some((address, zone)) => Self::v6(address, Some(unescape(zone.strip_prefix("25").ok_or(InvalidHost)?)?)),
            None => Self::v6(text, None),
        }
    }

    fn v6(address: &str, zone: Option<String>) -> Result<Self, InvalidHost> {
        // The name of an interface may have other characters than a name in DNS, but it begins or ends nothing of a URL.
        let is_of_zone = |byte: u8| byte.is_ascii_graphic() && !b"%/[]".contains(&byte);
        if zone.as_ref().is_some_and(|zone| zone.is_empty() || zone.len() > MAX_ZONE || !zone.bytes().all(is_of_zone)) {
            return Err(InvalidHost);
        }
        Ok(Self::V6 { address: address.parse().map_err(|_| InvalidHost)?, zone })
    }
}

/// An international name in ASCII, as browsers convert it: the URL Standard's processing of UTS #46.
fn convert(name: &str) -> Result<String, InvalidHost> {
    let ascii =
        Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, DnsLength::VerifyAllowRootDot);
    Ok(ascii.map_err(|_| InvalidHost)?.into_owned())
}

/// The zone of a URL: unreserved characters, and others as escape sequences (RFC 6874 section 2).
fn unescape(zone: &str) -> Result<String, InvalidHost> {
    let mut bytes = zone.bytes();
    let mut plain = String::new();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(InvalidHost);
                u8::try_from(digit()? * 16 + digit()?).expect("two digits are a byte")
            }
            _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => byte,
            _ => return Err(InvalidHost),
        };
        plain.push(char::from(byte));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, to_connect: &str, header: &str) {
        let host = Host::parse(text).unwrap_or_else(|_| panic!("{text} is a host"));
        assert_eq!((host.to_connect().as_str(), host.header().as_str()), (to_connect, header), "{text}");
    }

    #[test]
    fn ascii_names_stay_as_they_are() {
        for name in ["a", "Example.COM", "example.com.", "a_b.c-d", "xn--0", "1.2.3", "127.1", &"a".repeat(255)] {
            check(name, name, name);
            assert_eq!(Host::parse_of_url(name), Ok(Host::Name(name.to_owned())));
        }
    }

    /// The first three are of RFC 3492 section 7.1 and of the tests of UTS #46; ß and ς are letters of their own today.
    #[test]
    fn international_names_become_ascii() {
        for (name, ascii) in [
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("faß.de", "xn--fa-hia.de"),
            ("βόλος.com", "xn--nxasmm1c.com"),
            ("hö.st", "xn--h-1ga.st"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            // Composed and decomposed letters are one name, and the ideographic full stop separates labels.
            ("bu\u{308}cher。example", "xn--bcher-kva.example"),
            ("Ｅｘａｍｐｌｅ.com", "example.com"),
        ] {
            check(name, ascii, ascii);
        }
        assert_eq!(Host::parse_of_url("hö.st"), Host::parse("hö.st"));
    }

    #[test]
    fn an_address_in_digits_of_another_script_is_an_address() {
        check("１２７.０.0.1", "127.0.0.1", "127.0.0.1");
        assert_eq!(Host::parse("１２７.０.0.1"), Ok(Host::V4(Ipv4Addr::LOCALHOST)));
    }

    #[test]
    fn addresses_of_ipv6_have_brackets_in_the_header_only() {
        check("127.0.0.1", "127.0.0.1", "127.0.0.1");
        check("::1", "::1", "[::1]");
        check("[::1]", "::1", "[::1]");
        check("2001:DB8:0:0:0:0:0:1", "2001:db8::1", "[2001:db8::1]");
        check("[::ffff:192.0.2.1]", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]");
    }

    #[test]
    fn a_zone_is_for_the_connection_and_not_for_the_header() {
        check("fe80::1%eth0", "fe80::1%eth0", "[fe80::1]");
        check("fe80::1%1", "fe80::1%1", "[fe80::1]");
        check("[fe80::1%eth0]", "fe80::1%eth0", "[fe80::1]");
        check("[fe80::1%25eth0]", "fe80::1%eth0", "[fe80::1]");
        check("[fe80::1%25eth0%2e7]", "fe80::1%eth0.7", "[fe80::1]");
        check("fe80::1%eth0:1", "fe80::1%eth0:1", "[fe80::1]");
        // Without brackets `%` is written as such, so 25 is the beginning of the zone.
        check("fe80::1%25", "fe80::1%25", "[fe80::1]");
        check("[fe80::1%25]", "fe80::1%25", "[fe80::1]");
        check("fe80::1%251", "fe80::1%251", "[fe80::1]");
        check("[fe80::1%251]", "fe80::1%1", "[fe80::1]");
    }

    #[test]
    fn texts_that_are_no_host() {
        let long = "a".repeat(256);
        for text in [
            "",
            " ",
            "a b",
            " a",
            "a ",
            "a\tb",
            "a\0",
            "a\r\nb",
            "a\u{7f}",
            "a/b",
            "a@b",
            "a:80",
            "a?b",
            "a#b",
            "a\\b",
            "a%b",
            "a[b",
            "a]",
            "(a)",
            "a,b",
            "[",
            "[]",
            "[a]",
            "[127.0.0.1]",
            "[::1",
            "::1]",
            "[::1]:80",
            "[::1]x",
            ":",
            "::1::",
            "1::1%",
            "[::1%]",
            "::1%a b",
            "::1%a/b",
            "::1%a%b",
            "[::1%25a%2]",
            "[::1%25%00]",
            "[::1%25a%2f]",
            &long,
            // What a name is once it is converted counts.
            "ö／b",
            "ö b",
            "ö\u{2028}",
            "ö@b",
            "a\u{ff1a}80",
            "\u{ad}",
            "ö..b",
            "\u{200d}",
            // Longer than a label or a name may be.
            &"ö".repeat(70),
            &"ö.".repeat(130),
            &"ö".repeat(1 << 20),
        ] {
            assert_eq!(Host::parse(text), Err(InvalidHost), "{:?}", &text[..text.len().min(20)]);
        }
    }

    /// Soft hyphens vanish (UTS #46), but not without work.
    #[test]
    fn what_a_name_may_be_before_it_is_converted_is_bounded() {
        let padded = |count: usize| format!("h{}ö.st", "\u{ad}".repeat(count));
        assert_eq!(Host::parse(&padded(20)), Ok(Host::Name("xn--h-1ga.st".to_owned())));
        assert_eq!(Host::parse(&padded(510)), Err(InvalidHost));
    }

    #[test]
    fn in_a_url_an_address_has_brackets_and_its_zone_an_escaped_sign() {
        let scoped = |zone: &str| Host::V6 { address: "fe80::1".parse().unwrap(), zone: Some(zone.to_owned()) };
        assert_eq!(Host::parse_of_url("[fe80::1%25eth0]"), Ok(scoped("eth0")));
        assert_eq!(Host::parse_of_url("[fe80::1%25a%3ab]"), Ok(scoped("a:b")));
        for text in
            ["fe80::1", "::1", "[fe80::1%eth0]", "[fe80::1%25]", "[fe80::1%25a:b]", "[fe80::1%25%25]", "[fe80::1", ""]
        {
            assert_eq!(Host::parse_of_url(text), Err(InvalidHost), "{text}");
        }
    }
}
