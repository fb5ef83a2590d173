//! The memory that WinHTTP hands out: blocks that C frees with GlobalFree, knowing their address alone.
//!
//! So they come from the C library's allocator: Rust's wants the length again. The functions that hand blocks out say on their
//! pages that the caller frees them.

use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

use core::ffi::c_void;

use winws_api::WideChar;

/// There is not so much memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfMemory;

/// A block that has not been handed out yet. Until then it is freed when it is dropped, so a call that fails half-way leaves
/// nothing behind.
#[derive(Debug)]
pub(crate) struct Global<T> {
    start: NonNull<T>,
}

// SAFETY: the block belongs to whoever has the value, and the C library's allocator may be used from any thread.
unsafe impl<T: Send> Send for Global<T> {}

impl<T: Copy> Global<T> {
    /// A copy of these elements. No elements have an address of their own as well.
    pub(crate) fn copy_of(elements: &[T]) -> Result<Self, OutOfMemory> {
        const { assert!(align_of::<T>() <= 8, "not every malloc aligns better") };
        // SAFETY: `malloc` takes any number. Some systems have no block of zero bytes.
        let block = unsafe { libc::malloc(size_of_val(elements).max(1)) };
        let start = NonNull::new(block.cast::<T>()).ok_or(OutOfMemory)?;
        // SAFETY: the block is new, long enough, and aligned for everything that C has.
        unsafe { ptr::copy_nonoverlapping(elements.as_ptr(), start.as_ptr(), elements.len()) };
        Ok(Self { start })
    }

    /// Hands the block out. From here on it is the caller's, who ends it with [`free`].
    pub(crate) fn hand_out(self) -> *mut T {
        ManuallyDrop::new(self).start.as_ptr()
    }
}

impl<W: WideChar> Global<W> {
    /// A text as a wide string of C. A zero within the text ends the string for its reader.
    pub(crate) fn wide(text: &str) -> Result<Self, OutOfMemory> {
        let mut units = Vec::new();
        // Each character has two units at most, and no more of them than bytes.
        units.try_reserve_exact(text.len().checked_add(1).ok_or(OutOfMemory)?).map_err(|_| OutOfMemory)?;
        text.chars().for_each(|char| units.extend_from_slice(W::encode(char, &mut [W::ZERO; 2])));
        units.push(W::ZERO);
        Self::copy_of(&units)
    }
}

impl<T> Drop for Global<T> {
    fn drop(&mut self) {
        // SAFETY: the block is of `malloc`, and nobody has been given it.
        unsafe { libc::free(self.start.as_ptr().cast()) };
    }
}

/// What GlobalAlloc does: a block, or null if there is not so much memory. No bytes have an address of their own as well.
#[cfg(feature = "capi")]
pub(crate) fn allocate(bytes: usize, zeroed: bool) -> *mut c_void {
    let bytes = bytes.max(1);
    // SAFETY: both take any number.
    unsafe { if zeroed { libc::calloc(bytes, 1) } else { libc::malloc(bytes) } }
}

/// What GlobalFree does: frees a block, and returns null for success. Null is no block and no failure.
///
/// # Safety
///
/// `block` is null, or was [handed out](Global::hand_out) or [allocated](allocate), and nobody uses it any more.
pub(crate) unsafe fn free(block: *mut c_void) -> *mut c_void {
    // SAFETY: the caller vouches that the block is one of `malloc`, which is freed once.
    unsafe { libc::free(block) };
    ptr::null_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a string as C does.
    fn read<W: WideChar>(string: *const W) -> Vec<W> {
        // SAFETY: the string ends with a zero.
        unsafe {
            let mut length = 0;
            while *string.add(length) != W::ZERO {
                length += 1;
            }
            std::slice::from_raw_parts(string, length).to_vec()
        }
    }

    fn check<W: WideChar>(text: &str, expected: &[W]) {
        let string = Global::<W>::wide(text).unwrap().hand_out();
        assert!(string.is_aligned());
        assert_eq!(read(string), expected, "{text}");
        // SAFETY: it was handed out, and nobody else has it.
        assert!(unsafe { free(string.cast()) }.is_null());
    }

    #[test]
    fn strings_end_with_a_zero_and_are_freed_by_their_address() {
        check::<u16>("http=a:1;b", &"http=a:1;b".bytes().map(u16::from).collect::<Vec<_>>());
        check::<u32>("http=a:1;b", &"http=a:1;b".bytes().map(u32::from).collect::<Vec<_>>());
        check::<u16>("ö\u{1F980}", &[0xF6, 0xD83E, 0xDD80]);
        check::<u32>("ö\u{1F980}", &[0xF6, 0x1F980]);
        check::<u16>("", &[]);
        check::<u32>("", &[]);
    }

    #[test]
    fn each_block_has_an_address_of_its_own_even_an_empty_one() {
        let (a, b) = (Global::<u8>::copy_of(&[]).unwrap().hand_out(), Global::<u8>::copy_of(&[]).unwrap().hand_out());
        assert!(!a.is_null() && !b.is_null() && a != b);
        // SAFETY: both were handed out, and nobody else has them.
        unsafe { (free(a.cast()), free(b.cast())) };
    }

    #[test]
    fn structures_are_copied_with_the_pointers_in_them() {
        let text = Global::<u16>::wide("a proxy").unwrap().hand_out();
        let pair = Global::copy_of(&[(3_u32, text)]).unwrap().hand_out();
        assert!(pair.is_aligned());
        // SAFETY: the block holds one pair, and all were handed out.
        unsafe {
            assert_eq!(pair.read(), (3, text));
            free(text.cast());
            assert!(free(pair.cast()).is_null());
        }
    }

    #[test]
    fn null_is_freed_without_a_failure() {
        // SAFETY: null is allowed.
        assert!(unsafe { free(ptr::null_mut()) }.is_null());
    }
}
