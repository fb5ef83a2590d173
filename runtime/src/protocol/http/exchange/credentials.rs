//! With what challenges are answered, and which have been (RFC 9110 section 11).

use super::Proxy;
use crate::protocol::http::Basic;

/// How many challenges of proxies are answered in a row. Each proxy of a list has its own, and which of them takes the connection
/// may change all the time.
const MAX_PROXY_ANSWERS: u32 = 10;

/// The credentials of an exchange.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    /// For the server that is asked.
    pub(super) server: Option<Basic>,
    /// For proxies, before those that their addresses have.
    pub(super) proxies: Option<Basic>,
    /// Whether the server wants credentials; then every attempt has them.
    is_challenged: bool,
    /// Whether the proxy wants some; then every attempt has them.
    is_proxy_challenged: bool,
    /// How many challenges of proxies have been answered since the last redirect.
    proxy_answers: u32,
}

impl Credentials {
    /// What the server is told, once it has asked.
    pub(super) fn for_server(&self) -> Option<&str> {
        self.server.as_ref().filter(|_| self.is_challenged).map(Basic::value)
    }

    /// What this proxy is told, once it has asked.
    pub(super) fn for_proxy<'c>(&'c self, proxy: Option<&'c Proxy>) -> Option<&'c str> {
        self.of_proxy(proxy).filter(|_| self.is_proxy_challenged).map(Basic::value)
    }

    /// Whether a challenge of the server can be answered: there are credentials, and it has not had them.
    pub(super) const fn can_answer_server(&self) -> bool {
        self.server.is_some() && !self.is_challenged
    }

    /// Whether a challenge of this proxy can be answered. Whether it has had them shows the request for a tunnel.
    pub(super) fn can_answer_tunnel(&self, proxy: Option<&Proxy>) -> bool {
        self.of_proxy(proxy).is_some() && self.proxy_answers < MAX_PROXY_ANSWERS
    }

    /// The same for a proxy that is asked in place of the server.
    pub(super) fn can_answer_proxy(&self, proxy: Option<&Proxy>) -> bool {
        self.can_answer_tunnel(proxy) && !self.is_proxy_challenged
    }

    /// The server has asked.
    pub(super) const fn answer_server(&mut self) {
        self.is_challenged = true;
    }

    /// The proxy has asked.
    pub(super) const fn answer_proxy(&mut self) {
        self.is_proxy_challenged = true;
        self.proxy_answers += 1;
    }

    /// Another proxy is asked, which gets nothing before it asks itself.
    pub(super) const fn change_proxy(&mut self) {
        self.is_proxy_challenged = false;
    }

    /// Another server is asked, which gets nothing at all.
    pub(super) fn change_server(&mut self) {
        (self.server, self.is_challenged) = (None, false);
    }

    /// A request or a redirect begins.
    pub(super) const fn begin(&mut self) {
        self.proxy_answers = 0;
    }

    fn of_proxy<'c>(&'c self, proxy: Option<&'c Proxy>) -> Option<&'c Basic> {
        self.proxies.as_ref().or_else(|| proxy?.credentials.as_ref())
    }
}
