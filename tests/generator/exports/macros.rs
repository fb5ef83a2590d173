//! The macros give the functions their C names: what is called here is what a linker finds under those.

use std::ptr;
use std::sync::{Mutex, PoisonError};

use winws_api::{webservices, websocket, winhttp};

use super::stub::{Guard, Stub, bytes, handle, last_error, utf16, utf32};

static STUB: Stub = Stub::new();

/// Whose turn it is: there is one runtime for all tests here.
static TURN: Mutex<()> = Mutex::new(());

winws_api::export_winhttp_session!(&crate::exports::macros::STUB, crate::exports::stub::Guard);
winws_api::export_winhttp_request!(&STUB, Guard);
winws_api::export_winhttp_web_socket!(&STUB, Guard);
winws_api::export_websocket_handles!(&STUB, Guard);
winws_api::export_websocket_handshake!(&STUB, Guard);
winws_api::export_websocket_transfer!(&STUB, Guard);
winws_api::export_webservices_channels!(&STUB, Guard);
winws_api::export_webservices_error_objects!(&STUB, Guard);

#[test]
fn functions_of_every_family_have_their_c_names() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (agent, none) = (utf16("agent"), ptr::null());
    let mut socket = ptr::null_mut();
    // SAFETY: the strings end with zeros, outputs are variables, and the rest is null.
    unsafe {
        let session = winhttp::sys::WinHttpOpen(agent.as_ptr(), 1, none, none, 0);
        assert_eq!(session.addr(), 41);
        assert_eq!(winhttp::sys::WinHttpCloseHandle(session), 1);
        assert_eq!(winhttp::sys::WinHttpWebSocketSend(session, 2, ptr::null_mut(), 1), 87);
        assert!(winhttp::sys::WinHttpConnect(session, none, 0, 0).is_null());
        assert_eq!(last_error(), 87);
        assert_eq!(websocket::sys::WebSocketCreateServerHandle(ptr::null_mut(), 0, &raw mut socket), 0);
        webservices::sys::WsFreeError(ptr::null_mut());
    }
    assert_eq!(
        STUB.calls(),
        ["open Some(\"agent\") 1 None None 0", "close_handle 41", "create_server_handle 0", "free_error null"]
    );
    // Functions with wide strings have a second name, under which their units have four bytes.
    let (wide, narrow) = (utf32("agent"), bytes("chat"));
    let mut headers = ptr::null_mut();
    let (mut list, mut count) = ([narrow.as_ptr()], 0);
    // SAFETY: the strings end with zeros, and outputs are variables.
    unsafe {
        assert_eq!(WinHttpOpen_w32(wide.as_ptr(), 1, ptr::null(), ptr::null(), 0).addr(), 41);
        let code = WebSocketBeginClientHandshake(
            handle(5),
            list.as_mut_ptr(),
            1,
            ptr::null_mut(),
            0,
            ptr::null(),
            0,
            &raw mut headers,
            &raw mut count,
        );
        assert_eq!(code, 0);
    }
    assert_eq!(STUB.calls(), ["open Some(\"agent\") 1 None None 0", "begin_client_handshake 5 [\"chat\"] [] 0"]);
}

#[test]
fn a_runtime_knows_the_units_that_no_type_shows() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let none = ptr::null_mut();
    let mut length = 0;
    // SAFETY: outputs are variables, and the rest is null or never looked at.
    unsafe {
        winhttp::sys::WinHttpSetOption(handle(1), 2, none, 0);
        WinHttpSetOption_w32(handle(1), 2, none, 0);
        winhttp::sys::WinHttpQueryOption(handle(1), 2, none, &raw mut length);
        WinHttpQueryOption_w32(handle(1), 2, none, &raw mut length);
        winhttp::sys::WinHttpSetStatusCallback(handle(1), None, 2, 0);
        WinHttpSetStatusCallback_w32(handle(1), None, 2, 0);
        let channel = ptr::dangling_mut();
        webservices::sys::WsSetChannelProperty(channel, 1, ptr::null(), 0, ptr::null_mut());
        WsSetChannelProperty_w32(channel, 1, ptr::null(), 0, ptr::null_mut());
        let address = webservices::EndpointAddress::<u32>::default();
        WsOpenChannel_w32(channel, &raw const address, ptr::null(), ptr::null_mut());
    }
    assert_eq!(
        STUB.calls(),
        [
            "set_option u16 1 2 []",
            "set_option u32 1 2 []",
            "query_option u16 1 2 0 0",
            "query_option u32 1 2 0 77",
            "set_status_callback u16 1 null 2 0",
            "set_status_callback u32 1 null 2 0",
            "set_channel_property u16 there WS_CHANNEL_PROPERTY_MAX_STREAMED_MESSAGE_SIZE [] null",
            "set_channel_property u32 there WS_CHANNEL_PROPERTY_MAX_STREAMED_MESSAGE_SIZE [] null",
            "open_channel there 0 false null",
        ]
    );
}
