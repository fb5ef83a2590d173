//! Buffers and structures that go in: null, empty, unaligned, too long; numbers that no enumeration has.

use std::ffi::c_void;
use std::ptr;

use winws_api::ffi::{self, BadArgument};
use winws_api::webservices::{exports as ws, sys as ws_sys};
use winws_api::websocket::{exports as web, sys as web_sys};
use winws_api::winhttp::{exports as http, sys as http_sys};
use winws_api::{HResult, WideChar};

use super::stub::{Guard, Stub, handle, last_error, utf16};

fn set_option(buffer: *mut c_void, length: u32) -> Option<String> {
    let stub = Stub::new();
    // SAFETY: the tests pass a buffer of that length, or one that nobody reads.
    let done = unsafe { http::WinHttpSetOption::<Guard, _, u16>(&stub, handle(1), 2, buffer, length) };
    if done == 0 {
        assert_eq!(last_error(), 87);
        assert_eq!(stub.calls(), [""; 0]);
        return None;
    }
    Some(stub.call())
}

#[test]
fn a_buffer_may_be_null_when_it_is_empty() {
    let mut data = [1_u8, 2, 3];
    assert_eq!(set_option(data.as_mut_ptr().cast(), 3).as_deref(), Some("set_option u16 1 2 [1, 2, 3]"));
    assert_eq!(set_option(data.as_mut_ptr().cast(), 0).as_deref(), Some("set_option u16 1 2 []"));
    assert_eq!(set_option(ptr::null_mut(), 0).as_deref(), Some("set_option u16 1 2 []"));
    assert_eq!(set_option(ptr::null_mut(), 1), None);
}

/// WinHttpSetOption, dwBufferLength: five options count characters, and all others bytes.
#[test]
fn a_length_in_characters_is_one_in_bytes_for_a_runtime() {
    fn set<W: WideChar>(option: u32, buffer: &mut [u8], length: u32) -> Result<usize, u32> {
        let stub = Stub::new();
        // SAFETY: the tests pass a buffer of that length, or one that nobody reads.
        let done = unsafe {
            http::WinHttpSetOption::<Guard, _, W>(&stub, handle(1), option, buffer.as_mut_ptr().cast(), length)
        };
        if done == 0 {
            assert_eq!(stub.calls(), [""; 0]);
            return Err(last_error());
        }
        let bytes = stub.call().split_once('[').unwrap().1.strip_suffix(']').unwrap().to_owned();
        Ok(if bytes.is_empty() { 0 } else { bytes.split(", ").count() })
    }
    let text = &mut [7; 64];
    for option in [0x1000, 0x1001, 0x1002, 0x1003, 41] {
        assert_eq!(set::<u16>(option, text, 16), Ok(32), "{option}");
        assert_eq!(set::<u32>(option, text, 16), Ok(64), "{option}");
        assert_eq!(set::<u32>(option, text, 0), Ok(0), "{option}");
    }
    // WINHTTP_OPTION_CONTEXT_VALUE, WINHTTP_OPTION_PROXY, and the neighbours of the five.
    for option in [45, 38, 40, 42, 0xFFF, 0x1004] {
        assert_eq!(set::<u16>(option, text, 16), Ok(16), "{option}");
        assert_eq!(set::<u32>(option, text, 16), Ok(16), "{option}");
    }
}

#[test]
fn a_length_whose_bytes_no_number_counts_is_a_bad_argument() {
    for length in [usize::MAX, usize::MAX / 2 + 1] {
        assert_eq!(ffi::bytes::<u16>(length, true), Err(BadArgument));
        assert_eq!(ffi::bytes::<u32>(length / 2 + 1, true), Err(BadArgument));
        assert_eq!(ffi::bytes::<u32>(length, false), Ok(length));
    }
    assert_eq!(ffi::bytes::<u16>(usize::MAX / 2, true), Ok(usize::MAX - 1));
    assert_eq!(ffi::bytes::<u16>(-1, true), Err(BadArgument));
    assert_eq!(ffi::bytes::<u16>(-1, false), Err(BadArgument));
}

#[test]
fn a_kept_buffer_is_what_c_passed() {
    let mut data = *b"kept";
    let send = |buffer: *mut u8, length: u32| {
        let stub = Stub::new();
        // SAFETY: the buffer has that length, and the stub keeps it no longer than the call.
        let code = unsafe { http::WinHttpWebSocketSend::<Guard, _>(&stub, handle(1), 2, buffer.cast(), length) };
        if code == 0 { Ok(stub.call()) } else { Err(code) }
    };
    let call = |data: &[u8]| format!("web_socket_send 1 WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE {data:?}");
    assert_eq!(send(data.as_mut_ptr(), 4), Ok(call(b"kept")));
    assert_eq!(send(data.as_mut_ptr(), 2), Ok(call(b"ke")));
    assert_eq!(send(ptr::null_mut(), 0), Ok(call(b"")));
    assert_eq!(send(ptr::null_mut(), 4), Err(87));

    let stub = Stub::new();
    // SAFETY: the buffer has that length; no output is asked for.
    let code = unsafe {
        let buffer = data.as_mut_ptr().cast();
        http::WinHttpWebSocketReceive::<Guard, _>(&stub, handle(1), buffer, 3, ptr::null_mut(), ptr::null_mut())
    };
    assert_eq!((code, &data), (0, b"wwwt"));
    assert_eq!(stub.call(), "web_socket_receive 1 3 false false");
}

#[test]
fn lengths_that_no_memory_has_are_bad_arguments() {
    // Nothing is read, so that any address will do.
    let somewhere = ptr::dangling::<u64>();
    // SAFETY: nothing is made of lengths that are refused.
    unsafe {
        assert_eq!(ffi::elements(somewhere, usize::MAX), Err(BadArgument));
        assert_eq!(ffi::elements(somewhere, usize::MAX / 8), Err(BadArgument));
        assert_eq!(ffi::elements(somewhere, u128::MAX), Err(BadArgument));
        assert_eq!(ffi::elements(somewhere, -1), Err(BadArgument));
        let too_many = isize::MAX.cast_unsigned() / 8 + 1;
        assert_eq!(ffi::slice_mut(somewhere.cast_mut(), too_many).err(), Some(BadArgument));
        // Nor is there memory for copies of so many.
        let odd = somewhere.wrapping_byte_add(1);
        assert_eq!(ffi::elements(odd, too_many), Err(BadArgument));
        assert_eq!(ffi::elements(odd, too_many - 1), Err(BadArgument));
        assert_eq!(ffi::slice_mut(odd.cast_mut(), too_many - 1).err(), Some(BadArgument));
    }
    assert_eq!(ffi::extent(somewhere, isize::MAX.cast_unsigned() / 8), Ok(isize::MAX.cast_unsigned() / 8));
    assert_eq!(ffi::extent(somewhere, isize::MAX.cast_unsigned()), Err(BadArgument));
    assert_eq!(ffi::extent(ptr::null::<u64>(), 0), Ok(0));
    assert_eq!(ffi::extent(ptr::null::<u64>(), 1), Err(BadArgument));
}

#[test]
fn structures_come_as_references_and_lists() {
    let stub = Stub::new();
    let address = ws_sys::WS_ENDPOINT_ADDRESS {
        url: ws_sys::WS_STRING { length: 12, chars: ptr::null_mut() },
        headers: ptr::null_mut(),
        extensions: ptr::null_mut(),
        identity: ptr::null_mut(),
    };
    let (channel, none) = (ptr::dangling_mut(), ptr::null_mut());
    // SAFETY: the address is a variable, and nobody looks into the channel.
    unsafe {
        assert_eq!(
            ws::WsOpenChannel::<Guard, _, u16>(&stub, channel, (&raw const address).cast(), ptr::null(), none),
            0
        );
        assert_eq!(stub.call(), "open_channel there 12 false null");
        let code = ws::WsOpenChannel::<Guard, _, u16>(&stub, channel, ptr::null(), ptr::null(), none);
        assert_eq!(code, HResult::E_INVALIDARG.0);
    }
    let mut properties =
        [0, 3].map(|type_| web_sys::WEB_SOCKET_PROPERTY { Type: type_, pvValue: ptr::null_mut(), ulValueSize: 4 });
    let mut socket = ptr::null_mut();
    // SAFETY: there are two properties, and the output is a variable.
    unsafe {
        let list = properties.as_mut_ptr();
        assert_eq!(web::WebSocketCreateClientHandle::<Guard, _>(&stub, list, 2, &raw mut socket), 0);
        assert_eq!(stub.call(), "create_client_handle [(0, 4), (3, 4)]");
        assert_eq!(web::WebSocketCreateClientHandle::<Guard, _>(&stub, ptr::null_mut(), 0, &raw mut socket), 0);
        assert_eq!(stub.call(), "create_client_handle []");
        let code = web::WebSocketCreateClientHandle::<Guard, _>(&stub, ptr::null_mut(), 1, &raw mut socket);
        assert_eq!(code, HResult::E_INVALIDARG.0);
    }
    let components = http_sys::URL_COMPONENTS { nPort: 8080, ..zeroed_components() };
    let (mut url, mut length) = (utf16("....."), 5);
    // SAFETY: all are variables, and the buffer has five units.
    let done = unsafe {
        let components = (&raw const components).cast_mut().cast();
        http::WinHttpCreateUrl::<Guard, _, u16>(&stub, components, 0, url.as_mut_ptr(), &raw mut length)
    };
    assert_eq!((done, String::from_utf16(&url).unwrap()), (1, "uuuuu\0".to_owned()));
    assert_eq!(stub.call(), "create_url 8080 0 5 5");
}

/// Components without anything in them.
pub(crate) fn zeroed_components() -> http_sys::URL_COMPONENTS {
    // SAFETY: zeros are a value of numbers and pointers.
    unsafe { std::mem::zeroed() }
}

#[test]
fn a_union_comes_as_such() {
    let stub = Stub::new();
    let mut text = *b"hello";
    let data = web_sys::WEB_SOCKET_BUFFER_Data { pbBuffer: text.as_mut_ptr(), ulBufferLength: 5 };
    let mut buffer = web_sys::WEB_SOCKET_BUFFER { Data: data };
    // SAFETY: the buffer is a variable.
    unsafe {
        let kind = web_sys::WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
        let code = web::WebSocketSend::<Guard, _>(&stub, handle(1), kind, &raw mut buffer, handle(9));
        assert_eq!(code, 0);
        assert_eq!(stub.call(), "send 1 WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE Some(5) there");
        assert_eq!(web::WebSocketReceive::<Guard, _>(&stub, handle(1), ptr::null_mut(), ptr::null_mut()), 0);
        assert_eq!(stub.call(), "receive 1 false null");
    }
}

#[test]
fn a_number_that_no_member_has_is_a_bad_argument() {
    let stub = Stub::new();
    // SAFETY: the buffers are empty.
    unsafe {
        assert_eq!(http::WinHttpWebSocketSend::<Guard, _>(&stub, handle(1), 99, ptr::null_mut(), 0), 87);
        let mut size = 0;
        let code = web::WebSocketGetGlobalProperty::<Guard, _>(&stub, -1, ptr::null_mut(), &raw mut size);
        assert_eq!(code, HResult::E_INVALIDARG.0);
    }
    assert_eq!(stub.calls(), [""; 0]);
}
