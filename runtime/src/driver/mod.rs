//! Pumps bytes between one connection and one transport, in the threads of the callers.
//!
//! One thread may send while another receives. Each tries without waiting first, and then waits with no lock held.
//! Receiving answers pings; sending and closing write the answers that are due.

mod inbound;
mod opening;
mod outbound;
mod wait;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use self::inbound::{Ending, Reading, Slot};
use self::outbound::{Outbound, Progress};
use self::wait::{Interest, Waker, wait};
use crate::protocol::{CloseFrame, Event, Fault, MessageKind, Receiver, Role, SendError, Sender};
use crate::transport::{Lost, Transport};

pub(crate) use self::opening::{OpeningError, receive_response, send_request};

/// Why an operation on a connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// Not in this state of the connection.
    InvalidOperation,
    /// What was given cannot be sent here.
    InvalidParameter,
    /// The peer broke the protocol, now or before.
    Fault(Fault),
    /// The transport is gone.
    Lost,
    /// Another thread closed the connection or its handle.
    Cancelled,
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Closed | SendError::Busy => Self::InvalidOperation,
            SendError::WrongKind | SendError::InvalidUtf8 => Self::InvalidParameter,
        }
    }
}

/// What a receive gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A piece of a message, `length` bytes at the start of the buffer.
    Data { kind: MessageKind, length: usize, end_of_message: bool },
    /// The peer's close frame.
    Close,
}

/// One established connection.
#[derive(Debug)]
pub(crate) struct Connection {
    transport: Transport,
    outbound: Outbound,
    inbound: Slot,
    /// Wakes the receiving thread when Close takes the reading over.
    waker: Waker,
    /// Whether the handle is gone; the transport is shut down just after this is set.
    aborted: AtomicBool,
}

impl Connection {
    /// The client's end over a transport whose handshake is done, with what was read beyond it.
    pub(crate) fn client(transport: Transport, read_ahead: &[u8]) -> io::Result<Self> {
        Ok(Self {
            transport,
            outbound: Outbound::new(Sender::client(rand::random)),
            inbound: Slot::new(Receiver::new(Role::Client), read_ahead),
            waker: Waker::new()?,
            aborted: AtomicBool::new(false),
        })
    }

    /// The peer's close frame, once an operation has read it.
    pub(crate) fn peer_close(&self) -> Option<CloseFrame> {
        match self.inbound.lock().ending {
            Some(Ending::Closed(close)) => Some(close),
            Some(Ending::Failed(_)) | None => None,
        }
    }

    /// Sends one frame, and returns when the operating system has it all. A send of another thread goes first.
    pub(crate) fn send(&self, kind: MessageKind, end_of_message: bool, payload: &[u8]) -> Result<(), Error> {
        let _turn = self.outbound.take_turn();
        self.outbound.lock().send_frame(kind, end_of_message, payload)?;
        self.transmit(payload)
    }

    /// Receives a piece of one frame into `buffer`, which is not empty.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> Result<Received, Error> {
        let mut reading = self.inbound.begin_receive()?;
        let first = self.receive_next(&mut reading, buffer, Some(&self.waker))?;
        let Received::Data { kind, mut length, mut end_of_message } = first else {
            return Ok(first);
        };
        // More of the same frame, as far as it goes without waiting. A loss is met again by the next call, which has
        // nothing to deliver before it.
        while reading.is_in_frame() && length < buffer.len() {
            let Ok(Some(event)) = reading.try_receive(&self.transport, &mut buffer[length..]) else { break };
            let Some(Received::Data { length: more, end_of_message: end, .. }) = self.handle(event)? else { break };
            length += more;
            end_of_message = end;
        }
        Ok(Received::Data { kind, length, end_of_message })
    }

    /// Sends the close frame and nothing after it. Receiving goes on.
    pub(crate) fn shutdown(&self, close: CloseFrame) -> Result<(), Error> {
        self.outbound.lock().send_close(close)?;
        self.drain().or_else(|error| match error {
            // The peer has said all it had to say, and has gone (b1.6.22).
            Error::Lost if self.peer_close().is_some() => Ok(()),
            error => Err(error),
        })
    }

    /// Sends the close frame unless it is out, takes the reading over, and drops data until the peer's close frame.
    pub(crate) fn close(&self, close: CloseFrame) -> Result<(), Error> {
        {
            let mut state = self.inbound.lock();
            if state.closing {
                return Err(Error::InvalidOperation);
            }
            if let Some(Ending::Failed(error)) = state.ending {
                return Err(error);
            }
            state.closing = true;
        }
        self.waker.wake();
        {
            let mut queue = self.outbound.lock();
            // Shutdown's close frame stands for ours (b1.6.13), and without a transport the reading will say so.
            queue.send_close(close).ok();
            queue.transmit_now(&self.transport);
        }
        let mut reading = self.inbound.begin_close();
        let mut dropped = [0; 4096];
        loop {
            let ending = self.inbound.lock().ending;
            match ending {
                Some(Ending::Closed(_)) => break,
                Some(Ending::Failed(error)) => return Err(error),
                None => self.receive_next(&mut reading, &mut dropped, None)?,
            };
        }
        match self.drain() {
            // The peer has said all it had to say: that it is gone now is no failure (b1.6.22).
            Ok(()) | Err(Error::Lost) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ends the stream without a word (b1.6.19). Operations under way give up, and later ones fail.
    pub(crate) fn abort(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        self.transport.shutdown();
    }

    /// The next piece of data or the close frame. With a waker it gives up when Close takes the reading over.
    fn receive_next(
        &self,
        reading: &mut Reading<'_>,
        buffer: &mut [u8],
        waker: Option<&Waker>,
    ) -> Result<Received, Error> {
        loop {
            match reading.try_receive(&self.transport, buffer) {
                Ok(Some(event)) => {
                    if let Some(received) = self.handle(event)? {
                        return Ok(received);
                    }
                }
                Ok(None) => self.wait_for_input(waker)?,
                Err(Lost) => return Err(self.end(self.loss())),
            }
            if waker.is_some() && self.inbound.lock().closing {
                return Err(Error::Cancelled);
            }
        }
    }

    /// Draws the consequences of an event: what it gives to the caller, if anything.
    fn handle(&self, event: Event) -> Result<Option<Received>, Error> {
        match event {
            Event::Data { kind, length, end_of_message } => Ok(Some(Received::Data { kind, length, end_of_message })),
            Event::Ping(payload) => {
                let mut queue = self.outbound.lock();
                queue.send_pong(payload);
                queue.transmit_now(&self.transport);
                Ok(None)
            }
            Event::Pong(_) => Ok(None),
            Event::Close(close) => {
                self.inbound.lock().ending = Some(Ending::Closed(close));
                Ok(Some(Received::Close))
            }
            Event::Failed(fault) => Err(self.end(Error::Fault(fault))),
        }
    }

    /// Ends both directions because of an error of the incoming one, which sticks (b1.4.21).
    fn end(&self, error: Error) -> Error {
        self.inbound.lock().ending = Some(Ending::Failed(error));
        let mut queue = self.outbound.lock();
        if let Error::Fault(fault) = error {
            queue.fail(fault);
            queue.transmit_now(&self.transport);
        } else {
            queue.lose();
            // Wakes a thread that waits to send to a peer that is half gone.
            self.transport.shutdown();
        }
        error
    }

    fn wait_for_input(&self, waker: Option<&Waker>) -> Result<(), Error> {
        // What could not be written at once, a pong for instance, goes out from here.
        let pending = self.outbound.lock().is_pending();
        let interest = if pending { Interest::ReadOrWrite } else { Interest::Read };
        wait(&self.transport, interest, waker, None).map_err(|Lost| self.end(self.loss()))?;
        if pending {
            self.outbound.lock().transmit_now(&self.transport);
        }
        Ok(())
    }

    /// Waits until everything that is queued has gone out.
    fn drain(&self) -> Result<(), Error> {
        let _turn = self.outbound.take_turn();
        self.transmit(&[])
    }

    /// Writes the payload of the frame under way and whatever else is due. The caller has the turn.
    fn transmit(&self, mut payload: &[u8]) -> Result<(), Error> {
        loop {
            // The lock is free again before each wait, and between chunks for the sake of pongs.
            let progress = self.outbound.lock().transmit(&self.transport, &mut payload);
            match progress {
                Ok(Progress::Drained) => return Ok(()),
                Ok(Progress::More) => {}
                Ok(Progress::Blocked) => {
                    wait(&self.transport, Interest::Write, None, None).map_err(|Lost| self.loss())?;
                }
                Err(Lost) => return Err(self.loss()),
            }
        }
    }

    /// What a loss is called: our own doing, when the handle was closed (b1.5.4).
    fn loss(&self) -> Error {
        if self.aborted.load(Ordering::SeqCst) { Error::Cancelled } else { Error::Lost }
    }
}
