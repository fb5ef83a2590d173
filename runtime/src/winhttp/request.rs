//! A request that asks for a WebSocket: opened, sent, answered, and then once exchanged for the socket.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use winws_api::Win32Error;

use super::codes;
use super::url::Url;
use crate::driver::{Connection, receive_response, send_request};
use crate::protocol::http::Response;
use crate::protocol::upgrade::{self, UpgradeError};
use crate::transport::Transport;

/// WinHTTP's default limit for connecting to one address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// WinHTTP's default limits for sending a request and for the response to begin and end.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// The object behind a request handle.
#[derive(Debug)]
pub(super) struct Request {
    url: Url,
    head: upgrade::Request,
    state: Mutex<State>,
    /// For [`abort`](Self::abort), while the transport is the request's: a socket's is its own.
    transport: OnceLock<Weak<Transport>>,
    aborted: AtomicBool,
}

/// Calls block, so they take their state out and leave `Busy` behind: no lock is held meanwhile.
#[derive(Debug)]
enum State {
    Opened,
    Busy,
    Sent(Arc<Transport>),
    /// `upgrade` is there for a 101 until it is exchanged.
    Answered {
        response: Arc<Response>,
        upgrade: Option<Upgrade>,
    },
    Failed,
}

/// A transport that speaks WebSocket from now on.
#[derive(Debug)]
struct Upgrade {
    transport: Transport,
    read_ahead: Vec<u8>,
}

impl Request {
    /// A request for `url` with the caller's headers. Nothing is sent yet.
    pub(super) fn open(url: &str, headers: &[(&str, &str)]) -> Result<Self, Win32Error> {
        let url = Url::parse(url)?;
        let head = upgrade::Request::new(&url.target, &url.authority, headers);
        let head = head.map_err(|error| codes::of_header(&error))?;
        Ok(Self {
            url,
            head,
            state: Mutex::new(State::Opened),
            transport: OnceLock::new(),
            aborted: AtomicBool::new(false),
        })
    }

    /// The response, once it has come.
    pub(super) fn response(&self) -> Result<Arc<Response>, Win32Error> {
        match &*self.lock() {
            State::Answered { response, .. } => Ok(Arc::clone(response)),
            _ => Err(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE),
        }
    }

    /// Connects and sends the request.
    pub(super) fn send(&self) -> Result<(), Win32Error> {
        self.begin(|state| matches!(state, State::Opened))?;
        self.finish(self.send_now())
    }

    /// Waits for the response. A status other than 101 is no error (b1.2.6).
    pub(super) fn receive_response(&self) -> Result<(), Win32Error> {
        let State::Sent(transport) = self.begin(|state| matches!(state, State::Sent(_)))? else {
            return Err(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE);
        };
        self.finish(self.receive_now(transport))
    }

    /// Exchanges the answered request for its connection, once (b1.2.11).
    pub(super) fn complete_upgrade(&self) -> Result<Connection, Win32Error> {
        let upgrade = match &mut *self.lock() {
            State::Answered { response, .. } if response.status() != 101 => {
                return Err(Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE);
            }
            State::Answered { upgrade, .. } => upgrade.take(),
            _ => None,
        };
        let Upgrade { transport, read_ahead } = upgrade.ok_or(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE)?;
        Connection::client(transport, &read_ahead).map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)
    }

    /// Gives up what is under way, when the handle is closed. A socket that came of the request lives on (b1.1.8).
    pub(super) fn abort(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        if let Some(transport) = self.transport.get().and_then(Weak::upgrade) {
            transport.shutdown();
        }
    }

    /// Takes the state out if it is the right one.
    fn begin(&self, is_right: impl FnOnce(&State) -> bool) -> Result<State, Win32Error> {
        let mut state = self.lock();
        if !is_right(&state) {
            return Err(Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE);
        }
        Ok(mem::replace(&mut *state, State::Busy))
    }

    fn finish(&self, result: Result<State, Win32Error>) -> Result<(), Win32Error> {
        let (state, result) = match result {
            Ok(next) => (next, Ok(())),
            Err(_) if self.aborted.load(Ordering::SeqCst) => {
                (State::Failed, Err(Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED))
            }
            Err(code) => (State::Failed, Err(code)),
        };
        *self.lock() = state;
        result
    }

    fn send_now(&self) -> Result<State, Win32Error> {
        let Url { host, port, .. } = &self.url;
        let transport = Transport::connect(host, *port, CONNECT_TIMEOUT).map_err(codes::of_connect)?;
        let transport = Arc::new(transport);
        self.transport.get_or_init(|| Arc::downgrade(&transport));
        let deadline = Instant::now() + EXCHANGE_TIMEOUT;
        send_request(&transport, &self.head.encode(), deadline).map_err(codes::of_sending)?;
        Ok(State::Sent(transport))
    }

    fn receive_now(&self, transport: Arc<Transport>) -> Result<State, Win32Error> {
        let deadline = Instant::now() + EXCHANGE_TIMEOUT;
        let (response, read_ahead) = receive_response(&transport, deadline).map_err(codes::of_receiving)?;
        let upgrade = match response.check_upgrade(&self.head) {
            Ok(_) => {
                // Somebody else has it only for the moment that an abort takes.
                let transport = Arc::into_inner(transport).ok_or(Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED)?;
                Some(Upgrade { transport, read_ahead })
            }
            Err(UpgradeError::Refused) => None,
            Err(error) => return Err(codes::of_upgrade(error)),
        };
        Ok(State::Answered { response: Arc::new(response), upgrade })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
