//! What makes the functions for headers fail, and which failure of their pages that is.

use winws_api::winhttp::{AddRequestHeadersError, QueryHeadersError, TimeToSystemTimeError};

use super::{BadArgument, BadHandle};
use crate::protocol::http::FieldError;
use crate::winhttp::headers::NotAnswered;
use crate::winhttp::request::NotNow;

causes! {
    QueryHeaders => QueryHeadersError, by of_query_headers {
        Argument(BadArgument),
        Handle(BadHandle),
        State(NotNow),
        Query(NotAnswered),
    }
}

fn of_query_headers(cause: &QueryHeaders) -> QueryHeadersError {
    match cause {
        QueryHeaders::Handle(BadHandle::Stale) => QueryHeadersError::InvalidHandle,
        QueryHeaders::Handle(BadHandle::WrongType) => QueryHeadersError::IncorrectHandleType,
        // The page has no code for a value in another form than the one that is asked for.
        QueryHeaders::Argument(BadArgument) | QueryHeaders::Query(NotAnswered::OtherForm) => {
            QueryHeadersError::InvalidParameter
        }
        QueryHeaders::State(NotNow) | QueryHeaders::Query(NotAnswered::NotReceived) => {
            QueryHeadersError::IncorrectHandleState
        }
        QueryHeaders::Query(NotAnswered::NotFound) => QueryHeadersError::HeaderNotFound,
        QueryHeaders::Query(NotAnswered::TooSmall) => QueryHeadersError::InsufficientBuffer,
    }
}

causes! {
    AddRequestHeaders => AddRequestHeadersError, by of_add_request_headers {
        Handle(BadHandle),
        State(NotNow),
        Fields(FieldError),
    }
}

fn of_add_request_headers(cause: &AddRequestHeaders) -> AddRequestHeadersError {
    match cause {
        AddRequestHeaders::Handle(BadHandle::Stale) => AddRequestHeadersError::InvalidHandle,
        AddRequestHeaders::Handle(BadHandle::WrongType) => AddRequestHeadersError::IncorrectHandleType,
        AddRequestHeaders::State(NotNow) => AddRequestHeadersError::IncorrectHandleState,
        AddRequestHeaders::Fields(FieldError::Malformed) => AddRequestHeadersError::InvalidParameter,
        AddRequestHeaders::Fields(FieldError::AlreadyExists) => AddRequestHeadersError::HeaderAlreadyExists,
        AddRequestHeaders::Fields(FieldError::NotFound) => AddRequestHeadersError::HeaderNotFound,
        // The room for headers has a limit.
        AddRequestHeaders::Fields(FieldError::TooLarge) => AddRequestHeadersError::NotEnoughMemory,
    }
}

causes! {
    TimeToSystemTime => TimeToSystemTimeError, by of_time_to_system_time {
        Argument(BadArgument),
    }
}

fn of_time_to_system_time(cause: &TimeToSystemTime) -> TimeToSystemTimeError {
    match cause {
        TimeToSystemTime::Argument(BadArgument) => TimeToSystemTimeError::InvalidParameter,
    }
}
