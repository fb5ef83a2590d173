//! The trait of the WebSocket functions.

use std::sync::Arc;

use winws_api::winhttp::{
    HInternet, WebSocket, WebSocketBufferType, WebSocketCloseError, WebSocketCompleteUpgradeError, WebSocketOperation,
    WebSocketQueryCloseStatusError, WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError,
};
use winws_api::{KeptBuffer, KeptBufferMut};

use crate::protocol::CloseFrame;
use crate::winhttp::asynchronous::{First, Operation, Way};
use crate::winhttp::codes::{BadArgument, BadHandle, NoCloseFrame, TooSmall};
use crate::winhttp::request::NotUpgraded;
use crate::winhttp::{Object, WinHttp};

// SAFETY: synchronous mode completes an operation before its call returns, and no buffer outlives the call. In asynchronous mode
// the operation owns the buffer, and is dropped with it before its callback is called.
#[expect(unsafe_code, reason = "the trait wants a promise")]
unsafe impl WebSocket for WinHttp {
    /// A `context` of 0 leaves the one of the request.
    fn web_socket_complete_upgrade(
        &self,
        request: HInternet,
        context: usize,
    ) -> Result<HInternet, WebSocketCompleteUpgradeError> {
        let life = self.entry(request)?.life;
        // The request is told of the new handle before it says its last word.
        let held = life.map(|life| life.hold().ok_or(BadHandle::Stale)).transpose()?;
        let socket = self.request(request)?.complete_upgrade(&|notice| self.notify(request, notice))?;
        if context != 0 {
            socket.set_context(context);
        }
        if let Some(held) = &held {
            socket.register(held.lease()).map_err(|_| NotUpgraded::NotRegistered)?;
        }
        let object = Object::Socket(Arc::new(socket));
        let life = held.as_ref().map(|held| held.web_socket(object.clone()));
        Ok(self.insert(object, request, life))
    }

    fn web_socket_send(
        &self,
        web_socket: HInternet,
        buffer_type: WebSocketBufferType,
        buffer: KeptBuffer,
    ) -> Result<(), WebSocketSendError> {
        // Arguments come before the handle (b1.1.11).
        if buffer_type == WebSocketBufferType::Close {
            return Err(BadArgument.into());
        }
        let (socket, life) = self.living_socket(web_socket)?;
        let Some(life) = life else { return Ok(socket.send(buffer_type, buffer.as_slice())?) };
        life.begin(Way::Out, 1, First::Caller, || {
            let flight = socket.begin_send(buffer_type, buffer.as_slice())?;
            Ok(Operation::Send { kind: buffer_type, buffer, flight })
        })
    }

    fn web_socket_receive(
        &self,
        web_socket: HInternet,
        mut buffer: KeptBufferMut,
        bytes_read: Option<&mut u32>,
        buffer_type: Option<&mut i32>,
    ) -> Result<(), WebSocketReceiveError> {
        if buffer.is_empty() {
            return Err(BadArgument.into());
        }
        let (socket, life) = self.living_socket(web_socket)?;
        if let Some(life) = life {
            // The counts are not written in asynchronous mode (b2.1.9).
            return life.begin(Way::In, 1, First::Crew, || match socket.may_receive() {
                Ok(()) => Ok(Operation::Receive { buffer, deadline: socket.message_deadline() }),
                Err(failure) => Operation::failed(WebSocketOperation::Receive, failure, |failure| {
                    WebSocketReceiveError::from(failure).code()
                })
                .map_err(Into::into),
            });
        }
        // Only synchronous mode needs these, so the handle comes first (b1.4.2).
        let (Some(bytes_read), Some(buffer_type)) = (bytes_read, buffer_type) else {
            return Err(BadArgument.into());
        };
        let (length, kind) = socket.receive(buffer.as_mut_slice(), socket.message_deadline())?;
        *bytes_read = u32::try_from(length).unwrap_or(u32::MAX);
        *buffer_type = kind.into();
        Ok(())
    }

    fn web_socket_shutdown(
        &self,
        web_socket: HInternet,
        status: u16,
        reason: &[u8],
    ) -> Result<(), WebSocketShutdownError> {
        let close = CloseFrame::new(status, reason)?;
        let (socket, life) = self.living_socket(web_socket)?;
        let Some(life) = life else { return Ok(socket.shutdown(close)?) };
        // It waits behind a send.
        life.begin(Way::Out, 2, First::Caller, || {
            socket.begin_shutdown(close)?;
            Ok(Operation::Shutdown)
        })
    }

    fn web_socket_close(&self, web_socket: HInternet, status: u16, reason: &[u8]) -> Result<(), WebSocketCloseError> {
        let close = CloseFrame::new(status, reason)?;
        let (socket, life) = self.living_socket(web_socket)?;
        let Some(life) = life else { return Ok(socket.close(close)?) };
        life.begin_close(|| match socket.begin_close(close) {
            Ok(closing) => Ok(Operation::Close(closing)),
            Err(failure) => Operation::failed(WebSocketOperation::Close, failure, |failure| {
                WebSocketCloseError::from(failure).code()
            })
            .map_err(Into::into),
        })
    }

    /// Status and length are written with `ERROR_INSUFFICIENT_BUFFER` too (b1.7.5), and the buffer only when the whole
    /// reason fits.
    fn web_socket_query_close_status(
        &self,
        web_socket: HInternet,
        status: &mut u16,
        reason: &mut [u8],
        reason_length_consumed: &mut u32,
    ) -> Result<(), WebSocketQueryCloseStatusError> {
        let close = self.socket(web_socket)?.peer_close().ok_or(NoCloseFrame)?;
        let text = close.reason().as_bytes();
        *status = close.status();
        // At most 123.
        *reason_length_consumed = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let reason = reason.get_mut(..text.len()).ok_or(TooSmall)?;
        reason.copy_from_slice(text);
        Ok(())
    }
}
