//! Calls of status callbacks, which are functions of C.

use core::ffi::c_void;
use core::{mem, ptr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;

use winws_api::winhttp::{AsyncResult, HInternet, StatusCallback, WebSocketAsyncResult, WebSocketStatus};

use super::lent::Vouched;

/// A status callback that somebody has vouched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Callback {
    function: StatusCallback,
}

/// A callback that may throw an exception of C++, although it must not.
type Throwing = unsafe extern "system-unwind" fn(HInternet, usize, u32, *mut c_void, u32);

/// What a callback is told beside the status.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Information<'i> {
    None,
    Number(u32),
    /// The bytes of a wide string with its zero, and how many characters that are.
    Text(&'i [u8], u32),
    Handle(HInternet),
    /// Bytes of the program, and how many of them count.
    Bytes(&'i [u8], u32),
    Result(AsyncResult),
    SocketResult(WebSocketAsyncResult),
    Status(WebSocketStatus),
}

impl Callback {
    /// A callback that may be called until another one takes its place.
    pub(crate) const fn new(function: StatusCallback, _: Vouched) -> Self {
        Self { function }
    }

    /// The function, to give it back.
    pub(crate) const fn function(self) -> StatusCallback {
        self.function
    }

    /// Calls it in this thread. The information is there until it returns.
    ///
    /// An exception that leaves it ends the process. Nobody could say what becomes of a call that an exception has left half-way.
    pub(crate) fn call(self, handle: HInternet, context: usize, status: u32, information: Information<'_>) {
        let Some(function) = self.function else { return };
        let (mut number, mut of_handle): (u32, HInternet);
        let (mut result, mut socket_result, mut socket_status): (AsyncResult, WebSocketAsyncResult, WebSocketStatus);
        let (pointer, length): (*mut c_void, u32) = match information {
            Information::None => (ptr::null_mut(), 0),
            Information::Number(value) => {
                number = value;
                whole(&mut number)
            }
            Information::Text(bytes, length) | Information::Bytes(bytes, length) => {
                (bytes.as_ptr().cast_mut().cast(), length)
            }
            Information::Handle(value) => {
                of_handle = value;
                whole(&mut of_handle)
            }
            Information::Result(value) => {
                result = value;
                whole(&mut result)
            }
            Information::SocketResult(value) => {
                socket_result = value;
                whole(&mut socket_result)
            }
            Information::Status(value) => {
                socket_status = value;
                whole(&mut socket_status)
            }
        };
        // SAFETY: the two types differ in what the compiler assumes of exceptions.
        let function = unsafe { mem::transmute::<unsafe extern "system" fn(_, _, _, _, _), Throwing>(function) };
        // SAFETY: whoever set the callback has vouched for it, and the information is what its page says.
        let call = || unsafe { function(handle, context, status, pointer, length) };
        // For an exception of another language, this itself ends the process.
        if catch_unwind(AssertUnwindSafe(call)).is_err() {
            process::abort();
        }
    }
}

/// The address and the size of a value.
fn whole<T>(value: &mut T) -> (*mut c_void, u32) {
    (ptr::from_mut(value).cast(), u32::try_from(size_of::<T>()).unwrap_or(u32::MAX))
}
