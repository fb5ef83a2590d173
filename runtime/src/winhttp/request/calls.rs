//! The calls on a request that may wait. Each is written once, over a way to wait; the plain names block.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering;
use std::time::Instant;

use winws_api::winhttp::sys;

use super::{NotNow, Request, RequestFailure};
use crate::net::Notify;
use crate::net::line::{ExchangeFailure, ExchangeLimits, Ways};
use crate::net::times::after;
use crate::net::waits::{InThread, Waits, in_thread};
use crate::protocol::http::{Basic, Exchange, Fields, Length, Modifiers, Origin, Proxy, Redirects, Rules};
use crate::protocol::upgrade::check_fields;
use crate::winhttp::proxy::Proxy as ProxyAddress;
use crate::winhttp::session::lock;
use crate::winhttp::settings::{Number, Settings};

/// The least send buffer with which an upgrade can be sent, in bytes (b3.5).
const MIN_SEND_BUFFER: u32 = 16;

/// The exchange while a call has it: no lock is held meanwhile. It goes back to its place when this is dropped.
#[derive(Debug)]
struct Busy<'r> {
    request: &'r Request,
    exchange: Option<Box<Exchange>>,
}

impl Deref for Busy<'_> {
    type Target = Exchange;

    fn deref(&self) -> &Exchange {
        self.exchange.as_ref().expect("it is there until this is dropped")
    }
}

impl DerefMut for Busy<'_> {
    fn deref_mut(&mut self) -> &mut Exchange {
        self.exchange.as_mut().expect("it is there until this is dropped")
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        *lock(&self.request.exchange) = self.exchange.take();
    }
}

impl Request {
    /// Connects, and sends the head with the start of the body.
    pub(crate) fn send(
        &self,
        headers: Option<&str>,
        first: &[u8],
        total: u64,
        notify: &Notify<'_>,
    ) -> Result<(), RequestFailure> {
        self.begin(headers, first, total)?;
        in_thread(self.send_on(&InThread, notify))
    }

    /// Sees to it that the request can be sent, and begins. [`send_on`](Self::send_on) does the rest.
    pub(crate) fn begin(&self, headers: Option<&str>, first: &[u8], total: u64) -> Result<(), RequestFailure> {
        // 0 beside a body: the program says in headers of its own how long it is, or there is no more of it.
        let first_length = u64::try_from(first.len()).unwrap_or(u64::MAX);
        if total != 0 && total < first_length {
            return Err(RequestFailure::Length);
        }
        let is_upgrade = self.asks_for_upgrade.load(Ordering::SeqCst);
        let settings = self.settings().clone();
        self.look(|exchange| {
            if !exchange.can_begin() {
                return Err(RequestFailure::NotNow);
            }
            let may_upgrade = exchange.head().method() == "GET" && exchange.head().minor_version() > 0;
            if is_upgrade && !(may_upgrade && total == 0 && first.is_empty()) {
                return Err(RequestFailure::NotForUpgrade);
            }
            let mut fields = exchange.head().fields.clone();
            if let Some(headers) = headers.filter(|headers| !headers.is_empty()) {
                fields.change(headers, Modifiers { add: true, replace: true, ..Modifiers::default() })?;
            }
            check_fields(&fields, is_upgrade)?;
            let length = length_of(&fields, first_length, total).ok_or(RequestFailure::Length)?;
            exchange.head_mut().fields = fields;
            self.line.hang_up();
            exchange.begin(rules(&settings), first.to_vec(), length, is_upgrade)?;
            Ok(())
        })?
    }

    /// Sends what has begun.
    pub(crate) async fn send_on<W: Waits>(&self, waits: &W, notify: &Notify<'_>) -> Result<(), RequestFailure> {
        let settings = self.settings().clone();
        let mut exchange = self.take()?;
        if exchange.has_asked_for_upgrade() && settings.number(Number::SendBufferSize) < MIN_SEND_BUFFER {
            exchange.fail();
            return Err(RequestFailure::SendBuffer);
        }
        Ok(self.drive(waits, &mut exchange, &settings, notify).await?)
    }

    /// Waits for the first bytes of the response to a request that was sent, and leaves them to
    /// [`response_on`](Self::response_on) (b2.1.19).
    pub(crate) async fn await_response_on<W: Waits>(&self, waits: &W) -> Result<(), RequestFailure> {
        let limits = limits(&self.settings());
        let mut exchange = self.take()?;
        Ok(self.line.await_response(waits, &mut exchange, &limits).await.inspect_err(|_| exchange.fail())?)
    }

    /// Sends more of the body.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), RequestFailure> {
        in_thread(self.write_on(&InThread, bytes))
    }

    /// The same with another way to wait.
    pub(crate) async fn write_on<W: Waits>(&self, waits: &W, bytes: &[u8]) -> Result<(), RequestFailure> {
        self.may_write(bytes.len())?;
        let limits = limits(&self.settings());
        let mut exchange = self.take()?;
        if !exchange.drops_body() {
            self.line.write(waits, &mut exchange, bytes, &limits).await.inspect_err(|_| exchange.fail())?;
        }
        exchange.wrote(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Whether so many bytes of the body may follow.
    pub(crate) fn may_write(&self, count: usize) -> Result<(), RequestFailure> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.look(|exchange| match exchange.missing() {
            Err(_) => Err(RequestFailure::NotNow),
            Ok(Some(missing)) if missing < count => Err(RequestFailure::Length),
            Ok(_) => Ok(()),
        })?
    }

    /// Whether there is a response, whose body may be read.
    pub(crate) fn may_read(&self) -> Result<(), RequestFailure> {
        Ok(self.with_response(|_| ())?)
    }

    /// Whether the last request asked for a WebSocket.
    pub(crate) fn has_asked_for_upgrade(&self) -> bool {
        self.look(|exchange| exchange.has_asked_for_upgrade()).unwrap_or(false)
    }

    /// Waits for the head of the response. A status other than 101 is no error (b1.2.6).
    pub(crate) fn receive_response(&self, notify: &Notify<'_>) -> Result<(), RequestFailure> {
        self.begin_response()?;
        in_thread(self.response_on(&InThread, notify))
    }

    /// Waits for the response from now on. [`response_on`](Self::response_on) does the rest.
    pub(crate) fn begin_response(&self) -> Result<(), RequestFailure> {
        self.look(|exchange| exchange.begin_response().map_err(|_| RequestFailure::NotNow))?
    }

    /// Receives the head of the response.
    pub(crate) async fn response_on<W: Waits>(&self, waits: &W, notify: &Notify<'_>) -> Result<(), RequestFailure> {
        let settings = self.settings().clone();
        let mut exchange = self.take()?;
        Ok(self.drive(waits, &mut exchange, &settings, notify).await?)
    }

    /// Takes the exchange as far as it goes without the program.
    async fn drive<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        settings: &Settings,
        notify: &Notify<'_>,
    ) -> Result<(), ExchangeFailure> {
        if let Some(credentials) = self.proxy_credentials() {
            exchange.set_proxy_credentials(credentials);
        }
        let proxies = |origin: &Origin| proxies_of(settings, origin);
        let policy = settings.policy();
        let ways = Ways { limits: limits(settings), proxies: &proxies, tls: &policy };
        self.line.drive(waits, exchange, &ways, &|notice, exchange| self.tell(notice, exchange, notify)).await
    }

    /// How many bytes of the body can be read at once. It waits until there are some; 0 is the end of the body.
    pub(crate) fn available(&self) -> Result<usize, RequestFailure> {
        in_thread(self.available_on(&InThread))
    }

    /// The same with another way to wait.
    pub(crate) async fn available_on<W: Waits>(&self, waits: &W) -> Result<usize, RequestFailure> {
        let deadline = self.body_deadline();
        let mut exchange = self.take()?;
        exchange.response().ok_or(RequestFailure::NotNow)?;
        loop {
            match exchange.available() {
                (0, true) => {
                    // What stands between chunks makes room, so that no more than a little is ever held.
                    exchange.read(&mut []).map_err(ExchangeFailure::Exchange)?;
                    self.line.fill(waits, &mut exchange, deadline).await?;
                }
                // Nothing is there to be read, but a body that broke off must not look like one that has ended.
                (0, false) => return Ok(exchange.read(&mut [0]).map_err(ExchangeFailure::Exchange)?),
                (count, _) => return Ok(count),
            }
        }
    }

    /// Fills the buffer from the body, or to the end of the body. What came before a fault or the end of the time is given
    /// out first: the next call has the error.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize, RequestFailure> {
        in_thread(self.read_on(&InThread, buffer, self.body_deadline()))
    }

    /// The same with another way to wait, and another deadline.
    pub(crate) async fn read_on<W: Waits>(
        &self,
        waits: &W,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<usize, RequestFailure> {
        let mut exchange = self.take()?;
        exchange.response().ok_or(RequestFailure::NotNow)?;
        let mut filled = 0;
        while filled < buffer.len() {
            let step = match exchange.read(&mut buffer[filled..]) {
                Ok(0) if !exchange.available().1 => break,
                Ok(0) => self.line.fill(waits, &mut exchange, deadline).await,
                Ok(count) => {
                    filled += count;
                    Ok(())
                }
                Err(error) => Err(ExchangeFailure::Exchange(error)),
            };
            match step {
                Err(_) if filled > 0 => break,
                step => step?,
            }
        }
        Ok(filled)
    }

    /// Reads what there is of the body, and waits only if that is nothing. 0 is the end of the body.
    pub(crate) fn read_some(&self, buffer: &mut [u8]) -> Result<usize, RequestFailure> {
        let deadline = self.body_deadline();
        let mut exchange = self.take()?;
        exchange.response().ok_or(RequestFailure::NotNow)?;
        loop {
            match exchange.read(buffer).map_err(ExchangeFailure::Exchange)? {
                0 if !buffer.is_empty() && exchange.available().1 => {
                    in_thread(self.line.fill(&InThread, &mut exchange, deadline))?;
                }
                count => return Ok(count),
            }
        }
    }

    /// Until when a call waits for more of the body.
    pub(crate) fn body_deadline(&self) -> Option<Instant> {
        after(self.settings().limit(Number::ReceiveTimeout))
    }

    fn take(&self) -> Result<Busy<'_>, NotNow> {
        let exchange = lock(&self.exchange).take().ok_or(NotNow)?;
        Ok(Busy { request: self, exchange: Some(exchange) })
    }
}

/// How long the body is, from the headers, the part to send at once, and the total length that the program gives. `None` if
/// they contradict each other: a server could take the end of the body for another request (RFC 9112 section 11.2).
fn length_of(fields: &Fields, first: u64, total: u64) -> Option<Length> {
    let mut stated = fields.values("Content-Length");
    if fields.values("Transfer-Encoding").next().is_some() {
        return (stated.next().is_none() && first == 0 && total == 0).then_some(Length::Own);
    }
    let Some(length) = stated.next() else { return Some(Length::Known(total.max(first))) };
    // The standard parser also takes a sign.
    let length = if length.bytes().all(|byte| byte.is_ascii_digit()) { length.parse().ok()? } else { return None };
    match total {
        0 => (first <= length).then_some(Length::Own),
        total => (total == length).then_some(Length::Known(total)),
    }
}

pub(super) fn rules(settings: &Settings) -> Rules {
    let redirects = if settings.has_disabled(sys::WINHTTP_DISABLE_REDIRECTS) {
        Redirects::Never
    } else {
        match settings.number(Number::RedirectPolicy) {
            sys::WINHTTP_OPTION_REDIRECT_POLICY_NEVER => Redirects::Never,
            sys::WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS => Redirects::Always,
            _ => Redirects::NotToPlain,
        }
    };
    Rules {
        answers_challenges: !settings.has_disabled(sys::WINHTTP_DISABLE_AUTHENTICATION),
        redirects,
        max_redirects: settings.number(Number::MaxRedirects),
        max_interim: settings.number(Number::MaxStatusContinue),
        max_head: usize::try_from(settings.number(Number::MaxHeaderSize)).unwrap_or(usize::MAX),
    }
}

const fn limits(settings: &Settings) -> ExchangeLimits {
    ExchangeLimits {
        resolve: settings.limit(Number::ResolveTimeout),
        connect: settings.limit(Number::ConnectTimeout),
        send: settings.limit(Number::SendTimeout),
        receive: settings.limit(Number::ReceiveTimeout),
        response: settings.limit(Number::ReceiveResponseTimeout),
    }
}

/// The proxies to try for an origin.
fn proxies_of(settings: &Settings, origin: &Origin) -> Result<Vec<Proxy>, ExchangeFailure> {
    let found = settings.proxies.of(origin.is_secure, &origin.host, origin.port);
    let found = found.map_err(|error| ExchangeFailure::Proxy(error.into()))?;
    let proxy = |proxy: ProxyAddress| {
        let credentials = proxy.credentials.and_then(|(user, password)| Basic::new(&user, &password).ok());
        Proxy { host: proxy.host, port: proxy.port, credentials }
    };
    Ok(found.into_iter().map(proxy).collect())
}
