//! Heads of frames, RFC 6455 section 5.2: bytes to a checked [`Head`] and back, with tungstenite's frame layer.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::{Fault, MAX_CONTROL};

/// The longest head, in bytes: two, eight for the length, four for the mask.
pub const MAX_HEAD: usize = 14;

/// Which frame of a message a data frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataOpcode {
    /// A frame after the first frame of the message.
    Continuation,
    /// The first frame of a text message.
    Text,
    /// The first frame of a binary message.
    Binary,
}

/// The kind of a control frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlOpcode {
    /// A close frame: this direction ends (section 5.5.1).
    Close,
    /// A ping, which asks for a pong (section 5.5.2).
    Ping,
    /// A pong, which answers a ping or is a sign of life (section 5.5.3).
    Pong,
}

/// The first length that has bytes of its own (section 5.2).
const LONG: u8 = 126;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A piece of a message.
    Data(DataOpcode),
    /// A control frame: not fragmented, and no longer than [`MAX_CONTROL`].
    Control(ControlOpcode),
}

/// A head that is valid by itself. The message reader decides whether the frame may come now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What the frame is.
    pub opcode: Opcode,
    /// The FIN bit: whether the message ends with this frame.
    pub is_final: bool,
    /// The reserved bits that are set.
    pub reserved: ReservedBits,
    /// The masking key, if the payload is masked.
    pub key: Option<[u8; 4]>,
    /// The length of the payload, in bytes.
    pub length: u64,
}

/// Which frames an endpoint accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Masked frames, which come from clients.
    pub masked: bool,
    /// Frames that are not masked, which come from servers.
    pub unmasked: bool,
    /// The reserved bits that an agreed extension uses.
    pub reserved: ReservedBits,
}

/// Some of a head's three reserved bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservedBits(u8);

impl ReservedBits {
    /// No bits. A reader accepts no others yet, because there is no extension. An agreed extension adds its bits.
    pub const NONE: Self = Self(0);

    /// The first reserved bit, RSV1.
    pub const FIRST: Self = Self(4);

    /// The second reserved bit, RSV2.
    pub const SECOND: Self = Self(2);

    /// The third reserved bit, RSV3.
    pub const THIRD: Self = Self(1);

    /// These bits and the others.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn of(header: &FrameHeader) -> Self {
        Self(u8::from(header.rsv1) << 2 | u8::from(header.rsv2) << 1 | u8::from(header.rsv3))
    }

    /// Whether the others have all of these bits.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

/// Reads a head, and says how many bytes it took; `None` when more bytes are needed.
#[inline]
pub(super) fn parse(bytes: &[u8], accepted: Accepted) -> Result<Option<(Head, usize)>, Fault> {
    let Some((header, length, taken)) = read(bytes)? else {
        return Ok(None);
    };
    let opcode = opcode(header.opcode).ok_or(Fault::ReservedOpcode)?;
    let reserved = ReservedBits::of(&header);
    if !reserved.is_within(accepted.reserved) {
        return Err(Fault::ReservedBit);
    }
    if !(if header.mask.is_some() { accepted.masked } else { accepted.unmasked }) {
        return Err(Fault::WrongMasking);
    }
    if length >> 63 == 1 {
        return Err(Fault::LengthTopBit);
    }
    if matches!(opcode, Opcode::Control(_)) {
        if !header.is_final {
            return Err(Fault::FragmentedControl);
        }
        if length > MAX_CONTROL as u64 {
            return Err(Fault::ControlTooLong);
        }
    }
    Ok(Some((Head { opcode, is_final: header.is_final, reserved, key: header.mask, length }, taken)))
}

/// A head as it stands, the length of the payload, and its own.
#[inline]
fn read(bytes: &[u8]) -> Result<Option<(FrameHeader, u64, usize)>, Fault> {
    // The frame layer reads through a cursor. That is a third of what a short message costs, so short heads go past it.
    if let [first, second, rest @ ..] = bytes
        && second & 0x7f < LONG
    {
        let (mask, taken) = match (second & 0x80, rest.first_chunk()) {
            (0, _) => (None, 2),
            (_, Some(key)) => (Some(*key), 6),
            (_, None) => return Ok(None),
        };
        let bit = |bit: u8| first & bit != 0;
        let (is_final, opcode) = (bit(0x80), OpCode::from(first & 0x0f));
        let header = FrameHeader { is_final, rsv1: bit(0x40), rsv2: bit(0x20), rsv3: bit(0x10), opcode, mask };
        return Ok(Some((header, u64::from(second & 0x7f), taken)));
    }
    let mut cursor = Cursor::new(bytes);
    // It has one complaint that a slice can cause: the opcode.
    let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| Fault::ReservedOpcode)? else {
        return Ok(None);
    };
    let taken = bytes.len().min(usize::try_from(cursor.position()).unwrap_or(usize::MAX));
    Ok(Some((header, length, taken)))
}

/// Writes a head to the start of `out`, which is long enough for it, and says how long it is.
#[inline]
pub(in crate::protocol) fn write(head: &Head, out: &mut [u8]) -> usize {
    let opcode = match head.opcode {
        Opcode::Data(DataOpcode::Continuation) => OpCode::Data(Data::Continue),
        Opcode::Data(DataOpcode::Text) => OpCode::Data(Data::Text),
        Opcode::Data(DataOpcode::Binary) => OpCode::Data(Data::Binary),
        Opcode::Control(ControlOpcode::Close) => OpCode::Control(Control::Close),
        Opcode::Control(ControlOpcode::Ping) => OpCode::Control(Control::Ping),
        Opcode::Control(ControlOpcode::Pong) => OpCode::Control(Control::Pong),
    };
    let has = |bits: ReservedBits| bits.is_within(head.reserved);
    let (rsv1, rsv2, rsv3) = (has(ReservedBits::FIRST), has(ReservedBits::SECOND), has(ReservedBits::THIRD));
    let header = FrameHeader { is_final: head.is_final, rsv1, rsv2, rsv3, opcode, mask: head.key };
    // Short heads go past the frame layer's writer too.
    if let (Ok(length @ ..LONG), [first, second, rest @ ..]) = (u8::try_from(head.length), &mut *out) {
        let bits = u8::from(head.is_final) << 3 | head.reserved.0;
        *first = bits << 4 | u8::from(header.opcode);
        *second = length;
        return match (head.key, rest.first_chunk_mut()) {
            (Some(key), Some(place)) => {
                *second |= 0x80;
                *place = key;
                6
            }
            _ => 2,
        };
    }
    let room = out.len();
    let mut rest = out;
    header.format(head.length, &mut rest).expect("there is room for a head");
    room - rest.len()
}

fn opcode(opcode: OpCode) -> Option<Opcode> {
    match opcode {
        OpCode::Data(Data::Continue) => Some(Opcode::Data(DataOpcode::Continuation)),
        OpCode::Data(Data::Text) => Some(Opcode::Data(DataOpcode::Text)),
        OpCode::Data(Data::Binary) => Some(Opcode::Data(DataOpcode::Binary)),
        OpCode::Control(Control::Close) => Some(Opcode::Control(ControlOpcode::Close)),
        OpCode::Control(Control::Ping) => Some(Opcode::Control(ControlOpcode::Ping)),
        OpCode::Control(Control::Pong) => Some(Opcode::Control(ControlOpcode::Pong)),
        OpCode::Data(Data::Reserved(_)) | OpCode::Control(Control::Reserved(_)) => None,
    }
}
