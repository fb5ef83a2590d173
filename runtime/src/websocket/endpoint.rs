//! What is behind a handle: the state of the handshake, then a connection, and the actions that are out.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use winws_api::websocket::{Action, BufferType, GetActionError, HttpHeader};
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

/// The number of the next action. There is one counter for all sessions, so that no context completes the action of another
/// one until it has gone around.
static NUMBER: AtomicUsize = AtomicUsize::new(1);

/// A payload of the caller's, in use until its send is reported complete.
#[derive(Debug)]
pub(super) struct Payload(pub KeptBuffer);

/// A buffer of the caller's, in use until its receive is reported complete.
#[derive(Debug)]
pub(super) struct Target(pub KeptBufferMut);

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl AsRef<[u8]> for Target {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl AsMut<[u8]> for Target {
    fn as_mut(&mut self) -> &mut [u8] {
        self.0.as_mut_slice()
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
    phase: Phase,
    config: Config,
    /// The caller's memory, before the connection gets it.
    memory: Option<Memory>,
    agreeing: Option<Agreeing>,
    /// It may be there before the session is open: a call that would have opened it was refused.
    connection: Option<Connection<Payload, Target>>,
    operations: [Pending; 2],
}

/// What belongs to one direction.
#[derive(Debug)]
pub(super) struct Pending {
    /// The application's word for the operation. It is handed back and never looked at.
    context: AtomicPtr<c_void>,
    /// What is sent, or was asked for.
    pub buffer_type: BufferType,
    /// The action that is out.
    out: Option<Out>,
}

#[derive(Clone, Copy, Debug)]
struct Out {
    number: usize,
    action: Action,
    /// Whose operation it belongs to: the receive queue can have one of a send. That of an answer belongs to none.
    owner: Option<Queue>,
    /// How many bytes its buffers have.
    offered: usize,
}

impl Pending {
    const fn new() -> Self {
        Self { context: AtomicPtr::new(ptr::null_mut()), buffer_type: BufferType::BinaryMessage, out: None }
    }

    pub(super) fn context(&self) -> *mut c_void {
        self.context.load(Ordering::Relaxed)
    }
}

impl Endpoint {
    pub(super) const fn new(config: Config, memory: Option<Memory>) -> Self {
        let phase = match config.role() {
            Role::Client => Phase::NewClient,
            Role::Server => Phase::NewServer,
        };
        let operations = [Pending::new(), Pending::new()];
        Self { phase, config, memory, agreeing: None, connection: None, operations }
    }

    /// Whether the table allows a call, which does not happen yet.
    pub(super) fn allows(&self, call: Call) -> Result<(), Disallowed> {
        self.phase.after(call).map(drop)
    }

    pub(super) fn offer(&self) -> Option<&Offer> {
        self.agreeing.as_ref()?.offer.as_ref()
    }

    /// Begins the handshake, and lends its headers.
    pub(super) fn begin(&mut self, call: Call, agreeing: Agreeing) -> Result<(*mut HttpHeader, u32), Disallowed> {
        self.phase = self.phase.after(call)?;
        Ok(self.agreeing.insert(agreeing).headers.lend())
    }

    /// Opens the session, if the call does that, and it is not open yet.
    pub(super) fn open(&mut self, call: Call) -> Result<(), Unopened> {
        self.with_connection(call, |_| Ok(()))
    }

    /// Makes a call that wants the connection open. A refused one opens nothing, and what the handshake has lent stays.
    pub(super) fn with_connection<T, E: From<Unopened>>(
        &mut self,
        call: Call,
        make: impl FnOnce(&mut Connection<Payload, Target>) -> Result<T, E>,
    ) -> Result<T, E> {
        let phase = self.phase.after(call).map_err(Unopened::from)?;
        let connection = if let Some(connection) = &mut self.connection {
            connection
        } else {
            let memory = match self.memory.take() {
                Some(memory) => memory,
                None => Memory::try_new(&self.config).ok_or(Unopened::NoMemory)?,
            };
            self.connection.insert(Connection::with_memory(&self.config, memory))
        };
        let made = make(connection)?;
        (self.phase, self.agreeing) = (phase, None);
        Ok(made)
    }

    /// What belongs to an operation that was just queued.
    pub(super) fn queued(&mut self, queue: Queue, buffer_type: BufferType, context: *mut c_void) {
        let operation = &mut self.operations[queue as usize];
        operation.buffer_type = buffer_type;
        *operation.context.get_mut() = context;
    }

    pub(super) const fn operation(&self, queue: Queue) -> &Pending {
        &self.operations[queue as usize]
    }

    /// Ends both directions of an open session.
    pub(super) fn abort(&mut self) {
        if let Ok(phase) = self.phase.after(Call::Abort) {
            self.phase = phase;
        }
        if let (Phase::Aborted, Some(connection)) = (self.phase, &mut self.connection) {
            connection.abort();
        }
    }

    /// The next action of a queue, unless one of it is out, or one of its operation in the other queue.
    pub(super) fn due(&mut self, queue: Queue) -> Result<Action, GetActionError> {
        let is_out = self.operations[queue as usize].out.is_some();
        if is_out || self.operations.iter().filter_map(|operation| operation.out).any(|out| out.owner == Some(queue)) {
            return Ok(Action::Nothing);
        }
        self.with_connection(Call::GetAction, |connection| Ok(connection.due(queue)?))
    }

    /// A context that no action has.
    pub(super) const fn no_action() -> *mut c_void {
        ptr::without_provenance_mut(NO_SLOT)
    }

    /// Takes an action out, and gives its context.
    pub(super) fn take(&mut self, queue: Queue, action: Action, owner: Option<Queue>, offered: usize) -> *mut c_void {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed) & (usize::MAX >> SLOT_BITS);
        let slot = if action == Action::Nothing {
            NO_SLOT
        } else {
            self.operations[queue as usize].out = Some(Out { number, action, owner, offered });
            queue as usize
        };
        ptr::without_provenance_mut(number << SLOT_BITS | slot)
    }

    /// Completes the action of a context. One that is not out is nothing.
    pub(super) fn complete(&mut self, context: *mut c_void, transferred: usize) {
        let (number, slot) = (context.addr() >> SLOT_BITS, context.addr() & SLOT_MASK);
        let queue = match slot {
            0 => Queue::Send,
            1 => Queue::Receive,
            _ => return,
        };
        let Some(out) = self.operations[slot].out.take_if(|out| out.number == number) else {
            return;
        };
        let Some(connection) = &mut self.connection else {
            return;
        };
        match out.action {
            Action::Nothing => {}
            Action::SendToNetwork if transferred == out.offered => connection.transmitted(queue, transferred),
            Action::SendToNetwork => connection.cut_short(queue),
            // A number that is too large is no number of bytes that were received.
            Action::ReceiveFromNetwork => connection.arrived(if transferred > out.offered { 0 } else { transferred }),
            Action::IndicateSendComplete => drop(connection.sent()),
            Action::IndicateReceiveComplete => drop(connection.taken()),
        }
    }

    /// The connection of an action that is about to be taken out.
    pub(super) fn open_connection(&mut self) -> Option<&mut Connection<Payload, Target>> {
        self.connection.as_mut()
    }
}
