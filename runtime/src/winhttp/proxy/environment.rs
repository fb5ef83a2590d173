//! The proxies that the environment names, by the rules of curl (b9.9): its man page, and that of CURLOPT_NOPROXY.
//!
//! - `https_proxy` or HTTPS_PROXY is for https and wss, `http_proxy` or HTTP_PROXY for http and ws, and `all_proxy` or ALL_PROXY for
//!   what has none of its own. The name in lower case comes first, and an empty variable counts as missing.
//! - Where REQUEST_METHOD is set, HTTP_PROXY may be a header that a stranger has sent to a CGI program. It does not count there.
//! - The value is `[scheme://][user[:password]@]host[:port]`. The port is 1080 if none is given, and 443 for an `https:` proxy
//!   (CURLOPT_PROXYPORT). Credentials may have escape sequences.
//! - `no_proxy` or NO_PROXY has hosts with commas between them. A name stands for itself and for all below it, with a dot before it or
//!   without; `*` for everything; an address may have the number of bits that count. A port may follow, as other programs have it.

use std::fmt;
use std::net::IpAddr;

use super::{Proxy, Scheme, Target, UnusableProxy, name_of, without_brackets};
use crate::protocol::http::Basic;
use crate::winhttp::authority::{parse_port, parse_server, parse_user_info};
use crate::winhttp::host::Host;

/// Where variables are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'e> {
    look_up: &'e dyn Fn(&str) -> Option<String>,
}

/// What the environment says in the form of the lists that a program names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists {
    pub(crate) proxies: Option<String>,
    pub(crate) bypass: Option<String>,
}

/// A proxy as a variable names it.
struct Named {
    scheme: Scheme,
    host: Host,
    port: u16,
    credentials: Option<(String, String)>,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
impl<'e> Environment<'e> {
    /// An environment of which this function knows the variables.
    pub(super) const fn new(look_up: &'e dyn Fn(&str) -> Option<String>) -> Self {
        Self { look_up }
    }
}

fn of_process(name: &str) -> Option<String> {
    // What is not Unicode stays visible: a host with such a character is none.
    Some(std::env::var_os(name)?.to_string_lossy().into_owned())
}

impl Environment<'_> {
    /// The environment of this process, as it is when somebody asks.
    pub(crate) const PROCESS: Environment<'static> = Environment { look_up: &of_process };

    /// The proxy for this origin; none if it is reached directly.
    pub(crate) fn proxies(self, is_secure: bool, host: &str, port: u16) -> Result<Vec<Proxy>, UnusableProxy> {
        let Some(value) = self.proxy(is_secure) else { return Ok(Vec::new()) };
        let target = Target::new(host);
        if self.exceptions().iter().any(|exception| exception.has(&target, port)) {
            return Ok(Vec::new());
        }
        let Named { scheme, host, port, credentials } = parse(&value)?;
        Ok(vec![scheme.proxy(&host, port, credentials)?])
    }

    /// The same for all origins, in the form of the lists that programs name (b9.8). It has no credentials, and no exceptions
    /// with a port or with a number of bits that no `*` can stand for: such hosts are reached through the proxy.
    pub(crate) fn lists(self) -> Result<Lists, UnusableProxy> {
        let mut proxies = Vec::new();
        for (is_secure, name) in [(false, "http"), (true, "https")] {
            let Some(value) = self.proxy(is_secure) else { continue };
            let Named { scheme, host, port, .. } = parse(&value)?;
            let scheme = match scheme {
                Scheme::Http => "http",
                Scheme::Https => "https",
                Scheme::Socks => "socks",
            };
            proxies.push(format!("{name}={scheme}://{}:{port}", host.header()));
        }
        if proxies.is_empty() {
            return Ok(Lists::default());
        }
        let bypass: Vec<_> = self.exceptions().iter().flat_map(Exception::patterns).collect();
        let joined = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join(";"));
        Ok(Lists { proxies: joined(proxies), bypass: joined(bypass) })
    }

    /// The variable for these requests.
    fn proxy(self, is_secure: bool) -> Option<String> {
        let own = if is_secure {
            self.first(&["https_proxy", "HTTPS_PROXY"])
        } else if (self.look_up)("REQUEST_METHOD").is_some() {
            self.first(&["http_proxy"])
        } else {
            self.first(&["http_proxy", "HTTP_PROXY"])
        };
        own.or_else(|| self.first(&["all_proxy", "ALL_PROXY"]))
    }

    fn exceptions(self) -> Vec<Exception> {
        let texts = self.first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        let texts = texts.split(|char: char| char == ',' || char.is_whitespace()).filter(|text| !text.is_empty());
        texts.filter_map(Exception::parse).collect()
    }

    /// The first of these variables that is not empty.
    fn first(self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| (self.look_up)(name).filter(|value| !value.is_empty()))
    }
}

fn parse(value: &str) -> Result<Named, UnusableProxy> {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (Scheme::parse(scheme).ok_or(UnusableProxy::Scheme)?, rest),
        None => (Scheme::Http, value),
    };
    let default_port = if scheme == Scheme::Https { 443 } else { 1080 };
    // A path means nothing.
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (credentials, server) = match authority.rsplit_once('@') {
        Some((credentials, server)) => (Some(credentials).filter(|text| !text.is_empty()), server),
        None => (None, authority),
    };
    let credentials = credentials.map(parse_credentials).transpose()?;
    let (host, port) = parse_server(server, default_port).ok_or(UnusableProxy::Malformed)?;
    Ok(Named { scheme, host, port, credentials })
}

fn parse_credentials(text: &str) -> Result<(String, String), UnusableProxy> {
    let both = parse_user_info(text).ok_or(UnusableProxy::Malformed)?;
    Basic::new(&both.0, &both.1).map_err(|_| UnusableProxy::Malformed)?;
    Ok(both)
}

/// Hosts that are reached without a proxy.
#[derive(Debug)]
struct Exception {
    hosts: Hosts,
    /// `None` is every port.
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    All,
    /// A name in lower case, without dots around it, and all below it.
    Below(String),
    /// Addresses that have the first bits of this one.
    Near(IpAddr, u32),
}

impl Exception {
    /// `None` for what no host can be.
    fn parse(text: &str) -> Option<Self> {
        if let Some(hosts) = Hosts::parse(text) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = text.rsplit_once(':')?;
        Some(Self { hosts: Hosts::parse(host)?, port: Some(parse_port(port)?) })
    }

    fn has(&self, target: &Target, port: u16) -> bool {
        self.port.is_none_or(|own| own == port) && self.hosts.has(target)
    }

    /// The entries of a list of a program that say the same.
    fn patterns(&self) -> Vec<String> {
        if self.port.is_some() {
            return Vec::new();
        }
        match &self.hosts {
            Hosts::All => vec!["*".to_owned()],
            Hosts::Below(name) => vec![name.clone(), format!("*.{name}")],
            Hosts::Near(address, bits) if *bits == width(address) => vec![address.to_string()],
            Hosts::Near(IpAddr::V4(address), bits @ (8 | 16 | 24)) => {
                let numbers = address.octets().iter().take(*bits as usize / 8).map(u8::to_string).collect::<Vec<_>>();
                vec![format!("{}.*", numbers.join("."))]
            }
            Hosts::Near(..) => Vec::new(),
        }
    }
}

impl Hosts {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        if let Ok(address) = without_brackets(address).parse::<IpAddr>() {
            let bits = match bits {
                None => 0,
                Some(bits) if bits.len() < 4 && bits.bytes().all(|byte| byte.is_ascii_digit()) => bits.parse().ok()?,
                Some(_) => return None,
            };
            // 0 bits are all of them for curl.
            let bits = if bits == 0 { width(&address) } else { bits };
            return (bits <= width(&address)).then_some(Self::Near(address, bits));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        name_of(name.strip_prefix('.').unwrap_or(name)).map(Self::Below)
    }

    fn has(&self, target: &Target) -> bool {
        match (self, target.address) {
            (Self::All, _) => true,
            (Self::Below(name), None) => {
                let host = target.name.strip_suffix('.').unwrap_or(&target.name);
                host.strip_suffix(&**name).is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            (Self::Near(IpAddr::V4(network), bits), Some(IpAddr::V4(address))) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= *bits
            }
            (Self::Near(IpAddr::V6(network), bits), Some(IpAddr::V6(address))) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= *bits
            }
            _ => false,
        }
    }
}

/// How many bits an address has.
const fn width(address: &IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}
