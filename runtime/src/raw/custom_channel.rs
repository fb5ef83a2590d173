//! Calls of the callbacks that a custom channel consists of, which are functions of C.

use core::any::Any;
use core::ffi::c_void;
use core::{fmt, mem, ptr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;

use winws_api::webservices::{
    AsyncContext, ChannelProperty, ChannelPropertyId, ChannelType, CustomChannelCallbacks, EndpointAddress,
    ErrorObject, OpenChannelCallback,
};
use winws_api::{HResult, WideChar};

use super::lent::{BadPointer, Vouched};

/// A custom channel: the callbacks of a program, and the instance that they have made.
///
/// When it is dropped, the instance is freed. So nobody drops it while a callback runs.
pub(crate) struct CustomChannel {
    /// Those whose arguments have no wide strings.
    callbacks: CustomChannelCallbacks,
    /// An [`OpenChannelCallback`] of the program's wide characters.
    open: Box<dyn Any + Send + Sync>,
    instance: *mut c_void,
}

// SAFETY: whoever vouched for the callbacks did so for every thread, as channels are free-threaded.
unsafe impl Send for CustomChannel {}

// SAFETY: the same, and each callback checks what it may do.
unsafe impl Sync for CustomChannel {}

/// Calls a callback. An exception of C++ that leaves it ends the process, as one that leaves a status callback does.
macro_rules! call {
    ($function:expr, ($($argument:expr => $type:ty),*) -> $result:ty) => {{
        // SAFETY: the two types differ in what the compiler assumes of exceptions.
        let function = unsafe {
            mem::transmute::<
                unsafe extern "system" fn($($type),*) -> $result,
                unsafe extern "system-unwind" fn($($type),*) -> $result,
            >($function)
        };
        // SAFETY: whoever made the channel has vouched for its callbacks, and the arguments are what their pages say.
        let call = || unsafe { function($($argument),*) };
        // For an exception of another language, this itself ends the process.
        catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| process::abort())
    }};
}

type Pointer = *mut c_void;
type Context = *const AsyncContext;
type Object = *mut ErrorObject;

/// A callback that the program's table does not have, or not for wide characters of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoCallback;

fn context(context: Option<&AsyncContext>) -> Context {
    context.map_or(ptr::null(), ptr::from_ref)
}

fn size(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

impl CustomChannel {
    /// The table that a property points to.
    pub(crate) fn table<W: WideChar>(
        property: &ChannelProperty,
        _: Vouched,
    ) -> Result<CustomChannelCallbacks<W>, BadPointer> {
        let is_whole = usize::try_from(property.value_size) == Ok(size_of::<CustomChannelCallbacks<W>>());
        if property.value.is_null() || !is_whole {
            return Err(BadPointer);
        }
        // SAFETY: whoever vouched for the property did so for its value, which has the size of a table.
        Ok(unsafe { property.value.cast::<CustomChannelCallbacks<W>>().read_unaligned() })
    }

    /// Creates an instance by the table's callback, which gets the parameters as they are. Its code is the error; a table without
    /// what creates and frees an instance makes none.
    pub(crate) fn create<W: WideChar>(
        table: &CustomChannelCallbacks<W>,
        channel_type: ChannelType,
        (parameters, parameters_size): (Pointer, u32),
        error: Object,
    ) -> Result<Self, Result<NoCallback, HResult>> {
        let (Some(create), Some(_)) = (table.create_channel_callback, table.free_channel_callback) else {
            return Err(Ok(NoCallback));
        };
        let mut instance = ptr::null_mut();
        let code = call!(create, (
            channel_type as i32 => i32,
            parameters.cast_const() => *const c_void,
            parameters_size => u32,
            &raw mut instance => *mut Pointer,
            error => Object
        ) -> HResult);
        if !code.is_ok() {
            return Err(Err(code));
        }
        let callbacks = CustomChannelCallbacks {
            create_channel_callback: table.create_channel_callback,
            free_channel_callback: table.free_channel_callback,
            reset_channel_callback: table.reset_channel_callback,
            open_channel_callback: None,
            close_channel_callback: table.close_channel_callback,
            abort_channel_callback: table.abort_channel_callback,
            get_channel_property_callback: table.get_channel_property_callback,
            set_channel_property_callback: table.set_channel_property_callback,
            write_message_start_callback: table.write_message_start_callback,
            write_message_end_callback: table.write_message_end_callback,
            read_message_start_callback: table.read_message_start_callback,
            read_message_end_callback: table.read_message_end_callback,
            abandon_message_callback: table.abandon_message_callback,
            shutdown_session_channel_callback: table.shutdown_session_channel_callback,
        };
        Ok(Self { callbacks, open: Box::new(table.open_channel_callback), instance })
    }

    /// What the callback that created the channel has returned.
    pub(crate) const fn instance(&self) -> Pointer {
        self.instance
    }

    pub(crate) fn open<W: WideChar>(
        &self,
        address: &EndpointAddress<W>,
        asynchronous: Option<&AsyncContext>,
        error: Object,
    ) -> Result<HResult, NoCallback> {
        let open = self.open.downcast_ref::<OpenChannelCallback<W>>().copied().flatten().ok_or(NoCallback)?;
        Ok(call!(open, (
            self.instance => Pointer,
            ptr::from_ref(address) => *const EndpointAddress<W>,
            context(asynchronous) => Context,
            error => Object
        ) -> HResult))
    }

    pub(crate) fn close(&self, asynchronous: Option<&AsyncContext>, error: Object) -> Result<HResult, NoCallback> {
        let close = self.callbacks.close_channel_callback.ok_or(NoCallback)?;
        Ok(call!(close, (self.instance => Pointer, context(asynchronous) => Context, error => Object) -> HResult))
    }

    pub(crate) fn shut_down(&self, asynchronous: Option<&AsyncContext>, error: Object) -> Result<HResult, NoCallback> {
        let shut_down = self.callbacks.shutdown_session_channel_callback.ok_or(NoCallback)?;
        Ok(call!(shut_down, (self.instance => Pointer, context(asynchronous) => Context, error => Object) -> HResult))
    }

    pub(crate) fn abort(&self, error: Object) -> Result<HResult, NoCallback> {
        let abort = self.callbacks.abort_channel_callback.ok_or(NoCallback)?;
        Ok(call!(abort, (self.instance => Pointer, error => Object) -> HResult))
    }

    pub(crate) fn reset(&self, error: Object) -> Result<HResult, NoCallback> {
        let reset = self.callbacks.reset_channel_callback.ok_or(NoCallback)?;
        Ok(call!(reset, (self.instance => Pointer, error => Object) -> HResult))
    }

    pub(crate) fn property(
        &self,
        id: ChannelPropertyId,
        value: &mut [u8],
        error: Object,
    ) -> Result<HResult, NoCallback> {
        let get = self.callbacks.get_channel_property_callback.ok_or(NoCallback)?;
        let (pointer, size) = (value.as_mut_ptr(), size(value));
        Ok(call!(get, (
            self.instance => Pointer, id as i32 => i32, pointer.cast() => Pointer, size => u32, error => Object
        ) -> HResult))
    }

    pub(crate) fn set_property(
        &self,
        id: ChannelPropertyId,
        value: &[u8],
        error: Object,
    ) -> Result<HResult, NoCallback> {
        let set = self.callbacks.set_channel_property_callback.ok_or(NoCallback)?;
        Ok(call!(set, (
            self.instance => Pointer,
            id as i32 => i32,
            value.as_ptr().cast() => *const c_void,
            size(value) => u32,
            error => Object
        ) -> HResult))
    }
}

impl Drop for CustomChannel {
    fn drop(&mut self) {
        if let Some(free) = self.callbacks.free_channel_callback {
            call!(free, (self.instance => Pointer) -> ());
        }
    }
}

impl fmt::Debug for CustomChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomChannel").field("instance", &self.instance).finish_non_exhaustive()
    }
}
