//! The code of everything that goes wrong: what makes a function fail, and which failure of its page that is. Socket errors
//! have no codes of their own.

mod headers;
mod proxy;
mod request;
mod session;
mod url;

use winws_api::Win32Error;
use winws_api::winhttp::{
    QueryDataAvailableError, ReadDataError, ReceiveResponseError, SendRequestError, WebSocketCloseError,
    WebSocketCompleteUpgradeError, WebSocketQueryCloseStatusError, WebSocketReceiveError, WebSocketSendError,
    WebSocketShutdownError, WriteDataError,
};

use super::asynchronous::NotBegun;
use super::request::{NotUpgraded, RequestFailure};
use crate::net::ConnectError;
use crate::net::line::ExchangeFailure;
use crate::net::pump::Failure;
use crate::protocol::InvalidClose;

pub(super) use self::proxy::{BadQuestion, NoResolvers, NoScript};
pub(super) use self::request::NoChallenge;
pub(super) use self::session::{NoReactor, NotOnThisHandle, OneWay, UnknownOption};
pub(super) use self::url::{HasCredentials, NoUrl};

/// Why a handle has no object for a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum BadHandle {
    /// It is not live (b1.1.1, b1.1.6).
    Stale,
    /// It names an object of another kind (b1.1.3).
    WrongType,
}

/// An argument is not what the page asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadArgument;

/// No call has read a close frame of the peer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoCloseFrame;

/// The buffer is too small for what comes out: the reason of the peer, or a URL or its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooSmall;

impl From<BadHandle> for Win32Error {
    fn from(cause: BadHandle) -> Self {
        match cause {
            BadHandle::Stale => Self::ERROR_INVALID_HANDLE,
            BadHandle::WrongType => Self::ERROR_WINHTTP_INCORRECT_HANDLE_TYPE,
        }
    }
}

/// Writes what an operation that did not begin in asynchronous mode is for functions: the handle was closed just now, or another
/// operation is under way.
macro_rules! not_begun {
    ($full:expr => $($error:ty),+) => {
        $(impl From<NotBegun> for $error {
            fn from(cause: NotBegun) -> Self {
                match cause {
                    NotBegun::Closed => BadHandle::Stale.into(),
                    NotBegun::Full => $full.into(),
                }
            }
        })+
    };
}

not_begun!(Failure::InvalidOperation =>
    WebSocketSendError, WebSocketReceiveError, WebSocketShutdownError, WebSocketCloseError);
not_begun!(RequestFailure::NotNow =>
    SendRequestError, WriteDataError, ReceiveResponseError, QueryDataAvailableError, ReadDataError);

causes! {
    CompleteUpgrade => WebSocketCompleteUpgradeError, by of_complete_upgrade {
        Handle(BadHandle),
        Request(NotUpgraded),
    }
}

fn of_complete_upgrade(cause: &CompleteUpgrade) -> WebSocketCompleteUpgradeError {
    match cause {
        CompleteUpgrade::Handle(BadHandle::Stale) => WebSocketCompleteUpgradeError::InvalidHandle,
        CompleteUpgrade::Handle(BadHandle::WrongType) => WebSocketCompleteUpgradeError::IncorrectHandleType,
        CompleteUpgrade::Request(NotUpgraded::Refused) => WebSocketCompleteUpgradeError::InvalidOperation,
        CompleteUpgrade::Request(NotUpgraded::NotNow) => WebSocketCompleteUpgradeError::IncorrectHandleState,
        CompleteUpgrade::Request(NotUpgraded::NotRegistered) => WebSocketCompleteUpgradeError::ConnectionError,
        CompleteUpgrade::Request(NotUpgraded::Response(failure)) => match failure {
            RequestFailure::Failed(failure) => match failure {
                ExchangeFailure::Connect(ConnectError::TimedOut(..)) | ExchangeFailure::TimedOut => {
                    WebSocketCompleteUpgradeError::Timeout
                }
                ExchangeFailure::Connect(ConnectError::Cancelled) | ExchangeFailure::Cancelled => {
                    WebSocketCompleteUpgradeError::OperationCancelled
                }
                // A redirect may lead to where nobody answers, or to where there is no TLS.
                ExchangeFailure::Connect(ConnectError::NameNotResolved(_) | ConnectError::CannotConnect(_))
                | ExchangeFailure::Proxy(_)
                | ExchangeFailure::Secure(_)
                | ExchangeFailure::CertificateNeeded => WebSocketCompleteUpgradeError::ConnectionError,
                ExchangeFailure::Lost(_) | ExchangeFailure::Exchange(_) => {
                    WebSocketCompleteUpgradeError::InvalidServerResponse
                }
            },
            // The request was sent, so there is nothing else to say of it.
            RequestFailure::NotNow
            | RequestFailure::Header(_)
            | RequestFailure::NotForUpgrade
            | RequestFailure::Length
            | RequestFailure::SendBuffer => WebSocketCompleteUpgradeError::IncorrectHandleState,
        },
    }
}

causes! {
    Send => WebSocketSendError, by of_send {
        Argument(BadArgument),
        Handle(BadHandle),
        Failed(Failure),
    }
}

fn of_send(cause: &Send) -> WebSocketSendError {
    match cause {
        Send::Handle(BadHandle::Stale) => WebSocketSendError::InvalidHandle,
        Send::Handle(BadHandle::WrongType) => WebSocketSendError::IncorrectHandleType,
        Send::Argument(BadArgument) | Send::Failed(Failure::InvalidParameter) => WebSocketSendError::InvalidParameter,
        Send::Failed(Failure::InvalidOperation) => WebSocketSendError::InvalidOperation,
        Send::Failed(Failure::Lost) => WebSocketSendError::ConnectionError,
        Send::Failed(Failure::Cancelled) => WebSocketSendError::OperationCancelled,
        Send::Failed(Failure::TimedOut) => WebSocketSendError::Timeout,
        // A send reads nothing, so the page has no code for a fault of the peer.
        Send::Failed(Failure::Fault(_)) => WebSocketSendError::Other(Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE),
    }
}

causes! {
    Receive => WebSocketReceiveError, by of_receive {
        Argument(BadArgument),
        Handle(BadHandle),
        Failed(Failure),
    }
}

fn of_receive(cause: &Receive) -> WebSocketReceiveError {
    match cause {
        Receive::Handle(BadHandle::Stale) => WebSocketReceiveError::InvalidHandle,
        Receive::Handle(BadHandle::WrongType) => WebSocketReceiveError::IncorrectHandleType,
        Receive::Argument(BadArgument) | Receive::Failed(Failure::InvalidParameter) => {
            WebSocketReceiveError::InvalidParameter
        }
        Receive::Failed(Failure::InvalidOperation) => WebSocketReceiveError::InvalidOperation,
        Receive::Failed(Failure::Fault(_)) => WebSocketReceiveError::InvalidServerResponse,
        Receive::Failed(Failure::Lost) => WebSocketReceiveError::ConnectionError,
        Receive::Failed(Failure::Cancelled) => WebSocketReceiveError::OperationCancelled,
        Receive::Failed(Failure::TimedOut) => WebSocketReceiveError::Timeout,
    }
}

causes! {
    Shutdown => WebSocketShutdownError, by of_shutdown {
        Argument(InvalidClose),
        Handle(BadHandle),
        Failed(Failure),
    }
}

fn of_shutdown(cause: &Shutdown) -> WebSocketShutdownError {
    match cause {
        Shutdown::Handle(BadHandle::Stale) => WebSocketShutdownError::InvalidHandle,
        Shutdown::Handle(BadHandle::WrongType) => WebSocketShutdownError::IncorrectHandleType,
        Shutdown::Argument(
            InvalidClose::Code
            | InvalidClose::ReasonTooLong
            | InvalidClose::ReasonNotUtf8
            | InvalidClose::ReasonWithoutCode,
        )
        | Shutdown::Failed(Failure::InvalidParameter) => WebSocketShutdownError::InvalidParameter,
        Shutdown::Failed(Failure::InvalidOperation) => WebSocketShutdownError::InvalidOperation,
        Shutdown::Failed(Failure::Lost) => WebSocketShutdownError::ConnectionError,
        Shutdown::Failed(Failure::Cancelled) => WebSocketShutdownError::OperationCancelled,
        Shutdown::Failed(Failure::TimedOut) => WebSocketShutdownError::Timeout,
        // As for a send.
        Shutdown::Failed(Failure::Fault(_)) => {
            WebSocketShutdownError::Other(Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE)
        }
    }
}

causes! {
    Close => WebSocketCloseError, by of_close {
        Argument(InvalidClose),
        Handle(BadHandle),
        Failed(Failure),
    }
}

fn of_close(cause: &Close) -> WebSocketCloseError {
    match cause {
        Close::Handle(BadHandle::Stale) => WebSocketCloseError::InvalidHandle,
        Close::Handle(BadHandle::WrongType) => WebSocketCloseError::IncorrectHandleType,
        Close::Argument(
            InvalidClose::Code
            | InvalidClose::ReasonTooLong
            | InvalidClose::ReasonNotUtf8
            | InvalidClose::ReasonWithoutCode,
        )
        | Close::Failed(Failure::InvalidParameter) => WebSocketCloseError::InvalidParameter,
        Close::Failed(Failure::InvalidOperation) => WebSocketCloseError::InvalidOperation,
        Close::Failed(Failure::Fault(_)) => WebSocketCloseError::InvalidServerResponse,
        Close::Failed(Failure::Lost) => WebSocketCloseError::ConnectionError,
        Close::Failed(Failure::Cancelled) => WebSocketCloseError::OperationCancelled,
        Close::Failed(Failure::TimedOut) => WebSocketCloseError::Timeout,
    }
}

causes! {
    QueryCloseStatus => WebSocketQueryCloseStatusError, by of_query_close_status {
        Handle(BadHandle),
        State(NoCloseFrame),
        Space(TooSmall),
    }
}

fn of_query_close_status(cause: &QueryCloseStatus) -> WebSocketQueryCloseStatusError {
    match cause {
        QueryCloseStatus::Handle(BadHandle::Stale) => WebSocketQueryCloseStatusError::InvalidHandle,
        QueryCloseStatus::Handle(BadHandle::WrongType) => WebSocketQueryCloseStatusError::IncorrectHandleType,
        QueryCloseStatus::State(NoCloseFrame) => WebSocketQueryCloseStatusError::InvalidOperation,
        QueryCloseStatus::Space(TooSmall) => WebSocketQueryCloseStatusError::InsufficientBuffer,
    }
}
