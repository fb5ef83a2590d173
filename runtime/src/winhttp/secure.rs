//! What WinHTTP calls the faults of a server's TLS (rows b8.1 to b8.8).

use winws_api::Win32Error;
use winws_api::winhttp::sys;

use crate::net::tls::{Fault, Faults};

impl Fault {
    /// WinHTTP's code for this fault. Functions fail with `ERROR_WINHTTP_SECURE_FAILURE` for all of them.
    pub const fn code(self) -> Win32Error {
        match self {
            Self::Authority => Win32Error::ERROR_WINHTTP_SECURE_INVALID_CA,
            Self::Date => Win32Error::ERROR_WINHTTP_SECURE_CERT_DATE_INVALID,
            Self::Name => Win32Error::ERROR_WINHTTP_SECURE_CERT_CN_INVALID,
            Self::Usage => Win32Error::ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE,
            Self::Revoked => Win32Error::ERROR_WINHTTP_SECURE_CERT_REVOKED,
            Self::Revocation => Win32Error::ERROR_WINHTTP_SECURE_CERT_REV_FAILED,
            Self::Certificate => Win32Error::ERROR_WINHTTP_SECURE_INVALID_CERT,
            Self::Channel => Win32Error::ERROR_WINHTTP_SECURE_CHANNEL_ERROR,
        }
    }

    /// The flag with which a status callback is told of it.
    const fn flag(self) -> u32 {
        match self {
            Self::Authority => sys::WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA,
            Self::Date => sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID,
            Self::Name => sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID,
            Self::Usage => sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE,
            Self::Revoked => sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED,
            Self::Revocation => sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED,
            Self::Certificate => sys::WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT,
            Self::Channel => sys::WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR,
        }
    }
}

/// The flags of all these faults.
pub(super) fn flags_of(faults: Faults) -> u32 {
    faults.iter().fold(0, |flags, fault| flags | fault.flag())
}
