//! `winws::accept`: the server's end of a WebSocket, against clients made of raw bytes, tungstenite's, and our own.

mod abort;
mod close;
mod frames;
mod handshake;
mod refused;
mod tungstenite;

use winws_api::Win32Error;

const CANCELLED: Win32Error = Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED;
const CONNECTION_ERROR: Win32Error = Win32Error::ERROR_WINHTTP_CONNECTION_ERROR;
const INVALID_RESPONSE: Win32Error = Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
const TIMEOUT: Win32Error = Win32Error::ERROR_WINHTTP_TIMEOUT;

/// The code of a call that fails.
fn code<T>(result: Result<T, impl Into<Win32Error>>) -> Win32Error {
    result.map_or_else(Into::into, |_| Win32Error::NO_ERROR)
}
