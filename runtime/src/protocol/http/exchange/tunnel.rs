//! A way through a proxy: CONNECT and what answers it (RFC 9110 section 9.3.6).

use super::{ExchangeError, Origin};
use crate::protocol::http::challenge::offers_basic;
use crate::protocol::http::{Basic, BodyReader, Framing, HeadError, RequestHead, Response, ResponseReader};

/// How much of the body of a refusal is read to keep the connection, in bytes. For more of it a new connection is cheaper.
const MAX_DRAIN: usize = 64 * 1024;

/// A proxy that requests go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// The name to resolve, or the address, without brackets.
    pub host: String,
    /// The port, which is never 0.
    pub port: u16,
    /// With what its challenge is answered, if nothing else was set.
    pub credentials: Option<Basic>,
}

/// A tunnel that is being opened.
pub(super) struct Tunnel {
    reader: ResponseReader,
    state: State,
    has_credentials: bool,
    /// Whether the proxy has answered on this connection before, and may have ended it since.
    is_reused: bool,
}

enum State {
    /// The bytes to send, and how many of them are out.
    Sending(Vec<u8>, usize),
    Receiving,
    /// The proxy refuses, and says more than is of interest.
    Draining {
        body: BodyReader,
        left: usize,
    },
}

/// What a tunnel has come to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// More bytes are needed.
    Pending,
    /// The tunnel is open. These bytes have already come through it (b9.11).
    Open(Vec<u8>),
    /// The proxy wants credentials, and this connection can be used to send them.
    Again,
    /// It wants credentials on a new connection.
    Reconnect,
    /// It wants credentials that nobody has, or others: its response, and the bytes behind its head.
    Challenged(Response, Vec<u8>),
}

impl Tunnel {
    /// The request for a tunnel to this server.
    pub(super) fn new(
        origin: &Origin,
        agent: Option<&str>,
        credentials: Option<&str>,
        max_head: usize,
    ) -> Result<Self, ExchangeError> {
        let authority = format!("{}:{}", origin.host_text, origin.port);
        let too_large = |_| ExchangeError::Head(HeadError::TooLarge);
        let mut head = RequestHead::new("CONNECT", &authority, 1, &authority).map_err(|_| ExchangeError::Location)?;
        if let Some(agent) = agent {
            head.fields.set("User-Agent", agent).map_err(too_large)?;
        }
        if let Some(credentials) = credentials {
            head.fields.set("Proxy-Authorization", credentials).map_err(too_large)?;
        }
        Ok(Self {
            reader: ResponseReader::with_limit(max_head),
            state: State::Sending(head.encode(), 0),
            has_credentials: credentials.is_some(),
            is_reused: false,
        })
    }

    /// The same on a connection on which the proxy has answered before.
    pub(super) fn on_the_same_connection(self) -> Self {
        Self { is_reused: true, ..self }
    }

    /// The bytes to send, if some are left.
    pub(super) fn to_send(&self) -> Option<&[u8]> {
        match &self.state {
            State::Sending(bytes, sent) => Some(&bytes[*sent..]),
            State::Receiving | State::Draining { .. } => None,
        }
    }

    pub(super) fn sent(&mut self, count: usize) {
        if let State::Sending(bytes, sent) = &mut self.state {
            *sent = bytes.len().min(sent.saturating_add(count));
            if *sent == bytes.len() {
                self.state = State::Receiving;
            }
        }
    }

    /// Bytes of the proxy have come. `can_answer` says that there are credentials for a challenge.
    pub(super) fn received(&mut self, bytes: &[u8], can_answer: bool) -> Result<Outcome, ExchangeError> {
        if matches!(self.state, State::Draining { .. }) {
            return Ok(self.drain(bytes));
        }
        self.is_reused = false;
        let taken = self.reader.receive_bytes(bytes).map_err(ExchangeError::Head)?;
        let Some(response) = self.reader.poll_response() else { return Ok(Outcome::Pending) };
        let rest = &bytes[taken..];
        match response.status() {
            200..=299 => Ok(Outcome::Open(rest.to_owned())),
            status @ (401 | 407) => {
                let header = if status == 407 { "Proxy-Authenticate" } else { "WWW-Authenticate" };
                if !can_answer || self.has_credentials || !offers_basic(&response, header) {
                    return Ok(Outcome::Challenged(response, rest.to_owned()));
                }
                let framing = Framing::of_response(&response, "CONNECT");
                // A proxy of old says in a header of its own that it ends the connection.
                let is_kept = response.keeps_connection() && !response.all().has_token("Proxy-Connection", "close");
                match framing.ok().filter(|&framing| is_kept && framing != Framing::UntilEnd) {
                    None => Ok(Outcome::Reconnect),
                    Some(framing) => {
                        self.state = State::Draining { body: BodyReader::new(framing), left: MAX_DRAIN };
                        Ok(self.drain(rest))
                    }
                }
            }
            status => Err(ExchangeError::Tunnel(status)),
        }
    }

    /// Whether the end of the connection is no failure: it could have been announced with the challenge, and was not (RFC 9112
    /// section 9.5).
    pub(super) const fn may_end(&self) -> bool {
        matches!(self.state, State::Draining { .. }) || self.is_reused
    }

    /// The proxy has ended the connection.
    pub(super) const fn ended(&self) -> Result<Outcome, ExchangeError> {
        if self.may_end() { Ok(Outcome::Reconnect) } else { Err(ExchangeError::Ended) }
    }

    /// Drops the body of a refusal.
    fn drain(&mut self, mut bytes: &[u8]) -> Outcome {
        let State::Draining { body, left } = &mut self.state else { return Outcome::Pending };
        let mut dropped = [0; 1024];
        loop {
            match body.read(bytes, &mut dropped) {
                Err(_) => return Outcome::Reconnect,
                Ok(progress) if progress.is_done => return Outcome::Again,
                Ok(progress) if *left < progress.taken => return Outcome::Reconnect,
                Ok(progress) if progress.taken == 0 => return Outcome::Pending,
                Ok(progress) => {
                    *left -= progress.taken;
                    bytes = &bytes[progress.taken..];
                }
            }
        }
    }
}
