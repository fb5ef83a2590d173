//! One request and what answers it, without I/O: where to connect, what to send, what the bytes that come mean, which
//! redirects to follow, and the body of the response.
//!
//! A driver asks [`Exchange::step`] what to do, does it, and reports it. Blocking calls are one driver; an event loop can be
//! another one, with the same states.

mod content;
mod redirect;
mod step;
mod tunnel;

use core::{fmt, mem};

use super::challenge::offers_basic;
use super::{Basic, BodyError, BodyReader, FieldError, HeadError, Headers, RequestHead, Response, ResponseReader};
use crate::protocol::upgrade::Offer;

pub use redirect::{Origin, Redirects};
pub use step::{ExchangeError, Length, NotNow, READ_AHEAD, Rules, Step};
pub use tunnel::Proxy;
use tunnel::{Outcome, Tunnel};

/// How many challenges of proxies are answered in a row. Each proxy of a list has its own, and which of them takes the connection
/// may change all the time.
const MAX_PROXY_ANSWERS: u32 = 10;

/// One request and what answers it.
pub struct Exchange {
    origin: Origin,
    /// What the program asks for.
    head: RequestHead,
    /// The same with the headers that this attempt adds.
    sent: Option<RequestHead>,
    /// Whether a WebSocket is asked for, and with which key.
    offer: Option<Offer>,
    rules: Rules,
    state: State,
    /// The part of the body that is sent with the head, and again after a redirect.
    first: Vec<u8>,
    length: Length,
    /// How much of the body has been sent behind `first`.
    written: u64,
    redirects: u32,
    /// Whether this is a further attempt, which goes on to its response by itself.
    is_repeated: bool,
    credentials: Option<Basic>,
    /// Whether the server wants credentials; then every attempt has them.
    is_challenged: bool,
    /// The proxy that the stream goes to.
    proxy: Option<Proxy>,
    /// With what its challenge is answered, before its own ones.
    proxy_credentials: Option<Basic>,
    /// Whether the proxy wants credentials; then every attempt has them.
    is_proxy_challenged: bool,
    /// How many challenges of proxies have been answered since the last redirect.
    proxy_answers: u32,
    reader: ResponseReader,
    answer: Option<Answer>,
    /// Bytes that came behind the head.
    ahead: Vec<u8>,
}

enum State {
    /// Nothing was sent yet, or the exchange has failed.
    Idle,
    Connecting,
    /// A proxy is asked for a way to the origin.
    Tunnelling(Box<Tunnel>),
    /// TLS begins.
    Securing,
    /// The proxy wants credentials: its response is there, and waits for the program to ask for it.
    Refused,
    /// The bytes to send, and how many of them are out.
    Sending(Vec<u8>, usize),
    /// All that the program gave has been sent.
    Sent,
    Receiving,
    Answered,
}

/// The final response.
struct Answer {
    response: Response,
    body: BodyReader,
    /// What went wrong behind the payload that was given out.
    fault: Option<ExchangeError>,
    is_upgrade: bool,
}

impl fmt::Debug for Exchange {
    /// Shows no bytes that are sent or received: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("origin", &self.origin)
            .field("head", &self.head)
            .field("proxy", &self.proxy)
            .field("response", &self.response())
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// An exchange with this origin. Nothing is sent until [`begin`](Self::begin).
    pub fn new(origin: Origin, head: RequestHead, rules: Rules) -> Self {
        Self {
            origin,
            head,
            sent: None,
            offer: None,
            rules,
            state: State::Idle,
            first: Vec::new(),
            length: Length::Known(0),
            written: 0,
            redirects: 0,
            is_repeated: false,
            credentials: None,
            is_challenged: false,
            proxy: None,
            proxy_credentials: None,
            is_proxy_challenged: false,
            proxy_answers: 0,
            reader: ResponseReader::with_limit(rules.max_head),
            answer: None,
            ahead: Vec::new(),
        }
    }

    /// What the program asks for: the head without the headers that the exchange adds.
    pub const fn head(&self) -> &RequestHead {
        &self.head
    }

    /// The head as it was sent last, or else as the program has made it so far (b1.2.2).
    pub fn sent_head(&self) -> &RequestHead {
        self.sent.as_ref().unwrap_or(&self.head)
    }

    /// Whether the last request asked for a WebSocket.
    pub const fn has_asked_for_upgrade(&self) -> bool {
        self.offer.is_some()
    }

    /// For changes between exchanges; those under way are sent as they are.
    pub const fn head_mut(&mut self) -> &mut RequestHead {
        &mut self.head
    }

    /// Who is asked: who was asked first, or where the last redirect led.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The URL that is asked.
    pub fn url(&self) -> String {
        self.origin.url(self.head.target())
    }

    /// How many redirects have been followed since [`begin`](Self::begin).
    pub const fn redirects(&self) -> u32 {
        self.redirects
    }

    /// The status codes of 1xx that this attempt has had.
    pub fn interim(&self) -> &[u16] {
        self.reader.interim()
    }

    /// The final response, once it has come.
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_ref().map(|answer| &answer.response)
    }

    /// The headers behind a chunked body, once it has ended; empty before.
    pub fn trailers(&self) -> Option<&Headers> {
        self.answer.as_ref()?.body.trailers()
    }

    /// With what a challenge of the server is answered. They go to this server only, not to where a redirect leads.
    pub fn set_credentials(&mut self, credentials: Basic) {
        self.credentials = Some(credentials);
    }

    /// With what a challenge of a proxy is answered, in place of what the proxy's own address says.
    pub fn set_proxy_credentials(&mut self, credentials: Basic) {
        self.proxy_credentials = Some(credentials);
    }

    /// Whether a request can begin: none is under way (b1.2.12).
    pub const fn can_begin(&self) -> bool {
        matches!(self.state, State::Idle | State::Answered)
    }

    /// Begins a request with the head and the start of a body. What an earlier one left is forgotten.
    ///
    /// With `is_upgrade` it asks for a WebSocket, with a new key, over what the head's `Sec-WebSocket-Protocol` offers.
    ///
    /// # Errors
    ///
    /// [`FieldError`] if the head has no room for the headers that are added.
    pub fn begin(&mut self, rules: Rules, first: Vec<u8>, length: Length, is_upgrade: bool) -> Result<(), FieldError> {
        self.rules = rules;
        self.forget();
        (self.redirects, self.proxy_answers) = (0, 0);
        self.is_repeated = false;
        (self.first, self.length, self.written) = (first, length, 0);
        self.prepare(is_upgrade)?;
        self.state = State::Connecting;
        Ok(())
    }

    /// What to do next.
    pub fn step(&self) -> Step<'_> {
        match &self.state {
            State::Connecting => Step::Connect(&self.origin),
            State::Tunnelling(tunnel) => tunnel.to_send().map_or(Step::Receive, Step::Send),
            State::Securing => Step::Secure(&self.origin, &self.ahead),
            State::Sending(bytes, sent) => Step::Send(&bytes[*sent..]),
            State::Receiving if !self.ahead.is_empty() => Step::ReceiveAhead,
            State::Receiving => Step::Receive,
            State::Idle | State::Sent | State::Refused | State::Answered => Step::Rest,
        }
    }

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
            (self.proxy, self.is_proxy_challenged) = (proxy, false);
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

    /// So many of the bytes have been written.
    pub fn sent(&mut self, count: usize) {
        match &mut self.state {
            State::Tunnelling(tunnel) => tunnel.sent(count),
            State::Sending(bytes, sent) => {
                *sent = bytes.len().min(sent.saturating_add(count));
                if *sent == bytes.len() {
                    self.state = if self.is_repeated { State::Receiving } else { State::Sent };
                }
            }
            _ => {}
        }
    }

    /// Whether bytes are being sent to the origin, and not to a proxy for a way there.
    pub const fn is_sending(&self) -> bool {
        matches!(self.state, State::Sending(..))
    }

    /// Whether bytes are waited for from the origin, and not from a proxy that is asked for a way there.
    pub const fn is_receiving(&self) -> bool {
        matches!(self.state, State::Receiving)
    }

    /// Whether the proxy has refused the request, which goes nowhere.
    pub const fn is_refused(&self) -> bool {
        matches!(self.state, State::Refused)
    }

    /// How much of the body the program still has to give. `None` if nobody knows.
    ///
    /// # Errors
    ///
    /// [`NotNow`] unless the head has been sent, and no response is waited for.
    pub const fn missing(&self) -> Result<Option<u64>, NotNow> {
        match (&self.state, self.length) {
            // What the program gives now goes nowhere.
            (State::Sent, Length::Own) | (State::Refused, _) => Ok(None),
            (State::Sent, Length::Known(length)) => {
                Ok(Some(length.saturating_sub(self.first.len() as u64).saturating_sub(self.written)))
            }
            _ => Err(NotNow),
        }
    }

    /// The driver has written so much more of the body.
    pub const fn wrote(&mut self, count: u64) {
        self.written = self.written.saturating_add(count);
    }

    /// Waits for the response from now on.
    ///
    /// # Errors
    ///
    /// [`NotNow`] unless the request has been sent with its whole body.
    pub fn begin_response(&mut self) -> Result<(), NotNow> {
        if let Some(1..) = self.missing()? {
            return Err(NotNow);
        }
        self.state = if matches!(self.state, State::Refused) { State::Answered } else { State::Receiving };
        Ok(())
    }

    /// Bytes have come: of the head if it is waited for, else of the body.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`], with which the exchange ends. Faults in a body come from [`read`](Self::read).
    pub fn received(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        let result = match &mut self.state {
            State::Receiving => self.receive_head(bytes),
            State::Tunnelling(tunnel) => {
                let can_answer = self.rules.answers_challenges
                    && self.proxy_answers < MAX_PROXY_ANSWERS
                    && has_credentials(&self.proxy_credentials, &self.proxy);
                tunnel.received(bytes, can_answer).and_then(|outcome| self.tunnelled(outcome))
            }
            _ => {
                self.ahead.extend_from_slice(bytes);
                Ok(())
            }
        };
        result.inspect_err(|_| self.fail())
    }

    /// Takes what came before it was waited for, as [`Step::ReceiveAhead`] asks.
    ///
    /// # Errors
    ///
    /// As for [`received`](Self::received).
    pub fn receive_ahead(&mut self) -> Result<(), ExchangeError> {
        let ahead = mem::take(&mut self.ahead);
        self.received(&ahead)
    }

    /// The stream has ended.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Ended`] if the head was waited for.
    pub fn ended(&mut self) -> Result<(), ExchangeError> {
        if let State::Tunnelling(tunnel) = &self.state {
            let outcome = tunnel.ended();
            return outcome.and_then(|outcome| self.tunnelled(outcome)).inspect_err(|_| self.fail());
        }
        if let Some(answer) = &mut self.answer {
            if let Err(error) = answer.body.end() {
                answer.fault = Some(ExchangeError::Body(error));
            }
            return Ok(());
        }
        self.fail();
        Err(ExchangeError::Ended)
    }

    /// Whether the stream may break without harm, which is to be reported as its [end](Self::ended): a new one will do.
    pub fn may_end(&self) -> bool {
        matches!(&self.state, State::Tunnelling(tunnel) if tunnel.may_end())
    }

    /// The stream has broken, and what is missing of the body never comes.
    pub fn broken(&mut self) {
        if let Some(answer) = &mut self.answer {
            answer.fault = Some(ExchangeError::Body(BodyError::Incomplete));
        }
    }

    /// Gives the exchange up: nothing of it can be used any more.
    pub fn fail(&mut self) {
        self.forget();
        self.state = State::Idle;
    }

    /// Gives the stream to the WebSocket: the bytes that came behind the response. Once; the response stays.
    pub fn take_upgrade(&mut self) -> Option<Vec<u8>> {
        let answer = self.answer.as_mut()?;
        mem::take(&mut answer.is_upgrade).then(|| mem::take(&mut self.ahead))
    }

    fn forget(&mut self) {
        self.sent = None;
        self.answer = None;
        self.ahead = Vec::new();
        self.reader = ResponseReader::with_limit(self.rules.max_head);
    }

    /// Makes the head of this attempt: the program's with the headers of the handshake, or with the length of the body.
    fn prepare(&mut self, is_upgrade: bool) -> Result<(), FieldError> {
        let mut head = self.head.clone();
        self.offer = is_upgrade.then(|| Offer::of_fields(&head.fields));
        if let Some(offer) = &self.offer {
            for (name, value) in offer.handshake() {
                head.fields.set(name, &value)?;
            }
        }
        if let Some(credentials) = self.credentials.as_ref().filter(|_| self.is_challenged) {
            head.fields.set("Authorization", credentials.value())?;
        }
        if let Length::Known(length) = self.length
            && (length > 0 || matches!(head.method(), "POST" | "PUT" | "PATCH"))
        {
            head.fields.set("Content-Length", &length.to_string())?;
        }
        self.sent = Some(head);
        Ok(())
    }

    fn receive_head(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
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
            return Ok(());
        }
        let body = BodyReader::of_response(&response, self.head.method()).map_err(ExchangeError::Body)?;
        self.answer = Some(Answer { response, body, fault: None, is_upgrade });
        self.state = State::Answered;
        Ok(())
    }

    /// Begins again with the credentials, if the server or the proxy asks for some that it has not had.
    fn answer_challenge(&mut self, response: &Response) -> Result<bool, ExchangeError> {
        let (header, is_answered) = match response.status() {
            401 => ("WWW-Authenticate", self.credentials.is_none() || self.is_challenged),
            // A server behind a tunnel is no proxy.
            407 if self.proxy.is_some() && !self.needs_tunnel() => {
                let has_credentials = has_credentials(&self.proxy_credentials, &self.proxy);
                let has_enough = self.is_proxy_challenged || self.proxy_answers >= MAX_PROXY_ANSWERS;
                ("Proxy-Authenticate", !has_credentials || has_enough)
            }
            _ => return Ok(false),
        };
        if is_answered || !self.rules.answers_challenges || !offers_basic(response, header) {
            return Ok(false);
        }
        self.check_body_is_here()?;
        if response.status() == 401 {
            self.is_challenged = true
        } else {
            self.answer_proxy();
        }
        self.repeat()?;
        Ok(true)
    }

    /// Whether the origin is reached through the proxy as through a tunnel.
    const fn needs_tunnel(&self) -> bool {
        self.proxy.is_some() && (self.origin.is_secure || self.offer.is_some())
    }

    fn begin_tunnel(&mut self, is_same_connection: bool) -> Result<(), ExchangeError> {
        let sent = self.sent_head();
        let own = sent.fields.values("Proxy-Authorization").next();
        let credentials = own.or_else(|| self.credentials_for_proxy());
        let agent = sent.fields.values("User-Agent").next();
        let tunnel = Tunnel::new(&self.origin, agent, credentials, self.rules.max_head)?;
        let tunnel = if is_same_connection { tunnel.on_the_same_connection() } else { tunnel };
        self.state = State::Tunnelling(Box::new(tunnel));
        Ok(())
    }

    /// What the proxy is told, once it has asked.
    fn credentials_for_proxy(&self) -> Option<&str> {
        let of_proxy = self.proxy.as_ref().and_then(|proxy| proxy.credentials.as_ref());
        let credentials = self.proxy_credentials.as_ref().or(of_proxy);
        credentials.filter(|_| self.is_proxy_challenged).map(Basic::value)
    }

    const fn answer_proxy(&mut self) {
        self.is_proxy_challenged = true;
        self.proxy_answers += 1;
    }

    fn tunnelled(&mut self, outcome: Outcome) -> Result<(), ExchangeError> {
        match outcome {
            Outcome::Pending => Ok(()),
            Outcome::Open(ahead) => {
                self.ahead = ahead;
                self.reach_origin()
            }
            Outcome::Again => {
                self.answer_proxy();
                self.begin_tunnel(true)
            }
            Outcome::Reconnect => {
                self.answer_proxy();
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
            if let Some(credentials) = self.credentials_for_proxy() {
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

    /// Fails if a part of the body is gone.
    fn check_body_is_here(&self) -> Result<(), ExchangeError> {
        if self.written > 0 || self.length == Length::Own { Err(ExchangeError::Resend) } else { Ok(()) }
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
            (self.credentials, self.is_challenged) = (None, false);
        }
        self.redirects += 1;
        self.proxy_answers = 0;
        (self.origin, self.head) = (next.origin, next.head);
        self.repeat()?;
        Ok(true)
    }
}

fn has_credentials(set: &Option<Basic>, proxy: &Option<Proxy>) -> bool {
    set.is_some() || proxy.as_ref().is_some_and(|proxy| proxy.credentials.is_some())
}
