//! What a status callback of a test was told of a WebSocket, and memory that a test lends, as safe values.

use core::ffi::c_void;

use winws_api::KeptBufferMut;
use winws_api::winhttp::{WebSocketAsyncResult, WebSocketStatus, sys};

/// What a callback was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Created,
    Closing,
    Sent {
        bytes: u32,
        kind: i32,
    },
    Received {
        bytes: u32,
        kind: i32,
    },
    ShutDown,
    Closed,
    Failed {
        result: usize,
        code: u32,
        operation: i32,
    },
    /// Nothing that a WebSocket is told.
    Other(u32),
}

impl Told {
    /// Reads what came with a status. Only a callback of a test calls it, with what it was given.
    pub(crate) fn new(status: u32, information: *const c_void, length: u32) -> Self {
        let length = usize::try_from(length).expect("it is a length");
        match status {
            sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED => Self::Created,
            sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING => Self::Closing,
            sys::WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE if information.is_null() => Self::ShutDown,
            sys::WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE if information.is_null() => Self::Closed,
            sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE | sys::WINHTTP_CALLBACK_STATUS_READ_COMPLETE
                if length == size_of::<WebSocketStatus>() =>
            {
                // SAFETY: this is what the pages of both statuses say of a WebSocket, and the length fits.
                let WebSocketStatus { bytes_transferred: bytes, buffer_type: kind } =
                    unsafe { information.cast::<WebSocketStatus>().read() };
                match status {
                    sys::WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE => Self::Sent { bytes, kind },
                    _ => Self::Received { bytes, kind },
                }
            }
            sys::WINHTTP_CALLBACK_STATUS_REQUEST_ERROR if length == size_of::<WebSocketAsyncResult>() => {
                // SAFETY: as above.
                let WebSocketAsyncResult { async_result, operation } =
                    unsafe { information.cast::<WebSocketAsyncResult>().read() };
                Self::Failed { result: async_result.result, code: async_result.error, operation }
            }
            status => Self::Other(status),
        }
    }
}

/// Memory of a test, which keeps it until every call that it was lent to has ended.
#[derive(Debug)]
pub(crate) struct Memory(Box<[u8]>);

impl Memory {
    pub(crate) fn new(length: usize) -> Self {
        Self(vec![0; length].into())
    }

    /// The memory for a call.
    pub(crate) fn lend(&mut self) -> KeptBufferMut {
        // SAFETY: the memory does not move when `self` does, and the test keeps it and looks at it only after the call.
        unsafe { KeptBufferMut::new(self.0.as_mut_ptr(), self.0.len()) }
    }

    /// What the call has left there.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
