//! Frame headers, RFC 6455 section 5.2, by tungstenite's frame layer: bytes to a checked [`Header`] and back.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::{Fault, MAX_CONTROL};

/// The longest header in bytes: two, eight of length, four of mask.
pub(in crate::protocol) const MAX_HEADER: usize = 14;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum DataOpcode {
    Continuation,
    Text,
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum ControlOpcode {
    Close,
    Ping,
    Pong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum Opcode {
    Data(DataOpcode),
    /// Not fragmented, and no longer than [`MAX_CONTROL`].
    Control(ControlOpcode),
}

/// A header that is right in itself; whether it may come now is the message reader's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) struct Header {
    pub opcode: Opcode,
    pub is_final: bool,
    pub key: Option<[u8; 4]>,
    pub length: u64,
}

/// Which frames an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) struct Accepted {
    pub masked: bool,
    pub unmasked: bool,
    /// The reserved bits to which an agreed extension gives a meaning.
    pub reserved: ReservedBits,
}

/// Some of a header's three reserved bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) struct ReservedBits(u8);

impl ReservedBits {
    /// No bits. There is no extension yet, so a receiver takes no others: one that is agreed upon adds its own here.
    pub(in crate::protocol) const NONE: Self = Self(0);

    fn of(header: &FrameHeader) -> Self {
        Self(u8::from(header.rsv1) << 2 | u8::from(header.rsv2) << 1 | u8::from(header.rsv3))
    }

    const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

/// Reads a header, and says how many bytes it took; `None` when more bytes are needed.
pub(in crate::protocol) fn parse(bytes: &[u8], accepted: Accepted) -> Result<Option<(Header, usize)>, Fault> {
    let mut cursor = Cursor::new(bytes);
    // The frame layer has one complaint that a slice can cause: the opcode.
    let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| Fault::ReservedOpcode)? else {
        return Ok(None);
    };
    let taken = bytes.len().min(usize::try_from(cursor.position()).unwrap_or(usize::MAX));
    let opcode = opcode(header.opcode).ok_or(Fault::ReservedOpcode)?;
    if !ReservedBits::of(&header).is_within(accepted.reserved) {
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
    Ok(Some((Header { opcode, is_final: header.is_final, key: header.mask, length }, taken)))
}

/// Writes a header to the start of `out`, which is long enough for it, and says how long it is.
pub(in crate::protocol) fn write(header: &Header, out: &mut [u8]) -> usize {
    let opcode = match header.opcode {
        Opcode::Data(DataOpcode::Continuation) => OpCode::Data(Data::Continue),
        Opcode::Data(DataOpcode::Text) => OpCode::Data(Data::Text),
        Opcode::Data(DataOpcode::Binary) => OpCode::Data(Data::Binary),
        Opcode::Control(ControlOpcode::Close) => OpCode::Control(Control::Close),
        Opcode::Control(ControlOpcode::Ping) => OpCode::Control(Control::Ping),
        Opcode::Control(ControlOpcode::Pong) => OpCode::Control(Control::Pong),
    };
    let frame = FrameHeader { is_final: header.is_final, opcode, mask: header.key, ..FrameHeader::default() };
    let room = out.len();
    let mut rest = out;
    frame.format(header.length, &mut rest).expect("there is room for a header");
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
