//! Sends, receives and actions of a session, as C has them.

use core::ffi::c_void;
use core::ptr;

use winws_api::websocket::{
    Action, ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType, GetActionError, Handle, ReceiveError,
    SendError, Transfer,
};
use winws_api::{KeptBuffer, KeptBufferMut};

use super::Received;
use super::codes::{BadArgument, StaleHandle};
use super::component::Component;
use super::endpoint::{Context, Endpoint, Payload, Target};
use crate::protocol::{CloseFrame, Control, ControlPayload, MessageKind, Piece};

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
        let taken = match queues {
            0 => Err(BadArgument.into()),
            _ => self.with(web_socket, |endpoint| take(endpoint, queues, data_buffers)),
        };
        let Taken { count, action: due, buffer_type: kind, context, token } = taken.unwrap_or(Taken::NONE);
        (*data_buffer_count, *action, *buffer_type, *action_context) = (count, due.into(), kind, token);
        if let (Some(place), Some(context)) = (application_context, context) {
            *place = context;
        }
        taken.map(drop)
    }

    fn receive(&self, web_socket: Handle, buffer: Option<&Buffer>, context: *mut c_void) -> Result<(), ReceiveError> {
        let buffer = match buffer {
            Some(buffer) => self.vouched.target(buffer).ok().filter(|target| !target.is_empty()).ok_or(BadArgument)?,
            None => KeptBufferMut::EMPTY,
        };
        let target = Target { buffer, context: Context::new(context) };
        self.with(web_socket, |endpoint| {
            endpoint.queue(|connection| Ok(connection.receive_into(target).map_err(|refused| refused.error())?))
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
        let payload = |buffer| Payload { buffer, buffer_type, context: Context::new(context) };
        self.with(web_socket, |endpoint| {
            endpoint.queue(|connection| {
                Ok(match send {
                    Send::Data(Piece { kind, end_of_message }, buffer) => {
                        connection.send(kind, end_of_message, payload(buffer)).map_err(|refused| refused.error())
                    }
                    Send::Control(control) => connection.send_control(control, payload(KeptBuffer::EMPTY)),
                }?)
            })
        })
    }
}

/// What is to be sent.
enum Send {
    Data(Piece, KeptBuffer),
    Control(Control),
}

impl Component {
    /// What a buffer and its type ask for. Data needs a buffer, pings and pongs must have none, and a close frame without one is
    /// empty (b5.9).
    fn operation(&self, buffer_type: BufferType, buffer: Option<&Buffer>) -> Result<Send, BadArgument> {
        let data = |piece| {
            let buffer = buffer.ok_or(BadArgument)?;
            Ok(Send::Data(piece, self.vouched.data(buffer)?))
        };
        match buffer_type {
            BufferType::Utf8Message => data(Piece::TEXT_MESSAGE),
            BufferType::Utf8Fragment => data(Piece::TEXT_FRAGMENT),
            BufferType::BinaryMessage => data(Piece::BINARY_MESSAGE),
            BufferType::BinaryFragment => data(Piece::BINARY_FRAGMENT),
            BufferType::Close => {
                let close = match buffer {
                    Some(buffer) => {
                        let (status, reason) = self.vouched.close_status(buffer)?;
                        CloseFrame::new(status, reason)?
                    }
                    None => CloseFrame::EMPTY,
                };
                Ok(Send::Control(Control::Close(close)))
            }
            BufferType::PingPong | BufferType::UnsolicitedPong if buffer.is_some() => Err(BadArgument),
            BufferType::PingPong => Ok(Send::Control(Control::Ping(ControlPayload::EMPTY))),
            BufferType::UnsolicitedPong => Ok(Send::Control(Control::Pong(ControlPayload::EMPTY))),
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

/// Takes the next action of these queues out, and fills the buffers with what it gives to the application.
fn take(endpoint: &mut Endpoint, queues: i32, buffers: &mut [Buffer]) -> Result<Taken, GetActionError> {
    let (queue, action, connection) = endpoint.due(queues)?;
    let gives_no_buffer = matches!(action, Action::Nothing | Action::IndicateSendComplete);
    if buffers.is_empty() && !gives_no_buffer {
        return Err(BadArgument.into());
    }
    let (mut count, mut bytes) = (0, 0);
    let (buffer_type, context) = match action {
        Action::Nothing => (0, None),
        Action::SendToNetwork => {
            let parts = connection.outgoing().map(|part| (part.as_ptr().cast_mut(), part.len()));
            (count, bytes) = fill(buffers, parts);
            match connection.outgoing_answer() {
                Some(answer) => (answer.into(), None),
                None => sent(connection.sending()),
            }
        }
        Action::IndicateSendComplete => sent(connection.sending()),
        Action::ReceiveFromNetwork => {
            let [part, _] = connection.incoming().map(|part| (part.as_mut_ptr(), part.len()));
            // Published programs read into one buffer after the other, and would wait for bytes behind the message (b5.5).
            (count, bytes) = fill(buffers, [part, (ptr::null_mut(), 0)]);
            (BufferType::BinaryFragment.into(), received(connection.receiving()))
        }
        Action::IndicateReceiveComplete => {
            let (buffer, buffer_type) = indicated(connection.received());
            (buffers[0], count) = (buffer, 1);
            (buffer_type.into(), received(connection.receiving()))
        }
    };
    let token = endpoint.take(queue, action, bytes);
    Ok(Taken { count, action, buffer_type, context, token })
}

/// The type and the context of a send.
fn sent(send: Option<&Payload>) -> (i32, Option<*mut c_void>) {
    send.map_or((0, None), |send| (send.buffer_type.into(), Some(send.context.get())))
}

/// The context of a receive.
fn received(receive: Option<&Target>) -> Option<*mut c_void> {
    receive.map(|receive| receive.context.get())
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
