//! What the calls of winhttp.h do, one scenario per test, each named after its row of `specs/behaviour`.

mod authentication;
mod c;
mod callbacks;
mod close;
mod close_status;
mod handles;
mod handshake;
mod idiomatic;
mod options;
mod receive;
mod send;
mod threads;
mod urls;

use winws_api::Win32Error;

const OK: Win32Error = Win32Error::NO_ERROR;
const INVALID_HANDLE: Win32Error = Win32Error::ERROR_INVALID_HANDLE;
const INVALID_PARAMETER: Win32Error = Win32Error::ERROR_INVALID_PARAMETER;
const INVALID_OPERATION: Win32Error = Win32Error::ERROR_INVALID_OPERATION;
const CANCELLED: Win32Error = Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED;
const INCORRECT_TYPE: Win32Error = Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
const INCORRECT_STATE: Win32Error = Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
const CONNECTION_ERROR: Win32Error = Win32Error::ERROR_WINHTTP_CONNECTION_ERROR;
const INVALID_RESPONSE: Win32Error = Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
