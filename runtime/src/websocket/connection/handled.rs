//! What the handles of websocket.h need of a connection: its parts without actions that borrow it.

use winws_api::websocket::{Action, BufferType};

use super::Connection;
use crate::protocol::{Control, Fault};
use crate::websocket::{Queue, Received, SendError};

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> Connection<P, B> {
    /// What the next action of a queue is, with whatever it needs made ready. `are_bytes_out` says that the action of the other
    /// queue has bytes to write.
    #[inline]
    pub(in crate::websocket) fn due(&mut self, queue: Queue, are_bytes_out: bool) -> Result<Action, Fault> {
        match queue {
            Queue::Send => Ok(self.sends.due(queue, are_bytes_out, &self.mail)),
            Queue::Receive => self.receive_due(are_bytes_out),
        }
    }

    /// Queues a control frame, with what is given back at its end.
    pub(in crate::websocket) fn send_control(&mut self, control: Control, context: P) -> Result<(), SendError> {
        self.sends.send_control(control, Some(context), &self.mail)
    }

    /// What was given with the send that goes out, or whose end is to be indicated.
    pub(in crate::websocket) fn sending(&self) -> Option<&P> {
        self.sends.context()
    }

    /// What was given with the receive that waits, or whose end is to be indicated.
    pub(in crate::websocket) fn receiving(&self) -> Option<&B> {
        self.receives.context()
    }

    /// The bytes of `SendToNetwork`.
    pub(in crate::websocket) fn outgoing(&self) -> [&[u8]; 2] {
        self.sends.offered()
    }

    /// What those bytes are, if no send asked for them.
    pub(in crate::websocket) fn outgoing_answer(&self) -> Option<BufferType> {
        self.sends.offered_answer()
    }

    pub(in crate::websocket) fn transmitted(&mut self, count: usize) {
        self.sends.transmitted(count);
    }

    /// The place for the bytes of `ReceiveFromNetwork`.
    pub(in crate::websocket) fn incoming(&mut self) -> [&mut [u8]; 2] {
        self.receives.offered()
    }

    pub(in crate::websocket) fn arrived(&mut self, count: usize) {
        self.receives.arrived(count, &self.mail);
    }

    /// Ends the indication of a send.
    pub(in crate::websocket) fn sent(&mut self) -> Option<P> {
        self.sends.indicated()
    }

    /// What a receive ended with.
    pub(in crate::websocket) fn received(&self) -> Received<'_> {
        self.receives.received()
    }

    /// Ends the indication of a receive.
    pub(in crate::websocket) fn taken(&mut self) -> Option<B> {
        self.receives.indicated()
    }
}
