//! The state table of the handshake: the states of a handle, and the calls that each state allows.
//!
//! Once a handle is open, [`session::table`](crate::session::table) has the states of its two directions. A refused
//! call changes nothing.

use core::fmt;

/// The state of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// A client that has not begun its handshake.
    NewClient,
    /// A server that has not begun its handshake.
    NewServer,
    /// A client that has the headers of its request.
    BegunClient,
    /// A server that has the headers of its response.
    BegunServer,
    /// The handshake is complete.
    Open,
    /// `WebSocketAbortHandle` was called on an open session.
    Aborted,
}

/// The calls that the state decides about. `WebSocketDeleteHandle` is not among them: it is always allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `WebSocketBeginClientHandshake`
    BeginClient,
    /// `WebSocketEndClientHandshake`
    EndClient,
    /// `WebSocketBeginServerHandshake`
    BeginServer,
    /// `WebSocketEndServerHandshake`
    EndServer,
    /// `WebSocketSend` and `WebSocketReceive`. The state of the direction decides too.
    Transfer,
    /// `WebSocketGetAction`
    GetAction,
    /// `WebSocketAbortHandle`
    Abort,
}

/// Why a call is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disallowed {
    /// The handle has the other role: `E_INVALIDARG`.
    Role,
    /// The call comes too early or too late in the handshake: `E_INVALID_PROTOCOL_OPERATION`.
    Handshake,
    /// The session was aborted: `E_INVALID_PROTOCOL_OPERATION`.
    Aborted,
}

impl fmt::Display for Disallowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "the handle belongs to the other role",
            Self::Handshake => "the handshake is not at this point",
            Self::Aborted => "the session was aborted",
        })
    }
}

impl core::error::Error for Disallowed {}

impl Phase {
    /// The state after a call without other faults.
    ///
    /// # Errors
    ///
    /// [`Disallowed`] if the state does not allow the call.
    #[rustfmt::skip]
    pub const fn after(self, call: Call) -> Result<Self, Disallowed> {
        use Call::{Abort, BeginClient, BeginServer, EndClient, EndServer, GetAction, Transfer};
        use Disallowed::{Handshake, Role};
        use Phase::{Aborted, BegunClient, BegunServer, NewClient, NewServer, Open};
        match (self, call) {
            (NewClient,   BeginClient)                           => Ok(BegunClient),
            (NewClient,   EndClient | Transfer | GetAction)      => Err(Handshake),
            (NewServer,   BeginServer)                           => Ok(BegunServer),
            (NewServer,   EndServer | Transfer | GetAction)      => Err(Handshake),

            (BegunClient, EndClient)                             => Ok(Open),
            (BegunClient, BeginClient | Transfer | GetAction)    => Err(Handshake),
            // The end may be left out: the first use of the session does the same.
            (BegunServer, EndServer | Transfer | GetAction)      => Ok(Open),
            (BegunServer, BeginServer)                           => Err(Handshake),

            (NewClient | BegunClient, BeginServer | EndServer)   => Err(Role),
            (NewServer | BegunServer, BeginClient | EndClient)   => Err(Role),
            // It does nothing to a handle whose handshake is not complete.
            (NewClient | NewServer | BegunClient | BegunServer, Abort) => Ok(self),

            (Open,        Transfer | GetAction)                  => Ok(Open),
            (Open,        Abort)                                 => Ok(Aborted),
            (Aborted,     Transfer)                              => Err(Disallowed::Aborted),
            (Aborted,     GetAction | Abort)                     => Ok(Aborted),
            (Open | Aborted, BeginClient | EndClient | BeginServer | EndServer) => Err(Handshake),
        }
    }
}
