//! A request that asks for a WebSocket: opened, sent, answered, and then once exchanged for the socket.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use winws_api::Win32Error;

use super::codes;
use super::socket::Socket;
use super::url::Url;
use crate::net::blocking::{Blocking, OpeningError, receive_response, send_request};
use crate::net::{self, ConnectError, Limits, Stream, Waker};
use crate::protocol::Role;
use crate::protocol::http::Response;
use crate::protocol::upgrade::{self, InvalidHeader, UpgradeError};

/// WinHTTP's default limits for sending a request and for the response to begin and end.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// The object behind a request handle.
#[derive(Debug)]
pub(crate) struct Request {
    url: Url,
    head: upgrade::Request,
    state: Mutex<State>,
    /// For [`abort`](Self::abort), while the stream is the request's: a socket's is its own.
    stream: Mutex<Option<Arc<Stream>>>,
    /// Used when the handle is closed.
    waker: Waker,
}

/// Why an answered request does not become a socket.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NotUpgraded {
    /// The server has refused the upgrade (b1.2.7).
    Refused,
    /// The response has not come, or it was exchanged before (b1.2.11).
    NotNow,
}

/// Why a call on a request failed.
#[derive(Debug)]
pub(crate) struct RequestFailure {
    pub code: Win32Error,
    /// What is known beside the code.
    pub source: Option<FailureSource>,
}

/// What is known of a failure beside its code.
#[derive(Debug)]
pub(crate) enum FailureSource {
    /// What the operating system said.
    System(io::Error),
    /// The header that cannot be sent.
    Header(InvalidHeader),
}

impl From<Win32Error> for RequestFailure {
    fn from(code: Win32Error) -> Self {
        Self { code, source: None }
    }
}

impl From<RequestFailure> for Win32Error {
    fn from(failure: RequestFailure) -> Self {
        failure.code
    }
}

impl From<ConnectError> for RequestFailure {
    fn from(error: ConnectError) -> Self {
        let code = codes::of_connect(&error);
        let source = match error {
            ConnectError::NameNotResolved(source) | ConnectError::CannotConnect(source) => Some(source),
            ConnectError::TimedOut(_, source) => source,
            ConnectError::Cancelled => None,
        };
        Self { code, source: source.map(FailureSource::System) }
    }
}

impl RequestFailure {
    fn of_opening(error: OpeningError, code: Win32Error) -> Self {
        let source = match error {
            OpeningError::Lost(source) => source,
            OpeningError::BadResponse | OpeningError::TimedOut => None,
        };
        Self { code, source: source.map(FailureSource::System) }
    }
}

/// Calls block, so they take their state out and leave `Busy` behind: no lock is held meanwhile.
#[derive(Debug)]
enum State {
    Opened,
    Busy,
    Sent(Arc<Stream>),
    /// `upgrade` is there for a 101 until it is exchanged.
    Answered {
        response: Arc<Response>,
        upgrade: Option<Upgrade>,
    },
    Failed,
}

/// A stream that speaks WebSocket from now on.
#[derive(Debug)]
struct Upgrade {
    stream: Stream,
    read_ahead: Vec<u8>,
}

impl Request {
    /// A request for `url` with the caller's headers. Nothing is sent yet.
    pub(crate) fn open(url: &str, headers: &[(&str, &str)]) -> Result<Self, RequestFailure> {
        let url = Url::parse(url)?;
        let head = upgrade::Request::new(&url.target, &url.authority, headers);
        let head = head.map_err(|error| RequestFailure {
            code: codes::of_header(&error),
            source: Some(FailureSource::Header(error)),
        })?;
        Ok(Self { url, head, state: Mutex::new(State::Opened), stream: Mutex::new(None), waker: Waker::default() })
    }

    /// The response, once it has come.
    pub(crate) fn response(&self) -> Result<Arc<Response>, Win32Error> {
        match &*lock(&self.state) {
            State::Answered { response, .. } => Ok(Arc::clone(response)),
            _ => Err(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE),
        }
    }

    /// Connects and sends the request.
    pub(crate) fn send(&self) -> Result<(), RequestFailure> {
        self.begin(|state| matches!(state, State::Opened))?;
        self.finish(self.send_now())
    }

    /// Waits for the response. A status other than 101 is no error (b1.2.6).
    pub(crate) fn receive_response(&self) -> Result<(), RequestFailure> {
        let State::Sent(stream) = self.begin(|state| matches!(state, State::Sent(_)))? else {
            return Err(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE.into());
        };
        self.finish(self.receive_now(stream))
    }

    /// Exchanges the answered request for its socket, once (b1.2.11).
    pub(crate) fn complete_upgrade(&self) -> Result<Socket, NotUpgraded> {
        let upgrade = match &mut *lock(&self.state) {
            State::Answered { response, .. } if response.status() != 101 => {
                return Err(NotUpgraded::Refused);
            }
            State::Answered { upgrade, .. } => upgrade.take(),
            _ => None,
        };
        let Upgrade { stream, read_ahead } = upgrade.ok_or(NotUpgraded::NotNow)?;
        Ok(Socket::new(Blocking::new(Role::Client, stream, &read_ahead)))
    }

    /// Gives up what is under way, when the handle is closed. A socket that came of the request lives on (b1.1.8).
    pub(crate) fn abort(&self) {
        self.waker.wake();
        if let Some(stream) = lock(&self.stream).take() {
            stream.shutdown_both();
        }
    }

    /// Takes the state out if it is the right one.
    fn begin(&self, is_right: impl FnOnce(&State) -> bool) -> Result<State, Win32Error> {
        let mut state = lock(&self.state);
        if !is_right(&state) {
            return Err(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE);
        }
        Ok(mem::replace(&mut *state, State::Busy))
    }

    fn finish(&self, result: Result<State, RequestFailure>) -> Result<(), RequestFailure> {
        let (state, result) = match result {
            Ok(next) => (next, Ok(())),
            Err(_) if self.waker.is_woken() => {
                (State::Failed, Err(Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED.into()))
            }
            Err(failure) => (State::Failed, Err(failure)),
        };
        *lock(&self.state) = state;
        result
    }

    fn send_now(&self) -> Result<State, RequestFailure> {
        let Url { host, port, .. } = &self.url;
        let stream = Arc::new(net::connect(host, *port, Limits::default(), &self.waker)?);
        *lock(&self.stream) = Some(Arc::clone(&stream));
        // The handle may have been closed just before that.
        if self.waker.is_woken() {
            return Err(Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED.into());
        }
        let deadline = Instant::now() + EXCHANGE_TIMEOUT;
        send_request(&stream, &self.head.encode(), deadline).map_err(|error| {
            let code = codes::of_sending(&error);
            RequestFailure::of_opening(error, code)
        })?;
        Ok(State::Sent(stream))
    }

    fn receive_now(&self, stream: Arc<Stream>) -> Result<State, RequestFailure> {
        let deadline = Instant::now() + EXCHANGE_TIMEOUT;
        let (response, read_ahead) = receive_response(&stream, deadline).map_err(|error| {
            let code = codes::of_receiving(&error);
            RequestFailure::of_opening(error, code)
        })?;
        let upgrade = match response.check_upgrade(&self.head) {
            Ok(_) => {
                drop(lock(&self.stream).take());
                // Only a close of the handle takes it first.
                let stream = Arc::into_inner(stream).ok_or(Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED)?;
                Some(Upgrade { stream, read_ahead })
            }
            Err(UpgradeError::Refused) => None,
            Err(error) => return Err(codes::of_upgrade(error).into()),
        };
        Ok(State::Answered { response: Arc::new(response), upgrade })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
