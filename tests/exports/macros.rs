//! The macros give the functions their C names: what is called here is what a linker finds under those.

use std::ptr;

use winws_api::{webservices, websocket, winhttp};

use crate::stub::{Guard, Stub, bytes, handle, last_error, utf16, utf32};

static STUB: Stub = Stub::new();

winws_api::export_winhttp_session!(&crate::macros::STUB, crate::stub::Guard);
winws_api::export_winhttp_request!(&STUB, Guard);
winws_api::export_winhttp_web_socket!(&STUB, Guard);
winws_api::export_websocket_handles!(&STUB, Guard);
winws_api::export_websocket_handshake!(&STUB, Guard);
winws_api::export_websocket_transfer!(&STUB, Guard);
winws_api::export_webservices_channels!(&STUB, Guard);
winws_api::export_webservices_error_objects!(&STUB, Guard);

#[test]
fn functions_of_every_family_have_their_c_names() {
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
