//! Which proxies a request goes through: rules without I/O.
//!
//! A program names its proxies in a [list](ProxyList), and the hosts that go past them in [another one](Bypass). Or the
//! [environment](Environment) says both. Only HTTP proxies can be used.

mod bypass;
mod environment;
mod list;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

pub(crate) use self::bypass::Bypass;
pub(crate) use self::environment::{Environment, Lists};
pub(crate) use self::list::ProxyList;
use super::host::Host;

/// The longest list that a program may give, in bytes. Each request looks through it.
const MAX_LIST: usize = 1 << 16;

/// A proxy that requests can go through.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// To resolve, without brackets.
    pub(crate) host: String,
    /// As it stands in a URL, with brackets.
    pub(crate) host_text: String,
    pub(crate) port: u16,
    /// Name and password from a URL of the environment. The Basic scheme can send them.
    pub(crate) credentials: Option<(String, String)>,
}

/// Which proxies there are, and what goes past them.
#[derive(Clone, Debug, Default)]
pub(crate) enum Proxies {
    /// Everything goes directly.
    #[default]
    None,
    /// What a program has named.
    Named { list: ProxyList, bypass: Bypass },
    /// What the environment says at that moment.
    Automatic,
}

/// The text names no proxy, something in it is no proxy, or it is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidProxy;

/// There is a proxy for the request, and it cannot be used. The request must fail: whoever asks for a proxy may rely on it, so
/// nothing goes directly instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnusableProxy {
    /// It is one of SOCKS, or of a scheme that is not known, or wants TLS for itself: it has an `https:` URL.
    Scheme,
    /// A variable of the environment is no URL of a proxy.
    Malformed,
}

impl Proxies {
    /// The proxies of this list, except for the hosts of the other one.
    pub(crate) fn named(list: &str, bypass: Option<&str>) -> Result<Self, InvalidProxy> {
        Ok(Self::Named { list: ProxyList::parse(list)?, bypass: Bypass::parse(bypass.unwrap_or_default())? })
    }

    /// The proxies to try for this origin, in order; empty: directly. `is_secure` means https or wss.
    pub(crate) fn of(&self, is_secure: bool, host: &str, port: u16) -> Result<Vec<Proxy>, UnusableProxy> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Named { bypass, .. } if bypass.has(&Target::new(host)) => Ok(Vec::new()),
            Self::Named { list, .. } => list.of(is_secure),
            Self::Automatic => Environment::PROCESS.proxies(is_secure, host, port),
        }
    }
}

impl fmt::Debug for Proxy {
    /// Shows no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host: _, host_text, port, credentials } = self;
        let secret = if credentials.is_some() { "..@" } else { "" };
        write!(f, "Proxy({secret}{host_text}:{port})")
    }
}

impl fmt::Display for UnusableProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the proxy for this request is not an HTTP proxy without TLS, and no other can be used",
            Self::Malformed => "a variable of the environment names a proxy and is not the URL of one",
        })
    }
}

impl Error for UnusableProxy {}

/// What the scheme of a proxy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    /// Proxies that are known, and not here.
    Socks,
}

impl Scheme {
    fn parse(text: &str) -> Option<Self> {
        match &*text.to_ascii_lowercase() {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => Some(Self::Socks),
            _ => None,
        }
    }

    /// The proxy of this scheme at an address.
    fn proxy(self, host: &Host, port: u16, credentials: Option<(String, String)>) -> Result<Proxy, UnusableProxy> {
        match self {
            Self::Http => Ok(Proxy { host: host.to_connect(), host_text: host.header(), port, credentials }),
            Self::Https | Self::Socks => Err(UnusableProxy::Scheme),
        }
    }
}

/// The host of a request, as the lists of exceptions see it.
#[derive(Debug)]
struct Target {
    /// In lower case, without brackets and zone.
    name: String,
    address: Option<IpAddr>,
}

impl Target {
    fn new(host: &str) -> Self {
        let host = without_brackets(host);
        let address = match host.split_once('%') {
            Some((address, _)) => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            None => host.parse().ok(),
        };
        Self { name: address.map_or_else(|| host.to_ascii_lowercase(), |address| address.to_string()), address }
    }
}

fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// A host of a list of exceptions in the form of [`Target::name`], if it is one.
fn name_of(text: &str) -> Option<String> {
    let host = Host::parse(text).ok()?;
    Some(Target::new(&host.to_connect()).name)
}
