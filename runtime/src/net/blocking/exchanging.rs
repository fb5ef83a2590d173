//! Drives an exchange over a stream in the caller's thread.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::after;
use crate::net::{self, ConnectError, Limits, Notice, Stream, Waited, Waker, trace};
use crate::protocol::http::{Exchange, ExchangeError, READ_AHEAD, Step};

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

/// Why a request failed.
#[derive(Debug)]
pub(crate) enum ExchangeFailure {
    Connect(ConnectError),
    Exchange(ExchangeError),
    /// The stream broke, or ended inside of what was sent.
    Lost(io::Error),
    TimedOut,
    /// Another thread gave the request up.
    Cancelled,
    /// The server is to be asked over TLS, which does not exist yet.
    Secure,
}

impl From<ConnectError> for ExchangeFailure {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

impl From<ExchangeError> for ExchangeFailure {
    fn from(error: ExchangeError) -> Self {
        Self::Exchange(error)
    }
}

impl From<io::Error> for ExchangeFailure {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

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
    pub(crate) fn drive(
        &self,
        exchange: &mut Exchange,
        limits: &ExchangeLimits,
        notify: &dyn Fn(Notice<'_>),
    ) -> Result<(), ExchangeFailure> {
        let mut result = self.drive_on(exchange, limits, &|notice| {
            trace::notice(notice);
            notify(notice);
        });
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
    pub(crate) fn write(&self, bytes: &[u8], limits: &ExchangeLimits) -> Result<(), ExchangeFailure> {
        let stream = self.stream()?;
        write_all(&stream, bytes, limits.send).map_err(|failure| self.cancelled_or(failure))
    }

    /// Waits for more bytes of the body. A broken stream is no end of a body, now and later.
    pub(crate) fn fill(&self, exchange: &mut Exchange, deadline: Option<Instant>) -> Result<(), ExchangeFailure> {
        let filled = self.read(exchange, deadline);
        if matches!(filled, Err(ExchangeFailure::Lost(_))) {
            exchange.broken();
        }
        filled.map(drop)
    }

    fn drive_on(
        &self,
        exchange: &mut Exchange,
        limits: &ExchangeLimits,
        notify: &dyn Fn(Notice<'_>),
    ) -> Result<(), ExchangeFailure> {
        let mut response_by = after(limits.response);
        let (mut redirects, mut interim, mut is_receiving) = (exchange.redirects(), 0, false);
        loop {
            match exchange.step() {
                Step::Rest => return Ok(()),
                Step::Connect(_) if exchange.redirects() > redirects => {
                    redirects = exchange.redirects();
                    notify(Notice::Redirect(&exchange.url()));
                }
                Step::Connect(origin) if origin.is_secure => return Err(ExchangeFailure::Secure),
                Step::Connect(origin) => {
                    self.hang_up();
                    (interim, is_receiving) = (0, false);
                    let connect = Limits { resolve: limits.resolve, connect: limits.connect, deadline: None };
                    let stream = net::connect(&origin.host, origin.port, connect, &self.waker, notify)?;
                    *self.lock() = Some(Arc::new(stream));
                    // Another thread may have given the request up just before that.
                    if self.waker.is_woken() {
                        return Err(ExchangeFailure::Cancelled);
                    }
                    exchange.connected();
                    response_by = after(limits.response);
                }
                Step::Send(bytes) => {
                    let length = bytes.len();
                    notify(Notice::Sending);
                    write_all(&*self.stream()?, bytes, limits.send)?;
                    exchange.sent(length);
                    notify(Notice::Sent(length));
                }
                Step::Receive => {
                    if !is_receiving {
                        is_receiving = true;
                        notify(Notice::Receiving);
                    }
                    let next = after(limits.receive).into_iter().chain(response_by).min();
                    notify(Notice::Received(self.read(exchange, next)?));
                    for &status in exchange.interim().iter().skip(interim) {
                        notify(Notice::Interim(status));
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

    /// Reads once, and tells the exchange: how many bytes have come.
    fn read(&self, exchange: &mut Exchange, deadline: Option<Instant>) -> Result<usize, ExchangeFailure> {
        let mut buffer = [0; READ_AHEAD];
        let waited = self.stream()?.read(&mut buffer, deadline, None);
        // What another thread has ended looks as if the server had, and a body may end with the stream.
        if self.waker.is_woken() {
            return Err(ExchangeFailure::Cancelled);
        }
        match waited? {
            Waited::Bytes(length) => {
                exchange.received(&buffer[..length])?;
                Ok(length)
            }
            Waited::End | Waited::Woken => {
                exchange.ended()?;
                Ok(0)
            }
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

/// Writes all bytes. Each wait for room may take as long as the limit.
fn write_all(stream: &Stream, bytes: &[u8], limit: Option<Duration>) -> Result<(), ExchangeFailure> {
    if super::write_all(stream, bytes, || after(limit))? { Ok(()) } else { Err(ExchangeFailure::TimedOut) }
}
