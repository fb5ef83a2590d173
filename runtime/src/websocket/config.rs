//! The settings of a session, with the defaults and the bounds of WEB_SOCKET_PROPERTY_TYPE (b5.1).

use core::fmt;

use crate::keys;
use crate::protocol::{Framer, MaskKeys, Receiver, Role};

/// The smallest receive buffer, and the smallest send buffer of a client, in bytes.
pub const MIN_BUFFER: usize = 256;

/// The smallest send buffer of a server, in bytes. It holds only the heads of frames.
pub const MIN_SERVER_SEND_BUFFER: usize = 16;

/// The receive buffer, and the send buffer of a client, where nothing else was asked for, in bytes.
const DEFAULT_BUFFER: usize = 4096;

/// A buffer is smaller than the protocol component needs.
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
    /// A client with buffers of 4096 bytes for each direction. It masks with random keys.
    pub fn client() -> Self {
        Self::new(Role::Client, DEFAULT_BUFFER)
    }

    /// A server with a receive buffer of 4096 bytes, and 16 bytes for the heads of its frames.
    pub fn server() -> Self {
        Self::new(Role::Server, MIN_SERVER_SEND_BUFFER)
    }

    fn new(role: Role, send_buffer: usize) -> Self {
        let receive_buffer = DEFAULT_BUFFER;
        Self { role, receive_buffer, send_buffer, keys: keys::random, masking: true, checks_utf8: true }
    }

    /// The end of the connection that the settings are for.
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

    /// The same settings with another receive buffer size, in bytes.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`] if the size is below [`MIN_BUFFER`].
    pub const fn with_receive_buffer(mut self, size: usize) -> Result<Self, BufferTooSmall> {
        if size < MIN_BUFFER {
            return Err(BufferTooSmall { least: MIN_BUFFER });
        }
        self.receive_buffer = size;
        Ok(self)
    }

    /// The same settings with another send buffer size, in bytes.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`] if the size is below [`MIN_BUFFER`] on a client, which masks in the buffer, or below
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

    /// The same settings with masking keys from the program's own source of randomness (section 5.3).
    #[must_use]
    pub const fn with_mask_keys(mut self, keys: MaskKeys) -> Self {
        self.keys = keys;
        self
    }

    /// The same settings with or without masking. Without masking a client masks with the key 0, and a server accepts
    /// unmasked frames.
    ///
    /// Masking protects proxies from data that looks like HTTP (section 10.3). Switch it off only on encrypted
    /// connections.
    #[must_use]
    pub const fn with_masking(mut self, masking: bool) -> Self {
        self.masking = masking;
        self
    }

    /// The same settings with or without a check that sent and received text is UTF-8. Without the check, the
    /// application must make it (section 8.1).
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
