//! What the structures of websocket.h point to, as safe values.
//!
//! The traits take structures with pointers in them, which any safe code can make up. So a [`Vouched`] can be had by unsafe
//! code only, and it reads pointers in the name of whoever made it.

use core::ffi::c_char;
use core::slice;

use winws_api::websocket::{Buffer, HttpHeader, Property};
use winws_api::{KeptBuffer, KeptBufferMut};

/// A pointer that cannot be what the page says: null beside a length, or memory of a session that is not aligned as its page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadPointer;

/// The promise that the pointers in structures of websocket.h and winhttp.h lead to what the pages say, for as long as they
/// say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vouched(());

/// A name and a value.
type Pair<'h> = (&'h [u8], &'h [u8]);

#[allow(clippy::unused_self, reason = "to have it is what allows the call")]
impl Vouched {
    /// The promise.
    ///
    /// # Safety
    ///
    /// Every structure that one of the methods is given, or whose pointer and length it is given, holds null, or pointers to
    /// what its page says: so many bytes may be read there, or written for a receive, for a part of a URL and for the memory of
    /// a session, and nobody else writes them until the operation is reported complete, the handle is deleted, or, for headers,
    /// numbers, parts of a URL and texts of proxies, the call returns. The entries of a result to be freed were handed out with
    /// their texts, and so was a block to be freed; nobody uses them any more.
    pub(crate) const unsafe fn new() -> Self {
        Self(())
    }

    /// The promise of a test, whose pointers are good.
    #[cfg(test)]
    pub(crate) const fn of_a_test() -> Self {
        Self(())
    }

    /// Frees a block that a program was given, as GlobalFree does.
    #[cfg(feature = "capi")]
    pub(crate) fn free(self, block: *mut core::ffi::c_void) -> *mut core::ffi::c_void {
        // SAFETY: whoever made `self` vouched for the block.
        unsafe { super::global::free(block) }
    }

    /// The bytes to send.
    pub(crate) fn data(self, buffer: &Buffer) -> Result<KeptBuffer, BadPointer> {
        // SAFETY: both parts of the union begin with a pointer and a length, and any bits are some.
        let data = unsafe { buffer.data };
        let length = extent(data.buffer, data.buffer_length)?;
        // SAFETY: whoever made `self` vouched for the bytes until the send is complete.
        Ok(unsafe { KeptBuffer::new(data.buffer, length) })
    }

    /// The bytes to receive into.
    pub(crate) fn target(self, buffer: &Buffer) -> Result<KeptBufferMut, BadPointer> {
        // SAFETY: as in `data`.
        let data = unsafe { buffer.data };
        let length = extent(data.buffer, data.buffer_length)?;
        // SAFETY: whoever made `self` vouched for the bytes until the receive is complete.
        Ok(unsafe { KeptBufferMut::new(data.buffer, length) })
    }

    /// The status and the reason of a close.
    pub(crate) fn close_status(self, buffer: &Buffer) -> Result<(u16, &[u8]), BadPointer> {
        // SAFETY: the buffer comes with the type of a close frame, and any bits are a status.
        let close = unsafe { buffer.close_status };
        // SAFETY: whoever made `self` vouched for the bytes.
        Ok((close.status, unsafe { bytes(close.reason, close.reason_length) }?))
    }

    /// The value of a property of webservices.h.
    #[cfg(feature = "capi")]
    pub(crate) fn value<'v>(self, value: *const core::ffi::c_void, size: u32) -> Result<&'v [u8], BadPointer> {
        // SAFETY: whoever made `self` vouched for the bytes until the call returns.
        unsafe { bytes(value.cast(), size) }
    }

    /// A copy of a string of webservices.h, which may lie at any address.
    #[cfg(feature = "capi")]
    pub(crate) fn units<W: winws_api::WideChar>(
        self,
        string: &winws_api::webservices::WsString<W>,
    ) -> Result<Box<[W]>, BadPointer> {
        let length = extent(string.chars.cast(), string.length)?;
        let size = length.checked_mul(size_of::<W>()).filter(|&size| isize::try_from(size).is_ok());
        size.ok_or(BadPointer)?;
        let mut units = Vec::with_capacity(length);
        // SAFETY: whoever made `self` vouched for the units until the call returns.
        units.extend((0..length).map(|at| unsafe { string.chars.add(at).read_unaligned() }));
        Ok(units.into_boxed_slice())
    }

    /// The names and values of headers.
    pub(crate) fn headers<'h>(self, headers: &'h [HttpHeader]) -> Result<Vec<Pair<'h>>, BadPointer> {
        let pair = |header: &'h HttpHeader| {
            // SAFETY: whoever made `self` vouched for the bytes.
            let name = unsafe { bytes(header.name.cast::<u8>(), header.name_length) }?;
            // SAFETY: as above.
            Ok((name, unsafe { bytes(header.value.cast::<u8>(), header.value_length) }?))
        };
        headers.iter().map(pair).collect()
    }

    /// The number of a property that is a ULONG or a BOOL.
    pub(crate) fn number(self, property: &Property) -> Result<u32, BadPointer> {
        let value = property.value.cast::<u32>();
        if value.is_null() || property.value_size != 4 {
            return Err(BadPointer);
        }
        // SAFETY: whoever made `self` vouched for as many bytes as the property says. Programs have them at odd addresses.
        Ok(unsafe { value.read_unaligned() })
    }

    /// The memory of a property that is the address of one.
    pub(crate) fn memory(self, property: &Property) -> Result<KeptBufferMut, BadPointer> {
        let variable = property.value.cast::<*mut u8>();
        if variable.is_null() {
            return Err(BadPointer);
        }
        // SAFETY: whoever made `self` vouched for the variable. Programs have it at odd addresses.
        let memory = unsafe { variable.read_unaligned() };
        if memory.is_null() || memory.addr() % 8 != 0 {
            return Err(BadPointer);
        }
        let length = extent(memory, property.value_size)?;
        // SAFETY: whoever made `self` vouched for the memory until the handle is deleted.
        Ok(unsafe { KeptBufferMut::new(memory, length) })
    }
}

/// An array of headers that is lent to C, with what it points to.
#[derive(Debug)]
pub(crate) struct HeaderArray {
    array: Vec<HttpHeader>,
    /// What the array points to. Its bytes do not move when it does.
    _texts: Vec<[String; 2]>,
}

// SAFETY: the pointers lead to what the array itself owns or to constants.
unsafe impl Send for HeaderArray {}

impl HeaderArray {
    /// Names and values. Each has a zero behind it, which its length does not count: programs read them as strings of C (b5.13).
    pub(crate) fn new(texts: Vec<(&'static str, String)>) -> Self {
        let ended = |(name, value): (&str, String)| [format!("{name}\0"), value + "\0"];
        let texts: Vec<[String; 2]> = texts.into_iter().map(ended).collect();
        let part =
            |text: &str| (text.as_ptr().cast_mut().cast::<c_char>(), u32::try_from(text.len() - 1).unwrap_or(u32::MAX));
        let header = |[name, value]: &[String; 2]| {
            let ((name, name_length), (value, value_length)) = (part(name), part(value));
            HttpHeader { name, name_length, value, value_length }
        };
        Self { array: texts.iter().map(header).collect(), _texts: texts }
    }

    /// The address of the array and the number of its elements.
    pub(crate) fn lend(&mut self) -> (*mut HttpHeader, u32) {
        (self.array.as_mut_ptr(), u32::try_from(self.array.len()).unwrap_or(u32::MAX))
    }
}

/// A length of C, for memory that may be there.
fn extent(pointer: *const u8, length: u32) -> Result<usize, BadPointer> {
    let length = usize::try_from(length).ok().filter(|&length| isize::try_from(length).is_ok()).ok_or(BadPointer)?;
    if pointer.is_null() && length > 0 { Err(BadPointer) } else { Ok(length) }
}

/// The bytes of an input.
///
/// # Safety
///
/// Unless `pointer` is null, `length` bytes may be read there, and nobody writes them during `'a`.
unsafe fn bytes<'a>(pointer: *const u8, length: u32) -> Result<&'a [u8], BadPointer> {
    let length = extent(pointer, length)?;
    if pointer.is_null() {
        return Ok(&[]);
    }
    // SAFETY: the caller vouches for the bytes.
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}
