//! Frame headers, RFC 6455 section 5.2, by tungstenite's frame layer: bytes to a checked [`Header`] and back.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::control::MAX_CONTROL;
use super::{Fault, Role};

/// The longest header in bytes: two, eight of length, four of mask.
pub(super) const MAX_HEADER: usize = 14;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataOpcode {
    Continuation,
    Text,
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ControlOpcode {
    Close,
    Ping,
    Pong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Data(DataOpcode),
    /// Not fragmented, and no longer than [`MAX_CONTROL`].
    Control(ControlOpcode),
}

/// A header that is right in itself; whether it may come now is the receiver's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub opcode: Opcode,
    pub is_final: bool,
    pub key: Option<[u8; 4]>,
    pub length: u64,
}

/// Reads a header that a `receiver` gets, and says how many bytes it took; `None` when more bytes are needed.
pub(super) fn parse(bytes: &[u8], receiver: Role) -> Result<Option<(Header, usize)>, Fault> {
    let mut cursor = Cursor::new(bytes);
    // The frame layer has one complaint that a slice can cause: the opcode.
    let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| Fault::ReservedOpcode)? else {
        return Ok(None);
    };
    let taken = bytes.len().min(usize::try_from(cursor.position()).unwrap_or(usize::MAX));
    let opcode = opcode(header.opcode).ok_or(Fault::ReservedOpcode)?;
    if header.rsv1 || header.rsv2 || header.rsv3 {
        return Err(Fault::ReservedBit);
    }
    if header.mask.is_some() != (receiver == Role::Server) {
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

/// Appends a header.
pub(super) fn write(header: &Header, out: &mut Vec<u8>) {
    let opcode = match header.opcode {
        Opcode::Data(DataOpcode::Continuation) => OpCode::Data(Data::Continue),
        Opcode::Data(DataOpcode::Text) => OpCode::Data(Data::Text),
        Opcode::Data(DataOpcode::Binary) => OpCode::Data(Data::Binary),
        Opcode::Control(ControlOpcode::Close) => OpCode::Control(Control::Close),
        Opcode::Control(ControlOpcode::Ping) => OpCode::Control(Control::Ping),
        Opcode::Control(ControlOpcode::Pong) => OpCode::Control(Control::Pong),
    };
    let frame = FrameHeader { is_final: header.is_final, opcode, mask: header.key, ..FrameHeader::default() };
    frame.format(header.length, out).expect("a Vec takes every byte");
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
