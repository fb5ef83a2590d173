//! What is behind a handle: the state of the handshake, then a connection, and the actions that are out.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use winws_api::websocket::{Action, ActionQueue, BufferType, GetActionError, HttpHeader};
use winws_api::{KeptBuffer, KeptBufferMut};

use super::memory::Memory;
use super::table::{Call, Disallowed, Phase};
use super::{Config, Connection, Queue};
use crate::protocol::Role;
use crate::protocol::upgrade::Offer;
use crate::raw::lent::HeaderArray;

/// The two bits of an action's context that say what it is; above them is a number that no other action has.
const SLOT_BITS: u32 = 2;
const SLOT_MASK: usize = (1 << SLOT_BITS) - 1;

/// The slot of `WEB_SOCKET_NO_ACTION`, of which nothing is kept.
const NO_SLOT: usize = SLOT_MASK;

/// The numbers of actions that no session has. There is one counter for all sessions, so that no context completes the action
/// of another one until it has gone around.
/// The first ones are not given, so that NULL is no action.
static NUMBER: AtomicUsize = AtomicUsize::new(NUMBERS);

/// How many numbers a session takes at once.
const NUMBERS: usize = 1024;

/// The application's word for an operation. It is handed back and never looked at.
#[derive(Debug)]
pub(super) struct Context(AtomicPtr<c_void>);

impl Context {
    pub(super) const fn new(word: *mut c_void) -> Self {
        Self(AtomicPtr::new(word))
    }

    pub(super) fn get(&self) -> *mut c_void {
        self.0.load(Ordering::Relaxed)
    }
}

/// A send: its payload is in use until it is reported complete.
#[derive(Debug)]
pub(super) struct Payload {
    /// No bytes for a control frame, whose payload was copied.
    pub buffer: KeptBuffer,
    pub buffer_type: BufferType,
    pub context: Context,
}

/// A receive: its buffer is in use until it is reported complete.
#[derive(Debug)]
pub(super) struct Target {
    /// Empty for data that is lent from the session's memory.
    pub buffer: KeptBufferMut,
    pub context: Context,
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        self.buffer.as_slice()
    }
}

impl AsRef<[u8]> for Target {
    fn as_ref(&self) -> &[u8] {
        self.buffer.as_slice()
    }
}

impl AsMut<[u8]> for Target {
    fn as_mut(&mut self) -> &mut [u8] {
        self.buffer.as_mut_slice()
    }
}

/// A handshake that has begun.
#[derive(Debug)]
pub(super) struct Agreeing {
    /// A client's.
    pub offer: Option<Offer>,
    /// What was lent to the application.
    pub headers: HeaderArray,
}

/// Why a call has no open session to work on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unopened {
    /// The state of the handle does not allow the call.
    Disallowed(Disallowed),
    /// There is not enough memory for the session's buffers.
    NoMemory,
}

impl From<Disallowed> for Unopened {
    fn from(disallowed: Disallowed) -> Self {
        Self::Disallowed(disallowed)
    }
}

/// What a handle names.
#[derive(Debug)]
pub(super) struct Endpoint {
    session: Session,
    /// The actions that are out, at most one of each queue (b5.3).
    out: [Option<Out>; 2],
    /// The number of the next action. At the start of a block of numbers, one that no session has is taken first.
    number: usize,
}

/// A connection, and what leads to it.
#[derive(Debug)]
struct Session {
    phase: Phase,
    config: Config,
    /// The caller's memory, before the connection gets it.
    memory: Option<Memory>,
    /// Kept until the handle is deleted: programs read the headers after the handshake (b5.13).
    agreeing: Option<Agreeing>,
    /// It may be there before the session is open: a call that would have opened it was refused.
    connection: Option<Connection<Payload, Target>>,
}

/// An action that is out.
#[derive(Clone, Copy, Debug)]
struct Out {
    number: usize,
    action: Action,
    /// How many bytes its buffers have.
    offered: usize,
}

impl Session {
    /// Opens the session, if the call does that.
    #[inline]
    fn open(&mut self, call: Call) -> Result<&mut Connection<Payload, Target>, Unopened> {
        self.phase = match self.phase.after(call)? {
            phase if self.connection.is_some() => phase,
            phase => self.connect().map(|_| phase)?,
        };
        self.connection.as_mut().ok_or(Unopened::NoMemory)
    }

    /// Makes a call that wants the connection open. A refused one opens nothing.
    #[inline]
    fn with<T, E: From<Unopened>>(
        &mut self,
        call: Call,
        make: impl FnOnce(&mut Connection<Payload, Target>) -> Result<T, E>,
    ) -> Result<T, E> {
        let phase = self.phase.after(call).map_err(Unopened::from)?;
        let made = match &mut self.connection {
            Some(connection) => make(connection)?,
            None => make(self.connect()?)?,
        };
        self.phase = phase;
        Ok(made)
    }

    fn connect(&mut self) -> Result<&mut Connection<Payload, Target>, Unopened> {
        let memory = match self.memory.take() {
            Some(memory) => memory,
            None => Memory::try_new(&self.config).ok_or(Unopened::NoMemory)?,
        };
        Ok(self.connection.insert(Connection::with_memory(&self.config, memory)))
    }
}

impl Endpoint {
    pub(super) const fn new(config: Config, memory: Option<Memory>) -> Self {
        let phase = match config.role() {
            Role::Client => Phase::NewClient,
            Role::Server => Phase::NewServer,
        };
        let session = Session { phase, config, memory, agreeing: None, connection: None };
        Self { session, out: [None, None], number: 0 }
    }

    /// Whether the table allows a call, which does not happen yet.
    pub(super) fn allows(&self, call: Call) -> Result<(), Disallowed> {
        self.session.phase.after(call).map(drop)
    }

    pub(super) fn offer(&self) -> Option<&Offer> {
        self.session.agreeing.as_ref()?.offer.as_ref()
    }

    /// Begins the handshake, and lends its headers.
    pub(super) fn begin(&mut self, call: Call, agreeing: Agreeing) -> Result<(*mut HttpHeader, u32), Disallowed> {
        self.session.phase = self.session.phase.after(call)?;
        Ok(self.session.agreeing.insert(agreeing).headers.lend())
    }

    /// Opens the session, if the call does that, and it is not open yet.
    pub(super) fn open(&mut self, call: Call) -> Result<(), Unopened> {
        self.session.open(call).map(drop)
    }

    /// Queues an operation, which opens a session that is not open yet.
    pub(super) fn queue<E: From<Unopened>>(
        &mut self,
        operation: impl FnOnce(&mut Connection<Payload, Target>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.session.with(Call::Transfer, operation)
    }

    /// Ends both directions of an open session. Actions that are out stay out: until they are completed, their buffers are in use.
    pub(super) fn abort(&mut self) {
        if let Ok(phase) = self.session.phase.after(Call::Abort) {
            self.session.phase = phase;
        }
        if let (Phase::Aborted, Some(connection)) = (self.session.phase, &mut self.session.connection) {
            connection.abort();
        }
    }

    /// The next action of these queues: the queue that it belongs to, and the connection. A queue of which an action is out has
    /// none.
    pub(super) fn due(
        &mut self,
        queues: i32,
    ) -> Result<(Queue, Action, &mut Connection<Payload, Target>), GetActionError> {
        let of = |queue: Queue, out: &[Option<Out>; 2], connection: &mut Connection<Payload, Target>| {
            if out[queue as usize].is_some() {
                return Ok(Action::Nothing);
            }
            let other = out[1 - queue as usize];
            connection.due(queue, other.is_some_and(|out| out.action == Action::SendToNetwork))
        };
        let out = &self.out;
        let connection = self.session.open(Call::GetAction)?;
        if queues & i32::from(ActionQueue::SEND) != 0 {
            let action = of(Queue::Send, out, connection)?;
            if action != Action::Nothing {
                return Ok((Queue::Send, action, connection));
            }
        }
        let action = match queues & i32::from(ActionQueue::RECEIVE) {
            0 => Action::Nothing,
            _ => of(Queue::Receive, out, connection)?,
        };
        Ok((Queue::Receive, action, connection))
    }

    /// A context that no action has.
    pub(super) const fn no_action() -> *mut c_void {
        ptr::without_provenance_mut(NO_SLOT)
    }

    /// Takes an action out, and gives its context. No other action of any session has the same, until the numbers have gone
    /// around.
    pub(super) fn take(&mut self, queue: Queue, action: Action, offered: usize) -> *mut c_void {
        if self.number.is_multiple_of(NUMBERS) {
            self.number = NUMBER.fetch_add(NUMBERS, Ordering::Relaxed);
        }
        let number = self.number & (usize::MAX >> SLOT_BITS);
        self.number = self.number.wrapping_add(1);
        let slot = if action == Action::Nothing {
            NO_SLOT
        } else {
            self.out[queue as usize] = Some(Out { number, action, offered });
            queue as usize
        };
        ptr::without_provenance_mut(number << SLOT_BITS | slot)
    }

    /// Completes the action of a context. One that is not out is nothing.
    pub(super) fn complete(&mut self, context: *mut c_void, transferred: usize) {
        let (number, slot) = (context.addr() >> SLOT_BITS, context.addr() & SLOT_MASK);
        let Some(out) = self.out.get_mut(slot).and_then(|out| out.take_if(|out| out.number == number)) else {
            return;
        };
        let Some(connection) = &mut self.session.connection else {
            return;
        };
        match out.action {
            Action::Nothing => {}
            // Whatever the number says: servers complete with 0, or with the first buffer, when all was written (b5.4).
            Action::SendToNetwork => connection.transmitted(out.offered),
            // A number that is too large is no number of bytes that were received.
            Action::ReceiveFromNetwork => connection.arrived(if transferred > out.offered { 0 } else { transferred }),
            Action::IndicateSendComplete => drop(connection.sent()),
            Action::IndicateReceiveComplete => drop(connection.taken()),
        }
    }
}
