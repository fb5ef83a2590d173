//! Strings of every kind of unit, ended by a zero or by a length, and what is no string.

use std::ffi::c_char;
use std::ptr;

use winws_api::ffi::{self, BadArgument, Length};
use winws_api::websocket::exports as web;
use winws_api::winhttp::exports as http;
use winws_api::{HResult, WideChar};

use super::stub::{Guard, Stub, bytes, handle, last_error, utf16, utf32};

/// What a runtime gets as the agent.
fn agent<U: WideChar>(units: *const U) -> Option<String> {
    let stub = Stub::new();
    // SAFETY: the tests pass strings that end with a zero.
    let session = unsafe { http::WinHttpOpen::<Guard, _, U>(&stub, units, 0, ptr::null(), ptr::null(), 0) };
    (!session.is_null()).then(|| stub.call())
}

/// What a runtime gets as the headers to add.
fn headers<U: WideChar>(units: *const U, length: u32) -> Option<String> {
    let stub = Stub::new();
    // SAFETY: the tests pass strings of that length.
    let done = unsafe { http::WinHttpAddRequestHeaders::<Guard, _, U>(&stub, handle(1), units, length, 2) };
    if done == 0 {
        assert_eq!(last_error(), 87);
        assert_eq!(stub.calls(), [""; 0]);
        return None;
    }
    Some(stub.call().strip_prefix("add_request_headers 1 ").unwrap().strip_suffix(" 2").unwrap().to_owned())
}

const TEXT: &str = "Zürich 𝄞 1.0";

#[test]
fn wide_strings_have_units_of_two_or_four_bytes() {
    let expected = Some(format!("open Some({TEXT:?}) 0 None None 0"));
    assert_eq!(agent(utf16(TEXT).as_ptr()), expected);
    assert_eq!(agent(utf32(TEXT).as_ptr()), expected);
    assert_eq!(agent(utf16("").as_ptr()), Some("open Some(\"\") 0 None None 0".to_owned()));
}

#[test]
fn strings_of_bytes_are_utf_8() {
    // SAFETY: both are strings that end with a zero.
    unsafe {
        assert_eq!(ffi::text(bytes(TEXT).as_ptr()), Ok(Some(TEXT.to_owned())));
        let cut = [0xC3_u8, 0].map(|byte| c_char::from_ne_bytes([byte]));
        assert_eq!(ffi::text(cut.as_ptr()), Err(BadArgument));
    }
}

#[test]
fn a_length_of_minus_one_means_up_to_the_zero() {
    for text in ["a: b", "", TEXT] {
        assert_eq!(headers(utf16(text).as_ptr(), u32::MAX), Some(format!("{text:?}")));
        assert_eq!(headers(utf32(text).as_ptr(), u32::MAX), Some(format!("{text:?}")));
    }
    let (text, units) = (Ok(Some("ab".to_owned())), utf16("ab"));
    // SAFETY: it ends with a zero.
    unsafe {
        assert_eq!(ffi::text_of(units.as_ptr(), -1_i32, Length::UNKNOWN), text);
        assert_eq!(ffi::text_of(units.as_ptr(), usize::MAX, Length::UNKNOWN), text);
        assert_eq!(ffi::text_of(units.as_ptr(), 2_u16, Length::UNKNOWN), text);
        assert_eq!(ffi::text_of(units.as_ptr(), -2_i32, Length::UNKNOWN), Err(BadArgument));
    }
}

#[test]
fn a_length_counts_zeros_and_needs_none_at_the_end() {
    let units: Vec<u16> = "a\0b".encode_utf16().collect();
    assert_eq!(headers(units.as_ptr(), 3), Some("\"a\\0b\"".to_owned()));
    assert_eq!(headers(units.as_ptr(), 1), Some("\"a\"".to_owned()));
    // specs/overrides.toml: both say that the headers end with a zero.
    assert_eq!(headers(units.as_ptr(), 0), Some("\"a\"".to_owned()));
    assert_eq!(headers(units.as_ptr(), u32::MAX), Some("\"a\"".to_owned()));
    // SAFETY: nothing is read of a string without units, and the others have no more than the array.
    unsafe {
        assert_eq!(ffi::text_of(units.as_ptr(), 0_u32, Length::UNKNOWN), Ok(Some(String::new())));
        assert_eq!(ffi::text_of(units.as_ptr(), 0_u32, [7, 0]), Ok(Some("a".to_owned())));
        assert_eq!(ffi::text_of(units.as_ptr(), 3_u32, [0, u32::MAX]), Ok(Some("a\0b".to_owned())));
    }
}

#[test]
fn a_length_that_cuts_a_surrogate_pair_is_no_string() {
    let units = utf16("𝄞");
    assert_eq!(headers(units.as_ptr(), 2), Some("\"𝄞\"".to_owned()));
    assert_eq!(headers(units.as_ptr(), 1), None);
}

#[test]
fn unpaired_surrogates_and_numbers_that_are_no_characters_are_bad_arguments() {
    for units in [[0xD834_u16, 0], [0xDD1E, 0]] {
        assert_eq!(agent(units.as_ptr()), None);
        assert_eq!(last_error(), 87);
    }
    assert_eq!(agent([0xDD1E_u16, 0xD834, 0].as_ptr()), None);
    for units in [[0xD834_u32, 0], [0x11_0000, 0], [u32::MAX, 0]] {
        assert_eq!(agent(units.as_ptr()), None);
        assert_eq!(last_error(), 87);
    }
    let stub = Stub::new();
    let bad = [0xFF_u8, 0].map(|byte| c_char::from_ne_bytes([byte]));
    let (mut out, mut count) = (ptr::null_mut(), 0);
    // SAFETY: the string ends with a zero, and the outputs are variables.
    let code = unsafe {
        web::WebSocketBeginServerHandshake::<Guard, _>(
            &stub,
            handle(1),
            bad.as_ptr(),
            ptr::null_mut(),
            0,
            ptr::null(),
            0,
            &raw mut out,
            &raw mut count,
        )
    };
    assert_eq!((code, count), (HResult::E_INVALIDARG.0, 0));
    assert!(out.is_null());
    assert_eq!(stub.calls(), [""; 0]);
}

#[test]
fn an_optional_string_may_be_null_and_a_required_one_not() {
    assert_eq!(agent(ptr::null::<u16>()), Some("open None 0 None None 0".to_owned()));
    let stub = Stub::new();
    // SAFETY: the string is null.
    let connection = unsafe { http::WinHttpConnect::<Guard, _, u16>(&stub, handle(1), ptr::null(), 80, 0) };
    assert!(connection.is_null());
    assert_eq!(last_error(), 87);
    assert_eq!(stub.calls(), [""; 0]);
    for length in [0, 1, u32::MAX] {
        assert_eq!(headers(ptr::null::<u16>(), length), None, "{length}");
    }
}

#[test]
fn an_optional_string_that_is_null_has_no_length() {
    let send = |length| {
        let stub = Stub::new();
        // SAFETY: both pointers are null.
        let done = unsafe {
            http::WinHttpSendRequest::<Guard, _, u16>(&stub, handle(1), ptr::null(), length, ptr::null_mut(), 0, 0, 9)
        };
        (done == 1).then(|| stub.call())
    };
    assert_eq!(send(0), Some("send_request 1 None [] 0 9".to_owned()));
    assert_eq!(send(u32::MAX), send(0));
    assert_eq!(send(5), None);
    assert_eq!(last_error(), 87);
}

/// What a runtime gets as the types that are accepted.
fn accepted<U: WideChar>(list: *mut *const U) -> Option<String> {
    let (stub, none) = (Stub::new(), ptr::null());
    // SAFETY: the list ends with a null pointer.
    let request = unsafe { http::WinHttpOpenRequest::<Guard, _, U>(&stub, handle(1), none, none, none, none, list, 0) };
    (!request.is_null()).then(|| stub.call().strip_prefix("open_request 1 None None None None ").unwrap().to_owned())
}

#[test]
fn a_list_ends_with_a_null_pointer() {
    let (first, second, bad) = (utf16("text/html"), utf16("𝄞"), [0xD834_u16, 0]);
    let mut list = [first.as_ptr(), second.as_ptr(), ptr::null(), bad.as_ptr()];
    assert_eq!(accepted(list.as_mut_ptr()), Some("[\"text/html\", \"𝄞\"] 0".to_owned()));
    assert_eq!(accepted([ptr::null::<u16>()].as_mut_ptr()), Some("[] 0".to_owned()));
    assert_eq!(accepted::<u16>(ptr::null_mut()), Some("[] 0".to_owned()));
    assert_eq!(accepted([first.as_ptr(), bad.as_ptr(), ptr::null()].as_mut_ptr()), None);
    let (first, second) = (utf32("text/html"), utf32("𝄞"));
    let mut list = [first.as_ptr(), second.as_ptr(), ptr::null()];
    assert_eq!(accepted(list.as_mut_ptr()), Some("[\"text/html\", \"𝄞\"] 0".to_owned()));
}

#[test]
fn a_list_has_as_many_strings_as_its_count_says() {
    let (first, second) = (bytes("chat"), bytes("größer"));
    let mut list = [first.as_ptr(), second.as_ptr()];
    let begin = |list: *mut *const c_char, count: u32| {
        let stub = Stub::new();
        let (mut out, mut outs) = (ptr::null_mut(), 0);
        // SAFETY: the list has so many strings, and the outputs are variables.
        let code = unsafe {
            web::WebSocketBeginClientHandshake::<Guard, _>(
                &stub,
                handle(1),
                list,
                count,
                ptr::null_mut(),
                0,
                ptr::null(),
                0,
                &raw mut out,
                &raw mut outs,
            )
        };
        if code == 0 { Ok(stub.call()) } else { Err(HResult(code)) }
    };
    assert_eq!(begin(list.as_mut_ptr(), 2).as_deref(), Ok("begin_client_handshake 1 [\"chat\", \"größer\"] [] 0"));
    assert_eq!(begin(list.as_mut_ptr(), 1).as_deref(), Ok("begin_client_handshake 1 [\"chat\"] [] 0"));
    assert_eq!(begin(list.as_mut_ptr(), 0).as_deref(), Ok("begin_client_handshake 1 [] [] 0"));
    assert_eq!(begin(ptr::null_mut(), 0).as_deref(), Ok("begin_client_handshake 1 [] [] 0"));
    assert_eq!(begin(ptr::null_mut(), 1), Err(HResult::E_INVALIDARG));
    // A string of a counted list that is missing.
    assert_eq!(begin([first.as_ptr(), ptr::null()].as_mut_ptr(), 2), Err(HResult::E_INVALIDARG));
}
