//! A client that is written for Windows with windows-sys, and nothing else: it connects, says hello, shows the answer, closes.
//!
//! ```console
//! $ PKG_CONFIG_PATH=PREFIX/lib/pkgconfig cargo run -- 127.0.0.1 9001 /chat
//! ```

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, GetLastError, GlobalFree};
use windows_sys::Win32::Networking::WinHttp::*;

/// A string of UTF-16, which ends with a zero.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// What a call returned, if that is not `NULL` or `FALSE`.
fn check<T: PartialEq + Default>(what: &str, value: T) -> Result<T, String> {
    // SAFETY: the function has no pointers.
    if value == T::default() { Err(format!("{what} failed with {}", unsafe { GetLastError() })) } else { Ok(value) }
}

fn handle(what: &str, handle: *mut c_void) -> Result<*mut c_void, String> {
    check(what, handle as usize).map(|_| handle)
}

fn code(what: &str, code: u32) -> Result<(), String> {
    if code == ERROR_SUCCESS { Ok(()) } else { Err(format!("{what} failed with {code}")) }
}

/// # Safety
///
/// The handles are those that the functions have returned, and each pointer leads to a variable of this function.
unsafe fn talk(host: &str, port: u16, path: &str) -> Result<(), String> {
    unsafe {
        let session = WinHttpOpen(wide("windows-sys-client/1.0").as_ptr(), WINHTTP_ACCESS_TYPE_NO_PROXY, null(), null(), 0);
        let session = handle("WinHttpOpen", session)?;
        let connection = handle("WinHttpConnect", WinHttpConnect(session, wide(host).as_ptr(), port, 0))?;
        let request = WinHttpOpenRequest(connection, null(), wide(path).as_ptr(), null(), null(), null(), 0);
        let request = handle("WinHttpOpenRequest", request)?;
        check("WinHttpSetOption", WinHttpSetOption(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, null(), 0))?;
        check("WinHttpSendRequest", WinHttpSendRequest(request, null(), 0, null(), 0, 0, 0))?;
        check("WinHttpReceiveResponse", WinHttpReceiveResponse(request, null_mut()))?;
        let socket = handle("WinHttpWebSocketCompleteUpgrade", WinHttpWebSocketCompleteUpgrade(request, 0))?;
        for handle in [request, connection, session] {
            check("WinHttpCloseHandle", WinHttpCloseHandle(handle))?;
        }

        let hello = "hello";
        let sent = WinHttpWebSocketSend(
            socket,
            WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
            hello.as_ptr().cast(),
            hello.len() as u32,
        );
        code("WinHttpWebSocketSend", sent)?;
        let (mut answer, mut length, mut kind) = ([0_u8; 1024], 0, 0);
        let received =
            WinHttpWebSocketReceive(socket, answer.as_mut_ptr().cast(), answer.len() as u32, &mut length, &mut kind);
        code("WinHttpWebSocketReceive", received)?;
        println!("{}", String::from_utf8_lossy(&answer[..length as usize]));

        code("WinHttpWebSocketClose", WinHttpWebSocketClose(socket, 1000, null(), 0))?;
        let (mut status, mut reason, mut length) = (0, [0_u8; 123], 0);
        let queried = WinHttpWebSocketQueryCloseStatus(
            socket,
            &mut status,
            reason.as_mut_ptr().cast(),
            reason.len() as u32,
            &mut length,
        );
        code("WinHttpWebSocketQueryCloseStatus", queried)?;
        println!("closed with {status} {:?}", String::from_utf8_lossy(&reason[..length as usize]));
        check("WinHttpCloseHandle", WinHttpCloseHandle(socket))?;
    }
    Ok(())
}

/// The proxy of the user, whose strings are the caller's to free.
fn proxy() -> Option<String> {
    let mut config = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG::default();
    // SAFETY: the structure is written to; its strings end with a zero, and are freed once.
    unsafe {
        if WinHttpGetIEProxyConfigForCurrentUser(&mut config) == 0 || config.lpszProxy.is_null() {
            return None;
        }
        let length = (0..).take_while(|&at| *config.lpszProxy.add(at) != 0).count();
        let proxy = String::from_utf16_lossy(std::slice::from_raw_parts(config.lpszProxy, length));
        for text in [config.lpszProxy, config.lpszProxyBypass, config.lpszAutoConfigUrl] {
            GlobalFree(text.cast());
        }
        Some(proxy)
    }
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, port, path] = &arguments[..] else { return Err("usage: windows-sys-client HOST PORT PATH".to_owned()) };
    if let Some(proxy) = proxy() {
        println!("the proxy {proxy} is not used");
    }
    let port = port.parse().map_err(|_| format!("{port} is no port"))?;
    // SAFETY: the function is about its own variables.
    unsafe { talk(host, port, path) }
}
