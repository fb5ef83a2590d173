//! Drives an exchange over a stream: in the caller's thread, or as a task.

mod failure;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use self::failure::ExchangeFailure;
use self::failure::of_certificate;
use super::times::after;
use crate::net::tls::{Policy, Tls};
use crate::net::waits::Waits;
use crate::net::{self, ConnectError, Interest, Limits, Notice, Notify, Readiness, Stream, Waited, Waker, trace};
use crate::protocol::http::{Exchange, ExchangeError, Origin, Proxy, READ_AHEAD, Step};

/// Time limits of one request; `None` is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExchangeLimits {
    /// For resolving the name of a server.
    pub(crate) resolve: Option<Duration>,
    /// For connecting to each of its addresses.
    pub(crate) connect: Option<Duration>,
    /// How long a write may wait for the peer to take something.
    pub(crate) send: Option<Duration>,
    /// How long a call may wait for the next bytes.
    pub(crate) receive: Option<Duration>,
    /// How long the whole head of the response may take.
    pub(crate) response: Option<Duration>,
}

/// What a request may use to reach its servers.
pub(crate) struct Ways<'w> {
    pub(crate) limits: ExchangeLimits,
    /// The proxies to try for an origin, in their order; without one it is reached directly.
    pub(crate) proxies: &'w (dyn Fn(&Origin) -> Result<Vec<Proxy>, ExchangeFailure> + Sync),
    pub(crate) tls: &'w Policy,
}

/// Whoever wants to know, and may look at the exchange.
type NotifyOf<'n> = dyn Fn(Notice<'_>, &Exchange) + Sync + 'n;

/// The stream of a request, which another thread can end at any time.
#[derive(Debug, Default)]
pub(crate) struct Line {
    stream: Mutex<Option<Arc<Stream>>>,
    waker: Waker,
}

impl Line {
    /// Ends the stream, and every wait of a call on it, now and later.
    pub(crate) fn abort(&self) {
        self.waker.wake();
        if let Some(stream) = self.lock().take() {
            stream.shutdown_both();
        }
    }

    /// Gives the stream out; calls on the line that need one fail from now on.
    pub(crate) fn take(&self) -> Option<Stream> {
        let stream = self.lock().take()?;
        // Only a call under way has it too, and there is none.
        Arc::into_inner(stream)
    }

    /// Drops the stream.
    pub(crate) fn hang_up(&self) {
        drop(self.lock().take());
    }

    /// Takes the steps of the exchange until it rests.
    pub(crate) async fn drive<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        ways: &Ways<'_>,
        notify: &NotifyOf<'_>,
    ) -> Result<(), ExchangeFailure> {
        let notify: &NotifyOf<'_> = &|notice, exchange| {
            trace::notice(notice);
            notify(notice, exchange);
        };
        let mut result = self.drive_on(waits, exchange, ways, notify).await;
        if let Err(ExchangeFailure::Secure(failure)) = &result
            && !self.waker.is_woken()
        {
            notify(Notice::Insecure(failure.faults), exchange);
        }
        // The last notice may have been taken as a reason to give the request up.
        if self.waker.is_woken() {
            result = Err(ExchangeFailure::Cancelled);
        }
        if result.is_err() {
            exchange.fail();
            self.hang_up();
        }
        result.map_err(|failure| self.cancelled_or(failure))
    }

    /// Writes a part of the body.
    pub(crate) async fn write<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        bytes: &[u8],
        limits: &ExchangeLimits,
    ) -> Result<(), ExchangeFailure> {
        let stream = self.stream()?;
        let written = self.write_all(waits, &stream, bytes, limits.send).await;
        let written = written.or_else(|failure| self.answer_instead(exchange, &stream, failure));
        written.map_err(|failure| self.cancelled_or(failure))
    }

    /// A server may answer before it has the whole request, and then end the stream. Its answer is worth more than the failure.
    fn answer_instead(
        &self,
        exchange: &mut Exchange,
        stream: &Stream,
        failure: ExchangeFailure,
    ) -> Result<(), ExchangeFailure> {
        let mut buffer = [0; READ_AHEAD];
        match (stream.try_read(&mut buffer), &failure) {
            (Ok(Some(count @ 1..)), ExchangeFailure::Lost(_)) if !self.waker.is_woken() => {
                exchange.cut();
                Ok(exchange.received(&buffer[..count])?)
            }
            // An alert says more than a stream that takes no more.
            (Err(error), ExchangeFailure::Lost(_)) if stream.tls().is_some() => Err(error.into()),
            _ => Err(failure),
        }
    }

    /// Waits for the first bytes of the response, and keeps them for whoever waits for its head. That the stream has ended is
    /// left to them too.
    pub(crate) async fn await_response<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        limits: &ExchangeLimits,
    ) -> Result<(), ExchangeFailure> {
        let (stream, mut buffer) = (self.stream()?, vec![0; READ_AHEAD]);
        let deadline = after(limits.receive).into_iter().chain(after(limits.response)).min();
        let waited = waits.read(&stream, &mut buffer, deadline, &self.waker).await;
        // What another thread has ended looks as if the server had.
        if self.waker.is_woken() {
            return Err(ExchangeFailure::Cancelled);
        }
        match waited.map_err(|error| of_certificate(&stream, error.into()))? {
            Waited::Woken => Err(ExchangeFailure::Cancelled),
            Waited::TimedOut => Err(ExchangeFailure::TimedOut),
            Waited::End => Ok(()),
            Waited::Bytes(count) => Ok(exchange.received(&buffer[..count])?),
        }
    }

    /// Waits for more bytes of the body. A broken stream is no end of a body, now and later.
    pub(crate) async fn fill<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        deadline: Option<Instant>,
    ) -> Result<(), ExchangeFailure> {
        let filled = self.read(waits, exchange, deadline).await;
        if matches!(filled, Err(ExchangeFailure::Lost(_))) {
            exchange.broken();
        }
        Ok(filled?.1?)
    }

    async fn drive_on<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        ways: &Ways<'_>,
        notify: &NotifyOf<'_>,
    ) -> Result<(), ExchangeFailure> {
        let limits = &ways.limits;
        let mut response_by = after(limits.response);
        let (mut redirects, mut interim, mut is_receiving) = (exchange.redirects(), 0, false);
        loop {
            match exchange.step() {
                Step::Rest => return Ok(()),
                Step::Connect(_) if exchange.redirects() > redirects => {
                    redirects = exchange.redirects();
                    notify(Notice::Redirect(&exchange.url()), exchange);
                }
                Step::Connect(origin) => {
                    self.hang_up();
                    (interim, is_receiving) = (0, false);
                    let (stream, proxy) = self.connect(waits, origin, ways, &|notice| notify(notice, exchange)).await?;
                    *self.lock() = Some(Arc::new(stream));
                    // Another thread may have given the request up just before that.
                    if self.waker.is_woken() {
                        return Err(ExchangeFailure::Cancelled);
                    }
                    exchange.connected(proxy)?;
                    response_by = after(limits.response);
                }
                Step::Secure(origin, ahead) => {
                    self.secure(waits, origin, ahead, ways, response_by).await?;
                    exchange.secured()?;
                }
                Step::Send(bytes) => {
                    let (length, is_for_origin) = (bytes.len(), exchange.is_sending());
                    if is_for_origin {
                        notify(Notice::Sending, exchange);
                    }
                    let stream = self.stream()?;
                    match self.write_all(waits, &stream, bytes, limits.send).await {
                        Ok(()) => exchange.sent(length),
                        Err(ExchangeFailure::Lost(_)) if exchange.may_end() && !self.waker.is_woken() => {
                            exchange.ended()?;
                            continue;
                        }
                        Err(failure) if is_for_origin => self
                            .answer_instead(exchange, &stream, failure)
                            .map_err(|failure| of_certificate(&stream, failure))?,
                        Err(failure) => return Err(failure),
                    }
                    if is_for_origin {
                        notify(Notice::Sent(length), exchange);
                    }
                }
                step @ (Step::ReceiveAhead | Step::Receive) => {
                    let is_ahead = matches!(step, Step::ReceiveAhead);
                    let is_from_origin = exchange.is_receiving();
                    if is_from_origin && !is_receiving {
                        is_receiving = true;
                        notify(Notice::Receiving, exchange);
                    }
                    let (received, taken) = if is_ahead {
                        (exchange.receive_ahead()?, Ok(()))
                    } else {
                        let next = after(limits.receive).into_iter().chain(response_by).min();
                        self.read(waits, exchange, next).await?
                    };
                    // Bytes that are no response are told too, and so is an end without bytes (b2.2.11).
                    if is_from_origin {
                        notify(Notice::Received(received), exchange);
                    }
                    taken?;
                    for &status in exchange.interim().iter().skip(interim) {
                        notify(Notice::Interim(status), exchange);
                    }
                    interim = exchange.interim().len();
                    // A read after its deadline takes what is there, and a server may always have a little more.
                    let is_late = response_by.is_some_and(|by| by <= Instant::now());
                    if is_late && matches!(exchange.step(), Step::Receive) {
                        return Err(ExchangeFailure::TimedOut);
                    }
                }
            }
        }
    }

    /// Connects to the first of the proxies that takes the connection, or to the origin if there is none.
    async fn connect<W: Waits>(
        &self,
        waits: &W,
        origin: &Origin,
        ways: &Ways<'_>,
        notify: &Notify<'_>,
    ) -> Result<(Stream, Option<Proxy>), ExchangeFailure> {
        let limits = Limits { resolve: ways.limits.resolve, connect: ways.limits.connect, deadline: None };
        let mut proxies = (ways.proxies)(origin)?.into_iter().peekable();
        if proxies.peek().is_none() {
            return Ok((net::connect(waits, &origin.host, origin.port, limits, &self.waker, notify).await?, None));
        }
        loop {
            let proxy = proxies.next().expect("the loop ends with the last one");
            match net::connect(waits, &proxy.host, proxy.port, limits, &self.waker, notify).await {
                Ok(stream) => return Ok((stream, Some(proxy))),
                Err(error @ ConnectError::Cancelled) => return Err(error.into()),
                Err(error) if proxies.peek().is_none() => return Err(error.of_proxy(&proxy.host, proxy.port).into()),
                Err(_) => {}
            }
        }
    }

    /// Begins TLS on the stream, and does its handshake. The whole of it has the time of the response.
    async fn secure<W: Waits>(
        &self,
        waits: &W,
        origin: &Origin,
        ahead: &[u8],
        ways: &Ways<'_>,
        deadline: Option<Instant>,
    ) -> Result<(), ExchangeFailure> {
        let stream = self.stream()?;
        let tls = Tls::client(ways.tls.clone(), &origin.host).map_err(ExchangeFailure::Secure)?;
        tls.receive_ahead(ahead);
        let tls = stream.begin_tls(tls);
        let by = |limit: Option<Duration>| after(limit).into_iter().chain(deadline).min();
        let failed = |error: io::Error| {
            // The peer is told of the fault, if it takes that at once.
            stream.flush().ok();
            if tls.connecting().is_certificate_missing(&error) {
                ExchangeFailure::CertificateNeeded
            } else {
                ExchangeFailure::Secure(tls.connecting().failure(error))
            }
        };
        loop {
            let (interest, limit) = if !stream.flush().map_err(failed)? {
                (Interest::Write, ways.limits.send)
            } else if !tls.is_handshaking() {
                return Ok(());
            } else if stream.advance_tls(tls).map_err(failed)? {
                // A peer that sends a little all the time must not hold the task.
                if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                    return Err(ExchangeFailure::TimedOut);
                }
                continue;
            } else {
                (Interest::Read, ways.limits.receive)
            };
            match waits.stream(&stream, interest, by(limit), &self.waker).await.map_err(failed)? {
                Readiness::Ready => {}
                Readiness::TimedOut => return Err(ExchangeFailure::TimedOut),
                Readiness::Woken => return Err(ExchangeFailure::Cancelled),
            }
        }
    }

    /// Writes all bytes. Each wait for room may take as long as the limit.
    async fn write_all<W: Waits>(
        &self,
        waits: &W,
        stream: &Stream,
        mut bytes: &[u8],
        limit: Option<Duration>,
    ) -> Result<(), ExchangeFailure> {
        while !bytes.is_empty() || !stream.flush()? {
            match if bytes.is_empty() { None } else { stream.try_write(bytes)? } {
                Some(written) => bytes = &bytes[written..],
                None => match waits.stream(stream, Interest::Write, after(limit), &self.waker).await? {
                    Readiness::Ready => {}
                    Readiness::TimedOut => return Err(ExchangeFailure::TimedOut),
                    Readiness::Woken => return Err(ExchangeFailure::Cancelled),
                },
            }
        }
        Ok(())
    }

    /// Reads once, and tells the exchange: how many bytes have come, and what it says of them.
    async fn read<W: Waits>(
        &self,
        waits: &W,
        exchange: &mut Exchange,
        deadline: Option<Instant>,
    ) -> Result<(usize, Result<(), ExchangeError>), ExchangeFailure> {
        let mut buffer = vec![0; READ_AHEAD];
        let stream = self.stream()?;
        let waited = waits.read(&stream, &mut buffer, deadline, &self.waker).await;
        // What another thread has ended looks as if the server had, and a body may end with the stream.
        if self.waker.is_woken() {
            return Err(ExchangeFailure::Cancelled);
        }
        let waited = match waited {
            Err(_) if exchange.may_end() => Waited::End,
            waited => waited.map_err(|error| of_certificate(&stream, error.into()))?,
        };
        match waited {
            Waited::Bytes(length) => Ok((length, exchange.received(&buffer[..length]))),
            Waited::End | Waited::Woken => Ok((0, exchange.ended())),
            Waited::TimedOut => Err(ExchangeFailure::TimedOut),
        }
    }

    fn stream(&self) -> Result<Arc<Stream>, ExchangeFailure> {
        self.lock().clone().ok_or(ExchangeFailure::Cancelled)
    }

    fn cancelled_or(&self, failure: ExchangeFailure) -> ExchangeFailure {
        if self.waker.is_woken() { ExchangeFailure::Cancelled } else { failure }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Stream>>> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
