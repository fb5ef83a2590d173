//! The failures of the functions for requests.

use winws_api::winhttp::{
    OpenRequestError, QueryAuthSchemesError, QueryDataAvailableError, ReadDataError, ReceiveResponseError,
    SendRequestError, SetCredentialsError, WriteDataError,
};

use super::{BadArgument, BadHandle};
use crate::net::ConnectError;
use crate::net::line::ExchangeFailure;
use crate::protocol::http::{BodyError, ExchangeError, FieldError, HeadError, InvalidCredentials};
use crate::winhttp::request::{InvalidOpening, NotNow, RequestFailure};

causes! {
    OpenRequest => OpenRequestError, by of_open_request {
        Handle(BadHandle),
        Opening(InvalidOpening),
    }
}

fn of_open_request(cause: &OpenRequest) -> OpenRequestError {
    match cause {
        OpenRequest::Handle(BadHandle::Stale) => OpenRequestError::InvalidHandle,
        OpenRequest::Handle(BadHandle::WrongType) => OpenRequestError::IncorrectHandleType,
        OpenRequest::Opening(
            InvalidOpening::Verb
            | InvalidOpening::Target
            | InvalidOpening::Version
            | InvalidOpening::Header
            | InvalidOpening::Flags,
        ) => OpenRequestError::InvalidParameter,
    }
}

causes! {
    SendRequest => SendRequestError, by of_send_request {
        Handle(BadHandle),
        Failed(RequestFailure),
    }
}

fn of_send_request(cause: &SendRequest) -> SendRequestError {
    match cause {
        SendRequest::Handle(BadHandle::Stale) => SendRequestError::InvalidHandle,
        SendRequest::Handle(BadHandle::WrongType) => SendRequestError::IncorrectHandleType,
        SendRequest::Failed(failure) => match failure {
            RequestFailure::NotNow => SendRequestError::IncorrectHandleState,
            RequestFailure::Header(FieldError::TooLarge) | RequestFailure::SendBuffer => {
                SendRequestError::NotEnoughMemory
            }
            RequestFailure::Header(FieldError::Malformed | FieldError::AlreadyExists | FieldError::NotFound)
            | RequestFailure::NotForUpgrade
            | RequestFailure::Length => SendRequestError::InvalidParameter,
            RequestFailure::Failed(failure) => match failure {
                ExchangeFailure::Connect(ConnectError::NameNotResolved(_)) => SendRequestError::NameNotResolved,
                ExchangeFailure::Connect(ConnectError::CannotConnect(_)) => SendRequestError::CannotConnect,
                ExchangeFailure::Connect(ConnectError::TimedOut(..)) | ExchangeFailure::TimedOut => {
                    SendRequestError::Timeout
                }
                ExchangeFailure::Connect(ConnectError::Cancelled) | ExchangeFailure::Cancelled => {
                    SendRequestError::OperationCancelled
                }
                ExchangeFailure::Secure(_) => SendRequestError::SecureFailure,
                ExchangeFailure::CertificateNeeded => SendRequestError::ClientAuthCertNeeded,
                ExchangeFailure::Proxy(_) | ExchangeFailure::Exchange(ExchangeError::Tunnel(_)) => {
                    SendRequestError::CannotConnect
                }
                // What is received here is the answer of a proxy.
                ExchangeFailure::Exchange(_) => SendRequestError::InvalidServerResponse,
                ExchangeFailure::Lost(_) => SendRequestError::ConnectionError,
            },
        },
    }
}

causes! {
    ReceiveResponse => ReceiveResponseError, by of_receive_response {
        Argument(BadArgument),
        Handle(BadHandle),
        Failed(RequestFailure),
    }
}

/// Garbage, the end of the stream and a broken stream instead of a response are one (b1.2.20), and so is a 101 that does not
/// agree to what was asked (b1.2.13 to b1.2.16).
fn of_receive_response(cause: &ReceiveResponse) -> ReceiveResponseError {
    match cause {
        ReceiveResponse::Argument(BadArgument) => ReceiveResponseError::InvalidParameter,
        ReceiveResponse::Handle(BadHandle::Stale) => ReceiveResponseError::InvalidHandle,
        ReceiveResponse::Handle(BadHandle::WrongType) => ReceiveResponseError::IncorrectHandleType,
        ReceiveResponse::Failed(failure) => match failure {
            // Headers, lengths and buffers are judged where the request is sent.
            RequestFailure::NotNow
            | RequestFailure::Header(_)
            | RequestFailure::NotForUpgrade
            | RequestFailure::Length
            | RequestFailure::SendBuffer => ReceiveResponseError::IncorrectHandleState,
            RequestFailure::Failed(failure) => match failure {
                ExchangeFailure::Connect(ConnectError::NameNotResolved(_)) => ReceiveResponseError::NameNotResolved,
                ExchangeFailure::Connect(ConnectError::CannotConnect(_)) => ReceiveResponseError::CannotConnect,
                ExchangeFailure::Connect(ConnectError::TimedOut(..)) | ExchangeFailure::TimedOut => {
                    ReceiveResponseError::Timeout
                }
                ExchangeFailure::Connect(ConnectError::Cancelled) | ExchangeFailure::Cancelled => {
                    ReceiveResponseError::OperationCancelled
                }
                ExchangeFailure::Secure(_) => ReceiveResponseError::SecureFailure,
                ExchangeFailure::CertificateNeeded => ReceiveResponseError::ClientAuthCertNeeded,
                ExchangeFailure::Proxy(_) | ExchangeFailure::Exchange(ExchangeError::Tunnel(_)) => {
                    ReceiveResponseError::CannotConnect
                }
                ExchangeFailure::Exchange(ExchangeError::Head(HeadError::TooLarge)) => {
                    ReceiveResponseError::HeaderSizeOverflow
                }
                ExchangeFailure::Exchange(ExchangeError::Head(HeadError::TooManyHeaders)) => {
                    ReceiveResponseError::HeaderCountExceeded
                }
                ExchangeFailure::Exchange(ExchangeError::TooManyRedirects) => ReceiveResponseError::RedirectFailed,
                ExchangeFailure::Exchange(ExchangeError::Location) => ReceiveResponseError::InvalidUrl,
                ExchangeFailure::Exchange(ExchangeError::Scheme) => ReceiveResponseError::UnrecognizedScheme,
                ExchangeFailure::Exchange(ExchangeError::Resend) => ReceiveResponseError::ResendRequest,
                ExchangeFailure::Lost(_)
                | ExchangeFailure::Exchange(
                    ExchangeError::Head(HeadError::Malformed)
                    | ExchangeError::Body(_)
                    | ExchangeError::Upgrade(_)
                    | ExchangeError::TooManyInterim
                    | ExchangeError::Ended,
                ) => ReceiveResponseError::InvalidServerResponse,
            },
        },
    }
}

causes! {
    QueryDataAvailable => QueryDataAvailableError, by of_query_data_available {
        Argument(BadArgument),
        Handle(BadHandle),
        Failed(RequestFailure),
    }
}

fn of_query_data_available(cause: &QueryDataAvailable) -> QueryDataAvailableError {
    match cause {
        QueryDataAvailable::Argument(BadArgument) => QueryDataAvailableError::InvalidParameter,
        QueryDataAvailable::Handle(BadHandle::Stale) => QueryDataAvailableError::InvalidHandle,
        QueryDataAvailable::Handle(BadHandle::WrongType) => QueryDataAvailableError::IncorrectHandleType,
        QueryDataAvailable::Failed(RequestFailure::Failed(ExchangeFailure::TimedOut)) => {
            QueryDataAvailableError::Timeout
        }
        QueryDataAvailable::Failed(RequestFailure::Failed(ExchangeFailure::Cancelled)) => {
            QueryDataAvailableError::OperationCancelled
        }
        QueryDataAvailable::Failed(RequestFailure::Failed(
            ExchangeFailure::Lost(_)
            | ExchangeFailure::Exchange(ExchangeError::Body(BodyError::Incomplete))
            | ExchangeFailure::Connect(_)
            | ExchangeFailure::Proxy(_)
            | ExchangeFailure::Secure(_)
            | ExchangeFailure::CertificateNeeded,
        )) => QueryDataAvailableError::ConnectionError,
        QueryDataAvailable::Failed(RequestFailure::Failed(ExchangeFailure::Exchange(_))) => {
            QueryDataAvailableError::InvalidServerResponse
        }
        QueryDataAvailable::Failed(
            RequestFailure::NotNow
            | RequestFailure::Header(_)
            | RequestFailure::NotForUpgrade
            | RequestFailure::Length
            | RequestFailure::SendBuffer,
        ) => QueryDataAvailableError::IncorrectHandleState,
    }
}

causes! {
    ReadData => ReadDataError, by of_read_data {
        Argument(BadArgument),
        Handle(BadHandle),
        Failed(RequestFailure),
    }
}

fn of_read_data(cause: &ReadData) -> ReadDataError {
    match cause {
        ReadData::Argument(BadArgument) => ReadDataError::InvalidParameter,
        ReadData::Handle(BadHandle::Stale) => ReadDataError::InvalidHandle,
        ReadData::Handle(BadHandle::WrongType) => ReadDataError::IncorrectHandleType,
        ReadData::Failed(RequestFailure::Failed(ExchangeFailure::TimedOut)) => ReadDataError::Timeout,
        ReadData::Failed(RequestFailure::Failed(ExchangeFailure::Cancelled)) => ReadDataError::OperationCancelled,
        ReadData::Failed(RequestFailure::Failed(
            ExchangeFailure::Lost(_)
            | ExchangeFailure::Exchange(ExchangeError::Body(BodyError::Incomplete))
            | ExchangeFailure::Connect(_)
            | ExchangeFailure::Proxy(_)
            | ExchangeFailure::Secure(_)
            | ExchangeFailure::CertificateNeeded,
        )) => ReadDataError::ConnectionError,
        ReadData::Failed(RequestFailure::Failed(ExchangeFailure::Exchange(_))) => ReadDataError::InvalidServerResponse,
        ReadData::Failed(
            RequestFailure::NotNow
            | RequestFailure::Header(_)
            | RequestFailure::NotForUpgrade
            | RequestFailure::Length
            | RequestFailure::SendBuffer,
        ) => ReadDataError::IncorrectHandleState,
    }
}

causes! {
    WriteData => WriteDataError, by of_write_data {
        Argument(BadArgument),
        Handle(BadHandle),
        Failed(RequestFailure),
    }
}

fn of_write_data(cause: &WriteData) -> WriteDataError {
    match cause {
        WriteData::Argument(BadArgument) | WriteData::Failed(RequestFailure::Length) => {
            WriteDataError::InvalidParameter
        }
        WriteData::Handle(BadHandle::Stale) => WriteDataError::InvalidHandle,
        WriteData::Handle(BadHandle::WrongType) => WriteDataError::IncorrectHandleType,
        WriteData::Failed(RequestFailure::Failed(ExchangeFailure::TimedOut)) => WriteDataError::Timeout,
        WriteData::Failed(RequestFailure::Failed(ExchangeFailure::Cancelled)) => WriteDataError::OperationCancelled,
        WriteData::Failed(RequestFailure::Failed(_)) => WriteDataError::ConnectionError,
        WriteData::Failed(
            RequestFailure::NotNow
            | RequestFailure::Header(_)
            | RequestFailure::NotForUpgrade
            | RequestFailure::SendBuffer,
        ) => WriteDataError::IncorrectHandleState,
    }
}

/// The response asks for no credentials, or for none of a scheme that has a number.
#[derive(Clone, Copy, Debug)]
pub(in crate::winhttp) struct NoChallenge;

causes! {
    SetCredentials => SetCredentialsError, by of_set_credentials {
        Argument(BadArgument),
        Credentials(InvalidCredentials),
        Handle(BadHandle),
        State(NotNow),
    }
}

fn of_set_credentials(cause: &SetCredentials) -> SetCredentialsError {
    match cause {
        SetCredentials::Argument(BadArgument) | SetCredentials::Credentials(InvalidCredentials) => {
            SetCredentialsError::InvalidParameter
        }
        SetCredentials::Handle(BadHandle::Stale) => SetCredentialsError::InvalidHandle,
        SetCredentials::Handle(BadHandle::WrongType) => SetCredentialsError::IncorrectHandleType,
        SetCredentials::State(NotNow) => SetCredentialsError::IncorrectHandleState,
    }
}

causes! {
    QueryAuthSchemes => QueryAuthSchemesError, by of_query_auth_schemes {
        Handle(BadHandle),
        State(NotNow),
        Challenge(NoChallenge),
    }
}

fn of_query_auth_schemes(cause: &QueryAuthSchemes) -> QueryAuthSchemesError {
    match cause {
        QueryAuthSchemes::Handle(BadHandle::Stale) => QueryAuthSchemesError::InvalidHandle,
        QueryAuthSchemes::Handle(BadHandle::WrongType) => QueryAuthSchemesError::IncorrectHandleType,
        QueryAuthSchemes::State(NotNow) => QueryAuthSchemesError::IncorrectHandleState,
        QueryAuthSchemes::Challenge(NoChallenge) => QueryAuthSchemesError::InvalidOperation,
    }
}
