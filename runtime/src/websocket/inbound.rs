//! The receiving direction of a session: the one receive that is queued, and the bytes that were not looked at yet.

use core::ops::Range;

use super::memory::Memory;
use super::table::{Channel, Direction, ReceiveInput, Step};
use super::{GivenBack, Refusal};
use crate::protocol::{CloseFrame, ControlPayload, Event, Fault, MessageKind, Receiver};

#[derive(Debug)]
pub(super) struct Inbound<B> {
    receiver: Receiver,
    direction: Direction,
    /// The caller's buffer. Without one, data is lent from the session's memory.
    target: Option<B>,
    /// The bytes of the receive buffer that have come and were not looked at.
    unread: Range<usize>,
    received: Piece,
    /// A violation that is still to be reported.
    pub fault: Option<Fault>,
}

/// What a receive ended with.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Nothing has come.
    Nothing,
    Data {
        kind: MessageKind,
        end_of_message: bool,
        place: Place,
    },
    /// The payload lies in the session's memory.
    Pong {
        length: usize,
    },
    /// The payload lies in the session's memory too.
    Close(CloseFrame),
}

#[derive(Clone, Debug)]
pub(super) enum Place {
    Memory(Range<usize>),
    /// So many bytes at the start of the caller's buffer.
    Target(usize),
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Inbound<B> {
    pub(super) const fn new(receiver: Receiver) -> Self {
        let direction = Direction::START;
        Self { receiver, direction, target: None, unread: 0..0, received: Piece::Nothing, fault: None }
    }

    pub(super) const fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether nothing comes any more, and nothing is to be indicated.
    pub(super) const fn is_finished(&self) -> bool {
        matches!(self.direction, Direction { channel: Channel::Ended, step: Step::Idle })
    }

    /// What the message under way is made of.
    pub(super) fn message_kind(&self) -> Option<MessageKind> {
        self.receiver.message_kind()
    }

    pub(super) fn receive(&mut self) -> Result<(), Refusal> {
        self.direction = self.direction.receiving(ReceiveInput::Receive)?;
        (self.target, self.received) = (None, Piece::Nothing);
        Ok(())
    }

    pub(super) fn receive_into(&mut self, target: B) -> Result<(), GivenBack<Refusal, B>> {
        if let Err(refusal) = self.receive() {
            return Err(GivenBack::new(refusal, target));
        }
        // A buffer without room would never take anything.
        self.target = Some(target).filter(|target| !target.as_ref().is_empty());
        Ok(())
    }

    pub(super) fn abort(&mut self) {
        self.fault = None;
        self.input(ReceiveInput::Abort);
    }

    /// Looks at bytes that have come, up to the next event. `None` when more of them are needed.
    pub(super) fn parse(&mut self, memory: &mut Memory) -> Option<(Event, Place)> {
        while !self.unread.is_empty() {
            let bytes = memory.get_mut(self.unread.clone());
            let taken = match &mut self.target {
                Some(target) => self.receiver.receive_bytes(bytes, target.as_mut()),
                None => self.receiver.receive_in_place(bytes),
            };
            self.unread.start += taken;
            let Some(event) = self.receiver.poll_event() else {
                // A buffer that has changed its length may take nothing.
                if taken == 0 {
                    return None;
                }
                continue;
            };
            let place = match (&self.target, &event) {
                (None, Event::Data { length, .. }) => Place::Memory(self.unread.start - length..self.unread.start),
                (_, Event::Data { length, .. }) => Place::Target(*length),
                _ => Place::Target(0),
            };
            return Some((event, place));
        }
        None
    }

    /// Where bytes from the network are to be put, once all that have come were looked at.
    ///
    /// Payload goes right into the caller's buffer, and into the receive buffer only what comes behind it.
    pub(super) fn offered<'b>(&'b mut self, memory: &'b mut Memory) -> [&'b mut [u8]; 2] {
        let [direct, behind] = self.room(memory);
        let buffer = memory.get_mut(0..behind);
        match &mut self.target {
            // A buffer that has changed its length is offered as nothing.
            Some(target) if direct > 0 => [target.as_mut().get_mut(..direct).unwrap_or_default(), buffer],
            _ => [buffer, &mut []],
        }
    }

    /// How many bytes there is room for: in the caller's buffer, and in the receive buffer.
    pub(super) fn room(&self, memory: &Memory) -> [usize; 2] {
        let direct = self.direct();
        // Behind those there is no payload of the frame under way, or there is no other place for it.
        let behind = direct == 0 || self.receiver.payload_remaining() == direct as u64;
        [direct, if behind { memory.receive_buffer().len() } else { 0 }]
    }

    /// Counts bytes as come. None of them, or more than there is room for, ends the receive.
    pub(super) fn arrived(&mut self, memory: &Memory, count: usize) -> Option<(Event, Place)> {
        if self.direction.step != Step::Moving {
            return None;
        }
        let [direct, behind] = self.room(memory);
        if count == 0 || count > direct + behind {
            self.give_up(ReceiveInput::CutShort);
            return None;
        }
        let length = count.min(direct);
        self.unread = 0..count - length;
        let payload = self.target.as_mut().filter(|_| length > 0)?.as_mut().get_mut(..length)?;
        self.receiver.receive_payload(payload);
        self.receiver.poll_event().map(|event| (event, Place::Target(length)))
    }

    /// Ends the receive, and this direction, because no more bytes will come.
    pub(super) fn end(&mut self) {
        self.give_up(ReceiveInput::End);
    }

    /// Ends the receive with a piece of a message.
    pub(super) fn piece(&mut self, kind: MessageKind, end_of_message: bool, place: Place) {
        self.received = Piece::Data { kind, end_of_message, place };
        self.input(ReceiveInput::Piece);
    }

    /// Ends the receive with the pong for our ping.
    pub(super) fn pong(&mut self, payload: &ControlPayload, memory: &mut Memory) {
        let length = payload.as_bytes().len();
        keep(payload.as_bytes(), memory);
        self.received = Piece::Pong { length };
        self.input(ReceiveInput::Piece);
    }

    /// Ends the receive, and this direction, with the close frame of the peer.
    pub(super) fn close(&mut self, close: CloseFrame, memory: &mut Memory) {
        keep(close.payload(), memory);
        self.received = Piece::Close(close);
        self.input(ReceiveInput::Close);
    }

    /// Ends the receive, and this direction, because of a violation of the protocol.
    pub(super) fn fail(&mut self, fault: Fault) {
        (self.received, self.fault) = (Piece::Nothing, Some(fault));
        self.input(ReceiveInput::Fault);
    }

    pub(super) const fn received(&self) -> &Piece {
        &self.received
    }

    /// The bytes of a place.
    pub(super) fn bytes<'b>(&'b self, place: &Place, memory: &'b Memory) -> &'b [u8] {
        match (place, &self.target) {
            (Place::Memory(range), _) => memory.get(range.clone()),
            (Place::Target(length), Some(target)) => target.as_ref().get(..*length).unwrap_or_default(),
            (Place::Target(_), None) => &[],
        }
    }

    /// Ends the operation, and gives the caller's buffer back.
    pub(super) fn indicated(&mut self) -> Option<B> {
        if self.direction.step != Step::Ended {
            return None;
        }
        self.input(ReceiveInput::Indicated);
        self.received = Piece::Nothing;
        self.target.take()
    }

    /// How many bytes go right into the caller's buffer.
    fn direct(&self) -> usize {
        let remaining = usize::try_from(self.receiver.payload_remaining()).unwrap_or(usize::MAX);
        self.target.as_ref().map_or(0, |target| remaining.min(target.as_ref().len()))
    }

    fn give_up(&mut self, input: ReceiveInput) {
        self.received = Piece::Nothing;
        self.input(input);
    }

    /// Only calls of the application are ever refused.
    fn input(&mut self, input: ReceiveInput) {
        if let Ok(direction) = self.direction.receiving(input) {
            self.direction = direction;
        }
    }
}

/// Puts the payload of a control frame where it is lent from.
fn keep(payload: &[u8], memory: &mut Memory) {
    let start = memory.control_payload().start;
    memory.get_mut(start..start + payload.len()).copy_from_slice(payload);
}
