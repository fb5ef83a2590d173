//! One block of memory, of which ranges are lent to C while others are read and written.
//!
//! A thread may write a range that was lent to it while another one makes a call on the same session. So a reference is
//! never made to more than the range that is asked for, not even for a moment.

use std::alloc::{Layout, alloc_zeroed};

use core::ops::Range;
use core::ptr::NonNull;
use core::{fmt, ptr, slice};

use winws_api::KeptBufferMut;

/// Bytes by their address: its own, or the caller's until the session is gone.
///
/// Who has one asks for no range that is lent to somebody else.
pub(crate) struct Block {
    start: NonNull<u8>,
    length: usize,
    is_own: bool,
}

// SAFETY: the bytes are the block's own, or vouched for in whatever thread it is, as those of a `KeptBufferMut` are.
unsafe impl Send for Block {}

// SAFETY: a shared block is only read; writing wants it to be borrowed mutably.
unsafe impl Sync for Block {}

impl Block {
    /// Zeroes of our own, if there is so much memory. Nothing is written: a system that has zeroed pages gives them when they
    /// are used.
    pub(crate) fn zeroed(length: usize) -> Option<Self> {
        let layout = Layout::array::<u8>(length).ok()?;
        let start = if length == 0 {
            NonNull::dangling()
        } else {
            // SAFETY: the layout has a size.
            NonNull::new(unsafe { alloc_zeroed(layout) })?
        };
        Some(Self { start, length, is_own: true })
    }

    /// The caller's memory. Whoever made `bytes` vouched for it for as long as the block is there.
    pub(crate) fn lent(mut bytes: KeptBufferMut) -> Self {
        let length = bytes.len();
        Self { start: NonNull::from(bytes.as_mut_slice()).cast(), length, is_own: false }
    }

    /// The caller's memory in two parts, which are used apart from each other.
    ///
    /// # Panics
    ///
    /// When it is shorter than the first part, or the block's own: that is freed in one piece.
    pub(crate) fn split_at(self, middle: usize) -> (Self, Self) {
        assert!(!self.is_own && middle <= self.length, "{middle} of {} bytes", self.length);
        // SAFETY: that is within the block, or its end.
        let start = unsafe { self.start.add(middle) };
        (Self { length: middle, ..self }, Self { start, length: self.length - middle, is_own: false })
    }

    /// The bytes of a range.
    #[inline]
    pub(crate) fn get(&self, range: Range<usize>) -> &[u8] {
        let length = range.len();
        // SAFETY: the range is within the block, nobody writes it through `self` while it is borrowed, and it is lent to
        // nobody else.
        unsafe { slice::from_raw_parts(self.part(range), length) }
    }

    /// The same, to write them.
    #[inline]
    pub(crate) fn get_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        let length = range.len();
        // SAFETY: the range is within the block, nobody uses it through `self` while it is borrowed, and it is lent to
        // nobody else.
        unsafe { slice::from_raw_parts_mut(self.part(range), length) }
    }

    /// Where a range begins that is within the block.
    #[inline]
    fn part(&self, range: Range<usize>) -> *mut u8 {
        assert!(range.start <= range.end && range.end <= self.length, "{range:?} of {} bytes", self.length);
        // SAFETY: that is within the block, or its end.
        unsafe { self.start.add(range.start) }.as_ptr()
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.is_own {
            let bytes = ptr::slice_from_raw_parts_mut(self.start.as_ptr(), self.length);
            // SAFETY: `zeroed` has allocated them as a box would, and nobody uses them after the session.
            drop(unsafe { Box::from_raw(bytes) });
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block").field("length", &self.length).field("is_own", &self.is_own).finish_non_exhaustive()
    }
}
