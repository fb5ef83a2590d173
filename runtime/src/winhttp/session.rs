//! The objects behind the handles of sessions and connections. What is made from them keeps them alive (b1.1.7).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::host::Host;
use super::settings::Settings;
use crate::protocol::http::{Fields, Origin};

/// What a program sets once for all its requests.
#[derive(Debug, Default)]
pub(crate) struct Session {
    settings: Mutex<Settings>,
    /// The value of the User-Agent header.
    agent: Mutex<Option<String>>,
}

/// A server that requests are made to. Nothing is connected until a request is sent.
#[derive(Debug)]
pub(crate) struct Connection {
    session: Arc<Session>,
    host: Host,
    /// 0 is the default of the scheme (b1.8.10).
    port: u16,
    settings: Mutex<Settings>,
}

/// A text cannot be the value of a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InvalidText;

impl Session {
    /// A session whose requests name this user agent; without one they have no such header.
    pub(crate) fn new(agent: Option<&str>) -> Result<Self, InvalidText> {
        let session = Self { settings: Mutex::default(), agent: Mutex::new(None) };
        if let Some(agent) = agent {
            session.set_agent(agent)?;
        }
        Ok(session)
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        lock(&self.settings)
    }

    pub(crate) fn agent(&self) -> Option<String> {
        lock(&self.agent).clone()
    }

    /// For requests made later. An empty text stands for no header.
    pub(crate) fn set_agent(&self, agent: &str) -> Result<(), InvalidText> {
        Fields::new().set("User-Agent", agent).map_err(|_| InvalidText)?;
        *lock(&self.agent) = (!agent.is_empty()).then(|| agent.to_owned());
        Ok(())
    }
}

impl Connection {
    pub(crate) fn new(session: Arc<Session>, host: Host, port: u16) -> Self {
        let settings = session.settings().clone();
        Self { session, host, port, settings: Mutex::new(settings) }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Of these only the context counts: options of requests are those of the session.
    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        lock(&self.settings)
    }

    /// Whom a request asks, with or without TLS.
    pub(crate) fn origin(&self, is_secure: bool) -> Origin {
        let default = if is_secure { 443 } else { 80 };
        let port = if self.port == 0 { default } else { self.port };
        Origin { is_secure, host: self.host.to_connect(), host_text: self.host.header(), port }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
