//! The HRESULT of everything that goes wrong in a session.

use winws_api::HResult;

use super::table::Disallowed;
use super::{Refusal, SendError};
use crate::protocol::upgrade::{InvalidOffer, RequestError, UpgradeError};
use crate::protocol::{Fault, InvalidClose};
use crate::raw::lent::BadPointer;

pub(super) fn of_disallowed(disallowed: Disallowed) -> HResult {
    match disallowed {
        Disallowed::Role => HResult::E_INVALIDARG,
        Disallowed::Handshake | Disallowed::Aborted => HResult::E_INVALID_PROTOCOL_OPERATION,
    }
}

pub(super) fn of_refusal(refusal: Refusal) -> HResult {
    match refusal {
        Refusal::Busy | Refusal::Ended => HResult::E_INVALID_PROTOCOL_OPERATION,
    }
}

pub(super) fn of_send(error: SendError) -> HResult {
    match error {
        SendError::Closed | SendError::Busy | SendError::WrongKind => HResult::E_INVALID_PROTOCOL_OPERATION,
        SendError::InvalidUtf8 => HResult::E_INVALIDARG,
    }
}

/// A frame that is wrong in itself, or one that is right and does not fit what went before (b5.10).
pub(super) fn of_fault(fault: Fault) -> HResult {
    match fault {
        Fault::UnexpectedContinuation | Fault::ExpectedContinuation => HResult::E_INVALID_PROTOCOL_OPERATION,
        Fault::ReservedBit
        | Fault::ReservedOpcode
        | Fault::WrongMasking
        | Fault::LengthTopBit
        | Fault::FragmentedControl
        | Fault::ControlTooLong
        | Fault::CutCloseCode
        | Fault::InvalidCloseCode
        | Fault::InvalidUtf8 => HResult::E_INVALID_PROTOCOL_FORMAT,
    }
}

pub(super) fn of_upgrade(error: UpgradeError) -> HResult {
    match error {
        UpgradeError::Extension => HResult::E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED,
        UpgradeError::Protocol => HResult::E_SUBPROTOCOL_NOT_SUPPORTED,
        UpgradeError::Refused
        | UpgradeError::Version
        | UpgradeError::Upgrade
        | UpgradeError::Connection
        | UpgradeError::Accept
        | UpgradeError::WebSocketVersion => HResult::E_INVALID_PROTOCOL_FORMAT,
    }
}

pub(super) fn of_request(error: RequestError) -> HResult {
    match error {
        RequestError::UnsupportedVersion => HResult::E_PROTOCOL_VERSION_NOT_SUPPORTED,
        RequestError::Protocol | RequestError::Extension => HResult::E_INVALIDARG,
        RequestError::Method
        | RequestError::Host
        | RequestError::Upgrade
        | RequestError::Connection
        | RequestError::Key
        | RequestError::MissingVersion
        | RequestError::Body => HResult::E_INVALID_PROTOCOL_FORMAT,
    }
}

pub(super) fn of_offer(_: InvalidOffer) -> HResult {
    HResult::E_INVALIDARG
}

pub(super) fn of_close(_: InvalidClose) -> HResult {
    HResult::E_INVALIDARG
}

pub(super) fn of_pointer(_: BadPointer) -> HResult {
    HResult::E_INVALIDARG
}
