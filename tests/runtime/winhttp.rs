//! What the calls of winhttp.h do, one scenario per test, each named after its row of `specs/behaviour`.

mod authentication;
mod bodies;
pub(crate) mod c;
mod callbacks;
mod certificate_chains;
mod chain;
mod characters;
mod close;
mod close_status;
mod handles;
mod handshake;
mod idiomatic;
mod options;
mod programs;
mod proxies;
mod receive;
mod redirects;
mod requests;
mod secrets;
mod send;
mod sessions;
mod threads;
pub(crate) mod tickets;
mod timeouts;
mod times;
mod tls;
mod tunnels;
mod urls;

use winws_api::Win32Error;

const OK: Win32Error = Win32Error::NO_ERROR;
const INSUFFICIENT_BUFFER: Win32Error = Win32Error::ERROR_INSUFFICIENT_BUFFER;
const INVALID_HANDLE: Win32Error = Win32Error::ERROR_INVALID_HANDLE;
const INVALID_PARAMETER: Win32Error = Win32Error::ERROR_INVALID_PARAMETER;
const INVALID_OPERATION: Win32Error = Win32Error::ERROR_INVALID_OPERATION;
const TIMEOUT: Win32Error = Win32Error::ERROR_WINHTTP_TIMEOUT;
const INVALID_OPTION: Win32Error = Win32Error::ERROR_WINHTTP_INVALID_OPTION;
const OPTION_NOT_SETTABLE: Win32Error = Win32Error::ERROR_WINHTTP_OPTION_NOT_SETTABLE;
const HEADER_NOT_FOUND: Win32Error = Win32Error::ERROR_WINHTTP_HEADER_NOT_FOUND;
const SECURE_FAILURE: Win32Error = Win32Error::ERROR_WINHTTP_SECURE_FAILURE;
const CANCELLED: Win32Error = Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED;
const INCORRECT_TYPE: Win32Error = Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
const INCORRECT_STATE: Win32Error = Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
const CONNECTION_ERROR: Win32Error = Win32Error::ERROR_WINHTTP_CONNECTION_ERROR;
const INVALID_RESPONSE: Win32Error = Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
