//! The actions of a [`Connection`]. An action borrows the connection and its buffers, and `complete` consumes the
//! action.

use core::fmt;
use std::io::{IoSlice, IoSliceMut};

use super::mail::Mail;
use super::receives::Receives;
use super::sends::Sends;
use crate::protocol::{CloseFrame, MessageKind};

/// The next thing to do for a [`Connection`](super::Connection).
pub enum Action<'c, P, B> {
    /// Bytes have to be written to the network.
    SendToNetwork(SendToNetwork<'c, P>),
    /// A send has ended.
    SendComplete(SendComplete<'c, P>),
    /// Bytes are wanted from the network.
    ReceiveFromNetwork(ReceiveFromNetwork<'c, B>),
    /// A receive has ended.
    ReceiveComplete(ReceiveComplete<'c, B>),
}

/// Bytes to write to the network. If the action is dropped, the bytes are offered again.
#[must_use = "an action that is dropped is given again"]
pub struct SendToNetwork<'c, P> {
    sends: &'c mut Sends<P>,
}

/// The end of a send.
#[must_use = "an action that is dropped is given again"]
pub struct SendComplete<'c, P> {
    sends: &'c mut Sends<P>,
}

/// Room for bytes from the network.
#[must_use = "an action that is dropped is given again"]
pub struct ReceiveFromNetwork<'c, B> {
    receives: &'c mut Receives<B>,
    mail: &'c Mail,
}

/// The end of a receive. The received data is lent until the action is completed.
#[must_use = "an action that is dropped is given again"]
pub struct ReceiveComplete<'c, B> {
    receives: &'c mut Receives<B>,
}

/// The result of a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<'r> {
    /// A piece of a message.
    Data {
        /// The kind of the message.
        kind: MessageKind,
        /// Whether the message ends with this piece.
        end_of_message: bool,
        /// The bytes. A piece of text may end in the middle of a character.
        payload: &'r [u8],
    },
    /// The pong for our ping.
    Pong {
        /// Its payload.
        payload: &'r [u8],
    },
    /// The close frame of the peer.
    Close {
        /// Its status and its reason.
        close: CloseFrame,
        /// The bytes of the close frame.
        payload: &'r [u8],
    },
    /// No data: the network gave no more bytes, the connection was aborted, or the peer broke the protocol.
    Nothing {
        /// The kind of the present message, or `None` between messages.
        kind: Option<MessageKind>,
    },
}

impl<'c, P: AsRef<[u8]>> SendToNetwork<'c, P> {
    pub(super) const fn new(sends: &'c mut Sends<P>) -> Self {
        Self { sends }
    }

    /// The bytes, in this order. The second buffer may be empty.
    pub fn buffers(&self) -> [IoSlice<'_>; 2] {
        self.sends.offered().map(IoSlice::new)
    }

    /// How many bytes there are: at least 1, unless the payload is shorter than it was when it was queued.
    ///
    /// Then the frame cannot be completed, and 0 as the number of bytes that were written ends the send.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.sends.offered().iter().map(|buffer| buffer.len()).sum()
    }

    /// Records that `written` bytes were written. The other bytes are offered again.
    ///
    /// 0 means that nothing can be written any more: the send ends, and no other send can begin. The function
    /// WebSocketCompleteAction is different: there an action always counts as written in full.
    pub fn complete(self, written: usize) {
        self.sends.transmitted(written);
    }
}

impl<'c, P: AsRef<[u8]>> SendComplete<'c, P> {
    pub(super) const fn new(sends: &'c mut Sends<P>) -> Self {
        Self { sends }
    }

    /// Makes room for the next send, and returns the payload of a data frame.
    pub fn complete(self) -> Option<P> {
        self.sends.indicated()
    }
}

impl<'c, B: AsRef<[u8]> + AsMut<[u8]>> ReceiveFromNetwork<'c, B> {
    pub(super) const fn new(receives: &'c mut Receives<B>, mail: &'c Mail) -> Self {
        Self { receives, mail }
    }

    /// The buffers for the bytes, in the order in which to fill them. The second buffer may be empty.
    ///
    /// One read is enough, and the buffers need not be full. A program that cannot read into both at once reads into
    /// the first buffer only, because the bytes for the second buffer may never come.
    pub fn buffers(&mut self) -> [IoSliceMut<'_>; 2] {
        self.receives.offered().map(IoSliceMut::new)
    }

    /// Records that `read` bytes were read into the buffers.
    ///
    /// 0, or more bytes than the buffers hold, means that no more bytes will come: the receive ends with
    /// [`Received::Nothing`], and no other receive can begin.
    pub fn complete(self, read: usize) {
        let room: usize = self.receives.room().iter().sum();
        if read == 0 || read > room { self.receives.end() } else { self.receives.arrived(read, self.mail) }
    }

    /// Copies bytes that were read before and completes the action. Returns how many bytes there was room for.
    ///
    /// An empty slice means that no more bytes will come.
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

impl<'c, B: AsRef<[u8]> + AsMut<[u8]>> ReceiveComplete<'c, B> {
    pub(super) const fn new(receives: &'c mut Receives<B>) -> Self {
        Self { receives }
    }

    /// The received data.
    pub fn received(&self) -> Received<'_> {
        self.receives.received()
    }

    /// Makes room for the next receive, and returns the caller's buffer.
    pub fn complete(self) -> Option<B> {
        self.receives.indicated()
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

impl<P: AsRef<[u8]>> fmt::Debug for SendToNetwork<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.sends.offered().map(<[u8]>::len);
        f.debug_struct("SendToNetwork").field("lengths", &lengths).finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for SendComplete<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendComplete").finish_non_exhaustive()
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for ReceiveFromNetwork<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.receives.room();
        f.debug_struct("ReceiveFromNetwork").field("lengths", &lengths).finish_non_exhaustive()
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for ReceiveComplete<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = match self.receives.received() {
            Received::Data { payload, .. } | Received::Pong { payload } | Received::Close { payload, .. } => {
                payload.len()
            }
            Received::Nothing { .. } => 0,
        };
        f.debug_struct("ReceiveComplete").field("length", &length).finish_non_exhaustive()
    }
}
