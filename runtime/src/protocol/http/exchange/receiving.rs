//! What a response leads to: the end of the exchange, an answer to a challenge, or another place.

use super::{Answer, Exchange, ExchangeError, Length, State, redirect};
use crate::protocol::http::challenge::offers_basic;
use crate::protocol::http::{BodyReader, HeadError, Response};

impl Exchange {
    /// Bytes of the head have come.
    pub(super) fn receive_head(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        let taken = self.reader.receive_bytes(bytes).map_err(ExchangeError::Head)?;
        if self.reader.interim().len() > usize::try_from(self.rules.max_interim).unwrap_or(usize::MAX) {
            return Err(ExchangeError::TooManyInterim);
        }
        let Some(response) = self.reader.poll_response() else { return Ok(()) };
        self.ahead.extend_from_slice(&bytes[taken..]);
        // A 101 that nobody asked for is a response like any other, and no upgrade (b1.2.8).
        let offer = self.offer.as_ref().filter(|_| response.status() == 101);
        let is_upgrade = offer.is_some();
        if let Some(offer) = offer {
            response.check_offer(offer).map_err(ExchangeError::Upgrade)?;
        } else if self.answer_challenge(&response)? || self.follow(&response)? {
            self.previous = Some(response);
            return Ok(());
        }
        let body = BodyReader::of_response(&response, self.head.method()).map_err(ExchangeError::Body)?;
        self.answer = Some(Answer { response, body, fault: None, is_upgrade });
        self.state = State::Answered;
        Ok(())
    }

    /// Begins again with the credentials, if the server or the proxy asks for some that it has not had.
    fn answer_challenge(&mut self, response: &Response) -> Result<bool, ExchangeError> {
        let is_of_server = response.status() == 401;
        let (header, can_answer) = match response.status() {
            401 => ("WWW-Authenticate", self.credentials.can_answer_server()),
            // A server behind a tunnel is no proxy.
            407 if self.proxy.is_some() && !self.needs_tunnel() => {
                ("Proxy-Authenticate", self.credentials.can_answer_proxy(self.proxy.as_ref()))
            }
            _ => return Ok(false),
        };
        if !can_answer || !self.rules.answers_challenges || !offers_basic(response, header) {
            return Ok(false);
        }
        self.check_body_is_here()?;
        if is_of_server {
            self.credentials.answer_server();
        } else {
            self.credentials.answer_proxy();
        }
        self.repeat()?;
        Ok(true)
    }

    /// Fails if a part of the body is gone.
    fn check_body_is_here(&self) -> Result<(), ExchangeError> {
        if self.written > 0 || self.is_cut || self.length == Length::Own { Err(ExchangeError::Resend) } else { Ok(()) }
    }

    /// Begins a further attempt.
    fn repeat(&mut self) -> Result<(), ExchangeError> {
        let is_upgrade = self.offer.is_some();
        self.forget();
        self.is_repeated = true;
        self.prepare(is_upgrade).map_err(|_| ExchangeError::Head(HeadError::TooLarge))?;
        self.state = State::Connecting;
        Ok(())
    }

    /// Begins again where a redirect leads, if it is one to follow.
    fn follow(&mut self, response: &Response) -> Result<bool, ExchangeError> {
        let Some(next) = redirect::next(&self.origin, &self.head, response, self.rules.redirects)? else {
            return Ok(false);
        };
        if self.redirects >= self.rules.max_redirects {
            return Err(ExchangeError::TooManyRedirects);
        }
        if next.keeps_body {
            self.check_body_is_here()?;
        } else {
            (self.first, self.length, self.written) = (Vec::new(), Length::Known(0), 0);
        }
        if next.origin != self.origin {
            self.credentials.change_server();
        }
        self.redirects += 1;
        self.credentials.begin();
        (self.origin, self.head) = (next.origin, next.head);
        self.repeat()?;
        Ok(true)
    }
}
