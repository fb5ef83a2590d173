//! The list of proxies that a program names: `[scheme=][scheme://]host[:port]`, with semicolons or white space between the
//! entries (b9.8).
//!
//! The page leaves some things open. The port is 80 if none is given. A slash may stand at the end.
//! Entries for schemes that no request has, such as `ftp=`, are skipped. `socks=` serves every scheme, as in the settings of a user,
//! and so a request that only such a proxy serves fails.

use std::sync::Arc;

use super::{InvalidProxy, MAX_LIST, Proxy, Scheme, UnusableProxy};
use crate::winhttp::authority::parse_server;

/// Proxies by the scheme of the request.
#[derive(Clone, Debug)]
pub(crate) struct ProxyList {
    text: Arc<str>,
    entries: Arc<[Entry]>,
}

#[derive(Debug)]
struct Entry {
    serves: Serves,
    proxy: Result<Proxy, UnusableProxy>,
}

/// Which requests a proxy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Serves {
    All,
    /// http and ws.
    Plain,
    /// https and wss.
    Secure,
}

impl ProxyList {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidProxy> {
        if text.len() > MAX_LIST {
            return Err(InvalidProxy);
        }
        let mut texts = text.split(|char: char| char == ';' || char.is_whitespace()).filter(|text| !text.is_empty());
        let first = parse_entry(texts.next().ok_or(InvalidProxy)?);
        let entries = std::iter::once(first).chain(texts.map(parse_entry)).filter_map(Result::transpose);
        Ok(Self { text: text.into(), entries: entries.collect::<Result<_, _>>()? })
    }

    /// The list as the program wrote it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The proxies for a request, in their order; none if the list has only proxies for the other scheme. A proxy that cannot be
    /// used counts like one that does not answer: the next one is tried.
    pub(super) fn of(&self, is_secure: bool) -> Result<Vec<Proxy>, UnusableProxy> {
        let own = if is_secure { Serves::Secure } else { Serves::Plain };
        let all = || self.entries.iter().filter(|entry| matches!(entry.serves, Serves::All) || entry.serves == own);
        let usable: Vec<_> = all().filter_map(|entry| entry.proxy.as_ref().ok()).cloned().collect();
        match all().find_map(|entry| entry.proxy.as_ref().err()) {
            Some(&unusable) if usable.is_empty() => Err(unusable),
            _ => Ok(usable),
        }
    }
}

/// Reads an entry; `None` if it is for requests of a scheme that nobody makes here.
fn parse_entry(text: &str) -> Result<Option<Entry>, InvalidProxy> {
    let (serves, assumed, text) = match text.split_once('=') {
        None => (Serves::All, Scheme::Http, text),
        Some((scheme, text)) => match Scheme::parse(scheme) {
            Some(Scheme::Http) => (Serves::Plain, Scheme::Http, text),
            Some(Scheme::Https) => (Serves::Secure, Scheme::Http, text),
            Some(Scheme::Socks) => (Serves::All, Scheme::Socks, text),
            None if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => return Ok(None),
            None => return Err(InvalidProxy),
        },
    };
    let (scheme, server) = match text.split_once("://") {
        None => (assumed, text),
        Some((scheme, server)) => (Scheme::parse(scheme).ok_or(InvalidProxy)?, server),
    };
    let (host, port) = parse_server(server.strip_suffix('/').unwrap_or(server), 80).ok_or(InvalidProxy)?;
    Ok(Some(Entry { serves, proxy: scheme.proxy(&host, port, None) }))
}
