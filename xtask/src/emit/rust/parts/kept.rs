//! Memory that a call goes on using after it has returned.
//!
//! A reference would end with the call, so these are pointers. Whoever makes one vouches for the memory until the
//! operation completes, and whoever gets one drops it by then: what is left of it afterwards leads to nothing. Traits whose
//! methods get one are therefore unsafe to implement.

use core::ptr::NonNull;
use core::slice;

/// Bytes that the callee reads until the operation completes.
///
/// In synchronous mode that is when the call returns; in asynchronous mode, when the callback is told of it.
#[derive(Debug, PartialEq, Eq)]
pub struct KeptBuffer {
    pointer: NonNull<u8>,
    length: usize,
}

/// Bytes that the callee writes until the operation completes.
///
/// In synchronous mode that is when the call returns; in asynchronous mode, when the callback is told of it.
#[derive(Debug, PartialEq, Eq)]
pub struct KeptBufferMut {
    pointer: NonNull<u8>,
    length: usize,
}

// SAFETY: whoever made the buffer vouched that its bytes may be read from any thread.
unsafe impl Send for KeptBuffer {}

// SAFETY: a shared buffer is only read.
unsafe impl Sync for KeptBuffer {}

// SAFETY: whoever made the buffer vouched that its bytes are its own, in whatever thread it is.
unsafe impl Send for KeptBufferMut {}

// SAFETY: a shared buffer is only read; writing wants it to be borrowed mutably.
unsafe impl Sync for KeptBufferMut {}

impl KeptBuffer {
    /// No bytes.
    pub const EMPTY: Self = Self { pointer: NonNull::dangling(), length: 0 };

    /// Bytes that live as long as the program.
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        // SAFETY: they live, and nobody writes them, as long as the program.
        unsafe { Self::new(bytes.as_ptr(), bytes.len()) }
    }

    /// The `length` bytes at `pointer`; none if it is null.
    ///
    /// # Safety
    ///
    /// Unless `pointer` is null, so many bytes may be read there, and nobody writes or frees them, until the operation
    /// that gets the buffer completes. A call that fails has completed its operation.
    pub const unsafe fn new(pointer: *const u8, length: usize) -> Self {
        match NonNull::new(pointer.cast_mut()) {
            Some(pointer) => Self { pointer, length },
            None => Self::EMPTY,
        }
    }

    /// The bytes.
    pub const fn as_slice(&self) -> &[u8] {
        // SAFETY: whoever made the buffer vouched for them.
        unsafe { slice::from_raw_parts(self.pointer.as_ptr(), self.length) }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl KeptBufferMut {
    /// No bytes.
    pub const EMPTY: Self = Self { pointer: NonNull::dangling(), length: 0 };

    /// The `length` bytes at `pointer`; none if it is null.
    ///
    /// # Safety
    ///
    /// Unless `pointer` is null, so many bytes may be read and written there, and nobody else uses or frees them, until
    /// the operation that gets the buffer completes. A call that fails has completed its operation.
    pub const unsafe fn new(pointer: *mut u8, length: usize) -> Self {
        match NonNull::new(pointer) {
            Some(pointer) => Self { pointer, length },
            None => Self::EMPTY,
        }
    }

    /// The bytes.
    pub const fn as_slice(&self) -> &[u8] {
        // SAFETY: whoever made the buffer vouched for them.
        unsafe { slice::from_raw_parts(self.pointer.as_ptr(), self.length) }
    }

    /// The bytes, to write them.
    pub const fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: whoever made the buffer vouched that nobody else uses them.
        unsafe { slice::from_raw_parts_mut(self.pointer.as_ptr(), self.length) }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }
}

#[cfg(feature = "exports")]
mod from_c {
    use super::{KeptBuffer, KeptBufferMut};
    use crate::ffi::{self, BadArgument};

    impl KeptBuffer {
        /// The bytes that a caller of C gives to be read.
        ///
        /// # Safety
        ///
        /// As of [`new`](Self::new).
        pub unsafe fn from_c(pointer: *const u8, length: impl TryInto<usize>) -> Result<Self, BadArgument> {
            let length = ffi::extent(pointer, length)?;
            // SAFETY: the caller vouches for the bytes.
            Ok(unsafe { Self::new(pointer, length) })
        }
    }

    impl KeptBufferMut {
        /// The bytes that a caller of C gives to be written.
        ///
        /// # Safety
        ///
        /// As of [`new`](Self::new).
        pub unsafe fn from_c(pointer: *mut u8, length: impl TryInto<usize>) -> Result<Self, BadArgument> {
            let length = ffi::extent(pointer, length)?;
            // SAFETY: the caller vouches for the bytes.
            Ok(unsafe { Self::new(pointer, length) })
        }
    }
}
