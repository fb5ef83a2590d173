//! Receives whole messages, piece by piece.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use winws_api::winhttp::{WebSocketBufferType, WebSocketReceiveError};

use super::{Delivery, MessageError};
use crate::net::pump::Failure;
use crate::protocol::CloseFrame;
use crate::winhttp::Socket;

/// How long a message may be where nothing else was asked for, in bytes.
const LIMIT: usize = 64 << 20;

/// How much room is made at first, in bytes.
const FIRST_ROOM: usize = 4096;

/// The close code for a message that is too big (RFC 6455 section 7.4.1).
const TOO_BIG: u16 = 1009;

/// A way to receive pieces.
pub(super) trait Receives {
    fn socket(&self) -> &Socket;

    fn receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<(usize, WebSocketBufferType), Failure>> + Send;
}

/// The message under way.
#[derive(Debug)]
pub(super) struct Messages {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: usize,
    /// What had come of the message when a receive gave up. `None` while a call has it.
    part: Option<Vec<u8>>,
    /// The limit that it was longer than.
    too_long: Option<usize>,
}

/// A message that is being received. Whatever ends the call, what has come of it is kept for the next one.
struct Gathering<'m> {
    messages: &'m Messages,
    limit: usize,
    buffer: &'m mut Vec<u8>,
    /// How much of the buffer has come.
    len: usize,
    is_complete: bool,
}

impl Messages {
    pub(super) const fn new() -> Self {
        Self { state: Mutex::new(State { limit: LIMIT, part: Some(Vec::new()), too_long: None }) }
    }

    pub(super) fn set_limit(&self, limit: usize) {
        self.lock().limit = limit;
    }

    /// Receives a whole message into `buffer`, in place of what was there.
    pub(super) async fn receive<R: Receives>(
        &self,
        receives: &R,
        buffer: &mut Vec<u8>,
    ) -> Result<Delivery, MessageError> {
        let mut gathering = match self.begin() {
            Ok((limit, part)) => {
                let len = part.len();
                if len > 0 {
                    *buffer = part;
                }
                Gathering { messages: self, limit, buffer, len, is_complete: false }
            }
            Err(error) => {
                buffer.clear();
                return Err(error);
            }
        };
        let kind = gathering.receive(receives).await?;
        let len = gathering.take();
        Ok(Delivery { len, kind })
    }

    /// The limit for a message, and what has come of it. Two calls at once would tear one message apart.
    fn begin(&self) -> Result<(usize, Vec<u8>), MessageError> {
        let mut state = self.lock();
        if let Some(limit) = state.too_long {
            return Err(MessageError::TooLong { limit });
        }
        let part = state.part.take().ok_or(WebSocketReceiveError::InvalidOperation)?;
        Ok((state.limit, part))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathering<'_> {
    async fn receive<R: Receives>(&mut self, receives: &R) -> Result<WebSocketBufferType, MessageError> {
        let socket = receives.socket();
        // One byte more than the limit shows that a message goes beyond it.
        let (limit, most) = (self.limit, self.limit.saturating_add(1));
        let mut deadline = socket.message_deadline();
        loop {
            if self.len > limit {
                let close = CloseFrame::new(TOO_BIG, b"").expect("1009 may be on the wire");
                // After our own close frame the peer needs no other one.
                socket.shutdown_now(close).ok();
                self.len = 0;
                self.messages.lock().too_long = Some(limit);
                return Err(MessageError::TooLong { limit });
            }
            self.make_room(most);
            let end = self.buffer.len().min(most);
            let (more, kind) = receives
                .receive(&mut self.buffer[self.len..end], deadline)
                .await
                .map_err(WebSocketReceiveError::from)?;
            self.len += more;
            match kind {
                WebSocketBufferType::BinaryFragment | WebSocketBufferType::Utf8Fragment if more > 0 => {
                    deadline = socket.message_deadline();
                }
                // Empty pieces never reach the limit of the message, so they must not go on for ever.
                WebSocketBufferType::BinaryFragment | WebSocketBufferType::Utf8Fragment => {
                    if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                        return Err(WebSocketReceiveError::Timeout.into());
                    }
                }
                // A message that the peer's close cut off will never be whole.
                WebSocketBufferType::Close => {
                    self.len = 0;
                    return Ok(kind);
                }
                WebSocketBufferType::BinaryMessage | WebSocketBufferType::Utf8Message if self.len <= limit => {
                    return Ok(kind);
                }
                WebSocketBufferType::BinaryMessage | WebSocketBufferType::Utf8Message => {}
            }
        }
    }

    fn make_room(&mut self, most: usize) {
        let (buffer, len) = (&mut *self.buffer, self.len);
        if len == buffer.len() {
            let memory = if buffer.capacity() > len { buffer.capacity() } else { usize::MAX };
            let room = len.saturating_mul(2).max(FIRST_ROOM).min(memory).min(most);
            buffer.reserve_exact(room - len);
            buffer.resize(room, 0);
        }
    }

    /// The message is complete: how long it is.
    fn take(mut self) -> usize {
        self.buffer.truncate(self.len);
        self.is_complete = true;
        self.len
    }
}

impl Drop for Gathering<'_> {
    fn drop(&mut self) {
        let mut part = Vec::new();
        if !self.is_complete {
            self.buffer.truncate(self.len);
            if self.len > 0 {
                part = std::mem::take(self.buffer);
            }
        }
        self.messages.lock().part = Some(part);
    }
}
