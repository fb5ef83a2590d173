//! The failures of the functions for sessions, connections and options.

use winws_api::winhttp::{
    CloseHandleError, ConnectError, OpenError, QueryOptionError, SetOptionError, SetStatusCallbackError,
    SetTimeoutsError,
};

use super::{BadArgument, BadHandle, TooSmall};
use crate::protocol::http::InvalidCredentials;
use crate::raw::global::OutOfMemory;
use crate::winhttp::host::InvalidHost;
use crate::winhttp::proxy::{InvalidProxy, UnusableProxy};
use crate::winhttp::request::NotNow;
use crate::winhttp::session::InvalidText;

causes! {
    CloseHandle => CloseHandleError, by of_close_handle {
        Handle(BadHandle),
    }
}

fn of_close_handle(cause: &CloseHandle) -> CloseHandleError {
    match cause {
        // Every kind of handle can be closed.
        CloseHandle::Handle(BadHandle::Stale | BadHandle::WrongType) => CloseHandleError::InvalidHandle,
    }
}

/// The system has no thread or no descriptor left for asynchronous mode.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct NoReactor;

causes! {
    Open => OpenError, by of_open {
        Argument(BadArgument),
        Reactor(NoReactor),
        Agent(InvalidText),
        Proxy(InvalidProxy),
    }
}

fn of_open(cause: &Open) -> OpenError {
    match cause {
        Open::Argument(BadArgument) | Open::Agent(InvalidText) | Open::Proxy(InvalidProxy) => {
            OpenError::InvalidParameter
        }
        Open::Reactor(NoReactor) => OpenError::InternalError,
    }
}

causes! {
    Connect => ConnectError, by of_connect {
        Argument(BadArgument),
        Host(InvalidHost),
        Handle(BadHandle),
    }
}

fn of_connect(cause: &Connect) -> ConnectError {
    match cause {
        Connect::Argument(BadArgument) => ConnectError::InvalidParameter,
        Connect::Host(InvalidHost) => ConnectError::InvalidUrl,
        Connect::Handle(BadHandle::Stale) => ConnectError::InvalidHandle,
        Connect::Handle(BadHandle::WrongType) => ConnectError::IncorrectHandleType,
    }
}

causes! {
    SetTimeouts => SetTimeoutsError, by of_set_timeouts {
        Argument(BadArgument),
        Handle(BadHandle),
    }
}

fn of_set_timeouts(cause: &SetTimeouts) -> SetTimeoutsError {
    match cause {
        SetTimeouts::Argument(BadArgument) => SetTimeoutsError::InvalidParameter,
        SetTimeouts::Handle(BadHandle::Stale) => SetTimeoutsError::InvalidHandle,
        SetTimeouts::Handle(BadHandle::WrongType) => SetTimeoutsError::IncorrectHandleType,
    }
}

/// There is no such option, or none here.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct UnknownOption;

/// A handle of this kind does not have the option.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct NotOnThisHandle;

/// The option can be set and not read, or the other way round.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct OneWay;

causes! {
    QueryOption => QueryOptionError, by of_query_option {
        Handle(BadHandle),
        Option(UnknownOption),
        Level(NotOnThisHandle),
        Way(OneWay),
        State(NotNow),
        Space(TooSmall),
        Memory(OutOfMemory),
        Environment(UnusableProxy),
    }
}

fn of_query_option(cause: &QueryOption) -> QueryOptionError {
    match cause {
        QueryOption::Handle(BadHandle::Stale) => QueryOptionError::InvalidHandle,
        QueryOption::Handle(BadHandle::WrongType) | QueryOption::Level(NotOnThisHandle) => {
            QueryOptionError::IncorrectHandleType
        }
        QueryOption::Option(UnknownOption) => QueryOptionError::InvalidOption,
        QueryOption::Way(OneWay) => QueryOptionError::InvalidParameter,
        QueryOption::State(NotNow) => QueryOptionError::IncorrectHandleState,
        QueryOption::Space(TooSmall) => QueryOptionError::InsufficientBuffer,
        QueryOption::Memory(OutOfMemory) => QueryOptionError::NotEnoughMemory,
        // "No proxy" would be an invitation to connect directly.
        QueryOption::Environment(UnusableProxy::Scheme | UnusableProxy::Malformed) => QueryOptionError::InternalError,
    }
}

causes! {
    SetOption => SetOptionError, by of_set_option {
        Argument(BadArgument),
        Handle(BadHandle),
        Option(UnknownOption),
        Level(NotOnThisHandle),
        Way(OneWay),
        Text(InvalidText),
        Proxy(InvalidProxy),
        Credentials(InvalidCredentials),
        State(NotNow),
    }
}

fn of_set_option(cause: &SetOption) -> SetOptionError {
    match cause {
        SetOption::Argument(BadArgument)
        | SetOption::Text(InvalidText)
        | SetOption::Proxy(InvalidProxy)
        | SetOption::Credentials(InvalidCredentials) => SetOptionError::InvalidParameter,
        SetOption::Handle(BadHandle::Stale) => SetOptionError::InvalidHandle,
        SetOption::Handle(BadHandle::WrongType) | SetOption::Level(NotOnThisHandle) => {
            SetOptionError::IncorrectHandleType
        }
        SetOption::Option(UnknownOption) => SetOptionError::InvalidOption,
        SetOption::Way(OneWay) => SetOptionError::OptionNotSettable,
        SetOption::State(NotNow) => SetOptionError::IncorrectHandleState,
    }
}

causes! {
    SetStatusCallback => SetStatusCallbackError, by of_set_status_callback {
        Argument(BadArgument),
        Handle(BadHandle),
    }
}

fn of_set_status_callback(cause: &SetStatusCallback) -> SetStatusCallbackError {
    match cause {
        SetStatusCallback::Argument(BadArgument) => SetStatusCallbackError::InvalidParameter,
        SetStatusCallback::Handle(BadHandle::Stale) => SetStatusCallbackError::InvalidHandle,
        SetStatusCallback::Handle(BadHandle::WrongType) => SetStatusCallbackError::IncorrectHandleType,
    }
}
