//! The Win32 code of everything that goes wrong below. Socket errors have none of their own.

use winws_api::Win32Error;

use crate::net::ConnectError;
use crate::net::blocking::{Failure, OpeningError};
use crate::protocol::InvalidClose;
use crate::protocol::upgrade::{InvalidHeader, UpgradeError};

pub(super) fn of_failure(failure: Failure) -> Win32Error {
    match failure {
        Failure::InvalidOperation => Win32Error::ERROR_INVALID_OPERATION,
        Failure::InvalidParameter => Win32Error::ERROR_INVALID_PARAMETER,
        Failure::Fault(_) => Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE,
        Failure::Lost => Win32Error::ERROR_WINHTTP_CONNECTION_ERROR,
        Failure::Cancelled => Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED,
        Failure::TimedOut => Win32Error::ERROR_WINHTTP_TIMEOUT,
    }
}

pub(super) fn of_connect(error: &ConnectError) -> Win32Error {
    match error {
        ConnectError::NameNotResolved(_) => Win32Error::ERROR_WINHTTP_NAME_NOT_RESOLVED,
        ConnectError::CannotConnect(_) => Win32Error::ERROR_WINHTTP_CANNOT_CONNECT,
        ConnectError::TimedOut(..) => Win32Error::ERROR_WINHTTP_TIMEOUT,
        ConnectError::Cancelled => Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED,
    }
}

/// The code of a request that could not be written.
pub(super) fn of_sending(error: &OpeningError) -> Win32Error {
    match error {
        OpeningError::Lost(_) | OpeningError::BadResponse => Win32Error::ERROR_WINHTTP_CONNECTION_ERROR,
        OpeningError::TimedOut => Win32Error::ERROR_WINHTTP_TIMEOUT,
    }
}

/// The code of a response that did not come: garbage and the end of the stream are one (b1.2.20).
pub(super) fn of_receiving(error: &OpeningError) -> Win32Error {
    match error {
        OpeningError::Lost(_) | OpeningError::BadResponse => Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE,
        OpeningError::TimedOut => Win32Error::ERROR_WINHTTP_TIMEOUT,
    }
}

/// The code of a 101 that does not agree to what was asked (b1.2.13 to b1.2.16).
pub(super) fn of_upgrade(_: UpgradeError) -> Win32Error {
    Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE
}

pub(super) fn of_header(_: &InvalidHeader) -> Win32Error {
    Win32Error::ERROR_INVALID_PARAMETER
}

pub(crate) fn of_close(_: InvalidClose) -> Win32Error {
    Win32Error::ERROR_INVALID_PARAMETER
}
