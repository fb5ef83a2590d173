//! The actions of a [`Connection`]: each borrows it and its buffers, and is completed by consuming it.

use core::fmt;
use std::io::{IoSlice, IoSliceMut};

use super::{Connection, Side};
use crate::protocol::{CloseFrame, MessageKind};

/// What has to be done next for a [`Connection`].
pub enum Action<'c, P, B> {
    /// Bytes have to be written to the network.
    SendToNetwork(SendToNetwork<'c, P, B>),
    /// A send has ended.
    SendComplete(SendComplete<'c, P, B>),
    /// Bytes are wanted from the network.
    ReceiveFromNetwork(ReceiveFromNetwork<'c, P, B>),
    /// A receive has ended.
    ReceiveComplete(ReceiveComplete<'c, P, B>),
}

/// Bytes that have to be written to the network. Dropped, they are offered again.
#[must_use = "an action that is dropped is given again"]
pub struct SendToNetwork<'c, P, B> {
    connection: &'c mut Connection<P, B>,
    side: Side,
}

/// The end of a send.
#[must_use = "an action that is dropped is given again"]
pub struct SendComplete<'c, P, B> {
    connection: &'c mut Connection<P, B>,
}

/// A place for bytes from the network.
#[must_use = "an action that is dropped is given again"]
pub struct ReceiveFromNetwork<'c, P, B> {
    connection: &'c mut Connection<P, B>,
}

/// The end of a receive. What was received is lent until it is completed.
#[must_use = "an action that is dropped is given again"]
pub struct ReceiveComplete<'c, P, B> {
    connection: &'c mut Connection<P, B>,
}

/// What a receive ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<'r> {
    /// A piece of a message.
    Data {
        /// Text or binary.
        kind: MessageKind,
        /// Whether the message ends with this piece.
        end_of_message: bool,
        /// The bytes. Text may be cut in the middle of a character.
        payload: &'r [u8],
    },
    /// The pong for our ping.
    Pong {
        /// What it carries.
        payload: &'r [u8],
    },
    /// The close frame of the peer.
    Close {
        /// Its status and its reason.
        close: CloseFrame,
        /// The bytes of the same.
        payload: &'r [u8],
    },
    /// Nothing: the network gave no more bytes, the connection was aborted, or the peer broke the protocol.
    Nothing {
        /// What the message under way is made of, if there is one.
        kind: Option<MessageKind>,
    },
}

impl<'c, P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> SendToNetwork<'c, P, B> {
    pub(super) fn new(connection: &'c mut Connection<P, B>, side: Side) -> Self {
        Self { connection, side }
    }

    /// The bytes, in this order. The second buffer may be empty.
    pub fn buffers(&self) -> [IoSlice<'_>; 2] {
        self.connection.outgoing().map(IoSlice::new)
    }

    /// How many bytes there are: never 0.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.connection.outgoing().iter().map(|buffer| buffer.len()).sum()
    }

    /// Says that so many bytes were written. The rest is offered again.
    ///
    /// 0 says that nothing can be written any more: the send ends, and no other can begin.
    pub fn complete(self, written: usize) {
        self.connection.transmitted(self.side, written);
    }
}

impl<'c, P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> SendComplete<'c, P, B> {
    pub(super) fn new(connection: &'c mut Connection<P, B>) -> Self {
        Self { connection }
    }

    /// Makes room for the next send, and gives the payload of a data frame back.
    pub fn complete(self) -> Option<P> {
        self.connection.sent()
    }
}

impl<'c, P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> ReceiveFromNetwork<'c, P, B> {
    pub(super) fn new(connection: &'c mut Connection<P, B>) -> Self {
        Self { connection }
    }

    /// Where the bytes go, the first buffer first. The second one may be empty.
    ///
    /// One read is enough, and they need not be full. Whoever cannot read into both at once reads into the first one: what
    /// the second one is for may never come.
    pub fn buffers(&mut self) -> [IoSliceMut<'_>; 2] {
        self.connection.incoming().map(IoSliceMut::new)
    }

    /// Says that so many bytes were read into the buffers.
    ///
    /// 0, or more than they hold, says that no more will come: the receive ends with [`Received::Nothing`], and no other
    /// can begin.
    pub fn complete(self, read: usize) {
        let room: usize = self.connection.incoming_room().iter().sum();
        if read == 0 || read > room { self.connection.ended() } else { self.connection.arrived(read) }
    }

    /// Completes the action with bytes that were read before, and says how many of them there was room for.
    ///
    /// No bytes at all say that no more will come.
    pub fn fill(mut self, bytes: &[u8]) -> usize {
        let mut filled = 0;
        for mut buffer in self.buffers() {
            let length = buffer.len().min(bytes.len() - filled);
            buffer[..length].copy_from_slice(&bytes[filled..][..length]);
            filled += length;
        }
        self.complete(filled);
        filled
    }
}

impl<'c, P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> ReceiveComplete<'c, P, B> {
    pub(super) fn new(connection: &'c mut Connection<P, B>) -> Self {
        Self { connection }
    }

    /// What was received.
    pub fn received(&self) -> Received<'_> {
        self.connection.received()
    }

    /// Makes room for the next receive, and gives the caller's buffer back.
    pub fn complete(self) -> Option<B> {
        self.connection.taken()
    }
}

// An action shows what it is about, and not the whole connection with all of its memory.

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for Action<'_, P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SendToNetwork(send) => send.fmt(f),
            Self::SendComplete(complete) => complete.fmt(f),
            Self::ReceiveFromNetwork(receive) => receive.fmt(f),
            Self::ReceiveComplete(complete) => complete.fmt(f),
        }
    }
}

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for SendToNetwork<'_, P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.connection.outgoing().map(<[u8]>::len);
        f.debug_struct("SendToNetwork").field("lengths", &lengths).finish_non_exhaustive()
    }
}

impl<P, B> fmt::Debug for SendComplete<'_, P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendComplete").finish_non_exhaustive()
    }
}

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for ReceiveFromNetwork<'_, P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.connection.incoming_room();
        f.debug_struct("ReceiveFromNetwork").field("lengths", &lengths).finish_non_exhaustive()
    }
}

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for ReceiveComplete<'_, P, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = match self.connection.received() {
            Received::Data { payload, .. } | Received::Pong { payload } | Received::Close { payload, .. } => {
                payload.len()
            }
            Received::Nothing { .. } => 0,
        };
        f.debug_struct("ReceiveComplete").field("length", &length).finish_non_exhaustive()
    }
}
