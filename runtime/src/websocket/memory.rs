//! The memory of a connection: for each direction a buffer, and beside it room for its control frames.

use core::ops::Range;

use winws_api::KeptBufferMut;

use super::Config;
use crate::protocol::{MAX_CONTROL, MAX_CONTROL_FRAME};
use crate::raw::block::Block;

/// What a connection needs beside its two buffers, in bytes: a control frame that goes and the payload of one that came.
const EXTRA: usize = MAX_CONTROL_FRAME + MAX_CONTROL;

/// The memory of both directions.
#[derive(Debug)]
pub(super) struct Memory {
    pub sends: Room,
    pub receives: Room,
}

/// The memory of one direction: a buffer, and what is kept behind it.
#[derive(Debug)]
pub(super) struct Room {
    bytes: Block,
    buffer: usize,
}

impl Memory {
    /// Memory of our own.
    pub(super) fn new(config: &Config) -> Self {
        let room = |buffer: usize, behind| Room { bytes: Block::own(vec![0; buffer + behind].into()), buffer };
        Self {
            sends: room(config.send_buffer(), MAX_CONTROL_FRAME),
            receives: room(config.receive_buffer(), MAX_CONTROL),
        }
    }

    /// Memory of our own, if there is so much.
    pub(super) fn try_new(config: &Config) -> Option<Self> {
        let room = |buffer: usize, behind| {
            let needed = buffer.checked_add(behind)?;
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(needed).ok()?;
            bytes.resize(needed, 0);
            Some(Room { bytes: Block::own(bytes.into()), buffer })
        };
        let receives = room(config.receive_buffer(), MAX_CONTROL)?;
        Some(Self { sends: room(config.send_buffer(), MAX_CONTROL_FRAME)?, receives })
    }

    /// The caller's memory, if it is larger than both buffers and what is needed beside them.
    pub(super) fn lent(config: &Config, bytes: KeptBufferMut) -> Option<Self> {
        let (receive, send) = (config.receive_buffer(), config.send_buffer());
        let needed = receive.checked_add(send)?.checked_add(EXTRA)?;
        if bytes.len() <= needed {
            return None;
        }
        let (receives, sends) = Block::lent(bytes).split_at(receive + MAX_CONTROL);
        Some(Self { sends: Room { bytes: sends, buffer: send }, receives: Room { bytes: receives, buffer: receive } })
    }
}

impl Room {
    /// How large the buffer is, in bytes.
    #[inline]
    pub(super) const fn size(&self) -> usize {
        self.buffer
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

    /// So many bytes of what is kept behind the buffer.
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
