//! The code of everything that goes wrong with WinHttpCrackUrl and WinHttpCreateUrl.

use winws_api::winhttp::{CrackUrlError, CreateUrlError};

use super::super::url::NotEscaped;
use super::{BadArgument, TooSmall};
use crate::raw::global::OutOfMemory;
use crate::raw::lent::BadPointer;

/// Why a text has no parts of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::winhttp) enum NoUrl {
    /// There is no scheme, or another one than http and https (b1.8.5).
    Scheme,
    /// What follows the scheme has no host, or a port that is none.
    Authority,
}

/// There is a user name or a password, and the caller wants none.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct HasCredentials;

impl From<BadPointer> for BadArgument {
    fn from(_: BadPointer) -> Self {
        Self
    }
}

causes! {
    CrackUrl => CrackUrlError, by of_crack_url {
        Argument(BadArgument),
        Url(NoUrl),
        Credentials(HasCredentials),
        Text(NotEscaped),
        Space(TooSmall),
        Memory(OutOfMemory),
    }
}

fn of_crack_url(cause: &CrackUrl) -> CrackUrlError {
    match cause {
        CrackUrl::Argument(BadArgument) | CrackUrl::Text(NotEscaped::NoText) => CrackUrlError::InvalidParameter,
        CrackUrl::Url(NoUrl::Scheme) => CrackUrlError::UnrecognizedScheme,
        CrackUrl::Url(NoUrl::Authority) | CrackUrl::Credentials(HasCredentials) => CrackUrlError::InvalidUrl,
        CrackUrl::Space(TooSmall) => CrackUrlError::InsufficientBuffer,
        CrackUrl::Memory(OutOfMemory) | CrackUrl::Text(NotEscaped::Memory(OutOfMemory)) => {
            CrackUrlError::NotEnoughMemory
        }
    }
}

causes! {
    CreateUrl => CreateUrlError, by of_create_url {
        Argument(BadArgument),
        Credentials(HasCredentials),
        Text(NotEscaped),
        Space(TooSmall),
        Memory(OutOfMemory),
    }
}

fn of_create_url(cause: &CreateUrl) -> CreateUrlError {
    match cause {
        CreateUrl::Argument(BadArgument) | CreateUrl::Text(NotEscaped::NoText) => CreateUrlError::InvalidParameter,
        CreateUrl::Credentials(HasCredentials) => CreateUrlError::InvalidUrl,
        CreateUrl::Space(TooSmall) => CreateUrlError::InsufficientBuffer,
        CreateUrl::Memory(OutOfMemory) | CreateUrl::Text(NotEscaped::Memory(OutOfMemory)) => {
            CreateUrlError::NotEnoughMemory
        }
    }
}
