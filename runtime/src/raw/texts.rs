//! The texts that URL_COMPONENTS of winhttp.h points to, as safe values.

use core::slice;
use std::borrow::Cow;

use winws_api::WideChar;
use winws_api::winhttp::UrlComponents;

use super::lent::{BadPointer, Vouched};

/// The parts of a URL as a program gives them. `None` is a part that is left out.
#[derive(Debug)]
pub(crate) struct UrlTexts<'c, W: WideChar> {
    pub(crate) scheme: Option<Cow<'c, [W]>>,
    pub(crate) host: Option<Cow<'c, [W]>>,
    pub(crate) user: Option<Cow<'c, [W]>>,
    pub(crate) password: Option<Cow<'c, [W]>>,
    pub(crate) path: Option<Cow<'c, [W]>>,
    pub(crate) extra: Option<Cow<'c, [W]>>,
}

#[allow(clippy::unused_self, reason = "to have it is what allows the call")]
impl Vouched {
    /// The parts that WinHttpCreateUrl reads. A length of 0 means that the text ends at its zero.
    pub(crate) fn url_texts<W: WideChar>(self, url: &UrlComponents<W>) -> Result<UrlTexts<'_, W>, BadPointer> {
        // SAFETY: whoever made `self` vouched for the texts.
        let text = |start, length| unsafe { text(start, length) };
        Ok(UrlTexts {
            scheme: text(url.scheme, url.scheme_length)?,
            host: text(url.host_name, url.host_name_length)?,
            user: text(url.user_name, url.user_name_length)?,
            password: text(url.password, url.password_length)?,
            path: text(url.url_path, url.url_path_length)?,
            extra: text(url.extra_info, url.extra_info_length)?,
        })
    }

    /// A text that ends at its zero. `None` is null.
    pub(crate) fn ended_text<'t, W: WideChar>(self, start: *const W) -> Result<Option<Cow<'t, [W]>>, BadPointer> {
        // SAFETY: whoever made `self` vouched for the text.
        unsafe { text(start, 0) }
    }

    /// Writes a text and its zero to a buffer of a structure that has room for `room` units, as the structure says. `false` is for
    /// a text that does not fit: nothing is written then.
    pub(crate) fn write_text<W: WideChar>(self, buffer: *mut W, room: u32, units: &[W]) -> bool {
        if usize::try_from(room).is_ok_and(|room| room <= units.len()) {
            return false;
        }
        for (at, &unit) in units.iter().chain([&W::ZERO]).enumerate() {
            // SAFETY: whoever made `self` vouched for so many units. Programs have them at odd addresses.
            unsafe { buffer.add(at).write_unaligned(unit) };
        }
        true
    }
}

/// The units of an input.
///
/// # Safety
///
/// Unless `start` is null, `length` units may be read there, or for a length of 0 all up to a zero, and nobody writes them
/// during `'a`.
unsafe fn text<'a, W: WideChar>(start: *const W, length: u32) -> Result<Option<Cow<'a, [W]>>, BadPointer> {
    if start.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller vouches for the unit.
    let unit = |at: usize| unsafe { start.add(at).read_unaligned() };
    let length = match usize::try_from(length).map_err(|_| BadPointer)? {
        0 => {
            let mut end = 0;
            while unit(end) != W::ZERO {
                end += 1;
            }
            end
        }
        length => length
            .checked_mul(size_of::<W>())
            .filter(|&bytes| isize::try_from(bytes).is_ok())
            .map(|_| length)
            .ok_or(BadPointer)?,
    };
    if !start.is_aligned() {
        return Ok(Some((0..length).map(unit).collect()));
    }
    // SAFETY: the caller vouches for the units, and their address is not odd.
    Ok(Some(Cow::Borrowed(unsafe { slice::from_raw_parts(start, length) })))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The units of a text, and a zero and more behind them.
    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().chain([0, 1, 2]).collect()
    }

    fn read(start: *const u16, length: u32) -> Option<Vec<u16>> {
        // SAFETY: the tests give good pointers.
        unsafe { text(start, length) }.unwrap().map(Cow::into_owned)
    }

    #[test]
    fn a_text_has_its_length_or_ends_at_its_zero() {
        let memory = units("abc");
        assert_eq!(read(memory.as_ptr(), 2), Some(vec![0x61, 0x62]));
        assert_eq!(read(memory.as_ptr(), 5), Some(vec![0x61, 0x62, 0x63, 0, 1]));
        assert_eq!(read(memory.as_ptr(), 0), Some(vec![0x61, 0x62, 0x63]));
        assert_eq!(read(memory[3..].as_ptr(), 0), Some(Vec::new()));
        assert_eq!(read(std::ptr::null(), 0), None);
        assert_eq!(read(std::ptr::null(), 5), None);
    }

    #[test]
    fn texts_may_stand_at_any_address() {
        let mut memory = [0_u32; 8];
        let odd = memory.as_mut_ptr().cast::<u16>().wrapping_byte_add(1);
        let vouched = Vouched::of_a_test();
        assert!(vouched.write_text(odd, 4, &[0x61, 0x62, 0x63]));
        assert_eq!(read(odd, 0), Some(vec![0x61, 0x62, 0x63]));
        assert_eq!(read(odd, 2), Some(vec![0x61, 0x62]));
    }

    #[test]
    fn a_text_is_written_with_its_zero_or_not_at_all() {
        let mut memory = [7_u32; 3];
        let vouched = Vouched::of_a_test();
        assert!(!vouched.write_text(memory.as_mut_ptr(), 2, &[1, 2]));
        assert!(!vouched.write_text(memory.as_mut_ptr(), 0, &[]));
        assert_eq!(memory, [7; 3]);
        assert!(vouched.write_text(memory.as_mut_ptr(), 2, &[1]));
        assert_eq!(memory, [1, 0, 7]);
        assert!(vouched.write_text(memory.as_mut_ptr(), u32::MAX, &[1, 2]));
        assert_eq!(memory, [1, 2, 0]);
    }
}
