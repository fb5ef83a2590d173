//! What options and timeouts set. Each object has its own values, which it took over from the object it was made from (b1.8.3).

use std::time::Duration;

use winws_api::winhttp::sys;

use super::callbacks::Listener;
use super::proxy::Proxies;
use crate::net::times::{Times, limit_of, millis_of};
use crate::net::tls::{ClientCertificate, Fault, Faults, Policy, RevocationLists, Roots, Versions};

/// The value of a `DWORD` for "without a limit", which `WinHttpSetTimeouts` spells -1.
pub(super) const UNLIMITED: u32 = u32::MAX;

/// Writes the settings that are one number, each with its initial value.
macro_rules! numbers {
    ($($name:ident = $initial:expr),+ $(,)?) => {
        /// A setting that is one number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Number {
            $($name),+
        }

        /// What the numbers are until a program sets them, as specs/codes/option-flags.md states it.
        const INITIAL: &[u32] = &[$($initial),+];
    };
}

numbers! {
    ResolveTimeout = 0,
    ConnectTimeout = 60_000,
    ConnectRetries = 5,
    SendTimeout = 30_000,
    ReceiveTimeout = 30_000,
    ReceiveResponseTimeout = 90_000,
    CloseTimeout = 10_000,
    KeepAliveInterval = 30_000,
    ReceiveBufferSize = 32_768,
    SendBufferSize = 32_768,
    RedirectPolicy = 1,
    MaxRedirects = 10,
    MaxStatusContinue = 10,
    MaxHeaderSize = 65_536,
    MaxDrainSize = 1_048_576,
    MaxConnections = UNLIMITED,
    MaxOldConnections = UNLIMITED,
    DisabledFeatures = 0,
    // TLS 1.2 and 1.3.
    SecureProtocols = 0x2800,
    SecurityFlags = 0,
    AutologonPolicy = 0,
    EnabledFeatures = 0,
    RequestPriority = 0,
    ReadBufferSize = 0,
    WriteBufferSize = 0,
}

/// The settings of one object.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    numbers: [u32; INITIAL.len()],
    /// Whether a program has set [`Number::ReceiveTimeout`] here: the initial value, and that of a session, are for HTTP
    /// responses only (b1.4.27).
    has_receive_timeout: bool,
    /// The authorities that vouch for servers.
    pub(crate) roots: Roots,
    /// Certificates that are no good any more.
    pub(crate) revocation_lists: RevocationLists,
    /// By which the client proves who it is.
    pub(crate) certificate: Option<ClientCertificate>,
    /// The value that callbacks get.
    pub(crate) context: usize,
    /// Who is told of what happens.
    pub(crate) listener: Option<Listener>,
    /// Which proxies requests go through.
    pub(crate) proxies: Proxies,
}

impl Default for Settings {
    fn default() -> Self {
        let mut numbers = [0; INITIAL.len()];
        numbers.copy_from_slice(INITIAL);
        Self {
            numbers,
            has_receive_timeout: false,
            roots: Roots::default(),
            revocation_lists: RevocationLists::default(),
            certificate: None,
            context: 0,
            listener: None,
            proxies: Proxies::None,
        }
    }
}

impl Settings {
    /// The number that is set, or the initial one.
    pub(crate) const fn number(&self, number: Number) -> u32 {
        self.numbers[number as usize]
    }

    pub(crate) const fn set(&mut self, number: Number, value: u32) {
        self.numbers[number as usize] = value;
        if matches!(number, Number::ReceiveTimeout) {
            self.has_receive_timeout = true;
        }
    }

    pub(crate) fn set_limit(&mut self, number: Number, limit: Option<Duration>) {
        self.set(number, millis_of(limit));
    }

    /// A time limit; `None` if there is none. 0 is none too: no call could keep a limit of 0 milliseconds.
    pub(crate) const fn limit(&self, number: Number) -> Option<Duration> {
        limit_of(self.number(number))
    }

    /// What a request of this session begins with. A receive timeout of the session is for HTTP responses (b1.4.27).
    pub(crate) fn of_request(&self) -> Self {
        Self { has_receive_timeout: false, ..self.clone() }
    }

    /// How long a WebSocket waits for a message, in milliseconds: as long as it takes, unless a program has set a limit for
    /// its request (b1.4.27).
    pub(crate) const fn message_timeout(&self) -> u32 {
        if self.has_receive_timeout { self.number(Number::ReceiveTimeout) } else { 0 }
    }

    /// The time limits of a WebSocket that begins with these settings.
    pub(crate) const fn times(&self) -> Times {
        Times {
            send: self.limit(Number::SendTimeout),
            close: self.limit(Number::CloseTimeout),
            keep_alive: self.limit(Number::KeepAliveInterval),
        }
    }

    /// What connections with TLS have to keep to. Of the protocols that are set, those that exist here count (b1.8.14).
    pub(crate) fn policy(&self) -> Policy {
        let protocols = self.number(Number::SecureProtocols);
        let flags = self.number(Number::SecurityFlags);
        let forgiven = [
            (sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA, Fault::Authority),
            (sys::SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, Fault::Date),
            (sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID, Fault::Name),
            (sys::SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, Fault::Usage),
        ];
        let forgiven = forgiven.into_iter().filter(|&(flag, _)| flags & flag != 0);
        Policy {
            versions: Versions {
                tls12: protocols & sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 != 0,
                tls13: protocols & sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3 != 0,
            },
            forgiven: forgiven.fold(Faults::NONE, |faults, (_, fault)| faults.with(fault)),
            needs_lists: self.number(Number::EnabledFeatures) & sys::WINHTTP_ENABLE_SSL_REVOCATION != 0,
            roots: self.roots.clone(),
            lists: self.revocation_lists.clone(),
            certificate: self.certificate.clone(),
        }
    }

    /// Whether all of these `WINHTTP_DISABLE_…` flags are set.
    pub(crate) const fn has_disabled(&self, features: u32) -> bool {
        self.number(Number::DisabledFeatures) & features == features
    }
}
