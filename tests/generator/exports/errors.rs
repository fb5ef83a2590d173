//! Error types: codes both ways, the page's words, one line to show.

use std::error::Error as _;

use winws_api::webservices::{CloseChannelError, CloseChannelSuccess};
use winws_api::winhttp::{OpenError, QueryHeadersError};
use winws_api::{HResult, Win32Error};

/// A constant: the code of a failure is known when the program is built.
const ABORTED: HResult = CloseChannelError::OperationAborted.code();

#[test]
fn codes_go_both_ways() {
    assert_eq!(ABORTED, HResult::WS_E_OPERATION_ABORTED);
    for &error in CloseChannelError::DOCUMENTED {
        assert_eq!(CloseChannelError::from(error.code()), error);
        assert_eq!(HResult::from(error), error.code());
        assert!(error.reason().is_some_and(|reason| !reason.contains('\n')), "{error:?}");
    }
    for &error in QueryHeadersError::DOCUMENTED {
        assert_eq!(QueryHeadersError::from(Win32Error::from(error)), error);
    }
    let other = OpenError::from(Win32Error(55555));
    assert_eq!(other, OpenError::Other(Win32Error(55555)));
    assert_eq!((other.code(), other.reason()), (Win32Error(55555), None));
    assert_eq!(HResult::from(CloseChannelSuccess::Async), HResult::WS_S_ASYNC);
    assert_eq!(HResult::from(CloseChannelSuccess::Done), HResult(0));
}

#[test]
fn an_error_is_shown_in_one_line() {
    let error = CloseChannelError::QuotaExceeded;
    assert_eq!(error.to_string(), format!("{}: {}", error.code(), error.reason().unwrap()));
    assert!(error.to_string().starts_with("WS_E_QUOTA_EXCEEDED"), "{error}");
    let other = CloseChannelError::Other(HResult(-5));
    assert_eq!(other.to_string(), HResult(-5).to_string());
    assert!(other.source().is_none());
}
