//! A WebSocket as a `Stream` of messages and a `Sink` for them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::{fmt, mem};

use futures_core::Stream;
use futures_sink::Sink;
use winws_api::winhttp::{WebSocketBufferType, WebSocketCloseError, WebSocketReceiveError, WebSocketSendError};

use super::WebSocket;
use crate::client::MessageError;

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Any bytes.
    Binary(Vec<u8>),
}

/// A WebSocket as a stream of messages, which ends with the peer's close, and as a sink for messages, from
/// [`WebSocket::into_messages`].
///
/// The stream also ends after an error. [`Timeout`](winws_api::winhttp::WebSocketReceiveError::Timeout) is the exception: the next
/// item may be a message again.
///
/// Closing the sink closes the WebSocket with the code 1000. As with [`WebSocket::close`], messages that come meanwhile are dropped:
/// the stream ends.
///
/// A program that wants the messages up to the peer's close calls [`shutdown`](WebSocket::shutdown) of the
/// [`socket`](Self::socket) and reads the stream to its end.
pub struct MessageStream {
    socket: Arc<WebSocket>,
    receiving: Option<Call<Result<Option<Message>, MessageError>>>,
    sending: Option<Call<Result<(), WebSocketSendError>>>,
    closing: Option<Call<Result<(), WebSocketCloseError>>>,
    has_begun_to_close: bool,
    has_ended: bool,
}

/// A call under way.
type Call<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Why a message could not be sent, or the WebSocket not be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinkError {
    /// Sending failed.
    Send(WebSocketSendError),
    /// Closing failed.
    Close(WebSocketCloseError),
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(error) => error.fmt(f),
            Self::Close(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SinkError {}

impl WebSocket {
    /// The WebSocket as a stream and a sink of whole messages.
    pub fn into_messages(self) -> MessageStream {
        MessageStream {
            socket: Arc::new(self),
            receiving: None,
            sending: None,
            closing: None,
            has_begun_to_close: false,
            has_ended: false,
        }
    }
}

impl MessageStream {
    /// The WebSocket, for what a stream and a sink have not.
    pub fn socket(&self) -> &WebSocket {
        &self.socket
    }
}

impl Stream for MessageStream {
    type Item = Result<Message, MessageError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let socket = Arc::clone(&self.socket);
        let receiving = self.receiving.get_or_insert_with(|| Box::pin(receive(socket)));
        let received = ready!(receiving.as_mut().poll(cx));
        self.receiving = None;
        let item = received.transpose().filter(|item| !self.is_end(item));
        // A failure of a receive is final, but for the end of its time.
        self.has_ended = match &item {
            None | Some(Err(MessageError::TooLong { .. })) => true,
            Some(Err(MessageError::Failed(error))) => *error != WebSocketReceiveError::Timeout,
            Some(Ok(_)) => false,
        };
        Poll::Ready(item)
    }
}

impl MessageStream {
    /// Whether an error only says that this end has closed the WebSocket, which is the end of the stream.
    fn is_end(&self, item: &Result<Message, MessageError>) -> bool {
        let of_close = [WebSocketReceiveError::OperationCancelled, WebSocketReceiveError::InvalidOperation];
        self.has_begun_to_close && matches!(item, Err(MessageError::Failed(error)) if of_close.contains(error))
    }
}

impl Sink<Message> for MessageStream {
    type Error = SinkError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SinkError>> {
        let Some(sending) = &mut self.sending else { return Poll::Ready(Ok(())) };
        let sent = ready!(sending.as_mut().poll(cx));
        self.sending = None;
        Poll::Ready(sent.map_err(SinkError::Send))
    }

    fn start_send(mut self: Pin<&mut Self>, item: Message) -> Result<(), SinkError> {
        let socket = Arc::clone(&self.socket);
        self.sending = Some(Box::pin(async move {
            match item {
                Message::Text(text) => socket.send_text(text).await,
                Message::Binary(bytes) => socket.send_binary(bytes).await,
            }
        }));
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SinkError>> {
        self.poll_ready(cx)
    }

    /// Closes with the code 1000.
    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SinkError>> {
        ready!(self.as_mut().poll_ready(cx))?;
        self.has_begun_to_close = true;
        let socket = Arc::clone(&self.socket);
        let closing = self.closing.get_or_insert_with(|| Box::pin(async move { socket.close(1000, "").await }));
        let closed = ready!(closing.as_mut().poll(cx));
        self.closing = None;
        Poll::Ready(closed.map_err(SinkError::Close))
    }
}

impl fmt::Debug for MessageStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageStream").field("socket", &self.socket).finish_non_exhaustive()
    }
}

/// The next message; `None` for the peer's close.
async fn receive(socket: Arc<WebSocket>) -> Result<Option<Message>, MessageError> {
    let mut message = Vec::new();
    let delivery = socket.receive_message(&mut message).await?;
    Ok(match delivery.kind {
        WebSocketBufferType::Close => None,
        _ if delivery.is_text() => {
            let text = String::from_utf8(mem::take(&mut message)).expect("the engine checks that a text is UTF-8");
            Some(Message::Text(text))
        }
        _ => Some(Message::Binary(message)),
    })
}
