//! Bytes to frames: this module reads heads, collects control frames, and unmasks payload in place.

use super::head::{self, Accepted, ControlOpcode, DataOpcode, Head, MAX_HEAD, Opcode, ReservedBits};
use super::{ControlPayload, Fault, Mask};

/// Reads the frames of one direction. The message reader decides which frame may come.
///
/// [`receive_head`](Self::receive_head) takes bytes until a data frame has [begun](Begun) or a control frame is
/// complete. [`receive_payload`](Self::receive_payload) then unmasks the payload of a data frame, piece by piece.
#[derive(Clone, Debug)]
pub struct FrameReader {
    accepted: Accepted,
    place: Place,
    /// The bytes of a head that is cut.
    partial: [u8; MAX_HEAD],
    partial_length: usize,
    /// Of the data frame under way.
    remaining: u64,
    mask: Option<Mask>,
    control: ControlPayload,
}

/// Where in a frame the next byte belongs.
#[derive(Clone, Copy, Debug)]
enum Place {
    Head,
    Payload,
    Control {
        opcode: ControlOpcode,
        length: usize,
    },
    /// Behind a close frame or a violation, nothing means anything (section 1.4).
    Nowhere,
}

/// The result of the bytes of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// A data frame. Its payload comes next, if it has a payload.
    Data {
        /// Which frame of a message it is.
        opcode: DataOpcode,
        /// Whether the message ends with it.
        is_final: bool,
        /// The reserved bits that are set. An agreed extension uses them.
        reserved: ReservedBits,
    },
    /// A complete control frame. [`FrameReader::control`] has its payload.
    Control(ControlOpcode),
}

impl FrameReader {
    /// A reader at the start of the first frame.
    pub const fn new(accepted: Accepted) -> Self {
        Self {
            accepted,
            place: Place::Head,
            partial: [0; MAX_HEAD],
            partial_length: 0,
            remaining: 0,
            mask: None,
            control: ControlPayload::EMPTY,
        }
    }

    /// How many bytes of the present data frame have not come yet.
    #[inline]
    pub const fn payload_remaining(&self) -> u64 {
        self.remaining
    }

    /// How many payload bytes of the present control frame have come. It is 0 outside control frames.
    #[inline]
    pub fn control_received(&self) -> usize {
        match self.place {
            Place::Control { .. } => self.control.as_bytes().len(),
            Place::Head | Place::Payload | Place::Nowhere => 0,
        }
    }

    /// The payload of the last control frame.
    #[inline]
    pub const fn control(&self) -> &ControlPayload {
        &self.control
    }

    /// Whether the next byte is payload of a data frame.
    #[inline]
    pub const fn is_in_payload(&self) -> bool {
        matches!(self.place, Place::Payload)
    }

    /// Accepts no more frames: all further bytes are dropped.
    pub const fn end(&mut self) {
        (self.place, self.remaining) = (Place::Nowhere, 0);
    }

    /// Also takes frames that are not masked.
    pub(in crate::protocol) const fn accept_unmasked(&mut self) {
        self.accepted.unmasked = true;
    }

    /// Takes bytes up to the end of a head or of a control frame. Returns the number of bytes taken, and their result.
    ///
    /// The result is `None` if more bytes are needed. Inside the payload of a data frame no bytes are taken.
    ///
    /// # Errors
    ///
    /// The result is a [`Fault`] if the head or the control frame breaks the protocol.
    #[inline]
    pub fn receive_head(&mut self, bytes: &[u8]) -> (usize, Option<Result<Begun, Fault>>) {
        match self.place {
            Place::Head => self.receive_head_bytes(bytes),
            Place::Control { opcode, length } => self.receive_control(opcode, length, bytes),
            Place::Payload => (0, None),
            Place::Nowhere => (bytes.len(), None),
        }
    }

    /// Unmasks the next bytes of the present payload in place. Returns their number, and whether the frame ends with
    /// them.
    #[inline]
    pub fn receive_payload(&mut self, bytes: &mut [u8]) -> (usize, bool) {
        let length = usize::try_from(self.remaining).unwrap_or(usize::MAX).min(bytes.len());
        if let Some(mask) = &mut self.mask {
            mask.apply(&mut bytes[..length]);
        }
        self.remaining -= length as u64;
        if self.remaining == 0 && self.is_in_payload() {
            self.place = Place::Head;
        }
        (length, self.remaining == 0)
    }

    #[inline]
    fn receive_head_bytes(&mut self, bytes: &[u8]) -> (usize, Option<Result<Begun, Fault>>) {
        let before = self.partial_length;
        // A head that is whole is read where it lies.
        let (copied, parsed) = match before {
            0 => (0, head::parse(bytes, self.accepted)),
            _ => (self.keep(bytes), head::parse(&self.partial[..self.partial_length], self.accepted)),
        };
        match parsed {
            Ok(Some((head, taken))) => {
                self.partial_length = 0;
                let taken = taken - before;
                let (more, begun) = self.begin(head, &bytes[taken..]);
                (taken + more, begun)
            }
            Ok(None) if before == 0 => (self.keep(bytes), None),
            Ok(None) => (copied, None),
            Err(fault) => {
                self.end();
                (bytes.len(), Some(Err(fault)))
            }
        }
    }

    /// Keeps the bytes of a head that is cut, and says how many there were.
    fn keep(&mut self, bytes: &[u8]) -> usize {
        let copied = bytes.len().min(MAX_HEAD - self.partial_length);
        self.partial[self.partial_length..][..copied].copy_from_slice(&bytes[..copied]);
        self.partial_length += copied;
        copied
    }

    #[inline]
    fn begin(&mut self, head: Head, rest: &[u8]) -> (usize, Option<Result<Begun, Fault>>) {
        let Head { opcode, is_final, reserved, key, length } = head;
        self.mask = key.map(Mask::new);
        match opcode {
            Opcode::Data(opcode) => {
                self.remaining = length;
                self.place = if length > 0 { Place::Payload } else { Place::Head };
                (0, Some(Ok(Begun::Data { opcode, is_final, reserved })))
            }
            Opcode::Control(opcode) => {
                // At most 125: the head was checked.
                let length = usize::try_from(length).unwrap_or_default();
                self.control = ControlPayload::EMPTY;
                self.place = Place::Control { opcode, length };
                self.receive_control(opcode, length, rest)
            }
        }
    }

    fn receive_control(
        &mut self,
        opcode: ControlOpcode,
        length: usize,
        bytes: &[u8],
    ) -> (usize, Option<Result<Begun, Fault>>) {
        let missing = length - self.control.as_bytes().len();
        let taken = self.control.push(&bytes[..missing.min(bytes.len())]);
        if taken < missing {
            return (taken, None);
        }
        if let Some(mask) = &mut self.mask {
            mask.apply(self.control.as_mut_bytes());
        }
        self.place = Place::Head;
        (taken, Some(Ok(Begun::Control(opcode))))
    }
}
