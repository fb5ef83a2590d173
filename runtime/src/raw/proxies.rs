//! Structures of winhttp.h that are about proxies: values of options, which come and go as bytes, and memory that is freed.

use core::mem::offset_of;

use winws_api::WideChar;
use winws_api::winhttp::{ProxyInfo, ProxyResult};

use super::global::free;
use super::lent::{BadPointer, Vouched};

/// The texts of a WINHTTP_PROXY_INFO.
#[derive(Debug)]
pub(crate) struct ProxyTexts {
    pub(crate) proxy: Option<String>,
    pub(crate) bypass: Option<String>,
}

#[allow(clippy::unused_self, reason = "to have it is what allows the call")]
impl Vouched {
    /// The texts that a structure points to. Half a character is no text, and so a bad pointer.
    pub(crate) fn proxy_texts<W: WideChar>(self, info: &ProxyInfo<W>) -> Result<ProxyTexts, BadPointer> {
        Ok(ProxyTexts { proxy: self.string(info.proxy)?, bypass: self.string(info.proxy_bypass)? })
    }

    /// A text that ends at its zero. `None` is null.
    pub(crate) fn string<W: WideChar>(self, start: *const W) -> Result<Option<String>, BadPointer> {
        let Some(units) = self.ended_text(start)? else { return Ok(None) };
        W::chars(&units).collect::<Option<String>>().map(Some).ok_or(BadPointer)
    }

    /// Frees the entries of a result and their texts.
    pub(crate) fn free_proxy_result<W: WideChar>(self, result: &ProxyResult<W>) {
        let count = if result.entries.is_null() { 0 } else { result.entry_count };
        for at in 0..usize::try_from(count).unwrap_or(0) {
            // SAFETY: whoever made `self` vouched for so many entries.
            let entry = unsafe { result.entries.add(at).read_unaligned() };
            // SAFETY: the text was handed out with the entry, or is null.
            unsafe { free(entry.proxy.cast()) };
        }
        // SAFETY: the entries were handed out, or are null, and nobody reads them any more.
        unsafe { free(result.entries.cast()) };
    }
}

/// The structure in these bytes, which may stand at an odd address. `None` if they are more or fewer.
pub(crate) fn read_proxy_info<W: WideChar>(bytes: &[u8]) -> Option<ProxyInfo<W>> {
    // SAFETY: there are so many bytes, and any bits are a number and pointers.
    (bytes.len() == size_of::<ProxyInfo<W>>())
        .then(|| unsafe { bytes.as_ptr().cast::<ProxyInfo<W>>().read_unaligned() })
}

/// Writes the structure to a buffer, which may stand at an odd address. `false` if it is too small; nothing is written then.
pub(crate) fn write_proxy_info<W: WideChar>(info: &ProxyInfo<W>, buffer: &mut [u8]) -> bool {
    let Some(buffer) = buffer.get_mut(..size_of::<ProxyInfo<W>>()) else { return false };
    // What lies between the members is written too.
    buffer.fill(0);
    let start = buffer.as_mut_ptr();
    // SAFETY: the members are within the buffer. Written one by one, pointers stay pointers.
    unsafe {
        start.add(offset_of!(ProxyInfo<W>, access_type)).cast::<u32>().write_unaligned(info.access_type);
        start.add(offset_of!(ProxyInfo<W>, proxy)).cast::<*mut W>().write_unaligned(info.proxy);
        start.add(offset_of!(ProxyInfo<W>, proxy_bypass)).cast::<*mut W>().write_unaligned(info.proxy_bypass);
    }
    true
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use winws_api::winhttp::ProxyResultEntry;

    use super::*;
    use crate::raw::global::Global;

    #[test]
    fn a_structure_comes_back_from_any_address() {
        let texts = [
            Global::<u16>::wide("http=p:1").unwrap().hand_out(),
            Global::<u16>::wide("ö;\u{1F980}").unwrap().hand_out(),
        ];
        let info = ProxyInfo { access_type: 3, proxy: texts[0], proxy_bypass: texts[1] };
        let size = size_of::<ProxyInfo<u16>>();
        for at in 0..8 {
            let mut memory = vec![0xFF; size + 8];
            assert!(!write_proxy_info(&info, &mut memory[at..at + size - 1]));
            assert!(memory.iter().all(|&byte| byte == 0xFF));
            assert!(write_proxy_info(&info, &mut memory[at..]));
            assert!(read_proxy_info::<u16>(&memory[at + 1..at + size]).is_none());
            assert!(read_proxy_info::<u16>(&[0; size_of::<ProxyInfo<u16>>() + 1]).is_none());
            let again: ProxyInfo<u16> = read_proxy_info(&memory[at..at + size]).unwrap();
            let read = Vouched::of_a_test().proxy_texts(&again).unwrap();
            assert_eq!(
                (again.access_type, read.proxy.as_deref(), read.bypass.as_deref()),
                (3, Some("http=p:1"), Some("ö;\u{1F980}"))
            );
        }
        for text in texts {
            // SAFETY: it was handed out.
            unsafe { free(text.cast()) };
        }
    }

    #[test]
    fn null_is_no_text_and_half_a_character_is_a_bad_pointer() {
        let vouched = Vouched::of_a_test();
        let none = vouched.proxy_texts(&ProxyInfo::<u32>::default()).unwrap();
        assert_eq!((none.proxy, none.bypass), (None, None));
        assert_eq!(vouched.string([0xD800_u16, 0].as_ptr()), Err(BadPointer));
        assert_eq!(vouched.string([0x0011_0000_u32, 0].as_ptr()), Err(BadPointer));
    }

    #[test]
    fn a_result_is_freed_with_its_texts() {
        let vouched = Vouched::of_a_test();
        let entry = |proxy| ProxyResultEntry::<u16> { is_proxy: 1, proxy, proxy_port: 80, ..Default::default() };
        let entries = [entry(Global::wide("a").unwrap().hand_out()), entry(ptr::null_mut())];
        let entries = Global::copy_of(&entries).unwrap().hand_out();
        vouched.free_proxy_result(&ProxyResult { entry_count: 2, entries });
        vouched.free_proxy_result(&ProxyResult::<u16> { entry_count: 9, entries: ptr::null_mut() });
        vouched.free_proxy_result(&ProxyResult::<u32>::default());
    }
}
