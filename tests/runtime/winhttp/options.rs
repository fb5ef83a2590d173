//! Options through the C functions, whose lengths count bytes or characters.

use winws_api::winhttp::sys;

use super::c::{OPTIONS, close_handle};

const USER_AGENT: u32 = sys::WINHTTP_OPTION_USER_AGENT;

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
            assert_eq!(winws::ffi::winws_get_last_error(), 87);
        }
        let mut buffer = [0xff; 8];
        assert_eq!(c.query(session, sys::WINHTTP_OPTION_CONNECT_RETRIES, &mut buffer), Some(4));
        assert_eq!(buffer[..4], 7_u32.to_ne_bytes());
        assert!(close_handle(session));
    }
}
