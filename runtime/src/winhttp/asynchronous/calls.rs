//! Calls on a request, as futures that end with what the callback is told.

use std::future::Future;
use std::sync::{Arc, Weak};

use winws_api::winhttp::{
    QueryDataAvailableError, ReadDataError, ReceiveResponseError, SendRequestError, WriteDataError, sys,
};
use winws_api::{KeptBuffer, KeptBufferMut, Win32Error};

use super::operation::count;
use super::{Completion, Life};
use crate::net::Notice;
use crate::winhttp::request::{Request, RequestFailure};

/// Sends what has begun. A request for a WebSocket has been sent when its answer comes (b2.1.19).
pub(in crate::winhttp) fn send(
    life: &Arc<Life>,
    request: Arc<Request>,
    first: KeptBuffer,
) -> impl Future<Output = Completion> + Send + use<> {
    let (waits, notify) = (life.waits(), notify(life));
    async move {
        let mut sent = request.send_on(&waits, &notify).await;
        if sent.is_ok() && request.has_asked_for_upgrade() {
            sent = request.await_response_on(&waits).await;
        }
        let code = |failure| SendRequestError::from(failure).code();
        ended(sent, sys::API_SEND_REQUEST, |()| Completion::RequestSent(first), code)
    }
}

pub(in crate::winhttp) fn write(
    life: &Arc<Life>,
    request: Arc<Request>,
    buffer: KeptBuffer,
) -> impl Future<Output = Completion> + Send + use<> {
    let waits = life.waits();
    async move {
        let written = request.write_on(&waits, buffer.as_slice()).await;
        let code = |failure| WriteDataError::from(failure).code();
        ended(written, sys::API_WRITE_DATA, |()| Completion::DataWritten(count(buffer.len())), code)
    }
}

/// Receives the response that [`Request::begin_response`] waits for.
pub(in crate::winhttp) fn receive(
    life: &Arc<Life>,
    request: Arc<Request>,
) -> impl Future<Output = Completion> + Send + use<> {
    let (waits, notify) = (life.waits(), notify(life));
    async move {
        let received = request.response_on(&waits, &notify).await;
        let code = |failure| ReceiveResponseError::from(failure).code();
        ended(received, sys::API_RECEIVE_RESPONSE, |()| Completion::HeadersAvailable, code)
    }
}

pub(in crate::winhttp) fn available(
    life: &Arc<Life>,
    request: Arc<Request>,
) -> impl Future<Output = Completion> + Send + use<> {
    let waits = life.waits();
    async move {
        let available = request.available_on(&waits).await;
        let code = |failure| QueryDataAvailableError::from(failure).code();
        let done = |available| Completion::DataAvailable(count(available));
        ended(available, sys::API_QUERY_DATA_AVAILABLE, done, code)
    }
}

pub(in crate::winhttp) fn read(
    life: &Arc<Life>,
    request: Arc<Request>,
    mut buffer: KeptBufferMut,
) -> impl Future<Output = Completion> + Send + use<> {
    let waits = life.waits();
    async move {
        let deadline = request.body_deadline();
        let read = request.read_on(&waits, buffer.as_mut_slice(), deadline).await;
        let code = |failure| ReadDataError::from(failure).code();
        ended(read, sys::API_READ_DATA, |length| Completion::DataRead(buffer, count(length)), code)
    }
}

fn ended<T>(
    result: Result<T, RequestFailure>,
    function: u32,
    done: impl FnOnce(T) -> Completion,
    code: impl FnOnce(RequestFailure) -> Win32Error,
) -> Completion {
    match result {
        Ok(value) => done(value),
        Err(failure) => Completion::RequestFailed { function, code: code(failure) },
    }
}

/// Passes on what happens meanwhile, as long as the handle lives.
fn notify(life: &Arc<Life>) -> impl Fn(Notice<'_>) + Send + Sync + use<> {
    let life: Weak<Life> = Arc::downgrade(life);
    move |notice| {
        if let Some(life) = life.upgrade() {
            life.notice(notice);
        }
    }
}
