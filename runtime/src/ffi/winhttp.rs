//! The WebSocket functions of winhttp.h under their C names and signatures.

#![allow(non_snake_case, reason = "functions and parameters have their C names")]

use std::ffi::c_void;
use std::ptr;

use winws_api::Win32Error;
use winws_api::winhttp::{WebSocket as _, WebSocketBufferType, WebSocketQueryCloseStatusError};

pub use super::pointers::HINTERNET;
use super::{guard, pointers};
use crate::WinHttp;

/// `WinHttpWebSocketCompleteUpgrade`: the socket of an answered request, or `NULL` and the last error.
///
/// # Safety
///
/// Any values are fine: handles are looked up and the context is not looked at.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WinHttpWebSocketCompleteUpgrade(hRequest: HINTERNET, pContext: usize) -> HINTERNET {
    guard::value(ptr::null_mut(), || {
        let web_socket = WinHttp::process().web_socket_complete_upgrade(pointers::handle(hRequest), pContext)?;
        Ok(pointers::from_handle(web_socket))
    })
}

/// `WinHttpWebSocketSend`: sends one frame.
///
/// # Safety
///
/// Unless it is null, `pvBuffer` points to `dwBufferLength` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WinHttpWebSocketSend(
    hWebSocket: HINTERNET,
    eBufferType: i32,
    pvBuffer: *const c_void,
    dwBufferLength: u32,
) -> u32 {
    guard::code(|| {
        let buffer_type =
            WebSocketBufferType::try_from(eBufferType).map_err(|_| Win32Error::ERROR_INVALID_PARAMETER)?;
        // SAFETY: the caller vouches for the buffer.
        let buffer = unsafe { pointers::slice(pvBuffer, dwBufferLength)? };
        Ok(WinHttp::process().web_socket_send(pointers::handle(hWebSocket), buffer_type, buffer)?)
    })
}

/// `WinHttpWebSocketReceive`: receives a piece of a frame.
///
/// # Safety
///
/// Unless they are null, `pvBuffer` points to `dwBufferLength` writable bytes, and the other pointers to writable
/// values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WinHttpWebSocketReceive(
    hWebSocket: HINTERNET,
    pvBuffer: *mut c_void,
    dwBufferLength: u32,
    pdwBytesRead: *mut u32,
    peBufferType: *mut i32,
) -> u32 {
    guard::code(|| {
        let (mut bytes_read, mut buffer_type) = (0, 0);
        // SAFETY: the caller vouches for the buffer.
        let buffer = unsafe { pointers::slice_mut(pvBuffer, dwBufferLength)? };
        WinHttp::process().web_socket_receive(
            pointers::handle(hWebSocket),
            buffer,
            pointers::local(pdwBytesRead, &mut bytes_read),
            pointers::local(peBufferType, &mut buffer_type),
        )?;
        // SAFETY: the caller vouches for the output.
        unsafe { pointers::write(pdwBytesRead, bytes_read) };
        // SAFETY: the caller vouches for the output.
        unsafe { pointers::write(peBufferType, buffer_type) };
        Ok(())
    })
}

/// `WinHttpWebSocketShutdown`: sends the close frame.
///
/// # Safety
///
/// Unless it is null, `pvReason` points to `dwReasonLength` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WinHttpWebSocketShutdown(
    hWebSocket: HINTERNET,
    usStatus: u16,
    pvReason: *const c_void,
    dwReasonLength: u32,
) -> u32 {
    guard::code(|| {
        // SAFETY: the caller vouches for the reason.
        let reason = unsafe { pointers::slice(pvReason, dwReasonLength)? };
        Ok(WinHttp::process().web_socket_shutdown(pointers::handle(hWebSocket), usStatus, reason)?)
    })
}

/// `WinHttpWebSocketClose`: sends the close frame and waits for the peer's.
///
/// # Safety
///
/// Unless it is null, `pvReason` points to `dwReasonLength` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WinHttpWebSocketClose(
    hWebSocket: HINTERNET,
    usStatus: u16,
    pvReason: *const c_void,
    dwReasonLength: u32,
) -> u32 {
    guard::code(|| {
        // SAFETY: the caller vouches for the reason.
        let reason = unsafe { pointers::slice(pvReason, dwReasonLength)? };
        Ok(WinHttp::process().web_socket_close(pointers::handle(hWebSocket), usStatus, reason)?)
    })
}

/// `WinHttpWebSocketQueryCloseStatus`: the peer's close frame.
///
/// Status and length are written with `ERROR_INSUFFICIENT_BUFFER` too (b1.7.5).
///
/// # Safety
///
/// Unless they are null, `pvReason` points to `dwReasonLength` writable bytes, and the other pointers to writable
/// values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WinHttpWebSocketQueryCloseStatus(
    hWebSocket: HINTERNET,
    pusStatus: *mut u16,
    pvReason: *mut c_void,
    dwReasonLength: u32,
    pdwReasonLengthConsumed: *mut u32,
) -> u32 {
    guard::code(|| {
        let (mut status, mut consumed) = (0, 0);
        let (pusStatus, pdwReasonLengthConsumed) =
            (pointers::required(pusStatus)?, pointers::required(pdwReasonLengthConsumed)?);
        // SAFETY: the caller vouches for the buffer.
        let reason = unsafe { pointers::slice_mut(pvReason, dwReasonLength)? };
        let result = WinHttp::process().web_socket_query_close_status(
            pointers::handle(hWebSocket),
            &mut status,
            reason,
            &mut consumed,
        );
        if matches!(result, Ok(()) | Err(WebSocketQueryCloseStatusError::InsufficientBuffer)) {
            // SAFETY: the caller vouches for the output.
            unsafe { pointers::write(pusStatus, status) };
            // SAFETY: the caller vouches for the output.
            unsafe { pointers::write(pdwReasonLengthConsumed, consumed) };
        }
        Ok(result?)
    })
}
