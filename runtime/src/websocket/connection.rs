//! A WebSocket connection without I/O, for either role: what is to be done next is an action, and the program does it.

use winws_api::websocket::{Action as ActionKind, BufferType};

use super::action::{Action, ReceiveComplete, ReceiveFromNetwork, SendComplete, SendToNetwork};
use super::inbound::{Inbound, Piece, Place};
use super::memory::Memory;
use super::outbound::Outbound;
use super::{Config, GivenBack, Received, Refusal, Side};
use crate::protocol::{CloseFrame, Control, ControlPayload, Event, Fault, MessageKind, SendError};

/// An open WebSocket connection that does no I/O by itself.
///
/// It is made when the handshake is done ([`crate::protocol::upgrade`]). [`send`](Self::send) and
/// [`receive`](Self::receive) queue one operation of each direction; [`next_action`](Self::next_action) says what has to be
/// done for them. An action borrows the connection and the buffers that it is about, and is completed by consuming it, so
/// the buffers cannot be used any longer than they may. An action that is dropped was not done: it is given again.
///
/// Pings of the peer are answered in between, its close frame is not: when to answer it, and with which status, is the
/// application's choice. When the peer breaks the protocol, [`next_action`](Self::next_action) fails once, and then offers
/// the close frame that tells the peer.
///
/// `P` is what payloads are sent from, and `B` the buffers that a caller may have data received into.
///
/// ```
/// use winws::websocket::{Action, Config, Connection, Received};
/// use winws::protocol::MessageKind;
///
/// let mut client = Connection::<&[u8]>::new(Config::client());
/// let mut server = Connection::<&[u8]>::new(Config::server());
/// client.send(MessageKind::Text, true, b"hello")?;
/// server.receive()?;
///
/// let mut wire = Vec::new();
/// while let Some(action) = client.next_action()? {
///     match action {
///         Action::SendToNetwork(send) => {
///             let sent = send.buffers().iter().map(|buffer| wire.extend_from_slice(buffer)).count();
///             assert_eq!(sent, 2);
///             let length = send.len();
///             send.complete(length);
///         }
///         Action::SendComplete(sent) => assert_eq!(sent.complete(), Some(&b"hello"[..])),
///         _ => unreachable!("nothing is received here"),
///     }
/// }
/// loop {
///     match server.next_action()?.expect("the receive has not ended") {
///         Action::ReceiveFromNetwork(receive) => assert_eq!(receive.fill(&wire), wire.len()),
///         Action::ReceiveComplete(complete) => {
///             let Received::Data { kind, end_of_message, payload } = complete.received() else { panic!() };
///             assert_eq!((kind, end_of_message, payload), (MessageKind::Text, true, &b"hello"[..]));
///             complete.complete();
///             break;
///         }
///         _ => unreachable!("nothing is sent here"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Connection<P = Vec<u8>, B = Vec<u8>> {
    outbound: Outbound<P>,
    inbound: Inbound<B>,
    memory: Memory,
}

impl<P: AsRef<[u8]>, B: AsRef<[u8]> + AsMut<[u8]>> Connection<P, B> {
    /// A connection at the start of its first frames.
    pub fn new(config: Config) -> Self {
        Self::with_memory(&config, Memory::new(&config))
    }

    pub(super) fn with_memory(config: &Config, memory: Memory) -> Self {
        Self { outbound: Outbound::new(config.framer()), inbound: Inbound::new(config.receiver()), memory }
    }

    /// Whether both directions have ended, so that the connection beneath can be closed.
    pub fn is_finished(&self) -> bool {
        self.outbound.is_finished() && self.inbound.is_finished()
    }

    /// Whether nothing more comes: no receive can be queued then.
    ///
    /// That is after the close frame of the peer, a violation of the protocol, the end of the stream, and
    /// [`abort`](Self::abort). The other direction goes on, until our close frame has gone out or it is aborted too.
    pub fn has_ended(&self) -> bool {
        self.inbound.direction().channel != super::table::Channel::Open
    }

    /// Queues a send of one frame: a message, or a piece of one.
    ///
    /// Fails with [`SendError::Busy`] before the former send was completed, with [`SendError::Closed`] after a close frame
    /// of ours and whatever else ends a direction, and with [`SendError::WrongKind`] or [`SendError::InvalidUtf8`] for
    /// data that does not fit the message. Nothing has changed then, and the error has the payload.
    pub fn send(&mut self, kind: MessageKind, end_of_message: bool, payload: P) -> Result<(), GivenBack<SendError, P>> {
        self.outbound.send(kind, end_of_message, payload)
    }

    /// Queues a ping. The pong with the same payload ends a receive (section 5.5.2); one for an earlier ping does not.
    pub fn send_ping(&mut self, payload: ControlPayload) -> Result<(), SendError> {
        self.outbound.send_control(Control::Ping(payload))
    }

    /// Queues a pong that answers no ping: a sign of life (section 5.5.3).
    pub fn send_pong(&mut self, payload: ControlPayload) -> Result<(), SendError> {
        self.outbound.send_control(Control::Pong(payload))
    }

    /// Queues our close frame, after which only pings and pongs can be sent (section 5.5.1). Receiving goes on.
    pub fn send_close(&mut self, close: CloseFrame) -> Result<(), SendError> {
        self.outbound.send_control(Control::Close(close))
    }

    /// Queues a receive, whose data is lent from the connection's own memory, without a copy.
    ///
    /// It ends with a piece of a message, as much as has come of it; with the close frame of the peer; or with the pong
    /// for our latest ping. Fails with [`Refusal::Busy`] or [`Refusal::Ended`].
    pub fn receive(&mut self) -> Result<(), Refusal> {
        self.inbound.receive()
    }

    /// Queues a receive into a buffer of the caller, into which payload is read from the network right away.
    ///
    /// An empty buffer is none at all. Where the receive is refused, the error has the buffer.
    pub fn receive_into(&mut self, buffer: B) -> Result<(), GivenBack<Refusal, B>> {
        self.inbound.receive_into(buffer)
    }

    /// What is to be done next; `None` when there is nothing to do before something else is queued. Sends come first.
    ///
    /// An error is reported once. What goes on after it is the end of the receive, and the close frame for the peer.
    pub fn next_action(&mut self) -> Result<Option<Action<'_, P, B>>, Fault> {
        match self.due(Side::Send)? {
            ActionKind::Nothing => self.next_receive_action(),
            kind => Ok(self.action(Side::Send, kind)),
        }
    }

    /// The same for sends only, for a program that can write to the network now, but not read from it.
    ///
    /// While the answer to a ping goes out by [`next_receive_action`](Self::next_receive_action), there is nothing to do
    /// here: that function gives a send which was asked for meanwhile too, up to its end.
    pub fn next_send_action(&mut self) -> Result<Option<Action<'_, P, B>>, Fault> {
        let kind = self.due(Side::Send)?;
        Ok(self.action(Side::Send, kind))
    }

    /// The same for receives only, answers to pings included, and a send that had to wait for one.
    pub fn next_receive_action(&mut self) -> Result<Option<Action<'_, P, B>>, Fault> {
        let kind = self.due(Side::Receive)?;
        Ok(self.action(Side::Receive, kind))
    }

    /// Ends both directions: what is queued does no more I/O, and its end is still reported. The peer is not told.
    pub fn abort(&mut self) {
        self.outbound.abort();
        self.inbound.abort();
    }

    /// What the next action of a side is, with whatever it needs made ready.
    pub(super) fn due(&mut self, side: Side) -> Result<ActionKind, Fault> {
        loop {
            if side == Side::Receive
                && let Some(fault) = self.inbound.fault.take()
            {
                return Err(fault);
            }
            let kind = match (side, self.outbound.due(side, &mut self.memory)) {
                (Side::Receive, ActionKind::Nothing) => self.inbound.direction().receive_action(),
                (_, kind) => kind,
            };
            if kind != ActionKind::ReceiveFromNetwork {
                return Ok(kind);
            }
            let Some((event, place)) = self.inbound.parse(&mut self.memory) else {
                return Ok(kind);
            };
            self.handle(event, place);
        }
    }

    /// The bytes of `SendToNetwork`.
    pub(super) fn outgoing(&self) -> [&[u8]; 2] {
        self.outbound.offered(&self.memory)
    }

    /// What those bytes are, if no send asked for them.
    pub(super) fn outgoing_answer(&self) -> Option<BufferType> {
        self.outbound.offered_answer()
    }

    pub(super) fn transmitted(&mut self, side: Side, count: usize) {
        self.outbound.transmitted(side, count);
    }

    pub(super) fn cut_short(&mut self, side: Side) {
        self.outbound.cut_short(side);
    }

    /// The place for the bytes of `ReceiveFromNetwork`.
    pub(super) fn incoming(&mut self) -> [&mut [u8]; 2] {
        self.inbound.offered(&mut self.memory)
    }

    /// How many bytes there is room for in each of those.
    pub(super) fn incoming_room(&self) -> [usize; 2] {
        self.inbound.room(&self.memory)
    }

    /// No more bytes will come.
    pub(super) fn ended(&mut self) {
        self.inbound.end();
    }

    pub(super) fn arrived(&mut self, count: usize) {
        if let Some((event, place)) = self.inbound.arrived(&self.memory, count) {
            self.handle(event, place);
        }
    }

    /// Ends the indication of a send.
    pub(super) fn sent(&mut self) -> Option<P> {
        self.outbound.indicated()
    }

    /// What a receive ended with.
    pub(super) fn received(&self) -> Received<'_> {
        match self.inbound.received() {
            Piece::Nothing => Received::Nothing { kind: self.inbound.message_kind() },
            Piece::Data { kind, end_of_message, place } => Received::Data {
                kind: *kind,
                end_of_message: *end_of_message,
                payload: self.inbound.bytes(place, &self.memory),
            },
            Piece::Pong { length } => Received::Pong { payload: self.control_payload(*length) },
            Piece::Close(close) => {
                Received::Close { close: *close, payload: self.control_payload(close.payload().len()) }
            }
        }
    }

    /// Ends the indication of a receive.
    pub(super) fn taken(&mut self) -> Option<B> {
        self.inbound.indicated()
    }

    fn control_payload(&self, length: usize) -> &[u8] {
        let start = self.memory.control_payload().start;
        self.memory.get(start..start + length)
    }

    fn action(&mut self, side: Side, kind: ActionKind) -> Option<Action<'_, P, B>> {
        Some(match kind {
            ActionKind::Nothing => return None,
            ActionKind::SendToNetwork => Action::SendToNetwork(SendToNetwork::new(self, side)),
            ActionKind::IndicateSendComplete => Action::SendComplete(SendComplete::new(self)),
            ActionKind::ReceiveFromNetwork => Action::ReceiveFromNetwork(ReceiveFromNetwork::new(self)),
            ActionKind::IndicateReceiveComplete => Action::ReceiveComplete(ReceiveComplete::new(self)),
        })
    }

    /// Draws the consequences of what the bytes meant.
    fn handle(&mut self, event: Event, place: Place) {
        match event {
            Event::Data { kind, end_of_message, .. } => self.inbound.piece(kind, end_of_message, place),
            Event::Ping(payload) => self.outbound.answer(Control::Pong(payload)),
            Event::Pong(payload) => {
                if self.outbound.is_awaited(&payload) {
                    self.inbound.pong(&payload, &mut self.memory);
                }
            }
            Event::Close(close) => self.inbound.close(close, &mut self.memory),
            Event::Failed(fault) => {
                self.inbound.fail(fault);
                self.outbound.fail(fault);
            }
        }
    }
}
