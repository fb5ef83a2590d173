//! The memory of a connection: a buffer for each direction, and room for an outgoing control frame.

use core::ops::Range;

use winws_api::KeptBufferMut;

use super::Config;
use crate::protocol::MAX_CONTROL_FRAME;
use crate::raw::block::Block;

/// What the caller's memory has beside the two buffers, in bytes: the least that programs on Windows give (b5.1). A control
/// frame is made there.
const EXTRA: usize = 144;

const _: () = assert!(MAX_CONTROL_FRAME <= EXTRA);

/// The memory of both directions.
#[derive(Debug)]
pub(super) struct Memory {
    pub sends: Room,
    pub receives: Room,
}

/// The memory of one direction: a buffer, and behind it the room for control frames, where there is one.
#[derive(Debug)]
pub(super) struct Room {
    bytes: Block,
    buffer: usize,
    is_lent: bool,
}

impl Memory {
    /// Memory of our own.
    ///
    /// # Panics
    ///
    /// When there is not so much.
    pub(super) fn new(config: &Config) -> Self {
        Self::try_new(config).expect("there is memory for the buffers")
    }

    /// Memory of our own, if there is so much. The system gives its pages when they are used (b5.16).
    pub(super) fn try_new(config: &Config) -> Option<Self> {
        let room = |buffer: usize, behind| {
            Some(Room { bytes: Block::zeroed(buffer.checked_add(behind)?)?, buffer, is_lent: false })
        };
        Some(Self {
            sends: room(config.send_buffer(), MAX_CONTROL_FRAME)?,
            receives: room(config.receive_buffer(), 0)?,
        })
    }

    /// The caller's memory, if it has room for both buffers and what is needed beside them (b5.1).
    pub(super) fn lent(config: &Config, bytes: KeptBufferMut) -> Option<Self> {
        let (receive, send) = (config.receive_buffer(), config.send_buffer());
        let needed = receive.checked_add(send)?.checked_add(EXTRA)?;
        if bytes.len() < needed {
            return None;
        }
        let (receives, sends) = Block::lent(bytes).split_at(receive);
        let room = |bytes, buffer| Room { bytes, buffer, is_lent: true };
        Some(Self { sends: room(sends, send), receives: room(receives, receive) })
    }
}

impl Room {
    /// How large the buffer is, in bytes.
    #[inline]
    pub(super) const fn size(&self) -> usize {
        self.buffer
    }

    /// Whether it is the caller's: then nothing else is lent to the network (b5.1).
    #[inline]
    pub(super) const fn is_lent(&self) -> bool {
        self.is_lent
    }

    /// These bytes of the buffer. They are lent to nobody.
    #[inline]
    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range)
    }

    /// The same, to write them.
    #[inline]
    pub(super) fn get_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        self.bytes.get_mut(range)
    }

    /// So many bytes of the room behind the buffer.
    #[inline]
    pub(super) fn behind(&self, length: usize) -> &[u8] {
        self.bytes.get(self.buffer..self.buffer + length)
    }

    /// The same, to write them.
    #[inline]
    pub(super) fn behind_mut(&mut self, length: usize) -> &mut [u8] {
        self.bytes.get_mut(self.buffer..self.buffer + length)
    }
}
