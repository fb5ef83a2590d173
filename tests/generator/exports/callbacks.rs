//! A table of callbacks over a type of Rust: what a library sees of it, and what the type sees of the library.

use std::ffi::c_void;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use winws_api::HResult;
use winws_api::webservices::exports::custom_channel_callbacks;
use winws_api::webservices::{self as ws, CustomChannel, sys};

use super::stub::Guard;

/// How many channels there are in this thread's test.
#[derive(Debug, Default)]
struct Count(AtomicUsize);

/// A channel whose messages come back.
#[derive(Debug)]
struct Loop {
    alive: &'static Count,
    calls: Mutex<Vec<String>>,
}

impl Loop {
    fn note(&self, call: impl Into<String>) {
        self.calls.lock().unwrap().push(call.into());
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.alive.0.fetch_sub(1, Ordering::SeqCst);
        assert!(self.calls.lock().unwrap().iter().all(|call| call != "panic when freed"), "on purpose");
    }
}

/// The parameters of a channel: where its test counts, as the bytes of an address.
fn parameters(alive: &'static Count) -> [u8; size_of::<usize>()] {
    ptr::from_ref(alive).expose_provenance().to_ne_bytes()
}

impl CustomChannel for Loop {
    fn create_channel(
        channel_type: ws::ChannelType,
        channel_parameters: &[u8],
        _: *mut ws::ErrorObject,
    ) -> Result<Self, ws::CreateChannelCallbackError> {
        if channel_type != ws::ChannelType::DuplexSession {
            return Err(ws::CreateChannelCallbackError::InvalidArg);
        }
        let address = channel_parameters.try_into().map_err(|_| ws::CreateChannelCallbackError::InvalidArg)?;
        // SAFETY: it is the address of a count that is never freed.
        let alive: &'static Count = unsafe { &*ptr::with_exposed_provenance(usize::from_ne_bytes(address)) };
        alive.0.fetch_add(1, Ordering::SeqCst);
        Ok(Self { alive, calls: Mutex::default() })
    }

    fn reset_channel(&self, _: *mut ws::ErrorObject) -> Result<(), ws::ResetChannelCallbackError> {
        self.note("reset");
        Ok(())
    }

    fn open_channel(
        &self,
        endpoint_address: &ws::EndpointAddress,
        async_context: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::OpenChannelCallbackSuccess, ws::OpenChannelCallbackError> {
        self.note(format!("open {}", endpoint_address.url.length));
        match async_context {
            Some(_) => Ok(ws::OpenChannelCallbackSuccess::Async),
            None => Ok(ws::OpenChannelCallbackSuccess::Done),
        }
    }

    fn close_channel(
        &self,
        _: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::CloseChannelCallbackSuccess, ws::CloseChannelCallbackError> {
        panic!("on purpose")
    }

    fn abort_channel(&self, _: *mut ws::ErrorObject) -> Result<(), ws::AbortChannelCallbackError> {
        self.note("abort");
        Ok(())
    }

    fn get_channel_property(
        &self,
        id: ws::ChannelPropertyId,
        value: &mut [u8],
        _: *mut ws::ErrorObject,
    ) -> Result<(), ws::GetChannelPropertyCallbackError> {
        if id != ws::ChannelPropertyId::State {
            return Err(ws::GetChannelPropertyCallbackError::InvalidArg);
        }
        value.fill(1);
        Ok(())
    }

    fn set_channel_property(
        &self,
        id: ws::ChannelPropertyId,
        value: &[u8],
        _: *mut ws::ErrorObject,
    ) -> Result<(), ws::SetChannelPropertyCallbackError> {
        self.note(format!("set {id} {value:?}"));
        Ok(())
    }

    fn write_message_start(
        &self,
        message: *mut ws::Message,
        _: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::WriteMessageStartCallbackSuccess, ws::WriteMessageStartCallbackError> {
        self.note(format!("write {}", message.addr()));
        Ok(ws::WriteMessageStartCallbackSuccess::Done)
    }

    fn write_message_end(
        &self,
        _: *mut ws::Message,
        _: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::WriteMessageEndCallbackSuccess, ws::WriteMessageEndCallbackError> {
        Ok(ws::WriteMessageEndCallbackSuccess::Done)
    }

    fn read_message_start(
        &self,
        _: *mut ws::Message,
        _: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::ReadMessageStartCallbackSuccess, ws::ReadMessageStartCallbackError> {
        Err(HResult(-7).into())
    }

    fn read_message_end(
        &self,
        _: *mut ws::Message,
        _: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::ReadMessageEndCallbackSuccess, ws::ReadMessageEndCallbackError> {
        Ok(ws::ReadMessageEndCallbackSuccess::Done)
    }

    fn abandon_message(
        &self,
        _: *mut ws::Message,
        _: *mut ws::ErrorObject,
    ) -> Result<(), ws::AbandonMessageCallbackError> {
        self.note("panic when freed");
        Ok(())
    }

    fn shutdown_session_channel(
        &self,
        _: Option<&ws::AsyncContext>,
        _: *mut ws::ErrorObject,
    ) -> Result<ws::ShutdownSessionChannelCallbackSuccess, ws::ShutdownSessionChannelCallbackError> {
        Ok(ws::ShutdownSessionChannelCallbackSuccess::Done)
    }
}

static TABLE: sys::WS_CUSTOM_CHANNEL_CALLBACKS = custom_channel_callbacks::<Loop, Guard>();

/// What a library gets that creates a channel.
fn create(channel_type: i32, parameters: &[u8]) -> Result<*mut c_void, HResult> {
    let mut instance = ptr::null_mut();
    let length = u32::try_from(parameters.len()).unwrap();
    // SAFETY: the parameters are as long as it is said, and the output is a variable.
    let code = unsafe {
        let create = TABLE.createChannelCallback.unwrap();
        create(channel_type, parameters.as_ptr().cast(), length, &raw mut instance, ptr::null_mut())
    };
    if code == 0 { Ok(instance) } else { Err(HResult(code)) }
}

/// The calls that the channel at an instance wrote down.
fn calls(instance: *mut c_void) -> Vec<String> {
    // SAFETY: the instance is a channel of this type that is alive.
    let channel = unsafe { &*instance.cast::<Loop>() };
    channel.calls.lock().unwrap().clone()
}

#[test]
fn a_channel_lives_from_its_creation_until_it_is_freed() {
    static ALIVE: Count = Count(AtomicUsize::new(0));
    let first = create(sys::WS_CHANNEL_TYPE_DUPLEX_SESSION, &parameters(&ALIVE)).unwrap();
    let second = create(sys::WS_CHANNEL_TYPE_DUPLEX_SESSION, &parameters(&ALIVE)).unwrap();
    assert_eq!(ALIVE.0.load(Ordering::SeqCst), 2);
    let address: sys::WS_ENDPOINT_ADDRESS = sys::WS_ENDPOINT_ADDRESS {
        url: sys::WS_STRING { length: 9, chars: ptr::null_mut() },
        headers: ptr::null_mut(),
        extensions: ptr::null_mut(),
        identity: ptr::null_mut(),
    };
    let context = sys::WS_ASYNC_CONTEXT { callback: None, callbackState: ptr::null_mut() };
    let (none, mut state) = (ptr::null_mut(), [0_u8; 4]);
    // SAFETY: both are channels, and the rest are variables or null.
    unsafe {
        let open = TABLE.openChannelCallback.unwrap();
        assert_eq!(open(first, &raw const address, ptr::null(), none), 0);
        assert_eq!(open(second, &raw const address, &raw const context, none), HResult::WS_S_ASYNC.0);
        assert_eq!(open(first, ptr::null(), ptr::null(), none), HResult::E_INVALIDARG.0);
        let set = TABLE.setChannelPropertyCallback.unwrap();
        assert_eq!(set(first, sys::WS_CHANNEL_PROPERTY_ENCODING, [5_u8].as_ptr().cast(), 1, none), 0);
        assert_eq!(set(first, -1, ptr::null(), 0, none), HResult::E_INVALIDARG.0);
        let get = TABLE.getChannelPropertyCallback.unwrap();
        assert_eq!(get(first, sys::WS_CHANNEL_PROPERTY_STATE, state.as_mut_ptr().cast(), 4, none), 0);
        let code = get(first, sys::WS_CHANNEL_PROPERTY_ENCODING, state.as_mut_ptr().cast(), 4, none);
        assert_eq!(code, HResult::E_INVALIDARG.0);
        let write = TABLE.writeMessageStartCallback.unwrap();
        assert_eq!(write(first, ptr::without_provenance_mut(64), ptr::null(), none), 0);
        let read = TABLE.readMessageStartCallback.unwrap();
        assert_eq!(read(first, none.cast(), ptr::null(), none), -7);
    }
    assert_eq!(state, [1; 4]);
    assert_eq!(calls(first), ["open 9", "set WS_CHANNEL_PROPERTY_ENCODING [5]", "write 64"]);
    assert_eq!(calls(second), ["open 9"]);
    let free = TABLE.freeChannelCallback.unwrap();
    // SAFETY: both are channels, and neither is used any more.
    unsafe {
        free(first);
        assert_eq!(ALIVE.0.load(Ordering::SeqCst), 1);
        free(second);
        free(ptr::null_mut());
    }
    assert_eq!(ALIVE.0.load(Ordering::SeqCst), 0);
}

#[test]
fn a_channel_that_is_not_created_leaves_nothing() {
    static ALIVE: Count = Count(AtomicUsize::new(0));
    let bad = Err(HResult::E_INVALIDARG);
    assert_eq!(create(sys::WS_CHANNEL_TYPE_INPUT, &parameters(&ALIVE)), bad);
    assert_eq!(create(-1, &parameters(&ALIVE)), bad);
    assert_eq!(create(sys::WS_CHANNEL_TYPE_DUPLEX_SESSION, &[]), bad);
    let parameters = parameters(&ALIVE);
    // SAFETY: there is no place for the instance.
    let code = unsafe {
        let create = TABLE.createChannelCallback.unwrap();
        let (kind, length) = (sys::WS_CHANNEL_TYPE_DUPLEX_SESSION, u32::try_from(parameters.len()).unwrap());
        create(kind, parameters.as_ptr().cast(), length, ptr::null_mut(), ptr::null_mut())
    };
    assert_eq!(code, HResult::E_INVALIDARG.0);
    assert_eq!(ALIVE.0.load(Ordering::SeqCst), 0);
}

#[test]
fn no_panic_leaves_a_callback() {
    static ALIVE: Count = Count(AtomicUsize::new(0));
    let channel = create(sys::WS_CHANNEL_TYPE_DUPLEX_SESSION, &parameters(&ALIVE)).unwrap();
    // SAFETY: it is a channel, and freeing it is the last call.
    unsafe {
        assert_eq!(TABLE.closeChannelCallback.unwrap()(channel, ptr::null(), ptr::null_mut()), HResult::E_FAIL.0);
        assert_eq!(TABLE.abandonMessageCallback.unwrap()(channel, ptr::null_mut(), ptr::null_mut()), 0);
        TABLE.freeChannelCallback.unwrap()(channel);
    }
    assert_eq!(ALIVE.0.load(Ordering::SeqCst), 0);
}

#[test]
fn no_instance_is_a_bad_argument() {
    let (null, odd) = (ptr::null_mut(), ptr::without_provenance_mut(1));
    for instance in [null, odd] {
        // SAFETY: nothing is looked at.
        let code = unsafe { TABLE.abortChannelCallback.unwrap()(instance, ptr::null_mut()) };
        assert_eq!(code, HResult::E_INVALIDARG.0);
    }
}

#[test]
fn calls_come_from_any_thread() {
    static ALIVE: Count = Count(AtomicUsize::new(0));
    let channel = create(sys::WS_CHANNEL_TYPE_DUPLEX_SESSION, &parameters(&ALIVE)).unwrap();
    let address = channel.expose_provenance();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                let channel = ptr::with_exposed_provenance_mut(address);
                // SAFETY: it is a channel, and it is freed when all threads have ended.
                unsafe {
                    assert_eq!(TABLE.abortChannelCallback.unwrap()(channel, ptr::null_mut()), 0);
                    assert_eq!(TABLE.resetChannelCallback.unwrap()(channel, ptr::null_mut()), 0);
                }
            });
        }
    });
    assert_eq!(calls(channel).len(), 8);
    // SAFETY: it is a channel, and this is the last call.
    unsafe { TABLE.freeChannelCallback.unwrap()(channel) };
    assert_eq!(ALIVE.0.load(Ordering::SeqCst), 0);
}
