//! Section 3, the options that are about proxies and credentials.

use std::ptr;

use winws::WinHttp;
use winws::ffi::winhttp::{HINTERNET, WinHttpQueryOption, WinHttpQueryOption_w32, WinHttpSetOption};
use winws_api::winhttp::{ProxyInfo, Request as _, sys};
use winws_tests_runtime::peer::{code, connect};

use super::super::chain::{Opening, Server, query, session, set};
use super::super::{INVALID_PARAMETER, OK, c};
use super::{AUTOMATIC, DEFAULT, INFO_SIZE, NAMED, NO_PROXY, PROXY, free, info, open, proxy_of, take};

fn set_proxy(handle: HINTERNET, access_type: u32, proxy: Option<&str>, bypass: Option<&str>) -> u32 {
    let (proxy, bypass) = (c::Text::new(proxy), c::Text::new(bypass));
    let (proxy, proxy_bypass) = (proxy.pointer().cast_mut(), bypass.pointer().cast_mut());
    let mut info = ProxyInfo::<u16> { access_type, proxy, proxy_bypass };
    // SAFETY: there are as many bytes as the length says, and the texts end with a zero.
    c::code_of(unsafe { WinHttpSetOption(handle, PROXY, (&raw mut info).cast(), INFO_SIZE) })
}

/// The page of the option flags: a request inherits the options that its session has when it is made.
#[test]
fn b3_10_proxy_of_a_session_and_of_its_requests() {
    let session = open(NAMED, Some("first"), None).unwrap();
    let connection = session.connect("h", 0).unwrap();
    let earlier = connection.open(Opening::default()).unwrap();
    let word = c::word(session.0);
    assert_eq!(set_proxy(word, NAMED, Some("second"), Some("h")), 0);
    let later = connection.open(Opening::default()).unwrap();
    assert_eq!(proxy_of(c::word(earlier.0)), Ok(info(NAMED, Some("first"), None)));
    assert_eq!(proxy_of(c::word(later.0)), Ok(info(NAMED, Some("second"), Some("h"))));
    assert_eq!(set_proxy(c::word(later.0), NO_PROXY, None, None), 0);
    assert_eq!(proxy_of(c::word(later.0)), Ok(info(NO_PROXY, None, None)));
    assert_eq!(proxy_of(word), Ok(info(NAMED, Some("second"), Some("h"))));
    // The texts of other access types do not count.
    assert_eq!(set_proxy(word, NO_PROXY, Some("p"), Some("h")), 0);
    assert_eq!(proxy_of(word), Ok(info(NO_PROXY, None, None)));
    for (access_type, proxy) in [(NAMED, None), (NAMED, Some("")), (NAMED, Some("a:b")), (2, None), (u32::MAX, None)] {
        assert_eq!(set_proxy(word, access_type, proxy, None), 87);
    }
    assert_eq!(proxy_of(word), Ok(info(NO_PROXY, None, None)), "a refused value changes nothing");
    for access_type in [DEFAULT, AUTOMATIC] {
        assert_eq!(set_proxy(word, access_type, None, None), 0);
    }
    // Without a handle it is the proxy of the machine.
    assert_eq!(proxy_of(ptr::null_mut()), Ok(info(NO_PROXY, None, None)));
    assert_eq!(set_proxy(ptr::null_mut(), NO_PROXY, None, None), 6);
    for handle in [connection.0, connect().0.0] {
        assert_eq!(set_proxy(c::word(handle), NO_PROXY, None, None), 12018);
        assert_eq!(proxy_of(c::word(handle)), Err(12018));
    }
    assert_eq!(c::set_option(word, PROXY, None, 0), 87);
}

#[test]
fn what_a_query_of_the_proxy_hands_out_is_new_each_time_and_goes_to_buffers_that_fit() {
    let session = open(NAMED, Some("p:1"), Some("h")).unwrap();
    let word = c::word(session.0);
    let (mut memory, mut length) = ([0_u64; 5], INFO_SIZE - 1);
    assert_eq!(c::query_option(word, PROXY, Some(&mut [0; 23]), Some(&mut length)), 122);
    assert_eq!(length, INFO_SIZE);
    // At an odd address, as programs have buffers of bytes.
    let odd = memory.as_mut_ptr().cast::<u8>().wrapping_add(1);
    length = INFO_SIZE + 8;
    // SAFETY: there are so many bytes.
    assert_eq!(unsafe { WinHttpQueryOption(word, PROXY, odd.cast(), &raw mut length) }, 1);
    assert_eq!(length, INFO_SIZE);
    // SAFETY: the structure stands there.
    let found = unsafe { odd.cast::<ProxyInfo<u16>>().read_unaligned() };
    // SAFETY: as before, with the same texts, which still belong to the caller.
    assert_eq!(unsafe { WinHttpSetOption(word, PROXY, odd.cast(), INFO_SIZE) }, 1);
    assert_eq!(take(found.proxy).as_deref(), Some("p:1"));
    assert_eq!(take(found.proxy_bypass).as_deref(), Some("h"));
    assert_eq!(proxy_of(word), Ok(info(NAMED, Some("p:1"), Some("h"))), "the runtime has its own texts");
    // Programs whose wide characters have 32 bits get such texts.
    let (mut wide, mut length) = (ProxyInfo::<u32>::default(), INFO_SIZE);
    // SAFETY: there are as many bytes as the length says.
    assert_eq!(unsafe { WinHttpQueryOption_w32(word, PROXY, (&raw mut wide).cast(), &raw mut length) }, 1);
    // SAFETY: the texts have these lengths, and belong to the caller.
    unsafe {
        assert_eq!(std::slice::from_raw_parts(wide.proxy, 4), ['p', ':', '1', '\0'].map(u32::from));
        free(wide.proxy.cast());
        free(wide.proxy_bypass.cast());
    }
}

#[test]
fn safe_code_reads_the_proxy_and_cannot_set_it() {
    let session = session(None).unwrap();
    let mut value = query(session.0, PROXY, 64).unwrap();
    assert_eq!(value.len(), size_of::<ProxyInfo>());
    assert_eq!(value[..4], NO_PROXY.to_ne_bytes());
    assert_eq!(set(session.0, PROXY, &value), INVALID_PARAMETER);
    value[0] = 3;
    value[8] = 1;
    assert_eq!(set(session.0, PROXY, &value), INVALID_PARAMETER);
}

#[test]
fn b3_11_names_and_passwords() {
    let server = Server::new();
    let request = server.open("GET", "/");
    let bytes = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_ne_bytes).collect::<Vec<_>>();
    let options = [0x1000, 0x1001, 0x1002, 0x1003];
    for option in options {
        assert_eq!(request.text(option), "", "it is not set at first");
        let text = format!("ö{option}");
        let length = u32::try_from(text.encode_utf16().count()).unwrap();
        // The page of WinHttpSetOption: the length is in characters.
        assert_eq!(c::set_option(c::word(request.0), option, Some(&bytes(&text)), length), 0);
    }
    for option in options {
        assert_eq!(request.text(option), format!("ö{option}"));
    }
    let credentials = |target, user, password| {
        let basic = sys::WINHTTP_AUTH_SCHEME_BASIC;
        let winhttp = WinHttp::process();
        code(winhttp.set_credentials(request.0, target, basic, Some(user), Some(password), ptr::null_mut()))
    };
    assert_eq!(credentials(sys::WINHTTP_AUTH_TARGET_SERVER, "a", "b"), OK);
    assert_eq!(credentials(sys::WINHTTP_AUTH_TARGET_PROXY, "c", "d"), OK);
    assert_eq!(options.map(|option| request.text(option)), ["a", "b", "c", "d"]);
    // RFC 7617 section 2.
    for (option, text) in [(0x1000, "a:b"), (0x1002, "a:b"), (0x1000, "a\r"), (0x1001, "\n"), (0x1003, "\u{1}")] {
        assert_eq!(request.set(option, &bytes(text)), INVALID_PARAMETER);
    }
    assert_eq!(request.set(0x1001, &bytes("a:b")), OK);
    assert_eq!(options.map(|option| request.text(option)), ["a", "a:b", "c", "d"]);
}
