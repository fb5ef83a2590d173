//! The way to the origin: the request of an attempt, a stream, a tunnel through a proxy, TLS, and then the request on it.

use super::tunnel::{Outcome, Tunnel};
use super::{Answer, Exchange, ExchangeError, Length, Proxy, State};
use crate::protocol::http::{BodyReader, FieldError, HeadError};
use crate::protocol::upgrade::Offer;

impl Exchange {
    /// A stream is there: to the origin, or to this proxy.
    ///
    /// WebSockets and TLS go through a proxy as through a tunnel (RFC 6455 section 4.1). What else is asked for, the proxy is asked
    /// for (RFC 9112 section 3.2.2).
    ///
    /// # Errors
    ///
    /// [`ExchangeError`], with which the exchange ends: a request with the headers for the proxy is too large.
    pub fn connected(&mut self, proxy: Option<Proxy>) -> Result<(), ExchangeError> {
        if !matches!(self.state, State::Connecting) {
            return Ok(());
        }
        if self.proxy != proxy {
            self.proxy = proxy;
            self.credentials.change_proxy();
        }
        let result = if self.needs_tunnel() { self.begin_tunnel(false) } else { self.reach_origin() };
        result.inspect_err(|_| self.fail())
    }

    /// TLS with the origin is there. The bytes that had come for it are taken.
    ///
    /// # Errors
    ///
    /// As for [`connected`](Self::connected).
    pub fn secured(&mut self) -> Result<(), ExchangeError> {
        if matches!(self.state, State::Securing) {
            self.ahead = Vec::new();
            self.begin_sending().inspect_err(|_| self.fail())?;
        }
        Ok(())
    }

    /// Whether the origin is reached through the proxy as through a tunnel.
    pub(super) const fn needs_tunnel(&self) -> bool {
        self.proxy.is_some() && (self.origin.is_secure || self.offer.is_some())
    }

    fn begin_tunnel(&mut self, is_same_connection: bool) -> Result<(), ExchangeError> {
        let sent = self.sent_head();
        let own = sent.fields.values("Proxy-Authorization").next();
        let credentials = own.or_else(|| self.credentials.for_proxy(self.proxy.as_ref()));
        let agent = sent.fields.values("User-Agent").next();
        let tunnel = Tunnel::new(&self.origin, agent, credentials, self.rules.max_head)?;
        let tunnel = if is_same_connection { tunnel.on_the_same_connection() } else { tunnel };
        self.state = State::Tunnelling(Box::new(tunnel));
        Ok(())
    }

    /// What the proxy has answered.
    pub(super) fn tunnelled(&mut self, outcome: Outcome) -> Result<(), ExchangeError> {
        match outcome {
            Outcome::Pending => Ok(()),
            Outcome::Open(ahead) => {
                self.ahead = ahead;
                self.reach_origin()
            }
            Outcome::Again => {
                self.credentials.answer_proxy();
                self.begin_tunnel(true)
            }
            Outcome::Reconnect => {
                self.credentials.answer_proxy();
                self.state = State::Connecting;
                Ok(())
            }
            Outcome::Challenged(response, ahead) => {
                let body = BodyReader::of_response(&response, "CONNECT").map_err(ExchangeError::Body)?;
                self.answer = Some(Answer { response, body, fault: None, is_upgrade: false });
                self.ahead = ahead;
                self.state = if self.is_repeated { State::Answered } else { State::Refused };
                Ok(())
            }
        }
    }

    /// The stream leads to the origin, or to a proxy that asks the origin.
    fn reach_origin(&mut self) -> Result<(), ExchangeError> {
        if self.origin.is_secure {
            self.state = State::Securing;
            return Ok(());
        }
        self.begin_sending()
    }

    fn begin_sending(&mut self) -> Result<(), ExchangeError> {
        let mut head = self.sent_head().clone();
        if self.needs_tunnel() {
            // That was for the proxy.
            head.fields.remove("Proxy-Authorization");
        } else if self.proxy.is_some() {
            if let Some(credentials) = self.credentials.for_proxy(self.proxy.as_ref()) {
                head.fields
                    .set("Proxy-Authorization", credentials)
                    .map_err(|_| ExchangeError::Head(HeadError::TooLarge))?;
            }
            head = head.with_target(&self.origin.url(head.target())).map_err(|_| ExchangeError::Location)?;
        }
        let mut bytes = head.encode();
        bytes.extend_from_slice(&self.first);
        self.sent = Some(head);
        self.state = State::Sending(bytes, 0);
        Ok(())
    }

    /// Makes the head of this attempt: the program's with the headers of the handshake, or with the length of the body.
    pub(super) fn prepare(&mut self, is_upgrade: bool) -> Result<(), FieldError> {
        let mut head = self.head.clone();
        self.offer = is_upgrade.then(|| Offer::of_fields(&head.fields));
        if let Some(offer) = &self.offer {
            for (name, value) in offer.handshake() {
                head.fields.set(name, &value)?;
            }
        }
        if let Some(credentials) = self.credentials.for_server() {
            head.fields.set("Authorization", credentials)?;
        }
        if let Length::Known(length) = self.length
            && (length > 0 || matches!(head.method(), "POST" | "PUT" | "PATCH"))
        {
            head.fields.set("Content-Length", &length.to_string())?;
        }
        self.sent = Some(head);
        Ok(())
    }
}
