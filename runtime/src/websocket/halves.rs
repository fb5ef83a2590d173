//! The two directions of a connection, borrowed separately.

use winws_api::websocket::Action as ActionKind;

use super::action::{ReceiveComplete, ReceiveFromNetwork, SendComplete, SendToNetwork};
use super::mail::Mail;
use super::receives::Receives;
use super::sends::Sends;
use super::{GivenBack, Queue, Refusal, SendError};
use crate::protocol::{CloseFrame, Control, ControlPayload, Fault, MessageKind, Piece};

/// The sending direction of a [`Connection`](super::Connection). The receiving direction can be used at the same time.
///
/// It also sends the answers to frames that the receiving half gets. Ask it for its next action after each
/// [`AnswerDue`](ReceiveAction::AnswerDue).
#[derive(Debug)]
pub struct SendHalf<'c, P> {
    sends: &'c mut Sends<P>,
    mail: &'c Mail,
}

/// The receiving direction of a [`Connection`](super::Connection). The sending direction can be used at the same time.
#[derive(Debug)]
pub struct ReceiveHalf<'c, B> {
    receives: &'c mut Receives<B>,
    mail: &'c Mail,
}

/// The next thing to do for a [`SendHalf`].
#[derive(Debug)]
pub enum SendAction<'c, P: AsRef<[u8]>> {
    /// Bytes have to be written to the network.
    SendToNetwork(SendToNetwork<'c, P>),
    /// A send has ended.
    SendComplete(SendComplete<'c, P>),
}

/// The next thing to do for a [`ReceiveHalf`].
#[derive(Debug)]
pub enum ReceiveAction<'c, B: AsRef<[u8]> + AsMut<[u8]>> {
    /// Bytes are wanted from the network.
    ReceiveFromNetwork(ReceiveFromNetwork<'c, B>),
    /// A receive has ended.
    ReceiveComplete(ReceiveComplete<'c, B>),
    /// The sending half has an answer to send: tell the code that drives it. Each answer is reported once.
    AnswerDue,
}

impl<'c, P: AsRef<[u8]>> SendHalf<'c, P> {
    pub(super) const fn new(sends: &'c mut Sends<P>, mail: &'c Mail) -> Self {
        Self { sends, mail }
    }

    /// Queues a send of one frame, like [`Connection::send`](super::Connection::send).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::send`](super::Connection::send).
    pub fn send(&mut self, kind: MessageKind, end_of_message: bool, payload: P) -> Result<(), GivenBack<SendError, P>> {
        self.sends.send(Piece { kind, end_of_message }, payload, self.mail)
    }

    /// Queues a send of a whole text, like [`Connection::send_text`](super::Connection::send_text).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::send_text`](super::Connection::send_text).
    pub fn send_text(&mut self, text: P) -> Result<(), GivenBack<SendError, P>>
    where
        P: AsRef<str>,
    {
        self.sends.send_text(text, self.mail)
    }

    /// Queues a ping, like [`Connection::send_ping`](super::Connection::send_ping).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::send_ping`](super::Connection::send_ping).
    pub fn send_ping(&mut self, payload: ControlPayload) -> Result<(), SendError> {
        self.sends.send_control(Control::Ping(payload), None, self.mail)
    }

    /// Queues an unsolicited pong, like [`Connection::send_pong`](super::Connection::send_pong).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::send_pong`](super::Connection::send_pong).
    pub fn send_pong(&mut self, payload: ControlPayload) -> Result<(), SendError> {
        self.sends.send_control(Control::Pong(payload), None, self.mail)
    }

    /// Queues our close frame, like [`Connection::send_close`](super::Connection::send_close).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::send_close`](super::Connection::send_close).
    pub fn send_close(&mut self, close: CloseFrame) -> Result<(), SendError> {
        self.sends.send_control(Control::Close(close), None, self.mail)
    }

    /// The next action, or `None` if there is nothing to do until this half or the other half queues something.
    pub fn next_action(&mut self) -> Option<SendAction<'_, P>> {
        // A half that has everything to itself is both queues.
        for queue in [Queue::Send, Queue::Receive] {
            match self.sends.due(queue, false, self.mail) {
                ActionKind::SendToNetwork => {
                    return Some(SendAction::SendToNetwork(SendToNetwork::new(self.sends)));
                }
                ActionKind::IndicateSendComplete => {
                    return Some(SendAction::SendComplete(SendComplete::new(self.sends)));
                }
                _ => {}
            }
        }
        None
    }

    /// Ends this direction. A queued send does no more I/O, and its end is still reported. Nothing is sent to the peer.
    pub fn abort(&mut self) {
        self.sends.abort();
    }
}

impl<'c, B: AsRef<[u8]> + AsMut<[u8]>> ReceiveHalf<'c, B> {
    pub(super) const fn new(receives: &'c mut Receives<B>, mail: &'c Mail) -> Self {
        Self { receives, mail }
    }

    /// Queues a receive, like [`Connection::receive`](super::Connection::receive).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::receive`](super::Connection::receive).
    pub fn receive(&mut self) -> Result<(), Refusal> {
        self.receives.receive()
    }

    /// Queues a receive into a buffer of the caller, like
    /// [`Connection::receive_into`](super::Connection::receive_into).
    ///
    /// # Errors
    ///
    /// The errors of [`Connection::receive_into`](super::Connection::receive_into).
    pub fn receive_into(&mut self, buffer: B) -> Result<(), GivenBack<Refusal, B>> {
        self.receives.receive_into(buffer)
    }

    /// The next action, or `None` if there is nothing to do until a receive is queued.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol. The error is reported once. After it comes the end of the receive. The sending half
    /// has the close frame for the peer.
    pub fn next_action(&mut self) -> Result<Option<ReceiveAction<'_, B>>, Fault> {
        if self.receives.take_answer_due() {
            return Ok(Some(ReceiveAction::AnswerDue));
        }
        if let Some(fault) = self.receives.take_fault() {
            return Err(fault);
        }
        match self.receives.due(self.mail) {
            Some(ActionKind::ReceiveFromNetwork) => {
                let receive = ReceiveFromNetwork::new(self.receives, self.mail);
                Ok(Some(ReceiveAction::ReceiveFromNetwork(receive)))
            }
            Some(ActionKind::IndicateReceiveComplete) => {
                Ok(Some(ReceiveAction::ReceiveComplete(ReceiveComplete::new(self.receives))))
            }
            Some(_) => Ok(None),
            None => Ok(Some(ReceiveAction::AnswerDue)),
        }
    }

    /// Whether this direction has ended. No receive can be queued after that.
    pub fn has_ended(&self) -> bool {
        self.receives.has_ended()
    }

    /// Ends this direction. A queued receive does no more I/O, and its end is still reported.
    pub fn abort(&mut self) {
        self.receives.abort();
    }
}
