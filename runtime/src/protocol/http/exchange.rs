//! One request and what answers it, without I/O: where to connect, what to send, what the bytes that come mean, which
//! redirects to follow, and the body of the response.
//!
//! A driver asks [`Exchange::step`] what to do, does it, and reports it. Blocking calls are one driver; an event loop can be
//! another one, with the same states.

mod content;
mod credentials;
mod receiving;
mod redirect;
mod step;
mod tunnel;
mod way;

use core::{fmt, mem};

use super::{Basic, BodyError, BodyReader, FieldError, Headers, RequestHead, Response, ResponseReader};
use crate::protocol::upgrade::Offer;

pub use redirect::{Origin, Redirects};
pub use step::{ExchangeError, Length, NotNow, READ_AHEAD, Rules, Step};
pub use tunnel::Proxy;

use credentials::Credentials;
use tunnel::Tunnel;

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
    /// Whether the server has answered before it had the whole request, and takes no more of it.
    is_cut: bool,
    redirects: u32,
    /// Whether this is a further attempt, which goes on to its response by itself.
    is_repeated: bool,
    credentials: Credentials,
    /// The proxy that the stream goes to.
    proxy: Option<Proxy>,
    reader: ResponseReader,
    answer: Option<Answer>,
    /// The response that led to this attempt.
    previous: Option<Response>,
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
            is_cut: false,
            redirects: 0,
            is_repeated: false,
            credentials: Credentials::default(),
            proxy: None,
            reader: ResponseReader::with_limit(rules.max_head),
            answer: None,
            previous: None,
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

    /// The last response that has come: the final one, or the redirect or the challenge that led to the attempt under way.
    pub fn last_response(&self) -> Option<&Response> {
        self.response().or(self.previous.as_ref())
    }

    /// The headers behind a chunked body, once it has ended; empty before.
    pub fn trailers(&self) -> Option<&Headers> {
        self.answer.as_ref()?.body.trailers()
    }

    /// With what a challenge of the server is answered. They go to this server only, not to where a redirect leads.
    pub fn set_credentials(&mut self, credentials: Basic) {
        self.credentials.server = Some(credentials);
    }

    /// With what a challenge of a proxy is answered, in place of what the proxy's own address says.
    pub fn set_proxy_credentials(&mut self, credentials: Basic) {
        self.credentials.proxies = Some(credentials);
    }

    /// Whether a step of a request waits for the network. None does before the next one begins.
    pub const fn is_under_way(&self) -> bool {
        !matches!(self.state, State::Idle | State::Refused | State::Sent | State::Answered)
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
        self.redirects = 0;
        self.credentials.begin();
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

    /// The server has answered and takes no more of the request (RFC 9112 section 9.3): the rest counts as sent.
    pub fn cut(&mut self) {
        self.is_cut = true;
        if matches!(self.state, State::Sending(..)) {
            self.state = if self.is_repeated { State::Receiving } else { State::Sent };
        }
    }

    /// Whether nobody takes what the program still gives of the body: the proxy has refused the request, or the server has
    /// answered it.
    pub const fn drops_body(&self) -> bool {
        self.is_cut || matches!(self.state, State::Refused)
    }

    /// How much of the body the program still has to give. `None` if nobody knows.
    ///
    /// # Errors
    ///
    /// [`NotNow`] unless the head has been sent, and no response is waited for.
    pub const fn missing(&self) -> Result<Option<u64>, NotNow> {
        match (&self.state, self.length) {
            _ if self.drops_body() && matches!(self.state, State::Sent | State::Refused) => Ok(None),
            (State::Sent, Length::Own) => Ok(None),
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
                let can_answer =
                    self.rules.answers_challenges && self.credentials.can_answer_tunnel(self.proxy.as_ref());
                tunnel.received(bytes, can_answer).and_then(|outcome| self.tunnelled(outcome))
            }
            _ => {
                self.ahead.extend_from_slice(bytes);
                Ok(())
            }
        };
        result.inspect_err(|_| self.fail())
    }

    /// Takes what came before it was waited for, as [`Step::ReceiveAhead`] asks: how many bytes.
    ///
    /// # Errors
    ///
    /// As for [`received`](Self::received).
    pub fn receive_ahead(&mut self) -> Result<usize, ExchangeError> {
        let ahead = mem::take(&mut self.ahead);
        self.received(&ahead).map(|()| ahead.len())
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
        self.previous = None;
        self.is_cut = false;
        self.ahead = Vec::new();
        self.reader = ResponseReader::with_limit(self.rules.max_head);
    }
}
