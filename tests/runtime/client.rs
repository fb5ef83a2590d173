//! What `winws::WebSocket` adds to the calls of winhttp.h, against a server made of raw bytes.

mod abort;
mod connect;
mod receive_message;
mod timeout;
mod traced;

use winws_api::Win32Error;

const CANCELLED: Win32Error = Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED;
const CONNECTION_ERROR: Win32Error = Win32Error::ERROR_WINHTTP_CONNECTION_ERROR;
const INVALID_OPERATION: Win32Error = Win32Error::ERROR_INVALID_OPERATION;
const INVALID_RESPONSE: Win32Error = Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
const TIMEOUT: Win32Error = Win32Error::ERROR_WINHTTP_TIMEOUT;

/// The code of a call that fails.
fn code<T>(result: Result<T, impl Into<Win32Error>>) -> Win32Error {
    result.map_or_else(Into::into, |_| Win32Error::NO_ERROR)
}
