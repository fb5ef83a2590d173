//! Calls of status callbacks, which are functions of C.

use core::ffi::c_void;
use core::ptr;

use winws_api::winhttp::{HInternet, StatusCallback};

use super::lent::Vouched;

/// A status callback that somebody has vouched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Callback {
    function: StatusCallback,
}

/// What a callback is told beside the status.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Information<'i> {
    None,
    Number(u32),
    /// The bytes of a wide string with its zero, and how many characters that are.
    Text(&'i [u8], u32),
    Handle(HInternet),
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
    pub(crate) fn call(self, handle: HInternet, context: usize, status: u32, information: Information<'_>) {
        let Some(function) = self.function else { return };
        let (mut number, mut of_handle): (u32, HInternet);
        let (pointer, length): (*mut c_void, u32) = match information {
            Information::None => (ptr::null_mut(), 0),
            Information::Number(value) => {
                number = value;
                (ptr::from_mut(&mut number).cast(), 4)
            }
            Information::Text(bytes, length) => (bytes.as_ptr().cast_mut().cast(), length),
            Information::Handle(value) => {
                of_handle = value;
                let size = u32::try_from(size_of::<HInternet>()).unwrap_or(u32::MAX);
                (ptr::from_mut(&mut of_handle).cast(), size)
            }
        };
        // SAFETY: whoever set the callback has vouched for it, and the information is what its page says.
        unsafe { function(handle, context, status, pointer, length) };
    }
}
