//! The memory of a session: one piece for the bytes that come, those that go, and the control frames of both ways.

use core::ops::Range;

use winws_api::KeptBufferMut;

use super::Config;
use crate::protocol::{MAX_CONTROL, MAX_CONTROL_FRAME};
use crate::raw::block::Block;

/// What a session needs beside its two buffers, in bytes: a control frame that goes and the payload of one that came.
pub(super) const EXTRA: usize = MAX_CONTROL_FRAME + MAX_CONTROL;

/// The bytes, and how they are shared out.
#[derive(Debug)]
pub(super) struct Memory {
    bytes: Block,
    receive: usize,
    send: usize,
}

impl Memory {
    /// Memory of our own.
    pub(super) fn new(config: &Config) -> Self {
        let (receive, send) = (config.receive_buffer(), config.send_buffer());
        Self { bytes: Block::own(vec![0; receive + send + EXTRA].into()), receive, send }
    }

    /// Memory of our own, if there is so much.
    pub(super) fn try_new(config: &Config) -> Option<Self> {
        let (receive, send) = (config.receive_buffer(), config.send_buffer());
        let needed = receive.checked_add(send)?.checked_add(EXTRA)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(needed).ok()?;
        bytes.resize(needed, 0);
        Some(Self { bytes: Block::own(bytes.into()), receive, send })
    }

    /// The caller's memory, if it is larger than both buffers and what is needed beside them.
    pub(super) fn lent(config: &Config, bytes: KeptBufferMut) -> Option<Self> {
        let (receive, send) = (config.receive_buffer(), config.send_buffer());
        let needed = receive.checked_add(send)?.checked_add(EXTRA)?;
        (bytes.len() > needed).then(|| Self { bytes: Block::lent(bytes), receive, send })
    }

    /// The bytes of a range that one of the functions below gave, or of a part of one. It is not lent to anybody.
    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range)
    }

    /// The same, to write them.
    pub(super) fn get_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        self.bytes.get_mut(range)
    }

    /// Where bytes from the network go.
    pub(super) const fn receive_buffer(&self) -> Range<usize> {
        0..self.receive
    }

    /// Where headers and masked payload are made.
    pub(super) const fn send_buffer(&self) -> Range<usize> {
        self.receive..self.receive + self.send
    }

    /// Where control frames are made.
    pub(super) const fn control_frame(&self) -> Range<usize> {
        let start = self.receive + self.send;
        start..start + MAX_CONTROL_FRAME
    }

    /// Where the payload of a control frame is lent from.
    pub(super) const fn control_payload(&self) -> Range<usize> {
        let start = self.receive + self.send + MAX_CONTROL_FRAME;
        start..start + MAX_CONTROL
    }
}
