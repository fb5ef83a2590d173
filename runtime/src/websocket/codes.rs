//! The code of everything that goes wrong: what makes a function of websocket.h fail, and which failure of its page that is.
//!
//! No function has a failure that its page does not list.

use winws_api::websocket::{
    BeginClientHandshakeError, BeginServerHandshakeError, CreateClientHandleError, CreateServerHandleError,
    EndClientHandshakeError, EndServerHandshakeError, GetActionError, GetGlobalPropertyError, ReceiveError, SendError,
};

use super::Refusal;
use super::endpoint::Unopened;
use super::table::Disallowed;
use crate::protocol::upgrade::{InvalidOffer, RequestError, UpgradeError};
use crate::protocol::{Fault, InvalidClose};
use crate::raw::lent::BadPointer;
use crate::session;

/// The handle does not name a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct StaleHandle;

/// An argument is not what the page asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadArgument;

impl From<BadPointer> for BadArgument {
    fn from(BadPointer: BadPointer) -> Self {
        Self
    }
}

impl From<InvalidClose> for BadArgument {
    fn from(cause: InvalidClose) -> Self {
        match cause {
            InvalidClose::Code
            | InvalidClose::ReasonTooLong
            | InvalidClose::ReasonNotUtf8
            | InvalidClose::ReasonWithoutCode => Self,
        }
    }
}

causes! {
    CreateClientHandle => CreateClientHandleError, by of_create_client_handle {
        Argument(BadArgument),
    }
}

fn of_create_client_handle(cause: &CreateClientHandle) -> CreateClientHandleError {
    match cause {
        CreateClientHandle::Argument(BadArgument) => CreateClientHandleError::InvalidArg,
    }
}

causes! {
    CreateServerHandle => CreateServerHandleError, by of_create_server_handle {
        Argument(BadArgument),
    }
}

fn of_create_server_handle(cause: &CreateServerHandle) -> CreateServerHandleError {
    match cause {
        CreateServerHandle::Argument(BadArgument) => CreateServerHandleError::InvalidArg,
    }
}

causes! {
    GetGlobalProperty => GetGlobalPropertyError, by of_get_global_property {
        Argument(BadArgument),
    }
}

fn of_get_global_property(cause: &GetGlobalProperty) -> GetGlobalPropertyError {
    match cause {
        GetGlobalProperty::Argument(BadArgument) => GetGlobalPropertyError::InvalidArg,
    }
}

causes! {
    BeginClient => BeginClientHandshakeError, by of_begin_client {
        Argument(BadArgument),
        Handle(StaleHandle),
        State(Disallowed),
        Offer(InvalidOffer),
    }
}

fn of_begin_client(cause: &BeginClient) -> BeginClientHandshakeError {
    match cause {
        BeginClient::Handle(StaleHandle) => BeginClientHandshakeError::Handle,
        BeginClient::Argument(BadArgument)
        | BeginClient::Offer(InvalidOffer { .. })
        | BeginClient::State(Disallowed::Role) => BeginClientHandshakeError::InvalidArg,
        BeginClient::State(Disallowed::Handshake | Disallowed::Aborted) => {
            BeginClientHandshakeError::InvalidProtocolOperation
        }
    }
}

causes! {
    BeginServer => BeginServerHandshakeError, by of_begin_server {
        Argument(BadArgument),
        Handle(StaleHandle),
        State(Disallowed),
        Request(RequestError),
    }
}

fn of_begin_server(cause: &BeginServer) -> BeginServerHandshakeError {
    match cause {
        BeginServer::Handle(StaleHandle) => BeginServerHandshakeError::Handle,
        BeginServer::Argument(BadArgument)
        | BeginServer::State(Disallowed::Role)
        | BeginServer::Request(RequestError::Protocol | RequestError::Extension) => {
            BeginServerHandshakeError::InvalidArg
        }
        BeginServer::State(Disallowed::Handshake | Disallowed::Aborted) => {
            BeginServerHandshakeError::InvalidProtocolOperation
        }
        BeginServer::Request(RequestError::UnsupportedVersion) => {
            BeginServerHandshakeError::ProtocolVersionNotSupported
        }
        BeginServer::Request(
            RequestError::Method
            | RequestError::Host
            | RequestError::Upgrade
            | RequestError::Connection
            | RequestError::Key
            | RequestError::MissingVersion
            | RequestError::Body,
        ) => BeginServerHandshakeError::InvalidProtocolFormat,
    }
}

causes! {
    EndClient => EndClientHandshakeError, by of_end_client {
        Argument(BadArgument),
        Handle(StaleHandle),
        State(Disallowed),
        Opening(Unopened),
        Response(UpgradeError),
    }
}

fn of_end_client(cause: &EndClient) -> EndClientHandshakeError {
    match cause {
        EndClient::Handle(StaleHandle) => EndClientHandshakeError::Handle,
        EndClient::Argument(BadArgument)
        | EndClient::State(Disallowed::Role)
        | EndClient::Opening(Unopened::Disallowed(Disallowed::Role)) => EndClientHandshakeError::InvalidArg,
        EndClient::State(Disallowed::Handshake | Disallowed::Aborted)
        | EndClient::Opening(Unopened::Disallowed(Disallowed::Handshake | Disallowed::Aborted)) => {
            EndClientHandshakeError::InvalidProtocolOperation
        }
        EndClient::Opening(Unopened::NoMemory) => EndClientHandshakeError::OutOfMemory,
        EndClient::Response(UpgradeError::Extension) => EndClientHandshakeError::ProtocolExtensionsNotSupported,
        EndClient::Response(UpgradeError::Protocol) => EndClientHandshakeError::SubprotocolNotSupported,
        EndClient::Response(
            UpgradeError::Refused
            | UpgradeError::Version
            | UpgradeError::Upgrade
            | UpgradeError::Connection
            | UpgradeError::Accept
            | UpgradeError::WebSocketVersion,
        ) => EndClientHandshakeError::InvalidProtocolFormat,
    }
}

causes! {
    EndServer => EndServerHandshakeError, by of_end_server {
        Handle(StaleHandle),
        Opening(Unopened),
    }
}

fn of_end_server(cause: &EndServer) -> EndServerHandshakeError {
    match cause {
        EndServer::Handle(StaleHandle) => EndServerHandshakeError::Handle,
        EndServer::Opening(Unopened::Disallowed(Disallowed::Role)) => EndServerHandshakeError::InvalidArg,
        EndServer::Opening(Unopened::Disallowed(Disallowed::Handshake | Disallowed::Aborted)) => {
            EndServerHandshakeError::InvalidProtocolOperation
        }
        EndServer::Opening(Unopened::NoMemory) => EndServerHandshakeError::OutOfMemory,
    }
}

causes! {
    GetAction => GetActionError, by of_get_action {
        Argument(BadArgument),
        Handle(StaleHandle),
        Opening(Unopened),
        Received(Fault),
    }
}

/// A frame that is wrong in itself, or one that is right and does not fit what went before (b5.10).
fn of_get_action(cause: &GetAction) -> GetActionError {
    match cause {
        GetAction::Handle(StaleHandle) => GetActionError::Handle,
        GetAction::Argument(BadArgument) | GetAction::Opening(Unopened::Disallowed(Disallowed::Role)) => {
            GetActionError::InvalidArg
        }
        GetAction::Opening(Unopened::Disallowed(Disallowed::Handshake | Disallowed::Aborted))
        | GetAction::Received(Fault::UnexpectedContinuation | Fault::ExpectedContinuation) => {
            GetActionError::InvalidProtocolOperation
        }
        GetAction::Opening(Unopened::NoMemory) => GetActionError::OutOfMemory,
        GetAction::Received(
            Fault::ReservedBit
            | Fault::ReservedOpcode
            | Fault::WrongMasking
            | Fault::LengthTopBit
            | Fault::FragmentedControl
            | Fault::ControlTooLong
            | Fault::CutCloseCode
            | Fault::InvalidCloseCode
            | Fault::InvalidUtf8,
        ) => GetActionError::InvalidProtocolFormat,
    }
}

causes! {
    Receive => ReceiveError, by of_receive {
        Argument(BadArgument),
        Handle(StaleHandle),
        Opening(Unopened),
        Refused(Refusal),
    }
}

fn of_receive(cause: &Receive) -> ReceiveError {
    match cause {
        Receive::Handle(StaleHandle) => ReceiveError::Handle,
        Receive::Argument(BadArgument) | Receive::Opening(Unopened::Disallowed(Disallowed::Role)) => {
            ReceiveError::InvalidArg
        }
        Receive::Opening(Unopened::Disallowed(Disallowed::Handshake | Disallowed::Aborted))
        | Receive::Refused(Refusal::Ended) => ReceiveError::InvalidProtocolOperation,
        // The queue is full (b5.12).
        Receive::Opening(Unopened::NoMemory) | Receive::Refused(Refusal::Busy) => ReceiveError::OutOfMemory,
    }
}

causes! {
    Send => SendError, by of_send {
        Argument(BadArgument),
        Handle(StaleHandle),
        Opening(Unopened),
        Refused(session::SendError),
    }
}

fn of_send(cause: &Send) -> SendError {
    match cause {
        Send::Handle(StaleHandle) => SendError::Handle,
        Send::Argument(BadArgument)
        | Send::Opening(Unopened::Disallowed(Disallowed::Role))
        | Send::Refused(session::SendError::InvalidUtf8) => SendError::InvalidArg,
        Send::Opening(Unopened::Disallowed(Disallowed::Handshake | Disallowed::Aborted))
        | Send::Refused(session::SendError::Closed | session::SendError::WrongKind) => {
            SendError::InvalidProtocolOperation
        }
        // The queue is full (b5.12).
        Send::Opening(Unopened::NoMemory) | Send::Refused(session::SendError::Busy) => SendError::OutOfMemory,
    }
}
