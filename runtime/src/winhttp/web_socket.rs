//! The trait of the WebSocket functions: arguments to the driver's terms, and its answers to codes and outputs.

use std::sync::Arc;

use winws_api::winhttp::{
    HInternet, WebSocket, WebSocketBufferType, WebSocketCloseError, WebSocketCompleteUpgradeError,
    WebSocketQueryCloseStatusError, WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError,
};
use winws_api::{KeptBuffer, KeptBufferMut, Win32Error};

use super::request::Request;
use super::{Object, WinHttp, codes};
use crate::driver::Received;
use crate::protocol::{CloseFrame, MessageKind};

/// What synchronous mode does: the buffers are not kept.
impl WinHttp {
    /// Sends one frame.
    pub(crate) fn send(
        &self,
        web_socket: HInternet,
        buffer_type: WebSocketBufferType,
        bytes: &[u8],
    ) -> Result<(), WebSocketSendError> {
        let (kind, end_of_message) = match buffer_type {
            WebSocketBufferType::BinaryMessage => (MessageKind::Binary, true),
            WebSocketBufferType::BinaryFragment => (MessageKind::Binary, false),
            WebSocketBufferType::Utf8Message => (MessageKind::Text, true),
            WebSocketBufferType::Utf8Fragment => (MessageKind::Text, false),
            WebSocketBufferType::Close => return Err(WebSocketSendError::InvalidParameter),
        };
        let send = self.with_web_socket(web_socket, |connection| {
            connection.send(kind, end_of_message, bytes).map_err(codes::of_connection)
        });
        Ok(send?)
    }

    /// Receives a piece of a frame: how long it is, and of which type.
    pub(crate) fn receive(
        &self,
        web_socket: HInternet,
        buffer: &mut [u8],
    ) -> Result<(usize, WebSocketBufferType), WebSocketReceiveError> {
        if buffer.is_empty() {
            return Err(WebSocketReceiveError::InvalidParameter);
        }
        // The count is a DWORD, so no more than that is delivered at once.
        let limit = buffer.len().min(usize::try_from(u32::MAX).unwrap_or(usize::MAX));
        let received = self.with_web_socket(web_socket, |connection| {
            connection.receive(&mut buffer[..limit]).map_err(codes::of_connection)
        })?;
        Ok(match received {
            Received::Close => (0, WebSocketBufferType::Close),
            Received::Data { kind, length, end_of_message } => (length, buffer_type_of(kind, end_of_message)),
        })
    }
}

// SAFETY: synchronous mode completes an operation before its call returns, and no buffer outlives the call.
#[expect(unsafe_code, reason = "the trait wants a promise")]
unsafe impl WebSocket for WinHttp {
    /// `context` is for callbacks, which synchronous mode has none of.
    fn web_socket_complete_upgrade(
        &self,
        request: HInternet,
        _context: usize,
    ) -> Result<HInternet, WebSocketCompleteUpgradeError> {
        let connection = self.with_request(request, Request::complete_upgrade)?;
        Ok(HInternet::from_raw(self.objects.insert(Object::WebSocket(Arc::new(connection)))))
    }

    fn web_socket_send(
        &self,
        web_socket: HInternet,
        buffer_type: WebSocketBufferType,
        buffer: KeptBuffer,
    ) -> Result<(), WebSocketSendError> {
        self.send(web_socket, buffer_type, buffer.as_slice())
    }

    fn web_socket_receive(
        &self,
        web_socket: HInternet,
        mut buffer: KeptBufferMut,
        bytes_read: Option<&mut u32>,
        buffer_type: Option<&mut i32>,
    ) -> Result<(), WebSocketReceiveError> {
        let (Some(bytes_read), Some(buffer_type)) = (bytes_read, buffer_type) else {
            return Err(WebSocketReceiveError::InvalidParameter);
        };
        let (length, kind) = self.receive(web_socket, buffer.as_mut_slice())?;
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
        let close = CloseFrame::new(status, reason).map_err(codes::of_close)?;
        let shutdown =
            self.with_web_socket(web_socket, |connection| connection.shutdown(close).map_err(codes::of_connection));
        Ok(shutdown?)
    }

    fn web_socket_close(&self, web_socket: HInternet, status: u16, reason: &[u8]) -> Result<(), WebSocketCloseError> {
        let close = CloseFrame::new(status, reason).map_err(codes::of_close)?;
        let closed =
            self.with_web_socket(web_socket, |connection| connection.close(close).map_err(codes::of_connection));
        Ok(closed?)
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
        let close = self.with_web_socket(web_socket, |connection| {
            connection.peer_close().ok_or(Win32Error::ERROR_INVALID_OPERATION)
        })?;
        let text = close.reason().as_bytes();
        *status = close.status();
        // At most 123.
        *reason_length_consumed = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let reason = reason.get_mut(..text.len()).ok_or(WebSocketQueryCloseStatusError::InsufficientBuffer)?;
        reason.copy_from_slice(text);
        Ok(())
    }
}

fn buffer_type_of(kind: MessageKind, end_of_message: bool) -> WebSocketBufferType {
    match (kind, end_of_message) {
        (MessageKind::Binary, true) => WebSocketBufferType::BinaryMessage,
        (MessageKind::Binary, false) => WebSocketBufferType::BinaryFragment,
        (MessageKind::Text, true) => WebSocketBufferType::Utf8Message,
        (MessageKind::Text, false) => WebSocketBufferType::Utf8Fragment,
    }
}
