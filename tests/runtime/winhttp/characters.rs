//! Options through the C functions, whose lengths count bytes or characters.

use std::ffi::c_void;
use std::ptr;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpCloseHandle, WinHttpOpen, WinHttpOpen_w32, WinHttpQueryOption, WinHttpQueryOption_w32,
    WinHttpSetOption, WinHttpSetOption_w32,
};
use winws_api::winhttp::sys;

use super::c::input;

const USER_AGENT: u32 = sys::WINHTTP_OPTION_USER_AGENT;

/// The functions for sessions and their options, for one of the two sizes of `WCHAR`.
#[derive(Clone, Copy)]
struct Options {
    /// How many bytes a `WCHAR` has.
    pub size: usize,
    open: fn() -> HINTERNET,
    set: unsafe extern "C" fn(HINTERNET, u32, *mut c_void, u32) -> i32,
    query: unsafe extern "C" fn(HINTERNET, u32, *mut c_void, *mut u32) -> i32,
}

const OPTIONS: [Options; 2] = [
    Options {
        size: 2,
        // SAFETY: no string is passed.
        open: || unsafe { WinHttpOpen(ptr::null(), 1, ptr::null(), ptr::null(), 0) },
        set: WinHttpSetOption,
        query: WinHttpQueryOption,
    },
    Options {
        size: 4,
        // SAFETY: no string is passed.
        open: || unsafe { WinHttpOpen_w32(ptr::null(), 1, ptr::null(), ptr::null(), 0) },
        set: WinHttpSetOption_w32,
        query: WinHttpQueryOption_w32,
    },
];

impl Options {
    fn open(&self) -> HINTERNET {
        (self.open)()
    }

    /// Sets an option to the value in a buffer, which has at least so many characters.
    fn set(&self, handle: HINTERNET, option: u32, buffer: &[u8], length: u32) -> bool {
        let end = buffer.len() / self.size;
        // SAFETY: `input` checks that the buffer has the length even if that is in characters.
        unsafe { (self.set)(handle, option, input(Some(&buffer[..end]), length).cast_mut(), length) == 1 }
    }

    /// Writes the value of an option to a buffer, and returns the length that the call gives.
    fn query(&self, handle: HINTERNET, option: u32, buffer: &mut [u8]) -> Option<u32> {
        let mut length = u32::try_from(buffer.len()).unwrap();
        // SAFETY: the buffer has that length.
        let done = unsafe { (self.query)(handle, option, buffer.as_mut_ptr().cast(), &raw mut length) };
        (done == 1).then_some(length)
    }

    /// The bytes of a text and of a zero behind it.
    fn text(&self, text: &str) -> Vec<u8> {
        let ended = text.chars().chain(['\0']);
        match self.size {
            2 => ended.flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()).flat_map(u16::to_ne_bytes).collect(),
            _ => ended.flat_map(|c| u32::from(c).to_ne_bytes()).collect(),
        }
    }
}

fn close_handle(handle: HINTERNET) -> bool {
    // SAFETY: any value is fine.
    unsafe { WinHttpCloseHandle(handle) == 1 }
}

/// WinHttpSetOption, dwBufferLength: the length of this option is in characters. Its row of the option flags: the zero at the
/// end is one of them. WinHttpQueryOption counts bytes.
#[test]
fn a_user_agent_that_c_sets_is_not_cut() {
    for c in OPTIONS {
        let session = c.open();
        for text in ["agent/1.0", "a", "an agent with a longer name (of its own)/2.0", ""] {
            let value = c.text(text);
            let length = u32::try_from(value.len() / c.size).unwrap();
            assert!(c.set(session, USER_AGENT, &value, length), "{text}");
            let mut buffer = [0xff; 256];
            let written = c.query(session, USER_AGENT, &mut buffer).unwrap();
            assert!(buffer.starts_with(&value), "{text}");
            assert!(written as usize <= value.len(), "{text}: {written}");
        }
        // Without the zero, and a part of the text.
        assert!(c.set(session, USER_AGENT, &c.text("agent/1.0"), 5));
        let mut buffer = [0xff; 256];
        c.query(session, USER_AGENT, &mut buffer).unwrap();
        assert!(buffer.starts_with(&c.text("agent")), "{buffer:?}");
        assert!(close_handle(session));
    }
}

/// A DWORD has four bytes, whatever a character has.
#[test]
fn the_length_of_a_number_is_in_bytes() {
    for c in OPTIONS {
        let session = c.open();
        let value = [7_u32.to_ne_bytes(), [0xff; 4], [0xff; 4], [0xff; 4]].concat();
        assert!(c.set(session, sys::WINHTTP_OPTION_CONNECT_RETRIES, &value, 4));
        for wrong in [1, 2] {
            assert!(!c.set(session, sys::WINHTTP_OPTION_CONNECT_RETRIES, &value, wrong));
            assert_eq!(winws::ffi::last_error(), 87);
        }
        let mut buffer = [0xff; 8];
        assert_eq!(c.query(session, sys::WINHTTP_OPTION_CONNECT_RETRIES, &mut buffer), Some(4));
        assert_eq!(buffer[..4], 7_u32.to_ne_bytes());
        assert!(close_handle(session));
    }
}
