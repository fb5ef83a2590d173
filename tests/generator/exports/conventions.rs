//! How each kind of function tells success and failure, and that no panic leaves it.

use std::ptr;

use winws_api::HResult;
use winws_api::webservices::{exports as ws, sys as ws_sys};
use winws_api::websocket::exports as web;
use winws_api::winhttp::{exports as http, sys as http_sys};

use super::stub::{Guard, PANIC, Stub, handle, last_error, utf16};

#[test]
fn a_function_that_returns_nothing_calls() {
    let stub = Stub::new();
    // SAFETY: nobody looks into them.
    unsafe {
        web::WebSocketAbortHandle::<Guard, _>(&stub, handle(7));
        web::WebSocketDeleteHandle::<Guard, _>(&stub, handle(8));
        web::WebSocketCompleteAction::<Guard, _>(&stub, handle(9), ptr::null_mut(), 5);
        ws::WsFreeChannel::<Guard, _>(&stub, ptr::dangling_mut());
        web::WebSocketAbortHandle::<Guard, _>(&Stub::panicking(), handle(7));
    }
    assert_eq!(stub.calls(), ["abort_handle 7", "delete_handle 8", "complete_action 9 null 5", "free_channel there"]);
}

#[test]
fn a_bool_and_the_last_error() {
    let close = |stub: &Stub| {
        // SAFETY: a handle is no pointer.
        let done = unsafe { http::WinHttpCloseHandle::<Guard, _>(stub, handle(3)) };
        (done, last_error())
    };
    assert_eq!(close(&Stub::failing(6)), (0, 6));
    assert_eq!(close(&Stub::failing(55555)), (0, 55555));
    assert_eq!(close(&Stub::panicking()), (0, PANIC));
    let stub = Stub::new();
    assert_eq!(close(&stub), (1, 0));
    assert_eq!(stub.call(), "close_handle 3");
}

#[test]
fn a_handle_and_the_last_error() {
    let server = utf16("example.org");
    let connect = |stub: &Stub, session: usize| {
        // SAFETY: the name ends with a zero.
        let connection =
            unsafe { http::WinHttpConnect::<Guard, _, u16>(stub, handle(session), server.as_ptr(), 443, 0) };
        (connection.addr(), last_error())
    };
    assert_eq!(connect(&Stub::failing(12002), 5), (0, 12002));
    assert_eq!(connect(&Stub::panicking(), 5), (0, PANIC));
    let stub = Stub::new();
    assert_eq!(connect(&stub, 5), (6, 0));
    assert_eq!(stub.call(), "connect 5 \"example.org\" 443 0");
    // Every number is a handle.
    assert_eq!(connect(&stub, 0), (1, 0));
    assert_eq!(connect(&stub, usize::MAX - 1), (usize::MAX, 0));
}

#[test]
fn a_handle_comes_out() {
    let stub = Stub::new();
    let mut socket = ptr::null_mut();
    // SAFETY: the output is a variable.
    unsafe {
        assert_eq!(web::WebSocketCreateServerHandle::<Guard, _>(&stub, ptr::null_mut(), 0, &raw mut socket), 0);
        web::WebSocketAbortHandle::<Guard, _>(&stub, socket);
    }
    assert_eq!(socket.addr(), 52);
    assert_eq!(stub.calls(), ["create_server_handle 0", "abort_handle 52"]);
}

#[test]
fn a_callback_goes_in_and_comes_out() {
    unsafe extern "system" fn told(_: http_sys::HINTERNET, _: usize, _: u32, _: *mut std::ffi::c_void, _: u32) {}
    let callback: http_sys::WINHTTP_STATUS_CALLBACK = Some(told);
    let set = |stub: &Stub, callback| {
        // SAFETY: the stub does not call it.
        unsafe { http::WinHttpSetStatusCallback::<Guard, _, u16>(stub, handle(1), callback, 2, 0) }
    };
    let stub = Stub::new();
    assert_eq!(set(&stub, callback).map(|told| told as usize), callback.map(|told| told as usize));
    assert_eq!(stub.call(), "set_status_callback u16 1 there 2 0");
    assert!(set(&stub, None).is_none());
    assert_eq!(stub.call(), "set_status_callback u16 1 null 2 0");
    // None before is no failure.
    assert_eq!(set(&Stub::failing(12018), callback).map(|told| (told as usize).cast_signed()), Some(-1));
    assert_eq!(last_error(), 12018);
}

#[test]
fn a_code() {
    let close = |stub: &Stub| {
        // SAFETY: there is no reason.
        unsafe { http::WinHttpWebSocketClose::<Guard, _>(stub, handle(1), 1000, ptr::null_mut(), 0) }
    };
    let stub = Stub::new();
    assert_eq!(close(&stub), 0);
    assert_eq!(stub.call(), "web_socket_close 1 1000 []");
    assert_eq!(close(&Stub::failing(12030)), 12030);
    assert_eq!(close(&Stub::panicking()), PANIC);
}

#[test]
fn an_hresult_and_a_success_that_is_not_plain() {
    let context = ws_sys::WS_ASYNC_CONTEXT { callback: None, callbackState: ptr::null_mut() };
    let close = |stub: &Stub, context: *const ws_sys::WS_ASYNC_CONTEXT| {
        // SAFETY: the context is a variable or null, and nobody looks into the channel.
        let code = unsafe { ws::WsCloseChannel::<Guard, _>(stub, ptr::dangling_mut(), context, ptr::null_mut()) };
        HResult(code)
    };
    let stub = Stub::new();
    assert_eq!(close(&stub, ptr::null()), HResult(0));
    assert_eq!(stub.call(), "close_channel there false null");
    let stub = Stub::later();
    assert_eq!(close(&stub, &raw const context), HResult::WS_S_ASYNC);
    assert_eq!(stub.call(), "close_channel there true null");
    let failing = |code: HResult| close(&Stub::failing(code.0.cast_unsigned()), ptr::null());
    assert_eq!(failing(HResult::WS_E_OPERATION_ABORTED), HResult::WS_E_OPERATION_ABORTED);
    assert_eq!(failing(HResult(-5)), HResult(-5));
    assert_eq!(close(&Stub::panicking(), ptr::null()), HResult::E_FAIL);
}
