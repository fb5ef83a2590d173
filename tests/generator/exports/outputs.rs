//! Outputs: written on success, untouched on failure except where a page says otherwise.

use std::ptr;

use winws_api::webservices::{exports as ws, sys as ws_sys};
use winws_api::websocket::{exports as web, sys as web_sys};
use winws_api::winhttp::exports as http;
use winws_api::{HResult, Win32Error};

use super::pointers::zeroed_components;
use super::stub::{BEFORE, Guard, Stub, WRITTEN, handle, last_error, utf16};

const INSUFFICIENT: u32 = Win32Error::ERROR_INSUFFICIENT_BUFFER.0;
const INTERNAL: u32 = Win32Error::ERROR_WINHTTP_INTERNAL_ERROR.0;

/// The length of the buffer and the index after a query that ends with a code.
fn query_headers(code: u32) -> (i32, u32, u32) {
    let stub = Stub::failing(code);
    let (mut buffer, mut length, mut index) = ([0_u8; 16], 16, BEFORE);
    // SAFETY: all are variables.
    let done = unsafe {
        http::WinHttpQueryHeaders::<Guard, _, u16>(
            &stub,
            handle(1),
            22,
            ptr::null(),
            buffer.as_mut_ptr().cast(),
            &raw mut length,
            &raw mut index,
        )
    };
    assert_eq!(stub.call(), format!("query_headers u16 1 22 None 16 16 Some({BEFORE})"));
    assert_eq!(last_error(), code);
    (done, length, index)
}

#[test]
fn outputs_are_written_on_success_and_on_the_failures_that_the_page_names() {
    assert_eq!(query_headers(0), (1, WRITTEN, WRITTEN));
    // The needed length is written, the index is not.
    assert_eq!(query_headers(INSUFFICIENT), (0, WRITTEN, BEFORE));
    assert_eq!(query_headers(INTERNAL), (0, 16, BEFORE));
    assert_eq!(query_headers(55555), (0, 16, BEFORE));
}

#[test]
fn a_length_that_goes_in_and_out_may_come_without_its_buffer() {
    let stub = Stub::failing(INSUFFICIENT);
    let mut length = 5;
    // SAFETY: the length is a variable.
    unsafe {
        let done = http::WinHttpQueryOption::<Guard, _, u16>(&stub, handle(1), 2, ptr::null_mut(), &raw mut length);
        assert_eq!((done, length, last_error()), (0, WRITTEN, INSUFFICIENT));
        assert_eq!(stub.call(), "query_option u16 1 2 0 5");
        let mut buffer = [0_u8; 4];
        let buffer = buffer.as_mut_ptr().cast();
        let done = http::WinHttpQueryOption::<Guard, _, u16>(&stub, handle(1), 2, buffer, ptr::null_mut());
        assert_eq!((done, last_error()), (0, 87));
    }
    assert_eq!(stub.calls(), [""; 0]);
}

#[test]
fn optional_outputs_may_be_null() {
    let stub = Stub::new();
    let mut length = 0;
    // SAFETY: the length is a variable, the rest is null.
    unsafe {
        let (none, index) = (ptr::null_mut(), ptr::null_mut());
        let query = http::WinHttpQueryHeaders::<Guard, _, u16>;
        assert_eq!(query(&stub, handle(1), 0, ptr::null(), none, &raw mut length, index), 1);
        assert_eq!(stub.call(), "query_headers u16 1 0 None 0 0 None");
        assert_eq!(http::WinHttpQueryDataAvailable::<Guard, _>(&stub, handle(1), ptr::null_mut()), 1);
        assert_eq!(stub.call(), "query_data_available 1 false");
    }
}

#[test]
fn some_are_written_whatever_goes_wrong() {
    for (code, after) in [(0, WRITTEN), (INTERNAL, WRITTEN), (6, WRITTEN), (87, WRITTEN), (55555, 0)] {
        let stub = Stub::failing(code);
        let (mut buffer, mut read) = ([0_u8; 2], BEFORE);
        // SAFETY: both are variables.
        unsafe {
            let buffer = buffer.as_mut_ptr().cast();
            http::WinHttpReadData::<Guard, _>(&stub, handle(1), buffer, 2, &raw mut read);
        }
        assert_eq!(read, after, "{code}");
        // What C's variable held goes nowhere: it only comes out.
        assert_eq!(stub.call(), "read_data 1 2 Some(0)");
    }
}

#[test]
fn a_write_says_how_much_although_it_fails() {
    // The count is set to 0 before any check, and a code of no page writes nothing more.
    for (code, after) in [(0, WRITTEN), (6, WRITTEN), (87, WRITTEN), (55555, 0)] {
        let stub = Stub::failing(code);
        let mut written = BEFORE;
        // SAFETY: the buffer is three bytes long, and the count is a variable.
        unsafe {
            http::WinHttpWriteData::<Guard, _>(&stub, handle(1), b"abc".as_ptr().cast(), 3, &raw mut written);
        }
        assert_eq!(written, after, "{code}");
        assert_eq!(stub.call(), "write_data 1 [97, 98, 99] Some(0)");
        // SAFETY: the buffer may be null with a length of 0, and so may the count.
        unsafe { http::WinHttpWriteData::<Guard, _>(&stub, handle(1), ptr::null(), 0, ptr::null_mut()) };
        assert_eq!(stub.call(), "write_data 1 [] None");
    }
}

#[test]
fn the_offered_schemes_come_together_or_not_at_all() {
    for (code, after) in [(0, (9, 8, 1)), (4317, (BEFORE, BEFORE, BEFORE))] {
        let stub = Stub::failing(code);
        let (mut offered, mut first, mut target) = (BEFORE, BEFORE, BEFORE);
        // SAFETY: all three are variables.
        unsafe {
            let (offered, first, target) = (&raw mut offered, &raw mut first, &raw mut target);
            http::WinHttpQueryAuthSchemes::<Guard, _>(&stub, handle(1), offered, first, target);
        }
        assert_eq!((offered, first, target), after, "{code}");
    }
}

#[test]
fn the_close_status_comes_although_the_reason_does_not_fit() {
    for (code, after) in [(0, (1000, WRITTEN)), (INSUFFICIENT, (1000, WRITTEN)), (4317, (9, BEFORE))] {
        let stub = Stub::failing(code);
        let (mut status, mut needed) = (9, BEFORE);
        // SAFETY: both are variables, and the buffer is empty.
        let result = unsafe {
            let (status, needed) = (&raw mut status, &raw mut needed);
            http::WinHttpWebSocketQueryCloseStatus::<Guard, _>(&stub, handle(1), status, ptr::null_mut(), 0, needed)
        };
        assert_eq!((result, (status, needed)), (code, after));
    }
}

#[test]
fn a_structure_goes_in_and_out() {
    let url = utf16("http://host/");
    for (code, after) in [(0, WRITTEN), (INSUFFICIENT, WRITTEN), (12006, 3)] {
        let stub = Stub::failing(code);
        let mut components = zeroed_components();
        components.dwHostNameLength = 3;
        // SAFETY: the URL ends with a zero, and the components are a variable.
        unsafe {
            http::WinHttpCrackUrl::<Guard, _, u16>(&stub, url.as_ptr(), 11, 0, (&raw mut components).cast());
        }
        assert_eq!(components.dwHostNameLength, after, "{code}");
        assert_eq!(stub.call(), "crack_url \"http://host\" 0 3");
    }
}

#[test]
fn a_structure_that_only_goes_out_need_not_hold_anything() {
    let stub = Stub::new();
    let mut string = ws_sys::WS_STRING { length: BEFORE, chars: ptr::dangling_mut() };
    // SAFETY: the string is a variable.
    let code = unsafe { ws::WsGetErrorString::<Guard, _, u16>(&stub, ptr::null_mut(), 4, (&raw mut string).cast()) };
    assert_eq!((code, string.length), (0, 7));
    assert_eq!(stub.call(), "get_error_string null 4");
}

#[test]
fn a_list_is_as_long_as_its_count_says_and_the_count_comes_back() {
    // Outputs that are written even when an argument is not valid hold nothing old after any failure. One that goes in too
    // stays as it was, if its page does not have the code.
    for (failure, after) in [(0, WRITTEN), (HResult::E_FAIL.0, 2)] {
        let stub = Stub::failing(failure.cast_unsigned());
        let empty = web_sys::WEB_SOCKET_BUFFER_Data { pbBuffer: ptr::null_mut(), ulBufferLength: 0 };
        let mut buffers = [web_sys::WEB_SOCKET_BUFFER { Data: empty }; 3];
        let (mut count, mut action, mut kind) = (2, -1, -1);
        let (mut application, mut context) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: all are variables, and there is room for more than two buffers.
        let code = unsafe {
            web::WebSocketGetAction::<Guard, _>(
                &stub,
                handle(1),
                web_sys::WEB_SOCKET_ALL_ACTION_QUEUE,
                buffers.as_mut_ptr(),
                &raw mut count,
                &raw mut action,
                &raw mut kind,
                &raw mut application,
                &raw mut context,
            )
        };
        assert_eq!(stub.call(), "get_action 1 WEB_SOCKET_ALL_ACTION_QUEUE 2 2 true");
        assert_eq!((code, count), (failure, after));
        assert_eq!((action, kind), if failure == 0 { (1, 2) } else { (0, 0) });
        assert_eq!((application.is_null(), context.is_null()), (failure != 0, failure != 0));
        // SAFETY: nothing else was written to it.
        let lengths = buffers.map(|buffer| unsafe { buffer.Data.ulBufferLength });
        assert_eq!(lengths, [WRITTEN, WRITTEN, 0]);
    }
}

#[test]
fn a_list_without_its_count_is_refused() {
    let stub = Stub::new();
    let mut extensions = [BEFORE; 2];
    // SAFETY: the list is a variable.
    unsafe {
        let (list, none) = (extensions.as_mut_ptr(), ptr::null_mut());
        let code = web::WebSocketEndClientHandshake::<Guard, _>(&stub, handle(1), ptr::null(), 0, list, none, none);
        assert_eq!(code, HResult::E_INVALIDARG.0);
    }
    assert_eq!(extensions, [BEFORE; 2]);
    assert_eq!(stub.calls(), [""; 0]);
}

/// The code, and both outputs after a call; `null` says which of them is a null pointer.
fn begin_client_handshake(stub: &Stub, null: [bool; 2]) -> (i32, bool, u32) {
    let (mut headers, mut count) = (ptr::null_mut(), BEFORE);
    let at_headers = if null[0] { ptr::null_mut() } else { &raw mut headers };
    let at_count = if null[1] { ptr::null_mut() } else { &raw mut count };
    let none = ptr::null_mut();
    // SAFETY: the outputs are variables or null, and the lists are empty.
    let code = unsafe {
        let begin = web::WebSocketBeginClientHandshake::<Guard, _>;
        begin(stub, handle(1), none, 0, none, 0, ptr::null(), 0, at_headers, at_count)
    };
    (code, headers.is_null(), count)
}

#[test]
fn what_a_method_returns_is_written_on_success_only() {
    assert_eq!(begin_client_handshake(&Stub::new(), [false; 2]), (0, false, WRITTEN));
    let failure = HResult::E_FAIL.0;
    let stub = Stub::failing(failure.cast_unsigned());
    assert_eq!(begin_client_handshake(&stub, [false; 2]), (failure, true, BEFORE));
    assert_eq!(begin_client_handshake(&Stub::panicking(), [false; 2]), (failure, true, BEFORE));
}

#[test]
fn each_output_that_a_method_returns_must_be_there() {
    let stub = Stub::new();
    for null in [[true, false], [false, true], [true; 2]] {
        assert_eq!(begin_client_handshake(&stub, null), (HResult::E_INVALIDARG.0, true, BEFORE));
    }
    assert_eq!(stub.calls(), [""; 0]);
}

#[test]
fn a_required_output_must_be_there() {
    let stub = Stub::new();
    // SAFETY: everything is null.
    unsafe {
        let code = web::WebSocketCreateServerHandle::<Guard, _>(&stub, ptr::null_mut(), 0, ptr::null_mut());
        assert_eq!(code, HResult::E_INVALIDARG.0);
        let code = ws::WsCreateError::<Guard, _>(&stub, ptr::null(), 0, ptr::null_mut());
        assert_eq!(code, HResult::E_INVALIDARG.0);
    }
    assert_eq!(stub.calls(), [""; 0]);
}
