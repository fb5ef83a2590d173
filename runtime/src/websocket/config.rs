//! The settings of a session, with the defaults and the bounds of WEB_SOCKET_PROPERTY_TYPE (b5.1).

use core::fmt;

use crate::keys;
use crate::protocol::{Framer, MaskKeys, Receiver, Role};

/// The smallest receive buffer, and the smallest send buffer of a client, in bytes.
pub const MIN_BUFFER: usize = 256;

/// The smallest send buffer of a server, in bytes: it holds headers of frames only.
pub const MIN_SERVER_SEND_BUFFER: usize = 16;

/// The receive buffer, and the send buffer of a client, where nothing else was asked for, in bytes.
const DEFAULT_BUFFER: usize = 4096;

/// A buffer is smaller than the protocol component can do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferTooSmall {
    /// The smallest size that is allowed, in bytes.
    pub least: usize,
}

impl fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the buffer has less than {} bytes", self.least)
    }
}

impl core::error::Error for BufferTooSmall {}

/// The settings of a session. The defaults are those of Windows.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    role: Role,
    receive_buffer: usize,
    send_buffer: usize,
    keys: MaskKeys,
    masking: bool,
    checks_utf8: bool,
}

impl Config {
    /// A client with 4096 bytes for each direction, which masks with random keys.
    pub fn client() -> Self {
        Self::new(Role::Client, DEFAULT_BUFFER)
    }

    /// A server with 4096 bytes for receiving and 16 for the headers that it sends.
    pub fn server() -> Self {
        Self::new(Role::Server, MIN_SERVER_SEND_BUFFER)
    }

    fn new(role: Role, send_buffer: usize) -> Self {
        let receive_buffer = DEFAULT_BUFFER;
        Self { role, receive_buffer, send_buffer, keys: keys::random, masking: true, checks_utf8: true }
    }

    /// Which end of the connection it is for.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The size of the receive buffer, in bytes.
    pub const fn receive_buffer(&self) -> usize {
        self.receive_buffer
    }

    /// The size of the send buffer, in bytes.
    pub const fn send_buffer(&self) -> usize {
        self.send_buffer
    }

    /// The same with a receive buffer of another size: at least [`MIN_BUFFER`].
    pub const fn with_receive_buffer(mut self, size: usize) -> Result<Self, BufferTooSmall> {
        if size < MIN_BUFFER {
            return Err(BufferTooSmall { least: MIN_BUFFER });
        }
        self.receive_buffer = size;
        Ok(self)
    }

    /// The same with a send buffer of another size: at least [`MIN_BUFFER`] on a client, which masks in it, and
    /// [`MIN_SERVER_SEND_BUFFER`] on a server.
    pub const fn with_send_buffer(mut self, size: usize) -> Result<Self, BufferTooSmall> {
        let least = match self.role {
            Role::Client => MIN_BUFFER,
            Role::Server => MIN_SERVER_SEND_BUFFER,
        };
        if size < least {
            return Err(BufferTooSmall { least });
        }
        self.send_buffer = size;
        Ok(self)
    }

    /// The same with masking keys of another source, for whoever has randomness of their own (section 5.3).
    #[must_use]
    pub const fn with_mask_keys(mut self, keys: MaskKeys) -> Self {
        self.keys = keys;
        self
    }

    /// The same with masking or without: then a client masks with the key 0, and a server takes frames that are not masked.
    ///
    /// Masking keeps proxies from being fed what looks like HTTP to them (section 10.3): do without it on encrypted
    /// connections only.
    #[must_use]
    pub const fn with_masking(mut self, masking: bool) -> Self {
        self.masking = masking;
        self
    }

    /// The same with a check that text is UTF-8, sent or received, or without: then the application makes it (section 8.1).
    #[must_use]
    pub const fn with_utf8_check(mut self, checks: bool) -> Self {
        self.checks_utf8 = checks;
        self
    }

    pub(super) const fn framer(&self) -> Framer {
        let framer = match (self.role, self.masking) {
            (Role::Server, _) => Framer::server(),
            (Role::Client, true) => Framer::client(self.keys),
            (Role::Client, false) => Framer::plain_client(),
        };
        if self.checks_utf8 { framer } else { framer.without_utf8_check() }
    }

    pub(super) const fn receiver(&self) -> Receiver {
        let receiver = Receiver::new(self.role);
        let receiver = match (self.role, self.masking) {
            (Role::Server, false) => receiver.accepting_unmasked(),
            _ => receiver,
        };
        if self.checks_utf8 { receiver } else { receiver.without_utf8_check() }
    }
}
