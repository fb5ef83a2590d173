//! What an echo does with what it receives: pieces become a message, and a whole message goes back.

use std::error::Error;
use std::mem;

use winws::protocol::{CloseFrame, MessageKind};
use winws::websocket::{Connection, ReceiveComplete, Received};

/// The longest message that is kept, in bytes. Without a limit, a peer decides how much memory there is for others.
pub(super) const LONGEST: usize = 16 << 20;

/// The message that is under way.
#[derive(Default)]
pub(super) struct Echo {
    message: Vec<u8>,
    is_refused: bool,
}

/// What follows on a receive.
pub(super) enum Answer {
    Send(MessageKind, Vec<u8>),
    Receive,
    Refuse,
    Close(CloseFrame),
    End,
}

impl Echo {
    /// Takes what was received out of the connection, which can be used again then.
    pub(super) fn take(&mut self, complete: ReceiveComplete<'_, Vec<u8>>) -> Answer {
        let answer = match complete.received() {
            Received::Pong { .. } => Answer::Receive,
            // The peer has not read yet that it was refused.
            Received::Data { .. } if self.is_refused => Answer::Receive,
            Received::Data { payload, .. } if payload.len() > LONGEST - self.message.len() => {
                *self = Self { message: Vec::new(), is_refused: true };
                Answer::Refuse
            }
            Received::Data { kind, end_of_message, payload } => {
                self.message.extend_from_slice(payload);
                if end_of_message { Answer::Send(kind, mem::take(&mut self.message)) } else { Answer::Receive }
            }
            Received::Close { close, .. } if !self.is_refused => Answer::Close(close),
            Received::Close { .. } | Received::Nothing { .. } => Answer::End,
        };
        complete.complete();
        answer
    }
}

impl Answer {
    /// Queues it.
    pub(super) fn queue(self, connection: &mut Connection) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Send(kind, message) => {
                connection.send(kind, true, message)?;
                connection.receive()?;
            }
            Self::Receive => connection.receive()?,
            Self::Refuse => {
                connection.send_close(CloseFrame::new(1009, b"a message is too long")?)?;
                connection.receive()?;
            }
            Self::Close(close) => connection.send_close(close)?,
            Self::End => {}
        }
        Ok(())
    }
}
