//! What can be under way in asynchronous mode, and what a callback is told when it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use winws_api::winhttp::{
    AsyncResult, WebSocketAsyncResult, WebSocketBufferType, WebSocketCloseError, WebSocketOperation,
    WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError, WebSocketStatus, sys,
};
use winws_api::{KeptBuffer, KeptBufferMut, Win32Error};

use crate::net::pump::{Closing, Failure, Flight};
use crate::raw::callback::Information;
use crate::winhttp::socket::Socket;

/// A call that has not ended. It owns the buffers of the program until then.
pub(in crate::winhttp) enum Operation {
    Send {
        kind: WebSocketBufferType,
        buffer: KeptBuffer,
        flight: Flight,
    },
    Shutdown,
    Close(Closing),
    Receive {
        buffer: KeptBufferMut,
        deadline: Option<Instant>,
    },
    /// A call of which it was clear from the beginning how it ends.
    Failed {
        operation: WebSocketOperation,
        code: Win32Error,
    },
    /// A call on a request, and which function made it: one of the `API_…` numbers.
    Request {
        function: u32,
        call: Pin<Box<dyn Future<Output = Completion> + Send>>,
    },
}

/// How a call has ended.
#[derive(Debug)]
pub(in crate::winhttp) enum Completion {
    Sent {
        bytes: u32,
        kind: WebSocketBufferType,
    },
    Received {
        bytes: u32,
        kind: WebSocketBufferType,
    },
    ShutDown,
    Closed,
    SocketFailed {
        operation: WebSocketOperation,
        code: Win32Error,
    },
    /// With the part of the body that went out with the head.
    RequestSent(KeptBuffer),
    HeadersAvailable,
    DataAvailable(u32),
    /// So many bytes stand at the start of the buffer.
    DataRead(KeptBufferMut, u32),
    DataWritten(u32),
    /// The function is one of the `API_…` numbers.
    RequestFailed {
        function: u32,
        code: Win32Error,
    },
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send { .. } => "Send",
            Self::Shutdown => "Shutdown",
            Self::Close(_) => "Close",
            Self::Receive { .. } => "Receive",
            Self::Failed { .. } => "Failed",
            Self::Request { .. } => "Request",
        })
    }
}

impl Operation {
    /// A call of a WebSocket that has failed already. What was lost before is told to the callback (b2.2.7); a call that does not
    /// fit the state of the WebSocket does not begin.
    pub(in crate::winhttp) fn failed(
        operation: WebSocketOperation,
        failure: Failure,
        code: impl FnOnce(Failure) -> Win32Error,
    ) -> Result<Self, Failure> {
        match failure {
            Failure::InvalidOperation | Failure::InvalidParameter => Err(failure),
            Failure::Fault(_) | Failure::Lost | Failure::Cancelled | Failure::TimedOut => {
                Ok(Self::Failed { operation, code: code(failure) })
            }
        }
    }

    /// What a call has ended with that went wrong within this crate.
    pub(super) const fn panicked(&self) -> Completion {
        let code = Win32Error::ERROR_WINHTTP_INTERNAL_ERROR;
        let operation = match self {
            Self::Request { function, .. } => return Completion::RequestFailed { function: *function, code },
            Self::Send { .. } => WebSocketOperation::Send,
            Self::Shutdown => WebSocketOperation::Shutdown,
            Self::Close(_) => WebSocketOperation::Close,
            Self::Receive { .. } => WebSocketOperation::Receive,
            &Self::Failed { operation, .. } => operation,
        };
        Completion::SocketFailed { operation, code }
    }

    /// Goes on with a call. Those of a WebSocket need it.
    pub(super) fn poll(&mut self, socket: Option<&Socket>, context: &mut Context<'_>) -> Poll<Completion> {
        let socket = match (self, socket) {
            (Self::Request { call, .. }, _) => return call.as_mut().poll(context),
            (operation, Some(socket)) => (operation, socket),
            (_, None) => unreachable!("a WebSocket alone has the other calls"),
        };
        let (operation, result) = match socket {
            (Self::Send { kind, buffer, flight }, socket) => {
                let sent = socket.poll_send(flight, buffer.as_slice(), context);
                let bytes = count(buffer.len());
                let done = Completion::Sent { bytes, kind: *kind };
                (
                    WebSocketOperation::Send,
                    sent.map_ok(|()| done).map_err(|failure| WebSocketSendError::from(failure).code()),
                )
            }
            (Self::Shutdown, socket) => {
                let done = socket.poll_shutdown(context).map_ok(|()| Completion::ShutDown);
                (WebSocketOperation::Shutdown, done.map_err(|failure| WebSocketShutdownError::from(failure).code()))
            }
            (Self::Close(closing), socket) => {
                let done = socket.poll_close(closing, context).map_ok(|()| Completion::Closed);
                (WebSocketOperation::Close, done.map_err(|failure| WebSocketCloseError::from(failure).code()))
            }
            (Self::Receive { buffer, deadline }, socket) => {
                let received = socket.poll_receive(buffer.as_mut_slice(), *deadline, context);
                let done = received.map_ok(|(bytes, kind)| Completion::Received { bytes: count(bytes), kind });
                (WebSocketOperation::Receive, done.map_err(|failure| WebSocketReceiveError::from(failure).code()))
            }
            (&mut Self::Failed { operation, code }, _) => (operation, Poll::Ready(Err(code))),
            (Self::Request { .. }, _) => unreachable!("it was polled above"),
        };
        result.map(|result| result.unwrap_or_else(|code| Completion::SocketFailed { operation, code }))
    }
}

impl Completion {
    /// Calls back with the status, and with what its page says of the information.
    pub(super) fn tell(&self, call: impl FnOnce(u32, Information<'_>)) {
        let of_socket = |bytes: u32, kind: WebSocketBufferType| {
            Information::Status(WebSocketStatus { bytes_transferred: bytes, buffer_type: kind.into() })
        };
        match self {
            &Self::Sent { bytes, kind } => call(sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, of_socket(bytes, kind)),
            &Self::Received { bytes, kind } => call(sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE, of_socket(bytes, kind)),
            Self::ShutDown => call(sys::WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, Information::None),
            Self::Closed => call(sys::WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, Information::None),
            &Self::SocketFailed { operation, code } => {
                // The result of a WebSocket's call is 0 (b2.1.14).
                let async_result = AsyncResult { result: 0, error: code.0 };
                let result = WebSocketAsyncResult { async_result, operation: operation.into() };
                call(sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::SocketResult(result));
            }
            Self::RequestSent(first) => {
                let information = match first.as_slice() {
                    [] => Information::None,
                    bytes => Information::Bytes(bytes, count(bytes.len())),
                };
                call(sys::WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, information);
            }
            Self::HeadersAvailable => call(sys::WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, Information::None),
            &Self::DataAvailable(count) => {
                call(sys::WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, Information::Number(count));
            }
            Self::DataRead(buffer, count) => {
                call(sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE, Information::Bytes(buffer.as_slice(), *count));
            }
            &Self::DataWritten(count) => call(sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, Information::Number(count)),
            &Self::RequestFailed { function, code } => {
                let result = AsyncResult { result: usize::try_from(function).unwrap_or(0), error: code.0 };
                call(sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, Information::Result(result));
            }
        }
    }
}

/// No buffer of C is longer than a DWORD can say.
pub(super) fn count(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
