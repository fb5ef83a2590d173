//! One request and what answers it, without I/O: where to connect, what to send, what the bytes that come mean, which
//! redirects to follow, and the body of the response.
//!
//! A driver asks [`Exchange::step`] what to do, does it, and reports it. Blocking calls are one driver; an event loop can be
//! another one, with the same states.

mod content;
mod redirect;
mod step;

use core::mem;

use super::{Basic, BodyError, BodyReader, FieldError, HeadError, Headers, RequestHead, Response, ResponseReader};
use crate::protocol::upgrade::Offer;

pub use redirect::{Origin, Redirects};
pub use step::{ExchangeError, Length, NotNow, READ_AHEAD, Rules, Step};

/// One request and what answers it.
#[derive(Debug)]
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
    reader: ResponseReader,
    answer: Option<Answer>,
    /// Bytes that came behind the head.
    ahead: Vec<u8>,
}

#[derive(Debug)]
enum State {
    /// Nothing was sent yet, or the exchange has failed.
    Idle,
    Connecting,
    /// The bytes to send, and how many of them are out.
    Sending(Vec<u8>, usize),
    /// All that the program gave has been sent.
    Sent,
    Receiving,
    Answered,
}

/// The final response.
#[derive(Debug)]
struct Answer {
    response: Response,
    body: BodyReader,
    /// What went wrong behind the payload that was given out.
    fault: Option<ExchangeError>,
    is_upgrade: bool,
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
            State::Sending(bytes, sent) => Step::Send(&bytes[*sent..]),
            State::Receiving => Step::Receive,
            State::Idle | State::Sent | State::Answered => Step::Rest,
        }
    }

    /// A stream to the origin is there.
    pub fn connected(&mut self) {
        if matches!(self.state, State::Connecting) {
            let mut bytes = self.sent_head().encode();
            bytes.extend_from_slice(&self.first);
            self.state = State::Sending(bytes, 0);
        }
    }

    /// So many of the bytes have been written.
    pub fn sent(&mut self, count: usize) {
        if let State::Sending(bytes, sent) = &mut self.state {
            *sent = bytes.len().min(sent.saturating_add(count));
            if *sent == bytes.len() {
                self.state = if self.is_repeated { State::Receiving } else { State::Sent };
            }
        }
    }

    /// How much of the body the program still has to give. `None` if nobody knows.
    ///
    /// # Errors
    ///
    /// [`NotNow`] unless the head has been sent, and no response is waited for.
    pub const fn missing(&self) -> Result<Option<u64>, NotNow> {
        match (&self.state, self.length) {
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
        self.state = State::Receiving;
        Ok(())
    }

    /// Bytes have come: of the head if it is waited for, else of the body.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`], with which the exchange ends. Faults in a body come from [`read`](Self::read).
    pub fn received(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        if !matches!(self.state, State::Receiving) {
            self.ahead.extend_from_slice(bytes);
            return Ok(());
        }
        self.receive_head(bytes).inspect_err(|_| self.fail())
    }

    /// The stream has ended.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Ended`] if the head was waited for.
    pub fn ended(&mut self) -> Result<(), ExchangeError> {
        if let Some(answer) = &mut self.answer {
            if let Err(error) = answer.body.end() {
                answer.fault = Some(ExchangeError::Body(error));
            }
            return Ok(());
        }
        self.fail();
        Err(ExchangeError::Ended)
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

    /// Begins again with the credentials, if the server asks for some that it has not had.
    fn answer_challenge(&mut self, response: &Response) -> Result<bool, ExchangeError> {
        let is_answered = self.credentials.is_none() || self.is_challenged;
        if response.status() != 401 || is_answered || !self.rules.answers_challenges || !response.offers_basic() {
            return Ok(false);
        }
        self.check_body_is_here()?;
        self.is_challenged = true;
        self.repeat()?;
        Ok(true)
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
        (self.origin, self.head) = (next.origin, next.head);
        self.repeat()?;
        Ok(true)
    }
}
