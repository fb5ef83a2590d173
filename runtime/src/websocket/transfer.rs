//! Sends, receives and actions of a session, as C has them.

use core::ffi::c_void;
use core::ptr;

use winws_api::websocket::{
    Action, ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType, GetActionError, Handle, ReceiveError,
    SendError, Transfer,
};

use super::codes::{BadArgument, StaleHandle};
use super::component::Component;
use super::endpoint::{Endpoint, Payload, Target};
use super::table::Call;
use super::{Queue, Received};
use crate::protocol::{CloseFrame, ControlPayload, MessageKind, Piece};

impl Transfer for Component {
    fn complete_action(&self, web_socket: Handle, action_context: *mut c_void, bytes_transferred: u32) {
        let transferred = usize::try_from(bytes_transferred).unwrap_or(usize::MAX);
        // There is nobody to tell that the handle is stale.
        self.with(web_socket, |endpoint| {
            endpoint.complete(action_context, transferred);
            Ok::<(), StaleHandle>(())
        })
        .ok();
    }

    fn get_action(
        &self,
        web_socket: Handle,
        action_queue: ActionQueue,
        data_buffers: &mut [Buffer],
        data_buffer_count: &mut u32,
        action: &mut i32,
        buffer_type: &mut i32,
        application_context: Option<&mut *mut c_void>,
        action_context: &mut *mut c_void,
    ) -> Result<(), GetActionError> {
        let queues = i32::from(action_queue);
        if queues == 0 || data_buffers.is_empty() {
            return Err(BadArgument.into());
        }
        let taken = self.with(web_socket, |endpoint| take(endpoint, queues, data_buffers));
        let Taken { count, action: due, buffer_type: kind, context, token } = taken.unwrap_or(Taken::NONE);
        (*data_buffer_count, *action, *buffer_type, *action_context) = (count, due.into(), kind, token);
        if let (Some(place), Some(context)) = (application_context, context) {
            *place = context;
        }
        taken.map(drop)
    }

    fn receive(&self, web_socket: Handle, buffer: Option<&Buffer>, context: *mut c_void) -> Result<(), ReceiveError> {
        let target = match buffer {
            Some(buffer) => Some(self.vouched.target(buffer).map_err(BadArgument::from)?),
            None => None,
        };
        if target.as_ref().is_some_and(winws_api::KeptBufferMut::is_empty) {
            return Err(BadArgument.into());
        }
        self.with(web_socket, |endpoint| -> Result<(), ReceiveError> {
            endpoint.with_connection(Call::Transfer, |connection| -> Result<(), ReceiveError> {
                match target {
                    Some(target) => connection.receive_into(Target(target)).map_err(|refused| refused.error())?,
                    None => connection.receive()?,
                }
                Ok(())
            })?;
            endpoint.queued(Queue::Receive, BufferType::BinaryFragment, context);
            Ok(())
        })
    }

    fn send(
        &self,
        web_socket: Handle,
        buffer_type: BufferType,
        buffer: Option<&Buffer>,
        context: *mut c_void,
    ) -> Result<(), SendError> {
        let send = self.operation(buffer_type, buffer)?;
        self.with(web_socket, |endpoint| -> Result<(), SendError> {
            endpoint.with_connection(Call::Transfer, |connection| -> Result<(), SendError> {
                match send {
                    Send::Data(Piece { kind, end_of_message }, payload) => {
                        connection.send(kind, end_of_message, payload).map_err(|refused| refused.error())?;
                    }
                    Send::Close(close) => connection.send_close(close)?,
                    Send::Ping => connection.send_ping(ControlPayload::EMPTY)?,
                    Send::Pong => connection.send_pong(ControlPayload::EMPTY)?,
                }
                Ok(())
            })?;
            endpoint.queued(Queue::Send, buffer_type, context);
            Ok(())
        })
    }
}

/// What is to be sent.
enum Send {
    Data(Piece, Payload),
    Close(CloseFrame),
    Ping,
    Pong,
}

impl Component {
    /// What a buffer and its type ask for. Data and close frames need a buffer, pings and pongs must have none.
    fn operation(&self, buffer_type: BufferType, buffer: Option<&Buffer>) -> Result<Send, BadArgument> {
        let data = |piece| {
            let buffer = buffer.ok_or(BadArgument)?;
            let payload = self.vouched.data(buffer)?;
            Ok(Send::Data(piece, Payload(payload)))
        };
        match buffer_type {
            BufferType::Utf8Message => data(Piece::TEXT_MESSAGE),
            BufferType::Utf8Fragment => data(Piece::TEXT_FRAGMENT),
            BufferType::BinaryMessage => data(Piece::BINARY_MESSAGE),
            BufferType::BinaryFragment => data(Piece::BINARY_FRAGMENT),
            BufferType::Close => {
                let buffer = buffer.ok_or(BadArgument)?;
                let (status, reason) = self.vouched.close_status(buffer)?;
                Ok(Send::Close(CloseFrame::new(status, reason)?))
            }
            BufferType::PingPong | BufferType::UnsolicitedPong if buffer.is_some() => Err(BadArgument),
            BufferType::PingPong => Ok(Send::Ping),
            BufferType::UnsolicitedPong => Ok(Send::Pong),
        }
    }
}

/// What `WebSocketGetAction` writes beside the buffers.
#[derive(Clone, Copy)]
struct Taken {
    count: u32,
    action: Action,
    buffer_type: i32,
    /// `None` for what no operation asked for: then the application's variable stays as it is.
    context: Option<*mut c_void>,
    token: *mut c_void,
}

impl Taken {
    /// What a call that has failed writes. Published programs look at the action even then, and would do the last one again.
    const NONE: Self = Self {
        count: 0,
        action: Action::Nothing,
        buffer_type: 0,
        context: Some(ptr::null_mut()),
        token: Endpoint::no_action(),
    };
}

/// Takes the next action of these queues out.
fn take(endpoint: &mut Endpoint, queues: i32, buffers: &mut [Buffer]) -> Result<Taken, GetActionError> {
    endpoint.open(Call::GetAction)?;
    let (mut queue, mut action) = (Queue::Send, Action::Nothing);
    if queues & i32::from(ActionQueue::SEND) != 0 {
        action = endpoint.due(Queue::Send)?;
    }
    if action == Action::Nothing && queues & i32::from(ActionQueue::RECEIVE) != 0 {
        (queue, action) = (Queue::Receive, endpoint.due(Queue::Receive)?);
    }
    let Given { count, bytes, buffer_type, owner } = give(endpoint, action, buffers);
    let context = owner.map(|owner| endpoint.operation(owner).context());
    let token = endpoint.take(queue, action, owner, bytes);
    Ok(Taken { count, action, buffer_type: buffer_type.map_or(0, i32::from), context, token })
}

/// What an action gives to the application.
struct Given {
    /// How many buffers were filled.
    count: u32,
    /// How many bytes they have.
    bytes: usize,
    buffer_type: Option<BufferType>,
    /// Whose context comes with it.
    owner: Option<Queue>,
}

/// Fills the buffers of an action.
fn give(endpoint: &mut Endpoint, due: Action, buffers: &mut [Buffer]) -> Given {
    let owner = match due {
        Action::Nothing => None,
        Action::SendToNetwork | Action::IndicateSendComplete => Some(Queue::Send),
        Action::ReceiveFromNetwork | Action::IndicateReceiveComplete => Some(Queue::Receive),
    };
    let buffer_type = owner.map(|owner| endpoint.operation(owner).buffer_type);
    let mut given = Given { count: 0, bytes: 0, buffer_type, owner };
    let Some(connection) = endpoint.open_connection() else {
        return given;
    };
    match due {
        Action::Nothing | Action::IndicateSendComplete => {}
        Action::SendToNetwork => {
            if let Some(answer) = connection.outgoing_answer() {
                (given.buffer_type, given.owner) = (Some(answer), None);
            }
            let parts = connection.outgoing().map(|part| (part.as_ptr().cast_mut(), part.len()));
            (given.count, given.bytes) = fill(buffers, parts);
        }
        Action::ReceiveFromNetwork => {
            let [part, _] = connection.incoming().map(|part| (part.as_mut_ptr(), part.len()));
            // Published programs read into one buffer after the other, and would wait for bytes behind the message (b5.5).
            (given.count, given.bytes) = fill(buffers, [part, (ptr::null_mut(), 0)]);
        }
        Action::IndicateReceiveComplete => {
            let (buffer, buffer_type) = indicated(connection.received());
            buffers[0] = buffer;
            (given.count, given.buffer_type) = (1, Some(buffer_type));
        }
    }
    given
}

/// Writes as many parts as there are elements for: how many, and how many bytes they have. The rest comes with the next
/// action.
fn fill(buffers: &mut [Buffer], parts: [(*mut u8, usize); 2]) -> (u32, usize) {
    let (mut count, mut bytes) = (0, 0);
    let parts = parts.into_iter().filter(|&(_, length)| length > 0);
    for (place, (buffer, length)) in buffers.iter_mut().zip(parts) {
        *place = Buffer { data: BufferData { buffer, buffer_length: number(length) } };
        count += 1;
        bytes += length;
    }
    (count, bytes)
}

/// The one buffer of a receive that has ended, and its type.
fn indicated(received: Received<'_>) -> (Buffer, BufferType) {
    match received {
        Received::Data { kind, end_of_message, payload } => (data(payload), type_of(Piece { kind, end_of_message })),
        Received::Pong { payload } => (data(payload), BufferType::PingPong),
        Received::Nothing { kind } => {
            (data(&[]), type_of(Piece { kind: kind.unwrap_or(MessageKind::Binary), end_of_message: false }))
        }
        Received::Close { close, payload } => {
            let reason = payload.get(2..).unwrap_or_default();
            let (reason, reason_length) = (address(reason), number(reason.len()));
            let close_status = BufferCloseStatus { reason, reason_length, status: close.status() };
            (Buffer { close_status }, BufferType::Close)
        }
    }
}

/// The type of a buffer that holds this piece.
const fn type_of(piece: Piece) -> BufferType {
    let Piece { kind, end_of_message } = piece;
    match (kind, end_of_message) {
        (MessageKind::Text, true) => BufferType::Utf8Message,
        (MessageKind::Text, false) => BufferType::Utf8Fragment,
        (MessageKind::Binary, true) => BufferType::BinaryMessage,
        (MessageKind::Binary, false) => BufferType::BinaryFragment,
    }
}

fn data(payload: &[u8]) -> Buffer {
    Buffer { data: BufferData { buffer: address(payload), buffer_length: number(payload.len()) } }
}

/// Where bytes are; null for none.
fn address(bytes: &[u8]) -> *mut u8 {
    if bytes.is_empty() { ptr::null_mut() } else { bytes.as_ptr().cast_mut() }
}

/// A length that is at most that of a buffer of C or of a property, which are 32 bits wide.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
